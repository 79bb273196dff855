"""The placebo against a loop that forms, treats and fits frames anew; its options, its size, its refusals."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

import econ
from econ.errors import FitError, PairError, SpecError, TreatmentError
from econ.panel import fit_panel
from econ.placebo import permute_designations, run_placebo
from econ.placebo_result import Placebo
from tests.econ.placebos import (
    DYADIC,
    PERIODS,
    fit_naively,
    make_designations,
    make_outcome,
    make_scores,
    make_units,
    move_scores,
)

UNITS = make_units()
OUTCOME = make_outcome(UNITS)
DESIGNATIONS = make_designations(UNITS)
HALF: Mapping[str, str] = {"gravity": "simple", "keep": "upper_half"}


def check_equal(fast: Placebo, naive: Placebo) -> None:
    assert fast.draws.columns.tolist() == naive.draws.columns.tolist()
    np.testing.assert_allclose(fast.draws, naive.draws, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(fast.tests["observed"], naive.tests["observed"], rtol=1e-10)
    for side in ("two_sided", "left_sided", "right_sided"):
        assert fast.tests[side].tolist() == naive.tests[side].tolist()
    assert fast.draws["did"].nunique() > 3


@pytest.mark.parametrize(
    ("kind", "options", "draws"),
    [
        ("unit", HALF, 20),
        ("unit", {}, 8),
        ("unit", {"roles": ("one", "neither", "both")}, 8),
        ("unit", {"keep": {"within_km": 1500.0}}, 8),
        ("unit", {"keep": "different_province", "strata": "province"}, 8),
        ("time", {**HALF, "timing": "next_full_year"}, 8),
        ("mixed", HALF, 8),
        ("mixed", {"roles": ("one", "neither", "both")}, 8),
    ],
)
def test_equals_the_naive_loop(kind: str, options: Mapping[str, object], draws: int) -> None:
    strata, timing = options.get("strata"), options.get("timing", "approval_year")
    recipe = {name: value for name, value in options.items() if name != "strata"}
    fast = run_placebo(OUTCOME, DESIGNATIONS, UNITS, kind=kind, draws=draws, seed=3, **options)
    naive = permute_designations(
        lambda drawn: fit_naively(drawn, UNITS, OUTCOME, **recipe),
        DESIGNATIONS, UNITS, PERIODS, kind=kind, timing=timing, strata=strata, draws=draws, seed=3,
    )  # fmt: skip
    check_equal(fast, naive)


@pytest.mark.parametrize(
    ("sample", "options", "draws"),
    [("fixed", HALF, 20), ("recipe", {"timing": "share_of_year"}, 6), ("fixed", {"timing": "share_of_year"}, 6)],
)
def test_shares_and_fixed_samples_equal_the_naive_loop(sample: str, options: Mapping[str, str], draws: int) -> None:
    timing = options.get("timing", "approval_year")
    recipe = {name: value for name, value in options.items() if name != "timing"}
    pairs = None
    if sample == "fixed":
        designated = econ.find_designated(DESIGNATIONS, PERIODS, timing)
        pairs = econ.form_pairs(UNITS, designated, **recipe)
    fast = run_placebo(OUTCOME, DESIGNATIONS, UNITS, sample=sample, draws=draws, seed=4, **options)
    naive = permute_designations(
        lambda drawn: fit_naively(drawn, UNITS, OUTCOME, pairs=pairs, **options),
        DESIGNATIONS, UNITS, PERIODS, timing=timing, draws=draws, seed=4,
    )  # fmt: skip
    check_equal(fast, naive)


def test_ties_of_gravity_fall_as_in_form_pairs() -> None:
    units = make_units(11, ties=True)
    outcome, designations = make_outcome(units), make_designations(units)
    fast = run_placebo(outcome, designations, units, draws=20, seed=3, **HALF)
    naive = permute_designations(
        lambda drawn: fit_naively(drawn, units, outcome, **HALF), designations, units, PERIODS, draws=20, seed=3
    )
    check_equal(fast, naive)
    assert any("tied" in step.reason for step in fast.dropped)


@pytest.mark.parametrize("options", [{}, {"roles": ("one", "neither", "both")}])
def test_scores_travel_with_the_designation(options: Mapping[str, object]) -> None:
    scores = make_scores(UNITS)
    fast = run_placebo(
        OUTCOME, DESIGNATIONS, UNITS, scores=scores, instruments=["supply", "demand"], draws=8, seed=3, **options
    )
    naive = permute_designations(
        lambda drawn: fit_naively(
            drawn, UNITS, OUTCOME, scores=move_scores(scores, DESIGNATIONS, drawn), **options
        ),
        DESIGNATIONS, UNITS, PERIODS, draws=8, seed=3,
    )  # fmt: skip
    check_equal(fast, naive)
    assert fast.tests["statistic"].tolist() == [
        *("did", "did:supply", "did:demand"), *("t(did)", "t(did:supply)", "t(did:demand)"),
    ]  # fmt: skip


def test_scores_stay_with_their_unit_when_dates_are_drawn() -> None:
    scores = make_scores(UNITS)
    fast = run_placebo(
        OUTCOME, DESIGNATIONS, UNITS, kind="time", scores=scores, instruments=["supply"], draws=6, seed=3
    )
    naive = permute_designations(
        lambda drawn: fit_naively(drawn, UNITS, OUTCOME, scores=scores[["unit", "period", "supply"]]),
        DESIGNATIONS, UNITS, PERIODS, kind="time", draws=6, seed=3,
    )  # fmt: skip
    check_equal(fast, naive)


def test_the_estimate_is_that_of_fit_panel() -> None:
    placebo = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=2, **HALF)
    pairs = econ.form_pairs(UNITS, econ.find_designated(DESIGNATIONS, PERIODS), **HALF)
    panel = econ.assign_treatment(pairs, DESIGNATIONS, PERIODS).merge(OUTCOME)
    fitted = fit_panel(panel.assign(did=panel["treated"]), "synchronization", ["did"], ["pair", "period"], DYADIC)

    pd.testing.assert_frame_equal(placebo.estimate, fitted.params, rtol=1e-10)
    assert placebo.n_pairs == len(pairs)
    assert placebo.n_designated == 4
    assert [step.count for step in placebo.dropped] == [6, 43]


def test_series_are_measured_and_units_found() -> None:
    series = econ.simulate_series(
        UNITS["unit"].tolist(), list(PERIODS), np.ones((len(UNITS), len(PERIODS))), np.random.default_rng(5)
    )
    measured = econ.measure_synchronization(series)
    from_series = run_placebo(series, DESIGNATIONS, draws=5)
    pd.testing.assert_frame_equal(from_series.draws, run_placebo(measured, DESIGNATIONS, UNITS, draws=5).draws)


def test_codes_may_be_integers() -> None:
    outcome = OUTCOME.astype({"unit_i": int, "unit_j": int})
    designations, units = DESIGNATIONS.astype({"unit": int}), UNITS.astype({"unit": int})
    numbered = run_placebo(outcome, designations, units, draws=5, **HALF)
    pd.testing.assert_frame_equal(numbered.draws, run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=5, **HALF).draws)


def test_a_large_effect_is_beyond_all_draws() -> None:
    pairs = econ.form_pairs(UNITS, econ.find_designated(DESIGNATIONS, PERIODS))
    panel = econ.assign_treatment(pairs, DESIGNATIONS, PERIODS)
    moved = OUTCOME.merge(panel[["unit_i", "unit_j", "period", "treated"]], how="left")
    moved["synchronization"] += 20.0 * moved["treated"].eq(True)
    tests = run_placebo(moved, DESIGNATIONS, UNITS, draws=99).tests.set_index("statistic")

    assert tests.loc["did", ["two_sided", "right_sided"]].tolist() == [0.01, 0.01]
    assert tests.loc["did", "left_sided"] == 1.0
    assert abs(tests.loc["did", "observed"] - 20) < 3


def test_draws_are_continued() -> None:
    whole = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=12, **HALF)
    seen: list[tuple[int, int]] = []
    begun = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=5, **HALF)
    continued = run_placebo(
        OUTCOME, DESIGNATIONS, UNITS, draws=12, previous=begun,
        progress=lambda done, total: seen.append((done, total)), **HALF,
    )  # fmt: skip
    pd.testing.assert_frame_equal(continued.draws, whole.draws)
    pd.testing.assert_frame_equal(continued.tests, whole.tests)
    assert seen[-1] == (7, 7)
    shorter = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=3, previous=whole, **HALF)
    pd.testing.assert_frame_equal(shorter.draws, whole.draws[:3])


def test_draws_of_another_recipe_or_other_data_are_not_continued() -> None:
    begun = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=2, **HALF)
    with pytest.raises(SpecError, match="another recipe"):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=3, seed=9, previous=begun, **HALF)
    with pytest.raises(SpecError, match="another recipe"):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=3, previous=begun)
    with pytest.raises(SpecError, match="other data"):
        run_placebo(make_outcome(UNITS, 8), DESIGNATIONS, UNITS, draws=3, previous=begun, **HALF)


def test_processes_give_the_same_draws() -> None:
    alone = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=6)
    pd.testing.assert_frame_equal(run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=6, workers=2).draws, alone.draws)


def test_a_statistic_that_cannot_travel_is_refused() -> None:
    with pytest.raises(SpecError, match="other processes"):
        permute_designations(lambda drawn: float(len(drawn)), DESIGNATIONS, UNITS, PERIODS, draws=20, workers=2)


def test_what_the_result_says() -> None:
    placebo = run_placebo(OUTCOME, DESIGNATIONS, UNITS, kind="time", sample="fixed", draws=5, **HALF)
    text = placebo.summary()

    assert "Placebo by time: 5 draws" in text
    assert "42 pairs, 4 designated units" in text
    assert "t(did)" in text
    assert "both of the members designated" in text
    assert "not exact" in text
    assert "truth is not one draw among equals" in text


def test_few_arrangements_are_noted() -> None:
    units = UNITS[:5]
    placebo = run_placebo(OUTCOME, DESIGNATIONS[:1], units, draws=30)
    assert "only 5 different ways" in placebo.notes[0]
    assert placebo.draws["did"].round(9).nunique() == 5
    left = next(step for step in placebo.dropped if step.what == "units")
    assert left.count == 9


def test_statistics_by_name_and_missing_ones() -> None:
    first = UNITS["unit"].iloc[0]

    def measure(drawn: pd.DataFrame) -> dict[str, float]:
        return {"units": float(len(drawn)), "odd": np.nan if first in set(drawn["unit"]) else 1.0}

    placebo = permute_designations(measure, DESIGNATIONS, UNITS, PERIODS, draws=50)
    tests = placebo.tests.set_index("statistic")
    n_missing = int(placebo.draws["odd"].isna().sum())
    assert 0 < n_missing < 50
    assert tests.loc["odd", "n_draws"] == 50 - n_missing
    assert tests.loc["units", ["two_sided", "left_sided", "right_sided"]].tolist() == [1.0, 1.0, 1.0]
    assert f"{n_missing} of 50 draws" in placebo.notes[-1]


@pytest.mark.parametrize(
    ("returned", "message"),
    [("much", "number"), ({}, "number"), ({1: 2.0}, "number"), (None, "number")],
)
def test_statistics_that_are_no_numbers_are_refused(returned: object, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        permute_designations(lambda drawn: returned, DESIGNATIONS, UNITS, PERIODS, draws=2)


def test_names_that_change_are_refused() -> None:
    calls: list[int] = []

    def measure(drawn: pd.DataFrame) -> dict[str, float]:
        calls.append(len(drawn))
        return {f"call {len(calls)}": 1.0}

    with pytest.raises(SpecError, match="same names"):
        permute_designations(measure, DESIGNATIONS, UNITS, PERIODS, draws=2)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"kind": "pair"}, SpecError, "kind"),
        ({"sample": "random"}, SpecError, "sample"),
        ({"draws": 0}, SpecError, "draws"),
        ({"seed": -1}, SpecError, "seed"),
        ({"workers": True}, SpecError, "workers"),
        ({"timing": "drop_entry_year"}, SpecError, "permute_designations"),
        ({"timing": "share_of_year", "kind": "time"}, SpecError, "whole periods"),
        ({"gravity": "simple", "keep": {"strongest": 3}}, SpecError, "strongest"),
        ({"previous": 3}, SpecError, "previous"),
        ({"outcome": "growth"}, SpecError, "growth"),
        ({"instruments": ["supply"]}, SpecError, "both or none"),
        ({"strata": "region"}, TreatmentError, "region"),
        ({"keep": "upper_half"}, SpecError, "gravity"),
    ],
)
def test_options_that_cannot_be_are_refused(options: dict[str, object], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS, **{"draws": 2, **options})


def test_a_gap_is_refused_with_the_pair() -> None:
    gap = (OUTCOME["unit_i"] == "330101") & (OUTCOME["unit_j"] == "330104") & (OUTCOME["period"] == 2012)
    with pytest.raises(FitError, match=r"1 of 91 pairs.*330101-330104"):
        run_placebo(OUTCOME[~gap], DESIGNATIONS, UNITS, draws=2)


def test_codes_that_never_meet_are_refused() -> None:
    with pytest.raises(PairError, match="no unit in common"):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS.assign(unit=UNITS["unit"] + "x"), draws=2)
    with pytest.raises(TreatmentError, match="no unit of the sample is treated"):
        run_placebo(OUTCOME, DESIGNATIONS.assign(unit="999999"), UNITS, draws=2)


def test_truth_without_an_untreated_period_is_refused() -> None:
    with pytest.raises(FitError, match="true designations"):
        run_placebo(OUTCOME, DESIGNATIONS.assign(date="2009-01-01"), UNITS, draws=2)
