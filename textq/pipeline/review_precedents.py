"""What was decided before on clauses like one: the same text, the same heading, then the nearest by their letters."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from textq.notation.shingles import fold_letters, hash_shingles
from textq.store.corpus import find_clauses_of
from textq.store.decisions import find_decisions, list_finals
from textq.store.events import find_event
from textq.store.hidden import find_state
from textq.store.rows import Final, StoredClause
from textq.store.store import Store

Likeness = Literal["text", "place", "letters"]
"""Why a clause is one to look at: it has the same text, the same heading and stem, or many of the same letters."""

SIZE = 2
"""Letters in a run: clauses are short, and most Chinese words have two characters."""

LEAST = 0.3
"""Runs of letters that two clauses must have in common, of those that either has."""

_MOST_KEPT = 200_000

_SHINGLES: dict[str, NDArray[np.uint64]] = {}
"""By the hash of a text: what it is made of. Texts never change under their hash."""

_KEEPING = Lock()


@dataclass(frozen=True, slots=True)
class Precedent:
    """A clause on which people settled, and why it is one to look at.

    Attributes
    ----------
    clause, final
        The clause and its final code.
    likeness, share
        Why, and the share of runs of letters that both have, from 0 to 1.
    rule, reason
        What the adjudicator referred to and wrote, where it was adjudicated.
    """

    clause: StoredClause
    final: Final
    likeness: Likeness
    share: float
    rule: str
    reason: str


def find_precedents(store: Store, clause: StoredClause, hidden: Iterable[str] = (), most: int = 6) -> list[Precedent]:
    """Return what was decided on the clauses most like one, the most like first.

    Parameters
    ----------
    store
        Of the review.
    clause
        What is to be decided.
    hidden
        Keys of clauses whose codes the reader may not see.
    most
        How many.
    """
    kept_away = {clause.key, *hidden}
    own = _cut(clause)
    ranked = []
    for other, final in _list_settled(store):
        if final.key in kept_away:
            continue
        likeness, share = _compare(clause, other, own)
        if likeness is not None:
            ranked.append((_ORDER[likeness], -share, final.key, other, final, likeness, share))
    ranked.sort(key=lambda one: one[:3])
    return [
        Precedent(other, final, likeness, share, *_find_reason(store, final))
        for _, _, _, other, final, likeness, share in ranked[:most]
    ]


def _list_settled(store: Store) -> list[tuple[StoredClause, Final]]:
    """Return the clauses on which people settled; found out anew only where something happened since the last time."""
    state = find_state(store)
    kept = store.kept.get(("settled", ""))
    if kept is None or kept[0] != state:
        finals = [final for final in list_finals(store) if final.how != "open"]
        clauses = find_clauses_of(store, [final.key for final in finals])
        found = [(clauses[final.key], final) for final in finals if final.key in clauses]
        kept = store.kept["settled", ""] = (state, found)
    return cast("list[tuple[StoredClause, Final]]", kept[1])


_ORDER: Mapping[Likeness, int] = {"text": 0, "place": 1, "letters": 2}


def _compare(clause: StoredClause, other: StoredClause, own: NDArray[np.uint64]) -> tuple[Likeness | None, float]:
    if other.clause_sha256 == clause.clause_sha256:
        return "text", 1.0
    share = _measure_overlap(own, _cut(other))
    if other.place == clause.place and (clause.heading or clause.stem):
        return "place", share
    return ("letters" if share >= LEAST else None), share


def _cut(clause: StoredClause) -> NDArray[np.uint64]:
    name = clause.clause_sha256
    with _KEEPING:
        found = _SHINGLES.get(name)
    if found is None:
        found = np.unique(hash_shingles(fold_letters(clause.text), SIZE))
        with _KEEPING:
            if len(_SHINGLES) >= _MOST_KEPT:
                _SHINGLES.clear()
            _SHINGLES[name] = found
    return found


def _measure_overlap(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> float:
    """Return the Jaccard similarity of two sorted sets."""
    common = len(np.intersect1d(one, other, assume_unique=True))
    return common / max(len(one) + len(other) - common, 1)


def _find_reason(store: Store, final: Final) -> tuple[str, str]:
    if final.how != "adjudicated":
        return "", ""
    standing = [one for one in find_decisions(store, final.key) if one.track == "adjudicate"]
    return find_reason(store, max(standing, key=lambda one: one.at).uuid) if standing else ("", "")


def find_reason(store: Store, uuid: str) -> tuple[str, str]:
    """Return the rule and the reason of an adjudication, by the name of its event; empty if there is none."""
    event = find_event(store, uuid)
    if event is None or event.draft.kind != "adjudicate":
        return "", ""
    detail = json.loads(event.draft.detail) if event.draft.detail else {}
    return str(detail.get("rule", "")), event.draft.memo
