"""Many short words looked for at once in an array of characters, by steps over all places instead of one by one."""

from __future__ import annotations

from dataclasses import dataclass
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
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64)), *self._search(chars)]
        return np.concatenate([starts for starts, _ in found]), np.concatenate([words for _, words in found])

    def _search(self, chars: Integers) -> Iterator[tuple[Integers, Integers]]:
        if self.longest == 0:
            return
        if self.shortest == 1:
            words = self.words.take(chars)
            starts = np.flatnonzero(words >= 0)
            yield starts, words.take(starts)
        nodes = self.bases.take(chars[:-1])
        nodes += chars[1:]
        starts = np.flatnonzero(self.parents.take(nodes) == chars[:-1])
        nodes = nodes.take(starts)
        for length in range(2, self.longest + 1):
            words = self.words.take(nodes)
            ending = np.flatnonzero(words >= 0)
            yield starts.take(ending), words.take(ending)
            children = self.bases.take(nodes)
            children += chars.take(starts + length, mode="clip")
            known = np.flatnonzero(self.parents.take(children) == nodes)
            starts, nodes = starts.take(known), children.take(known)


def build_trie(words: Sequence[Sequence[int]], width: int) -> Trie:
    """Return the trie of words given as numbers of characters, each from 1 to below ``width``; no word may be empty."""
    children, ends = _grow(words)
    bases = _place(children, width)
    places = np.zeros(len(children), np.int64)
    for node, below in enumerate(children):
        for char, child in below.items():
            places[child] = bases[node] + char
    size = int(places.max(initial=0)) + width + 1
    lengths = [len(word) for word in words] or [0]
    trie = Trie(np.zeros(size, np.int64), np.full(size, -1), np.full(size, -1), min(lengths), max(lengths))
    for node, below in enumerate(children[1:], start=1):
        trie.bases[places[node]] = bases[node]
        trie.words[places[node]] = ends[node]
        trie.parents[[places[child] for child in below.values()]] = places[node]
    return trie


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
    """
    bases = [0] * len(children)
    taken = bytearray(b"\1" * width + b"\0" * 2 * width)
    n_children = place = 0
    for node in sorted(range(1, len(children)), key=lambda one: -len(children[one])):
        chars = sorted(children[node])
        if not chars:
            break
        if len(chars) != n_children:
            n_children, place = len(chars), width
        place = taken.find(0, place)
        while any(taken[place - chars[0] + char] for char in chars):
            place = taken.find(0, place + 1)
        bases[node] = place - chars[0]
        for char in chars:
            taken[bases[node] + char] = 1
        taken.extend(bytes(max(0, bases[node] + chars[-1] + 2 * width - len(taken))))
    return bases
