"""Pages that a browser saved with all they show in one file (.mht, .mhtml) → Extract."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes
from email.errors import CloseBoundaryNotFoundDefect
from email.policy import compat32
from typing import TYPE_CHECKING

from textq.errors import ReadError, ScannedError
from textq.ingest.extract import Extract
from textq.ingest.html.page import read_html

if TYPE_CHECKING:
    from email.message import Message

_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_OF_FRAME = "the text stands in a frame of the saved page"


def read_mhtml(data: bytes) -> Extract:
    """Read the page that is the root of the file; if that is only a page of frames, the longest text of a frame.

    Raises
    ------
    ReadError
        If the file holds no page, or no page that is a document; see :func:`read_html`.
    """
    pages = list(_iterate_pages(data))
    if not pages:
        raise ReadError("the file holds no web page: it is no MHTML, or damaged. Save the page again as HTML.")
    try:
        return read_html(*pages[0])
    except ScannedError:
        raise
    except ReadError:
        framed = [extract for page in pages[1:] if (extract := _try_read(*page)) is not None]
        if not framed:
            raise
    found = max(framed, key=lambda extract: len(extract.text))
    return replace(found, notes=(*found.notes, _OF_FRAME))


def _try_read(data: bytes, charset: str | None) -> Extract | None:
    """Return a frame's text, None for frames that hold none: menus, counters."""
    try:
        return read_html(data, charset)
    except ReadError:
        return None


def _iterate_pages(data: bytes) -> Iterator[tuple[bytes, str | None]]:
    """Yield bytes and stated encoding of each page in the file, the root first."""
    try:
        message = message_from_bytes(data, policy=compat32)
        _check_whole(message)
        parts = [part for part in message.walk() if part.get_content_type() in _PAGES]
    except RecursionError:
        raise ReadError("the parts of the file nest too deep: it is damaged. Save the page again as HTML.") from None
    start = message.get_param("start")
    parts.sort(key=lambda part: part.get("Content-ID") != start if start else False)
    for part in parts:
        yield _read_payload(part), part.get_content_charset()


def _check_whole(message: "Message") -> None:
    """Refuse a file whose parts are not closed: the text may stand in what is missing."""
    if any(isinstance(defect, CloseBoundaryNotFoundDefect) for part in message.walk() for defect in part.defects):
        raise ReadError("the file is cut off: its last part has no end. Save the page again as HTML.")


def _read_payload(part: "Message") -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""
