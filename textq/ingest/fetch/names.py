"""A row of a manifest → the name of its file: the cell ``file``, else the id, else a name made from the url."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from textq.errors import ManifestError
from textq.ingest.fetch.content import find_ending
from textq.ingest.fetch.listing import ListedRow

_LONGEST = 40
"""Characters of a name that is made; 160 bytes at most, where 255 are usual for a system to allow."""

_ODD = re.compile(r"[^\w.-]+")
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


def choose_names(rows: Sequence[ListedRow], work: str) -> dict[int, str]:
    """Return for the line of each row its file's name, which has no ending where the kind is not known yet.

    Names depend on the row and the rows before it alone, so that the next run finds the files again.

    Raises
    ------
    ManifestError
        If a cell ``file`` leads out of the folder, into ``work``, or cannot be a name.
    """
    for row in rows:
        _check_file(row, work)
    taken = {row.file.casefold() for row in rows if row.file}
    names: dict[int, str] = {}
    for row in rows:
        names[row.line] = row.file or _make_free_name(row, taken)
        taken.add(names[row.line].casefold())
    return names


def _check_file(row: ListedRow, work: str) -> None:
    parts = row.file.split("/")
    if row.file.startswith("/") or ".." in parts or work in parts or _UNSAFE.search(row.file):
        raise ManifestError(
            f"line {row.line}: file {row.file!r} must be the name of a file inside the manifest's folder."
        )


def _make_free_name(row: ListedRow, taken: set[str]) -> str:
    plain = row.doc_id if 0 < len(row.doc_id) <= _LONGEST and _is_plain(row.doc_id) else _make_name(row)
    name, count = plain, 1
    while name.casefold() in taken:
        count += 1
        name = f"{plain}-{count}"
    return name


def _is_plain(name: str) -> bool:
    return _ODD.search(name) is None and not find_ending(name) and not name.startswith((".", "-"))


def _make_name(row: ListedRow) -> str:
    """Return the last part of the url's path, which people know the page by, and a hash, as such parts are no keys."""
    source = row.url or row.doc_id or str(row.line)
    try:
        last = PurePosixPath(unquote(urlsplit(source).path)).stem
    except ValueError:
        last = ""
    stem = _ODD.sub("_", unicodedata.normalize("NFC", last)).replace(".", "_").strip("_-")[:_LONGEST]
    return f"{stem or 'document'}-{hashlib.sha256(source.encode()).hexdigest()[:8]}"
