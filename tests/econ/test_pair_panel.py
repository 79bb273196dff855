import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import econ
from econ.errors import FitError, PairError, SeriesError, SpecError, TreatmentError
from econ.estimate import Estimate
from econ.pair_panel import fit_pairs
from econ.spec import PairSpec, Synchronization, TreatedPair, TreatedScore, Treatment, UnitVariable
from tests.compiled_ways import join_by, needs_loops

MEMBERS = ("unit_i", "unit_j")
YEARS = range(2008, 2016)
SETS = ("complete", "half", "nearest")
COVARIANCES = [
    "iid",
    "hc1",
    {"cluster": "pair"},
    {"cluster": "unit_i"},
    {"cluster": "unit_j"},
    {"twoway": MEMBERS},
    {"dyadic": MEMBERS},
    {"jackknife": MEMBERS},
]
TERMS = (
    Treatment(),
    TreatedScore("supply"),
    TreatedScore("demand", scale="none"),
    UnitVariable("gdp"),
    UnitVariable("x", "product"),
    UnitVariable("x", "difference", treated=True),
    UnitVariable("x", "sum"),
    UnitVariable("gdp", "minimum"),
    UnitVariable("gdp", "maximum"),
    TreatedPair("distance"),
)


def list_seeds(n_always: int, n_full: int) -> list[object]:
    """List seeds; those from ``n_always`` on run for ``full``. After 24 the settings drawn by ``seed %`` come again."""
    return [pytest.param(seed, marks=[pytest.mark.full] * (seed >= n_always)) for seed in range(n_full)]


def draw_series(rng: np.random.Generator, n_units: int, missing: float = 0.0) -> pd.DataFrame:
    units = [f"{330100 + place}" for place in range(n_units)]
    n = n_units * len(YEARS)
    frame = pd.DataFrame({"unit": np.repeat(units, len(YEARS)), "period": np.tile(YEARS, n_units)})
    for name, values in {
        "value": rng.normal(size=n),
        "gdp": np.exp(rng.normal(size=n)),
        "x": rng.normal(size=n),
        "supply": rng.uniform(1, 4, n),
        "demand": rng.uniform(1, 4, n),
    }.items():
        frame[name] = values
    for name in ("value", "gdp", "x"):
        frame.loc[rng.random(n) < missing, name] = np.nan
    return frame.sample(frac=1, random_state=1)


def draw_designations(rng: np.random.Generator, series: pd.DataFrame) -> pd.DataFrame:
    units = sorted(series["unit"].unique())
    chosen = rng.choice(units, size=max(5, len(units) // 3), replace=False)
    return pd.DataFrame(
        {"unit": chosen, "date": [f"{rng.integers(2010, 2015)}-0{rng.integers(1, 9)}-15" for _ in chosen]}
    )


def draw_provinces(rng: np.random.Generator, pairs: pd.DataFrame, n_provinces: int) -> pd.Series:
    """The two provinces of each pair, in the order of their names."""
    units = sorted({*pairs["unit_i"], *pairs["unit_j"]})
    province = dict(zip(units, rng.integers(0, n_provinces, len(units)), strict=True))
    sides = np.sort([pairs[member].map(province) for member in MEMBERS], axis=0)
    return pd.Series([f"{one}-{other}" for one, other in sides.T], index=pairs.index)


def draw_pairs(rng: np.random.Generator, series: pd.DataFrame, designated: list[str], kind: str, roles) -> pd.DataFrame:
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), designated, roles)
    pairs = pairs.assign(distance=rng.uniform(1, 9, len(pairs)), w=rng.uniform(0.2, 4, len(pairs)))
    pairs["gravity"] = rng.random(len(pairs))
    if kind == "half":
        pairs = pairs[pairs["gravity"] > pairs["gravity"].median()]
    if kind == "nearest":
        ranks = [pairs.groupby(member)["gravity"].rank(ascending=False) for member in MEMBERS]
        pairs = pairs[(ranks[0] <= 4) | (ranks[1] <= 4)]
    return pairs.sample(frac=1, random_state=2)


