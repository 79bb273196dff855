"""The clauses and codings of one document, read back from the tables of a run."""

import json
from typing import Any

import pandas as pd

from textq.errors import RunError
from textq.frames import DIVISION_BREAK, LIST_BREAK
from textq.records import Clause, Coding, Span
from textq.run import Run


def find_clauses(run: Run, doc_id: str) -> list[Clause]:
    """Return the clauses of a document, in their order."""
    rows = run.clauses[run.clauses["doc_id"] == doc_id].sort_values("ordinal")
    return [_build_clause(row) for row in _list_rows(rows)]


def find_codings(run: Run, doc_id: str, coder_id: str | None = None) -> dict[str, Coding]:
    """Return the codings of a document by the ids of its clauses, in their order.

    Raises
    ------
    RunError
        If the run has no codings of that coder, or several of one clause and no coder is named.
    """
    of_document = run.codings.merge(run.clauses.loc[run.clauses["doc_id"] == doc_id, ["clause_id", "ordinal"]])
    coders = sorted(run.codings["coder_id"].unique())
    name = run.run_dir.name
    if coder_id is not None and coder_id not in coders:
        raise RunError(f"the run {name} has no codings of {coder_id!r}. It has those of {', '.join(coders)}.")
    if coder_id is None and run.codings["clause_id"].duplicated().any():
        raise RunError(f"the run {name} has codings of several coders. Name one: {', '.join(coders)}.")
    wanted = of_document if coder_id is None else of_document[of_document["coder_id"] == coder_id]
    wanted = wanted.sort_values("ordinal")
    return {row["clause_id"]: _build_coding(row) for row in _list_rows(wanted)}


def find_title(run: Run, doc_id: str) -> str:
    """Return the title of a document, "" where it is unknown."""
    titles = run.documents.loc[run.documents["doc_id"] == doc_id, "title"].dropna()
    return next(iter(titles), "")


def _list_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as they are written, with None for what is missing."""
    known = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in known.to_dict("records")]


def _build_clause(row: dict[str, Any]) -> Clause:
    return Clause(
        clause_id=row["clause_id"],
        doc_id=row["doc_id"],
        ordinal=row["ordinal"],
        division=_split(row["division"], DIVISION_BREAK),
        start=row["start"],
        end=row["end"],
        heading=row["heading"] or "",
        stem=row["stem"] or "",
        page=row["page"],
        kind=row["kind"],
        text=row["text"],
        sha256=row["clause_sha256"],
        responsible=_split(row["responsible"], LIST_BREAK),
    )


def _build_coding(row: dict[str, Any]) -> Coding:
    return Coding(
        clause_id=row["clause_id"],
        clause_sha256=row["clause_sha256"],
        coder_id=row["coder_id"],
        codebook_version=row["codebook"],
        instrument=row["instrument"],
        subtype=row["subtype"],
        secondary=row["secondary"],
        evidence=tuple(Span(start, end, label) for start, end, label in json.loads(row["evidence"])),
        confidence=row["confidence"],
        context=tuple(json.loads(row["context"])),
        unsure=bool(row.get("unsure")),
    )


def _split(joined: str | None, mark: str) -> tuple[str, ...]:
    return tuple(joined.split(mark)) if joined else ()
