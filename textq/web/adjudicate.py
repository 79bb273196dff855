"""Adjudication: clauses on which blind coders differ, or that somebody was unsure of, are settled with a reason."""

import json
from dataclasses import dataclass, replace

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from textq.errors import ReviewError
from textq.events import Draft
from textq.lexicon.codebook import Codebook, split_code
from textq.records import NONE
from textq.store.corpus import find_clause, find_document, list_around
from textq.store.decisions import find_decisions
from textq.store.events import append
from textq.store.queues import (
    count_left,
    is_hidden,
    list_hidden,
    list_open,
    measure_progress,
    neighbours,
    next_item,
)
from textq.store.rows import Decision, Progress, StoredClause
from textq.store.settings import read_setting
from textq.store.store import Store
from textq.web.adjudicate_view import (
    AdjudicationView,
    Verdict,
    translate_rule,
    view_given,
    view_precedent,
    view_rules,
)
from textq.web.card_view import cut_context, view_classes, view_source
from textq.web.code_chips import describe_code
from textq.web.forms import AROUND, LONGEST_MEMO, is_fragment, read_field, read_ms
from textq.web.keys import KeyMap, build_key_map, name_shortcut, show_key
from textq.web.templating import render
from textq.web.unveiling import note_all
from textq.web.words_file import Lang, Say, bind_language


@dataclass(frozen=True, slots=True)
class EndView:
    """What is shown when nothing is open."""

    progress: Progress
    say: str = ""


@dataclass(frozen=True, slots=True)
class _Bench:
    """What every answer needs: the store, who asks, in which language, the codebook in it, and the keys.

    ``stated`` is the codebook in the language in which rules are kept, whoever decides.
    """

    store: Store
    codebook: Codebook
    stated: Codebook
    coder: str
    lang: Lang
    say: Say
    keys: KeyMap


def show_open(request: Request) -> Response:
    """Send the coder to the next open clause."""
    bench = _open_bench(request)
    key = next_item(bench.store, bench.coder, "adjudicate")
    if key is None:
        return _render_end(request, bench)
    return RedirectResponse(f"/adjudicate/{key}", 303)


def show_adjudication(request: Request) -> Response:
    """Show one clause: undecided with the codes under letters, decided with the names of who gave them."""
    bench = _open_bench(request)
    return _render(request, bench, _find_clause(bench, request.path_params["key"]))


def record_adjudication(request: Request) -> Response:
    """Record what was decided, and show who gave what; or put the clause off."""
    return _record(request, request.state.form)


def _open_bench(request: Request) -> _Bench:
    """Return what the answers need.

    Raises
    ------
    HTTPException
        403 while the coder has clauses of an audit left: the page shows what others gave.
    """
    state = request.state
    store: Store = state.study.store
    say = bind_language(state.lang)
    if n_left := count_left(store, state.coder):
        raise HTTPException(403, say("adjudicate.closed", n=f"{n_left:,}"))
    note_all(store, state.coder)
    keys = build_key_map(read_setting(store, state.coder, "keys", {}))
    study = state.study
    return _Bench(store, study.codebook_in(state.lang), study.codebook, state.coder, state.lang, say, keys)


def _find_clause(bench: _Bench, key: str) -> StoredClause:
    clause = find_clause(bench.store, key)
    if clause is None:
        raise HTTPException(404, bench.say("adjudicate.no_such_clause", clause=key))
    if is_hidden(bench.store, bench.coder, key):
        raise HTTPException(403, bench.say("adjudicate.closed", n="1"))
    if not _find_why(bench, key) and not _find_verdicts(find_decisions(bench.store, key)):
        raise HTTPException(404, bench.say("adjudicate.not_open", clause=key))
    return clause


def _find_why(bench: _Bench, key: str) -> str:
    """Return why a clause is open, ``""`` if it is not."""
    return next((why for open_key, why in list_open(bench.store) if open_key == key), "")


def _find_verdicts(decisions: list[Decision]) -> list[Decision]:
    """Return the adjudications that stand, the latest first."""
    found = [one for one in decisions if one.track == "adjudicate" and one.status == "coded"]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _render(
    request: Request,
    bench: _Bench,
    clause: StoredClause,
    *,
    said: str = "",
    problem: str = "",
    rule: str = "",
    reason: str | None = None,
    status: int = 200,
) -> Response:
    view = replace(_view(bench, clause, rule, reason), say=said, problem=problem)
    template = "adjudicate_main.html" if is_fragment(request) else "adjudicate.html"
    return render(request, template, view, status=status)


