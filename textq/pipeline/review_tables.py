"""The review as CSV: the final codes, and what each coder decided."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from textq.events import Track
from textq.store.corpus import find_clauses_of, list_documents
from textq.store.decisions import list_decisions
from textq.store.queues import list_items, list_samples
from textq.store.rows import Item, StoredClause
from textq.store.store import Store

FINAL_COLUMNS = (
    "id", "doc", "title", "heading", "stem", "text", "instrument", "subtype", "secondary", "how", "draw", "weight",
    "sure", "coder_id", "codebook", "key", "sample", "pi", "at", "after_estimate",
)  # fmt: skip
DECISION_COLUMNS = (
    "id", "coder_id", "instrument", "subtype", "secondary", "doc", "track", "queue", "sample", "status", "memo",
    "suggestion_shown", "ms", "at", "after_estimate", "codebook", "key", "source", "uuid",
)  # fmt: skip

_TRACKS: Mapping[str, Track] = {"audit": "audit", "fix": "free", "free": "free", "adjudicate": "adjudicate"}


def build_finals_csv(out: Path, store: Store) -> bytes:
    """Return the final codes, a clause a row, as ``textq train`` and ``textq evaluate`` read them.

    ``draw`` is ``random`` and ``weight`` 1/π where the clause was drawn for an audit; ``after_estimate`` says whether
    the code came after the first estimate of the study. UTF-8 with a byte-order mark.

    Parameters
    ----------
    out
        The folder of the study.
    store
        Its review.
    """
    from textq.pipeline.review_finals import read_finals

    review = read_finals(out, store)
    finals = review.finals if review else ()
    items, clauses = _find_items(store), find_clauses_of(store, [final.key for final in finals])
    titles = {one.doc_id: one.title for one in list_documents(store)}
    rows = []
    for final in finals:
        clause = clauses.get(final.key)
        if clause is None or not clause.is_coded or final.how == "open":
            continue
        item = items.get(final.key)
        rows.append(
            _describe_clause(clause, titles)
            | {
                "instrument": final.instrument,
                "subtype": final.subtype,
                "secondary": final.secondary,
                "how": final.how,
                "draw": "random" if item else "chosen",
                "weight": repr(1 / item.pi) if item else "",
                "sure": True,
                "coder_id": final.coder_id,
                "codebook": final.codebook,
                "sample": item.sample if item else "",
                "pi": repr(item.pi) if item else "",
                "at": final.at,
                "after_estimate": final.after_estimate,
            }
        )
    return write_table(FINAL_COLUMNS, rows)


def build_decisions_csv(out: Path, store: Store, *, queue: str = "audit", coder: str | None = None) -> bytes:
    """Return what each coder decided in one track, a clause and coder a row, as ``textq agree`` reads it.

    Parameters
    ----------
    out, store
        The study's folder and review.
    queue
        ``audit``, ``fix`` (all free corrections) or ``adjudicate``; ``all`` gives all of them, in which a coder may
        have coded a clause twice.
    coder
        Only this one.
    """
    from textq.pipeline.review_finals import find_first_estimate

    begun = find_first_estimate(out)
    decisions = list_decisions(store, track=_TRACKS.get(queue), coder=coder)
    clauses = find_clauses_of(store, [one.key for one in decisions])
    rows = []
    for one in decisions:
        clause = clauses.get(one.key)
        rows.append(
            {
                "id": clause.clause_id if clause else "",
                "coder_id": one.coder,
                "instrument": one.instrument,
                "subtype": one.subtype,
                "secondary": one.secondary,
                "doc": clause.doc_id if clause else "",
                "track": one.track,
                "queue": one.queue,
                "sample": one.sample,
                "status": one.status,
                "memo": one.memo,
                "suggestion_shown": one.suggestion_shown,
                "ms": one.ms,
                "at": one.at,
                "after_estimate": begun is not None and one.at > begun,
                "codebook": one.codebook,
                "key": one.key,
                "source": one.source,
                "uuid": one.uuid,
            }
        )
    return write_table(DECISION_COLUMNS, rows)


def write_table(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return a table as CSV in UTF-8 with a byte-order mark, which Excel opens rightly."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: _to_cell(row.get(name)) for name in columns} for row in rows)
    return stream.getvalue().encode("utf-8-sig", "replace")


def _to_cell(value: Any) -> Any:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else value


def _find_items(store: Store) -> dict[str, Item]:
    """Return the item of each clause that was drawn for an audit; of several samples the newest counts."""
    samples = list_samples(store)
    return {item.key: item for one in samples for item in list_items(store, one.sample)}


def _describe_clause(clause: StoredClause, titles: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": clause.clause_id,
        "doc": clause.doc_id,
        "title": titles.get(clause.doc_id, ""),
        "heading": clause.heading,
        "stem": clause.stem,
        "text": clause.text,
        "key": clause.key,
    }
