"""Audit samples without drawing, and servers on made texts, for tests of pages."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.textq.store.made import load_made
from tests.textq.web.served import Served, run_server
from textq.events import Draft
from textq.pipeline.review_open import open_review
from textq.store.corpus import find_clauses_of, list_clauses, list_documents
from textq.store.events import append
from textq.store.store import Store, open_store


def find_doc(store: Store, path: str) -> str:
    """Return the id of the document with this path."""
    return next(document.doc_id for document in list_documents(store) if document.path == path)


def list_coded(store: Store, doc_id: str = "") -> list[str]:
    """Return the keys of the clauses that can be coded, of one document or of all."""
    return [clause.key for clause in list_clauses(store) if doc_id in ("", clause.doc_id)]


def draw_made(store: Store, name: str, keys: Sequence[str], *, coders: Sequence[str], each: int = 2) -> None:
    """Put an audit sample of these clauses into the store."""
    clauses = find_clauses_of(store, keys)
    detail = {
        "unit": "clause",
        "seed": 1,
        "frame_sha256": "0" * 64,
        "run_id": "made",
        "codebook": "made@1",
        "each": each,
        "coders": list(coders),
        "items": [[key, clauses[key].clause_sha256, "all", 1.0] for key in keys],
    }
    append(store, [Draft("sample", "anna", sample=name, detail=json.dumps(detail))])


@contextmanager
def serve_texts(study_folder: Path, texts: Mapping[str, Sequence[str]], *, title: str = "") -> Iterator[Served]:
    """Serve made texts by the codebook of the small study, for the coder anna; all documents with one title."""
    study = open_review(study_folder, coders=["anna"], lang="en")
    study.store.close()
    store = open_store(study_folder / "made.sqlite")
    load_made(store, texts)
    if title:
        with store.write() as connection:
            connection.execute("UPDATE document SET title = ?, url = ?", (title, title))
    try:
        with run_server(replace(study, store=store, run_id="made")) as served:
            yield served
    finally:
        store.close()
