"""What the events of a review amount to: which are in force, what each coder decided, which codes are final.

The tables that hold it are kept up with every event that is appended, and rebuilt from all events when logs were
merged or another run was loaded; both ways give the same.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from textq.events import Draft, Event, event_record, find_track, read_event

COLUMNS = (
    "uuid",
    "origin",
    "seq",
    "at",
    "kind",
    "coder",
    "queue",
    "clause",
    "clause_sha256",
    "instrument",
    "subtype",
    "secondary",
    "memo",
    "suggestion_shown",
    "ms",
    "undoes",
    "sample",
    "codebook",
    "source",
    "detail",
    "prev_hash",
    "hash",
)
EVENT = ", ".join(f"event.{name}" for name in COLUMNS)
"""The columns of an event, for a query."""

UNDOABLE = frozenset({"code", "unsure", "skip", "adjudicate", "memo", "bulk"})
"""Kinds of event that can be taken back."""

_STATUS = {"code": "coded", "bulk": "coded", "adjudicate": "coded", "unsure": "unsure", "skip": "skipped"}

_PROJECTIONS = {
    "touch": "event.uuid, touch.key, touch.track, touch.coder, touch.kind, touch.moment, touch.is_active",
    "standing": "event.uuid, standing.coder, standing.moment, standing.turned, standing.is_active",
    "decision": "event.uuid, decision.track, decision.coder, decision.key, decision.status, decision.moment, "
    "decision.memo",
    "sample": "event.uuid, sample.*",
}


def event_at(row: Sequence[Any]) -> Event:
    """Return the event of a row of ``EVENT``."""
    record = dict(zip(COLUMNS, row, strict=True))
    record["suggestion_shown"] = bool(record["suggestion_shown"])
    return read_event(record)


def insert_event(connection: sqlite3.Connection, event: Event) -> int:
    """Write an event, and nothing else; return the number of its row."""
    record = event_record(event)
    record["suggestion_shown"] = int(record["suggestion_shown"])
    marks = ", ".join("?" * len(COLUMNS))
    sql = f"INSERT INTO event ({', '.join(COLUMNS)}) VALUES ({marks})"
    n = connection.execute(sql, [record[name] for name in COLUMNS]).lastrowid
    assert n is not None
    return n


def moment_of(event: Event) -> str:
    """Return what orders all events: by time, then by log and number there."""
    return f"{event.at}|{event.origin}|{event.seq:09d}"


def find_keys(draft: Draft) -> list[tuple[str, str]]:
    """Return the clauses that an event concerns, as keys with the hashes of the texts."""
    if draft.kind == "bulk":
        return [(key, sha) for key, sha in json.loads(draft.detail)["clauses"]]
    return [(draft.clause, draft.clause_sha256)] if draft.clause else []


def resolve(connection: sqlite3.Connection, key: str) -> str:
    """Return the key that stands for a clause in the run under review."""
    row = connection.execute("SELECT new FROM alias WHERE old = ?", (key,)).fetchone()
    return key if row is None else str(row[0])


def apply_event(connection: sqlite3.Connection, n: int, event: Event) -> None:
    """Bring all projections up to an event that was just written."""
    draft = event.draft
    if draft.kind in UNDOABLE:
        _settle_all(connection, _add_touches(connection, n, event))
    elif draft.kind in ("undo", "redo"):
        _settle_all(connection, _turn(connection, event))
    elif draft.kind == "sample":
        _add_sample(connection, n, event)
        _settle_sample(connection, draft.sample)
    else:
        _settle_sample(connection, _assign(connection, event))


def rebuild(connection: sqlite3.Connection) -> None:
    """Build all projections anew from the events."""
    for table in ("touch", "standing", "decision", "final", "sample", "item", "assignment"):
        connection.execute(f"DELETE FROM {table}")
    rows = connection.execute(f"SELECT n, {EVENT} FROM event ORDER BY at, origin, seq").fetchall()
    events = [(row[0], event_at(row[1:])) for row in rows]
    for n, event in events:
        if event.draft.kind in UNDOABLE:
            _add_touches(connection, n, event)
        elif event.draft.kind == "sample":
            _add_sample(connection, n, event)
    for _, event in events:
        if event.draft.kind in ("undo", "redo"):
            _turn(connection, event)
        elif event.draft.kind == "assign":
            _assign(connection, event)
    _settle_all(connection, [row[0] for row in connection.execute("SELECT DISTINCT key FROM touch")])


def dump_projections(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Return all projections in a form that does not depend on the order in which the events came in."""
    dumped = {}
    for table, columns in _PROJECTIONS.items():
        rows = connection.execute(f"SELECT {columns} FROM {table} JOIN event ON event.n = {table}.event")
        dumped[table] = sorted(map(_drop_row_number if table == "sample" else tuple, rows), key=repr)
    for table in ("final", "item", "assignment"):
        dumped[table] = sorted(connection.execute(f"SELECT * FROM {table}"), key=repr)
    return dumped


