"""Tell readable Chinese (or plain English) from the debris of a wrong decoding."""

import re
import unicodedata

READABLE_SHARE = 0.6
"""Below this share of readable characters a text layer or a decoding is refused."""

_CID = re.compile(r"\(cid:\d+\)")


def _level_one(encoding: str, first: int, last: int) -> frozenset[str]:
    """Return the everyday characters of a double-byte character set: its lead bytes ``first`` … ``last``."""
    cells = (bytes((lead, trail)) for lead in range(first, last + 1) for trail in range(0x40, 0xFF))
    return frozenset(char for cell in cells if len(char := cell.decode(encoding, "ignore")) == 1)


COMMON_HANZI = _level_one("gb2312", 0xB0, 0xD7) | _level_one("big5", 0xA4, 0xC6)
"""The 3,755 characters of GB 2312 level 1 and the 5,401 of Big5 level 1: nearly all that official texts use."""


def readable_share(text: str) -> float:
    """Return the share in [0, 1] of characters that are common hanzi, ASCII or ordinary punctuation; blanks left out.

    ``(cid:12)``, private-use characters, U+FFFD and rare ideographs count as unreadable.
    """
    text = _CID.sub("\ufffd", text)
    visible = [char for char in text if not char.isspace()]
    return sum(map(_is_readable, visible)) / len(visible) if visible else 0.0


def _is_readable(char: str) -> bool:
    if char < "\x80":
        return char >= " "
    return char in COMMON_HANZI or (char != "\ufffd" and unicodedata.category(char) in _ORDINARY)


_ORDINARY = frozenset({"Pd", "Ps", "Pe", "Pi", "Pf", "Po", "No", "Nd", "Nl", "Sm", "Sc", "So"})
