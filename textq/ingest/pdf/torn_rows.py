"""Tables that run over a page break: repeated heads are dropped, rows torn apart are joined."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from textq.ingest.lines import Line
from textq.ingest.pdf.table_lines import EMPTY_CELL, join_cell, make_row

_SAME_EDGE = 1.0
"""Type sizes by which the edges of one column differ at most from page to page."""

_FULL = 2.0
"""Type sizes: a line that ends so near to the right edge of its cell is full."""

_LONGEST_HEAD = 3
"""A table's head has so many rows at most."""

_ENDED = ("。", "；", "！", "？")
"""How a cell ends that does not go on overleaf."""


def join_torn_rows(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a document with each table as if it stood on one page.

    A row goes on overleaf if what stands there fits its columns, all cells that go on were full and in mid-sentence,
    and only one of the two has an entry in the first column.
    """
    joined: list[Line] = []
    head: list[Line] = []
    dropped = 0
    for line in lines:
        last = joined[-1] if joined else None
        is_overleaf = last is not None and last.page < line.page
        if last is None or not last.is_row or not (_shares_columns(last, line) or is_overleaf):
            head, dropped = [], 0
        if last is not None and is_overleaf and dropped < len(head) and line.text == head[dropped].text:
            dropped += 1
            continue
        if last is not None and is_overleaf and (row := _continue(last, line)):
            joined[-1] = row
            continue
        if not is_overleaf and line.is_row and len(head) < _LONGEST_HEAD and (not head or head[0].page == line.page):
            head.append(line)
        dropped = 0
        joined.append(line)
    return joined


def _shares_columns(row: Line, other: Line) -> bool:
    near = _SAME_EDGE * row.size
    return len(row.edges) == len(other.edges) > 0 and all(
        abs(one - two) <= near for one, two in zip(row.edges, other.edges, strict=True)
    )


def _continue(row: Line, following: Line) -> Line | None:
    """Return a row with what follows overleaf, or None if that is no part of it."""
    if not row.cells:
        return None
    cells = following.cells if _shares_columns(row, following) else _place_alone(row, following)
    pairs = list(zip_longest(row.cells, cells, fillvalue=EMPTY_CELL))
    if not cells or (pairs[0][0].text and pairs[0][1].text):
        return None
    if not all(_goes_on(one, row.edges[at + 1]) for at, (one, two) in enumerate(pairs) if two.text and at):
        return None
    merged = make_row([join_cell([cell for cell in pair if cell.text]) for pair in pairs], row.edges)
    return replace(merged, page=row.page, top=row.top, bottom=row.bottom) if merged else None


def _goes_on(cell: Line, edge: float) -> bool:
    return bool(cell.text) and not cell.text.endswith(_ENDED) and edge - cell.right < _FULL * cell.size


def _place_alone(row: Line, line: Line) -> tuple[Line, ...]:
    """Return a single line as a row if it fits into one column behind the first."""
    if line.is_row:
        return ()
    for at in range(1, len(row.edges) - 1):
        if row.edges[at] <= line.left and line.right <= row.edges[at + 1]:
            return tuple(line if column == at else EMPTY_CELL for column in range(len(row.cells)))
    return ()
