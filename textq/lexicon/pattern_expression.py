"""A pattern's parts in the syntax of RE2."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textq.lexicon.fold import LETTER_RANGES, SENTENCE_ENDS
from textq.lexicon.pattern_parts import Gap, Group, Literal, Part, find_word_sides, sort_alternatives

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDS = SENTENCE_ENDS.replace("\n", "\\n").replace("\r", "\\r")
_LETTERS = "".join(f"{first}-{last}" for first, last in LETTER_RANGES)
_IN_GAP, _BESIDE_WORD = f"[^{_ENDS}]", f"[^{_ENDS}{_LETTERS}]"
_DIGIT, _TENS = "[〇○零一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾]", "[十百千万亿拾佰仟]"
NUMBER = (
    rf"(?:百分之(?:百|{_DIGIT})|(?:百分之)?[0-9]{{1,15}}(?:,[0-9]{{3}}){{0,5}}|{_DIGIT})"
    rf"(?:{_DIGIT}|{_TENS}){{0,20}}(?:[.点](?:[0-9]{{1,15}}|{_DIGIT}{{1,15}}){_TENS}{{0,8}})?[%‰]?"
)
IN_NUMBERS = frozenset("0123456789.,") | frozenset(_DIGIT[1:-1]) | frozenset(_TENS[1:-1])
"""The characters inside which no number begins."""

BESIDE_NUMBERS = IN_NUMBERS | frozenset("点%‰分之")
"""Every character that a number can hold."""


def write_parts(parts: Sequence[Part]) -> str:
    """Return the expression of parts, for folded text."""
    written = []
    for at, part in enumerate(parts):
        if isinstance(part, Gap):
            after_word, before_word = find_word_sides(parts, at)
            written.append(_write_gap(part.longest, after_word=after_word, before_word=before_word))
        else:
            written.append(_write_part(part))
    return "".join(written)


def _write_part(part: Part) -> str:
    if isinstance(part, Literal):
        return "".join(f"\\{char}" if char.isascii() and not char.isalnum() else char for char in part.text)
    if isinstance(part, Group):
        return f"(?:{'|'.join(map(write_parts, sort_alternatives(part)))}){'?' * part.optional}"
    return NUMBER


def _write_gap(longest: int, *, after_word: bool, before_word: bool) -> str:
    """Return a gap that is as short as possible and does not cut the words that spaces set apart on either side."""
    if after_word and before_word:
        return _BESIDE_WORD + (f"(?:{_IN_GAP}{{0,{longest - 2}}}?{_BESIDE_WORD})??" if longest > 1 else "")
    if after_word:
        return f"(?:{_BESIDE_WORD}{_IN_GAP}{{0,{longest - 1}}}?)??"
    if before_word:
        return f"(?:{_IN_GAP}{{0,{longest - 1}}}?{_BESIDE_WORD})??"
    return f"{_IN_GAP}{{0,{longest}}}?"
