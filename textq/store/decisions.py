"""What stands of each coder for each clause, and the codes that people settled on."""

import json
from collections.abc import Iterable
from typing import Any

from textq.events import Queue, Track, find_track
from textq.store.projections import resolve
from textq.store.rows import Decision, Final
from textq.store.store import Store

_DECISION = (
    "SELECT decision.track, decision.coder, decision.key, decision.status, event.instrument, event.subtype, "
    "event.secondary, decision.memo, event.suggestion_shown, event.ms, event.at, event.uuid, event.sample, "
    "event.codebook, event.source, event.queue FROM decision JOIN event ON event.n = decision.event"
)
_FINAL = "SELECT key, instrument, subtype, secondary, how, coders, at FROM final WHERE instrument IS NOT NULL"


def find_decisions(store: Store, key: str) -> list[Decision]:
    """Return all decisions on a clause, by track and coder."""
    return _read_decisions(store, f"{_DECISION} WHERE decision.key = :key", key=key)


def find_decisions_of(store: Store, keys: Iterable[str]) -> list[Decision]:
    """Return all decisions on some clauses."""
    sql = f"{_DECISION} WHERE decision.key IN (SELECT value FROM json_each(:keys))"
    return _read_decisions(store, sql, keys=json.dumps(list(keys)))


def list_decisions(
    store: Store, *, track: Track | None = None, coder: str | None = None, sample: str | None = None
) -> list[Decision]:
    """Return decisions, by track, coder and key; ``sample``: only those on its clauses."""
    conditions = ["1"]
    if track is not None:
        conditions.append("decision.track = :track")
    if coder is not None:
        conditions.append("decision.coder = :coder")
    if sample is not None:
        conditions.append("decision.key IN (SELECT key FROM item WHERE sample = :sample)")
    sql = f"{_DECISION} WHERE {' AND '.join(conditions)}"
    return _read_decisions(store, sql, track=track, coder=coder, sample=sample)


def count_decisions(store: Store, coder: str, queue: Queue) -> int:
    """Return how many decisions of a coder, made in one queue, stand."""
    sql = (
        "SELECT count(*) FROM decision JOIN event ON event.n = decision.event "
        "WHERE decision.track = ? AND decision.coder = ? AND event.queue = ?"
    )
    (n,) = store.read().execute(sql, (find_track(queue), coder, queue)).fetchone()
    return int(n)


def _read_decisions(store: Store, sql: str, **values: str | None) -> list[Decision]:
    rows = store.read().execute(f"{sql} ORDER BY decision.track, decision.coder, decision.key", values)
    return [
        Decision(
            track,
            coder,
            key,
            status,
            instrument if status == "coded" else None,
            (subtype or None) if status == "coded" else None,
            (secondary or None) if status == "coded" else None,
            memo,
            bool(shown),
            *rest,
        )
        for track, coder, key, status, instrument, subtype, secondary, memo, shown, *rest in rows
    ]


def find_memo(store: Store, coder: str, key: str, track: Track | None = None) -> str:
    """Return the last memo of a coder on a clause, written with a code or by itself; ``""`` without one.

    Parameters
    ----------
    track
        Only what was written there: what he wrote with the machine's code in sight must not stand on a blind card.
    """
    rows = store.read().execute(
        "SELECT touch.kind, event.memo FROM touch JOIN event ON event.n = touch.event "
        "WHERE touch.key = :key AND touch.coder = :coder AND touch.is_active "
        "AND (:track IS NULL OR touch.track = :track) ORDER BY touch.moment DESC",
        {"key": key, "coder": coder, "track": track},
    )
    return next((str(memo) for kind, memo in rows if memo or kind == "memo"), "")


def list_finals(store: Store) -> list[Final]:
    """Return the final codes, by key. Clauses on which coders differ have none (:func:`~textq.store.queues.list_open`).

    Where they differ on the subtype alone, there is one without a subtype (``how="open"``).
    """
    return [_read_final(row) for row in store.read().execute(f"{_FINAL} ORDER BY key")]


def find_final(store: Store, key: str) -> Final | None:
    """Return the final code of a clause, None if people have not settled on one."""
    row = store.read().execute(f"{_FINAL} AND key = ?", (key,)).fetchone()
    return None if row is None else _read_final(row)


def find_finals_of(store: Store, keys: Iterable[str]) -> dict[str, Final]:
    """Return the final codes of some clauses, as far as they have one."""
    sql = f"{_FINAL} AND key IN (SELECT value FROM json_each(?))"
    return {row[0]: _read_final(row) for row in store.read().execute(sql, (json.dumps(list(keys)),))}


def _read_final(row: tuple[Any, ...]) -> Final:
    key, instrument, subtype, secondary, how, coders, at = row
    return Final(key, instrument, subtype, secondary, how, tuple(json.loads(coders)), at)


def list_coders(store: Store) -> list[str]:
    """Return the names of all who have coded, or are named in a sample or an assignment."""
    rows = store.read().execute(
        "SELECT DISTINCT coder FROM standing UNION SELECT DISTINCT coder FROM assignment "
        "UNION SELECT value FROM sample, json_each(sample.coders) ORDER BY 1"
    )
    return [coder for (coder,) in rows]


def resolve_key(store: Store, key: str) -> str:
    """Return the key under which the run has a clause that an event names by an older key."""
    return resolve(store.read(), key)
