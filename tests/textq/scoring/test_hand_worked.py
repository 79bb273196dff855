"""A corpus of five documents whose scores were worked out by hand, file by file and clause by clause.

=====  =========================================  ======  ===========================================================
file   what it is                                 period  coded clauses (characters without punctuation)
=====  =========================================  ======  ===========================================================
a      Zhejiang's plan for the one zone 杭州       2016    none 18 · supply 16 · environment 13 · demand 12
b      Guangdong's plan for the zones 广州, 深圳    2016    none 18 · supply 21 · supply 10
c      杭州 only forwards the plan of its province  2017    none 22
d      杭州's own measures, out of force 2019-07-01  2018    demand 12 (copied from a) · supply 14 · none 31
e      Zhejiang's opinion for the whole province   2018    kept out of local intensity
=====  =========================================  ======  ===========================================================

Power on the city scale: a plan of a government 3; a general office 2. So a and b 3, c and d 2.
Coverage: 杭州 2015–2019 and 宁波 2017–2018 are declared; 广州 and 深圳 are not, and so run from 2016 to the last
year of the corpus, 2018.
"""

import csv
import json
import math
from pathlib import Path

import pandas as pd
import pytest

import textq

FILES = {
    "a.txt": """浙江省人民政府关于印发中国（杭州）跨境电子商务综合试验区实施方案的通知
浙政发〔2016〕901号
各市、县（市、区）人民政府：
现将实施方案印发给你们，请认真组织实施。
浙江省人民政府
2016年3月21日
中国（杭州）跨境电子商务综合试验区实施方案
一、设立专项资金，对企业给予资金补贴。
二、对零售出口货物免征增值税。
三、支持企业建设公共海外仓。
""",
    "b.txt": """广东省人民政府关于印发中国（广州）、中国（深圳）跨境电子商务综合试验区实施方案的通知
粤府〔2016〕902号
各地级以上市人民政府：
现将实施方案印发给你们，请认真组织实施。
广东省人民政府
2016年5月12日
中国（广州）、中国（深圳）跨境电子商务综合试验区实施方案
一、建设跨境电子商务人才培训基地，加强人才培养。
二、加大高层次人才引进。
""",
    "c.txt": """杭州市人民政府办公厅关于转发中国（杭州）跨境电子商务综合试验区实施方案的通知
杭政办〔2017〕903号
各区、县（市）人民政府：
现将省政府印发的实施方案转发给你们，请遵照执行。
杭州市人民政府办公厅
2017年1月12日
""",
    "d.txt": """杭州市人民政府办公厅关于印发跨境电子商务若干措施的通知
杭政办〔2018〕904号
一、支持企业建设公共海外仓。
二、给予企业一次性资金奖励补贴。
三、本措施自2018年6月1日起施行，有效期至2019年6月30日。
杭州市人民政府办公厅
2018年5月21日
""",
    "e.txt": """浙江省人民政府关于促进外贸稳定增长的意见
浙政发〔2018〕905号
一、设立专项资金，对企业给予资金补贴。
浙江省人民政府
2018年7月2日
""",
}
COVERAGE = "unit,first_period,last_period\n330100,2015,2019\n330200,2017,2018\n"

TABLE = """\
unit   period class       docs clauses chars count stock power_sum power_stock count_new coverage
330100 2015   supply      0    0       0     0     0     0         0           0         declared
330100 2015   environment 0    0       0     0     0     0         0           0         declared
330100 2015   demand      0    0       0     0     0     0         0           0         declared
330100 2015   none        0    0       0     0     0     0         0           0         declared
330100 2016   supply      1    4       59    1     1     3         3           1         declared
330100 2016   environment 1    4       59    1     1     3         3           1         declared
330100 2016   demand      1    4       59    1     1     3         3           1         declared
330100 2016   none        1    4       59    1     1     3         3           1         declared
330100 2017   supply      1    1       22    0     1     0         3           0         declared
330100 2017   environment 1    1       22    0     1     0         3           0         declared
330100 2017   demand      1    1       22    0     1     0         3           0         declared
330100 2017   none        1    1       22    1     2     2         5           1         declared
330100 2018   supply      1    3       57    1     2     2         5           1         declared
330100 2018   environment 1    3       57    0     1     0         3           0         declared
330100 2018   demand      1    3       57    1     2     2         5           0         declared
330100 2018   none        1    3       57    1     3     2         7           1         declared
330100 2019   supply      0    0       0     0     1     0         3           0         declared
330100 2019   environment 0    0       0     0     1     0         3           0         declared
330100 2019   demand      0    0       0     0     1     0         3           0         declared
330100 2019   none        0    0       0     0     2     0         5           0         declared
330200 2017   supply      0    0       0     0     0     0         0           0         declared
330200 2017   environment 0    0       0     0     0     0         0           0         declared
330200 2017   demand      0    0       0     0     0     0         0           0         declared
330200 2017   none        0    0       0     0     0     0         0           0         declared
330200 2018   supply      0    0       0     0     0     0         0           0         declared
330200 2018   environment 0    0       0     0     0     0         0           0         declared
330200 2018   demand      0    0       0     0     0     0         0           0         declared
330200 2018   none        0    0       0     0     0     0         0           0         declared
440100 2016   supply      1    3       49    2     2     6         6           2         assumed
440100 2016   environment 1    3       49    0     0     0         0           0         assumed
440100 2016   demand      1    3       49    0     0     0         0           0         assumed
440100 2016   none        1    3       49    1     1     3         3           1         assumed
440100 2017   supply      0    0       0     0     2     0         6           0         assumed
440100 2017   environment 0    0       0     0     0     0         0           0         assumed
440100 2017   demand      0    0       0     0     0     0         0           0         assumed
440100 2017   none        0    0       0     0     1     0         3           0         assumed
440100 2018   supply      0    0       0     0     2     0         6           0         assumed
440100 2018   environment 0    0       0     0     0     0         0           0         assumed
440100 2018   demand      0    0       0     0     0     0         0           0         assumed
440100 2018   none        0    0       0     0     1     0         3           0         assumed
"""


