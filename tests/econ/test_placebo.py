"""The placebo against a loop that forms, treats and fits frames anew; its options, its size, its refusals."""

import functools
from collections.abc import Callable, Mapping

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
    names = fast.tests["statistic"].tolist()
    assert names == naive.tests["statistic"].tolist()
    np.testing.assert_allclose(fast.draws[names], naive.draws[names], rtol=1e-10, atol=1e-10)
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


@pytest.mark.parametrize("change", ["strata", "outcome of a pair left out", "scores before the start"])
def test_draws_of_other_data_with_the_same_truth_are_not_continued(change: str) -> None:
    scores = make_scores(UNITS)
    then: dict[str, object] = {"units": UNITS, "strata": "province", "draws": 2}
    frame, now = OUTCOME, dict(then)
    if change == "strata":
        now["units"] = UNITS.assign(province=["a", "b"] * 7)
    elif change == "outcome of a pair left out":
        both = (OUTCOME["unit_i"] == "330101") & (OUTCOME["unit_j"] == "330104") & (OUTCOME["period"] == 2012)
        frame = OUTCOME.assign(synchronization=OUTCOME["synchronization"] + 5.0 * both)
    else:
        then |= {"kind": "time", "instruments": ["supply"], "scores": scores}
        early = (scores["unit"] == "330101") & (scores["period"] == 2012)
        now = {**then, "scores": scores.assign(supply=scores["supply"] + early)}
    begun = run_placebo(OUTCOME, DESIGNATIONS, **then)
    with pytest.raises(SpecError, match="other data"):
        run_placebo(frame, DESIGNATIONS, **{**now, "draws": 3, "previous": begun})
    assert len(run_placebo(OUTCOME, DESIGNATIONS, **{**then, "draws": 3, "previous": begun}).draws) == 3


def test_draws_of_another_statistic_are_not_continued() -> None:
    def count(drawn: pd.DataFrame, power: int = 1, among: tuple[int, ...] = ()) -> float:
        return float(len(drawn)) ** power / 4.0**power

    def count_otherwise(drawn: pd.DataFrame) -> float:
        return float(drawn["unit"].nunique()) / 4.0

    def permute(statistic: Callable[[pd.DataFrame], float], draws: int, previous: Placebo | None = None) -> Placebo:
        return permute_designations(statistic, DESIGNATIONS[:4], UNITS, PERIODS, draws=draws, previous=previous)

    begun = permute(functools.partial(count, power=1), 2)
    assert len(permute(functools.partial(count, power=1), 3, begun).draws) == 3
    for other in (functools.partial(count, power=2), functools.partial(count, power=1, among=(1, 2)), count_otherwise):
        with pytest.raises(SpecError, match="other data"):
            permute(other, 3, begun)
    with pytest.raises(SpecError, match="other data"):
        permute_designations(
            functools.partial(count, power=1), DESIGNATIONS[:4], UNITS, [*range(2010, 2015), 2016, 2017], draws=3,
            previous=begun,
        )  # fmt: skip


def test_substituted_errors_are_told_as_fit_panel_tells_them() -> None:
    told = []
    for seed in range(4):
        outcome = make_outcome(UNITS, seed)
        outcome["synchronization"] = np.random.default_rng(seed).normal(size=len(outcome))
        placebo = run_placebo(outcome, DESIGNATIONS[:3], UNITS[:9], draws=9, **HALF)
        pairs = econ.form_pairs(UNITS[:9], econ.find_designated(DESIGNATIONS[:3], PERIODS), **HALF)
        panel = econ.assign_treatment(pairs, DESIGNATIONS[:3], PERIODS).merge(outcome)
        fitted = fit_panel(panel.assign(did=panel["treated"]), "synchronization", ["did"], ["pair", "period"], DYADIC)
        for words in ("was not positive semi-definite", "smaller than the one clustered by pair"):
            expected = any(words in note for note in fitted.notes)
            assert any(words in note for note in placebo.notes if "draws" not in note) == expected
            told.append(expected)
        n_substituted = int(placebo.draws["substituted"].sum())
        assert (n_substituted > 0) == any(f"In {n_substituted} of 9 draws" in note for note in placebo.notes)
        told.append(n_substituted > 0)
    assert {True, False} == set(told[0::3]) == set(told[1::3])
    assert any(told[2::3])


def test_t_may_be_studentised_by_members() -> None:
    dyadic = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=20, **HALF)
    members = run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=20, studentise="members", **HALF)
    substituted = dyadic.draws["substituted"]
    pd.testing.assert_series_equal(members.draws["did"], dyadic.draws["did"])
    pd.testing.assert_frame_equal(members.estimate, dyadic.estimate)
    smaller = members.draws["t(did)"].abs() < dyadic.draws["t(did)"].abs() * (1 - 1e-12)
    np.testing.assert_array_equal(smaller, ~substituted)
    assert not any("draws" in note for note in members.notes)
    with pytest.raises(SpecError, match="another recipe"):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=20, previous=dyadic, studentise="members", **HALF)


def test_units_that_never_move_are_counted() -> None:
    codes = set(DESIGNATIONS["unit"])
    units = UNITS.assign(region=[code if code in ("330101", "330105") else "rest" for code in UNITS["unit"]])
    placebo = run_placebo(OUTCOME, DESIGNATIONS, units, strata="region", draws=3)
    assert any("2 of 4 designated units never move" in note for note in placebo.notes)
    freely = run_placebo(OUTCOME, DESIGNATIONS, units.assign(region="a"), strata="region", draws=3)
    assert len(codes) == 5
    assert not any("never move" in note for note in freely.notes)


