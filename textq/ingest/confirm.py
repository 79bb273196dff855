"""``check_documents.xlsx``: what a person should confirm about documents, written and read back; openpyxl's door."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from textq.errors import ManifestError
from textq.ingest.manifest import FIELDS, NOTHING, check_value, read_cells, split_list
from textq.lexicon.places import Place, builtin_gazetteer
from textq.notation.numerals import parse_date
from textq.records import Document, Doubt
from textq.repack import EPOCH, repack_zip

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

CHECK_NAME = "check_documents.xlsx"

TEXT_LENGTH = 200
"""So many characters of a document are shown beside each question."""

_MOST_NAMED = 5
"""So many places of one name are told in an error."""

_SHEET, _HELP = "check", "how to"
_COLUMNS = ("path", "doc_id", "sha256", "field", "found", "why", "text", "confirmed")
_WIDTHS = {"path": 40, "doc_id": 16, "sha256": 14, "field": 14, "found": 36, "why": 60, "text": 60, "confirmed": 30}
"""In characters of the standard font."""

_NEEDED = ("sha256", "field", "confirmed")
_LARGEST_BOOK = 50 * 2**20
"""Bytes of a workbook when unpacked; a table of 10,000 rows to confirm has 8 MB."""

_HIGHEST_RATIO = 100
"""Unpacked by packed bytes of a workbook; a table of text packs to a tenth."""

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""

_GUIDE = (
    ("怎样填写", "How to fill in"),
    (
        "每行是一份文件的一个字段：程序没有找到，或者不能确定。请打开原文件，把正确的值写进 confirmed 列。",
        "Each row is one field of one document that was not found or is uncertain. Look into the document and write "
        "the right value into the column confirmed.",
    ),
    ("found 列的值正确时，也请照抄到 confirmed 列。", "If the value in found is right, copy it to confirmed."),
    ("确认文件没有这一项时，写一个减号（-）。", "Write - (a hyphen) if you confirm that the document has none."),
    ("留空的行不起作用，下次仍会列出。", "A row left empty has no effect and is listed again next time."),
    ("日期：2016-03-21 或 2016年3月21日。", "Dates: 2016-03-21 or 2016年3月21日."),
    (
        "units：六位行政区划代码或地名（330100；杭州市；南京市鼓楼区），多个用分号隔开；不针对具体地方写减号。",
        "units: six-digit codes or names of places (330100; 杭州市; 南京市鼓楼区), several joined by semicolons; - if "
        "the document applies to no single place.",
    ),
    ("level：central、province、prefecture 或 county。", "level: central, province, prefecture or county."),
    ("issuers：多个机关用分号隔开。", "issuers: several are joined by semicolons."),
    (
        "其他字段可以自己加行：填写 sha256、field 和 confirmed 三列即可。",
        "For other fields add rows of your own: sha256, field and confirmed are enough.",
    ),
    ("可用字段：" + "、".join(FIELDS), "Fields: " + ", ".join(FIELDS)),
    ("填好后运行：textq score … --confirmed 本文件", "Then run: textq score … --confirmed THIS FILE"),
)


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One field of one document that a person should confirm; ``text`` is the beginning of the document."""

    path: str
    doc_id: str
    sha256: str
    field: str
    found: str
    why: str
    text: str


@dataclass(frozen=True, slots=True)
class _Answer:
    """A filled-in cell: of which file (by sha256) and field, what, and where it stands."""

    sha256: str
    field: str
    value: str
    where: str


def list_checks(document: Document, doubts: Iterable[Doubt]) -> list[CheckRow]:
    """Return a row for each doubt about a document."""
    text = document.text[:TEXT_LENGTH].replace("\n", " / ")
    path, sha256 = document.source.path, document.source.sha256
    return [CheckRow(path, document.doc_id, sha256, one.field, one.found, one.why, text) for one in doubts]


