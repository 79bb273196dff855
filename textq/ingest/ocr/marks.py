"""Punctuation of recognised text: its width, which recognisers cannot see. str → str of the same length."""

import re

from textq.ingest.normalize import CJK

_CHINESE = re.compile(f"[{CJK}]")
_LETTER = re.compile(r"[0-9A-Za-z]")
_MARK = re.compile(r"(?<![0-9A-Za-z])[(),:;!?]|[(),:;!?](?![0-9A-Za-z])")
"""A mark that does not stand between two letters or digits, as those of 1,000 and 9:30 do."""

_WIDE = str.maketrans("(),:;!?", "（），：；！？")


def widen_marks(text: str) -> str:
    """Make the marks of a Chinese line full width, as they are printed: (一)总体目标 becomes （一）总体目标.

    A line is Chinese if at least as many of its characters are Chinese as are Latin letters and digits.
    """
    if len(_CHINESE.findall(text)) < len(_LETTER.findall(text)) or not _CHINESE.search(text):
        return text
    return _MARK.sub(lambda mark: mark[0].translate(_WIDE), text)
