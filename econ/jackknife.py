"""The leave-one-unit-out jackknife: each unit goes with all its rows, and the equation is fitted again, effects too.

Fitting C times from the rows is slow and rarely needed. Write Z = [D X y] with D the dummies of the effects. Where all
rows of a level have the same members (the effect of a pair), leaving a unit out removes the level whole or not at all:
such an effect is eliminated once, by subtracting level means. The Gram matrix without unit i is then Z'WZ − Z_i'WZ_i
with Z_i the rows of unit i: one pass over the rows for all units, and a solve of its size for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from econ.covariance import Covariance
from econ.errors import FitError, SpecError
from econ.keys import is_nested
from econ.within import Absorber, keep_rows, stack_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from econ.spec import VcovSpec
    from econ.within import Effect

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

EXPLICIT_LEVELS = 400
"""Up to this many levels beside the eliminated effect the Gram matrices are built; beyond, rows are refitted."""

_RANK = 1e-10  # pivots below this share of a column's own variation are zero


def compute_jackknife(
    spec: VcovSpec,
    outcome: FloatArray,
    regressors: FloatArray,
    effects: Sequence[Effect],
    weights: FloatArray | None,
    members: IntArray,
    unit_names: Sequence[str],
    terms: Sequence[str],
) -> Covariance:
    """Return the leave-one-unit-out jackknife covariance, with t(C − 1).

    V = (C − 1)/C Σ_i (β₍₋ᵢ₎ − β̄)(β₍₋ᵢ₎ − β̄)', with β₍₋ᵢ₎ the estimates without the rows of unit i and β̄ their mean
    (Tukey 1958). β₍₋ᵢ₎ is exact: the absorbed effects are estimated again.

    Leaving out a unit with all its pairs goes back to Snijders and Borgatti (1999), whose factor is (C − 2)/(2C): it is
    right for independent pairs, each of which is left out twice, once with either member. Here pairs depend on one
    another through what their units share. Then the units are the independent draws, and Tukey's factor is right. It is
    at least as large as needed: for independent pairs it doubles the variance.

    Parameters
    ----------
    spec
        Of kind ``jackknife`` and without small-sample correction: the formula has its own.
    outcome : (n,)
        As given or with the effects taken out of all rows, which is the same: they are taken out of each subset anyway.
    regressors : (n, k)
        Likewise, and better without the effects: whether a term is identified is judged by the length of its column.
        With an intercept if nothing is absorbed.
    effects
        To be absorbed.
    weights : (n,) or None
        Positive analytic weights.
    members : (n, 1) or (n, 2)
        Codes 0 … C − 1 of the unit of each row, or of both members of its pair in one numbering; each unit has rows.
    unit_names
        The C names, by code.
    terms
        The k names of the regressors.

    Raises
    ------
    SpecError
        If ``spec.ssc`` is not "none".
    FitError
        If there are fewer than three units, or a term is not identified without one of them; it names both.
    """
    check_request(spec, unit_names)
    data = np.column_stack([regressors, outcome])
    if effects:  # which absorb any constant: small numbers round better
        data -= data.mean(axis=0)
    return assemble_jackknife(spec, _leave_out(data, effects, weights, members), unit_names, terms)


def assemble_jackknife(
    spec: VcovSpec, grams: Iterable[tuple[FloatArray, FloatArray]], unit_names: Sequence[str], terms: Sequence[str]
) -> Covariance:
    """Return the covariance, given for each unit the Gram matrix of [X y] without it, and the scale of the columns.

    Effects are taken out of the Gram matrices, whose columns were divided by the scale, (k + 1, k + 1) and (k + 1,).
    """
    estimates = np.array(
        [_solve(gram, scale, unit, terms, spec) for unit, (gram, scale) in zip(unit_names, grams, strict=True)]
    )
    n_units = len(unit_names)
    deviations = estimates - estimates.mean(axis=0)
    matrix = (n_units - 1) / n_units * (deviations.T @ deviations)
    return Covariance(matrix, n_units - 1, {"unit" if len(spec.by) == 2 else spec.by[0]: n_units})


def check_request(spec: VcovSpec, unit_names: Sequence[str]) -> None:
    """Refuse a small-sample correction, and fewer than three units."""
    if spec.ssc != "none":
        raise SpecError(
            f"the jackknife covariance has its own factor (C − 1)/C and takes no small-sample correction. "
            f"Got ssc={spec.ssc!r}; leave it out, or pass 'none'."
        )
    if len(unit_names) < 3:
        raise FitError(f"the jackknife needs three units or more, and the sample has {len(unit_names)}. Add units.")


def _leave_out(
    data: FloatArray, effects: Sequence[Effect], weights: FloatArray | None, members: IntArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield for each unit the Gram matrix of [X y] without it, effects taken out, and the scale of the columns."""
    eliminated = _choose_eliminated(effects, members)
    rest = [effect for effect in effects if effect is not eliminated]
    if sum(effect.n_levels for effect in rest) > EXPLICIT_LEVELS:
        return _refit(data, effects, weights, members)
    return _downdate(data, eliminated, rest, weights, members)


