"""From the sample's documents to estimates whose truth is known: files, studies, bias and coverage.

``pytest -m full -s tests/journeys/test_sample_study.py`` prints the table of 200 seeds.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import textq
from econ.estimate import Estimate
from econ.pairs import form_pairs
from econ.panel import fit_panel
from econ.simulate import expect_synchronization
from econ.synchronization import measure_synchronization
from tests.corpus import simulate_outcomes as simulation
from textq.lexicon.places import builtin_gazetteer, builtin_zones
from textq.pipeline.estimates import StudyResult, estimate

MEMBERS = ("unit_i", "unit_j")
RECIPES = {
    "certified": {"scale": "none", "options": {"standardise": "none"}},
    "default": {"scale": "sd", "options": {"transform": "cerqueira", "clip": 1e-6}},
}
STUDIES = {"certified": "study.toml", "default": "study-default.toml"}
COVARIANCES = {"jackknife": "auto", "dyadic": {"dyadic": MEMBERS}, "pair": {"cluster": "pair_id"}}
BAND = (0.91, 0.985)
"""For the coverage of 95 % intervals over 200 seeds; jackknives lean to the conservative side."""


TERMS = list(simulation.EFFECTS)
each_study = pytest.mark.parametrize("study", RECIPES)


def read_table(name: str) -> pd.DataFrame:
    return pd.read_csv(simulation.OUTCOMES / name, dtype={"unit": str, "province": str}, encoding="utf-8-sig")


def read_truth(study: str) -> pd.DataFrame:
    return read_table("truth.csv").query("study == @study").set_index("term").loc[TERMS]


@pytest.fixture(scope="module")
def design(sample_run: textq.Run):
    return simulation.make_design(sample_run.scores)


@pytest.fixture(scope="module")
def panels(sample_run: textq.Run) -> dict[str, pd.DataFrame]:
    """The pair panels of both studies, without an outcome."""
    units = read_table("units.csv")
    return {
        study: simulation.build_pair_panel(sample_run.scores, units, recipe["scale"])
        for study, recipe in RECIPES.items()
    }


@pytest.fixture(scope="module")
def results(sample_run: textq.Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, StudyResult]:
    """Both studies, as a user runs them."""
    out = tmp_path_factory.mktemp("estimates")
    settings = [f"scores.run={sample_run.run_dir.as_posix()}"]
    return {
        study: estimate(simulation.ROOT / "corpus" / file, out=out, settings=settings)
        for study, file in STUDIES.items()
    }


def fit_seed(design, panel: pd.DataFrame, seed: int, study: str, vcov: object = "iid") -> Estimate:
    """Fit one draw of the series with econ's public functions."""
    series = simulation.draw_series(design, seed)
    outcome = measure_synchronization(series, **RECIPES[study]["options"])
    frame = panel.merge(outcome, on=[*MEMBERS, "period"], validate="one_to_one")
    assert len(frame) == len(panel)
    return fit_panel(frame, "synchronization", TERMS, ["pair", "period"], vcov=vcov)


def estimates_of(fit: Estimate) -> np.ndarray:
    return fit.params.set_index("term").loc[TERMS, "estimate"].to_numpy()


# The files


@pytest.mark.parametrize("file", ["series.csv", "units.csv", "designations.csv"])
def test_the_script_makes_the_files_that_are_there(sample_run: textq.Run, file: str, tmp_path: Path) -> None:
    units = simulation.read_cities()["unit"]
    designations = simulation.cut_designations(tuple(units))
    table = {
        "series.csv": lambda: simulation.make_series(simulation.make_design(sample_run.scores)),
        "units.csv": lambda: simulation.make_units(designations),
        "designations.csv": lambda: designations,
    }[file]()
    simulation.write_table(table, tmp_path / file)

    assert (tmp_path / file).read_bytes() == (simulation.OUTCOMES / file).read_bytes(), (
        "the scores of the sample, or the design, have changed: run tests/corpus/simulate_outcomes.py"
    )


