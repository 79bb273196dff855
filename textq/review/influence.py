"""How much a clause can move the scores that a study uses, whatever it is coded: no sign, no outcome.

A clause counts in the unit-periods of its document, with the weight v_t that the measure gives it there: a stock keeps
it from its document's year on for as long as the document is in force and the unit covered, (1 − δ)^age of it; other
measures in that year alone, shares and rates divided by what they divide by.

With a study's pairs, the score of city a enters as did × score, in treated years only, and pair and year effects are
taken out. What is left of a change v of one city has the squared length

    (deg_a − deg_a² / P) (Σ_t v_t² − (Σ_t v_t)² / T),

with deg_a pairs at the city, P pairs and T years: the diagonal of L'ML on any graph of pairs. A clause whose weight is
the same in all years moves nothing, as the effects absorb it. Influence is that length; several cities' squares add up.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from textq.errors import ReviewError

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

STOCKS = ("stock", "power_stock")
POWERED = ("power_sum", "power_stock")
MEASURES = ("count", "share", "per_10k", "log_count", "stock", "power_sum", "power_stock", "count_new")


@dataclass(frozen=True, slots=True)
class Presences:
    """Where documents count: one row a document and unit, m of them.

    Attributes
    ----------
    documents, units : (m,)
        Places of the document and of the unit.
    first, last : (m,)
        The place of the period of its issue, and of the last period in which it is in force (before ``first``: none).
    weights : (m,)
        1, or 1 over its units where they share it.
    powers : (m,)
        The rank of its power; NaN where it has none.
    """

    documents: IntArray
    units: IntArray
    first: IntArray
    last: IntArray
    weights: FloatArray
    powers: FloatArray


@dataclass(frozen=True, slots=True)
class Cells:
    """The unit-periods of the scores, u units × t periods.

    Attributes
    ----------
    covered : (u, t)
        Whether the unit was searched.
    n_clauses, n_characters : (u, t)
        What shares and rates divide by.
    """

    covered: BoolArray
    n_clauses: FloatArray
    n_characters: FloatArray


@dataclass(frozen=True, slots=True)
class PairDesign:
    """What of the pairs of a study weighs its cities.

    Attributes
    ----------
    degrees : (u,)
        Pairs at each unit; 0 outside the sample.
    n_pairs
        Pairs in all.
    treated : (u, t)
        Where did × score is not zero, within the periods of the study.
    n_periods
        Periods of the study.
    """

    degrees: FloatArray
    n_pairs: int
    treated: BoolArray
    n_periods: int


def measure_influence(
    presences: Presences, cells: Cells, n_documents: int, *, measure: str = "stock", depreciation: float = 0.0,
    design: PairDesign | None = None,
) -> FloatArray:  # fmt: skip
    """Return the influence of one clause of each document: (n_documents,), ≥ 0.

    Without a design it is the sum of the clause's weights over the covered unit-periods; with one, the length of what
    pair and year effects leave of them. A document without rank counts with rank 1 in measures of power.

    Raises
    ------
    ReviewError
        If the measure is unknown.
    """
    if measure not in MEASURES:
        raise ReviewError(f"influence is known for the measures {', '.join(MEASURES)}. Got {measure!r}.")
    weights = _spread(presences, cells, measure, depreciation)
    if design is None:
        return _sum_documents(presences, weights.sum(axis=1), n_documents)
    weights = weights * design.treated[presences.units]
    within = (weights**2).sum(axis=1) - weights.sum(axis=1) ** 2 / max(design.n_periods, 1)
    degrees = design.degrees[presences.units]
    squares = (degrees - degrees**2 / max(design.n_pairs, 1)) * within
    return np.sqrt(_sum_documents(presences, np.maximum(squares, 0.0), n_documents))


def _sum_documents(presences: Presences, values: FloatArray, size: int) -> FloatArray:
    return np.bincount(presences.documents, weights=values, minlength=size).astype(float)


def _spread(presences: Presences, cells: Cells, measure: str, depreciation: float) -> FloatArray:
    """Return the weight of a clause in each period of its unit: (m, t)."""
    periods = np.arange(cells.covered.shape[1])
    age = periods[None, :] - presences.first[:, None]
    inside = (age >= 0) & (periods[None, :] <= presences.last[:, None]) if measure in STOCKS else age == 0
    weights = np.where(inside, presences.weights[:, None], 0.0)
    if measure in STOCKS:
        weights = weights * (1 - depreciation) ** np.maximum(age, 0)
    if measure in POWERED:
        weights = weights * np.where(np.isnan(presences.powers), 1.0, presences.powers)[:, None]
    return np.asarray(weights * cells.covered[presences.units] * _find_scale(cells, measure)[presences.units])


def _find_scale(cells: Cells, measure: str) -> FloatArray:
    """Return what one clause more or less changes in each cell: (u, t); empty cells are taken as one clause."""
    if measure == "share":
        return 1 / np.maximum(cells.n_clauses, 1)
    if measure == "per_10k":
        return 10_000 / np.maximum(cells.n_characters, 1)
    return 1 / (1 + cells.n_clauses) if measure == "log_count" else np.ones(cells.covered.shape)
