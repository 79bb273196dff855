"""Runs of characters as features: which of a vocabulary stand in each text, found for many texts at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from textq.lexicon.chunk import folded_points
from textq.lexicon.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

DIGIT = "0"
"""Stands for every digit, so that amounts and years are features by their form."""

_DIGITS = {ord(digit): DIGIT for digit in "123456789"}

_CHUNK = 1 << 18
"""Characters searched at a time, so that the arrays stay in the processor's cache."""

_WIDEST = 1 << 13
"""With more characters than this, pairs are looked up like longer runs: their table would take too much memory."""

_MIXER = 0x9E3779B97F4A7C15
"""The odd number that spreads keys over a hash table (2^64 divided by the golden ratio)."""


def prepare(text: str) -> str:
    """Return ``text`` as n-grams see it, of equal length: folded, with all digits alike."""
    return fold(text).translate(_DIGITS)


@cache
def _prepare_points() -> NDArray[np.uint32]:
    """Return the code point that `prepare` makes of each code point."""
    points = np.arange(0x110000, dtype=np.uint32)
    folded = folded_points()
    points[: len(folded)] = folded
    points[(points > ord(DIGIT)) & (points <= ord("9"))] = ord(DIGIT)
    return points


def count_ngrams(texts: Iterable[str], longest: int) -> Counter[str]:
    """Return in how many prepared texts each run of 1 to ``longest`` characters without a blank stands."""
    counts: Counter[str] = Counter()
    for text in texts:
        runs = text.split()
        counts.update(
            {run[at : at + n] for run in runs for n in range(1, longest + 1) for at in range(len(run) - n + 1)}
        )
    return counts


@dataclass(frozen=True)
class NgramVocabulary:
    """An ordered set of n-grams without blanks, compiled into a tree of characters when first searched.

    All searches find every occurrence of every n-gram, those inside longer ones too, in texts as `prepare` makes them
    (they do so themselves, character by character).
    """

    ngrams: tuple[str, ...]

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Return ``(start, end, position in ngrams)`` of each occurrence in one text."""
        found = [
            (int(start), int(start) + depth, int(ngram))
            for _, starts, ngrams, depth in self.search([text])
            for start, ngram in zip(starts, ngrams, strict=True)
        ]
        return sorted(found)

    def count(self, texts: Sequence[str]) -> csr_matrix:
        """Return how often each n-gram stands in each text: a matrix texts × n-grams of float32."""
        from scipy.sparse import coo_matrix

        found = [(owners, ngrams) for owners, _, ngrams, _ in self.search(texts)]
        rows = np.concatenate([owners for owners, _ in found]) if found else np.zeros(0, dtype=np.int32)
        columns = np.concatenate([ngrams for _, ngrams in found]) if found else np.zeros(0, dtype=np.int32)
        shape = (len(texts), len(self.ngrams))
        return coo_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape).tocsr()

    def add_up(self, texts: Sequence[str], weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sum of the weights (n-grams × codes) of all occurrences in each text: texts × codes."""
        from scipy.sparse import csr_matrix

        sums = np.zeros((len(texts), weights.shape[1]), dtype=np.float32)
        for owners, _, ngrams, _ in self.search(texts):
            if len(owners):
                first, last = int(owners[0]), int(owners[-1]) + 1
                bounds = np.searchsorted(owners, np.arange(first, last + 1, dtype=owners.dtype)).astype(np.int32)
                ones = np.ones(len(ngrams), dtype=np.float32)
                sums[first:last] += csr_matrix((ones, ngrams, bounds), shape=(last - first, len(weights))) @ weights
        return sums

    def search(self, texts: Sequence[str]) -> Iterator[tuple[_Ints, _Ints, _Ints, int]]:
        """Yield the occurrences by chunk and length: the owner of each (ascending), its offset there, its n-gram."""
        if not self.ngrams:
            return
        for first, last in _cut_chunks(texts):
            chars = self._tree.read("\n".join(texts[first:last]) + "\n" * self._tree.depth)
            lengths = np.fromiter(map(len, texts[first:last]), dtype=np.int32, count=last - first) + 1
            owners = np.repeat(np.arange(last - first, dtype=np.int32), lengths)
            begins = np.cumsum(lengths, dtype=np.int32) - lengths
            for places, ngrams, depth in self._tree.search(chars):
                owner = owners[places]
                yield owner + np.int32(first), places - begins[owner], ngrams, depth

    @cached_property
    def _tree(self) -> _Tree:
        return _grow_tree(self.ngrams)

    def __reduce__(self) -> tuple[type[NgramVocabulary], tuple[tuple[str, ...]]]:
        return NgramVocabulary, (self.ngrams,)


_Ints = np.ndarray[tuple[int], np.dtype[np.int32]]


