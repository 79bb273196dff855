"""The recipe of pairs for one assignment of designations, on arrays: sample, treatment, estimate, dyadic error.

The sample: pairs whose role is wanted; of m such pairs, if asked for, the ⌊m/2⌋ with the highest gravity. Pairs stand
sorted by gravity (equal ones in their order), so the upper half of any set of pairs is the first half of it.

The equation: y_dt = x_dt'β + pair effect + period effect + error on a balanced panel, so the effects leave a column as
it is less its pair mean and then its period mean (Frisch and Waugh 1933, Lovell 1963). The pair mean of y does not
depend on the draw and is taken out once. x is zero throughout for a pair without treatment: its within column is −x̄_t,
and only treated pairs need rows of their own. With S_d = Σ_t x̃_dt e_dt the score of pair d, S_i = Σ_{d∋i} S_d and
A = (X̃'X̃)⁻¹ the covariance is A (Σ_i S_i S_i' − Σ_d S_d S_d') A, as ``dyadic`` in :mod:`econ.covariance`, with its
substitute A (Σ_i S_i S_i') A where that is not positive semi-definite. Both are returned, and whether the second took
the place of the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.covariance import TOLERANCE
from econ.designations import NEVER

if TYPE_CHECKING:
    from econ.placebo_draws import Assignment

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]
Places = NDArray[np.intp]

SINGULAR = 1e-9
"""Regressors whose correlations have an eigenvalue below this, or that the effects leave so small a share of, are not
identified."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What the estimate of any assignment is computed from.

    Attributes
    ----------
    first, second : (M,)
        Places of the members of all pairs among the n units; sorted by gravity where ``halved``.
    within : (M, T)
        The outcome less its pair mean.
    periods : (T,)
    wanted : (3,)
        Which numbers of designated members a pair may have.
    halved
        Whether the upper half by gravity is kept.
    shares : (n,) or None
        The share of its first period that the treatment of each unit covers; None = all of it.
    scores : (n, k, T) or None
        Scores of the units; each gives the regressor did × score of the designated member.
    """

    first: Places
    second: Places
    within: FloatArray
    periods: IntArray
    wanted: BoolArray
    halved: bool
    shares: FloatArray | None = None
    scores: FloatArray | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The estimate of one assignment.

    Attributes
    ----------
    estimates, errors : (1 + k,)
        Of did and of each did × score, the errors dyadic-robust; NaN where the sample does not identify them.
    n_pairs : int
    by_unit, by_pair : (1 + k,)
        Other errors: from A (Σ_i S_i S_i') A, which is positive semi-definite, and from A (Σ_d S_d S_d') A.
    substituted : bool
        Whether ``errors`` are those of ``by_unit``, as the dyadic covariance was not positive semi-definite.
    """

    estimates: FloatArray
    errors: FloatArray
    n_pairs: int
    by_unit: FloatArray
    by_pair: FloatArray
    substituted: bool = False


