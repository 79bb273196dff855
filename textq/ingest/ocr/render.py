"""Pages of a PDF → their images, by pypdfium2."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from textq.errors import ReadError
from textq.ingest.ocr.recogniser import PageImage

_MOST_PIXELS = 20_000_000
"""An image of more pixels is rendered smaller: a page of A2 at 200 dpi stays whole, a giant one costs no gigabytes."""

_POINTS = 72
"""Points in an inch."""


def render_pages(data: bytes, pages: Sequence[int], dpi: int) -> Iterator[PageImage]:
    """Yield the images of some pages (numbers from 1), cropped and turned as they are shown.

    Raises
    ------
    ReadError
        If the file is damaged or encrypted, or lacks a page that is asked for.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
        try:
            _require_pages(pages, len(document))
            for number in pages:
                yield _render_page(document, number, dpi)
        finally:
            document.close()
    except pypdfium2.PdfiumError as error:
        raise ReadError(f"damaged or encrypted PDF, its pages cannot be shown: {error} Fetch it again.") from error


def _require_pages(pages: Sequence[int], n_pages: int) -> None:
    for number in pages:
        if not 1 <= number <= n_pages:
            raise ReadError(f"page {number} cannot be recognised: the PDF has {n_pages} pages. Ask for 1 to {n_pages}.")


def _render_page(document: Any, number: int, dpi: int) -> PageImage:
    page = document[number - 1]
    try:
        width, height = page.get_size()
        scale = _choose_scale(width, height, dpi)
        bitmap = page.render(scale=scale, grayscale=True)
        try:
            grey = bitmap.to_numpy()
            return PageImage(number, grey.reshape(grey.shape[:2]).copy(), scale)
        finally:
            bitmap.close()
    finally:
        page.close()


def _choose_scale(width: float, height: float, dpi: int) -> float:
    """Return the pixels a point takes: as asked for, less where the image would be too large."""
    return min(dpi / _POINTS, math.sqrt(_MOST_PIXELS / max(width * height, 1)))
