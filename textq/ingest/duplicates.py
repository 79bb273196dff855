"""Copies among the documents of a corpus: of the same text, and of nearly the same. The only door to rensa.

Texts stay on disk: of each document a :class:`Sketch` of less than 1 KB is kept. Nothing here depends on the order in
which documents were read: the senior of two is the one dated earlier (issue, else publication; undated last), then the
one whose path comes first.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from textq.notation.shingles import fold_letters, hash_shingles
from textq.records import Document

SHINGLE_SIZE = 5
"""Letters in a shingle of a document: fewer are shared by all Chinese texts, more are broken by every small change."""

NEAR = 0.8
"""From this share of common shingles (Jaccard) on, two documents are near-duplicates."""

_SLOTS = 128
"""Numbers in a signature; an estimated similarity of .8 has a standard error of .035."""

_SEED = 1
_SLACK = 0.1
"""How far an estimate may lie below the threshold, in shares, before the texts are not compared: 3 standard errors."""

_BAND = 4
"""Slots that must agree for two documents to be compared: at a similarity of .8 one pair in 10**7 is missed."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What is kept of a document to find its copies.

    ``digest`` is the hash of the folded text, ``signature`` its MinHash (512 bytes; none for a text without shingles).
    """

    path: str
    doc_id: str
    units: tuple[str, ...]
    issued_on: date | None
    published_on: date | None
    digest: bytes
    signature: bytes
    doc_number: str = ""
    title: str = ""
    issuers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Copies:
    """Documents of the same text for the same places; the ``first`` counts, with the earliest dates that any states."""

    first: Sketch
    others: tuple[Sketch, ...]
    issued_on: date | None
    published_on: date | None


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A document, ``second``, with the senior one it resembles most; ``similarity`` is their exact Jaccard index."""

    first: Sketch
    second: Sketch
    similarity: float

    @property
    def same_units(self) -> bool:
        """Whether both are for the same places: similar plans of two cities are two policies."""
        return self.first.units == self.second.units

    @property
    def same_document(self) -> bool:
        """Whether one is a repost of the other: same places and day, and the same number, or title and issuers."""
        first, second = self.first, self.second
        if not self.same_units or first.issued_on is None or first.issued_on != second.issued_on:
            return False
        if first.doc_number and second.doc_number:
            return first.doc_number == second.doc_number
        return bool(first.title and first.issuers) and (first.title, first.issuers) == (second.title, second.issuers)


def sketch_document(document: Document) -> Sketch:
    """Reduce a document to what finds its copies."""
    folded = fold_letters(document.text)
    return Sketch(
        path=document.source.path,
        doc_id=document.doc_id,
        units=document.units,
        issued_on=document.issued_on,
        published_on=document.published_on,
        digest=hashlib.blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=16).digest(),
        signature=_sign(hash_shingles(folded, SHINGLE_SIZE)),
        doc_number=document.doc_number or "",
        title=document.title,
        issuers=document.issuers,
    )


