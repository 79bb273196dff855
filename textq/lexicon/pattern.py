r"""Patterns: terms with alternatives, gaps and numbers, searched in linear time. The only door to RE2.

A pattern is read into a frozen tree, and refused with the column of its error before anything is compiled:

=============  ======================================================================================
``(补贴|奖励)``  one of the alternatives, which may hold further parts
``(不再)?``      the same, or nothing
``~12``        a gap of up to 12 characters that end no sentence, as short as possible
``#``          a number: 5, 1,200.5, ３０％, 百分之五, 二十万, 1.5亿
``^``          at the very beginning: only where the body of the clause begins, after its number
=============  ======================================================================================

Everything else stands for itself; one of ``( ) | ? ~ # ^ \`` does after a backslash.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import re2  # type: ignore[import-untyped]

from textq.errors import LexiconError
from textq.lexicon.pattern_expression import IN_NUMBERS, NUMBER, write_parts
from textq.lexicon.pattern_gates import find_gates, find_links, find_openings
from textq.lexicon.pattern_parser import parse_parts
from textq.lexicon.pattern_parts import Number, max_length

if TYPE_CHECKING:
    from textq.lexicon.pattern_gates import Gate, Link
    from textq.lexicon.pattern_parts import Part


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as read: its parts in order, and whether it stands only where the body of a clause begins."""

    parts: tuple[Part, ...]
    at_start: bool

    @property
    def expression(self) -> str:
        """The parts in the syntax of RE2, for folded text."""
        return write_parts(self.parts)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """What stands in every match, in its order: the pattern need not be tried elsewhere."""
        return tuple(find_gates(self.parts))

    @property
    def openings(self) -> tuple[str, ...]:
        """Every text with which a match can begin, where they can be listed; else nothing."""
        return find_openings(self.parts)

    @property
    def links(self) -> tuple[Link, ...]:
        """The pattern as words with plain gaps between them, where it is no more than that; else nothing.

        A number before the first word is not among them.
        """
        return tuple(find_links(self.parts[1:] if self.begins_with_number else self.parts))

    @property
    def begins_with_number(self) -> bool:
        """Whether the first part is a number."""
        return isinstance(self.parts[0], Number)

    @property
    def longest(self) -> int:
        """The most characters that a match can have."""
        return sum(map(max_length, self.parts))


@cache
def parse_pattern(source: str) -> Pattern:
    """Return the pattern written in a lexicon.

    Raises
    ------
    LexiconError
        If it is empty, too long or too large, has unbalanced parentheses or a special character out of place, begins
        or ends with a gap, or if no literal text that is long enough stands in all its matches.
    """
    return Pattern(*parse_parts(source))


@cache
def compile_pattern(source: str) -> PatternFinder:
    """Return what finds the matches of a pattern; it is compiled once, when it first searches."""
    return PatternFinder(parse_pattern(source))


@lru_cache(maxsize=1 << 16)
def find_number_starts(text: str) -> tuple[int, ...]:
    """Return where a number begins that reaches to the end of a folded text, and that does not begin inside one."""
    begins = [at for at in range(len(text)) if not at or text[at - 1] not in IN_NUMBERS]
    return tuple(at for at in begins if _compile_number().fullmatch(text[at:].encode()))


class PatternFinder:
    """Finds the matches of one pattern in folded text."""

    def __init__(self, pattern: Pattern) -> None:
        self.pattern = pattern

    def __reduce__(self) -> tuple[type[PatternFinder], tuple[Pattern]]:
        return PatternFinder, (self.pattern,)

    def match(self, folded: str) -> int | None:
        """Return the end of the match at the beginning of a text, or None.

        Raises
        ------
        LexiconError
            If RE2 cannot hold the pattern in its memory.
        """
        searched = folded.encode()
        found = self._expression.match(searched)
        return len(searched[: found.end()].decode()) if found else None

    def find(self, folded: str) -> list[tuple[int, int]]:
        """Return ``(start, end)`` of the match at each place of a text where one begins, the preferred one there.

        A pattern that begins with a number does not begin inside one.

        Raises
        ------
        LexiconError
            If RE2 cannot hold the pattern in its memory.
        """
        searched = folded.encode()
        skipped = IN_NUMBERS if self.pattern.begins_with_number else frozenset()
        found, at, at_byte = [], 0, 0
        while match := self._expression.search(searched, at_byte):
            first, last = match.span()
            start = at + len(searched[at_byte:first].decode())
            if start == 0 or folded[start - 1] not in skipped:
                found.append((start, start + len(searched[first:last].decode())))
            at = start + 1
            while at < len(folded) and folded[at - 1] in skipped:
                at += 1
            at_byte = first + len(folded[start:at].encode())
        return found

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """The gates of the pattern."""
        return self.pattern.gates

    @cached_property
    def _expression(self) -> Any:
        return _compile(self.pattern.expression)


@cache
def _compile_number() -> Any:
    return _compile(NUMBER)


def _compile(expression: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        return re2.compile(expression.encode(), options)
    except re2.error as error:
        raise LexiconError(f"a pattern is too large to be searched for ({error}). Write it as several.") from error
