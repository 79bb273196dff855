"""The types of arrays in the statistics of codings, and their quotients."""

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]
CountArray = NDArray[np.unsignedinteger]


def divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Return quotients, NaN where the denominator is zero, without a warning."""
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    whole = ~np.isclose(denominator, 0, atol=1e-12)
    return np.asarray(np.divide(numerator, denominator, out=np.full(shape, math.nan), where=whole))


def divide_halves(sums: FloatArray) -> FloatArray:
    """Return the first half of the last axis over the second: (…, 2t) → (…, t)."""
    half = sums.shape[-1] // 2
    return divide(sums[..., :half], sums[..., half:])
