"""A file of series → its long table and its problems: every form in every format, the traps, and a real export."""

import random
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from textq.errors import SeriesFileError
from textq.outcomes.problems import Kind, Problem
from textq.outcomes.series import COLUMNS, SeriesFile, inspect_series

Rows = list[list[object]]

LONG: Rows = [
    ["city", "year", "gdp"],
    ["重庆", 2011, 10011.37], ["重庆", 2010, 7925.58], ["杭州市", 2012, 7802.01], ["襄樊", 2010, 1538.30],
    ["襄阳", 2012, 2501.96], ["襄阳", 2011, 2132.22], ["杭州市", 2011, 7019.06], ["杭州市", 2010, 5949.17],
]  # fmt: skip
LONG_WITH_CODES: Rows = [["code", "name", "period", "gdp"]] + [
    [{"重": 500000, "杭": 330100, "襄": 420600}[str(city)[0]], city, year, gdp] for city, year, gdp in LONG[1:]
]
LONG_WITH_VARIABLES: Rows = [["city", "year", "variable", "value"]] + [
    [city, year, "gdp", gdp] for city, year, gdp in LONG[1:]
]
YEARS_IN_NAMES: Rows = [
    ["city", "gdp2012", "gdp2011", "gdp2010"],
    ["重庆", None, 10011.37, 7925.58], ["杭州", 7802.01, 7019.06, 5949.17], ["襄樊", 2501.96, 2132.22, 1538.30],
]  # fmt: skip
YEARS_ACROSS: Rows = [
    ["数据库：年度数据", None, None, None], ["指标：gdp", None, None, None],
    ["地区", "2012年", "2011年", "2010年"], *YEARS_IN_NAMES[1:],
    ["数据来源：国家统计局", None, None, None], [None, None, None, None], [None, " ", None, None],
]  # fmt: skip
UNITS_ACROSS: Rows = [
    ["指标：gdp", None, None, None], ["年份", "重庆", "杭州", "襄樊"],
    ["2010年", 7925.58, 5949.17, 1538.30], ["2011年", 10011.37, 7019.06, 2132.22], ["2012年", None, 7802.01, 2501.96],
    ["注：当年价格", None, None, None],
]  # fmt: skip


VALUES = {
    ("330100", "杭州市"): {2010: 5949.17, 2011: 7019.06, 2012: 7802.01},
    ("420600", "襄阳市"): {2010: 1538.30, 2011: 2132.22, 2012: 2501.96},
    ("500000", "重庆市"): {2010: 7925.58, 2011: 10011.37},
}
"""What every form of the table says."""


@pytest.fixture
def expected() -> pd.DataFrame:
    rows = [(*unit, period, "gdp", value) for unit, own in VALUES.items() for period, value in own.items()]
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def write_rows(path: Path, rows: Rows) -> Path:
    """Write rows as the ending says; in a dta file the first is the header."""
    if path.suffix == ".dta":
        table = pd.DataFrame(rows[1:], columns=[str(name) for name in rows[0]])
        table.to_stata(path, write_index=False, version=118)
    elif path.suffix == ".xlsx":
        pd.DataFrame(rows).to_excel(path, header=False, index=False)
    else:
        pd.DataFrame(rows).astype(object).to_csv(path, header=False, index=False, encoding="gb18030")
    return path


def inspect(tmp_path: Path, rows: Rows, **options: object) -> SeriesFile:
    return inspect_series(write_rows(tmp_path / "series.csv", rows), **options)  # type: ignore[arg-type]


def find(series: SeriesFile, kind: Kind) -> Problem:
    (found,) = [problem for problem in series.problems if problem.kind == kind]
    return found


@pytest.mark.parametrize("ending", ["csv", "xlsx", "dta"])
@pytest.mark.parametrize("rows", [LONG, LONG_WITH_CODES, LONG_WITH_VARIABLES, YEARS_IN_NAMES])
def test_tables_with_one_row_of_names(tmp_path: Path, expected: pd.DataFrame, rows: Rows, ending: str) -> None:
    series = inspect_series(write_rows(tmp_path / f"series.{ending}", rows))
    assert not series.blocked
    assert_frame_equal(series.table, expected)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize(("rows", "form"), [(YEARS_ACROSS, "years_across"), (UNITS_ACROSS, "units_across")])
