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
from itertools import accumulate, chain, product, takewhile
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import re2  # type: ignore[import-untyped]

from textq.errors import LexiconError
from textq.lexicon.fold import LETTER_RANGES, SENTENCE_ENDS, fold, is_ideograph, is_letter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

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

MIN_LETTERS = 3
"""The fewest letters of an obligatory literal text without a Chinese, Japanese or Korean character."""

_MAX_SPELLINGS = 256
_SPECIAL = "()|?~#^\\"
_ENDS = SENTENCE_ENDS.replace("\n", "\\n").replace("\r", "\\r")
_LETTERS = "".join(f"{first}-{last}" for first, last in LETTER_RANGES)
_IN_GAP, _BESIDE_WORD = f"[^{_ENDS}]", f"[^{_ENDS}{_LETTERS}]"
_DIGIT, _TENS = "[〇○零一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾]", "[十百千万亿拾佰仟]"
_NUMBER = (
    rf"(?:百分之(?:百|{_DIGIT})|(?:百分之)?[0-9]{{1,15}}(?:,[0-9]{{3}}){{0,5}}|{_DIGIT})"
    rf"(?:{_DIGIT}|{_TENS}){{0,20}}(?:[.点](?:[0-9]{{1,15}}|{_DIGIT}{{1,15}}){_TENS}{{0,8}})?[%‰]?"
)
IN_NUMBERS = frozenset("0123456789.,") | frozenset(_DIGIT[1:-1]) | frozenset(_TENS[1:-1])
"""The characters inside which no number begins."""

BESIDE_NUMBERS = IN_NUMBERS | frozenset("点%‰分之")
"""Every character that a number can hold."""

_LONGEST_NUMBER = 3 + 15 + 20 + 20 + 1 + 15 + 8 + 1


@dataclass(frozen=True, slots=True)
class Literal:
    """Folded text that stands for itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to ``longest`` characters, none of which ends a sentence."""

    longest: int


@dataclass(frozen=True, slots=True)
class Number:
    """A number in Arabic or Chinese numerals, perhaps a percentage."""


@dataclass(frozen=True, slots=True)
class Group:
    """One of the alternatives, each a run of parts; or nothing, if ``optional``."""

    alternatives: tuple[tuple[Part, ...], ...]
    optional: bool


Part: TypeAlias = Literal | Gap | Number | Group


@dataclass(frozen=True, slots=True)
class Gate:
    """Folded words of which one stands in every match of a pattern, at most ``reach`` characters behind its start."""

    words: frozenset[str]
    reach: int


@dataclass(frozen=True, slots=True)
class Link:
    """Folded words of which one follows behind at most ``gap`` characters that end no sentence, the preferred first.

    What is sought is the nearest place where one stands from which the other links can be followed too; there, the
    first such word.
    """

    words: tuple[str, ...]
    gap: int


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern as read: its parts in order, and whether it stands only where the body of a clause begins."""

    parts: tuple[Part, ...]
    at_start: bool

    @property
    def expression(self) -> str:
        """The parts in the syntax of RE2, for folded text."""
        return _write_parts(self.parts)

    @property
    def gates(self) -> tuple[Gate, ...]:
        """What stands in every match, in its order: the pattern need not be tried elsewhere."""
        return tuple(_find_gates(self.parts))

    @property
    def openings(self) -> tuple[str, ...]:
        """Every text with which a match can begin, where they can be listed; else nothing."""
        before, run = next(_split_runs(self.parts))
        spellings = _spell(run) if not before else None
        return spellings if spellings and "" not in spellings else ()

    @property
    def links(self) -> tuple[Link, ...]:
        """The pattern as words with plain gaps between them, where it is no more than that; else nothing.

        A number before the first word is not among them.
        """
        return tuple(_find_links(self.parts[1:] if self.begins_with_number else self.parts))

    @property
    def begins_with_number(self) -> bool:
        """Whether the first part is a number."""
        return isinstance(self.parts[0], Number)

    @property
    def longest(self) -> int:
        """The most characters that a match can have."""
        return sum(map(_max_length, self.parts))


@cache
def parse_pattern(source: str) -> Pattern:
    """Return the pattern written in a lexicon.

    Raises
    ------
    LexiconError
        If it is empty, too long or too large, has unbalanced parentheses or a special character out of place, begins
        or ends with a gap, or if no literal text that is long enough stands in all its matches.
    """
    return _Parser(source).parse()


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


class _Parser:
    """Reads one pattern from left to right; every error names the column where it stands."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.n_alternatives = 0
        self.gaps = 0

    def parse(self) -> Pattern:
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
        return Pattern(parts, at_start)

    def check(self, parts: tuple[Part, ...]) -> None:
        if _may_touch_gap(parts) or _may_touch_gap(_turn(parts)):
            self.refuse(0, "it can begin or end with a gap, which says nothing")
        if not _find_gates(parts):
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
            if not alternatives[-1] or not any(map(_min_length, alternatives[-1])):
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