def test_outcomes_never_become_documents(sample_run: textq.Run) -> None:
    paths = sample_run.documents.set_index("path")["status"]

    for file in (
        "study.toml",
        "study-default.toml",
        *(f"outcomes/{path.name}" for path in simulation.OUTCOMES.iterdir()),
    ):
        assert paths[file] == "ignored"


def test_the_sample_is_large_enough(sample_run: textq.Run) -> None:
    units, designations = read_table("units.csv"), read_table("designations.csv")
    never = set(units["unit"]) - set(designations["unit"])

    assert units["unit"].nunique() >= 80
    assert units["year"].nunique() >= 10
    assert len(never) >= 50
    assert set(designations["unit"]) == set(sample_run.scores["unit"])


def test_designations_are_rows_of_the_roster_and_no_other_city_is_a_zone() -> None:
    designations = read_table("designations.csv")
    zones = {zone.unit: zone for zone in builtin_zones()}
    involved = zones.keys() | {zone.parent for zone in zones.values()}

    for row in designations.itertuples():
        zone = zones[row.unit]
        assert (row.name, row.approved_on, row.batch, row.number) == (
            zone.name, str(zone.approved_on), zone.batch, zone.number,
        )  # fmt: skip
    assert not (set(read_table("units.csv")["unit"]) - set(designations["unit"])) & involved


def test_names_provinces_and_ranks_of_cities_are_facts() -> None:
    units, places = read_table("units.csv").drop_duplicates("unit"), builtin_gazetteer()
    by_rank = units.groupby("rank")["name"].apply(set)

    for row in units.itertuples():
        assert places.place_of(row.unit).name == row.name
        assert places.province_of(row.unit).code == row.province
    assert by_rank[4] == {"北京市", "天津市", "上海市", "重庆市"}
    assert by_rank[3] >= {"广州市", "武汉市", "哈尔滨市", "大连市", "青岛市", "宁波市", "厦门市", "深圳市"}
    assert by_rank[2] >= {"合肥市", "郑州市", "昆明市"}
    assert units["longitude"].between(73, 136).all()
    assert units["latitude"].between(18, 54).all()


def test_cities_without_a_zone_are_the_first_three_of_each_province() -> None:
    places = pd.read_csv(
        simulation.ROOT / "lexicons" / "places" / "jurisdictions.csv", dtype=str, keep_default_na=False
    )
    involved = {code for zone in builtin_zones() for code in (zone.unit, zone.parent)}
    open_cities = places.query("level == 'prefecture' and valid_to == '' and name.str.endswith('市')")
    left = open_cities[
        ~open_cities["code"].isin(involved) & ~open_cities["parent"].isin(["460000", "540000", "650000"])
    ]
    chosen = left.sort_values("code").groupby("parent")["code"].head(3)

    assert set(chosen) == set(read_table("units.csv")["unit"]) - set(read_table("designations.csv")["unit"])


# The truth


def test_expected_synchronization_has_exactly_the_effects(design, panels: dict[str, pd.DataFrame]) -> None:
    panel = panels["certified"]
    pairs = panel.drop_duplicates("pair_id")
    members = [pd.Index(design.units).get_indexer(pairs[member]) for member in MEMBERS]
    expected = expect_synchronization(design.variance, *members, unit_means=design.unit_means)
    fit = fit_panel(panel.assign(expected=expected.ravel()), "expected", TERMS, ["pair", "period"], vcov="iid")

    np.testing.assert_allclose(estimates_of(fit), list(simulation.EFFECTS.values()), atol=1e-10)
    np.testing.assert_allclose(read_truth("certified")["value"], list(simulation.EFFECTS.values()))


def test_population_values_rest_on_the_recipe_that_econ_fits(design, panels: dict[str, pd.DataFrame]) -> None:
    by_hand = simulation.find_population_values(design, panels["default"], 2)
    fitted = [estimates_of(fit_seed(design, panels["default"], seed, "default")) for seed in (1, 2)]

    np.testing.assert_allclose(by_hand, fitted, atol=1e-9)


