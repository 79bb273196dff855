"""Runs of characters as features: which of a vocabulary stand in each text, found for many texts at once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from textq.compiled import SEARCHED, compile_loop
from textq.lexicon.chunk import cut_runs, folded_points
from textq.lexicon.fold import fold
from textq.lexicon.loops import add_up_words
from textq.lexicon.trie import build_trie

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from textq.lexicon.trie import Integers, Trie

DIGIT = "0"
"""Stands for every digit, so that amounts and years are features by their form."""

_DIGITS = {ord(digit): DIGIT for digit in "123456789"}

_CHUNK = 1 << 18
"""Characters searched at a time, so that the arrays stay in the processor's cache."""


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
    """An ordered set of n-grams without blanks, compiled into a trie when first searched.

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
        rows = np.concatenate([owners for owners, _ in found]) if found else np.zeros(0, dtype=np.int64)
        columns = np.concatenate([ngrams for _, ngrams in found]) if found else np.zeros(0, dtype=np.int64)
        shape = (len(texts), len(self.ngrams))
        return coo_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape).tocsr()

    def add_up_prefixes(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the weights (n-grams × codes) of each n-gram and of all that it begins with, the shortest first."""
        sums = np.zeros_like(weights)
        for owners, starts, ngrams, _ in self.search(self.ngrams):
            beginning = np.flatnonzero(starts == 0)
            sums[owners[beginning]] += weights[ngrams[beginning]]
        return sums

    def add_up(self, texts: Sequence[str], of_prefixes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the sum of the weights of all occurrences in each text: texts × codes.

        ``of_prefixes`` is what `add_up_prefixes` returns of the weights: all n-grams at one place are the longest one
        and some that it begins with. The sums are added up in the order of places.
        """
        if SEARCHED.prefer_loops(sum(map(len, texts))):
            return self._add_up_in_loops(texts, of_prefixes)
        from scipy.sparse import csr_matrix

        sums = np.zeros((len(texts), of_prefixes.shape[1]), dtype=np.float32)
        for first, last, chars, begins in self._read_chunks(texts):
            longest = np.full(len(chars), -1, dtype=np.int32)
            for _, places, ngrams in self._trie.search(chars):
                longest[places] = ngrams
            places = np.flatnonzero(longest >= 0)
            ones, bounds = np.ones(len(places), dtype=np.float32), np.searchsorted(places, begins).astype(np.int32)
            occurrences = csr_matrix((ones, longest[places], bounds), shape=(last - first, len(of_prefixes)))
            sums[first:last] = occurrences @ of_prefixes
        return sums

    def _add_up_in_loops(self, texts: Sequence[str], of_prefixes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what `add_up` returns, to the last bit."""
        trie, add_up = self._trie, compile_loop(add_up_words)
        sums = [np.zeros((0, of_prefixes.shape[1]), dtype=np.float32)]
        for _, _, chars, begins in self._read_chunks(texts):
            sums.append(add_up(chars, begins, trie.bases, trie.parents, trie.words, of_prefixes))
        return np.concatenate(sums)

    def search(self, texts: Sequence[str]) -> Iterator[tuple[Integers, Integers, Integers, int]]:
        """Yield the occurrences by chunk and length: the owner of each (ascending), its offset there, its n-gram."""
        for first, _, chars, begins in self._read_chunks(texts):
            owners = np.repeat(np.arange(len(begins) - 1), np.diff(begins))
            for length, places, ngrams in self._trie.search(chars):
                owner = owners[places]
                yield owner + first, places - begins[owner], ngrams, length

    def _read_chunks(self, texts: Sequence[str]) -> Iterator[tuple[int, int, Integers, Integers]]:
        """Yield runs of texts: the first, that behind the last, the characters by their numbers, where each begins.

        Behind each text, and last of all, stands a character that is in no n-gram.
        """
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
        for first, last in cut_runs(lengths, _CHUNK):
            points = np.frombuffer("\n".join((*texts[first:last], "")).encode("utf-32-le", "surrogatepass"), np.uint32)
            begins = np.append(0, np.cumsum(lengths[first:last] + 1))
            yield first, last, self._numbers.take(points).astype(np.int64), begins

    @cached_property
    def _chars(self) -> dict[str, int]:
        """The numbers of the characters, from 1; 0 stands for all that are in no n-gram."""
        return {char: at for at, char in enumerate(sorted(set("".join(self.ngrams))), 1)}

    @cached_property
    def _numbers(self) -> NDArray[np.int32]:
        """The number of each code point as it stands in a text."""
        numbers = np.zeros(0x110000, dtype=np.int32)
        numbers[list(map(ord, self._chars))] = list(self._chars.values())
        return numbers[_prepare_points()]

    @cached_property
    def _trie(self) -> Trie:
        return build_trie([[self._chars[char] for char in ngram] for ngram in self.ngrams], len(self._chars) + 1)

    def __reduce__(self) -> tuple[type[NgramVocabulary], tuple[tuple[str, ...]]]:
        return NgramVocabulary, (self.ngrams,)
