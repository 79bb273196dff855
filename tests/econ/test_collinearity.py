"""Regressors that effects absorb or that others add up to: left out and named, or refused with the reason."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from econ.errors import FitError
from econ.estimate import Dropped
from econ.panel import fit_panel
from tests.econ.panels import DYADIC, MEMBERS, draw_pairs, draw_units


def test_node_effects_absorb_the_treatment_and_the_scores_of_its_member() -> None:
    frame = draw_pairs()
    with pytest.raises(FitError) as caught:
        fit_panel(frame, "y", ["did", "did:score", "distance", "did:distance"], ["pair", "node^period"], DYADIC)
    assert str(caught.value).startswith("node^period absorbs did, did:score. ")
    assert "treatment × distance" in str(caught.value)
    estimate = fit_panel(frame, "y", ["distance", "did:distance"], ["pair", "node^period"], DYADIC)
    assert list(estimate.params["term"]) == ["did:distance"]


def test_ordered_effects_of_both_members_absorb_the_treatment_too() -> None:
    frame, ordered = draw_pairs(), ["pair", "unit_i^period", "unit_j^period"]
    with pytest.raises(FitError, match=r"unit_i\^period \+ unit_j\^period absorbs did\. Whatever is a sum"):
        fit_panel(frame, "y", ["did", "did:distance"], ordered, DYADIC)
    own = frame.assign(own=frame.groupby(["unit_i", "period"])["y"].transform("mean"))
    estimate = fit_panel(own, "y", ["own", "did:distance"], ordered, DYADIC)
    assert list(estimate.params["term"]) == ["did:distance"]


def test_node_effects_leave_the_treatment_where_both_members_can_be_designated() -> None:
    frame = draw_pairs()
    both = (frame["unit_i"] < "330105") & (frame["unit_j"] < "330105") & (frame["period"] > 2002)
    one = ((frame["unit_i"] < "330105") | (frame["unit_j"] < "330105")) & (frame["period"] > 2002)
    for did, kept in ((both | one, True), (both.astype(float) + one, False)):
        table = frame.assign(did=did)
        if kept:
            assert list(fit_panel(table, "y", ["did"], ["pair", "node^period"], DYADIC).params["term"]) == ["did"]
        else:
            with pytest.raises(FitError, match="absorbs did"):
                fit_panel(table, "y", ["did"], ["pair", "node^period"], DYADIC)


@pytest.mark.parametrize("order", [("did", "a", "b", "c"), ("a", "b", "c", "did"), ("a", "did", "b", "c")])
@pytest.mark.parametrize("scale", [1.0, 2.5])
def test_shares_that_add_up_to_the_treatment_are_refused(order: tuple[str, ...], scale: float) -> None:
    frame = draw_pairs()
    shares = np.random.default_rng(0).dirichlet([1, 2, 3], len(frame)) * frame["did"].to_numpy()[:, None]
    frame[["a", "b", "c"]] = shares * [scale, 1.0, 1.0]
    with pytest.raises(FitError, match="add up to did in every row") as caught:
        fit_panel(frame, "y", [*order, "x"], ["pair", "period"], DYADIC)
    assert "shares that sum to one" in str(caught.value)
    assert list(fit_panel(frame, "y", ["a", "b", "c"], ["pair", "period"], DYADIC).params["term"]) == ["a", "b", "c"]


@pytest.mark.parametrize("decimals", [2, 4, 6, 8])
def test_rounded_shares_are_refused_like_exact_ones(decimals: int) -> None:
    frame = draw_pairs()
    shares = np.random.default_rng(0).dirichlet([1, 2, 3], len(frame)) * frame["did"].to_numpy()[:, None]
    frame[["a", "b", "c"]] = shares.round(decimals)
    with pytest.raises(FitError, match="a, b, c add up to did in every row"):
        fit_panel(frame, "y", ["did", "a", "b", "c"], ["pair", "period"], DYADIC)


def test_small_unrelated_controls_are_no_shares() -> None:
    rng = np.random.default_rng(0)
    frame = draw_units(20)
    names = ["fdi", "education", "research"]
    frame[names] = rng.uniform(0, 0.01, (len(frame), 3))
    assert list(fit_panel(frame, "y", names, ["unit", "period"]).params["term"]) == names


def test_ordinary_combinations_are_left_out_only() -> None:
    frame = draw_pairs().assign(z=lambda table: table["did"] - 2 * table["x"])
    estimate = fit_panel(frame, "y", ["did", "x", "z"], ["pair", "period"], DYADIC)
    assert estimate.dropped == (Dropped("z", "a linear combination of did, x", 1),)


def test_a_set_of_dummies_is_an_intercept() -> None:
    frame = draw_units(6)
    for unit in range(6):
        frame[f"d{unit}"] = frame["unit"] == unit
    estimate = fit_panel(frame, "y", [f"d{unit}" for unit in range(6)], None, "hc1")
    assert estimate.dropped == (Dropped("d5", "a linear combination of Intercept, d0, d1, d2, d3, d4", 1),)


def test_a_regressor_that_never_varies_is_named_so() -> None:
    estimate = fit_panel(draw_pairs().assign(zero=0), "y", ["zero", "x"], ["pair"], "hc1")
    assert estimate.dropped == (Dropped("zero", "no variation: always 0", 1),)


def test_a_constant_beside_the_intercept_leaves_no_regressor() -> None:
    with pytest.raises(FitError, match=r"no regressor is left \(one: a linear combination of Intercept\)"):
        fit_panel(draw_pairs().assign(one=1), "y", ["one"], None, "hc1")


@pytest.mark.parametrize("far", [lambda frame: 1e10, lambda frame: 1e6 * frame["period"]], ids=["level", "trend"])
@pytest.mark.parametrize("vcov", [DYADIC, {"jackknife": MEMBERS}, {"cluster": "period"}], ids=str)
@pytest.mark.parametrize("weights", [None, "w"])
def test_a_regressor_far_from_zero_is_judged_by_its_own_variation(
    far: Callable[[pd.DataFrame], object], vcov: dict[str, object], weights: str | None
) -> None:
    """What is added is absorbed; what rounding leaves of x then moves the numbers by a millionth or so."""
    frame = draw_pairs()
    moved = frame.assign(x=frame["x"] + far(frame))
    one, other = (
        fit_panel(table, "y", ["did", "x"], ["pair", "period"], vcov, weights=weights) for table in (frame, moved)
    )
    assert list(other.params["term"]) == ["did", "x"]
    for column in ("estimate", "std_error"):
        np.testing.assert_allclose(other.params[column], one.params[column], rtol=1e-4)


@pytest.mark.parametrize("level", [0.0, 1.0, 1e10])
def test_a_regressor_far_from_zero_is_absorbed_where_nothing_is_left(level: float) -> None:
    frame = draw_pairs()
    moved = frame.assign(distance=frame["distance"] + level, z=level + 2 * frame["x"] - frame["did"])
    estimate = fit_panel(moved, "y", ["distance", "did", "x", "z"], ["pair", "period"], DYADIC)
    assert [(entry.what, entry.reason) for entry in estimate.dropped] == [
        ("distance", "absorbed by pair + period"),
        ("z", "a linear combination of did, x"),
    ]
