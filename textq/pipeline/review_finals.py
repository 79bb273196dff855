"""What people settled in a review, as its store holds it."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textq.events import TIME, Event
from textq.export.run_folder import META, RUNS, read_meta
from textq.pipeline.review_codes import Review, ReviewedCode
from textq.pipeline.review_corpus import PERSON
from textq.pipeline.review_open import STORE_NAME
from textq.store.corpus import find_clauses_of, list_aliases, list_touched
from textq.store.decisions import list_decisions, list_finals
from textq.store.events import read_events
from textq.store.rows import Decision, Final, StoredClause
from textq.store.store import Store, open_store

_ADJUDICATED = f"{PERSON}adjudicated"


def read_finals(out: Path, store: Store | None = None) -> Review | None:
    """Return the review of a study's folder; None where nobody has done anything yet. Nothing is written.

    Parameters
    ----------
    out
        The folder of the study.
    store
        Its open store; None: it is opened to be read.

    Raises
    ------
    ReviewError
        If the store cannot be read.
    """
    if store is not None:
        return _read_review(out, store)
    path = out / STORE_NAME
    if not path.is_file():
        return None
    with closing(open_store(path, readonly=True)) as opened:
        return _read_review(out, opened)


def _read_review(out: Path, store: Store) -> Review | None:
    events = read_events(store)
    if not events:
        return None
    decisions = list_decisions(store)
    audited = {one.key for one in decisions if one.track == "audit" and one.status == "coded"}
    editions, begun = _find_editions(decisions), find_first_estimate(out)
    settled = list_finals(store)
    clauses = find_clauses_of(store, [final.key for final in settled])
    finals = [_describe(final, clauses.get(final.key), editions, audited, begun) for final in settled]
    return Review(
        finals=tuple(sorted(filter(None, finals), key=lambda one: one.key)),
        touched=tuple((one.key, one.clause_sha256, one.place) for one in list_touched(store)),
        renamed=list_aliases(store),
        n_events=len(events),
        head=_hash_heads(events),
        n_audited=len(audited),
    )


def _find_editions(decisions: Iterable[Decision]) -> dict[str, str]:
    """Return the codebook of the last decision on each clause."""
    ordered = sorted(decisions, key=lambda one: (one.at, one.uuid))
    return {one.key: one.codebook for one in ordered if one.status == "coded"}


def _describe(
    final: Final,
    clause: StoredClause | None,
    editions: Mapping[str, str],
    audited: Collection[str],
    begun: str | None,
) -> ReviewedCode | None:
    """Return a final code with its clause; None where that was never known."""
    if clause is None:
        return None
    return ReviewedCode(
        key=final.key,
        clause_id=clause.clause_id,
        clause_sha256=clause.clause_sha256,
        place=clause.place,
        instrument=final.instrument,
        subtype=final.subtype or None,
        secondary=final.secondary or None,
        how=final.how,
        coder_id=_ADJUDICATED if final.how == "adjudicated" else PERSON + "+".join(sorted(final.coders)),
        codebook=editions.get(final.key, ""),
        track="audit" if final.key in audited else "free",
        at=final.at,
        after_estimate=begun is not None and final.at > begun,
    )


def _hash_heads(events: Iterable[Event]) -> str:
    """Return the first 12 hex digits of the hash over the last event of each log."""
    last: dict[str, Event] = {}
    for event in events:
        if event.origin not in last or event.seq > last[event.origin].seq:
            last[event.origin] = event
    lines = [f"{origin} {event.seq} {event.hash}\n" for origin, event in sorted(last.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()[:12]


def find_first_estimate(out: Path) -> str | None:
    """Return when the first estimate of a study was begun, as events write a time (UTC); None where there is none.

    Codes that are changed later could have been chosen by what the estimate says.
    """
    metas: list[dict[str, Any]] = [read_meta(path.parent) for path in sorted((out / RUNS).glob(f"*/{META}"))]
    begun = [
        datetime.fromisoformat(str(meta["volatile"]["started_at"])).astimezone(UTC)
        for meta in metas
        if meta.get("kind") == "estimate"
    ]
    return min(begun).strftime(TIME) if begun else None
