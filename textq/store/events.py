"""Appending events, reading them, undoing and redoing, and the proof that nothing was changed."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any
from uuid import uuid4

from textq.errors import ReviewError
from textq.events import GENESIS, TIME, Draft, Event, Kind, Queue, chain_event, hash_event
from textq.store.event_fields import ABOUT_A_CLAUSE, check_draft, check_sample
from textq.store.projection_check import check_projections
from textq.store.projections import EVENT, UNDOABLE, apply_event, event_at, find_keys, insert_event, is_due
from textq.store.store import Store


@dataclass(frozen=True, slots=True)
class Logged:
    """An event with what became of it; ``is_active`` is None for kinds that cannot be undone."""

    event: Event
    is_active: bool | None


def append(store: Store, drafts: Sequence[Draft]) -> tuple[Event, ...]:
    """Write events, all or none; when this returns they are on the disk.

    The hash of a clause's text is filled in where a draft has none.

    Raises
    ------
    ReviewError
        If a draft names a clause that the run does not have or that is not coded, the hash of another text, an event
        of somebody else to undo, or lacks what its kind needs; or if the file cannot be written.
    """
    with store.write() as connection:
        written = []
        for draft in drafts:
            event = _seal(connection, _complete(connection, draft))
            apply_event(connection, insert_event(connection, event), event)
            written.append(event)
    return tuple(written)


def _seal(connection: sqlite3.Connection, draft: Draft) -> Event:
    """Give a draft its place at the end of its coder's log."""
    row = connection.execute(
        "SELECT origin, seq, hash FROM log WHERE coder = ? AND is_own = 1", (draft.coder,)
    ).fetchone()
    origin, seq, last_hash = row or (token_hex(8), 0, GENESIS)
    at = _find_time(connection)
    event = chain_event(draft, uuid=uuid4().hex, origin=origin, seq=seq + 1, at=at, prev_hash=last_hash)
    connection.execute(
        "INSERT OR REPLACE INTO log VALUES (?, ?, ?, ?, ?, 1)", (origin, draft.coder, event.seq, at, event.hash)
    )
    return event


def _find_time(connection: sqlite3.Connection) -> str:
    """Return the time, or the first one after all events where the clock of this or another machine went wrong."""
    now = datetime.now(UTC)
    (last,) = connection.execute("SELECT max(at) FROM event").fetchone()
    if last:
        now = max(now, datetime.strptime(last, TIME).replace(tzinfo=UTC) + timedelta(microseconds=1))
    return now.strftime(TIME)


def _complete(connection: sqlite3.Connection, draft: Draft) -> Draft:
    """Return a draft that may be written.

    Raises
    ------
    ReviewError
        If it may not.
    """
    check_draft(draft)
    if draft.kind in ABOUT_A_CLAUSE:
        return replace(draft, clause_sha256=_check_clause(connection, draft, draft.clause, draft.clause_sha256))
    if draft.kind == "bulk":
        return _complete_bulk(connection, draft)
    if draft.kind in ("undo", "redo"):
        _check_turn(connection, draft)
    else:
        check_detail(connection, draft)
    return draft


def _check_clause(connection: sqlite3.Connection, draft: Draft, key: str, sha: str) -> str:
    """Return the hash of a clause's text, if it can be coded and is the one that was meant."""
    row = connection.execute(
        "SELECT clause_sha256, clause_id, is_coded, in_run FROM clause WHERE key = ?", (key,)
    ).fetchone()
    if row is None or not row[3]:
        raise ReviewError(f"the clause {key!r} is not in the run under review. Load the page anew.")
    stored, clause_id, is_coded, _ = row
    if not is_coded and draft.kind != "memo":
        raise ReviewError(f"{clause_id} is a heading, a stem, a signature or a note: such lines are not coded.")
    if draft.kind == "adjudicate" and is_due(connection, key):
        raise ReviewError(
            f"{clause_id} is not open for adjudication yet: other people are still to code it blind in an audit sample."
        )
    if sha and sha != stored:
        raise ReviewError(f"the text of {clause_id} has changed since it was shown. Load the page anew and read it.")
    return str(stored)


def _complete_bulk(connection: sqlite3.Connection, draft: Draft) -> Draft:
    try:
        detail = json.loads(draft.detail)
        pairs = find_keys(draft)
    except (ValueError, TypeError, KeyError) as error:
        raise ReviewError(f"the clauses of an event (bulk) cannot be read: {error!r}.") from error
    if not pairs:
        raise ReviewError("an event (bulk) names no clause. Select some.")
    detail["clauses"] = [[key, _check_clause(connection, draft, key, sha)] for key, sha in pairs]
    return replace(draft, detail=json.dumps(detail, ensure_ascii=False))


