"""The first page: how far everybody is in each queue, what was coded, and whether the log holds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from textq.events import Queue
from textq.lexicon.codebook import Codebook
from textq.store.corpus import list_lost
from textq.store.decisions import list_coders, list_decisions
from textq.store.events import count_events, find_head, verify
from textq.store.queues import count_left, list_open, list_samples, measure_progress
from textq.store.rows import Decision, Lost, Progress
from textq.store.store import Store
from textq.web.code_chips import CodeChip, describe_code
from textq.web.draw import find_default_size
from textq.web.templating import render

if TYPE_CHECKING:
    from textq.pipeline.review_agreement import AlphaSoFar
    from textq.pipeline.review_open import ReviewStudy
    from textq.review.anchoring import Pull

_QUEUES: tuple[Queue, ...] = ("audit", "fix", "adjudicate")

_CHECKED_AT_ONCE = 500
"""Events up to which the chains are verified after every new event; above, when asked."""

_LOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class QueueLine:
    """How far the reader is in a queue; ``minutes`` is about how long the rest takes, None where nobody can tell."""

    queue: str
    done: int
    left: int
    skipped: int
    share: float
    seconds_each: float | None
    minutes: int | None
    is_open: bool


@dataclass(frozen=True, slots=True)
class ClassCount:
    """How many clauses the reader gave a class, and the share of his codes."""

    chip: CodeChip
    n: int
    share: float


@dataclass(frozen=True, slots=True)
class CoderLine:
    """How far a coder is, and how far the machine's suggestions pull him; None before enough was decided."""

    coder: str
    is_me: bool
    audit: Progress
    n_free: int
    pull: "Pull | None"
    last: str


@dataclass(frozen=True, slots=True)
class SampleLine:
    """An audit sample."""

    sample: str
    at: str
    unit: str
    n_items: int
    each: int
    coders: tuple[str, ...]
    seed: int


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """All of the first page.

    ``faults`` is None where the chains were not verified; ``n_left`` are the clauses that the reader has left in
    audits, which keep α from him.
    """

    queues: tuple[QueueLine, ...]
    classes: tuple[ClassCount, ...]
    n_mine: int
    coders: tuple[CoderLine, ...]
    samples: tuple[SampleLine, ...]
    command: str
    n_left: int
    n_open: int
    alpha: "AlphaSoFar | None"
    n_events: int
    faults: tuple[str, ...] | None
    lost: tuple[Lost, ...]
    n_lost: int
    run_id: str
    codebook: str
    size: int
    each: int
    drawn: str


def show_dashboard(request: Request) -> Response:
    """Answer ``/``."""
    study, me, lang = request.state.study, request.state.coder, request.state.lang
    store = study.store
    n_left, samples, lost, n_events = count_left(store, me), list_samples(store), list_lost(store), count_events(store)
    decisions: dict[str, list[Decision]] = {}
    for one in list_decisions(store):
        decisions.setdefault(one.coder, []).append(one)
    mine = [one for one in decisions.get(me, ()) if one.status == "coded" and one.instrument]
    n_open = len(list_open(store))
    asks = "verify" in request.query_params
    size = find_default_size(store)
    context = DashboardPage(
        queues=tuple(_view_queue(measure_progress(store, me, queue), n_left) for queue in _QUEUES),
        classes=_count_classes(study.codebook, [one.instrument or "" for one in mine], lang),
        n_mine=len(mine),
        coders=tuple(_view_coder(store, coder, me, decisions.get(coder, ())) for coder in _list_people(study)),
        samples=tuple(
            SampleLine(one.sample, one.at[:10], one.unit, one.n_items, one.each, one.coders, one.seed)
            for one in samples
        ),
        command=f"textq review sample {quote(str(study.out))} --size {size}",
        n_left=n_left,
        n_open=n_open,
        alpha=_find_alpha(study) if samples and not n_left else None,
        n_events=n_events,
        faults=_verify(store, asked=asks, few=n_events <= _CHECKED_AT_ONCE),
        lost=tuple(lost[:_LOST_SHOWN]),
        n_lost=len(lost),
        run_id=study.run_id,
        codebook=study.codebook.edition,
        size=size,
        each=2,
        drawn=request.query_params.get("drawn", "")[:100],
    )
    return render(request, "dashboard.html", context)


def _view_queue(progress: Progress, n_left: int) -> QueueLine:
    """Return how far the reader is; adjudication is closed to him while he has anything left in an audit."""
    n = progress.done + progress.left
    seconds = progress.seconds_each
    return QueueLine(
        queue=progress.queue,
        done=progress.done,
        left=progress.left,
        skipped=progress.skipped,
        share=progress.done / n if n else 0.0,
        seconds_each=None if seconds is None else round(seconds, 1),
        minutes=None if seconds is None or not progress.left else max(round(progress.left * seconds / 60), 1),
        is_open=not (progress.queue == "adjudicate" and n_left),
    )


def _count_classes(codebook: Codebook, given: Sequence[str], lang: str) -> tuple[ClassCount, ...]:
    counts = Counter(given)
    names = dict.fromkeys((*codebook.classes, *counts))
    return tuple(
        ClassCount(describe_code(codebook, name, None, lang), counts[name], counts[name] / max(len(given), 1))
        for name in names
    )


def _verify(store: Store, *, asked: bool, few: bool) -> tuple[str, ...] | None:
    """Return what is broken in the chains: found anew when asked, or after a new event where they are few.

    None where there are many, and nobody asked since the last one.
    """
    head = find_head(store)
    kept = store.kept.get(("faults", ""))
    is_fresh = kept is not None and kept[0] == head
    if asked or (few and not is_fresh):
        kept, is_fresh = (head, tuple(verify(store))), True
        store.kept["faults", ""] = kept
    return cast("tuple[str, ...]", kept[1]) if kept is not None and is_fresh else None


def _list_people(study: "ReviewStudy") -> list[str]:
    return sorted({*study.coders, *list_coders(study.store)})


def _view_coder(store: Store, coder: str, me: str, decisions: Sequence[Decision]) -> CoderLine:
    from textq.pipeline.review_anchoring import measure_anchoring

    free = [one for one in decisions if one.track == "free"]
    return CoderLine(
        coder=coder,
        is_me=coder == me,
        audit=measure_progress(store, coder, "audit"),
        n_free=sum(one.status == "coded" for one in free),
        pull=measure_anchoring(store, coder) if any(one.queue == "fix" for one in free) else None,
        last=max((one.at for one in decisions), default="")[:16].replace("T", " "),
    )


def _find_alpha(study: "ReviewStudy") -> "AlphaSoFar | None":
    from textq.pipeline.review_agreement import find_alpha

    return find_alpha(study.store, study.codebook)


ROUTES = (Route("/", show_dashboard),)
