"""p-values by hand, and draws that are taken over."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from econ.errors import FitError, SpecError
from econ.placebo_result import (
    TESTS,
    Placebo,
    PlaceboSpec,
    check_observed,
    compute_digest,
    compute_p_values,
    reuse_draws,
    tabulate_tests,
)

SPEC = PlaceboSpec("unit", "approval_year", None, 1, {})


def test_p_values_by_hand() -> None:
    assert compute_p_values(2.0, np.array([1.0, 2.0, -2.0, 3.0, np.nan])) == (4 / 5, 4 / 5, 3 / 5, 4)
    assert compute_p_values(-2.0, np.array([1.0, 2.0, -2.0, -3.0])) == (4 / 5, 3 / 5, 4 / 5, 4)


def test_rounding_does_not_break_ties() -> None:
    assert compute_p_values(0.3, np.array([0.1 + 0.2, 0.3 - 1e-15])) == (1.0, 1.0, 1.0, 2)


def test_the_table_of_tests() -> None:
    draws = pd.DataFrame({"draw": [0, 1, 2], "did": [1.0, 3.0, np.nan]})
    table = tabulate_tests({"did": 2.0}, draws)
    assert table.columns.tolist() == list(TESTS)
    assert table.iloc[0].tolist() == ["did", 2.0, 2 / 3, 2 / 3, 2 / 3, 2, 2.0, pytest.approx(np.sqrt(2))]
    with pytest.raises(FitError, match="'did' the value nan"):
        check_observed({"did": np.nan})


def test_draws_are_taken_over_from_the_same_recipe_alone() -> None:
    draws = pd.DataFrame({"draw": [0, 1, 2], "did": [1.0, 3.0, 5.0]})
    begun = Placebo(tabulate_tests({"did": 2.0}, draws), draws, SPEC)
    assert reuse_draws(begun, SPEC, {"did": 2.0}, 2).ravel().tolist() == [1.0, 3.0]
    assert reuse_draws(None, SPEC, {"did": 2.0}, 2).shape == (0, 1)
    with pytest.raises(SpecError, match="another recipe"):
        reuse_draws(begun, SPEC, {"t(did)": 2.0}, 2)
    with pytest.raises(SpecError, match="other data"):
        reuse_draws(begun, SPEC, {"did": 2.1}, 2)
    with pytest.raises(SpecError, match="other data"):
        reuse_draws(begun, replace(SPEC, digest="other"), {"did": 2.0}, 2)


def test_the_digest_sees_data_but_not_the_last_bits() -> None:
    values = np.random.default_rng(1).normal(size=(50, 4))
    values[0, 0] = np.nan
    digest = compute_digest([("values", values)])
    for same in (values * (1 + 1e-16), np.where(np.isnan(values), np.nan, values + 1e-16)):
        assert compute_digest([("values", same)]) == digest
    others = (values * 2, values.T, values[::-1], np.nan_to_num(values), values + np.eye(50, 4) * 1e-4, None)
    assert len({digest, compute_digest([("other", values)]), *(compute_digest([("values", x)]) for x in others)}) == 8
    table = pd.DataFrame({"date": pd.to_datetime(["2013-01-01", None])})
    assert compute_digest([("table", table)]) != compute_digest([("table", table[::-1])])
