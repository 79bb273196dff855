"""Rows of tables → lines of text with ｜ between the cells."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from textq.ingest.lines import Line
from textq.ingest.normalize import join_broken
from textq.ingest.pdf.open_tables import OpenRow
from textq.ingest.pdf.page import Glyph
from textq.ingest.pdf.ruled_tables import Cell, RuledRow
from textq.ingest.pdf.segments import gather_rows, make_line
from textq.records import CELL_BREAK

if TYPE_CHECKING:
    from textq.ingest.boxes import Box

EMPTY_CELL = Line("", page=0, left=0.0, right=0.0, top=0.0, bottom=0.0, size=0.0)
"""A cell in which nothing stands."""


@dataclass(frozen=True, slots=True)
class CellGlyphs:
    """The glyphs of a page, sorted so that those of a cell are found at once."""

    glyphs: Sequence[Glyph]
    middles: Sequence[float]

    @classmethod
    def sort(cls, glyphs: Sequence[Glyph]) -> "CellGlyphs":
        """Sort the glyphs of a page from top to bottom."""
        ordered = sorted(glyphs, key=lambda one: one.top + one.bottom)
        return cls(ordered, [(one.top + one.bottom) / 2 for one in ordered])

    def pick(self, cell: Cell) -> list[Glyph]:
        """Return the glyphs whose middle lies in a cell."""
        start, end = bisect_left(self.middles, cell.top), bisect_right(self.middles, cell.bottom)
        return [one for one in self.glyphs[start:end] if cell.left <= (one.left + one.right) / 2 < cell.right]


def read_ruled_row(row: RuledRow, glyphs: CellGlyphs, page: int) -> Line | None:
    """Return a row of a ruled table as one line; None if nothing stands in it.

    A cell that spans several rows is said in each, as in a Word file; its boxes are those of the first row only.
    """
    cells = [_read_cell(cell, glyphs, page) for cell in row.cells]
    if not any(cells):
        return None
    middle = (row.top + row.bottom) / 2
    for at, above in enumerate(row.from_above):
        if spanning := _read_cell(above, glyphs, page):
            boxes = (None,) * len(spanning.text)
            cells[at] = replace(spanning, boxes=boxes, top=middle, bottom=middle)
    return make_row(cells, row.edges)


def _read_cell(cell: Cell | None, glyphs: CellGlyphs, page: int) -> Line | None:
    if cell is None:
        return None
    return join_cell([line for part in gather_rows(glyphs.pick(cell)) if (line := make_line(part, page))])


def read_open_row(row: OpenRow, page: int) -> Line | None:
    """Return a row of a table without rules as one line."""
    lines = [[line for part in cell if (line := make_line([part], page))] for cell in row.cells]
    return make_row([join_cell(cell) for cell in lines], row.edges)


def join_cell(lines: Sequence[Line]) -> Line | None:
    """Join the lines of a cell; the box is that of the last line's right edge, and of all lines otherwise."""
    if not lines:
        return None
    joined = lines[0]
    for line in lines[1:]:
        glue = (None,) * (len(join_broken(joined.text, line.text)) - len(joined.text) - len(line.text))
        joined = replace(
            line,
            text=join_broken(joined.text, line.text),
            boxes=(*joined.boxes, *glue, *line.boxes),
            left=min(joined.left, line.left),
            top=min(joined.top, line.top),
            bottom=max(joined.bottom, line.bottom),
        )
    return joined


def make_row(cells: Sequence[Line | None], edges: tuple[float, ...]) -> Line | None:
    """Return cells side by side as one line; None if all are empty."""
    filled = [cell for cell in cells if cell and cell.text]
    if not filled:
        return None
    boxes: list[Box | None] = []
    for at, cell in enumerate(cells):
        boxes += [None] * bool(at) + list(cell.boxes if cell else ())
    return replace(
        filled[0],
        text=CELL_BREAK.join(cell.text if cell else "" for cell in cells),
        left=edges[0],
        right=edges[-1],
        top=min(cell.top for cell in filled),
        bottom=max(cell.bottom for cell in filled),
        size=median(cell.size for cell in filled),
        boxes=tuple(boxes),
        confidence=min((cell.confidence for cell in filled if cell.confidence is not None), default=None),
        is_row=True,
        cells=tuple(cell or EMPTY_CELL for cell in cells),
        edges=edges,
    )
