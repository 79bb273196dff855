"""Clauses as letters, and the runs of letters that they share with other documents: arrays only, no dates or levels."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from textq.notation.marks import match_mark
from textq.notation.shingles import fold_letters, hash_shingles

SHINGLE_SIZE = 8
"""Letters in the shortest shared run. Of 6, 8, 10 and 12, eight finds most adapted clauses for a given number of
clauses wrongly found: shorter runs are phrases of all official texts, longer ones break at every
我市 that was 我省."""

LEAST_LETTERS = 5
"""A clause of fewer letters is a formula (特此通知), no copy of anything."""

SHORT = 25
"""A clause of fewer letters is a copy only if all its letters are the same."""

NOWHERE = np.int32(np.iinfo(np.int32).max)
"""The number of no document."""

NOT_COMPARED = np.uint64(0)
"""Stands for the hash of a clause that is compared with none."""

_NAME = re.compile(r"《[^《》\n]*》")


@dataclass(frozen=True, slots=True)
class Letters:
    """The clauses of a document as they are compared: without their own numbers and the names of documents in 《》.

    Attributes
    ----------
    wholes
        The hash of each whole clause, names included; 0 where it is not compared. Shape (clauses,).
    n_letters
        The length of each clause. Shape (clauses,).
    clauses
        The clause, from 0, of each letter of all clauses set one behind the other. Shape (letters,).
    shingles, starts
        The hash of each shingle that lies in one clause, and its first letter. Shape (shingles,).
    """

    wholes: NDArray[np.uint64]
    n_letters: NDArray[np.int64]
    clauses: NDArray[np.int64]
    shingles: NDArray[np.uint64]
    starts: NDArray[np.int64]

    @classmethod
    def read(cls, texts: Sequence[str]) -> Self:
        """Take the letters of the clauses of one document."""
        bodies = [strip_mark(text) for text in texts]
        letters = [fold_letters(_NAME.sub("", body)) for body in bodies]
        n_letters = np.array([len(one) for one in letters], dtype=np.int64)
        clauses = np.repeat(np.arange(len(letters)), n_letters)
        hashes = hash_shingles("".join(letters), SHINGLE_SIZE)
        last = clauses[SHINGLE_SIZE - 1 :]
        starts = np.flatnonzero(clauses[: len(last)] == last)
        wholes = [_hash_whole(body, one) for body, one in zip(bodies, letters, strict=True)]
        return cls(np.array(wholes, dtype=np.uint64), n_letters, clauses, hashes[starts], starts)

    def cover(self, shared: NDArray[np.bool_], least: int = SHINGLE_SIZE) -> NDArray[np.bool_]:
        """Tell for each letter whether it lies in a run of at least ``least`` letters whose shingles are ``shared``."""
        begins = np.zeros(len(self.clauses) + 2, dtype=np.int8)
        begins[self.starts[shared] + 1] = 1
        edges = np.diff(begins)
        first, behind = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1) + SHINGLE_SIZE - 1
        long = behind - first >= least
        depth = np.zeros(len(self.clauses) + 1, dtype=np.int32)
        depth[first[long]] += 1
        depth[behind[long]] -= 1
        return np.cumsum(depth[:-1]) > 0

    def count_by_clause(self, covered: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count the covered letters of each clause."""
        return np.bincount(self.clauses[covered], minlength=len(self.n_letters))


def strip_mark(text: str) -> str:
    """Return a clause without its own number."""
    mark = match_mark(text)
    return text[mark.end :] if mark else text


def _hash_whole(body: str, letters: str) -> int:
    """Hash a clause; formulae, addressees and short stems are not compared."""
    addressed = len(letters) < SHORT and body.endswith(("：", ":"))
    if len(letters) < LEAST_LETTERS or addressed:
        return int(NOT_COMPARED)
    whole = fold_letters(body) if "《" in body else letters
    digest = hashlib.blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little")


@dataclass(frozen=True, slots=True)
class Holders:
    """Hashes in order, and for each the number of the first document that holds it (12 bytes a hash)."""

    hashes: NDArray[np.uint64]
    firsts: NDArray[np.int32]

    @classmethod
    def collect(cls, parts: Iterable[tuple[int, NDArray[np.uint64]]]) -> Self:
        """Join the hashes of documents, given by their numbers in ascending order."""
        numbers, owned = [np.empty(0, dtype=np.int32)], [np.empty(0, dtype=np.uint64)]
        for number, hashes in parts:
            owned.append(np.unique(hashes))
            numbers.append(np.full(len(owned[-1]), number, dtype=np.int32))
        every, first = np.unique(np.concatenate(owned), return_index=True)
        return cls(every, np.concatenate(numbers)[first])

    def find(self, hashes: NDArray[np.uint64]) -> NDArray[np.int32]:
        """Return the number of the first holder of each hash, or NOWHERE."""
        if not len(self.hashes):
            return np.full(len(hashes), NOWHERE)
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        return np.where(self.hashes[places] == hashes, self.firsts[places], NOWHERE)
