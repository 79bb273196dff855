"""Time equations on pairs: ``just pairs-speed``, or by hand with the variables of `THREADS` set to 1.

Simulated cities: S is 280 of them over 15 years and M 337 over 20, all pairs; ``anchor`` is 254 over 10, 55 of them
designated in four batches, no pairs of two designated ones, the upper half by gravity (15,323 pairs). Ten regressors:
did, did x three scores, three products, three differences of logarithms; ``anchor-4`` has the first four. Pair and
period effects; standard errors by pair and dyadic from econ, by pair from the peers.

``fit_pairs`` starts from the cities' series, by NumPy and by compiled loops (the extra ``fast``; they are loaded
before), all others from one table of the rows of pairs, made before. pyfixest runs
in its leanest settings, statsmodels on columns demeaned by hand. Rounds take turns; the least CPU seconds of five
count, of one where a step takes long. Ratios are to pyfixest, or linearmodels without it, in the same run: machines
differ, ratios less. Then H and L, 1,000 and 2,800 cities over 15 years, from series alone and each in a process of its
own, whose memory is shown. ``--csv FILE`` appends a row a line, ``--figure FILE`` draws cost against size, ``--sizes S
anchor`` runs some.
"""

import argparse
import csv
import json
import math
import os
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

import econ
from econ.compiled import can_compile
from econ.pair_loops import JOINED

