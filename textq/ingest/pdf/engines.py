"""Which library reads a PDF, by its name; each is loaded when it is first used."""

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol

from textq.ingest.extract import PdfEngine
from textq.ingest.pdf.page import PrintedPage


class ReadPages(Protocol):
    """What an engine offers: the pages of a PDF, or ``only`` some (numbers from 1, ascending)."""

    def __call__(self, data: bytes, most_pages: int, only: Sequence[int] | None = None) -> Iterator[PrintedPage]:
        """Yield the pages."""
        ...


def load_engine(name: PdfEngine) -> ReadPages:
    """Return the engine of that name."""
    return _LOADERS[name]()


def other_engine(name: PdfEngine) -> PdfEngine:
    """Return the name of the second witness."""
    return "pdfminer" if name == "pdfium" else "pdfium"


def _load_pdfium() -> ReadPages:
    from textq.ingest.pdf.with_pdfium import read_pages

    return read_pages


def _load_pdfminer() -> ReadPages:
    from textq.ingest.pdf.with_pdfminer import read_pages

    return read_pages


_LOADERS: dict[PdfEngine, Callable[[], ReadPages]] = {"pdfium": _load_pdfium, "pdfminer": _load_pdfminer}
