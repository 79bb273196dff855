"""PDFs of the invented document, set with reportlab, and what can befall a PDF: scans, cuts, lost character maps."""

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pypdfium2
from PIL import Image
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    FrameBreak,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Table,
)  # fmt: skip
from reportlab.platypus import Paragraph as SetParagraph

from tests.textq.ingest.made_text import HEAD, NOTES, PARAGRAPHS, ROWS, TABLE, Paragraph

MING = Path("/usr/share/fonts/truetype/arphic/uming.ttc")
"""A Chinese TrueType font, which reportlab can embed."""

MARGIN, GUTTER = 80.0, 24.0
"""Points."""

ANNEX = ("附件", "重点任务分工表")


@dataclass(frozen=True, slots=True)
class MadePdf:
    """A PDF, and the lines and footnotes that a reader should find in it."""

    data: bytes
    lines: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """How the document is set; ``behind`` are page images, over which the text is invisible."""

    font: str = "STSong-Light"
    size: float = 16
    columns: int = 1
    head: bool = False
    folio: str = ""
    table: bool = False
    notes: bool = False
    rotation: int = 0
    crop: float = 0
    behind: Sequence[Image.Image] = ()
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def page_size(self) -> tuple[float, float]:
        """Width and height of a page as it is shown, before it is cropped."""
        width, height = A4
        return (height, width) if self.rotation % 180 else (width, height)


def set_document(setting: Setting, paragraphs: Sequence[Paragraph] = PARAGRAPHS) -> MadePdf:
    """Set the document, with its table as an annex and its footnotes where the setting asks for them."""
    _register_font(setting.font)
    buffer = io.BytesIO()
    book = _Book(buffer, setting)
    book.build(_make_story(setting, paragraphs))
    lines = tuple(paragraph.text for paragraph in paragraphs)
    if setting.notes:
        lines = tuple(map(call_notes, lines))
    return MadePdf(
        buffer.getvalue(),
        (*lines, *ANNEX, *ROWS) if setting.table else lines,
        tuple(NOTES.values()) if setting.notes else (),
    )


def call_notes(text: str, mark: str = "{}") -> str:
    """Put the sign of each footnote behind the words that call it."""
    for words, note in NOTES.items():
        text = text.replace(words, words + mark.format(note[0]))
    return text


def _register_font(name: str) -> None:
    if name == "UMing":
        pdfmetrics.registerFont(TTFont(name, str(MING)))
    else:
        pdfmetrics.registerFont(UnicodeCIDFont(name))


