"""Measure bias and coverage of regressions on coded intensities: ``simulate_coverage.py [REPLICATIONS]``.

Each replication makes a study whose true codes are known: clauses are miscoded with a confusion matrix that is uneven
over classes, the outcome depends on the true counts, an audit of some hundred clauses estimates the matrix, and
`econ.fit_coded` fits the equation naively and corrected. Cells:

* ``units 85``, ``units 70``: shares in 100 units × 10 years, unit and year effects, 85 % (70 %) of clauses coded right,
  an audit of 500 (1,000), clustered by unit;
* ``pairs``: the sum of both members' shares, 40 units × 8 years, all pairs, pair and year effects, jackknife;
* ``designated``: the shape of a study of policies: 254 cities, 55 designated in four cohorts, documents in designated
  city-years alone, stocks that keep the errors of earlier years, did and did × stock on the upper half, by gravity, of
  the pairs with one designated city or none, pair and year effects, jackknife.

Prints a Markdown table and writes it with ``--markdown PATH``, and as numbers with ``--csv PATH``.
"""

import argparse
import csv
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import Pool
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

import econ

FloatArray = NDArray[np.float64]

CLASSES = ("supply", "demand", "environment", "none")
EFFECTS = (1.0, -0.5, 0.5)
"""Of the first three classes on the outcome."""
DID = 0.3
"""Of being designated, whatever the policies say."""

_LEANINGS = np.array([[0, 0.5, 0.3, 0.4], [0.5, 0, 0.3, 0.3], [0.2, 0.3, 0, 0.3], [0.3, 0.2, 0.4, 0]])
_UNEVEN = np.array([0.03, -0.03, 0.02, -0.02])


@dataclass(frozen=True, slots=True)
class Study:
    """A study with known truth.

    Attributes
    ----------
    frame
        Rows of the equation.
    counts : (D, K)
        Clauses of each document as coded.
    joint : (K, K)
        Clauses of all documents, true × predicted, of which the audit is drawn.
    map
        Rows × documents.
    truth
        Coefficient by term.
    arguments
        Of ``econ.fit_coded``, beside these.
    """

    frame: pd.DataFrame
    counts: FloatArray
    joint: NDArray[np.int64]
    map: Any
    truth: dict[str, float]
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    """A kind of study, how well its clauses are coded, and how many are audited."""

    name: str
    make: Callable[[np.random.Generator, float], Study]
    accuracy: float
    n_gold: int
    by_predicted: bool


@dataclass(frozen=True, slots=True)
class Row:
    """What the replications of a cell say of a term.

    Attributes
    ----------
    bias, mc_error
        Of the corrected coefficient: mean less truth, and its Monte-Carlo standard error.
    sd, se
        Standard deviation of the corrected coefficient, and the mean of its standard error.
    lambda_min
        Median.
    """

    cell: str
    term: str
    replications: int
    truth: float
    naive_bias: float
    naive_coverage: float
    bias: float
    mc_error: float
    sd: float
    se: float
    coverage: float
    lambda_min: float


def make_confusion(accuracy: float) -> FloatArray:
    """Return P[predicted, true], uneven over classes."""
    right = accuracy + _UNEVEN
    return np.asarray(np.diag(right) + _LEANINGS / _LEANINGS.sum(axis=0) * (1 - right))


def draw_shares(rng: np.random.Generator, n_units: int, n_periods: int, spread: float = 1.0) -> FloatArray:
    """Return intensities of the classes, units × periods × classes, with lasting differences and a common drift."""
    lasting = rng.normal(0, 0.6 * spread, (n_units, 1, len(CLASSES)))
    drift = np.linspace(0, 0.6, n_periods)[None, :, None] * rng.normal(0, 1, (1, 1, len(CLASSES)))
    shares = np.exp(lasting + drift + rng.normal(0, 0.45 * spread, (n_units, n_periods, len(CLASSES))))
    return np.asarray(shares / shares.sum(axis=2, keepdims=True))


