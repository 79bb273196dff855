"""One file → Extract: which reader reads it."""

from collections.abc import Callable, Mapping
from pathlib import Path

from textq.errors import ReadError
from textq.ingest.docx import read_docx
from textq.ingest.extract import Extract
from textq.ingest.html import read_html
from textq.ingest.pdf import read_pdf
from textq.ingest.plain import read_markdown, read_plain

READERS: Mapping[str, Callable[[bytes], Extract]] = {
    ".pdf": read_pdf,
    ".html": read_html,
    ".htm": read_html,
    ".shtml": read_html,
    ".docx": read_docx,
    ".txt": read_plain,
    ".text": read_plain,
    ".md": read_markdown,
    ".markdown": read_markdown,
}
_UNREADABLE = {
    ".doc": "the old Word format is not read. Save it as .docx (Word or LibreOffice).",
    ".wps": "the WPS format is not read. Save it as .docx.",
    ".rtf": "RTF is not read. Save it as .docx.",
    ".ofd": "OFD is not read. Print it to PDF with its text.",
}
KNOWN_ENDINGS = frozenset(READERS) | frozenset(_UNREADABLE)
"""Files with these endings are documents; all others are ignored."""

_SIGNATURES = {
    b"%PDF-": "PDF",
    b"\x89PNG": "a PNG image",
    b"\xff\xd8\xff": "a JPEG image",
    b"GIF8": "a GIF image",
    b"II*\x00": "a TIFF image",
    b"MM\x00*": "a TIFF image",
    b"PK\x03\x04": "a ZIP container (DOCX, XLSX …)",
    b"\xd0\xcf\x11\xe0": "an old Office file, or an encrypted one",
    b"Rar!": "a RAR archive",
    b"{\\rtf": "RTF",
}
_EXPECTED = {".pdf": "PDF", ".docx": "a ZIP container (DOCX, XLSX …)"}


def read_file(data: bytes, name: str) -> Extract:
    """Return the text of a file, read by the format that its ending names.

    Raises
    ------
    ReadError
        If the file is empty, its content is of another format, or its reader cannot read it (ScannedError: images
        of pages without a text layer).
    """
    ending = Path(name).suffix.lower()
    if ending in _UNREADABLE:
        raise ReadError(_UNREADABLE[ending])
    if ending not in READERS:
        raise ReadError(f"no reader for {ending or 'files without an ending'}. Known: {', '.join(sorted(READERS))}.")
    if not data:
        raise ReadError("the file is empty (0 bytes). Fetch it again.")
    _check_signature(data, ending)
    return READERS[ending](data)


def _check_signature(data: bytes, ending: str) -> None:
    """Refuse a file whose first bytes belong to another format than its ending says."""
    expected = _EXPECTED.get(ending)
    if expected == "PDF" and b"%PDF-" in data[:1024]:
        return
    found = next((kind for start, kind in _SIGNATURES.items() if data.startswith(start)), None)
    if found != expected:
        raise ReadError(
            f"the file is named {ending} but holds {found or 'something else'}. "
            "Give it its right ending, or fetch it again."
        )
