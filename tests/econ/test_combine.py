"""Unit variables as pair variables: by hand, and against a loop over pairs."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econ.combine import combine_units, measure_krugman
from econ.errors import PairError, SpecError

PAIRS = pd.DataFrame({"unit_i": ["a", "a", "b"], "unit_j": ["b", "c", "c"]}, index=[7, 5, 9])
VALUES = pd.DataFrame({"unit": ["c", "a", "b"], "x": [8, 2, 4]})
PANEL = pd.DataFrame({"unit_i": "a", "unit_j": ["b", "b", "c", "c"], "period": [2010, 2011, 2010, 2011]})
SERIES = pd.DataFrame(
    {"unit": ["a", "a", "b", "b", "c"], "period": [2010, 2011, 2010, 2011, 2010], "x": [1.0, 2.0, 10.0, 20.0, np.nan]}
)

RULES: dict[str, Callable[[float, float], float]] = {
    "log_difference": lambda x, y: abs(math.log(x / y)),
    "difference": lambda x, y: abs(x - y),
    "sum": lambda x, y: x + y,
    "product": lambda x, y: x * y,
    "minimum": min,
    "maximum": max,
}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("log_difference", [math.log(2), math.log(4), math.log(2)]),
        ("difference", [2, 6, 4]),
        ("sum", [6, 10, 12]),
        ("product", [8, 16, 32]),
        ("minimum", [2, 2, 4]),
        ("maximum", [4, 8, 8]),
    ],
)
def test_rules_by_hand(rule: str, expected: list[float]) -> None:
    combined = combine_units(PAIRS, VALUES, "x", rule)

    assert combined.tolist() == pytest.approx(expected)
    assert combined.index.tolist() == [7, 5, 9]
    assert combined.name == "x"


@given(st.integers(0, 10_000), st.sampled_from(sorted(RULES)))
@settings(max_examples=30, deadline=None)
def test_rules_equal_a_loop_over_pairs_and_periods(seed: int, rule: str) -> None:
    rng = np.random.default_rng(seed)
    known = {
        (unit, year): rng.uniform(0.1, 9) for unit in "abcde" for year in (1, 2, 3) if rng.random() < 0.8 or year == 1
    }
    values = pd.DataFrame([(*key, x) for key, x in known.items()], columns=["unit", "period", "x"])
    rows = [("a", "c", 3), ("b", "e", 1), ("a", "d", 2), ("c", "d", 4), ("a", "b", 2), ("d", "e", 3)]
    panel = pd.DataFrame(rows, columns=["unit_i", "unit_j", "period"])

    combined = combine_units(panel, values.sample(frac=1, random_state=seed), "x", rule)

    expected = [
        RULES[rule](known[i, year], known[j, year]) if {(i, year), (j, year)} <= known.keys() else math.nan
        for i, j, year in rows
    ]
    np.testing.assert_allclose(combined, expected, rtol=1e-12)


def test_a_variable_without_periods_is_repeated_in_all_of_them() -> None:
    assert combine_units(PANEL, VALUES, "x", "sum").tolist() == [6, 6, 10, 10]


def test_missing_values_and_missing_periods_stay_missing() -> None:
    np.testing.assert_array_equal(combine_units(PANEL, SERIES, "x", "difference"), [9, 18, np.nan, np.nan])


def test_nullable_columns_are_read() -> None:
    series = SERIES.astype({"unit": "string", "period": "Int64", "x": "Float64"})

    np.testing.assert_array_equal(combine_units(PANEL, series, "x", "sum"), [11, 22, np.nan, np.nan])


def test_the_designated_member_counts_alone() -> None:
    panel = PANEL.assign(treated_unit=pd.Series(["b", "b", "a", "a"], dtype="string"))

    assert combine_units(panel, VALUES, "x", "designated").tolist() == [4, 4, 2, 2]
    assert combine_units(PAIRS.head(2), VALUES, "x", "designated", designated=["a", "z"]).tolist() == [2, 2]


def test_pairs_without_a_single_designated_member_are_refused() -> None:
    panel = PANEL.assign(treated_unit=pd.Series(["b", "b", pd.NA, pd.NA], dtype="string"))

    with pytest.raises(PairError, match=r"without a single designated member: a-c\. Take"):
        combine_units(panel, VALUES, "x", "designated")
    with pytest.raises(PairError, match=r"without a single designated member: a-b\. Take"):
        combine_units(PAIRS, VALUES, "x", "designated", designated=["a", "b"])
    with pytest.raises(SpecError, match="needs designated, or a column treated_unit"):
        combine_units(PAIRS, VALUES, "x", "designated")


def test_bad_options_are_refused() -> None:
    with pytest.raises(SpecError, match="'rule' parameter of combine_units must be one of 'log_difference'"):
        combine_units(PAIRS, VALUES, "x", "ratio")
    with pytest.raises(SpecError, match="goes with the rule 'designated'"):
        combine_units(PAIRS, VALUES, "x", "sum", designated=["a"])


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (VALUES.tail(2), "no row for the units c. Add them"),
        (pd.concat([VALUES, VALUES.head(1)]), "more than one row: c. Correct"),
        (pd.concat([SERIES, SERIES.head(1)]), "more than one row: a 2010"),
        (SERIES.assign(x=[1.0, np.inf, 1.0, 1.0, 1.0]), "x is infinite: a 2011"),
        (VALUES.assign(x="8"), "x must be a column of numbers"),
        (VALUES.rename(columns={"x": "y"}), "Missing: x"),
        (VALUES.assign(unit=[1, 2, 3]), "unit codes"),
        (SERIES.astype({"period": "float"}), "periods must be integers"),
    ],
)
def test_bad_values_are_refused_by_name(values: pd.DataFrame, message: str) -> None:
    with pytest.raises(PairError, match=message):
        combine_units(PANEL, values, "x", "sum")


def test_values_by_period_need_pairs_by_period() -> None:
    with pytest.raises(PairError, match=r"the pairs must have the columns unit_i, unit_j, period\. Missing: period"):
        combine_units(PAIRS, SERIES, "x", "sum")


def test_only_logarithms_that_are_needed_are_refused() -> None:
    series = SERIES.assign(x=[1.0, 0.0, 1.0, 1.0, 1.0])

    with pytest.raises(PairError, match="x is not positive and has no logarithm: a 2011"):
        combine_units(PANEL, series, "x", "log_difference")
    assert combine_units(PANEL[PANEL["period"] == 2010], series, "x", "log_difference").tolist() == [0, 0]


def test_krugman_index_by_hand() -> None:
    structures = pd.DataFrame({"unit": ["a", "b", "c"], "first": [0.5, 0.2, 0.0], "second": [0.5, 0.3, 0.0]})
    structures["third"] = 1 - structures["first"] - structures["second"]

    assert measure_krugman(PAIRS, structures).tolist() == pytest.approx([1.0, 2.0, 1.0])


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_krugman_index_is_zero_for_a_twin_and_at_most_two(seed: int) -> None:
    rng = np.random.default_rng(seed)
    structures = pd.DataFrame(rng.dirichlet([0.3] * 4, 3)).rename(columns=str).assign(unit=["a", "b", "c"])
    structures.loc[2, list("0123")] = structures.loc[1, list("0123")]

    krugman = measure_krugman(PAIRS, structures)

    assert krugman[9] == 0
    assert krugman[7] == krugman[5]
    assert krugman.between(0, 2).all()
    shares = structures[list("0123")].to_numpy()
    assert krugman[7] == pytest.approx(np.abs(shares[0] - shares[1]).sum())


def test_krugman_index_by_period_with_a_missing_structure() -> None:
    structures = SERIES[["unit", "period"]].assign(first=[0.25, 1, 0.75, 1, np.nan], second=[0.75, 0, 0.25, 0, np.nan])

    np.testing.assert_allclose(measure_krugman(PANEL, structures), [1, 0, np.nan, np.nan])


@pytest.mark.parametrize(
    "shares",
    [
        {"first": [0.5, 0.5, 0.5], "second": [0.5, 0.5, 0.4999]},
        {"first": [0.5, 0.5, 1.5], "second": [0.5, 0.5, -0.5]},
        {"first": [0.5, 0.5, 1.0], "second": [0.5, 0.5, np.nan]},
    ],
)
def test_shares_that_are_none_are_refused_by_name(shares: dict[str, list[float]]) -> None:
    structures = pd.DataFrame({"unit": ["a", "b", "c"], **shares})

    with pytest.raises(PairError, match=r"or do not sum to 1: c\. Correct"):
        measure_krugman(PAIRS, structures)


def test_a_structure_without_shares_is_refused() -> None:
    with pytest.raises(PairError, match="needs columns of shares"):
        measure_krugman(PAIRS, VALUES[["unit"]])
