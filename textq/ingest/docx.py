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


def read_docx(data: bytes) -> Extract:
    """Read paragraphs and tables in document order; a table row is one line.

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
    text = normalize_text("\n".join(_iterate_lines(document)))
    if not text:
        raise ReadError("the DOCX file holds no text; if it holds pictures of pages, recognise them (OCR) first.")
    return Extract(text)


def _iterate_lines(container: Any) -> Iterator[str]:
    """Yield the text of each paragraph and table row of a document or a cell."""
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                yield CELL_BREAK.join(_cell_texts(row))
        else:
            yield block.text


def _cell_texts(row: Any) -> list[str]:
    """Return the text of each cell of a row, a merged cell once."""
    cells = {id(cell._tc): cell for cell in row.cells}
    return [_join_lines(cell) for cell in cells.values()]


def _join_lines(cell: Any) -> str:
    lines = (line for text in _iterate_lines(cell) for line in text.split("\n"))
    return reduce(join_broken, lines, "")
