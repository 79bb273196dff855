"""Krippendorff's α for any number of coders, with gaps, for nominal, ordinal, interval and ratio categories.

Clause u with m_u ≥ 2 codings, n_uc of them in category c, puts n_uc (n_uk − 1[c = k]) / (m_u − 1) into the cells of the
coincidence matrix o_ck. With its margins n_c and its total n,

    α = 1 − (n − 1) Σ_ck o_ck δ²_ck / Σ_ck n_c n_k δ²_ck

(Krippendorff 2011, "Computing Krippendorff's alpha-reliability"; 2019, Content Analysis, chapter 12). The standard
error is Gwet's, by linearisation over clauses with the weights 1 − δ² / max δ² held fixed (Gwet 2014, chapter 5). The
interval draws clauses or documents anew with all their codings; drawing pairs with fixed chance disagreement, as
Hayes and Krippendorff (2007) do, leaves out the variance of the latter.
"""

import math

import numpy as np

from textq.coding.arrays import FloatArray, divide
from textq.coding.reliability.category_weights import Distance, Metric, Weighting, find_distance, weigh_categories
from textq.coding.reliability.coefficient import Coefficient
from textq.coding.reliability.joint_codings import JointCodings
from textq.coding.resample import Resampling, estimate


def measure_alpha(
    codings: JointCodings,
    metric: Metric = "nominal",
    *,
    weighting: Weighting | None = None,
    resampling: Resampling | None = None,
) -> Coefficient:
    """Measure Krippendorff's α over the clauses that were coded at least twice.

    Parameters
    ----------
    codings
        For interval and ratio metrics the categories are numbers; for the ordinal one they stand in order.
    metric
        How far two categories are apart.
    weighting
        In place of the metric: weights w of agreement, so that 1 − w is the difference (Gwet's weighted α).
    resampling
        Draws for an interval, over the same clauses.

    Raises
    ------
    ConfigError
        If no clause was coded twice, or the metric does not suit the categories.
    """
    pairable = codings.keep_pairable()
    q = len(codings.categories)
    distance = find_distance(codings.categories, metric) if weighting is None else _oppose(codings, weighting)

    def evaluate(sums: FloatArray) -> FloatArray:
        return _compute_alpha(sums.reshape(*sums.shape[:-1], q, q), distance)

    contributions = count_coincidences(codings).reshape(len(codings.codes), -1)
    figure = estimate(contributions, evaluate, resampling)[0]
    n_clauses = len(pairable.codes)
    if figure.value is None:
        return Coefficient("alpha", None, n_clauses, why="one_category")
    counts = pairable.count()
    observed, expected, error = _linearise(counts, distance(counts.sum(axis=0)))
    return Coefficient("alpha", figure.value, n_clauses, observed, expected, error, figure.interval)


def count_coincidences(codings: JointCodings) -> FloatArray:
    """Return what each clause puts into the coincidence matrix: (n, q, q), zero where it was coded less than twice."""
    counts = codings.count()
    sizes = counts.sum(axis=1)
    pairs = counts[:, :, None] * (counts[:, None, :] - np.eye(counts.shape[1]))
    return np.asarray(pairs * (sizes >= 2)[:, None, None] / np.maximum(sizes - 1, 1)[:, None, None])


def _oppose(codings: JointCodings, weighting: Weighting) -> Distance:
    weights = weigh_categories(codings.categories, weighting)
    return lambda frequencies: 1 - weights


def _compute_alpha(coincidences: FloatArray, distance: Distance) -> FloatArray:
    margins = coincidences.sum(axis=-1)
    squared = distance(margins)
    seen = (coincidences * squared).sum(axis=(-2, -1))
    by_chance = (margins[..., :, None] * margins[..., None, :] * squared).sum(axis=(-2, -1))
    return np.asarray(1 - (margins.sum(axis=-1) - 1) * divide(seen, by_chance))


def _linearise(counts: FloatArray, squared: FloatArray) -> tuple[float, float, float | None]:
    """Return observed agreement, chance agreement and standard error, all in the scale of the weights."""
    n, weights = len(counts), 1 - squared / squared.max()
    sizes = counts.sum(axis=1)
    mean = sizes.mean()
    excess = (sizes - mean) / mean
    agreed = (counts * (counts @ weights - 1)).sum(axis=1) / (mean * (sizes - 1))
    small = 1 / sizes.sum()
    observed = (1 - small) * agreed.mean() + small
    shares = counts.mean(axis=0) / mean
    chance = counts @ (weights @ shares) / mean - excess * (shares @ weights @ shares)
    expected = float(shares @ weights @ shares)
    value = (agreed.mean() - expected) / (1 - expected)
    linear = (agreed - observed * excess - expected - 2 * (1 - value) * (chance - expected)) / (1 - expected)
    error = math.sqrt(((linear - value) ** 2).sum() / (n * (n - 1))) if n > 1 else None
    return float(observed), expected, error
