"""The queues: what a coder does next, what stands before and behind, how much is left."""

import hashlib
import json
import time
from collections.abc import Callable
from statistics import median
from typing import Any, cast

from textq.errors import ReviewError
from textq.events import Queue
from textq.store.hidden import (
    count_left,
    is_hidden,
    list_hidden,
    list_hidden_texts,
    list_open_items,
    list_open_samples,
)
from textq.store.rows import Item, Progress, StoredSample, Why
from textq.store.settings import read_setting
from textq.store.store import Store

__all__ = [
    "count_left",
    "hides_suggestion",
    "is_hidden",
    "list_hidden",
    "list_items",
    "list_open",
    "list_open_samples",
    "list_queue",
    "list_samples",
    "measure_progress",
    "neighbours",
    "next_item",
]

HIDDEN_SHARE = 0.2
"""The share of the items of FIX whose suggestion is hidden, unless the study sets ``hidden_share``."""

_CLAIM = 15 * 60
"""Seconds for which a clause that was handed to one coder is not handed to another."""

_TIMED = 100
"""How many decisions the time of one is measured by."""

_OPEN = (
    "SELECT final.key, final.why FROM final CROSS JOIN clause ON clause.key = final.key "
    "WHERE final.why <> '' AND clause.is_coded = 1 AND clause.in_run = 1 ORDER BY clause.n"
)

_FIX_DONE = (
    "SELECT key FROM item UNION SELECT key FROM decision WHERE track = 'free' AND status <> 'skipped' "
    "UNION SELECT key FROM decision WHERE track = 'adjudicate' AND status = 'coded' "
    "UNION SELECT key FROM clause WHERE clause_sha256 IN (SELECT value FROM json_each(:texts))"
)
"""The clauses that FIX does not serve: those of audit samples, those that somebody corrected, those that are hidden."""


_FIX_OPEN = (
    "NOT EXISTS (SELECT 1 FROM item WHERE item.key = fix_order.key) AND NOT EXISTS (SELECT 1 FROM decision "
    "WHERE decision.key = fix_order.key AND (track = 'free' AND status <> 'skipped' OR track = 'adjudicate' "
    "AND status = 'coded')) AND (SELECT clause_sha256 FROM clause WHERE clause.key = fix_order.key) NOT IN "
    "(SELECT value FROM json_each(:texts))"
)
"""The condition for a clause not to be one of these, looked up one by one."""


def next_item(store: Store, coder: str, queue: Queue, after: str | None = None) -> str | None:
    """Return the clause that a coder is to do next, None when nothing is left.

    The first one behind ``after`` that is not done; behind the last comes the first; those he skipped come when all
    others are done, the ones skipped longest ago first. A clause that was just handed to somebody else waits, where
    one coder is enough for it.
    """
    if queue == "audit":
        key = _next_audit(store, coder, after)
    elif queue == "fix":
        key = _next_fix(store, coder, after)
    elif queue == "adjudicate":
        key = _next_open(store, coder, after)
    else:
        raise ReviewError(f"there is no queue {queue!r} to work through. Choose audit, fix or adjudicate.")
    if key is not None:
        store.claims[queue, coder] = (key, time.monotonic())
    return key


def _list_claims(store: Store, coder: str, queue: Queue) -> dict[str, int]:
    """Return how many others hold each clause."""
    since = time.monotonic() - _CLAIM
    held: dict[str, int] = {}
    for (claimed_in, claimed_by), (key, at) in list(store.claims.items()):
        if claimed_in == queue and claimed_by != coder and at > since:
            held[key] = held.get(key, 0) + 1
    return held


def _next_audit(store: Store, coder: str, after: str | None) -> str | None:
    rows = list_open_items(store, coder)
    held = _list_claims(store, coder, "audit")
    places: dict[str, tuple[Any, ...]] = {}
    for _, key, rank, moment, status, skipped_at, each, n_others, is_assigned in rows:
        waits = not is_assigned and n_others + held.get(key, 0) >= each
        place = (waits, status == "skipped", skipped_at if status == "skipped" else "", moment, rank)
        places[key] = min(place, places.get(key, place))
    behind = _find_place(store, after)
    return _choose(places, lambda place: place[3:] > behind) if behind else _choose(places, lambda place: False)


def _find_place(store: Store, key: str | None) -> tuple[str, int] | None:
    """Return where a clause stands in the audit samples."""
    sql = (
        "SELECT sample.moment, item.rank FROM item JOIN sample USING (sample) WHERE item.key = ? "
        "ORDER BY sample.moment LIMIT 1"
    )
    row: tuple[str, int] | None = store.read().execute(sql, (key,)).fetchone() if key else None
    return row


