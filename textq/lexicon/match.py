"""Where a lexicon's terms stand in a text: one pass, leftmost-longest. The only door to daachorse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import daachorse

from textq.notation.marks import match_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textq.lexicon.entry import Entry, Lexicon

START = "\x02"
"""Stands before the body of a clause while it is searched; no text contains it (fold replaces it)."""

_FULL_WIDTH: dict[int, int | str] = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KEPT_PUNCTUATION: dict[int, int | str] = {ord(char): char for char in "，；：！？（）"}
_FOLDED = _FULL_WIDTH | _KEPT_PUNCTUATION | {0x3000: " ", ord(START): " "}

_DOCUMENT_NAME = re.compile(r"《[^《》\n]*》")
_PUNCTUATION = re.compile(r"[，。；：！？,;!?\n]")
_INSIDE_WORD = re.compile(r"[a-z0-9]{2}")


class TermAutomaton:
    """A compiled, picklable set of patterns, searched leftmost-longest in one pass."""

    __slots__ = ("_automaton", "patterns")

    def __init__(self, patterns: tuple[str, ...]) -> None:
        self.patterns = patterns
        kind = daachorse.MATCH_KIND_LEFTMOST_LONGEST
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns), kind) if patterns else None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return ``(start, end, index of the pattern)`` of each match, in order and without overlap."""
        return self._automaton.find(text) if self._automaton else []

    def __reduce__(self) -> tuple[type[TermAutomaton], tuple[tuple[str, ...]]]:
        return TermAutomaton, (self.patterns,)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at ``[start, end)`` of a text, in code points."""

    start: int
    end: int
    entry: Entry


def fold(text: str) -> str:
    """Return a copy of equal length for matching.

    Full-width ASCII becomes half-width (Ｂ２Ｂ → b2b) and letters lower case where that keeps the length; full-width
    Chinese punctuation stays.
    """
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(char.lower() if len(char.lower()) == 1 else char for char in text)
    return lower.translate(_FOLDED)


def skip_number(text: str) -> int:
    """Return where the body of a clause begins, after its own number (第五条, （一）, 一、, 1.) if it has one."""
    position = len(text) - len(text.lstrip())
    while mark := match_mark(text, position):
        position = mark.end
    return position


def match_terms(text: str, lexicon: Lexicon) -> list[Match]:
    """Return the terms of ``lexicon`` that count as evidence in ``text``, in order and without overlap.

    The longest term wins at the leftmost position, stoppers among them. A term that begins or ends with a Latin letter
    or digit matches whole words only. A negating term voids what stands between it and the next punctuation mark.
    The name of a document (《…专项资金管理办法》) is a reference, no means: what stands in it is no evidence.
    """
    evidence, voided_until = [], 0
    named = [found.span() for found in _DOCUMENT_NAME.finditer(text)]
    for match in _find_all(text, lexicon):
        if any(start < match.start < end for start, end in named):
            continue
        if match.entry.match == "negate":
            voided_until = max(voided_until, _find_end(text, match.end))
        elif match.entry.match != "stop" and match.start >= voided_until:
            evidence.append(match)
    return evidence


def _find_all(text: str, lexicon: Lexicon) -> Iterator[Match]:
    body = skip_number(text)
    searched = START + fold(text)[body:]
    for start, end, index in lexicon.automaton.find(searched):
        entry = lexicon.entries[index]
        first = start + (entry.match == "start")
        if _is_whole(searched, first, end):
            yield Match(first - 1 + body, end - 1 + body, entry)


def _is_whole(searched: str, start: int, end: int) -> bool:
    return not (_INSIDE_WORD.match(searched, start - 1) or _INSIDE_WORD.match(searched, end - 1))


def _find_end(text: str, position: int) -> int:
    mark = _PUNCTUATION.search(text, position)
    return mark.start() if mark else len(text)
