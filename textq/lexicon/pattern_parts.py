"""The parts of a pattern as a frozen tree, and how long what they match can be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from textq.lexicon.fold import is_letter

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_NUMBER = 3 + 15 + 20 + 20 + 1 + 15 + 8 + 1
"""The most characters that the expression of a number matches."""


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


def min_length(part: Part) -> int:
    """Return the fewest characters that a part matches."""
    if isinstance(part, Literal):
        return len(part.text)
    if isinstance(part, Group):
        return 0 if part.optional else min(sum(map(min_length, run)) for run in part.alternatives)
    return int(isinstance(part, Number))


def max_length(part: Part) -> int:
    """Return the most characters that a part matches."""
    if isinstance(part, Literal):
        return len(part.text)
    if isinstance(part, Group):
        return max(sum(map(max_length, run)) for run in part.alternatives)
    return part.longest if isinstance(part, Gap) else _LONGEST_NUMBER


def turn(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Return the parts from the last to the first, within groups too."""
    return tuple(
        Group(tuple(map(turn, part.alternatives)), part.optional) if isinstance(part, Group) else part
        for part in reversed(parts)
    )


def may_touch_gap(parts: Sequence[Part]) -> bool:
    """Tell whether the first thing that the parts match may be a gap."""
    for part in parts:
        if isinstance(part, Gap) or (isinstance(part, Group) and any(map(may_touch_gap, part.alternatives))):
            return True
        if min_length(part):
            return False
    return False


def sort_alternatives(group: Group) -> list[tuple[Part, ...]]:
    """Return the alternatives in the order in which they are tried: longer ones first, then as written."""
    return sorted(group.alternatives, key=lambda run: -sum(map(min_length, run)))


def find_word_sides(parts: Sequence[Part], gap: int) -> tuple[bool, bool]:
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
