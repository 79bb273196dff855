"""The logarithmic opinion pool: several coders' probabilities → one, with weights learnt on gold clauses.

Coder m gives clause i the probabilities p_mik. The pool is

    q_ik ∝ Π_m p_mik^(s·w_m),   w_m ≥ 0,   Σ_m w_m = 1,   s ≥ 0

(Genest and Zidek 1986 for s = 1). The sharpness s is 1 where coders repeat one another, and larger where they err
independently, so that agreement of two makes the pool surer than either. The products v_m = s·w_m minimise the mean
of −ln q over the gold classes, which is convex in v, plus a small multiple of Σ v²: a coder that says nothing (the
same for each clause) then gets the weight 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import FloatArray, IntArray
from textq.errors import ConfigError

FLOOR = 0.01
"""Each row of probabilities is mixed with this share of equal ones, because a 0 would be a veto whatever others say.

A choice of this package: no coder can take more than ln 100 plus the log of the number of classes from a class, times
its exponent.
"""

_RIDGE = 1e-4
"""The multiple of Σ v², a choice of this package.

It decides only where the loss is flat: with exponents of about 1 it is a ten-thousandth beside a loss of some tenths.
Where all coders are always right, it keeps the exponents from growing without end.
"""

_TOLERANCE = 1e-6
_NO_WEIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class PoolWeights:
    """What the pool learnt: the weight of each coder, adding up to 1, and the sharpness."""

    weights: tuple[float, ...]
    sharpness: float


def check_probabilities(probabilities: FloatArray, n_classes: int, whose: str) -> None:
    """Refuse what are no probabilities of the classes.

    Raises
    ------
    ConfigError
        If the shape is another, a value is negative or no number, or a row does not add up to 1.
    """
    if probabilities.ndim != 2 or probabilities.shape[1] != n_classes:
        raise ConfigError(
            f"{whose}: probabilities must have the shape (clauses, {n_classes}), not {probabilities.shape}."
        )
    if not np.isfinite(probabilities).all() or (probabilities < 0).any():
        raise ConfigError(f"{whose}: probabilities must be numbers of 0 or more.")
    if (np.abs(probabilities.sum(axis=1) - 1) > _TOLERANCE).any():
        raise ConfigError(f"{whose}: the probabilities of a clause must add up to 1.")


def pool_probabilities(opinions: Sequence[FloatArray], fitted: PoolWeights) -> FloatArray:
    """Return the pooled probabilities, of the shape (clauses, classes) that each coder's have."""
    return _pool(_take_logs(opinions), fitted.sharpness * np.array(fitted.weights))


def fit_pool(opinions: Sequence[FloatArray], gold: IntArray) -> PoolWeights:
    """Return the weights that make the gold classes likeliest; the same for the same input.

    Parameters
    ----------
    opinions
        Each coder's probabilities, of shape (clauses, classes). They must come from outside what the coder was trained
        on: of a trained coder, its out-of-fold predictions.
    gold
        The class of each clause, of shape (clauses,).

    Raises
    ------
    ConfigError
        If the shapes do not fit together, or there are no clauses.
    """
    if not opinions or not len(gold):
        raise ConfigError("a pool needs at least one coder and one gold clause.")
    n_classes = opinions[0].shape[1]
    for number, one in enumerate(opinions, 1):
        check_probabilities(one, n_classes, f"coder {number}")
        if len(one) != len(gold):
            raise ConfigError(
                f"coder {number} gives {len(one)} clauses probabilities, but {len(gold)} have gold codes."
            )
    if gold.min() < 0 or gold.max() >= n_classes:
        raise ConfigError(f"gold codes must be numbers from 0 to {n_classes - 1}. Got {gold.min()} to {gold.max()}.")
    return _split(_minimise(_take_logs(opinions), gold))


def cross_fit_pool(opinions: Sequence[FloatArray], gold: IntArray, folds: IntArray) -> FloatArray:
    """Return pooled probabilities in which no clause has helped to learn the weights used for it.

    ``folds`` numbers the fold of each clause; see :func:`textq.coding.folds.assign_folds`.
    """
    pooled = np.empty_like(opinions[0])
    for fold in np.unique(folds):
        inside = folds == fold
        fitted = fit_pool([one[~inside] for one in opinions], gold[~inside])
        pooled[inside] = pool_probabilities([one[inside] for one in opinions], fitted)
    return pooled


def _take_logs(opinions: Sequence[FloatArray]) -> FloatArray:
    """Return the logarithms of the floored probabilities, of shape (coders, clauses, classes)."""
    stacked = np.stack(opinions)
    return np.asarray(np.log((1 - FLOOR) * stacked + FLOOR / stacked.shape[2]), dtype=np.float64)


def _pool(logs: FloatArray, exponents: FloatArray) -> FloatArray:
    mixed = np.tensordot(exponents, logs, axes=1)
    powers = np.exp(mixed - mixed.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)


def _minimise(logs: FloatArray, gold: IntArray) -> FloatArray:
    from scipy.optimize import minimize

    n_coders, n_clauses, _ = logs.shape
    rows = np.arange(n_clauses)

    def measure(exponents: FloatArray) -> tuple[float, FloatArray]:
        pooled = _pool(logs, exponents)
        loss = -np.mean(np.log(np.maximum(pooled[rows, gold], np.finfo(float).tiny))) + _RIDGE * exponents @ exponents
        expected = np.einsum("mik,ik->m", logs, pooled) / n_clauses
        slope = expected - logs[:, rows, gold].mean(axis=1) + 2 * _RIDGE * exponents
        return float(loss), slope

    start = np.full(n_coders, 1 / n_coders)
    found = minimize(measure, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * n_coders,
                     options={"ftol": 1e-13, "gtol": 1e-9, "maxiter": 10_000})  # fmt: skip
    return np.asarray(found.x, dtype=np.float64)


def _split(exponents: FloatArray) -> PoolWeights:
    """Return exponents as weights and sharpness; without any that helps, equal weights and no sharpness."""
    sharpness = float(exponents.sum())
    if sharpness < _NO_WEIGHT:
        return PoolWeights((1 / len(exponents),) * len(exponents), 0.0)
    return PoolWeights(tuple(float(one) for one in exponents / sharpness), sharpness)