def select_sample(recipe: Recipe, designated: BoolArray) -> Places:
    """Return the places of the pairs in the sample, given which units (n,) are designated."""
    numbers = designated[recipe.first].astype(np.int8) + designated[recipe.second]
    places = np.flatnonzero(recipe.wanted[numbers])
    return places[: len(places) // 2] if recipe.halved else places


def fit_assignment(recipe: Recipe, assignment: Assignment) -> Outcome:
    """Repeat the recipe: sample, treatment, coefficients and their dyadic-robust standard errors."""
    designated = assignment.start < NEVER
    sample = select_sample(recipe, designated)
    first, second = recipe.first[sample], recipe.second[sample]
    treated = designated[first] | designated[second]
    columns = treat_pairs(trace_units(recipe, assignment), first[treated], second[treated])
    n_pairs, n_terms = len(sample), columns.shape[1]
    raw = np.einsum("drt,drt->r", columns, columns)
    columns -= columns.mean(axis=2, keepdims=True)
    means = columns.sum(axis=0) / max(n_pairs, 1)
    columns -= means
    gram = np.einsum("drt,dqt->rq", columns, columns) + (n_pairs - len(columns)) * (means @ means.T)
    if not _is_identified(gram, raw):
        return lack_outcome(n_terms, n_pairs)
    totals = sum_sample(recipe.within, sample)
    outcome = recipe.within[sample[treated]]
    bread = np.linalg.inv(gram)
    estimates = bread @ (np.einsum("drt,dt->r", columns, outcome) - means @ (totals - outcome.sum(axis=0)))
    residuals = outcome - totals / n_pairs - np.einsum("drt,r->dt", columns, estimates)
    scores = np.empty((n_pairs, n_terms))
    scores[treated] = np.einsum("drt,dt->dr", columns, residuals)
    constant = means @ (totals / n_pairs) - (means @ means.T) @ estimates
    scores[~treated] = constant - (recipe.within @ means.T)[sample[~treated]]
    return state_outcome(estimates, scores @ bread, first, second)


def lack_outcome(n_terms: int, n_pairs: int) -> Outcome:
    """Return the outcome of an assignment that does not identify the coefficients."""
    missing = np.full(n_terms, np.nan)
    return Outcome(missing, missing, n_pairs, missing, missing)


def state_outcome(estimates: FloatArray, influences: FloatArray, first: Places, second: Places) -> Outcome:
    """Return the outcome of estimates (k,) with A S_d of each pair (m, k) and the places of its members (m,)."""
    errors = compute_errors(influences, first, second)
    return Outcome(estimates, errors.dyadic, len(influences), errors.by_unit, errors.by_pair, errors.substituted)


def sum_sample(values: FloatArray, sample: Places) -> FloatArray:
    """Return the sums of ``values`` (M, q) over the pairs of a sample, without a copy of their rows."""
    mask = np.zeros(len(values))
    mask[sample] = 1.0
    sums: FloatArray = mask @ values
    return sums


@dataclass(frozen=True, slots=True)
class PairErrors:
    """Standard errors (k,) as in :class:`Outcome`: dyadic-robust, by unit, by pair."""

    dyadic: FloatArray
    by_unit: FloatArray
    by_pair: FloatArray
    substituted: bool


def compute_errors(influences: FloatArray, first: Places, second: Places) -> PairErrors:
    """Return standard errors from A S_d of each pair (m, k) and the places of its members (m,).

    Raises
    ------
    ValueError
        If there is no pair.
    """
    n_units = int(max(first.max(), second.max())) + 1
    by_unit = np.column_stack(
        [np.bincount(first, column, n_units) + np.bincount(second, column, n_units) for column in influences.T]
    )
    outer = by_unit.T @ by_unit
    own = influences.T @ influences
    matrix = outer - own
    scale = np.sqrt(np.diag(outer))
    scale[scale == 0] = 1.0
    scaled = matrix / np.outer(scale, scale)
    substituted = bool(np.linalg.eigvalsh(scaled).min() < -TOLERANCE or np.diag(scaled).min() < TOLERANCE)
    dyadic, by_unit, by_pair = (np.sqrt(np.diag(one)) for one in (outer if substituted else matrix, outer, own))
    return PairErrors(dyadic, by_unit, by_pair, substituted)


def trace_units(recipe: Recipe, assignment: Assignment) -> FloatArray:
    """Return did and each did × score of every unit in every period, (n, 1 + k, T)."""
    start = assignment.start[:, None]
    did = (recipe.periods >= start).astype(np.float64)
    if recipe.shares is not None:
        did = np.where(recipe.periods == start, recipe.shares[assignment.source][:, None], did)
    if recipe.scores is None:
        return did[:, None, :]
    scores = recipe.scores[assignment.source]
    return np.concatenate([did[:, None, :], np.where(did[:, None, :] > 0, did[:, None, :] * scores, 0.0)], axis=1)


def treat_pairs(paths: FloatArray, first: Places, second: Places) -> FloatArray:
    """Return the regressors of pairs: a pair is treated while a member is; a score is that of the treated member."""
    columns = paths[first]
    others = paths[second]
    np.maximum(columns[:, 0], others[:, 0], out=columns[:, 0])
    columns[:, 1:] += others[:, 1:]
    return columns


def _is_identified(gram: FloatArray, raw: FloatArray) -> bool:
    own = np.diag(gram)
    if not (own > SINGULAR * raw).all():
        return False
    return bool(np.linalg.eigvalsh(gram / np.sqrt(np.outer(own, own))).min() > SINGULAR)
