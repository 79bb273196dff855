"""The cards of AUDIT and FIX: one clause at a time, decided by a key or a button; undo and redo, memos."""

import json
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from textq.errors import ReviewError
from textq.events import Draft, Event, Kind, Queue, find_track
from textq.lexicon.codebook import Codebook, split_code
from textq.pipeline.review_anchoring import guard_anchoring
from textq.records import NONE
from textq.store.audit_item import find_sample
from textq.store.clauses import find_clause, find_document, find_suggestion, list_around, list_document
from textq.store.decisions import find_decisions, find_memo
from textq.store.events import append, find_redo, find_undo
from textq.store.hidden import hides_machine, in_any_sample, is_hidden
from textq.store.queues import (
    hides_suggestion,
    measure_progress,
    neighbours,
    next_item,
)
from textq.store.rows import Decision, Progress, StoredClause, Suggestion
from textq.store.store import Store
from textq.web.card_view import (
    WIDTHS,
    CardView,
    Piece,
    Width,
    count_rows,
    cut_context,
    cut_marks,
    find_article,
    view_classes,
    view_source,
    view_standing,
    view_suggestion,
)
from textq.web.code_chips import CodeChip, describe_code
from textq.web.forms import AROUND, LONGEST_MEMO, is_fragment, read_field, read_ms
from textq.web.keys import KeyMap, name_shortcut, show_key
from textq.web.templating import render
from textq.web.unveiling import note_texts, refuse_change, refuse_turn
from textq.web.words_file import bind_language

CardQueue = Literal["audit", "fix"]


@dataclass(frozen=True, slots=True)
class EndView:
    """What is shown when a queue has nothing left: why, and where to go on."""

    queue: str
    why: str
    ways: tuple[tuple[str, str], ...]
    progress: Progress
    say: str = ""


@dataclass(frozen=True, slots=True)
class EntrySubtype:
    """A subtype as the codebook beside the text has it."""

    name: str
    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EntryClass:
    """A class as the codebook beside the text has it."""

    chip: CodeChip
    definition: str
    subtypes: tuple[EntrySubtype, ...]


