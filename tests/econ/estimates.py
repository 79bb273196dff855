"""Estimates by hand and from a small panel, that tests of tables share."""

import numpy as np
import pandas as pd

import econ
from econ.estimate import Estimate, build_params
from econ.spec import PanelSpec, VcovSpec

JACKKNIFE = VcovSpec("jackknife", ("unit_i", "unit_j"), "none")
COLUMNS = (("gdp", ()), ("gdp", ("size", "trade")), ("gdp_head", ()), ("gdp_head", ("size", "trade")))


def make_estimate(
    terms: tuple[str, ...], values: list[float], errors: list[float], vcov: VcovSpec = JACKKNIFE
) -> Estimate:
    """Return an estimate of given numbers, as if of pairs."""
    matrix = np.diag(np.square(errors))
    return Estimate(
        params=build_params(terms, np.array(values), matrix, 50.0),
        vcov=pd.DataFrame(matrix, terms, terms),
        nobs=1234,
        df=50.0,
        n_clusters={"unit": 51},
        absorbed=("pair", "period"),
        dropped=(),
        notes=("One note.",),
        r2=0.5,
        r2_within=0.1,
        spec=PanelSpec("y", terms, ("pair", "period"), vcov),
        versions={},
    )


def draw_cities() -> pd.DataFrame:
    """Return 14 cities over eight years, with two outcomes."""
    rng = np.random.default_rng(5)
    cities = [f"c{place:02}" for place in range(14)]
    frame = pd.MultiIndex.from_product([cities, range(2010, 2018)], names=["city", "year"]).to_frame(index=False)
    frame["did"] = ((frame["city"] < "c06") & (frame["year"] >= 2014)).astype(float)
    frame[["size", "trade"]] = rng.normal(size=(len(frame), 2))
    for outcome, effect in (("gdp", 0.4), ("gdp_head", 0.05)):
        noise = rng.normal(scale=0.3, size=len(frame))
        frame[outcome] = effect * frame["did"] + 0.2 * frame["size"] - 0.004 * frame["trade"] + noise
    return frame


def fit_cities() -> list[Estimate]:
    """Return four columns: two outcomes, each without and with two controls."""
    frame = draw_cities()
    return [
        econ.fit_panel(frame, outcome, ["did", *controls], ["city", "year"], {"cluster": "city"})
        for outcome, controls in COLUMNS
    ]
