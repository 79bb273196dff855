"""What was sent: the kind of a file by its bytes, against what its name and its server say."""

import re
import struct
from pathlib import Path, PurePosixPath

from textq.ingest.fetch.failure import FetchError
from textq.ingest.sniff import is_web_archive

_HEAD = 4096
"""Bytes at the start of a file by which its kind is told."""

_ENDINGS = {
    ".pdf": ".pdf", ".docx": ".docx", ".docm": ".docx", ".dotx": ".docx", ".dotm": ".docx",
    ".doc": ".doc", ".dot": ".doc", ".wps": ".doc", ".ofd": ".ofd", ".zip": ".zip",
    ".html": ".html", ".htm": ".html", ".shtml": ".html", ".xhtml": ".html", ".mht": ".mht", ".mhtml": ".mht",
    ".txt": ".txt", ".text": ".txt", ".md": ".txt", ".markdown": ".txt", ".rtf": ".rtf",
    ".xls": ".xls", ".xlsx": ".xlsx", ".ppt": ".ppt", ".pptx": ".pptx", ".rar": ".rar", ".7z": ".7z",
    ".jpg": ".jpg", ".jpeg": ".jpg", ".png": ".png", ".gif": ".gif", ".tif": ".tif", ".tiff": ".tif",
}  # fmt: skip
"""Ending → the kind of file it promises, named by the usual ending of that kind."""

READ_KINDS = frozenset({".pdf", ".docx", ".doc", ".rtf", ".ofd", ".zip", ".html", ".mht", ".txt"})
"""The kinds that are kept. All others are refused, with their name."""

_PREFIXES = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".doc"), (b"{\\rtf", ".rtf"), (b"Rar!\x1a\x07", ".rar"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"), (b"\x89PNG", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"),
    (b"II*\x00", ".tif"), (b"MM\x00*", ".tif"),
)  # fmt: skip
_MEMBERS = ((b"word/document.xml", ".docx"), (b"OFD.xml", ".ofd"), (b"xl/workbook", ".xlsx"), (b"ppt/pres", ".pptx"))
_DIRECTORY_END = b"PK\x05\x06"
_MOST_DIRECTORY = 1 << 22
"""Bytes of a ZIP file's list of members that are looked at; a longer list belongs to no document."""

_PAGE = re.compile(rb"<(!doctype\s+html|html)\b", re.IGNORECASE)
_MARKUP = re.compile(rb"<(head|body|meta|title|script|div|table|p)\b", re.IGNORECASE)
_PLAIN_TYPES = frozenset({"text/plain", "text/markdown"})
_UNSTATED_TYPES = frozenset({"", "application/octet-stream", "binary/octet-stream"})
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_OTHER_TEXT = re.compile(r"(application|text)/(.*\+)?(json|javascript|ecmascript|css|csv)\b|image/|audio/|video/")


def find_ending(name: str) -> str:
    """Return the kind of document that a name promises by its ending, "" if by none that is known."""
    return _ENDINGS.get(PurePosixPath(name).suffix.lower(), "")


def sniff_kind(path: Path, content_type: str) -> str:
    """Return the kind of a file, as an ending, by its bytes; the server's word counts only among kinds of text.

    Raises
    ------
    FetchError
        If it is empty or of a kind that textq does not read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise FetchError("the server sent an empty file.")
    kind = _sniff_bytes(head, path) or _sniff_text(head, content_type)
    if kind not in READ_KINDS:
        what = f"a {kind} file" if kind else f"something that is no document ({content_type or 'no content type'})"
        raise FetchError(f"the server sent {what}, which textq does not read. Correct the url.")
    return kind


def check_kind(kind: str, *, file: str, target: str) -> None:
    """Refuse a file of another kind than its name in the manifest promises, or a page in place of a document.

    Raises
    ------
    FetchError
        If the kinds differ.
    """
    named, asked = find_ending(file), find_ending(target.partition("?")[0])
    if named and named != kind:
        raise FetchError(f"the manifest names the file {file}, but the server sent a {kind} file. Correct one of them.")
    if kind == ".html" and asked not in {"", ".html", ".txt"}:
        raise FetchError(f"the server sent a page in place of the {asked} file: an error page, or a form to log in.")


def choose_ending(kind: str, target: str) -> str:
    """Return the ending for a file of this kind: the url's own where it promises the same kind, else the usual one."""
    suffix = PurePosixPath(target.partition("?")[0]).suffix.lower()
    return suffix if suffix in {".wps", ".md"} and _ENDINGS[suffix] == kind else kind


def _sniff_bytes(head: bytes, path: Path) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _sniff_zip(path)
    before, mark, _ = head[:1024].partition(b"%PDF-")  # readers of PDF allow a little before it
    if mark and not _PAGE.search(before):
        return ".pdf"
    return next((kind for start, kind in _PREFIXES if head.startswith(start)), "")


def _sniff_zip(path: Path) -> str:
    directory = _read_directory(path)
    return next((kind for member, kind in _MEMBERS if member in directory), ".zip")


def _read_directory(path: Path) -> bytes:
    """Return the list of members at the end of a ZIP file as it stands there, b"" if there is none to be seen."""
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _MOST_DIRECTORY))
        tail = file.read()
    end = tail.rfind(_DIRECTORY_END)
    if end < 0 or end + 16 > len(tail):
        return b""
    (length,) = struct.unpack_from("<I", tail, end + 12)
    return tail[end - length : end] if length <= end else b""


def _sniff_text(head: bytes, content_type: str) -> str:
    plain = head.replace(b"\x00", b"") if head.startswith(_BOMS) else head
    if b"\x00" in plain or _OTHER_TEXT.match(content_type):
        return ""
    if is_web_archive(plain):
        return ".mht"
    if _PAGE.search(plain) or content_type in _PAGE_TYPES:
        return ".html"
    if content_type in _PLAIN_TYPES:  # a few tags are no page
        return ".txt"
    if _MARKUP.search(plain):
        return ".html"
    return ".txt" if content_type in _UNSTATED_TYPES else ""
