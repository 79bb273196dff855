"""The table of clauses: filters, search, the same text elsewhere, and a selection that can be coded at once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from textq.events import Track
from textq.lexicon.codebook import Codebook
from textq.lexicon.places import builtin_gazetteer
from textq.records import NONE, join_code
from textq.store.corpus import count_alike, find_document, list_periods, list_units
from textq.store.decisions import list_coders
from textq.store.events import find_undo
from textq.store.hidden import hides_machine
from textq.store.queues import hides_suggestion
from textq.store.rows import Decision
from textq.store.search import FoundClause, Query, search
from textq.store.store import Store
from textq.web.browse_query import ORDERS, ROWS, STATUSES, list_fields, read_query, write_address
from textq.web.card_view import name_places
from textq.web.code_chips import CodeChip, describe_code
from textq.web.templating import render
from textq.web.unveiling import note_rows


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen in a filter."""

    value: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text; whether it is what was searched for."""

    text: str
    is_hit: bool


@dataclass(frozen=True, slots=True)
class PersonsCode:
    """What somebody decided; no name where the names are not to be told yet, no chip where he gave no code."""

    coder: str
    status: str
    track: Track
    chip: CodeChip | None
    is_mine: bool


@dataclass(frozen=True, slots=True)
class BrowseRow:
    """A clause of the table, with what the reader may see of it."""

    key: str
    clause_id: str
    doc_id: str
    title: str
    places: str
    period: int | None
    heading: str
    parts: tuple[Part, ...]
    machine: CodeChip | None
    percent: int | None
    is_unsure: bool
    people: tuple[PersonsCode, ...]
    is_hidden: bool
    n_alike: int
    alike: str


@dataclass(frozen=True, slots=True)
class BrowsePage:
    """The table, its filters, and the ways to its other pages.

    ``fields`` are the filters as a form sends them on; ``done`` is how many clauses were just coded, None if none.
    """

    rows: tuple[BrowseRow, ...]
    n: int
    first: int
    last: int
    previous: str
    next: str
    fields: dict[str, str]
    text: str
    max: str
    document: str
    shows_alike: bool
    units: tuple[Choice, ...]
    periods: tuple[Choice, ...]
    codes: tuple[tuple[Choice, tuple[Choice, ...]], ...]
    coders: tuple[Choice, ...]
    statuses: tuple[Choice, ...]
    orders: tuple[Choice, ...]
    is_filtered: bool
    n_hidden: int
    done: int | None
    here: str


def show_table(request: Request) -> Response:
    """Answer ``/browse``."""
    return render(request, "browse.html", _view_table(request, read_query(request.query_params)))


def _view_table(request: Request, query: Query) -> BrowsePage:
    study, me, lang = request.state.study, request.state.coder, request.state.lang
    store, codebook = study.store, study.codebook
    found = search(store, query, hidden_for=me)
    rows = [withhold(store, row, me) for row in found.rows]
    note_rows(store, me, rows)
    alike = count_alike(store, [row.clause.clause_sha256 for row in rows])
    document = find_document(store, query.doc_id) if query.doc_id else None
    number = query.offset // ROWS + 1
    last = query.offset + len(found.rows)
    done = request.query_params.get("done", "")
    fields = list_fields(query)
    return BrowsePage(
        rows=tuple(view_row(row, query.text, alike[row.clause.clause_sha256], codebook, lang, me) for row in rows),
        n=found.n,
        first=query.offset + 1,
        last=last,
        previous=write_address(query, page=number - 1) if number > 1 else "",
        next=write_address(query, page=number + 1) if last < found.n else "",
        fields=fields,
        text=query.text,
        max=fields.get("max", ""),
        document=(document.title or document.doc_id) if document else query.doc_id,
        shows_alike=bool(query.sha),
        units=_choose_places(list_units(store), query.unit),
        periods=_choose(((str(year), str(year)) for year in list_periods(store)), fields.get("period", "")),
        codes=list_codes(codebook, fields.get("code", ""), lang),
        coders=_choose(((name, name) for name in _list_people(study.coders, list_coders(store))), query.coder),
        statuses=_choose(((one, one) for one in STATUSES if one), query.status),
        orders=_choose(((one, one) for one in ORDERS), query.order),
        is_filtered=bool(fields),
        n_hidden=sum(row.is_hidden for row in found.rows),
        done=int(done) if done.isascii() and done.isdigit() and len(done) < 10 and _was_bulk(store, me) else None,
        here=write_address(query, page=number) if number > 1 else write_address(query),
    )


def _was_bulk(store: Store, coder: str) -> bool:
    """Return whether a bulk is what an undo would take back: else it was taken back already."""
    last = find_undo(store, coder)
    return last is not None and last.draft.kind == "bulk"


def withhold(store: Store, row: FoundClause, coder: str) -> FoundClause:
    """Return a row without the machine's code where nobody is to see it yet, or FIX would not show it either.

    Else one look at the table would undo what is hidden at random to measure the pull of suggestions, or tell those who
    adjudicate what the machine gave.
    """
    if row.suggestion is not None and hides_machine(store, coder, row.clause.key):
        return replace(row, suggestion=None)
    decided = any(one.coder == coder and one.status == "coded" for one in row.decisions)
    if row.suggestion is None or decided or not hides_suggestion(store, coder, row.clause.key):
        return row
    return replace(row, suggestion=None)


def view_row(row: FoundClause, text: str, n_alike: int, codebook: Codebook, lang: str, me: str) -> BrowseRow:
    """Return a clause as the table shows it; ``text`` is what was searched for."""
    clause, document, suggestion = row.clause, row.document, row.suggestion
    machine = describe_code(codebook, suggestion.instrument, suggestion.subtype, lang) if suggestion else None
    return BrowseRow(
        key=clause.key,
        clause_id=clause.clause_id,
        doc_id=clause.doc_id,
        title=document.title or clause.doc_id,
        places=name_places(document.units),
        period=document.period,
        heading=clause.heading,
        parts=tuple(mark_hits(clause.text, text.split())),
        machine=machine,
        percent=None if suggestion is None or suggestion.confidence is None else round(100 * suggestion.confidence),
        is_unsure=suggestion is not None and suggestion.unsure,
        people=view_people(row.decisions, codebook, lang, me),
        is_hidden=row.is_hidden,
        n_alike=n_alike,
        alike=write_address(Query(sha=clause.clause_sha256)) if n_alike > 1 else "",
    )


def view_people(decisions: Sequence[Decision], codebook: Codebook, lang: str, me: str) -> tuple[PersonsCode, ...]:
    """Return what people decided on a clause. While it waits for adjudication, others have no names."""
    audited = {(one.instrument, one.subtype) for one in decisions if one.track == "audit" and one.status == "coded"}
    is_open = len(audited) > 1 and all(one.track != "adjudicate" for one in decisions)
    return tuple(
        PersonsCode(
            coder="" if is_open and one.coder != me else one.coder,
            status=one.status,
            track=one.track,
            chip=describe_code(codebook, one.instrument, one.subtype, lang) if one.instrument else None,
            is_mine=one.coder == me,
        )
        for one in decisions
    )


def mark_hits(text: str, words: Sequence[str]) -> Iterator[Part]:
    """Yield a text in parts, those apart that are one of the words, whatever their case."""
    folded, found = text.lower(), [word.lower() for word in words if word]
    if len(folded) != len(text):
        found = []
    at = 0
    while at < len(text):
        hits = [(place, -len(word)) for word in found if (place := folded.find(word, at)) >= 0]
        if not hits:
            break
        place, length = min(hits)
        if place > at:
            yield Part(text[at:place], False)
        yield Part(text[place : place - length], True)
        at = place - length
    if at < len(text):
        yield Part(text[at:], False)


def list_codes(codebook: Codebook, chosen: str, lang: str) -> tuple[tuple[Choice, tuple[Choice, ...]], ...]:
    """Return the classes of a codebook, each with its subtypes, as choices by their codes."""
    groups = []
    for one in codebook.instruments:
        subtypes = ((join_code(one.name, sub.name), sub.label.in_language(lang)) for sub in one.subtypes)
        own = Choice(one.name, one.label.in_language(lang), chosen == one.name)
        groups.append((own, _choose(subtypes, chosen)))
    none = Choice(NONE, codebook.none.label.in_language(lang), chosen == NONE)
    return (*groups, (none, ()))


def _choose(choices: Iterable[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value, name, value == chosen) for value, name in choices)


def _choose_places(units: Sequence[str], chosen: str) -> tuple[Choice, ...]:
    gazetteer = builtin_gazetteer() if units else None
    names = ((unit, gazetteer.place_of(unit).name if gazetteer and unit in gazetteer else unit) for unit in units)
    return _choose(names, chosen)


def _list_people(named: Sequence[str], known: Sequence[str]) -> list[str]:
    return sorted({*named, *known})


ROUTES = (Route("/browse", show_table),)
