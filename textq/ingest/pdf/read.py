"""Bytes of a PDF → Extract: engines, witness, recognition and layout put together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from textq.errors import ConfigError, ReadError
from textq.ingest.extract import USUAL, Extract, PdfEngine, ReadSpec
from textq.ingest.lines import Line, join_paragraphs
from textq.ingest.pdf.directions import set_upright, turn_back
from textq.ingest.pdf.engines import load_engine, other_engine
from textq.ingest.pdf.footnotes import find_note_rules, part_footnotes
from textq.ingest.pdf.layout import lay_out
from textq.ingest.pdf.limits import check_streams, require_whole
from textq.ingest.pdf.lone_columns import extend_columns
from textq.ingest.pdf.page import PrintedPage, Rule, refuse_damaged
from textq.ingest.pdf.page_kinds import LAYER_SHARE, PageKind, classify_page, refuse_without_text
from textq.ingest.pdf.recognised import make_page
from textq.ingest.pdf.running_heads import drop_running_heads
from textq.ingest.pdf.torn_rows import join_torn_rows
from textq.ingest.pdf.witness import (
    describe_disagreement,
    measure_disagreement,
    name_pages,
    sample_pages,
)

if TYPE_CHECKING:
    from textq.ingest.ocr import RecognisedLine

_MOST_RETRIES = 50
"""So many pages without readable text are tried with the other engine."""


@dataclass(slots=True)
class _Reading:
    """What is kept of the pages, by their numbers: not the glyphs, which are many."""

    lines: dict[int, list[Line]] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    widths: dict[int, float] = field(default_factory=dict)
    note_rules: dict[int, list[Rule]] = field(default_factory=dict)
    kinds: dict[int, PageKind] = field(default_factory=dict)
    by_other: list[int] = field(default_factory=list)
    layered: list[int] = field(default_factory=list)
    unprinted: list[int] = field(default_factory=list)
    turned: list[int] = field(default_factory=list)
    recognised: list[int] = field(default_factory=list)

    def pick(self, kind: PageKind) -> list[int]:
        """Return the numbers of the pages of a kind."""
        return [number for number, own in self.kinds.items() if own == kind]


def read_pdf(data: bytes, spec: ReadSpec = USUAL) -> Extract:
    """Read a PDF: paragraphs healed over lines and pages, tables row by row, furniture left out, footnotes behind.

    A page whose text is set sideways, upside down or in vertical lines is read in the direction of most of its text.

    Parameters
    ----------
    data
        The bytes of the file.
    spec
        The engine, whether pages without text are recognised, and how many pages are allowed.

    Returns
    -------
    Extract
        ``lines`` has the box of every printed character of ``text``; ``notes`` name pages that are scans, whose
        text layer is unreadable or was recognised, that hold words turned beside the text (left out), or on which
        the two engines disagree.

    Raises
    ------
    ScannedError
        If the pages are images without text.
    ReadError
        If the file is truncated, encrypted, damaged, without text, too large, or its text layer is unreadable.
    ConfigError
        If there is no engine of that name.
    """
    if spec.pdf_engine not in ("pdfium", "pdfminer"):
        raise ConfigError(
            f"The 'pdf_engine' of ReadSpec must be 'pdfium' or 'pdfminer'. Got {spec.pdf_engine!r} instead."
        )
    require_whole(data)
    check_streams(data)
    reading = _read_pages(data, spec)
    _require_all_pages(data)
    if spec.ocr:
        _recognise(data, spec, reading)
    refuse_without_text(reading.kinds.values(), "".join(line.text for own in reading.lines.values() for line in own))
    for number in reading.pick("unreadable"):
        reading.lines[number] = []
    return replace(_assemble(reading), notes=(*_describe(reading, spec.pdf_engine), *_compare(data, spec, reading)))


def _read_pages(data: bytes, spec: ReadSpec) -> _Reading:
    reading = _Reading()
    for page in load_engine(spec.pdf_engine)(data, spec.most_pages):
        _add_page(reading, page)
    if not reading.kinds:
        raise refuse_damaged(spec.pdf_engine, "it holds no page")
    poor = [number for number, kind in reading.kinds.items() if kind != "text"]
    for page in _try_pages(data, spec, poor[:_MOST_RETRIES]):
        if _is_better(classify_page(page), reading.kinds[page.number]):
            reading.by_other.append(page.number)
            _add_page(reading, page)
    return reading


def _require_all_pages(data: bytes) -> None:
    """Refuse a file that says it has more pages than are there; pdfium shows blank ones in their place."""
    from textq.ingest.pdf.with_pdfminer import count_missing_pages

    missing = count_missing_pages(data)
    if missing:
        raise ReadError(f"damaged PDF: {missing} of the pages it lists are not in it. Fetch it again.")


def _is_better(kind: PageKind, than: PageKind) -> bool:
    """Tell whether what one engine found on a page says more than what the other found there."""
    return kind == "text" or (kind == "unreadable" and than == "short")


def _try_pages(data: bytes, spec: ReadSpec, numbers: Sequence[int]) -> Iterator[PrintedPage]:
    """Yield some pages as the other engine sees them, as far as it can read the file."""
    if numbers:
        try:
            yield from load_engine(other_engine(spec.pdf_engine))(data, spec.most_pages, numbers)
        except ReadError:
            return


def _add_page(reading: _Reading, page: PrintedPage) -> None:
    """Lay a page out and keep its lines."""
    if page.hidden:
        is_layer = page.image_share >= LAYER_SHARE and len(page.hidden) > len(page.glyphs)
        (reading.layered if is_layer else reading.unprinted).append(page.number)
        page = replace(page, glyphs=[*page.glyphs, *page.hidden] if is_layer else page.glyphs)
    reading.kinds[page.number] = classify_page(page)
    upright = set_upright(page)
    if any(glyph.text.isalpha() for glyph in upright.left_out):
        reading.turned.append(page.number)
    page = upright.page
    reading.lines[page.number] = turn_back(lay_out(page), upright)
    reading.heights[page.number] = page.height
    reading.widths[page.number] = page.width
    reading.note_rules[page.number] = find_note_rules(page.rules, page.width)


def _recognise(data: bytes, spec: ReadSpec, reading: _Reading) -> None:
    """Put recognised text in place of what pages without readable text hold."""
    from textq.ingest.ocr import recognise_pages

    bare = sorted([*reading.pick("scan"), *reading.pick("unreadable")])
    if not bare:
        return
    by_page: dict[int, list[RecognisedLine]] = {}
    for line in recognise_pages(data, bare):
        by_page.setdefault(line.page, []).append(line)
    for page in load_engine(spec.pdf_engine)(data, spec.most_pages, sorted(by_page)) if by_page else ():
        reading.recognised.append(page.number)
        _add_page(reading, make_page(page, by_page[page.number]))
        reading.kinds[page.number] = "text"


def _assemble(reading: _Reading) -> Extract:
    lines = [line for number in sorted(reading.lines) for line in reading.lines[number]]
    parted = part_footnotes(drop_running_heads(lines, reading.heights), reading.heights, reading.note_rules)
    return join_paragraphs(extend_columns(join_torn_rows(parted.text)), parted.notes, reading.widths)


def _describe(reading: _Reading, engine: PdfEngine) -> Iterator[str]:
    """Yield what a user should know of the pages."""
    if reading.recognised:
        known = [
            line.confidence
            for number in reading.recognised
            for line in reading.lines[number]
            if line.confidence is not None
        ]
        mean = f"{sum(known) / max(len(known), 1):.2f}".removeprefix("0")
        yield f"text recognised on {name_pages(reading.recognised)}, mean confidence {mean}"
    for numbers, what in (
        (reading.pick("scan"), "without a text layer (scanned): what the images show was not read"),
        (reading.pick("unreadable"), "with an unreadable text layer (missing character map): left out"),
        (reading.layered, "with invisible text behind an image: a layer of earlier text recognition was read"),
        (reading.unprinted, "with invisible text that is not printed: left out"),
        (reading.turned, "with words that stand turned beside the text: these were left out"),
        (reading.by_other, f"without readable text for {engine}: read by {other_engine(engine)}"),
    ):
        if numbers:
            yield f"{name_pages(numbers)} {what}"


def _compare(data: bytes, spec: ReadSpec, reading: _Reading) -> tuple[str, ...]:
    """Return the notes on the pages of a sample where the second engine reads otherwise."""
    left_out = {*reading.recognised, *reading.by_other, *reading.layered, *reading.pick("scan")}
    sample = [number for number in sample_pages(len(reading.kinds)) if number not in left_out]
    other = other_engine(spec.pdf_engine)
    if not sample:
        return ()
    try:
        pages = load_engine(other)(data, spec.most_pages, sample)
        shares = [(page.number, _measure(reading, page)) for page in pages]
    except ReadError as error:
        return (f"the second reader cannot read the file, so that no page was compared: {error}",)
    return describe_disagreement(shares, spec.pdf_engine, other)


def _measure(reading: _Reading, page: PrintedPage) -> float:
    return measure_disagreement(reading.lines[page.number], lay_out(set_upright(page).page))
