"""Filters: a series in levels → its growth, or its cyclical part.

Filter the longest series there is and cut the window afterwards: of ten years Baxter–King (K = 3) leaves four, Hamilton
(h = 2, p = 2) seven, and the ends of all filters are their worst part.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from econ.errors import SeriesError, SpecError
from econ.series import MIN_PERIODS, check_lengths, check_series
from econ.spec import check_choice

if TYPE_CHECKING:
    import pandas as pd

FloatArray: TypeAlias = NDArray[np.float64]
Options: TypeAlias = Mapping[str, float]
Filter = Literal["none", "growth", "log_growth", "hp", "bk", "cf", "hamilton"]

GROWTH: tuple[Filter, ...] = ("growth", "log_growth")

DEFAULTS: Mapping[Filter, Options] = {
    "none": {},
    "growth": {},
    "log_growth": {},
    "hp": {"lamb": 6.25, "log": False},
    "bk": {"low": 2, "high": 8, "K": 3, "log": False},
    "cf": {"low": 2, "high": 8, "drift": True, "log": False},
    "hamilton": {"h": 2, "p": 2, "log": False},
}
"""The options of each filter; lengths are in periods."""

_SHORTEST: Mapping[str, float] = {"bk": 1.5, "cf": 2}
_COUNTS = ("K", "h", "p")
_FLAGS = ("log", "drift")
_ROUNDING = 1e-10
"""A cycle smaller than this share of its series is not told from rounding."""


def filter_series(series: pd.DataFrame, filter: Filter, **options: float) -> pd.DataFrame:
    """Return the growth or the cyclical part of each unit's series.

    ============== ============================================================================================
    filter         value
    ============== ============================================================================================
    ``none``       x_t
    ``growth``     x_t / x_{t−1} − 1, a fraction (.07 is 7 %); loses the first period, and each one after a gap
    ``log_growth`` ln x_t − ln x_{t−1}; loses the same periods
    ``hp``         x − (I + λD'D)⁻¹x, D the second differences; option ``lamb`` = 6.25 (Ravn–Uhlig) or 100
    ``bk``         Σ_{k=−K}^{K} a_k x_{t+k}, a_k the ideal band-pass weights from ``low`` to ``high`` periods, less
                   their mean so that Σ a_k = 0; loses ``K`` periods at either end
    ``cf``         the asymmetric band-pass of a random walk, after taking out its ``drift``
    ``hamilton``   residual of x_{t+h} on 1, x_t, …, x_{t−p+1} (OLS by unit), dated t + h; loses the first h + p − 1
    ============== ============================================================================================

    The last four take ``log`` (False): filter ln x instead of x. See :data:`DEFAULTS` for all options.

    Parameters
    ----------
    series
        Levels, one row a unit and period: unit, period, value. A missing value is as good as an absent row.
    filter
        See the table.
    **options
        Of the filter. ``hamilton`` needs ``p`` above the order of integration of the series, which only you can know.
        ``bk`` takes ``low`` down to 1.5 because studies print it, but a yearly series holds no cycle below 2 years:
        with 1.5 the ideal filter counts the cycles of 2 to 3 years twice.

    Returns
    -------
    DataFrame
        unit, period, value, sorted; without the periods that the filter loses.

    Raises
    ------
    SpecError
        If the filter, an option or its value is unknown.
    SeriesError
        If the frame breaks the contract of :func:`econ.series.check_series`; a unit's series has a gap (hp, bk, cf and
        hamilton), a level ≤ 0 (growth and logs), follows its trend exactly, or keeps fewer than 4 periods.

    Notes
    -----
    Hodrick and Prescott (1997, JMCB 29); Ravn and Uhlig (2002, REStat 84); Baxter and King (1999, REStat 81);
    Christiano and Fitzgerald (2003, IER 44); Hamilton (2018, REStat 100).
    """
    check_choice("filter_series", "filter", filter, get_args(Filter))
    chosen = _check_options(filter, options)
    table = check_series(series, ["value"], "filter_series")
    levels = table.dropna(subset="value", ignore_index=True)
    if filter in GROWTH or chosen.get("log"):
        _refuse_non_positive(levels, filter)
    if filter in GROWTH:
        growth = _measure_growth(levels, filter)
        check_lengths(table["unit"], growth.groupby("unit").size(), "filter_series", f"after the filter {filter!r}")
        return growth
    _refuse_short(table["unit"], levels, filter, chosen)
    if filter == "none":
        return levels
    _refuse_gaps(levels)
    cycles = [_filter_unit(unit, rows.to_numpy(), filter, chosen) for unit, rows in levels.groupby("unit")["value"]]
    return _keep_periods(levels, filter, chosen).assign(value=np.concatenate(cycles))


def cut_window(series: pd.DataFrame, first: int, last: int) -> pd.DataFrame:
    """Return the rows of ``series`` from period ``first`` to ``last``, both included: unit, period, value, sorted.

    Raises
    ------
    SpecError
        If the window ends before it begins.
    SeriesError
        If a unit has fewer than 4 values in the window, or the frame breaks the contract.
    """
    if first > last:
        raise SpecError(f"cut_window: the window ends in {last}, before it begins in {first}. Exchange the two.")
    table = check_series(series, ["value"], "cut_window")
    kept = table[table["period"].between(first, last) & table["value"].notna()].reset_index(drop=True)
    check_lengths(table["unit"], kept.groupby("unit").size(), "cut_window", f"from {first} to {last}")
    return kept


def _check_options(filter: Filter, options: Options) -> Options:
    known = DEFAULTS[filter]
    unknown = [name for name in options if name not in known]
    if unknown:
        names = ", ".join(known) or "none"
        raise SpecError(f"filter {filter!r} has no option {', '.join(unknown)}. Its options: {names}.")
    chosen = {**known, **options}
    for name, value in chosen.items():
        _check_option(filter, name, value)
    if "low" in chosen and not _SHORTEST[filter] <= chosen["low"] < chosen["high"]:
        raise SpecError(
            f"filter {filter!r} passes cycles from low ({_SHORTEST[filter]} or more) to high periods, low < high. "
            f"Got low={chosen['low']}, high={chosen['high']} instead."
        )
    return chosen


def _check_option(filter: Filter, name: str, value: float) -> None:
    if name in _FLAGS:
        check_choice(f"filter {filter!r}", name, value, (True, False))
        return
    kinds = (int, np.integer) if name in _COUNTS else (int, float, np.integer, np.floating)
    least = 1.0 if name in _COUNTS else 0.0
    if isinstance(value, bool) or not isinstance(value, kinds) or not least <= value < np.inf:
        wanted = "a whole number from 1" if name in _COUNTS else "a finite number from 0"
        raise SpecError(f"The {name!r} parameter of filter {filter!r} must be {wanted}. Got {value!r} instead.")


def _count_lost(filter: Filter, options: Options) -> tuple[int, int]:
    """Return how many periods a filter loses at the beginning and at the end."""
    if filter == "bk":
        return int(options["K"]), int(options["K"])
    return (int(options["h"] + options["p"]) - 1, 0) if filter == "hamilton" else (0, 0)


def _keep_periods(levels: pd.DataFrame, filter: Filter, options: Options) -> pd.DataFrame:
    """Return the rows that the filter does not lose."""
    lost_first, lost_last = _count_lost(filter, options)
    before = levels.groupby("unit").cumcount()
    after = levels.groupby("unit").cumcount(ascending=False)
    return levels[(before >= lost_first) & (after >= lost_last)].reset_index(drop=True)


def _refuse_short(units: pd.Series, levels: pd.DataFrame, filter: Filter, options: Options) -> None:
    """Refuse units with too few periods after the filter; Hamilton's regression takes p + 1 of them for itself."""
    n_lost = sum(_count_lost(filter, options))
    counts = (levels.groupby("unit").size() - n_lost).clip(lower=0)
    least = max(MIN_PERIODS, int(options["p"]) + 2) if filter == "hamilton" else MIN_PERIODS
    check_lengths(units, counts, "filter_series", f"after the filter {filter!r}, which loses {n_lost}", least)


