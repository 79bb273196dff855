"""The contract of every table of units that comes in: codes, and the variables of gravity, distance and province."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ.errors import EconError, PairError, name_first

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_AVERAGED = ("population", "gdp", "area")
_POSITIVE = (*_AVERAGED, "rank")
_BOUNDS: Mapping[str, float] = {"longitude": 180.0, "latitude": 90.0}
_YEARS = ("year", "period")


def check_codes(
    codes: pd.Series | pd.Index,
    where: str,
    error: type[EconError] = PairError,
    like: pd.Series | pd.Index | None = None,
) -> None:
    """Raise ``error`` unless all unit codes are strings or all integers, and of the kind of ``like``.

    330100 and "330100" would never meet.
    """
    kind = _find_kind(codes)
    if kind is None:
        raise error(f"unit codes must be all strings or all integers, none missing, in {where}. Read them as text.")
    other = None if like is None else _find_kind(like)
    if other and len(codes) and kind != other:
        raise error(
            f"unit codes in {where} are {kind}s, such as {codes.tolist()[0]!r}; elsewhere they are {other}s. "
            "Read all of them as text."
        )


def _find_kind(codes: pd.Series | pd.Index) -> str | None:
    """Return string or integer; None for all else. No codes at all count as strings."""
    if not len(codes):
        return "string"
    if pd.isna(codes.array).any():
        return None
    if isinstance(codes.dtype, pd.StringDtype):
        return "string"
    kind = pd.api.types.infer_dtype(codes, skipna=False)
    return kind if kind in ("string", "integer") else None


def check_columns(frame: pd.DataFrame, columns: Sequence[str], where: str, error: type[EconError] = PairError) -> None:
    """Raise ``error`` unless the frame has all ``columns``."""
    absent = [name for name in columns if name not in frame.columns]
    if absent:
        raise error(f"{where} must have the columns {', '.join(columns)}. Missing: {', '.join(absent)}. Add them.")


def read_units(units: pd.DataFrame, columns: Sequence[str], years: Sequence[int] | None = None) -> pd.DataFrame:
    """Return one row a unit (the index, sorted) with ``columns``, checked.

    Parameters
    ----------
    units
        ``unit`` and ``columns``: one row a unit, or a unit and ``year`` (or ``period``). Rows in any order.
    columns
        Population, gdp, area, rank (all > 0), longitude, latitude (degrees), province (any values).
    years
        The years over which population, gdp and area are averaged; the others must not vary in them. None: all rows,
        and nothing may vary.

    Raises
    ------
    PairError
        If a column, a unit, a year or a value is missing, doubled, varying or out of range; the message names it.
    """
    table = _select_years(units, columns, years)
    averaged = [name for name in columns if name in _AVERAGED and years is not None]
    repeated = table["unit"].duplicated().any()
    for name in columns:
        _check_values(table, name)
        if repeated and name not in averaged:
            hint = "Say with gravity_years over which years to average." if name in _AVERAGED else "Make them agree."
            values = table[["unit", name]].drop_duplicates()["unit"]
            _refuse(values[values.duplicated()], f"with more than one {name}", hint)
    places = table.drop_duplicates("unit").set_index("unit")[list(columns)]
    return places.assign(**table.groupby("unit")[averaged].mean()) if averaged else places


def _select_years(units: pd.DataFrame, columns: Sequence[str], years: Sequence[int] | None) -> pd.DataFrame:
    """Return unit and ``columns`` of the rows of ``years`` (None: all), sorted by unit and year."""
    check_columns(units, ["unit", *columns], "the table of units")
    units = units.reset_index(drop=True)
    check_codes(units["unit"], "the table of units")
    key = ["unit", *[name for name in _YEARS if name in units.columns][:1]]
    _refuse(units["unit"][units.duplicated(key)], f"with several rows for one {key[-1]}", "Keep one of each.")
    table = units.sort_values(key)
    if years is None:
        return table[["unit", *columns]]
    if len(key) == 1:
        raise PairError("gravity_years asks for years, but the table of units has no column year (or period). Add it.")
    wanted = table[table[key[1]].isin(list(years))]
    lacking = table["unit"].map(wanted["unit"].value_counts()).fillna(0) < len(set(years))
    named = ", ".join(map(str, years))
    _refuse(table["unit"][lacking], f"without a row for each of the gravity_years {named}", "Add their rows.")
    return wanted[["unit", *columns]]


def _check_values(table: pd.DataFrame, name: str) -> None:
    """Refuse missing values, and numbers that are none, infinite or out of range."""
    column = table[name]
    if name not in (*_POSITIVE, *_BOUNDS):
        _refuse(table["unit"][column.isna()], f"without {name}", "Fill it in, or leave them out.")
        return
    if column.dtype.kind not in "iuf":
        raise PairError(f"{name} must be a column of numbers, not {column.dtype}. pd.to_numeric converts.")
    numbers = column.to_numpy(dtype=float, na_value=np.nan)
    in_range = (numbers > 0) & (numbers < np.inf) if name in _POSITIVE else np.abs(numbers) <= _BOUNDS[name]
    wanted = "positive" if name in _POSITIVE else f"from -{_BOUNDS[name]:.0f} to {_BOUNDS[name]:.0f} degrees"
    _refuse(table["unit"][~in_range], f"without {name} that is {wanted}", "Fill it in, or leave them out.")


def _refuse(units: pd.Series, problem: str, remedy: str) -> None:
    """Raise if there are any such units."""
    if len(units):
        raise PairError(f"there are units {problem}: {name_first(sorted(set(units)))}. {remedy}")
