"""The automatic covariance follows the table, and says why; doubtful ones come with a warning."""

import numpy as np
import pandas as pd
import pytest

from econ.errors import FitError
from econ.panel import fit_panel
from tests.econ.panels import MEMBERS, draw_pairs, draw_units


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
