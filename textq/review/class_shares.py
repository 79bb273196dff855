"""What an audit says of the machine: true class shares, accuracy, confusion, precision and recall, with intervals.

Everything is a ratio of weighted sums (Hájek), with weights 1/π and standard errors by the design: linearised, between
documents (or clauses) within strata, with finite-population corrections (Särndal, Swensson and Wretman 1992, sections
5.5 and 5.6). Only blind decisions of the audit enter.

Rounds. A later sample is drawn from what earlier ones left, so its probabilities are conditional on the past. Round r
alone gives the unbiased total Σ_{earlier rounds} y + Σ_{round r} y/π; the rounds are averaged with weights λ_r that are
proportional to how many of their clauses have a code. Given the past each is right on average, so their errors are
uncorrelated and the variances λ_r² V_r add up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from textq.errors import ReviewError
from textq.review.strata import BoolArray, FloatArray, IntArray, sum_by

Method = Literal["hajek", "difference"]

LEVEL = 0.95
_NOT_DECIDED = -1
_NEARLY = 1e-9
"""Standard errors below it are none, and shares as near to 0 or 1 are these."""


@dataclass(frozen=True, slots=True)
class Audit:
    """The drawn clauses with what people and the machine say of them.

    Attributes
    ----------
    classes
        The k codes, in order.
    true, predicted : (n,)
        The final code of the audit (−1: none yet), and the machine's; places in ``classes``.
    pi : (n,)
        The probability of each clause in its round.
    strata : (n,)
        The stratum, a place in the following three.
    units : (n,)
        What was drawn: the number of the document, or of the clause itself.
    n_frame : (s,)
        Units in each stratum.
    rounds : (s,)
        The round of each stratum, from 0 in the order of time.
    totals : (k,)
        How often the machine gave each code in the whole run.
    """

    classes: tuple[str, ...]
    true: IntArray
    predicted: IntArray
    pi: FloatArray
    strata: IntArray
    units: IntArray
    n_frame: IntArray
    rounds: IntArray
    totals: FloatArray


@dataclass(frozen=True, slots=True)
class Estimated:
    """An estimate: value, standard error, 95 % interval; NaN where nothing was seen."""

    value: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What an audit found.

    Attributes
    ----------
    classes
        The k codes.
    n_drawn, n_done, n_units
        Clauses drawn, those with a final code, and the documents (or clauses) that these belong to.
    shares, corrected
        The share of each class by the audit alone; and the machine's share plus the audit's estimate of its error,
        which is the more precise one where the machine is good.
    machine
        The machine's shares.
    accuracy
        The share of clauses that the machine coded rightly.
    precision, recall
        Of each class: P(true | predicted) and P(predicted | true).
    counts : (k, k)
        Clauses predicted (row) and true (column).
    confusion : (k, k)
        Estimated P(predicted | true): columns sum to 1; NaN for classes that were not seen.
    weighted : (k, k)
        Estimated shares of all clauses.
    design_effect
        The variance of the shares over that of as many clauses drawn one by one, averaged over classes.
    """

    classes: tuple[str, ...]
    n_drawn: int
    n_done: int
    n_units: int
    shares: tuple[Estimated, ...]
    corrected: tuple[Estimated, ...]
    machine: tuple[float, ...]
    accuracy: Estimated
    precision: tuple[Estimated, ...]
    recall: tuple[Estimated, ...]
    counts: IntArray
    confusion: FloatArray
    weighted: FloatArray
    design_effect: float


@dataclass(frozen=True, slots=True)
class Weights:
    """Of each clause with a code: its weight, and the part of it that hangs on the draw of its own round."""

    whole: FloatArray
    drawn: FloatArray


def estimate_shares(audit: Audit, method: Method = "hajek") -> tuple[Estimated, ...]:
    """Return the estimated share of each class among all clauses of the run.

    Parameters
    ----------
    audit
        At least two units with codes.
    method
        ``hajek``: the weighted share among the audited clauses. ``difference``: the machine's share in the run, plus
        the weighted mean of (true − predicted).

    Raises
    ------
    ReviewError
        If fewer than two documents (or clauses) have a code.
    """
    return _estimate(*_weigh(audit), method)


