"""Make ``corpus/outcomes/``: city series whose pairs respond to the sample's own scores by a known amount.

``python tests/corpus/simulate_outcomes.py`` writes series.csv, units.csv, designations.csv and truth.csv: same scores,
same bytes. The design stands in :mod:`econ.simulate`; what is real and what is invented in
``corpus/outcomes/README.md``.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

import textq
from econ.intensities import interact_scores
from econ.pairs import form_pairs
from econ.simulate import compute_variance, simulate_series
from econ.treatment import assign_treatment
from textq.lexicon.places import builtin_gazetteer, builtin_zones

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
OUTCOMES = ROOT / "corpus" / "outcomes"
CITIES = Path(__file__).with_name("cities.csv")

PERIODS = tuple(range(2010, 2023))
INSTRUMENTS = ("supply", "environment", "demand")
EFFECTS = {"did": 0.30, "did:supply": 0.05, "did:environment": 0.0, "did:demand": -0.08}
"""β, in units of ρ: of designation, and of one clause in force."""

SEED = 20150307
"""Of the series in the repository; checks use 1, 2, 3, …"""

N_SEEDS = 2_000
"""Of the population values of the default recipe: the seeds 1, …, 2,000."""

CLIP = 1e-6
"""Of the default recipe."""

DESIGN_SEED = 1
"""Of what all seeds share: variances and means of the cities, and the invented columns of units.csv."""

PERSISTENCE = 0.3
GROWTH = (10.5, 9.6, 8.1, 7.9, 7.4, 7.0, 6.8, 6.9, 6.7, 6.1, 2.4, 8.3, 3.1)
"""The path common to all cities, 2010–2022, in percent; it cancels out of every pair."""

BASE_VARIANCE = (0.6, 0.9)
"""From which the variance of a city's growth is drawn, in squared percentage points …"""

ZONE_VARIANCE = 0.7
"""… and how much larger it is, in all years, where a zone comes: room for the effects, which take variance away."""

RESTLESS = {2019: 0.1, 2020: 0.3, 2021: 0.2, 2022: 0.1}
"""What these years add to the variance of every city."""

SIZES = {  # population (10,000), gdp per head (10,000 yuan), area (km²): medians of the invented values, by rank
    "county": (80.0, 9.0, 1_100.0),
    "zone of rank 1": (650.0, 8.0, 7_000.0),
    "1": (350.0, 4.5, 11_000.0),
    "2": (600.0, 6.0, 10_000.0),
    "3": (850.0, 8.0, 11_000.0),
    "4": (2_000.0, 8.5, 14_000.0),
}
DECIMALS = 6
"""Of the growth rates; all other invented numbers have fewer."""


@dataclass(frozen=True)
class Design:
    """What all seeds share; arrays are units by periods (by terms)."""

    units: tuple[str, ...]
    regressors: NDArray[np.float64]
    variance: NDArray[np.float64]
    unit_means: NDArray[np.float64]


def read_stocks(scores: pd.DataFrame) -> pd.DataFrame:
    """Return the clauses in force: unit, period, and a column for each instrument, covered city-years alone."""
    wide = scores.pivot(index=["unit", "period"], columns="instrument", values="stock")
    return wide[list(INSTRUMENTS)].astype(float).reset_index()


def cut_designations(units: Sequence[str]) -> pd.DataFrame:
    """Return the rows of the roster of pilot zones for ``units``, by day and unit."""
    zones = [zone for zone in builtin_zones() if zone.unit in units and zone.approved_on]
    columns = ("unit", "name", "approved_on", "batch", "number")
    rows = [[getattr(zone, column) for column in columns] for zone in zones if zone.approved_on.year in PERIODS]
    table = pd.DataFrame(rows, columns=columns).sort_values(["approved_on", "unit"], ignore_index=True)
    return table.assign(approved_on=table["approved_on"].astype(str))