def _check_turn(connection: sqlite3.Connection, draft: Draft) -> None:
    row = connection.execute(
        "SELECT event.coder, event.kind, standing.is_active FROM event LEFT JOIN standing ON standing.event = event.n "
        "WHERE event.uuid = ?",
        (draft.undoes,),
    ).fetchone()
    if row is None:
        raise ReviewError(f"the event {draft.undoes!r} that is to be undone is not in the store.")
    coder, kind, is_active = row
    if coder != draft.coder:
        raise ReviewError(f"{draft.coder} cannot undo what {coder} did. Only {coder} can.")
    if kind not in UNDOABLE:
        raise ReviewError(f"an event of the kind {kind} cannot be undone. Give the event that was undone or redone.")
    if is_active != (draft.kind == "undo"):
        state = "in force already" if is_active else "undone already"
        raise ReviewError(f"that event ({kind}) is {state}. Load the page anew.")


def check_detail(connection: sqlite3.Connection, draft: Draft) -> None:
    """See that the detail of a sample or an assignment can be used.

    Raises
    ------
    ReviewError
        If it cannot, or if a new sample has the name of an older one.
    """
    try:
        detail = json.loads(draft.detail)
        if draft.kind == "sample":
            _check_sample(connection, draft.sample, detail)
        else:
            _check_assignment(connection, draft.sample or detail["sample"], detail["shares"])
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReviewError(
            f"the event {draft.kind} of the sample {draft.sample!r} cannot be used: {error!r}."
        ) from error


def _check_sample(connection: sqlite3.Connection, sample: str, detail: dict[str, Any]) -> None:
    check_sample(sample, detail)
    if connection.execute("SELECT 1 FROM sample WHERE sample = ?", (sample,)).fetchone():
        raise ReviewError(f"there is a sample named {sample!r} already. Give the new one another name.")
    missing = [key for key, *_ in detail["items"] if not _is_coded(connection, key)]
    if missing:
        raise ReviewError(
            f"{len(missing)} clauses of the sample {sample!r} are not among the coded ones of the run under review; "
            f"the first is {missing[0]!r}. Draw the sample from this run."
        )


def _check_assignment(connection: sqlite3.Connection, sample: str, shares: dict[str, list[str]]) -> None:
    known = {key for (key,) in connection.execute("SELECT key FROM item WHERE sample = ?", (sample,))}
    if not known:
        raise ReviewError(f"there is no sample {sample!r} to assign. Draw it first: textq review sample.")
    strange = [key for keys in shares.values() for key in keys if key not in known]
    if strange:
        raise ReviewError(f"{len(strange)} assigned clauses are not in the sample {sample!r}; the first: {strange[0]}.")


def _is_coded(connection: sqlite3.Connection, key: str) -> bool:
    sql = "SELECT 1 FROM clause WHERE key = ? AND is_coded = 1 AND in_run = 1"
    return connection.execute(sql, (key,)).fetchone() is not None


