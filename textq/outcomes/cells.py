"""File → grid of raw cells: csv, xlsx, xls, dta; the only door to python-calamine."""

from __future__ import annotations

import csv
import io
import re
import struct
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import numpy as np

from textq.errors import SeriesFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from python_calamine import CalamineWorkbook

Cell = str | float | date | None
"""What a cell holds: a text without outer blanks, a number, a day, or nothing."""

ENDINGS = (".csv", ".tsv", ".xlsx", ".xls", ".dta")
"""The formats that can be read."""

_EXCEL_TEXT = re.compile(r'="(.*)"')  # how Excel is told to keep a code as text
_LATIN1 = re.compile(r"[\x80-\xff]")


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """The cells of one table, shape (rows, columns), as they stand in the file; a dta file has its names on top."""

    path: Path
    cells: NDArray[np.object_]


def read_grid(path: Path, *, sheet: str | None = None) -> Grid:
    """Read the cells of a table; nothing is left out, so that addresses are those a spreadsheet shows.

    Parameters
    ----------
    path : Path
        A file ending in .csv, .tsv, .xlsx, .xls or .dta. Texts are UTF-8, UTF-16 with a mark, or GB18030.
    sheet : str, optional
        The sheet of a workbook. Without it the workbook must have only one that is not empty.

    Raises
    ------
    SeriesFileError
        If the file is absent, of another format, damaged, empty, or in an encoding that cannot be told; if the sheet
        is not there or must be named.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise SeriesFileError(f"{path}: the ending {ending!r} is not known. Save the table as one of {_join(ENDINGS)}.")
    if not path.is_file():
        raise SeriesFileError(f"{path} is no file. Check the name.")
    if sheet is not None and ending not in (".xlsx", ".xls"):
        raise SeriesFileError(f"{path} has no sheets: leave the sheet {sheet!r} out.")
    if ending in (".csv", ".tsv"):
        cells = _to_array(_read_text(path))
    else:
        cells = _to_array(_read_dta(path) if ending == ".dta" else _read_workbook(path, sheet))
    if not cells.size:
        raise SeriesFileError(f"{path} holds no cells. Give a file with a header row and rows below it.")
    return Grid(path, cells)


def name_cell(row: int, column: int) -> str:
    """Return the address of a cell, counted from 0, as a spreadsheet writes it: (6, 2) is C7."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row + 1}"


def fold_text(cell: Cell) -> str:
    """Return a cell as text to be compared: one width, no blanks, lower case; whole numbers without ".0"."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", show_cell(cell))).casefold()


def show_cell(cell: Cell) -> str:
    """Return a cell as text: whole numbers without ".0", days as 2016-03-21, nothing as ""."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _to_array(rows: Sequence[Sequence[object]]) -> NDArray[np.object_]:
    cells = np.full((len(rows), max(map(len, rows), default=0)), None, dtype=object)
    for at, row in enumerate(rows):
        cells[at, : len(row)] = [_to_cell(value) for value in row]
    return cells


def _to_cell(value: object) -> Cell:
    if isinstance(value, str):
        text = value.strip()
        found = _EXCEL_TEXT.fullmatch(text) if text.startswith("=") else None
        return (found[1] if found else text) or None
    if isinstance(value, datetime):
        return value.date() if value == value else None  # NaT differs from itself
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        return value if isinstance(value, date) or value is None else str(value)
    return None if np.isnan(value) else float(value)


def _read_text(path: Path) -> list[list[str]]:
    text = _decode(path)
    delimiter = next((mark for mark in ",\t;" if mark in text), ",")
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise SeriesFileError(f"{path} is no CSV ({error}). Quote cells that hold commas or quotes.") from error


def _decode(path: Path) -> str:
    data = path.read_bytes()
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SeriesFileError(f"{path}: the text is neither UTF-8 nor GB18030. Save it as CSV in UTF-8.")


def _read_workbook(path: Path, sheet: str | None) -> list[list[object]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
        names = [sheet] if sheet in book.sheet_names else book.sheet_names
        sheets = {name: _read_sheet(book, name) for name in names}
    except CalamineError as error:
        raise SeriesFileError(f"{path} is no workbook ({error}). Open it in Excel and save it as .xlsx.") from error
    if sheet is not None and sheet not in sheets:
        raise SeriesFileError(f"{path} has no sheet {sheet!r}. It has {_join(sheets)}.")
    filled = [name for name, rows in sheets.items() if any(cell != "" for row in rows for cell in row)]
    if len(filled) > 1:
        raise SeriesFileError(f"{path} has several sheets: {_join(filled)}. Say which one to read (--sheet).")
    return sheets[filled[0]] if filled else []


def _read_sheet(book: CalamineWorkbook, name: str) -> list[list[object]]:
    return [list(row) for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def _read_dta(path: Path) -> list[list[object]]:
    import pandas as pd

    try:
        table = pd.read_stata(path)
    except (ValueError, EOFError, struct.error) as error:
        raise SeriesFileError(f"{path} cannot be read as a Stata file ({error}). Save it again, or as CSV.") from error
    rows = [list(map(str, table.columns)), *table.astype(object).to_numpy().tolist()]
    return _repair_stata_texts(rows, path)


def _repair_stata_texts(rows: list[list[object]], path: Path) -> list[list[object]]:
    """Read the texts of a file older than Stata 14, which names no encoding, as GB18030."""
    texts = "".join(cell for row in rows for cell in row if isinstance(cell, str))
    if not _LATIN1.search(texts) or any(ord(char) > 0xFF for char in texts):
        return rows
    try:
        return [
            [cell.encode("latin-1").decode("gb18030") if isinstance(cell, str) else cell for cell in row]
            for row in rows
        ]
    except UnicodeDecodeError as error:
        raise SeriesFileError(f"{path}: its texts are not GB18030. Save it with Stata 14 or later.") from error


def _join(names: Iterable[str]) -> str:
    return ", ".join(names)