THREADS = ("OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
"""Each must be 1, so that no step gets a second core: NumPy, the compiled loops, pyfixest."""

ROUNDS = 5
LONG = 2.0
"""Seconds from which one round is enough."""

MEMBERS = ("unit_i", "unit_j")
DYADIC = {"dyadic": MEMBERS}
SCORES = ("supply", "environment", "demand")
BATCHES = {"2015-03-07": 1, "2016-01-12": 12, "2018-07-24": 21, "2019-12-15": 21}
SIZES = {"XS": (90, 15), "S": (280, 15), "M": (337, 20), "anchor": (254, 10), "anchor-4": (254, 10)}
LARGE = {"H": (1_000, 15), "L": (2_800, 15)}
PEERS = ("pyfixest", "linearmodels", "statsmodels")
LIBRARIES = ("numpy", "scipy", "pandas", "numba", *PEERS)
COLUMNS = ("date", "size", "units", "periods", "pairs", "rows", "regressors", "step", "seconds", "ratio", "megabytes")


@dataclass(frozen=True)
class Study:
    """What an equation on pairs is estimated from; ``pairs`` None: all."""

    series: pd.DataFrame
    designations: pd.DataFrame
    spec: econ.PairSpec
    pairs: pd.DataFrame | None


def main(arguments: argparse.Namespace) -> None:
    """Print one line a step and size."""
    found = [name for name in LIBRARIES if find_spec(name)]
    print(", ".join(f"{name} {version(name)}" for name in found))
    print("pyfixest: lean=True, copy_data=False, store_data=False, demeaner as it comes; linearmodels: PanelOLS")
    lines: list[dict[str, object]] = []
    for size in arguments.sizes:
        lines += run_alone(size) if size in LARGE else compare(size)
        for line in lines:
            if line["size"] == size:
                show(line)
    if arguments.csv:
        append_lines(arguments.csv, lines)
    if arguments.figure:
        draw_figure(arguments.figure, lines)


def compare(size: str) -> list[dict[str, object]]:
    """Return the seconds of every step at a size."""
    study = draw_study(size)
    rows = build_rows(study)
    terms = [term.name for term in study.spec.terms]
    plain = rows.rename(columns={term: f"x{place}" for place, term in enumerate(terms)})
    names = [f"x{place}" for place in range(len(terms))]
    steps: dict[str, Callable[[], object]] = {
        "fit_pairs, by NumPy": lambda: fit_stream(study, math.inf),
        **({"fit_pairs, by loops": lambda: fit_stream(study, 0)} if can_compile() else {}),
        "fit_panel, from rows": lambda: fit_rows(rows, terms),
        **{peer: lambda peer=peer: FITS[peer](plain, names) for peer in PEERS if find_spec(peer)},  # type: ignore[misc]
    }
    check_equal(steps, names)
    seconds = time_steps(steps)
    base = next((seconds[peer] for peer in PEERS if peer in seconds), float("nan"))
    size_of = describe(size, rows[list(MEMBERS)].drop_duplicates().shape[0], len(terms))
    return [size_of | {"step": step, "seconds": spent, "ratio": base / spent} for step, spent in seconds.items()]


def describe(size: str, n_pairs: int, n_terms: int) -> dict[str, object]:
    """Return the columns that say how large an equation is."""
    n_units, n_periods = (SIZES | LARGE)[size]
    counts = {"units": n_units, "periods": n_periods, "pairs": n_pairs, "rows": n_pairs * n_periods}
    return {"date": date.today().isoformat(), "size": size, **counts, "regressors": n_terms}


def time_steps(steps: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the least CPU seconds of each step, the rounds taking turns."""
    seconds = {name: clock(step) for name, step in steps.items()}
    for _ in range(ROUNDS - 1):
        for name, step in steps.items():
            if seconds[name] < LONG:
                seconds[name] = min(seconds[name], clock(step))
    return seconds


def clock(step: Callable[[], object]) -> float:
    """Return the CPU seconds of one call, those of the kernel included."""
    start = time.process_time()
    step()
    return time.process_time() - start


def show(line: Mapping[str, object]) -> None:
    """Print a line."""
    memory = f"{line['megabytes']:8.0f} MB" if "megabytes" in line else ""
    ratio = f"{line['ratio']:8.1f} x" if "ratio" in line else ""
    print(
        f"{line['size']:9}{line['rows']:12,} rows  {line['step']:24}{line['seconds']:9.4f} s{ratio}{memory}", flush=True
    )


def draw_study(size: str) -> Study:
    """Return simulated cities of a size."""
    rng = np.random.default_rng(1)
    n_units, n_periods = (SIZES | LARGE)[size]
    years = range(2010, 2010 + n_periods)
    names = [f"{110000 + place}" for place in range(n_units)]
    series = pd.MultiIndex.from_product([names, years], names=["unit", "period"]).to_frame(index=False)
    n = len(series)
    series["value"] = rng.normal(size=n)
    for score in SCORES:
        series[score] = rng.poisson(8, n).astype(float)
    for name in ("openness", "industry", "roads"):
        series[name] = rng.normal(size=n) + np.repeat(rng.normal(size=n_units), n_periods)
    for name in ("gdp", "schooling", "finance"):
        series[name] = np.exp(rng.normal(scale=0.3, size=n) + np.repeat(rng.normal(size=n_units), n_periods))
    terms = (
        econ.Treatment(),
        *(econ.TreatedScore(score) for score in SCORES),
        *(econ.UnitVariable(name, "product") for name in ("openness", "industry", "roads")),
        *(econ.UnitVariable(name) for name in ("gdp", "schooling", "finance")),
    )
    if size.startswith("anchor"):
        dates = [day for day, count in BATCHES.items() for _ in range(count)]
        designations = pd.DataFrame({"unit": names[: len(dates)], "date": dates})
        spec = econ.PairSpec(terms[:4] if size == "anchor-4" else terms)
        return Study(series, designations, spec, form_half(rng, names, designations, years))
    dates = [f"{2010 + n_periods // 2 + place % 3}-03-07" for place in range(n_units // 5)]
    designations = pd.DataFrame({"unit": rng.choice(names, len(dates), replace=False), "date": dates})
    return Study(series, designations, econ.PairSpec(terms, roles=("neither", "one", "both")), None)


def form_half(rng: np.random.Generator, names: Sequence[str], dates: pd.DataFrame, years: range) -> pd.DataFrame:
    """Return the upper half by gravity of the pairs with at most one designated member."""
    n = len(names)
    sizes = {column: rng.lognormal(5, 1, n) for column in ("population", "gdp", "area")}
    places = {"longitude": rng.uniform(80, 130, n), "latitude": rng.uniform(20, 50, n)}
    units = pd.DataFrame({"unit": names, **sizes, **places, "rank": rng.integers(1, 5, n)})
    return econ.form_pairs(units, econ.find_designated(dates, years), gravity="anchor", keep="upper_half")


def build_rows(study: Study) -> pd.DataFrame:
    """Return the rows of all pairs, made by the functions of econ."""
    series, years = study.series, sorted(study.series["period"].unique())
    pairs = study.pairs
    if pairs is None:
        designated = econ.find_designated(study.designations, years)
        pairs = econ.form_pairs(series[["unit"]].drop_duplicates(), designated, study.spec.roles)
    panel = econ.assign_treatment(pairs, study.designations, years)
    rows = panel[[*MEMBERS, "period"]].copy()
    rows["pair"] = np.repeat(np.arange(len(pairs)), len(years))
    rows["did"] = panel["treated"].astype(float)
    scored = econ.interact_scores(panel, series, list(SCORES)).panel
    for term in study.spec.terms[1:]:
        if isinstance(term, econ.UnitVariable):
            rows[term.name] = econ.combine_units(panel, series, term.column, term.rule)
        else:
            rows[term.name] = scored[term.name]
    return rows.merge(econ.measure_synchronization(series), on=[*MEMBERS, "period"])


def fit_stream(study: Study, enough: float) -> econ.Estimate:
    """Fit from series, with both covariances; by loops where ``enough`` work was done."""
    JOINED.enough = enough
    fitted = econ.fit_pairs(study.series, study.designations, study.spec, study.pairs, DYADIC)
    return fitted.with_vcov({"cluster": "pair"}, "none")


def fit_rows(rows: pd.DataFrame, terms: Sequence[str]) -> econ.Estimate:
    """Fit from rows, with both covariances."""
    return econ.fit_panel(rows, "synchronization", terms, ["pair", "period"], DYADIC).with_vcov(
        {"cluster": "pair"}, "none"
    )


def fit_pyfixest(rows: pd.DataFrame, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and standard errors by pair, without their small-sample factor."""
    import pyfixest

    formula = f"synchronization ~ {' + '.join(names)} | pair + period"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ssc = pyfixest.ssc(k_adj=False, G_adj=False)
        fitted = pyfixest.feols(
            formula, rows, vcov={"CRV1": "pair"}, ssc=ssc, lean=True, copy_data=False, store_data=False
        )
        return fitted.coef().to_numpy(), fitted.se().to_numpy()


def fit_linearmodels(rows: pd.DataFrame, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and standard errors by pair."""
    from linearmodels.panel import PanelOLS

    indexed = rows.set_index(["pair", "period"])
    equation = PanelOLS(indexed["synchronization"], indexed[list(names)], entity_effects=True, time_effects=True)
    fitted = equation.fit(cov_type="clustered", cluster_entity=True, debiased=False, group_debias=False)
    return fitted.params.to_numpy(), fitted.std_errors.to_numpy()


def fit_statsmodels(rows: pd.DataFrame, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients and standard errors by pair."""
    import statsmodels.api

    columns = rows[["synchronization", *names]]
    within = columns - columns.groupby(rows["pair"]).transform("mean")
    within -= within.groupby(rows["period"]).transform("mean")
    equation = statsmodels.api.OLS(within["synchronization"], within[list(names)])
    groups = {"groups": rows["pair"].to_numpy(), "use_correction": False}
    fitted = equation.fit(cov_type="cluster", cov_kwds=groups)
    return fitted.params.to_numpy(), fitted.bse.to_numpy()


FITS = {"pyfixest": fit_pyfixest, "linearmodels": fit_linearmodels, "statsmodels": fit_statsmodels}


def check_equal(steps: Mapping[str, Callable[[], object]], names: Sequence[str]) -> None:
    """Stop if econ and the first of the peers do not agree; this also compiles what is compiled."""
    peer = next((name for name in PEERS if name in steps), None)
    if peer is None:
        return
    estimates, errors = steps[peer]()  # type: ignore[misc]
    fits: list[econ.Estimate] = [fit() for name, fit in steps.items() if name.startswith("fit_pairs")]  # type: ignore[misc]
    gaps = [
        max(np.abs(fitted.params[column].to_numpy() - wanted).max() for fitted in fits)
        for column, wanted in (("estimate", estimates), ("std_error", errors))
    ]
    print(f"{len(names)} regressors; farthest from {peer}: coefficients {gaps[0]:.0e}, errors {gaps[1]:.0e}")
    if max(gaps) > 1e-8:
        sys.exit(f"econ and {peer} disagree: do not compare their times.")


def run_alone(size: str) -> list[dict[str, object]]:
    """Return the seconds and the memory of ``fit_pairs`` in a process of its own."""
    command = [sys.executable, __file__, "--alone", size]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return [json.loads(result.stdout)]


def measure_alone(size: str) -> None:
    """Print the same as JSON; memory is the most that the process ever held."""
    study = draw_study(size)
    start = time.process_time()
    fitted = fit_stream(study, JOINED.enough)
    spent = time.process_time() - start
    megabytes = measure_memory()
    sized = describe(size, fitted.nobs // LARGE[size][1], len(fitted.params))
    print(json.dumps(sized | {"step": "fit_pairs, as it comes", "seconds": spent, "megabytes": megabytes}))


def measure_memory() -> float:
    """Return the most megabytes that this process held; getrusage may tell of the process that started it."""
    status = Path("/proc/self/status")
    if status.exists():
        (held,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(held) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def append_lines(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    """Append lines to a CSV file, with the versions."""
    versions = " ".join(f"{name}={version(name)}" for name in LIBRARIES if find_spec(name))
    new = not path.exists()
    with path.open("a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*COLUMNS, "versions"])
        if new:
            writer.writeheader()
        writer.writerows([{**line, "versions": versions} for line in lines])


def draw_figure(path: Path, lines: Sequence[Mapping[str, object]]) -> None:
    """Draw cost against size on log axes, a line a step; the anchor's sample stands apart."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    styles = zip(
        ("-", "--", (0, (5, 1)), "-.", ":", (0, (1, 3)), "-"),
        ("o", "P", "s", "^", "v", "D", "*"),
        ("0", ".1", ".2", ".35", ".5", ".6", "0"),
        strict=True,
    )
    figure, axes = pyplot.subplots(figsize=(7.5, 4), layout="constrained")
    table = pd.DataFrame(lines)
    complete = table[~table["size"].str.startswith("anchor")]
    steps = list(dict.fromkeys(table["step"]))
    for step, (line, marker, shade) in zip(steps, styles, strict=False):
        own = complete[complete["step"] == step].sort_values("rows")
        axes.plot(own["rows"], own["seconds"], linestyle=line, marker=marker, color=shade, label=step)
        apart = table[(table["step"] == step) & (table["size"] == "anchor")]
        axes.plot(apart["rows"], apart["seconds"], linestyle="", marker=marker, color=shade, fillstyle="none")
    axes.set(xscale="log", yscale="log", xlabel="rows of pairs (hollow: the anchor's sample)", ylabel="CPU seconds")
    figure.legend(frameon=False, loc="outside right center")
    figure.savefig(path, dpi=200)


if __name__ == "__main__":
    if any(os.environ.get(name) != "1" for name in THREADS):
        sys.exit(f"Set {', '.join(THREADS)} to 1: several threads would count as CPU seconds of one core.")
    known = [*SIZES, *LARGE]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=known, default=known)
    parser.add_argument("--csv", type=Path)
    parser.add_argument("--figure", type=Path)
    parser.add_argument("--alone", choices=list(LARGE), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        measure_alone(options.alone)
    else:
        main(options)
