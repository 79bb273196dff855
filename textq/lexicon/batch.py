"""Where a lexicon's entries count in many texts at once: what :func:`textq.lexicon.match.match_terms` defines, faster.

The texts are joined, and everything that is asked of a match is asked of all matches together, in arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from textq.compiled import SEARCHED, compile_loop
from textq.lexicon.batch_guards import GuardTable
from textq.lexicon.batch_patterns import PatternTable
from textq.lexicon.chunk import Chunk, Lists, Words, cut_runs, letter_points, number_chars
from textq.lexicon.fold import fold
from textq.lexicon.loops import (
    CHAIN,
    GATE,
    GUARD,
    LETTER_FIRST,
    LETTER_LAST,
    TERM,
    choose_leftmost,
    find_words,
    place_candidates,
    sort_candidates,
)
from textq.lexicon.trie import build_trie

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textq.lexicon.chunk import Flags
    from textq.lexicon.entry import Entry
    from textq.lexicon.pattern import PatternFinder
    from textq.lexicon.trie import Integers, Trie

CHUNK = 150_000
"""Characters that are searched together, if one text is not longer: the arrays of so many stay in the caches."""

CHUNK_IN_LOOPS = 400_000
"""The same for compiled loops, which keep less."""

_ROUNDS = 20
"""Overlapping matches in a row that are resolved in arrays; longer rows are rare."""

Roles: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class MatchTable:
    """Matches of a lexicon in a sequence of texts, as arrays of one length, in the order of texts and places.

    ``text`` is the position of the text, ``start`` and ``end`` are offsets in it, in code points, and ``entry`` is
    the position of the entry in the lexicon.
    """

    text: Integers
    start: Integers
    end: Integers
    entry: Integers

    def __len__(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Matches before overlaps are resolved; ``start`` and ``end`` are places in the joined texts of a chunk.

    Sorted ones stand by where they begin (one before ``start`` where the beginning of the clause is asked for), the
    longest first, then by rank.
    """

    begin: Integers
    start: Integers
    end: Integers
    entry: Integers

    def keep(self, which: Integers) -> _Candidates:
        return _Candidates(*(column.take(which) for column in (self.begin, self.start, self.end, self.entry)))