@dataclass(frozen=True, slots=True)
class EntryView:
    """The codebook beside the text."""

    decision: tuple[str, ...]
    classes: tuple[EntryClass, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """What all answers to a request need: the store, who asks, in which language, the codebook in it, and the keys."""

    store: Store
    codebook: Codebook
    coder: str
    lang: str
    keys: KeyMap

    def say(self, key: str, **values: object) -> str:
        """Return words of the card."""
        return bind_language(self.lang)(f"card.{key}", **values)


def _open_desk(request: Request) -> Desk:
    state = request.state
    store: Store = state.study.store
    keys: KeyMap = json.loads(state.preferences.keys)
    return Desk(store, state.study.codebook_in(state.lang), state.coder, state.lang, keys)


# What is shown


def show_queue(request: Request) -> Response:
    """Send the coder to the next card of a queue."""
    desk = _open_desk(request)
    queue = _read_queue(request)
    key = next_item(desk.store, desk.coder, queue)
    if key is None:
        return _render_end(request, desk, queue)
    return RedirectResponse(f"/q/{queue}/{key}", 303)


def show_card(request: Request) -> Response:
    """Show the card of a clause."""
    desk = _open_desk(request)
    queue = _read_queue(request)
    clause = _find_clause(desk, queue, request.path_params["key"])
    return _render_card(request, desk, queue, clause, width=_read_width(request))


def show_entry(request: Request) -> Response:
    """Show the codebook as it stands beside a card."""
    desk = _open_desk(request)
    classes = tuple(
        EntryClass(
            describe_code(desk.codebook, one.name, None, desk.lang),
            one.definition,
            tuple(
                EntrySubtype(sub.label.in_language(desk.lang), sub.definition, sub.includes, sub.excludes)
                for sub in one.subtypes
            ),
        )
        for one in (*desk.codebook.instruments, desk.codebook.none)
    )
    return render(request, "card_codebook.html", EntryView(desk.codebook.decision, classes))


def _read_queue(request: Request) -> CardQueue:
    queue = request.path_params["queue"]
    if queue not in ("audit", "fix"):
        raise HTTPException(404)
    return cast("CardQueue", queue)


def _read_width(request: Request) -> Width:
    asked = request.query_params.get("context", WIDTHS[0])
    return next((width for width in WIDTHS if width == asked), WIDTHS[0])


def _find_clause(desk: Desk, queue: CardQueue, key: str) -> StoredClause:
    """Return a clause that this coder may code in this queue.

    Raises
    ------
    HTTPException
        404 if there is no such clause in the queue; 403 if it is hidden from the coder, or to be corrected though it
        is in an audit sample, whose codes come from blind coding and adjudication alone.
    """
    clause = find_clause(desk.store, key)
    if clause is None:
        raise HTTPException(404, desk.say("no_such_clause", clause=key))
    if not clause.is_coded:
        raise HTTPException(404, desk.say("not_coded_kind", clause=key))
    if queue == "audit" and not find_sample(desk.store, desk.coder, key):
        raise HTTPException(404, desk.say("not_yours", clause=key))
    if queue == "fix" and is_hidden(desk.store, desk.coder, key):
        raise HTTPException(403, desk.say("is_hidden", clause=key))
    if queue == "fix" and in_any_sample(desk.store, key):
        raise HTTPException(403, desk.say("is_audited", clause=key))
    return clause


def _find_standing(desk: Desk, queue: CardQueue, key: str) -> Decision | None:
    track = "audit" if queue == "audit" else "free"
    own = [one for one in find_decisions(desk.store, key) if one.coder == desk.coder and one.track == track]
    return own[0] if own else None


def _find_shown(desk: Desk, queue: CardQueue, key: str) -> Suggestion | None:
    """Return the machine's code where the coder may see it on this card: never in AUDIT, not for all of FIX."""
    if queue == "audit" or hides_suggestion(desk.store, desk.coder, key) or hides_machine(desk.store, desk.coder, key):
        return None
    return find_suggestion(desk.store, key)


def _render_card(
    request: Request,
    desk: Desk,
    queue: CardQueue,
    clause: StoredClause,
    *,
    width: Width = "near",
    said: str = "",
    problem: str = "",
    memo: str | None = None,
    progress: Progress | None = None,
    status: int = 200,
) -> Response:
    progress = progress or measure_progress(desk.store, desk.coder, queue)
    view = _view_card(desk, queue, clause, width, progress)
    view = replace(view, say=said, problem=problem, memo=view.memo if memo is None else memo)
    return render(request, "card_main.html" if is_fragment(request) else "card.html", view, status=status)


def _view_card(desk: Desk, queue: CardQueue, clause: StoredClause, width: Width, progress: Progress) -> CardView:
    store, codebook, lang, key = desk.store, desk.codebook, desk.lang, clause.key
    standing = _find_standing(desk, queue, key)
    suggestion = _find_shown(desk, queue, key)
    if suggestion is not None:
        note_texts(store, desk.coder, [clause.clause_sha256])
    previous, following = neighbours(store, desk.coder, queue, key)
    kept = find_memo(store, desk.coder, key, find_track(queue))
    classes, none = view_classes(codebook, desk.keys, lang, standing)
    before, after = cut_context(_list_context(store, clause, width), key)
    every = progress.done + progress.left
    return CardView(
        queue=queue,
        key=key,
        url=f"/q/{queue}/{key}",
        source=view_source(find_document(store, clause.doc_id), clause),
        before=before,
        stem="" if any(clause.stem in one.text for one in before) else clause.stem,
        pieces=cut_marks(clause.text, clause.start, suggestion.evidence) if suggestion else (Piece(clause.text),),
        after=after,
        width=width,
        wider=WIDTHS[(WIDTHS.index(width) + 1) % len(WIDTHS)],
        suggestion=view_suggestion(suggestion, codebook, lang) if suggestion else None,
        suggests=queue == "fix",
        classes=classes,
        none=none,
        rows=count_rows(codebook),
        secondaries=tuple((one.chip.code, one.chip.name, one.action) for one in classes),
        secondary=(standing.secondary or "") if standing else "",
        standing=view_standing(standing, codebook, lang),
        memo=kept,
        kept=kept,
        previous=previous,
        next=following,
        progress=progress,
        share=progress.done / every if every else 0.0,
        language=codebook.language,
        keys={name: show_key(codes[0]) for name, codes in desk.keys.items() if codes},
        shortcuts={name: name_shortcut(codes[0]) for name, codes in desk.keys.items() if codes},
        say="",
        problem="",
    )


def _list_context(store: Store, clause: StoredClause, width: Width) -> list[StoredClause]:
    if width == "near":
        return list(list_around(store, clause.key, AROUND, AROUND))
    every = list_document(store, clause.doc_id)
    return list(every if width == "document" else find_article(every, clause.key))


def _render_end(request: Request, desk: Desk, queue: CardQueue, said: str = "") -> Response:
    progress = measure_progress(desk.store, desk.coder, queue)
    home = ("/", desk.say("to_dashboard"))
    ways: tuple[tuple[str, str], ...]
    if queue == "fix":
        why, ways = desk.say("ended_fix"), (home,)
    elif progress.done:
        why, ways = desk.say("ended_audit"), (home, ("/adjudicate", desk.say("to_adjudicate")))
    else:
        why, ways = desk.say("no_audit"), (home, ("/q/fix", desk.say("to_fix")))
    template = "card_end.html" if is_fragment(request) else "card_ended.html"
    return render(request, template, EndView(queue, why, ways, progress, said))


# What is decided


def record_decision(request: Request) -> Response:
    """Record a decision and answer with the next card."""
    form: FormData = request.state.form
    desk = _open_desk(request)
    queue = _read_queue(request)
    clause = _find_clause(desk, queue, request.path_params["key"])
    try:
        standing = _find_standing(desk, queue, clause.key)
        if queue == "audit" and standing is not None and standing.status != "skipped":
            refuse_change(desk.store, desk.coder, clause.key, desk.lang)
        draft = _read_decision(desk, queue, clause, form)
        append(desk.store, [draft])
    except ReviewError as error:
        if is_fragment(request):
            raise
        typed = form.get("memo")
        memo = typed if isinstance(typed, str) else None
        return _render_card(request, desk, queue, clause, problem=str(error), memo=memo, status=400)
    said = desk.say("recorded", what=_name_decision(desk, draft)) + _guard_suggestions(desk, queue)
    return _render_next(request, desk, queue, draft, said)


def _guard_suggestions(desk: Desk, queue: CardQueue) -> str:
    """Turn suggestions off where they pull the coder too far, and return what is to be said of it."""
    pull = guard_anchoring(desk.store, desk.coder) if queue == "fix" else None
    if pull is None:
        return ""
    points = {"pull": f"{pull.value:+.0%}", "low": f"{pull.low:+.0%}", "high": f"{pull.high:+.0%}"}
    return desk.say("suggestions_off", **points)


def _render_next(request: Request, desk: Desk, queue: CardQueue, draft: Draft, said: str) -> Response:
    key = next_item(desk.store, desk.coder, queue, after=draft.clause)
    if not is_fragment(request):
        return RedirectResponse(f"/q/{queue}/{key}" if key else f"/q/{queue}", 303)
    clause = find_clause(desk.store, key) if key else None
    if clause is None:
        return _render_end(request, desk, queue, said + desk.say("all_done"))
    progress = measure_progress(desk.store, desk.coder, queue)
    said += desk.say("next_of", at=progress.done + 1, of=progress.done + progress.left)
    return _render_card(request, desk, queue, clause, said=said, progress=progress)


def _name_decision(desk: Desk, draft: Draft) -> str:
    if draft.kind != "code" or draft.instrument is None:
        return desk.say("unsure" if draft.kind == "unsure" else "skip")
    chip = describe_code(desk.codebook, draft.instrument, draft.subtype, desk.lang)
    return f"{chip.name} · {chip.subtype}" if chip.subtype else chip.name


def _read_decision(desk: Desk, queue: CardQueue, clause: StoredClause, form: FormData) -> Draft:
    """Return the event of a form.

    Raises
    ------
    ReviewError
        If the form asks for what the codebook or the card does not have.
    """
    action = read_field(form, "do") or "code"
    suggestion = _find_shown(desk, queue, clause.key)
    kind: Kind = "code"
    instrument, subtype, secondary = None, None, None
    if action == "accept":
        instrument, subtype, secondary = _read_accepted(desk, suggestion)
    elif action == "code":
        instrument, subtype = _read_code(desk, read_field(form, "code"))
    elif action in ("unsure", "skip"):
        kind = cast("Kind", action)
    else:
        raise ReviewError(desk.say("unknown_action", action=action))
    if kind == "code":
        secondary = _read_secondary(desk, read_field(form, "secondary"), instrument) or secondary
    return Draft(
        kind=kind,
        coder=desk.coder,
        queue=queue,
        clause=clause.key,
        clause_sha256=clause.clause_sha256,
        instrument=instrument,
        subtype=subtype,
        secondary=secondary,
        memo=_read_memo(desk, form, clause.key, queue),
        suggestion_shown=suggestion is not None,
        ms=read_ms(form),
        sample=find_sample(desk.store, desk.coder, clause.key) or "" if queue == "audit" else "",
        codebook=desk.codebook.edition,
    )


def _read_accepted(desk: Desk, suggestion: Suggestion | None) -> tuple[str, str | None, str | None]:
    if suggestion is None:
        raise ReviewError(desk.say("nothing_shown"))
    code = suggestion.instrument if suggestion.subtype is None else f"{suggestion.instrument}/{suggestion.subtype}"
    instrument, subtype = _read_code(desk, code)
    return instrument, subtype, suggestion.secondary if suggestion.secondary != instrument else None


def _read_code(desk: Desk, code: str) -> tuple[str, str | None]:
    """Return instrument and subtype of a code that decides: with a subtype wherever the codebook has one."""
    if code == NONE or code in desk.codebook.codes:
        return split_code(code)
    if code in desk.codebook.instrument_names:
        raise ReviewError(desk.say("missing_subtype", code=code))
    raise ReviewError(desk.say("unknown_code", code=code or "—"))


def _read_secondary(desk: Desk, name: str, instrument: str | None) -> str | None:
    if not name:
        return None
    if name not in desk.codebook.instrument_names:
        raise ReviewError(desk.say("unknown_code", code=name))
    if name == instrument:
        raise ReviewError(desk.say("same_secondary", code=desk.codebook.call(name, desk.lang)[0]))
    return name


def _read_memo(desk: Desk, form: FormData, key: str, queue: Queue) -> str:
    """Return the memo that goes with a decision; a form without one (no scripts) carries the memo that stands."""
    is_typed = isinstance(form.get("memo"), str)
    memo = read_field(form, "memo") if is_typed else find_memo(desk.store, desk.coder, key, find_track(queue))
    if len(memo) > LONGEST_MEMO:
        raise ReviewError(desk.say("too_long", most=LONGEST_MEMO))
    return memo


def record_memo(request: Request) -> Response:
    """Record a memo by itself."""
    form: FormData = request.state.form
    desk = _open_desk(request)
    clause = find_clause(desk.store, request.path_params["key"])
    if clause is None:
        raise HTTPException(404, desk.say("no_such_clause", clause=request.path_params["key"]))
    queue: Any = read_field(form, "queue")
    queue = queue if queue in ("audit", "fix", "adjudicate", "browse") else "browse"
    memo = _read_memo(desk, form, clause.key, queue)
    if memo != find_memo(desk.store, desk.coder, clause.key, find_track(queue)):
        sample = find_sample(desk.store, desk.coder, clause.key) or "" if queue == "audit" else ""
        draft = Draft("memo", desk.coder, queue, clause.key, clause.clause_sha256, memo=memo, sample=sample)
        append(desk.store, [replace(draft, codebook=desk.codebook.edition)])
    if is_fragment(request):
        return Response(status_code=204)
    return RedirectResponse(_find_way_back(form, f"/q/{queue}/{clause.key}"), 303)


def undo(request: Request) -> Response:
    """Take back the coder's last event, whatever page it was made on."""
    return _turn(request, "undo")


def redo(request: Request) -> Response:
    """Put in force again what the coder took back last."""
    return _turn(request, "redo")


def _turn(request: Request, way: Literal["undo", "redo"]) -> Response:
    form: FormData = request.state.form
    desk = _open_desk(request)
    event = (find_undo if way == "undo" else find_redo)(desk.store, desk.coder)
    if event is None:
        return _answer_nothing(request, desk, form, desk.say(f"nothing_to_{way}"))
    refuse_turn(desk.store, event, desk.lang)
    old = event.draft
    draft = Draft(
        way, desk.coder, old.queue, old.clause, old.clause_sha256, undoes=event.uuid, sample=old.sample,
        codebook=desk.codebook.edition,
    )  # fmt: skip
    append(desk.store, [draft])
    said = desk.say("undone" if way == "undo" else "redone") + " " + _name_event(desk, event)
    if way == "redo" and old.queue in ("audit", "fix") and old.kind != "memo":
        return _render_next(request, desk, old.queue, old, said)
    return _show_event(request, desk, form, event, said)


def _answer_nothing(request: Request, desk: Desk, form: FormData, said: str) -> Response:
    if is_fragment(request):
        return PlainTextResponse(said, 409)
    request.state.gate.sessions.leave_note(request.state.session, said)
    return RedirectResponse(_find_way_back(form, "/"), 303)


def _name_event(desk: Desk, event: Event) -> str:
    if event.draft.instrument is not None and event.draft.kind != "bulk":
        return _name_decision(desk, replace(event.draft, kind="code"))
    return {name: desk.say(name) for name in ("unsure", "skip", "memo", "bulk")}.get(event.draft.kind, "")


def _show_event(request: Request, desk: Desk, form: FormData, event: Event, said: str) -> Response:
    """Answer with the card that an event was made on, or lead to its page."""
    draft = event.draft
    was_drawn_since = draft.queue == "fix" and in_any_sample(desk.store, draft.clause)
    if draft.queue in ("audit", "fix") and draft.clause and not was_drawn_since:
        queue = draft.queue
        if is_fragment(request):
            clause = _find_clause(desk, queue, draft.clause)
            memo = draft.memo or None  # what was written with an undone code is kept in the field
            return _render_card(request, desk, queue, clause, said=said, memo=memo)
        request.state.gate.sessions.leave_note(request.state.session, said)
        return RedirectResponse(f"/q/{queue}/{draft.clause}", 303)
    request.state.gate.sessions.leave_note(request.state.session, said)
    page = f"/adjudicate/{draft.clause}" if draft.queue == "adjudicate" else "/log"
    if is_fragment(request):
        return Response(status_code=204, headers={"X-Textq-Go": page})
    return RedirectResponse(_find_way_back(form, page), 303)


def _find_way_back(form: FormData, otherwise: str) -> str:
    """Return the page that a form was sent from, if it is one of this server."""
    back = read_field(form, "back")
    is_own = back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if is_own and back.isprintable() else otherwise  # browsers drop tabs and ends of lines from addresses


ROUTES = (
    Route("/q/{queue}", show_queue),
    Route("/q/{queue}/{key}", show_card),
    Route("/q/{queue}/{key}", record_decision, methods=["POST"]),
    Route("/memo/{key}", record_memo, methods=["POST"]),
    Route("/undo", undo, methods=["POST"]),
    Route("/redo", redo, methods=["POST"]),
    Route("/card/codebook", show_entry),
)
"""The pages of this module."""
