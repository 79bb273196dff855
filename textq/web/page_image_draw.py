"""The image of a page with a clause marked on it, as PNG."""

import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Box = tuple[float, float, float, float]
"""Left, top, right, bottom in points from the top left corner of the page."""

_MARKED = 128
"""Pixels in a marked stretch have this bit of their palette index set."""

_EDGE = 255
"""The palette index of the line beside a marked stretch."""

_EDGE_COLOUR = (185, 138, 20)
_MARK_COLOUR = (247, 226, 160)
_PADDING = 1.5
"""Points around the box of a line."""


def find_boxes(run_dir: Path, doc_id: str, start: int, end: int) -> list[tuple[int, Box]]:
    """Return where the characters ``[start, end)`` of a document stand: the page and the box of each printed line.

    Only the lines of this document are read, so that it costs the same in a large run.
    """
    import pandas as pd

    path = run_dir / "lines.parquet"
    if not path.is_file():
        return []
    lines = pd.read_parquet(path, filters=[("doc_id", "==", doc_id), ("start", "<", end), ("end", ">", start)])
    rows: Any = lines.itertuples()
    return [(int(row.page), _bound(row, slice(max(start - row.start, 0), end - row.start))) for row in rows]


def _bound(line: Any, part: slice) -> Box:
    return float(min(line.lefts[part])), float(line.top), float(max(line.rights[part])), float(line.bottom)


def draw_page(grey: "NDArray[np.uint8]", scale: float, boxes: Sequence[Box]) -> bytes:
    """Return the page as a PNG of 256 colours: greys, and the same greys on a yellow ground in the boxes.

    Parameters
    ----------
    grey
        The page, of shape (height, width), 0 = black, 255 = white.
    scale
        Pixels a point.
    boxes
        What to mark, in points.
    """
    import numpy as np

    image = (grey >> 1).astype(np.uint8)
    height, width = image.shape
    for left, top, right, bottom in boxes:
        rows = _cut(top - _PADDING, bottom + _PADDING, scale, height)
        columns = _cut(left - _PADDING, right + _PADDING, scale, width)
        image[rows, columns] = np.minimum(image[rows, columns] | _MARKED, _EDGE - 1)
    if boxes:
        first = max(round((min(box[0] for box in boxes) - 5) * scale), 0)
        rows = _cut(min(box[1] for box in boxes), max(box[3] for box in boxes), scale, height)
        image[rows, first : first + max(round(1.5 * scale), 1)] = _EDGE
    return write_png(image.tobytes(), width, height)


def _cut(low: float, high: float, scale: float, size: int) -> slice:
    return slice(min(max(round(low * scale), 0), size), min(max(round(high * scale), 0), size))


def write_png(pixels: bytes, width: int, height: int) -> bytes:
    """Return a PNG of palette indices, one byte a pixel, row by row from the top."""
    rows = b"".join(b"\0" + pixels[at : at + width] for at in range(0, width * height, width))
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"PLTE", _list_colours()), (b"IDAT", zlib.compress(rows, 6)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_seal(name, data) for name, data in chunks)


def _seal(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _list_colours() -> bytes:
    """Return the palette: 128 greys, 127 of them on yellow, and the colour of the line at the edge."""
    greys = [round(255 * n / 127) for n in range(128)]
    plain = bytes(value for grey in greys for value in (grey, grey, grey))
    marked = bytes(grey * part // 255 for grey in (*greys[:-2], 255) for part in _MARK_COLOUR)
    return plain + marked + bytes(_EDGE_COLOUR)