def fit_rows(series: pd.DataFrame, designations: pd.DataFrame, spec: PairSpec, pairs: pd.DataFrame, vcov) -> Estimate:
    """The long way: every row of every pair in one table."""
    outcome = spec.outcome
    values = series.rename(columns={outcome.column: "value"}) if outcome.column != "value" else series
    rows = econ.measure_synchronization(values, outcome.measure, standardise=outcome.standardise)
    panel = econ.assign_treatment(pairs, designations, spec.periods or list(YEARS), spec.timing)
    panel["did"] = panel["treated"].astype(float)
    for term in spec.terms:
        if isinstance(term, TreatedScore):
            scored = econ.interact_scores(panel, series, [term.column], scale=term.scale).panel
            panel[term.name] = scored[term.name]
        elif isinstance(term, TreatedPair):
            panel[term.name] = panel["did"] * panel[term.column]
        elif isinstance(term, UnitVariable):
            panel[term.name] = econ.combine_units(panel, series, term.column, term.rule)
            panel[term.name] *= panel["did"] if term.treated else 1.0
    panel = panel.merge(rows, on=[*MEMBERS, "period"])
    names = [term.name for term in spec.terms]
    return econ.fit_panel(panel, "synchronization", names, spec.absorb, vcov, spec.weights)


