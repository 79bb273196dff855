"""Time placebo draws: ``OPENBLAS_NUM_THREADS=1 python tests/benchmarks/speed/bench_placebo.py [DRAWS]``.

The anchor's size: 254 units, 55 of them designated in four batches, 10 years. Each draw permutes designations, forms
the pairs anew (roles, `both` dropped, the upper half by gravity) and fits did with dyadic errors. Beside it stand loops
that call pyfixest, in its leanest settings, for each draw, timed on a few and scaled up: over rows that lie ready, and
with econ forming the rows of each draw. Prints CPU seconds and ratios of one run.
"""

import os
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
import pandas as pd
import pyfixest

import econ

DRAWS = 500
LOOPED = 10
N_UNITS, YEARS = 254, range(2010, 2020)
BATCHES = {"2015-03-07": 1, "2016-01-12": 12, "2018-07-24": 21, "2019-12-15": 21}
RECIPE = {"gravity": "anchor", "keep": "upper_half"}


def draw_study(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return series, units and designations."""
    names = [f"{110000 + 100 * place}" for place in range(N_UNITS)]
    sizes = {column: rng.lognormal(5, 1, N_UNITS) for column in ("population", "gdp", "area")}
    places = {"longitude": rng.uniform(80, 130, N_UNITS), "latitude": rng.uniform(20, 50, N_UNITS)}
    units = pd.DataFrame({"unit": names, **sizes, **places, "rank": rng.integers(1, 5, N_UNITS)})
    cells = pd.MultiIndex.from_product([names, YEARS], names=["unit", "period"]).to_frame(index=False)
    dates = [date for date, count in BATCHES.items() for _ in range(count)]
    designations = pd.DataFrame({"unit": names[: len(dates)], "date": dates})
    return cells.assign(value=rng.normal(size=len(cells))), units, designations


def form_rows(units: pd.DataFrame, designations: pd.DataFrame, outcome: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one draw."""
    pairs = econ.form_pairs(units, econ.find_designated(designations, YEARS), **RECIPE)  # type: ignore[arg-type]
    panel = econ.assign_treatment(pairs, designations, YEARS)
    return panel.merge(outcome).astype({"treated": float})


def fit_by_pyfixest(panel: pd.DataFrame) -> object:
    """Fit did with errors clustered by pair, which cost least."""
    formula = "synchronization ~ treated | pair_id + period"
    settings = {"vcov": {"CRV1": "pair_id"}, "lean": True, "store_data": False, "copy_data": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyfixest.feols(formula, panel, **settings)


def clock(run: Callable[[], object]) -> float:
    """Return the CPU seconds of one call."""
    start = time.process_time()
    run()
    return time.process_time() - start


def main(draws: int) -> None:
    """Print one line a way."""
    series, units, designations = draw_study(np.random.default_rng(1))
    outcome = econ.measure_synchronization(series)
    panel = form_rows(units, designations, outcome)
    fit_by_pyfixest(panel)
    ready = sum(clock(lambda: fit_by_pyfixest(panel)) for _ in range(LOOPED)) / LOOPED * draws
    formed = clock(lambda: [form_rows(units, designations, outcome) for _ in range(LOOPED)]) / LOOPED * draws
    own = min(
        clock(lambda: econ.run_placebo(outcome, designations, units, draws=draws, **RECIPE))  # type: ignore[arg-type]
        for _ in range(3)
    )
    print(f"{draws} draws, {len(panel):,} rows each; pyfixest {version('pyfixest')}, numpy {version('numpy')}")
    print(f"{'run_placebo, did and dyadic t':48}{own:9.2f} s")
    print(f"{'pyfixest on rows that lie ready, by pair':48}{ready:9.2f} s{ready / own:8.1f} ×")
    print(f"{'pyfixest, rows formed by econ in each draw':48}{ready + formed:9.2f} s{(ready + formed) / own:8.1f} ×")


if __name__ == "__main__":
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":
        sys.exit("Set OPENBLAS_NUM_THREADS=1: several threads would count as CPU seconds of one core.")
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS)
