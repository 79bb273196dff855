"""The contract of every long frame of series that comes in: unit, period, and columns of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import SeriesError, name_first

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

KEY = ("unit", "period")
MIN_PERIODS = 4
"""Fewer make neither a cycle nor a correlation."""


def check_series(frame: pd.DataFrame, columns: Sequence[str], function: str) -> pd.DataFrame:
    """Return unit, period and ``columns`` of a long frame, sorted by unit and period, with a new index.

    Parameters
    ----------
    frame
        One row a unit and period: ``unit`` (strings, such as six-digit codes, or integers; never both), ``period``
        (whole numbers), ``columns`` (numbers; NaN = missing). Rows in any order.
    columns
        The columns of numbers. They are returned as float64; unit and period keep their dtypes.
    function
        The caller, for the messages.

    Raises
    ------
    SeriesError
        If a column is absent or of another kind, the frame is empty, a unit or period is missing, a number is
        infinite, or a unit has two rows for a period.
    """
    absent = [name for name in (*KEY, *columns) if name not in frame.columns]
    if absent:
        raise SeriesError(f"{function} needs the columns {', '.join((*KEY, *columns))}. Missing: {', '.join(absent)}.")
    if frame.empty:
        raise SeriesError(f"{function} got a frame without rows. Give one row a unit and period.")
    frame = _plain_key(frame)
    _check_key(frame, function)
    table = frame[[*KEY, *columns]].sort_values(list(KEY), ignore_index=True)
    for name in columns:
        table[name] = _read_numbers(table, name, function)
    return table


def spread_series(
    frame: pd.DataFrame, columns: Sequence[str], function: str
) -> tuple[pd.Index, NDArray[np.int64], FloatArray]:
    """Return the n units and T periods of a long frame, sorted, and its columns as matrices (columns, n, T).

    Texts are plain strings there, which Python reads faster than pandas' own.

    Parameters
    ----------
    frame, columns, function
        As in :func:`check_series`. A cell without a row is NaN.

    Raises
    ------
    SeriesError
        As :func:`check_series` does.
    """
    plain = _read_plain(frame, columns)
    if plain is None:
        table = check_series(frame, columns, function)
        plain = table["unit"], table["period"], table[list(columns)].to_numpy(dtype=np.float64).T
    unit, period, numbers = plain
    codes, units = _number_units(unit)
    places, periods = pd.factorize(period.to_numpy(dtype=np.int64), sort=True)
    cells = codes * len(periods) + places
    if len(cells) > len(units) * len(periods) or np.bincount(cells).max() > 1:
        check_series(frame, columns, function)
    spread = np.full((len(columns), len(units) * len(periods)), np.nan)
    spread[:, cells] = numbers
    return pd.Index(units, dtype=units.dtype), periods, spread.reshape(len(columns), len(units), len(periods))


def _number_units(units: pd.Series) -> tuple[NDArray[np.intp], NDArray[Any]]:
    """Return the place of each row's unit among the n units, and these, sorted; of texts only n become plain strings.

    So few of them are sorted faster here than by pandas.
    """
    codes, found = units.array.factorize()
    names = np.asarray(found)
    order = np.argsort(names, kind="stable")
    places = np.empty(len(order), dtype=np.intp)
    places[order] = np.arange(len(order))
    return places[codes], names[order]


def _read_plain(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[pd.Series, pd.Series, FloatArray] | None:
    """Return unit, period and ``columns`` (columns, rows) of a frame that keeps to the contract, else None.

    Keys may be repeated.
    """
    if not len(frame) or not frame.columns.is_unique or any(name not in frame.columns for name in (*KEY, *columns)):
        return None
    unit, period, *values = (frame[name] for name in (*KEY, *columns))
    plain = isinstance(unit.dtype, pd.StringDtype) or _is_numeric(unit, "iu")
    if not plain or pd.isna(unit.array).any() or not _is_numeric(period, "iu"):
        return None
    if not all(_is_numeric(column, "iuf") for column in values):
        return None
    numbers = np.array([column.to_numpy(dtype=np.float64) for column in values])
    return None if np.isinf(numbers).any() else (unit, period, numbers)


def _is_numeric(column: pd.Series, kinds: str) -> bool:
    return isinstance(column.dtype, np.dtype) and column.dtype.kind in kinds


def check_lengths(units: pd.Series, counts: pd.Series, function: str, cause: str, least: int = MIN_PERIODS) -> None:
    """Refuse units with fewer than ``least`` periods, naming them.

    Parameters
    ----------
    units
        All units, repeated or not.
    counts
        Periods by unit; a unit that it lacks has none.
    function, cause
        For the message: who asks, and why periods went.
    least
        Periods that are needed.

    Raises
    ------
    SeriesError
        With the units, their numbers of periods, and the cause.
    """
    lengths = counts.reindex(units.unique(), fill_value=0)
    short = lengths[lengths < least]
    if len(short):
        counted = [f"{unit} ({length})" for unit, length in short.items()]
        raise SeriesError(
            f"{function}: {len(short)} units have fewer than {least} periods with a value {cause}: "
            f"{name_first(counted)}. Give longer series, or leave these units out."
        )


def _plain_key(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with an index of its own, units that are no categories, and whole years as integers."""
    frame = frame.reset_index(drop=True)
    if isinstance(frame["unit"].dtype, pd.CategoricalDtype):
        frame = frame.assign(unit=frame["unit"].astype(frame["unit"].cat.categories.dtype))
    periods = frame["period"]
    if periods.dtype.kind == "f" and bool((periods == periods.round()).all()):
        frame = frame.assign(period=periods.astype("int64"))
    return frame


def _check_key(frame: pd.DataFrame, function: str) -> None:
    for name in KEY:
        n_missing = int(frame[name].isna().sum())
        if n_missing:
            raise SeriesError(f"{function}: {name} is missing in {n_missing} rows. Fill it in, or drop these rows.")
    if pd.api.types.infer_dtype(frame["unit"]) not in ("string", "integer"):
        raise SeriesError(f"{function}: units must be all strings or all integers. Convert them, e.g. astype(str).")
    kind = frame["period"].dtype
    if kind.kind not in "iu":
        raise SeriesError(f"{function}: periods must be integers, such as years. Got {kind}: astype('int64') converts.")
    doubled = frame.duplicated(list(KEY))
    if doubled.any():
        unit, period = frame.loc[doubled, list(KEY)].iloc[0]
        raise SeriesError(
            f"{function}: {doubled.sum()} rows repeat a unit and period, such as {unit} in {period}. Keep one of each."
        )


def _read_numbers(table: pd.DataFrame, name: str, function: str) -> NDArray[np.float64]:
    column = table[name]
    if column.dtype.kind not in "iuf":
        raise SeriesError(
            f"{function}: {name} must be a column of numbers, not {column.dtype}. pd.to_numeric converts."
        )
    numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
    infinite = np.isinf(numbers)
    if infinite.any():
        unit, period = table.loc[int(infinite.argmax()), list(KEY)]
        raise SeriesError(
            f"{function}: {name} is infinite in {infinite.sum()} rows, such as unit {unit} in {period}. "
            "Correct them, or make them NaN (missing)."
        )
    return numbers
