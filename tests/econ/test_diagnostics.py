"""Correlations and variance inflation: by hand, against NumPy, statsmodels and dense dummies."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econ.diagnostics import correlate_columns, measure_inflation
from econ.errors import FitError, SpecError
from tests.econ.panels import draw_pairs, draw_units

TERMS = ["x", "did", "distance"]


def draw_correlated(seed: int = 0) -> pd.DataFrame:
    frame = draw_pairs(seed, share=0.9)
    rng = np.random.default_rng(seed)
    return frame.assign(did=frame["did"].astype(float), distance=frame["x"] * 2 + rng.normal(size=len(frame)))


def take_dummies_out(
    frame: pd.DataFrame, columns: list[str], effects: list[pd.Series], weights: np.ndarray
) -> np.ndarray:
    """Residuals of columns on dense dummies, times the root of the weights."""
    dummies = np.column_stack([pd.get_dummies(effect).to_numpy(dtype=float) for effect in effects])
    roots = np.sqrt(weights)[:, None]
    values = frame[columns].to_numpy(dtype=float) * roots
    return values - roots * dummies @ np.linalg.lstsq(roots * dummies, values, rcond=1e-11)[0]


@pytest.mark.parametrize("weights", [None, "w"])
def test_inflation_equals_regressions_on_columns_net_of_dummies(weights: str | None) -> None:
    frame = draw_correlated()
    masses = np.ones(len(frame)) if weights is None else frame[weights].to_numpy()
    left = take_dummies_out(frame, TERMS, [frame["unit_i"] + frame["unit_j"], frame["period"]], masses)
    found = measure_inflation(frame, TERMS, ["pair", "period"], weights)
    unexplained = [np.linalg.lstsq(np.delete(left, place, 1), left[:, place])[1][0] for place in range(3)]
    assert list(found["term"]) == TERMS
    np.testing.assert_allclose(found["vif"], (left**2).sum(axis=0) / unexplained, rtol=1e-9)
    assert found["vif"][0] > 3


def test_inflation_equals_statsmodels() -> None:
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    frame = draw_correlated()
    left = take_dummies_out(frame, TERMS, [frame["unit_i"] + frame["unit_j"], frame["period"]], np.ones(len(frame)))
    found = measure_inflation(frame, TERMS, ["pair", "period"])
    np.testing.assert_allclose(found["vif"], [variance_inflation_factor(left, place) for place in range(3)], rtol=1e-9)


def test_inflation_of_two_by_hand() -> None:
    """Without effects the factor of both is 1 / (1 − r²); r = 0.8 here, so 25/9."""
    frame = pd.DataFrame({"a": [6.0, 4.0, 6.0, 4.0], "b": [-1.6, -3.2, -2.8, -4.4]})
    assert np.corrcoef(frame["a"], frame["b"])[0, 1] == pytest.approx(0.8)
    np.testing.assert_allclose(measure_inflation(frame, ["a", "b"], [])["vif"], 25 / 9, rtol=1e-12)


def test_orthogonal_regressors_have_no_inflation() -> None:
    frame = pd.DataFrame({"a": [1.0, -1.0, 1.0, -1.0], "b": [1.0, 1.0, -1.0, -1.0]})
    np.testing.assert_allclose(measure_inflation(frame, ["a", "b"], [])["vif"], 1.0, rtol=1e-12)


def test_rows_that_lack_a_regressor_are_left_out() -> None:
    frame = draw_correlated(1)
    holed = frame.assign(x=frame["x"].mask(np.arange(len(frame)) % 7 == 0), y=np.nan)
    found = measure_inflation(holed, TERMS, ["pair", "period"])
    expected = measure_inflation(holed.dropna(subset=["x"]), TERMS, ["pair", "period"])
    pd.testing.assert_frame_equal(found, expected)
    assert not np.allclose(found["vif"], measure_inflation(frame, TERMS, ["pair", "period"])["vif"])


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 999), power=st.floats(-8, 8))
def test_inflation_knows_no_units_and_no_order(seed: int, power: float) -> None:
    frame = draw_correlated(seed)
    expected = measure_inflation(frame, TERMS, ["pair", "period"]).set_index("term")["vif"]
    other = frame.assign(x=frame["x"] * 10**power + 3).sample(frac=1, random_state=seed)
    found = measure_inflation(other, TERMS[::-1], ["pair", "period"]).set_index("term")["vif"]
    np.testing.assert_allclose(found[TERMS], expected, rtol=1e-6)
    assert (found >= 1 - 1e-12).all()


def test_regressors_without_a_factor_are_refused() -> None:
    frame = draw_units(6).assign(size=lambda table: table["unit"] * 2.0, sum=lambda table: table["x"] + table["did"])
    with pytest.raises(FitError, match=r"size: absorbed by unit \+ period"):
        measure_inflation(frame, ["x", "did", "size"], ["unit", "period"])
    with pytest.raises(FitError, match="sum: a linear combination of x, did"):
        measure_inflation(frame, ["x", "did", "sum"], ["unit", "period"])
    with pytest.raises(FitError, match="one: no variation: always 1"):
        measure_inflation(frame.assign(one=1), ["x", "one"], [])


@pytest.mark.parametrize(
    ("regressors", "message"),
    [
        (["x"], "two regressors or more"),
        (["x", "x"], "different regressors"),
        (["x", "z"], "no columns z"),
        (["x", "unit_i"], r"do not hold numbers: unit_i \(str\)"),
    ],
)
def test_bad_regressors_are_refused(regressors: list[str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        measure_inflation(draw_pairs(), regressors, ["pair"])


def test_correlations_equal_numpy() -> None:
    frame = draw_correlated(2)
    frame.loc[frame.index[::5], "x"] = np.nan
    found = correlate_columns(frame, TERMS)
    np.testing.assert_allclose(found, np.corrcoef(frame[TERMS].dropna().to_numpy().T), rtol=1e-12)
    assert (list(found.index), list(found.columns)) == (TERMS, TERMS)


def test_correlations_by_hand() -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 1, 2], "c": [True, True, True]})
    found = correlate_columns(frame, ["a", "b", "c"])
    assert found.loc["a", "b"] == pytest.approx(-0.5)
    assert found.loc["a", "a"] == pytest.approx(1.0)
    assert found["c"].isna().all()


@pytest.mark.parametrize(
    ("columns", "message"), [(["x", "z"], "no columns z"), (["x", "unit_i"], "pd.to_numeric converts")]
)
def test_correlations_of_what_are_no_numbers_are_refused(columns: list[str], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        correlate_columns(draw_pairs(), columns)
