"""Import and export: files go out; what comes in is compared first, then confirmed."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from textq.errors import ReviewError
from textq.lexicon.codebook import Codebook
from textq.store.queues import count_left
from textq.store.store import Store
from textq.web.code_chips import CodeChip, describe_code
from textq.web.downloads import answer_file
from textq.web.forms import read_field
from textq.web.templating import render
from textq.web.unveiling import note_all
from textq.web.words_file import Say, bind_language

if TYPE_CHECKING:
    from textq.pipeline.review_exchange import Applied, ImportPlan, Side
    from textq.pipeline.review_quotes import QuotePlan
    from textq.store.transfer import Merged

_MOST_ROWS = 300
"""More rows that say something are not listed on the page."""

_MOST_PENDING, _MOST_BYTES = 20, 2**27
"""Files that wait for a yes, and their bytes; the oldest goes."""

_DONE = ("unchanged", "deleted")
"""Kinds of rows that are counted, and not listed."""

_QUEUES = ("audit", "fix", "all")


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that was uploaded and compared, and waits for a yes."""

    coder: str
    kind: str
    name: str
    data: bytes
    whose: str
    queue: str


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """The page before a file was given."""

    n_left: int
    is_shared: bool
    problem: str = ""
    done: str = ""


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row of a file that says something new, or cannot be used."""

    line: str
    clause: str
    status: str
    before: CodeChip | None
    after: CodeChip | None
    unsure: bool
    written: str
    why: str


@dataclass(frozen=True, slots=True)
class PlanView:
    """What a file would change; nothing is written yet."""

    ticket: str
    kind: str
    name: str
    whose: str
    counts: tuple[tuple[str, int], ...]
    rows: tuple[ChangedRow, ...]
    n_more: int
    n_written: int
    n_conflicts: int
    notes: tuple[str, ...]
    is_closed: bool


_PENDING: dict[str, Pending] = {}
"""By ticket, in the order in which they came. They live as long as the process and hold nothing that is not on disk."""


def show_exchange(request: Request) -> Response:
    """Show what can be taken out and brought in."""
    done = request.query_params.get("done", "")
    say = bind_language(request.state.lang)
    said = say("exchange.done", n=f"{int(done):,}") if done.isascii() and done.isdigit() and len(done) < 10 else ""
    return _render_page(request, done=said)


def send_file(request: Request) -> Response:
    """Send one of the files that can be taken out."""
    name = request.path_params["name"]
    if name not in _SENDERS:
        raise HTTPException(404)
    return _SENDERS[name](request)


async def compare_file(request: Request) -> Response:
    """Show what an uploaded file would change; nothing is written."""
    form: FormData = request.state.form
    uploaded = form.get("file")
    data = await uploaded.read() if isinstance(uploaded, UploadFile) else b""
    name = (uploaded.filename or "") if isinstance(uploaded, UploadFile) else ""
    return await to_thread.run_sync(_compare, request, form, Path(name).name, data)


def apply_file(request: Request) -> Response:
    """Write what was compared, after a yes."""
    return _apply(request, request.state.form)


def _render_page(request: Request, *, problem: str = "", done: str = "", status: int = 200) -> Response:
    store: Store = request.state.study.store
    n_left = count_left(store, request.state.coder)
    view = ExchangeView(n_left, request.state.gate.sessions.needs_pin, problem, done)
    return render(request, "exchange.html", view, status=status)


# Out


def _send_sheet(request: Request) -> Response:
    from textq.pipeline.review_exchange import build_sheet

    state = request.state
    study, lang = state.study, state.lang
    queue: Any = request.query_params.get("queue", "audit")
    if queue not in _QUEUES:
        raise HTTPException(404)
    if queue == "all":
        note_all(study.store, state.coder)
    try:
        sheet = build_sheet(study.store, study.codebook_in(lang), coder=state.coder, queue=queue, lang=lang)
    except ReviewError as error:
        return _render_page(request, problem=str(error), status=409)
    return answer_file(sheet.data, f"{queue}-{state.coder}.xlsx")


def _send_finals(request: Request) -> Response:
    from textq.pipeline.review_tables import build_finals_csv

    _refuse_early(request)
    return answer_file(build_finals_csv(request.state.study.out, request.state.study.store), "finals.csv")


def _send_decisions(request: Request) -> Response:
    from textq.pipeline.review_tables import build_decisions_csv

    state, asked = request.state, request.query_params
    queue = asked.get("queue", "audit")
    if queue not in ("audit", "fix", "adjudicate"):
        raise HTTPException(404)
    coder = None if asked.get("who") == "all" else state.coder
    if coder is None or queue == "adjudicate":
        _refuse_early(request)
    table = build_decisions_csv(state.study.out, state.study.store, queue=queue, coder=coder)
    return answer_file(table, f"decisions-{queue}.csv")


def _send_codebook(request: Request) -> Response:
    from textq.review.codebook_qdc import build_qdc

    lang = request.state.lang
    data = build_qdc(request.state.study.codebook_in(lang), lang)
    return answer_file(data, "codebook.qdc")


def _send_events(request: Request) -> Response:
    from textq.store.transfer import export_events

    coder = None if request.query_params.get("who") == "all" else request.state.coder
    if coder is None:
        _refuse_early(request)
    store = request.state.study.store
    n_left = count_left(store, request.state.coder)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "events.jsonl"
        export_events(store, path, coder)
        lines = path.read_bytes().splitlines(keepends=True)
    kept = [line for line in lines if not (n_left and _tells_strata(line))]
    name = f"events-{coder or 'all'}{'' if len(kept) == len(lines) else '-without-samples'}.jsonl"
    return answer_file(b"".join(kept), name)


def _tells_strata(line: bytes) -> bool:
    """Return whether an event lays open the strata of an audit, and by them the machine's codes of its clauses."""
    return bool(json.loads(line)["kind"] == "sample")


