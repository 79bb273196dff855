"""How wide a band must be to hold all points at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import optimize, special, stats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

DRAWS = 50_000
SEED = 20_190_101

_BINS = 1_000
_MARGIN = 0.01
"""How far the search for the quantile reaches beyond its bounds: draws may err by so much."""


def compute_sup_t(covariance: FloatArray, df: float, level: float, draws: int = DRAWS, seed: int = SEED) -> float:
    """Return the quantile of the largest |t| over all points: the band b ± c·se holds all of them at once.

    The band is the plug-in sup-t band (Montiel Olea and Plagborg-Møller 2019, Journal of Applied Econometrics 34(1)),
    the narrowest of those that are as many standard errors wide at each point. Theirs is for normal estimates. Here
    max_k |T_k| is taken over the multivariate t (Hothorn, Bretz and Westfall 2008, Biometrical Journal 50(3)), with
    the degrees of freedom of the pointwise intervals: with few clusters a normal band could be narrower than these.

    T = s·R^½·u, where R is the correlation matrix, u has a uniform direction on the sphere of K dimensions, and s²/K is
    F(K, df). So only u is drawn, with m = max_k |R^½ u|_k, and c solves mean over u of P(F(K, df) ≤ (c/m)²/K) = level:
    the radius is integrated exactly, which leaves far less noise than drawing T.

    Parameters
    ----------
    covariance : (K, K)
        Of the points, of any rank; points without variance (a base drawn at 0) are left aside.
    df
        Degrees of freedom of the t distribution, > 0.
    level
        In (0, 1).
    draws, seed
        Of u.

    Returns
    -------
    float
        Between the quantile of one |t| and Scheffé's √(K·F(K, df)), to the precision of the draws; NaN if the
        covariance is not finite, or no point varies.
    """
    varying = np.flatnonzero(np.diag(covariance) > 0)
    if not np.isfinite(covariance).all() or not len(varying):
        return float("nan")
    n_points = len(varying)
    root = _take_root(covariance[np.ix_(varying, varying)])
    directions = np.random.default_rng(seed).standard_normal((draws, n_points))
    directions /= np.linalg.norm(directions, axis=1)[:, None]
    largest = np.abs(directions @ root).max(axis=1)

    places, shares = _group(largest)

    def exceed(critical: float) -> float:
        return float(special.fdtr(n_points, df, (critical / places) ** 2 / n_points) @ shares) - level

    single = float(stats.t.ppf((1 + level) / 2, df))
    scheffe = float(np.sqrt(n_points * stats.f.ppf(level, n_points, df)))
    return float(optimize.brentq(exceed, single * (1 - _MARGIN), scheffe * (1 + _MARGIN), xtol=1e-9))


def _group(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the means of values in narrow bins and the share of them in each: a smooth function needs no more."""
    counts, edges = np.histogram(values, bins=_BINS)
    sums, _ = np.histogram(values, bins=edges, weights=values)
    return sums[counts > 0] / counts[counts > 0], counts[counts > 0] / len(values)


def _take_root(covariance: FloatArray) -> FloatArray:
    """Return the symmetric root of the correlations, which no sign or order of eigenvectors changes, rows of length 1.

    Eigenvalues that rounding made negative become zero.
    """
    errors = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(errors, errors))
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    return np.asarray(root / np.linalg.norm(root, axis=0))
