"""Event studies equal regressions on dummies made by hand, under either base, and cover a known truth."""

import functools
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import econ
from econ.errors import EconError, FitError, SpecError, TreatmentError
from econ.event_points import EventStudy, assemble_points
from econ.event_study import fit_event_study
from econ.panel import fit_panel
from econ.simulate import compute_variance, expect_synchronization, simulate_series
from tests.econ.panels import DYADIC, MEMBERS, draw_pairs, draw_units

WINDOW = (-3, 3)
PLACES = (-3, -2, 0, 1, 2, 3)


def draw_events(seed: int = 1, share: float = 1.0) -> pd.DataFrame:
    """Pairs of 16 units over eight periods, four units treated from different periods on, with event times."""
    whole = draw_pairs(seed, n_units=16, n_periods=8)
    start = whole[whole["did"]].groupby("treated_unit")["period"].min()
    frame = draw_pairs(seed, n_units=16, n_periods=8, share=share)
    frame["event_time"] = (frame["period"] - frame["treated_unit"].map(start)).astype("Int64")
    return frame


def draw_treated_units(seed: int = 3) -> pd.DataFrame:
    """Sixty units over eight periods, all treated, from the periods 2, 4 and 6 on."""
    frame = draw_units(60, seed=seed)
    frame["event_time"] = frame["period"] - (2 + 2 * (frame["unit"] % 3))
    return frame


def draw_cohorts(starts: dict[int, int], n_periods: int = 12, noise: float = 0.0, seed: int = 0) -> pd.DataFrame:
    """So many units treated from each of these periods on, with effects e + 1 at event times e; 99 is never."""
    rng = np.random.default_rng(seed)
    start = np.repeat(list(starts), list(starts.values()))
    units, periods = np.arange(len(start)), np.arange(n_periods)
    since = periods - start[:, None]
    treated = np.broadcast_to(start[:, None] < 99, since.shape)
    outcome = (since + 1) * (since >= 0) * treated + rng.normal(size=(len(start), 1)) + periods / 10
    return pd.DataFrame(
        {
            "unit": np.repeat([f"u{unit:02d}" for unit in units], n_periods),
            "period": np.tile(periods, len(start)),
            "event_time": np.where(treated, since, np.nan).ravel(),
            "y": (outcome + noise * rng.normal(size=since.shape)).ravel(),
        }
    )


fit_quickly = functools.partial(fit_event_study, draws=100)


def find_note(study: EventStudy, start: str) -> str:
    """The one note that starts so."""
    (note,) = (note for note in study.notes if note.startswith(start))
    return note


def clip_events(frame: pd.DataFrame) -> pd.Series:
    """Binned event times, −99 for the never-treated."""
    return frame["event_time"].clip(*WINDOW).fillna(-99).astype(int)


def take_points(study: EventStudy, column: str) -> np.ndarray:
    return study.points.set_index("event_time").loc[list(PLACES), column].to_numpy(dtype=float)


@pytest.mark.parametrize("vcov", [DYADIC, {"jackknife": MEMBERS}, "hc1"])
@pytest.mark.parametrize("weights", [None, "w"])
def test_it_equals_a_fit_on_dummies_made_by_hand(vcov: Any, weights: str | None) -> None:
    frame = draw_events(share=0.9)
    study = fit_event_study(frame, "y", window=WINDOW, regressors=["x"], vcov=vcov, weights=weights)
    names = {place: f"e{place}".replace("-", "m") for place in PLACES}
    by_hand = frame.assign(**{name: clip_events(frame) == place for place, name in names.items()})
    expected = fit_panel(by_hand, "y", [*names.values(), "x"], ["pair", "period"], vcov, weights=weights)
    columns = ["estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"]
    for column in columns:
        np.testing.assert_array_equal(take_points(study, column), expected.params[column][:6])
    np.testing.assert_array_equal(study.vcov.loc[list(PLACES), list(PLACES)], expected.vcov.iloc[:6, :6])
    assert study.points.set_index("event_time").loc[-1, columns[:2]].tolist() == [0, 0]
    assert (study.vcov[-1] == 0).all()
    assert study.estimate.params["term"].tolist()[-1] == "x"
    test = expected.test_zero([names[-3], names[-2]])
    assert study.leads is not None
    assert (study.leads.statistic, study.leads.df_num, study.leads.df_denom) == (test.statistic, 2, test.df_denom)


