"""How wide the columns of a table must be, and the paper and the type size that hold them."""

from __future__ import annotations

import math
import re
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING

from econ.errors import SpecError
from econ.table import Interval, Number, set_minus
from econ.typeface import BODY_SIZE, NOTE_SIZE, measure_width

if TYPE_CHECKING:
    from econ.table import Cell, Table

A4 = (595.3, 841.9)
"""Points: 210 × 297 mm."""

MARGIN_SIDE, MARGIN_END = 85.05, 72.0
"""Points beside the table, and above and below it: 3.0 and 2.54 cm. Beside it, a lying page has 2 cm."""

_MARGIN_LANDSCAPE = 56.7
_GAP = 0.8
"""Space between columns, in units of the type size."""

_NAMES_NEED = 12.0
"""The names of rows get that much (in units of the type size) or what they fill, before the type is made smaller."""

_SIZES = (
    (BODY_SIZE, False),
    (NOTE_SIZE, False),
    (BODY_SIZE, True),
    (NOTE_SIZE, True),
    (7.5, True),
    (6.5, True),
    (5.5, True),
)
"""Type size in points and whether the page lies: 五号, 小五, 六号, 小六, 七号. The first that holds a table is used."""

_BLANK = 0.25
_UNBROKEN = re.compile(r"[\u2e80-\u9fff\uff00-\uffef]|[^\s\u2e80-\u9fff\uff00-\uffef]+")
"""What a line break does not tear: a Chinese letter, a word."""


@dataclass(frozen=True, slots=True)
class ColumnNeed:
    """What a column must hold, in units of the type size.

    Attributes
    ----------
    before : float
        Of the numbers with decimals, the most that stands before the point.
    after : float
        The most that stands from the point on, with brackets and stars.
    shift : float
        How far right of the middle of the column the points must stand for most numbers to stand in the middle, each
        with half of its stars.
    unbroken : float
        The widest thing that may not be broken: a word, an interval, a number without decimals.
    text : float
        The widest text if it is not broken.
    """

    before: float
    after: float
    shift: float
    unbroken: float
    text: float

    @property
    def least(self) -> float:
        """The least width, with the space to the next column."""
        return max(self.before + self.after, self.unbroken) + _GAP

    @property
    def wanted(self) -> float:
        """The width at which no text is broken."""
        return max(self.least, self.text + _GAP)


@dataclass(frozen=True, slots=True)
class Layout:
    """A page, a type size and columns, all in points.

    Attributes
    ----------
    size : float
    page : tuple of float
        Width and height.
    margin : float
        Left and right.
    widths : tuple of float
        Of each column; together the width between the margins.
    points : tuple of float
        Where the decimal points of each column stand, from its left edge. Half of its width where none stands.
    """

    size: float
    page: tuple[float, float]
    margin: float
    widths: tuple[float, ...]
    points: tuple[float, ...]


def is_aligned(cell: Cell) -> bool:
    """Whether a cell is a number with a decimal point, which stands below the others of its column."""
    return isinstance(cell, Number) and cell.decimals > 0 and math.isfinite(cell.value)


def measure_columns(table: Table) -> list[ColumnNeed]:
    """Return what each column but the first needs."""
    rows = [row for block in table.blocks for row in block]
    return [
        _measure_column(table.head[place], [row[place] for row in rows]) for place in range(1, len(table.head))
    ]  # fmt: skip


def _measure_column(head: str, cells: list[Cell]) -> ColumnNeed:
    numbers = [cell for cell in cells if isinstance(cell, Number) and is_aligned(cell)]
    whole = [set_minus(str(cell)) for cell in cells if isinstance(cell, Number | Interval) and not is_aligned(cell)]
    texts = [set_minus(text) for text in (head, *cells) if isinstance(text, str)]
    return ColumnNeed(
        before=max((measure_parts(number)[0] for number in numbers), default=0.0),
        after=max((measure_parts(number)[1] for number in numbers), default=0.0),
        shift=statistics.median(map(_measure_shift, numbers)) if numbers else 0.0,
        unbroken=max([*map(measure_width, whole), *map(measure_unbroken, texts)]),
        text=max(map(measure_width, texts)),
    )


