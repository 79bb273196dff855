"""When blind coding ends for a coder: once a page showed what others, or the machine, gave to clauses of the sample.

From then on the coder's audit codes of that sample are what they are: they can neither be given anew, nor undone, nor
redone. A mistake is mended by adjudication, which says who decided, and why.
"""

from collections.abc import Iterable, Mapping
from typing import cast

from textq.errors import ReviewError
from textq.events import Event
from textq.store.clauses import find_clauses_of
from textq.store.decisions import list_decisions, resolve_key
from textq.store.hidden import find_state, list_open_samples
from textq.store.queues import list_items, list_samples
from textq.store.search import FoundClause
from textq.store.settings import read_setting, write_setting
from textq.store.store import Store
from textq.web.words_file import bind_language

UNVEILED = "unveiled"
"""The setting of a coder that names the samples that are unveiled for him."""

_DECIDES = ("code", "unsure", "skip")


def note_all(store: Store, coder: str) -> None:
    """Note as unveiled all samples of which a coder's part is done; before a page that shows codes throughout."""
    _note(store, coder, _find_finished(store, coder))


def note_texts(store: Store, coder: str, shas: Iterable[str]) -> None:
    """Note as unveiled the samples, done by a coder, that have a clause of these texts (``clause_sha256``)."""
    shown = frozenset(shas)
    finished = _find_finished(store, coder) if shown else {}
    _note(store, coder, [sample for sample, texts in finished.items() if not texts.isdisjoint(shown)])


def note_rows(store: Store, coder: str, rows: Iterable[FoundClause]) -> None:
    """Note what rows unveil: those with the machine's code, or with somebody else's."""
    note_texts(
        store,
        coder,
        [
            row.clause.clause_sha256
            for row in rows
            if row.suggestion is not None or any(one.coder != coder for one in row.decisions)
        ],
    )


def _note(store: Store, coder: str, samples: Iterable[str]) -> None:
    noted = list_unveiled(store, coder)
    if new := set(samples) - noted:
        write_setting(store, coder, UNVEILED, sorted(noted | new))


def list_unveiled(store: Store, coder: str) -> frozenset[str]:
    """Return the names of the samples that are unveiled for a coder."""
    return frozenset(read_setting(store, coder, UNVEILED, []))


def _find_finished(store: Store, coder: str) -> Mapping[str, frozenset[str]]:
    """Return the texts of each sample in which a coder has decided clauses and has none left."""
    state = find_state(store)
    kept = store.kept.get(("finished", coder))
    if kept is None or kept[0] != state:
        kept = store.kept["finished", coder] = (state, _read_finished(store, coder))
    return cast("Mapping[str, frozenset[str]]", kept[1])


def _read_finished(store: Store, coder: str) -> Mapping[str, frozenset[str]]:
    decided = {one.key for one in list_decisions(store, track="audit", coder=coder)}
    left = list_open_samples(store, coder) if decided else []
    finished = {}
    for one in list_samples(store) if decided else []:
        keys = {item.key for item in list_items(store, one.sample)}
        if one.sample not in left and not keys.isdisjoint(decided):
            texts = find_clauses_of(store, keys).values()
            finished[one.sample] = frozenset(clause.clause_sha256 for clause in texts)
    return finished


def find_unveiled(store: Store, coder: str, key: str) -> str:
    """Return the sample, unveiled for a coder, that has a clause; ``""`` without one."""
    for sample in sorted(list_unveiled(store, coder)):
        if any(item.key == key for item in list_items(store, sample)):
            return sample
    return ""


def refuse_turn(store: Store, event: Event, lang: str) -> None:
    """Refuse to undo or redo a blind decision whose sample is unveiled for its coder.

    Raises
    ------
    ReviewError
        If it is one.
    """
    draft = event.draft
    if event.track == "audit" and draft.kind in _DECIDES:
        refuse_change(store, draft.coder, resolve_key(store, draft.clause), lang)


def refuse_change(store: Store, coder: str, key: str, lang: str) -> None:
    """Refuse to change a coder's blind decision on a clause whose sample is unveiled.

    Raises
    ------
    ReviewError
        If it is.
    """
    if sample := find_unveiled(store, coder, key):
        raise ReviewError(bind_language(lang)("card.unveiled", sample=sample))
