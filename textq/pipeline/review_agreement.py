"""The decisions of a review → how far its coders agree, in all and by sample, and what was left out of that.

Only blind decisions count: those of an audit that stand. What was taken back, and free codings (corrections that saw
the machine's code, imports), never enter.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from textq.coding.resample import DRAWS
from textq.errors import ReviewError
from textq.events import Kind
from textq.ingest.codings import CoderCodings, GivenCode
from textq.lexicon.codebook import Codebook
from textq.pipeline.agreement import Agreement, By, compare_codings
from textq.pipeline.review_accuracy import MachineAccuracy, measure_machine
from textq.pipeline.review_open import STORE_NAME, find_folders
from textq.pipeline.run_codebook import load_run_codebook
from textq.store.corpus import find_clauses_of, list_aliases, loaded_run
from textq.store.decisions import list_decisions
from textq.store.events import find_head, read_log
from textq.store.queues import list_items, list_samples
from textq.store.rows import Decision, Item, StoredClause, StoredSample
from textq.store.store import Store, open_store

_CODINGS: tuple[Kind, ...] = ("code", "unsure", "skip")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What the figures on agreement leave out, and why.

    Attributes
    ----------
    unsure, skipped
        Decisions that give no code.
    undone
        Decisions that were taken back, and not made again.
    single
        Clauses that one coder alone coded.
    due
        Codings of the samples that are still to come.
    """

    unsure: int = 0
    skipped: int = 0
    undone: int = 0
    single: int = 0
    due: int = 0


@dataclass(frozen=True, slots=True)
class Round:
    """Agreement within one audit sample; ``agreement`` is None where no clause was coded twice."""

    sample: StoredSample
    agreement: Agreement | None
    left_out: LeftOut


@dataclass(frozen=True, slots=True)
class ReviewAgreement:
    """How far the coders of a review agree.

    Attributes
    ----------
    coders
        Everyone with a blind code that stands, in order of names.
    agreement
        Over all samples; None where no clause was coded twice.
    rounds
        By sample, in the order in which they were drawn.
    left_out
        In all samples.
    machine, machine_problem
        How well the machine's codes did; None where too few blindly coded clauses have a final code, or where it could
        not be measured, of which ``machine_problem`` says why.
    given
        The key of each clause that was coded blind, and what each coder gave.
    n_codings
        How many blind codes stand.
    clauses
        The clauses with blind decisions, by key.
    """

    coders: tuple[str, ...]
    agreement: Agreement | None
    rounds: tuple[Round, ...]
    left_out: LeftOut
    machine: MachineAccuracy | None
    given: Mapping[str, Mapping[str, GivenCode]]
    n_codings: int
    clauses: Mapping[str, StoredClause]
    machine_problem: str = ""


_MEASURED: dict[tuple[str, bool], tuple[tuple[object, ...], ReviewAgreement]] = {}
"""By the path of a store, and whether the machine was measured: what it held then, and what was found."""

_MEASURING = Lock()


