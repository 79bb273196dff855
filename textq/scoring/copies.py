"""Which clauses, and what share of each document, were copied from documents of a higher level."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from textq.errors import TableError
from textq.scoring.shared_runs import NOT_COMPARED, NOWHERE, SHORT, Holders, Letters

NEARLY = 0.7
"""A clause is a copy if at least this share of its letters stands in shared runs with one document."""

LONG_RUN = 20
"""A run of at least so many letters is more than an official phrase: it is not new, whatever clause it stands in."""

_RANKS = {"central": 0, "province": 1, "prefecture": 2, "county": 3}

_TYPES = {"doc_id": "string", "position": "Int64", "copied_from": "string", "copied_share": "Float64"}
"""The columns of :attr:`Copying.clauses`."""

_CANDIDATES = 3
"""Documents that a clause is compared with: those that were the first to hold the most of its shingles."""

_LEAST_HELD = 0.25
"""A document that was the first to hold a smaller share of a clause's shingles is not compared with it: a clause so
scattered is made of phrases."""

_SHELF_SIZE = 1_000_000
"""Shingles that are sorted at a time: memory for sorting stays the same however many documents can lend."""

_KEPT = 64
"""Documents whose shingles stay in memory while clauses are compared with them."""


@dataclass(frozen=True, slots=True)
class Copying:
    """What was copied from documents of a higher level, of the same day or before.

    Attributes
    ----------
    clauses
        One row a copied clause: ``doc_id``, ``position`` (among the clauses of its document, from 0), ``copied_from``
        (a ``doc_id``), ``copied_share`` (of its letters, those that stand there, in [NEARLY, 1]).
    new_share
        By ``doc_id``: the share of the letters that stand neither in copies nor in long shared runs, in [0, 1]. 1 where
        the corpus holds nothing above; NA without level, date or letters.
    """

    clauses: pd.DataFrame
    new_share: "pd.Series[float]"


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The whole clauses and the shingles of documents of one rank."""

    rank: int
    wholes: Holders
    shingles: Holders


@dataclass(frozen=True, slots=True)
class _Trace:
    """Where each clause of a document comes from (NOWHERE = new), what share of it, and which letters are not new."""

    origins: NDArray[np.int32]
    shares: NDArray[np.float64]
    covered: NDArray[np.bool_]

    @property
    def new_share(self) -> float | None:
        """The share of new letters; None without letters."""
        return 1.0 - float(self.covered.mean()) if len(self.covered) else None


def measure_copying(documents: pd.DataFrame, read_clauses: Callable[[str], Sequence[str]]) -> Copying:
    """Find what documents copied from those above them: central > province > prefecture > county.

    A clause is a copy if its letters and digits are those of a clause of a higher-level document of the same day or
    before, its own number aside; the first of these is its source (of one day the highest). It is a nearly literal copy
    if it is not SHORT and at least NEARLY of its letters stand, in runs of SHINGLE_SIZE and more, in one such document;
    the one that holds most of it is its source. Names in 《》 are left out of what is counted.

    Parameters
    ----------
    documents
        ``doc_id`` (unique), ``level``, ``issued_on`` (ISO). A document without level or date neither lends nor borrows.
    read_clauses
        Gives the texts of the coded clauses of a ``doc_id``, in order. It is called several times for a document, so
        that no text need be kept: what is kept are about 8 MB per million characters of the documents that can lend.

    Raises
    ------
    TableError
        If a level is unknown.
    """
    dated = _number_documents(documents)
    ids = dated["doc_id"].tolist()

    def read(number: int) -> Letters:
        return Letters.read(read_clauses(ids[number]))

    shelves = _fill_shelves(dated["rank"].tolist(), read)
    fetch = lru_cache(_KEPT)(lambda number: Holders.collect([(number, read(number).shingles)]))
    rows: list[tuple[str, int, str, float]] = []
    new_shares: dict[str, float | None] = {}
    for doc_id, rank, last in zip(ids, dated["rank"], dated["last"], strict=True):
        above = [shelf for shelf in shelves if shelf.rank < rank]
        trace = _trace_clauses(Letters.read(read_clauses(doc_id)), above, last, fetch)
        rows += _list_copies(doc_id, trace, ids)
        new_shares[doc_id] = trace.new_share
    shares = pd.Series(new_shares, dtype="Float64").reindex(documents["doc_id"])
    return Copying(pd.DataFrame(rows, columns=list(_TYPES)).astype(_TYPES), shares.rename("new_share"))


