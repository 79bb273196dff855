"""A workbook or a CSV file that comes back with codes → its rows and what it was made of."""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import IO, Any
from xml.parsers import expat

from textq.errors import ReviewError
from textq.review.answers import Answer, SheetFacts
from textq.review.workbook import FORM
from textq.review.workbook_words import FACTS, HEADINGS, NO_WORDS, ROWS, SHEETS, YES_WORDS, name_column

_LARGEST_BOOK = 500 * 2**20
"""Bytes of a workbook when unpacked; 100,000 clauses with their context have some 300 MB."""

_HIGHEST_RATIO = 100
"""Unpacked by packed bytes; workbooks of clauses have 5 to 15."""

_CHUNK = 2**16

_FORMULA = re.compile(rb"<(?:\w+:)?f[ >/]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LONGEST_CELL = 1_000_000

Grid = list[tuple[int, list[str]]]
"""Rows of text with their numbers, from 1."""


@dataclass(frozen=True, slots=True)
class ReturnedRow:
    """A row as a person left it: the number of its line, its key, and the words of the editable cells."""

    line: int
    key: str
    clause_id: str
    clause_sha256: str
    text: str
    code: str
    subtype: str
    unsure: str
    memo: str


@dataclass(frozen=True, slots=True)
class ExportedRow:
    """What stood in a row when the workbook was written."""

    clause_sha256: str
    answer: Answer
    shown: bool
    stands: str


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """A file that came back.

    Attributes
    ----------
    rows
        Those that hold anything.
    columns
        The columns that the file has; an editable one that is absent says nothing about its answers.
    facts, exported
        What the workbook was made of, and what stood in each row by its key; None where the file does not tell.
    """

    rows: tuple[ReturnedRow, ...]
    columns: frozenset[str]
    facts: SheetFacts | None = None
    exported: Mapping[str, ExportedRow] | None = None


def read_workbook(data: bytes, name: str) -> ReturnedSheet:
    """Return what is in an .xlsx file that Excel, WPS or LibreOffice saved.

    Raises
    ------
    ReviewError
        If it is no workbook, of a later edition, lacks the columns that are needed, or a cell holds a formula without
        its value.
    """
    sheets = read_sheets(data, name)
    found = _find_sheet(sheets, name)
    facts = _read_facts(sheets.get(FACTS), name)
    exported = _read_exported(sheets[ROWS]) if ROWS in sheets and facts is not None else None
    return _read_rows(found, name, facts, exported)


def read_table(text: str, name: str) -> ReturnedSheet:
    """Return what is in a table of text, such as a workbook that was saved as CSV.

    Raises
    ------
    ReviewError
        If a row is broken or a column that is needed is absent.
    """
    return _read_rows(read_grid(text, name), name, None, None)


def read_sheets(data: bytes, name: str) -> dict[str, Grid]:
    """Return the cells of each sheet of an .xlsx file as text.

    Whole numbers stand without ".0", days as 2016-03-21; of formulas their last value counts.

    Raises
    ------
    ReviewError
        If it is no workbook, too large, a part of it declares a document type, or a formula has no value.
    """
    import openpyxl

    _check_size(data, name)
    _check_parts(data, name)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheets = {sheet.title: _read_grid(sheet) for sheet in book.worksheets}
        book.close()
    except ReviewError:
        raise
    except Exception as error:  # openpyxl has no error of its own for a broken file
        raise ReviewError(f"{name}: this is no .xlsx file ({error}). Save it anew as .xlsx, or as .csv.") from error
    if _has_formulas(data):
        _check_formulas(data, sheets, name)
    return sheets


def read_grid(text: str, name: str, delimiter: str | None = None) -> Grid:
    """Return the cells of a table of text; what stands between them is a comma, a semicolon or a tab.

    Raises
    ------
    ReviewError
        If a row is broken.
    """
    head = text.split("\n", 1)[0]
    between = delimiter or max(",\t;", key=head.count)
    csv.field_size_limit(_LONGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between, strict=True)
    rows: Grid = []
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((line, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ReviewError(
            f"{name}:{line}: no row of a table: {error}. Close the quotes that begin there, and double those within."
        ) from error
    return rows


def read_unsure(written: str) -> bool | None:
    """Return whether a cell says that the coder is unsure; None if it says neither."""
    import unicodedata

    squeezed = unicodedata.normalize("NFKC", written).strip().casefold()
    if squeezed in YES_WORDS:
        return True
    return False if squeezed in NO_WORDS else None


def _check_size(data: bytes, name: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            size = sum(member.file_size for member in book.infolist())
    except zipfile.BadZipFile as error:
        raise ReviewError(f"{name}: this is no .xlsx file. Save it as .xlsx (not .xls or .et), or as .csv.") from error
    if size > min(_LARGEST_BOOK, max(_HIGHEST_RATIO * len(data), 2**20)):
        raise ReviewError(
            f"{name}: the file unpacks to {size / 2**20:.0f} MB, more than a table to code can hold. Delete its empty "
            "rows and other sheets, or save it as .csv."
        )


def _check_parts(data: bytes, name: str) -> None:
    """Refuse parts with a document type, before anything reads them: its entities can unpack to any size."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        for part in book.namelist():
            try:
                with book.open(part) as opened:
                    has_type = _has_document_type(opened)
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
                raise ReviewError(f"{name}: its part {part} cannot be unpacked ({error}). Save it anew.") from error
            if has_type:
                raise ReviewError(
                    f"{name}: its part {part} declares a document type, which no spreadsheet program writes and which "
                    "can unpack to any size. Open the file in such a program and save it anew."
                )


class _DocumentTypeError(Exception):
    """A document type begins."""


def _stop_at_type(*_: object) -> None:
    raise _DocumentTypeError


def _has_document_type(part: IO[bytes]) -> bool:
    """Tell whether a part has a document type before its first element; False of what is no XML.

    What this parser cannot read the one of openpyxl cannot either: it is the same.
    """
    elements = list[str]()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _stop_at_type
    parser.StartElementHandler = lambda name, _: elements.append(name)
    try:
        while not elements and (chunk := part.read(_CHUNK)):
            parser.Parse(chunk)
    except _DocumentTypeError:
        return True
    except expat.ExpatError:
        return False
    return False


def _read_grid(sheet: Any) -> Grid:
    """Return the rows of a sheet that hold anything; the size that a file states is not believed."""
    sheet.reset_dimensions()
    rows = ((at, [_to_text(cell) for cell in row]) for at, row in enumerate(sheet.iter_rows(values_only=True), 1))
    return [(at, row) for at, row in rows if any(row)]


def _to_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)).replace("\r\n", "\n").replace("\r", "\n")


def _has_formulas(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheets = [one for one in book.namelist() if one.startswith("xl/worksheets/")]
        return any(_FORMULA.search(book.read(one)) for one in sheets)


def _check_formulas(data: bytes, sheets: Mapping[str, Grid], name: str) -> None:
    """Refuse formulas that no program has computed: their cells would read as empty."""
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for sheet in book.worksheets:
        values = dict(sheets[sheet.title])
        sheet.reset_dimensions()
        for at, row in enumerate(sheet.iter_rows(), 1):
            for place, cell in enumerate(row):
                known = values.get(at, ())
                if cell.data_type == "f" and not (place < len(known) and known[place]):
                    raise ReviewError(
                        f"{name}: the cell {cell.coordinate} of {sheet.title} holds a formula that has no value yet. "
                        "Open the file in a spreadsheet program and save it, or write the value."
                    )


def _find_sheet(sheets: Mapping[str, Grid], name: str) -> Grid:
    """Return the sheet with the codes: that of the clauses by its name, else the first one with a key and a class."""
    own = {names[0] for names in SHEETS.values()}
    for title in sorted(sheets, key=lambda one: one not in own):
        if title not in (FACTS, ROWS) and sheets[title]:
            columns = _name_columns(sheets[title][0][1])
            if "class" in columns and ("clause_key" in columns or "clause_id" in columns):
                return sheets[title]
    raise ReviewError(
        f"{name}: no sheet has the columns clause_key and {_call('class')}. Give a workbook that `textq review export "
        "--xlsx` wrote; for codes beside quotes give --quotes."
    )


def _name_columns(head: Sequence[str]) -> dict[str, int]:
    """Return the place of each column that is known; the first of a name counts."""
    places: dict[str, int] = {}
    for place, heading in enumerate(head):
        column = name_column(heading)
        if column is not None:
            places.setdefault(column, place)
    return places


def _read_rows(
    grid: Grid, name: str, facts: SheetFacts | None, exported: Mapping[str, ExportedRow] | None
) -> ReturnedSheet:
    if not grid:
        raise ReviewError(f"{name} is empty. Give a workbook that `textq review export --xlsx` wrote.")
    places = _name_columns(grid[0][1])
    if not {"clause_key", "clause_id"} & set(places) or "class" not in places:
        found = ", ".join(cell for cell in grid[0][1] if cell)[:200]
        raise ReviewError(
            f"{name}: a table of codes needs the columns clause_key (or clause_id) and {_call('class')}. Found: "
            f"{found}. For codes beside quotes give --quotes."
        )
    rows = tuple(_build_row(line, row, places) for line, row in grid[1:] if any(cell.strip() for cell in row))
    return ReturnedSheet(rows, frozenset(places), facts, exported)


def _build_row(line: int, row: Sequence[str], places: Mapping[str, int]) -> ReturnedRow:
    def get(column: str) -> str:
        place = places.get(column, len(row))
        return row[place].strip() if place < len(row) else ""

    return ReturnedRow(
        line=line,
        key=get("clause_key"),
        clause_id=get("clause_id"),
        clause_sha256=get("clause_sha"),
        text=get("text"),
        code=get("class"),
        subtype=get("subtype"),
        unsure=get("unsure"),
        memo=get("memo"),
    )


def _call(column: str) -> str:
    return " / ".join(dict.fromkeys(HEADINGS[column].values()))


def _read_facts(grid: Grid | None, name: str) -> SheetFacts | None:
    if not grid:
        return None
    stated = dict(_pairs(grid))
    if stated.get("format") != FORM:
        raise ReviewError(
            f"{name}: its sheet {FACTS} is of the form {stated.get('format')!r}, and {FORM!r} is read here. Export "
            "anew with this version, or update textq."
        )
    return SheetFacts(**{field.name: stated.get(field.name, "") for field in fields(SheetFacts)})


def _pairs(grid: Grid) -> Iterator[tuple[str, str]]:
    for _, row in grid:
        yield row[0], row[1] if len(row) > 1 else ""


def _read_exported(grid: Grid) -> dict[str, ExportedRow]:
    exported = {}
    for _, row in grid[1:]:
        key, sha256, instrument, subtype, unsure, memo, shown, stands = [*row, *[""] * 8][:8]
        answer = Answer(instrument or None, subtype or None, unsure == "1", memo.strip())
        exported[key] = ExportedRow(sha256, answer, shown == "1", stands)
    return exported
