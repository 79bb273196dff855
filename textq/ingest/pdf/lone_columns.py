"""The last page of a document in columns, of which only the left one is filled."""

from collections.abc import Sequence
from dataclasses import replace

from textq.ingest.lines import Line

_ROOM = 2.0
"""Type sizes by which a line may reach beyond the column of the page before."""


def extend_columns(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a document; those of a page that fit the left column of the page before stand in it."""
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    left: list[Line] = []
    extended: list[Line] = []
    for own in pages.values():
        if left and not any(line.column for line in own) and _fits(own, left):
            own = [replace(line, column="L") for line in own]
        left = [line for line in own if line.column == "L"]
        extended += own
    return extended


def _fits(lines: Sequence[Line], column: Sequence[Line]) -> bool:
    start, end = min(line.left for line in column), max(line.right for line in column)
    room = _ROOM * column[0].size
    return all(start - room <= line.left and line.right <= end + room for line in lines)
