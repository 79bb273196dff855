"""The clauses of audit samples: whose they are, how far people are with them, and who had seen the machine's code."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from textq.store.hidden import OPEN_ITEMS
from textq.store.projections import DUE
from textq.store.store import Store

_OPEN = f'SELECT sample, "key", moment FROM ({OPEN_ITEMS}) WHERE "key" = :key'
_DONE = (
    "SELECT event.sample FROM decision JOIN event ON event.n = decision.event "
    "WHERE decision.track = 'audit' AND decision.coder = :coder AND decision.key = :key"
)


def find_sample(store: Store, coder: str, key: str) -> str | None:
    """Return the audit sample in which a coder decided a clause, or may; None where it is none of his."""
    values = {"coder": coder, "key": key}
    done = store.read().execute(_DONE, values).fetchone()
    if done is not None:
        return str(done[0])
    found = store.read().execute(f"{_OPEN} ORDER BY moment LIMIT 1", values).fetchone()
    return None if found is None else str(found[0])


@dataclass(frozen=True, slots=True)
class Unsettled:
    """How many clauses of audit samples keep the figures on them from being final; none is counted twice.

    Attributes
    ----------
    due
        Nobody has decided on them, or not all who are to, so that there is no code.
    single
        They have a code, but not all who are to have decided on them.
    open
        All have, and they are to be adjudicated.
    """

    due: int
    single: int
    open: int


_UNSETTLED = f"""
SELECT coalesce(sum(is_due AND NOT has_code), 0), coalesce(sum(is_due AND has_code), 0), coalesce(sum(NOT is_due), 0)
FROM (
    SELECT max({DUE}) OR NOT EXISTS (SELECT 1 FROM decision WHERE decision.key = item.key AND decision.track = 'audit'
        AND decision.status <> 'skipped') AS is_due, coalesce(final.how, '') IN ('agreed', 'single') AS has_code
    FROM item JOIN sample ON sample.sample = item.sample
    JOIN clause ON clause.key = item.key AND clause.is_coded = 1 AND clause.in_run = 1
    LEFT JOIN final ON final.key = item.key
    GROUP BY item.key
    HAVING coalesce(final.why, '') <> '' OR (is_due AND coalesce(final.how, '') <> 'adjudicated')
)
"""


def count_unsettled(store: Store) -> Unsettled:
    """Return how many clauses of all audit samples people have not settled on."""
    return Unsettled(*store.read().execute(_UNSETTLED).fetchone())


_SAW = (
    "SELECT 1 FROM touch JOIN event ON event.n = touch.event WHERE touch.key = {key} AND touch.track = 'free' "
    "AND event.suggestion_shown = 1"
)
"""What a coder did on a clause with the machine's code in sight, taken back or not."""


def count_exposed(store: Store) -> int:
    """Return how many blind codes were given by somebody who had worked on the clause before, not blind."""
    saw = f"{_SAW.format(key='decision.key')} AND touch.coder = decision.coder AND touch.moment < decision.moment"
    sql = (
        "SELECT count(*) FROM decision WHERE track = 'audit' AND status = 'coded' "
        f"AND key IN (SELECT key FROM item) AND EXISTS ({saw})"
    )
    (n,) = store.read().execute(sql).fetchone()
    return int(n)


def list_exposed(store: Store, keys: Iterable[str]) -> list[str]:
    """Return those of some clauses on which somebody has worked with the machine's code in sight."""
    sql = f"SELECT value FROM json_each(?) AS named WHERE EXISTS ({_SAW.format(key='named.value')})"
    return [key for (key,) in store.read().execute(sql, (json.dumps(list(keys)),))]
