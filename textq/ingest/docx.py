"""DOCX → Extract: the only door to python-docx."""

import io
import zipfile
from collections.abc import Iterator
from functools import reduce
from typing import Any

from textq.errors import ReadError
from textq.ingest.extract import Extract
from textq.ingest.normalize import join_broken, normalize_text
from textq.records import CELL_BREAK

_CONTAINERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
"""Elements that only wrap others: content controls, tracked insertions (the accepted view)."""

_LEFT_OUT = frozenset({"del", "moveFrom", "instrText", "Fallback", "pPr", "rPr"})
"""Deleted text, field codes, and the second copy of a text box for old programs."""

_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_docx(data: bytes) -> Extract:
    """Read paragraphs, text boxes and tables in document order; a table row is one line, tracked changes are accepted.

    Raises
    ------
    ReadError
        If the file is no DOCX container, is damaged, or holds no text.
    """
    import docx
    from docx.opc.exceptions import PackageNotFoundError

    try:
        document = docx.Document(io.BytesIO(data))
    except (zipfile.BadZipFile, PackageNotFoundError, KeyError, ValueError, SyntaxError) as error:
        raise ReadError(f"not a readable DOCX file ({error}). Open it in Word and save it as .docx again.") from error
    text = normalize_text("\n".join(_iterate_lines(document.element.body, document)))
    if not text:
        raise ReadError("the DOCX file holds no text; if it holds pictures of pages, recognise them (OCR) first.")
    return Extract(text)


def _iterate_lines(container: Any, document: Any) -> Iterator[str]:
    """Yield the text of each paragraph and table row of a body, a cell or a text box."""
    from docx.table import Table

    for element in container:
        tag = _tag(element)
        if tag == "p":
            yield from _read_paragraph(element, document)
        elif tag == "tbl":
            for row in Table(element, document).rows:
                yield from _read_row(row, document)
        elif tag in _CONTAINERS:
            yield from _iterate_lines(element, document)


def _read_paragraph(paragraph: Any, document: Any) -> Iterator[str]:
    """Yield the text of a paragraph, then that of the text boxes anchored in it."""
    boxes: list[Any] = []
    yield "".join(_iterate_text(paragraph, boxes))
    for box in boxes:
        yield from _iterate_lines(box, document)


def _iterate_text(element: Any, boxes: list[Any]) -> Iterator[str]:
    for child in element:
        tag = _tag(child)
        if tag == "t":
            yield child.text or ""
        elif tag == "txbxContent":
            boxes.append(child)
        elif tag in _SIGNS:
            yield _SIGNS[tag]
        elif tag not in _LEFT_OUT:
            yield from _iterate_text(child, boxes)


def _read_row(row: Any, document: Any) -> Iterator[str]:
    """Yield a row as one line, a merged cell once; a row of a single cell only lays out the page."""
    cells = list({id(cell._tc): cell._tc for cell in row.cells}.values())
    if len(cells) == 1:
        yield from _iterate_lines(cells[0], document)
    else:
        yield CELL_BREAK.join(_join_lines(cell, document) for cell in cells)


def _join_lines(cell: Any, document: Any) -> str:
    lines = (line for text in _iterate_lines(cell, document) for line in text.split("\n"))
    return reduce(join_broken, lines, "")


def _tag(element: Any) -> str:
    """Return the name of an element without its namespace; "" for a comment."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
