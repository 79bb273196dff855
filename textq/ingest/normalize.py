"""Normalise text: composed characters, plain spaces, one paragraph a line. str → str, idempotent."""

import re
import unicodedata
from itertools import pairwise

from textq.ingest.radicals import CHARACTERS_OF_RADICALS

_NEWLINES = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[ \t\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")

CJK = "\u2e80-\u303f\u31c0-\u31ef\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003134f‘’“”…—·×"
"""The inside of a character class: ideographs, their punctuation, full-width forms."""

CJK_CHARACTER = re.compile(f"[{CJK}]")

_CJK_THEN_WORD = re.compile(rf"(?<=[{CJK}]) (?=[0-9A-Za-z%+\-.(\[])|(?<=[0-9A-Za-z%+\-.)\]]) (?=[{CJK}])")
_BESIDE_PUNCTUATION = re.compile(
    r" (?=[，。；：、！？）》」』】〕”’])|(?<=[（《「『【〔“‘，。；：、！？）》」』】〕”’]) "
)
_HANZI = "[〇\u4e00-\u9fff]"
_LETTER_SPACED = re.compile(rf"(?<!{_HANZI}){_HANZI}(?: {_HANZI})+(?!{_HANZI})")


def normalize_line(line: str) -> str:
    """Return one line without indentation, doubled spaces, or spaces that typesetting put beside Chinese.

    Spaces between Chinese characters and digits or Latin letters, around Chinese punctuation, and inside words
    spaced letter by letter (总　则) are dropped; one between two Chinese words (第五条 市人民政府) is kept as plain.
    """
    return _drop_spaces(unicodedata.normalize("NFC", _INVISIBLE.sub("", line).translate(CHARACTERS_OF_RADICALS)))


def trace_line(line: str) -> tuple[str, list[int]]:
    """Return ``normalize_line(line)`` and, for each of its characters, the offset in ``line`` it came from.

    A composed character comes from the first of those it was composed of; linear time.
    """
    kept = [at for at, char in enumerate(line) if not _INVISIBLE.match(char)]
    composed, sources = _trace_composition("".join(line[at] for at in kept).translate(CHARACTERS_OF_RADICALS))
    normal = _drop_spaces(composed)
    # From here on only blanks were dropped or unified, so that the other characters pair off in order.
    origins: list[int] = []
    at = len(composed) - len(composed.lstrip())
    for char in normal:
        if char != " ":
            while _SPACES.match(composed, at):
                at += 1
        origins.append(kept[sources[at]])
        at += 1
    return normal, origins


def _drop_spaces(line: str) -> str:
    line = _SPACES.sub(" ", line).strip()
    line = _BESIDE_PUNCTUATION.sub("", _CJK_THEN_WORD.sub("", line))
    return _LETTER_SPACED.sub(lambda word: word[0].replace(" ", ""), line)


def _trace_composition(text: str) -> tuple[str, list[int]]:
    """Return the NFC of a text and the offset each of its characters came from."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return text, list(range(len(text)))
    clusters = [at for at, char in enumerate(text) if not at or not _can_compose(char)]
    parts = [(at, unicodedata.normalize("NFC", text[at:end])) for at, end in pairwise([*clusters, len(text)])]
    if "".join(part for _, part in parts) != composed:
        return composed, [min(at, len(text) - 1) for at in range(len(composed))]
    return composed, [at for at, part in parts for _ in part]


def _can_compose(char: str) -> bool:
    """Tell whether a character may melt into the one before it: an accent, or a vowel or final of Hangul."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"


def normalize_text(text: str) -> str:
    """Return ``text`` in NFC, LF, one paragraph a line, without blank lines."""
    lines = (normalize_line(line) for line in _NEWLINES.sub("\n", text).split("\n"))
    return "\n".join(line for line in lines if line)


def join_broken(left: str, right: str) -> str:
    """Join two halves of a paragraph that a line break tore apart: a space only between two Latin words."""
    if left and right and left[-1].isascii() and right[0].isascii() and left[-1].isalpha() and right[0].isalpha():
        return f"{left} {right}"
    return left + right
