"""PDF → printed pages with pypdfium2: the only door to it here."""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from textq.errors import ReadError
from textq.ingest.pdf.page import (
    MOST_GLYPHS,
    MOST_SEGMENTS,
    UNMAPPED,
    Frame,
    Glyph,
    Point,
    PrintedPage,
    find_rules,
    find_turn,
    refuse_damaged,
    refuse_encrypted,
    refuse_glyphs,
    refuse_pages,
)

_DEEPEST_FORM = 8
"""Forms inside forms are followed so far."""

_INVISIBLE = raw.FPDF_TEXTRENDERMODE_INVISIBLE

_SLANTED = 0.05
"""Radians off the horizontal and the vertical from which on a character is slanted."""

_NO_PAGES = re.compile(rb"/Count\s{1,4}0\b")

_IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_Matrix = tuple[float, float, float, float, float, float]
_Edges = tuple[float, float, float, float]

_OFF_SIZE = 0.02
"""The share of its type size by which the height of a box differs that pdfium takes from the ink."""

_DESCENT = 0.12
"""How far Chinese characters reach below their baseline, in type sizes."""


def read_pages(data: bytes, most_pages: int, only: Sequence[int] | None = None) -> Iterator[PrintedPage]:
    """Yield the pages of a PDF, or ``only`` some (numbers from 1).

    Raises
    ------
    ReadError
        If the file is damaged, needs a password, or has more than ``most_pages`` pages.
    """
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        raise _refuse(data, error) from error
    try:
        if len(document) > most_pages:
            raise refuse_pages(len(document), most_pages)
        for number in only or range(1, len(document) + 1):
            yield _read_page(document, number)
    finally:
        document.close()


def _refuse(data: bytes, error: pdfium.PdfiumError) -> ReadError:
    """Return why a file cannot be opened; pdfium names the last error, which can be that of another file."""
    if b"/Encrypt" in data and ("password" in str(error).lower() or "security" in str(error).lower()):
        return refuse_encrypted()
    return refuse_damaged("pdfium", "it holds no page" if _NO_PAGES.search(data) else "its structure is broken")


def _read_page(document: pdfium.PdfDocument, number: int) -> PrintedPage:
    try:
        page = document[number - 1]
    except pdfium.PdfiumError as error:
        raise refuse_damaged("pdfium", f"page {number}: {error}") from error
    try:
        left, bottom, right, top = page.get_bbox()
        frame = Frame(left, bottom, right, top, page.get_rotation())
        drawn = _read_objects(page, frame)
        share = min(drawn.image_area / max(math.prod(frame.size), 1.0), 1.0) if drawn.image_area >= 0 else -1.0
        glyphs, hidden = _read_glyphs(page, frame, number, look_for_hidden=drawn.has_hidden)
        return PrintedPage(number, *frame.size, glyphs, hidden, find_rules(drawn.outlines), share)
    finally:
        page.close()


def _read_glyphs(
    page: pdfium.PdfPage, frame: Frame, number: int, *, look_for_hidden: bool
) -> tuple[list[Glyph], list[Glyph]]:
    """Return the visible and the hidden characters of a page."""
    text_page = raw.FPDFText_LoadPage(page.raw)
    if not text_page:
        raise refuse_damaged("pdfium", f"the text of page {number} cannot be loaded")
    try:
        count = raw.FPDFText_CountChars(text_page)
        if count > MOST_GLYPHS:
            raise refuse_glyphs(number)
        glyphs = list(_iterate_glyphs(text_page, count, frame))
        hidden = {at for at, _ in glyphs if _is_hidden(text_page, at)} if look_for_hidden else set()
    finally:
        raw.FPDFText_ClosePage(text_page)
    shown = [glyph for at, glyph in glyphs if at not in hidden]
    return _pair_surrogates(shown), _pair_surrogates([glyph for at, glyph in glyphs if at in hidden])