@pytest.mark.parametrize("weights", [None, "w"])
def test_it_equals_pyfixest(weights: str | None) -> None:
    pyfixest = pytest.importorskip("pyfixest", reason="the second witness of event studies")
    frame = draw_events(2, share=0.9).assign(pair=lambda rows: rows["unit_i"] + "-" + rows["unit_j"])
    study = fit_event_study(
        frame, "y", window=WINDOW, regressors=["x"], vcov={"cluster": "pair"}, ssc="none", weights=weights
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of pandas, which its own code provokes, and of singletons
        fit = pyfixest.feols(
            "y ~ i(e, ref=-1) + x | pair + period",
            frame.assign(e=clip_events(frame).replace(-99, -1)),
            weights=weights,
            vcov={"CRV1": "pair"},
            ssc=pyfixest.ssc(k_adj=False, G_adj=False),
            demeaner=pyfixest.MapDemeaner(fixef_tol=1e-12, fixef_maxiter=1_000_000),
        )
        estimates, errors = fit.coef(), fit.se()
    assert study.estimate.nobs == fit._N
    names = [f"e::{place}" for place in PLACES]
    np.testing.assert_allclose(take_points(study, "estimate"), estimates[names], atol=1e-8)
    np.testing.assert_allclose(take_points(study, "std_error"), errors[names], rtol=1e-8)


def test_the_mean_of_the_leads_as_base_is_the_regression_with_that_base() -> None:
    """Σ over event times before 0 of δ = 0: the dummy of one of them is taken off those of the others."""
    frame = draw_events(share=0.9)
    study = fit_event_study(frame, "y", window=WINDOW, regressors=["x"], vcov=DYADIC, normalise="pre_mean")
    binned = clip_events(frame)
    columns = {f"d{place}".replace("-", "m"): (binned == place).astype(float) for place in (-2, -1, 0, 1, 2, 3)}
    for name in ("dm2", "dm1"):
        columns[name] -= binned == -3
    expected = fit_panel(frame.assign(**columns), "y", [*columns, "x"], ["pair", "period"], DYADIC)
    places = [-2, -1, 0, 1, 2, 3]
    own = study.points.set_index("event_time")
    for column in ("estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high"):
        np.testing.assert_allclose(own.loc[places, column].astype(float), expected.params[column][:6], rtol=1e-8)
    np.testing.assert_allclose(study.vcov.loc[places, places], expected.vcov.iloc[:6, :6], rtol=1e-8, atol=1e-12)
    assert own.loc[[-3, -2, -1], "estimate"].sum() == pytest.approx(0, abs=1e-14)
    last = fit_panel(
        frame.assign(**{f"f{k}": (binned == place) - 1.0 * (binned == -1) for k, place in enumerate((-3, -2))}).assign(
            **{f"g{place}": (binned == place).astype(float) for place in range(4)}
        ),
        "y", ["f0", "f1", "g0", "g1", "g2", "g3", "x"], ["pair", "period"], DYADIC,
    )  # fmt: skip
    assert own.loc[-3, "std_error"] == pytest.approx(last.params["std_error"][0], rel=1e-8)


def test_bases_and_covariances_change_without_a_new_fit() -> None:
    frame = draw_events()
    study = fit_event_study(frame, "y", window=WINDOW, vcov=DYADIC)
    other = fit_event_study(frame, "y", window=WINDOW, vcov={"cluster": "unit_i"}, normalise="pre_mean")
    changed = study.with_vcov({"cluster": "unit_i"}).with_normalise("pre_mean")
    pd.testing.assert_frame_equal(changed.points, other.points)
    assert changed.critical == other.critical
    back = changed.with_normalise("reference").with_vcov(DYADIC)
    pd.testing.assert_frame_equal(back.table(), study.table())
    assert back.estimate.reference == study.estimate.reference == "event_time=-1"
    with pytest.raises(SpecError, match="'normalise' parameter of with_normalise"):
        study.with_normalise("mean")  # type: ignore[arg-type]


@pytest.mark.parametrize("normalise", ["reference", "pre_mean"])
def test_the_test_of_the_leads_and_differences_do_not_depend_on_the_base(normalise: Any) -> None:
    frame = draw_events()
    studies = [
        fit_event_study(frame, "y", window=WINDOW, vcov=DYADIC, reference=reference, normalise=normalise)
        for reference in (-1, -2, -3)
    ]
    for study in studies[1:]:
        assert study.leads is not None
        assert studies[0].leads is not None
        assert study.leads.statistic == pytest.approx(studies[0].leads.statistic, rel=1e-8)
        gaps = study.points["estimate"].diff()[1:]
        np.testing.assert_allclose(gaps, studies[0].points["estimate"].diff()[1:], atol=1e-10)
        if normalise == "pre_mean":
            np.testing.assert_allclose(study.points["band_low"], studies[0].points["band_low"], atol=1e-8)


def test_bands_are_symmetric_and_contain_the_pointwise_intervals() -> None:
    study = fit_event_study(draw_events(), "y", window=WINDOW)
    points = study.points[study.points["event_time"] != -1]
    assert study.critical > stats.t.ppf(0.975, study.estimate.df)
    np.testing.assert_allclose(points["band_high"] - points["estimate"], study.critical * points["std_error"])
    np.testing.assert_allclose(points["estimate"] - points["band_low"], study.critical * points["std_error"])
    assert (points["band_low"] < points["conf_low"]).all()
    assert (points["conf_high"] < points["band_high"]).all()


def test_binned_ends_are_named_and_counted() -> None:
    frame = draw_events()
    study = fit_event_study(frame, "y", window=(-2, 2), vcov="hc1")
    before, after = int((frame["event_time"] < -2).sum()), int((frame["event_time"] > 2).sum())
    assert study.points["name"].tolist() == ["≤−2", "−1", "0", "1", "≥2"]
    assert study.notes[0] == (
        f"The ends are binned: {before} rows before -2 are in the bin -2 and {after} rows after 2 are in the bin 2. "
        "All points, leads too, rest on effects being constant within the bins; where they are not, even a bin's own "
        "coefficient can lie outside the effects of its event times. Widen the window, or leave these rows out with "
        'beyond="drop".'
    )
    assert study.points["n_rows"].tolist() == [int((frame["event_time"].clip(-2, 2) == e).sum()) for e in range(-2, 3)]
    assert study.n_never == int(frame["event_time"].isna().sum())
    wide = fit_event_study(frame, "y", window=(-9, 9), vcov="hc1")
    assert not any("binned" in note for note in wide.notes)
    assert wide.notes[0].startswith("No row has the event times -9, -8")
    assert wide.points["event_time"].tolist() == sorted(frame["event_time"].dropna().unique())


def test_rows_left_out_are_not_counted() -> None:
    frame = draw_events()
    frame.loc[frame["event_time"] == 0, "y"] = np.where(np.arange((frame["event_time"] == 0).sum()) < 5, np.nan, 1.0)
    study = fit_event_study(frame, "y", window=WINDOW, vcov="hc1")
    counts = study.points.set_index("event_time")["n_rows"]
    assert counts[0] == int((frame["event_time"] == 0).sum()) - 5
    assert counts.sum() + study.n_never == study.estimate.nobs == len(frame) - 5


def test_expected_outcomes_give_the_true_effects_exactly() -> None:
    """Effects of event time on the variance of the designated city are those on its pairs."""
    rng = np.random.default_rng(4)
    n_units, n_periods, truth = 14, 9, np.array([0.1, -0.05, 0.3, 0.2, 0.4, 0.1])
    start = np.where(np.arange(n_units) % 3 == 1, rng.integers(3, 7, n_units), 99)
    event_times = np.clip(np.arange(n_periods) - start[:, None], *WINDOW)
    flags = np.stack([(event_times == place) & (start[:, None] < 99) for place in PLACES], axis=2).astype(float)
    variance = compute_variance(flags, truth, unit_variance=2.0, period_variance=rng.uniform(0, 1, n_periods))
    first, second = np.triu_indices(n_units, 1)
    single = (start[first] == 99) | (start[second] == 99)
    first, second = first[single], second[single]
    cohort = np.minimum(start[first], start[second])
    frame = pd.DataFrame(
        {
            "unit_i": np.repeat([f"{k:03d}" for k in first], n_periods),
            "unit_j": np.repeat([f"{k:03d}" for k in second], n_periods),
            "period": np.tile(np.arange(n_periods), len(first)),
            "y": expect_synchronization(variance, first, second).ravel(),
        }
    )
    dated = np.repeat(cohort, n_periods)
    frame["event_time"] = np.where(dated < 99, frame["period"] - dated, np.nan)
    study = fit_event_study(frame, "y", window=WINDOW, vcov="hc1")
    np.testing.assert_allclose(take_points(study, "estimate"), truth, atol=1e-12)


TRUTH = np.array([0.0, 0.0, 0.3, 0.3, 0.5, 0.5])


def simulate_studies(n_seeds: int, first: int = 0, persistence: float = 0.0) -> Iterator[EventStudy]:
    """Studies of the pairs of 40 cities over twelve years, 13 of them designated in four batches."""
    years, units = range(2000, 2012), [f"{330100 + k}" for k in range(40)]
    start = {unit: 2004 + k % 4 for k, unit in enumerate(units[1::3])}
    dates = pd.DataFrame({"unit": list(start), "date": [f"{year}-01-01" for year in start.values()]})
    gaps = np.array([[np.clip(year - start.get(unit, 9999), *WINDOW) for year in years] for unit in units])
    treated = np.isin(units, list(start))[:, None]
    flags = np.stack([(gaps == place) & treated for place in PLACES], axis=2).astype(float)
    variance = compute_variance(flags, TRUTH, unit_variance=2.0)
    panel = econ.assign_treatment(econ.form_pairs(pd.DataFrame({"unit": units}), start), dates, years)
    for seed in range(first, first + n_seeds):
        series = simulate_series(units, years, variance, np.random.default_rng(seed), persistence=persistence)
        rows = panel.merge(econ.measure_synchronization(series, standardise="none"))
        yield fit_event_study(rows, "synchronization", window=WINDOW, vcov={"jackknife": MEMBERS}, draws=2000)


def cover(study: EventStudy, kind: str) -> np.ndarray:
    """Which points the "conf" or "band" intervals hold."""
    low, high = (take_points(study, f"{kind}_{side}") for side in ("low", "high"))
    return np.asarray((low <= TRUTH) & (high >= TRUTH))


def test_bands_cover_the_truth_of_simulated_cities() -> None:
    studies = list(simulate_studies(20))
    estimates = np.array([take_points(study, "estimate") for study in studies])
    assert (np.abs(estimates.mean(axis=0) - TRUTH) < 4 * estimates.std(axis=0, ddof=1) / np.sqrt(20)).all()
    assert np.mean([cover(study, "band").all() for study in studies]) >= 0.8


@pytest.mark.full
def test_coverage_of_bands_by_covariance() -> None:
    """The table of docs/estimating.md: 200 seeds."""
    found: dict[str, list[list[float]]] = {}
    for study in simulate_studies(200, 1000, 0.4):
        for name, vcov in (("jackknife", None), ("dyadic", DYADIC), ("cluster", {"cluster": "pair_id"})):
            one = study if vcov is None else study.with_vcov(vcov)
            assert one.leads is not None
            own = [cover(one, "conf").mean(), cover(one, "conf").all(), cover(one, "band").all()]
            found.setdefault(name, []).append([*own, one.leads.p_value < 0.05])
    table = pd.DataFrame({name: np.mean(rows, axis=0) for name, rows in found.items()}).T
    print(table.set_axis(["a point", "all points", "the band", "leads reject"], axis=1).to_string())
    assert 0.92 <= table.loc["jackknife", 2] <= 1
    assert table.loc["cluster", 2] < table.loc["dyadic", 2] < table.loc["jackknife", 2]


def test_files_for_honestdid_are_exact_and_do_not_depend_on_the_base(tmp_path: Path) -> None:
    frame = draw_events()
    study = fit_event_study(frame, "y", window=WINDOW, vcov=DYADIC)
    path = tmp_path / "honest.csv"
    study.export_honest(path)
    table = pd.read_csv(path, dtype=str)
    numbers = table.drop(columns="period").map(lambda cell: float(cell) if cell[-1].isdigit() else cell == "True")
    assert table.columns.tolist() == ["event_time", "period", "base", "bin", "estimate", *map(str, PLACES)]
    assert numbers["event_time"].tolist() == list(PLACES)
    assert (table["period"] == "pre").sum() == 2
    np.testing.assert_array_equal(numbers["estimate"], take_points(study, "estimate"))
    np.testing.assert_array_equal(numbers.iloc[:, 4:], study.vcov.loc[list(PLACES), list(PLACES)])
    assert numbers["bin"].tolist() == [True, *[False] * 4, bool((frame["event_time"] > 3).any())]
    study.with_normalise("pre_mean").export_honest(tmp_path / "other.csv")
    assert (tmp_path / "other.csv").read_bytes() == path.read_bytes()
    other = fit_event_study(frame, "y", window=WINDOW, vcov=DYADIC, reference=-3).tabulate_honest()
    pd.testing.assert_frame_equal(other, study.tabulate_honest(), rtol=1e-7, atol=1e-10)


def test_tables_of_few_units_get_bootstrapped_intervals_and_a_note() -> None:
    frame = draw_units(16)
    frame["event_time"] = np.where(frame["unit"] % 2 == 0, frame["period"] - 3.0 - frame["unit"] % 3, np.nan)
    study = fit_event_study(frame, "y", ["unit", "period"], window=(-2, 2), vcov={"wild": "unit", "draws": 99})
    own = study.estimate.params.set_index("term").loc["event_time=0"]
    shown = study.points.set_index("event_time").loc[0]
    assert shown[["p_value", "conf_low", "conf_high"]].tolist() == own[["p_value", "conf_low", "conf_high"]].tolist()
    assert study.notes[-1].startswith("The bootstrap is of one coefficient at a time: the band and the joint test")
    assert study.points["n_pairs"].isna().all()
    mean = study.with_normalise("pre_mean")
    assert mean.notes[-1].startswith("The bootstrap is of one coefficient at a time: all intervals")
    reach = stats.t.ppf(0.975, study.estimate.df) * mean.points["std_error"]
    np.testing.assert_allclose(mean.points["conf_high"], mean.points["estimate"] + reach)


def test_leads_that_cannot_be_tested_are_said_to_be_so() -> None:
    frame = draw_events()
    frame["block"] = frame["period"] % 2
    study = fit_event_study(frame, "y", window=(-3, 3), vcov={"cluster": "block"})
    assert study.leads is None
    assert any(note.startswith("The leads are not tested jointly: event_time=-3") for note in study.notes)
    assert "Leads" not in study.summary()


def test_a_covariance_that_is_missing_gives_no_band_and_no_test() -> None:
    study = fit_event_study(draw_events(), "y", window=WINDOW, vcov="hc1")
    vcov = study.estimate.vcov.copy()
    vcov.loc["event_time=0"] = vcov["event_time=0"] = np.nan
    blank = assemble_points(replace(study.estimate, vcov=vcov), study.design, "pre_mean")
    assert blank.leads is None
    assert np.isnan(blank.critical)
    assert blank.points["band_low"].isna().all()
    with pytest.raises(FitError, match="not finite"):
        blank.tabulate_honest()


def test_summaries_say_what_the_points_are_relative_to() -> None:
    study = fit_event_study(draw_events(), "y", window=WINDOW, regressors=["x"])
    text = study.summary()
    assert text.startswith("y ~ event_time + x + [pair] + [period], relative to event time -1\n")
    assert "Leads, relative to event time -1: event_time=-3 = event_time=-2 = 0: F(2, 15) = " in text
    assert f"Band: ± {study.critical:.4g} standard errors" in text
    assert "≤−3" in text
    assert all(note in text for note in (*study.notes, *study.estimate.notes))
    assert "relative to the mean of the event times below 0" in study.with_normalise("pre_mean").summary()
    assert "The treatment starts at" in text


def test_the_order_of_rows_does_not_matter_and_the_table_stays_as_it_is() -> None:
    frame = draw_events(share=0.8)
    given = frame.copy()
    study = fit_event_study(frame, "y", window=WINDOW, vcov=DYADIC)
    pd.testing.assert_frame_equal(frame, given)
    shuffled = fit_event_study(frame.sample(frac=1.0, random_state=1), "y", window=WINDOW, vcov=DYADIC)
    pd.testing.assert_frame_equal(shuffled.points, study.points, rtol=1e-8)
    assert shuffled.notes == study.notes


def test_units_that_are_all_treated_need_binned_ends() -> None:
    frame = draw_treated_units()
    with pytest.raises(FitError, match=r"no row is never treated.*narrow the window"):
        fit_event_study(frame, "y", ["unit", "period"], window=(-9, 9))
    study = fit_event_study(frame, "y", ["unit", "period"], window=(-2, 2), vcov="hc1")
    assert any(note.startswith("No row is never treated") for note in study.notes)
    binned = frame["event_time"].clip(-2, 2)
    design = np.column_stack(
        [binned == place for place in (-2, 0, 1, 2)]
        + [pd.get_dummies(frame[name]).to_numpy() for name in ("unit", "period")]
    ).astype(float)
    expected = np.linalg.lstsq(design, frame["y"].to_numpy(), rcond=None)[0][:4]
    np.testing.assert_allclose(study.points["estimate"].drop(1), expected, atol=1e-10)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"window": (0, 3)}, "'window' parameter of fit_event_study must be two whole numbers"),
        ({"window": (-4, -1)}, "'window' parameter of fit_event_study must be two whole numbers"),
        ({"window": (-4.0, 4)}, "'window' parameter of fit_event_study must be two whole numbers"),
        ({"window": 4}, "'window' parameter of fit_event_study must be two whole numbers"),
        ({"window": (-1, 4)}, "leaves no lead beside the reference"),
        ({"reference": -5}, "'reference' parameter of fit_event_study must be a whole number in the window"),
        ({"reference": 0}, "'reference' parameter of fit_event_study must be a whole number in the window"),
        ({"reference": True}, "'reference' parameter of fit_event_study must be a whole number in the window"),
        ({"normalise": "mean"}, "'normalise' parameter of fit_event_study must be one of"),
        ({"regressors": "x"}, "'regressors' parameter of fit_event_study must be a list"),
        ({"regressors": [3]}, "'regressors' parameter of fit_event_study must be a list"),
        ({"absorb": "pair"}, "'absorb' parameter of fit_event_study must be a list"),
        ({"regressors": ["event_time"]}, "'event_time' parameter of fit_event_study must be a column of its own"),
        ({"event_time": "y"}, "'event_time' parameter of fit_event_study must be a column of its own"),
        ({"weights": 3}, "'weights' parameter of fit_event_study must name a column"),
        ({"draws": 9}, "'draws' parameter of fit_event_study must be a whole number, 100 or more"),
        ({"draws": np.int64(9)}, "must be a whole number, 100 or more. Got 9 instead"),
        ({"window": (np.int64(-1), 4)}, r"Begin it at −2 or before. Got \(-1, 4\)"),
        ({"beyond": "keep"}, "'beyond' parameter of fit_event_study must be one of 'bin', 'drop'"),
        ({"absorb": ["pair", "p"]}, "no column 'p'. It has [^=]*, event_time.$"),
        ({"vcov": {"cluster": "p"}}, "no column 'p'. It has [^=]*, event_time.$"),
        ({"seed": -1}, "'seed' parameter of fit_event_study must be a whole number, 0 or more"),
        ({"event_time": "since"}, "no column 'since'"),
        ({"absorb": ["period"]}, "an absorbed effect must hold the treated apart"),
        ({"absorb": None}, "an absorbed effect must hold the treated apart"),
        ({"absorb": ["pair", "node^period"]}, "absorbs event_time=-4"),
        ({"regressors": ["did"]}, "add up to did in every row"),
        ({"vcov": "hc9"}, "'vcov' parameter"),
    ],
)
def test_arguments_that_make_no_event_study_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EconError, match=re.sub(r"(?<!\[)\^", r"\\^", message)):
        fit_event_study(draw_events(), "y", **{"vcov": DYADIC, **options})


