"""The manifest as a table that is completed: every cell, column and row of the user's stays."""

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from textq.errors import ManifestError, ReadError
from textq.ingest.decode import decode_text
from textq.ingest.fetch.spec import Fetched
from textq.ingest.manifest import MANIFEST_NAME, read_manifest

FILLED = ("file", "sha256", "retrieved_on", "final_url", "content_type", "charset")
"""The columns that fetching fills, added on the right where they are missing."""

_ALIASES = {"doc_id": "id", "path": "file"}
_SHA256 = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class ListedRow:
    """The cells of a row that fetching needs; ``line`` is its line in the file, ``sha256`` in lower case."""

    line: int
    doc_id: str
    url: str
    file: str
    sha256: str


class Listing:
    """A manifest, cell by cell.

    Raises
    ------
    ManifestError
        If it cannot be read, or has no column ``url``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data = _read_bytes(path)
        self._header, self._rows = _read_table(self._data, path)
        self._names = [_ALIASES.get(name.strip().lower(), name.strip().lower()) for name in self._header]
        if "url" not in self._names:
            raise ManifestError(f"{path}:1: the column url is missing. Found: {', '.join(self._names)}.")

    def changed(self) -> bool:
        """Return whether the file was changed since it was read."""
        return _read_bytes(self.path) != self._data

    def list_rows(self) -> list[ListedRow]:
        """Return all rows.

        Raises
        ------
        ManifestError
            If a cell sha256 holds something else.
        """
        return [self._build_row(line, cells) for line, cells in self._rows]

    def complete(self, results: Iterable[Fetched]) -> bytes:
        """Return the manifest as CSV (UTF-8 with a mark), completed by what is known of the files now.

        The name of the file is written for every result, so that one that failed is listed as such by ``textq score``;
        the other columns for what was fetched, and where their cells are empty.
        """
        header = [*self._header, *(name for name in FILLED if name not in self._names)]
        places = {name: at for at, name in enumerate([*self._names, *header[len(self._names) :]])}
        known = {result.line: result for result in results}
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(header)
        for line, cells in self._rows:
            row = [*cells, *[""] * (len(header) - len(cells))]
            if line in known:
                _fill(row, places, known[line])
            writer.writerow(row)
        return text.getvalue().encode("utf-8-sig")

    def _build_row(self, line: int, cells: Sequence[str]) -> ListedRow:
        row = {name: cell.strip() for name, cell in zip(self._names, cells, strict=False)}
        sha256 = row.get("sha256", "").lower()
        if sha256 and not _SHA256.fullmatch(sha256):
            raise ManifestError(
                f"{self.path}:{line}: sha256 {sha256!r} must have 64 digits 0-9a-f. Correct or empty it."
            )
        file = row.get("file", "").replace("\\", "/").removeprefix("./")
        return ListedRow(line, row.get("id", ""), row.get("url", ""), file, sha256)


def check_manifest(data: bytes, path: Path) -> None:
    """Refuse a completed manifest that ``textq score`` would refuse; messages name ``path``.

    Raises
    ------
    ManifestError
        If a cell is wrong, or a file or an id stands twice.
    """
    with tempfile.TemporaryDirectory() as folder:
        draft = Path(folder) / MANIFEST_NAME
        draft.write_bytes(data)
        try:
            read_manifest(draft)
        except ManifestError as error:
            raise ManifestError(str(error).replace(str(draft), str(path))) from error


def _fill(row: list[str], places: Mapping[str, int], result: Fetched) -> None:
    for name in FILLED:
        value: str = getattr(result, name)
        if value and (name == "file" or result.status == "fetched" or not row[places[name]].strip()):
            row[places[name]] = value


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ManifestError(f"{path} cannot be read: {error.strerror or error}. Check its path.") from error


def _read_table(data: bytes, path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Return the header, and (line, cells) of every row that is not empty."""
    try:
        text = decode_text(data)
    except ReadError as error:
        raise ManifestError(f"{path}: {error}") from error
    reader = csv.reader(io.StringIO(text, newline=""))
    header = next(reader, [])
    rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    for line, row in rows:
        if len(row) > len(header):
            raise ManifestError(f"{path}:{line}: {len(row)} cells for {len(header)} columns. Quote commas.")
    return header, rows