def _min_length(part: Part) -> int:
    """Return the fewest characters that a part matches."""
    if isinstance(part, Literal):
        return len(part.text)
    if isinstance(part, Group):
        return 0 if part.optional else min(sum(map(_min_length, run)) for run in part.alternatives)
    return int(isinstance(part, Number))


def _max_length(part: Part) -> int:
    """Return the most characters that a part matches."""
    if isinstance(part, Literal):
        return len(part.text)
    if isinstance(part, Group):
        return max(sum(map(_max_length, run)) for run in part.alternatives)
    return part.longest if isinstance(part, Gap) else _LONGEST_NUMBER


def _turn(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts from the last to the first, within groups too."""
    return tuple(
        Group(tuple(map(_turn, part.alternatives)), part.optional) if isinstance(part, Group) else part
        for part in reversed(parts)
    )


def _may_touch_gap(parts: Sequence[Part]) -> bool:
    """Tell whether the first thing that the parts match may be a gap."""
    for part in parts:
        if isinstance(part, Gap) or (isinstance(part, Group) and any(map(_may_touch_gap, part.alternatives))):
            return True
        if _min_length(part):
            return False
    return False


def _find_gates(parts: Sequence[Part]) -> list[Gate]:
    """Return what stands in every match of each run of parts between gaps and numbers, if long enough to look for."""
    gates: list[Gate] = []
    for before, run in _split_runs(parts):
        spellings = _spell(run)
        if spellings is not None:
            words = _drop_longer(spellings)
            found = [Gate(words, sum(map(_max_length, run)) - min(map(len, words)))]
        elif len(run) > 1:
            lengths = [0, *accumulate(map(_max_length, run))]
            found = [_shift(gate, by) for by, part in zip(lengths, run, strict=False) for gate in _find_gates([part])]
        else:
            found = _find_gates_of_group(run[0])
        gates.extend(_shift(gate, before) for gate in found if all(map(_is_strong, gate.words)))
    return gates


def _find_gates_of_group(part: Part) -> list[Gate]:
    if not isinstance(part, Group) or part.optional:
        return []
    of_alternatives = [_find_gates(run) for run in part.alternatives]
    if not all(of_alternatives):
        return []
    best = [max(gates, key=lambda gate: min(map(len, gate.words))) for gates in of_alternatives]
    words = _drop_longer(chain.from_iterable(gate.words for gate in best))
    return [Gate(words, max(gate.reach for gate in best))]


def _shift(gate: Gate, by: int) -> Gate:
    return Gate(gate.words, gate.reach + by)


def _split_runs(parts: Sequence[Part]) -> Iterator[tuple[int, list[Part]]]:
    """Yield the runs of parts between gaps and numbers, each with the most characters that stand before it."""
    run: list[Part] = []
    before = reached = 0
    for part in (*parts, Number()):
        if isinstance(part, Literal | Group):
            before = before if run else reached
            run.append(part)
        elif run:
            yield before, run
            run = []
        reached += _max_length(part)


def _find_links(parts: Sequence[Part]) -> Iterator[Link]:
    gap = 0
    links: list[Link] = []
    for at, part in enumerate(parts):
        if isinstance(part, Number) or (not at and isinstance(part, Gap)):
            return
        if isinstance(part, Gap):
            if any(_find_word_sides(parts, at)):
                return
            gap = part.longest
        elif not at or isinstance(parts[at - 1], Gap):
            run = list(takewhile(lambda one: not isinstance(one, Gap | Number), parts[at:]))
            spellings = _spell(run)
            if not spellings or "" in spellings:
                return
            links.append(Link(spellings, gap))
    yield from links


def _spell(parts: Sequence[Part]) -> tuple[str, ...] | None:
    """Return every text that parts match, the preferred first; None if they hold gaps or numbers, or match too many."""
    spellings: tuple[str, ...] = ("",)
    for part in parts:
        of_part = _spell_part(part)
        if of_part is None or len(spellings) * len(of_part) > _MAX_SPELLINGS:
            return None
        spellings = tuple(before + behind for before, behind in product(spellings, of_part))
    return tuple(dict.fromkeys(spellings))


def _spell_part(part: Part) -> tuple[str, ...] | None:
    if isinstance(part, Literal):
        return (part.text,)
    if not isinstance(part, Group):
        return None
    spellings: list[str] = []
    for run in _sort_alternatives(part):
        of_run = _spell(run)
        if of_run is None:
            return None
        spellings += of_run
    return (*spellings, "") if part.optional else tuple(spellings)


def _sort_alternatives(group: Group) -> list[tuple[Part, ...]]:
    """Return the alternatives in the order in which they are tried: longer ones first, then as written."""
    return sorted(group.alternatives, key=lambda run: -sum(map(_min_length, run)))


def _drop_longer(spellings: Iterable[str]) -> frozenset[str]:
    """Return the spellings that hold no other: where a longer one stands, a shorter one does."""
    kept: list[str] = []
    for spelling in sorted(spellings, key=len):
        if not any(shorter in spelling for shorter in kept):
            kept.append(spelling)
    return frozenset(kept)


def _is_strong(text: str) -> bool:
    return any(map(is_ideograph, text)) or sum(map(str.isalnum, text)) >= MIN_LETTERS


def _write_parts(parts: Sequence[Part]) -> str:
    written = []
    for at, part in enumerate(parts):
        if isinstance(part, Gap):
            after_word, before_word = _find_word_sides(parts, at)
            written.append(_write_gap(part.longest, after_word=after_word, before_word=before_word))
        else:
            written.append(_write_part(part))
    return "".join(written)


def _write_part(part: Part) -> str:
    if isinstance(part, Literal):
        return "".join(f"\\{char}" if char.isascii() and not char.isalnum() else char for char in part.text)
    if isinstance(part, Group):
        return f"(?:{'|'.join(map(_write_parts, _sort_alternatives(part)))}){'?' * part.optional}"
    return _NUMBER


def _write_gap(longest: int, *, after_word: bool, before_word: bool) -> str:
    """Return a gap that is as short as possible and does not cut the words that spaces set apart on either side."""
    if after_word and before_word:
        return _BESIDE_WORD + (f"(?:{_IN_GAP}{{0,{longest - 2}}}?{_BESIDE_WORD})??" if longest > 1 else "")
    if after_word:
        return f"(?:{_BESIDE_WORD}{_IN_GAP}{{0,{longest - 1}}}?)??"
    if before_word:
        return f"(?:{_IN_GAP}{{0,{longest - 1}}}?{_BESIDE_WORD})??"
    return f"{_IN_GAP}{{0,{longest}}}?"


def _find_word_sides(parts: Sequence[Part], gap: int) -> tuple[bool, bool]:
    """Tell whether a word that spaces set apart always stands right before the gap, and right behind it."""
    before = gap > 0 and _touches_word(parts[gap - 1], at_end=True)
    return before, gap + 1 < len(parts) and _touches_word(parts[gap + 1], at_end=False)


def _touches_word(part: Part, *, at_end: bool) -> bool:
    """Tell whether a part always begins (or ends) with a letter of a script with spaces, or with a number."""
    if isinstance(part, Literal):
        return is_letter(part.text[-1 if at_end else 0])
    if isinstance(part, Group):
        edges = [run[-1 if at_end else 0] for run in part.alternatives]
        return not part.optional and all(_touches_word(edge, at_end=at_end) for edge in edges)
    return isinstance(part, Number) and not at_end


@cache
def _compile_number() -> Any:
    return _compile(_NUMBER)


def _compile(expression: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        return re2.compile(expression.encode(), options)
    except re2.error as error:
        raise LexiconError(f"a pattern is too large to be searched for ({error}). Write it as several.") from error
