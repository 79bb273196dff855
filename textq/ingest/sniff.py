"""What a file holds by its bytes, whatever its name says; only what is unmistakable is told."""

import io
import re
import zipfile
from typing import Literal

from textq.ingest.compound import list_streams

Kind = Literal["pdf", "docx", "doc", "word-xml", "rtf", "html", "mhtml", "ofd", "text", "markdown"]
"""The kinds of file that have readers; text and Markdown have no mark of their own."""

NAMES = {
    "pdf": "PDF",
    "docx": "a Word document (DOCX)",
    "doc": "a document of the old Word format",
    "word-xml": "a Word document stored as XML",
    "rtf": "RTF",
    "html": "HTML",
    "mhtml": "a web archive (MHTML)",
    "ofd": "OFD",
    "text": "plain text",
    "markdown": "Markdown",
}
"""How messages name a kind."""

DAMAGED_ZIP = "a ZIP container that is damaged or cut off"

_HEAD = 4096
"""Bytes at the start that are looked at; all marks stand there."""

_PREFIXES = (
    (b"{\\rtf", "rtf"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
)
_PARTS = (
    ("word/", "docx"),
    ("ofd.xml", "ofd"),
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint presentation"),
    ("content.xml", "an OpenDocument file"),
)
_STREAMS = (
    ("WordDocument", "doc"),
    ("EncryptedPackage", "an encrypted Office file. Open it with its password and save it without one"),
    ("Workbook", "an Excel workbook"),
    ("Book", "an Excel workbook"),
    ("PowerPoint Document", "a PowerPoint presentation"),
)
_HTML = re.compile(
    rb"(?:<\?xml[^>]{0,200}>|<!--(?:(?!-->).){0,2000}-->|\s)*(?:<!doctype\s+html|<html[\s>]|<head[\s>])", re.I | re.S
)
_WORD_XML = re.compile(rb"""<\?mso-application\s+progid=["']Word\.Document["']|<w:wordDocument\s|<pkg:package\s""")
_MAIL_HEADER = re.compile(rb"(?:[A-Za-z-]{2,40}:[^\n]{0,1000}\n(?:[ \t][^\n]{0,1000}\n)*){2,}")
_RELATED = re.compile(rb"^content-type:\s*multipart/(?:related|mixed|alternative)", re.I | re.M)
_SAVED_PAGE = re.compile(rb"^content-type:\s*(?:text/html|application/xhtml\+xml)", re.I | re.M)
_OF_SAVED = re.compile(
    rb"^(?:mime-version|content-location|content-transfer-encoding|snapshot-content-location):", re.I | re.M
)
"""Header lines that a browser writes over a page without pictures, which needs no parts."""


def sniff_kind(data: bytes) -> str:
    """Return the :data:`Kind` that the bytes show, or words for something that has no reader, or "" if they show none.

    Raises
    ------
    ReadError
        If a container shows that it is cut off.
    """
    head = data[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(data)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        streams = list_streams(data)
        return next((kind for name, kind in _STREAMS if name in streams), "an Office file without a Word text")
    found = next((kind for start, kind in _PREFIXES if head.startswith(start)), "")
    return found or _sniff_text(head)


def _sniff_zip(data: bytes) -> str:
    try:
        names = {name.lower() for name in zipfile.ZipFile(io.BytesIO(data)).namelist()}
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return DAMAGED_ZIP
    for part, kind in _PARTS:
        if any(name == part or (part.endswith("/") and name.startswith(part)) for name in names):
            return kind
    return "a ZIP archive"


def _sniff_text(head: bytes) -> str:
    """Tell the kinds that begin with text; every second byte of UTF-16 is left out."""
    marked = head.removeprefix(b"\xef\xbb\xbf")
    plain = marked[2:].replace(b"\x00", b"") if marked.startswith((b"\xff\xfe", b"\xfe\xff")) else marked
    if _WORD_XML.search(plain) and plain.lstrip().startswith(b"<?xml"):
        return "word-xml"
    if _HTML.match(plain):
        return "html"
    return "mhtml" if is_web_archive(plain) else ""


def is_web_archive(head: bytes) -> bool:
    """Tell whether bytes begin as a page that a browser saved with all it shows (MHTML)."""
    header = _MAIL_HEADER.match(head.replace(b"\r\n", b"\n").lstrip())
    if header is None:
        return False
    is_single = _SAVED_PAGE.search(header[0]) and _OF_SAVED.search(header[0])
    return bool(_RELATED.search(header[0]) or is_single)
