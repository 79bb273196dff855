"""Reading the run under review: its documents, its clauses, and the machine's codes."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from textq.records import Span
from textq.store.rows import Lost, StoredClause, StoredDocument, Suggestion
from textq.store.store import Store

_CLAUSE = (
    'SELECT "key", clause_id, doc_id, ordinal, clause_sha256, place, division, heading, stem, kind, page, start, '
    '"end", text, is_coded AND in_run FROM clause'
)
_DOCUMENT = (
    "SELECT doc_id, title, doc_number, issuers, units, level, doc_type, issued_on, published_on, period, path, sha256, "
    "url, n_clauses, near_duplicates FROM document"
)
NAMED_KEYS = (
    "SELECT clause FROM event WHERE clause <> '' "
    "UNION SELECT json_extract(each.value, '$[0]') FROM event, json_each(event.detail, '$.clauses') each "
    "WHERE event.kind = 'bulk' "
    "UNION SELECT json_extract(each.value, '$[0]') FROM event, json_each(event.detail, '$.items') each "
    "WHERE event.kind = 'sample'"
)
"""The keys that events name, as they name them."""


def loaded_run(store: Store) -> tuple[str, str] | None:
    """Return the id and the folder of the run under review, None before the first."""
    row = store.read().execute("SELECT run_id, run_dir FROM run").fetchone()
    return None if row is None else (str(row[0]), str(row[1]))


def find_clause(store: Store, key: str) -> StoredClause | None:
    """Return a clause by its key, of the run or of an earlier one."""
    found = _read_clauses(store, "WHERE key = ?", key)
    return found[0] if found else None


def find_clauses_of(store: Store, keys: Iterable[str]) -> dict[str, StoredClause]:
    """Return some clauses by their keys, as far as they are known."""
    found = _read_clauses(store, "WHERE key IN (SELECT value FROM json_each(?))", json.dumps(list(keys)))
    return {clause.key: clause for clause in found}


def find_key(store: Store, clause_id: str) -> str | None:
    """Return the key of a clause of the run by its id there."""
    row = store.read().execute("SELECT key FROM clause WHERE clause_id = ? AND in_run = 1", (clause_id,)).fetchone()
    return None if row is None else str(row[0])


def list_clauses(store: Store, *, coded: bool = True) -> list[StoredClause]:
    """Return the clauses of the run in the order of the documents; ``coded``: only of the kinds that are coded."""
    condition = " AND is_coded = 1" if coded else ""
    return _read_clauses(store, f"WHERE in_run = 1{condition} ORDER BY n")


def list_around(store: Store, key: str, before: int, after: int) -> list[StoredClause]:
    """Return a clause with some before and after it in its document, of all kinds."""
    return _read_clauses(
        store,
        "WHERE in_run = 1 AND doc_id = (SELECT doc_id FROM clause WHERE key = :key) AND ordinal BETWEEN "
        "(SELECT ordinal FROM clause WHERE key = :key) - :before AND (SELECT ordinal FROM clause WHERE key = :key) "
        "+ :after ORDER BY ordinal",
        {"key": key, "before": before, "after": after},
    )


def list_document(store: Store, doc_id: str) -> list[StoredClause]:
    """Return the clauses of a document in their order, of all kinds."""
    return _read_clauses(store, "WHERE in_run = 1 AND doc_id = ? ORDER BY ordinal", doc_id)


def list_same_text(store: Store, key: str) -> list[StoredClause]:
    """Return the other clauses that can be coded and have the text of this one."""
    return _read_clauses(
        store,
        "WHERE is_coded = 1 AND in_run = 1 AND key <> :key AND clause_sha256 = "
        "(SELECT clause_sha256 FROM clause WHERE key = :key) ORDER BY n",
        {"key": key},
    )


def count_alike(store: Store, shas: Iterable[str]) -> dict[str, int]:
    """Return how many clauses that can be coded have each of some texts, by the hash of the text."""
    rows = store.read().execute(
        "SELECT clause_sha256, count(*) FROM clause WHERE is_coded = 1 AND in_run = 1 AND clause_sha256 IN "
        "(SELECT value FROM json_each(?)) GROUP BY clause_sha256",
        (json.dumps(list(shas)),),
    )
    return dict(rows.fetchall())


def _read_clauses(store: Store, where: str, *values: Any) -> list[StoredClause]:
    bound = values[0] if values and isinstance(values[0], dict) else values
    return [StoredClause(*(*row[:14], bool(row[14]))) for row in store.read().execute(f"{_CLAUSE} {where}", bound)]


def find_suggestion(store: Store, key: str) -> Suggestion | None:
    """Return the machine's code of a clause. Who may see it is another question (``textq.store.queues``)."""
    return find_suggestions_of(store, [key]).get(key)


