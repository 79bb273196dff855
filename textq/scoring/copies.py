"""Which clauses, and what share of each document, were copied from documents of the authorities above."""

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
_EVERYWHERE = ""
"""The place of central documents."""

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
    """What was copied from documents of the authorities above, of the same day or before.

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
    """The whole clauses and the shingles of documents of one rank and place."""

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
    """Find what documents copied from those above them: of the centre, and of the province and prefecture around them.

    A document of another province is not above, whatever its level: what is taken over from there has spread, as from
    a peer. A clause is a copy if its letters and digits are those of a clause of a document above, of the same day or
    before, its own number aside; the first of these is its source (of one day the highest). It is a nearly literal copy
    if it is not SHORT and at least NEARLY of its letters stand, in runs of SHINGLE_SIZE and more, in one such document;
    the one that holds most of it is its source. Names in 《》 are left out of what is counted.

    Parameters
    ----------
    documents
        ``doc_id`` (unique), ``level``, ``place``, ``issued_on`` (ISO). A document without level or date neither lends
        nor borrows. ``place`` is the six-digit code of the issuers' own place; the digits tell which place lies in
        which (33, 3301, 330110). Without it (NA or "") a local document lends to none, and only the centre lends to it.
    read_clauses
        Gives the texts of the coded clauses of a ``doc_id``, in order. It is called several times for a document, so
        that no text need be kept: what is kept are about 8 MB per million characters of the documents that can lend.

    Raises
    ------
    TableError
        If a level is unknown, or a place is no code.
    """
    dated = _number_documents(documents)
    ids = dated["doc_id"].tolist()

    def read(number: int) -> Letters:
        return Letters.read(read_clauses(ids[number]))

    seats = list(zip(dated["rank"].tolist(), dated["place"].tolist(), strict=True))
    shelves = _fill_shelves(seats, read)
    fetch = lru_cache(_KEPT)(lambda number: Holders.collect([(number, read(number).shingles)]))
    rows: list[tuple[str, int, str, float]] = []
    new_shares: dict[str, float | None] = {}
    for doc_id, seat, last in zip(ids, seats, dated["last"], strict=True):
        above = [shelf for outer in _list_above(*seat) for shelf in shelves.get(outer, ())]
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
    codes = known["place"].astype("string").fillna("").where(known["level"] != "central", _EVERYWHERE)
    wrong = codes[(codes != "") & ~codes.str.fullmatch("[0-9]{6}")]
    if len(wrong):
        raise TableError(f"measure_copying: the place must be a six-digit code. Got {wrong.iloc[0]!r} instead.")
    ranked = known.assign(rank=known["level"].map(_RANKS).astype("int64"), place=codes)
    dated = ranked.sort_values(["issued_on", "rank", "doc_id"], ignore_index=True)
    return dated.assign(last=dated.index.to_series().groupby(dated["issued_on"]).transform("max"))


def _list_above(rank: int, place: str) -> list[tuple[int, str]]:
    """Return the ranks and places whose documents stand above those of a rank and place."""
    around = {place[:2] + "0000", place[:4] + "00", place} if place else set()
    return [(0, _EVERYWHERE)] * (rank > 0) + [(higher, outer) for higher in range(1, rank) for outer in sorted(around)]


def _fill_shelves(
    seats: Sequence[tuple[int, str]], read: Callable[[int], Letters]
) -> dict[tuple[int, str], list[_Shelf]]:
    """Collect what documents can lend, by rank and place; those that no document stands below lend nothing."""
    shelves = {}
    own_seats = set(seats)
    for seat in sorted(own_seats & {outer for below in own_seats for outer in _list_above(*below)}):
        shelves[seat] = list(_fill_seat([number for number, own in enumerate(seats) if own == seat], read))
    return shelves


def _fill_seat(numbers: Sequence[int], read: Callable[[int], Letters]) -> Iterator[_Shelf]:
    """Yield the shelves of the documents of one rank and place, none of them much larger than _SHELF_SIZE."""
    lenders: list[tuple[int, Letters]] = []
    room = _SHELF_SIZE
    for number in numbers:
        lenders.append((number, read(number)))
        room -= len(lenders[-1][1].shingles)
        if room <= 0:
            yield _fill_shelf(lenders)
            lenders, room = [], _SHELF_SIZE
    yield _fill_shelf(lenders)


def _fill_shelf(lenders: Sequence[tuple[int, Letters]]) -> _Shelf:
    wholes = Holders.collect((number, letters.wholes) for number, letters in lenders)
    return _Shelf(wholes, Holders.collect((number, letters.shingles) for number, letters in lenders))


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