def read_log(
    store: Store,
    *,
    coder: str | None = None,
    kind: Kind | None = None,
    key: str | None = None,
    queue: Queue | None = None,
    before: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> list[Logged]:
    """Return events in the order of their times, each with whether it is in force.

    Parameters
    ----------
    coder, kind, queue
        Only those; None: all.
    key
        Only those that concern this clause, the ones that undo or redo them among them.
    before
        The uuid of an event; only those earlier than it.
    limit
        How many at most; the last ones with ``newest_first``, else the first.
    newest_first
        The order.
    """
    named = {"coder": coder, "kind": kind, "queue": queue}
    conditions = [f"event.{name} = :{name}" for name, value in named.items() if value is not None]
    if key is not None:
        conditions.append(
            "(event.n IN (SELECT event FROM touch WHERE key = :key) OR event.undoes IN "
            "(SELECT standing.uuid FROM touch JOIN standing USING (event) WHERE touch.key = :key))"
        )
    if before is not None:
        conditions.append(
            "(event.at, event.origin, event.seq) < (SELECT at, origin, seq FROM event WHERE uuid = :before)"
        )
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    order = "DESC" if newest_first else "ASC"
    sql = (
        f"SELECT standing.is_active, {EVENT} FROM event LEFT JOIN standing ON standing.event = event.n {where} "
        f"ORDER BY event.at {order}, event.origin {order}, event.seq {order} LIMIT :limit"
    )
    found = store.read().execute(sql, named | {"key": key, "before": before, "limit": -1 if limit is None else limit})
    return [Logged(event_at(row[1:]), None if row[0] is None else bool(row[0])) for row in found]


def read_events(
    store: Store,
    *,
    coder: str | None = None,
    kind: Kind | None = None,
    key: str | None = None,
    queue: Queue | None = None,
    before: str | None = None,
    limit: int | None = None,
    newest_first: bool = False,
) -> list[Event]:
    """Return events in the order of their times; the parameters are those of :func:`read_log`."""
    found = read_log(
        store, coder=coder, kind=kind, key=key, queue=queue, before=before, limit=limit, newest_first=newest_first
    )
    return [logged.event for logged in found]


def find_head(store: Store) -> int:
    """Return a number that grows with every event that comes in, by a merge too; 0 before the first."""
    (head,) = store.read().execute("SELECT coalesce(max(n), 0) FROM event").fetchone()
    return int(head)


def count_events(store: Store) -> int:
    """Return how many events there are."""
    (n,) = store.read().execute("SELECT count(*) FROM event").fetchone()
    return int(n)


def find_event(store: Store, uuid: str) -> Event | None:
    """Return an event by its name."""
    row = store.read().execute(f"SELECT {EVENT} FROM event WHERE uuid = ?", (uuid,)).fetchone()
    return None if row is None else event_at(row)


def is_active(store: Store, uuid: str) -> bool:
    """Return whether an event is in force; one that cannot be undone is."""
    row = store.read().execute("SELECT is_active FROM standing WHERE uuid = ?", (uuid,)).fetchone()
    return True if row is None else bool(row[0])


def find_undo(store: Store, coder: str) -> Event | None:
    """Return what a coder's next undo takes back: the last thing he did or redid that is in force."""
    return _find_turned(store, coder, "standing.is_active = 1")


def find_redo(store: Store, coder: str) -> Event | None:
    """Return what a coder's next redo puts in force: the last one undone, unless he did something new since."""
    newer = "standing.turned > (SELECT max(moment) FROM standing WHERE coder = :coder)"
    return _find_turned(store, coder, f"standing.is_active = 0 AND {newer}")


def _find_turned(store: Store, coder: str, condition: str) -> Event | None:
    sql = (
        f"SELECT {EVENT} FROM standing JOIN event ON event.n = standing.event "
        f"WHERE standing.coder = :coder AND {condition} ORDER BY standing.turned DESC LIMIT 1"
    )
    row = store.read().execute(sql, {"coder": coder}).fetchone()
    return None if row is None else event_at(row)


def verify(store: Store) -> list[str]:
    """Return what is broken in a store, in words; nothing if all holds.

    Finds an event that was changed, left out, put in or moved, a log that was cut short, guards that were changed or
    taken off the table, and decisions or final codes that do not follow from the events. What it cannot find: a file
    that was written anew as a whole, with all hashes made to fit. Against that helps a copy of the events elsewhere.
    """
    connection = store.read()
    broken = list[str]()
    ends = {row[0]: row[1:] for row in connection.execute("SELECT origin, seq, at, hash FROM log")}
    last: Event | None = None
    for row in connection.execute(f"SELECT {EVENT} FROM event ORDER BY origin, seq"):
        event = event_at(row)
        before = last if last and last.origin == event.origin else None
        if last and before is None:
            broken += _check_end(last, ends.pop(last.origin, None))
        broken += check_link(before, event)
        last = event
    if last:
        broken += _check_end(last, ends.pop(last.origin, None))
    broken += [f"log {origin}: all {end[0]} events are gone" for origin, end in ends.items()]
    return broken + check_projections(store)


def check_link(before: Event | None, event: Event) -> list[str]:
    """Return what is wrong with an event, and with its place behind the one before it in its log."""
    name = f"log {event.origin}, event {event.seq} ({event.draft.kind} by {event.draft.coder}, {event.at})"
    seq, prev_hash, at = (before.seq, before.hash, before.at) if before else (0, GENESIS, "")
    broken = []
    if event.hash != hash_event(event):
        broken.append(f"{name}: its content does not fit its hash, it was changed")
    if event.seq != seq + 1:
        broken.append(f"{name}: {event.seq - seq - 1} events before it are missing")
    elif event.prev_hash != prev_hash:
        broken.append(f"{name}: it does not follow on the event before it, one of the two was changed or put in")
    if event.at <= at:
        broken.append(f"{name}: it is not later than the event before it")
    return broken


def _check_end(last: Event, end: tuple[int, str, str] | None) -> list[str]:
    if end == (last.seq, last.at, last.hash):
        return []
    stated = f"event {end[0]}" if end else "nothing"
    return [f"log {last.origin}: it ends at event {last.seq}, but {stated} was the last one written"]
