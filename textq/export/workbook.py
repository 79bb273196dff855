"""Tables → one Excel workbook with numbers as numbers, a sheet a table, and sheets that say what is in it."""

import io
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from textq.export.columns import find_label
from textq.repack import EPOCH, repack_zip

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MOST_ROWS = 20_000
"""A longer table is left out, and the first sheet says so: a workbook of it would take minutes to write and to open."""

EXPLANATION = "说明"
CODEBOOK = "codebook"

_TITLE_LENGTH = 31
"""Of the name of a sheet."""
_CELL_LENGTH = 32_767
"""What Excel takes; a longer text ends in …"""
_WIDEST, _NARROWEST = 60, 8
"""Of a column, in characters of the standard font."""
_FONT = "Calibri"
_LINE_HEIGHT = 15
"""In points."""
_MOST_LINES = 25
"""What a row's height of at most 409 points takes."""
_ACTIVE = ("=", "+", "-", "@", "#", "'")
"""A spreadsheet takes a text with one of these first for a formula or an error."""
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table of a workbook: its name, its rows, and what one row is, in English and Chinese."""

    name: str
    frame: pd.DataFrame
    what: Mapping[str, str]


def write_workbook(sheets: Sequence[Sheet], path: Path, *, facts: Sequence[tuple[str, str]] = ()) -> None:
    """Write tables into a workbook; the same tables give the same bytes.

    Numbers and truths are numbers and truths, in full; codes, names and all that is text are text, whatever they begin
    with. What is missing is an empty cell. The head of each sheet stays in sight. The first sheet, 说明, states the
    facts of the run, what each sheet holds, and what each column means; a table of more than 20,000 rows is named there
    as left out.

    Parameters
    ----------
    sheets
        In the order of the workbook.
    facts
        (name, value) of the run, stated first.
    """
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    book.properties.created = EPOCH
    explained = _explain(sheets, facts)
    _fill(book.create_sheet(EXPLANATION), explained, head=False)
    for sheet in sheets:
        if len(sheet.frame) <= MOST_ROWS:
            _fill(book.create_sheet(sheet.name[:_TITLE_LENGTH]), _list_cells(sheet.frame), head=True)
    written = io.BytesIO()
    book.save(written)
    path.write_bytes(repack_zip(written.getvalue()))


def _explain(sheets: Sequence[Sheet], facts: Sequence[tuple[str, str]]) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = [(name, value) for name, value in facts]
    rows += [(), ("工作表 sheet", "每行是 one row", "", "行数 rows")]
    for sheet in sheets:
        n_rows: object = len(sheet.frame)
        if len(sheet.frame) > MOST_ROWS:
            n_rows = f"{n_rows:,}: 太长，见CSV文件 / too long, see its CSV file"
        rows.append((sheet.name, sheet.what["zh"], sheet.what["en"], n_rows))
    rows += [(), ("列 column", "含义", "meaning")]
    for sheet in sheets:
        for name in map(str, sheet.frame.columns):
            label = find_label(sheet.name, name)
            rows += [(f"{sheet.name}: {name}", label["zh"], label["en"])] if label else []
    return rows


def _list_cells(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return the head and the rows of a table, as Python's own numbers, truths and texts."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [tuple(map(str, frame.columns)), *(tuple(row) for row in plain.itertuples(index=False, name=None))]


def _fill(sheet: "Worksheet", rows: Sequence[Sequence[object]], *, head: bool) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    for place, width in enumerate(_measure(rows), 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    if head:
        sheet.freeze_panes = "A2"
        sheet.print_title_rows = "1:1"
    for at, row in enumerate(rows):
        n_lines = _count_lines(row)
        if n_lines > 1:
            sheet.row_dimensions[at + 1].height = _LINE_HEIGHT * min(n_lines, _MOST_LINES)
        sheet.append([_make_cell(sheet, value, bold=head and at == 0, wrapped=n_lines > 1) for value in row])


def _count_lines(row: Sequence[object]) -> int:
    """Return how many lines the longest text of a row takes."""
    long = [value for value in row if isinstance(value, str) and len(value) > _WIDEST / 2]
    return max((math.ceil(_count_cells(value) / _WIDEST) for value in long), default=1)


def _measure(rows: Iterable[Sequence[object]]) -> list[int]:
    """Return the width of each column in characters of the standard font, of the first hundred rows."""
    widths: dict[int, int] = {}
    for _, row in zip(range(100), rows, strict=False):
        for place, value in enumerate(row):
            widths[place] = max(widths.get(place, _NARROWEST), min(_count_cells(value) + 3, _WIDEST))
    return [widths[place] for place in sorted(widths)]


def _count_cells(value: object) -> int:
    text = "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def _make_cell(sheet: "Worksheet", value: object, *, bold: bool, wrapped: bool) -> Any:
    """Return what the sheet takes for a value; a cell of its own only where it needs a style, which is slow."""
    value = value.item() if hasattr(value, "item") else value
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = _UNPRINTABLE.sub("\ufffd", str(value))
    text = text if len(text) <= _CELL_LENGTH else text[: _CELL_LENGTH - 1] + "…"
    if not (bold or wrapped or text.startswith(_ACTIVE)):
        return text or None
    return _style_cell(sheet, text, bold=bold, wrapped=wrapped)


def _style_cell(sheet: "Worksheet", text: str, *, bold: bool, wrapped: bool) -> Any:
    """Return a cell with a text, which is marked as quoted where it looks like a formula or an error."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    cell = WriteOnlyCell(sheet)
    if text:
        cell.value = text
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(_ACTIVE)
    if wrapped:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(name=_FONT, bold=True)
    return cell
