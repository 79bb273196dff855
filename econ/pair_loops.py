"""Loops over a tile of pairs that can be compiled (:mod:`econ.compiled`); each says what of NumPy it equals.

Sums may be taken in another order than NumPy takes them, so that the last digits of a double differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from econ.compiled import Work

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.intp]
    PlaceArray = NDArray[np.uint32]

ADD, MULTIPLY, MAXIMUM, MINIMUM = range(4)
"""What the members' values are joined by."""

NOTHING, ABSOLUTE, NEGATIVE, HALF_SQUARE, SQUARE = range(5)
"""What follows on it: nothing, |x|, −|x|, 1 − x²/2, 1 − x²."""

JOINED = Work(enough=200_000_000)
"""Values of pairs, columns × rows, that this process has joined; each pass over them counts.

A loop saves some 5 ns a value, which makes up for loading numba.
"""


def join_members(
    stack: FloatArray,
    others: FloatArray,
    joins: IntArray,
    finishes: IntArray,
    first: PlaceArray,
    second: PlaceArray,
    columns: FloatArray,
) -> None:
    """Write the joined values of pairs into ``columns`` (k, T, p), and what follows on joining.

    ``stack`` and ``others`` (K, T, n) are the values of first and second members; ``joins`` and ``finishes`` (K,) say
    what is done with them. Equals `_join_runs` and the table `_FINISHES` of :mod:`econ.pair_columns`.
    """
    n_columns, n_periods, n_pairs = columns.shape
    for k in range(n_columns):
        for t in range(n_periods):
            if joins[k] == 0:
                for p in range(n_pairs):
                    columns[k, t, p] = stack[k, t, first[p]] + others[k, t, second[p]]
            elif joins[k] == 1:
                for p in range(n_pairs):
                    columns[k, t, p] = stack[k, t, first[p]] * others[k, t, second[p]]
            elif joins[k] == 2:
                for p in range(n_pairs):
                    columns[k, t, p] = max(stack[k, t, first[p]], others[k, t, second[p]])
            else:
                for p in range(n_pairs):
                    columns[k, t, p] = min(stack[k, t, first[p]], others[k, t, second[p]])
            if finishes[k] == 1:
                for p in range(n_pairs):
                    columns[k, t, p] = abs(columns[k, t, p])
            elif finishes[k] == 2:
                for p in range(n_pairs):
                    columns[k, t, p] = -abs(columns[k, t, p])
            elif finishes[k] == 3:
                for p in range(n_pairs):
                    columns[k, t, p] = 1.0 - 0.5 * columns[k, t, p] * columns[k, t, p]
            elif finishes[k] == 4:
                for p in range(n_pairs):
                    columns[k, t, p] = 1.0 - columns[k, t, p] * columns[k, t, p]


def add_products(columns: FloatArray, gram: FloatArray) -> None:
    """Add Σ_tp x_k x_l to the lower triangle of ``gram`` (k, k), from columns (k, T, p).

    Equals :func:`econ.gram.multiply_rows` of the flattened columns.
    """
    n_columns, n_periods, n_pairs = columns.shape
    for t in range(n_periods):
        for k in range(n_columns):
            for other in range(0, k + 1 - (k + 1) % 2, 2):
                one, two = 0.0, 0.0
                for p in range(n_pairs):
                    one += columns[k, t, p] * columns[other, t, p]
                    two += columns[k, t, p] * columns[other + 1, t, p]
                gram[k, other] += one
                gram[k, other + 1] += two
            if k % 2 == 0:
                one = 0.0
                for p in range(n_pairs):
                    one += columns[k, t, p] * columns[k, t, p]
                gram[k, k] += one


def take_means(columns: FloatArray, weights: FloatArray, means: FloatArray, sums: FloatArray) -> None:
    """Take the pairs' means over the periods out of columns (k, T, p), and write them into ``means`` (k, p).

    Adds the weighted sums of what is left to ``sums`` (k, T). Equals :func:`econ.pair_passes.demean_columns`.
    """
    n_columns, n_periods, n_pairs = columns.shape
    for k in range(n_columns):
        for p in range(n_pairs):
            means[k, p] = 0.0
        for t in range(n_periods):
            for p in range(n_pairs):
                means[k, p] += columns[k, t, p]
        for p in range(n_pairs):
            means[k, p] /= n_periods
        for t in range(n_periods):
            total = 0.0
            for p in range(n_pairs):
                columns[k, t, p] -= means[k, p]
                total += weights[p] * columns[k, t, p]
            sums[k, t] += total


def score_pairs(
    columns: FloatArray,
    weights: FloatArray,
    contrast: FloatArray,
    effects: FloatArray,
    errors: FloatArray,
    scores: FloatArray,
) -> float:
    """Write w e into ``errors`` (T, p) and Σ_t (x − γ) w e of each pair into ``scores`` (K, p); return Σ w e².

    With e the sum of the columns times the contrast (K,), less the effects γ (K, T) and the pairs' means. Of the K
    columns the first k are given (k, T, p); the others are zero.
    """
    n_given, n_periods, n_pairs = columns.shape
    n_columns = len(contrast)
    means = scores[0]  # written over at the end
    for p in range(n_pairs):
        means[p] = 0.0
    for t in range(n_periods):
        level = 0.0
        for k in range(n_columns):
            level += contrast[k] * effects[k, t]
        for p in range(n_pairs):
            errors[t, p] = -level
        for k in range(n_given):
            for p in range(n_pairs):
                errors[t, p] += contrast[k] * columns[k, t, p]
        for p in range(n_pairs):
            means[p] += errors[t, p] / n_periods
    squares = 0.0
    for t in range(n_periods):
        for p in range(n_pairs):
            errors[t, p] -= means[p]
            squares += weights[p] * errors[t, p] * errors[t, p]
            errors[t, p] *= weights[p]
    for k in range(n_columns):
        for p in range(n_pairs):
            scores[k, p] = 0.0
        for t in range(n_periods):
            for p in range(n_pairs):
                scores[k, p] -= effects[k, t] * errors[t, p]
            if k < n_given:
                for p in range(n_pairs):
                    scores[k, p] += columns[k, t, p] * errors[t, p]
    return squares


def sum_by_unit(values: FloatArray, units: IntArray, sums: FloatArray) -> None:
    """Add values (k, p) to ``sums`` (k, n) of their units (p,). Equals ``np.bincount`` of each row."""
    n_rows, n_pairs = values.shape
    for k in range(n_rows):
        for p in range(n_pairs):
            sums[k, units[p]] += values[k, p]
