"""What is refused before a PDF is read: files that were cut off, damaged streams, those that unpack to far too much."""

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

_DICTIONARY = 2048
"""Bytes before a stream in which its dictionary is looked for."""

_STREAM = re.compile(rb"(?:end)?stream\r?\n?")
_END = re.compile(rb"startxref\s{1,4}(\d{1,12})\s{1,4}%%EOF")
_TWO = re.compile(rb"%%EOF\s{0,16}%PDF-[0-9]")
_OBJECT = re.compile(rb"\d{1,10}\s{1,4}\d{1,5}\s{1,4}obj")
_LENGTH = re.compile(rb"/Linearized\b[^>]{0,200}?/L\s{0,4}(\d{1,12})")


def require_whole(data: bytes) -> None:
    """Refuse a PDF whose end is missing, and two that stand one behind the other.

    Raises
    ------
    ReadError
        If there is no end-of-file marker at the end, an object behind it, no reference to the table of objects
        before it, or fewer bytes than a file made for the web says it has; or if another PDF begins behind an end.
    """
    if _TWO.search(data):
        raise ReadError("two PDFs in one file, one behind the other: only the last is seen. Save each to a file.")
    stripped = len(data.rstrip(b"\x00\r\n\t "))
    ends = list(_END.finditer(data, max(0, stripped - _TAIL - 64)))
    if not ends or stripped - ends[-1].end() > _TAIL:
        raise ReadError("truncated PDF: its end-of-file marker is missing. Fetch the file again.")
    if _OBJECT.search(data, ends[-1].end()):
        raise ReadError("truncated PDF: it breaks off in a later revision of the file. Fetch the file again.")
    stated = _LENGTH.search(data, 0, 2048)
    if stated and int(stated[1]) > len(data):
        raise ReadError(f"truncated PDF: {len(data):,} of {int(stated[1]):,} bytes are there. Fetch the file again.")


def check_streams(data: bytes) -> None:
    """Refuse a PDF with a stream, other than an image, that is damaged or unpacks to more than any page or font needs.

    Engines read a damaged stream up to the damage and say nothing: half a page would pass for a whole one. Of 1,780
    PDFs of many programs one has such a stream. The streams of an encrypted file, and those packed into ASCII, cannot
    be judged here.

    Raises
    ------
    ReadError
        If there is such a stream.
    """
    is_plain = b"/Encrypt" not in data
    bounds = [(found.start(), found.end(), found[0].startswith(b"end")) for found in _STREAM.finditer(data)]
    for (_, start, is_end), (end, *_) in pairwise([*bounds, (len(data), len(data), True)]):
        before = b"" if is_end else _find_dictionary(data[max(0, start - _DICTIONARY) : start])
        packed = before.count(b"FlateDecode")
        if packed and b"/Image" not in before:
            _check_stream(data[start:end], min(packed, 4), could_be_judged=is_plain and b"85Decode" not in before)


def _find_dictionary(before: bytes) -> bytes:
    return before[before.rfind(b"obj") + 1 :]


def _check_stream(stream: bytes, times: int, *, could_be_judged: bool) -> None:
    """Unpack a stream as often as it was packed, to its checksum."""
    if not could_be_judged and len(stream) * _MOST_RATIO**times <= _MOST_UNPACKED:
        return
    for _ in range(times):
        unpacker = zlib.decompressobj()
        try:
            stream = unpacker.decompress(stream, _MOST_UNPACKED + 1)
        except zlib.error as error:
            if could_be_judged:
                raise ReadError(f"damaged PDF: a stream cannot be unpacked ({error}). Fetch it again.") from error
            return
        if len(stream) > _MOST_UNPACKED:
            raise ReadError(
                f"a stream of the PDF unpacks to more than {_MOST_UNPACKED // 2**20} MiB, which no page needs. "
                "Print the file to a new PDF, or leave it out."
            )
        if could_be_judged and not unpacker.eof:
            raise ReadError("damaged PDF: a stream breaks off before its end. Fetch it again.")
