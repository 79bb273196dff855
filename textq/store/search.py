"""Searching the clauses of the run, without telling a coder what is hidden from him."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Literal

from textq.store.clauses import find_clauses_of, find_documents_of, find_suggestions_of
from textq.store.decisions import find_decisions_of, find_finals_of
from textq.store.hidden import list_hidden, list_machine_hidden
from textq.store.queues import list_hidden_by_chance
from textq.store.rows import Decision, Final, StoredClause, StoredDocument, Suggestion
from textq.store.store import Store

_CHUNK = 1000
"""Clauses that are indexed in one transaction, so that decisions need not wait long."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to look for; all of it at once, ``""`` and None are no condition.

    Attributes
    ----------
    text
        Words that must all stand in the text, or in part: parted by spaces.
    unit, period, doc_id
        Place code and year of the document, and its id.
    instrument, subtype
        The code that counts: the final one, else the machine's.
    coder
        Who has coded it.
    status
        ``coded`` by a person or not, in ``conflict``, or ``unsure``.
    max_confidence
        The machine's confidence at most.
    order
        ``document``, lowest ``confidence`` first, or greatest ``influence`` first.
    sha
        The hash of the text.
    """

    text: str = ""
    unit: str = ""
    period: int | None = None
    instrument: str = ""
    subtype: str = ""
    coder: str = ""
    status: Literal["", "coded", "uncoded", "conflict", "unsure"] = ""
    doc_id: str = ""
    max_confidence: float | None = None
    order: Literal["document", "confidence", "influence"] = "document"
    offset: int = 0
    limit: int = 50
    sha: str = ""


@dataclass(frozen=True, slots=True)
class FoundClause:
    """A clause that was found, with what the coder may see of it.

    ``suggestion``, ``final`` and the ``decisions`` of others are left out where it is hidden from him; the
    ``suggestion`` alone, where people have still to settle on a clause of an audit.
    """

    clause: StoredClause
    document: StoredDocument
    suggestion: Suggestion | None
    final: Final | None
    decisions: tuple[Decision, ...]
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found, and how many there are on all pages."""

    rows: tuple[FoundClause, ...]
    n: int


@dataclass(frozen=True, slots=True)
class FoundKey:
    """A clause that was found, as far as a change of many needs it."""

    key: str
    clause_sha256: str
    is_hidden: bool
    in_audit: bool
    has_code: bool


def index_texts(store: Store) -> bool:
    """Index the texts of the run for searching, piece by piece, so that other writers get between.

    Every character is a word to the index, and what is looked for is a phrase of them: words of one or two characters
    are found as well as long ones. Until it is done, searching reads the texts.

    Returns
    -------
    bool
        Whether there is an index; this SQLite may have been built without.
    """
    while True:
        with store.write() as connection:
            row = connection.execute("SELECT indexed_to FROM run").fetchone()
            if row is None or not _make_index(connection):
                return False
            texts = connection.execute(
                "SELECT n, text FROM clause WHERE n > ? AND is_coded = 1 ORDER BY n LIMIT ?", (row[0], _CHUNK)
            ).fetchall()
            split = ((n, _split(text)) for n, text in texts)
            connection.executemany("INSERT INTO clause_text (rowid, text) VALUES (?, ?)", split)
            if not texts:
                (last,) = connection.execute("SELECT coalesce(max(n), 0) + 1 FROM clause").fetchone()
                connection.execute("UPDATE run SET indexed_to = ?", (last,))
                return True
            connection.execute("UPDATE run SET indexed_to = ?", (texts[-1][0],))


def _make_index(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS clause_text USING "
            "fts5 (text, content='', tokenize='unicode61 remove_diacritics 0')"
        )
    except sqlite3.OperationalError as error:
        if "no such module" in str(error):
            return False
        raise
    return True


def is_indexed(store: Store) -> bool:
    """Return whether searching uses an index."""
    sql = "SELECT indexed_to > (SELECT coalesce(max(n), 0) FROM clause) FROM run"
    row = store.read().execute(sql).fetchone()
    return bool(row and row[0])


def _split(text: str) -> str:
    """Return a text as the words of the index: its characters, parted by spaces."""
    return " ".join([character if _is_word(character) else _stand_in(character) for character in text])


