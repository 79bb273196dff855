"""Bytes → text: byte-order mark, strict UTF-8, then the encoding whose reading makes sense; never by replacement."""

import codecs
import re

from textq.errors import ReadError
from textq.ingest.plausible import READABLE_SHARE, readable_share

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CANDIDATES = ("utf-8", "gb18030", "utf-16-le", "utf-16-be", "big5", "big5hkscs", "cp950")
_ALIASES = {
    "gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "gb18030-2000": "gb18030", "gb18030-2005": "gb18030", "gb18030-2022": "gb18030", "x-x-big5": "big5",
    "unicode": "utf-16",
}  # fmt: skip
"""Names that pages declare; those for parts of GB 18030 stand for the whole, which publishers in fact write."""

_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_SAMPLE = 20_000
"""Characters by which two readings are compared."""


def decode_text(data: bytes, *, declared: str | None = None) -> str:
    """Return the text of ``data``.

    Tried in this order: the byte-order mark; strict UTF-8; the ``declared`` encoding and GB 18030, UTF-16 without
    a mark and Big5 with its extensions, of which the one with the largest share of readable characters wins. Text
    that another encoding is declared for and that would be UTF-8 of European letters alone is compared as well.

    Raises
    ------
    ReadError
        If no encoding gives at least 60 % readable characters, in all and beyond ASCII, or the mark promises what the
        bytes do not keep.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode_marked(data, encoding)
    name = _ALIASES.get(declared.strip().lower(), declared.strip()) if declared else None
    utf8 = _try_decode(data, "utf-8")
    if utf8 is not None and "\x00" not in utf8 and not _is_doubtful(utf8, name):
        return utf8
    return _decode_most_readable(data, name)


def _decode_marked(data: bytes, encoding: str) -> str:
    text = _try_decode(data, encoding)
    if text is None:
        raise ReadError(
            f"the byte-order mark says {encoding} but the bytes do not fit it: the file is damaged or cut off. "
            "Save it again as UTF-8."
        )
    return text


def _is_doubtful(utf8: str, declared: str | None) -> bool:
    """Tell whether a text may be UTF-8 by chance: Chinese in UTF-8 has characters beyond U+07FF, two of GBK have none.

    Only a page that declares GBK or Big5 is doubted.
    """
    return declared in {"gb18030", "big5"} and not utf8.isascii() and max(utf8) <= "\u07ff"


def _decode_most_readable(data: bytes, declared: str | None) -> str:
    names = dict.fromkeys([declared, *_CANDIDATES] if declared else _CANDIDATES)
    texts = [text for name in names if (text := _try_decode(data, name)) is not None]
    best = max(texts, key=_measure_sense, default="")
    if not texts or _measure_sense(best) < READABLE_SHARE:
        raise ReadError(
            "the text encoding cannot be told: not UTF-8, GB18030, UTF-16 or Big5 with readable content "
            f"({_describe_fault(data)}). Open the file in an editor that shows it rightly and save it as UTF-8."
        )
    return best


def _measure_sense(text: str) -> float:
    """Return the share in [0, 1] of readable characters: in all or beyond ASCII, whichever is less."""
    beyond = "".join(_NOT_ASCII.findall(text))
    shares = [readable_share(_draw_sample(part)) for part in (text, beyond) if part and not part.isspace()]
    return min(shares, default=0.0)


def _draw_sample(text: str) -> str:
    """Return at most so many characters, from all over the text."""
    return text[:: len(text) // _SAMPLE + 1]


def _describe_fault(data: bytes) -> str:
    """Say where the bytes stop being text: near the end of a file that was cut off, amid one that mixes encodings."""
    faults = {}
    for encoding in ("utf-8", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError as error:
            faults[encoding] = error.start
    if "utf-8" not in faults:
        return "UTF-8 gives control characters"
    encoding, start = max(faults.items(), key=lambda fault: fault[1])
    return f"{encoding.upper()} breaks at byte {start} of {len(data)}{': cut off?' if start >= len(data) - 4 else ''}"


def _try_decode(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