def _choose(places: dict[str, tuple[Any, ...]], is_behind: Callable[[tuple[Any, ...]], bool]) -> str | None:
    """Return the first clause: not waiting, not skipped, behind the last one."""
    ranked = [
        (place[0], place[1], not place[1] and not is_behind(place), place[2:], key) for key, place in places.items()
    ]
    return min(ranked)[-1] if ranked else None


def _next_fix(store: Store, coder: str, after: str | None) -> str | None:
    connection = store.read()
    values = {
        "texts": json.dumps(list(list_hidden_texts(store, coder))),
        "held": json.dumps(list(_list_claims(store, coder, "fix"))),
        "coder": coder,
        "after": _find_rank(store, after),
    }
    own_skips = "SELECT key FROM decision WHERE track = 'free' AND coder = :coder AND status = 'skipped'"
    fresh = f"SELECT key FROM fix_order WHERE key NOT IN ({_FIX_DONE})"
    held = "key NOT IN (SELECT value FROM json_each(:held))"
    unskipped = f"key NOT IN ({own_skips})"
    soon = f"SELECT key FROM fix_order WHERE rank > :after AND {_FIX_OPEN} AND {unskipped} AND {held}"
    tries = (
        f"{soon} ORDER BY rank LIMIT 1",
        f"{fresh} AND {unskipped} AND {held} ORDER BY rank LIMIT 1",
        f"SELECT key FROM ({fresh} AND {held}) JOIN decision USING (key) WHERE track = 'free' AND coder = :coder "
        "AND status = 'skipped' ORDER BY moment LIMIT 1",
        f"{fresh} ORDER BY rank LIMIT 1",
    )
    for sql in tries:
        row = connection.execute(sql, values).fetchone()
        if row:
            return str(row[0])
    return None


def _find_rank(store: Store, key: str | None) -> int:
    row = store.read().execute("SELECT rank FROM fix_order WHERE key = ?", (key,)).fetchone() if key else None
    return -1 if row is None else int(row[0])


def _next_open(store: Store, coder: str, after: str | None) -> str | None:
    sql = "SELECT key, moment FROM decision WHERE track = 'adjudicate' AND coder = ? AND status = 'skipped'"
    skipped = dict(store.read().execute(sql, (coder,)).fetchall())
    held = _list_claims(store, coder, "adjudicate")
    rows = store.read().execute(_OPEN.replace("final.key, final.why", "final.key, clause.n")).fetchall()
    places = {key: (key in held, key in skipped, skipped.get(key, ""), n) for key, n in rows}
    behind = _find_order(store, after)
    return _choose(places, lambda place: place[3] > behind)


def _find_order(store: Store, key: str | None) -> int:
    row = store.read().execute("SELECT n FROM clause WHERE key = ?", (key,)).fetchone() if key else None
    return 0 if row is None else int(row[0])


def list_queue(store: Store, coder: str, queue: Queue, sample: str = "") -> list[str]:
    """Return all clauses of a coder's queue in its order, done or not.

    Of AUDIT: what is open for him or decided by him, of one sample or of all. Of FIX: what it would serve him, and
    what he did there. Of ADJUDICATE: what is open or was adjudicated.
    """
    if queue == "audit":
        return _list_own_audit(store, coder, sample)
    if queue == "adjudicate":
        return _list_adjudicable(store)
    if queue != "fix":
        raise ReviewError(f"there is no queue {queue!r} to work through. Choose audit, fix or adjudicate.")
    own = (
        "SELECT decision.key FROM decision JOIN event ON event.n = decision.event WHERE decision.track = 'free' "
        "AND decision.coder = :coder AND event.queue = 'fix'"
    )
    rows = store.read().execute(
        f"SELECT key FROM fix_order WHERE key NOT IN ({_FIX_DONE}) OR key IN ({own}) ORDER BY rank",
        {"texts": json.dumps(list(list_hidden_texts(store, coder))), "coder": coder},
    )
    return [key for (key,) in rows]


def neighbours(store: Store, coder: str, queue: Queue, key: str) -> tuple[str | None, str | None]:
    """Return the clauses before and behind one in a coder's order of a queue, done or not; None at the ends.

    Outside the queues (``browse``) it is the order of the documents.
    """
    if queue == "fix":
        return _neighbours_in_fix(store, coder, key)
    if queue not in ("audit", "adjudicate"):
        return _neighbours_in_run(store, key)
    keys = _list_own_audit(store, coder) if queue == "audit" else _list_adjudicable(store)
    if key not in keys:
        return None, None
    at = keys.index(key)
    return (keys[at - 1] if at else None), (keys[at + 1] if at + 1 < len(keys) else None)


