"""PDF → printed pages with pdfminer.six: the only door to it."""

import io
import logging
import math
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from pdfminer.converter import PDFLayoutAnalyzer
from pdfminer.pdfdocument import PDFDocument, PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.pdffont import PDFUnicodeNotDefined
from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
from pdfminer.pdfpage import PDFPage
from pdfminer.pdfparser import PDFParser
from pdfminer.pdftypes import dict_value
from pdfminer.psexceptions import PSException
from pdfminer.utils import apply_matrix_pt, apply_matrix_rect, mult_matrix

from textq.ingest.pdf.page import (
    MOST_GLYPHS,
    MOST_SEGMENTS,
    UNMAPPED,
    Glyph,
    Point,
    PrintedPage,
    find_rules,
    find_turn,
    refuse_damaged,
    refuse_encrypted,
    refuse_glyphs,
    refuse_pages,
    split_glyph,
)

_INVISIBLE = 3
"""The text rendering mode that prints nothing."""

_SLANTED = 0.05
"""Radians off the horizontal and the vertical from which on a character is slanted."""

_UPRIGHT = str.maketrans(
    "︐︑︒︓︔︕︖︗︘︱︵︶︷︸︹︺︻︼︽︾︿﹀﹁﹂﹃﹄﹇﹈",
    "，、。：；！？〖〗—（）｛｝〔〕【】《》〈〉「」『』［］",
)
"""The forms of marks in vertical lines, and the marks."""

_DAMAGE: tuple[type[Exception], ...] = (
    PDFException, PSException, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError,
    ArithmeticError, NotImplementedError, EOFError, OSError,
)  # fmt: skip
"""What pdfminer raises on broken files."""


def read_pages(data: bytes, most_pages: int, only: Sequence[int] | None = None) -> Iterator[PrintedPage]:
    """Yield the pages of a PDF, or ``only`` some (numbers from 1, ascending).

    Raises
    ------
    ReadError
        If the file is damaged, needs a password, or has more than ``most_pages`` pages.
    """
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        manager = PDFResourceManager()
        wanted = set(only) if only else None
        for number, page in enumerate(PDFPage.create_pages(document), 1):
            if number > most_pages:
                raise refuse_pages(number, most_pages)
            if wanted is None or number in wanted:
                yield _read_page(manager, page, number)
            if wanted and number >= max(wanted):
                return
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise refuse_encrypted() from error
    except _DAMAGE as error:
        raise refuse_damaged("pdfminer", f"{type(error).__name__}: {error}") from error


def count_missing_pages(data: bytes) -> int:
    """Return how many of the pages that a PDF says it has are not there; 0 where it does not say so readably."""
    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        stated = dict_value(document.catalog.get("Pages")).get("Count")
        return max(stated - sum(1 for _ in PDFPage.create_pages(document)), 0) if isinstance(stated, int) else 0
    except _DAMAGE:
        return 0


def _read_page(manager: PDFResourceManager, page: PDFPage, number: int) -> PrintedPage:
    page.mediabox = _visible_box(page)
    page.rotate %= 360
    device = _Device(manager, number)
    PDFPageInterpreter(manager, device).process_page(page)
    share = device.image_area / max(device.width * device.height, 1.0) if device.image_area >= 0 else -1.0
    rules = find_rules(device.outlines) if device.segments <= MOST_SEGMENTS else []
    return PrintedPage(number, device.width, device.height, device.glyphs, device.hidden, rules, min(share, 1.0))


def _visible_box(page: PDFPage) -> tuple[float, float, float, float]:
    """Return the crop box cut to the media box; the media box where they do not meet."""
    (x0, y0, x1, y1), crop = page.mediabox, page.cropbox or page.mediabox
    box = max(x0, crop[0]), max(y0, crop[1]), min(x1, crop[2]), min(y1, crop[3])
    return box if box[0] < box[2] and box[1] < box[3] else (x0, y0, x1, y1)


