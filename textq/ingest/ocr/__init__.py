"""Images of pages → recognised lines: the only door to OCR.

The library rapidocr (extra ``ocr``) is preferred, the program Tesseract serves where it is not installed.
"""

from collections.abc import Sequence
from dataclasses import replace

from textq.errors import ReadError
from textq.ingest.ocr.marks import widen_marks
from textq.ingest.ocr.rapid import find_rapid
from textq.ingest.ocr.recogniser import RecognisedLine, Recogniser
from textq.ingest.ocr.render import render_pages
from textq.ingest.ocr.tesseract import find_tesseract

__all__ = ["RecognisedLine", "find_recogniser", "recognise_pages"]


def find_recogniser() -> str | None:
    """Return the name and version of the recogniser that serves, None without one."""
    recogniser = _choose_recogniser()
    return recogniser.name if recogniser else None


def recognise_pages(data: bytes, pages: Sequence[int]) -> list[RecognisedLine]:
    """Return the lines recognised on some pages (numbers from 1) of a PDF, page by page from top to bottom.

    Every line that was seen is returned, however low its confidence. A line's box lies in points from the top left
    corner of the page as it is shown; the box of one that runs askew has the line's height at its middle.

    Raises
    ------
    ReadError
        If no recogniser is installed (the message names the extra), it fails, the file is damaged or lacks a page.
    """
    recogniser = _choose_recogniser()
    if recogniser is None:
        raise ReadError(
            'text of page images is recognised by the extra "ocr", which is not installed, nor is Tesseract with '
            'simplified Chinese. Run pip install "textq[ocr]", or install the packages tesseract-ocr and '
            "tesseract-ocr-chi-sim."
        )
    lines: list[RecognisedLine] = []
    for image in render_pages(data, pages, recogniser.dpi):
        found = [replace(line, text=widen_marks(line.text)) for line in recogniser.recognise(image)]
        lines += sorted(found, key=lambda line: (line.top, line.left))
    return lines


def _choose_recogniser() -> Recogniser | None:
    return find_rapid() or find_tesseract()