def test_units_that_are_always_treated_are_counted() -> None:
    early = DESIGNATIONS.assign(date=["2010-05-05", *DESIGNATIONS["date"][1:]])
    placebo = run_placebo(OUTCOME, early, UNITS, draws=3)
    assert any("1 of 4 designated units are treated in every period" in note for note in placebo.notes)
    partly = run_placebo(OUTCOME, early, UNITS, draws=3, timing="share_of_year")
    assert not any("treated in every period" in note for note in partly.notes)


def test_draws_with_scores_are_counted_by_scores() -> None:
    alike = DESIGNATIONS[:2].assign(date="2013-05-05")
    options = {"scores": make_scores(UNITS), "instruments": ["supply"]}
    few = run_placebo(OUTCOME, alike, UNITS[:5], draws=20, **options)
    assert any("only 20 different ways" in note for note in few.notes)
    units = UNITS.assign(region=["a" if code in set(alike["unit"]) else code for code in UNITS["unit"]])
    with pytest.raises(TreatmentError, match="one way only"):
        run_placebo(OUTCOME, alike, units, strata="region", draws=3)
    drawn = run_placebo(OUTCOME, alike, units, strata="region", draws=8, **options).draws
    assert drawn["did:supply"].round(9).nunique() == 2
    options["scores"] = make_scores(UNITS).assign(supply=lambda table: table["period"] - 2000.0)
    with pytest.raises(TreatmentError, match="one way only"):
        run_placebo(OUTCOME, alike, units, strata="region", draws=3, **options)


@pytest.mark.parametrize("values", ["constant", "period"])
def test_an_outcome_without_variation_is_refused_by_name(values: str) -> None:
    outcome = OUTCOME.assign(synchronization=3.3 if values == "constant" else OUTCOME["period"] * 1.1)
    with pytest.raises(FitError, match="synchronization is constant"):
        run_placebo(outcome, DESIGNATIONS, UNITS, draws=2)


def test_a_perfect_fit_is_noted() -> None:
    pairs = econ.form_pairs(UNITS, econ.find_designated(DESIGNATIONS, PERIODS))
    panel = econ.assign_treatment(pairs, DESIGNATIONS, PERIODS)
    perfect = OUTCOME.merge(panel[["unit_i", "unit_j", "period", "treated"]], how="left")
    perfect["synchronization"] = 0.3 * perfect["treated"].eq(True) + perfect["period"]
    notes = run_placebo(perfect, DESIGNATIONS, UNITS, draws=2).notes
    assert any("those of rounding" in note for note in notes)
    assert not any("those of rounding" in note for note in run_placebo(OUTCOME, DESIGNATIONS, UNITS, draws=2).notes)


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
    assert "not the in-time placebo" in text


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


def test_draws_without_a_name_or_with_an_error_are_missing_and_counted() -> None:
    first, second = UNITS["unit"].iloc[[0, 7]]

    def measure(drawn: pd.DataFrame) -> dict[str, float]:
        drawn_units = set(drawn["unit"])
        if second in drawn_units:
            raise FitError("no rows")
        if first in drawn_units:
            return {"all": 1.0}
        return {"all": 1.0, "near": 2.0}

    placebo = permute_designations(measure, DESIGNATIONS, UNITS, PERIODS, draws=40)
    failed = placebo.draws["failure"] == "FitError"
    assert 0 < int(failed.sum()) < int(placebo.draws["near"].isna().sum()) < 40
    np.testing.assert_array_equal(placebo.draws["all"].isna(), failed)
    assert set(placebo.draws["failure"][~failed]) == {""}
    note = placebo.notes[-1]
    n_near, start = int(placebo.draws["near"].isna().sum()), int(np.flatnonzero(failed)[0])
    assert f"all in {int(failed.sum())}, near in {n_near}" in note
    assert f"{int(failed.sum())} by FitError, first in draw {start}" in note
    begun = permute_designations(measure, DESIGNATIONS, UNITS, PERIODS, draws=20)
    continued = permute_designations(measure, DESIGNATIONS, UNITS, PERIODS, draws=40, previous=begun)
    pd.testing.assert_frame_equal(continued.draws, placebo.draws)
    assert continued.notes == placebo.notes


def test_an_error_under_the_true_designations_is_raised() -> None:
    def fail(drawn: pd.DataFrame) -> float:
        raise FitError("no rows")

    with pytest.raises(FitError, match="no rows"):
        permute_designations(fail, DESIGNATIONS, UNITS, PERIODS, draws=2)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((DESIGNATIONS, UNITS, 2013), {}, "'periods'"),
        ((DESIGNATIONS, UNITS["unit"].tolist(), PERIODS), {}, "'units'"),
        (([1], UNITS, PERIODS), {}, "'designations'"),
        ((DESIGNATIONS, UNITS, PERIODS), {"strata": ["province"]}, "'strata'"),
    ],
)
def test_arguments_of_another_kind_are_refused(
    arguments: tuple[object, ...], options: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        permute_designations(lambda drawn: 1.0, *arguments, draws=2, **options)


def test_statistics_named_as_columns_of_the_draws_are_refused() -> None:
    with pytest.raises(SpecError, match="column 'draw'"):
        permute_designations(lambda drawn: {"draw": 1.0}, DESIGNATIONS, UNITS, PERIODS, draws=2)


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
        ({"instruments": ["supply"] * 2, "scores": make_scores(UNITS)}, SpecError, "supply twice"),
        ({"instruments": ["supply"], "scores": [1]}, SpecError, "'scores'"),
        ({"roles": 5}, SpecError, "'roles'"),
        ({"studentise": "pair"}, SpecError, "'studentise'"),
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
