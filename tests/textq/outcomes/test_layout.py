"""The header below ugly titles, and the three forms of a table."""

from pathlib import Path

import numpy as np
import pytest

from textq.errors import SeriesFileError
from textq.outcomes.cells import Cell, Grid
from textq.outcomes.layout import Layout, ValueColumn, find_columns, find_layout


def make_grid(*rows: list[Cell]) -> Grid:
    cells = np.full((len(rows), max(map(len, rows))), None, dtype=object)
    for at, row in enumerate(rows):
        cells[at, : len(row)] = row
    return Grid(Path("table.xlsx"), cells)


def test_long_below_titles() -> None:
    grid = make_grid(["表1 生产总值"], [], ["城市", "年份", "GDP", "人口"], ["杭州", 2010.0, 1.0, 2.0])
    assert find_layout(grid) == Layout("long", 2, (ValueColumn(2, "GDP"), ValueColumn(3, "人口")), unit=0, period=1)


def test_code_column_wins_over_names_and_both_are_no_values() -> None:
    grid = make_grid(["year", "name", "code", "gdp"], [2010.0, "杭州市", 330100.0, 1.0])
    assert find_layout(grid) == Layout("long", 0, (ValueColumn(3, "gdp"),), unit=2, period=0)


def test_named_columns() -> None:
    grid = make_grid(["shi", "nian", "gdp"], ["杭州", 2010.0, 1.0])
    layout = find_layout(grid, unit="shi", period="nian")
    assert (layout.unit, layout.period, layout.values) == (0, 1, (ValueColumn(2, "gdp"),))


def test_column_of_variables() -> None:
    grid = make_grid(["unit", "name", "period", "variable", "value"], ["330100", "杭州市", "2010", "gdp", "1"])
    assert find_layout(grid) == Layout("long", 0, (ValueColumn(4),), unit=0, period=2, variable=3)


def test_years_across_with_the_variable_in_the_title() -> None:
    grid = make_grid(["指标：国内生产总值(亿元)"], ["地区", "2018年", "2017年"], ["北京", None, 1.0])
    values = (ValueColumn(1, "国内生产总值(亿元)", 2018), ValueColumn(2, "国内生产总值(亿元)", 2017))
    assert find_layout(grid) == Layout("years_across", 1, values, unit=0)


@pytest.mark.parametrize("corner", [None, "城市/年份", "市别", "城市 City"])
def test_years_across_under_any_corner(corner: Cell) -> None:
    layout = find_layout(make_grid([corner, 2010.0, 2011.0], ["杭州", 1.0, 2.0]))
    assert (layout.form, layout.unit, [one.period for one in layout.values]) == ("years_across", 0, [2010, 2011])


def test_variables_with_years_in_their_names() -> None:
    layout = find_layout(make_grid(["city", "gdp2010", "gdp2011", "pop_2010", "pop_2011"], ["杭州"]))
    assert [(one.variable, one.period) for one in layout.values] == [
        ("gdp", 2010), ("gdp", 2011), ("pop", 2010), ("pop", 2011),
    ]  # fmt: skip


def test_a_single_year_in_a_name_is_no_period() -> None:
    layout = find_layout(make_grid(["city", "year", "gdp (2010 prices)", "gdp2"], ["杭州", 2011.0, 1.0, 2.0]))
    assert [one.variable for one in layout.values] == ["gdp (2010 prices)", "gdp2"]


def test_two_rows_of_header() -> None:
    grid = make_grid(["城市", "GDP", None, "人口", None], [None, 2010.0, 2011.0, 2010.0, 2011.0], ["杭州", 1.0])
    layout = find_layout(grid)
    assert (layout.header, layout.unit) == (1, 0)
    assert [(one.variable, one.period) for one in layout.values] == [
        ("GDP", 2010), ("GDP", 2011), ("人口", 2010), ("人口", 2011),
    ]  # fmt: skip


def test_one_city_with_indicators_down_and_years_across() -> None:
    layout = find_layout(make_grid(["地区：广州"], ["指标", "2018年", "2017年"], ["国内生产总值(亿元)", None, 1.0]))
    assert layout.variable == 0
    assert layout.values == (ValueColumn(1, None, 2018, "广州"), ValueColumn(2, None, 2017, "广州"))


def test_one_city_with_years_down() -> None:
    layout = find_layout(make_grid(["地区：广州"], ["年份", "GDP"], ["2017年", 1.0]))
    assert layout == Layout("long", 1, (ValueColumn(1, "GDP", unit="广州"),), period=0)


def test_units_across() -> None:
    layout = find_layout(make_grid(["GDP"], [None, "杭州", "徐州", "合计"], ["2010年", 1.0, 2.0, 3.0]))
    values = tuple(ValueColumn(column, "", unit=name) for column, name in enumerate(["杭州", "徐州", "合计"], 1))
    assert layout == Layout("units_across", 1, values, period=0)


def test_rows_of_values_are_no_header() -> None:
    advice = "no header was found.*Say which columns hold units and periods"
    with pytest.raises(SeriesFileError, match=advice):
        find_layout(make_grid(["nian", "sheng", "shi", "gdp"], [2010.0, "浙江省", "杭州市", 1.0], [2011.0]))


def test_message_names_what_was_asked_what_is_there_and_what_is_near() -> None:
    grid = make_grid(["城市", "years", "gdp"], ["杭州", 2010.0, 1.0])
    with pytest.raises(SeriesFileError, match=r"Asked for: 'year'. Did you mean 'years'\? .* '城市', 'years', 'gdp'"):
        find_layout(grid, period="year")


def test_the_same_year_twice_is_refused() -> None:
    with pytest.raises(SeriesFileError, match="the headers in B1 and C1 say the same: 2010年"):
        find_layout(make_grid(["城市", 2010.0, "2010年", 2011.0], ["杭州", 1.0, 2.0, 3.0]))


def test_the_same_name_twice_is_refused() -> None:
    with pytest.raises(SeriesFileError, match="the headers in C1 and D1 say the same: gdp"):
        find_layout(make_grid(["city", "year", "gdp", "gdp"], ["杭州", 2010.0, 1.0, 2.0]))


def test_columns_of_a_table_of_units() -> None:
    grid = make_grid(["各市概况"], ["name", "area", "unit"], ["杭州市", 1.0, 330100.0])
    assert find_columns(grid, needed=["area"]) == (1, {"name": 0, "area": 1, "unit": 2})
    with pytest.raises(SeriesFileError, match="'rank' was found"):
        find_columns(grid, needed=["rank"])
