"""What an audit of each size buys: how wide the 95 % intervals will be, planned from the machine's own codes.

The codes of the machine stand for those that people will give, each wrong as often as the machine says
(:func:`textq.review.strata.guess_codes`). How alike the clauses of a document are is read off these codes; errors are
taken to be correlated by ERROR_CORRELATION within a document. Once an audit is coded, its own intervals count.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from textq.errors import ReviewError
from textq.review.sample import SamplePlan, plan_sample
from textq.review.strata import ERROR_CORRELATION, FloatArray, IntArray, SampleFrame, Unit, guess_codes, sum_by

SIZES = (100, 200, 300, 500, 750, 1000, 1500, 2000)
"""The sizes that a table shows, as far as the run has so many clauses."""

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Precision:
    """What a plan buys: half widths of 95 % intervals, in shares.

    Attributes
    ----------
    size
        Clauses asked for.
    plan
        What is drawn for that.
    shares : (k,)
        Of the share of each class, by the audit alone.
    corrected : (k,)
        Of the machine's share corrected by the audit.
    accuracy
        Of the machine's accuracy.
    precisions : (k,)
        Of P(true | predicted) of each class; NaN where the machine never gave it.
    design_effect
        How many times the variance of the shares is that of as many clauses drawn one by one; mean over classes.
    """

    size: int
    plan: SamplePlan
    shares: FloatArray
    corrected: FloatArray
    accuracy: float
    precisions: FloatArray
    design_effect: float

    @property
    def widest(self) -> float:
        """The half width of the class share that is known least well."""
        return float(np.nanmax(self.shares))


def tabulate_sizes(
    frame: SampleFrame, names: Sequence[str], unit: Unit, sizes: Sequence[int] = SIZES
) -> list[Precision]:
    """Return what each size buys; sizes beyond the frame become one, the whole of it."""
    wanted = sorted({min(size, len(frame)) for size in sizes})
    return [foresee(frame, plan_sample(frame, names, size, unit), size) for size in wanted]


def find_size(frame: SampleFrame, names: Sequence[str], unit: Unit, half_width: float) -> int:
    """Return about the smallest size at which every class share is known to within ``half_width``.

    Raises
    ------
    ReviewError
        If ``half_width`` is not in (0, 0.5).
    """
    if not 0 < half_width < 0.5:
        raise ReviewError(f"a half width is a share between 0 and .5, such as .05. Got {half_width}.")

    def is_enough(size: int) -> bool:
        return foresee(frame, plan_sample(frame, names, size, unit), size).widest <= half_width

    low, high = 2, len(frame)
    while high - low > max(1, low // 100):
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle, high)
    return high


def foresee(frame: SampleFrame, plan: SamplePlan, size: int) -> Precision:
    """Return what a plan buys."""
    n, k = len(frame), len(frame.classes)
    guessed = guess_codes(frame)
    codes = np.eye(k)[frame.predicted]
    wrong = 1 - guessed[np.arange(n), frame.predicted]
    given = codes.sum(axis=0)
    right = (codes * (1 - wrong)[:, None]).sum(axis=0) / np.maximum(given, 1)
    columns = [
        (guessed - guessed.mean(axis=0), guessed * (1 - guessed), np.full(k, float(n))),
        (guessed - codes - (guessed - codes).mean(axis=0), guessed * (1 - guessed), np.full(k, float(n))),
        ((wrong - wrong.mean())[:, None], (wrong * (1 - wrong))[:, None], np.array([float(n)])),
        (codes * ((1 - wrong)[:, None] - right), codes * (wrong * (1 - wrong))[:, None], np.maximum(given, 1)),
    ]
    freedom = max(plan.n_units - len(plan.strata), 1)
    variances = [_foresee_variance(frame, plan, *column) for column in columns]
    shares, corrected, accuracy, precisions = (_find_reach(freedom) * np.sqrt(one) for one in variances)
    means = guessed.mean(axis=0)
    drawn = plan.n_expected
    simple = means * (1 - means) / drawn * max(1 - drawn / n, 1e-12)
    common = means > 1e-6
    effect = float((variances[0][common] / simple[common]).mean()) if drawn < n else 1.0
    return Precision(size, plan, shares, corrected, float(accuracy[0]), np.where(given > 0, precisions, np.nan), effect)


def _foresee_variance(
    frame: SampleFrame, plan: SamplePlan, known: FloatArray, spread: FloatArray, totals: FloatArray
) -> FloatArray:
    """Return the variance of weighted means under a plan.

    Parameters
    ----------
    known, spread : (n, j)
        Of each clause: its expected deviation from the mean, and the variance around that.
    totals : (j,)
        The clauses that the means are over.
    """
    if plan.unit == "clause":
        sums, around = known, spread
    else:
        size = len(frame.doc_ids)
        counted = sum_by((spread > 0).astype(float), frame.documents, size)
        sums = sum_by(known, frame.documents, size)
        around = sum_by(spread, frame.documents, size) * (1 + np.maximum(counted - 1, 0) * ERROR_CORRELATION)
    variance = np.zeros(known.shape[1])
    for members, factor in _list_strata(plan):
        centred = sums[members] - sums[members].mean(axis=0)
        squares = (centred**2).sum(axis=0) / max(len(members) - 1, 1)
        variance += factor * (squares + around[members].mean(axis=0))
    return variance / totals**2


def _list_strata(plan: SamplePlan) -> Iterator[tuple[IntArray, float]]:
    """Yield the units of each stratum that is not drawn as a whole, and N² (1/n − 1/N)."""
    for cell, stratum in zip(plan.cells, plan.strata, strict=True):
        if stratum.n_drawn < stratum.n_frame:
            yield cell.members, stratum.n_frame**2 * (1 / stratum.n_drawn - 1 / stratum.n_frame)


def _find_reach(freedom: int) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + LEVEL) / 2))
