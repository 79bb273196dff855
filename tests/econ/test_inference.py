"""The automatic covariance follows the table, and says why; doubtful ones come with a warning."""

import numpy as np
import pandas as pd
import pytest

from econ.errors import FitError
from econ.panel import fit_panel
from tests.econ.panels import DYADIC, MEMBERS, draw_pairs, draw_units


def test_pairs_of_few_units_get_the_jackknife() -> None:
    estimate = fit_panel(draw_pairs(), "y", ["did"], ["pair", "period"])
    assert (estimate.spec.vcov.kind, estimate.spec.vcov.by, estimate.df) == ("jackknife", MEMBERS, 8)
    assert estimate.notes[0] == "Leave-one-unit-out jackknife, as the pairs have 9 units, 2 of them ever designated."


@pytest.mark.parametrize(
    ("n_designated", "role", "kind"),
    [(0, "one", "dyadic"), (60, "one", "jackknife"), (61, "one", "dyadic"), (2, "both", "dyadic")],
)
def test_pairs_of_many_units_go_by_the_designated_ones(n_designated: int, role: str, kind: str) -> None:
    ring = pd.DataFrame({"unit_i": range(110), "unit_j": range(110, 220), "role": role}).loc[np.repeat(range(110), 2)]
    ring["period"] = np.tile([0, 1], 110)
    ring["treated_unit"] = ring["unit_i"].where(ring["unit_i"] < n_designated)
    ring[["x", "y"]] = np.random.default_rng(0).normal(size=(220, 2))
    assert fit_panel(ring, "y", ["x"], ["pair"]).spec.vcov.kind == kind


@pytest.mark.parametrize("regressors", [["did"], ["did", "x"]])
def test_a_term_that_hangs_on_one_unit_gets_the_dyadic_covariance(regressors: list[str]) -> None:
    frame = draw_pairs()
    only = frame["treated_unit"].dropna().iloc[0]
    frame["did"] = frame["did"] & (frame["treated_unit"] == only)
    estimate = fit_panel(frame, "y", regressors, ["pair", "period"])
    assert estimate.spec.vcov.kind == "dyadic"
    assert estimate.notes[0].startswith("The jackknife cannot be computed here: ")
    assert only in estimate.notes[0]
    with pytest.raises(FitError, match=only):
        fit_panel(frame, "y", regressors, ["pair", "period"], {"jackknife": MEMBERS})


@pytest.mark.parametrize(("n_units", "kind"), [(39, "wild"), (40, "cluster")])
def test_tables_of_units_are_clustered_by_unit(n_units: int, kind: str) -> None:
    estimate = fit_panel(draw_units(n_units), "y", ["did", "x"], ["unit", "period"])
    assert (estimate.spec.vcov.kind, estimate.spec.vcov.by) == (kind, ("unit",))
    assert f"{n_units} units" in estimate.notes[0]
    clustered = estimate.with_vcov({"cluster": "unit"})
    np.testing.assert_allclose(estimate.params["std_error"], clustered.params["std_error"], rtol=1e-12)
    assert (estimate.params["p_value"].equals(clustered.params["p_value"])) == (kind == "cluster")


def test_ordered_effects_and_pair_clusters_come_with_a_warning() -> None:
    frame = draw_pairs().assign(pair_id=lambda table: table["unit_i"] + table["unit_j"])
    notes = fit_panel(frame, "y", ["x"], ["unit_i^period", "pair_id"], {"cluster": "pair_id"}).notes
    assert any("depend on which member of a pair is called i" in note for note in notes)
    assert any("pairs that share a unit as independent" in note for note in notes)


@pytest.mark.parametrize(("n_clusters", "told"), [(19, True), (20, False)])
def test_few_clusters_are_told(n_clusters: int, told: bool) -> None:
    notes = fit_panel(draw_units(n_clusters), "y", ["x"], ["unit"], {"cluster": "unit"}).notes
    assert any(note.startswith(f"Only {n_clusters} clusters (unit)") for note in notes) == told


