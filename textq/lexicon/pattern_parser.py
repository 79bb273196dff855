"""From a pattern as written to its parts; every error names the column where it stands."""

from __future__ import annotations

from typing import NoReturn

from textq.errors import LexiconError
from textq.lexicon.fold import fold
from textq.lexicon.pattern_gates import MIN_LETTERS, find_gates
from textq.lexicon.pattern_parts import Gap, Group, Literal, Number, Part, may_touch_gap, min_length, turn

MAX_LENGTH = 200
"""The most characters of a pattern as written."""

MAX_GAP = 60
"""The most characters that one gap may span."""

MAX_GAPS = 240
"""The most characters that all gaps of a pattern may span together."""

MAX_DEPTH = 3
"""How deep groups may stand in groups."""

MAX_ALTERNATIVES = 64
"""The most alternatives of all groups of a pattern together."""

_SPECIAL = "()|?~#^\\"


def parse_parts(source: str) -> tuple[tuple[Part, ...], bool]:
    """Return the parts of a pattern, and whether it stands only where the body of a clause begins.

    Raises
    ------
    LexiconError
        As :func:`textq.lexicon.pattern.parse_pattern`.
    """
    return _Parser(source).parse()


class _Parser:
    """Reads one pattern from left to right."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.n_alternatives = 0
        self.gaps = 0

    def parse(self) -> tuple[tuple[Part, ...], bool]:
        if not self.source or not self.source.isprintable():
            self.refuse(0, "it is empty or holds a character that cannot be printed")
        if len(self.source) > MAX_LENGTH:
            self.refuse(MAX_LENGTH, f"it has more than {MAX_LENGTH} characters")
        at_start = self.source.startswith("^")
        self.at = int(at_start)
        parts = self.read_parts(depth=0)
        if self.at < len(self.source):
            char = self.source[self.at]
            self.refuse(self.at, f"{char!r} stands outside parentheses; write \\{char} if it is meant")
        self.check(parts)
        return parts, at_start

    def check(self, parts: tuple[Part, ...]) -> None:
        if may_touch_gap(parts) or may_touch_gap(turn(parts)):
            self.refuse(0, "it can begin or end with a gap, which says nothing")
        if not find_gates(parts):
            self.refuse(
                0,
                "no literal text stands in all its matches: one Chinese, Japanese or Korean character, "
                f"or {MIN_LETTERS} letters of another script, must not be optional",
            )

    def read_parts(self, depth: int) -> tuple[Part, ...]:
        parts: list[Part] = []
        while self.at < len(self.source) and self.source[self.at] not in "|)":
            if parts and isinstance(parts[-1], Gap) and self.source[self.at] == "~":
                self.refuse(self.at, "two gaps stand side by side; write one")
            parts.append(self.read_part(depth))
        return tuple(parts)

    def read_part(self, depth: int) -> Part:
        char = self.source[self.at]
        if char == "(":
            return self.read_group(depth + 1)
        if char == "~":
            return self.read_gap()
        if char == "#":
            self.at += 1
            return Number()
        if char == "?":
            self.refuse(self.at, "'?' follows no closing parenthesis; write (…)? or \\?")
        if char == "^":
            self.refuse(self.at, "'^' may only stand at the very beginning; write \\^ if it is meant")
        return self.read_literal()

    def read_literal(self) -> Literal:
        chars = []
        while self.at < len(self.source) and (self.source[self.at] not in _SPECIAL or self.source[self.at] == "\\"):
            self.at += self.source[self.at] == "\\"
            if self.at == len(self.source):
                self.refuse(self.at - 1, "nothing follows the backslash; write \\\\ if it is meant")
            chars.append(self.source[self.at])
            self.at += 1
        return Literal(fold("".join(chars)))

    def read_gap(self) -> Gap:
        first = self.at
        digits = ""
        while (after := self.source[self.at + 1 : self.at + 2]) and after in "0123456789":
            digits, self.at = digits + after, self.at + 1
        self.at += 1
        if not digits or not 0 < int(digits) <= MAX_GAP:
            self.refuse(first, f"a gap is written ~1 to ~{MAX_GAP}; write \\~ if the character is meant")
        self.gaps += int(digits)
        if self.gaps > MAX_GAPS:
            self.refuse(first, f"its gaps span more than {MAX_GAPS} characters together")
        return Gap(int(digits))

    def read_group(self, depth: int) -> Group:
        first = self.at
        if depth > MAX_DEPTH:
            self.refuse(first, f"parentheses stand more than {MAX_DEPTH} deep")
        alternatives: list[tuple[Part, ...]] = []
        while not alternatives or self.source[self.at : self.at + 1] == "|":
            begins = self.at
            self.at += 1
            alternatives.append(self.read_parts(depth))
            self.n_alternatives += 1
            if not alternatives[-1] or not any(map(min_length, alternatives[-1])):
                self.refuse(begins, "an alternative that may be empty; write (…)? for what may be absent")
        if self.source[self.at : self.at + 1] != ")":
            self.refuse(first, "the parenthesis is not closed")
        if self.n_alternatives > MAX_ALTERNATIVES:
            self.refuse(first, f"it has more than {MAX_ALTERNATIVES} alternatives")
        self.at += 1
        optional = self.source[self.at : self.at + 1] == "?"
        self.at += optional
        return Group(tuple(alternatives), optional)

    def refuse(self, at: int, why: str) -> NoReturn:
        raise LexiconError(f"the pattern {self.source[:MAX_LENGTH]!r}, column {at + 1}: {why}.")
