"""Codings → counts by unit, period and instrument, and the score table made of them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from textq.errors import ConfigError
from textq.records import NONE
from textq.scoring.coverage import expand_periods
from textq.scoring.intensity import add_intensities
from textq.tables import SCORES, SUBTYPES, check

Sharing = Literal["full", "split"]
ShareOf = Literal["all", "instruments"]


@dataclass(frozen=True, slots=True)
class ScoreSpec:
    """How codings become scores.

    Attributes
    ----------
    codebook
        The version of the codebook, part of the key.
    instruments
        Its classes in order, without ``none``.
    subtypes
        Pairs (instrument, subtype), for the table of subtypes.
    sharing
        A document for n zones counts for each of them (``full``), or with 1/n for each (``split``).
    share_of
        The denominator of ``share``: ``all`` coded clauses, or only those that carry an ``instrument``.
    depreciation
        The yearly rate in [0, 1) at which a clause loses weight in the stocks.
    """

    codebook: str
    instruments: tuple[str, ...]
    subtypes: tuple[tuple[str, str], ...] = ()
    sharing: Sharing = "full"
    share_of: ShareOf = "all"
    depreciation: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.depreciation < 1:
            raise ConfigError(f"The 'depreciation' parameter must lie in [0, 1). Got {self.depreciation} instead.")


@dataclass(frozen=True, slots=True)
class ScoreTables:
    """The score table, and the same measures by subtype."""

    scores: pd.DataFrame
    subtypes: pd.DataFrame


def aggregate_scores(
    documents: pd.DataFrame, clauses: pd.DataFrame, coverage: pd.DataFrame, spec: ScoreSpec
) -> ScoreTables:
    """Build the score tables (formulas: :mod:`textq.scoring.intensity`).

    Parameters
    ----------
    documents
        One row a document and unit: ``doc_id``, ``unit``, ``period``, ``shared``, ``last_period`` (the last one at
        whose end the document is in force; NA = still), ``power`` (NA = no rank).
    clauses
        One row a coded clause: ``doc_id``, ``instrument``, ``subtype``, ``n_characters``, ``is_new``.
    coverage
        COVERAGE: which unit-periods were searched. Each gets a row for every instrument and ``none``, with zeros
        where nothing was found; other unit-periods get none.
    """
    documents = documents.assign(weight=1.0 / documents["shared"].astype(float) if spec.sharing == "split" else 1.0)
    weighted = documents.merge(clauses, on="doc_id", how="inner")
    totals = _sum_totals(documents, weighted, expand_periods(coverage), spec)
    classes = pd.DataFrame({"instrument": [*spec.instruments, NONE]})
    scores = _measure(weighted, totals, classes, spec)
    subtypes = pd.DataFrame(list(spec.subtypes), columns=["instrument", "subtype"], dtype="string")
    return ScoreTables(check(scores, SCORES), check(_measure(weighted, totals, subtypes, spec), SUBTYPES))


def _sum_totals(documents: pd.DataFrame, weighted: pd.DataFrame, grid: pd.DataFrame, spec: ScoreSpec) -> pd.DataFrame:
    """Add to each covered unit-period its documents, coded clauses, characters, and the denominator of shares."""
    counted = (weighted["instrument"] != NONE) | (spec.share_of == "all")
    clauses = weighted.assign(
        n_clauses=weighted["weight"],
        n_characters=weighted["weight"] * weighted["n_characters"],
        denominator=weighted["weight"].where(counted, 0.0),
    )
    sums = clauses.groupby(["unit", "period"])[["n_clauses", "n_characters", "denominator"]].sum()
    found = documents.groupby(["unit", "period"])["weight"].sum().rename("n_documents")
    totals = grid.merge(found.reset_index(), how="left").merge(sums.reset_index(), how="left")
    filled = ["n_documents", "n_clauses", "n_characters", "denominator"]
    return totals.assign(codebook=spec.codebook, **totals[filled].astype(float).fillna(0.0))


def _measure(weighted: pd.DataFrame, totals: pd.DataFrame, classes: pd.DataFrame, spec: ScoreSpec) -> pd.DataFrame:
    """Return the measures of every covered unit-period for every class."""
    by = list(classes.columns)
    cells = totals.merge(classes, how="cross")
    for sums in (_sum_flows(weighted, by), _sum_stocks(weighted, totals, by, spec.depreciation)):
        cells = cells.merge(sums, on=["unit", "period", *by], how="left")
    return add_intensities(cells)


def _sum_flows(weighted: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Sum the clauses of the documents issued in each period; a document without rank leaves the power sum unknown."""
    flows = weighted.assign(
        count=weighted["weight"],
        power_sum=weighted["weight"] * weighted["power"].astype(float),
        count_new=weighted["weight"].where(weighted["is_new"], 0.0),
    )
    return _add_up(flows, ["unit", "period", *by], ["count", "power_sum", "count_new"])


def _sum_stocks(weighted: pd.DataFrame, totals: pd.DataFrame, by: list[str], depreciation: float) -> pd.DataFrame:
    """Sum the clauses in force at the end of each period: issued in it or before, not yet lapsed."""
    parts = weighted.groupby(["doc_id", "unit", "period", *by], as_index=False).agg(
        weight=("weight", "sum"), power=("power", "first"), last_period=("last_period", "first")
    )
    horizon = totals["period"].max() if len(totals) else 0
    last = parts["last_period"].fillna(horizon).clip(upper=horizon).astype("int64")
    lengths = (last - parts["period"].astype("int64") + 1).clip(lower=0)
    stocks = parts.loc[parts.index.repeat(lengths)]
    age = stocks.groupby(level=0).cumcount()
    kept = stocks["weight"] * np.power(1.0 - depreciation, age)
    stocks = stocks.assign(period=stocks["period"] + age, stock=kept, power_stock=kept * stocks["power"].astype(float))
    return _add_up(stocks, ["unit", "period", *by], ["stock", "power_stock"])


def _add_up(rows: pd.DataFrame, key: list[str], columns: list[str]) -> pd.DataFrame:
    """Sum ``columns`` by ``key``; a sum with an unknown part is NaN, so that it differs from an empty one (0)."""
    return rows.groupby(key)[columns].sum(skipna=False).reset_index()