def assert_same(found: Estimate, wanted: Estimate) -> None:
    assert list(found.params["term"]) == list(wanted.params["term"])
    scale = wanted.params["std_error"].to_numpy()
    np.testing.assert_allclose(found.params["estimate"], wanted.params["estimate"], rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(found.vcov / np.outer(scale, scale), wanted.vcov / np.outer(scale, scale), atol=1e-10)
    assert found.nobs == wanted.nobs
    assert found.df == wanted.df
    assert dict(found.n_clusters) == dict(wanted.n_clusters)
    assert found.r2 == pytest.approx(wanted.r2, abs=1e-10)
    assert found.r2_within == pytest.approx(wanted.r2_within, abs=1e-10)
    assert set(wanted.notes) <= set(found.notes)
    assert [(one.what, one.count) for one in found.dropped if one.what != "rows"] == [
        (one.what, one.count) for one in wanted.dropped if one.what != "rows"
    ]


def draw_design(seed: int) -> tuple[pd.DataFrame, pd.DataFrame, PairSpec, pd.DataFrame]:
    """Series, designations, a spec and pairs; of even seeds no value is missing."""
    rng = np.random.default_rng(seed)
    kind, missing = SETS[seed % 3], 0.08 * (seed % 2)
    series = draw_series(rng, int(rng.integers(14, 22)), missing)
    designations = draw_designations(rng, series)
    timing = ("approval_year", "next_full_year", "drop_entry_year", "share_of_year")[seed // 2 % 4]
    roles = (("one", "neither"), ("neither", "one", "both"))[seed // 3 % 2]
    designated = econ.find_designated(designations, YEARS, timing)
    pairs = draw_pairs(rng, series, designated, kind, roles)
    places = rng.choice(len(TERMS) - 1, size=4, replace=False) + 1
    spec = PairSpec(
        (Treatment(), *(TERMS[place] for place in sorted(places))),
        timing=timing,
        weights="w" if seed % 4 == 1 else None,
    )
    return series, designations, spec, pairs


@needs_loops
@pytest.mark.parametrize("seed", list_seeds(24, 50)[::2])
def test_compiled_loops_change_nothing(seed: int) -> None:
    series, designations, spec, pairs = draw_design(seed)
    spec = replace(spec, weights="w" if seed % 4 else None)
    with join_by("numpy"):
        wanted = fit_pairs(series, designations, spec, pairs)
    with join_by("loops"):
        found = fit_pairs(series, designations, spec, pairs)
        assert_same(found, wanted)
        for vcov in COVARIANCES:
            assert_same(found.with_vcov(vcov), wanted.with_vcov(vcov))


@pytest.mark.parametrize("seed", list_seeds(24, 50))
def test_equals_fit_panel_on_the_rows_of_random_designs(seed: int) -> None:
    series, designations, spec, pairs = draw_design(seed)
    found = fit_pairs(series, designations, spec, pairs)
    wanted = fit_rows(series, designations, spec, pairs, "auto")
    assert_same(found, wanted)
    for vcov in COVARIANCES:
        assert_same(found.with_vcov(vcov), wanted.with_vcov(vcov))
    for vcov, ssc in zip(COVARIANCES[:-1], itertools.cycle(("none", "stata", "reghdfe")), strict=False):
        np.testing.assert_allclose(
            found.with_vcov(vcov, ssc).vcov, wanted.with_vcov(vcov, ssc).vcov, rtol=1e-9, atol=1e-14
        )


@pytest.mark.parametrize("seed", list_seeds(24, 50))
def test_equals_fit_panel_where_groups_of_pairs_have_their_own_periods(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    kind, missing = SETS[seed % 3], 0.08 * (seed % 2)
    series = draw_series(rng, int(rng.integers(14, 22)), missing)
    designations = draw_designations(rng, series)
    timing = ("approval_year", "next_full_year", "drop_entry_year", "share_of_year")[seed // 2 % 4]
    roles = (("one", "neither"), ("neither", "one", "both"))[seed // 3 % 2]
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS, timing), kind, roles)
    pairs["province_pair"] = draw_provinces(rng, pairs, 2 + seed % 4)
    places = rng.choice(len(TERMS) - 1, size=3, replace=False) + 1
    spec = PairSpec(
        (Treatment(), *(TERMS[place] for place in sorted(places))),
        timing=timing,
        weights="w" if seed % 4 in (1, 2) else None,
        absorb=("pair", "province_pair^period"),
    )
    found = fit_pairs(series, designations, spec, pairs)
    wanted = fit_rows(series, designations, spec, pairs, "auto")
    assert_same(found, wanted)
    assert found.absorbed == wanted.absorbed
    for vcov in COVARIANCES[:-1]:
        assert_same(found.with_vcov(vcov), wanted.with_vcov(vcov))
        for ssc in ("none", "stata", "reghdfe"):
            np.testing.assert_allclose(
                found.with_vcov(vcov, ssc).vcov, wanted.with_vcov(vcov, ssc).vcov, rtol=1e-9, atol=1e-14
            )
    try:
        expected = wanted.with_vcov(COVARIANCES[-1])
    except FitError as error:
        with pytest.raises(FitError, match=str(error).split(":")[0]):
            found.with_vcov(COVARIANCES[-1])
    else:
        assert_same(found.with_vcov(COVARIANCES[-1]), expected)


NODE_TERMS = (
    TreatedPair("distance"),
    UnitVariable("x", "product"),
    UnitVariable("x", "difference", treated=True),
    UnitVariable("gdp"),
    UnitVariable("gdp", "minimum"),
)


@pytest.mark.parametrize("seed", list_seeds(40, 72))
def test_equals_fit_panel_where_units_have_their_own_periods(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if seed // 2 % 2:
        monkeypatch.setattr("econ.pair_nodes.DENSE_LEVELS", 0)
    rng = np.random.default_rng(300 + seed)
    kind, missing = SETS[seed % 3], 0.08 * (seed % 2)
    series = draw_series(rng, int(rng.integers(14, 22)), missing)
    designations = draw_designations(rng, series)
    timing = ("approval_year", "next_full_year", "drop_entry_year", "share_of_year")[seed // 2 % 4]
    roles = (("one", "neither"), ("neither", "one", "both"), ("one",))[seed // 3 % 3]
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS, timing), kind, roles)
    terms = (Treatment(), *NODE_TERMS[:3]) if "both" in roles else NODE_TERMS[: 3 + 2 * (seed % 2)]
    spec = PairSpec(terms, timing=timing, weights="w" if seed % 4 in (1, 2) else None, absorb=("pair", "node^period"))
    try:
        wanted = fit_rows(series, designations, spec, pairs, "hc1")
    except FitError as error:
        with pytest.raises(FitError, match=str(error).split(".")[0].split(":")[0].replace("^", ".")):
            fit_pairs(series, designations, spec, pairs, "hc1")
        return
    found = fit_pairs(series, designations, spec, pairs, "hc1")
    for vcov in COVARIANCES:
        try:
            expected = wanted.with_vcov(vcov)
        except FitError as error:
            with pytest.raises(FitError, match=str(error).split(":")[0]):
                found.with_vcov(vcov)
        else:
            assert_same(found.with_vcov(vcov), expected)


@pytest.mark.parametrize("missing", [0.0, 0.05])
@pytest.mark.parametrize("dense", [0, 500])
def test_what_the_units_periods_absorb_is_refused(missing: float, dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("econ.pair_nodes.DENSE_LEVELS", dense)
    rng = np.random.default_rng(24)
    series = draw_series(rng, 14, missing)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "half", ("one", "neither"))
    spec = PairSpec(
        (Treatment(), TreatedScore("supply"), UnitVariable("x", "sum"), UnitVariable("gdp")),
        absorb=("pair", "node^period"),
    )
    messages = []
    for fit in (fit_pairs, fit_rows):
        with pytest.raises(
            FitError, match=r"node\^period absorbs did, did:supply, x:sum\. Whatever is a sum"
        ) as caught:
            fit(series, designations, spec, pairs, "hc1")
        messages.append(str(caught.value))
    assert messages[0] == messages[1]


def test_units_with_one_pair_go_where_units_have_their_own_periods() -> None:
    rng = np.random.default_rng(25)
    series = draw_series(rng, 14)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "complete", ("one", "neither"))
    lone = (pairs[list(MEMBERS)] == "330113").any(axis=1) & (pairs["unit_i"] != "330112")
    pairs = pairs[~lone]  # 330113 has one pair, with 330112, which then has fewer
    spec = PairSpec((UnitVariable("gdp"), UnitVariable("x", "product")), absorb=("pair", "node^period"))
    found, wanted = (fit(series, designations, spec, pairs, {"dyadic": MEMBERS}) for fit in (fit_pairs, fit_rows))
    assert_same(found, wanted)
    assert found.dropped == wanted.dropped
    assert found.dropped[0].count == len(YEARS)


def test_periods_of_a_member_are_nested_in_it() -> None:
    rng = np.random.default_rng(20)
    series = draw_series(rng, 12, 0.05)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "complete", ("one", "neither"))
    spec = PairSpec((Treatment(), UnitVariable("x", "difference")), absorb=("pair", "unit_i^period"))
    found, wanted = (fit(series, designations, spec, pairs, "hc1") for fit in (fit_pairs, fit_rows))
    assert any("called i" in note for note in found.notes)
    for vcov in COVARIANCES[:-1]:
        for ssc in ("fixest", "reghdfe", "stata", "none"):
            assert_same(found.with_vcov(vcov, ssc), wanted.with_vcov(vcov, ssc))


@pytest.mark.parametrize("missing", [0.0, 0.05])
def test_groups_of_one_pair_explain_it_wholly(missing: float) -> None:
    rng = np.random.default_rng(21)
    series = draw_series(rng, 12, missing)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "half", ("one", "neither"))
    pairs = pairs.assign(group=["alone", *["few"] * 3, *["many"] * (len(pairs) - 4)])
    spec = PairSpec((Treatment(), UnitVariable("x", "sum")), absorb=("pair", "group^period"))
    found, wanted = (fit(series, designations, spec, pairs, {"cluster": "pair"}) for fit in (fit_pairs, fit_rows))
    assert_same(found, wanted)
    (lone,) = (one for one in found.dropped if one.reason.startswith("singletons"))
    assert lone in wanted.dropped
    assert_same(fit_pairs(series, designations, spec, pairs.assign(group=1)), fit_pairs(
        series, designations, PairSpec(spec.terms), pairs
    ))  # fmt: skip
    with pytest.raises(FitError, match="beside other pairs of the same level of group"):
        fit_pairs(series, designations, spec, pairs.assign(group=range(len(pairs))))


def test_groups_that_are_not_told_are_refused() -> None:
    rng = np.random.default_rng(22)
    series = draw_series(rng, 12)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "half", ("one", "neither"))
    spec = PairSpec(absorb=("pair", "zone^period"))
    with pytest.raises(SpecError, match="no table of pairs was given"):
        fit_pairs(series, designations, spec)
    with pytest.raises(PairError, match="zone"):
        fit_pairs(series, designations, spec, pairs)
    with pytest.raises(SpecError, match="Rename the column"):
        fit_pairs(series, designations, PairSpec(absorb=("pair", "node^period")), pairs.assign(node=1))
    with pytest.raises(PairError, match="zone is missing for the pairs 3301"):
        fit_pairs(series, designations, spec, pairs.assign(zone=[None, *["a"] * (len(pairs) - 1)]))


@pytest.mark.parametrize(
    "absorb",
    [
        ("pair",),
        ("period", "pair"),
        ("pair", "zone"),
        ("pair", "a^b^period"),
        ("pair", "pair^period"),
        ("pair", "^period"),
        "pair",
    ],
)
def test_effects_that_need_rows_are_refused(absorb: object) -> None:
    series = draw_series(np.random.default_rng(23), 12)
    designations = draw_designations(np.random.default_rng(23), series)
    with pytest.raises(SpecError, match=r"must be \('pair', 'period'\)"):
        fit_pairs(series, designations, PairSpec(absorb=absorb))


@pytest.mark.parametrize("standardise", ["window", "none", (2008, 2009, 2010, 2011, 2012)])
@pytest.mark.parametrize("measure", ["cerqueira_martins", "quasi_correlation", "concordance"])
def test_measures_are_those_of_measure_synchronization(measure: str, standardise: object) -> None:
    check_outcome(Synchronization(measure, "x", standardise))


@pytest.mark.parametrize("measure", ["negative_difference", "residual_difference"])
def test_differences_are_those_of_measure_synchronization(measure: str) -> None:
    check_outcome(Synchronization(measure, "x"))


def check_outcome(outcome: Synchronization) -> None:
    rng = np.random.default_rng(7)
    series = draw_series(rng, 12, 0.05)
    series["value"] = 0.0
    designations = draw_designations(rng, series)
    spec = PairSpec((Treatment(), UnitVariable("supply")), outcome, periods=tuple(range(2010, 2015)))
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), econ.find_designated(designations, spec.periods))
    series["value"] = np.nan
    wanted = fit_rows(series.drop(columns="value"), designations, spec, pairs, {"dyadic": MEMBERS})
    assert_same(fit_pairs(series, designations, spec, pairs, {"dyadic": MEMBERS}), wanted)