def expected_scores() -> pd.DataFrame:
    """The table above with 深圳 as a second 广州 (one plan for both zones counts for each), and the ratios by hand."""
    rows = [line.split() for line in TABLE.splitlines()[1:]]
    rows += [["440300", *row[1:]] for row in rows if row[0] == "440100"]
    return pd.DataFrame([expected_row(row) for row in rows])


def expected_row(row: list[str]) -> dict[str, object]:
    unit, period, instrument = row[0], int(row[1]), row[2]
    docs, clauses, chars, count, stock, power_sum, power_stock, count_new = map(float, row[3:11])
    return {
        "unit": unit,
        "period": period,
        "codebook": "instruments@1.1",
        "instrument": instrument,
        "n_documents": docs,
        "n_clauses": clauses,
        "n_characters": chars,
        "count": count,
        "share": count / clauses if clauses else 0.0,
        "per_10k": 10_000 * count / chars if chars else 0.0,
        "log_count": math.log(1 + count),
        "stock": stock,
        "power_sum": power_sum,
        "power_stock": power_stock,
        "count_new": count_new,
        "coverage": row[11],
    }


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("five")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "coverage.csv").write_text(COVERAGE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def run(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> textq.Run:
    return textq.score(corpus, out=tmp_path_factory.mktemp("out"))


def test_every_cell_of_the_score_table(run: textq.Run) -> None:
    expected = expected_scores()
    scores = pd.read_csv(run.run_dir / "scores.csv", dtype={"unit": str}, encoding="utf-8-sig", keep_default_na=False)

    pd.testing.assert_frame_equal(scores, expected, check_dtype=False, rtol=1e-12)


def test_whole_numbers_are_written_without_a_point(run: textq.Run) -> None:
    with (run.run_dir / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        first = next(csv.DictReader(file))

    assert (first["n_documents"], first["count"], first["stock"]) == ("0", "0", "0")


def test_general_documents_are_kept_out_by_name(run: textq.Run) -> None:
    reasons = run.documents.set_index("path")["scope_reason"]

    assert dict(reasons) == {
        "a.txt": "zone_in_title",
        "b.txt": "zone_in_title",
        "c.txt": "zone_in_title",
        "d.txt": "issuer_place",
        "e.txt": "general_provincial",
    }


def test_a_score_leads_back_to_its_clauses(run: textq.Run) -> None:
    clauses = run.find_clauses("330100", 2018, "demand")

    assert clauses["text"].tolist() == ["一、支持企业建设公共海外仓。"]
    assert "海外仓" in json.loads(clauses["evidence"].iloc[0])[-1][2]


@pytest.mark.usefixtures("in_this_process")
def test_split_sharing_halves_a_plan_for_two_zones(corpus: Path, tmp_path: Path) -> None:
    scores = textq.score(corpus, out=tmp_path, sharing="split").scores
    supply = scores.query("unit == '440300' and period == 2016 and instrument == 'supply'").iloc[0]

    assert (supply["n_documents"], supply["n_clauses"], supply["count"]) == (0.5, 1.5, 1.0)
    assert supply["share"] == pytest.approx(2 / 3)
    assert supply["power_sum"] == 3.0


@pytest.mark.usefixtures("in_this_process")
def test_shares_among_instruments_leave_none_out(corpus: Path, tmp_path: Path) -> None:
    scores = textq.score(corpus, out=tmp_path, share_of="instruments").scores
    supply = scores.query("unit == '330100' and period == 2018 and instrument == 'supply'").iloc[0]

    assert supply["share"] == 0.5
    assert supply["n_clauses"] == 3.0


@pytest.mark.usefixtures("in_this_process")
def test_depreciation_shrinks_old_clauses(corpus: Path, tmp_path: Path) -> None:
    scores = textq.score(corpus, out=tmp_path, depreciation=0.1).scores
    stocks = scores.query("unit == '440100' and instrument == 'supply'").set_index("period")["stock"]

    assert stocks.tolist() == pytest.approx([2.0, 1.8, 1.62])


def test_subtypes_add_up_to_their_instrument(run: textq.Run) -> None:
    key = ["unit", "period", "instrument"]
    sums = run.subtypes.groupby(key)["count"].sum()
    counts = run.scores[run.scores["instrument"] != "none"].set_index(key)["count"]

    assert (sums - counts).abs().max() == 0