def test_tables_that_make_no_event_study_are_refused() -> None:
    frame = draw_events()
    with pytest.raises(SpecError, match="must be a DataFrame"):
        fit_event_study([], "y")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="has a column 'event_time=0'"):
        fit_event_study(frame.assign(**{"event_time=0": 1}), "y")
    for gone, what in ((-1, "at the reference, event time -1"), (range(9), "at event times from 0 on")):
        rows = frame[~frame["event_time"].isin([gone] if isinstance(gone, int) else gone)]
        with pytest.raises(FitError, match=f"no row of the sample is {what}"):
            fit_event_study(rows, "y")
    late = frame[~(frame["event_time"] < -1).fillna(False)]
    with pytest.raises(FitError, match="no row of the sample is at a lead beside the reference"):
        fit_event_study(late, "y")
    with pytest.raises(FitError, match=r"some event times are not identified \(event_time=0: "):
        fit_event_study(frame.assign(w=frame["event_time"].isin([0])), "y", ["pair", "period", "w"], vcov="hc1")


THREE = {2: 20, 5: 20, 8: 20, 99: 5}


@pytest.mark.parametrize(("window", "shown"), [((-3, 2), [1.82, -0.12, 0.56, 0.54, 2.44]), ((-4, 4), None)])
def test_bins_bias_all_points_and_rows_left_out_do_not(window: tuple[int, int], shown: list[float] | None) -> None:
    """Effects are e + 1 in every cohort; the table of docs/estimating.md."""
    frame = draw_cohorts(THREE)
    binned = fit_quickly(frame, "y", window=window)
    truth = np.maximum(binned.points["event_time"] + 1, 0)
    if shown:
        np.testing.assert_allclose(binned.points["estimate"].drop(2), shown, atol=0.006)
        assert binned.points["estimate"].iloc[-1] < 3  # the least of the effects in the bin
    assert "rest on effects being constant within the bins" in find_note(binned, "The ends are binned")
    cut = fit_quickly(frame, "y", window=window, beyond="drop")
    np.testing.assert_allclose(cut.points["estimate"], truth, atol=1e-10)
    assert cut.beyond == "drop"
    assert not any("binned" in note for note in cut.notes)
    assert not any("≤" in name or "≥" in name for name in cut.points["name"])
    count = int((~frame["event_time"].between(*window) & frame["event_time"].notna()).sum())
    for study in (cut, cut.with_vcov("hc1")):
        (left_out,) = study.estimate.dropped
        assert left_out.reason == f"event times beyond the window, before {window[0]} or after {window[1]}"
        assert left_out.count == count == len(frame) - study.estimate.nobs
    assert f"left out: rows ({left_out.reason}): {count:,}" in cut.summary()


