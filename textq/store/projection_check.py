"""Whether what the store says of decisions and final codes follows from its events, and its guards are whole."""

import sqlite3
from collections import Counter
from contextlib import closing

from textq.store.projections import EVENT, dump_projections, rebuild
from textq.store.store import Store, read_schema

_GUARDS = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
_WORDS = {
    "touch": "what was done on each clause",
    "standing": "which events are in force",
    "decision": "what each coder decided",
    "final": "the final codes",
    "sample": "the audit samples",
    "item": "the clauses of the audit samples",
    "assignment": "who codes which clauses of an audit",
}


def check_projections(store: Store) -> list[str]:
    """Return which tables say something else than the events do, and which guards were changed, in words.

    The tables are built anew from the events beside the store, and compared with its own.
    """
    connection = store.read()
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as beside:
        for statement in read_schema():
            beside.execute(statement)
        broken = _check_guards(dict(connection.execute(_GUARDS)), dict(beside.execute(_GUARDS)))
        connection.execute("BEGIN")  # all of it of one moment
        try:
            _copy_events(connection, beside)
            stored = dump_projections(connection)
        finally:
            connection.execute("ROLLBACK")
        try:
            rebuild(beside)
        except (ValueError, KeyError, TypeError, AttributeError, sqlite3.Error) as error:
            return [*broken, f"decisions and final codes cannot be found anew from the events: {error!r:.200}"]
        for table, rows in dump_projections(beside).items():
            differing = Counter(rows)
            differing.subtract(Counter(stored[table]))
            wrong = sum(count < 0 for count in differing.values()), sum(count > 0 for count in differing.values())
            if any(wrong):
                broken.append(
                    f"the table {table} ({_WORDS[table]}) does not follow from the events: {wrong[0]} rows are wrong "
                    f"or too many, {wrong[1]} are missing; somebody wrote into the file, or it is damaged"
                )
    return broken


def _check_guards(found: dict[str, str], meant: dict[str, str]) -> list[str]:
    broken = [f"the guard {name} of the table of events is gone" for name in meant if name not in found]
    return broken + [
        f"the guard {name} of the table of events is another one" for name in found if found[name] != meant.get(name)
    ]


def _copy_events(connection: sqlite3.Connection, beside: sqlite3.Connection) -> None:
    columns = EVENT.replace("event.", "")
    marks = ", ".join("?" * (EVENT.count(",") + 2))
    beside.execute("BEGIN")
    rows = connection.execute(f"SELECT n, {EVENT} FROM event")
    beside.executemany(f"INSERT INTO event (n, {columns}) VALUES ({marks})", rows)
    beside.executemany("INSERT INTO alias VALUES (?, ?)", connection.execute("SELECT old, new FROM alias"))
