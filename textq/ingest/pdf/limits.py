"""What is refused before a PDF is read: files that were cut off, and streams that unpack to far too much."""

import re
import zlib
from itertools import pairwise

from textq.errors import ReadError

_TAIL = 1024
"""Bytes at the end in which the end-of-file marker must stand (the rule of common viewers)."""

_MOST_UNPACKED = 128 * 1024 * 1024
"""Bytes that one stream other than an image may unpack to: text and fonts need a few million."""

_MOST_RATIO = 1032
"""Deflate never packs more tightly than this."""

_SMALLEST = 64
"""Bytes: a shorter stream unpacks to nothing large, however often it was packed."""

_DICTIONARY = 2048
"""Bytes before a stream in which its dictionary is looked for."""

_STREAM = re.compile(rb"(?:end)?stream\r?\n?")
_END = re.compile(rb"startxref\s{1,4}(\d{1,12})\s{1,4}%%EOF")
_OBJECT = re.compile(rb"\d{1,10}\s{1,4}\d{1,5}\s{1,4}obj")
_LENGTH = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s{0,4}(\d{1,12})")


def require_whole(data: bytes) -> None:
    """Refuse a PDF whose end is missing.

    Raises
    ------
    ReadError
        If there is no end-of-file marker at the end, an object behind it, no reference to the table of objects
        before it, or fewer bytes than a file made for the web says it has.
    """
    stripped = len(data.rstrip(b"\x00\r\n\t "))
    ends = list(_END.finditer(data, max(0, stripped - _TAIL - 64)))
    if not ends or stripped - ends[-1].end() > _TAIL:
        raise ReadError("truncated PDF: its end-of-file marker is missing. Fetch the file again.")
    if _OBJECT.search(data, ends[-1].end()):
        raise ReadError("truncated PDF: it breaks off in a later revision of the file. Fetch the file again.")
    stated = _LENGTH.search(data, 0, 2048)
    if stated and int(stated[1]) > len(data):
        raise ReadError(f"truncated PDF: {len(data):,} of {int(stated[1]):,} bytes are there. Fetch the file again.")


def refuse_bombs(data: bytes) -> None:
    """Refuse a PDF with a stream, other than an image, that unpacks to more than any page or font needs.

    Raises
    ------
    ReadError
        If there is such a stream.
    """
    bounds = [(found.start(), found.end(), found[0].startswith(b"end")) for found in _STREAM.finditer(data)]
    for (_, start, is_end), (end, *_) in pairwise([*bounds, (len(data), len(data), True)]):
        packed = 0 if is_end or end - start < _SMALLEST else _count_packing(data[max(0, start - _DICTIONARY) : start])
        could_be = (end - start) * _MOST_RATIO**packed > _MOST_UNPACKED
        if packed and could_be and _unpacks_to_too_much(data[start:end], packed):
            raise ReadError(
                f"a stream of the PDF unpacks to more than {_MOST_UNPACKED // 2**20} MiB, which no page needs. "
                "Print the file to a new PDF, or leave it out."
            )


def _count_packing(before: bytes) -> int:
    """Return how many times over a stream is packed, read from the dictionary before it; 0 for images."""
    dictionary = before[before.rfind(b"obj") + 1 :]
    return 0 if b"/Image" in dictionary else min(dictionary.count(b"FlateDecode"), 4)


def _unpacks_to_too_much(stream: bytes, times: int) -> bool:
    for _ in range(times):
        unpacker = zlib.decompressobj()
        try:
            stream = unpacker.decompress(stream, _MOST_UNPACKED + 1)
        except zlib.error:
            return False
        if len(stream) > _MOST_UNPACKED:
            return True
    return False
