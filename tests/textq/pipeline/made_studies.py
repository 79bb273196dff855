"""A small study on made cities, as text and as inputs, that tests of event studies, placebos and power share."""

import numpy as np
import pandas as pd

from textq.pipeline.study_inputs import Inputs

CITIES = [f"{code}" for code in range(330100, 332500, 200)]
YEARS = range(2008, 2020)
DID_STUDY = """
[series]
file = "series.csv"
value = "gdp_growth"
[designations]
file = "designations.csv"
[pairs]
gravity = "none"
keep = "none"
[estimate]
regressors = ["did"]
"""


def make_cells(cities: list[str]) -> pd.DataFrame:
    """Return a row for each city and year."""
    return pd.MultiIndex.from_product([cities, YEARS], names=["unit", "period"]).to_frame(index=False)


def make_inputs() -> Inputs:
    """Return inputs of twelve cities, four of them designated at two dates, with one score."""
    rng = np.random.default_rng(3)
    cells = make_cells(CITIES)
    designations = pd.DataFrame({"unit": CITIES[:4], "date": pd.to_datetime(["2013-05-01", "2014-02-01"] * 2)})
    scores = cells.assign(coverage="declared", supply=rng.uniform(1, 5, len(cells)))
    series = cells.assign(value=rng.normal(8, 2, len(cells)))
    units = pd.DataFrame({"unit": CITIES, "gdp": rng.uniform(1, 9, len(CITIES)), "region": ["a", "b"] * 6})
    return Inputs(series, designations, units, scores, None, ())