def test_pairs_without_a_table_are_all_those_with_a_role() -> None:
    rng = np.random.default_rng(3)
    series = draw_series(rng, 12)
    designations = draw_designations(rng, series)
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), econ.find_designated(designations, YEARS))
    spec = PairSpec((Treatment(), UnitVariable("gdp")))
    assert_same(fit_pairs(series, designations, spec), fit_pairs(series, designations, spec, pairs))
    assert fit_pairs(series, designations).nobs == len(pairs) * len(YEARS)


def test_the_designated_members_value_needs_one_such_member() -> None:
    rng = np.random.default_rng(4)
    series = draw_series(rng, 14)
    designations = draw_designations(rng, series)
    designated = econ.find_designated(designations, YEARS)
    series.loc[~series["unit"].isin(designated), "x"] = np.nan
    spec = PairSpec((Treatment(), UnitVariable("x", "designated")), roles=("one",))
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), designated, ("one",))
    assert_same(fit_pairs(series, designations, spec), fit_rows(series, designations, spec, pairs, "auto"))
    with pytest.raises(PairError, match="without a single designated member"):
        fit_pairs(series, designations, PairSpec(spec.terms))


def test_small_tiles_and_short_runs_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(5)
    series = draw_series(rng, 16, 0.05)
    designations = draw_designations(rng, series)
    spec = PairSpec(TERMS[:6])
    whole = fit_pairs(series, designations, spec)
    for tile, run in ((3_000, 0), (3_000, 1_000), (1, 0)):
        monkeypatch.setattr("econ.pair_columns._TILE_BYTES", tile)
        monkeypatch.setattr("econ.pair_columns._SHORT_RUN", run)
        assert_same(fit_pairs(series, designations, spec), whole)


