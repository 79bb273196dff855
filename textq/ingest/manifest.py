"""``manifest.csv`` and ``coverage.csv``: what the user states about a corpus."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType

from textq.errors import ManifestError, ReadError
from textq.ingest.decode import decode_text
from textq.notation.numerals import parse_date

MANIFEST_NAME = "manifest.csv"
COVERAGE_NAME = "coverage.csv"

_ALIASES = {
    "doc_id": "id", "path": "file", "number": "doc_number", "type": "doc_type", "issuer": "issuers",
    "unit": "units", "jurisdiction": "units", "date": "issued_on",
}  # fmt: skip
FIELDS = ("title", "doc_number", "issuers", "units", "level", "doc_type",
          "issued_on", "published_on", "effective_on", "repealed_on", "validity")  # fmt: skip
"""What a manifest, and a person who confirms, can state about a document."""

NOTHING = "-"
"""The cell that states that a document has no such value; of ``units``, that it applies to no single place."""

_SOURCE = ("url", "sha256", "licence", "retrieved_on", "charset")
_DATES = ("issued_on", "published_on", "effective_on", "repealed_on", "retrieved_on")
_PAST = ("issued_on", "published_on", "retrieved_on")
"""Days that cannot lie in the future, as those of effect and repeal can."""

_ID = re.compile(r"[\w\-][\w\-.]*")
_LONGEST_ID = 200
"""Bytes in UTF-8: an id names files, whose names file systems limit to 255."""

_CODE = re.compile("[0-9]{6}")
_LONGEST_CELL = 10_000_000
"""Characters of a CSV cell, as in files of clauses."""

_LEVELS = ("central", "province", "prefecture", "county")


@dataclass(frozen=True, slots=True)
class ManifestRow:
    """One row of a manifest: the file, its id, what it states about the document (only what it states).

    ``file`` is relative to the manifest's folder, with "/" between folders. ``fields`` holds non-empty cells by
    the names of :class:`textq.records.Document`, ``source`` url, sha256, licence, retrieved_on, charset.
    """

    file: str
    doc_id: str
    line: int
    fields: Mapping[str, str]
    source: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A unit and the first and last period in which its documents were searched."""

    unit: str
    first_period: int
    last_period: int


def read_manifest(path: Path) -> list[ManifestRow]:
    """Read a manifest: the column ``file`` is required, others may be absent or empty, unknown ones are kept out.

    Raises
    ------
    ManifestError
        If a column is missing, a cell is wrong, or a file or an id stands twice.
    """
    rows = [_build_row(path, line, cells) for line, cells in read_cells(path, required=("file",), aliases=_ALIASES)]
    for name in ("file", "doc_id"):
        seen: dict[str, int] = {}
        for row in rows:
            value = getattr(row, name).casefold()
            if value and value in seen:
                raise ManifestError(f"{path}:{row.line}: {value!r} stands in line {seen[value]} already. Keep one row.")
            seen[value] = row.line
    return rows


def read_coverage(path: Path) -> list[CoverageRow]:
    """Read which unit-periods were searched: columns unit, first_period, last_period (years).

    Raises
    ------
    ManifestError
        If a column is missing, a cell is wrong, or a unit stands twice.
    """
    rows: dict[str, CoverageRow] = {}
    for line, cells in read_cells(path, required=("unit", "first_period", "last_period")):
        unit = cells["unit"]
        _check_units(unit, f"{path}:{line}")
        if len(split_list(unit)) > 1:
            raise ManifestError(f"{path}:{line}: {unit!r} are several units. Give each one a row of its own.")
        if unit in rows:
            raise ManifestError(f"{path}:{line}: unit {unit} stands twice. Give one first and last period for it.")
        first, last = (_parse_year(cells[name], path, line) for name in ("first_period", "last_period"))
        if first > last:
            raise ManifestError(f"{path}:{line}: coverage of {unit} ends ({last}) before it begins ({first}).")
        rows[unit] = CoverageRow(unit, first, last)
    return list(rows.values())


