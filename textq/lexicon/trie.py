"""Many short words looked for at once in an array of characters, by steps over all places instead of one by one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, count
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Trie:
    """A tree of characters in three arrays of one length, a place a node (a double array).

    The children of the root are at the numbers of their characters. The child of ``node`` by the character ``c`` is at
    ``bases[node] + c`` if ``parents`` says there that it is its child. ``words`` holds the position of the word that
    ends at a node, or -1; ``shortest`` and ``longest`` are lengths of words, 0 if there are none.
    """

    bases: Integers
    parents: Integers
    words: Integers
    shortest: int
    longest: int

    def find(self, chars: Integers) -> tuple[Integers, Integers]:
        """Return where words begin in ``chars``, and which: all that overlap, the shortest first.

        ``chars`` are numbers of characters, from 0 to below the width for which the trie was built; the last must be 0.
        """
        found = [(0, np.zeros(0, np.int64), np.zeros(0, np.int64)), *self.search(chars)]
        return np.concatenate([starts for _, starts, _ in found]), np.concatenate([words for *_, words in found])

    def search(self, chars: Integers) -> Iterator[tuple[int, Integers, Integers]]:
        """Yield what :meth:`find` returns for each length of words, and the length; places ascend."""
        if self.longest == 0:
            return
        if self.shortest == 1:
            words = self.words.take(chars)
            starts = np.flatnonzero(words >= 0)
            yield 1, starts, words.take(starts)
        nodes = self.bases.take(chars[:-1])
        nodes += chars[1:]
        starts = np.flatnonzero(self.parents.take(nodes) == chars[:-1])
        nodes = nodes.take(starts)
        for length in range(2, self.longest + 1):
            words = self.words.take(nodes)
            ending = np.flatnonzero(words >= 0)
            yield length, starts.take(ending), words.take(ending)
            children = self.bases.take(nodes)
            children += chars.take(starts + length, mode="clip")
            known = np.flatnonzero(self.parents.take(children) == nodes)
            starts, nodes = starts.take(known), children.take(known)


def build_trie(words: Sequence[Sequence[int]], width: int) -> Trie:
    """Return the trie of words given as numbers of characters, each from 1 to below ``width``; no word may be empty."""
    children, ends = _grow(words)
    starts = _place(children, width)
    places = [0] * len(children)
    for node, below in enumerate(children):
        for char, child in below.items():
            places[child] = starts[node] + char
    size = max(places) + width + 1
    bases, parents, known = [0] * size, [-1] * size, [-1] * size
    for node, below in enumerate(children[1:], start=1):
        bases[places[node]], known[places[node]] = starts[node], ends[node]
        for child in below.values():
            parents[places[child]] = places[node]
    lengths = [len(word) for word in words] or [0]
    tables = [np.array(table, dtype=np.int64) for table in (bases, parents, known)]
    return Trie(tables[0], tables[1], tables[2], min(lengths), max(lengths))


def _grow(words: Sequence[Sequence[int]]) -> tuple[list[dict[int, int]], list[int]]:
    """Return the children of each node, the root first, and the position of the word that ends there, or -1."""
    children: list[dict[int, int]] = [{}]
    ends = [-1]
    for position, word in enumerate(words):
        node = 0
        for char in word:
            if char not in children[node]:
                children[node][char] = len(children)
                children.append({})
                ends.append(-1)
            node = children[node][char]
        ends[node] = position
    return children, ends


def _place(children: Sequence[dict[int, int]], width: int) -> list[int]:
    """Return a base for each node, so that no two children share a place; those with most children choose first.

    Nodes without children get the base 0: below ``width``, where the children of the root stand, nobody is a parent.
    Places are the bits of one number, so that all are tried at once.
    """
    bases = [0] * len(children)
    taken = (1 << width) - 1
    n_children = place = 0
    parents = sorted((node for node in range(1, len(children)) if children[node]), key=lambda one: -len(children[one]))
    for node in parents:
        chars = sorted(children[node])
        if len(chars) == 1:
            break
        if len(chars) != n_children:
            n_children, place = len(chars), width
        from_here = taken >> place
        in_the_way = 0
        for char in chars:
            in_the_way |= from_here >> (char - chars[0])
        place += _find_lowest_zero(in_the_way)
        bases[node] = place - chars[0]
        taken |= sum(1 << (char - chars[0]) for char in chars) << place
    only = [node for node in parents if len(children[node]) == 1]
    between = (at for at, bit in enumerate(reversed(f"{taken:b}")) if bit == "0")
    for node, place in zip(only, chain(between, count(taken.bit_length())), strict=False):
        bases[node] = place - min(children[node])
    return bases


def _find_lowest_zero(number: int) -> int:
    return (~number & (number + 1)).bit_length() - 1