class _Device(PDFLayoutAnalyzer):
    """Collects what a page prints, without pdfminer's own layout analysis."""

    def __init__(self, manager: PDFResourceManager, number: int) -> None:
        super().__init__(manager, number)
        self.number = number
        self.width = self.height = 0.0
        self.glyphs: list[Glyph] = []
        self.hidden: list[Glyph] = []
        self.outlines: list[list[Point]] = []
        self.segments = 0
        self.image_area = -1.0
        self._forms: list[Any] = []
        self._target = self.glyphs

    def begin_page(self, page: PDFPage, ctm: Any) -> None:
        x0, y0, x1, y1 = apply_matrix_rect(ctm, page.mediabox)
        self.width, self.height = abs(x1 - x0), abs(y1 - y0)

    def end_page(self, page: PDFPage) -> None:
        pass

    def begin_figure(self, name: str, bbox: Any, matrix: Any) -> None:
        self._forms.append(mult_matrix(matrix, self.ctm))

    def end_figure(self, _: str) -> None:
        self._forms.pop()

    def render_image(self, name: str, stream: Any) -> None:
        a, b, c, d, *_ = self._forms[-1] if self._forms else self.ctm
        self.image_area = max(self.image_area, 0.0) + abs(a * d - b * c)

    def render_string(self, textstate: Any, *arguments: Any) -> None:
        self._target = self.hidden if textstate.render == _INVISIBLE else self.glyphs
        super().render_string(textstate, *arguments)

    def render_char(
        self, matrix: Any, font: Any, fontsize: float, scaling: float, rise: float, cid: int, *_: Any
    ) -> float:
        advance = float(font.char_width(cid) * fontsize * scaling)
        x0, y0, x1, y1 = apply_matrix_rect(matrix, _char_box(font, fontsize, rise, cid, advance))
        size = abs(fontsize) * math.hypot(matrix[2], matrix[3])
        if abs(math.remainder(math.atan2(matrix[1], matrix[0]), math.pi / 2)) > _SLANTED:
            size = -size
        left, right, top, bottom = min(x0, x1), max(x0, x1), self.height - max(y0, y1), self.height - min(y0, y1)
        glyph = Glyph(_decode(font, cid), left, top, right, bottom, size, turn=find_turn(matrix[0], matrix[1]))
        self._target += split_glyph(glyph)
        if len(self.glyphs) + len(self.hidden) > MOST_GLYPHS:
            raise refuse_glyphs(self.number)
        return advance

    def paint_path(self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]) -> None:
        self.segments += len(path)
        if self.segments > MOST_SEGMENTS or not (stroke or fill):
            return
        for operator, *numbers in path:
            if operator == "m" or not self.outlines:
                self.outlines.append([])
            if operator == "h":
                self.outlines[-1] += self.outlines[-1][:1]
            elif len(numbers) >= 2:
                x, y = apply_matrix_pt(self.ctm, (float(numbers[-2]), float(numbers[-1])))
                self.outlines[-1].append((x, self.height - y))


def _char_box(font: Any, fontsize: float, rise: float, cid: int, advance: float) -> tuple[float, float, float, float]:
    """Return the box of a character before the text matrix: its advance wide, the type size high."""
    if font.is_vertical():
        x, y = font.char_disp(cid)
        left = -(fontsize * 0.5 if x is None else x * fontsize * 0.001)
        foot = (1000 - y) * fontsize * 0.001 + rise
        return left, foot + advance, left + fontsize, foot
    foot = font.get_descent() * fontsize + rise
    return 0.0, foot, advance, foot + fontsize


def _decode(font: Any, cid: int) -> str:
    """Return what a character says, a Latin ligature (ﬁ) letter by letter."""
    try:
        text = str(font.to_unichr(cid))
    except PDFUnicodeNotDefined:
        return UNMAPPED
    if len(text) == 1 and "\ufb00" <= text <= "\ufb06":
        return unicodedata.normalize("NFKC", text)
    text = text.translate(_UPRIGHT)
    return " " if text.isspace() else text if text.strip("\x00") else UNMAPPED
