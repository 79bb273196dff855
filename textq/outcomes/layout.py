"""Where a table has what: its header below ugly titles, and what each column of values stands for.

Three forms are told apart: long (a column of units, one of periods), years across, units across.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from textq.errors import SeriesFileError
from textq.outcomes.cells import Grid, fold_text, name_cell, show_cell
from textq.outcomes.numbers import is_number, parse_period
from textq.outcomes.units import is_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Form = Literal["long", "years_across", "units_across"]

UNIT_WORDS = (
    "unit", "adcode", "code", "citycode", "city_code", "行政区划代码", "区划代码", "城市代码", "地区代码", "代码",
    "city", "cityname", "city_name", "prefecture", "region", "name",
    "城市", "城市名称", "城市名", "地级市", "地区", "地区名称", "市", "市名", "名称",
)  # fmt: skip
"""Headers of a column of units; codes before names."""

PERIOD_WORDS = ("period", "year", "time", "年份", "年度", "年", "时间", "统计年度", "会计年度")
VARIABLE_WORDS = ("variable", "indicator", "指标", "指标名称", "变量", "变量名", "项目")

_SEARCHED_ROWS = 40
_YEAR_IN_HEADER = re.compile(r"(?P<before>\D*?)[\s_-]*(?P<year>(?:19|20)\d{2})(?!\d)\s*(?:年度?)?(?P<after>.*)")
_BILINGUAL = re.compile(r"([\u4e00-\u9fff]+)[a-z./()]+")
_TITLE = re.compile(r"(?P<what>指标|地区|城市)[:：](?P<value>.+)")


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of values, and what its header says of them; None where the row says it."""

    column: int
    variable: str | None = None
    period: int | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The form of a table: the row of its header, and its columns, all counted from 0.

    ``unit``, ``period`` and ``variable`` are the columns that say so row by row, None where the header does.
    """

    form: Form
    header: int
    values: tuple[ValueColumn, ...]
    unit: int | None = None
    period: int | None = None
    variable: int | None = None


@dataclass(frozen=True, slots=True)
class _Header:
    """A row that may be the header, what the user named, and what the titles above say."""

    row: int
    texts: tuple[str, ...]
    above: tuple[str, ...]
    below: str
    unit: str | None
    period: str | None
    titles: Mapping[str, str]


def find_layout(grid: Grid, *, unit: str | None = None, period: str | None = None) -> Layout:
    """Find the header of a table and tell its form.

    The first row wins that names a column of units and one of periods, or has years across, or places across.

    Parameters
    ----------
    grid : Grid
        The cells.
    unit, period : str, optional
        The headers of the columns of units and periods, where they are none of the usual words.

    Raises
    ------
    SeriesFileError
        If no row of the first 40 is a header of that kind, or two columns stand for the same variable and year.
    """
    for row in range(min(_SEARCHED_ROWS, len(grid.cells) - 1)):
        header = _read_header(grid, row, unit, period)
        for find in (_find_long, _find_years_across, _find_units_across):
            if layout := find(header):
                _check_values(grid, layout)
                return layout
    raise SeriesFileError(
        f"{grid.path}: no header was found: neither a column of units and one of periods, nor years across, nor places "
        f"across. {_hint_columns(grid, unit, period)}"
    )


def find_columns(grid: Grid, *, unit: str | None = None, needed: Sequence[str] = ()) -> tuple[int, dict[str, int]]:
    """Find the header of a table with a row for each unit: its row, and the column of each name.

    The unit's column is returned under ``"unit"``.

    Raises
    ------
    SeriesFileError
        If no row of the first 40 has a column of units and the needed columns, or two columns have the same name.
    """
    for row in range(min(_SEARCHED_ROWS, len(grid.cells) - 1)):
        header = _read_header(grid, row, unit, None)
        at = _pick_column(header.texts, unit, UNIT_WORDS)
        if at is None or _has_numbers(header.texts):
            continue
        columns = {text: column for column, text in enumerate(header.texts) if text and column != at}
        doubled = [text for text, n in Counter(filter(None, header.texts)).items() if n > 1]
        if doubled:
            raise SeriesFileError(f"{grid.path}: several columns are called {', '.join(doubled)}. Rename all but one.")
        if all(name in columns for name in needed):
            return row, {"unit": at, **columns}
    raise SeriesFileError(
        f"{grid.path}: no header with a column of units{''.join(f', {name!r}' for name in needed)} was found. "
        f"{_hint_columns(grid, unit, *needed)}"
    )


def _read_header(grid: Grid, row: int, unit: str | None, period: str | None) -> _Header:
    above = [show_cell(cell) for cell in grid.cells[row - 1]] if row else [""] * grid.cells.shape[1]
    below = next((cell for cell in grid.cells[row + 1 :, 0] if cell is not None), None)
    return _Header(
        row, tuple(map(show_cell, grid.cells[row])), tuple(above), show_cell(below), unit, period,
        _read_titles(show_cell(cell) for line in grid.cells[:row] for cell in line),
    )  # fmt: skip


def _read_titles(texts: Iterable[str]) -> dict[str, str]:
    """Read the titles of an official export: 指标：国内生产总值(亿元), 地区：广州."""
    found = filter(None, map(_TITLE.fullmatch, texts))
    return {match["what"].replace("城市", "地区"): match["value"].strip() for match in found}


def _find_long(header: _Header) -> Layout | None:
    period = _pick_column(header.texts, header.period, PERIOD_WORDS)
    unit = _pick_column(header.texts, header.unit, UNIT_WORDS)
    place = header.titles.get("地区")
    if period is None or (unit is None and place is None) or _has_numbers(header.texts):
        return None
    variable = _pick_column(header.texts, None, VARIABLE_WORDS)
    known = frozenset((*UNIT_WORDS, *PERIOD_WORDS, *VARIABLE_WORDS))
    values = tuple(
        ValueColumn(column, None if variable is not None else text, unit=None if unit is not None else place)
        for column, text in enumerate(header.texts)
        if text and column not in (unit, period, variable) and fold_text(text) not in known
    )
    return Layout("long", header.row, values, unit, period, variable) if values else None


def _find_years_across(header: _Header) -> Layout | None:
    columns = _read_year_columns(header)
    if not columns or header.period is not None:
        return None
    left = range(min(one.column for one in columns))
    names = [text or above for text, above in zip(header.texts, header.above, strict=True)]
    variable = _pick_column(names, None, VARIABLE_WORDS)
    free = [column for column in left if column != variable]
    unit = _pick_column(names, header.unit, UNIT_WORDS)
    if unit is None and header.unit is None and len(free) == 1:
        unit = free[0]
    place = header.titles.get("地区") if unit is None else None
    if unit is None and place is None:
        return None
    values = tuple(
        ValueColumn(one.column, None if variable is not None else one.variable, one.period, place) for one in columns
    )
    return Layout("years_across", header.row, values, unit, None, variable)


def _read_year_columns(header: _Header) -> list[ValueColumn]:
    """Read the headers that state a year (2017年, gdp2017); a variable needs two of them, or it is a name."""
    found = [(column, _YEAR_IN_HEADER.fullmatch(text)) for column, text in enumerate(header.texts)]
    columns = [
        ValueColumn(column, (match["before"] + match["after"]).strip(" _-"), int(match["year"]))
        for column, match in found
        if match
    ]
    if len({(one.variable, one.period) for one in columns}) < len(columns):
        columns = [_add_group(one, header.above) for one in columns]
    title = header.titles.get("指标", "")
    years = Counter(one.variable for one in columns)
    return [ValueColumn(one.column, one.variable or title, one.period) for one in columns if years[one.variable] > 1]


def _add_group(column: ValueColumn, above: Sequence[str]) -> ValueColumn:
    """Put the title of a group of years (a merged cell in the row above) before what the header says."""
    group = next((text for text in reversed(above[: column.column + 1]) if text), "")
    return ValueColumn(column.column, f"{group}{column.variable}", column.period)


def _find_units_across(header: _Header) -> Layout | None:
    period = _pick_column(header.texts, header.period, PERIOD_WORDS)
    if period is None and header.period is None and parse_period(header.below) is not None:
        period = 0
    others = [(column, text) for column, text in enumerate(header.texts) if text and column != period]
    places = [text for _, text in others if is_place(text)]
    numbers = any(is_number(text) and not is_place(text) for _, text in others)
    if period is None or header.unit is not None or numbers or len(places) < 2 or 2 * len(places) < len(others):
        return None
    variable = header.titles.get("指标", "")
    return Layout(
        "units_across", header.row, tuple(ValueColumn(column, variable, unit=text) for column, text in others),
        period=period,
    )  # fmt: skip


def _pick_column(texts: Sequence[str], name: str | None, words: Iterable[str]) -> int | None:
    """Return the column with this header, or without a name that of the first usual word (城市 City counts as 城市)."""
    folded = [fold_text(text) for text in texts]
    chinese = [match[1] if (match := _BILINGUAL.fullmatch(text)) else "" for text in folded]
    for word in (fold_text(name),) if name is not None else words:
        for headers in (folded, chinese):
            if word in headers:
                return headers.index(word)
    return None


def _has_numbers(texts: Iterable[str]) -> bool:
    return any(is_number(text) for text in texts)


def _check_values(grid: Grid, layout: Layout) -> None:
    seen: dict[tuple[str | None, int | None, str | None], int] = {}
    for one in layout.values:
        key = (one.variable, one.period, one.unit)
        if key != (None, None, None) and key in seen:
            first, second = (name_cell(layout.header, column) for column in (seen[key], one.column))
            said = show_cell(grid.cells[layout.header, one.column])
            raise SeriesFileError(
                f"{grid.path}: the headers in {first} and {second} say the same: {said}. Rename or remove one of them."
            )
        seen[key] = one.column


def _hint_columns(grid: Grid, *names: str | None) -> str:
    rows = ([show_cell(cell) for cell in row if cell is not None] for row in grid.cells[:_SEARCHED_ROWS])
    columns = next((row for row in rows if len(row) > 1 and not _has_numbers(row)), [])
    near = [match for name in names if name for match in difflib.get_close_matches(name, columns, 1)]
    asked = [repr(name) for name in names if name]
    return (
        (f"Asked for: {', '.join(asked)}. " if asked else "")
        + (f"Did you mean {', '.join(map(repr, near))}? " if near else "")
        + f"The first row of names holds {', '.join(map(repr, columns[:12])) or 'nothing'}. "
        "Say which columns hold units and periods (--unit and --period; in a study.toml the keys unit, period, date of "
        "the section)."
    )
