"""Drawing an audit in the browser: first what the sample would be and what it buys, then it is drawn."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from textq.errors import ReviewError
from textq.store.clauses import find_clauses_of
from textq.store.queues import list_samples
from textq.store.search import Query, search
from textq.store.store import Store
from textq.web.templating import render
from textq.web.words_file import bind_language, list_words

if TYPE_CHECKING:
    from textq.pipeline.review_sampling import DrawnSample

LARGEST_DEFAULT = 300
"""Clauses of the sample that the form offers, or half of what the run has, if that is less."""

_SIZES = (20, 5000)
_PERCENT = ("half_width", "widest")
"""Values of notes that are shares."""


@dataclass(frozen=True, slots=True)
class SizeLine:
    """What a size buys: half widths of 95 % intervals in percentage points, of class shares and of accuracy."""

    size: int
    share: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class DrawPage:
    """What would be drawn; nothing is written yet.

    ``fields`` are those of the form; ``n_left`` are the clauses that are in no sample afterwards; ``n_people`` how many
    coders the study knows.
    """

    fields: Mapping[str, str]
    n: int
    n_documents: int
    n_left: int
    each: int
    n_people: int
    this: SizeLine
    others: tuple[SizeLine, ...]
    notes: tuple[str, ...]


def find_default_size(store: Store) -> int:
    """Return how many clauses the form offers to draw: no more than half of those that are in no sample yet."""
    n_coded = search(store, Query(limit=0), hidden_for="").n
    n_free = n_coded - sum(one.n_items for one in list_samples(store))
    return max(min(LARGEST_DEFAULT, n_free // 2), _SIZES[0])


def draw_sample(request: Request) -> Response:
    """Answer ``POST /sample``: show what would be drawn, and draw it when that is confirmed."""
    from textq.pipeline.review_sampling import SampleOptions, sample_run

    study, form = request.state.study, request.state.form
    confirmed = form.get("do") == "draw"
    unit = "clause" if form.get("unit") == "clause" else "document"
    options = SampleOptions(
        size=_read_number(form, "size", *_SIZES),
        unit=unit,  # type: ignore[arg-type]
        each=_read_number(form, "each", 1, 20),
        seed=_read_number(form, "seed", 0, 2**31 - 1),
        study=study.study_file,
    )
    drawn = sample_run(study.run_dir, options, coder=request.state.coder, dry_run=not confirmed, store=study.store)
    if confirmed:
        return RedirectResponse(f"/?drawn={drawn.name}", 303)
    fields = {"size": str(options.size), "unit": unit, "each": str(options.each), "seed": str(options.seed)}
    return render(request, "draw.html", _view(request, drawn, fields))


def _view(request: Request, drawn: "DrawnSample", fields: Mapping[str, str]) -> DrawPage:
    items = drawn.record.items
    clauses = find_clauses_of(request.state.study.store, [one.key for one in items])
    bought = drawn.bought
    return DrawPage(
        fields=fields,
        n=len(items),
        n_documents=len({clause.doc_id for clause in clauses.values()}),
        n_left=len(drawn.frame) - len(items),
        each=drawn.record.each,
        n_people=len(request.state.study.coders),
        this=SizeLine(bought.size, 100 * bought.widest, 100 * bought.accuracy),
        others=tuple(SizeLine(one.size, 100 * one.widest, 100 * one.accuracy) for one in drawn.sizes),
        notes=tuple(_write_notes(drawn, request.state.lang)),
    )


def _write_notes(drawn: "DrawnSample", lang: str) -> list[str]:
    say, known = bind_language(lang), list_words()
    notes = []
    for name, values in drawn.notes:
        if f"draw.note_{name}" in known:
            shown = {one: f"{100 * value:.1f}" if one in _PERCENT else value for one, value in values.items()}
            notes.append(say(f"draw.note_{name}", **shown))
    return notes


def _read_number(form: FormData, name: str, least: int, most: int) -> int:
    given = form.get(name, "")
    text = given.strip() if isinstance(given, str) else ""
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
    if not least <= number <= most:
        raise ReviewError(f"a sample cannot be drawn with {name}={text!r}. Give a number from {least} to {most}.")
    return number


ROUTES = (Route("/sample", draw_sample, methods=["POST"]),)
"""The pages of this module."""