def test_the_bins_of_one_cohort_average() -> None:
    study = fit_quickly(draw_cohorts({5: 20, 99: 20}), "y", window=(-3, 2))
    np.testing.assert_allclose(study.points["estimate"], [0, 0, 0, 1, 2, 5], atol=1e-10)
    assert find_note(study, "The ends are binned").endswith("A bin's coefficient averages over its event times.")
    unknown = draw_cohorts({5: 20, 99: 20}).rename(columns={"period": "wave"})
    text = find_note(fit_quickly(unknown, "y", ["unit", "wave"], window=(-3, 2)), "The ends are binned")
    assert "If the treatment starts at different times, all points, leads too" in text


def test_units_without_a_row_before_the_treatment_or_at_the_reference_are_counted() -> None:
    frame = draw_cohorts({5: 20, 99: 20, -3: 20}, n_periods=10)
    study = fit_quickly(frame, "y")
    assert find_note(study, "20 of 40 treated units have no row before event time 0: they serve as controls")
    assert study.points.set_index("event_time").loc[-4, "estimate"] > 1  # truth: 0
    clean = fit_quickly(draw_cohorts({5: 20, 99: 20}, n_periods=10), "y")
    assert not any("treated units have" in note for note in clean.notes)
    gone = (frame["event_time"] == -1) & (frame["unit"] < "u03")
    apart = fit_quickly(frame[~gone], "y")
    assert find_note(apart, "3 of 40 treated units have rows before event time 0, but none at the reference")
    pairs = draw_events()
    early = pairs[(pairs["event_time"] >= 0) & (pairs["unit_j"] == "330101")]["unit_i"].iloc[0]
    lost = (pairs["unit_i"] == early) & (pairs["unit_j"] == "330101") & (pairs["event_time"] < 0)
    found = fit_quickly(pairs[~lost], "y", window=WINDOW, vcov="hc1")
    assert find_note(found, f"1 of {pairs.dropna().groupby(list(MEMBERS)).ngroups} treated pairs have no row before")


