"""Simulated power: equal to a loop over frames, of the right size, near the formula where errors are independent."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import econ
from econ.errors import FitError, SpecError
from econ.intensities import interact_scores
from econ.pairs import form_pairs
from econ.panel import fit_panel
from econ.placebo_draws import draw_assignment, keep_truth, write_designations
from econ.placebo_sample import prepare_recipe
from econ.power import simulate_power
from econ.power_result import PowerDraws, summarise_draws
from econ.spec import MEMBERS
from econ.treatment import assign_treatment, find_designated
from tests.econ.placebos import PERIODS, make_designations, make_outcome, make_scores, make_units

HALF = {"gravity": "simple", "keep": "upper_half"}
RULES = {"gravity_years": None, "timing": "approval_year", "boundary": "original", "county_zones": "own"}


@pytest.fixture(autouse=True)
def allow_few_draws(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """A loop over frames is slow: these tests compare a few draws."""
    if "options" not in request.fixturenames:
        monkeypatch.setattr("econ.power.FEWEST", 1)


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    return make_units()


@pytest.fixture(scope="module")
def outcome(units: pd.DataFrame) -> pd.DataFrame:
    return make_outcome(units)


def find_lottery(outcome: pd.DataFrame, units: pd.DataFrame, rule: dict[str, str]):
    prepared = prepare_recipe(
        outcome, make_designations(units), units, "synchronization", kind="unit", roles=("one", "neither"),
        strata=None, **{"gravity": None, "keep": None, **rule}, **RULES,
    )  # fmt: skip
    return prepared.lottery


def build_panel(lottery, number: int | None, units: pd.DataFrame, outcome: pd.DataFrame, rule: dict[str, str]):
    assignment = keep_truth(lottery) if number is None else draw_assignment(lottery, 20_150_307, number)
    dates = write_designations(lottery, assignment)
    pairs = form_pairs(units, find_designated(dates, PERIODS), **rule)
    return assignment, assign_treatment(pairs.drop(columns=["role"]), dates, PERIODS).merge(outcome)


@pytest.mark.parametrize("vcov", ["dyadic", "jackknife"])
@pytest.mark.parametrize("rule", [{}, HALF])
def test_estimates_errors_and_rejections_are_those_of_a_loop_over_frames(
    units: pd.DataFrame, outcome: pd.DataFrame, vcov: str, rule: dict[str, str]
) -> None:
    """The loop adds the effect to the outcome of treated pairs, and fits each draw and effect anew."""
    draws, effects = 4, [-1.0, 0.0, 2.0]
    power = simulate_power(
        outcome, make_designations(units), units, vcov={vcov: MEMBERS}, null="observed", draws=draws, effects=effects,
        **rule,
    )  # fmt: skip
    lottery = find_lottery(outcome, units, rule)
    rejected = np.zeros((draws, len(effects)))
    for number in range(draws):
        _, panel = build_panel(lottery, number, units, outcome, rule)
        panel["did"] = panel["treated"].astype(float)
        for place, effect in enumerate(effects):
            moved = panel.assign(synchronization=panel["synchronization"] + effect * panel["did"])
            fitted = fit_panel(moved, "synchronization", ["did"], ["pair", "period"], {vcov: MEMBERS})
            rejected[number, place] = fitted.params["p_value"].iloc[0] < 0.05
            if effect == 0:
                drawn = power.draws.query("draw == @number").iloc[0]
                row = fitted.params.iloc[0]
                assert (row["estimate"], row["std_error"], fitted.df) == pytest.approx(
                    (drawn["estimate"], drawn["std_error"], drawn["df"]), rel=1e-9
                )
    np.testing.assert_allclose(power.curve["power"], rejected.mean(axis=0))


@pytest.mark.parametrize("vcov", ["dyadic", "jackknife"])
def test_did_times_scores_travel_with_the_designations(units: pd.DataFrame, outcome: pd.DataFrame, vcov: str) -> None:
    scores = make_scores(units)
    power = simulate_power(
        outcome, make_designations(units), units, scores=scores, instruments=["supply", "demand"],
        vcov={vcov: MEMBERS}, null="observed", draws=3,
    )  # fmt: skip
    lottery = find_lottery(outcome, units, {})
    for number in range(3):
        assignment, panel = build_panel(lottery, number, units, outcome, {})
        carried = dict(zip(lottery.units[assignment.source], lottery.units, strict=True))
        moved = scores.assign(unit=scores["unit"].map(carried)).dropna(subset="unit")
        rows = interact_scores(panel, moved, ["supply", "demand"], scale="none").panel
        terms = ["did", "did:supply", "did:demand"]
        fitted = fit_panel(rows, "synchronization", terms, ["pair", "period"], {vcov: MEMBERS}).params
        drawn = power.draws.query("draw == @number").set_index("term").loc[terms]
        np.testing.assert_allclose(drawn["estimate"], fitted["estimate"], rtol=1e-8)
        np.testing.assert_allclose(drawn["std_error"], fitted["std_error"], rtol=1e-8)


def make_independent(
    n_units: int, seed: int, periods: range = PERIODS
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return units, dates of a third of them, and an outcome of independent standard normal errors."""
    codes = np.array([f"{100000 + place}" for place in range(n_units)])
    first, second = np.triu_indices(n_units, 1)
    frame = pd.DataFrame(
        {
            "unit_i": np.repeat(codes[first], len(periods)),
            "unit_j": np.repeat(codes[second], len(periods)),
            "period": np.tile(periods, len(first)),
            "synchronization": np.random.default_rng(seed).normal(size=len(first) * len(periods)),
        }
    )
    chosen = codes[::3]
    dates = pd.DataFrame({"unit": chosen, "date": [f"{2012 + place % 2}-06-01" for place in range(len(chosen))]})
    return pd.DataFrame({"unit": codes}), dates, frame


