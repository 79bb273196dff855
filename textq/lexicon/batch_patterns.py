"""The patterns of a lexicon in many texts at once: words with gaps in arrays, all others tried where they can match."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import numpy as np

from textq.compiled import compile_loop
from textq.lexicon.chunk import Lists, Places, letter_points, number_points
from textq.lexicon.fold import fold
from textq.lexicon.loops import follow_chains
from textq.lexicon.pattern import find_number_starts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from textq.lexicon.chunk import Chunk, Flags, Points, Words
    from textq.lexicon.pattern import PatternFinder
    from textq.lexicon.pattern_gates import Link
    from textq.lexicon.trie import Integers

_RANKS = 8
"""Bits for the place of a word in its link."""


class PatternTable:
    """The patterns of a lexicon, each given with the position of its entry."""

    def __init__(self, patterns: Sequence[tuple[int, PatternFinder]]) -> None:
        links = [finder.pattern.links for _, finder in patterns]
        linked = list(zip(patterns, links, strict=True))
        self._chains = _Chains([(entry, links) for (entry, _), links in linked if links])
        self._windows = _Windows([pattern for pattern, links in linked if not links])
        self._counted = np.zeros(max((entry + 1 for entry, _ in patterns), default=0), dtype=np.bool_)
        self._counted[[entry for entry, finder in patterns if finder.pattern.begins_with_number]] = True

    @property
    def chained(self) -> Iterator[str]:
        """What has to be found of patterns that are words with gaps."""
        return self._chains.words

    @property
    def gates(self) -> Iterator[str]:
        """What has to be found of all others."""
        return self._windows.words

    def number_words(self, positions: Mapping[str, int]) -> None:
        """Take note of the positions under which the words will be found."""
        self._chains.number_words(positions)
        self._windows.number_words(positions)

    def find(self, chunk: Chunk, chained: Words, gates: Words) -> tuple[Integers, Integers, Integers]:
        """Return start, end and entry of each match that cuts no word, given the words found in the chunk.

        A match may stand there twice.
        """
        linked = _add_numbers(chunk, *self._chains.find(chunk, chained), self._counted)
        both = zip(linked, self._windows.find(chunk, gates), strict=True)
        start, end, entry = map(np.concatenate, both)
        letters, points = letter_points(), chunk.points
        cut_before, cut_behind = (letters[points[at - 1]] & letters[points[at]] for at in (start, end))
        whole = ~(cut_before | cut_behind)
        return start[whole], end[whole], entry[whole]


def _add_numbers(
    chunk: Chunk, start: Integers, end: Integers, entry: Integers, counted: Flags
) -> tuple[Integers, Integers, Integers]:
    """Return matches of which some need a number before them, with the numbers; those without one are left out.

    ``counted`` tells of each entry whether it needs one. Of several numbers that begin at one place the longest counts.
    """
    needs = counted[entry]
    behind = np.flatnonzero(needs)
    first = start[behind] - _find_runs(chunk.points, start[behind], number_points())
    texts = [chunk.joined[at:until] for at, until in zip(first.tolist(), start[behind].tolist(), strict=True)]
    begins = [(at, offset) for at, text in enumerate(texts) for offset in _find_number_starts(text)]
    at, offset = np.array(begins, dtype=np.int64).reshape(-1, 2).T
    begin, behind = first[at] + offset, behind[at]
    order = np.lexsort((-start[behind], begin, entry[behind]))
    begin, behind = begin[order], behind[order]
    longest = np.flatnonzero((np.diff(begin, prepend=-1) != 0) | (np.diff(entry[behind], prepend=-1) != 0))
    begin, behind, plain = begin[longest], behind[longest], np.flatnonzero(~needs)
    return (
        np.concatenate([start[plain], begin]),
        np.concatenate([end[plain], end[behind]]),
        np.concatenate([entry[plain], entry[behind]]),
    )


@lru_cache(maxsize=1 << 16)
def _find_number_starts(text: str) -> tuple[int, ...]:
    """Return what ``find_number_starts`` returns, of a text that is not folded yet."""
    return find_number_starts(fold(text))


def _find_runs(points: Points, places: Integers, wanted: Flags) -> Integers:
    """Return how many wanted characters stand right before each place."""
    lengths = np.zeros(len(places), dtype=np.int64)
    going_on = np.arange(len(places))
    while len(going_on):
        going_on = going_on[wanted[points[places[going_on] - lengths[going_on] - 1]]]
        lengths[going_on] += 1
    return lengths


class _Chains:
    """Patterns that are words with plain gaps between them, followed from their last words to their first.

    Each link of each pattern is a stage; those of the last links have the first numbers, then those before them.
    """

    def __init__(self, patterns: Sequence[tuple[int, Sequence[Link]]]) -> None:
        from_last = [
            (len(links) - 1 - at, pattern, at)
            for pattern, (_, links) in enumerate(patterns)
            for at in range(len(links))
        ]
        from_last.sort()
        numbers = {(pattern, at): stage for stage, (_, pattern, at) in enumerate(from_last)}
        links = [patterns[pattern][1][at] for _, pattern, at in from_last]
        self._stages = [link.words for link in links]
        following = [numbers.get((pattern, at + 1), -1) for _, pattern, at in from_last]
        self._following = np.array(following, dtype=np.int64)
        self._gaps = np.array([links[stage].gap if stage >= 0 else 0 for stage in following], dtype=np.int64)
        self._entries = np.array([-1 if at else patterns[pattern][0] for _, pattern, at in from_last], dtype=np.int64)
        depths = np.array([depth for depth, _, _ in from_last], dtype=np.int64)
        self._firsts = np.searchsorted(depths, np.arange(int(depths.max(initial=-1)) + 2))
        self._lengths = np.array([len(word) for words in self._stages for word in words], dtype=np.int64)
        self._of_stage = np.cumsum([0, *map(len, self._stages)])
        self._of_word = Lists.of((), n_keys=0)
        self._stage = self._rank = np.zeros(0, dtype=np.int64)

    @property
    def words(self) -> Iterator[str]:
        """What has to be found."""
        return chain.from_iterable(self._stages)

    def number_words(self, positions: Mapping[str, int]) -> None:
        """Take note of the positions under which the words will be found."""
        held = [(stage, rank) for stage, words in enumerate(self._stages) for rank in range(len(words))]
        self._stage, self._rank = np.array(held, dtype=np.int64).reshape(-1, 2).T.copy()
        pairs = ((positions[word], number) for number, word in enumerate(self.words))
        self._of_word = Lists.of(pairs, n_keys=len(positions))

    def find(self, chunk: Chunk, found: Words) -> tuple[Integers, Integers, Integers]:
        """Return start, end and entry of each match."""
        if chunk.in_loops:
            return compile_loop(follow_chains)(
                found.start,
                found.word,
                self._of_word.bounds,
                self._of_word.values,
                self._stage,
                self._rank,
                self._lengths,
                self._following,
                self._gaps,
                self._entries,
                chunk.ends,
            )
        nothing = np.zeros(0, dtype=np.int64)
        at, held = self._of_word.look_up(found.word)
        keys = (self._stage << (chunk.bits + _RANKS) | self._rank)[held] + (found.start << _RANKS)[at]
        keys.sort()
        bounds = np.searchsorted(keys, self._firsts << (chunk.bits + _RANKS)).tolist()
        places, reached = nothing, nothing
        matches = [(nothing, nothing, nothing)]
        for first, last in pairwise(bounds):
            places, reached = self._follow(chunk, keys[first:last], places, reached)
            entry = self._entries[places >> chunk.bits]
            opening = np.flatnonzero(entry >= 0)
            matches.append((places[opening] & ((1 << chunk.bits) - 1), reached[opening], entry[opening]))
        start, end, entry = map(np.concatenate, zip(*matches, strict=True))
        return start, end, entry

    def _follow(self, chunk: Chunk, keys: Integers, places: Integers, reached: Integers) -> tuple[Integers, Integers]:
        """Return where links of one depth can be followed to the end of their patterns, and where these end.

        ``keys`` are the words of these links, sorted: stage and start as one number, then the rank of the word.
        ``places`` (stage and start as one number) and ``reached`` are the same for the links behind them.
        """
        here = keys >> _RANKS
        stage = here >> chunk.bits
        end = (here & ((1 << chunk.bits) - 1)) + self._lengths[self._of_stage[stage] + (keys & ((1 << _RANKS) - 1))]
        if len(here) and self._following[stage[0]] >= 0:
            lowest = (self._following[stage] << chunk.bits) + end
            position = np.searchsorted(places, lowest)
            gap = np.append(places, np.iinfo(np.int64).max)[position] - lowest
            near = np.flatnonzero(gap <= self._gaps[stage])
            here, end, position, gap = here[near], end[near], position[near], gap[near]
            in_sentence = np.flatnonzero(chunk.ends[np.searchsorted(chunk.ends, end)] >= end + gap)
            here, end = here[in_sentence], reached[position[in_sentence]]
        preferred = np.flatnonzero(np.diff(here, prepend=-1))
        return here[preferred], end[preferred]


class _Windows:
    """Patterns that RE2 tries, only where all that their matches hold stands near.

    A pattern is tried at one of its openings where these can be listed, else in a window around its first gate.
    """

    def __init__(self, patterns: Sequence[tuple[int, PatternFinder]]) -> None:
        self._entries = np.array([entry for entry, _ in patterns], dtype=np.int64)
        self._finders = [finder for _, finder in patterns]
        numbers: dict[tuple[str, ...], int] = {}
        keys, gates = [], []
        for at, (_, finder) in enumerate(patterns):
            first, *others = finder.gates
            openings = finder.pattern.openings
            words = openings or tuple(sorted(first.words))
            keys.append((numbers.setdefault(words, len(numbers)), 0 if openings else first.reach))
            sets = [(numbers.setdefault(tuple(sorted(gate.words)), len(numbers)), gate.reach) for gate in others]
            gates += [(at, *gate) for gate in sets]
        self._sets = list(numbers)
        self._keys, self._reaches = np.array(keys, dtype=np.int64).reshape(-1, 2).T
        self._opened = np.array([bool(finder.pattern.openings) for finder in self._finders], dtype=np.bool_)
        self._longest = np.array([finder.pattern.longest for finder in self._finders], dtype=np.int64)
        self._of_key = Lists.of(((key, at) for at, (key, _) in enumerate(keys)), n_keys=len(self._sets))
        self._gates = Lists.of(((at, number) for number, (at, _, _) in enumerate(gates)), n_keys=len(patterns))
        self._gate_sets, self._gate_reaches = np.array([gate[1:] for gate in gates], dtype=np.int64).reshape(-1, 2).T
        self._of_word = Lists.of((), n_keys=0)

    @property
    def words(self) -> Iterator[str]:
        """What has to be found."""
        return chain.from_iterable(self._sets)

    def number_words(self, positions: Mapping[str, int]) -> None:
        """Take note of the positions under which the words will be found."""
        pairs = ((positions[word], number) for number, words in enumerate(self._sets) for word in words)
        self._of_word = Lists.of(pairs, n_keys=len(positions))

    def find(self, chunk: Chunk, found: Words) -> tuple[Integers, Integers, Integers]:
        """Return start, end and entry of each match; some may stand twice."""
        nothing = np.zeros(0, dtype=np.int64)
        matches = [(nothing, nothing, nothing)]
        if self._sets:
            pattern, start = self._find_windows(chunk, found)
            owner = np.searchsorted(chunk.firsts, start, side="right") - 1
            first = np.maximum(start - self._reaches[pattern], chunk.firsts[owner])
            last = np.minimum(start + self._longest[pattern], (chunk.firsts + chunk.lengths)[owner])
            for number in np.unique(pattern).tolist():
                which = np.flatnonzero(pattern == number)
                look = _match_openings if self._opened[number] else _search_windows
                begin, end = look(chunk, self._finders[number], first[which], start[which], last[which])
                matches.append((begin, end, np.full(len(begin), self._entries[number])))
        starts, ends, entries = map(np.concatenate, zip(*matches, strict=True))
        return starts, ends, entries

    def _find_windows(self, chunk: Chunk, found: Words) -> tuple[Integers, Integers]:
        """Return which patterns to try, and where the opening or the first gate stands for which they are tried."""
        at, sets = self._of_word.look_up(found.word)
        starts = found.start[at]
        places = Places(sets, starts, chunk.bits)
        at, pattern = self._of_key.look_up(sets)
        start = starts[at]
        at, gate = self._gates.look_up(pattern)
        lowest, highest = start - self._reaches[pattern], start[at] + self._gate_reaches[gate]
        absent = ~places.hold(self._gate_sets[gate], lowest[at], highest)
        tried = np.bincount(at[absent], minlength=len(pattern)) == 0
        return pattern[tried], start[tried]


def _match_openings(
    chunk: Chunk, finder: PatternFinder, first: Integers, start: Integers, last: Integers
) -> tuple[Integers, Integers]:
    """Return start and end of the matches that begin where windows do."""
    windows = [fold(chunk.joined[begin:end]) for begin, end in zip(first.tolist(), last.tolist(), strict=True)]
    lengths = np.array([finder.match(window) or 0 for window in windows], dtype=np.int64)
    found = np.flatnonzero(lengths)
    return start[found], (start + lengths)[found]


def _search_windows(
    chunk: Chunk, finder: PatternFinder, first: Integers, start: Integers, last: Integers
) -> tuple[Integers, Integers]:
    """Return start and end of the matches that begin inside windows, up to where the first gate stands.

    Windows that overlap become one, and all are searched as one text, each with the character before it, for numbers
    that begin further ahead.
    """
    order = np.argsort(start)
    first, start, last = first[order], start[order], last[order]
    begins = np.flatnonzero(np.append(True, first[1:] > last[:-1]))
    ends = np.append(begins[1:], len(start)) - 1
    first, start, last = first[begins], start[ends], last[ends]
    windows = [fold(chunk.joined[begin - 1 : end]) for begin, end in zip(first.tolist(), last.tolist(), strict=True)]
    spans = np.array(finder.find("\n".join(windows)), dtype=np.int64).reshape(-1, 2)
    places = np.cumsum([0, *(len(window) + 1 for window in windows)])
    window = np.searchsorted(places, spans[:, 0], side="right") - 1
    begin, end = (spans - places[window][:, None] + first[window][:, None] - 1).T
    inside = (begin >= first[window]) & (begin <= start[window])
    return begin[inside], end[inside]
