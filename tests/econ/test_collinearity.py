"""Regressors that effects absorb or that others add up to: left out and named, or refused with the reason."""

import numpy as np
import pytest

from econ.errors import FitError
from econ.estimate import Dropped
from econ.panel import fit_panel
from tests.econ.panels import DYADIC, draw_pairs, draw_units


def test_node_effects_absorb_the_treatment_and_the_scores_of_its_member() -> None:
    frame = draw_pairs()
    with pytest.raises(FitError) as caught:
        fit_panel(frame, "y", ["did", "did:score", "distance", "did:distance"], ["pair", "node^period"], DYADIC)
    assert str(caught.value).startswith("node^period absorbs did, did:score. ")
    assert "treatment × distance" in str(caught.value)
    estimate = fit_panel(frame, "y", ["distance", "did:distance"], ["pair", "node^period"], DYADIC)
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
