"""PDF text layer → Extract: the only door to pdfminer.six."""

import io
import logging
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from textq.errors import ReadError, ScannedError
from textq.ingest.extract import Extract
from textq.ingest.lines import Line, join_paragraphs
from textq.ingest.normalize import CJK_CHARACTER
from textq.ingest.pdf_tables import Glyph, Row, Rule, find_rows, read_row
from textq.ingest.plausible import READABLE_SHARE, readable_share
from textq.ingest.reading_order import sort_lines
from textq.records import CELL_BREAK

if TYPE_CHECKING:
    from pdfminer.layout import LTPage, LTTextLine
    from pdfminer.pdfdocument import PDFDocument

_TAIL = 1024
"""Bytes at the end in which the end-of-file marker must stand (the rule of common viewers)."""

_MINIMUM_CHARACTERS = 20
"""Fewer characters a page than this, on average, is no text layer."""

_WIDE_GAP = 0.8
"""A gap between two Chinese characters is a blank from this share of the type size on; less is justification."""

_RULE_WIDTH = 3.0
"""Points: a thinner box is a rule."""


def read_pdf(data: bytes) -> Extract:
    """Read the text layer of a PDF, paragraphs healed over lines and pages, page furniture left out.

    Raises
    ------
    ScannedError
        If the pages are images without text.
    ReadError
        If the file is truncated, encrypted, damaged, without text, or its text layer is unreadable.
    """
    _require_whole(data)
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    pages = _read_pages(data)
    lines = [line for number, page in enumerate(pages, 1) for line in _page_lines(page, number)]
    _require_text_layer(lines, pages)
    return join_paragraphs(lines)


def _require_whole(data: bytes) -> None:
    if b"%%EOF" not in data.rstrip(b"\x00\r\n\t ")[-_TAIL:]:
        raise ReadError("truncated PDF: its end-of-file marker is missing. Fetch the file again.")


def _read_pages(data: bytes) -> list["LTPage"]:
    from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
    from pdfminer.pdfexceptions import PDFException
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser
    from pdfminer.psexceptions import PSException

    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        pages = list(_lay_out(document, PDFPage.create_pages(document)))
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise ReadError("encrypted PDF: it needs a password. Save an unprotected copy.") from error
    except (PDFException, PSException, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ReadError(f"damaged PDF ({type(error).__name__}: {error}). Fetch it again or print it anew.") from error
    if not pages:
        raise ReadError("damaged PDF: it holds no page. Fetch it again or print it anew.")
    return pages


def _lay_out(document: "PDFDocument", pages: Any) -> Iterator["LTPage"]:
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.layout import LAParams
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager

    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=LAParams(line_margin=1.0))
    interpreter = PDFPageInterpreter(manager, device)
    for page in pages:
        interpreter.process_page(page)
        yield device.get_result()


def _page_lines(page: "LTPage", number: int) -> Iterator[Line]:
    """Yield the lines of one page in reading order; the rows of a ruled table stand where its first line stood."""
    rows = find_rows(list(_find_rules(page)))
    pending = list(_read_rows(page, rows, number))
    for line in _text_lines(page):
        middle = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
        if any(row.contains(*middle) for row in rows):
            yield from pending
            pending = []
        elif (text := _line_text(line)).strip():
            yield Line(text, number, line.x0, line.x1, line.y0, line.y1, line.y0 / page.height)


def _text_lines(page: "LTPage") -> Iterator["LTTextLine"]:
    from pdfminer.layout import LTTextBox, LTTextLine

    lines = [line for box in page if isinstance(box, LTTextBox) for line in box if isinstance(line, LTTextLine)]
    yield from sort_lines(lines, width=page.width)


def _find_rules(page: "LTPage") -> Iterator[Rule]:
    """Yield the straight rules of a page: lines, thin boxes, and the four sides of other boxes."""
    from pdfminer.layout import LTLine, LTRect

    for item in page:
        if isinstance(item, LTLine | LTRect):
            x0, y0, x1, y1 = item.bbox
            if x1 - x0 > _RULE_WIDTH:
                yield from (Rule(x0, y, x1, y) for y in {y0, y1})
            if y1 - y0 > _RULE_WIDTH:
                yield from (Rule(x, y0, x, y1) for x in {x0, x1})


def _read_rows(page: "LTPage", rows: Sequence[Row], number: int) -> Iterator[Line]:
    from pdfminer.layout import LTChar

    glyphs = [
        Glyph(glyph.get_text(), (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2)
        for line in _text_lines(page)
        for glyph in line
        if isinstance(glyph, LTChar)
    ]
    for row in rows:
        text = read_row(row, [glyph for glyph in glyphs if row.contains(glyph.x, glyph.y)])
        if text.replace(CELL_BREAK, "").strip():
            yield Line(text, number, row.xs[0], row.xs[-1], row.y0, row.y1, 0.5, is_row=True)


def _line_text(line: Any) -> str:
    """Return a line's text; a blank that layout analysis saw between two Chinese characters needs a wide gap."""
    from pdfminer.layout import LTChar

    parts: list[str] = []
    previous: LTChar | None = None
    for glyph in line:
        if not isinstance(glyph, LTChar):
            continue
        if previous is not None and _is_gap(previous, glyph):
            parts.append(" ")
        parts.append(glyph.get_text())
        previous = glyph
    return "".join(parts)


def _is_gap(left: Any, right: Any) -> bool:
    gap = (right.x0 - left.x1) / max(left.size, right.size)
    chinese = CJK_CHARACTER.match(left.get_text()) or CJK_CHARACTER.match(right.get_text())
    return bool(gap > (_WIDE_GAP if chinese else 0.1))


def _require_text_layer(lines: list[Line], pages: list["LTPage"]) -> None:
    from pdfminer.layout import LTFigure, LTImage

    text = "".join(line.text for line in lines)
    if len(text.replace(" ", "")) < _MINIMUM_CHARACTERS * len(pages):
        if any(isinstance(item, LTFigure | LTImage) for page in pages for item in page):
            raise ScannedError("scanned PDF: images of pages without a text layer. Recognise the text (OCR) first.")
        if not text.strip():
            raise ReadError("the PDF holds no text.")
    share = readable_share(text)
    if share < READABLE_SHARE:
        raise ReadError(
            f"unreadable text layer: only {share:.0%} of its characters are ordinary text (missing character map). "
            "Recognise the page images (OCR) or find another copy."
        )
