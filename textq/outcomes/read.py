"""The doors: files of series, of units and of designations → tables with six-digit codes, or a refusal."""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

import pandas as pd

from textq.errors import SeriesFileError
from textq.notation.numerals import parse_date
from textq.outcomes.cells import Cell, Grid, fold_text, name_cell, read_grid, show_cell
from textq.outcomes.layout import PERIOD_WORDS, find_columns
from textq.outcomes.numbers import parse_numbers, parse_period
from textq.outcomes.problems import Problem, describe_problem
from textq.outcomes.series import SeriesFile, inspect_series
from textq.outcomes.units import BASE_YEAR, UnitMatch, is_place, match_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date as day
    from pathlib import Path

DATE_WORDS = ("approved_on", "date", "designated_on", "批复日期", "获批日期", "批准日期", "设立日期", "日期")
"""Headers of a column of designation dates."""

UNIT_LISTS = ("parent", "widens_to")
"""Columns of designations whose cells hold names or codes of units, joined by ";"."""

_MOST_SHOWN = 10
_SEPARATOR = re.compile("[;；]")


def read_series(
    path: Path, *, sheet: str | None = None, unit: str | None = None, period: str | None = None,
    value: str | None = None, base_year: int | None = None, index_to_growth: bool = False,
) -> SeriesFile:  # fmt: skip
    """Read a file of series, long or wide, and refuse it if anything is left open.

    Parameters are those of :func:`textq.outcomes.series.inspect_series`.

    Raises
    ------
    SeriesFileError
        If the file cannot be read, or a problem is blocking: units not matched, values that differ for a unit-period,
        cells that are no numbers, rows without a unit or a year.
    """
    series = inspect_series(
        path, sheet=sheet, unit=unit, period=period, value=value, base_year=base_year, index_to_growth=index_to_growth
    )
    _refuse_blocking(path, series.problems)
    return series