def measure_parts(number: Number) -> tuple[float, float]:
    """Return the width of what stands before the decimal point, and from it on, with brackets and stars."""
    before, point, after = set_minus(str(number)).partition(".")
    return measure_width(before), measure_width(point + after)


def _measure_shift(number: Number) -> float:
    before, after = measure_parts(number)
    return (before - after + measure_width(number.stars) / 2) / 2


def measure_unbroken(text: str) -> float:
    """Return the width of the widest part of a text that no line break tears."""
    return max(map(measure_width, _UNBROKEN.findall(text)), default=0.0)


def count_lines(text: str, room: float) -> int:
    """Return how many lines a text fills where each has ``room``, in units of the type size."""
    lines, filled = 1, 0.0
    for part in _UNBROKEN.finditer(text):
        width = measure_width(part[0])
        if filled and filled + width > room:
            lines, filled = lines + 1, 0.0
        filled += width + (_BLANK if text[part.end() : part.end() + 1] == " " else 0.0)
    return lines


def lay_out(table: Table) -> Layout:
    """Return the page and the columns for a table: A4 upright at 10.5 points if it fits, else smaller or lying.

    Raises
    ------
    SpecError
        If no page holds it at 5.5 points.
    """
    needs = measure_columns(table)
    names = [table.head[0], *(str(row[0]) for block in table.blocks for row in block)]
    first_wanted = max(map(measure_width, names)) + _GAP
    first_least = max(min(first_wanted, _NAMES_NEED), max(map(measure_unbroken, names)) + _GAP)
    least = [first_least, *_widen_spans(table, [need.least for need in needs])]
    wanted = [first_wanted, *(need.wanted for need in needs)]
    for size, lies in _SIZES:
        page = (A4[1], A4[0]) if lies else A4
        margin = _MARGIN_LANDSCAPE if lies else MARGIN_SIDE
        width = (page[0] - 2 * margin) / size
        if sum(least) <= width:
            floor = _level_columns(width, least)
            widths = _share_width(width, floor, [max(pair) for pair in zip(floor, wanted, strict=True)])
            points = [widths[0] / 2, *map(place_point, needs, widths[1:])]
            return Layout(size, page, margin, _scale(widths, size), _scale(points, size))
    raise SpecError(
        f"the table {table.title!r} has {len(needs)} columns besides the names of its rows, more than A4 holds even at "
        f"{size} points. Split it into tables of fewer columns, or write it as .xlsx, .html or .csv."
    )


def _widen_spans(table: Table, least: list[float]) -> list[float]:
    """Return the least widths of the columns, so that no word of a head above several of them is torn."""
    widths = list(least)
    for spans in table.spans:
        place = 0
        for span in spans:
            below = widths[place : place + span.columns]
            lacks = max(0.0, measure_unbroken(span.text) + _GAP - sum(below))
            widths[place : place + span.columns] = [width + lacks / span.columns for width in below]
            place += span.columns
    return widths


def _level_columns(width: float, least: list[float]) -> list[float]:
    """Return the least widths with all columns behind the names as wide as the widest of them, if that fits."""
    level = [least[0], *(max(least[1:]) for _ in least[1:])]
    return level if sum(level) <= width else least


def _share_width(width: float, least: list[float], wanted: list[float]) -> list[float]:
    """Return the widths of all columns, which fill ``width``.

    If every column can have what it wants, the columns behind the names share what is left, all alike if that holds
    the widest. If not, each gets what it needs and its part of the rest by what it lacks.
    """
    lacks = [more - less for more, less in zip(wanted, least, strict=True)]
    spare = width - sum(least)
    if spare < sum(lacks):
        return [less + lack * spare / sum(lacks) for less, lack in zip(least, lacks, strict=True)]
    others = wanted[1:]
    if not others:
        return [width]
    alike = (width - wanted[0]) / len(others)
    more = (width - sum(wanted)) / len(others)
    return [wanted[0], *((alike for _ in others) if max(others) <= alike else (want + more for want in others))]


def place_point(need: ColumnNeed, width: float) -> float:
    """Return where the decimal points stand in a column of a width, from its left edge, in units of the type size."""
    return max(min(width / 2 + need.shift, width - need.after), need.before)


def _scale(lengths: list[float], size: float) -> tuple[float, ...]:
    return tuple(length * size for length in lengths)
