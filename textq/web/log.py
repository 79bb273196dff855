"""The log: every event, and taking back one's own ones, singly or many at once."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast, get_args
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from textq.errors import ReviewError
from textq.events import Draft, Event, Kind, Queue
from textq.export.run_folder import META, RUNS
from textq.lexicon.codebook import Codebook
from textq.store.corpus import find_clauses_of
from textq.store.decisions import list_coders, resolve_key
from textq.store.events import Logged, append, find_event, is_active, read_log
from textq.store.hidden import find_state, list_hidden
from textq.store.rows import StoredClause
from textq.store.store import Store
from textq.web.code_chips import CodeChip, describe_code
from textq.web.templating import render
from textq.web.unveiling import note_texts, refuse_turn

ROWS = 100
"""Events on a page."""

_DECIDING = frozenset({"code", "adjudicate", "bulk", "undo", "redo"})
"""Kinds that change codes, so that it matters whether a result was known."""

_MOST = 1000
"""Events that are taken back at once."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """An event as it is listed.

    Attributes
    ----------
    href, text
        Its clause: where it stands, and the begin of its text; ``""`` where it has none.
    chip, secondary, memo
        What was given.
    state
        ``"active"``, ``"undone"``, or ``""`` for events that cannot be undone.
    can_turn
        Whether the reader can take it back, or put it back.
    """

    uuid: str
    at: str
    coder: str
    kind: str
    queue: str
    href: str
    text: str
    n_clauses: int
    chip: CodeChip | None
    secondary: str
    memo: str
    seconds: float | None
    suggestion_shown: bool
    sample: str
    source: str
    state: str
    can_turn: bool
    is_after: bool
    turned_kind: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, the newest event first.

    ``begun`` is when the first estimate was run, ``""`` where none was; ``n_withheld`` how many events of others are
    left out of the whole log, whatever is chosen, until the reader's audit is done; ``said`` what was just done, as a
    word and how many events.
    """

    rows: tuple[LogRow, ...]
    coders: tuple[str, ...]
    kinds: tuple[str, ...]
    queues: tuple[str, ...]
    chosen: Mapping[str, str]
    older: str
    newest: str
    here: str
    begun: str
    n_after: int
    n_withheld: int
    said: tuple[str, int] | None


def show_log(request: Request) -> Response:
    """Answer ``/log``."""
    store = request.state.study.store
    chosen = _read_filters(request.query_params)
    before = request.query_params.get("before", "")
    if before and find_event(store, before) is None:
        raise ReviewError(f"there is no event {before!r} in the log to go on from. Open the log anew.")
    me = request.state.coder
    listed = _list_visible(store, me, chosen, before)
    begun = _find_begin(request)
    page = listed[:ROWS]
    said, _, number = request.query_params.get("said", "").partition("-")
    context = LogPage(
        rows=_view_rows(request, page, begun),
        n_withheld=_count_withheld(store, me),
        coders=tuple(sorted({*request.state.study.coders, *list_coders(store)})),
        kinds=get_args(Kind),
        queues=tuple(filter(None, get_args(Queue))),
        chosen=chosen,
        older=_write_address(chosen, before=page[-1].event.uuid) if len(listed) > ROWS else "",
        newest=_write_address(chosen) if before else "",
        here=_write_address(chosen, **({"before": before} if before else {})),
        begun=begun,
        n_after=sum(_is_after(logged.event, begun) for logged in page),
        said=(said, int(number)) if said in ("reverted", "restored") and number.isdecimal() else None,
    )
    return render(request, "log.html", context)


def _list_visible(store: Store, me: str, chosen: Mapping[str, str], before: str) -> list[Logged]:
    """Return the events of a page and one more, the newest first, without those that are withheld from the reader."""
    visible: list[Logged] = []
    while True:
        listed = read_log(
            store,
            coder=chosen.get("coder"),
            kind=chosen.get("kind"),  # type: ignore[arg-type]
            queue=chosen.get("queue"),  # type: ignore[arg-type]
            key=chosen.get("key"),
            before=before or None,
            limit=ROWS + 1,
            newest_first=True,
        )
        visible += _leave_out(store, me, listed)
        if len(visible) > ROWS or len(listed) <= ROWS:
            return visible[: ROWS + 1]
        before = listed[-1].event.uuid


def _leave_out(store: Store, me: str, listed: Sequence[Logged]) -> list[Logged]:
    """Return events without those of others on clauses that are hidden from the reader."""
    hidden = list_hidden(store, me)
    if not hidden:
        return list(listed)
    return [one for one in listed if one.event.draft.coder == me or hidden.isdisjoint(_list_subjects(store, one.event))]


def _list_subjects(store: Store, event: Event) -> list[str]:
    """Return the clauses that an event concerns, of an undo or redo those of the event that it turns."""
    turned = find_event(store, event.draft.undoes) if event.draft.undoes else None
    return [resolve_key(store, key) for key in _list_keys(turned or event)]


def _count_withheld(store: Store, me: str) -> int:
    """Return how many events of the whole log are withheld from the reader: of one filter it would tell on them."""
    if not list_hidden(store, me):
        return 0
    state = find_state(store)
    kept = store.kept.get(("withheld", me))
    if kept is None or kept[0] != state:
        every = read_log(store)
        kept = store.kept["withheld", me] = (state, len(every) - len(_leave_out(store, me, every)))
    return cast("int", kept[1])


