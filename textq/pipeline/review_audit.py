"""From the store of a review to the audit's clauses as arrays: what people settled on blind, and the machine's codes.

Light on purpose: pages ask for it, so nothing here reads the tables of a run.
"""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from textq.errors import ReviewError
from textq.review.class_shares import Audit
from textq.review.sample import SampleRecord, read_record
from textq.store.corpus import find_suggestions_of, list_suggestions, loaded_run
from textq.store.decisions import find_finals_of, list_decisions
from textq.store.queues import list_items, list_samples
from textq.store.rows import Final
from textq.store.store import Store

_BLIND = frozenset({"adjudicated", "agreed", "single"})


def load_audit(
    store: Store, classes: Sequence[str], *, samples: Sequence[str] = ()
) -> tuple[Audit, tuple[str, ...]] | None:
    """Return the audit's clauses with final and predicted codes, and the key of each; None where there are none.

    Only what people settled on blind counts: adjudicated, agreed, or by a single coder; never free corrections. Of a
    clause of which only the subtype is open the instrument counts. Clauses that the loaded run does not have are left
    out.

    Parameters
    ----------
    store
        With the run loaded.
    classes
        The codes, in order.
    samples
        Names of the samples; empty: all.

    Raises
    ------
    ReviewError
        If people gave a code that is none of ``classes``, or the record of a sample cannot be read.
    """
    drawn = [one for one in list_samples(store) if not samples or one.sample in samples]
    codes = {code: place for place, code in enumerate(classes)}
    keys, units, columns = list[str](), list[str](), list[tuple[int, int, float, int]]()
    n_frame, rounds, record = list[int](), list[int](), None
    for number, one in enumerate(drawn):
        record, items = read_record(one.detail, one.sample), list_items(store, one.sample)
        strata = {stratum.name: len(n_frame) + place for place, stratum in enumerate(record.strata)}
        n_frame += [stratum.n_frame for stratum in record.strata]
        rounds += [number] * len(record.strata)
        documents = [doc_id for doc_id, n in record.documents for _ in range(n)]
        wanted = [item.key for item in items]
        finals, suggestions = _find_blind(store, wanted, codes), find_suggestions_of(store, wanted)
        for item in items:
            suggestion = suggestions.get(item.key)
            if suggestion is not None and suggestion.instrument in codes:
                keys.append(item.key)
                units.append(f"{number} {documents[item.rank] if documents else item.key}")
                columns.append(
                    (finals.get(item.key, -1), codes[suggestion.instrument], item.pi, strata[item.stratum])
                )  # fmt: skip
    if not columns or record is None:
        return None
    true, predicted, pi, of_strata = (np.array(column) for column in zip(*columns, strict=True))
    audit = Audit(
        classes=tuple(classes),
        true=true.astype(np.intp),
        predicted=predicted.astype(np.intp),
        pi=pi.astype(float),
        strata=of_strata.astype(np.intp),
        units=np.unique(units, return_inverse=True)[1].astype(np.intp),
        n_frame=np.array(n_frame, dtype=np.intp),
        rounds=np.array(rounds, dtype=np.intp),
        totals=_count_codes(store, record, classes),
    )
    return audit, tuple(keys)


def _find_blind(store: Store, keys: Sequence[str], codes: dict[str, int]) -> dict[str, int]:
    """Return the code, as a place, of each clause whose final code rests on the audit."""
    finals = {key: final for key, final in find_finals_of(store, keys).items() if final.how != "corrected"}
    given: dict[str, set[str | None]] = {}
    if any(final.how == "open" for final in finals.values()):
        for one in list_decisions(store, track="audit"):
            if one.status == "coded":
                given.setdefault(one.key, set()).add(one.instrument)
    found = {key: final.instrument for key, final in finals.items() if _is_blind(final, given.get(key, set()))}
    unknown = sorted(set(found.values()) - set(codes))
    if unknown:
        raise ReviewError(
            f"people gave the codes {', '.join(unknown)} in the audit, which the codebook of the run does not have. "
            "Review a run that was coded by the codebook of these codes, or code the clauses anew."
        )
    return {key: codes[code] for key, code in found.items()}


def _is_blind(final: Final, given: set[str | None]) -> bool:
    """Tell whether a final code rests on the audit; of one whose subtype is open, on the instruments given there."""
    return final.how in _BLIND or (final.how == "open" and given == {final.instrument})


def _count_codes(store: Store, record: SampleRecord, classes: Sequence[str]) -> "np.typing.NDArray[np.float64]":
    """Return how often the machine gave each code in the loaded run."""
    loaded = loaded_run(store)
    same = loaded is not None and loaded[0] == record.run_id
    totals = record.totals if same else Counter(one.instrument for one in list_suggestions(store))
    return np.array([totals.get(code, 0) for code in classes], dtype=float)
