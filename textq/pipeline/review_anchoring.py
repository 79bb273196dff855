"""The anchoring meter: each coder's pull towards the machine, and the end of suggestions where it is too large."""

import numpy as np

from textq.review.anchoring import Pull, measure_pull
from textq.store.corpus import find_clauses_of, find_suggestions_of
from textq.store.decisions import count_decisions, list_decisions
from textq.store.settings import read_setting, write_setting
from textq.store.store import Store

SUGGESTIONS = "suggestions"
"""The setting of a coder that is ``"off"`` where FIX never shows the machine's code."""

REASON = "suggestions_reason"
"""Why it is off: the pull that turned it off, as an object; absent where the coder did."""

EVERY = 25
"""After so many decisions a coder's pull is measured again."""


def measure_anchoring(store: Store, coder: str) -> Pull | None:
    """Measure how far a coder is pulled towards the machine; None with too few decisions.

    Only decisions one by one in FIX count, up to the last one with the machine's code in sight: where suggestions were
    turned off later nothing was hidden at random.
    """
    decisions = [
        one
        for one in list_decisions(store, track="free", coder=coder)
        if one.queue == "fix" and one.status == "coded" and one.source == "web"
    ]
    last = max((one.at for one in decisions if one.suggestion_shown), default="")
    decisions = [one for one in decisions if one.at <= last]
    keys = [one.key for one in decisions]
    suggestions, clauses = find_suggestions_of(store, keys), find_clauses_of(store, keys)
    kept = [one for one in decisions if one.key in suggestions and one.key in clauses]
    if not kept:
        return None
    names = sorted({clauses[one.key].doc_id for one in kept})
    numbers = {doc_id: number for number, doc_id in enumerate(names)}
    return measure_pull(
        np.array([one.instrument == suggestions[one.key].instrument for one in kept], dtype=bool),
        np.array([one.suggestion_shown for one in kept], dtype=bool),
        np.array([numbers[clauses[one.key].doc_id] for one in kept], dtype=np.intp),
    )


def guard_anchoring(store: Store, coder: str) -> Pull | None:
    """Turn a coder's suggestions off where the pull is too large; return that pull, None where nothing was changed.

    To be called after a decision in FIX; it measures after every EVERY of them.
    """
    if read_setting(store, coder, SUGGESTIONS, "on") == "off" or count_fixed(store, coder) % EVERY:
        return None
    pull = measure_anchoring(store, coder)
    if pull is None or not pull.is_too_large:
        return None
    write_setting(store, coder, SUGGESTIONS, "off")
    reason = {
        "pull": pull.value,
        "low": pull.low,
        "high": pull.high,
        "n_shown": pull.n_shown,
        "n_hidden": pull.n_hidden,
    }
    write_setting(store, coder, REASON, reason)
    return pull


def count_fixed(store: Store, coder: str) -> int:
    """Return how many decisions of a coder in FIX stand."""
    return count_decisions(store, coder, "fix")
