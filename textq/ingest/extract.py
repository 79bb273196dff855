"""What every reader returns: the normalised text of a file, its pages, and the fields its format states."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from textq.records import Attachment, PrintedLine, Span

PdfEngine = Literal["pdfium", "pdfminer"]


@dataclass(frozen=True, slots=True)
class ReadSpec:
    """How files are read.

    Attributes
    ----------
    pdf_engine
        The library that reads PDFs; the other one is the second witness on a sample of pages.
    ocr
        Whether pages without a text layer are recognised; needs the extra ``ocr`` or Tesseract.
    most_pages
        A file of more pages is refused.
    """

    pdf_engine: PdfEngine = "pdfium"
    ocr: bool = False
    most_pages: int = 5000


USUAL = ReadSpec()
"""How files are read where nothing else is asked for."""


@dataclass(frozen=True, slots=True)
class Extract:
    """The text of one file as read.

    ``pages`` are spans of ``text`` labelled with page numbers; ``footnotes`` spans of the notes, which stand behind
    all other text, a line each; ``lines`` the printed lines, in the order of the text. ``fields`` are metadata that
    the format itself states (the table and meta tags of a government page), by the names of the manifest's columns.
    ``notes`` say what a user should know of the reading (two readers disagree on page 3; recognised by OCR).
    """

    text: str
    pages: tuple[Span, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    footnotes: tuple[Span, ...] = ()
    lines: tuple[PrintedLine, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()
