"""The run under review in the store: put in, with the decisions on earlier runs carried over, and read."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from textq.errors import ReviewError
from textq.store.clauses import (
    NAMED_KEYS,
    count_alike,
    find_clause,
    find_clauses_of,
    find_document,
    find_documents_of,
    find_key,
    find_suggestion,
    find_suggestions_of,
    has_order,
    list_aliases,
    list_around,
    list_clauses,
    list_document,
    list_documents,
    list_lost,
    list_periods,
    list_same_text,
    list_suggestions,
    list_touched,
    list_units,
    loaded_run,
)
from textq.store.projections import rebuild
from textq.store.rows import StoredDocument
from textq.store.search import Found, FoundClause, FoundKey, Query, index_texts, is_indexed, search, search_keys
from textq.store.store import Store

__all__ = [
    "ClauseCells",
    "FixCells",
    "Found",
    "FoundClause",
    "FoundKey",
    "LoadedRun",
    "Match",
    "Query",
    "SuggestionCells",
    "count_alike",
    "find_clause",
    "find_clauses_of",
    "find_document",
    "find_documents_of",
    "find_key",
    "find_suggestion",
    "find_suggestions_of",
    "has_order",
    "index_texts",
    "is_indexed",
    "list_aliases",
    "list_around",
    "list_clauses",
    "list_document",
    "list_documents",
    "list_lost",
    "list_periods",
    "list_same_text",
    "list_suggestions",
    "list_touched",
    "list_units",
    "load_corpus",
    "loaded_run",
    "search",
    "search_keys",
    "set_order",
]

ClauseCells = tuple[
    str,
    str,
    str,
    int,
    str,
    str,
    str,
    str,
    str,
    str,
    int | None,
    int,
    int,
    str,
    bool,
    str | None,
    str | None,
    float | None,
]
"""The fields of a :class:`~textq.store.rows.StoredClause` in their order, then instrument, subtype and confidence of
the machine's code, each None without one."""

SuggestionCells = tuple[str, str, str, str | None, str | None, float | None, bool, str, str]
"""The fields of a :class:`~textq.store.rows.Suggestion` in their order, evidence and context as JSON."""

FixCells = tuple[str, int, bool, float | None, float | None]
"""Key, rank from 0, whether it was put in at random, the probability that the machine is wrong, the influence."""

Named = tuple[str, str, str]
Match = Callable[[Sequence[Named], Sequence[Named]], dict[str, str]]
"""What finds lost clauses again (:func:`textq.review.keys.match_lost`)."""

_SAVED = (
    '"key", clause_id, doc_id, ordinal, clause_sha256, place, division, heading, stem, kind, page, start, "end", text, '
    "is_coded, in_run, instrument, subtype, confidence"
)


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """What became of earlier decisions when a run was loaded.

    ``carried`` clauses were found again under another key; ``lost`` ones are not in the run (:func:`list_lost`).
    """

    n_clauses: int
    carried: int
    lost: int


def load_corpus(
    store: Store,
    run_id: str,
    run_dir: str,
    documents: Iterable[StoredDocument],
    clauses: Iterable[ClauseCells],
    suggestions: Iterable[SuggestionCells],
    match: Match,
) -> LoadedRun:
    """Put a run in the place of the one under review.

    Decisions stay with their clauses by key. Clauses with events that the run does not have are kept as text; those
    that ``match`` finds again in it go by their new keys.

    Parameters
    ----------
    documents, clauses, suggestions
        In the order of the run; ``clauses`` of all kinds.
    """
    with store.write() as connection:
        named = {key for (key,) in connection.execute(NAMED_KEYS)}
        known = connection.execute(f"SELECT {_SAVED} FROM clause WHERE key IN ({NAMED_KEYS})").fetchall()
        n_clauses = _replace_rows(connection, documents, clauses, suggestions)
        here = {key for (key,) in connection.execute("SELECT key FROM clause")}
        lost = [row for row in known if row[0] not in here]
        _keep(connection, lost)
        aliases = match([(row[0], row[4], row[5]) for row in lost], _list_free(connection, named) if lost else [])
        connection.executemany("INSERT INTO alias VALUES (?, ?)", aliases.items())
        connection.execute("INSERT OR REPLACE INTO run VALUES (1, ?, ?, ?, 0)", (run_id, run_dir, token_hex(8)))
        rebuild(connection)
        return LoadedRun(n_clauses, len(aliases), len(named - here) - len(aliases))


def _replace_rows(
    connection: sqlite3.Connection,
    documents: Iterable[StoredDocument],
    clauses: Iterable[ClauseCells],
    suggestions: Iterable[SuggestionCells],
) -> int:
    for table in ("document", "clause", "suggestion", "fix_order", "alias"):
        connection.execute(f"DELETE FROM {table}")
    connection.execute("DROP TABLE IF EXISTS clause_text")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'clause' AND sql IS NOT NULL"
    ).fetchall()
    for name, _ in indexes:  # made anew when all rows are there, which is quicker
        connection.execute(f"DROP INDEX {name}")
    fields = tuple(StoredDocument.__dataclass_fields__)
    connection.executemany(
        f"INSERT INTO document ({', '.join(fields)}) VALUES ({', '.join('?' * len(fields))})",
        ([getattr(document, name) for name in fields] for document in documents),
    )
    marks = ", ".join("?" * 15)
    connection.executemany(
        f"INSERT INTO clause ({_SAVED}) VALUES ({marks}, 1, ?, ?, ?)",
        clauses,
    )
    connection.executemany("INSERT INTO suggestion VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", suggestions)
    for _, sql in indexes:
        connection.execute(sql)
    (n_clauses,) = connection.execute("SELECT count(*) FROM clause").fetchone()
    return int(n_clauses)


def _keep(connection: sqlite3.Connection, lost: Sequence[tuple[Any, ...]]) -> None:
    """Keep the text of clauses that the new run does not have."""
    marks = ", ".join("?" * 14)
    rows = [(-1 - n, *row[:15], 0, *row[16:]) for n, row in enumerate(lost)]
    connection.executemany(f"INSERT INTO clause (n, {_SAVED}) VALUES (?, ?, {marks}, ?, ?, ?, ?)", rows)


def _list_free(connection: sqlite3.Connection, named: set[str]) -> list[Named]:
    rows = connection.execute("SELECT key, clause_sha256, place FROM clause WHERE is_coded = 1 AND in_run = 1")
    return [row for row in rows if row[0] not in named]


def set_order(store: Store, rows: Iterable[FixCells]) -> None:
    """Set the order in which FIX serves the clauses.

    Raises
    ------
    ReviewError
        If a clause is not a coded one of the run, or stands twice.
    """
    with store.write() as connection:
        connection.execute("DELETE FROM fix_order")
        try:
            connection.executemany(
                "INSERT INTO fix_order (key, rank, is_random, p_wrong, influence, n) VALUES (?1, ?2, ?3, ?4, ?5, "
                "coalesce((SELECT n FROM clause WHERE key = ?1 AND is_coded = 1 AND in_run = 1), 0))",
                rows,
            )
        except sqlite3.IntegrityError as error:
            raise ReviewError(f"the order of the queue FIX names a clause or a rank twice: {error}.") from error
        strange = connection.execute("SELECT count(*), min(key) FROM fix_order WHERE n = 0").fetchone()
        if strange[0]:
            raise ReviewError(
                f"the order of the queue FIX names {strange[0]} clauses that are not coded ones of the run under "
                f"review; the first is {strange[1]!r}. Make the order from this run."
            )
