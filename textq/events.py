"""The events of a review: what people did, one after the other, chained by hashes.

Nothing in a review is ever changed or deleted. A later event undoes an earlier one; what stands now is read off the
events (a projection). Each log has an origin and numbers its events from 1; every event holds the hash of the one
before it in its log, so that an event that was changed, left out or put in shows. Logs of several machines merge by
union.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

Kind = Literal["code", "unsure", "skip", "adjudicate", "memo", "bulk", "undo", "redo", "sample", "assign"]
"""What happened: a clause was coded, passed on as unsure, put off, adjudicated, or got a memo; many clauses were coded
at once; an event was taken back, or put in force again; an audit sample was drawn; its clauses were assigned to coders.
"""

Queue = Literal["audit", "fix", "adjudicate", "browse", "import", ""]
"""Where it happened; ``""`` for events that concern no clause."""

Track = Literal["audit", "free", "adjudicate"]
"""What decisions are kept apart: blind ones of an audit, free corrections (which never enter the audit's confusion
matrix), and adjudications."""

GENESIS = "0" * 64
"""What the first event of a log holds in place of the hash before it."""

TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
"""How the time of an event is written; it is UTC."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event before it is written.

    Attributes
    ----------
    kind, coder, queue
        What, who (the name of a person), where.
    clause, clause_sha256
        The key of the clause (:func:`textq.review.keys.make_key`) and the hash of its text; empty where the event
        concerns no clause, or many.
    instrument, subtype, secondary
        The code; ``secondary`` is a second instrument, not counted.
    memo
        What the coder wrote; of an adjudication, the reason.
    suggestion_shown
        Whether the machine's code was to be seen.
    ms
        Milliseconds from the card to the decision; None where unknown.
    undoes
        Of ``undo`` and ``redo``: the uuid of the event that is taken back, or put in force again.
    sample
        The audit sample that the clause was drawn for; of ``sample`` and ``assign``, that sample itself.
    codebook
        The edition of the codebook.
    source
        ``"web"``, or ``"<format>:<first 12 hex digits of the file's sha256>"``, as in ``"xlsx:3f2a…"``.
    detail
        JSON, by kind: of ``bulk`` ``{"clauses": [[key, sha256], …], "query": {…}, "left_out": {…}}``, where the last
        says how many clauses were not coded, and why; of ``sample`` and ``assign`` see
        :mod:`textq.review.sample`; of ``adjudicate`` ``{"rule": "…"}``.
    """

    kind: Kind
    coder: str
    queue: Queue = ""
    clause: str = ""
    clause_sha256: str = ""
    instrument: str | None = None
    subtype: str | None = None
    secondary: str | None = None
    memo: str = ""
    suggestion_shown: bool = False
    ms: int | None = None
    undoes: str = ""
    sample: str = ""
    codebook: str = ""
    source: str = "web"
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A written event: a draft with its name, its place in its log, its time and the chain.

    Attributes
    ----------
    uuid
        Its name, 32 hex digits.
    origin, seq
        Its log, and its number there, from 1.
    at
        UTC as ``2026-11-22T22:37:11.000001Z``; within a log, later numbers have later times.
    draft
        What happened.
    prev_hash, hash
        The hash of the event before it in its log, and its own (hex).
    """

    uuid: str
    origin: str
    seq: int
    at: str
    draft: Draft
    prev_hash: str
    hash: str

    @property
    def track(self) -> Track:
        """Where the decision counts."""
        return find_track(self.draft.queue)


def find_track(queue: Queue) -> Track:
    """Return where a decision made in a queue counts."""
    return queue if queue == "audit" or queue == "adjudicate" else "free"


def chain_event(draft: Draft, *, uuid: str, origin: str, seq: int, at: str, prev_hash: str) -> Event:
    """Return the event with its hash: sha256 over the JSON of all its other fields, keys sorted, UTF-8."""
    unsealed = Event(uuid, origin, seq, at, draft, prev_hash, "")
    return Event(uuid, origin, seq, at, draft, prev_hash, hash_event(unsealed))


def hash_event(event: Event) -> str:
    """Return the hash that an event must have."""
    record = event_record(event)
    del record["hash"]
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def event_record(event: Event) -> dict[str, Any]:
    """Return an event as one flat record, as it stands in a table or on a line of a file."""
    record = asdict(event)
    drafted: dict[str, Any] = record.pop("draft")
    return record | drafted


def read_event(record: dict[str, Any]) -> Event:
    """Return the event of a record.

    Raises
    ------
    KeyError, TypeError
        If a field is missing, or there is one that no event has.
    """
    own = [field.name for field in fields(Event) if field.name != "draft"]
    drafted = [field.name for field in fields(Draft)]
    surplus = set(record) - {*own, *drafted}
    if surplus:
        raise TypeError(f"an event has no field {', '.join(sorted(surplus))}")
    return Event(**{name: record[name] for name in own}, draft=Draft(**{name: record[name] for name in drafted}))
