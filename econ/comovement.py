"""The measures of synchronization on arrays: units by periods → pairs by periods.

Their formulas and sources stand in :func:`econ.synchronization.measure_synchronization`, which checks what comes in.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from econ.errors import SeriesError, SpecError

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
IntArray: TypeAlias = NDArray[np.intp]
Measure = Literal[
    "cerqueira_martins",
    "quasi_correlation",
    "negative_difference",
    "residual_difference",
    "rolling_correlation",
    "concordance",
]
Transform = Literal["cerqueira"]

ROUNDING = 1e-12
"""Relative: below it a spread is 0, a value stands at its unit's mean, or at the end of its range."""


@dataclass(frozen=True, slots=True)
class PairArrays:
    """The synchronization of all pairs of n units over T periods, in arrays.

    Attributes
    ----------
    first, second : (n_pairs,)
        Places of the two units, first < second, in the order of ``numpy.triu_indices(n, 1)``.
    values : (n_pairs, T)
        NaN where the pair has no value.
    clipped : (n_pairs, T)
        Whether a value was moved into the range of its transform.
    """

    first: IntArray
    second: IntArray
    values: FloatArray
    clipped: BoolArray


def compute_synchronization(
    values: FloatArray,
    measure: Measure = "cerqueira_martins",
    transform: Transform | None = None,
    clip: float | None = None,
    reference: BoolArray | None = None,
    *,
    window: int = 5,
    fisher: bool = False,
    ddof: int = 0,
) -> PairArrays:
    """Do the work of :func:`measure_synchronization` on a matrix that it has checked.

    Parameters
    ----------
    values : (n, T)
        Units by periods, NaN = missing; consecutive periods for ``rolling_correlation``.
    measure, transform, clip, window, fisher, ddof
        See there.
    reference : (T,) or None
        The periods that give mean and sd; None stands for 0 and 1.

    Raises
    ------
    SpecError
        If a transform is asked for without ``reference``: the range that it stretches is unknown then.
    SeriesError
        If a transform is infinite.
    """
    first, second = np.triu_indices(len(values), k=1)
    if measure == "rolling_correlation":
        compared = _correlate_windows(values, window)[first, second]
    else:
        prepared = prepare_units(values, measure, reference, ddof)
        compared = _compare(prepared[first], prepared[second], measure)
    clipped = np.zeros(compared.shape, dtype=np.bool_)
    if fisher:
        compared = _transform_fisher(compared)
    if transform is not None:
        compared, clipped = _transform_cerqueira(compared, _find_lowest(values, reference, first, second), clip)
    return PairArrays(first, second, compared, clipped)


def prepare_units(values: FloatArray, measure: Measure, reference: BoolArray | None, ddof: int) -> FloatArray:
    """Return what the two units of a pair are compared by, (n, T)."""
    if measure == "negative_difference":
        return values
    if measure == "residual_difference":
        return _remove_effects(values)
    if reference is None:
        return np.where(np.isnan(values), np.nan, values > 0) if measure == "concordance" else values
    deviations = values - np.nanmean(values[:, reference], axis=1, keepdims=True)
    if measure == "concordance":
        margin = ROUNDING * np.nanmax(np.abs(values), axis=1, keepdims=True)
        return np.where(np.isnan(values), np.nan, deviations > margin)
    standardised: FloatArray = deviations / np.nanstd(values[:, reference], axis=1, ddof=ddof, keepdims=True)
    return standardised


def _compare(one: FloatArray, other: FloatArray, measure: Measure) -> FloatArray:
    if measure == "cerqueira_martins":
        return 1 - (one - other) ** 2 / 2
    if measure == "quasi_correlation":
        return one * other
    if measure == "concordance":
        return one * other + (1 - one) * (1 - other)
    return -np.abs(one - other)


def _remove_effects(values: FloatArray) -> FloatArray:
    """Return the residuals of a least squares fit on unit and period effects; the units are solved out, T are left."""
    seen = ~np.isnan(values)
    known = np.where(seen, values, 0.0)
    shares = seen / seen.sum(axis=1, keepdims=True)
    normal = np.diag(seen.sum(axis=0)) - seen.T @ shares
    by_period = np.linalg.lstsq(normal, known.sum(axis=0) - shares.T @ known.sum(axis=1), rcond=ROUNDING)[0]
    rest = values - by_period
    residuals: FloatArray = rest - np.nanmean(rest, axis=1, keepdims=True)
    return residuals


def _correlate_windows(values: FloatArray, window: int) -> FloatArray:
    """Return Pearson's r of all units over trailing windows, (n, n, T), NaN where a window is not complete."""
    windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=1)
    centred = windows - windows.mean(axis=2, keepdims=True)
    scaled = (centred / np.sqrt((centred**2).sum(axis=2, keepdims=True))).transpose(1, 0, 2)
    found = np.full((len(values), *values.shape), np.nan)
    found[:, :, window - 1 :] = np.clip(scaled @ scaled.transpose(0, 2, 1), -1, 1).transpose(1, 2, 0)
    return found


def _transform_fisher(correlations: FloatArray) -> FloatArray:
    """Return atanh r."""
    n_infinite = int((np.abs(correlations) >= 1 - ROUNDING).sum())
    if n_infinite:
        raise SeriesError(
            f"measure_synchronization: {n_infinite} of {_count(correlations)} correlations are 1 or −1, where "
            "Fisher's z is infinite. Take a longer window, leave out series that copy others, or set fisher=False."
        )
    transformed: FloatArray = np.arctanh(correlations)
    return transformed


def _find_lowest(values: FloatArray, reference: BoolArray | None, first: IntArray, second: IntArray) -> FloatArray:
    """Return L = 1 − ½(√(T_i − 1) + √(T_j − 1))², (n_pairs, 1), since abs(z_i) ≤ √(T_i − 1) with the 1/T variance."""
    if reference is None:
        raise SpecError(
            "transform='cerqueira' needs the range of the measure, which is unknown with standardise='none'. "
            "Standardise over the window or a list of periods, or leave the transform out."
        )
    reach = np.sqrt((~np.isnan(values[:, reference])).sum(axis=1) - 1.0)
    lowest: FloatArray = 1 - (reach[first] + reach[second])[:, None] ** 2 / 2
    return lowest


def _transform_cerqueira(
    synchronization: FloatArray, lowest: FloatArray, clip: float | None
) -> tuple[FloatArray, BoolArray]:
    """Return ½ ln[(1 − ρ/L) / (1 − ρ)] and the mask of clipped values; ``lowest`` is L, (n_pairs, 1)."""
    if clip is None:
        at_ends = (synchronization >= 1) | (synchronization <= lowest * (1 - ROUNDING))
        if at_ends.any():
            raise SeriesError(
                f"measure_synchronization: {at_ends.sum()} of {_count(synchronization)} values lie at or beyond the "
                "ends of their range, where the transform is infinite. "
                "Give clip=1e-6 to move them inside; they are flagged."
            )
        clipped, inside = at_ends, synchronization
    else:
        clipped = (synchronization > 1 - clip) | (synchronization < lowest + clip)
        inside = np.clip(synchronization, lowest + clip, 1 - clip)
    return (np.log1p(-inside / lowest) - np.log1p(-inside)) / 2, clipped


def _count(values: FloatArray) -> int:
    return int((~np.isnan(values)).sum())
