"""``textq panel check``: what it says, what it writes, how it ends."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]

GOOD = "地区,2010年,2011年\n杭州,5949.17,7019.06\n襄樊,1538.3,2132.22\n数据来源：年鉴,,\n,,\n"
BAD = "地区,2010年,2011年\n杭州,5949.17,7019.06\n蓬莱岛,1,2\n"


def write(folder: Path, text: str, name: str = "gdp.csv") -> str:
    (folder / name).write_text(text, encoding="gb18030")
    return name


def test_good_file_is_0_and_written(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("panel", "check", write(tmp_path, GOOD), "--out", "long.csv")
    assert (done.code, done.err) == (0, "")
    assert "2 units, 2010–2011, variables: 1, values: 4; years across; codes of 2020" in done.out
    assert "襄樊 → 420600 襄阳市" in done.out
    assert "wrote long.csv" in done.out
    assert (tmp_path / "long.csv").read_bytes().decode("utf-8") == (
        "\ufeffunit,name,period,value\n330100,杭州市,2010,5949.17\n330100,杭州市,2011,7019.06\n"
        "420600,襄阳市,2010,1538.3\n420600,襄阳市,2011,2132.22\n"
    )


def test_several_variables_have_a_column(run_textq: Run, tmp_path: Path) -> None:
    write(tmp_path, "城市,年份,gdp,pop\n杭州,2010,1.5,9\n")
    assert run_textq("panel", "check", "gdp.csv", "--out", "long.csv").code == 0
    assert (tmp_path / "long.csv").read_text(encoding="utf-8-sig").splitlines() == [
        "unit,name,period,variable,value", "330100,杭州市,2010,gdp,1.5", "330100,杭州市,2010,pop,9.0",
    ]  # fmt: skip


def test_open_problem_is_3_and_nothing_is_written(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("panel", "check", write(tmp_path, BAD), "--out", "long.csv")
    assert (done.code, done.err) == (3, "")
    assert "to solve: names or codes in no list of places (1): A3 '蓬莱岛'. Correct them, or remove" in done.out
    assert "not written: long.csv" in done.out
    assert not (tmp_path / "long.csv").exists()


def test_chinese(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("panel", "check", write(tmp_path, BAD), "--lang", "zh")
    assert done.code == 3
    assert "须解决: 未找到的名称或代码 (1)：A3 '蓬莱岛'。" in done.out


@pytest.mark.parametrize(("lang", "said"), [("zh", "--json 列出全部"), ("en", "--json shows all")])
def test_cut_lists_name_the_way_to_all(run_textq: Run, tmp_path: Path, lang: str, said: str) -> None:
    rows = [f"岛{n},1,2\n" for n in range(8)]
    write(tmp_path, "地区,2010年,2011年\n" + "".join(rows), "eight.csv")
    write(tmp_path, BAD + "".join(rows), "nine.csv")
    assert said not in run_textq("panel", "check", "eight.csv", "--lang", lang).out
    assert said in run_textq("panel", "check", "nine.csv", "--lang", lang).out


def test_json_holds_every_case(run_textq: Run, tmp_path: Path) -> None:
    rows = "".join(f"岛{n},1,2\n" for n in range(20))
    done = run_textq("panel", "check", write(tmp_path, BAD + rows), "--json")
    found = json.loads(done.out)
    assert done.code == 3
    assert (found["schema_version"], found["n_units"], found["periods"], found["blocked"]) == (1, 1, [2010, 2011], True)
    (unmatched,) = [problem for problem in found["problems"] if problem["kind"] == "unmatched"]
    assert (unmatched["n"], len(unmatched["cases"]), unmatched["blocking"]) == (21, 21, True)
    assert found["out"] is None


def test_options_reach_the_reader(run_textq: Run, tmp_path: Path) -> None:
    write(tmp_path, "shi,nian,a,b\n莱芜,2010,109.0,1\n莱芜,2011,108.5,2\n莱芜,2012,107,2\n")
    options = ["--unit", "shi", "--period", "nian", "--value", "a", "--base-year", "2018", "--index-to-growth"]
    assert run_textq("panel", "check", "gdp.csv", *options, "--out", "long.csv").code == 0
    assert (tmp_path / "long.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == [
        "371200,莱芜市,2010,9.0", "371200,莱芜市,2011,8.5", "371200,莱芜市,2012,7.0",
    ]  # fmt: skip


def test_official_export(run_textq: Run, shared: Path) -> None:
    done = run_textq("panel", "check", shared / "data/cities/nbs-major-cities/20_Major_GDP.xls")
    assert done.code == 0
    assert "36 units, 1999–2017, variables: 1, values: 618" in done.out


@pytest.mark.parametrize("name", ["nowhere.csv", "gdp.sav"])
def test_files_that_cannot_be_read_are_1(run_textq: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, GOOD, "gdp.sav")
    done = run_textq("panel", "check", name)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith(f"error: {name}")


def test_file_is_never_overwritten(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("panel", "check", write(tmp_path, GOOD), "--out", "gdp.csv")
    assert done.code == 2
    assert (tmp_path / "gdp.csv").read_text(encoding="gb18030") == GOOD


@pytest.mark.parametrize(
    "arguments", [["panel", "chek"], ["panel", "check"], ["panel", "check", "x", "--base-year", "99"]]
)
def test_wrong_usage_is_2(run_textq: Run, arguments: list[str]) -> None:
    done = run_textq(*arguments)
    assert (done.code, done.out) == (2, "")


def test_nothing_matched_is_said(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("panel", "check", write(tmp_path, "地区,2010,2011\n蓬莱岛,1,2\n"))
    assert done.code == 3
    assert "no values; years across; codes of 2020" in done.out