def _view(bench: _Bench, clause: StoredClause, rule: str, reason: str | None) -> AdjudicationView:
    from textq.pipeline.review_precedents import find_precedents, find_reason

    store, codebook, lang, key = bench.store, bench.codebook, bench.lang, clause.key
    decisions = find_decisions(store, key)
    verdicts = _find_verdicts(decisions)
    verdict = verdicts[0] if verdicts else None
    stated_rule, stated_reason = find_reason(store, verdict.uuid) if verdict else ("", "")
    stated_rule = translate_rule(stated_rule, bench.stated, codebook)
    given = _list_given(decisions)
    own = next((one for one in verdicts if one.coder == bench.coder), None)
    classes, none = view_classes(codebook, bench.keys, lang, own)
    rules, questions = view_rules(codebook, rule or stated_rule)
    before, after = cut_context(list_around(store, key, AROUND, AROUND), key)
    previous, following = neighbours(store, bench.coder, "adjudicate", key)
    progress = measure_progress(store, bench.coder, "adjudicate")
    every = progress.done + progress.left
    precedents = []
    for one in find_precedents(store, clause, list_hidden(store, bench.coder)):
        document = find_document(store, one.clause.doc_id)
        one = replace(one, rule=translate_rule(one.rule, bench.stated, codebook))
        precedents.append(view_precedent(one, document.title if document else one.clause.doc_id, codebook, lang))
    return AdjudicationView(
        key=key,
        url=f"/adjudicate/{key}",
        source=view_source(find_document(store, clause.doc_id), clause),
        before=before,
        stem="" if any(clause.stem in one.text for one in before) else clause.stem,
        text=clause.text,
        after=after,
        why=_find_why(bench, key),
        given=view_given(given, key, codebook, lang, bench.say, named=verdict is not None),
        verdict=_view_verdict(bench, verdict, stated_rule, stated_reason) if verdict else None,
        classes=classes,
        none=none,
        rules=rules,
        questions=questions,
        reason=stated_reason if reason is None else reason,
        precedents=tuple(precedents),
        previous=previous,
        next=following,
        progress=progress,
        share=progress.done / every if every else 0.0,
        language=codebook.language,
        keys={name: show_key(codes[0]) for name, codes in bench.keys.items() if codes},
        shortcuts={name: name_shortcut(codes[0]) for name, codes in bench.keys.items() if codes},
        say="",
        problem="",
    )


def _list_given(decisions: list[Decision]) -> list[Decision]:
    """Return what is to be settled: the blind decisions, or the free ones where there is no blind one."""
    made = [one for one in decisions if one.track != "adjudicate" and one.status != "skipped"]
    return [one for one in made if one.track == "audit"] or made


def _view_verdict(bench: _Bench, verdict: Decision, rule: str, reason: str) -> Verdict:
    chip = describe_code(bench.codebook, verdict.instrument or NONE, verdict.subtype, bench.lang)
    return Verdict(verdict.coder, chip, rule, reason, verdict.coder == bench.coder)


def _render_end(request: Request, bench: _Bench, said: str = "") -> Response:
    view = EndView(measure_progress(bench.store, bench.coder, "adjudicate"), said)
    return render(request, "adjudicate_end.html" if is_fragment(request) else "adjudicate_ended.html", view)


def _record(request: Request, form: FormData) -> Response:
    bench = _open_bench(request)
    clause = _find_clause(bench, request.path_params["key"])
    try:
        draft = _read_form(bench, clause, form)
        append(bench.store, [draft])
    except ReviewError as error:
        if is_fragment(request):
            return PlainTextResponse(str(error), 400)
        rule, reason = read_field(form, "rule"), read_field(form, "memo")
        return _render(request, bench, clause, problem=str(error), rule=rule, reason=reason, status=400)
    if draft.kind == "skip":
        return _show_next(request, bench, clause.key)
    if not is_fragment(request):
        return RedirectResponse(f"/adjudicate/{clause.key}", 303)
    return _render(request, bench, clause, said=bench.say("adjudicate.recorded"))


def _show_next(request: Request, bench: _Bench, after: str) -> Response:
    key = next_item(bench.store, bench.coder, "adjudicate", after=after)
    if not is_fragment(request):
        return RedirectResponse(f"/adjudicate/{key}" if key else "/adjudicate", 303)
    clause = find_clause(bench.store, key) if key else None
    said = bench.say("adjudicate.skipped")
    return _render(request, bench, clause, said=said) if clause else _render_end(request, bench, said)


def _read_form(bench: _Bench, clause: StoredClause, form: FormData) -> Draft:
    """Return the event of a form.

    Raises
    ------
    ReviewError
        If it names no code of the codebook, or gives no reason.
    """
    action = read_field(form, "do") or "code"
    if action not in ("code", "skip"):
        raise ReviewError(bench.say("adjudicate.unknown_action", action=action))
    draft = Draft(
        kind="skip" if action == "skip" else "adjudicate",
        coder=bench.coder,
        queue="adjudicate",
        clause=clause.key,
        clause_sha256=clause.clause_sha256,
        ms=read_ms(form),
        codebook=bench.codebook.edition,
    )
    if action == "skip":
        return draft
    instrument, subtype = _read_code(bench, read_field(form, "code"))
    rule, reason = _read_rule(bench, read_field(form, "rule")), read_field(form, "memo")
    if not rule and not reason:
        raise ReviewError(bench.say("adjudicate.needs_reason"))
    if len(reason) > LONGEST_MEMO:
        raise ReviewError(bench.say("adjudicate.too_long", most=f"{LONGEST_MEMO:,}"))
    detail = json.dumps({"rule": rule}, ensure_ascii=False)
    return replace(draft, instrument=instrument, subtype=subtype, memo=reason, detail=detail)


def _read_code(bench: _Bench, code: str) -> tuple[str, str | None]:
    """Return instrument and subtype of a code that decides: with a subtype wherever the codebook has one."""
    if code == NONE or code in bench.codebook.codes:
        return split_code(code)
    if code in bench.codebook.instrument_names:
        raise ReviewError(bench.say("adjudicate.missing_subtype", code=bench.codebook.call(code, bench.lang)[0]))
    raise ReviewError(bench.say("adjudicate.unknown_code", code=code or "—"))


def _read_rule(bench: _Bench, number: str) -> str:
    """Return the words of the rule or question that a form names by its number."""
    if not number:
        return ""
    rules, questions = view_rules(bench.stated, "")
    for one in (*rules, *questions):
        if number == one.number:
            return one.text
    raise ReviewError(bench.say("adjudicate.unknown_rule", rule=number))


ROUTES = (
    Route("/adjudicate", show_open),
    Route("/adjudicate/{key}", show_adjudication),
    Route("/adjudicate/{key}", record_adjudication, methods=["POST"]),
)
"""The pages of this module."""