def test_terms_that_are_absorbed_or_follow_from_others_are_named() -> None:
    rng = np.random.default_rng(6)
    series = draw_series(rng, 12)
    series["fixed"] = series["unit"].astype(float) - 330_000
    series["common"] = series["period"] / 1000.0
    series["twice"] = 2 * series["x"]
    designations = draw_designations(rng, series)
    columns = ("fixed", "common", "x", "twice")
    spec = PairSpec((Treatment(), *(UnitVariable(column, "sum") for column in columns)))
    found = fit_pairs(series, designations, spec)
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), econ.find_designated(designations, YEARS))
    assert_same(found, fit_rows(series, designations, spec, pairs, "auto"))
    assert [entry.what for entry in found.dropped] == ["fixed:sum", "common:sum", "twice:sum"]
    with pytest.raises(FitError, match="no regressor is left"):
        fit_pairs(series, designations, PairSpec((UnitVariable("fixed", "sum"),)))


def test_numbers_far_from_zero_lose_nothing() -> None:
    rng = np.random.default_rng(8)
    series = draw_series(rng, 14)
    designations = draw_designations(rng, series)
    spec = PairSpec((Treatment(), UnitVariable("x", "sum"), UnitVariable("gdp")))
    plain = fit_pairs(series, designations, spec)
    series["x"] += 1e5 * (series["period"] - 2000)
    shifted = fit_pairs(series, designations, spec)
    np.testing.assert_allclose(shifted.params["estimate"], plain.params["estimate"], rtol=1e-8)
    np.testing.assert_allclose(shifted.vcov, plain.vcov, rtol=1e-7)


