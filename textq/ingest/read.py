"""One file → Extract: which reader reads it, by its ending and by what it holds."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from textq.errors import ReadError
from textq.ingest.archive import ARCHIVE_ENDING
from textq.ingest.docx import read_docx
from textq.ingest.extract import USUAL, Extract, ReadSpec
from textq.ingest.html import read_html, read_mhtml
from textq.ingest.ofd import read_ofd
from textq.ingest.office import read_office
from textq.ingest.pdf import read_pdf
from textq.ingest.plain import read_markdown, read_plain
from textq.ingest.sniff import DAMAGED_ZIP, NAMES, Kind, sniff_kind

ENDINGS: Mapping[str, Kind] = {
    ".pdf": "pdf",
    ".html": "html", ".htm": "html", ".shtml": "html", ".xhtml": "html",
    ".mht": "mhtml", ".mhtml": "mhtml",
    ".docx": "docx", ".docm": "docx", ".dotx": "docx", ".dotm": "docx",
    ".doc": "doc", ".dot": "doc", ".wps": "doc",
    ".rtf": "rtf",
    ".ofd": "ofd",
    ".txt": "text", ".text": "text",
    ".md": "markdown", ".markdown": "markdown",
}  # fmt: skip
"""The kind of file that each ending promises."""

READERS: Mapping[str, Callable[[bytes, ReadSpec, str | None], Extract]] = {
    "pdf": lambda data, spec, charset: read_pdf(data, spec),
    "html": lambda data, spec, charset: read_html(data, charset),
    "mhtml": lambda data, spec, charset: read_mhtml(data),
    "docx": lambda data, spec, charset: read_docx(data),
    "doc": lambda data, spec, charset: read_office(data, "doc"),
    "word-xml": lambda data, spec, charset: read_office(data, "word-xml"),
    "rtf": lambda data, spec, charset: read_office(data, "rtf"),
    "ofd": lambda data, spec, charset: read_ofd(data, spec),
    "text": lambda data, spec, charset: read_plain(data),
    "markdown": lambda data, spec, charset: read_markdown(data),
}
"""The reader of each kind: bytes, how to read, and the character set that a server stated."""

_UNREADABLE = {
    ".rar": "RAR archives are not unpacked. Unpack it, and give the folder.",
    ".7z": "7z archives are not unpacked. Unpack it, and give the folder.",
}
KNOWN_ENDINGS = frozenset(ENDINGS) | frozenset(_UNREADABLE) | {ARCHIVE_ENDING}
"""Files with these endings are documents or hold some; all others are ignored."""

_UNMARKED = frozenset({"text", "markdown", "html"})
"""Kinds whose files need not begin with a mark."""


def read_file(data: bytes, name: str, spec: ReadSpec = USUAL, charset: str | None = None) -> Extract:
    """Return the text of a file, read as what it holds, or where its bytes do not show that, as its ending says.

    Parameters
    ----------
    data
        The bytes of the file.
    name
        Its name or path; the ending counts.
    spec
        How to read.
    charset
        The character set that the server stated for a page.

    Raises
    ------
    ReadError
        If the file is empty, holds something that has no reader, or its reader cannot read it (ScannedError: images
        of pages without a text layer).
    """
    ending = PurePosixPath(name).suffix.lower()
    if ending not in ENDINGS:
        known = ", ".join(sorted(ENDINGS))
        why = _UNREADABLE.get(ending, f"no reader for {ending or 'files without an ending'}. Known: {known}.")
        raise ReadError(why)
    if not data:
        raise ReadError("the file is empty (0 bytes). Fetch it again.")
    kind = _choose_kind(data, ending)
    extract = READERS[kind](data, spec, charset)
    if kind == ENDINGS[ending]:
        return extract
    note = f"the file is named {ending} but holds {NAMES[kind]}; it was read as that."
    return replace(extract, notes=(note, *extract.notes))


def _choose_kind(data: bytes, ending: str) -> str:
    """Return the kind that the bytes show, else the ending's; refuse what is of neither."""
    stated, found = ENDINGS[ending], sniff_kind(data)
    if found in NAMES:
        return found
    if found == DAMAGED_ZIP and stated in {"docx", "ofd"}:
        return stated
    if found or stated not in _UNMARKED:
        raise ReadError(
            f"the file is named {ending} but holds {found or 'something else'}. "
            "Give it its right ending, or fetch it again."
        )
    return stated