def measure_review(
    store: Store,
    codebook: Codebook,
    *,
    coders: Sequence[str] = (),
    by: By | None = None,
    draws: int = DRAWS,
    seed: int = 1,
    with_machine: bool = True,
) -> ReviewAgreement:
    """Measure how far the coders of a review agree, and how well the machine did.

    Parameters
    ----------
    store
        Of the review.
    codebook
        Of the run that is reviewed.
    coders
        Whose codings are compared; default: everybody's.
    by, draws, seed
        As in :func:`textq.pipeline.agreement.compare_codings`; ``by`` is documents by default.
    with_machine
        Whether the machine's accuracy is measured, too.

    Raises
    ------
    ReviewError
        If one of ``coders`` has no blind code.
    """
    decisions = [one for one in list_decisions(store, track="audit") if not coders or one.coder in coders]
    named = {one.coder for one in decisions if one.status == "coded"}
    absent = [name for name in coders if name not in named]
    if absent:
        raise ReviewError(
            f"{', '.join(absent)} coded no clause of an audit sample. Coders who did: "
            f"{', '.join(sorted(named)) or 'nobody'}."
        )
    clauses = find_clauses_of(store, dict.fromkeys(one.key for one in decisions))
    undone = _list_undone(store, {(one.coder, one.key) for one in decisions}, coders)

    def compare(chosen: Sequence[Decision]) -> Agreement | None:
        joined = _join(chosen, clauses)
        times = Counter(key for one in joined for key in one.codes)
        if not any(count > 1 for count in times.values()):
            return None
        return compare_codings(joined, codebook, by=by, draws=draws, seed=seed)

    rounds = []
    for sample in list_samples(store):
        items = list_items(store, sample.sample)
        drawn = {item.key for item in items}
        own = [one for one in decisions if one.key in drawn]
        gone = sum(key in drawn for key in undone)
        due = _count_due(sample, items, own) if not coders else 0
        rounds.append(Round(sample, compare(own), _leave_out(own, gone, due)))
    due = sum(one.left_out.due for one in rounds)
    machine, problem = _measure_machine(store, codebook) if with_machine else (None, "")
    return ReviewAgreement(
        tuple(sorted(named)),
        compare(decisions),
        tuple(rounds),
        _leave_out(decisions, len(undone), due),
        machine,
        _gather(decisions),
        sum(one.status == "coded" for one in decisions),
        clauses,
        problem,
    )


def measure_run(
    path: Path,
    *,
    codebook: Path | None = None,
    coders: Sequence[str] = (),
    by: By | None = None,
    draws: int = DRAWS,
    seed: int = 1,
) -> ReviewAgreement:
    """Measure the review in a study folder, which is also that of a run in it. Nothing is written.

    Parameters
    ----------
    path
        What ``textq score`` wrote, or one run in it.
    codebook
        The folder of the run's codebook; default: the run's own.
    coders, by, draws, seed
        As in :func:`measure_review`.

    Raises
    ------
    ReviewError
        If nobody began a review there, or coders cannot be compared: with what is missing.
    RunError
        If there is no run.
    """
    out, run_dir = find_folders(path)
    file = out / STORE_NAME
    if not file.is_file():
        raise ReviewError(
            f"{path}: no review was begun here, so nothing can be said about agreement. Draw a sample with "
            f"`textq review sample {path} --size 200`, and let two people code it blind with `textq review {path}`."
        )
    with closing(open_store(file, readonly=True)) as store:
        found = measure_review(
            store, load_run_codebook(run_dir, codebook), coders=coders, by=by, draws=draws, seed=seed
        )
    require_agreement(found, str(path))
    return found


def require_agreement(found: ReviewAgreement, place: str) -> Agreement:
    """Return the agreement over all samples.

    Raises
    ------
    ReviewError
        If there is none, with what is missing and what to do.
    """
    if found.agreement is not None:
        return found.agreement
    if not found.rounds:
        raise ReviewError(
            f"{place}: no audit sample was drawn yet, so nothing can be said about agreement. Draw one with "
            f"`textq review sample {place} --size 200`, and let two people code it blind."
        )
    if not found.coders:
        raise ReviewError(
            f"{place}: an audit sample was drawn, but nobody coded a clause of it yet. Code it with "
            f"`textq review {place}` under “audit”."
        )
    if len(found.coders) == 1:
        raise ReviewError(
            f"{place}: {found.coders[0]} alone coded the audit, {found.n_codings:,} codings. Agreement needs two "
            "people who code the same clauses without seeing each other's codes: nothing can be said about it yet. Let "
            f"a second person code it with `textq review {place} --coder NAME`."
        )
    raise ReviewError(
        f"{place}: {', '.join(found.coders)} coded {found.n_codings:,} clauses of the audit, but none of them was "
        "coded by two. Let them code on, or draw the next sample with --each 2."
    )


def _measure_machine(store: Store, codebook: Codebook) -> tuple[MachineAccuracy | None, str]:
    """Return the machine's accuracy, or why it cannot be measured: that must not keep people's agreement back."""
    try:
        return measure_machine(store, codebook), ""
    except ReviewError as error:
        return None, str(error)


