"""Agreement of any number of coders beyond chance: Fleiss, Conger, Brennan–Prediger, Gwet; with Gwet's standard errors.

Notation. r_i coders coded clause i, r_ik of them with category k; r*_ik = Σ_l w_kl r_il with the weights w. Over the n'
clauses with r_i ≥ 2, observed agreement is p_a = Σ_i a_i / n' with a_i = Σ_k r_ik (r*_ik − 1) / (r_i (r_i − 1)), and
every coefficient is (p_a − p_e) / (1 − p_e). They differ in p_e. With π_k the mean over clauses of r_ik / r_i and p_gk
the share of category k in what coder g coded:

    Fleiss             Σ_kl w_kl π_k π_l
    Brennan–Prediger   Σ_kl w_kl / q²
    Gwet               Σ_kl w_kl / (q (q − 1)) · Σ_k π_k (1 − π_k)
    Conger             the mean over pairs of coders g ≠ h of Σ_kl w_kl p_gk p_hl

The variance is that of a mean of linearised values, Σ_i (κ_i − κ)² / (n (n − 1)), with
κ_i = (n / n') (a_i − p_e) 1[r_i ≥ 2] / (1 − p_e) − (1 − κ) e_i / (1 − p_e) and e_i the influence of clause i on p_e
(Gwet 2014, Handbook of Inter-Rater Reliability, chapters 2–5; Fleiss 1971; Conger 1980; Brennan and Prediger 1981;
Gwet 2008). Gwet's coefficient is AC1 with the weights of identity and AC2 with others. Conger's is Cohen's κ where two
coders coded every clause. Brennan–Prediger and Gwet depend on q, the number of categories.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from textq.coding.arrays import FloatArray, divide, divide_halves
from textq.coding.reliability.category_weights import Weighting, weigh_categories
from textq.coding.reliability.coefficient import Coefficient, Why, correct_chance
from textq.coding.reliability.joint_codings import JointCodings
from textq.coding.resample import Resampling, estimate
from textq.errors import ConfigError

Model = Literal["fleiss", "conger", "brennan_prediger", "gwet"]


def measure_agreement(
    codings: JointCodings,
    model: Model,
    weighting: Weighting = "identity",
    *,
    resampling: Resampling | None = None,
) -> Coefficient:
    """Measure agreement beyond chance.

    Clauses with one coding count towards the shares of the categories, not towards observed agreement.

    Parameters
    ----------
    codings
        At least one clause was coded twice.
    model
        What chance agreement is.
    weighting
        How much unequal categories agree.
    resampling
        Draws for an interval, over the same clauses.

    Raises
    ------
    ConfigError
        If no clause was coded twice, or ``model`` or ``weighting`` is unknown.
    """
    if model not in _EXPECT:
        raise ConfigError(f"unknown model of chance {model!r}. Use one of {', '.join(_EXPECT)}.")
    weights = weigh_categories(codings.categories, weighting)
    clauses, expect = _prepare(codings, weights), _EXPECT[model]

    def evaluate(sums: FloatArray) -> FloatArray:
        means = _split(sums, codings)
        return np.asarray(correct_chance(means.observed, expect(means, weights)))

    contributions = clauses.contribute()
    means = _split(contributions.sum(axis=0), codings)
    expected = expect(means, weights)
    figure = estimate(contributions, evaluate, resampling)[0]
    name = model if model != "gwet" else "ac1" if weighting == "identity" else "ac2"
    n_clauses = int(clauses.paired.sum())
    if figure.value is None:
        why: Why = "one_category" if means.given.sum(axis=-1).all() else "absent_coder"
        return Coefficient(name, None, n_clauses, observed=float(means.observed), why=why)
    influence = _INFLUENCE[model](clauses, means, weights)
    error = _find_standard_error(clauses, figure.value, float(expected), influence)
    return Coefficient(name, figure.value, n_clauses, float(means.observed), float(expected), error, figure.interval)


def measure_percent(codings: JointCodings, *, resampling: Resampling | None = None) -> Coefficient:
    """Measure the mean over clauses of the share of pairs of coders that agree, with the standard error of that mean.

    Raises
    ------
    ConfigError
        If no clause was coded twice.
    """
    clauses = _prepare(codings, np.eye(len(codings.categories)))
    contributions = np.stack([clauses.agreed, clauses.paired.astype(float)], axis=1)
    agreed = clauses.agreed[clauses.paired > 0]
    figure = estimate(contributions, divide_halves, resampling)[0]
    error = float(agreed.std(ddof=1) / math.sqrt(agreed.size)) if agreed.size > 1 else None
    return Coefficient("percent", figure.value, agreed.size, standard_error=error, interval=figure.interval)


@dataclass(frozen=True, slots=True)
class _Clauses:
    """Of each clause: a_i, whether it was coded twice, whether at all, r_ik / r_i, and one-hot codings by coder."""

    agreed: FloatArray
    paired: FloatArray
    coded: FloatArray
    shares: FloatArray
    given: FloatArray

    def contribute(self) -> FloatArray:
        """Return what each clause adds to the sums that :func:`_split` takes apart."""
        single = np.stack([self.agreed, self.paired, self.coded], axis=1)
        return np.concatenate([single, self.shares, self.given.reshape(len(self.given), -1)], axis=1)


@dataclass(frozen=True, slots=True)
class _Means:
    """Of many clauses: p_a, π_k, and how often coder g gave category k; any number of leading axes."""

    observed: FloatArray
    shares: FloatArray
    given: FloatArray

    @property
    def profiles(self) -> FloatArray:
        """p_gk: (…, r, q)."""
        return divide(self.given, self.given.sum(axis=-1, keepdims=True))


def _prepare(codings: JointCodings, weights: FloatArray) -> _Clauses:
    codings.keep_pairable()
    counts = codings.count()
    sizes = counts.sum(axis=1)
    pairs = sizes * (sizes - 1)
    agreed = (counts * (counts @ weights - 1)).sum(axis=1)
    return _Clauses(
        agreed=np.divide(agreed, pairs, out=np.zeros(len(pairs)), where=pairs > 0),
        paired=(pairs > 0).astype(float),
        coded=(sizes > 0).astype(float),
        shares=counts / np.maximum(sizes, 1)[:, None],
        given=(codings.codes[:, :, None] == np.arange(len(codings.categories))).astype(float),
    )


def _split(sums: FloatArray, codings: JointCodings) -> _Means:
    q = len(codings.categories)
    return _Means(
        observed=divide(sums[..., 0], sums[..., 1]),
        shares=divide(sums[..., 3 : 3 + q], sums[..., 2, None]),
        given=sums[..., 3 + q :].reshape(*sums.shape[:-1], len(codings.coders), q),
    )


def _expect_fleiss(means: _Means, weights: FloatArray) -> FloatArray:
    return np.asarray(((means.shares @ weights) * means.shares).sum(axis=-1))


def _expect_brennan_prediger(means: _Means, weights: FloatArray) -> FloatArray:
    return np.full(means.observed.shape, weights.mean())


def _expect_gwet(means: _Means, weights: FloatArray) -> FloatArray:
    return np.asarray(_scale_gwet(weights) * (means.shares * (1 - means.shares)).sum(axis=-1))


def _expect_conger(means: _Means, weights: FloatArray) -> FloatArray:
    profiles = means.profiles
    total = profiles.sum(axis=-2)
    r = profiles.shape[-2]
    same_coder = ((profiles @ weights) * profiles).sum(axis=(-2, -1))
    return np.asarray((((total @ weights) * total).sum(axis=-1) - same_coder) / (r * (r - 1)))


def _scale_gwet(weights: FloatArray) -> float:
    q = len(weights)
    return float(weights.sum() / (q * (q - 1))) if q > 1 else math.nan


def _influence_of_fleiss(clauses: _Clauses, means: _Means, weights: FloatArray) -> FloatArray:
    return np.asarray(2 * (clauses.shares - means.shares) @ (weights @ means.shares))


def _influence_of_brennan_prediger(clauses: _Clauses, means: _Means, weights: FloatArray) -> FloatArray:
    return np.zeros(len(clauses.agreed))


def _influence_of_gwet(clauses: _Clauses, means: _Means, weights: FloatArray) -> FloatArray:
    return np.asarray(2 * _scale_gwet(weights) * (clauses.shares - means.shares) @ (1 - means.shares))


def _influence_of_conger(clauses: _Clauses, means: _Means, weights: FloatArray) -> FloatArray:
    profiles = means.profiles
    r = len(profiles)
    others = (profiles.sum(axis=0) - profiles) @ weights
    coded = clauses.given.sum(axis=2, keepdims=True)
    moved = (clauses.given - coded * profiles) * (clauses.coded.sum() / means.given.sum(axis=-1))[:, None]
    return np.asarray(2 * (moved * others).sum(axis=(1, 2)) / (r * (r - 1)))


_EXPECT: Mapping[str, Callable[[_Means, FloatArray], FloatArray]] = {
    "fleiss": _expect_fleiss,
    "conger": _expect_conger,
    "brennan_prediger": _expect_brennan_prediger,
    "gwet": _expect_gwet,
}
_INFLUENCE: Mapping[str, Callable[[_Clauses, _Means, FloatArray], FloatArray]] = {
    "fleiss": _influence_of_fleiss,
    "conger": _influence_of_conger,
    "brennan_prediger": _influence_of_brennan_prediger,
    "gwet": _influence_of_gwet,
}


def _find_standard_error(clauses: _Clauses, value: float, expected: float, influence: FloatArray) -> float | None:
    coded = clauses.coded > 0
    n, n_paired = int(coded.sum()), clauses.paired.sum()
    if n < 2:
        return None
    linear = n / n_paired * (clauses.agreed - expected) * clauses.paired - (1 - value) * influence
    return float(math.sqrt((((linear / (1 - expected) - value)[coded]) ** 2).sum() / (n * (n - 1))))
