"""Undo the compression of a transfer, in small steps, so that a small bomb never unfolds in memory."""

import zlib
from collections.abc import Iterator

from textq.ingest.fetch.failure import FetchError

_PIECE = 1 << 16
"""Bytes that are unfolded at once, at most."""

_EITHER = zlib.MAX_WBITS | 32
"""zlib finds out by itself whether a stream is gzip or zlib ("deflate")."""


def decode_pieces(pieces: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    """Yield the content of a body that was sent with this Content-Encoding.

    Raises
    ------
    FetchError
        If the encoding is not one we know, or the stream is broken or cut off.
    """
    names = [name for part in encoding.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
    if not names:
        return pieces
    if len(names) > 1 or names[0] not in {"gzip", "x-gzip", "deflate"}:
        raise FetchError(f"the server sent the file as {encoding!r}, which was not asked for and cannot be read.")
    return _inflate(pieces)


def _inflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    decoder = zlib.decompressobj(_EITHER)
    for rest in pieces:
        while rest or not decoder.eof:
            if decoder.eof:  # a further member of a gzip stream
                decoder = zlib.decompressobj(_EITHER)
            unfolded = _decompress(decoder, rest)
            yield unfolded
            rest = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
            if not rest and len(unfolded) < _PIECE:
                break
    if not decoder.eof:
        raise FetchError("the compressed file is cut off.", retry=True)


def _decompress(decoder: "zlib._Decompress", data: bytes) -> bytes:
    try:
        return decoder.decompress(data, _PIECE)
    except zlib.error as error:
        raise FetchError(f"the compressed file is broken: {error}.", retry=True) from error