def _is_hidden(text_page: object, at: int) -> bool:
    owner = raw.FPDFText_GetTextObject(text_page, at)
    return bool(owner) and raw.FPDFTextObj_GetTextRenderMode(owner) == _INVISIBLE


def _iterate_glyphs(text_page: object, count: int, frame: Frame) -> Iterator[tuple[int, Glyph]]:
    """Yield each character as printed with its place among all, without the blanks and line ends that pdfium adds.

    The calls are looked up, and their buffers made, once for all: this loop takes half of the time of a document.
    """
    is_generated, get_code, lacks_code = (
        raw.FPDFText_IsGenerated,
        raw.FPDFText_GetUnicode,
        raw.FPDFText_HasUnicodeMapError,
    )
    get_box, get_matrix, get_size = raw.FPDFText_GetLooseCharBox, raw.FPDFText_GetMatrix, raw.FPDFText_GetFontSize
    box, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    to_box, to_matrix = ctypes.byref(box), ctypes.byref(matrix)
    for at in range(count):
        if is_generated(text_page, at) == 1:
            continue
        code = get_code(text_page, at)
        text = UNMAPPED if lacks_code(text_page, at) == 1 else _CHARACTERS.get(code) or chr(code)
        get_box(text_page, at, to_box)
        get_matrix(text_page, at, to_matrix)
        size = get_size(text_page, at) * _scale(matrix.a, matrix.b, matrix.c, matrix.d)
        edges = box.left, box.bottom, box.right, box.top
        height = edges[3] - edges[1] if matrix.b == 0 else edges[2] - edges[0]
        if abs(height - size) > _OFF_SIZE * size > 0:
            edges = _set_on_baseline(text_page, at, text, edges, matrix, size)
        turn = find_turn(matrix.a, matrix.b, frame.rotation) if matrix.b or matrix.a < 0 else frame.rotation
        yield at, Glyph(text, *frame.place_box(*edges), size, turn=turn)


def _set_on_baseline(text_page: object, at: int, text: str, ink: _Edges, matrix: raw.FS_MATRIX, size: float) -> _Edges:
    """Return the box of a character whose font states no height, so that pdfium gives only what is inked of it.

    The ink of ， stands low and that of 一 is flat: by it they would be on no line.
    """
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(text_page, at, x, y)
    wide, high = math.hypot(matrix.a, matrix.b), math.hypot(matrix.c, matrix.d)
    along, up = (matrix.a / wide, matrix.b / wide), (matrix.c / high, matrix.d / high)
    if unicodedata.east_asian_width(text) in "WF":
        reach = size * wide / high
    else:
        reach = max((px - x.value) * along[0] + (py - y.value) * along[1] for px in ink[::2] for py in ink[1::2])
    foot, head = -_DESCENT * size, (1 - _DESCENT) * size
    x0, y0 = x.value + foot * up[0], y.value + foot * up[1]
    x1, y1 = x.value + head * up[0] + reach * along[0], y.value + head * up[1] + reach * along[1]
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _scale(a: float, b: float, c: float, d: float) -> float:
    """Return by how much a text matrix scales the type size; negative if it slants the text."""
    if b == 0:
        return abs(d)
    is_slanted = abs(math.remainder(math.atan2(b, a), math.pi / 2)) > _SLANTED
    return -math.hypot(c, d) if is_slanted else math.hypot(c, d)


_CHARACTERS = {0x00: UNMAPPED, 0x02: "-", 0xFFFE: "-"} | dict.fromkeys((0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x3000), " ")
"""What some codes mean: none, a hyphen at the end of a line, blanks."""