def _sign(shingles: NDArray[np.uint64]) -> bytes:
    from rensa import RMinHash

    if not len(shingles):
        return b""
    bounds = np.array([0, len(shingles)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles, bounds, _SLOTS, _SEED)
    return np.array(matrix.to_rows()[0], dtype=np.uint32).tobytes()


def find_copies(sketches: Iterable[Sketch]) -> list[Copies]:
    """Group the documents with the same letters and digits for the same places; only groups of several are returned.

    The same text that a manifest states for other places is a document of its own.
    """
    groups: defaultdict[tuple[bytes, tuple[str, ...]], list[Sketch]] = defaultdict(list)
    for sketch in sorted(sketches, key=_rank_seniority):
        groups[sketch.digest, sketch.units].append(sketch)
    return [_join_copies(group) for group in groups.values() if len(group) > 1]


def _join_copies(group: Sequence[Sketch]) -> Copies:
    issued = min((one.issued_on for one in group if one.issued_on), default=None)
    published = min((one.published_on for one in group if one.published_on), default=None)
    return Copies(group[0], tuple(group[1:]), issued, published)


def _rank_seniority(sketch: Sketch) -> tuple[date, date, str]:
    dated = sketch.issued_on or sketch.published_on or date.max
    return dated, sketch.published_on or date.max, sketch.path


def find_near_duplicates(
    sketches: Iterable[Sketch], read_text: Callable[[str], str], *, threshold: float = NEAR
) -> list[NearDuplicate]:
    """Find for each document the senior ones it nearly repeats: the most similar for the same places, and for others.

    Signatures choose whom to compare, so that a pair just above the threshold can be missed; what is reported was
    measured on the two texts.

    Parameters
    ----------
    sketches
        Of the documents that count: without the ``others`` of :func:`find_copies`.
    read_text
        Gives the text of a ``doc_id``; called for the few that resemble another.
    threshold
        The least similarity, in (0, 1].

    Returns
    -------
    list of NearDuplicate
        In the order of seniority of ``second``, at most two each.
    """
    ordered = sorted((sketch for sketch in sketches if sketch.signature), key=_rank_seniority)
    signatures = np.frombuffer(b"".join(one.signature for one in ordered), dtype=np.uint32).reshape(-1, _SLOTS)
    found = []
    for second, seniors in enumerate(_find_seniors(signatures)):
        estimates = (signatures[seniors] == signatures[second]).mean(axis=1)
        for first in _choose_likeliest(ordered, second, seniors, estimates, threshold - _SLACK):
            similarity = measure_similarity(read_text(ordered[first].doc_id), read_text(ordered[second].doc_id))
            if similarity >= threshold:
                found.append(NearDuplicate(ordered[first], ordered[second], similarity))
    return found


def _find_seniors(signatures: NDArray[np.uint32]) -> Iterator[NDArray[np.intp]]:
    """Yield for each row the rows above it that agree with it in a whole band."""
    buckets = [_sort_bucket(band) for band in np.split(signatures, _SLOTS // _BAND, axis=1)]
    shares_band = np.zeros(len(signatures), dtype=bool)
    for row in range(len(signatures)):
        shares_band[:row] = False
        for order, starts, places in buckets:
            shares_band[order[starts[row] : places[row]]] = True
        yield np.flatnonzero(shares_band[:row])


def _sort_bucket(band: NDArray[np.uint32]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Sort the rows by the slots of a band; return them, and by row where its equals begin and where itself stands."""
    order = np.lexsort(band.T)
    differs = np.ones(len(order), dtype=bool)
    differs[1:] = (band[order[1:]] != band[order[:-1]]).any(axis=1)
    numbers = np.arange(len(order))
    starts, places = np.empty_like(order), np.empty_like(order)
    starts[order] = np.maximum.accumulate(np.where(differs, numbers, 0))
    places[order] = numbers
    return order.astype(np.int32), starts.astype(np.int32), places.astype(np.int32)


def _choose_likeliest(
    ordered: Sequence[Sketch],
    second: int,
    seniors: NDArray[np.intp],
    estimates: NDArray[np.float64],
    least: float,
) -> Iterator[int]:
    """Yield the senior of the highest estimate among those for the same places, and among the others."""
    same = np.array([ordered[first].units == ordered[second].units for first in seniors], dtype=bool)
    for group in (same, ~same):
        eligible = np.where(group, estimates, -1.0)
        if len(eligible) and eligible.max() >= least:
            yield int(seniors[eligible.argmax()])


def measure_similarity(first: str, second: str) -> float:
    """Return the Jaccard index of two texts: the share of their different shingles that stand in both, in [0, 1]."""
    ours, theirs = (np.unique(hash_shingles(fold_letters(text), SHINGLE_SIZE)) for text in (first, second))
    shared = len(np.intersect1d(ours, theirs, assume_unique=True))
    return shared / max(len(ours) + len(theirs) - shared, 1)


def explain_reposts(near: Iterable[NearDuplicate]) -> dict[str, str]:
    """Return by path why a document never counts: another site's print of one that does, with other furniture."""
    return _explain(pair for pair in near if pair.same_document)


def explain_surplus(near: Iterable[NearDuplicate]) -> dict[str, str]:
    """Return by path why a document does not count where only the first of its near-duplicates does.

    Every ``second`` of a pair for the same places: of a chain of versions, each close to the one before, the first.
    """
    return _explain(pair for pair in near if pair.same_units)


def _explain(near: Iterable[NearDuplicate]) -> dict[str, str]:
    return {pair.second.path: f"{pair.similarity:.0%} the same text as {pair.first.path}" for pair in near}