def _read_filters(fields: Mapping[str, str]) -> dict[str, str]:
    chosen = {name: fields.get(name, "").strip()[:100] for name in ("coder", "kind", "queue", "key")}
    for name, known in (("kind", get_args(Kind)), ("queue", get_args(Queue))):
        if chosen[name] not in ("", *known):
            raise ReviewError(
                f"the log has no {name} {chosen[name]!r}. Choose one of {', '.join(filter(None, known))}."
            )
    return {name: value for name, value in chosen.items() if value}


def _write_address(chosen: Mapping[str, str], **others: str) -> str:
    fields = urlencode({**chosen, **others})
    return f"/log?{fields}" if fields else "/log"


def _find_begin(request: Request) -> str:
    """Return when the first estimate was run, ``""`` where none was."""
    out: Path = request.state.study.out
    return _read_begin(out, tuple(sorted(path.parent.name for path in (out / RUNS).glob(f"*/{META}"))))


@lru_cache(maxsize=4)
def _read_begin(out: Path, runs: tuple[str, ...]) -> str:
    """Return the same; read anew where another run is there."""
    from textq.pipeline.review_finals import find_first_estimate

    return find_first_estimate(out) or ""


def _is_after(event: Event, begun: str) -> bool:
    return bool(begun) and event.at > begun and event.draft.kind in _DECIDING


def _view_rows(request: Request, listed: Sequence[Logged], begun: str) -> tuple[LogRow, ...]:
    """Return events as they are listed."""
    store, me, codebook, lang = (
        request.state.study.store,
        request.state.coder,
        request.state.study.codebook,
        request.state.lang,
    )
    turned = {
        one.event.draft.undoes: find_event(store, one.event.draft.undoes) for one in listed if one.event.draft.undoes
    }
    named = {one.event.uuid: _list_keys(turned.get(one.event.draft.undoes) or one.event) for one in listed}
    clauses = find_clauses_of(store, {keys[0] for keys in named.values() if keys})
    others = [keys[0] for one in listed if one.event.draft.coder != me and (keys := named[one.event.uuid])]
    note_texts(store, me, [clauses[key].clause_sha256 for key in others if key in clauses])
    rows = []
    for one in listed:
        keys = named[one.event.uuid]
        clause = clauses.get(keys[0]) if keys else None
        subject = turned.get(one.event.draft.undoes)
        rows.append(_view_row(one, subject, keys, clause, codebook, lang, me, begun))
    return tuple(rows)


def _view_row(
    logged: Logged, subject: Event | None, keys: Sequence[str], clause: StoredClause | None, codebook: Codebook,
    lang: str, me: str, begun: str,
) -> LogRow:  # fmt: skip
    event, draft = logged.event, logged.event.draft
    code = (subject or event).draft
    return LogRow(
        uuid=event.uuid,
        at=event.at[:19].replace("T", " "),
        coder=draft.coder,
        kind=draft.kind,
        queue=draft.queue,
        href=f"/doc/{clause.doc_id}#c-{clause.key}" if clause is not None and len(keys) == 1 else "",
        text=clause.text if clause is not None else "",
        n_clauses=len(keys),
        chip=describe_code(codebook, code.instrument, code.subtype, lang) if code.instrument else None,
        secondary=codebook.call(code.secondary, lang)[0] if code.secondary else "",
        memo=draft.memo,
        seconds=None if draft.ms is None else round(draft.ms / 1000, 1),
        suggestion_shown=draft.suggestion_shown,
        sample=draft.sample,
        source="" if draft.source == "web" else draft.source,
        state="" if logged.is_active is None else "active" if logged.is_active else "undone",
        can_turn=draft.coder == me and logged.is_active is not None,
        is_after=_is_after(event, begun),
        turned_kind=subject.draft.kind if subject else "",
    )


def _list_keys(event: Event) -> list[str]:
    """Return the clauses that an event concerns."""
    if event.draft.kind == "bulk":
        return [str(key) for key, *_ in json.loads(event.draft.detail)["clauses"]]
    return [event.draft.clause] if event.draft.clause else []


def turn_many(request: Request) -> Response:
    """Answer ``POST /revert``: take back the chosen events, or put them back, all or none of them."""
    form = request.state.form
    way = "redo" if form.get("do") == "redo" else "undo"
    uuids = [uuid for uuid in dict.fromkeys(form.getlist("uuid")) if isinstance(uuid, str)][:_MOST]
    drafts = list(_draft_turns(request, uuids, way))
    append(request.state.study.store, drafts) if drafts else None
    back = form.get("back", "")
    back = back if isinstance(back, str) and back.startswith("/log") else "/log"
    said = f"{'reverted' if way == 'undo' else 'restored'}-{len(drafts)}"
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}said={said}", 303)


def _draft_turns(request: Request, uuids: Iterable[str], way: str) -> Iterable[Draft]:
    """Yield what takes back, or puts back, those of the events for which it is not so already.

    Raises
    ------
    ReviewError
        If one is not in the log, somebody else's, or a blind code of a sample that is unveiled.
    """
    study, me, lang = request.state.study, request.state.coder, request.state.lang
    for uuid in uuids:
        event = find_event(study.store, uuid)
        if event is None:
            raise ReviewError(f"the event {uuid!r} is not in the log. Open the log anew.")
        old = event.draft
        if old.coder != me:
            raise ReviewError(f"{me} cannot take back what {old.coder} did. Only {old.coder} can.")
        refuse_turn(study.store, event, lang)
        if is_active(study.store, uuid) == (way == "undo"):
            yield Draft(
                "undo" if way == "undo" else "redo",
                me,
                old.queue,
                old.clause,
                old.clause_sha256,
                undoes=uuid,
                sample=old.sample,
                codebook=study.codebook.edition,
            )


ROUTES = (Route("/log", show_log), Route("/revert", turn_many, methods=["POST"]))
