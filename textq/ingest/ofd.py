"""OFD (the Chinese format of fixed pages, GB/T 33190) → Extract: the only door to ofdkit, the extra ``ofd``."""

from dataclasses import replace
from typing import Any

from textq.errors import ReadError, ScannedError
from textq.ingest.extract import Extract, ReadSpec
from textq.ingest.lines import Line, join_paragraphs
from textq.ingest.pdf.layout import lay_out
from textq.ingest.pdf.page import Glyph, PrintedPage
from textq.ingest.pdf.running_heads import drop_running_heads

INSTALL = 'run pip install "textq[ofd]"'
"""What to do where the library is not installed."""

_POINTS = 72 / 25.4
"""Points in a millimetre, in which OFD measures."""

_ASCENT, _DESCENT = 0.86, 0.14
"""How far a character reaches above and below its baseline, in type sizes."""


def read_ofd(data: bytes, spec: ReadSpec) -> Extract:
    """Read an OFD file page by page, in the order in which its document names them, laid out as a PDF is.

    Raises
    ------
    ReadError
        If the extra ``ofd`` is not installed, the file is damaged or lacks a page, or has more pages than allowed
        (ScannedError: no text).
    """
    try:
        import ofdkit
    except ImportError as error:
        raise ReadError(f"OFD is read by the extra ofd, which is not installed: {INSTALL}, or print to PDF.") from error
    try:
        with ofdkit.open(data) as document:
            if len(document.pages) > spec.most_pages:
                raise ReadError(f"the file has {len(document.pages):,} pages, more than {spec.most_pages:,}. Split it.")
            pages = [_gather_glyphs(page) for page in document.pages]
            warnings = tuple(document.warnings)
    except ofdkit.OFDError as error:
        raise ReadError(f"not a readable OFD file ({error}). Fetch it again.") from error
    _refuse_missing(warnings)
    return _join_pages(pages, warnings)


def _refuse_missing(warnings: tuple[str, ...]) -> None:
    """Refuse a file that lacks a page: half a document is none."""
    missing = [warning for warning in warnings if warning.startswith(("page", "document"))]
    if missing:
        raise ReadError(f"the OFD file is not whole ({missing[0]}). Fetch it again.")


def _join_pages(pages: list[PrintedPage], warnings: tuple[str, ...]) -> Extract:
    lines: list[Line] = [line for page in pages for line in lay_out(page)]
    if not lines:
        raise ScannedError("the OFD file holds no text, only images. Print it to PDF and recognise it (OCR).")
    text = drop_running_heads(lines, {page.number: page.height for page in pages})
    extract = join_paragraphs(text, widths={page.number: page.width for page in pages})
    return replace(extract, notes=(*extract.notes, *warnings))


def _gather_glyphs(page: Any) -> PrintedPage:
    """Return the characters of a page; text that is drawn twice in one place (for a bold look) counts once."""
    left, top, width, height = (side * _POINTS for side in page.box)
    runs = {(run.text, round(run.x, 1), round(run.y, 1)): run for run in page.runs}
    glyphs = [glyph for run in runs.values() for glyph in _split_run(run, left, top)]
    return PrintedPage(page.index + 1, width, height, glyphs)


def _split_run(run: Any, left: float, top: float) -> list[Glyph]:
    """Return the characters of a run, which share its width by how wide they usually are."""
    shares = [1.0 if ord(character) > 0xFF else 0.5 for character in run.text]
    scale = run.width * _POINTS / max(sum(shares), 0.5)
    size, x, baseline = run.size * _POINTS, run.x * _POINTS - left, run.y * _POINTS - top
    glyphs = []
    for character, share in zip(run.text, shares, strict=True):
        glyphs.append(
            Glyph(character, x, baseline - _ASCENT * size, x + share * scale, baseline + _DESCENT * size, size)
        )
        x += share * scale
    return glyphs
