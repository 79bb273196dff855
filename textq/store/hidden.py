"""What is left to do in the audit samples, and which clauses are hidden from a coder until he has done it."""

import json
from collections.abc import Callable
from typing import TypeVar, cast

from textq.store.projections import DUE
from textq.store.store import Store

OPEN_ITEMS = """
SELECT item.sample, item.key, item.rank, sample.moment, decision.status, decision.moment AS decided, sample.each,
    (SELECT count(*) FROM decision AS other WHERE other.key = item.key AND other.track = 'audit'
     AND other.coder <> :coder AND other.status <> 'skipped'),
    EXISTS (SELECT 1 FROM assignment WHERE assignment.sample = item.sample)
FROM item JOIN sample ON sample.sample = item.sample
JOIN clause ON clause.key = item.key AND clause.is_coded = 1 AND clause.in_run = 1
LEFT JOIN decision ON decision.key = item.key AND decision.track = 'audit' AND decision.coder = :coder
WHERE (decision.status IS NULL OR decision.status = 'skipped') AND (
    EXISTS (SELECT 1 FROM assignment WHERE assignment.sample = item.sample AND assignment.coder = :coder
            AND assignment.key = item.key)
    OR (NOT EXISTS (SELECT 1 FROM assignment WHERE assignment.sample = item.sample)
        AND (sample.coders = '[]' OR :coder IN (SELECT value FROM json_each(sample.coders)))
        AND (SELECT count(*) FROM decision AS other WHERE other.key = item.key AND other.track = 'audit'
             AND other.coder <> :coder AND other.status <> 'skipped') < sample.each))
"""
"""The items that are open for a coder: not decided by him, and assigned to him; or nobody is assigned in that sample,
he may code it, and fewer than ``each`` others have. Columns: sample, key, rank, moment of the sample, status of his
(skipped or NULL) and its moment, coders a clause, others who decided it, whether the sample is assigned."""


Row = tuple[str, str, int, str, str | None, str | None, int, int, int]
"""A row of them."""

_Kept = TypeVar("_Kept")


def find_state(store: Store) -> tuple[int, str]:
    """Return what changes with every event that comes in, and with every run that is loaded."""
    sql = "SELECT coalesce((SELECT max(n) FROM event), 0), coalesce((SELECT loading FROM run), '')"
    row: tuple[int, str] = store.read().execute(sql).fetchone()
    return row


def _keep(store: Store, name: str, coder: str, find: Callable[[Store, str], _Kept]) -> _Kept:
    """Return what ``find`` gives, found out anew only where something happened since the last time."""
    state = find_state(store)
    kept = store.kept.get((name, coder))
    if kept is None or kept[0] != state:
        kept = store.kept[name, coder] = (state, find(store, coder))
    return cast("_Kept", kept[1])


def list_open_items(store: Store, coder: str) -> list[Row]:
    """Return the rows of ``OPEN_ITEMS`` of a coder; not to be changed."""
    return _keep(store, "items", coder, _read_open_items)


def _read_open_items(store: Store, coder: str) -> list[Row]:
    return store.read().execute(OPEN_ITEMS, {"coder": coder}).fetchall()


def count_left(store: Store, coder: str) -> int:
    """Return how many clauses of audit samples a coder still has to code, the skipped ones among them."""
    return len({row[1] for row in list_open_items(store, coder)})


def list_open_samples(store: Store, coder: str) -> list[str]:
    """Return the audit samples in which a coder has anything left to do."""
    return sorted({row[0] for row in list_open_items(store, coder)})


def list_hidden_texts(store: Store, coder: str) -> frozenset[str]:
    """Return the hashes of the texts that are hidden from a coder."""
    return _keep(store, "texts", coder, _read_hidden_texts)


def _read_hidden_texts(store: Store, coder: str) -> frozenset[str]:
    samples = json.dumps(list_open_samples(store, coder))
    sql = (
        "SELECT clause.clause_sha256 FROM item JOIN clause ON clause.key = item.key "
        "WHERE item.sample IN (SELECT value FROM json_each(?))"
    )
    return frozenset(sha for (sha,) in store.read().execute(sql, (samples,)))


def list_hidden(store: Store, coder: str) -> frozenset[str]:
    """Return the clauses whose codes, the machine's and other people's, must not be shown to a coder.

    While he has anything left to do in an audit sample, these are its clauses and all with the same texts.
    """
    return _keep(store, "keys", coder, _read_hidden)


def _read_hidden(store: Store, coder: str) -> frozenset[str]:
    texts = json.dumps(list(list_hidden_texts(store, coder)))
    sql = "SELECT key FROM clause WHERE clause_sha256 IN (SELECT value FROM json_each(?))"
    return frozenset(key for (key,) in store.read().execute(sql, (texts,)))


def is_hidden(store: Store, coder: str, key: str) -> bool:
    """Return whether the codes of a clause must not be shown to a coder."""
    sql = "SELECT clause_sha256 FROM clause WHERE key = ?"
    row = store.read().execute(sql, (key,)).fetchone()
    return row is not None and row[0] in list_hidden_texts(store, coder)


_UNSETTLED = f"""
SELECT clause.clause_sha256 FROM item JOIN sample ON sample.sample = item.sample
JOIN clause ON clause.key = item.key AND clause.is_coded = 1 AND clause.in_run = 1
LEFT JOIN final ON final.key = item.key
WHERE final.key IS NULL OR final.why <> '' OR final.how NOT IN ('adjudicated', 'agreed', 'single')
    OR (final.how <> 'adjudicated' AND {DUE})
"""
"""The texts of the clauses of audit samples on which people have not settled: open, or codings of them still due."""


def list_machine_hidden(store: Store, coder: str) -> frozenset[str]:
    """Return the clauses whose code by the machine must not be shown to a coder.

    These are the ones hidden from him (:func:`list_hidden`), and for everybody the clauses of audit samples on which
    people have not settled yet, with all that have the same texts: who adjudicates does so without it, too.
    """
    return _keep(store, "machine", coder, _read_machine_hidden)


def _read_machine_hidden(store: Store, coder: str) -> frozenset[str]:
    return list_hidden(store, coder) | _keep(store, "unsettled", "", _read_unsettled)


def _read_unsettled(store: Store, _: str) -> frozenset[str]:
    sql = f"SELECT key FROM clause WHERE clause_sha256 IN ({_UNSETTLED})"
    return frozenset(key for (key,) in store.read().execute(sql))


def hides_machine(store: Store, coder: str, key: str) -> bool:
    """Return whether the machine's code of a clause must not be shown to a coder (:func:`list_machine_hidden`)."""
    return key in list_machine_hidden(store, coder)


def in_any_sample(store: Store, key: str) -> bool:
    """Return whether a clause was drawn for any audit sample: such are coded blind, and corrected nowhere else."""
    return store.read().execute("SELECT 1 FROM item WHERE key = ? LIMIT 1", (key,)).fetchone() is not None
