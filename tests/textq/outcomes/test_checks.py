"""Each check finds what was planted, and nothing in a table where nothing was."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textq.outcomes.checks import check_table, find_gaps
from textq.outcomes.problems import Kind, Lang, Problem, describe_problem

YEARS = range(2005, 2015)
UNITS = {"320300": "徐州市", "330100": "杭州市", "420600": "襄阳市", "500000": "重庆市"}


def make_table(**variables: Callable[[int, int], float]) -> pd.DataFrame:
    """A table with a value for each variable, unit (by its place) and year."""
    rows = [
        (unit, name, year, variable, value(place, year))
        for variable, value in variables.items()
        for place, (unit, name) in enumerate(UNITS.items())
        for year in YEARS
    ]
    return pd.DataFrame(rows, columns=["unit", "name", "period", "variable", "value"])


def grow(place: int, year: int) -> float:
    return 1000.0 * (place + 1) * 1.09 ** (year - 2005)


def change(table: pd.DataFrame, factor: float, **where: object) -> pd.DataFrame:
    chosen = np.logical_and.reduce([table[column] == value for column, value in where.items()])
    return table.assign(value=table["value"].where(~chosen, table["value"] * factor))


def find(table: pd.DataFrame) -> Mapping[Kind, Problem]:
    return {problem.kind: problem for problem in check_table(table)}


def test_plain_series_have_no_problem() -> None:
    assert check_table(make_table(gdp=grow, growth=lambda _, year: 9.0 - 0.1 * (year - 2005))) == []


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(-20, 25), min_size=40, max_size=40),
    st.lists(st.floats(0.5, 2), min_size=40, max_size=40),
)
def test_rates_and_calm_levels_have_no_problem(rates: list[float], factors: list[float]) -> None:
    levels = np.array(factors).reshape(4, 10) * 1000
    table = make_table(
        gdp_growth=lambda place, year: rates[10 * place + year - 2005],
        population=lambda place, year: levels[place, year - 2005],
        area=grow,
    )
    assert check_table(table) == []


@pytest.mark.parametrize("variable", ["地区生产总值指数", "gdp_growth", "value"])
def test_index(variable: str) -> None:
    table = make_table(**{variable: lambda place, year: 109.0 + place - 0.1 * (year - 2005)})
    found = find(table)
    assert found.keys() == {"index"}
    assert (found["index"].n, found["index"].variable, found["index"].blocking) == (40, variable, False)


def test_a_wide_index_is_known_by_its_name_alone() -> None:
    assert find(make_table(增长指数=lambda place, year: 60.0 + 20 * place + year - 2005)).keys() == {"index"}
    assert find(make_table(value=lambda place, year: 60.0 + 20 * place + year - 2005)) == {}


def test_mixed_index_is_blocking_and_lists_the_smaller_part() -> None:
    table = make_table(gdp_growth=lambda _, year: 9.0 if year < 2013 else 108.0)
    found = find(table[table["unit"] == "330100"])
    assert found["mixed_index"].cases == ("330100 杭州市 2013: 108", "330100 杭州市 2014: 108")
    assert found["mixed_index"].blocking


def test_jump_of_one_unit_with_its_factor() -> None:
    found = find(change(make_table(gdp=grow), 10_000, unit="330100", period=2014))
    assert found.keys() == {"jump"}
    assert found["jump"].cases == ("330100 杭州市 2014: 3985.12528338 → 43437865.5888 (×10,900 ≈ 10^4)",)


def test_spike_jumps_twice() -> None:
    found = find(change(make_table(gdp=grow), 0.1, unit="330100", period=2010))
    assert [case.split(":")[0] for case in found["jump"].cases] == ["330100 杭州市 2010", "330100 杭州市 2011"]


def test_jump_of_most_units_is_a_break() -> None:
    table = make_table(gdp=grow)
    table["value"] = table["value"].where(table["period"] < 2010, table["value"] * 10_000)
    found = find(table)
    assert found.keys() == {"level_break"}
    assert found["level_break"].cases == ("2010: ×10,900 ≈ 10^4",)


def test_years_apart_are_no_jump() -> None:
    table = change(make_table(gdp=grow), 10, unit="330100", period=2014)
    assert find(table[table["period"] != 2013]) == {}


def test_negative_levels() -> None:
    found = find(change(make_table(gdp=grow), -1, unit="330100", period=2005))
    assert found["negative"].cases == ("330100 杭州市 2005: -2000",)


def test_two_versions_of_one_variable() -> None:
    table = make_table(GDP=grow, GDP修订数=lambda place, year: grow(place, year) * (1.02 if year > 2010 else 1.0))
    assert find(table)["vintage_columns"].cases == ("GDP / GDP修订数: 16/40 ≠",)


def test_variables_of_other_names_are_no_versions() -> None:
    assert find(make_table(户籍人口=grow, 常住人口=lambda place, year: 1.02 * grow(place, year))) == {}


@pytest.mark.parametrize("scale", [1.0, 0.01])
def test_growth_that_levels_deny(scale: float) -> None:
    table = change(
        make_table(gdp=grow, gdp_growth=lambda *_: 9.0 * scale), 1.2, unit="330100", period=2014, variable="gdp"
    )
    assert find(table)["growth_gap"].cases == ("330100 杭州市 2014: 9.0 / 30.8",)


def test_growth_is_matched_by_name() -> None:
    table = make_table(
        gdp=grow, population=lambda *_: 500.0, gdp增长率=lambda *_: 9.0, population增长率=lambda *_: 30.0
    )
    found = [problem for problem in check_table(table) if problem.kind == "growth_gap"]
    assert [(problem.variable, problem.n) for problem in found] == [("population增长率 / population", 36)]


def test_gaps() -> None:
    table = make_table(gdp=grow)
    values = table[(table["period"] != 2007) & ~((table["unit"] == "330100") & table["period"].between(2005, 2006))]
    empty, missing = find_gaps(table, values)
    assert (empty.kind, empty.n, empty.cases) == ("empty_periods", 1, ("2007",))
    assert (missing.kind, missing.n, missing.cases) == ("missing", 2, ("2005–2006: 1 (杭州市)",))


def test_a_full_table_has_no_gaps() -> None:
    table = make_table(gdp=grow)
    assert find_gaps(table, table) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_problems_are_described(lang: str) -> None:
    problem = Problem("jump", 12, tuple(f"case {n}" for n in range(12)), "gdp")
    said = describe_problem(problem, lang)  # type: ignore[arg-type]
    assert said.startswith("gdp")
    assert "(12)" in said
    assert "case 7 …" in said
    assert "case 8" not in said


@pytest.mark.parametrize(
    ("kind", "plain", "marked", "hints"),
    [
        ("unmatched", "A3 '岛(旧)'", "A3 '长兴' (330522 湖州市长兴县)", {"zh": "括号内", "en": "in brackets"}),
        ("county", "330782 义乌市 ⊂ 330700 金华市", "320583 昆山市 ⊂ 320500 苏州市 *", {"zh": "标 *", "en": "Where *"}),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_marks_are_explained_only_where_they_stand(
    kind: Kind, plain: str, marked: str, hints: Mapping[str, str], lang: Lang
) -> None:
    assert hints[lang] not in describe_problem(Problem(kind, 1, (plain,)), lang)
    assert hints[lang] in describe_problem(Problem(kind, 2, (plain, marked)), lang)
