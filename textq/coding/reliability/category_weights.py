"""How much two categories agree (weights, from 1 on the diagonal down), and how far apart they are (Krippendorff)."""

from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np

from textq.coding.arrays import FloatArray
from textq.errors import ConfigError

Weighting = Literal["identity", "linear", "quadratic", "ordinal"]
Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Distance = Callable[[FloatArray], FloatArray]
"""How often each category was given, (…, q) → squared differences, (…, q, q) or (q, q)."""


def weigh_categories(categories: Sequence[Any], weighting: Weighting = "identity") -> FloatArray:
    """Return the agreement of each pair of categories: (q, q), symmetric, from 0 to 1.

    ``identity``: 1 where equal. ``linear``: 1 − |x − y| / range (Cicchetti and Allison 1971). ``quadratic``:
    1 − (x − y)² / range² (Fleiss and Cohen 1973). ``ordinal``: 1 − M / max M, M the number of pairs of categories from
    one to the other, both included (Gwet 2014, chapter 3).
    Categories that are no numbers stand for 1, 2, … in their order.

    Raises
    ------
    ConfigError
        If ``weighting`` is another one.
    """
    if weighting not in get_args(Weighting):
        raise ConfigError(f"unknown weights {weighting!r}. Use one of {', '.join(get_args(Weighting))}.")
    q = len(categories)
    if weighting == "identity" or q < 2:
        return np.eye(q)
    if weighting == "ordinal":
        steps = np.abs(np.subtract.outer(np.arange(q), np.arange(q))) + 1.0
        pairs = steps * (steps - 1) / 2
        return np.asarray(1 - pairs / pairs.max())
    gaps = np.abs(np.subtract.outer(*(read_scale(categories),) * 2))
    return np.asarray(1 - (gaps / gaps.max()) ** {"linear": 1, "quadratic": 2}[weighting])


def find_distance(categories: Sequence[Any], metric: Metric = "nominal") -> Distance:
    """Return the squared difference δ² of each pair of categories, as a function of how often each was given.

    nominal: 1 where unequal. interval: (c − k)². ratio: ((c − k) / (c + k))². ordinal: (Σ n_g − (n_c + n_k) / 2)² over
    the categories g from c to k, n_g being how often g was given; only this one depends on the frequencies
    (Krippendorff 2011, "Computing Krippendorff's alpha-reliability").

    Raises
    ------
    ConfigError
        If ``metric`` is another one, or ``ratio`` meets a number below zero or words.
    """
    q = len(categories)
    if metric == "nominal":
        return lambda frequencies: 1 - np.eye(q)
    if metric == "ordinal":
        return _measure_ranks
    if metric not in get_args(Metric):
        raise ConfigError(f"unknown metric {metric!r}. Use one of {', '.join(get_args(Metric))}.")
    scale = read_scale(categories, numbers_only=True)
    gaps = np.subtract.outer(scale, scale)
    if metric == "ratio":
        if (scale < 0).any():
            raise ConfigError("the ratio metric needs numbers of at least zero. Use the interval metric.")
        sums = np.add.outer(scale, scale)
        gaps = np.divide(gaps, sums, out=np.zeros_like(gaps), where=sums != 0)
    return lambda frequencies: gaps**2


def read_scale(categories: Sequence[Any], *, numbers_only: bool = False) -> FloatArray:
    """Return the categories as numbers: their own, or 1, 2, … where they are words.

    Raises
    ------
    ConfigError
        If ``numbers_only`` and one is no number.
    """
    if all(isinstance(one, (int, float)) for one in categories):
        return np.array(categories, dtype=float)
    if numbers_only:
        raise ConfigError("interval and ratio metrics need numbers as categories. Use nominal or ordinal for words.")
    return np.arange(1.0, len(categories) + 1)


def _measure_ranks(frequencies: FloatArray) -> FloatArray:
    middles = np.cumsum(frequencies, axis=-1) - frequencies / 2
    return np.asarray((middles[..., :, None] - middles[..., None, :]) ** 2)