def _refuse_gaps(levels: pd.DataFrame) -> None:
    before = levels.shift()
    gaps = levels[(levels["unit"] == before["unit"]) & (levels["period"] - before["period"] != 1)]
    if len(gaps):
        unit, period = gaps.iloc[0][["unit", "period"]]
        last = before.loc[gaps.index[0], "period"]
        raise SeriesError(
            f"filter_series: unit {unit} has no value between {last:.0f} and {period} ({len(gaps)} gaps in all). "
            "A filter needs consecutive periods: fill the gap, cut the series there, or leave the unit out."
        )


def _refuse_non_positive(levels: pd.DataFrame, filter: Filter) -> None:
    wrong = levels[levels["value"] <= 0]
    if len(wrong):
        unit, period, value = wrong.iloc[0]
        raise SeriesError(
            f"filter_series: {len(wrong)} levels are not above 0, such as {value} of unit {unit} in {period}. "
            f"{filter!r} with growth or logs needs positive levels; choose another filter, or log=False."
        )


def _filter_unit(unit: object, levels: FloatArray, filter: Filter, options: Options) -> FloatArray:
    values = np.log(levels) if options.get("log") else levels
    cycle = _FILTERS[filter](values, options)
    if np.ptp(cycle) > _ROUNDING * np.abs(values).max():
        return cycle
    raise SeriesError(
        f"filter_series: unit {unit} follows the trend of {filter!r} exactly; nothing but rounding is left. "
        "Leave the unit out, or choose another filter."
    )


