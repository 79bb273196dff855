"""What must stand in every match of a pattern; and patterns that are no more than words with gaps between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, chain, product, takewhile
from typing import TYPE_CHECKING

from textq.lexicon.fold import is_ideograph
from textq.lexicon.pattern_parts import (
    Gap,
    Group,
    Literal,
    Number,
    Part,
    find_word_sides,
    max_length,
    sort_alternatives,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MIN_LETTERS = 3
"""The fewest letters of an obligatory literal text without a Chinese, Japanese or Korean character."""

_MAX_SPELLINGS = 256
"""A run of parts that matches more texts is not spelt out."""


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


def find_gates(parts: Sequence[Part]) -> list[Gate]:
    """Return what stands in every match of each run of parts between gaps and numbers, if long enough to look for."""
    gates: list[Gate] = []
    for before, run in _split_runs(parts):
        spellings = _spell(run)
        if spellings is not None:
            words = _drop_longer(spellings)
            found = [Gate(words, sum(map(max_length, run)) - min(map(len, words)))]
        elif len(run) > 1:
            lengths = [0, *accumulate(map(max_length, run))]
            found = [_shift(gate, by) for by, part in zip(lengths, run, strict=False) for gate in find_gates([part])]
        else:
            found = _find_gates_of_group(run[0])
        gates.extend(_shift(gate, before) for gate in found if all(map(_is_strong, gate.words)))
    return gates


def _find_gates_of_group(part: Part) -> list[Gate]:
    if not isinstance(part, Group) or part.optional:
        return []
    of_alternatives = [find_gates(run) for run in part.alternatives]
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
        reached += max_length(part)


def find_openings(parts: Sequence[Part]) -> tuple[str, ...]:
    """Return every text with which a match can begin, where they can be listed; else nothing."""
    before, run = next(_split_runs(parts))
    spellings = _spell(run) if not before else None
    return spellings if spellings and "" not in spellings else ()


def find_links(parts: Sequence[Part]) -> Iterator[Link]:
    """Yield the parts as words with plain gaps between them, where they are no more than that; else nothing."""
    gap = 0
    links: list[Link] = []
    for at, part in enumerate(parts):
        if isinstance(part, Number) or (not at and isinstance(part, Gap)):
            return
        if isinstance(part, Gap):
            if any(find_word_sides(parts, at)):
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
    for run in sort_alternatives(part):
        of_run = _spell(run)
        if of_run is None:
            return None
        spellings += of_run
    return (*spellings, "") if part.optional else tuple(spellings)


def _drop_longer(spellings: Iterable[str]) -> frozenset[str]:
    """Return the spellings that hold no other: where a longer one stands, a shorter one does."""
    kept: list[str] = []
    for spelling in sorted(spellings, key=len):
        if not any(shorter in spelling for shorter in kept):
            kept.append(spelling)
    return frozenset(kept)


def _is_strong(text: str) -> bool:
    return any(map(is_ideograph, text)) or sum(map(str.isalnum, text)) >= MIN_LETTERS
