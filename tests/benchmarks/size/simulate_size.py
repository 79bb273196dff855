"""Measure the size of tests of did under a true null: ``python tests/benchmarks/size/simulate_size.py [DRAWS]``.

Each draw makes a study of the anchor's shape in which the policy does nothing: pairs with exactly one designated city
or none, the upper half by gravity, staggered dates, ten years, and an outcome in which pairs that share a city share
that city's shocks, of one year or lasting (an autoregression of first order). `econ.fit_panel` absorbs pairs and
years; each covariance tests did = 0 at 5 %. Prints the share of rejections with its Monte-Carlo interval by number of
cities and persistence, and with ``--figure PATH`` draws them, with ``--csv PATH`` writes them.
"""

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import econ

YEARS = range(2010, 2020)
LEVEL = 0.05
MEMBERS = ("unit_i", "unit_j")
COVARIANCES: dict[str, Any] = {
    "default": "auto",
    "dyadic": {"dyadic": MEMBERS},
    "two-way": {"twoway": MEMBERS},
    "by pair": {"cluster": "pair_id"},
}
PERSISTENCES = (0.0, 0.5)
PAIR_NOISE = 0.5
"""Standard deviation of what a pair does not share, where that of a city's shocks is 1."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How many cities a study has, and how many of them become designated on which day."""

    n_units: int
    batches: dict[str, int]

    @property
    def n_designated(self) -> int:
        """The cities designated at any time."""
        return sum(self.batches.values())


SHAPES = (
    Shape(40, {"2015-03-07": 1, "2016-01-12": 3, "2018-07-24": 4, "2019-12-15": 4}),
    Shape(254, {"2015-03-07": 1, "2016-01-12": 12, "2018-07-24": 21, "2019-12-15": 21}),
)


@dataclass(frozen=True, slots=True)
class Size:
    """How often a covariance rejected a true null.

    ``low`` and ``high`` are the ends of Wilson's interval at 95 %.
    """

    units: int
    designated: int
    persistence: float
    covariance: str
    draws: int
    rejected: float
    low: float
    high: float


def reject(task: tuple[Shape, float, int]) -> dict[str, bool]:
    """Return which covariances reject did = 0 in one made study."""
    shape, persistence, seed = task
    panel = make_panel(shape, persistence, np.random.default_rng(seed))
    fit = econ.fit_panel(panel, "y", ["treated"], ["pair", "period"], COVARIANCES["by pair"])
    rejected = {}
    for name, vcov in COVARIANCES.items():
        estimate = fit.with_vcov(vcov)
        label = f"default: {estimate.spec.vcov.kind}" if vcov == "auto" else name
        rejected[label] = bool(estimate.params["p_value"].iloc[0] < LEVEL)
    return rejected


def make_panel(shape: Shape, persistence: float, rng: np.random.Generator) -> pd.DataFrame:
    """Return the rows of a study in which the policy does nothing."""
    names = [f"{110000 + 100 * place}" for place in range(shape.n_units)]
    sizes = {column: rng.lognormal(5, 1, shape.n_units) for column in ("population", "gdp", "area")}
    places = {"longitude": rng.uniform(80, 130, shape.n_units), "latitude": rng.uniform(20, 50, shape.n_units)}
    units = pd.DataFrame({"unit": names, **sizes, **places, "rank": rng.integers(1, 5, shape.n_units)})
    dates = [date for date, count in shape.batches.items() for _ in range(count)]
    designated = rng.permutation(names)[: shape.n_designated]
    designations = pd.DataFrame({"unit": designated, "date": dates})
    pairs = econ.form_pairs(units, econ.find_designated(designations, YEARS), gravity="anchor", keep="upper_half")
    panel = econ.assign_treatment(pairs, designations, YEARS)
    shocks = draw_shocks(shape.n_units, persistence, rng)
    of_unit = {name: at for at, name in enumerate(names)}
    first, second = (panel[member].map(of_unit).to_numpy() for member in MEMBERS)
    year = panel["period"].to_numpy() - YEARS[0]
    noise = rng.normal(scale=PAIR_NOISE, size=len(panel))
    return panel.assign(y=shocks[first, year] + shocks[second, year] + noise)


