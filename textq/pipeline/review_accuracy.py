"""The audit of a review → how well the machine's codes did: what was taken for what, precision and recall.

Here a clause's truth is what people settled on blind: adjudicated, agreed, or by a single coder. Free corrections never
enter, since whoever made them saw the machine's code.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from textq.coding.arrays import FloatArray
from textq.ingest.codings import GivenCode
from textq.lexicon.codebook import Codebook
from textq.review.class_shares import Accuracy, Estimated, measure_accuracy
from textq.store.audit_item import count_exposed, count_unsettled
from textq.store.corpus import find_clauses_of, find_suggestions_of
from textq.store.decisions import find_finals_of
from textq.store.queues import list_samples
from textq.store.store import Store


@dataclass(frozen=True, slots=True)
class Estimate:
    """An estimate from the audit, weighted by the probabilities of drawing; None where it is not defined."""

    value: float | None
    standard_error: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ClassAccuracy:
    """How well the machine did on one instrument.

    Attributes
    ----------
    category
        The instrument, or ``none``.
    share
        Of all clauses of the run that truly have it, by the audit.
    machine_share
        Of all clauses of the run, by the machine.
    precision
        Of the clauses that the machine gave it, those that have it.
    recall
        Of the clauses that have it, those that the machine gave it.
    n_people, n_machine
        Clauses of the audit that have it, and that the machine gave it.
    """

    category: str
    share: Estimate
    machine_share: float
    precision: Estimate
    recall: Estimate
    n_people: int
    n_machine: int


@dataclass(frozen=True, slots=True)
class MachineAccuracy:
    """How well the machine did on the clauses of the audit.

    Attributes
    ----------
    n_clauses, n_documents
        What this rests on.
    n_absent
        Drawn clauses that the machine's run does not have, left out.
    categories
        In the order of the codebook.
    counts, weighted : (q, q)
        Clauses by what people (rows) and the machine (columns) gave; as counted, and estimated for the whole frame.
    accuracy
        The share of clauses that the machine coded right.
    classes
        By category.
    judged
        What people and what the machine gave, by key.
    n_due, n_single, n_open
        Clauses of the samples that nobody has decided on, that fewer coders have than are to, and that are to be
        adjudicated: while there are any, the figures are provisional, for what is left is not left at random.
    n_exposed
        Blind codes by coders who had worked on the clause before with the machine's code in sight.
    """

    n_clauses: int
    n_documents: int
    n_absent: int
    categories: tuple[str, ...]
    counts: FloatArray
    weighted: FloatArray
    accuracy: Estimate
    classes: tuple[ClassAccuracy, ...]
    judged: Mapping[str, tuple[GivenCode, GivenCode]]
    n_due: int = 0
    n_single: int = 0
    n_open: int = 0
    n_exposed: int = 0

    @property
    def is_final(self) -> bool:
        """Whether people have settled on every clause of the samples."""
        return not (self.n_due or self.n_single or self.n_open)


def measure_machine(store: Store, codebook: Codebook) -> MachineAccuracy | None:
    """Measure how well the machine did on the blindly coded clauses of all samples.

    None where too few clauses have a final code: at least two documents (or clauses, where these were drawn).

    Raises
    ------
    ReviewError
        If the record of a sample cannot be used.
    """
    from textq.pipeline.review_audit import load_audit

    loaded = load_audit(store, codebook.classes)
    if loaded is None:
        return None
    audit, keys = loaded
    is_done = audit.true >= 0
    if len(np.unique(audit.units[is_done])) < 2:
        return None
    done = [key for key, known in zip(keys, is_done.tolist(), strict=True) if known]
    finals, suggestions = find_finals_of(store, done), find_suggestions_of(store, done)
    judged: dict[str, tuple[GivenCode, GivenCode]] = {}
    for key in done:
        final, suggestion = finals[key], suggestions[key]  # clauses without one are left out of the audit
        judged[key] = (final.instrument, final.subtype), (suggestion.instrument, suggestion.subtype)
    n_documents = len({clause.doc_id for clause in find_clauses_of(store, judged).values()})
    n_drawn = sum(sample.n_items for sample in list_samples(store))
    left, n_exposed = count_unsettled(store), count_exposed(store)
    return replace(
        _describe(measure_accuracy(audit), judged, n_documents, n_drawn - len(keys)),
        n_due=left.due,
        n_single=left.single,
        n_open=left.open,
        n_exposed=n_exposed,
    )


def _describe(
    found: Accuracy, judged: Mapping[str, tuple[GivenCode, GivenCode]], n_documents: int, n_absent: int
) -> MachineAccuracy:
    classes = [
        ClassAccuracy(
            category=name,
            share=_take(found.shares[at]),
            machine_share=found.machine[at],
            precision=_take(found.precision[at]),
            recall=_take(found.recall[at]),
            n_people=int(found.counts[:, at].sum()),
            n_machine=int(found.counts[at].sum()),
        )
        for at, name in enumerate(found.classes)
    ]
    return MachineAccuracy(
        n_clauses=found.n_done,
        n_documents=n_documents,
        n_absent=n_absent,
        categories=found.classes,
        counts=found.counts.T.astype(float),
        weighted=found.weighted.T,
        accuracy=_take(found.accuracy),
        classes=tuple(classes),
        judged=judged,
    )


def _take(one: Estimated) -> Estimate:
    """Return an estimate that has None where there is no figure."""
    if not math.isfinite(one.value):
        return Estimate(None)
    return Estimate(*(end if math.isfinite(end) else None for end in (one.value, one.se, one.low, one.high)))
