"""Small studies of pairs that the tests of placebos share, and the recipe as a naive loop over frames."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from econ.designations import find_onsets
from econ.intensities import interact_scores
from econ.pairs import form_pairs
from econ.panel import fit_panel
from econ.treatment import assign_treatment, find_designated

PERIODS = range(2010, 2018)
DYADIC = {"dyadic": ("unit_i", "unit_j")}


def make_units(n_units: int = 14, seed: int = 0, *, ties: bool = False) -> pd.DataFrame:
    """Return units with all that gravity needs; with ties each has a twin on the other side of the meridian."""
    rng = np.random.default_rng(seed)
    places = np.arange(n_units)
    return pd.DataFrame(
        {
            "unit": [f"{330100 + place:06d}" for place in places],
            "population": 1.0 if ties else rng.lognormal(size=n_units),
            "gdp": 1.0 if ties else rng.lognormal(size=n_units),
            "longitude": places - (n_units - 1) / 2 if ties else rng.uniform(100, 120, n_units),
            "latitude": 0.0 if ties else rng.uniform(20, 40, n_units),
            "province": [f"p{place % 3}" for place in places],
        }
    )


def make_outcome(units: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    """Return an outcome of all pairs in every period, in which pairs that share a unit move together."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(size=(len(units), len(PERIODS)))
    first, second = np.triu_indices(len(units), 1)
    codes = units["unit"].to_numpy()
    values = shocks[first] + shocks[second] + rng.normal(size=(len(first), len(PERIODS)))
    frame = pd.DataFrame(
        {
            "unit_i": np.repeat(codes[first], len(PERIODS)),
            "unit_j": np.repeat(codes[second], len(PERIODS)),
            "period": np.tile(PERIODS, len(first)),
            "synchronization": values.ravel(),
        }
    )
    return frame.sample(frac=1.0, random_state=seed, ignore_index=True)


def make_designations(units: pd.DataFrame) -> pd.DataFrame:
    """Return staggered designations: three units in the window, one of them in the year after the others, one later."""
    codes = units["unit"].tolist()
    dates = ["2013-03-07", "2013-11-30", "2015-07-24", "2016-02-29", "2021-05-05"]
    return pd.DataFrame({"unit": [codes[1], codes[4], codes[5], codes[9], codes[2]], "date": dates})


def make_scores(units: pd.DataFrame, seed: int = 2) -> pd.DataFrame:
    """Return two scores of every unit and period."""
    rng = np.random.default_rng(seed)
    keys = pd.MultiIndex.from_product([units["unit"], PERIODS], names=["unit", "period"])
    table = pd.DataFrame(rng.uniform(0, 3, (len(keys), 2)), index=keys, columns=["supply", "demand"])
    return table.reset_index()


def fit_naively(
    designations: pd.DataFrame,
    units: pd.DataFrame,
    outcome: pd.DataFrame,
    *,
    timing: str = "approval_year",
    scores: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
    **options: object,
) -> Mapping[str, float]:
    """Return coefficients and dyadic t values from the frames: form the pairs, assign the treatment, fit."""
    if pairs is None:
        pairs = form_pairs(units, find_designated(designations, PERIODS, timing), **options)
    panel = assign_treatment(pairs.drop(columns="role"), designations, PERIODS, timing)
    panel = panel.merge(outcome, on=["unit_i", "unit_j", "period"]).assign(did=panel["treated"].astype(float))
    terms = ["did"]
    if scores is not None:
        names = [name for name in scores.columns if name not in ("unit", "period")]
        panel = interact_scores(panel, scores, names, scale="none").panel
        terms += [f"did:{name}" for name in names]
    params = fit_panel(panel, "synchronization", terms, ["pair", "period"], DYADIC).params.set_index("term")
    return {**params["estimate"].to_dict(), **{f"t({term})": params.loc[term, "statistic"] for term in terms}}


def move_scores(scores: pd.DataFrame, designations: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Return the scores that travel with the designations of a draw, which must have different dates."""
    dates = find_onsets(designations, np.array(PERIODS), "approval_year", "original", "own")["date"]
    source = {date: unit for unit, date in dates.items()}
    parts = [
        scores[scores["unit"] == source[pd.Timestamp(date)]].assign(unit=unit)
        for unit, date in zip(drawn["unit"], drawn["date"], strict=True)
    ]
    return pd.concat(parts, ignore_index=True)