def draw_shocks(n_units: int, persistence: float, rng: np.random.Generator) -> np.ndarray:
    """Return stationary shocks of variance 1: cities × years."""
    fresh = rng.normal(size=(n_units, len(YEARS)))
    shocks = fresh.copy()
    for year in range(1, len(YEARS)):
        shocks[:, year] = persistence * shocks[:, year - 1] + np.sqrt(1 - persistence**2) * fresh[:, year]
    return shocks


def measure_sizes(draws: int, workers: int) -> Iterator[Size]:
    """Yield the size of every covariance in every shape."""
    with Pool(workers) as pool:
        for shape in SHAPES:
            for persistence in PERSISTENCES:
                tasks = [(shape, persistence, seed) for seed in range(draws)]
                table = pd.DataFrame(pool.map(reject, tasks, chunksize=5))
                for name, rejected in table.mean().items():
                    low, high = find_interval(float(rejected), draws)
                    cell = (shape.n_units, shape.n_designated, persistence, str(name), draws)
                    yield Size(*cell, float(rejected), low, high)


def find_interval(share: float, draws: int) -> tuple[float, float]:
    """Return the ends of Wilson's interval at 95 % of a share."""
    z = 1.959964
    middle = (share + z**2 / (2 * draws)) / (1 + z**2 / draws)
    half = z / (1 + z**2 / draws) * np.sqrt(share * (1 - share) / draws + z**2 / (4 * draws**2))
    return middle - half, middle + half


def draw_figure(sizes: list[Size], path: Path) -> None:
    """Draw the shares with their intervals, a panel for each number of cities, on a logarithmic axis."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(SHAPES), figsize=(8, 3.2), sharey=True, layout="constrained")
    for shape, axis in zip(SHAPES, axes, strict=True):
        axis.axvspan(0.03, 0.075, color="0.9")
        axis.axvline(LEVEL, color="0.4", linewidth=0.8, linestyle="--")
        for offset, persistence, marker, filled in ((-0.14, 0.0, "o", True), (0.14, 0.5, "s", False)):
            shown = [one for one in sizes if one.units == shape.n_units and one.persistence == persistence]
            shares = np.array([one.rejected for one in shown])
            ends = np.array([[one.rejected - one.low, one.high - one.rejected] for one in shown]).T
            label = "shocks of one year" if persistence == 0 else f"shocks that last (AR {persistence:g})"
            places = np.arange(len(shown)) + offset
            face = "black" if filled else "white"
            axis.errorbar(
                shares, places, xerr=np.abs(ends), fmt=marker, color="black", mfc=face, ms=5, capsize=2, label=label
            )
        axis.set(xscale="log", xlim=(0.015, 1), title=f"{shape.n_units} cities, {shape.n_designated} designated")
        axis.set_xticks([0.02, 0.05, 0.1, 0.2, 0.5, 1], ["2 %", "5 %", "10 %", "20 %", "50 %", "100 %"])
        axis.minorticks_off()
        axis.set_xlabel("true nulls rejected at 5 %")
        axis.spines[["top", "right"]].set_visible(False)
    axes[0].set_yticks(
        range(len(COVARIANCES)), list(dict.fromkeys(one.covariance for one in sizes))[: len(COVARIANCES)]
    )
    axes[0].invert_yaxis()
    axes[-1].legend(frameon=False, fontsize=8, loc="upper right")
    figure.savefig(path, dpi=200)


def main() -> None:
    """Print, write and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("draws", type=int, nargs="?", default=500)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--figure", type=Path)
    options = parser.parse_args()
    sizes = []
    for size in measure_sizes(options.draws, options.workers):
        sizes.append(size)
        print(
            f"{size.units:4} cities, {size.designated:3} designated, persistence {size.persistence:.1f}  "
            f"{size.covariance:10}{size.rejected:7.3f} [{size.low:.3f}, {size.high:.3f}]",
            flush=True,
        )
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(asdict(sizes[0])), lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(size) for size in sizes)
    if options.figure:
        draw_figure(sizes, options.figure)


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("Set OPENBLAS_NUM_THREADS=1: threads inside the workers would stand in each other's way.")
    main()
