"""Tables as an Excel file: numbers that stay numbers and show their printed digits; written and read back.

A door of openpyxl.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from typing import TYPE_CHECKING

import openpyxl
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.writer.excel import ExcelWriter

from econ.errors import SpecError
from econ.fixed_zip import EPOCH, repack_zip
from econ.number_format import build_format, choose_value, show_value
from econ.table import Number, Table
from econ.table_layout import count_lines, is_aligned, measure_columns, measure_parts, place_point
from econ.typeface import BODY_SIZE, HEI, NOTE_SIZE, SONG, TIMES, clean_text, measure_width, split_scripts
from econ.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.cell import Cell as SheetCell
    from openpyxl.worksheet.worksheet import Worksheet

    from econ.table import Block, Cell, Lang, Span
    from econ.table_layout import ColumnNeed

_THICK, _THIN = Side(style="medium", color="000000"), Side(style="thin", color="000000")
"""About 1.5 and 0.75 points."""

_SIGNS = ("=", "+", "-", "@")
"""A spreadsheet takes a text that begins so for a formula, unless told that it is a text."""

_TEXT = "@"
_CELL = 0.5
"""Width of the unit of column widths, in units of the type size: a digit; a Chinese letter has two."""

_GAP, _WIDEST_NAMES = 2.0, 44.0
"""Units of column widths: space beside the numbers, and the most for the names of rows, which are broken then."""

_PADDING = 0.8
"""Of each cell so much stays empty beside a text, in units of its size."""

_LINE = 1.35
"""Height of a line, in units of the type size."""

_ROW_SPACE, _BLOCK_SPACE = 2.0, 5.0
"""Points more for each row, and for the first row of a further block."""

_TALLEST = 409.0
"""Points that a row can have."""

_A4 = 9
_WIDEST_TEXT = 14.0
"""A text behind the names is broken where it is wider, in units of the type size; a sheet has room."""

_UPRIGHT = 92.0
"""So many units of column widths stand on A4 upright at full size."""

_ABOUT_WIDTHS = (18.0, 44.0, 90.0)
_LONGEST_NAME = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]|^'|'$")


def write_excel(tables: Table | Mapping[str, Table], path: Path) -> None:
    """Write a table, or several by the names of their sheets, as an Excel file; the same tables give the same bytes.

    A cell with a number holds the unrounded number; its format shows the printed digits, brackets and stars, as
    ``0.000"**"``. What is printed as text stays text, also where it begins like a formula. A sheet has a title, a table
    with three rules, and the notes; its head stays in view. Several tables get one more sheet that lists them.

    Parameters
    ----------
    tables
    path

    Raises
    ------
    SpecError
        If there is no table, or a name is none that a sheet can have.
    """
    named = {say("table", tables.lang): tables} if isinstance(tables, Table) else dict(tables)
    langs = [table.lang for table in named.values()]
    lang: Lang = "zh" if "zh" in langs else "en"
    about = say("sheet_notes", lang)
    _check_names([*named, about])
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    book._named_styles["Normal"].font = Font(name=TIMES, size=BODY_SIZE)  # widths of columns are counted in its digits
    for name, table in named.items():
        _fill_sheet(book.create_sheet(name), table)
    if not isinstance(tables, Table):
        _fill_about(book.create_sheet(about), named, lang)
    path.write_bytes(_pack(book))


def _check_names(names: Sequence[str]) -> None:
    if len(names) < 2:
        raise SpecError("a workbook needs at least one table. Got none.")
    for name in names:
        if not name or len(name) > _LONGEST_NAME or _FORBIDDEN.search(name):
            raise SpecError(
                f"{name!r} is no name for a sheet: at most {_LONGEST_NAME} characters, no [ ] : * ? / \\, no ' at "
                "its ends. Rename the table."
            )
    twice = sorted({name for name in names if [other.lower() for other in names].count(name.lower()) > 1})
    if twice:
        raise SpecError(f"two sheets of a workbook would be called {twice[0]!r} (case does not count). Rename a table.")


def _pack(book: Workbook) -> bytes:
    """Return the bytes of a workbook without the time of writing."""
    book.properties.created = book.properties.modified = EPOCH
    book.properties.creator = "textq"
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()
    return repack_zip(written.getvalue())


def _fill_sheet(sheet: Worksheet, table: Table) -> None:
    needs = measure_columns(table)
    widths = _measure_widths(table, needs)
    n_columns = len(table.head)
    row = 1
    if table.title:
        _set_merged(sheet, row, n_columns, table.title, sum(widths), title=True)
        row += 1
    first = row
    for spans in table.spans:
        _fill_spans(sheet, row, spans)
        row += 1
    head = row
    for place, text in enumerate(table.head, start=1):
        _set_text(sheet.cell(head, place), text, align="center" if place > 1 else "left")
    sheet.row_dimensions[head].height = _measure_height(table.head, widths, BODY_SIZE)
    last = _fill_blocks(sheet, head + 1, table.blocks, needs, widths)
    for at, side, line in ((first, "top", _THICK), (head, "bottom", _THIN), (last, "bottom", _THICK)):
        _draw_rule(sheet, at, n_columns, side, line)
    for at, note in enumerate(table.notes, start=last + 1):
        _set_merged(sheet, at, n_columns, note, sum(widths))
    _set_sheet(sheet, widths, first, head)


def _measure_widths(table: Table, needs: Sequence[ColumnNeed]) -> list[float]:
    """Return the widths of the columns, in digits; all behind the names are alike but for much wider ones."""
    names = [table.head[0], *(str(row[0]) for block in table.blocks for row in block)]
    first = min(max(map(measure_width, names)) / _CELL + _GAP, _WIDEST_NAMES)
    widths = [max(need.least, min(need.wanted, _WIDEST_TEXT)) / _CELL + _GAP for need in needs]
    for spans in table.spans:
        place = 0
        for span in spans:
            lacks = max(0.0, measure_width(span.text) / _CELL + _GAP - sum(widths[place : place + span.columns]))
            for column in range(place, place + span.columns):
                widths[column] += lacks / span.columns
            place += span.columns
    usual = sorted(widths)[len(widths) // 2] if widths else 0.0
    return [first, *(max(width, usual) for width in widths)]


def _fill_spans(sheet: Worksheet, row: int, spans: Iterable[Span]) -> None:
    column = 2
    for span in spans:
        _set_text(sheet.cell(row, column), span.text, align="center")
        if span.columns > 1:
            sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=column + span.columns - 1)
        column += span.columns
    sheet.row_dimensions[row].height = BODY_SIZE * _LINE + _ROW_SPACE


def _fill_blocks(
    sheet: Worksheet, row: int, blocks: Iterable[Block], needs: Sequence[ColumnNeed], widths: Sequence[float]
) -> int:
    """Fill in the rows of all blocks and return the last row."""
    for block_place, block in enumerate(blocks):
        for row_place, cells in enumerate(block):
            for place, cell in enumerate(cells):
                _fill_cell(sheet.cell(row, place + 1), cell, needs[place - 1] if place else None, widths[place])
            opens = block_place > 0 and row_place == 0
            texts = [cell if isinstance(cell, str) else "" for cell in cells]
            sheet.row_dimensions[row].height = _measure_height(texts, widths, BODY_SIZE) + _BLOCK_SPACE * opens
            row += 1
    return row - 1


def _fill_cell(target: SheetCell, cell: Cell, need: ColumnNeed | None, width: float) -> None:
    if need is None or not isinstance(cell, Number) or not math.isfinite(cell.value):
        _set_text(target, str(cell), align="center" if need else "left")
        return
    aligned = is_aligned(cell) and not cell.in_powers  # LibreOffice misreads free space behind powers of ten
    code = build_format(cell, _measure_space(cell, need, width * _CELL) if aligned else 0.0)
    value = choose_value(cell, code)
    if value is None:
        _set_text(target, str(cell), align="center")
        return
    target.value, target.number_format = value, code
    target.font = Font(name=TIMES, size=BODY_SIZE)
    target.alignment = Alignment(horizontal="right" if aligned else "center", vertical="bottom")


def _measure_space(number: Number, need: ColumnNeed, width: float) -> float:
    """Return how much to keep free behind a number, so that its point stands where :mod:`econ.table_layout` has it."""
    return width - place_point(need, width) - measure_parts(number)[1]


def _set_text(target: SheetCell, text: str, *, align: str, size: float = BODY_SIZE, title: bool = False) -> None:
    """Set a text: Chinese in 宋体 or, in titles, 黑体; the rest in Times New Roman. A leading = + - @ means nothing."""
    target.alignment = Alignment(horizontal=align, vertical="bottom", wrap_text=True)
    if not text:
        return
    runs = [(part, HEI if title else SONG, False) if wide else (part, TIMES, title) for part, wide in _split(text)]
    target.number_format = _TEXT
    target.font = Font(name=runs[0][1], size=size, bold=runs[0][2])
    if len(runs) == 1:
        target.value = runs[0][0]
    else:
        target.value = CellRichText(
            *(TextBlock(InlineFont(rFont=font, sz=size, b=bold or None), part) for part, font, bold in runs)
        )
    target.data_type = "s"
    target.quotePrefix = text.startswith(_SIGNS)


def _split(text: str) -> list[tuple[str, bool]]:
    return split_scripts(clean_text(text))


def _set_merged(sheet: Worksheet, row: int, n_columns: int, text: str, width: float, *, title: bool = False) -> None:
    """Set a title or a note across the table."""
    size = BODY_SIZE if title else NOTE_SIZE
    _set_text(sheet.cell(row, 1), text, align="center" if title else "left", size=size, title=title)
    sheet.cell(row, 1).alignment = Alignment(
        horizontal="center" if title else "left", vertical="bottom" if title else "top", wrap_text=True
    )
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=max(n_columns, 2))
    sheet.row_dimensions[row].height = _measure_height([text], [width], size)


def _measure_height(texts: Iterable[str], widths: Iterable[float], size: float) -> float:
    """Return the height of a row in points whose texts are broken at the widths of their columns."""
    lines = [_count_lines(text, width, size) for text, width in zip(texts, widths, strict=True)]
    return min(max(lines) * size * _LINE + _ROW_SPACE, _TALLEST)


def _count_lines(text: str, width: float, size: float) -> int:
    room = width * _CELL * BODY_SIZE / size - _PADDING
    return sum(count_lines(part, room) for part in text.split("\n"))


def _draw_rule(sheet: Worksheet, row: int, n_columns: int, side: str, line: Side) -> None:
    """Draw a rule through all cells of a row, beside what is drawn there."""
    for column in range(1, n_columns + 1):
        cell = sheet.cell(row, column)
        drawn = {"top": cell.border.top, "bottom": cell.border.bottom} | {side: line}
        cell.border = Border(**drawn)


def _set_sheet(sheet: Worksheet, widths: Sequence[float], first: int, head: int) -> None:
    """Set widths, what stays in view, and how the sheet is printed: on A4, no wider than a page, with its head."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = round(width, 2)
    sheet.freeze_panes = sheet.cell(head + 1, 2)
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = _A4
    sheet.page_setup.orientation = "landscape" if sum(widths) > _UPRIGHT else "portrait"
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.print_options.horizontalCentered = True
    sheet.print_title_rows = f"{first}:{head}"


