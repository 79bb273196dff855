"""Cross-products of a few long columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_FEW = 12  # from so many columns on a product of matrices is as fast
_BLOCK = 16_384  # rows whose columns stay in the cache


def multiply_rows(rows: FloatArray) -> FloatArray:
    """Return R R' (k, k) of few long rows (k, n).

    One product of a matrix and a vector a row beats that of two matrices, which are copied into blocks first.
    """
    n_rows, length = rows.shape
    if n_rows > _FEW:
        return np.asarray(rows @ rows.T)
    gram = np.zeros((n_rows, n_rows))
    for start in range(0, length, _BLOCK):
        block = rows[:, start : start + _BLOCK]
        for place, row in enumerate(block):
            gram[place, : place + 1] += block[: place + 1] @ row
    return np.tril(gram) + np.tril(gram, -1).T


def multiply_columns(columns: FloatArray, weights: FloatArray | None = None) -> FloatArray:
    """Return X'WX (k, k) of columns (n, k) and weights (n,)."""
    if weights is None and columns.flags.f_contiguous:
        return multiply_rows(columns.T)
    return np.asarray(columns.T @ (columns if weights is None else columns * weights[:, None]))
