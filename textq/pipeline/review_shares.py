"""The clauses of a queue that are a coder's, in its order, whatever is done."""

from collections import Counter

from textq.store.decisions import list_decisions
from textq.store.hidden import list_hidden
from textq.store.queues import list_assigned, list_items, list_samples
from textq.store.store import Store


def list_audit_share(store: Store, coder: str, sample: str) -> list[str]:
    """Return the clauses of an audit sample that a coder has decided, or that are open for him.

    Open are those assigned to him; where nobody is assigned in the sample, and it is not for others alone, those that
    fewer others have decided than are needed.
    """
    drawn = next(one for one in list_samples(store) if one.sample == sample)
    assigned = list_assigned(store, sample)
    own, others = set(assigned.get(coder, ())), Counter[str]()
    for one in list_decisions(store, track="audit", sample=sample):
        if one.coder == coder:
            own.add(one.key)
        elif one.status != "skipped":
            others[one.key] += 1
    may_any = not assigned and (not drawn.coders or coder in drawn.coders)
    return [
        item.key for item in list_items(store, sample) if item.key in own or (may_any and others[item.key] < drawn.each)
    ]


def list_fix_share(store: Store, coder: str) -> list[str]:
    """Return the clauses that a coder may correct or has corrected, in the order in which they are served.

    Clauses of audit samples, those hidden from him, and those that others have corrected are not among them.
    """
    hidden = list_hidden(store, coder)
    drawn = {item.key for one in list_samples(store) for item in list_items(store, one.sample)}
    decided = list_decisions(store, track="free")
    own = {one.key for one in decided if one.coder == coder}
    taken = {one.key for one in decided if one.coder != coder and one.status != "skipped"} - own
    ordered = [key for (key,) in store.read().execute("SELECT key FROM fix_order ORDER BY rank")]
    return [key for key in ordered if not (key in hidden or key in drawn or key in taken)]