@pytest.mark.parametrize(("n_designated", "told"), [(0, False), (1, True), (9, True), (10, False)])
@pytest.mark.parametrize("vcov", [DYADIC, {"cluster": "unit_i"}], ids=["dyadic", "cluster"])
def test_few_designated_units_are_told(n_designated: int, told: bool, vcov: dict[str, object]) -> None:
    frame = draw_pairs(n_units=24)
    designated = sorted({*frame["unit_i"], *frame["unit_j"]})[:n_designated]
    frame["treated_unit"] = frame["unit_i"].where(frame["unit_i"].isin(designated))
    notes = fit_panel(frame, "y", ["x"], ["pair", "period"], vcov).notes
    found = [note for note in notes if "designated units carry the treatment" in note]
    assert len(found) == told
    for note in found:
        assert note.startswith(f"Only {n_designated} ")
        assert "60 units, 2 of them designated, nominal 5 % tests rejected 18 % (jackknife) and 39 % (dyadic)" in note


def test_tables_of_units_say_nothing_of_designated_ones() -> None:
    frame = draw_units(30).assign(treated_unit=0)
    notes = fit_panel(frame, "y", ["x"], ["unit"], {"cluster": "unit"}).notes
    assert not any("designated" in note for note in notes)


@pytest.mark.parametrize("level", [0.0, 1e10])
@pytest.mark.parametrize("absorb", [["unit", "period"], []])
@pytest.mark.parametrize("weights", [None, "w"])
def test_a_perfect_fit_is_told(level: float, absorb: list[str], weights: str | None) -> None:
    frame = draw_units(30).assign(w=lambda table: 1 + table["unit"] / 10)
    made = frame.assign(y=level + 2 * frame["x"] - frame["did"])
    estimate = fit_panel(made, "y", ["x", "did"], absorb, "hc1", weights=weights)
    assert any("fits y perfectly" in note for note in estimate.notes)
    noise = np.random.default_rng(1).normal(size=len(made))
    nearly = made.assign(y=made["y"] + (1e-5 + 1e-11 * level) * noise)
    assert not any("perfectly" in note for note in fit_panel(nearly, "y", ["x", "did"], absorb, "hc1").notes)


@pytest.mark.parametrize("vcov", [{"cluster": "unit"}, {"twoway": ("unit", "half")}])
def test_a_term_without_variance_has_no_standard_error(vcov: dict[str, object]) -> None:
    """It varies in one unit alone, so that its scores sum to zero there, and its t would be made of rounding."""
    frame = draw_units(30).assign(half=lambda table: table["unit"] % 2)
    frame["only"] = np.where(frame["unit"] == 3, frame["x"] ** 2, 0.0)
    estimate = fit_panel(frame, "y", ["only"], ["unit"], vcov)
    assert estimate.params[["std_error", "statistic", "p_value", "conf_low"]].isna().all(axis=None)
    assert any("gives only a variance of zero" in note for note in estimate.notes)
    assert np.isfinite(fit_panel(frame, "y", ["only"], ["unit"], "hc1").params["std_error"]).all()


def test_the_bootstrap_refuses_a_term_without_variance() -> None:
    frame = draw_units(30)
    frame["only"] = np.where(frame["unit"] == 3, frame["x"] ** 2, 0.0)
    with pytest.raises(FitError, match="only"):
        fit_panel(frame, "y", ["only"], ["unit"], {"wild": "unit"})


def test_dyadic_errors_below_those_by_pair_are_told() -> None:
    frame = draw_pairs(3, n_units=12).assign(pair_id=lambda table: table["unit_i"] + table["unit_j"])
    rng = np.random.default_rng(3)
    seen = set()
    for _ in range(12):
        frame["z"], frame["y"] = rng.normal(size=(2, len(frame)))
        estimate = fit_panel(frame, "y", ["x", "z"], ["pair", "period"], DYADIC)
        by_pair = estimate.with_vcov({"cluster": "pair_id"}, "none")
        smaller = estimate.params["std_error"] < by_pair.params["std_error"]
        named = ", ".join(estimate.params.loc[smaller, "term"])
        told = [note for note in estimate.notes if "smaller than the one clustered by pair" in note]
        assert [note.split(" is smaller")[0] for note in told] == (
            [f"The dyadic-robust standard error of {named}"] if named else []
        )
        seen.add(named)
    assert {"", "x", "z"} <= seen