def test_a_known_effect_is_found() -> None:
    rng = np.random.default_rng(9)
    units = [f"{110000 + place}" for place in range(80)]
    did = np.zeros((80, 10))
    did[:20, 5:] = 1.0
    variance = 1.0 - 2 * 0.2 * did
    series = econ.simulate_series(units, list(range(2010, 2020)), variance, rng)
    designations = pd.DataFrame({"unit": units[:20], "date": "2015-02-01"})
    found = fit_pairs(series, designations, PairSpec(outcome=Synchronization(standardise="none")))
    row = found.params.iloc[0]
    assert row["conf_low"] < 0.2 < row["conf_high"]
    assert abs(row["estimate"] - 0.2) < 0.1


def test_the_estimate_says_what_it_rests_on() -> None:
    rng = np.random.default_rng(10)
    series = draw_series(rng, 12, 0.05)
    designations = draw_designations(rng, series)
    spec = PairSpec((Treatment(), TreatedScore("supply")))
    found = fit_pairs(series, designations, spec)
    assert found.spec.recipe == spec
    assert found.absorbed == ("pair", "period")
    assert found.notes[0].startswith("Leave-one-unit-out jackknife, as the pairs have 12 units")
    assert any(note.startswith("Scores are divided by their SD among") for note in found.notes)
    assert [entry.what for entry in found.dropped] == ["rows"]
    assert "missing values in value" in found.dropped[0].reason
    assert "did:supply" in found.summary()