def draw_documents(
    rng: np.random.Generator, shares: FloatArray, accuracy: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the true counts of documents with these intensities (D, K), the coded ones, and true × predicted."""
    sizes = np.clip(np.exp(rng.normal(np.log(90), 0.7, len(shares))), 20, 400).astype(np.int64)
    true = rng.multinomial(sizes, shares)
    confusion = make_confusion(accuracy)
    coded = np.stack([rng.multinomial(true[:, place], confusion[:, place]) for place in range(len(CLASSES))], axis=1)
    return true, coded.sum(axis=1), coded.sum(axis=0)


def draw_shocks(rng: np.random.Generator, n_units: int, n_periods: int, size: float) -> FloatArray:
    """Return shocks that last (an autoregression of .5), units × periods."""
    shocks = rng.normal(0, size, (n_units, n_periods))
    for period in range(1, n_periods):
        shocks[:, period] = 0.5 * shocks[:, period - 1] + np.sqrt(0.75) * shocks[:, period]
    return shocks


def make_units(rng: np.random.Generator, accuracy: float) -> Study:
    """Return shares in 100 units × 10 years."""
    n_units, n_periods = 100, 10
    true, coded, joint = draw_documents(rng, draw_shares(rng, n_units, n_periods).reshape(-1, len(CLASSES)), accuracy)
    shares = (true / true.sum(axis=1, keepdims=True))[:, :3]
    fixed = rng.normal(0, 0.3, (n_units, 1)) + rng.normal(0, 0.2, (1, n_periods))
    outcome = shares @ EFFECTS + (fixed + draw_shocks(rng, n_units, n_periods, 0.05)).ravel()
    frame = pd.DataFrame(
        {"unit": np.repeat(range(n_units), n_periods), "year": np.tile(range(n_periods), n_units), "y": outcome}
    )
    arguments = {"absorb": ["unit", "year"], "vcov": {"cluster": "unit"}}
    return Study(frame, coded.astype(float), joint, None, dict(zip(CLASSES, EFFECTS, strict=False)), arguments)


def make_pairs(rng: np.random.Generator, accuracy: float) -> Study:
    """Return the sums of both members' shares, over all pairs of 40 units, in 8 years."""
    n_units, n_periods = 40, 8
    true, coded, joint = draw_documents(rng, draw_shares(rng, n_units, n_periods).reshape(-1, len(CLASSES)), accuracy)
    frame, first, second, year = cross_pairs(*np.triu_indices(n_units, 1), n_periods)
    rows = np.arange(len(frame))
    documents = np.concatenate([first * n_periods + year, second * n_periods + year])
    weights = 1 / true.sum(axis=1)[documents]
    sums = sparse.csr_array((weights, (np.tile(rows, 2), documents)), shape=(len(frame), len(true)))
    shocks = draw_shocks(rng, n_units, n_periods, 0.05)
    noise = rng.normal(0, 0.05, len(frame)) + rng.normal(0, 0.2, n_periods)[year]
    frame["y"] = (sums @ true)[:, :3] @ EFFECTS + shocks[first, year] + shocks[second, year] + noise
    arguments = {"absorb": ["pair", "year"], "vcov": {"jackknife": ("unit_i", "unit_j")}}
    return Study(frame, coded.astype(float), joint, sums, dict(zip(CLASSES, EFFECTS, strict=False)), arguments)


@dataclass(frozen=True, slots=True)
class Shape:
    """How many cities a study of policies has, and how many of them are designated in which of 10 years."""

    n_units: int
    batches: dict[int, int]


ANCHOR = Shape(254, {5: 1, 6: 12, 8: 21, 9: 21})
SMALL = Shape(100, {4: 4, 5: 8, 6: 8, 8: 10})


def make_designated(rng: np.random.Generator, accuracy: float, shape: Shape = ANCHOR) -> Study:
    """Return did and did × stock on pairs, with documents in designated city-years alone."""
    n_units, n_periods, each = shape.n_units, 10, 3
    n_designated = sum(shape.batches.values())
    starts = np.full(n_units, n_periods)
    starts[:n_designated] = np.repeat(list(shape.batches), list(shape.batches.values()))
    frame, first, second, year = cross_pairs(*choose_pairs(rng, n_units, n_designated), n_periods)
    designated = np.minimum(first, second)  # the designated cities come first
    cells = [(unit, period) for unit in range(n_designated) for period in range(starts[unit], n_periods)]
    of_unit, of_period = np.repeat(cells, each, axis=0).T
    true, coded, joint = draw_documents(rng, draw_shares(rng, n_units, n_periods, 0.35)[of_unit, of_period], accuracy)
    stocks = stack_stocks(designated, year, of_unit, of_period) / 100.0
    shocks = draw_shocks(rng, n_units, n_periods, 0.1)
    did = (starts[designated] <= year).astype(float)
    noise = rng.normal(0, 0.1, len(frame)) + rng.normal(0, 0.2, n_periods)[year]
    intensities = (stocks @ true)[:, :3] @ EFFECTS
    frame["did"] = did
    frame["y"] = DID * did + intensities + shocks[first, year] + shocks[second, year] + noise
    truth = {**dict(zip(CLASSES, EFFECTS, strict=False)), "did": DID}
    arguments = {
        "absorb": ["pair", "year"], "vcov": {"jackknife": ("unit_i", "unit_j")}, "controls": ["did"]
    }  # fmt: skip
    return Study(frame, coded.astype(float), joint, stocks, truth, arguments)


def choose_pairs(rng: np.random.Generator, n_units: int, n_designated: int) -> tuple[FloatArray, FloatArray]:
    """Return the members of the upper half, by mass over distance, of the pairs with one designated city or none."""
    first, second = np.triu_indices(n_units, 1)
    kept = second >= n_designated
    first, second = first[kept], second[kept]
    mass, places = rng.lognormal(5, 1, n_units), rng.uniform(0, 1, (n_units, 2))
    score = mass[first] * mass[second] / np.linalg.norm(places[first] - places[second], axis=1)
    upper = np.sort(np.argsort(-score, kind="stable")[: len(score) // 2])
    return first[upper], second[upper]


def cross_pairs(first: Any, second: Any, n_periods: int) -> tuple[pd.DataFrame, Any, Any, Any]:
    """Return the keys of pairs × periods, the members of each row and its period."""
    pair, year = np.divmod(np.arange(len(first) * n_periods), n_periods)
    frame = pd.DataFrame({"unit_i": first[pair], "unit_j": second[pair], "pair": pair, "year": year})
    return frame, first[pair], second[pair], year


def stack_stocks(unit: Any, year: Any, of_unit: Any, of_period: Any) -> Any:
    """Return rows × documents: one where a document of the row's unit is not later than its year."""
    n_units, n_rows = int(max(unit.max(), of_unit.max())) + 1, len(unit)
    by_unit = sparse.csr_array((np.ones(n_rows), (np.arange(n_rows), unit)), shape=(n_rows, n_units))
    owners = sparse.csr_array(
        (np.ones(len(of_unit)), (of_unit, np.arange(len(of_unit)))), shape=(n_units, len(of_unit))
    )
    cells = (by_unit @ owners).tocoo()
    there = of_period[cells.col] <= year[cells.row]
    return sparse.csr_array((np.ones(int(there.sum())), (cells.row[there], cells.col[there])), shape=cells.shape)


def draw_gold(rng: np.random.Generator, joint: NDArray[np.int64], n_gold: int, by_predicted: bool) -> econ.Confusion:
    """Return the confusion matrix of an audit: as many clauses of each predicted class, or of all clauses alike."""
    size = len(CLASSES)
    if by_predicted:
        totals = joint.sum(axis=0)
        drawn = np.minimum(n_gold // size, totals)
        found = np.stack([rng.multivariate_hypergeometric(joint[:, k], drawn[k]) for k in range(size)], axis=1)
        weights = np.broadcast_to(totals / drawn, (size, size))
    else:
        found = rng.multivariate_hypergeometric(joint.ravel(), n_gold).reshape(size, size)
        weights = np.ones((size, size))
    true, predicted = (np.repeat(codes.ravel(), found.ravel()) for codes in np.indices((size, size)))
    names = np.array(CLASSES)
    return econ.estimate_confusion(
        names[predicted], names[true], weights[true, predicted], names[predicted] if by_predicted else None,
        classes=CLASSES,
    )  # fmt: skip


def fit_study(study: Study, confusion: econ.Confusion) -> econ.CodedEstimate:
    """Fit a study."""
    counts = pd.DataFrame(study.counts, columns=list(CLASSES))
    return econ.fit_coded(study.frame, "y", counts, confusion, CLASSES[:3], map=study.map, **study.arguments)


def replicate(task: tuple[Cell, int]) -> list[dict[str, Any]]:
    """Return what one replication finds, term by term."""
    cell, seed = task
    rng = np.random.default_rng([seed, *cell.name.encode()])
    study = cell.make(rng, cell.accuracy)
    fitted = fit_study(study, draw_gold(rng, study.joint, cell.n_gold, cell.by_predicted))
    naive, corrected = (one.params.set_index("term") for one in (fitted.naive, fitted.corrected))
    return [
        {
            "term": term, "truth": value, "lambda_min": fitted.lambda_min,
            "naive": naive.loc[term, "estimate"], "naive_covers": covers(naive.loc[term], value),
            "corrected": corrected.loc[term, "estimate"], "covers": covers(corrected.loc[term], value),
            "se": corrected.loc[term, "std_error"],
        }
        for term, value in study.truth.items()
    ]  # fmt: skip


def covers(params: Any, value: float) -> bool:
    """Return whether an interval holds the truth."""
    return bool(params["conf_low"] <= value <= params["conf_high"])


CELLS = (
    Cell("units 85", make_units, 0.85, 500, True),
    Cell("units 70", make_units, 0.70, 1_000, True),
    Cell("pairs", make_pairs, 0.85, 1_000, True),
    Cell("designated", make_designated, 0.85, 1_000, False),
)


SMALL_CELLS = (*CELLS[:3], Cell("designated, small", partial(make_designated, shape=SMALL), 0.85, 1_000, False))
"""Those that take a second each or less."""


def measure_coverage(cells: Sequence[Cell], replications: int, workers: int) -> Iterator[Row]:
    """Yield one row a cell and term."""
    with Pool(workers) as pool:
        for cell in cells:
            found = pool.imap_unordered(replicate, [(cell, seed) for seed in range(replications)], chunksize=2)
            yield from summarise(cell.name, [row for rows in found for row in rows])


def summarise(cell: str, found: Sequence[dict[str, Any]]) -> Iterator[Row]:
    """Yield one row a term."""
    for term, own in pd.DataFrame(found).groupby("term", sort=False):
        truth, sd = float(own["truth"].iloc[0]), float(own["corrected"].std())
        yield Row(
            cell, str(term), len(own), truth, float(own["naive"].mean() - truth), float(own["naive_covers"].mean()),
            float(own["corrected"].mean() - truth), sd / len(own) ** 0.5, sd, float(own["se"].mean()),
            float(own["covers"].mean()), float(own["lambda_min"].median()),
        )  # fmt: skip


def write_markdown(rows: Sequence[Row]) -> str:
    """Return the table as Markdown."""
    head = "| cell | term | truth | naive bias | naive coverage | bias | MC error | sd | mean se | coverage | λ_min |"
    lines = [f"{rows[0].replications} replications.", "", head, "|---" * 11 + "|"]
    for row in rows:
        numbers = (
            f"{row.truth:g}", f"{row.naive_bias:+.4f}", f"{row.naive_coverage:.3f}", f"{row.bias:+.4f}",
            f"{row.mc_error:.4f}", f"{row.sd:.4f}", f"{row.se:.4f}", f"{row.coverage:.3f}", f"{row.lambda_min:.2f}",
        )  # fmt: skip
        lines.append(f"| {row.cell} | {row.term} | {' | '.join(numbers)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("replications", type=int, nargs="?", default=200)
    parser.add_argument("--cells", nargs="+", choices=[cell.name for cell in CELLS])
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    cells = [cell for cell in CELLS if options.cells is None or cell.name in options.cells]
    rows = []
    for row in measure_coverage(cells, options.replications, options.workers):
        rows.append(row)
        print(f"{row.cell:12}{row.term:14}{row.bias:+9.4f} ({row.mc_error:.4f}){row.coverage:8.3f}", flush=True)
    print(write_markdown(rows))
    if options.markdown:
        options.markdown.write_text(write_markdown(rows), encoding="utf-8")
    if options.csv:
        with options.csv.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(asdict(rows[0])), lineterminator="\n")
            writer.writeheader()
            writer.writerows(asdict(row) for row in rows)


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("Set OPENBLAS_NUM_THREADS=1: threads inside the workers would stand in each other's way.")
    main()