def _is_word(character: str) -> bool:
    """Return whether the index takes a character for a word, in all versions of SQLite."""
    return "一" <= character <= "鿋" or (character.isascii() and character.isalnum())


def _stand_in(character: str) -> str:
    """Return the character for private use that the index holds for a mark, a space, or a rare ideograph."""
    code = ord(character)
    return chr(0xF0000 + code) if code < 0xFFFE else chr(0x100000 + code % 0xFFFE)


def search(store: Store, query: Query, *, hidden_for: str) -> Found:
    """Return the clauses that can be coded and fit a query, one page of them.

    Clauses hidden from the coder ``hidden_for`` never fit a condition on codes, confidence or other coders, and have
    no place of their own in an order by these, so that a search tells nothing about them. Those whose code by the
    machine alone is hidden from him are found by the codes of people.
    """
    hidden, unseen = list_hidden(store, hidden_for), _list_unseen(store, query, hidden_for)
    source, values = _build(store, query, hidden_for, hidden, unseen)
    connection = store.read()
    first, size = max(query.offset, 0), max(query.limit, 0)
    if query.text or query.order == "influence":  # what is found by its words is found once, not twice
        found = [n for (n,) in connection.execute(f"SELECT clause.n {source} ORDER BY {_order(query)}", values)]
        if query.order == "influence":
            found = _order_by_influence(connection, found, unseen)
        n_found, page = len(found), found[first : first + size]
    else:
        (n_found,) = connection.execute(f"SELECT count(*) {source}", values).fetchone()
        sql = f"SELECT clause.n {source} ORDER BY {_order(query)} LIMIT :size OFFSET :first"
        page = [n for (n,) in connection.execute(sql, values | {"first": first, "size": size})]
    sql = "SELECT clause.key FROM json_each(?) AS each JOIN clause ON clause.n = each.value ORDER BY each.key"
    keys = [key for (key,) in connection.execute(sql, (json.dumps(page),))]
    return Found(tuple(_find_rows(store, keys, hidden_for, hidden)), n_found)


def search_keys(store: Store, query: Query, *, hidden_for: str) -> list[FoundKey]:
    """Return all clauses that fit a query, on whatever page, as far as a change of many needs them."""
    hidden, unseen = list_hidden(store, hidden_for), _list_unseen(store, query, hidden_for)
    source, values = _build(store, query, hidden_for, hidden, unseen)
    sql = (
        "SELECT clause.key, clause.clause_sha256, EXISTS (SELECT 1 FROM item WHERE item.key = clause.key), "
        "EXISTS (SELECT 1 FROM decision WHERE decision.key = clause.key AND decision.status = 'coded') "
        f"{source} ORDER BY clause.n"
    )
    rows = store.read().execute(sql, values)
    return [FoundKey(key, sha, key in hidden, bool(audit), bool(code)) for key, sha, audit, code in rows]


def _list_unseen(store: Store, query: Query, coder: str) -> frozenset[str]:
    """Return the clauses whose code by the machine a query must not tell a coder.

    Which code, that is what FIX hides by chance as well; how sure the machine was of it may be known there.
    """
    unseen = list_machine_hidden(store, coder)
    return unseen | list_hidden_by_chance(store, coder) if query.instrument or query.subtype else unseen


def _order(query: Query) -> str:
    if query.order == "confidence":
        return (
            "CASE WHEN clause.key IN (SELECT value FROM json_each(:unseen)) THEN 2 ELSE "
            "coalesce(clause.confidence, 2) END, clause.n"
        )
    return "clause.n"


def _order_by_influence(connection: sqlite3.Connection, found: list[int], hidden: frozenset[str]) -> list[int]:
    """Return the numbers of clauses with the greatest influence first; those without one, and hidden ones, last."""
    sql = "SELECT n FROM clause WHERE key IN (SELECT value FROM json_each(?))"
    wanted = set(found).difference(n for (n,) in connection.execute(sql, (json.dumps(list(hidden)),)))
    rows = connection.execute("SELECT n FROM fix_order ORDER BY influence DESC, n")
    ordered = [n for (n,) in rows if n in wanted]
    placed = set(ordered)
    return ordered + [n for n in found if n not in placed]


