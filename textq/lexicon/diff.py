"""What changed between two lexicons, and what that does to clauses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textq.lexicon.fold import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textq.lexicon.entry import Entry, Lexicon
    from textq.records import Coding


@dataclass(frozen=True, slots=True)
class LexiconDiff:
    """Entries of one lexicon alone, and pairs (old, new) that differ in code, weight, guards or place."""

    added: tuple[Entry, ...]
    removed: tuple[Entry, ...]
    changed: tuple[tuple[Entry, Entry], ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A clause whose code the change moves."""

    clause_id: str
    old: str
    new: str


def diff_lexicons(old: Lexicon, new: Lexicon) -> LexiconDiff:
    """Compare two lexicons; notes and the order of entries are no change.

    Entries are paired by term and guards first, then by the term alone, in the order of the files.
    """
    pairs: list[tuple[Entry, Entry]] = []
    left, right = list(old.entries), list(new.entries)
    for key in (_strict_key, _loose_key):
        left, right, found = _pair(left, right, key)
        pairs += found
    return LexiconDiff(
        tuple(right), tuple(left), tuple(pair for pair in pairs if _content(pair[0]) != _content(pair[1]))
    )


def find_moves(old: Sequence[Coding], new: Sequence[Coding]) -> list[Move]:
    """Return the clauses that get another code; both sequences hold the same clauses in one order."""
    codes = ((a.clause_id, a.code, b.code) for a, b in zip(old, new, strict=True))
    return [Move(clause_id, before, after) for clause_id, before, after in codes if before != after]


def _pair(
    old: Sequence[Entry], new: Sequence[Entry], key: Callable[[Entry], object]
) -> tuple[list[Entry], list[Entry], list[tuple[Entry, Entry]]]:
    waiting: dict[object, list[Entry]] = defaultdict(list)
    for entry in reversed(old):
        waiting[key(entry)].append(entry)
    pairs, unpaired = [], []
    for entry in new:
        held = waiting.get(key(entry))
        if held:
            pairs.append((held.pop(), entry))
        else:
            unpaired.append(entry)
    kept = {id(entry) for held in waiting.values() for entry in held}
    return [entry for entry in old if id(entry) in kept], unpaired, pairs


def _strict_key(entry: Entry) -> object:
    return entry.key


def _loose_key(entry: Entry) -> object:
    return entry.match == "pattern", fold(entry.term)


def _content(entry: Entry) -> tuple[object, ...]:
    return entry.code, entry.match, entry.weight, entry.guards