def read_cells(
    path: Path, *, required: tuple[str, ...], aliases: Mapping[str, str] = MappingProxyType({})
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line, cells) of each row of a CSV file that is not empty; column names in lower case, aliases resolved.

    Raises
    ------
    ManifestError
        If the file cannot be read or is no CSV, a required column is missing, or a row has more cells than the header.
    """
    try:
        text = decode_text(path.read_bytes())
    except (ReadError, OSError) as error:
        raise ManifestError(f"{path}: {error}") from error
    rows = _iterate_rows(text, path)
    names = [name.strip().lower() for name in next(rows, (1, []))[1]]
    header = [aliases.get(name, name) for name in names]
    missing = [name for name in required if name not in header]
    if missing:
        raise ManifestError(f"{path}:1: the column {', '.join(missing)} is missing. Found: {', '.join(header)}.")
    for line, row in rows:
        if any(cell.strip() for cell in row):
            if len(row) > len(header):
                raise ManifestError(f"{path}:{line}: {len(row)} cells for {len(header)} columns. Quote commas.")
            cells = [cell.strip() for cell in row] + [""] * (len(header) - len(row))
            yield line, dict(zip(header, cells, strict=True))


def _iterate_rows(text: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise ManifestError(f"{path}:{reader.line_num}: no CSV row: {error}. Save the file as CSV anew.") from error


def _build_row(path: Path, line: int, cells: Mapping[str, str]) -> ManifestRow:
    file = cells["file"].replace("\\", "/").removeprefix("./")
    if not file or file.startswith("/") or ".." in file.split("/"):
        raise ManifestError(f"{path}:{line}: file {cells['file']!r} must be a path inside the manifest's folder.")
    if not _ID.fullmatch(cells.get("id", "") or "-"):
        raise ManifestError(
            f"{path}:{line}: id {cells['id']!r} names a file later: use letters, digits, '-', '_' and '.'."
        )
    if len(cells.get("id", "").encode()) > _LONGEST_ID:
        raise ManifestError(
            f"{path}:{line}: id {cells['id'][:20]!r}… names a file later: use {_LONGEST_ID} bytes at most."
        )
    for name, cell in cells.items():
        check_value(name, cell, f"{path}:{line}")
    _check_order(cells, f"{path}:{line}")
    fields = {name: cells[name] for name in FIELDS if cells.get(name)}
    source = {name: cells[name] for name in _SOURCE if cells.get(name)}
    return ManifestRow(file, cells.get("id", ""), line, fields, source)


def _check_order(cells: Mapping[str, str], where: str) -> None:
    issued, repealed, retrieved = (
        parse_date(cells.get(name, "")) for name in ("issued_on", "repealed_on", "retrieved_on")
    )
    if issued and repealed and repealed <= issued:
        raise ManifestError(f"{where}: repealed_on {repealed} is not after issued_on {issued}. Correct one.")
    if issued and retrieved and issued > retrieved:
        raise ManifestError(f"{where}: issued_on {issued} is after retrieved_on {retrieved}. Correct one.")


def split_list(cell: str) -> list[str]:
    """Return the parts of a cell that holds several values, joined by ";" (or ；, 、)."""
    return [part.strip() for part in re.split("[;；、]", cell) if part.strip()]


def check_value(name: str, value: str, where: str) -> None:
    """Check what is stated for one field: a day, a level, codes of units; "" and "-" fit every field.

    Raises
    ------
    ManifestError
        If the value has not the form of its field, or a day of issue, publication or retrieval lies in the future; the
        message begins with ``where``.
    """
    if value in {"", NOTHING}:
        return
    day = parse_date(value) if name in _DATES else None
    if name in _DATES and day is None:
        raise ManifestError(
            f"{where}: {name} {value!r} is no date. Write it as 2016-03-21; of an unknown day, the first of the month."
        )
    if day and name in _PAST and day > find_last_day():
        raise ManifestError(f"{where}: {name} {day} lies in the future. Correct it.")
    if name == "level" and value not in _LEVELS:
        raise ManifestError(f"{where}: level {value!r} must be one of {', '.join(_LEVELS)}.")
    if name == "units":
        _check_units(value, where)


def find_last_day() -> date:
    """Return the last day on which a document can have been issued: today, or tomorrow in another time zone."""
    return date.today() + timedelta(days=1)


def _check_units(units: str, where: str) -> None:
    for code in split_list(units) or [units]:
        if not _CODE.fullmatch(code):
            raise ManifestError(
                f"{where}: unit {code!r} must be a six-digit code in plain digits (330100); several are joined by ';', "
                "and '-' states that the document applies to no single place."
            )


def _parse_year(cell: str, path: Path, line: int) -> int:
    if not re.fullmatch("[0-9]{4}", cell):
        raise ManifestError(f"{path}:{line}: {cell!r} is no year. Write it as 2016.")
    return int(cell)