def _choose_eliminated(effects: Sequence[Effect], members: IntArray) -> Effect | None:
    """Return the largest of the effects each level of which has the same members in all its rows."""
    pairs = members.min(axis=1) * (int(members.max()) + 1) + members.max(axis=1)
    nested = (effect for effect in effects if is_nested(effect, pairs))
    return max(nested, key=lambda effect: effect.n_levels, default=None)


def _downdate(
    data: FloatArray,
    eliminated: Effect | None,
    rest: Sequence[Effect],
    weights: FloatArray | None,
    members: IntArray,
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Subtract the Gram matrix of each unit's rows from the total, in which a pair's rows stand once a member."""
    n_dummies = sum(effect.n_levels for effect in rest)
    grams = np.array([block.T @ block for block in _build_blocks(data, eliminated, rest, weights, members)])
    return subtract_grams(grams, grams.sum(axis=0) / members.shape[1], n_dummies)


def subtract_grams(grams: FloatArray, total: FloatArray, n_dummies: int) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield what :func:`assemble_jackknife` needs, given the Gram matrices of [D X y] of each unit and of all rows."""
    scale = np.sqrt(np.diag(total))
    scale[scale == 0] = 1.0
    for gram in grams:
        yield _project_out((total - gram) / np.outer(scale, scale), n_dummies), scale[n_dummies:]


def subtract_group_grams(
    grams: FloatArray, units: IntArray, groups: IntArray, n_dummies: int
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield what :func:`assemble_jackknife` needs, where each group of pairs has dummies of its own.

    All dummies are taken out of X and y in all rows together, so that those of the groups that a unit is not in explain
    nothing without it either.

    Parameters
    ----------
    grams : (m, d + k + 1, d + k + 1)
        Gram matrices of [D X y], pairs eliminated, of the pairs of a unit in a group; each pair stands in two of them.
    units, groups : (m,)
        The units, sorted, and the groups.
    n_dummies
        d, of a group.
    """
    order = np.argsort(groups, kind="stable")
    starts = np.flatnonzero(np.diff(groups[order], prepend=-1))
    totals = np.add.reduceat(grams[order], starts, axis=0) / 2
    whole = totals[:, n_dummies:, n_dummies:].sum(axis=0)
    scale = np.sqrt(np.diag(whole))
    scale[scale == 0] = 1.0
    lengths = np.sqrt(np.diagonal(totals[:, :n_dummies, :n_dummies], axis1=1, axis2=2))
    lengths[lengths == 0] = 1.0
    for rows in np.split(np.arange(len(units)), np.flatnonzero(np.diff(units)) + 1):
        left, unit = totals[groups[rows]] - grams[rows], lengths[groups[rows]][:, :, None]
        values, vectors = np.linalg.eigh(left[:, :n_dummies, :n_dummies] / (unit * unit.transpose(0, 2, 1)))
        shared = vectors.transpose(0, 2, 1) @ (left[:, :n_dummies, n_dummies:] / unit / scale)
        inverses = np.divide(1.0, values, out=np.zeros_like(values), where=values > _RANK)
        gram = (whole - grams[rows, n_dummies:, n_dummies:].sum(axis=0)) / np.outer(scale, scale)
        yield gram - np.tensordot(shared * inverses[:, :, None], shared, ((0, 1), (0, 1))), scale


def _build_blocks(
    data: FloatArray,
    eliminated: Effect | None,
    rest: Sequence[Effect],
    weights: FloatArray | None,
    members: IntArray,
) -> Iterator[FloatArray]:
    """Yield for each unit its rows of [D X y], the eliminated effect and the square root of the weights applied."""
    levels = np.arange(len(data)) if eliminated is None else eliminated.codes
    masses = np.ones(len(data)) if weights is None else weights
    places, n_dummies = stack_codes(rest) if rest else (np.empty((len(data), 0), dtype=np.intp), 0)
    for rows in _split_rows(members, levels):
        block = np.column_stack([np.zeros((len(rows), n_dummies)), data[rows]])
        block[np.arange(len(rows))[:, None], places[rows]] = 1.0
        if eliminated is not None:
            block -= _average(block, levels[rows], masses[rows])
        yield block * np.sqrt(masses[rows])[:, None]


def _split_rows(members: IntArray, levels: IntArray) -> list[IntArray]:
    """Return the rows of each unit, sorted by level."""
    order = np.argsort(levels, kind="stable")
    units = members[order].ravel()
    rows = order[np.argsort(units, kind="stable") // members.shape[1]]
    return np.split(rows, np.cumsum(np.bincount(units))[:-1])


def _average(block: FloatArray, levels: IntArray, masses: FloatArray) -> FloatArray:
    """Return for each row the weighted mean of its level; rows are sorted by level."""
    starts = np.flatnonzero(np.diff(levels, prepend=-1))
    means = np.add.reduceat(block * masses[:, None], starts) / np.add.reduceat(masses, starts)[:, None]
    return np.repeat(means, np.diff(starts, append=len(levels)), axis=0)


def _project_out(gram: FloatArray, n_dummies: int) -> FloatArray:
    """Return the Schur complement of the first columns; dummies without rows, or collinear with others, drop out."""
    if not n_dummies:
        return gram
    factor, pivots, rank = _factorize(gram[:n_dummies, :n_dummies])
    shared = gram[pivots[:rank] - 1, n_dummies:]
    half = np.linalg.solve(np.triu(factor[:rank, :rank]).T, shared)
    return np.asarray(gram[n_dummies:, n_dummies:] - half.T @ half)


def _factorize(gram: FloatArray) -> tuple[FloatArray, IntArray, int]:
    """Return the pivoted Cholesky factor, its pivots (from 1) and its rank; LAPACK never doubts the first pivot."""
    factor, pivots, rank, _ = linalg.lapack.dpstrf(gram, tol=_RANK)
    return factor, pivots, 0 if gram.diagonal().max(initial=0.0) <= _RANK else int(rank)


def _refit(
    data: FloatArray, effects: Sequence[Effect], weights: FloatArray | None, members: IntArray
) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Take the effects out of the rows that are left."""
    scale = np.sqrt(np.sum(data**2, axis=0))
    scale[scale == 0] = 1.0
    for unit in range(int(members.max()) + 1):
        rows = np.flatnonzero((members != unit).all(axis=1))
        if not len(rows):
            yield np.zeros((len(scale), len(scale))), scale
            continue
        masses = None if weights is None else weights[rows]
        left = Absorber([keep_rows(effect, rows) for effect in effects], masses).residualize(data[rows] / scale)
        yield left.T @ (left if masses is None else left * masses[:, None]), scale


def _solve(gram: FloatArray, scale: FloatArray, unit: str, terms: Sequence[str], spec: VcovSpec) -> FloatArray:
    """Return the estimates of one Gram matrix of [X y], whose columns were divided by ``scale``."""
    _, pivots, rank = _factorize(gram[:-1, :-1])
    if rank < len(terms):
        other = f"{{'dyadic': {spec.by!r}}}" if len(spec.by) == 2 else f"{{'cluster': {spec.by[0]!r}}}"
        raise FitError(
            f"without {unit} the term {terms[pivots[rank] - 1]!r} is not identified: it rests on that unit alone, so "
            f"the jackknife cannot leave the unit out. Ask for vcov={other}, or leave the term out."
        )
    return np.asarray(np.linalg.solve(gram[:-1, :-1], gram[:-1, -1]) * scale[-1] / scale[:-1])