class _Book(BaseDocTemplate):
    """Pages with their furniture, and the footnotes called on each at its foot."""

    def __init__(self, buffer: io.BytesIO, setting: Setting):
        super().__init__(buffer, pagesize=setting.page_size, invariant=1, rotation=setting.rotation, **setting.options)
        self.setting = setting
        self.called: list[str] = []
        width, height = setting.page_size
        frame = partial(Frame, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        inner, tall = width - 2 * MARGIN, height - 2 * MARGIN
        whole = [frame(MARGIN, MARGIN, inner, tall)]
        if setting.columns > 1:
            column = (inner - GUTTER) / 2
            first = [frame(MARGIN, height - MARGIN - 150, inner, 150)]
            first += [frame(x, MARGIN, column, tall - 150) for x in (MARGIN, MARGIN + column + GUTTER)]
            later = [frame(x, MARGIN, column, tall) for x in (MARGIN, MARGIN + column + GUTTER)]
        else:
            first, later = whole, whole
        callbacks = {"onPage": self._begin_page, "onPageEnd": self._end_page}
        templates = {"first": first, "later": later, "whole": whole}
        self.addPageTemplates([PageTemplate(name, frames, **callbacks) for name, frames in templates.items()])

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 (the name is reportlab's)
        text = flowable.getPlainText() if isinstance(flowable, SetParagraph) else ""
        self.called += [note for note in NOTES.values() if note[0] in text]

    def _begin_page(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        setting, number = self.setting, canvas.getPageNumber()
        if setting.crop:
            canvas.setCropBox([setting.crop, setting.crop, A4[0] - setting.crop, A4[1] - setting.crop])
        _turn_page(canvas, setting.rotation)
        if setting.behind:
            canvas.drawImage(ImageReader(setting.behind[number - 1]), 0, 0, *setting.page_size)
            canvas.addLiteral("3 Tr")
        width, height = setting.page_size
        canvas.setFont(setting.font, 10.5)
        if setting.head:
            canvas.drawString(MARGIN, height - 50, HEAD)
        if setting.folio:
            canvas.drawCentredString(width / 2, 40, setting.folio.format(number))

    def _end_page(self, canvas: Canvas, _: BaseDocTemplate) -> None:
        if not self.called:
            return
        top = MARGIN - 12.0
        canvas.line(MARGIN, top + 12, MARGIN + 120, top + 12)
        canvas.setFont(self.setting.font, 9)
        for at, note in enumerate(self.called):
            canvas.drawString(MARGIN, top - 12 * at, note)
        self.called = []


def _turn_page(canvas: Canvas, rotation: int) -> None:
    """Turn what is drawn the other way than viewers turn the page (clockwise): it is shown upright."""
    width, height = A4
    dx, dy = {0: (0, 0), 90: (width, 0), 180: (width, height), 270: (0, height)}[rotation]
    canvas.translate(dx, dy)
    canvas.rotate(rotation)


def _make_story(setting: Setting, paragraphs: Sequence[Paragraph]) -> list[Flowable]:
    story: list[Flowable] = [NextPageTemplate("later")]
    for at, paragraph in enumerate(paragraphs):
        if setting.columns > 1 and at == 3:
            story.append(FrameBreak())
        text = call_notes(paragraph.text, "<super>{}</super>") if setting.notes else paragraph.text
        story.append(SetParagraph(text, _make_style(setting, paragraph.role)))
    if setting.table:
        story += [NextPageTemplate("whole"), PageBreak(), *_make_annex(setting)]
    return story


def _make_annex(setting: Setting) -> list[Flowable]:
    label, title = ANNEX
    cell = ParagraphStyle("cell", fontName=setting.font, fontSize=12, leading=16, wordWrap="CJK")
    rows = [[SetParagraph(text, cell) for text in row] for row in TABLE]
    table = Table(rows, colWidths=[40, 190, 130, 75], repeatRows=1, style=[("GRID", (0, 0), (-1, -1), 0.5, "black")])
    return [
        SetParagraph(label, _make_style(setting, "flush")),
        SetParagraph(title, _make_style(setting, "number")),
        table,
    ]


def _make_style(setting: Setting, role: str) -> ParagraphStyle:
    size = setting.size * (1.375 if role == "title" else 1)
    return ParagraphStyle(
        role,
        fontName=setting.font,
        fontSize=size,
        leading=size * 1.75,
        firstLineIndent=2 * size if role in {"body", "heading"} else 0,
        alignment={"title": TA_CENTER, "number": TA_CENTER, "right": TA_RIGHT}.get(role, 0),
        wordWrap="CJK",
    )


def show_pages(data: bytes, *, dpi: int = 150, skew: float = 0, quality: int = 0) -> list[Image.Image]:
    """Return the images of all pages in grey; ``skew`` in degrees; ``quality`` of JPEG, if it is to leave traces."""
    document = pypdfium2.PdfDocument(data)
    images = [page.render(scale=dpi / 72, grayscale=True).to_pil() for page in document]
    document.close()
    if skew:
        images = [image.rotate(skew, Image.Resampling.BICUBIC, fillcolor=255) for image in images]
    return [_spoil_image(image, quality) for image in images] if quality else images


def _spoil_image(image: Image.Image, quality: int) -> Image.Image:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return Image.open(io.BytesIO(buffer.getvalue()))


def scan_document(images: Sequence[Image.Image]) -> bytes:
    """Return a PDF that holds nothing but page images."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    for image in images:
        canvas.drawImage(ImageReader(image), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def join_pdfs(*parts: bytes) -> bytes:
    """Return the pages of several PDFs in one."""
    whole = pypdfium2.PdfDocument.new()
    for part in parts:
        source = pypdfium2.PdfDocument(part)
        whole.import_pages(source)
        source.close()
    buffer = io.BytesIO()
    whole.save(buffer)
    whole.close()
    return buffer.getvalue()


def drop_character_maps(data: bytes) -> bytes:
    """Return the PDF without /ToUnicode: viewers show it, no program knows its characters."""
    assert b"/ToUnicode" in data
    return data.replace(b"/ToUnicode", b"/NoUnicode")


def map_to_private_use(data: bytes) -> bytes:
    """Return an uncompressed PDF whose characters maps lead into the private use area."""
    mapping = re.compile(rb"(?<=> <)[0-9A-F]{4}(?=>)")
    stream = re.compile(rb"begincmap.*?endcmap", re.DOTALL)
    found = stream.findall(data)
    assert found
    return stream.sub(lambda part: mapping.sub(lambda code: b"E" + code[0][1:], part[0]), data)


def cut_file(data: bytes, percent: int) -> bytes:
    """Return the first part of a file."""
    return data[: math.floor(len(data) * percent / 100)]