def test_yearbook_tables(tmp_path: Path, expected: pd.DataFrame, rows: Rows, form: str, ending: str) -> None:
    series = inspect_series(write_rows(tmp_path / f"series.{ending}", rows))
    assert (series.form, series.blocked) == (form, False)
    assert_frame_equal(series.table, expected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_order_of_rows_does_not_matter(tmp_path: Path, expected: pd.DataFrame, seed: int) -> None:
    rows = [LONG[0], *random.Random(seed).sample(LONG[1:], len(LONG) - 1)]
    assert_frame_equal(inspect(tmp_path, rows).table, expected)


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    first = inspect(tmp_path, [["city", "year", "gdp", "pop"], ["杭州", 2010, 1.5, 2.5], ["徐州", 2010, 3.5, 4.5]])
    first.table.to_csv(tmp_path / "again.csv", index=False)
    again = inspect_series(tmp_path / "again.csv")
    assert_frame_equal(again.table, first.table)
    assert again.problems == tuple(problem for problem in first.problems if problem.kind != "short_name")


def test_official_export_of_36_cities(shared: Path) -> None:
    series = inspect_series(shared / "data/cities/nbs-major-cities/20_Major_GDP.xls")
    table = series.table.set_index(["unit", "period"])["value"]
    assert not series.blocked
    assert list(series.table["variable"].unique()) == ["国内生产总值(亿元)"]
    assert series.table["unit"].nunique() == 36
    assert table[[("330100", 2017), ("110000", 1999), ("540100", 2017), ("650100", 2001)]].tolist() == [
        12603.36, 2678.82, 479.25, 315.0,
    ]  # fmt: skip
    assert find(series, "empty_periods").cases == ("2018",)
    missing = find(series, "missing")
    assert missing.n == 66
    assert [case.partition(" (")[0] for case in missing.cases] == ["1999–2000: 31", "2004–2006, 2010: 1"]
    assert find(series, "rows_without_values").cases == ("数据来源：国家统计局",)
    assert find(series, "short_name").n == 36
    assert {problem.kind for problem in series.problems} <= {
        "empty_periods", "missing", "rows_without_values", "short_name",
    }  # fmt: skip


@pytest.mark.parametrize(("name", "unit", "gdp"), [("Guangzhou", "440100", 21503.15), ("Shenzhen", "440300", 22490.06)])
def test_official_export_of_one_city(shared: Path, name: str, unit: str, gdp: float) -> None:
    """The unit stands in a title, the variables stand below one another; the three industries add up to GDP."""
    series = inspect_series(shared / f"data/cities/nbs-major-cities/20_{name}_All.xls")
    wide = series.table.pivot(index="period", columns="variable", values="value")
    assert set(series.table["unit"]) == {unit}
    assert wide.loc[2017, "国内生产总值(亿元)"] == gdp
    parts = wide.drop(columns="国内生产总值(亿元)").dropna().sum(axis=1)
    assert (parts / wide.loc[parts.index, "国内生产总值(亿元)"]).between(0.99, 1.01).all()


def test_names_that_match_nothing_are_listed_and_leave_no_row(tmp_path: Path) -> None:
    series = inspect(
        tmp_path,
        [
            ["城市", "2010", "2011"],
            ["杭州", 1, 2],
            ["蓬莱岛", 1, 2],
            ["朝阳区", 1, 2],
            ["浙江省", 1, 2],
            ["莱芜", 1, 2],
        ],
    )
    assert series.blocked
    assert find(series, "unmatched").cases == ("A3 '蓬莱岛'",)
    assert find(series, "ambiguous").cases == ("A4 '朝阳区' (110105 北京市朝阳区, 220104 长春市朝阳区)",)
    assert find(series, "province").cases == ("A5 '浙江省'",)
    assert find(series, "outside_base_year").cases == ("A6 '莱芜' (371200 莱芜市 (–2019))",)
    assert set(series.table["unit"]) == {"330100"}


@pytest.mark.parametrize(
    ("rows", "case"),
    [
        ([["年份", "gdp", "城市"], [2010, 1, "杭州"], [2010, 2, "蓬莱岛"], [2011, 3, "蓬莱岛"]], "C3 '蓬莱岛'"),
        ([["注", "", "", ""], ["年份", "杭州", "徐州", "蓬莱岛"], [2010, 1, 2, 3], [2011, 1, 2, 3]], "D2 '蓬莱岛'"),
        ([["地区：蓬莱岛", ""], ["年份", "gdp"], [2010, 1]], "'蓬莱岛'"),
    ],
    ids=["long", "units across", "title"],
)
def test_names_that_match_nothing_are_shown_with_their_first_cell(tmp_path: Path, rows: Rows, case: str) -> None:
    assert find(inspect(tmp_path, rows), "unmatched").cases == (case,)


def test_counties_are_noted_with_their_prefectures(tmp_path: Path) -> None:
    """仙桃 lies in no prefecture: it is not noted."""
    names = ["义乌", "义乌市", "昆山", "仙桃", "苏州", "北京市朝阳区"]
    series = inspect(tmp_path, [["城市", "2010", "2011"], *([name, 1, 2] for name in names)])
    assert not series.blocked
    assert find(series, "county") == Problem(
        "county", 3,
        ("320583 昆山市 ⊂ 320500 苏州市 *", "330782 义乌市 ⊂ 330700 金华市", "110105 朝阳区 ⊂ 110000 北京市"),
    )  # fmt: skip


def test_base_year_decides(tmp_path: Path) -> None:
    rows: Rows = [["城市", "2010", "2011"], ["莱芜", 1, 2]]
    assert inspect(tmp_path, rows, base_year=2018).table["unit"].tolist() == ["371200", "371200"]
    assert inspect(tmp_path, rows, base_year=2018).base_year == 2018
    assert inspect(tmp_path, rows).base_year == 2020


def test_a_heading_without_values_is_no_unit(tmp_path: Path) -> None:
    series = inspect(tmp_path, [["城市", "2010", "2011"], ["浙江省", "", ""], ["杭州", 1, 2], ["Zhejiang", "", ""]])
    assert not series.blocked
    assert find(series, "rows_without_values").cases == ("浙江省", "Zhejiang")


def test_a_unit_without_values_is_missing(tmp_path: Path) -> None:
    series = inspect(tmp_path, [["城市", "2010", "2011"], ["拉萨", "", ""], ["杭州", 1, 2]])
    assert find(series, "missing").cases == ("2010–2011: 1 (拉萨市)",)


def test_a_header_repeated_on_the_next_page_is_no_row(tmp_path: Path) -> None:
    rows: Rows = [["城市", "2010", "2011"], ["杭州", 1, 2], ["城市", "2010", "2011"], ["徐州", 3, 4]]
    series = inspect(tmp_path, rows)
    assert not series.blocked
    assert series.table["value"].tolist() == [3, 4, 1, 2]


def test_spellings_and_doubled_values(tmp_path: Path) -> None:
    series = inspect(
        tmp_path,
        [
            ["城市", "2010", "2011", "2012"],
            ["徐州", 100, 3551.65, 1], ["徐州市", 100, 3551.66, 9],
        ],
    )  # fmt: skip
    assert series.blocked
    assert find(series, "spellings").cases == ("320300 徐州市: 徐州, 徐州市",)
    assert find(series, "repeated").cases == ("320300 徐州市 2010: 100 (B2), 100 (B3)",)
    assert find(series, "two_vintages").cases == ("320300 徐州市 2011: 3551.65 (C2), 3551.66 (C3)",)
    assert find(series, "conflict").cases == ("320300 徐州市 2012: 1 (D2), 9 (D3)",)


def test_a_renamed_city_is_one_series(tmp_path: Path) -> None:
    series = inspect(tmp_path, [["城市", "年份", "gdp"], ["襄樊市", 2009, 1201.01], ["襄阳市", 2010, 1538.3]])
    assert not series.blocked
    assert find(series, "other_name").cases == ("襄樊市 → 420600 襄阳市",)
    assert series.table[["unit", "period"]].values.tolist() == [["420600", 2009], ["420600", 2010]]


def test_cells_that_are_no_numbers(tmp_path: Path) -> None:
    series = inspect(tmp_path, [["城市", "2010", "2011"], ["杭州", "约3", "…"], ["徐州", "1,234.5", "-"]])
    assert find(series, "not_a_number").cases == ("B2 '约3'",)
    assert find(series, "missing_marks").n == 2
    assert series.table["value"].tolist() == [1234.5]


def test_rows_without_a_unit_or_a_year(tmp_path: Path) -> None:
    series = inspect(
        tmp_path,
        [["城市", "年份", "gdp"], ["杭州", 2010, 1], ["", 2011, 2], ["杭州", "十二", 3], ["", "", ""], ["注", "", ""]],
    )
    assert find(series, "row_without_unit").cases == ("C3",)
    assert find(series, "bad_period").cases == ("C4",)
    assert find(series, "blank_rows").cases == ("A5",)
    assert find(series, "rows_without_values").cases == ("注",)


def test_columns_of_texts_are_left_out_and_one_variable_can_be_taken(tmp_path: Path) -> None:
    rows: Rows = [["城市", "年份", "省份", "gdp", "pop"], ["杭州", 2010, "浙江", 1, 2], ["徐州", 2010, "江苏", 3, 4]]
    series = inspect(tmp_path, rows)
    assert find(series, "left_out").cases == ("省份",)
    assert list(series.table["variable"].unique()) == ["gdp", "pop"]
    assert inspect(tmp_path, rows, value="pop").table["value"].tolist() == [4, 2]
    with pytest.raises(SeriesFileError, match=r"no variable 'gpd'\. It has '省份', 'gdp', 'pop'"):
        inspect(tmp_path, rows, value="gpd")


def test_value_names_a_nameless_variable(tmp_path: Path) -> None:
    rows: Rows = [["城市", "2010", "2011"], ["杭州", 1, 2]]
    assert set(inspect(tmp_path, rows).table["variable"]) == {"value"}
    assert set(inspect(tmp_path, rows, value="gdp").table["variable"]) == {"gdp"}


def test_two_columns_of_values_beside_a_column_of_variables_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SeriesFileError, match="several columns of values: first, revised"):
        inspect(tmp_path, [["城市", "年份", "指标", "first", "revised"], ["杭州", 2010, "gdp", 1, 2]])