def _build(
    store: Store, query: Query, coder: str, hidden: frozenset[str], unseen: frozenset[str]
) -> tuple[str, dict[str, str | int | float | None]]:
    """Return FROM and WHERE of a query, and the values they name."""
    conditions = ["clause.is_coded = 1", "clause.in_run = 1"]
    values: dict[str, str | int | float | None] = {
        "hidden": json.dumps(list(hidden)),
        "unseen": json.dumps(list(unseen)),
    }
    for name in ("doc_id", "sha", "period", "unit", "instrument", "subtype", "coder", "max_confidence"):
        value = getattr(query, name)
        if value not in ("", None):
            conditions.append(_CONDITIONS[name])
            values[name] = value
    if query.status:
        conditions.append(_STATUS[query.status])
    has_index = bool(query.text) and is_indexed(store)
    for at, word in enumerate(query.text.split()):
        if has_index:
            conditions.append(f"clause.n IN (SELECT rowid FROM clause_text WHERE clause_text MATCH :word{at})")
            values[f"word{at}"] = f'"{_split(word)}"'
        else:
            conditions.append(f"clause.text LIKE :word{at} ESCAPE '\\'")
            values[f"word{at}"] = f"%{_escape(word)}%"
    tells = query.instrument or query.subtype or query.status or query.max_confidence is not None
    if hidden and (tells or query.coder not in ("", coder)):
        conditions.append("clause.key NOT IN (SELECT value FROM json_each(:hidden))")
    return f"FROM clause WHERE {' AND '.join(conditions)}", values


_CODED = "SELECT key FROM decision WHERE status = 'coded'"
_STATUS = {
    "coded": f"clause.key IN ({_CODED})",
    "uncoded": f"clause.key NOT IN ({_CODED})",
    "conflict": "clause.key IN (SELECT key FROM final WHERE why = 'disagree')",
    "unsure": "clause.key IN (SELECT key FROM final WHERE why = 'unsure')",
}


def _counts(column: str) -> str:
    """Return the condition that the code that counts is this one: the final one, else the machine's."""
    return (
        f"(clause.key IN (SELECT key FROM final WHERE instrument IS NOT NULL AND {column} = :{column}) OR "
        f"(clause.{column} = :{column} AND clause.key NOT IN (SELECT key FROM final WHERE instrument IS NOT NULL) "
        "AND clause.key NOT IN (SELECT value FROM json_each(:unseen))))"
    )


_CONDITIONS = {
    "doc_id": "clause.doc_id = :doc_id",
    "sha": "clause.clause_sha256 = :sha",
    "period": "clause.doc_id IN (SELECT doc_id FROM document WHERE period = :period)",
    "unit": "clause.doc_id IN (SELECT doc_id FROM document WHERE instr(';' || units || ';', ';' || :unit || ';'))",
    "instrument": _counts("instrument"),
    "subtype": _counts("subtype"),
    "coder": "clause.key IN (SELECT key FROM decision WHERE coder = :coder AND status = 'coded')",
    "max_confidence": (
        "clause.confidence <= :max_confidence AND clause.key NOT IN (SELECT value FROM json_each(:unseen))"
    ),
}


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _find_rows(store: Store, keys: list[str], coder: str, hidden: frozenset[str]) -> list[FoundClause]:
    """Return the rows of a page, each with what the coder may see."""
    clauses, suggestions = find_clauses_of(store, keys), find_suggestions_of(store, keys)
    unseen = list_machine_hidden(store, coder)
    finals, documents = (
        find_finals_of(store, keys),
        find_documents_of(store, {each.doc_id for each in clauses.values()}),
    )
    decisions: dict[str, list[Decision]] = {key: [] for key in keys}
    for decision in find_decisions_of(store, keys):
        if decision.key not in hidden or decision.coder == coder:
            decisions[decision.key].append(decision)
    return [
        FoundClause(
            clauses[key],
            documents[clauses[key].doc_id],
            None if key in unseen else suggestions.get(key),
            None if key in hidden else finals.get(key),
            tuple(decisions[key]),
            key in hidden,
        )
        for key in keys
    ]