def test_size_and_smallest_effect_are_as_formulas_say_where_errors_are_independent() -> None:
    """(z.975 + z.80)·se with se² = 1 / x̃'x̃, the same in all draws; of four outcomes, as draws of one share its luck."""
    periods = range(2010, 2014)
    drawn = []
    for seed in range(4):
        units, dates, frame = make_independent(100, seed, periods)
        drawn.append(simulate_power(frame, dates, units, draws=60, vcov={"dyadic": MEMBERS}).draws)
    estimates, errors, df = (pd.concat(drawn)[name].to_numpy() for name in ("estimate", "std_error", "df"))
    ones, zeros = np.ones(len(df)), np.zeros(len(df))
    curve, smallest = summarise_draws(PowerDraws(estimates, ones, errors**2, zeros, zeros, df), 0.05, 0.8, [0.0])
    pairs = form_pairs(units, find_designated(dates, periods)).drop(columns="role")
    did = assign_treatment(pairs, dates, periods)["treated"].to_numpy(dtype=float).reshape(-1, len(periods))
    within = did - did.mean(axis=1, keepdims=True)
    within -= within.mean(axis=0)
    expected = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) / np.sqrt((within**2).sum())
    assert smallest[0]["low"] < expected < smallest[0]["high"]
    assert curve[0]["low"] <= 0.05 <= curve[0]["high"]


def test_what_the_truth_added_is_taken_out_unless_it_is_to_stay(units: pd.DataFrame, outcome: pd.DataFrame) -> None:
    dates = make_designations(units)
    start = dates.assign(year=dates["date"].str[:4].astype(int)).set_index("unit")["year"]
    first = pd.concat([outcome[member].map(start).fillna(9999) for member in MEMBERS], axis=1).min(axis=1)
    boosted = outcome.assign(synchronization=outcome["synchronization"] + 50.0 * (outcome["period"] >= first))
    options = {"draws": 60, "vcov": {"dyadic": MEMBERS}}
    plain, taken, kept = (
        simulate_power(frame, dates, units, null=null, **options).smallest
        for frame, null in ((outcome, "residual"), (boosted, "residual"), (boosted, "observed"))
    )
    pd.testing.assert_frame_equal(taken, plain)
    assert kept["effect"].iloc[0] > 5 * plain["effect"].iloc[0]


