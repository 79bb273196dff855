"""A file of series → a long table with six-digit codes, and all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textq.outcomes.cells import name_cell, read_grid
from textq.outcomes.checks import check_table, find_gaps
from textq.outcomes.duplicates import drop_duplicates
from textq.outcomes.growth import convert_indices
from textq.outcomes.layout import Form, Layout, find_layout
from textq.outcomes.melt import drop_rows_without_values, melt_cells
from textq.outcomes.numbers import parse_numbers
from textq.outcomes.places import builtin_history
from textq.outcomes.problems import BESIDE, Problem
from textq.outcomes.units import BASE_YEAR, UnitMatch, match_units

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

COLUMNS = {"unit": "string", "name": "string", "period": "Int64", "variable": "string", "value": "float64"}
"""The columns of a long table and their types."""

_OUTCOMES = ("unmatched", "ambiguous", "province", "outside_base_year", "short_name", "other_name", "also_province")


@dataclass(frozen=True, slots=True, eq=False)
class SeriesFile:
    """What a file of series holds, and what is wrong with it.

    Attributes
    ----------
    table
        ``unit`` (six-digit code), ``name`` (in the base year), ``period`` (year), ``variable``, ``value``: a row for
        each value that is there, ordered by variable (as in the file), unit, period.
    problems
        All that was found. Where one is ``blocking`` the table holds only what could be understood.
    form
        How the file was laid out.
    base_year
        The year of the list of codes.
    """

    table: pd.DataFrame
    problems: tuple[Problem, ...]
    form: Form
    base_year: int

    @property
    def blocked(self) -> bool:
        """Whether a problem leaves open what the file says."""
        return any(problem.blocking for problem in self.problems)


def inspect_series(
    path: Path, *, sheet: str | None = None, unit: str | None = None, period: str | None = None,
    value: str | None = None, base_year: int | None = None, index_to_growth: bool = False,
) -> SeriesFile:  # fmt: skip
    """Read a file of series, long or wide, and say all that is wrong with it.

    Parameters
    ----------
    path : Path
        A .csv, .tsv, .xlsx, .xls or .dta file.
    sheet : str, optional
        The sheet of a workbook that has several.
    unit, period : str, optional
        The headers of the columns of units and periods; by default the usual words are looked for.
    value : str, optional
        The variable to take: a header, or what a column of variables says. It also names the variable of a table
        that does not name it. By default all.
    base_year : int, optional
        The codes are those of the list at the end of this year; by default 2020.
    index_to_growth : bool
        Take 100 from the variables that look like an index with last year = 100.

    Raises
    ------
    SeriesFileError
        If the file cannot be read at all, or nothing in it looks like an index that is to be converted.
    """
    year = BASE_YEAR if base_year is None else base_year
    grid = read_grid(path, sheet=sheet)
    layout = find_layout(grid, unit=unit, period=period)
    cells, problems = melt_cells(grid, layout, value=value)
    matches = match_units(filter(None, cells["spelling"]), year)
    cells = _add_units(cells, matches)
    cells, skipped = drop_rows_without_values(grid, layout, cells)
    problems += [
        *_describe_units(cells, matches, layout),
        *_find_counties(cells, year),
        *skipped,
        *_find_unplaced(cells),
    ]
    cells, found = _parse_values(cells)
    problems += found
    known = cells[cells["unit"].notna() & cells["period"].notna()]
    table, found = drop_duplicates(known[known["value"].notna()])
    problems += found + find_gaps(known, table)
    if index_to_growth:
        table, converted = convert_indices(table)
        problems += [Problem("index_converted", n, variable=variable) for variable, n in converted.items()]
    problems += check_table(table)
    return SeriesFile(_order_table(table), _order_problems(problems), layout.form, year)


def _add_units(cells: pd.DataFrame, matches: Mapping[str, UnitMatch]) -> pd.DataFrame:
    units = {spelling: match.unit for spelling, match in matches.items() if match.unit}
    names = {spelling: match.name for spelling, match in matches.items() if match.unit}
    return cells.assign(unit=cells["spelling"].map(units), name=cells["spelling"].map(names))


def _describe_units(cells: pd.DataFrame, matches: Mapping[str, UnitMatch], layout: Layout) -> list[Problem]:
    """Say how the spellings of the rows that are left were matched, and which unit has several of them."""
    places = _locate_spellings(cells, layout)
    used = [matches[spelling] for spelling in places if spelling]
    problems = []
    for outcome in _OUTCOMES:
        cases = tuple(_show_match(match, places[match.spelling]) for match in used if match.outcome == outcome)
        problems.append(Problem(outcome, len(cases), cases))  # type: ignore[arg-type]
    spelled: dict[str, list[str]] = {}
    for match in used:
        if match.unit:
            spelled.setdefault(f"{match.unit} {match.name}", []).append(match.spelling)
    several = tuple(f"{unit}: {', '.join(names)}" for unit, names in spelled.items() if len(names) > 1)
    return [problem for problem in (*problems, Problem("spellings", len(several), several)) if problem.n]


def _locate_spellings(cells: pd.DataFrame, layout: Layout) -> dict[str, str]:
    """Return each spelling and the address of the first cell that holds it, "" where a title above the table does."""
    first = cells.drop_duplicates("spelling")
    if layout.unit is not None:
        at = [name_cell(row, layout.unit) for row in first["row"]]
    elif layout.form == "units_across":
        at = [name_cell(layout.header, column) for column in first["column"]]
    else:
        at = [""] * len(first)
    return dict(zip(first["spelling"], at, strict=True))


def _show_match(match: UnitMatch, cell: str) -> str:
    if match.unit:
        return f"{match.spelling} → {match.unit} {match.name}"
    return " ".join(filter(None, [cell, repr(match.spelling), f"({match.detail})" if match.detail else ""]))


def _find_counties(cells: pd.DataFrame, base_year: int) -> list[Problem]:
    """Find units that lie inside a prefecture; marked and first are those whose prefecture is in the file too."""
    history = builtin_history()
    units = cells[cells["unit"].notna()].drop_duplicates("unit").set_index("unit")["name"]
    outer = {unit: code for unit in units.index if (code := history.find_prefecture(unit))}
    cases = tuple(
        f"{unit} {units[unit]} ⊂ {code} {history.name_in(code, base_year)}" + f" {BESIDE}" * (code in units.index)
        for unit, code in sorted(outer.items(), key=lambda pair: pair[1] not in units.index)
    )
    return [Problem("county", len(cases), cases)] if cases else []


def _find_unplaced(cells: pd.DataFrame) -> list[Problem]:
    """Find values whose row names no unit, or no period that can be read."""
    filled = cells[cells["cell"].notna()]
    nameless, dateless = filled[filled["spelling"] == ""], filled[filled["period"].isna()]
    found = (Problem("row_without_unit", *_list_cells(nameless)), Problem("bad_period", *_list_cells(dateless)))
    return [problem for problem in found if problem.n]


def _parse_values(cells: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    numbers = parse_numbers(cells["cell"].to_numpy(dtype=object))
    strange, marks = cells[numbers.unreadable], cells[numbers.missing]
    kinds = marks.groupby("cell")["row"].count()
    problems = [
        Problem("not_a_number", *_list_cells(strange, with_texts=True)),
        Problem("missing_marks", len(marks), tuple(f"{mark!r}: {n}" for mark, n in kinds.items())),
    ]
    return cells.assign(value=numbers.values), [problem for problem in problems if problem.n]


def _list_cells(cells: pd.DataFrame, *, with_texts: bool = False) -> tuple[int, tuple[str, ...]]:
    at = (name_cell(row, column) for row, column in zip(cells["row"], cells["column"], strict=True))
    cases = (f"{cell} {text!r}" if with_texts else cell for cell, text in zip(at, cells["cell"], strict=True))
    return len(cells), tuple(cases)


def _order_table(table: pd.DataFrame) -> pd.DataFrame:
    order = {variable: place for place, variable in enumerate(table["variable"].unique())}
    table = table.assign(order=table["variable"].map(order)).sort_values(["order", "unit", "period"])
    return table[list(COLUMNS)].astype(COLUMNS).reset_index(drop=True)


def _order_problems(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: not problem.blocking))
