"""Rules of a page → the rows of cells that they enclose, so that a task table is read row by row."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textq.ingest.pdf.page import Rule

_TOLERANCE = 2.0
"""Points within which two rules meet."""

_COVERED = 0.8
"""The share of a cell's width that a rule below it covers, at least; a line under some words covers less."""

_MOST_CROSSINGS = 1_000_000
"""Heights times verticals: a page with more is a drawing, and no table is looked for."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The box of a cell, in points; one that spans several rows is high."""

    left: float
    top: float
    right: float
    bottom: float

    def contains(self, x: float, y: float) -> bool:
        """Tell whether a point lies in the cell."""
        return self.left <= x < self.right and self.top <= y <= self.bottom


@dataclass(frozen=True, slots=True)
class RuledRow:
    """A row of a ruled table: its cells from left to right; None where a cell reaches down from a row above."""

    top: float
    bottom: float
    edges: tuple[float, ...]
    cells: tuple[Cell | None, ...]


@dataclass(slots=True)
class _Band:
    """What lies between two neighbouring heights: the x of the verticals that cross it, and where each cell ends."""

    top: float
    bottom: float
    edges: tuple[float, ...]
    ends: dict[tuple[float, float], float]


def find_rows(rules: Sequence[Rule]) -> list[RuledRow]:
    """Return the rows that the rules of a page enclose, from top to bottom; one cell alone is a frame, no row."""
    flat = [rule for rule in rules if rule.top == rule.bottom]
    upright = sorted((rule for rule in rules if rule.left == rule.right), key=lambda rule: rule.left)
    heights = _cluster(rule.top for rule in flat)
    if len(heights) * len(upright) > _MOST_CROSSINGS:
        return []
    covers = _group_by_height(flat, heights)
    bands = [
        _Band(top, bottom, tuple(_cluster(rule.left for rule in upright if _spans(rule, top, bottom))), {})
        for top, bottom in pairwise(heights)
    ]
    return [row for row in _merge_down([band for band in bands if len(band.edges) > 2], covers) if any(row.cells)]


def _cluster(values: Iterable[float]) -> list[float]:
    """Return the distinct values in ascending order, those within the tolerance taken as one."""
    kept: list[float] = []
    for value in sorted(values):
        if not kept or value - kept[-1] > _TOLERANCE:
            kept.append(value)
    return kept


def _spans(rule: Rule, top: float, bottom: float) -> bool:
    return rule.top <= top + _TOLERANCE and rule.bottom >= bottom - _TOLERANCE


def _group_by_height(flat: Sequence[Rule], heights: Sequence[float]) -> dict[float, list[Rule]]:
    groups: dict[float, list[Rule]] = {height: [] for height in heights}
    for rule in flat:
        at = bisect_left(heights, rule.top - _TOLERANCE)
        groups[heights[at]].append(rule)
    return groups


def _merge_down(bands: Sequence[_Band], covers: Mapping[float, Sequence[Rule]]) -> list[RuledRow]:
    """Join each cell with the one below it where no rule parts them; the lower row has None in its place."""
    rows: list[RuledRow] = []
    below: _Band | None = None
    for band in reversed(bands):
        for cell in pairwise(band.edges):
            is_open = below is not None and band.bottom == below.top and cell in below.ends
            if is_open and not _is_covered(cell, covers[band.bottom]):
                band.ends[cell] = below.ends[cell] if below else band.bottom
            else:
                band.ends[cell] = band.bottom
        below = band
    above: _Band | None = None
    for band in bands:
        cells = [
            None
            if above is not None and above.bottom == band.top and above.ends.get(cell, 0.0) > band.top
            else Cell(cell[0], band.top, cell[1], band.ends[cell])
            for cell in pairwise(band.edges)
        ]
        rows.append(RuledRow(band.top, band.bottom, band.edges, tuple(cells)))
        above = band
    return rows


def _is_covered(cell: tuple[float, float], rules: Sequence[Rule]) -> bool:
    """Tell whether rules on one height cover the width of a cell; none is counted twice."""
    left, right = cell
    reach, covered = left, 0.0
    for rule in sorted(rules, key=lambda one: one.left):
        start, end = max(rule.left, reach), min(rule.right, right)
        if end > start:
            covered += end - start
            reach = end
    return covered >= _COVERED * (right - left)