def _number_documents(documents: pd.DataFrame) -> pd.DataFrame:
    """Sort the documents with level and date by age, the higher first; ``last`` is the place of the last of the day."""
    known = documents.dropna(subset=["level", "issued_on"])
    unknown = sorted(set(known["level"]) - set(_RANKS))
    if unknown:
        raise TableError(f"measure_copying: the level must be one of {', '.join(_RANKS)}. Got {unknown[0]!r} instead.")
    ranked = known.assign(rank=known["level"].map(_RANKS).astype("int64"))
    dated = ranked.sort_values(["issued_on", "rank", "doc_id"], ignore_index=True)
    return dated.assign(last=dated.index.to_series().groupby(dated["issued_on"]).transform("max"))


def _fill_shelves(ranks: Sequence[int], read: Callable[[int], Letters]) -> list[_Shelf]:
    """Collect what documents can lend; those of the lowest rank there is have no one to lend to."""
    shelves = []
    for rank in sorted(set(ranks))[:-1]:
        lenders: list[tuple[int, Letters]] = []
        room = _SHELF_SIZE
        for number in (number for number, own in enumerate(ranks) if own == rank):
            lenders.append((number, read(number)))
            room -= len(lenders[-1][1].shingles)
            if room <= 0:
                shelves.append(_fill_shelf(rank, lenders))
                lenders, room = [], _SHELF_SIZE
        shelves.append(_fill_shelf(rank, lenders))
    return shelves


def _fill_shelf(rank: int, lenders: Sequence[tuple[int, Letters]]) -> _Shelf:
    wholes = Holders.collect((number, letters.wholes) for number, letters in lenders)
    return _Shelf(rank, wholes, Holders.collect((number, letters.shingles) for number, letters in lenders))


def _trace_clauses(letters: Letters, above: Sequence[_Shelf], last: int, fetch: Callable[[int], Holders]) -> _Trace:
    """Find the origin of each clause among the documents ``above``, up to the number ``last``."""
    origins = _find_firsts([shelf.wholes for shelf in above], letters.wholes, last)
    origins[letters.wholes == NOT_COMPARED] = NOWHERE
    whole = origins != NOWHERE
    trace = _Trace(origins, whole.astype(np.float64), whole[letters.clauses])
    firsts = _find_firsts([shelf.shingles for shelf in above], letters.shingles, last)
    trace.covered[:] |= letters.cover(firsts != NOWHERE, LONG_RUN)
    _trace_nearly(letters, firsts, fetch, trace)
    return trace


def _trace_nearly(letters: Letters, firsts: NDArray[np.int32], fetch: Callable[[int], Holders], trace: _Trace) -> None:
    """Add to a trace the clauses of which one document holds most; ``firsts`` are the first holders of shingles."""
    passed_over = (trace.origins != NOWHERE) | (letters.n_letters < SHORT)
    least = np.where(passed_over, np.inf, NEARLY * letters.n_letters)
    likely = letters.count_by_clause(letters.cover(firsts != NOWHERE)) >= least
    most = np.zeros(len(least), dtype=np.int64)
    for number in _choose_candidates(letters, firsts, np.flatnonzero(likely)):
        there = letters.cover(fetch(number).find(letters.shingles) != NOWHERE)
        held = letters.count_by_clause(there)
        better = (held >= least) & (held > most)
        most[better] = held[better]
        trace.origins[better] = number
        trace.shares[better] = held[better] / letters.n_letters[better]
        trace.covered[:] |= there & better[letters.clauses]


def _find_firsts(above: Sequence[Holders], hashes: NDArray[np.uint64], last: int) -> NDArray[np.int32]:
    """Return the first holder of each hash, up to the number ``last``."""
    firsts = np.full(len(hashes), NOWHERE)
    for holders in above:
        np.minimum(firsts, holders.find(hashes), out=firsts)
    firsts[firsts > last] = NOWHERE
    return firsts


def _choose_candidates(letters: Letters, firsts: NDArray[np.int32], likely: NDArray[np.intp]) -> list[int]:
    """Return, in order, the documents that were the first to hold the most shingles of each likely clause."""
    owners = letters.clauses[letters.starts]
    begins, ends = np.searchsorted(owners, likely), np.searchsorted(owners, likely, side="right")
    chosen: set[int] = set()
    for begin, end in zip(begins, ends, strict=True):
        own = firsts[begin:end]
        numbers, held = np.unique(own[own != NOWHERE], return_counts=True)
        most = np.argsort(-held, kind="stable")[:_CANDIDATES]
        chosen.update(numbers[most[held[most] >= _LEAST_HELD * len(own)]].tolist())
    return sorted(chosen)


def _list_copies(doc_id: str, trace: _Trace, ids: Sequence[str]) -> Iterator[tuple[str, int, str, float]]:
    for position in np.flatnonzero(trace.origins != NOWHERE).tolist():
        yield doc_id, position, ids[trace.origins[position]], float(trace.shares[position])
