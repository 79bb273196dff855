"""Time the steps of ``textq estimate``: ``python tests/benchmarks/speed/bench_estimate.py``.

A panel of the anchor's size: 254 units, 55 of them designated in four batches, 10 years, so 15,323 pairs and 153,230
rows; four regressors, pair + period effects. Prints CPU seconds, the least of some rounds, and their ratio to
linearmodels' ``PanelOLS`` on the same rows in the same run; pyfixest stands beside them where it is installed. Set
OPENBLAS_NUM_THREADS=1 for figures that can be compared.
"""

import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np
import pandas as pd
from linearmodels.panel import PanelOLS

import econ

ROUNDS = 3
N_UNITS, N_DESIGNATED, YEARS = 254, 55, range(2010, 2020)
BATCHES = {"2015-03-07": 1, "2016-01-12": 12, "2018-07-24": 21, "2019-12-15": 21}
MEMBERS = ("unit_i", "unit_j")
TERMS = ["did", "did:supply", "did:environment", "did:demand"]


def draw_inputs(rng: np.random.Generator) -> tuple[pd.DataFrame, ...]:
    """Return series, units, designations and scores."""
    names = [f"{110000 + 100 * place}" for place in range(N_UNITS)]
    sizes = {column: rng.lognormal(5, 1, N_UNITS) for column in ("population", "gdp", "area")}
    places = {"longitude": rng.uniform(80, 130, N_UNITS), "latitude": rng.uniform(20, 50, N_UNITS)}
    units = pd.DataFrame({"unit": names, **sizes, **places, "rank": rng.integers(1, 5, N_UNITS)})
    cells = pd.MultiIndex.from_product([names, YEARS], names=["unit", "period"]).to_frame(index=False)
    series = cells.assign(value=rng.normal(size=len(cells)))
    dates = [date for date, count in BATCHES.items() for _ in range(count)]
    designations = pd.DataFrame({"unit": names[:N_DESIGNATED], "date": dates})
    stocks = rng.poisson(8, (len(cells), 3)).astype(float)
    scores = cells.assign(**dict(zip(("supply", "environment", "demand"), stocks.T, strict=True)))
    return series, units, designations, scores


def measure_seconds(step: Callable[[], object]) -> float:
    """Return the least CPU time of some rounds."""
    seconds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        step()
        seconds.append(time.process_time() - start)
    return min(seconds)


def main() -> None:
    """Print one line a step."""
    series, units, designations, scores = draw_inputs(np.random.default_rng(1))
    designated = econ.find_designated(designations, YEARS)
    pairs = econ.form_pairs(units, designated, gravity="anchor", keep="upper_half")
    treated = econ.assign_treatment(pairs, designations, YEARS)
    instruments = ["supply", "environment", "demand"]
    panel = econ.interact_scores(treated, scores, instruments).panel.merge(econ.measure_synchronization(series))
    fitted = econ.fit_panel(panel, "synchronization", TERMS, ["pair", "period"], {"cluster": "pair_id"})
    steps: dict[str, Callable[[], object]] = {
        "linearmodels PanelOLS, by pair": lambda: fit_linearmodels(panel),
        "synchronization of all pairs": lambda: econ.measure_synchronization(series),
        "pairs by role and gravity": lambda: econ.form_pairs(units, designated, gravity="anchor", keep="upper_half"),
        "treatment": lambda: econ.assign_treatment(pairs, designations, YEARS),
        "did x scores": lambda: econ.interact_scores(treated, scores, instruments),
        "fit, by pair": lambda: fit_own(panel, {"cluster": "pair_id"}),
        "fit, dyadic": lambda: fit_own(panel, {"dyadic": MEMBERS}),
        "fit, jackknife": lambda: fit_own(panel, {"jackknife": MEMBERS}),
        "another covariance of a fit": lambda: fitted.with_vcov({"dyadic": MEMBERS}),
    }
    if find_spec("pyfixest"):
        steps["pyfixest, by pair"] = lambda: fit_pyfixest(panel)
    seconds = {name: measure_seconds(step) for name, step in steps.items()}
    base = next(iter(seconds.values()))
    print(f"{len(pairs):,} pairs, {len(panel):,} rows, {len(TERMS)} regressors")
    for name, spent in seconds.items():
        print(f"{name:32}{spent:9.3f} s{spent / base:9.3f}")


def fit_own(panel: pd.DataFrame, vcov: dict[str, object]) -> object:
    """Fit by econ."""
    return econ.fit_panel(panel, "synchronization", TERMS, ["pair", "period"], vcov)


def fit_linearmodels(panel: pd.DataFrame) -> object:
    """Fit by linearmodels."""
    indexed = panel.set_index(["pair_id", "period"])
    equation = PanelOLS(indexed["synchronization"], indexed[TERMS], entity_effects=True, time_effects=True)
    return equation.fit(cov_type="clustered", cluster_entity=True)


def fit_pyfixest(panel: pd.DataFrame) -> object:
    """Fit by pyfixest in its lean settings."""
    import pyfixest

    plain = panel.rename(columns={term: term.replace(":", "_") for term in TERMS})
    formula = f"synchronization ~ {' + '.join(term.replace(':', '_') for term in TERMS)} | pair_id + period"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pyfixest.feols(formula, plain, vcov={"CRV1": "pair_id"}, lean=True, store_data=False, copy_data=False)


if __name__ == "__main__":
    main()