def write_check(rows: Iterable[CheckRow], path: Path) -> None:
    """Write the table to confirm, with a second sheet that says how; the same rows give the same bytes.

    Every cell is text, whatever it begins with, so that no spreadsheet takes it for a formula.
    """
    import openpyxl

    book = openpyxl.Workbook()
    book.properties.created = EPOCH
    sheet: Worksheet = book.worksheets[0]
    sheet.title = _SHEET
    names = [field.name for field in fields(CheckRow)]
    _fill_sheet(sheet, [_COLUMNS, *((*(getattr(row, name) for name in names), "") for row in rows)])
    _set_layout(sheet, list(_WIDTHS.values()))
    guide: Worksheet = book.create_sheet(_HELP)
    _fill_sheet(guide, _GUIDE)
    _set_layout(guide, [70, 90])
    path.write_bytes(_pack(book))


def _fill_sheet(sheet: "Worksheet", rows: Iterable[Sequence[str]]) -> None:
    for at, row in enumerate(rows, start=1):
        for column, value in enumerate(row, start=1):
            _set_text(sheet.cell(at, column), value, bold=at == 1)


def _set_text(cell: "Cell", value: str, *, bold: bool) -> None:
    """Set a cell of the format "text" (@), marked as quoted: =, +, - and @ at its beginning mean nothing."""
    from openpyxl.styles import Font

    cell.number_format = "@"
    if value:
        cell.value = _UNPRINTABLE.sub("\ufffd", value)
        cell.data_type = "s"
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)


def _set_layout(sheet: "Worksheet", widths: Sequence[int]) -> None:
    from openpyxl.utils import get_column_letter

    sheet.freeze_panes = "A2"
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width


def _pack(book: "Workbook") -> bytes:
    """Return the file's bytes, which do not tell when they were written."""
    written = io.BytesIO()
    book.save(written)
    return repack_zip(written.getvalue())


def read_confirmed(paths: Path | Sequence[Path]) -> dict[str, dict[str, str]]:
    """Return what a person confirmed: sha256 of the file → field → value.

    Values are as in a manifest, days written 2016-03-21 and places as codes; "-" states that there is none.

    Parameters
    ----------
    paths
        Copies of ``check_documents.xlsx``, or tables saved from it as .csv, with the columns sha256, field and
        confirmed. Rows whose cell ``confirmed`` is empty are passed over.

    Raises
    ------
    ManifestError
        If a file cannot be read, a field is unknown, a value has not its form, a name means no place or several, or
        one field of one document is given two different values.
    """
    found: dict[tuple[str, str], _Answer] = {}
    for path in [paths] if isinstance(paths, Path) else paths:
        for answer in _read_answers(path):
            first = found.setdefault((answer.sha256, answer.field), answer)
            if first.value != answer.value:
                raise ManifestError(
                    f"{answer.where}: {answer.field} {answer.value!r} of {answer.sha256[:12]}…, but {first.value!r} in "
                    f"{first.where}. Keep one."
                )
    confirmed: dict[str, dict[str, str]] = {}
    for answer in found.values():
        confirmed.setdefault(answer.sha256, {})[answer.field] = answer.value
    return confirmed


def _read_answers(path: Path) -> Iterator[_Answer]:
    rows = _read_book(path) if path.suffix.lower() == ".xlsx" else read_cells(path, required=_NEEDED)
    for line, cells in rows:
        where = f"{path}:{line}"
        sha256, field, value = cells["sha256"].lower(), cells["field"], cells["confirmed"]
        if field not in FIELDS:
            raise ManifestError(f"{where}: unknown field {field!r}. Use one of {', '.join(FIELDS)}.")
        if not _SHA256.fullmatch(sha256):
            raise ManifestError(f"{where}: {sha256!r} is no sha256 (64 hex digits). Copy it from {CHECK_NAME}.")
        if value:
            yield _Answer(sha256, field, _settle_value(field, value, where), where)


