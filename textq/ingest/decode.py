"""Bytes → text: byte-order mark, strict UTF-8, then the encoding whose reading makes sense; never by replacement."""

import codecs

from textq.errors import ReadError
from textq.ingest.plausible import READABLE_SHARE, readable_share

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5")


def decode_text(data: bytes, *, declared: str | None = None) -> str:
    """Return the text of ``data``.

    Tried in this order: the byte-order mark; strict UTF-8; the ``declared`` encoding and GB18030, UTF-16 without
    a mark and Big5, of which the one with the largest share of readable characters wins.

    Raises
    ------
    ReadError
        If no encoding gives at least 60 % readable characters, or the mark promises what the bytes do not keep.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data, encoding)
    utf8 = _try_decode(data, "utf-8")
    if utf8 is not None and "\x00" not in utf8:
        return utf8
    return _decode_most_readable(data, declared)


def _decode_marked(data: bytes, encoding: str) -> str:
    text = _try_decode(data, encoding)
    if text is None:
        raise ReadError(
            f"the byte-order mark says {encoding} but the bytes do not fit it: the file is damaged or cut off. "
            "Save it again as UTF-8."
        )
    return text


def _decode_most_readable(data: bytes, declared: str | None) -> str:
    names = dict.fromkeys([declared, *_CANDIDATES] if declared else _CANDIDATES)
    texts = [text for name in names if (text := _try_decode(data, name)) is not None]
    best = max(texts, key=readable_share, default="")
    if readable_share(best) < READABLE_SHARE:
        raise ReadError(
            "the text encoding cannot be told: not UTF-8, GB18030, UTF-16 or Big5 with readable content. "
            "Open the file in an editor that shows it rightly and save it as UTF-8."
        )
    return best


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
