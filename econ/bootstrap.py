"""The wild cluster bootstrap-t with the null imposed, for few clusters.

Notation as in :mod:`econ.covariance`. To test β_k = β⁰ let c = X̃A_k, with A_k column k of the bread, so that c'Wy is
the estimate b of β_k. Let r = c / A_kk and d = b − β⁰. The residuals under the null are u = e + d r. A draw multiplies
those of cluster h by v_h, which gives z = Σ_h v_h u_h, where u_h has zeros outside h. Its refit, with M what takes the
effects out, has

    b* − β⁰ = c'Wz    and in cluster g the score    (M c_g)'Wz − c_g'WX̃ A X̃'Wz.

Both are linear in v and in d. So G columns M c_g serve all draws, and one set of draws serves all β⁰: the interval
costs no more than the test (Roodman, Nielsen, MacKinnon and Webb 2019, section 5).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.covariance import compute_bread, compute_vcov, sum_by_group
from econ.errors import FitError
from econ.estimate import LEVEL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.covariance import Covariance, Design
    from econ.spec import VcovSpec
    from econ.within import Absorber

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

SIX_POINT_BELOW = 12
"""Below this many clusters the weights have six values instead of two."""

_RADEMACHER = np.array([-1.0, 1.0])
_WEBB = np.sqrt([1.5, 1.0, 0.5, 0.5, 1.0, 1.5]) * [-1, -1, -1, 1, 1, 1]
_TIE = 1e-9  # a squared t* this close to the squared t counts as equal
_REACH = 2.0**20  # in standard errors: an interval that is longer is unbounded
_PRECISION = 1e-10  # of the ends of an interval, relative to their distance from the estimate
_BATCH = 64  # columns residualised at a time


@dataclass(frozen=True, slots=True)
class WildResult:
    """What the wild cluster bootstrap says of each of k terms.

    Attributes
    ----------
    covariance
        The cluster-robust one, with its small-sample correction. Its notes say how the draws were made, and which
        intervals are unbounded.
    p_values : (k,)
        Of β_k = 0: symmetric, two-sided, in [0, 1].
    conf_low, conf_high : (k,)
        The ends of the 95 % interval; −∞ or ∞ where it is unbounded.
    """

    covariance: Covariance
    p_values: FloatArray
    conf_low: FloatArray
    conf_high: FloatArray


@dataclass(frozen=True, slots=True)
class _Draws:
    """One term's draws, as functions of d = b − β⁰.

    t* = (numerators₀ + d numerators₁) / √(squares₀ + 2 d squares₁ + d² squares₂), with numerators (2, draws) and
    squares (3, draws); t = d / √variance.
    """

    variance: float
    numerators: FloatArray
    squares: FloatArray


def compute_wild(
    spec: VcovSpec, design: Design, absorber: Absorber, estimates: FloatArray, terms: Sequence[str]
) -> WildResult:
    """Return p-values and intervals of the wild cluster bootstrap-t (WCR; Cameron, Gelbach and Miller 2008).

    For each regressor in turn the null is imposed, the residuals of each cluster are multiplied by a random weight, the
    equation is fitted again with its effects, and t* = (b* − β⁰) / se* is compared with t = (b − β⁰) / se. Both
    standard errors are cluster-robust; their small-sample factor is the same and cancels. p = share of |t*| ≥ |t|. The
    interval ends where p, going outwards from b, first is seen to fall to 0.05: see :func:`_find_reach`.

    Weights: ±1 with equal probability (Rademacher) from 12 clusters on; below that ±√½, ±1, ±√1.5 (Webb 2023), because
    2^(G − 1) values of |t*| are too few. Where all the vectors of weights number no more than ``spec.draws`` they are
    all used, once each: with 9,999 draws, for 12, 13, and up to 5 clusters. One of them is the sample itself (all
    weights 1). Where they are drawn the sample is counted beside the draws, so that p ≥ 1 / (draws + 1): as
    many draws cannot show a p of 0 (Phipson and Smyth 2010).

    Parameters
    ----------
    spec
        Of kind ``wild``: one column, draws, seed.
    design
        The fitted equation; ``groups`` has the column.
    absorber
        Of the effects and weights of the fit.
    estimates : (k,)
        The coefficients.
    terms
        Their k names.

    Raises
    ------
    FitError
        As :func:`econ.covariance.compute_vcov`; and if the scores of a term vanish in every cluster.
    """
    covariance = compute_vcov(replace(spec, kind="cluster"), design)
    _, clusters = np.unique(design.groups[spec.by[0]], return_inverse=True)
    weights, how = _draw_weights(int(clusters.max()) + 1, spec.draws, spec.seed)
    draws = [_draw_term(design, absorber, clusters, weights, place, terms[place]) for place in range(len(terms))]
    p_values = np.array([_compute_p_value(term, gap) for term, gap in zip(draws, estimates, strict=True)])
    lows = estimates - np.array([_find_reach(term, 1.0) for term in draws])
    highs = estimates + np.array([_find_reach(term, -1.0) for term in draws])
    notes = (*covariance.notes, how, *_describe_unbounded(lows, highs, terms))
    return WildResult(replace(covariance, notes=notes), p_values, lows, highs)


def _draw_weights(n_clusters: int, n_draws: int, seed: int) -> tuple[FloatArray, str]:
    """Return the weights, (G, draws), and how they were made; drawn ones begin with the sample itself, all ones."""
    points, name = (_WEBB, "Webb's six-point") if n_clusters < SIX_POINT_BELOW else (_RADEMACHER, "Rademacher")
    sentence = "The p-values and intervals are of the wild cluster bootstrap-t with the null imposed"
    n_vectors = len(points) ** n_clusters
    if n_vectors <= n_draws:
        vectors = np.array(list(product(points, repeat=n_clusters))).T
        return vectors, f"{sentence}: all {n_vectors:,} vectors of {name} weights for {n_clusters} clusters."
    drawn = np.random.default_rng(seed).choice(points, size=(n_clusters, n_draws))
    vectors = np.column_stack([np.ones(n_clusters), drawn])
    return vectors, f"{sentence}: {n_draws:,} draws of {name} weights for {n_clusters} clusters, seed {seed}."


def _draw_term(
    design: Design, absorber: Absorber, clusters: IntArray, weights: FloatArray, place: int, term: str
) -> _Draws:
    """Return the draws of the term in column ``place``."""
    bread = compute_bread(design.columns, design.weights)
    masses = np.ones(len(clusters)) if design.weights is None else design.weights
    influence = design.columns @ bread[:, place]
    residuals = np.column_stack([design.residuals, influence / bread[place, place]]) * masses[:, None]
    gains = sum_by_group(residuals * influence[:, None], clusters)
    variance = float(np.sum(gains[:, 0] ** 2))
    _check_variance(variance, residuals[:, 0] * influence, term)
    kept = _sum_absorbed(absorber, influence, residuals, clusters)
    own = sum_by_group(design.columns * (influence * masses)[:, None], clusters) @ bread
    scores = [
        (kept[part] - own @ sum_by_group(design.columns * residuals[:, [part]], clusters).T) @ weights
        for part in (0, 1)
    ]
    squares = [np.einsum("gb,gb->b", scores[one], scores[other]) for one, other in ((0, 0), (0, 1), (1, 1))]
    return _Draws(variance, gains.T @ weights, np.array(squares))


def _check_variance(variance: float, summands: FloatArray, term: str) -> None:
    """Refuse scores that sum to nothing but rounding in each cluster."""
    if variance <= 1e-24 * float(np.sum(np.abs(summands))) ** 2:
        raise FitError(
            f"the scores of {term!r} sum to zero in every cluster, so there is nothing to bootstrap: net of the other "
            "terms it varies in one cluster alone. Leave the term out, or cluster by another column."
        )


def _sum_absorbed(absorber: Absorber, influence: FloatArray, residuals: FloatArray, clusters: IntArray) -> FloatArray:
    """Return (M c_g)'Wu_h for both parts of u, (2, G, G): the effects are taken out of a batch of c_g at a time."""
    n_clusters = int(clusters.max()) + 1
    sums = np.empty((residuals.shape[1], n_clusters, n_clusters))
    for start in range(0, n_clusters, _BATCH):
        batch = np.arange(start, min(start + _BATCH, n_clusters))
        columns = absorber.residualize(np.where(clusters[:, None] == batch, influence[:, None], 0.0))
        for part, weighted in enumerate(residuals.T):
            sums[part, batch] = sum_by_group(columns * weighted[:, None], clusters).T
    return sums


