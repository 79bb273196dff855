"""A printed page → its lines in reading order, rows of tables among them."""

from collections.abc import Iterator, Sequence

from textq.ingest.lines import Line
from textq.ingest.pdf.open_tables import OpenRow, find_open_tables
from textq.ingest.pdf.page import Glyph, PrintedPage
from textq.ingest.pdf.reading_order import order_rows
from textq.ingest.pdf.ruled_tables import RuledRow, find_rows
from textq.ingest.pdf.segments import Row, gather_rows, make_line, make_row_segment
from textq.ingest.pdf.table_lines import CellGlyphs, read_open_row, read_ruled_row


def lay_out(page: PrintedPage) -> list[Line]:
    """Return the lines of a page in reading order; slanted characters and those off the page are left out."""
    glyphs = [glyph for glyph in page.glyphs if glyph.size > 0 and _is_on_page(glyph, page)]
    ruled = find_rows(page.rules)
    rest, tables = _part_tables(glyphs, ruled, page.number)
    rows = sorted([*gather_rows(rest), *tables], key=lambda row: row[0].top + row[0].bottom)
    ordered = order_rows(list(_set_open_tables(rows, page.number)))
    return [line for row, column in ordered if (line := make_line(row, page.number, column))]


def _is_on_page(glyph: Glyph, page: PrintedPage) -> bool:
    return 0 <= (glyph.left + glyph.right) / 2 <= page.width and 0 <= (glyph.top + glyph.bottom) / 2 <= page.height


def _part_tables(glyphs: Sequence[Glyph], ruled: Sequence[RuledRow], number: int) -> tuple[list[Glyph], list[Row]]:
    """Return the glyphs that stand in no ruled table, and the rows of the tables."""
    if not ruled:
        return list(glyphs), []
    sorted_glyphs = CellGlyphs.sort(glyphs)
    lines = [line for row in ruled if (line := read_ruled_row(row, sorted_glyphs, number))]
    inside = {glyph for row in ruled for cell in row.cells if cell for glyph in sorted_glyphs.pick(cell)}
    return [glyph for glyph in glyphs if glyph not in inside], [[make_row_segment(line)] for line in lines]


def _set_open_tables(rows: Sequence[Row], number: int) -> Iterator[Row]:
    """Yield the rows of a page, those of tables without rules as one segment each."""
    for row in find_open_tables(rows):
        if not isinstance(row, OpenRow):
            yield row
        elif line := read_open_row(row, number):
            yield [make_row_segment(line)]