_SENDERS: Mapping[str, Callable[[Request], Response]] = {
    "sheet.xlsx": _send_sheet,
    "finals.csv": _send_finals,
    "decisions.csv": _send_decisions,
    "codebook.qdc": _send_codebook,
    "events.jsonl": _send_events,
}


def _refuse_early(request: Request) -> None:
    """Refuse what holds the codes of others while the visitor has clauses of an audit left."""
    state = request.state
    if n_left := count_left(state.study.store, state.coder):
        raise HTTPException(403, bind_language(state.lang)("exchange.closed", n=f"{n_left:,}"))
    note_all(state.study.store, state.coder)


# In


def _compare(request: Request, form: FormData, name: str, data: bytes) -> Response:
    say = bind_language(request.state.lang)
    if not name or not data:
        return _render_page(request, problem=say("exchange.no_file"), status=400)
    kind = "events" if name.lower().endswith(".jsonl") else "quotes" if form.get("quotes") else "sheet"
    whose, queue = read_field(form, "coder"), read_field(form, "queue")
    if request.state.gate.sessions.needs_pin:
        whose = request.state.coder
        if kind == "events":
            return _render_page(request, problem=say("exchange.shared_events"), status=403)
    pending = Pending(request.state.coder, kind, name, data, whose, queue if queue in _QUEUES else "")
    try:
        view = _plan(request, pending, say)
    except ReviewError as error:
        return _render_page(request, problem=str(error), status=400)
    return render(request, "exchange_plan.html", view)


def _plan(request: Request, pending: Pending, say: Say) -> PlanView:
    store, codebook, lang = request.state.study.store, request.state.study.codebook, request.state.lang
    ticket = secrets.token_urlsafe(16)
    if pending.kind == "events":
        from textq.store.transfer import try_merge

        view = _view_merge(_hand_over(pending, partial(try_merge, store)), pending, ticket)
    elif pending.kind == "quotes":
        plan = _plan_quotes(store, codebook, pending)
        _refuse_others(request, {one.coder for one in plan.results if one.coder}, say)
        view = _view_quotes(plan, pending, ticket, codebook, lang)
    else:
        sheet = _plan_sheet(store, codebook, pending)
        view = _view_sheet(sheet, pending, ticket, codebook, lang)
    _keep(ticket, pending)
    whose = {name for name in view.whose.split(", ") if name}
    if view.rows and whose - {request.state.coder} and count_left(store, request.state.coder):
        return PlanView(
            ticket, view.kind, view.name, view.whose, view.counts, (), 0, view.n_written, view.n_conflicts, view.notes,
            is_closed=True,
        )  # fmt: skip
    return view


def _refuse_others(request: Request, whose: set[str], say: Say) -> None:
    """Refuse codes of others where each coder signs in."""
    others = whose - {request.state.coder}
    if others and request.state.gate.sessions.needs_pin:
        raise ReviewError(say("exchange.others", names=", ".join(sorted(others))))


def _keep(ticket: str, pending: Pending) -> None:
    _PENDING[ticket] = pending
    while len(_PENDING) > 1 and (
        len(_PENDING) > _MOST_PENDING or sum(len(one.data) for one in list(_PENDING.values())) > _MOST_BYTES
    ):
        _PENDING.pop(next(iter(_PENDING)), None)


def _plan_sheet(store: Store, codebook: Codebook, pending: Pending) -> "ImportPlan":
    from textq.pipeline.review_exchange import plan_import

    return plan_import(store, codebook, pending.data, pending.name, coder=pending.whose, queue=pending.queue)