def _measure_growth(levels: pd.DataFrame, filter: Filter) -> pd.DataFrame:
    """Return growth in the periods that follow one with a value; sorted levels come in."""
    before = levels.shift()
    follows = (levels["unit"] == before["unit"]) & (levels["period"] - before["period"] == 1)
    ratio = (levels["value"] / before["value"])[follows]
    growth = np.log(ratio) if filter == "log_growth" else ratio - 1
    return levels[follows].assign(value=growth).reset_index(drop=True)


def _filter_hp(values: FloatArray, options: Options) -> FloatArray:
    from statsmodels.tsa.filters.hp_filter import hpfilter

    return np.asarray(hpfilter(values, options["lamb"])[0])


def _filter_bk(values: FloatArray, options: Options) -> FloatArray:
    from statsmodels.tsa.filters.bk_filter import bkfilter

    return np.asarray(bkfilter(values, options["low"], options["high"], int(options["K"])))


def _filter_cf(values: FloatArray, options: Options) -> FloatArray:
    from statsmodels.tsa.filters.cf_filter import cffilter

    return np.asarray(cffilter(values, options["low"], options["high"], bool(options["drift"]))[0])


def _filter_hamilton(values: FloatArray, options: Options) -> FloatArray:
    h, p = int(options["h"]), int(options["p"])
    outcome = values[h + p - 1 :]
    lags = np.lib.stride_tricks.sliding_window_view(values, p)[: len(outcome)]
    # centred instead of a column of ones, which large levels would drown
    outcome, lags = outcome - outcome.mean(), lags - lags.mean(axis=0)
    cycle: FloatArray = outcome - lags @ np.linalg.lstsq(lags, outcome, rcond=None)[0]
    return cycle


_FILTERS: Mapping[Filter, Callable[[FloatArray, Options], FloatArray]] = {
    "hp": _filter_hp,
    "bk": _filter_bk,
    "cf": _filter_cf,
    "hamilton": _filter_hamilton,
}
