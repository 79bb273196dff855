"""What passes over the pairs of a stream find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Moments:
    """What the first pass finds.

    Attributes
    ----------
    gram : (K, K)
        X̃'WX̃ of all columns, the effects taken out.
    effects : (K, T, G)
        γ: the periods' effects on each column, by group or unit; G is 1 where all pairs have the same ones.
    own : (K,)
        Weighted sums of squares of the columns about their means.
    within : (K,)
        The same about the means of the pairs.
    rank : int
        Of N: coefficients of the periods beside those of the pairs.

    Columns stand in the order of the stream.
    """

    gram: FloatArray
    effects: FloatArray
    own: FloatArray
    within: FloatArray
    rank: int


@dataclass(frozen=True, slots=True)
class ScoreSums:
    """What the second pass finds; an influence is A x̃ w e, with A the inverse of X̃'WX̃.

    Attributes
    ----------
    by_pair : (k, k)
        Σ_d S_d S_d', with S_d the sum of the influences of pair d; S_i of unit i is the sum over its pairs.
    by_first, by_second : (n, k)
        Sums over the pairs whose first (second) member is the unit.
    by_row : (k, k) or None
        Σ s s' over the rows.
    absolute : (k,)
        Σ_d |S_d|.
    squares : float
        Σ w e².
    grams : (m, T + K, T + K) or None
        [D X̃ y]'W[D X̃ y] of each unit's pairs, those of each group apart, pairs eliminated, for the jackknife: in the
        order of :func:`econ.pair_effects.list_cells`, which is that of the units where there are no groups.
    """

    by_pair: FloatArray
    by_first: FloatArray
    by_second: FloatArray
    by_row: FloatArray | None
    absolute: FloatArray
    squares: float
    grams: FloatArray | None
