"""Bootstrap intervals that draw whole documents (or clauses), with all that belongs to them; never coders.

The ends of an interval are quantiles of the draws, a little farther out than 2.5 and 97.5 % because there are only g
documents: those of the normal distribution at ∓ √(g / (g − 1)) t, with t the 97.5 % point of Student's distribution
with g − 1 degrees of freedom ("expanded percentiles", Hesterberg 2015, section 5.2).

Most statistics here are functions of sums over clauses, so a draw needs the sums of each document only: the draws are
one product of matrices, and a statistic is computed for all of them at once.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np

from textq.coding.arrays import CountArray, FloatArray, IntArray
from textq.errors import ConfigError

LEVEL = 0.95
"""How often intervals shall cover the truth."""

DRAWS = 2000
"""How many samples are drawn where nothing else is asked for."""

_SAME = 1e-12

_CELLS_AT_ONCE = 2_000_000
"""How many counts of draws are floats at one time (8 bytes each)."""

Evaluate = Callable[[FloatArray], FloatArray]
"""Sums (…, s) → statistics (…, t); NaN where one is not defined."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval, and the share of draws in which the statistic was not defined (left out of it)."""

    low: float
    high: float
    undefined: float = 0.0


@dataclass(frozen=True, slots=True)
class Figure:
    """An estimate with its interval; None where it is not defined, or no interval was drawn."""

    value: float | None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class Resampling:
    """Which samples are drawn: how often each of g groups (documents or clauses) stands in each of d draws.

    Attributes
    ----------
    counts : (d, g)
        Whole numbers; every row sums to g.
    groups : (n,)
        The group of each clause.
    """

    counts: CountArray
    groups: IntArray

    @property
    def n_groups(self) -> int:
        """How many documents or clauses there are to draw from."""
        return int(self.counts.shape[1])

    @property
    def draws(self) -> int:
        """How many samples there are."""
        return len(self.counts)

    def weigh_clauses(self, draw: int) -> FloatArray:
        """Return how often each clause stands in one draw: (n,)."""
        return np.asarray(self.counts[draw][self.groups], dtype=float)

    def sum_draws(self, contributions: FloatArray) -> FloatArray:
        """Return the sums of what the clauses contribute, (n, s), in each draw: (d, s)."""
        sums = sum_groups(contributions, self.groups, self.n_groups)
        return np.concatenate([self.counts[part].astype(float) @ sums for part in _cut(self.draws, self.n_groups)])


def draw_samples(groups: IntArray, generator: np.random.Generator, draws: int = DRAWS) -> Resampling:
    """Draw as many groups as there are, with replacement, ``draws`` times.

    Raises
    ------
    ConfigError
        If there are fewer than two groups, or ``draws`` is below 1.
    """
    size = int(groups.max()) + 1 if groups.size else 0
    if size < 2:
        raise ConfigError("an interval needs at least two documents (or clauses) to draw from. Ask for no draws.")
    if draws < 1:
        raise ConfigError(f"the number of draws must be at least 1. Got {draws}.")
    counts = np.empty((draws, size), dtype=np.min_scalar_type(size))
    for part in _cut(draws, size):
        counts[part] = generator.multinomial(size, np.full(size, 1 / size), size=part.stop - part.start)
    return Resampling(counts, groups)


def _cut(draws: int, size: int) -> list[slice]:
    """Return parts of the draws that are small enough to be worked on at once."""
    step = max(1, _CELLS_AT_ONCE // size)
    return [slice(start, min(start + step, draws)) for start in range(0, draws, step)]


def sum_groups(contributions: FloatArray, groups: IntArray, size: int) -> FloatArray:
    """Return the sums by group of what the clauses contribute: (n, s) → (g, s)."""
    sums = np.zeros((size, contributions.shape[1]))
    np.add.at(sums, groups, contributions)
    return sums


def estimate(contributions: FloatArray, evaluate: Evaluate, resampling: Resampling | None) -> list[Figure]:
    """Return each statistic of the sums of what the clauses contribute, (n, s), with its interval if there are draws.

    The interval is that of :func:`cut_interval`.
    """
    values = np.atleast_1d(evaluate(contributions.sum(axis=0)))
    if resampling is None:
        return [make_figure(value) for value in values]
    drawn = evaluate(resampling.sum_draws(contributions)).reshape(resampling.draws, -1)
    return [make_figure(value, column, resampling.n_groups) for value, column in zip(values, drawn.T, strict=True)]


def make_figure(value: float, drawn: FloatArray | None = None, n_groups: int = 0) -> Figure:
    """Return a statistic with the interval of its values in all draws of ``n_groups``; NaN as None."""
    if not math.isfinite(value):
        return Figure(None)
    return Figure(float(value), None if drawn is None or not len(drawn) else cut_interval(drawn, n_groups))


def cut_interval(values: FloatArray, n_groups: int) -> Interval | None:
    """Return the interval of the values of one statistic in all draws of ``n_groups``; NaN marks draws without one.

    None where fewer than half of the draws have a value, or all have the same: full agreement in the sample shows no
    spread, and an interval of no length would say that there is none.
    """
    known = values[np.isfinite(values)]
    if 2 * known.size < values.size or not known.size or np.ptp(known) < _SAME:
        return None
    low, high = np.quantile(known, find_quantiles(n_groups))
    return Interval(float(low), float(high), 1 - known.size / values.size)


@cache
def find_quantiles(n_groups: int) -> tuple[float, float]:
    """Return the quantiles of the draws that are the ends of an interval; at least two groups."""
    from scipy.special import ndtr, stdtrit

    reach = math.sqrt(n_groups / (n_groups - 1)) * stdtrit(n_groups - 1, (1 + LEVEL) / 2)
    return float(ndtr(-reach)), float(ndtr(reach))
