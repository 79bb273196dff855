"""Tell pages with readable text from scans and from unreadable text layers."""

from collections.abc import Iterable
from typing import Literal

from textq.errors import ReadError, ScannedError
from textq.ingest.pdf.page import PrintedPage
from textq.ingest.plausible import READABLE_SHARE, readable_share

PageKind = Literal["text", "short", "scan", "unreadable"]
"""text; few characters and no image that could hold more; an image instead of text; text that nobody can read."""

MINIMUM_CHARACTERS = 20
"""Fewer characters than this are no text layer."""

LAYER_SHARE = 0.1
"""An image beside few characters is a scan if it covers so much of the page; a seal or an emblem covers less."""


def classify_page(page: PrintedPage) -> PageKind:
    """Return what kind of page an engine found."""
    text = visible_text(page)
    if len(text) >= MINIMUM_CHARACTERS:
        return "text" if readable_share(text) >= READABLE_SHARE else "unreadable"
    if page.image_share >= (LAYER_SHARE if text else 0.0):
        return "scan"
    return "short"


def visible_text(page: PrintedPage) -> str:
    """Return the characters of a page in the order of the file, without blanks."""
    return "".join(glyph.text for glyph in page.glyphs if not glyph.text.isspace())


def refuse_without_text(kinds: Iterable[PageKind], text: str) -> None:
    """Refuse a file that has no readable text on any page, or so little that it must be a scan.

    Raises
    ------
    ScannedError
        If images hold what text there is.
    ReadError
        If the text layer is unreadable or there is none.
    """
    kinds = list(kinds)
    text = "".join(text.split())
    if "scan" in kinds and "unreadable" not in kinds and len(text) < MINIMUM_CHARACTERS * len(kinds):
        raise ScannedError(
            "scanned PDF: images of pages without a text layer. Score it with --ocr (textq doctor says what it takes)."
        )
    share = readable_share(text)
    if kinds.count("unreadable") > kinds.count("text") or (text and share < READABLE_SHARE):
        raise ReadError(
            f"unreadable text layer: only {share:.0%} of its characters are ordinary text (missing character map). "
            "Score it with --ocr, or find another copy."
        )
    if not text:
        raise ReadError("the PDF holds no text. Find another copy.")
