"""Type of Word and Excel tables: which letters are set in which font, and how wide a text is."""

from __future__ import annotations

import re
import unicodedata

SONG, HEI, TIMES = "宋体", "黑体", "Times New Roman"
"""Chinese text, Chinese titles, and everything else."""

BODY_SIZE, NOTE_SIZE = 10.5, 9.0
"""Points: 五号 and 小五."""

REPLACED = "\ufffd"
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")

_SHARED = re.compile("[—‘’“”…·\u2460-\u24ff]")
"""Marks of both scripts, and circled numbers: set as Chinese where the text has Chinese letters."""

_LETTERS = {
    0.180: "'",
    0.200: "|",
    0.250: " ,.",
    0.278: "/:;\\ijlt",
    0.300: "²³",
    0.333: "!()-I[]`fr",
    0.389: "Js",
    0.408: '"',
    0.444: "?acez",
    0.469: "^",
    0.480: "{}",
    0.541: "~",
    0.556: "FPS",
    0.564: "+<=>−×",
    0.611: "ELTZ",
    0.667: "BCR",
    0.722: "ADGHKNOQUVXYw",
    0.778: "&m",
    0.833: "%",
    0.889: "M",
    0.921: "@",
    0.944: "W",
}
_WIDTHS = {letter: width for width, letters in _LETTERS.items() for letter in letters}
"""Of the letters of Times New Roman, in units of the type size; digits and all that lack here have 0.5."""

_PLAIN = 0.5


def clean_text(text: str) -> str:
    """Return a text with U+FFFD for each character that XML cannot hold."""
    return _UNPRINTABLE.sub(REPLACED, text)


def split_scripts(text: str) -> list[tuple[str, bool]]:
    """Return the runs of a text, each with whether it is Chinese; blanks stay with the run before them."""
    has_chinese = any(map(_is_wide, text))
    runs: list[tuple[str, bool]] = []
    for letter in text:
        chinese = _is_wide(letter) or (has_chinese and bool(_SHARED.match(letter)))
        if runs and (letter == " " or runs[-1][1] == chinese):
            runs[-1] = (runs[-1][0] + letter, runs[-1][1])
        else:
            runs.append((letter, chinese))
    return runs


def measure_width(text: str) -> float:
    """Return about how wide a text is, in units of its size: a Chinese letter has 1, a digit of Times 0.5."""
    return sum(map(_measure_letter, text))


def _measure_letter(letter: str) -> float:
    return 1.0 if _is_wide(letter) else _WIDTHS.get(letter, _PLAIN)


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"