@pytest.mark.parametrize("n_treated", [1, 2, 9, 10])
def test_few_treated_units_are_noted_and_one_has_no_test_of_leads(n_treated: int) -> None:
    study = fit_quickly(draw_cohorts({5: n_treated, 99: 45 - n_treated}, n_periods=10, noise=1.0), "y")
    noted = [note for note in study.notes if note.startswith(f"Only {n_treated} treated units")]
    assert len(noted) == (n_treated < 10)
    assert all("econ.permute_designations" in note for note in noted)
    assert (study.leads is None) == (n_treated == 1)
    if n_treated == 1:
        assert find_note(study, "The leads are not tested jointly: at the event times -4, -3, -2, -1 there is one")


def test_event_times_of_few_treated_units_are_named() -> None:
    study = fit_quickly(draw_cohorts({4: 12, 8: 1, 99: 32}, noise=1.0), "y", window=(-6, 5))
    assert find_note(study, "Of 13 treated units few have rows at the event times -6 (1), -5 (1): standard errors")
    assert not any(note.startswith("Only") for note in study.notes)
    assert study.leads is None
    assert fit_quickly(draw_cohorts({4: 12, 8: 1, 99: 32}, noise=1.0), "y", window=(-4, 5)).leads is not None


@pytest.mark.full
def test_size_with_few_treated_units() -> None:
    """The table of docs/estimating.md, there with 300 seeds."""
    found = {}
    for n_treated in (1, 2, 4, 10):
        rows = []
        for seed in range(80):
            frame = draw_cohorts({5: n_treated, 99: 45 - n_treated}, 10, noise=1.0, seed=seed)
            frame["y"] -= np.maximum(frame["event_time"].fillna(-1) + 1, 0)
            study = fit_event_study(frame, "y", draws=2000)
            points = study.points[study.points["event_time"] != -1]
            leads = study.estimate.test_zero([term for place, term in study.design.terms.items() if place < 0])
            missed = ((points["band_low"] > 0) | (points["band_high"] < 0)).any()
            rows.append([(points["p_value"] < 0.05).mean(), missed, leads.p_value < 0.05])
        found[n_treated] = np.mean(rows, axis=0)
    table = pd.DataFrame(found, index=["a point", "the band", "leads"]).T
    print(table.to_string())
    assert table["leads"].is_monotonic_decreasing
    assert table.loc[1, "the band"] > 0.9 > 0.2 > table.loc[10, "the band"]