@each_study
def test_twenty_seeds_are_not_far_from_the_truth(design, panels: dict[str, pd.DataFrame], study: str) -> None:
    drawn = np.array([estimates_of(fit_seed(design, panels[study], 5_000 + seed, study)) for seed in range(20)])
    distance = (drawn.mean(axis=0) - read_truth(study)["value"]) / (drawn.std(axis=0, ddof=1) / np.sqrt(20))

    assert np.abs(distance).max() < 4.5


@each_study
def test_the_study_covers_its_truth(results: dict[str, StudyResult], study: str) -> None:
    params = results[study].headline.params.set_index("term").loc[TERMS]
    truth = read_truth(study)["value"]

    assert ((params["conf_low"] < truth) & (truth < params["conf_high"])).all()
    assert results[study].headline.spec.vcov.kind == "jackknife"


def test_what_the_readme_says_of_the_stored_series(results: dict[str, StudyResult]) -> None:
    certified = results["certified"]

    missed = ~covers(certified.covariances["pair"], read_truth("certified")["value"])
    assert missed.tolist() == [False, False, True, False]
    assert (len(certified.panel.treated_zero), len(certified.panel.intensities)) == (15, 209)


@each_study
def test_the_study_fits_the_rows_that_the_simulation_means(
    results: dict[str, StudyResult], panels: dict[str, pd.DataFrame], study: str
) -> None:
    key = [*MEMBERS, "period"]
    ours, theirs = (
        frame.astype(dict.fromkeys(MEMBERS, str)).sort_values(key, ignore_index=True)[[*key, *TERMS]]
        for frame in (panels[study], results[study].panel.panel)
    )

    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False)


def test_later_years_would_choose_other_pairs(panels: dict[str, pd.DataFrame]) -> None:
    designated = read_table("designations.csv")["unit"]
    later = form_pairs(
        read_table("units.csv"), designated, gravity="anchor", keep="upper_half", gravity_years=simulation.PERIODS
    )

    assert set(zip(later["unit_i"], later["unit_j"], strict=True)) != set(
        panels["certified"][list(MEMBERS)].itertuples(index=False, name=None)
    )


@pytest.mark.full
def test_truth_is_what_two_thousand_seeds_give(sample_run: textq.Run) -> None:
    made = simulation.make_truth(sample_run.scores, read_table("units.csv")).reset_index(drop=True)

    pd.testing.assert_frame_equal(made, read_table("truth.csv"), check_dtype=False, atol=2e-5, rtol=0)


@pytest.mark.full
@each_study
def test_two_hundred_seeds_are_unbiased_and_covered(design, panels: dict[str, pd.DataFrame], study: str) -> None:
    truth = read_truth(study)
    drawn, covered = [], []
    for seed in range(10_001, 10_201):
        fit = fit_seed(design, panels[study], seed, study, "auto")
        drawn.append(estimates_of(fit))
        covered.append([covers(fit.with_vcov(vcov), truth["value"]) for vcov in COVARIANCES.values()])
    table = summarize_seeds(np.array(drawn), np.array(covered), truth)
    print(f"\n{study}, {len(drawn)} seeds\n{table.round(4).to_string()}")

    assert (table["distance"].abs() < 3).all()
    assert table["jackknife"].between(*BAND).all()
    assert (table["pair"] < table["jackknife"]).all()


def covers(fit: Estimate, truth: pd.Series) -> np.ndarray:
    params = fit.params.set_index("term").loc[TERMS]
    return ((params["conf_low"] <= truth) & (truth <= params["conf_high"])).to_numpy()


def summarize_seeds(drawn: np.ndarray, covered: np.ndarray, truth: pd.DataFrame) -> pd.DataFrame:
    """Return truth, mean, SD, distance in Monte-Carlo errors (of both), and coverage by covariance, one row a term."""
    error = np.hypot(drawn.std(axis=0, ddof=1) / np.sqrt(len(drawn)), truth["mc_error"])
    columns = {"truth": truth["value"], "mean": drawn.mean(axis=0), "sd": drawn.std(axis=0, ddof=1)}
    table = pd.DataFrame(columns, index=truth.index)
    table["distance"] = (table["mean"] - table["truth"]) / error
    return table.assign(**{name: covered.mean(axis=0)[at] for at, name in enumerate(COVARIANCES)})