def _drop_row_number(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row of ``sample`` without the number of its event, which its uuid stands for."""
    return row[:2] + row[3:]


def _add_touches(connection: sqlite3.Connection, n: int, event: Event) -> list[str]:
    draft, moment = event.draft, moment_of(event)
    connection.execute("INSERT INTO standing VALUES (?, ?, ?, ?, ?, 1)", (n, event.uuid, draft.coder, moment, moment))
    keys = list(dict.fromkeys(resolve(connection, key) for key, _ in find_keys(draft)))
    track = find_track(draft.queue)
    rows = [(n, key, track, draft.coder, draft.kind, moment) for key in keys]
    connection.executemany("INSERT INTO touch VALUES (?, ?, ?, ?, ?, ?, 1)", rows)
    return keys


def _turn(connection: sqlite3.Connection, event: Event) -> list[str]:
    """Take an event back, or put it in force; return the clauses it concerns. The last word on an event counts."""
    row = connection.execute(
        "SELECT event, moment, turned FROM standing WHERE uuid = ? AND coder = ?",
        (event.draft.undoes, event.draft.coder),
    ).fetchone()
    if row is None:
        return []
    n, began, turned = row
    moment = moment_of(event)
    if turned != began and turned >= moment:
        return []
    is_active = int(event.draft.kind == "redo")
    connection.execute("UPDATE standing SET is_active = ?, turned = ? WHERE event = ?", (is_active, moment, n))
    connection.execute("UPDATE touch SET is_active = ? WHERE event = ?", (is_active, n))
    return [key for (key,) in connection.execute("SELECT key FROM touch WHERE event = ?", (n,))]


def _add_sample(connection: sqlite3.Connection, n: int, event: Event) -> None:
    """Add an audit sample. Of two with one name, drawn at two places, the earlier one stands."""
    draft, detail = event.draft, json.loads(event.draft.detail)
    if connection.execute("SELECT 1 FROM sample WHERE sample = ?", (draft.sample,)).fetchone():
        return
    items = [(resolve(connection, key), sha, stratum, pi) for key, sha, stratum, pi in detail["items"]]
    connection.execute(
        "INSERT INTO sample VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            draft.sample,
            n,
            moment_of(event),
            detail["unit"],
            detail["seed"],
            detail["frame_sha256"],
            detail["run_id"],
            detail["codebook"],
            len(items),
            detail["each"],
            json.dumps(list(detail["coders"]), ensure_ascii=False),
        ),
    )
    rows = ((draft.sample, key, rank, stratum, pi, sha) for rank, (key, sha, stratum, pi) in enumerate(items))
    connection.executemany("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?, ?, ?)", rows)


def _assign(connection: sqlite3.Connection, event: Event) -> str:
    """Give coders their shares of a sample, in place of the ones they had there; return its name."""
    detail = json.loads(event.draft.detail)
    sample = event.draft.sample or detail["sample"]
    for coder, keys in detail["shares"].items():
        connection.execute("DELETE FROM assignment WHERE sample = ? AND coder = ?", (sample, coder))
        rows = [(sample, coder, resolve(connection, key)) for key in keys]
        connection.executemany("INSERT OR IGNORE INTO assignment VALUES (?, ?, ?)", rows)
    return str(sample)


def is_due(connection: sqlite3.Connection, key: str) -> bool:
    """Return whether audit samples still wait for a decision on a clause (``DUE``)."""
    sql = f"SELECT EXISTS (SELECT 1 FROM item JOIN sample USING (sample) WHERE item.key = ? AND {DUE})"
    (found,) = connection.execute(sql, (key,)).fetchone()
    return bool(found)


DUE = """(
CASE WHEN EXISTS (SELECT 1 FROM assignment WHERE assignment.sample = item.sample)
THEN EXISTS (SELECT 1 FROM assignment WHERE assignment.sample = item.sample AND assignment.key = item.key
    AND NOT EXISTS (SELECT 1 FROM decision WHERE decision.key = item.key AND decision.track = 'audit'
        AND decision.coder = assignment.coder AND decision.status <> 'skipped'))
ELSE (SELECT count(*) FROM decision WHERE decision.key = item.key AND decision.track = 'audit'
    AND decision.status <> 'skipped') < sample.each END)
"""
"""The condition for a row of ``item JOIN sample`` that decisions on it are still to come: of those it was assigned to;
where nobody is assigned in the sample, of as many coders as it wants. Unsure is a decision, skipped is none."""


def _settle_sample(connection: sqlite3.Connection, sample: str) -> None:
    """Settle the clauses of a sample on which there are decisions: other people may be waited for now."""
    rows = connection.execute("SELECT DISTINCT item.key FROM item JOIN touch USING (key) WHERE sample = ?", (sample,))
    _settle_all(connection, [key for (key,) in rows.fetchall()])


@dataclass(frozen=True, slots=True)
class _Standing:
    """What stands of one coder for a clause in a track."""

    track: str
    coder: str
    event: int
    status: str
    moment: str
    memo: str
    code: tuple[str, str | None]
    secondary: str | None


def _settle_all(connection: sqlite3.Connection, keys: Iterable[str]) -> None:
    for key in keys:
        _settle(connection, key)


def _settle(connection: sqlite3.Connection, key: str) -> None:
    """Find the decisions and the final code of a clause anew."""
    connection.execute("DELETE FROM decision WHERE key = ?", (key,))
    connection.execute("DELETE FROM final WHERE key = ?", (key,))
    standing = _find_standing(connection, key)
    rows = [(each.track, each.coder, key, each.event, each.status, each.moment, each.memo) for each in standing]
    connection.executemany("INSERT INTO decision VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    final = _find_final(standing, is_due=is_due(connection, key))
    if final:
        connection.execute("INSERT INTO final VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (key, *final))


def _find_standing(connection: sqlite3.Connection, key: str) -> list[_Standing]:
    rows = connection.execute(
        "SELECT touch.track, touch.coder, touch.event, touch.kind, touch.moment, event.memo, event.instrument, "
        "event.subtype, event.secondary FROM touch JOIN event ON event.n = touch.event "
        "WHERE touch.key = ? AND touch.is_active ORDER BY touch.track, touch.coder, touch.moment",
        (key,),
    ).fetchall()
    found = []
    for (track, coder), group in groupby(rows, key=lambda row: row[:2]):
        memo, last = "", None
        for row in group:
            is_memo = row[3] == "memo"
            memo = row[5] if is_memo else row[5] or memo
            last = last if is_memo else row
        if last:
            _, _, event, kind, moment, _, instrument, subtype, secondary = last
            code = (instrument or "", subtype or None)
            found.append(_Standing(track, coder, event, _STATUS[kind], moment, memo, code, secondary or None))
    return found


_Final = tuple[str | None, str | None, str | None, str, str, str, str]


def _find_final(standing: Sequence[_Standing], *, is_due: bool) -> _Final | None:
    """Return instrument, subtype, secondary, how, coders, at, and why the clause is open; None where nobody coded.

    A clause of an audit is open only when nobody is waited for there (``is_due``). An adjudicated one is open again
    when a blind code came in later that differs.
    """
    coded = [each for each in standing if each.status == "coded"]
    in_audit = [each for each in coded if each.track == "audit"]
    adjudicated = [each for each in coded if each.track == "adjudicate"]
    if adjudicated:
        last = max(adjudicated, key=lambda each: each.moment)
        later = any(each.moment > last.moment and each.code != last.code for each in in_audit)
        return _dump_final([last], last.code, "adjudicated", "disagree" if later and not is_due else "")
    is_unsure = any(each.status == "unsure" for each in standing if each.track != "adjudicate")
    unsure = "unsure" if is_unsure and not is_due else ""
    group = in_audit or coded
    if not group:
        return (None, None, None, "open", "[]", "", unsure) if is_unsure else None
    codes = {each.code for each in group}
    if len(codes) == 1:
        how = "corrected" if not in_audit else "agreed" if len(group) > 1 else "single"
        return _dump_final(group, group[0].code, how, unsure)
    instruments = {instrument for instrument, _ in codes}
    shared = (instruments.pop(), None) if len(instruments) == 1 else (None, None)
    return _dump_final(group, shared, "open", "" if is_due else "disagree")


def _dump_final(group: Sequence[_Standing], code: tuple[str | None, str | None], how: str, why: str) -> _Final:
    seconds = {each.secondary for each in group}
    secondary = seconds.pop() if len(seconds) == 1 and code[0] else None
    coders = json.dumps(sorted(each.coder for each in group), ensure_ascii=False)
    at = max(each.moment for each in group).partition("|")[0]
    return (*code, secondary, how, coders, at, why)
