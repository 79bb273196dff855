"""From a run folder into the store of a review: documents, clauses, and the machine's codes."""

import json
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textq.errors import ReviewError, RunError
from textq.export.run_folder import read_meta
from textq.records import CODED_KINDS
from textq.review.keys import hash_place, make_keys, match_lost
from textq.store.corpus import (
    ClauseCells,
    LoadedRun,
    SuggestionCells,
    index_texts,
    is_indexed,
    load_corpus,
    loaded_run,
)
from textq.store.rows import StoredDocument
from textq.store.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

PERSON = "human:"
"""How the ``coder_id`` of a person's code in a run begins."""

_TEXTS = {
    "doc_id": "doc_id",
    "title": "title",
    "doc_number": "doc_number",
    "issuers": "issuers",
    "units": "unit",
    "level": "level",
    "doc_type": "doc_type",
    "issued_on": "issued_on",
    "published_on": "published_on",
    "path": "path",
    "sha256": "sha256",
    "near_duplicates": "near_duplicates",
}
"""The texts of a stored document, and the columns of the run they come from."""


def load_run_corpus(store: Store, run_dir: Path, *, force: bool = False) -> LoadedRun | None:
    """Put a run into the store, unless it is the one under review already.

    Decisions on earlier runs stay with their clauses (:func:`textq.store.corpus.load_corpus`). The texts are not yet
    indexed for searching (:func:`start_indexing`).

    Parameters
    ----------
    run_dir
        A finished run of ``textq score``.
    force
        Load it also where it is the one under review.

    Returns
    -------
    LoadedRun or None
        What became of earlier decisions; None where nothing was to be loaded.

    Raises
    ------
    ReviewError
        If the run has no clauses.
    RunError
        If a table of the run is missing.
    """
    meta = read_meta(run_dir)
    run_id = str(meta["run_id"])
    if not force and (loaded_run(store) or ("", ""))[0] == run_id:
        return None
    clauses = _read_columns(run_dir, "clauses")
    if not len(clauses["clause_id"]):
        raise ReviewError(f"the run {run_dir.name} has no clauses to review. See its documents.csv, then score again.")
    keys, places = name_clauses(clauses)
    machine = _read_machine(run_dir)
    return load_corpus(
        store,
        run_id,
        str(run_dir.resolve()),
        _list_documents(_read_columns(run_dir, "documents"), meta),
        _list_clauses(clauses, keys, places, machine),
        _list_suggestions(clauses, keys, machine),
        match_lost,
    )


def start_indexing(store: Store) -> threading.Thread | None:
    """Index the texts for searching, in a thread of its own; None where that was done."""
    if is_indexed(store):
        return None
    thread = threading.Thread(target=index_texts, args=(store,), name="textq-index", daemon=True)
    thread.start()
    return thread


def name_clauses(clauses: Mapping[str, list[Any]]) -> tuple[list[str], list[str]]:
    """Return the keys and the places of the clauses of a run, given its columns in the order of the run."""
    context = zip(clauses["heading"], clauses["stem"], strict=True)
    known: dict[tuple[str | None, str | None], str] = {}
    places = []
    for pair in context:
        place = known.get(pair)
        if place is None:
            place = known[pair] = hash_place(pair[0] or "", pair[1] or "")
        places.append(place)
    return make_keys(clauses["doc_id"], places, clauses["clause_sha256"]), places


def _read_columns(run_dir: Path, name: str) -> dict[str, list[Any]]:
    """Return a table of a run as columns; what is missing is None."""
    from pyarrow import parquet

    path = run_dir / f"{name}.parquet"
    if not path.is_file():
        raise RunError(f"the run {run_dir.name} lacks {path.name}. Run `textq score` again.")
    return _to_columns(parquet.read_table(path))


def _to_columns(table: "pa.Table") -> dict[str, list[Any]]:
    return {name: table[name].to_pylist() for name in table.column_names}


def _read_machine(run_dir: Path) -> dict[str, tuple[Any, ...]]:
    """Return the machine's code of each clause by its id, also where a person's took its place in the run."""
    found: dict[str, tuple[Any, ...]] = {}
    names = (
        "clause_id",
        "coder_id",
        "instrument",
        "subtype",
        "secondary",
        "confidence",
        "unsure",
        "evidence",
        "context",
    )
    for table in ("codings", "suggestions"):
        if table == "codings" or (run_dir / f"{table}.parquet").is_file():
            columns = _read_columns(run_dir, table)
            rows = zip(*(columns[name] for name in names), strict=True)
            found |= {row[0]: row[1:] for row in rows if not row[1].startswith(PERSON)}
    return found


def _list_documents(columns: Mapping[str, list[Any]], meta: Mapping[str, Any]) -> Iterator[StoredDocument]:
    inputs = meta.get("inputs")
    urls = {entry["path"]: entry.get("url") or "" for entry in inputs} if isinstance(inputs, list) else {}
    for at, doc_id in enumerate(columns["doc_id"]):
        if not doc_id or columns["status"][at] != "read":
            continue
        texts = {name: columns[column][at] or "" for name, column in _TEXTS.items() if column in columns}
        url = urls.get(columns["path"][at], "")
        n_clauses = columns["n_clauses"][at] or 0
        yield StoredDocument(**texts, period=columns["period"][at], url=url, n_clauses=n_clauses)


def _list_clauses(
    columns: Mapping[str, list[Any]],
    keys: list[str],
    places: list[str],
    machine: Mapping[str, tuple[Any, ...]],
) -> Iterator[ClauseCells]:
    texts = ("division", "heading", "stem")
    rows = zip(
        keys,
        columns["clause_id"],
        columns["doc_id"],
        columns["ordinal"],
        columns["clause_sha256"],
        places,
        *([text or "" for text in columns[name]] for name in texts),
        columns["kind"],
        columns["page"],
        columns["start"],
        columns["end"],
        columns["text"],
        (kind in CODED_KINDS for kind in columns["kind"]),
        strict=True,
    )
    for row in rows:
        code = machine.get(row[1])
        yield (*row, *((code[1], code[2], code[4]) if code else (None, None, None)))


def _list_suggestions(
    columns: Mapping[str, list[Any]], keys: list[str], machine: Mapping[str, tuple[Any, ...]]
) -> Iterator[SuggestionCells]:
    for key, clause_id in zip(keys, columns["clause_id"], strict=True):
        code = machine.get(clause_id)
        if code:
            coder_id, instrument, subtype, secondary, confidence, unsure, evidence, context = code
            yield (
                key,
                coder_id,
                instrument,
                subtype,
                secondary,
                confidence,
                bool(unsure),
                evidence or "[]",
                context or json.dumps([]),
            )