class BatchMatcher:
    """A lexicon compiled into arrays; it finds the matches that count in many texts at once.

    Every text that has to be found, of terms, guards and patterns, is a word of one trie.
    """

    def __init__(
        self, entries: Sequence[Entry], ranks: Sequence[int], patterns: Sequence[tuple[int, PatternFinder]]
    ) -> None:
        self._patterns = PatternTable(patterns)
        self._guards = GuardTable(entries)
        terms = [fold(entry.term) if entry.match != "pattern" else "" for entry in entries]
        words = tuple(
            dict.fromkeys(chain(filter(None, terms), self._guards.words, self._patterns.chained, self._patterns.gates))
        )
        positions = {word: position for position, word in enumerate(words)}
        self._chars_of, numbers = number_chars(words)
        self._trie: Trie = build_trie([[numbers[char] for char in word] for word in words], len(numbers) + 1)
        self._lengths = np.array([len(word) for word in words], dtype=np.int64)
        self._holders = Lists.of(
            ((positions[term], entry) for entry, term in enumerate(terms) if term), n_keys=len(words)
        )
        self._guards.number_words(positions)
        self._patterns.number_words(positions)
        self._roles = np.zeros(len(words), dtype=np.uint8)
        letters = letter_points()
        for role, named in (
            (TERM, filter(None, terms)),
            (GUARD, self._guards.words),
            (CHAIN, self._patterns.chained),
            (GATE, self._patterns.gates),
            (LETTER_FIRST, (word for word in words if letters[ord(word[0])])),
            (LETTER_LAST, (word for word in words if letters[ord(word[-1])])),
        ):
            self._roles[[positions[word] for word in {*named}]] |= role
        self._rank = np.array(ranks, dtype=np.int64)
        self._of_rank = np.argsort(self._rank)
        self._at_start = np.array([entry.match == "start" for entry in entries], dtype=np.bool_)
        self._at_start[[entry for entry, finder in patterns if finder.pattern.at_start]] = True
        self._shows = np.array([entry.match not in ("stop", "negate") for entry in entries], dtype=np.bool_)
        self._negates = np.array([entry.match == "negate" for entry in entries], dtype=np.bool_)

    def match(self, texts: Sequence[str], bodies: Integers | None = None) -> MatchTable:
        """Return the matches that count as evidence in each text, as ``match_terms`` defines them.

        ``bodies`` says where the body of each text begins, one int64 offset a text (an array of what ``find_bodies``
        returns), if that is known.
        """
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        in_loops = SEARCHED.prefer_loops(int(lengths.sum()))
        found = []
        for first, last in cut_runs(lengths, CHUNK_IN_LOOPS if in_loops else CHUNK):
            known = None if bodies is None else bodies[first:last]
            chunk = Chunk(texts[first:last], lengths[first:last], self._chars_of, known, in_loops)
            found.append(self._match_chunk(chunk, first))
        nothing = np.zeros(0, dtype=np.int64)
        columns = zip((nothing,) * 4, *((one.text, one.start, one.end, one.entry) for one in found), strict=True)
        return MatchTable(*map(np.concatenate, columns))

    def _match_chunk(self, chunk: Chunk, first: int) -> MatchTable:
        candidates, owners = self._find_candidates(chunk)
        resolve = compile_loop(choose_leftmost) if chunk.in_loops else _resolve
        chosen = resolve(candidates.begin, candidates.end)
        entries = candidates.entry[chosen]
        shows = self._shows[entries]
        negating = chosen[self._negates[entries]]
        if len(negating):
            reach = candidates.end[negating]
            until = chunk.stops[np.searchsorted(chunk.stops, reach)]
            shows &= ~_lie_within(candidates.start[chosen], reach - 1, until - 1)
        evidence = chosen[shows]
        owners = owners.take(evidence)
        firsts = chunk.firsts.take(owners)
        start, end = (places.take(evidence) - firsts for places in (candidates.start, candidates.end))
        return MatchTable(owners + first, start, end, entries[shows])

    def _find_candidates(self, chunk: Chunk) -> tuple[_Candidates, Integers]:
        """Return what may count, sorted, and the text of each."""
        found, roles = (self._find_words_in_loops if chunk.in_loops else self._find_words)(chunk)
        chained, gates, guarding = (found.keep(np.flatnonzero((roles & role) != 0)) for role in (CHAIN, GATE, GUARD))
        matches = self._patterns.find(chunk, chained, gates)
        candidates = (self._sort_in_loops if chunk.in_loops else self._list_candidates)(found, roles, *matches)
        owners, kept, unsure = (self._place_in_loops if chunk.in_loops else self._place)(chunk, candidates)
        self._look_at_bodies(chunk, candidates, owners, kept, np.flatnonzero(kept & unsure))
        asked = np.flatnonzero(kept & self._guards.guarded[candidates.entry])
        if len(asked):
            start, end, entry = candidates.start[asked], candidates.end[asked], candidates.entry[asked]
            kept[asked] = self._guards.ask(start, end, entry, chunk, guarding)
        counting = np.flatnonzero(kept)
        return candidates.keep(counting), owners.take(counting)

    def _find_words(self, chunk: Chunk) -> tuple[Words, Roles]:
        """Return all words, and their roles; those that cut a word that spaces set apart may be parts of patterns."""
        found = Words(*self._trie.find(chunk.chars))
        roles = self._roles.take(found.word)
        letters = letter_points()
        first, last = np.flatnonzero((roles & LETTER_FIRST) != 0), np.flatnonzero((roles & LETTER_LAST) != 0)
        ends = found.start[last] + self._lengths[found.word[last]]
        cut_before = first[letters[chunk.points[found.start[first] - 1]]]
        cut_behind = last[letters[chunk.points[ends]]]
        roles[cut_before] &= CHAIN | GATE
        roles[cut_behind] &= CHAIN | GATE
        return found, roles

    def _find_words_in_loops(self, chunk: Chunk) -> tuple[Words, Roles]:
        trie, find = self._trie, compile_loop(find_words)
        of_words = self._lengths, self._roles, letter_points()
        start, word, roles = find(chunk.chars, chunk.points, trie.bases, trie.parents, trie.words, *of_words)
        return Words(start, word), roles

    def _list_candidates(
        self, found: Words, roles: Roles, start: Integers, end: Integers, entry: Integers
    ) -> _Candidates:
        """Return the terms among the words, and the matches of patterns, sorted."""
        terms = found.keep(np.flatnonzero((roles & TERM) != 0))
        at, holders = self._holders.look_up(terms.word)
        return self._sort(
            np.concatenate([terms.start[at], start]),
            np.concatenate([(terms.start + self._lengths[terms.word])[at], end]),
            np.concatenate([holders, entry]),
        )

    def _sort_in_loops(
        self, found: Words, roles: Roles, start: Integers, end: Integers, entry: Integers
    ) -> _Candidates:
        holders, of_entries = self._holders, (self._at_start, self._rank)
        words = found.start, found.word, roles, self._lengths, holders.bounds, holders.values
        return _Candidates(*compile_loop(sort_candidates)(*words, start, end, entry, *of_entries))

    def _place(self, chunk: Chunk, candidates: _Candidates) -> tuple[Integers, Flags, Flags]:
        """Return the text of each candidate, which may count, and of which that hangs on where its body begins."""
        owners = _find_owners(candidates.begin, chunk.firsts - 1)
        offsets, limits = candidates.start - chunk.firsts[owners], chunk.limits[owners]
        at_start = self._at_start[candidates.entry]
        kept = ~at_start | (offsets <= limits)
        unsure = kept & ((offsets < limits) | at_start)
        kept &= ~_lie_within(candidates.begin, *chunk.names)
        return owners, kept, unsure

    def _place_in_loops(self, chunk: Chunk, candidates: _Candidates) -> tuple[Integers, Flags, Flags]:
        places = candidates.begin, candidates.start, candidates.entry, self._at_start
        return compile_loop(place_candidates)(*places, chunk.firsts, chunk.limits, *chunk.names)

    def _look_at_bodies(
        self, chunk: Chunk, candidates: _Candidates, owners: Integers, kept: Flags, unsure: Integers
    ) -> None:
        """Drop those that do not stand behind the number of their text; or right behind it, if they ask for that."""
        offsets = candidates.start[unsure] - chunk.firsts[owners[unsure]]
        bodies = chunk.find_bodies(owners[unsure])
        kept[unsure] = np.where(self._at_start[candidates.entry[unsure]], offsets == bodies, offsets >= bodies)

    def _sort(self, start: Integers, end: Integers, entry: Integers) -> _Candidates:
        rank, length, begin = self._rank[entry], end - start, start - self._at_start[entry]
        longest = int(length.max(initial=0))
        bits_rank, bits_length = len(self._rank).bit_length(), longest.bit_length()
        if int(begin.max(initial=0)).bit_length() + bits_length + bits_rank > 62:
            order = np.lexsort((rank, -end, begin))
            return _Candidates(begin[order], start[order], end[order], entry[order])
        keys = ((begin << bits_length | (longest - length)) << bits_rank) | rank
        keys.sort()
        entry = self._of_rank[keys & ((1 << bits_rank) - 1)]
        begin = keys >> (bits_rank + bits_length)
        length = longest - (keys >> bits_rank & ((1 << bits_length) - 1))
        start = begin + self._at_start[entry]
        return _Candidates(begin, start, start + length, entry)