def test_the_same_seed_gives_the_same_power_and_draws_can_be_fewer(units: pd.DataFrame, outcome: pd.DataFrame) -> None:
    dates = make_designations(units)
    one, same = (simulate_power(outcome, dates, units, draws=20) for _ in range(2))
    other = simulate_power(outcome, dates, units, draws=20, seed=1)
    fewer = simulate_power(outcome, dates, units, draws=7)
    pd.testing.assert_frame_equal(one.smallest, same.smallest)
    assert not one.draws.equals(other.draws)
    pd.testing.assert_frame_equal(fewer.draws, one.draws.head(7))


def test_the_result_tells_of_design_test_and_doubts(units: pd.DataFrame, outcome: pd.DataFrame) -> None:
    power = econ.simulate_power(outcome, make_designations(units), units, draws=40, effects=[0.5], **HALF)
    assert (power.vcov, power.n_units, power.n_designated, power.n_periods) == ("jackknife", 14, 4, 8)
    assert power.n_pairs == 42
    assert list(power.curve["effect"]) == [0.0, 0.5]
    assert {(one.what, one.count) for one in power.dropped} == {("pairs", 6), ("pairs", 43)}
    text = power.summary()
    assert "40 draws are few" in text
    assert "the size of an audit plays no part" in text
    if power.smallest["size"].iloc[0] > 0.1:
        assert "its power is flattered" in text


def test_few_ways_to_draw_the_designations_are_named() -> None:
    units, dates, frame = make_independent(6, 1)
    power = simulate_power(frame, dates.head(1), units, draws=30)
    assert any("only 6 different ways" in note for note in power.notes)


def test_a_jackknife_that_cannot_leave_the_only_treated_unit_out_gives_way_to_dyadic_errors() -> None:
    units, dates, frame = make_independent(12, 1)
    jackknife, dyadic = (
        simulate_power(frame, dates.head(1), units, draws=10, vcov={kind: MEMBERS}) for kind in ("jackknife", "dyadic")
    )
    pd.testing.assert_frame_equal(jackknife.draws, dyadic.draws)
    assert any("In 10 of 10 draws a term rests on one unit" in note for note in jackknife.notes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"alpha": 0.6}, "'alpha' parameter .* between 0 and 0.5. Got 0.6"),
        ({"alpha": 0}, "'alpha' parameter"),
        ({"power": 0.04}, "'power' parameter .* between alpha = 0.05 and 1. Got 0.04"),
        ({"effects": "0.1"}, "'effects' parameter .* Got '0.1'"),
        ({"effects": []}, "'effects' parameter"),
        ({"effects": [0.1, float("nan")]}, "'effects' parameter"),
        ({"draws": 0}, "'draws' parameter of simulate_power"),
        ({"draws": 19}, "'draws' parameter of simulate_power must be 20 or more: of fewer, .* Got 19"),
        ({"seed": -1}, "'seed' parameter of simulate_power"),
        ({"null": "none"}, "'null' parameter"),
        ({"vcov": "hc1"}, "jackknife or the dyadic covariance .* Got vcov='hc1'"),
        ({"vcov": {"cluster": "pair_id"}}, "jackknife or the dyadic"),
        ({"vcov": {"jackknife": "unit_i"}}, "jackknife or the dyadic"),
        ({"instruments": ["supply"]}, "instruments"),
    ],
)
def test_options_that_are_none_are_refused(
    units: pd.DataFrame, outcome: pd.DataFrame, options: dict[str, object], message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        simulate_power(outcome, make_designations(units), units, **options)


def test_a_design_without_treated_pairs_is_refused(units: pd.DataFrame, outcome: pd.DataFrame) -> None:
    with pytest.raises(FitError, match="do not identify the regressors"):
        simulate_power(outcome, make_designations(units), units, roles=("neither",), draws=5)


def test_strata_and_units_that_never_move_are_named(units: pd.DataFrame, outcome: pd.DataFrame) -> None:
    dates = make_designations(units)
    alone = dates["unit"].iloc[0]
    region = units.assign(region=np.where(units["unit"] == alone, "alone", "rest"))
    power = simulate_power(outcome, dates, region, strata="region", draws=5)
    assert power.strata == "region"
    assert power.notes[0] == "Designations are permuted within region (2 strata)."
    assert power.notes[1].startswith(f"1 of {power.n_designated} designated units never move")
    free = simulate_power(outcome, dates, units, draws=5)
    assert free.strata is None
    assert not any("never move" in note or "permuted within" in note for note in free.notes)
