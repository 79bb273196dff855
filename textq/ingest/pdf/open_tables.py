"""Tables without rules: rows of segments whose cells stand in columns, set apart by blank space alone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from textq.ingest.pdf.segments import Row, Segment
from textq.notation.marks import match_mark

_FEWEST_ROWS = 3
"""So many heights with several segments each may be a table, with its head."""

_GUTTER = 1.0
"""Type sizes: so much room between two columns over all rows."""

_NUMERIC_SHARE = 0.6
"""The share of its cells that are figures in a column of figures, at least."""

_FAR = 1.25
"""Rows are set apart by room if some heights lie so many times further from one another than the nearest."""

_APART = 5.0
"""Type sizes of room between two heights that end a table."""

_FIGURE = re.compile(r"[0-9０-９][0-9０-９.,，%％/-]*")
_HEADS = (
    "序号",
    "编号",
    "任务",
    "责任",
    "单位",
    "部门",
    "时限",
    "期限",
    "内容",
    "措施",
    "名称",
    "项目",
    "备注",
    "指标",
    "类别",
)
"""What the head of a table says …"""

_LONGEST_HEAD = 8
"""… in so many characters a cell at most."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row of a table without rules: the segments of each cell, from top to bottom, and the edges of its columns."""

    edges: tuple[float, ...]
    cells: tuple[tuple[Segment, ...], ...]


def find_open_tables(rows: Sequence[Row]) -> list[Row | OpenRow]:
    """Return the rows of a page with those of tables without rules put together.

    A table shows by its head (序号, 任务 …) or by a column of figures; words that merely stand side by side (the
    bodies that sign, a list with hanging numbers) are no table.
    """
    found: list[Row | OpenRow] = []
    start = 0
    while start < len(rows):
        end = _find_end(rows, start) if len(rows[start]) > 1 else start
        table = _read_table(rows[start:end]) if end - start >= _FEWEST_ROWS else []
        found += table or [rows[start]]
        start = end if table else start + 1
    return found


def _find_end(rows: Sequence[Row], start: int) -> int:
    """Return the end of the rows from ``start`` on that leave the same gutters free."""
    columns = [(segment.left, segment.right) for segment in rows[start]]
    end = start + 1
    while end < len(rows):
        merged = _merge_spans([*columns, *((one.left, one.right) for one in rows[end])], rows[end][0].size * _GUTTER)
        if len(merged) < 2 or len(merged) != len(columns) or _is_far(rows[end - 1], rows[end]):
            break
        columns = merged
        end += 1
    return end


def _is_far(row: Row, following: Row) -> bool:
    return following[0].top - max(one.bottom for one in row) > _APART * following[0].size


def _merge_spans(spans: Sequence[tuple[float, float]], room: float) -> list[tuple[float, float]]:
    """Return the spans of x that are filled, those less than ``room`` apart taken as one."""
    merged: list[tuple[float, float]] = []
    for left, right in sorted(spans):
        if merged and left - merged[-1][1] < room:
            merged[-1] = merged[-1][0], max(merged[-1][1], right)
        else:
            merged.append((left, right))
    return merged


def _read_table(rows: Sequence[Row]) -> list[OpenRow]:
    """Return the rows of a table, or nothing if there is no sign that these rows are one."""
    spans = _merge_spans([(one.left, one.right) for row in rows for one in row], rows[0][0].size * _GUTTER)
    edges = (spans[0][0], *((left[1] + right[0]) / 2 for left, right in pairwise(spans)), spans[-1][1])
    grid = [tuple(_pick(row, left, right) for left, right in pairwise(edges)) for row in rows]
    if sum(sum(map(bool, row)) > 1 for row in grid) < _FEWEST_ROWS or not _is_table(grid):
        return []
    return [OpenRow(edges, tuple(_join_column(group, at) for at in range(len(spans)))) for group in _group(rows, grid)]


def _pick(row: Row, left: float, right: float) -> tuple[Segment, ...]:
    return tuple(one for one in row if left <= (one.left + one.right) / 2 <= right)


_Grid = Sequence[tuple[tuple[Segment, ...], ...]]


def _join_column(group: _Grid, at: int) -> tuple[Segment, ...]:
    return tuple(segment for row in group for segment in row[at])


def _is_table(grid: _Grid) -> bool:
    head = [_read(cell) for cell in grid[0]]
    if sum(len(cell) <= _LONGEST_HEAD and any(word in cell for word in _HEADS) for cell in head) > 1:
        return True
    figures = [_is_figures([_read(row[at]) for row in grid]) for at in range(len(head))]
    return figures[0] or (len(head) > 2 and any(figures))


def _read(cell: Sequence[Segment]) -> str:
    return "".join(glyph.text for segment in cell for glyph in segment.glyphs).strip()


def _is_figures(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    figures = [cell for cell in filled if _FIGURE.fullmatch(cell) and not match_mark(cell)]
    return len(figures) >= max(_NUMERIC_SHARE * len(filled), 2)


def _group(rows: Sequence[Row], grid: _Grid) -> list[_Grid]:
    """Put the heights together that are one row: by the room between rows, else by what the first column holds."""
    steps = [following[0].bottom - row[0].bottom for row, following in pairwise(rows)]
    near = min(steps)
    by_room = [step > _FAR * near for step in steps]
    if any(by_room) and not all(by_room) and _names_rows(grid, [True, *by_room]):
        starts = [True, *by_room]
    else:
        starts = [True, *(bool(row[0]) for row in grid[1:])]
    bounds = [at for at, is_start in enumerate(starts) if is_start]
    return [grid[left:right] for left, right in pairwise([*bounds, len(grid)])]


def _names_rows(grid: _Grid, starts: Sequence[bool]) -> bool:
    """Tell whether rows parted by room have about one entry each in the first column."""
    bounds = [at for at, is_start in enumerate(starts) if is_start]
    entries = [sum(bool(row[0]) for row in grid[left:right]) for left, right in pairwise([*bounds, len(grid)])]
    return median(entries) <= 1
