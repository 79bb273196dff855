"""Grid → one row a cell of values, with what its row and its header say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from textq.errors import SeriesFileError
from textq.outcomes.cells import Grid, name_cell, show_cell
from textq.outcomes.numbers import parse_numbers, parse_period
from textq.outcomes.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from textq.outcomes.layout import Layout, ValueColumn

VALUE = "value"
"""The name of a variable that the file does not name."""


def melt_cells(grid: Grid, layout: Layout, *, value: str | None = None) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the cells below the header, one a row, and the columns that hold no numbers.

    Parameters
    ----------
    grid, layout
        The cells, and what stands where.
    value
        The variable to take; without it, all.

    Returns
    -------
    cells : DataFrame
        ``row`` and ``column`` in the grid, ``spelling`` of the unit ("" if none), ``period`` (Int64, NA if it cannot
        be read), ``variable``, ``cell`` (None if empty).
    problems : list of Problem
        ``left_out``.

    Raises
    ------
    SeriesFileError
        If there is no such variable, or a column of variables has several columns of values beside it.
    """
    rows = _list_rows(grid, layout)
    columns, left_out = _split_columns(grid, layout, rows, value)
    cells = pd.concat([_melt_column(grid, layout, rows, one) for one in columns], ignore_index=True)
    if layout.variable is None:
        cells["variable"] = cells["variable"].replace("", value or VALUE)
    if value is not None:
        _check_value(grid, value, list(cells["variable"].unique()))
        cells = cells[cells["variable"] == value].reset_index(drop=True)
    names = tuple(str(one.variable) for one in left_out)
    return cells, [Problem("left_out", len(names), names)] if names else []


def _list_rows(grid: Grid, layout: Layout) -> NDArray[np.intp]:
    """Return the rows below the header; a header repeated on a later page is none."""
    body = np.arange(layout.header + 1, len(grid.cells))
    repeated = (grid.cells[body] == grid.cells[layout.header]).all(axis=1)
    return np.delete(body, np.flatnonzero(repeated))


def _split_columns(
    grid: Grid, layout: Layout, rows: NDArray[np.intp], value: str | None
) -> tuple[list[ValueColumn], list[ValueColumn]]:
    """Tell the columns of values from those of other texts: in a long table at least half of the texts are numbers."""
    if layout.form != "long":
        return list(layout.values), []
    if value is not None and layout.variable is None:
        _check_value(grid, value, [str(one.variable) for one in layout.values])
        return [one for one in layout.values if one.variable == value], []
    numeric = [one for one in layout.values if _holds_numbers(grid.cells[rows, one.column])]
    if not numeric:
        raise SeriesFileError(f"{grid.path}: no column holds numbers. Check the file, or name the column (--value).")
    if layout.variable is not None and len(numeric) > 1:
        names = ", ".join(show_cell(grid.cells[layout.header, one.column]) for one in numeric)
        raise SeriesFileError(
            f"{grid.path}: beside the column of variables stand several columns of values: {names}. Keep one of them."
        )
    return numeric, [one for one in layout.values if one not in numeric]


def _holds_numbers(cells: NDArray[np.object_]) -> bool:
    numbers = parse_numbers(cells)
    good = int((~np.isnan(numbers.values)).sum())
    return good > 0 and good >= int(numbers.unreadable.sum())


def _melt_column(grid: Grid, layout: Layout, rows: NDArray[np.intp], one: ValueColumn) -> pd.DataFrame:
    """Return the cells of one column; what its header does not say is taken from the row."""
    return pd.DataFrame(
        {
            "row": rows,
            "column": one.column,
            "spelling": _read_column(grid, rows, layout.unit, one.unit, show_cell),
            "period": pd.Series(_read_column(grid, rows, layout.period, one.period, parse_period), dtype="Int64"),
            "variable": _read_column(grid, rows, layout.variable, one.variable, show_cell),
            "cell": pd.Series(grid.cells[rows, one.column], dtype=object),
        }
    )


def _read_column(
    grid: Grid, rows: NDArray[np.intp], column: int | None, fixed: object, read: Callable[..., object]
) -> list[object]:
    if column is None:
        return [fixed] * len(rows)
    seen: Mapping[object, object] = {cell: read(cell) for cell in set(grid.cells[rows, column])}
    return [seen[cell] for cell in grid.cells[rows, column]]


def _check_value(grid: Grid, value: str, variables: list[str]) -> None:
    if value not in variables:
        raise SeriesFileError(f"{grid.path} has no variable {value!r}. It has {', '.join(map(repr, variables))}.")


def drop_rows_without_values(grid: Grid, layout: Layout, cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Leave out blank rows, notes and headings: rows without any value that are no unit-period either.

    A unit or a period that has no value stays, so that it is counted as missing.

    Where units stand across, a column without values is left out in the same way. ``unit`` is NA where it was not
    matched.
    """
    filled, known = cells["cell"].notna(), cells["unit"].notna()
    says = known & cells["period"].notna() & (layout.unit is not None or layout.period is not None)
    bare = ~filled.groupby(cells["row"]).transform("any")
    out = bare & ~says.groupby(cells["row"]).transform("any")
    if layout.form == "units_across":
        out |= ~known & ~filled.groupby(cells["column"]).transform("any")
    rows = sorted(set(cells.loc[bare & out, "row"]))
    texts = {row: next((show_cell(cell) for cell in grid.cells[row] if cell is not None), "") for row in rows}
    blank = [name_cell(row, 0) for row, text in texts.items() if not text]
    notes = [text for text in texts.values() if text]
    problems = [
        Problem("blank_rows", len(blank), tuple(blank)),
        Problem("rows_without_values", len(notes), tuple(notes)),
    ]
    return cells[~out].reset_index(drop=True), [problem for problem in problems if problem.n]
