"""Two coders: the table of their codings, Cohen's κ with its asymptotic standard error, and Holsti's coefficient.

With p_ij the share of the clauses that the first coder put into i and the second into j, the weights w_ij and
w̄_i· = Σ_j p_·j w_ij, w̄_·j = Σ_i p_i· w_ij, let p_a = Σ w_ij p_ij and p_e = Σ w_ij p_i· p_·j. Then

    κ        = (p_a − p_e) / (1 − p_e)
    Var κ    = {Σ p_ij [w_ij − (w̄_i· + w̄_·j)(1 − κ)]² − [κ − p_e (1 − κ)]²} / (n (1 − p_e)²)
    Var₀ κ   = {Σ p_i· p_·j [w_ij − (w̄_i· + w̄_·j)]² − p_e²} / (n (1 − p_e)²)

the second under independence, for the test of κ = 0 (Cohen 1960, 1968; Fleiss, Cohen and Everitt 1969).
"""

import math
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from textq.coding.arrays import FloatArray, divide
from textq.coding.reliability.category_weights import Weighting, weigh_categories
from textq.coding.reliability.coefficient import Coefficient, correct_chance
from textq.coding.reliability.joint_codings import MISSING, JointCodings
from textq.coding.resample import Resampling, estimate
from textq.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Kappa:
    """Cohen's κ of two coders.

    Attributes
    ----------
    coefficient
        The value, its asymptotic standard error, and an interval by bootstrap where draws were given.
    null_standard_error
        Of κ if the coders coded independently; None where it is zero or κ is not defined.
    """

    coefficient: Coefficient
    null_standard_error: float | None

    @property
    def z(self) -> float | None:
        """κ over its standard error under independence."""
        value, error = self.coefficient.value, self.null_standard_error
        return None if value is None or not error else value / error


def tabulate_pair(pair: JointCodings) -> FloatArray:
    """Return how often each category of the first coder met each of the second: (q, q).

    Raises
    ------
    ConfigError
        If there are not exactly two coders.
    """
    return np.asarray(_contribute(pair).sum(axis=0).reshape((len(pair.categories),) * 2))


def measure_kappa(
    pair: JointCodings, weighting: Weighting = "identity", *, resampling: Resampling | None = None
) -> Kappa:
    """Measure Cohen's κ over the clauses that both coders coded.

    Parameters
    ----------
    pair
        Codings of two coders (:meth:`~textq.coding.reliability.joint_codings.JointCodings.choose_pair`).
    weighting
        How much unequal categories agree.
    resampling
        Draws for an interval, over the same clauses.

    Raises
    ------
    ConfigError
        If there are not exactly two coders, or they have no clause in common.
    """
    pair.choose_pair(0, 1)
    q, weights = len(pair.categories), weigh_categories(pair.categories, weighting)

    def evaluate(sums: FloatArray) -> FloatArray:
        return np.asarray(correct_chance(*_compare(_normalise(sums.reshape(*sums.shape[:-1], q, q)), weights)))

    contributions = _contribute(pair)
    kappa = compute_kappa(contributions.sum(axis=0).reshape(q, q), weights)
    if resampling is None or kappa.coefficient.value is None:
        return kappa
    interval = estimate(contributions, evaluate, resampling)[0].interval
    return replace(kappa, coefficient=replace(kappa.coefficient, interval=interval))


def compute_kappa(table: FloatArray, weights: FloatArray | None = None) -> Kappa:
    """Compute Cohen's κ from a square table of counts; ``weights`` (q, q) are those of identity unless given.

    Raises
    ------
    ConfigError
        If the table is not square, or empty.
    """
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1] or counts.sum() <= 0:
        raise ConfigError(f"κ needs a square table of counts above zero. Got the shape {counts.shape}.")
    weights = np.eye(len(counts)) if weights is None else weights
    n, shares = counts.sum(), _normalise(counts)
    observed, expected = (float(part) for part in _compare(shares, weights))
    n_clauses = round(float(n))
    if math.isclose(expected, 1):
        return Kappa(Coefficient("kappa", None, n_clauses, observed, expected, why="one_category"), None)
    value = (observed - expected) / (1 - expected)
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    means = (weights @ columns)[:, None] + (rows @ weights)[None, :]
    spread = (shares * (weights - means * (1 - value)) ** 2).sum() - (value - expected * (1 - value)) ** 2
    null = (np.outer(rows, columns) * (weights - means) ** 2).sum() - expected**2
    error, null_error = (math.sqrt(max(part, 0) / n) / (1 - expected) for part in (spread, null))
    return Kappa(Coefficient("kappa", value, n_clauses, observed, expected, error), null_error or None)


def measure_holsti(codings: JointCodings) -> Coefficient:
    """Measure Holsti's coefficient of two coders, 2M / (N₁ + N₂); of more, the mean of it over their pairs.

    M is the number of clauses on which both agree, N the number that each coded, whether the other coded them or not
    (Holsti 1969, for two coders; the mean is not his). Pairs without a clause in common are left out. Without gaps it
    equals percent agreement.

    Raises
    ------
    ConfigError
        If no clause was coded twice.
    """
    n_clauses = len(codings.keep_pairable().codes)
    values = []
    for first, second in combinations(range(len(codings.coders)), 2):
        a, b = codings.codes[:, first], codings.codes[:, second]
        if ((a != MISSING) & (b != MISSING)).any():
            agreed = ((a == b) & (a != MISSING)).sum()
            values.append(2 * agreed / ((a != MISSING).sum() + (b != MISSING).sum()))
    return Coefficient("holsti", float(np.mean(values)), n_clauses)


def list_pairs(codings: JointCodings) -> list[JointCodings]:
    """Return the pairs of coders that have clauses in common, over these clauses."""
    return [
        codings.choose_pair(first, second)
        for first, second in combinations(range(len(codings.coders)), 2)
        if (codings.codes[:, [first, second]] != MISSING).all(axis=1).any()
    ]


def _contribute(pair: JointCodings) -> FloatArray:
    if len(pair.coders) != 2:
        raise ConfigError(f"κ compares two coders. Got {len(pair.coders)}: choose a pair of them.")
    q = len(pair.categories)
    both = (pair.codes != MISSING).all(axis=1)
    cells = np.where(both, pair.codes[:, 0] * q + pair.codes[:, 1], MISSING)
    return np.asarray(cells[:, None] == np.arange(q * q), dtype=float)


def _normalise(table: FloatArray) -> FloatArray:
    return divide(table, table.sum(axis=(-2, -1), keepdims=True))


def _compare(shares: FloatArray, weights: FloatArray) -> tuple[FloatArray, FloatArray]:
    rows, columns = shares.sum(axis=-1), shares.sum(axis=-2)
    return (shares * weights).sum(axis=(-2, -1)), ((rows @ weights) * columns).sum(axis=-1)