def _compute_p_value(draws: _Draws, gap: float) -> float:
    """Return the share of draws with t*² ≥ t² at d = gap, without dividing by a vanishing variance."""
    numerators = draws.numerators[0] + gap * draws.numerators[1]
    squares = draws.squares[0] + 2 * gap * draws.squares[1] + gap**2 * draws.squares[2]
    return float(np.mean(numerators**2 * draws.variance * (1 + _TIE) >= gap**2 * squares))


def _find_reach(draws: _Draws, sign: float) -> float:
    """Return how far from b the test rejects, going down (sign 1) or up (sign −1): doubling, then bisection.

    Doubling from one standard error on finds a point that is rejected; bisection finds a crossing below it: p > 0.05 on
    its inner side, p ≤ 0.05 on its outer one. p is not monotone, as a share of draws: a short stretch of rejected
    values that lies between two points tried is not seen, and values beyond the end may be accepted again.
    """
    error = np.sqrt(draws.variance)
    inside, outside = 0.0, error
    while _compute_p_value(draws, sign * outside) > 1 - LEVEL:
        inside, outside = outside, 2 * outside
        if outside > _REACH * error:
            return float(np.inf)
    while outside - inside > _PRECISION * outside:
        middle = (inside + outside) / 2
        if _compute_p_value(draws, sign * middle) > 1 - LEVEL:
            inside = middle
        else:
            outside = middle
    return float((inside + outside) / 2)


def _describe_unbounded(lows: FloatArray, highs: FloatArray, terms: Sequence[str]) -> tuple[str, ...]:
    unbounded = [term for term, low, high in zip(terms, lows, highs, strict=True) if np.isinf([low, high]).any()]
    if not unbounded:
        return ()
    return (
        f"The bootstrap interval of {', '.join(unbounded)} is unbounded: no value is rejected on one side or both.",
    )