@dataclass(frozen=True, slots=True)
class AlphaSoFar:
    """Krippendorff's α over all samples, with its interval (None where none was drawn), and what it rests on."""

    value: float | None
    low: float | None
    high: float | None
    n_clauses: int
    coders: tuple[str, ...]


def measure_cached(store: Store, codebook: Codebook, *, with_machine: bool = True) -> ReviewAgreement:
    """Return :func:`measure_review` with its defaults; measured again only after an event or a new run came in."""
    state = (find_head(store), loaded_run(store), codebook.edition)
    name = (str(store.path), with_machine)
    with _MEASURING:
        found = _MEASURED.get(name)
        if found is None or found[0] != state:
            found = state, measure_review(store, codebook, with_machine=with_machine)
            _MEASURED[name] = found
    return found[1]


def find_alpha(store: Store, codebook: Codebook) -> AlphaSoFar | None:
    """Return α so far; None where no clause was coded twice. Not to be shown to who has audit clauses left."""
    agreement = measure_cached(store, codebook, with_machine=False).agreement
    if agreement is None:
        return None
    alpha = agreement.codes.alpha
    low, high = (alpha.interval.low, alpha.interval.high) if alpha.interval else (None, None)
    return AlphaSoFar(alpha.value, low, high, agreement.codes.n_clauses, agreement.codes.coders)


def list_cell(
    found: ReviewAgreement, first: str, second: str, row: str, column: str, sample_keys: Iterable[str] | None = None
) -> list[str]:
    """Return the keys of the clauses that one coder gave one instrument and the other another, in the order given."""
    within = None if sample_keys is None else set(sample_keys)
    return [
        key
        for key, codes in found.given.items()
        if (within is None or key in within)
        and codes.get(first, ("", None))[0] == row
        and codes.get(second, ("", None))[0] == column
    ]


def _join(decisions: Sequence[Decision], clauses: Mapping[str, StoredClause]) -> list[CoderCodings]:
    """Return the codings by coder, in order of names, with the document of each clause."""
    joined: dict[str, CoderCodings] = {}
    for one in sorted(decisions, key=lambda each: each.coder):
        if one.status == "coded" and one.instrument is not None:
            own = joined.setdefault(one.coder, CoderCodings(one.coder))
            own.codes[one.key] = (one.instrument, one.subtype)
            if one.key in clauses:
                own.documents[one.key] = clauses[one.key].doc_id
    return list(joined.values())


def _gather(decisions: Sequence[Decision]) -> dict[str, dict[str, GivenCode]]:
    given: dict[str, dict[str, GivenCode]] = {}
    for one in decisions:
        if one.status == "coded" and one.instrument is not None:
            given.setdefault(one.key, {})[one.coder] = (one.instrument, one.subtype)
    return given


def _leave_out(decisions: Sequence[Decision], undone: int, due: int) -> LeftOut:
    statuses = Counter(one.status for one in decisions)
    times = Counter(one.key for one in decisions if one.status == "coded")
    single = sum(count == 1 for count in times.values())
    return LeftOut(statuses["unsure"], statuses["skipped"], undone, single, due)


def _count_due(sample: StoredSample, items: Sequence[Item], decisions: Sequence[Decision]) -> int:
    """Return how many codings of a sample are still to come; what was skipped still is."""
    done = Counter(one.key for one in decisions if one.status != "skipped")
    return sum(max(sample.each - done[item.key], 0) for item in items)


def _list_undone(store: Store, standing: set[tuple[str, str]], coders: Sequence[str]) -> list[str]:
    """Return the keys of the clauses of blind decisions that were taken back where none stands: one for each coder."""
    found: dict[tuple[str, str], str] = {}
    renamed = list_aliases(store)
    for kind in _CODINGS:
        for one in read_log(store, kind=kind, queue="audit"):
            draft = one.event.draft
            pair = (draft.coder, renamed.get(draft.clause, draft.clause))
            if one.is_active is False and pair not in standing and (not coders or draft.coder in coders):
                found[pair] = pair[1]
    return list(found.values())
