"""Coding many clauses at once: what would be done is shown with its count, then it is one event that can be undone."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from textq.errors import ReviewError
from textq.events import Draft
from textq.lexicon.codebook import Codebook, split_code
from textq.records import NONE
from textq.store.corpus import find_clauses_of
from textq.store.events import append
from textq.store.search import FoundKey, Query, search_keys
from textq.web.browse_query import FIELDS, list_fields, read_query, write_address
from textq.web.code_chips import CodeChip, describe_code
from textq.web.forms import LONGEST_MEMO, read_field
from textq.web.templating import render

if TYPE_CHECKING:
    from starlette.datastructures import FormData

_SHOWN = 5
"""Clauses that are shown as a taste of those to be coded."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The clauses of a bulk: those that are coded, and how many are left out, by the first reason that holds."""

    taken: tuple[FoundKey, ...]
    n_hidden: int
    n_audit: int
    n_coded: int

    @property
    def n(self) -> int:
        """How many were meant."""
        return len(self.taken) + self.n_hidden + self.n_audit + self.n_coded

    @property
    def seal(self) -> str:
        """A name of exactly these clauses and texts, so that what was confirmed is what is done."""
        lines = "\n".join(f"{one.key} {one.clause_sha256}" for one in self.taken)
        return hashlib.sha256(lines.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BulkPage:
    """What would be done: how many clauses get a code, and which are left out."""

    chip: CodeChip
    code: str
    memo: str
    targets: Targets
    is_query: bool
    keys: tuple[str, ...]
    fields: dict[str, str]
    back: str
    examples: tuple[str, ...]
    changed: bool


def code_many(request: Request) -> Response:
    """Answer ``POST /bulk``: first with what would be done, then do it."""
    form: FormData = request.state.form
    study, me = request.state.study, request.state.coder
    query = read_query({name: read_field(form, name) for name in FIELDS})
    code = _read_code(study.codebook, read_field(form, "set"))
    is_query = read_field(form, "scope") == "query"
    keys = tuple(dict.fromkeys(key for key in form.getlist("key") if isinstance(key, str)))
    targets = find_targets(search_keys(study.store, query, hidden_for=me), None if is_query else frozenset(keys))
    confirmed = read_field(form, "do") == "apply"
    if not confirmed or read_field(form, "seal") != targets.seal or not targets.taken:
        instrument, subtype = split_code(code)
        first = [one.key for one in targets.taken[:_SHOWN]]
        page = BulkPage(
            chip=describe_code(study.codebook, instrument, subtype, request.state.lang),
            code=code,
            memo=read_field(form, "memo")[:LONGEST_MEMO],
            targets=targets,
            is_query=is_query,
            keys=() if is_query else keys,
            fields=list_fields(query),
            back=write_address(query),
            examples=tuple(clause.text for clause in find_clauses_of(study.store, first).values()),
            changed=confirmed,
        )
        return render(request, "bulk.html", page)
    _append(request, query, targets, code, read_field(form, "memo")[:LONGEST_MEMO], is_query=is_query)
    return RedirectResponse(write_address(query, done=len(targets.taken)), 303)


def find_targets(found: Sequence[FoundKey], chosen: frozenset[str] | None) -> Targets:
    """Return what a bulk would do to the clauses of a query, or to the chosen ones of them.

    Clauses that are hidden from the coder, those of audit samples, and those that a person has coded are left out.
    """
    meant = [one for one in found if chosen is None or one.key in chosen]
    hidden = {one.key for one in meant if one.is_hidden}
    audit = {one.key for one in meant if one.in_audit} - hidden
    coded = {one.key for one in meant if one.has_code} - hidden - audit
    out = hidden | audit | coded
    return Targets(tuple(one for one in meant if one.key not in out), len(hidden), len(audit), len(coded))


def _append(request: Request, query: Query, targets: Targets, code: str, memo: str, *, is_query: bool) -> None:
    instrument, subtype = split_code(code)
    detail = {
        "clauses": [[one.key, one.clause_sha256] for one in targets.taken],
        "query": {name: value for name, value in asdict(query).items() if name not in ("offset", "limit")}
        if is_query
        else {},
        "left_out": {"hidden": targets.n_hidden, "audit": targets.n_audit, "coded": targets.n_coded},
    }
    draft = Draft(
        "bulk",
        request.state.coder,
        "browse",
        instrument=instrument,
        subtype=subtype,
        memo=memo,
        suggestion_shown=True,
        codebook=request.state.study.codebook.edition,
        detail=json.dumps(detail, ensure_ascii=False),
    )
    append(request.state.study.store, [draft])


def _read_code(codebook: Codebook, code: str) -> str:
    """Return a code that a clause can get.

    Raises
    ------
    ReviewError
        If the codebook has no such code.
    """
    if code == NONE or code in codebook.codes:
        return code
    if not code:
        raise ReviewError("no code was chosen for the selected clauses. Choose one, then go on.")
    raise ReviewError(f"the codebook {codebook.edition} has no code {code!r}. Choose one of its codes.")


ROUTES = (Route("/bulk", code_many, methods=["POST"]),)
