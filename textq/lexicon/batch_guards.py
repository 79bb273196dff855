"""The guards of a lexicon's entries, asked of many matches at once."""

from __future__ import annotations

from itertools import chain, groupby
from typing import TYPE_CHECKING

import numpy as np

from textq.compiled import compile_loop
from textq.lexicon.chunk import Lists, Places
from textq.lexicon.loops import find_near, group_places

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textq.lexicon.chunk import Chunk, Flags, Words
    from textq.lexicon.entry import Entry
    from textq.lexicon.guard import Guard
    from textq.lexicon.trie import Integers

_FAR = 1 << 40
"""More characters than any text has."""


class GuardTable:
    """The guards of a lexicon's entries.

    What a guard looks for in the whole sentence is sought as one thing, whatever its alternatives: none of them goes
    beyond a sentence. Of those that must be near, those of one length are sought as one.
    """

    def __init__(self, entries: Sequence[Entry]) -> None:
        numbers: dict[Guard | None, int] = {}
        asked = [tuple(numbers.setdefault(guard, len(numbers)) for guard in entry.guards) for entry in entries]
        guards = list(numbers)
        self.guarded = np.array([entry.is_guarded for entry in entries], dtype=np.bool_)
        self._must, self._must_not = np.array(asked, dtype=np.int64).reshape(-1, 2).T.copy()
        self._none = np.array([one is None for one in guards], dtype=np.bool_)
        self._distances = np.array([one.distance if one and one.distance else _FAR for one in guards], dtype=np.int64)
        sought = [(at, words) for at, guard in enumerate(guards) if guard for words in _divide(guard)]
        self._sought = [words for _, words in sought]
        near = self._distances < _FAR
        self._lengths = np.array([len(words[0]) if near[at] else 1 for at, words in sought], dtype=np.int64)
        self._of_guard = Lists.of(((at, number) for number, (at, _) in enumerate(sought)), n_keys=len(guards))
        self._of_word = Lists.of((), n_keys=0)

    @property
    def words(self) -> Iterator[str]:
        """What has to be found."""
        return chain.from_iterable(self._sought)

    def number_words(self, positions: Mapping[str, int]) -> None:
        """Take note of the positions under which the words will be found."""
        pairs = ((positions[word], number) for number, words in enumerate(self._sought) for word in words)
        self._of_word = Lists.of(pairs, n_keys=len(positions))

    def ask(self, start: Integers, end: Integers, entry: Integers, chunk: Chunk, found: Words) -> Flags:
        """Tell which matches, sorted, their guards let through, given the whole words of guards found in the chunk."""
        must, must_not = self._must[entry], self._must_not[entry]
        look = self._look_in_loops if chunk.in_loops else self._look
        held, forbidden = look(start, end, (must, must_not), chunk, found)
        return (held | self._none[must]) & ~forbidden

    def _look(
        self, start: Integers, end: Integers, asked: Iterable[Integers], chunk: Chunk, found: Words
    ) -> list[Flags]:
        """Tell, for each list of a guard a match, near which matches a word of their guard stands."""
        at, sought = self._of_word.look_up(found.word)
        places = Places(sought, found.start[at], chunk.bits)
        first = chunk.ends[np.searchsorted(chunk.ends, start) - 1] + 1
        last = chunk.ends[np.searchsorted(chunk.ends, end)]
        near = []
        for guards in asked:
            at, sought = self._of_guard.look_up(guards)
            distance = self._distances[guards[at]]
            lowest = np.maximum(first[at], start[at] - distance)
            highest = np.minimum(last[at], end[at] + distance)
            held = places.hold(sought, lowest, highest - self._lengths[sought])
            near.append(np.bincount(at[held], minlength=len(start)) > 0)
        return near

    def _look_in_loops(
        self, start: Integers, end: Integers, asked: Iterable[Integers], chunk: Chunk, found: Words
    ) -> list[Flags]:
        words = found.start, found.word, self._of_word.bounds, self._of_word.values
        places = compile_loop(group_places)(*words, len(self._lengths))
        sought = self._distances, self._of_guard.bounds, self._of_guard.values, self._lengths
        look = compile_loop(find_near)
        return [look(start, end, guards, *sought, *places, chunk.ends) for guards in asked]


def _divide(guard: Guard) -> list[tuple[str, ...]]:
    """Return the alternatives of a guard as they can be sought together."""
    if guard.distance is None:
        return [guard.alternatives]
    return [tuple(words) for _, words in groupby(sorted(guard.alternatives, key=len), key=len)]
