"""Time regressions on coded intensities: ``python tests/benchmarks/speed/bench_coded.py [--jackknife]``.

A pair panel of 280 cities × 15 years, 39,060 pairs and 585,900 rows, with three intensities, each the sum of both
cities' shares of clauses, pair and year effects, and dyadic errors; the counts of clauses are there already. Prints the
seconds of the naive fit alone and of both fits, the least of some rounds; ``--jackknife`` adds the jackknife, which
leaves out each city. Set OPENBLAS_NUM_THREADS=1 for figures that can be compared.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import sparse

import econ

ROUNDS = 3
N_UNITS, N_PERIODS = 280, 15
CLASSES = ["supply", "demand", "environment", "none"]
MEMBERS = ("unit_i", "unit_j")
CONFUSION = 0.8 * np.eye(4) + 0.05


def draw_inputs(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, sparse.csr_array]:
    """Return the rows, the counts of city-years as coded, and the map of these to rows."""
    shares = rng.dirichlet([2, 2, 2, 3], N_UNITS * N_PERIODS)
    true = rng.multinomial(rng.integers(40, 300, len(shares)), shares)
    coded = sum(rng.multinomial(true[:, place], CONFUSION[:, place]) for place in range(len(CLASSES)))
    first, second = np.triu_indices(N_UNITS, 1)
    pair, year = np.divmod(np.arange(len(first) * N_PERIODS), N_PERIODS)
    frame = pd.DataFrame({"unit_i": first[pair], "unit_j": second[pair], "pair_id": pair, "year": year})
    documents = np.concatenate([frame[member] * N_PERIODS + frame["year"] for member in MEMBERS])
    weights = 1 / true.sum(axis=1)[documents]
    rows = np.tile(np.arange(len(frame)), 2)
    sums = sparse.csr_array((weights, (rows, documents)), shape=(len(frame), len(true)))
    frame["y"] = (sums @ true)[:, :3] @ [1.0, -0.5, 0.5] + rng.normal(size=len(frame))
    return frame, pd.DataFrame(coded.astype(float), columns=CLASSES), sums


def measure_seconds(step: Callable[[], object]) -> tuple[float, float]:
    """Return the least wall and CPU time of some rounds."""
    found = []
    for _ in range(ROUNDS):
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        found.append((time.perf_counter() - wall, time.process_time() - cpu))
    walls, cpus = zip(*found, strict=True)
    return min(walls), min(cpus)


def main() -> None:
    """Print one line a step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--jackknife", action="store_true")
    options = parser.parse_args()
    frame, counts, sums = draw_inputs(np.random.default_rng(1))
    confusion = econ.Confusion(pd.DataFrame(CONFUSION, CLASSES, CLASSES), np.eye(16) * 1e-5)
    naive = frame.assign(**dict(zip(CLASSES[:3], (sums @ counts.to_numpy())[:, :3].T, strict=True)))
    absorb = ["pair_id", "year"]

    def fit(kind: str) -> object:
        return econ.fit_coded(frame, "y", counts, confusion, CLASSES[:3], absorb, map=sums, vcov={kind: MEMBERS})

    steps = {
        "naive, dyadic": lambda: econ.fit_panel(naive, "y", CLASSES[:3], absorb, {"dyadic": MEMBERS}),
        "naive and corrected, dyadic": lambda: fit("dyadic"),
    }
    if options.jackknife:
        steps["naive and corrected, jackknife"] = lambda: fit("jackknife")
    print(f"{len(frame):,} rows, {sums.nnz:,} cells of the map")
    for name, step in steps.items():
        wall, cpu = measure_seconds(step)
        print(f"{name:32}{wall:8.2f} s   {cpu:8.2f} s of CPU", flush=True)


if __name__ == "__main__":
    main()
