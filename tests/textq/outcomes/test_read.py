"""The doors: what they return, and what they refuse."""

from pathlib import Path

import pandas as pd
import pytest

from textq.errors import SeriesFileError
from textq.outcomes import read_designations, read_series, read_units


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_series(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", "unit,year,gdp,pop\n330100,2010,1.5,9\n330100,2011,2.5,9\n")
    table = read_series(path, unit="unit", period="year", value="gdp").table
    assert table[["unit", "period", "value"]].values.tolist() == [["330100", 2010, 1.5], ["330100", 2011, 2.5]]
    assert [str(kind) for kind in table.dtypes] == ["string", "string", "Int64", "string", "float64"]


def test_series_with_an_open_problem_are_refused_with_all_of_them(tmp_path: Path) -> None:
    path = write(tmp_path / "s.csv", "城市,2010,2011\n蓬莱岛,1,2\n杭州,3,约4\n")
    with pytest.raises(SeriesFileError, match=r"(?s)list of places \(1\): A2 '蓬莱岛'.*no number \(1\): C3 '约4'"):
        read_series(path)


def test_notes_do_not_refuse(tmp_path: Path) -> None:
    series = read_series(write(tmp_path / "s.csv", "城市,2010,2011\n杭州,1,2\n来源：年鉴,,\n"))
    assert [problem.kind for problem in series.problems] == ["short_name", "rows_without_values"]


def test_units(tmp_path: Path) -> None:
    text = "表1 概况,,,\n名称,area,province,rank\n徐州,11765,江苏,1\n杭州市,16850,浙江,3\n注：数据来自年鉴,,,\n"
    table = read_units(write(tmp_path / "u.csv", text))
    assert table.to_dict("list") == {
        "unit": ["320300", "330100"], "name": ["徐州市", "杭州市"],
        "area": [11765, 16850], "province": ["江苏", "浙江"], "rank": [1, 3],
    }  # fmt: skip
    assert [str(table[name].dtype) for name in ("area", "province")] == ["float64", "string"]


def test_units_by_period(tmp_path: Path) -> None:
    text = "unit,name,year,gdp\n330100.0,杭州,2011,2\n330100.0,杭州,2010,1\n"
    table = read_units(write(tmp_path / "u.csv", text.replace(".0", "")))
    assert table[["unit", "period", "gdp"]].values.tolist() == [["330100", 2010, 1], ["330100", 2011, 2]]


def test_a_unit_of_which_nothing_is_known_stays(tmp_path: Path) -> None:
    table = read_units(write(tmp_path / "u.csv", "unit,area\n杭州,1\n徐州,\n,\n"))
    assert table["unit"].tolist() == ["320300", "330100"]
    assert table["area"].isna().tolist() == [True, False]


def test_codes_that_excel_and_stata_keep_as_numbers(tmp_path: Path) -> None:
    table = pd.DataFrame({"unit": [330100.0, 320300.0], "area": [1.0, 2.0]})
    table.to_excel(tmp_path / "u.xlsx", index=False)
    table.to_stata(tmp_path / "u.dta", write_index=False)
    assert [read_units(tmp_path / name)["unit"].tolist() for name in ("u.xlsx", "u.dta")] == [["320300", "330100"]] * 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unit,area\n杭州,1\n蓬莱岛,2\n", r"\(1\): A3 '蓬莱岛' \(unmatched\)"),
        ("unit,area\n莱芜,1\n杭州,1\n", r"'莱芜' \(outside_base_year: 371200 莱芜市"),
        ("unit,area\n杭州,1\n杭州市,2\n", r"the same unit \(1\): 330100"),
        ("unit,year,area\n杭州,2010,1\n杭州市,2010,2\n", r"the same unit and period \(1\): 330100 2010"),
        ("unit,area\n杭州,1\n徐州,约2\n", r"no number \(1\): B3 '约2'"),
        ("unit,area,area\n杭州,1,2\n", "several columns are called area"),
        ("unit,year,area\n杭州,近年,1\n", r"no year \(1\): B2 '近年'"),
    ],
)
def test_units_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SeriesFileError, match=message):
        read_units(write(tmp_path / "u.csv", text))


@pytest.mark.parametrize("day", ["2015-03-07", "2015年3月7日", "2015/3/7"])
def test_designations(tmp_path: Path, day: str) -> None:
    path = write(
        tmp_path / "d.csv", f"unit,name,approved_on,batch\n120000,天津市,2016-01-12,2\n330100,杭州市,{day},1\n"
    )
    table = read_designations(path, unit="unit", date="approved_on")
    assert list(table.columns) == ["unit", "name", "date", "batch"]
    assert table["unit"].tolist() == ["330100", "120000"]
    assert table["date"].tolist() == [pd.Timestamp(2015, 3, 7), pd.Timestamp(2016, 1, 12)]


def test_days_of_workbooks_and_counties(tmp_path: Path) -> None:
    table = pd.DataFrame({"城市": ["义乌"], "获批日期": [pd.Timestamp(2018, 7, 24)], "parent": [330700]})
    table.to_excel(tmp_path / "d.xlsx", index=False)
    found = read_designations(tmp_path / "d.xlsx")
    assert found.loc[0, ["unit", "date", "parent"]].tolist() == ["330782", pd.Timestamp(2018, 7, 24), "330700"]


def test_parents_and_widened_zones_become_codes(tmp_path: Path) -> None:
    rows = (
        "义乌,2018-07-24,金华,\n阿拉山口,2020-04-27,博尔塔拉蒙古自治州,\n海口,2018-07-25,, 海口市; 460200；三亚;义乌;\n"
    )
    table = read_designations(write(tmp_path / "d.csv", f"unit,date,parent,widens_to\n{rows}"))
    assert [str(table[name].dtype) for name in ("parent", "widens_to")] == ["string", "string"]
    assert table[["unit", "parent", "widens_to"]].fillna("").to_numpy().tolist() == [
        ["330782", "330700", ""], ["460100", "", "460100;460200;460200;330782"], ["652702", "652700", ""],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unit,approved_on\n330100,\n", r"no day \(1\): B2 ''"),
        ("unit,approved_on\n330100,2015\n", r"no day \(1\): B2 '2015'"),
        ("unit,approved_on,batch\n330100,,1\n", r"no day \(1\): B2 ''"),
        ("unit,day\n330100,2015-03-07\n", "no column of dates. Name it: one of day"),
        ("unit,approved_on\n蓬莱岛,2015-03-07\n", "A2 '蓬莱岛'"),
        ("unit,approved_on,parent\n义乌,2018-07-24,金花\n", r"\(1\): C2 '金花' \(unmatched\)"),
        ("unit,approved_on,widens_to\n杭州,2015-03-07,海口;莱芜\n", r"C2 '莱芜' \(outside_base_year: 371200"),
        ("unit,approved_on,parent\n杭州,2015-03-07,浙江\n", r"C2 '浙江' \(province\)"),
    ],
)
def test_designations_that_are_refused(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SeriesFileError, match=message):
        read_designations(write(tmp_path / "d.csv", text))


@pytest.mark.parametrize("name", ["series", "units", "designations"])
def test_sample_outcomes_can_be_read(repository: Path, name: str) -> None:
    path = repository / "corpus" / "outcomes" / f"{name}.csv"
    if not path.is_file():
        pytest.skip("the sample has no outcomes")
    read = {"series": lambda: read_series(path).table, "units": lambda: read_units(path)}
    table = read.get(name, lambda: read_designations(path))()
    raw = pd.read_csv(path, dtype=str)
    assert len(table) == len(raw)
    assert sorted(table["unit"].unique()) == sorted(raw["unit"].unique())