def find_suggestions_of(store: Store, keys: Iterable[str]) -> dict[str, Suggestion]:
    """Return the machine's codes of some clauses, as far as there are any."""
    sql = "SELECT * FROM suggestion WHERE key IN (SELECT value FROM json_each(?))"
    return {row[0]: _read_suggestion(row) for row in store.read().execute(sql, (json.dumps(list(keys)),))}


def list_suggestions(store: Store) -> list[Suggestion]:
    """Return the machine's codes of all clauses of the run."""
    return [_read_suggestion(row) for row in store.read().execute("SELECT * FROM suggestion")]


def _read_suggestion(row: Sequence[Any]) -> Suggestion:
    evidence = tuple(Span(*span) for span in json.loads(row[7] or "[]"))
    context = tuple(json.loads(row[8] or "[]"))
    return Suggestion(*(*row[:6], bool(row[6]), evidence, context))


def find_document(store: Store, doc_id: str) -> StoredDocument | None:
    """Return a document of the run."""
    row = store.read().execute(f"{_DOCUMENT} WHERE doc_id = ?", (doc_id,)).fetchone()
    return None if row is None else StoredDocument(*row)


def list_documents(store: Store) -> list[StoredDocument]:
    """Return the documents of the run, in its order."""
    return [StoredDocument(*row) for row in store.read().execute(f"{_DOCUMENT} ORDER BY n")]


def list_units(store: Store) -> list[str]:
    """Return the codes of the places that documents of the run are for."""
    rows = store.read().execute("SELECT DISTINCT units FROM document WHERE units <> ''")
    return sorted({unit for (units,) in rows for unit in units.split(";")})


def list_periods(store: Store) -> list[int]:
    """Return the years of the documents of the run."""
    rows = store.read().execute("SELECT DISTINCT period FROM document WHERE period IS NOT NULL ORDER BY period")
    return [period for (period,) in rows]


def find_documents_of(store: Store, doc_ids: Iterable[str]) -> dict[str, StoredDocument]:
    """Return some documents by their ids, as far as the run has them."""
    sql = f"{_DOCUMENT} WHERE doc_id IN (SELECT value FROM json_each(?))"
    return {row[0]: StoredDocument(*row) for row in store.read().execute(sql, (json.dumps(list(doc_ids)),))}


def list_touched(store: Store) -> list[StoredClause]:
    """Return the clauses that events name, by the keys they name them by, as far as their text is known.

    Those that the run under review does not have (``is_coded`` is False for these) are among them.
    """
    return _read_clauses(store, f"WHERE key IN ({NAMED_KEYS}) ORDER BY key")


def list_aliases(store: Store) -> dict[str, str]:
    """Return the keys of clauses that were found again under another key in the run under review, old to new."""
    return dict(store.read().execute("SELECT old, new FROM alias").fetchall())


def list_lost(store: Store) -> list[Lost]:
    """Return the clauses with codes, memos or adjudications that the run under review does not have, by key."""
    rows = store.read().execute(
        "SELECT touch.key, coalesce(doc_id, ''), coalesce(clause_id, ''), coalesce(heading, ''), "
        "coalesce(text, ''), json_group_array(DISTINCT touch.coder), count(*) FROM touch "
        "LEFT JOIN clause ON clause.key = touch.key WHERE touch.is_active AND coalesce(clause.in_run, 0) = 0 "
        "GROUP BY touch.key ORDER BY touch.key"
    )
    return [Lost(*(*row[:5], tuple(sorted(json.loads(row[5]))), row[6])) for row in rows]


def has_order(store: Store) -> bool:
    """Return whether the order of FIX is set for the run under review."""
    return store.read().execute("SELECT 1 FROM fix_order LIMIT 1").fetchone() is not None
