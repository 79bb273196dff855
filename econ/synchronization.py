"""Synchronization: the series of all units → how closely each pair of them moves, period by period."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd

from econ.comovement import ROUNDING, BoolArray, FloatArray, Measure, PairArrays, Transform, compute_synchronization
from econ.errors import SeriesError, SpecError, name_first
from econ.series import MIN_PERIODS, check_lengths, check_series
from econ.spec import check_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARDISED: tuple[Measure, ...] = ("cerqueira_martins", "quasi_correlation", "concordance")
"""The measures that look at a unit's values against its own mean (and spread)."""

_FUNCTION = "measure_synchronization"
_SHORTEST_WINDOW = 3
_DEFAULT_WINDOW = 5


def measure_synchronization(
    series: pd.DataFrame,
    measure: Measure = "cerqueira_martins",
    transform: Transform | None = None,
    clip: float | None = None,
    standardise: Literal["window", "none"] | Sequence[int] = "window",
    *,
    window: int = _DEFAULT_WINDOW,
    fisher: bool = False,
    ddof: Literal[0, 1] = 0,
) -> pd.DataFrame:
    """Measure how closely each pair of units moves, in each period.

    With g_it the value of unit i in period t, T_i its number of values, z_it = (g_it − mean_i) / sd_i:

    ========================= =================================================================================
    measure                   synchronization of i and j in t
    ========================= =================================================================================
    ``cerqueira_martins``     ρ = 1 − ½(z_it − z_jt)², sd with 1/T, in [L, 1] with L = 1 − ½(√(T_i−1) + √(T_j−1))²,
                              which is 3 − 2T for T_i = T_j = T; its mean over T common periods is Pearson's r
    ``quasi_correlation``     z_it z_jt, sd with 1/(T − ``ddof``); the mean over T common periods is r, or (T − 1)/T · r
                              with ``ddof`` = 1
    ``negative_difference``   −abs(g_it − g_jt) ≤ 0, in the unit of the series
    ``residual_difference``   −abs(e_it − e_jt) ≤ 0, e the residual of g on unit and period effects (least squares)
    ``rolling_correlation``   Pearson's r over the periods t − ``window`` + 1 … t, in [−1, 1]; with ``fisher`` atanh r.
                              Neighbouring values share ``window`` − 1 periods: the overlap blurs timing, so that an
                              effect seems to come in over ``window`` periods
    ``concordance``           S_it S_jt + (1 − S_it)(1 − S_jt), 0 or 1, S_it = 1 where g_it is above the mean of unit i;
                              its mean over time is the concordance index
    ========================= =================================================================================

    Parameters
    ----------
    series
        Growth or cyclical parts, one row a unit and period: unit (strings such as six-digit codes, or integers),
        period (integers), value (NaN = missing). Rows in any order.
    measure
        See the table.
    transform
        ``"cerqueira"`` (with ``cerqueira_martins`` alone): ½ ln[(1 − ρ/L) / (1 − ρ)], unbounded; for T_i = T_j = T this
        is ½ ln[(1 + ρ/(2T−3)) / (1 − ρ)]. It is infinite at both ends of the range.
    clip
        ε in (0, 1): before the transform ρ is moved into [L + ε, 1 − ε], and the moved rows are flagged. None refuses
        values at the ends.
    standardise
        Whence the mean and sd of each unit come (``cerqueira_martins``, ``quasi_correlation``, ``concordance``):
        ``"window"``, all its values; a list of periods, such as those before the first designation, over which T_i is
        counted then, and outside which ρ can fall below L; ``"none"``, 0 and 1: the series is on a common scale
        already, and its threshold for ``concordance`` is 0.
    window, fisher
        Of ``rolling_correlation``; all ``window`` consecutive periods (integers one apart) must be common to the pair.
    ddof
        Of ``quasi_correlation``.

    Returns
    -------
    DataFrame
        unit_i, unit_j, period, synchronization, clipped; every unordered pair of units, unit_i < unit_j in the order of
        their codes, sorted. Rows where either value is missing are absent, and so are pairs without a common period.

    Raises
    ------
    SpecError
        If an option is unknown, outside its range, or does not go with the measure.
    SeriesError
        If the frame breaks the contract of :func:`econ.series.check_series`; a unit has no value; to be standardised,
        it has fewer than 4 values or the same value throughout; a window is constant; a transform is infinite.

    Notes
    -----
    Cerqueira and Martins (2009, Economics Letters 102); Cerqueira (2013, International Economics and Economic Policy
    10) for the transform; Duval, Li, Saraf and Seneviratne (2016, JIE 99) for the quasi-correlation;
    Kalemli-Ozcan, Papaioannou and Peydró (2013, Journal of Finance 68) for both differences; Harding and Pagan (2002,
    JME 49) for concordance. ``standardise="window"`` lets periods after a policy move the values before it; so print an
    event study with a list of periods beside it.
    """
    _check_options(measure, transform, clip, standardise)
    _check_own_options(measure, standardise, window, fisher, ddof)
    table = check_series(series, ["value"], _FUNCTION)
    values = _spread_out(table, consecutive=measure == "rolling_correlation")
    reference = find_reference(values, measure, standardise)
    refuse_unusable(values, measure, reference, window)
    pairs = compute_synchronization(
        values.to_numpy(), measure, transform, clip, reference, window=window, fisher=fisher, ddof=ddof
    )
    return _list_pairs(pairs, values.index, values.columns)