def mark_treated(units: Sequence[str], designations: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which city-years are at or after the year of approval, (n, T)."""
    starts = designations.set_index("unit")["approved_on"].str[:4].astype(int).reindex(list(units), fill_value=9999)
    return np.asarray(PERIODS) >= starts.to_numpy()[:, None]


def build_regressors(units: Sequence[str], designations: pd.DataFrame, stocks: pd.DataFrame) -> NDArray[np.float64]:
    """Return did and did × S of every city-year, (n, T, 4): did = 1 from the year of approval."""
    did = mark_treated(units, designations)
    grid = pd.MultiIndex.from_product([units, PERIODS], names=["unit", "period"])
    found = stocks.set_index(["unit", "period"]).reindex(grid)[list(INSTRUMENTS)].to_numpy()
    values = found.reshape(len(units), len(PERIODS), len(INSTRUMENTS))
    if np.isnan(values[did]).any():
        raise SystemExit("a designated city-year lies outside the coverage of the sample: see corpus/coverage.csv")
    return np.concatenate([did[:, :, None], np.where(did[:, :, None], values, 0.0)], axis=2).astype(float)


def make_design(scores: pd.DataFrame) -> Design:
    """Return the design that belongs to these scores."""
    units = tuple(read_cities()["unit"])
    regressors = build_regressors(units, cut_designations(units), read_stocks(scores))
    rng = np.random.default_rng([DESIGN_SEED, 0])
    variance = compute_variance(
        regressors,
        np.array(list(EFFECTS.values())),
        unit_variance=rng.uniform(*BASE_VARIANCE, len(units)).round(3) + ZONE_VARIANCE * regressors[:, -1, 0],
        period_variance=np.array([RESTLESS.get(period, 0.0) for period in PERIODS]),
    )
    return Design(units, regressors, variance, rng.normal(0.0, 0.2, len(units)).round(3))


def draw_series(design: Design, seed: int) -> pd.DataFrame:
    """Return unit, period, value for one seed."""
    return simulate_series(
        design.units,
        PERIODS,
        design.variance,
        np.random.default_rng(seed),
        unit_means=design.unit_means,
        period_means=np.array(GROWTH),
        persistence=PERSISTENCE,
    )


def read_cities() -> pd.DataFrame:
    """Return unit, name, rank, longitude, latitude of the cities of the sample."""
    return pd.read_csv(CITIES, dtype={"unit": str})


def make_units(designations: pd.DataFrame) -> pd.DataFrame:
    """Return units.csv: facts of ``cities.csv``, and invented sizes that grow along the common path.

    Sizes are no outcome of the series, so that the choice of pairs is the same for every seed. Designated cities
    grow one point a year faster once designated: gravity from all years chooses other pairs than from early ones.
    """
    cities = read_cities()
    place = builtin_gazetteer()
    is_zone = cities["unit"].isin(designations["unit"])
    medians = np.array(list(map(_find_medians, cities["unit"], cities["rank"], is_zone)))
    rng = np.random.default_rng([DESIGN_SEED, 1])
    population, per_head, area = (medians * np.exp(rng.normal(0.0, (0.3, 0.2, 0.3), medians.shape))).T
    rates = np.array([0.0, *GROWTH[1:]]) / 100 + 0.01 * mark_treated(cities["unit"], designations)
    people = population[:, None] * np.cumprod(np.r_[1.0, np.full(len(PERIODS) - 1, 1.004)])
    gdp = (population * per_head)[:, None] * np.cumprod(1.0 + rates, axis=1)
    table = cities.loc[cities.index.repeat(len(PERIODS))].reset_index(drop=True)
    return table.assign(
        province=[place.province_of(unit).code for unit in table["unit"]],
        year=np.tile(PERIODS, len(cities)),
        population=people.ravel().round(1),
        gdp=gdp.ravel().round(1),
        area=np.repeat(area.round(-1).astype(int), len(PERIODS)),
    )[["unit", "name", "province", "year", "population", "gdp", "area", "rank", "longitude", "latitude"]]


def _find_medians(unit: str, rank: int, is_zone: bool) -> tuple[float, float, float]:
    if builtin_gazetteer().level_of(unit) == "county":
        return SIZES["county"]
    return SIZES["zone of rank 1" if is_zone and rank == 1 else str(rank)]


def make_series(design: Design, seed: int = SEED) -> pd.DataFrame:
    """Return series.csv."""
    drawn = draw_series(design, seed)
    names = drawn["unit"].map(read_cities().set_index("unit")["name"])
    columns = {"unit": drawn["unit"], "name": names, "year": drawn["period"], "gdp_growth": drawn["value"]}
    return pd.DataFrame(columns).round({"gdp_growth": DECIMALS})


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 with mark, LF, so that a spreadsheet shows the names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table.to_csv(index=False, lineterminator="\n").encode("utf-8-sig"))


def build_pair_panel(scores: pd.DataFrame, units: pd.DataFrame, scale: str) -> pd.DataFrame:
    """Return the pair panel of both studies, with did and did × S; every pair has all periods, in order."""
    designations = cut_designations(tuple(units["unit"].unique())).rename(columns={"approved_on": "date"})
    first = int(designations["date"].min()[:4])
    pairs = form_pairs(
        units, designations["unit"], gravity="anchor", keep="upper_half", gravity_years=range(PERIODS[0], first)
    )
    panel = assign_treatment(pairs, designations, PERIODS)
    return interact_scores(panel, read_stocks(scores), INSTRUMENTS, scale=scale).panel


def apply_default_recipe(values: NDArray[np.float64], members: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return ½ ln[(1 + ρ/(2T − 3)) / (1 − ρ)], (pairs, T), of series (n, T), each standardised over the window."""
    z = (values - values.mean(axis=1, keepdims=True)) / values.std(axis=1, keepdims=True)
    reach = 2 * values.shape[1] - 3
    rho = np.clip(1 - (z[members[0]] - z[members[1]]) ** 2 / 2, -reach + CLIP, 1 - CLIP)
    return np.log((1 + rho / reach) / (1 - rho)) / 2


def find_population_values(design: Design, panel: pd.DataFrame, n_seeds: int) -> NDArray[np.float64]:
    """Return the estimates of the default recipe for the seeds 1, …, n, (n, 4): least squares written out."""
    shape = (-1, len(PERIODS), len(EFFECTS))
    within = panel[list(EFFECTS)].to_numpy().reshape(shape)
    within = within - within.mean(axis=1, keepdims=True)
    within = (within - within.mean(axis=0)).reshape(-1, len(EFFECTS))
    weights = np.linalg.solve(within.T @ within, within.T)
    pairs = panel.drop_duplicates("pair_id")
    members = np.array([pd.Index(design.units).get_indexer(pairs[member]) for member in ("unit_i", "unit_j")])
    estimates = []
    for seed in range(1, n_seeds + 1):
        values = draw_series(design, seed)["value"].to_numpy().reshape(design.variance.shape)
        estimates.append(weights @ apply_default_recipe(values, members).ravel())
    return np.array(estimates)


def make_truth(scores: pd.DataFrame, units: pd.DataFrame, n_seeds: int = N_SEEDS) -> pd.DataFrame:
    """Return truth.csv: the effects that were put in, and the population values of the default recipe."""
    certified = pd.DataFrame({"study": "certified", "term": EFFECTS.keys(), "value": EFFECTS.values(), "mc_error": 0.0})
    drawn = find_population_values(make_design(scores), build_pair_panel(scores, units, "sd"), n_seeds)
    errors = drawn.std(axis=0, ddof=1) / np.sqrt(n_seeds)
    default = pd.DataFrame(
        {"study": "default", "term": EFFECTS.keys(), "value": drawn.mean(axis=0), "mc_error": errors}
    )
    return pd.concat([certified.assign(n_seeds=0), default.assign(n_seeds=n_seeds)]).round({"value": 5, "mc_error": 5})


def make_tables(scores: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return the tables of ``corpus/outcomes/`` by file."""
    designations = cut_designations(tuple(read_cities()["unit"]))
    units = make_units(designations)
    return {
        "series.csv": make_series(make_design(scores)),
        "units.csv": units,
        "designations.csv": designations,
        "truth.csv": make_truth(scores, units),
    }


def score_sample() -> pd.DataFrame:
    """Return the scores of the sample corpus."""
    with tempfile.TemporaryDirectory() as folder:
        return textq.score(ROOT / "corpus", out=folder).scores


def main() -> None:
    """Write the tables."""
    for file, table in make_tables(score_sample()).items():
        write_table(table, OUTCOMES / file)
        print(f"{file}: {len(table)} rows")


if __name__ == "__main__":
    main()
