"""The row types of the store: documents, clauses and suggestions of the run under review, decisions, audit samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from textq.events import Queue, Track
from textq.records import Span

Status = Literal["coded", "unsure", "skipped"]
How = Literal["adjudicated", "agreed", "single", "corrected", "open"]
Why = Literal["disagree", "unsure"]


@dataclass(frozen=True, slots=True)
class StoredDocument:
    """A document of the run; ``units`` are codes of places joined by ``;``, ``""`` is what is not known.

    ``near_duplicates`` are the ids, joined by ``;``, of documents that say nearly the same.
    """

    doc_id: str
    title: str
    doc_number: str
    issuers: str
    units: str
    level: str
    doc_type: str
    issued_on: str
    published_on: str
    period: int | None
    path: str
    sha256: str
    url: str
    n_clauses: int
    near_duplicates: str = ""


@dataclass(frozen=True, slots=True)
class StoredClause:
    """A clause, by its durable key; ``start`` and ``end`` count code points of the document's text.

    ``place`` is the hash of its heading and stem (:func:`textq.review.keys.hash_place`); ``is_coded``: whether it is
    of a kind that is coded and counted, and in the run under review. Clauses of the other kinds are context.
    """

    key: str
    clause_id: str
    doc_id: str
    ordinal: int
    clause_sha256: str
    place: str
    division: str
    heading: str
    stem: str
    kind: str
    page: int | None
    start: int
    end: int
    text: str
    is_coded: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The machine's code of a clause; the spans of ``evidence`` count code points of the document's text."""

    key: str
    coder_id: str
    instrument: str
    subtype: str | None
    secondary: str | None
    confidence: float | None
    unsure: bool
    evidence: tuple[Span, ...]
    context: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What stands of one coder for one clause in one track: the last of his events there that was not undone.

    ``memo`` is his last memo there, written with a code or by itself; ``at`` and ``uuid`` are those of the event.
    """

    track: Track
    coder: str
    key: str
    status: Status
    instrument: str | None
    subtype: str | None
    secondary: str | None
    memo: str
    suggestion_shown: bool
    ms: int | None
    at: str
    uuid: str
    sample: str
    codebook: str
    source: str
    queue: Queue


@dataclass(frozen=True, slots=True)
class Final:
    """The code of a clause that people settled on.

    ``how``: adjudicated; agreed by two or more coders of an audit; by a single one; corrected outside an audit; or
    open, where all give the instrument but not the same subtype, so that ``subtype`` is None and the clause is to be
    adjudicated. ``at`` is the time of the last event that it rests on, ``coders`` are sorted.
    """

    key: str
    instrument: str
    subtype: str | None
    secondary: str | None
    how: How
    coders: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class StoredSample:
    """An audit sample; each clause is coded by ``each`` of ``coders``, by anybody where that is empty."""

    sample: str
    at: str
    coder: str
    unit: Literal["document", "clause"]
    seed: int
    frame_sha256: str
    run_id: str
    codebook: str
    n_items: int
    each: int
    coders: tuple[str, ...]
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """A clause of an audit sample: its place in the sample from 0, stratum, and inclusion probability in (0, 1]."""

    sample: str
    key: str
    rank: int
    stratum: str
    pi: float


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a coder is in a queue; ``left`` includes the skipped; median seconds from a card to its decision."""

    queue: Queue
    done: int
    left: int
    skipped: int
    seconds_each: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """A clause with events that the run under review does not have; the text is ``""`` where it was never known."""

    key: str
    doc_id: str
    clause_id: str
    heading: str
    text: str
    coders: tuple[str, ...]
    n_events: int