def _check_options(measure: object, transform: object, clip: object, standardise: object) -> None:
    check_choice(_FUNCTION, "measure", measure, get_args(Measure))
    check_choice(_FUNCTION, "transform", transform, (None, *get_args(Transform)))
    if transform is not None and measure != "cerqueira_martins":
        raise SpecError(f"transform={transform!r} goes with cerqueira_martins alone. Leave it out for {measure}.")
    if clip is not None and transform is None:
        raise SpecError("clip keeps a transform finite. Give transform='cerqueira' too, or leave clip out.")
    if clip is not None and not (isinstance(clip, float) and 0 < clip < 1):
        raise SpecError(f"The 'clip' parameter of {_FUNCTION} must lie between 0 and 1. Got {clip!r} instead.")
    if isinstance(standardise, str) and standardise in ("window", "none"):
        return
    if isinstance(standardise, str) or not isinstance(standardise, Iterable):
        allowed = "'window', 'none' or a list of periods"
        raise SpecError(f"The 'standardise' parameter of {_FUNCTION} must be {allowed}. Got {standardise!r} instead.")
    if measure not in STANDARDISED:
        raise SpecError(
            f"a list of periods to standardise over goes with {', '.join(STANDARDISED)}, not with {measure}."
        )


def _check_own_options(measure: Measure, standardise: object, window: int, fisher: bool, ddof: int) -> None:
    """Check the options that belong to one measure each."""
    check_choice(_FUNCTION, "fisher", fisher, (True, False))
    check_choice(_FUNCTION, "ddof", ddof, (0, 1))
    if not isinstance(window, int) or window < _SHORTEST_WINDOW:
        raise SpecError(
            f"The 'window' parameter of {_FUNCTION} must be a whole number from {_SHORTEST_WINDOW}. "
            f"Got {window!r} instead."
        )
    if measure != "rolling_correlation" and (fisher or window != _DEFAULT_WINDOW):
        raise SpecError(f"window and fisher go with rolling_correlation, not with {measure}. Leave them out.")
    if ddof and (measure != "quasi_correlation" or (isinstance(standardise, str) and standardise == "none")):
        raise SpecError(f"ddof goes with a standardised quasi_correlation, not with {measure}, {standardise=}.")