def _plan_quotes(store: Store, codebook: Codebook, pending: Pending) -> "QuotePlan":
    from textq.pipeline.review_quotes import plan_quotes

    return plan_quotes(store, codebook, pending.data, pending.name, coder=pending.whose or pending.coder)


def _hand_over(pending: Pending, take: Callable[[Sequence[Path]], "Merged"]) -> "Merged":
    """Return what comes of an uploaded log, which ``take`` reads from a file."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / pending.name
        path.write_bytes(pending.data)
        return take([path])


def _view_merge(merged: "Merged", pending: Pending, ticket: str) -> PlanView:
    counts = (("new", merged.n_new), ("known", merged.n_known))
    notes = tuple(merged.clashes)
    return PlanView(ticket, pending.kind, pending.name, "", counts, (), 0, merged.n_new, 0, notes, is_closed=False)


def _view_sheet(plan: "ImportPlan", pending: Pending, ticket: str, codebook: Codebook, lang: str) -> PlanView:
    from textq.review.changes import WRITTEN

    told = [one for one in plan.changes if one.status not in _DONE]
    rows = [
        ChangedRow(
            str(one.line or ""),
            one.clause_id,
            one.status,
            _show(one.before.instrument, one.before.subtype, codebook, lang),
            _show(one.after.instrument, one.after.subtype, codebook, lang),
            one.after.unsure,
            one.written,
            "; ".join(codebook.call(code, lang)[1] or codebook.call(code, lang)[0] for code in one.nearest) or one.why,
        )
        for one in told[:_MOST_ROWS]
    ]
    counts = tuple((status, n) for status, n in plan.counts.items() if n)
    return PlanView(
        ticket, pending.kind, plan.name, plan.coder, counts, tuple(rows), max(len(told) - _MOST_ROWS, 0),
        sum(plan.counts[status] for status in WRITTEN), plan.counts["conflict"], (), is_closed=False,
    )  # fmt: skip


def _view_quotes(plan: "QuotePlan", pending: Pending, ticket: str, codebook: Codebook, lang: str) -> PlanView:
    from textq.pipeline.review_quotes import describe_reason

    told = [one for one in plan.results if one.status not in _DONE]
    rows = [
        ChangedRow(
            str(one.quote.line),
            one.quote.quote[:80],
            one.status,
            None,
            _show(one.answer.instrument, one.answer.subtype, codebook, lang),
            one.answer.unsure,
            one.quote.code,
            describe_reason(one, lang),
        )
        for one in told[:_MOST_ROWS]
    ]
    counts = tuple((status, n) for status, n in plan.counts.items() if n)
    whose = ", ".join(sorted({coder for coder, _ in (*plan.events, *plan.contested)}))
    return PlanView(
        ticket, pending.kind, plan.name, whose, counts, tuple(rows), max(len(told) - _MOST_ROWS, 0), len(plan.events),
        len(plan.contested), (), is_closed=False,
    )  # fmt: skip


def _show(instrument: str | None, subtype: str | None, codebook: Codebook, lang: str) -> CodeChip | None:
    return describe_code(codebook, instrument, subtype, lang) if instrument else None


def _apply(request: Request, form: FormData) -> Response:
    say = bind_language(request.state.lang)
    ticket = read_field(form, "ticket")
    pending = _PENDING.get(ticket)
    if pending is None or pending.coder != request.state.coder:
        return _render_page(request, problem=say("exchange.gone"), status=409)
    asked = read_field(form, "conflicts")
    conflicts: Side | None = "mine" if asked == "mine" else "theirs" if asked == "theirs" else None
    try:
        n_events = _write(request.state.study.store, request.state.study.codebook, pending, conflicts)
    except ReviewError as error:
        return _render_page(request, problem=str(error), status=409)
    _PENDING.pop(ticket, None)
    return RedirectResponse(f"/io?done={n_events}", 303)


def _write(store: Store, codebook: Codebook, pending: Pending, conflicts: "Side | None") -> int:
    """Compare anew, since the store may have moved on, and write; return how many events."""
    if pending.kind == "events":
        from textq.store.transfer import merge_events

        return _hand_over(pending, partial(merge_events, store)).n_new
    applied: Applied
    if pending.kind == "quotes":
        from textq.pipeline.review_quotes import apply_quotes

        applied = apply_quotes(store, _plan_quotes(store, codebook, pending), conflicts=conflicts)
    else:
        from textq.pipeline.review_exchange import apply_import

        applied = apply_import(store, _plan_sheet(store, codebook, pending), conflicts=conflicts)
    return applied.n_events


ROUTES = (
    Route("/io", show_exchange),
    Route("/io/compare", compare_file, methods=["POST"]),
    Route("/io/apply", apply_file, methods=["POST"]),
    Route("/io/{name}", send_file),
)
"""The pages of this module."""
