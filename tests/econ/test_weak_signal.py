"""Tests by inversion: dual to their confidence sets, near Wald with much signal, of the right size with little."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ.coded_panel import fit_coded
from econ.errors import SpecError
from econ.weak_signal import MomentTest
from tests.econ.coded_studies import CLASSES, code_clauses, draw_pairs, draw_units, make_confusion

MEMBERS = ("unit_i", "unit_j")


@pytest.mark.parametrize(
    ("moment", "spread", "n_intervals"),
    [
        ([3.0, 2.0], [[0.2, 0.01], [0.01, 0.05]], 1),
        ([3.0, 1.0], [[0.2, 0.0], [0.0, 0.9]], 2),
        ([0.5, 0.3], [[0.9, 0.1], [0.1, 0.9]], 0),
    ],
)
def test_a_set_holds_what_the_test_does_not_reject(moment: Any, spread: Any, n_intervals: int) -> None:
    own = MomentTest("x", np.array(moment), np.array(spread), 30.0)
    found = own.invert(0.95)
    values = np.linspace(-60, 60, 601)
    assert [value in found for value in values] == [own.test(value).p_value >= 0.05 for value in values]
    ends = np.array(found.intervals).ravel()
    assert {1: np.isfinite(ends).all(), 2: len(ends) == 4, 0: not np.isfinite(ends).any()}[n_intervals]
    assert moment[0] / moment[1] in found


@pytest.mark.parametrize("kind", ["hc1", "cluster", "jackknife"])
def test_with_much_signal_it_is_near_the_interval(kind: str) -> None:
    frame, counts = draw_units(n_units=90, n_periods=8)
    vcov = kind if kind == "hc1" else {kind: "unit"}
    arguments: dict[str, Any] = {"absorb": ["unit", "period"], "controls": ["x"], "vcov": vcov}
    fitted = fit_coded(frame, "y", counts, make_confusion(4_000), CLASSES[:2], **arguments)
    for _, row in fitted.corrected.params.iterrows():
        ((low, high),) = fitted.invert(row["term"]).intervals
        reach = row["conf_high"] - row["conf_low"]
        np.testing.assert_allclose([low, high], [row["conf_low"], row["conf_high"]], atol=0.06 * reach)
        assert fitted.test(row["term"], row["estimate"]).p_value == pytest.approx(1)
        assert fitted.test(row["term"]).p_value == pytest.approx(row["p_value"], abs=0.03)


@pytest.mark.parametrize("kind", ["dyadic", "cluster", "twoway"])
def test_at_the_coefficient_its_variance_is_that_of_the_coefficient(kind: str) -> None:
    frame, counts, sums = draw_pairs(0, n_units=15, share=0.8)
    vcov = {kind: "pair_id" if kind == "cluster" else MEMBERS}
    arguments: dict[str, Any] = {"absorb": ["pair_id", "period"], "map": sums, "vcov": vcov, "controls": ["x"]}
    fitted = fit_coded(frame, "y", counts, make_confusion(500), CLASSES[:2], **arguments)
    for _, row in fitted.corrected.params.iterrows():
        own = fitted.moment_tests[row["term"]]
        ray = np.array([1.0, -row["estimate"]])
        assert ray @ own.spread @ ray / own.moment[1] ** 2 == pytest.approx(row["std_error"] ** 2)


def test_two_ways_of_clusters_have_the_factor_of_the_fewer() -> None:
    frame, counts = draw_units(n_units=40, n_periods=8)
    arguments: dict[str, Any] = {"absorb": ["unit", "period"], "vcov": {"twoway": ("unit", "period")}}
    fitted = fit_coded(frame, "y", counts, make_confusion(500), CLASSES[:1], **arguments)
    own, (estimate, error) = fitted.moment_tests["supply"], fitted.corrected.params.iloc[0][["estimate", "std_error"]]
    ray = np.array([1.0, -estimate])
    assert ray @ own.spread @ ray / own.moment[1] ** 2 == pytest.approx(error**2)


@pytest.mark.parametrize("kind", ["dyadic", "jackknife"])
def test_pairs_have_sets_too(kind: str) -> None:
    frame, counts, sums = draw_pairs(0, n_units=25)
    arguments: dict[str, Any] = {"absorb": ["pair_id", "period"], "map": sums, "vcov": {kind: MEMBERS}}
    fitted = fit_coded(frame, "y", counts, make_confusion(500), CLASSES[:2], **arguments)
    for _, row in fitted.corrected.params.iterrows():
        ((low, high),) = fitted.invert(row["term"]).intervals
        assert low < row["estimate"] < high
        assert high - low == pytest.approx(row["conf_high"] - row["conf_low"], rel=0.25)


def draw_weak(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows in which supply has the coefficient 1, and counts of few clauses that differ little."""
    rng = np.random.default_rng(seed)
    unit, period = np.divmod(np.arange(60 * 6), 6)
    shares = np.exp(rng.normal(0, 0.5, (60, 3)))[unit] * np.exp(rng.normal(0, 0.12, (360, 3)))
    true = rng.multinomial(rng.integers(15, 50, 360), shares / shares.sum(axis=1, keepdims=True))
    outcome = true[:, 0] / true.sum(axis=1) + rng.normal(0, 0.1, 360)
    return pd.DataFrame({"unit": unit, "period": period, "y": outcome}), code_clauses(rng, true)


def test_size_with_little_signal() -> None:
    rejected, lambdas = [], []
    arguments: dict[str, Any] = {"absorb": ["unit", "period"], "vcov": {"cluster": "unit"}}
    for seed in range(40):
        fitted = fit_coded(draw_weak(seed)[0], "y", draw_weak(seed)[1], make_confusion(), CLASSES[:2], **arguments)
        rejected.append(fitted.test("supply", 1.0).p_value < 0.05)
        lambdas.append(fitted.lambda_min)
    assert np.median(lambdas) < 3
    assert np.mean(rejected) <= 0.15


def test_a_weak_signal_comes_with_a_note() -> None:
    frame, counts = draw_weak(0)
    arguments: dict[str, Any] = {"absorb": ["unit", "period"], "vcov": {"cluster": "unit"}}
    plain = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], **arguments)
    shared = np.diag([3.3e-3, 1e-3, 0])
    weak = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], shared_errors=shared, **arguments)
    assert weak.lambda_min < 1.4 < plain.lambda_min
    assert "The signal is weak" in weak.corrected.notes[-1]
    assert not any("weak" in note for note in plain.corrected.notes)


def test_unknown_terms_and_levels_are_refused() -> None:
    frame, counts = draw_units()
    fitted = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], ["unit", "period"])
    with pytest.raises(SpecError, match=r"no term 'culture'\. It has supply, demand"):
        fitted.test("culture")
    with pytest.raises(SpecError, match="between 0 and 1"):
        fitted.invert("supply", 95)