def measure_accuracy(audit: Audit) -> Accuracy:
    """Return all that an audit says of the machine.

    Raises
    ------
    ReviewError
        If fewer than two documents (or clauses) have a code.
    """
    done, weights = _weigh(audit)
    k = len(audit.classes)
    counts = np.zeros((k, k), dtype=np.intp)
    np.add.at(counts, (done.predicted, done.true), 1)
    weighted = np.zeros((k, k))
    np.add.at(weighted, (done.predicted, done.true), weights.whole / weights.whole.sum())
    is_true, is_predicted = _mark(done.true, k), _mark(done.predicted, k)
    hits = is_true * is_predicted
    ones = np.ones((len(done.true), 1))
    shares = _estimate(done, weights, "hajek")
    return Accuracy(
        classes=audit.classes,
        n_drawn=len(audit.true),
        n_done=len(done.true),
        n_units=len(np.unique(done.units)),
        shares=shares,
        corrected=_estimate(done, weights, "difference"),
        machine=tuple(float(share) for share in audit.totals / max(float(audit.totals.sum()), 1.0)),
        accuracy=_estimate_ratios(done, weights, hits.sum(axis=1, keepdims=True), ones)[0],
        precision=_estimate_ratios(done, weights, hits, is_predicted),
        recall=_estimate_ratios(done, weights, hits, is_true),
        counts=counts,
        confusion=np.divide(
            weighted, weighted.sum(axis=0), out=np.full((k, k), np.nan), where=weighted.sum(axis=0) > 0
        ),
        weighted=weighted,
        design_effect=_find_design_effect(shares, len(done.true)),
    )


def weigh_clauses(audit: Audit) -> FloatArray:
    """Return the weight of each clause with a final code (rounds combined), for P̂ and other sums: (n_done,)."""
    return _weigh(audit)[1].whole


def _weigh(audit: Audit) -> tuple[Audit, Weights]:
    """Return the clauses that have a code, and their weights; those without are made up for within their stratum."""
    kept = audit.true != _NOT_DECIDED
    done = _select(audit, kept)
    if len(np.unique(done.units)) < 2:
        raise ReviewError(
            f"only {int(kept.sum())} of the audit's {len(kept)} clauses have a final code, in fewer than two of the "
            "documents (or clauses) drawn: too few to tell the machine's accuracy from. Code more of the audit."
        )
    shares, later = _weigh_rounds(done)
    of_items = audit.rounds[audit.strata]
    full = shares[of_items] / audit.pi + later[of_items]
    factors = _make_up(audit, kept, full)
    whole = full[kept] * factors[kept]
    return done, Weights(whole, whole - later[of_items][kept])


def _select(audit: Audit, kept: BoolArray) -> Audit:
    return Audit(
        audit.classes, audit.true[kept], audit.predicted[kept], audit.pi[kept], audit.strata[kept], audit.units[kept],
        audit.n_frame, audit.rounds, audit.totals,
    )  # fmt: skip


def _weigh_rounds(done: Audit) -> tuple[FloatArray, FloatArray]:
    """Return λ_r of each round, proportional to its clauses with a code, and the sum of those of later rounds."""
    n_rounds = int(done.rounds.max()) + 1
    sizes = np.bincount(done.rounds[done.strata], minlength=n_rounds).astype(float)
    shares = sizes / sizes.sum()
    return shares, shares.sum() - np.cumsum(shares)


def _make_up(audit: Audit, kept: BoolArray, full: FloatArray) -> FloatArray:
    """Return factors by which clauses with a code stand for those without: of their stratum, else of all."""
    size = len(audit.n_frame)
    drawn = np.bincount(audit.strata, weights=full, minlength=size)
    coded = np.bincount(audit.strata[kept], weights=full[kept], minlength=size)
    factors = np.divide(drawn, coded, out=np.zeros(size), where=coded > 0)
    lost = drawn[coded == 0].sum()
    return np.asarray((factors * (1 + lost / max(drawn.sum() - lost, 1e-12)))[audit.strata])


def _mark(codes: IntArray, k: int) -> FloatArray:
    return np.asarray(codes[:, None] == np.arange(k), dtype=float)


def _estimate(done: Audit, weights: Weights, method: Method) -> tuple[Estimated, ...]:
    k = len(done.classes)
    values = _mark(done.true, k)
    ones = np.ones((len(done.true), 1))
    if method == "hajek":
        return _estimate_ratios(done, weights, values, ones)
    machine = done.totals / max(float(done.totals.sum()), 1.0)
    return _estimate_ratios(done, weights, values - _mark(done.predicted, k), ones, machine)


def _estimate_ratios(
    done: Audit, weights: Weights, above: FloatArray, below: FloatArray, offsets: FloatArray | None = None
) -> tuple[Estimated, ...]:
    """Return Σwa/Σwb, plus an offset, with standard errors by the design and intervals: one a column."""
    w = weights.whole[:, None]
    denominators = np.broadcast_to((w * below).sum(axis=0), (above.shape[1],))
    seen = denominators > 0
    ratios = np.divide((w * above).sum(axis=0), denominators, out=np.full(len(seen), np.nan), where=seen)
    residuals = (above - np.nan_to_num(ratios) * below) / np.where(seen, denominators, 1.0)
    variances, freedom = _measure_variances(done, weights.drawn[:, None] * residuals)
    n_seen = np.broadcast_to((below > 0).sum(axis=0), (above.shape[1],))
    values = ratios if offsets is None else ratios + offsets
    doubts = _find_doubts(done, denominators / w.max(), _find_effect(values, variances, n_seen))
    bound = _bound_share if offsets is None else _bound_sum
    columns = (values, np.sqrt(variances), freedom, doubts)
    return tuple(bound(*row) for row in zip(*(column.tolist() for column in columns), strict=True))


