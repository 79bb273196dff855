"""Ruled tables on a page → rows of cells, so that a task table is read row by row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textq.records import CELL_BREAK

_TOLERANCE = 2.0
"""Points within which two rules meet."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule of a page: horizontal (y0 == y1) or vertical (x0 == x1), in points."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a ruled table: the heights of its foot and head, and the x at which its cells begin and end."""

    y0: float
    y1: float
    xs: tuple[float, ...]

    def contains(self, x: float, y: float) -> bool:
        """Tell whether a point lies in the row."""
        return self.xs[0] <= x <= self.xs[-1] and self.y0 <= y <= self.y1


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and the middle of its box."""

    text: str
    x: float
    y: float


def find_rows(rules: Sequence[Rule]) -> list[Row]:
    """Return the rows that the rules of a page enclose, from top to bottom; one cell alone is a frame, no row."""
    heights = sorted(_cluster(rule.y0 for rule in rules if rule.y0 == rule.y1), reverse=True)
    verticals = [rule for rule in rules if rule.x0 == rule.x1]
    rows = []
    for top, foot in pairwise(heights):
        xs = sorted(_cluster(rule.x0 for rule in verticals if _spans(rule, foot, top)))
        if len(xs) > 2:
            rows.append(Row(foot, top, tuple(xs)))
    return rows


def _cluster(values: Iterable[float]) -> list[float]:
    """Return the distinct values, those within the tolerance taken as one."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _TOLERANCE:
            kept.append(value)
    return kept


def _spans(rule: Rule, foot: float, top: float) -> bool:
    return rule.y0 <= foot + _TOLERANCE and rule.y1 >= top - _TOLERANCE


def read_row(row: Row, glyphs: Sequence[Glyph]) -> str:
    """Return the text of a row, its cells side by side; lines inside a cell are joined."""
    cells = [[glyph for glyph in glyphs if left <= glyph.x < right] for left, right in pairwise(row.xs)]
    return CELL_BREAK.join("".join(_in_reading_order(cell)) for cell in cells)


def _in_reading_order(glyphs: Sequence[Glyph]) -> Iterator[str]:
    lines: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda one: -one.y):
        if lines and abs(lines[-1][0].y - glyph.y) <= _TOLERANCE:
            lines[-1].append(glyph)
        else:
            lines.append([glyph])
    for line in lines:
        yield "".join(glyph.text for glyph in sorted(line, key=lambda one: one.x))