def _list_own_audit(store: Store, coder: str, sample: str = "") -> list[str]:
    """Return the clauses of the audit samples that are open for a coder, or that he has decided."""
    rows = store.read().execute(
        "SELECT item.key FROM item JOIN sample USING (sample) JOIN clause ON clause.key = item.key "
        "WHERE clause.is_coded = 1 AND clause.in_run = 1 AND (:sample = '' OR item.sample = :sample) "
        "AND (item.key IN (SELECT value FROM json_each(:open)) OR EXISTS (SELECT 1 FROM decision "
        "WHERE decision.key = item.key AND decision.track = 'audit' AND decision.coder = :coder)) "
        "ORDER BY sample.moment, item.rank",
        {"coder": coder, "sample": sample, "open": json.dumps([row[1] for row in list_open_items(store, coder)])},
    )
    return list(dict.fromkeys(key for (key,) in rows))


def _list_adjudicable(store: Store) -> list[str]:
    """Return the clauses that are open or were adjudicated."""
    rows = store.read().execute(
        "SELECT final.key FROM final CROSS JOIN clause ON clause.key = final.key "
        "WHERE (final.why <> '' OR final.how = 'adjudicated') AND clause.in_run = 1 ORDER BY clause.n"
    )
    return [key for (key,) in rows]


def _neighbours_in_fix(store: Store, coder: str, key: str) -> tuple[str | None, str | None]:
    sql = (
        "SELECT key FROM fix_order WHERE rank {sign} (SELECT rank FROM fix_order WHERE key = :key) "
        "AND key NOT IN (SELECT key FROM item) AND key NOT IN "
        "(SELECT key FROM clause WHERE clause_sha256 IN (SELECT value FROM json_each(:texts))) "
        "ORDER BY rank {order} LIMIT 1"
    )
    values = {"key": key, "texts": json.dumps(list(list_hidden_texts(store, coder)))}
    return _find_pair(store, sql, values)


def _neighbours_in_run(store: Store, key: str) -> tuple[str | None, str | None]:
    sql = (
        "SELECT key FROM clause WHERE n {sign} (SELECT n FROM clause WHERE key = :key) AND is_coded = 1 "
        "AND in_run = 1 ORDER BY n {order} LIMIT 1"
    )
    return _find_pair(store, sql, {"key": key})


def _find_pair(store: Store, sql: str, values: dict[str, str]) -> tuple[str | None, str | None]:
    before = store.read().execute(sql.format(sign="<", order="DESC"), values).fetchone()
    behind = store.read().execute(sql.format(sign=">", order="ASC"), values).fetchone()
    return (before[0] if before else None), (behind[0] if behind else None)


def measure_progress(store: Store, coder: str, queue: Queue) -> Progress:
    """Return how far a coder is. In FIX, where one coder a clause is enough, others shorten what is left for him."""
    connection = store.read()
    if queue == "audit":
        done, left, skipped = _count_audit(store, coder)
    elif queue == "fix":
        done, left, skipped = _count_fix(store, coder)
    elif queue == "adjudicate":
        sql = "SELECT count(*) FROM decision WHERE track = 'adjudicate' AND coder = ? AND status = ?"
        (done,) = connection.execute(sql, (coder, "coded")).fetchone()
        left = len(list_open(store))
        (skipped,) = connection.execute(sql, (coder, "skipped")).fetchone()
    else:
        raise ReviewError(f"there is no queue {queue!r} to work through. Choose audit, fix or adjudicate.")
    timed = connection.execute(
        "SELECT ms FROM event WHERE coder = ? AND queue = ? AND ms IS NOT NULL ORDER BY at DESC LIMIT ?",
        (coder, queue, _TIMED),
    ).fetchall()
    return Progress(queue, done, left, skipped, median(ms for (ms,) in timed) / 1000 if timed else None)


def _count_audit(store: Store, coder: str) -> tuple[int, int, int]:
    rows = list_open_items(store, coder)
    left = {row[1] for row in rows}
    (done,) = (
        store.read()
        .execute(
            "SELECT count(*) FROM decision JOIN clause ON clause.key = decision.key WHERE decision.track = 'audit' "
            "AND decision.coder = ? AND decision.status <> 'skipped' AND clause.in_run = 1 "
            "AND decision.key IN (SELECT key FROM item)",
            (coder,),
        )
        .fetchone()
    )
    return done, len(left), len({row[1] for row in rows if row[4] == "skipped"})