def _pair_surrogates(glyphs: list[Glyph]) -> list[Glyph]:
    """Join the two halves of a character beyond the basic plane, which some builds give apart."""
    if not any("\ud800" <= glyph.text <= "\udfff" for glyph in glyphs):
        return glyphs
    joined: list[Glyph] = []
    for glyph in glyphs:
        if joined and "\ud800" <= joined[-1].text <= "\udbff" and "\udc00" <= glyph.text <= "\udfff":
            pair = (joined[-1].text + glyph.text).encode("utf-16-le", "surrogatepass").decode("utf-16-le")
            joined[-1] = joined[-1]._replace(text=pair)
        else:
            joined.append(glyph)
    return [glyph._replace(text=UNMAPPED) if "\ud800" <= glyph.text <= "\udfff" else glyph for glyph in joined]


@dataclass(slots=True)
class _Drawn:
    """The outlines drawn on a page, as shown, the area that images cover (-1 without), and if some text is hidden."""

    outlines: list[list[Point]]
    image_area: float = -1.0
    has_hidden: bool = False


def _read_objects(page: pdfium.PdfPage, frame: Frame) -> _Drawn:
    drawn = _Drawn([])
    budget = MOST_SEGMENTS
    for item, matrix in _walk(page):
        kind = raw.FPDFPageObj_GetType(item)
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            drawn.has_hidden = drawn.has_hidden or raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            drawn.image_area = max(drawn.image_area, 0.0) + _measure_image(item, matrix)
        elif kind == raw.FPDF_PAGEOBJ_PATH and budget > 0 and _is_painted(item):
            found = _read_path(item, matrix, budget)
            budget -= sum(map(len, found))
            drawn.outlines += [[frame.place(x, y) for x, y in outline] for outline in found]
    if budget <= 0:
        drawn.outlines = []
    return drawn


def _walk(page: pdfium.PdfPage) -> Iterator[tuple[object, _Matrix]]:
    """Yield the objects of a page and of its forms, each with the matrix of what it stands in."""
    pending = [
        (raw.FPDFPage_GetObject(page.raw, at), _IDENTITY, 0) for at in range(raw.FPDFPage_CountObjects(page.raw))
    ]
    seen = 0
    while pending and seen < MOST_GLYPHS:
        item, matrix, depth = pending.pop()
        seen += 1
        if raw.FPDFPageObj_GetType(item) != raw.FPDF_PAGEOBJ_FORM:
            yield item, matrix
        elif depth < _DEEPEST_FORM:
            inner = _multiply(_get_matrix(item), matrix)
            count = min(raw.FPDFFormObj_CountObjects(item), MOST_GLYPHS)
            pending += [(raw.FPDFFormObj_GetObject(item, at), inner, depth + 1) for at in range(count)]


def _get_matrix(item: object) -> _Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(item, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f


def _multiply(first: _Matrix, then: _Matrix) -> _Matrix:
    a, b, c, d, e, f = first
    (x0, y0), (x1, y1), (x2, y2) = (_apply(then, *point) for point in ((a + e, b + f), (c + e, d + f), (e, f)))
    return x0 - x2, y0 - y2, x1 - x2, y1 - y2, x2, y2


def _apply(matrix: _Matrix, x: float, y: float) -> Point:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _measure_image(item: object, matrix: _Matrix) -> float:
    a, b, c, d, *_ = _multiply(_get_matrix(item), matrix)
    return abs(a * d - b * c)


def _is_painted(item: object) -> bool:
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(item, fill, stroke)
    return bool(fill.value or stroke.value)


def _read_path(item: object, matrix: _Matrix, most: int) -> list[list[Point]]:
    """Return the outlines of a path in the coordinates of the page; a closed one ends where it begins."""
    matrix = _multiply(_get_matrix(item), matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    outlines: list[list[Point]] = []
    for at in range(min(raw.FPDFPath_CountSegments(item), most)):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        point = _apply(matrix, x.value, y.value)
        if not outlines or raw.FPDFPathSegment_GetType(segment) == raw.FPDF_SEGMENT_MOVETO:
            outlines.append([point])
        else:
            outlines[-1].append(point)
        if raw.FPDFPathSegment_GetClose(segment):
            outlines[-1].append(outlines[-1][0])
    return outlines
