"""Whether a clause is a coder's in an audit, and in which sample."""

from textq.store.hidden import OPEN_ITEMS
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
