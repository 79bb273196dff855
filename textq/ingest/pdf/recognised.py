"""Recognised lines (OCR) → printed pages, so that one layout serves both."""

import unicodedata
from collections.abc import Iterable, Iterator

from textq.ingest.ocr import RecognisedLine
from textq.ingest.pdf.page import Glyph, PrintedPage


def make_page(page: PrintedPage, lines: Iterable[RecognisedLine]) -> PrintedPage:
    """Return a page with the recognised text in place of its own."""
    glyphs = [glyph for line in lines for glyph in divide_line(line)]
    return PrintedPage(page.number, page.width, page.height, glyphs, (), page.rules, page.image_share)


def divide_line(line: RecognisedLine) -> Iterator[Glyph]:
    """Yield the characters of a recognised line, its width divided among them: a Chinese one is two Latin ones wide."""
    widths = [2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line.text]
    unit = (line.right - line.left) / max(sum(widths), 1)
    left = line.left
    for char, width in zip(line.text, widths, strict=True):
        right = left + width * unit
        yield Glyph(char, left, line.top, right, line.bottom, line.bottom - line.top, line.confidence)
        left = right