@pytest.mark.parametrize("blank", [["treated_i"], ["role"]])
def test_pairs_of_two_designated_units_are_noted(blank: list[str]) -> None:
    units = [f"{330100 + k}" for k in range(14)]
    dates = pd.DataFrame({"unit": units[:4], "date": [f"{2003 + k % 2}-01-01" for k in range(4)]})
    pairs = econ.form_pairs(pd.DataFrame({"unit": units}), units[:4], roles=("one", "neither", "both"))
    panel = econ.assign_treatment(pairs, dates, range(2000, 2008)).drop(columns=blank)
    panel["y"] = np.random.default_rng(0).normal(size=len(panel))
    study = fit_quickly(panel, "y", window=(-2, 2), vcov="hc1")
    assert find_note(study, "6 pairs are of two designated units: their event times count from the earlier")
    assert study.points["n_treated_units"].tolist() == [4] * 5


def test_years_and_floats_tell_cohorts_too() -> None:
    frame = draw_cohorts(THREE, noise=1.0)
    months = frame["period"].map(lambda period: 201408 + period + 88 * (period > 4))
    years, gap = frame.rename(columns={"period": "year"}), frame["period"].where(frame.index != 3)
    for given in (years, frame.astype({"period": float}), frame.assign(period=months), frame.assign(period=gap)):
        study = fit_quickly(given, "y", window=(-9, 9))
        assert find_note(study, "The treatment starts at 3 different times.")