def _count_fix(store: Store, coder: str) -> tuple[int, int, int]:
    connection = store.read()
    values = {"texts": json.dumps(list(list_hidden_texts(store, coder)))}
    (total,) = connection.execute("SELECT count(*) FROM fix_order").fetchone()
    (gone,) = connection.execute(
        f"SELECT count(*) FROM ({_FIX_DONE}) AS done JOIN fix_order ON fix_order.key = done.key", values
    ).fetchone()
    sql = (
        "SELECT count(*) FROM decision JOIN event ON event.n = decision.event WHERE decision.track = 'free' "
        "AND decision.coder = ? AND event.queue = 'fix' AND (decision.status = 'skipped') = ?"
    )
    (done,) = connection.execute(sql, (coder, 0)).fetchone()
    (skipped,) = connection.execute(sql, (coder, 1)).fetchone()
    return done, total - gone, skipped


def list_samples(store: Store) -> list[StoredSample]:
    """Return the audit samples, the earliest first."""
    rows = store.read().execute(
        "SELECT sample.sample, event.at, event.coder, sample.unit, sample.seed, sample.frame_sha256, sample.run_id, "
        "sample.codebook, sample.n_items, sample.each, sample.coders, event.detail "
        "FROM sample JOIN event ON event.n = sample.event ORDER BY sample.moment"
    )
    return [StoredSample(*(*row[:10], tuple(json.loads(row[10])), json.loads(row[11]))) for row in rows]


def list_items(store: Store, sample: str) -> list[Item]:
    """Return the clauses of an audit sample in its order, by the keys that the run under review has for them."""
    sql = "SELECT sample, key, rank, stratum, pi FROM item WHERE sample = ? ORDER BY rank"
    return [Item(*row) for row in store.read().execute(sql, (sample,))]


def list_assigned(store: Store, sample: str) -> dict[str, list[str]]:
    """Return the shares of a sample by coder; empty where nobody is assigned."""
    rows = store.read().execute(
        "SELECT assignment.coder, assignment.key FROM assignment JOIN item USING (sample, key) "
        "WHERE sample = ? ORDER BY assignment.coder, item.rank",
        (sample,),
    )
    shares: dict[str, list[str]] = {}
    for coder, key in rows:
        shares.setdefault(coder, []).append(key)
    return shares


def list_open(store: Store) -> list[tuple[str, Why]]:
    """Return the clauses to be adjudicated, in the order of the documents, and why: coders differ, or one is unsure."""
    return store.read().execute(_OPEN).fetchall()


def hides_suggestion(store: Store, coder: str, key: str) -> bool:
    """Return whether FIX hides the machine's code of a clause from a coder, to measure how far it pulls him.

    Chance decides by a hash of seed, coder and clause, so that it is the same whenever he looks. Always, where his
    setting ``suggestions`` is ``"off"``.
    """
    return _is_drawn(_read_chance(store, coder), coder, key)


def _read_chance(store: Store, coder: str) -> tuple[float, Any]:
    """Return the share of suggestions that are hidden from a coder, and the seed."""
    if read_setting(store, coder, "suggestions", "on") == "off":
        return 1.0, 0
    share = float(read_setting(store, "", "hidden_share", HIDDEN_SHARE))
    return share, read_setting(store, "", "hidden_seed", 0)


def _is_drawn(chance: tuple[float, Any], coder: str, key: str) -> bool:
    share, seed = chance
    drawn = hashlib.sha256(f"{seed}\n{coder}\n{key}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64 < share


def list_hidden_by_chance(store: Store, coder: str) -> frozenset[str]:
    """Return the clauses whose suggestion FIX hides from a coder (:func:`hides_suggestion`) who has yet to decide."""
    connection, chance = store.read(), _read_chance(store, coder)
    state = (chance, connection.execute("SELECT loading FROM run").fetchone())
    kept = store.kept.get(("chance", coder))
    if kept is None or kept[0] != state:
        keys = [key for (key,) in connection.execute("SELECT key FROM suggestion")]
        drawn = frozenset(key for key in keys if _is_drawn(chance, coder, key))
        kept = store.kept["chance", coder] = (state, drawn)
    decided = connection.execute("SELECT key FROM decision WHERE coder = ? AND status = 'coded'", (coder,))
    return cast("frozenset[str]", kept[1]) - {key for (key,) in decided}