def test_a_table_without_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeriesFileError, match="no column holds numbers"):
        inspect(tmp_path, [["城市", "年份", "省份"], ["杭州", 2010, "浙江"]])


def test_index_becomes_growth_on_request(tmp_path: Path) -> None:
    rows: Rows = [["城市", "2010", "2011", "2012"], ["杭州", 112.0, 110.1, 109.0], ["徐州", 113.9, 113.5, 113.2]]
    assert find(inspect(tmp_path, rows), "index").cases == ("109 … 113.9",)
    converted = inspect(tmp_path, rows, index_to_growth=True)
    assert converted.table["value"].tolist() == [13.9, 13.5, 13.2, 12.0, 10.1, 9.0]
    assert find(converted, "index_converted").n == 6
    assert "index" not in {problem.kind for problem in converted.problems}


def test_nothing_to_convert_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeriesFileError, match="no variable looks like an index"):
        inspect(tmp_path, LONG, index_to_growth=True)


def test_a_file_of_which_nothing_is_matched_has_an_empty_table(tmp_path: Path) -> None:
    series = inspect(tmp_path, [["城市", "2010", "2011"], ["蓬莱岛", 1, 2]])
    assert series.blocked
    assert series.table.empty
    assert {name: str(kind) for name, kind in series.table.dtypes.items()} == COLUMNS