@pytest.mark.parametrize("change", ["treated", "turned", "doubled"])
def test_paths_that_are_not_those_of_one_lasting_treatment_are_refused(change: str) -> None:
    frame = draw_cohorts({2: 3, 5: 3, 99: 4}, noise=1.0)
    first = (frame["unit"] == "u01").to_numpy()
    turned = frame["event_time"].to_numpy(copy=True)
    turned[first] = turned[first][::-1]
    bad, message = {
        "treated": (frame.assign(treated=frame["event_time"].between(0, 2)), "the treatment ends: u00 in 5, u01 in 5"),
        "turned": (frame.assign(event_time=turned), "period less event time changes within u01: 'event_time' does not"),
        "doubled": (pd.concat([frame, frame[first].head(2)]), "2 rows repeat a unit in the same period: u01. Keep one"),
    }[change]
    with pytest.raises(TreatmentError, match=message):
        fit_quickly(bad, "y", window=(-2, 2))
    cities = bad.rename(columns={"unit": "city"})
    with pytest.raises(TreatmentError, match=message.replace("a unit", "a city")):
        fit_quickly(cities, "y", ["city", "period"], window=(-2, 2), vcov={"cluster": "city"})


def test_pairs_whose_treatment_ends_are_refused() -> None:
    frame = draw_events()
    with pytest.raises(TreatmentError, match="the treatment ends: 330100-330101 in 2"):
        fit_quickly(frame.assign(treated=frame["event_time"].isin([0])), "y")
    assert fit_quickly(frame.assign(treated=frame["did"]), "y", vcov="hc1").n_never