BAD = [
    (PairSpec(()), SpecError, "one or more of Treatment"),
    (PairSpec((Treatment(), Treatment())), SpecError, "did twice"),
    (PairSpec((UnitVariable("gdp", "ratio"),)), SpecError, "'rule' parameter"),
    (PairSpec(outcome=Synchronization("rolling_correlation")), SpecError, "'measure' parameter"),
    (PairSpec(periods=(2010, 2030)), SpecError, "2008 to 2015"),
    (PairSpec(timing="sometime"), SpecError, "'timing' parameter"),
    (PairSpec((UnitVariable("nothing"),)), SeriesError, "Missing: nothing"),
    (PairSpec((UnitVariable("x"),)), PairError, "has no logarithm: 33"),
    (PairSpec((TreatedPair("distance"),)), SpecError, "no table of pairs was given"),
    (PairSpec(weights="w"), SpecError, "no table of pairs was given"),
    (PairSpec(roles=("some",)), SpecError, "'roles' parameter"),
    ({"terms": ()}, SpecError, "must be a PairSpec"),
]


@pytest.mark.parametrize(("spec", "error", "words"), BAD)
def test_specs_that_cannot_be_fitted_are_refused(spec: PairSpec, error: type[Exception], words: str) -> None:
    rng = np.random.default_rng(11)
    series = draw_series(rng, 12)
    with pytest.raises(error, match=words):
        fit_pairs(series, draw_designations(rng, series), spec)


def test_scores_must_be_there_vary_and_be_no_shares_of_a_whole() -> None:
    rng = np.random.default_rng(12)
    series = draw_series(rng, 12)
    designations = draw_designations(rng, series)
    lacking = series.assign(supply=np.nan)
    with pytest.raises(TreatmentError, match="treated unit-periods without supply: 33"):
        fit_pairs(lacking, designations, PairSpec((TreatedScore("supply"),)))
    with pytest.raises(TreatmentError, match="has no SD"):
        fit_pairs(series.assign(supply=2.0), designations, PairSpec((TreatedScore("supply"),)))
    shares = series.assign(supply=series["supply"] / 5, demand=1 - series["supply"] / 5)
    with pytest.raises(FitError, match="sum to one"):
        fit_pairs(shares, designations, PairSpec((Treatment(), TreatedScore("supply"), TreatedScore("demand"))))


def test_designations_must_name_units_as_the_series_do() -> None:
    rng = np.random.default_rng(12)
    series = draw_series(rng, 12)
    designations = draw_designations(rng, series)
    with pytest.raises(TreatmentError, match="unit codes in the designations are integers, such as"):
        fit_pairs(series, designations.astype({"unit": int}))
    with pytest.raises(TreatmentError, match="Missing: unit"):
        fit_pairs(series, designations.drop(columns="unit"))


def test_pairs_that_do_not_fit_the_series_are_refused() -> None:
    rng = np.random.default_rng(13)
    series = draw_series(rng, 12)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "half", ("one", "neither"))
    spec = PairSpec((Treatment(), TreatedPair("distance")), weights="w")
    with pytest.raises(PairError, match="no rows for the units 330100"):
        fit_pairs(series[series["unit"] != "330100"], designations, spec, pairs)
    with pytest.raises(PairError, match="unit_i must come before unit_j"):
        fit_pairs(series, designations, spec, pairs.rename(columns={"unit_i": "unit_j", "unit_j": "unit_i"}))
    with pytest.raises(TreatmentError, match="roles of pairs are not those of the designations"):
        fit_pairs(series, designations, spec, pairs.assign(role="both"))
    with pytest.raises(FitError, match="not positive"):
        fit_pairs(series, designations, spec, pairs.assign(w=0.0))
    with pytest.raises(PairError, match="distance is missing or infinite"):
        fit_pairs(series, designations, spec, pairs.assign(distance=np.nan))


