"""Where a lexicon's entries count in one text, by the definition. The only door to daachorse.

:mod:`textq.lexicon.batch` finds the same in many texts at once, faster.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import daachorse

from textq.lexicon.fold import fold, is_whole
from textq.notation.marks import match_mark

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textq.lexicon.entry import Entry, Lexicon

DOCUMENT_NAME = re.compile(r"《[^《》\n]*》")
"""The name of a document: a reference, no means."""

PUNCTUATION = "，。；：！？,;!?\n"
"""What ends the reach of a negation."""

_PUNCTUATION = re.compile(f"[{PUNCTUATION}]")


class TermAutomaton:
    """A compiled, picklable set of texts, searched in one pass: the leftmost-longest ones, or all that overlap."""

    __slots__ = ("_automaton", "overlapping", "patterns")

    def __init__(self, patterns: tuple[str, ...], overlapping: bool = False) -> None:
        self.patterns = patterns
        self.overlapping = overlapping
        kind = daachorse.MATCH_KIND_STANDARD if overlapping else daachorse.MATCH_KIND_LEFTMOST_LONGEST
        self._automaton = daachorse.CharwiseDoubleArrayAhoCorasick(list(patterns), kind) if patterns else None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return ``(start, end, index of the pattern)`` of each match, ordered by start, or if overlapping by end."""
        if self._automaton is None:
            return []
        return self._automaton.find_overlapping(text) if self.overlapping else self._automaton.find(text)

    def __reduce__(self) -> tuple[type[TermAutomaton], tuple[tuple[str, ...], bool]]:
        return TermAutomaton, (self.patterns, self.overlapping)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at ``[start, end)`` of a text, in code points."""

    start: int
    end: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A match before overlaps are resolved; one that needs the beginning of the clause ``begins`` one before it."""

    begins: int
    start: int
    end: int
    position: int


def skip_number(text: str) -> int:
    """Return where the body of a clause begins, after its own number (第五条, （一）, 一、, 1.) if it has one."""
    position = len(text) - len(text.lstrip())
    while mark := match_mark(text, position):
        position = mark.end
    return position


def match_terms(text: str, lexicon: Lexicon) -> list[Match]:
    """Return the matches of ``lexicon`` that count as evidence in ``text``, in order and without overlap.

    A term counts behind the number of the clause, wherever it cuts no word that spaces set apart (Latin ones, say); so
    does a pattern, at every place where it begins. What begins inside the name of a document (《…专项资金管理办法》)
    is a reference, no means, and does not count, nor does what its guards forbid. Of the rest the leftmost wins, what
    asks for the beginning of the clause first; then the longest, then the first by :attr:`Lexicon.ranks`; stoppers
    among them, which yield nothing. A negating term voids what begins between it and the next punctuation mark.
    """
    evidence, voided_until, reached = [], 0, -1
    for found in sorted(_find_candidates(text, lexicon), key=lambda one: _order(one, lexicon)):
        if found.begins < reached:
            continue
        reached = found.end
        entry = lexicon.entries[found.position]
        if entry.match == "negate":
            voided_until = max(voided_until, _find_end(text, found.end))
        elif entry.match != "stop" and found.start >= voided_until:
            evidence.append(Match(found.start, found.end, entry))
    return evidence


def _find_candidates(text: str, lexicon: Lexicon) -> Iterator[_Candidate]:
    folded, body = fold(text), skip_number(text)
    named = [found.span() for found in DOCUMENT_NAME.finditer(text)]
    for found in _find_everywhere(folded, body, lexicon):
        must, must_not = lexicon.entries[found.position].guards
        if (
            not any(start < found.start < end for start, end in named)
            and (must is None or must.is_met(folded, found.start, found.end))
            and (must_not is None or not must_not.is_met(folded, found.start, found.end))
        ):
            yield found


def _find_everywhere(folded: str, body: int, lexicon: Lexicon) -> Iterator[_Candidate]:
    for start, end, index in lexicon.automaton.find(folded):
        if start >= body and is_whole(folded, start, end):
            for position in lexicon.terms[lexicon.automaton.patterns[index]]:
                if lexicon.entries[position].match != "start":
                    yield _Candidate(start, start, end, position)
                elif start == body:
                    yield _Candidate(start - 1, start, end, position)
    for position, finder in lexicon.patterns:
        pattern = finder.pattern
        if all(any(word in folded for word in gate.words) for gate in finder.gates):
            for start, end in finder.find(folded):
                if start >= body and is_whole(folded, start, end) and (start == body or not pattern.at_start):
                    yield _Candidate(start - pattern.at_start, start, end, position)


def _order(found: _Candidate, lexicon: Lexicon) -> tuple[int, int, int]:
    return found.begins, -found.end, lexicon.ranks[found.position]


def _find_end(text: str, position: int) -> int:
    mark = _PUNCTUATION.search(text, position)
    return mark.start() if mark else len(text)