def _measure_variances(done: Audit, parts: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the variance of each column's sum under the design, and its degrees of freedom.

    Between the units of a stratum, n_h/(n_h − 1) Σ(t − t̄)² (1 − n_h/N_h); a stratum with one unit is compared with
    zero, the mean over all. Degrees of freedom are Satterthwaite's, with the kurtosis of the units' sums: where few
    documents hold most of a rare class, its variance is known less well than their number says.
    """
    numbers, places = np.unique(done.units, return_inverse=True)
    sums = sum_by(parts, places.astype(np.intp), len(numbers))
    strata = np.zeros(len(numbers), dtype=np.intp)
    strata[places] = done.strata
    size = len(done.n_frame)
    n = np.bincount(strata, minlength=size).astype(float)
    several = n > 1
    means = sum_by(sums, strata, size) / np.maximum(n, 1)[:, None]
    means[~several] = 0.0
    deviations = sums - means[strata]
    left = np.maximum(1 - n / done.n_frame, 0.0)
    scale = left * np.where(several, n / np.maximum(n - 1, 1), 1.0)
    squares = scale[strata][:, None] * deviations**2
    variances = squares.sum(axis=0)
    by_stratum = sum_by(squares, strata, size)
    degrees = np.maximum(n - 1, 1)[:, None]
    spread = 2 * (by_stratum**2 / degrees).sum(axis=0)
    heavy = (squares**2).sum(axis=0) - 3 * (by_stratum**2 / np.maximum(n, 1)[:, None]).sum(axis=0)
    uncertain = spread + np.maximum(heavy, 0.0)
    freedom = np.divide(2 * variances**2, uncertain, out=np.ones_like(variances), where=uncertain > 0)
    return variances, np.maximum(freedom, 1.0)


def _find_effect(values: FloatArray, variances: FloatArray, n: IntArray) -> float:
    """Return the mean design effect of the columns whose value is neither 0 nor 1, at least 1."""
    inner = (values > 0) & (values < 1) & (variances > 0)
    simple = values[inner] * (1 - values[inner]) / np.maximum(n[inner], 1)
    return max(1.0, float((variances[inner] / simple).mean())) if inner.any() else 1.0


def _find_design_effect(shares: Sequence[Estimated], n: int) -> float:
    values = np.array([one.value for one in shares])
    return _find_effect(values, np.array([one.se for one in shares]) ** 2, np.full(len(values), n, dtype=np.intp))


def _find_doubts(done: Audit, n: FloatArray, effect: float) -> FloatArray:
    """Return the largest rate at which n clauses could all be alike by chance; 0 if every clause was coded.

    The upper end of Clopper and Pearson's 95 % interval of 0 in n, over the design effect. It is the reach of intervals
    where the sample shows no spread. ``n`` is a sum of weights over the largest weight: what was not seen may be
    clauses that were drawn with the smallest probability.
    """
    n_units = np.bincount(done.strata[np.unique(done.units, return_index=True)[1]], minlength=len(done.n_frame))
    if (n_units >= done.n_frame).all():
        return np.zeros(len(n))
    return np.asarray(1 - ((1 - LEVEL) / 2) ** (effect / np.maximum(n, 1e-9)))


def _bound_share(value: float, se: float, freedom: float, doubt: float) -> Estimated:
    """Return an estimate with its interval: t on the scale of the logit; by ``doubt`` where there is no spread."""
    from scipy.special import expit, logit

    if not np.isfinite(value):
        return Estimated(np.nan, np.nan, 0.0, 1.0)
    if not _NEARLY < value < 1 - _NEARLY or se < _NEARLY:
        return Estimated(value, se, max(value - doubt, 0.0), min(value + doubt, 1.0))
    reach = _find_quantile(freedom) * se / (value * (1 - value))
    return Estimated(value, se, float(expit(logit(value) - reach)), float(expit(logit(value) + reach)))


def _bound_sum(value: float, se: float, freedom: float, doubt: float) -> Estimated:
    """Return an estimate that can lie outside [0, 1] with its interval, t, cut where no share can be."""
    reach = _find_quantile(freedom) * se if se > _NEARLY else doubt
    return Estimated(value, se, min(max(value - reach, 0.0), 1.0), max(min(value + reach, 1.0), 0.0))


def _find_quantile(freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))