def _fill_about(sheet: Worksheet, tables: Mapping[str, Table], lang: Lang) -> None:
    """Fill the sheet that lists the tables, their titles and notes, and says what their cells hold."""
    rows = [tuple(say(f"sheet_{key}", lang) for key in ("name", "title", "remarks"))]
    rows += [(name, table.title, "\n".join(table.notes)) for name, table in tables.items()]
    for at, row in enumerate(rows, start=1):
        for place, text in enumerate(row, start=1):
            cell = sheet.cell(at, place)
            _set_text(cell, text, align="left", title=at == 1)
            cell.alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
        sheet.row_dimensions[at].height = _measure_height(row, _ABOUT_WIDTHS, BODY_SIZE)
    _set_merged(sheet, len(rows) + 2, len(_ABOUT_WIDTHS), say("sheet_numbers", lang), sum(_ABOUT_WIDTHS))
    _set_sheet(sheet, _ABOUT_WIDTHS, 1, 1)


def read_excel(path: Path, sheet: str | None = None) -> list[list[str]]:
    """Return the rows of the table on a sheet as they are shown: numbers under the formats of their cells.

    Titles and notes, which span the table from its first column on, are left out. A cell that spans other columns gives
    its text and then empty texts. Powers of ten are returned as 1.23e-05, though Excel shows a capital E.

    Parameters
    ----------
    path
    sheet
        Its name; none takes the first.

    Raises
    ------
    SpecError
        If there is no such sheet.
    """
    book = openpyxl.load_workbook(path)
    if sheet is not None and sheet not in book.sheetnames:
        raise SpecError(f"{path}: there is no sheet {sheet!r}. Choose one of {', '.join(book.sheetnames)}.")
    page = book[sheet] if sheet is not None else book.worksheets[0]
    spanned = {area.min_row for area in page.merged_cells.ranges if area.min_col == 1}
    return [
        [_read_cell(cell) for cell in row] for at, row in enumerate(page.iter_rows(), start=1) if at not in spanned
    ]  # fmt: skip


def _read_cell(cell: SheetCell) -> str:
    if isinstance(cell.value, int | float):
        return show_value(cell.value, cell.number_format)
    return "" if cell.value is None else str(cell.value)