def read_units(
    path: Path, *, sheet: str | None = None, unit: str | None = None, period: str | None = None,
    base_year: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Read a table of units: one row a unit, or a unit and period.

    Parameters
    ----------
    path : Path
        A .csv, .tsv, .xlsx, .xls or .dta file.
    sheet : str, optional
        The sheet of a workbook that has several.
    unit, period : str, optional
        The headers of the columns of units and periods; by default the usual words are looked for.
    base_year : int, optional
        The codes are those of the list at the end of this year; by default 2020.

    Returns
    -------
    DataFrame
        ``unit`` (six-digit code), ``name``, ``period`` (Int64, if the file has it), then the other columns under
        their own names: float64 where they hold numbers, else string. Ordered by unit and period.

    Raises
    ------
    SeriesFileError
        If a unit is not matched or stands twice (in a period), or a column of numbers holds another text.
    """
    grid = read_grid(path, sheet=sheet)
    header, columns = find_columns(grid, unit=unit, needed=[period] if period else [])
    dated = period or next((name for name in columns if fold_text(name) in PERIOD_WORDS), None)
    at = columns.pop("unit")
    rows = _list_rows(grid, header, at)
    table = _read_keys(grid, rows, at, base_year)
    if dated is not None:
        table["period"] = pd.Series(_read_periods(grid, rows, columns.pop(dated)), dtype="Int64")
    columns = {name: column for name, column in columns.items() if name not in table}
    table = table.assign(**{name: _read_column(grid, rows, column) for name, column in columns.items()})
    key = ["unit", "period"] if dated is not None else ["unit"]
    _refuse_doubled(grid, table, key)
    return table.sort_values(key).reset_index(drop=True)


def read_designations(
    path: Path, *, sheet: str | None = None, unit: str | None = None, date: str | None = None,
    base_year: int | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Read a table of designations: which unit was designated on which day.

    Parameters
    ----------
    path : Path
        A .csv, .tsv, .xlsx, .xls or .dta file.
    sheet : str, optional
        The sheet of a workbook that has several.
    unit, date : str, optional
        The headers of the columns of units and days; by default the usual words are looked for.
    base_year : int, optional
        The codes are those of the list at the end of this year; by default 2020.

    Returns
    -------
    DataFrame
        ``unit`` (six-digit code), ``name``, ``date`` (datetime64), then the other columns as strings. ``parent`` and
        ``widens_to``, where the file has them, hold six-digit codes joined by ";", NA where empty. Ordered by date and
        unit; a unit may stand twice.

    Raises
    ------
    SeriesFileError
        If a unit is not matched, in whichever of these columns, or a row has no day.
    """
    grid = read_grid(path, sheet=sheet)
    header, columns = find_columns(grid, unit=unit, needed=[date] if date else [])
    dated = date or next((name for name in columns if fold_text(name) in DATE_WORDS), None)
    if dated is None:
        raise SeriesFileError(f"{path} has no column of dates. Name it: one of {', '.join([*columns][1:])}.")
    at = columns.pop("unit")
    rows = _list_rows(grid, header, at)
    table = _read_keys(grid, rows, at, base_year)
    table["date"] = pd.Series(_read_days(grid, rows, columns.pop(dated)), dtype="datetime64[s]")
    others = {
        name: _read_lists(grid, rows, column, base_year) if name in UNIT_LISTS else _read_texts(grid, rows, column)
        for name, column in columns.items()
        if name not in table
    }
    return table.assign(**others).sort_values(["date", "unit"]).reset_index(drop=True)


def _refuse_blocking(path: Path, problems: Iterable[Problem]) -> None:
    said = [describe_problem(problem) for problem in problems if problem.blocking]
    if said:
        listed = "".join(f"\n  {sentence}" for sentence in said)
        raise SeriesFileError(
            f"{path} cannot be used as it stands:{listed}\n`textq panel check --json` lists every case."
        )


def _list_rows(grid: Grid, header: int, column: int) -> list[int]:
    """Return the rows below the header but for blank ones and notes: a single cell that is no place."""
    n_filled = pd.notna(grid.cells).sum(axis=1)
    rows = range(header + 1, len(grid.cells))
    return [row for row in rows if n_filled[row] > 1 or is_place(show_cell(grid.cells[row, column]))]


def _read_keys(grid: Grid, rows: Sequence[int], column: int, base_year: int | None) -> pd.DataFrame:
    spellings = [[show_cell(grid.cells[row, column])] for row in rows]
    found = [match for (match,) in _match_lists(grid, rows, column, spellings, base_year)]
    return pd.DataFrame({"unit": [one.unit for one in found], "name": [one.name for one in found]}, dtype="string")


def _read_lists(grid: Grid, rows: Sequence[int], column: int, base_year: int | None) -> pd.Series:
    """Return a column of units joined by ";" as codes joined by ";"."""
    cells = [_SEPARATOR.split(show_cell(grid.cells[row, column])) for row in rows]
    spellings = [[part.strip() for part in parts if part.strip()] for parts in cells]
    found = _match_lists(grid, rows, column, spellings, base_year)
    return pd.Series([";".join(str(match.unit) for match in units) or None for units in found], dtype="string")


def _match_lists(
    grid: Grid, rows: Sequence[int], column: int, spellings: Sequence[Sequence[str]], base_year: int | None
) -> list[list[UnitMatch]]:
    """Match the spellings in each row's cell; refuse those that stand for no unit."""
    matches = match_units(chain.from_iterable(spellings), BASE_YEAR if base_year is None else base_year)
    found = [[matches[spelling] for spelling in own] for own in spellings]
    bad = [
        f"{name_cell(row, column)} {match.spelling!r} ({match.outcome}{match.detail and ': '}{match.detail})"
        for row, units in zip(rows, found, strict=True)
        for match in units
        if match.unit is None
    ]
    _refuse(grid, "units that stand for no code of the base year", bad, "Write names or six-digit codes of cities")
    return found


def _read_periods(grid: Grid, rows: Sequence[int], column: int) -> list[int | None]:
    periods = [parse_period(grid.cells[row, column]) for row in rows]
    bad = [_show_at(grid, row, column) for row, period in zip(rows, periods, strict=True) if period is None]
    _refuse(grid, "cells that state no year", bad, "Write 2017 or 2017年")
    return periods


def _read_days(grid: Grid, rows: Sequence[int], column: int) -> list[day | None]:
    days = [_read_day(grid.cells[row, column]) for row in rows]
    bad = [_show_at(grid, row, column) for row, day in zip(rows, days, strict=True) if day is None]
    _refuse(grid, "cells that state no day", bad, "Write 2015-03-07 or 2015年3月7日, or remove the row")
    return days


def _read_day(cell: Cell) -> day | None:
    return parse_date(show_cell(cell))


def _read_column(grid: Grid, rows: Sequence[int], column: int) -> pd.Series:
    """Return a column as numbers if at least half of its texts are some, else as texts."""
    numbers = parse_numbers(grid.cells[rows, column])
    n_numbers, n_texts = int((numbers.values == numbers.values).sum()), int(numbers.unreadable.sum())
    if not n_numbers or n_numbers < n_texts:
        return _read_texts(grid, rows, column)
    bad = [_show_at(grid, row, column) for row, wrong in zip(rows, numbers.unreadable, strict=True) if wrong]
    _refuse(grid, "cells that hold no number", bad, "Correct or empty them")
    return pd.Series(numbers.values)


def _read_texts(grid: Grid, rows: Sequence[int], column: int) -> pd.Series:
    return pd.Series([show_cell(grid.cells[row, column]) or None for row in rows], dtype="string")


def _refuse_doubled(grid: Grid, table: pd.DataFrame, key: list[str]) -> None:
    doubled = [" ".join(map(str, row)) for row in table.loc[table.duplicated(key), key].to_numpy()]
    _refuse(grid, f"rows with the same {' and '.join(key)}", doubled, "Keep one of each")


def _show_at(grid: Grid, row: int, column: int) -> str:
    return f"{name_cell(row, column)} {show_cell(grid.cells[row, column])!r}"


def _refuse(grid: Grid, what: str, bad: Sequence[str], advice: str) -> None:
    if bad:
        shown = "; ".join(bad[:_MOST_SHOWN]) + " …" * (len(bad) > _MOST_SHOWN)
        raise SeriesFileError(f"{grid.path}: {what} ({len(bad)}): {shown}. {advice}.")
