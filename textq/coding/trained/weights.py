"""The weights of n-grams in one place of a clause, and what they add to its scores."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from textq.coding.trained.ngrams import NgramVocabulary


@dataclass(frozen=True)
class NgramWeights:
    """The weights of a place: n-grams × codes, for the number of occurrences divided by √(characters)."""

    vocabulary: NgramVocabulary
    weights: NDArray[np.float32]

    def add_up(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return what the n-grams of each text add to the scores: texts × codes. Equal texts are read once."""
        numbers: dict[str, int] = {}
        rows = [numbers.setdefault(text, len(numbers)) for text in texts]
        sums = self.vocabulary.add_up(list(numbers), self._of_prefixes)
        sums /= count_roots(list(numbers))[:, None]
        return sums if len(numbers) == len(texts) else sums[rows]

    @cached_property
    def _of_prefixes(self) -> NDArray[np.float32]:
        return self.vocabulary.add_up_prefixes(self.weights)


def count_roots(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return √(characters) of each text, at least 1."""
    return np.sqrt(np.maximum(1, np.fromiter(map(len, texts), dtype=np.float32, count=len(texts))))
