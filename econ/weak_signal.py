"""Tests and confidence sets that hold however little signal the coded regressors have.

Let g_k(b) be the moment of term k where its coefficient is b and the others are solved for. With S = X'MX − D,

    g_k(b) = (β̂_k − b) / (S⁻¹)_kk,

which needs no division by a weak signal: under the hypothesis it is zero on average, and g² / Var g is F(1, df)
(Anderson and Rubin 1949). Scores are linear in b, so Var g = (1, −b) Q (1, −b)', and the values of b that are not
rejected solve a quadratic inequality (Fieller 1954): an interval, all numbers, or all but an interval. Scores are
centred, so that Q does not count what g itself is; at b = β̂_k, where g is zero, Var g / S² is the variance of β̂_k.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from econ.estimate import WaldTest

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ConfidenceSet:
    """Values of a coefficient that a test does not reject.

    Attributes
    ----------
    term
        Whose coefficient.
    level
        Of confidence, in (0, 1).
    intervals
        Closed, in order; ends may be infinite. Two of them where a gap is rejected.
    """

    term: str
    level: float
    intervals: tuple[tuple[float, float], ...]

    def __contains__(self, value: float) -> bool:
        """Return whether a value is not rejected."""
        return any(low <= value <= high for low, high in self.intervals)


@dataclass(frozen=True, slots=True)
class MomentTest:
    """The moment of a term as a function of the value b of its coefficient.

    Attributes
    ----------
    term
        Its name.
    moment : (2,)
        (A, S) with g(b) = A − S b.
    spread : (2, 2)
        Q.
    df
        Degrees of freedom.
    """

    term: str
    moment: FloatArray
    spread: FloatArray
    df: float

    def test(self, value: float) -> WaldTest:
        """Test that the coefficient is ``value``."""
        ray = np.array([1.0, -value])
        statistic = float((ray @ self.moment) ** 2 / (ray @ self.spread @ ray))
        return WaldTest(f"{self.term} = {value:g}", statistic, 1, self.df, float(stats.f.sf(statistic, 1, self.df)))

    def invert(self, level: float) -> ConfidenceSet:
        """Return the values that are not rejected."""
        critical = float(stats.f.ppf(level, 1, self.df))
        form = np.outer(self.moment, self.moment) - critical * self.spread
        # accepted where form[1, 1] b² − 2 form[0, 1] b + form[0, 0] ≤ 0
        curvature, half, constant = form[1, 1], form[0, 1], form[0, 0]
        inside = half**2 - curvature * constant
        if inside <= 0:
            return ConfidenceSet(self.term, level, ((-np.inf, np.inf),))
        ends = sorted([(half - np.sqrt(inside)) / curvature, (half + np.sqrt(inside)) / curvature])
        low, high = float(ends[0]), float(ends[1])
        intervals = ((low, high),) if curvature > 0 else ((-np.inf, low), (high, np.inf))
        return ConfidenceSet(self.term, level, intervals)