def _spread_out(table: pd.DataFrame, *, consecutive: bool) -> pd.DataFrame:
    """Return units by periods; with all periods between the first and the last if ``consecutive``."""
    values = table.pivot(index="unit", columns="period", values="value")
    if len(values) < 2:
        raise SeriesError(f"{_FUNCTION} compares units. Got {values.index[0]} alone: give two or more.")
    if not consecutive:
        return values
    first, last = int(table["period"].min()), int(table["period"].max())
    return values.reindex(columns=pd.Index(np.arange(first, last + 1), dtype=values.columns.dtype))


def find_reference(values: pd.DataFrame, measure: Measure, standardise: str | Sequence[int]) -> BoolArray | None:
    """Return which periods give mean and sd, or None where the series is taken as it is."""
    if measure not in STANDARDISED:
        return None
    if isinstance(standardise, str):
        return np.ones(values.shape[1], dtype=np.bool_) if standardise == "window" else None
    unknown = [period for period in standardise if period not in values.columns]
    if unknown:
        first, last = values.columns[0], values.columns[-1]
        raise SpecError(f"{_FUNCTION} cannot standardise over {unknown[0]}: the series go from {first} to {last}.")
    return np.asarray(values.columns.isin(list(standardise)))


def refuse_unusable(values: pd.DataFrame, measure: Measure, reference: BoolArray | None, window: int) -> None:
    """Refuse units that the measure cannot look at: too short, or constant where a spread divides."""
    numbers = values.to_numpy()
    _refuse_short(values.index, numbers, "in all", least=1)
    if measure == "rolling_correlation":
        _refuse_constant_windows(values, window)
    if reference is not None:
        chosen = numbers[:, reference]
        _refuse_short(values.index, chosen, "among the periods to standardise over")
        constant = _is_constant(np.fmin.reduce(chosen, axis=1), np.fmax.reduce(chosen, axis=1))
        _refuse_constant(values.index[constant], "in all periods to standardise over")


def _refuse_short(units: pd.Index, values: FloatArray, cause: str, least: int = MIN_PERIODS) -> None:
    counts = (~np.isnan(values)).sum(axis=1)
    if (counts < least).any():
        check_lengths(units.to_series(), pd.Series(counts, index=units), _FUNCTION, cause, least)


def _refuse_constant_windows(values: pd.DataFrame, window: int) -> None:
    n_periods = values.shape[1]
    if window > n_periods:
        raise SpecError(
            f"{_FUNCTION}: a window of {window} is longer than the series, {n_periods} periods. Shorten it."
        )
    windows = np.lib.stride_tricks.sliding_window_view(values.to_numpy(), window, axis=1)
    unit, place = np.nonzero(_is_constant(windows.min(axis=2), windows.max(axis=2)))
    if len(unit):
        where = f"from {values.columns[place[0]]} to {values.columns[place[0] + window - 1]}"
        _refuse_constant(values.index[np.unique(unit)], f"in a whole window, such as {where}")


def _is_constant(lowest: FloatArray, highest: FloatArray) -> BoolArray:
    return np.asarray(highest - lowest <= ROUNDING * np.maximum(np.abs(lowest), np.abs(highest)))


def _refuse_constant(units: pd.Index, where: str) -> None:
    if len(units):
        raise SeriesError(
            f"{_FUNCTION}: {len(units)} units have one and the same value {where}: {name_first(list(units))}. "
            "Such a series has no comovement; leave these units out, or choose another measure."
        )


def _list_pairs(pairs: PairArrays, units: pd.Index, periods: pd.Index) -> pd.DataFrame:
    """Return one row a pair and period that has a value."""
    place, period = np.nonzero(~np.isnan(pairs.values))
    if not len(place):
        raise SeriesError(f"{_FUNCTION}: no two units have values in the same periods. Give series that overlap.")
    return pd.DataFrame(
        {
            "unit_i": units.take(pairs.first[place]),
            "unit_j": units.take(pairs.second[place]),
            "period": periods.take(period),
            "synchronization": pairs.values[place, period],
            "clipped": pairs.clipped[place, period],
        }
    )