def _cut_chunks(texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield the bounds of runs of texts of about `_CHUNK` characters, at least one text each."""
    first = size = 0
    for at, text in enumerate(texts):
        if size + len(text) > _CHUNK and at > first:
            yield first, at
            first = at
            size = 0
        size += len(text)
    if first < len(texts):
        yield first, len(texts)


@dataclass(frozen=True, slots=True)
class _Tree:
    """Characters → nodes, one level a character.

    Characters have the numbers 1 … K (0: in no n-gram), and are the nodes of the first level. ``pairs`` gives the node
    of each two characters, at first × (K + 1) + second; ``deeper`` the nodes below those, by parent × (K + 1) +
    character. With more than `_WIDEST` characters ``pairs`` is absent, and ``deeper`` holds its nodes too. ``ngrams``
    is the position of each node's n-gram, or -1 where it only begins others.
    """

    codes: _Ints
    width: int
    pairs: _Ints | None
    deeper: _HashTable
    ngrams: _Ints
    depth: int

    def read(self, text: str) -> _Ints:
        """Return the numbers of the characters of a text."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        return self.codes.take(points)

    def search(self, chars: _Ints) -> Iterator[tuple[_Ints, _Ints, int]]:
        """Yield, for each length of n-gram, the places in ``chars`` where one begins, and which."""
        places = np.flatnonzero(chars).astype(np.int32)
        nodes = chars[places]
        for depth in range(1, self.depth + 1):
            if depth > 1:
                nodes = self._step(nodes, chars[places + (depth - 1)], depth)
                known = np.flatnonzero(nodes)
                places, nodes = places[known], nodes[known]
            ngrams = self.ngrams[nodes]
            kept = np.flatnonzero(ngrams >= 0)
            yield places[kept], ngrams[kept], depth

    def _step(self, nodes: _Ints, chars: _Ints, depth: int) -> _Ints:
        if depth == 2 and self.pairs is not None:
            return self.pairs.take(nodes * np.int32(self.width) + chars)
        return self.deeper.look_up(nodes.astype(np.uint64) * np.uint64(self.width) + chars.astype(np.uint64))


@dataclass(frozen=True, slots=True)
class _HashTable:
    """Keys → positive numbers, 0 for an unknown key: open addressing with linear probing, looked up as arrays."""

    keys: NDArray[np.uint64]
    values: _Ints
    shift: int
    probes: int

    def look_up(self, keys: NDArray[np.uint64]) -> _Ints:
        slots = (keys * np.uint64(_MIXER)) >> np.uint64(self.shift)
        found = np.where(self.keys[slots] == keys, self.values[slots], np.int32(0))
        open_ones = np.flatnonzero((found == 0) & (self.values[slots] != 0))
        for probe in range(1, self.probes):
            if not len(open_ones):
                break
            at = (slots[open_ones] + np.uint64(probe)) % np.uint64(len(self.keys))
            right = self.keys[at] == keys[open_ones]
            found[open_ones[right]] = self.values[at[right]]
            open_ones = open_ones[~right & (self.values[at] != 0)]
        return found


def _fill_table(edges: Mapping[int, int]) -> _HashTable:
    bits = max(4, (4 * len(edges)).bit_length())
    mask = (1 << bits) - 1
    keys, values = [0] * (mask + 1), [0] * (mask + 1)
    probes = 1
    for key, value in edges.items():
        slot = ((key * _MIXER) & (2**64 - 1)) >> (64 - bits)
        taken = 0
        while values[slot]:
            slot = (slot + 1) & mask
            taken += 1
        keys[slot], values[slot] = key, value
        probes = max(probes, taken + 1)
    return _HashTable(np.array(keys, dtype=np.uint64), np.array(values, dtype=np.int32), 64 - bits, probes)


def _grow_tree(ngrams: Sequence[str]) -> _Tree:
    number = {char: at for at, char in enumerate(sorted(set("".join(ngrams))), 1)}
    nodes = dict(number)
    for ngram in ngrams:
        for end in range(2, len(ngram) + 1):
            nodes.setdefault(ngram[:end], len(nodes) + 1)
    width = len(number) + 1
    is_wide = len(number) > _WIDEST
    shallow: dict[int, int] = {}
    deep: dict[int, int] = {}
    for run, node in nodes.items():
        if len(run) > 1:
            edges = shallow if len(run) == 2 and not is_wide else deep
            edges[nodes[run[:-1]] * width + number[run[-1]]] = node
    positions = np.full(len(nodes) + 1, -1, dtype=np.int32)
    positions[[nodes[ngram] for ngram in ngrams]] = np.arange(len(ngrams))
    pairs = None if is_wide else _fill_pairs(shallow, width)
    return _Tree(_number_points(number), width, pairs, _fill_table(deep), positions, max(map(len, ngrams)))


def _number_points(number: Mapping[str, int]) -> _Ints:
    """Return the number of each code point as it stands in a text."""
    codes = np.zeros(0x110000, dtype=np.int32)
    codes[list(map(ord, number))] = list(number.values())
    return codes[_prepare_points()]


def _fill_pairs(edges: Mapping[int, int], width: int) -> _Ints:
    pairs = np.zeros(width * width, dtype=np.int32)
    pairs[list(edges)] = list(edges.values())
    return pairs