def _settle_value(field: str, value: str, where: str) -> str:
    if field == "units" and value != NOTHING:
        value = ";".join(_find_code(part, where) for part in split_list(value) or [value])
    check_value(field, value, f"{where}, column confirmed")
    day = parse_date(value) if field.endswith("_on") else None
    return day.isoformat() if day else value


def _find_code(name: str, where: str) -> str:
    """Return the code of a place given by code or name; a county may stand behind its city (南京市鼓楼区)."""
    gazetteer = builtin_gazetteer()
    if name.isdecimal():
        code = str(int(name)).zfill(len(name))
        check_value("units", code, f"{where}, column confirmed")
        if code not in gazetteer:
            unknown = f"{code} is the code of no place in the gazetteer. Correct it"
            raise ManifestError(f"{where}, column confirmed: {unknown}, or state a unit of your own in the manifest.")
        return code
    named = gazetteer.lookup(name)
    if not named and (matches := gazetteer.find_places(name)) and matches[-1].end == len(name):
        last = matches[-1]
        named = [last.place] if last.place else list(last.candidates)
    if len(named) != 1:
        raise ManifestError(f"{where}, column confirmed: {name!r} is {_describe(named)}. Write a six-digit code.")
    return named[0].code


def _describe(places: Sequence[Place]) -> str:
    if not places:
        return "the name of no place in the gazetteer"
    outer = (builtin_gazetteer().parent_of(place.code) or place for place in places)
    listed = [f"{place.code} {above.name}" for place, above in zip(places, outer, strict=True)]
    return f"the name of {len(places)} places ({', '.join(listed[:_MOST_NAMED])}{', …' * (len(places) > _MOST_NAMED)})"


def _read_book(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Yield (row, cells) of the first sheet whose header has the columns needed, but for empty rows."""
    for sheet in _open_book(path).worksheets:
        rows = sheet.iter_rows()
        header = [str(cell.value or "").strip().lower() for cell in next(rows, ())]
        if set(_NEEDED) <= set(header):
            break
    else:
        raise ManifestError(f"{path}: no sheet has the columns {', '.join(_NEEDED)}. Use a copy of {CHECK_NAME}.")
    wanted = {name: header.index(name) for name in _NEEDED}
    for line, row in enumerate(rows, start=2):
        cells = {name: _read_cell(row[at], f"{path}:{line}") if at < len(row) else "" for name, at in wanted.items()}
        if any(cells.values()):
            yield line, cells


def _open_book(path: Path) -> "Workbook":
    import openpyxl

    try:
        data = path.read_bytes()
        _check_size(data, path)
        return openpyxl.load_workbook(io.BytesIO(data))
    except ManifestError:
        raise
    except OSError as error:
        raise ManifestError(f"{path}: the file cannot be opened: {error}") from error
    except Exception as error:  # openpyxl has no error of its own for a broken file
        raise ManifestError(f"{path}: this is no .xlsx file ({error}). Save it anew as .xlsx or .csv.") from error


def _check_size(data: bytes, path: Path) -> None:
    """Refuse a workbook that unpacks to more than any table to confirm: it would fill the memory."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        size = sum(member.file_size for member in book.infolist())
    if size > min(_LARGEST_BOOK, max(_HIGHEST_RATIO * len(data), 2**20)):
        found = f"the file unpacks to {size / 2**20:.0f} MB, more than a table to confirm can hold"
        raise ManifestError(f"{path}: {found}. Delete its empty rows and other sheets, or save it as .csv.")


def _read_cell(cell: "Cell", where: str) -> str:
    """Return a cell as text: whole numbers without ".0", days as 2016-03-21; formulas and errors are refused."""
    value = cell.value
    if cell.data_type in {"f", "e", "b"}:
        raise ManifestError(f"{where}: the cell {cell.coordinate} holds {value!r}. Write its value as text.")
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
