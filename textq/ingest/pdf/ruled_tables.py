"""Rules of a page → the rows of cells that they enclose, so that a task table is read row by row."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from textq.ingest.pdf.page import Rule

_TOLERANCE = 4.0
"""Points within which two rules meet, or are one drawn double; no cell is narrower."""

_SHARED_END = 1.0
"""Points within which the verticals of a row end that a page break cuts open."""

_FEWEST_VERTICALS = 3
"""So many verticals that end on one height close a row of two cells, even without a rule there."""

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
    """A row of a ruled table: its cells from left to right; None where one of ``from_above`` reaches down into it."""

    top: float
    bottom: float
    edges: tuple[float, ...]
    cells: tuple[Cell | None, ...]
    from_above: tuple[Cell | None, ...]


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
    heights = _cluster([*(rule.top for rule in flat), *_find_open_ends(upright)])
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


def _find_open_ends(upright: Sequence[Rule]) -> list[float]:
    """Return the heights at which the verticals of a row begin or end, whether or not a flat rule lies there."""
    ends = []
    for side in ("top", "bottom"):
        xs: dict[int, set[int]] = {}
        for rule in upright:
            y = getattr(rule, side)
            xs.setdefault(round(y / _SHARED_END), set()).add(round(rule.left / _TOLERANCE))
        ends += [y * _SHARED_END for y, found in xs.items() if len(found) >= _FEWEST_VERTICALS]
    return ends


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
    begun: dict[tuple[float, float], Cell] = {}
    for band in bands:
        spans = list(pairwise(band.edges))
        is_near = above is not None and above.bottom == band.top
        reaching = {span for span in spans if is_near and above and above.ends.get(span, 0.0) > band.top}
        begun |= {span: Cell(span[0], band.top, span[1], band.ends[span]) for span in spans if span not in reaching}
        cells = tuple(None if span in reaching else begun[span] for span in spans)
        from_above = tuple(begun[span] if span in reaching else None for span in spans)
        rows.append(RuledRow(band.top, band.bottom, band.edges, cells, from_above))
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
