"""Which files count: copies once, near-duplicates all or the first, with the dates and the reasons."""

from pathlib import Path

import pytest

import textq
from textq.errors import ConfigError, ManifestError

pytestmark = pytest.mark.usefixtures("in_this_process")

TEXT = """杭州市人民政府关于支持跨境电子商务发展的意见
杭政函〔2018〕901号
各区、县（市）人民政府：
一、市财政每年安排专项资金，支持企业建设公共海外仓，提升国际物流配送能力。
二、落实跨境电子商务零售出口货物免税政策，简化申报和退税流程，降低企业成本。
三、组织企业参加境外展会，扩大出口，培育自主品牌，开拓新兴市场。
杭州市人民政府
2018年5月1日
"""


def write(folder: Path, **texts: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def score(folder: Path, **options: object) -> textq.Run:
    return textq.score(folder, out=folder.parent / "out", **options)  # type: ignore[arg-type]


def test_a_repost_counts_once_with_the_earliest_dates(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", a=TEXT, b=TEXT.replace("，", ", "))
    (folder / "manifest.csv").write_text("file,published_on\na.txt,2018-06-01\nb.txt,2018-05-03\n")
    run = score(folder)
    first, second = run.documents.set_index("path").loc[["b.txt", "a.txt"]].itertuples()

    assert (first.status, first.representative_of, first.published_on) == ("read", "a.txt", "2018-05-03")
    assert (second.status, second.reason) == ("duplicate", "the same text as b.txt")
    assert set(run.clauses["doc_id"]) == {first.doc_id}
    assert [path.stem for path in (run.run_dir / "text").iterdir()] == [first.doc_id]
    assert run.scores.query("instrument == 'supply'")["n_documents"].tolist() == [1.0]


def test_the_same_file_for_other_places_needs_an_id_of_its_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", a=TEXT, b=TEXT)
    (folder / "manifest.csv").write_text("file,units\na.txt,330100\nb.txt,330200\n")
    with pytest.raises(ManifestError, match=r"a\.txt and b\.txt are the same file, listed for different places"):
        score(folder)

    (folder / "manifest.csv").write_text("file,units,id\na.txt,330100,one\nb.txt,330200,two\n")
    assert score(folder).documents["status"].tolist() == ["read", "read"]


def test_near_duplicates_all_count_unless_asked(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", a=TEXT, b=TEXT.replace("自主品牌", "自有品牌").replace("5月1日", "7月9日"))
    run = score(folder)
    first, second = run.documents.itertuples()

    assert (first.status, second.status) == ("read", "read")
    assert second.near_duplicates.startswith(f"{first.doc_id}:0.")
    assert run.scores["n_documents"].max() == 2

    run = score(folder, near_duplicates="first")
    assert run.documents["status"].tolist() == ["read", "duplicate"]
    assert "the same text as a.txt" in run.documents["reason"][1]
    assert run.scores["n_documents"].max() == 1


def test_a_repost_with_other_furniture_counts_once(tmp_path: Path) -> None:
    provisions = (
        "四、建设线下园区，对经认定的园区按建筑面积给予资助，同一园区累计不超过三百万元，由区县先行拨付。\n"
        "五、设立风险资金池，鼓励银行向企业发放信用贷款，逾期贷款由资金池代偿百分之五十，每年清算一次。\n"
    )
    text = TEXT.replace("杭州市人民政府\n2018", f"{provisions}杭州市人民政府\n2018")
    repost = text.replace("2018年5月1日", "二〇一八年五月一日") + "责任编辑：某某\n"
    run = score(write(tmp_path / "in", a=text, b=repost, c=repost.replace("杭政函〔2018〕901号\n", "")))

    assert run.documents["status"].tolist() == ["read", "duplicate", "duplicate"]
    assert run.scores["n_documents"].max() == 1


def test_similar_plans_of_two_cities_are_both_policy(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", a=TEXT, b=TEXT.replace("杭州", "宁波").replace("杭政", "甬政"))
    run = score(folder, near_duplicates="first")

    assert run.documents["status"].tolist() == ["read", "read"]
    assert run.documents["near_duplicates"].notna().sum() == 1


def test_another_choice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="'near_duplicates' parameter of score must be one of count, first"):
        score(write(tmp_path / "in", a=TEXT), near_duplicates="last")


def test_clauses_copied_from_above_are_marked_and_not_new(tmp_path: Path) -> None:
    province = TEXT.replace("杭州市", "浙江省").replace("杭政", "浙政").replace("5月1日", "2月1日")
    run = score(write(tmp_path / "in", a=TEXT, b=province))
    documents = run.documents.set_index("path")
    city = run.clauses[
        (run.clauses["doc_id"] == documents.at["a.txt", "doc_id"]) & (run.clauses["kind"] == "provision")
    ]

    assert set(city["copied_from"]) == {documents.at["b.txt", "doc_id"]}
    assert (city["copied_share"] == 1).all()
    assert documents.at["a.txt", "new_share"] == 0
    assert documents.at["b.txt", "new_share"] == 1
    assert run.scores["count"].sum() == 3
    assert run.scores["count_new"].sum() == 0
