"""A made corpus with known true codes, for simulated audits: documents of uneven length, clauses alike within them."""

import numpy as np
from numpy.typing import NDArray

from textq.review.class_shares import Audit
from textq.review.sample import SampleItem, SamplePlan
from textq.review.strata import SampleFrame

CLASSES = ("supply", "environment", "demand", "none")
SHARES = (0.33, 0.46, 0.03, 0.18)
"""One class is rare."""


def make_population(
    seed: int, *, n_documents: int = 800, accuracy: float = 0.85, alike: float = 0.08
) -> tuple[SampleFrame, NDArray[np.intp]]:
    """Return a frame and the true code of each clause.

    Parameters
    ----------
    seed
        Of the generator.
    n_documents
        With 3 to some 200 clauses each, 25 on average.
    accuracy
        The share of clauses that the machine codes rightly.
    alike
        The intra-document correlation of the true codes. Errors are more frequent in some documents than in others.
    """
    rng = np.random.default_rng(seed)
    sizes = np.clip(np.round(rng.lognormal(np.log(19), 0.75, n_documents)), 3, 250).astype(int)
    documents = np.repeat(np.arange(n_documents), sizes)
    n, k = len(documents), len(CLASSES)
    mixtures = rng.dirichlet(np.array(SHARES) * (1 / alike - 1), n_documents)
    true = (rng.random(n)[:, None] > np.cumsum(mixtures, axis=1)[documents]).sum(axis=1).clip(max=k - 1)
    wrong_in = rng.beta(8 * (1 - accuracy), 8 * accuracy, n_documents)
    wrong = rng.random(n) < wrong_in[documents]
    predicted = np.where(wrong, (true + 1 + rng.choice(k - 1, n, p=[0.5, 0.35, 0.15])) % k, true)
    confidence = np.where(wrong, rng.beta(4, 2, n), rng.beta(9, 1, n))
    designated = rng.random(n_documents) < 0.3
    period = rng.integers(2015, 2023, n_documents)
    frame = SampleFrame(
        keys=tuple(f"{i:016x}" for i in range(n)),
        shas=tuple(f"{i:064x}" for i in range(n)),
        doc_ids=tuple(f"d{d}" for d in range(n_documents)),
        documents=documents.astype(np.intp),
        classes=CLASSES,
        predicted=predicted.astype(np.intp),
        p_wrong=1 - confidence,
        unsure=confidence < 0.55,
        labels={
            "did": tuple("treated" if one else "not" for one in designated),
            "period": tuple(str(2015 + 3 * ((year - 2015) // 3)) for year in period),
        },
    )
    return frame, true.astype(np.intp)


def make_audit(
    frame: SampleFrame,
    true: NDArray[np.intp],
    rounds: list[tuple[SamplePlan, tuple[SampleItem, ...]]],
) -> Audit:
    """Return the audit of the items of one or more rounds, all coded truly."""
    places = {key: place for place, key in enumerate(frame.keys)}
    n_frame, numbers, clauses, strata, units, pi = [], [], [], [], [], []
    for number, (plan, items) in enumerate(rounds):
        names = {one.name: len(n_frame) + place for place, one in enumerate(plan.strata)}
        n_frame += [one.n_frame for one in plan.strata]
        numbers += [number] * len(plan.strata)
        here = np.array([places[item.key] for item in items])
        clauses.append(here)
        strata += [names[item.stratum] for item in items]
        pi += [item.pi for item in items]
        units.append(len(frame) * number + (frame.documents[here] if plan.unit == "document" else here))
    drawn = np.concatenate(clauses)
    return Audit(
        frame.classes, true[drawn], frame.predicted[drawn], np.array(pi), np.array(strata), np.concatenate(units),
        np.array(n_frame), np.array(numbers), np.bincount(frame.predicted, minlength=len(frame.classes)).astype(float),
    )  # fmt: skip