def test_never_treated_rows_that_meet_no_treated_one_are_noted() -> None:
    frame = draw_cohorts({2: 10, 5: 10, 8: 10, 99: 10}, noise=1.0)
    frame["region"] = np.where(frame["event_time"].notna(), "a", "b")
    study = fit_quickly(frame, "y", ["unit", "region^period"], window=(-2, 2), vcov="hc1")
    assert find_note(study, "The never-treated do not tell the event times apart")
    assert not any("tell the event" in note for note in fit_quickly(frame, "y", window=(-2, 2)).notes)
    for rows, message in ((frame, "some event times are not identified"), (frame[frame["region"] == "a"], "no row is")):
        with pytest.raises(FitError, match=message):
            fit_quickly(rows, "y", ["unit", "region^period"], window=(-2, 2), beyond="drop")


def test_columns_of_a_table_without_pairs_are_found() -> None:
    frame = draw_cohorts({3: 6, 5: 6, 99: 9}, noise=1.0)
    study = fit_quickly(frame, "y", vcov={"cluster": "unit"})
    assert study.estimate.absorbed == ("unit", "period")
    cities = frame.rename(columns={"unit": "city"})
    same = fit_quickly(cities, "y", ["city", "period"], vcov={"cluster": "city"})
    pd.testing.assert_frame_equal(same.points, study.points)
    assert same.points["n_treated_units"].tolist() == [6, *[12] * 8]
    assert fit_quickly(draw_events(), "y", vcov="hc1").estimate.absorbed == ("pair", "period")
    with pytest.raises(SpecError, match=r'absorb="auto" goes by the columns unit_i and unit_j'):
        fit_quickly(cities, "y")
    with pytest.raises(SpecError, match=r"no column 'z'\. It has unit, period, event_time, y\."):
        fit_quickly(frame, "z")


def test_the_lines_for_r_leave_bins_out(repository: Path) -> None:
    text = (repository / "docs" / "estimating.md").read_text(encoding="utf-8")
    lines = text.partition("```r\n")[2].partition("```")[0].split()
    assert " ".join(lines) in " ".join((EventStudy.export_honest.__doc__ or "").split())
    assert "k <- !as.logical(d$bin) S <- as.matrix(d[k, -(1:5)])[, k] d <- d[k, ]" in " ".join(lines)