def _resolve(begins: Integers, ends: Integers) -> Integers:
    """Return the positions of the matches that are left of overlapping ones: the leftmost, and so on behind its end.

    The matches are sorted by where they begin, the preferred one first. What begins behind all that went before is
    chosen for sure; between two such matches one is followed by the first that begins where it ends or later.
    """
    if not len(begins):
        return np.zeros(0, dtype=np.int64)
    preferred = np.flatnonzero(np.concatenate([[True], begins[1:] > begins[:-1]]))
    begins, ends = begins[preferred], ends[preferred]
    reached = np.maximum.accumulate(ends)
    sure = np.concatenate([[True], begins[1:] >= reached[:-1]])
    chosen = sure.copy()
    open_ends = np.flatnonzero(sure & ~np.concatenate([sure[1:], [True]]))
    for _ in range(_ROUNDS):
        following = np.searchsorted(begins, ends[open_ends])
        following = following[following < len(begins)]
        open_ends = following[~sure[following]]
        chosen[open_ends] = True
    if len(open_ends):
        _follow_chains(open_ends, np.searchsorted(begins, ends), sure, chosen)
    return preferred[np.flatnonzero(chosen)]


def _follow_chains(open_ends: Integers, following: Integers, sure: Flags, chosen: Flags) -> None:
    """Choose what follows the open ends, one by one: for the few that go on and on."""
    behind, ending = following.tolist(), [*sure.tolist(), True]
    found = []
    for at in open_ends.tolist():
        while not ending[at := behind[at]]:
            found.append(at)
    chosen[found] = True


def _lie_within(starts: Integers, first: Integers, last: Integers) -> Flags:
    """Tell which of the sorted ``starts`` lie behind a ``first`` and not behind its ``last``."""
    after_first = np.bincount(np.searchsorted(starts, first, side="right"), minlength=len(starts) + 1)
    after_last = np.bincount(np.searchsorted(starts, last, side="right"), minlength=len(starts) + 1)
    inside: Flags = np.cumsum(after_first - after_last)[: len(starts)] > 0
    return inside


def _find_owners(begins: Integers, firsts: Integers) -> Integers:
    """Return the text in which each of the sorted ``begins`` lies, given the first place of each text."""
    counts = np.diff(np.searchsorted(begins, firsts), append=len(begins))
    return np.repeat(np.arange(len(firsts)), counts)
