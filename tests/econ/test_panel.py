"""Fits equal regressions on dense dummies, whatever the order of rows, and carry what they rest on."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econ.errors import SpecError
from econ.panel import fit_panel
from tests.econ.panels import DYADIC, MEMBERS, draw_pairs


def _count(keys: Sequence[Any]) -> np.ndarray:
    return pd.get_dummies(pd.Series(keys)).to_numpy(dtype=float)


DUMMIES: dict[str, Callable[[pd.DataFrame], np.ndarray]] = {
    "pair": lambda frame: _count(list(zip(frame["unit_i"], frame["unit_j"], strict=True))),
    "period": lambda frame: _count(frame["period"]),
    "unit_i^period": lambda frame: _count(list(zip(frame["unit_i"], frame["period"], strict=True))),
    "node^period": lambda frame: np.column_stack(
        [
            ((frame["unit_i"] == unit) | (frame["unit_j"] == unit)) & (frame["period"] == period)
            for unit in sorted({*frame["unit_i"], *frame["unit_j"]})
            for period in sorted(frame["period"].unique())
        ]
    ).astype(float),
}
"""The dummies of each effect, made by other means than those of the package."""


@pytest.mark.parametrize(
    "absorb", [["pair", "period"], ["pair", "node^period"], ["unit_i^period", "pair"]], ids="+".join
)
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize("share", [1.0, 0.7])
def test_coefficients_equal_those_of_dense_dummies(absorb: list[str], weights: str | None, share: float) -> None:
    for seed in range(4):
        frame = draw_pairs(seed, share=share)
        regressors = ["did:distance", "x"]
        estimate = fit_panel(frame, "y", regressors, absorb, "hc1", weights=weights)
        roots = np.ones(len(frame)) if weights is None else np.sqrt(frame[weights].to_numpy())
        design = np.hstack([frame[regressors].to_numpy(float), *(DUMMIES[effect](frame) for effect in absorb)])
        expected = np.linalg.lstsq(design * roots[:, None], frame["y"].to_numpy() * roots, rcond=None)[0]
        np.testing.assert_allclose(estimate.params["estimate"], expected[:2], atol=1e-8)
        if estimate.nobs == len(frame):  # singletons count in the mean of the one and not of the other
            unexplained = roots**2 @ (frame["y"].to_numpy() - design @ expected) ** 2
            total = roots**2 @ (frame["y"].to_numpy() - np.average(frame["y"], weights=roots**2)) ** 2
            assert estimate.r2 == pytest.approx(1 - unexplained / total, abs=1e-10)


def test_within_r2_is_that_of_the_demeaned_equation() -> None:
    frame = draw_pairs(3)
    estimate = fit_panel(frame, "y", ["did", "x"], ["pair"], "hc1")
    demeaned = frame.groupby(list(MEMBERS))[["y", "did", "x"]].transform(lambda rows: rows - rows.mean())
    plain = fit_panel(demeaned.assign(did=demeaned["did"].astype(float)), "y", ["did", "x"], None, "hc1")
    assert estimate.r2_within == pytest.approx(plain.r2, abs=1e-12)
    assert plain.r2_within == pytest.approx(plain.r2, abs=1e-12)
    assert list(plain.params["term"]) == ["Intercept", "did", "x"]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), vcov=st.sampled_from([DYADIC, {"jackknife": MEMBERS}, {"cluster": "period"}]))
def test_estimates_ignore_the_order_of_rows_and_leave_the_table_alone(seed: int, vcov: dict[str, Any]) -> None:
    frame = draw_pairs(seed % 5, share=0.8)
    given_frame = frame.copy()
    estimate = fit_panel(frame, "y", ["x"], ["pair", "period"], vcov)
    shuffled = fit_panel(frame.sample(frac=1.0, random_state=seed), "y", ["x"], ["pair", "period"], vcov)
    pd.testing.assert_frame_equal(frame, given_frame)
    pd.testing.assert_frame_equal(estimate.params, shuffled.params, rtol=1e-9)
    assert estimate.notes == shuffled.notes


def test_scale_and_shift_move_the_estimates_as_theory_says() -> None:
    frame = draw_pairs(1)
    estimate = fit_panel(frame, "y", ["did", "x"], ["pair", "period"], DYADIC)
    moved = fit_panel(
        frame.assign(y=3 * frame["y"] - 7, x=frame["x"] / 10 + 2), "y", ["did", "x"], ["pair", "period"], DYADIC
    )
    np.testing.assert_allclose(moved.params["estimate"], estimate.params["estimate"] * [3, 30], rtol=1e-10)
    np.testing.assert_allclose(moved.params["statistic"], estimate.params["statistic"], rtol=1e-9)


@pytest.mark.parametrize("columns", [["unit_i", "unit_j"], ["pair_id", "unit_i", "unit_j"], ["pair"]])
def test_pair_is_a_column_or_the_identifier_or_the_members(columns: list[str]) -> None:
    frame = draw_pairs()
    named = frame["unit_i"] + "-" + frame["unit_j"]
    expected = fit_panel(frame.assign(code=named), "y", ["did"], ["code", "period"], "hc1")
    table = frame.assign(pair=named, pair_id=named)[[*columns, "period", "y", "did"]]
    estimate = fit_panel(table, "y", ["did"], ["pair", "period"], "hc1")
    np.testing.assert_allclose(estimate.vcov, expected.vcov, rtol=1e-12)
    assert estimate.absorbed == ("pair", "period")


def test_another_covariance_costs_no_new_fit() -> None:
    frame = draw_pairs()
    estimate = fit_panel(frame, "y", ["did", "x"], ["pair", "period"], "iid")
    for vcov in (DYADIC, {"jackknife": MEMBERS}, {"twoway": MEMBERS}, {"wild": "period", "draws": 99}, "auto"):
        fresh = fit_panel(frame, "y", ["did", "x"], ["pair", "period"], vcov)
        revised = estimate.with_vcov(vcov)
        pd.testing.assert_frame_equal(revised.params, fresh.params)
        assert (revised.spec, revised.notes, revised.n_clusters) == (fresh.spec, fresh.notes, fresh.n_clusters)
    with pytest.raises(SpecError, match="no column 'province'"):
        estimate.with_vcov({"cluster": "province"})


def test_result_carries_its_recipe_and_what_it_rests_on() -> None:
    estimate = fit_panel(
        draw_pairs(), "y", ["did"], ["pair", "period"], {"cluster": "period"}, weights="w", ssc="stata"
    )
    assert estimate.spec.vcov.kind == "cluster"
    assert (estimate.spec.vcov.ssc, estimate.spec.weights, estimate.spec.absorb) == ("stata", "w", ("pair", "period"))
    assert estimate.n_clusters == {"period": 6}
    assert estimate.df == 5
    assert set(estimate.versions) == {"numpy", "pandas", "scipy"}
    assert "Only 6 clusters (period): standard errors from so few are rough." in estimate.notes


def test_pairs_all_named_from_above_are_the_same_pairs() -> None:
    frame = draw_pairs()
    turned = frame.rename(columns={"unit_i": "unit_j", "unit_j": "unit_i"})
    for absorb, regressors in ((["pair", "period"], ["did"]), (["pair", "node^period"], ["x"])):
        one, other = (fit_panel(table, "y", regressors, absorb, DYADIC) for table in (frame, turned))
        pd.testing.assert_frame_equal(one.params, other.params, rtol=1e-9)


def test_names_may_come_in_any_container_and_pair_names_clusters_too() -> None:
    frame = draw_pairs().assign(pair_id=lambda table: table["unit_i"] + "-" + table["unit_j"])
    plain = fit_panel(frame, "y", ["x", "did"], ["pair", "period"], {"cluster": "pair_id"})
    for container in (np.array, pd.Index, tuple, iter):
        given = [container(["x", "did"]), container(["pair", "period"])]
        same = fit_panel(frame, "y", *given, {"cluster": "pair"})
        pd.testing.assert_frame_equal(same.params, plain.params)