@pytest.mark.parametrize("vcov", [{"cluster": "province"}, {"wild": "unit_i"}, {"jackknife": "unit_i"}, "robust"])
def test_covariances_that_need_rows_are_refused(vcov: object) -> None:
    rng = np.random.default_rng(14)
    series = draw_series(rng, 12)
    with pytest.raises(SpecError):
        fit_pairs(series, draw_designations(rng, series), vcov=vcov)


def test_auto_takes_the_dyadic_covariance_where_the_jackknife_fails() -> None:
    rng = np.random.default_rng(15)
    series = draw_series(rng, 12)
    designations = pd.DataFrame({"unit": ["330103"], "date": ["2012-05-01"]})
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), ["330103"])
    found = fit_pairs(series, designations)
    assert found.spec.vcov.kind == "dyadic"
    assert_same(found, fit_rows(series, designations, PairSpec(), pairs, "auto"))
    with pytest.raises(FitError, match="without 330103 the term 'did' is not identified"):
        found.with_vcov({"jackknife": MEMBERS})


@pytest.mark.filterwarnings(
    "ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::pandas.errors.Pandas4Warning"
)
def test_equals_pyfixest() -> None:
    pyfixest = pytest.importorskip("pyfixest")
    rng = np.random.default_rng(16)
    series = draw_series(rng, 16)
    designations = draw_designations(rng, series)
    found = fit_pairs(series, designations, PairSpec((Treatment(),)), vcov={"cluster": "pair"}, ssc="none")
    pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), econ.find_designated(designations, YEARS))
    panel = econ.assign_treatment(pairs, designations, list(YEARS))
    panel = panel.merge(econ.measure_synchronization(series), on=[*MEMBERS, "period"])
    rows = pd.DataFrame({"y": panel["synchronization"], "did": panel["treated"].astype(float)})
    rows = rows.assign(pair=pd.factorize(panel["pair_id"])[0], period=panel["period"].to_numpy())
    theirs = pyfixest.feols("y ~ did | pair + period", rows, vcov={"CRV1": "pair"})
    assert found.params["estimate"].iloc[0] == pytest.approx(float(theirs.coef().iloc[0]), abs=1e-9)
    wanted = theirs._vcov / np.ravel(theirs._ssc)[0]  # its factor may take the wrong effect for nested
    np.testing.assert_allclose(found.vcov, wanted, rtol=1e-7)


@pytest.mark.parametrize("missing", [0.0, 0.1])
def test_adjusted_r2_and_f_are_those_of_fit_panel(missing: float) -> None:
    rng = np.random.default_rng(3)
    series = draw_series(rng, 16, missing)
    designations = draw_designations(rng, series)
    pairs = draw_pairs(rng, series, econ.find_designated(designations, YEARS), "half", ("one", "neither"))
    spec = PairSpec((Treatment(), TreatedScore("supply"), UnitVariable("gdp")))
    found = fit_pairs(series, designations, spec, pairs)
    wanted = fit_rows(series, designations, spec, pairs, "auto")
    assert found.df_residual == wanted.df_residual
    assert found.r2_adjusted == pytest.approx(wanted.r2_adjusted, abs=1e-10)
    assert found.r2_within_adjusted == pytest.approx(wanted.r2_within_adjusted, abs=1e-10)
    for kind in ("wald", "conventional", "overall"):
        assert found.test_regressors(kind).statistic == pytest.approx(wanted.test_regressors(kind).statistic, rel=1e-8)
