"""How a review stands: its samples, what each coder did, what is final, and whether its log is whole."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from textq.lexicon.codebook import Codebook
from textq.store.corpus import find_clauses_of, list_lost, loaded_run
from textq.store.decisions import list_coders, list_decisions, list_finals
from textq.store.events import read_events, verify
from textq.store.queues import count_left, list_items, list_open, list_samples, measure_progress
from textq.store.rows import Final, Lost
from textq.store.store import Store


@dataclass(frozen=True, slots=True)
class SampleStatus:
    """An audit sample: how many of its clauses have as many decisions as they need, and how many have none."""

    sample: str
    at: str
    unit: str
    seed: int
    n_items: int
    each: int
    coders: tuple[str, ...]
    n_done: int
    n_untouched: int


@dataclass(frozen=True, slots=True)
class CoderStatus:
    """What one coder did, by track and status of the decision, and what is left to audit."""

    coder: str
    audit_left: int
    fix_left: int
    coded: Mapping[str, int]
    unsure: int
    skipped: int
    seconds_each: float | None


@dataclass(frozen=True, slots=True)
class ReviewStatus:
    """How a review stands.

    Attributes
    ----------
    run_id, run_dir
        The run under review.
    n_events, last_at
        How many events there are, and when the last one came.
    samples, coders
        One each.
    finals
        Final codes of clauses that the run has, by how they came about.
    n_open
        Clauses to be adjudicated, by why.
    alpha
        Krippendorff's α with its interval and the clauses it rests on; None while a coder has anything left to audit,
        or no clause was coded twice.
    problems
        What is broken in the logs; empty: every chain of hashes holds.
    lost
        Clauses with codes that the run under review does not have.
    first_estimate
        When the first estimate of the study was begun; codes of later are marked.
    n_after
        Final codes that came after it.
    """

    run_id: str
    run_dir: str
    n_events: int
    last_at: str
    samples: tuple[SampleStatus, ...]
    coders: tuple[CoderStatus, ...]
    finals: Mapping[str, int]
    n_open: Mapping[str, int]
    alpha: tuple[float | None, float | None, float | None, int] | None
    problems: tuple[str, ...]
    lost: tuple[Lost, ...]
    first_estimate: str | None
    n_after: int


def measure_status(store: Store, out: Path, codebook: Codebook) -> ReviewStatus:
    """Return how a review stands.

    Parameters
    ----------
    store, out, codebook
        The review, the folder of its study, and the codebook of its run.
    """
    from textq.pipeline.review_finals import find_first_estimate

    run_id, run_dir = loaded_run(store) or ("", "")
    events = read_events(store)
    finals, begun = _list_finals_here(store), find_first_estimate(out)
    coders = tuple(_measure_coder(store, coder) for coder in list_coders(store))
    return ReviewStatus(
        run_id=run_id,
        run_dir=run_dir,
        n_events=len(events),
        last_at=max((event.at for event in events), default=""),
        samples=_measure_samples(store),
        coders=coders,
        finals=dict(sorted(Counter(final.how for final in finals).items())),
        n_open=dict(sorted(Counter(why for _, why in list_open(store)).items())),
        alpha=None if any(one.audit_left for one in coders) else _find_alpha(store, codebook),
        problems=tuple(verify(store)),
        lost=tuple(list_lost(store)),
        first_estimate=begun,
        n_after=sum(final.at > begun for final in finals) if begun else 0,
    )


def _list_finals_here(store: Store) -> list[Final]:
    """Return the final codes of the clauses that the run under review has."""
    finals = list_finals(store)
    clauses = find_clauses_of(store, [final.key for final in finals])
    return [final for final in finals if final.key in clauses and clauses[final.key].is_coded]


def _measure_samples(store: Store) -> tuple[SampleStatus, ...]:
    measured = []
    for one in list_samples(store):
        decided = Counter(
            decision.key
            for decision in list_decisions(store, track="audit", sample=one.sample)
            if decision.status != "skipped"
        )
        keys = [item.key for item in list_items(store, one.sample)]
        measured.append(
            SampleStatus(
                sample=one.sample,
                at=one.at,
                unit=one.unit,
                seed=one.seed,
                n_items=len(keys),
                each=one.each,
                coders=one.coders,
                n_done=sum(decided[key] >= one.each for key in keys),
                n_untouched=sum(decided[key] == 0 for key in keys),
            )
        )
    return tuple(measured)


def _measure_coder(store: Store, coder: str) -> CoderStatus:
    decisions = list_decisions(store, coder=coder)
    statuses = Counter(one.status for one in decisions)
    audit, fix = (measure_progress(store, coder, queue) for queue in ("audit", "fix"))
    return CoderStatus(
        coder=coder,
        audit_left=count_left(store, coder),
        fix_left=fix.left,
        coded=dict(sorted(Counter(one.track for one in decisions if one.status == "coded").items())),
        unsure=statuses["unsure"],
        skipped=statuses["skipped"],
        seconds_each=audit.seconds_each if audit.seconds_each is not None else fix.seconds_each,
    )


def _find_alpha(store: Store, codebook: Codebook) -> tuple[float | None, float | None, float | None, int] | None:
    from textq.pipeline.review_agreement import find_alpha

    found = find_alpha(store, codebook)
    return None if found is None else (found.value, found.low, found.high, found.n_clauses)
