"""The pages of agreement: coefficients, codes, pairs and samples, the machine's accuracy, cells and their clauses."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from textq.lexicon.codebook import Codebook
from textq.store.corpus import find_clause, find_document
from textq.store.queues import count_left, list_items, list_open
from textq.store.store import Store
from textq.web.code_chips import CodeChip, describe_code
from textq.web.downloads import answer_file
from textq.web.templating import render
from textq.web.unveiling import note_all
from textq.web.words_file import Lang, Say, bind_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textq.ingest.codings import GivenCode
    from textq.pipeline.agreement import Agreement
    from textq.pipeline.review_agreement import ReviewAgreement
    from textq.web.agreement_view import AgreementView

_MOST_MATRICES = 6
"""More pairs of coders than these have their tables by ``?first=…&second=…`` only."""

_MOST_CLAUSES = 500

_TABLES = ("csv", "docx", "xlsx", "tex", "html", "md")
"""Formats of the table for the paper."""


@dataclass(frozen=True, slots=True)
class CellClause:
    """A clause of a cell: where it stands, its text, what each side gave, and whether it is to be adjudicated."""

    key: str
    title: str
    heading: str
    text: str
    href: str
    first: CodeChip
    second: CodeChip
    is_open: bool


@dataclass(frozen=True, slots=True)
class CellView:
    """The clauses that one side gave one code and the other another."""

    first: str
    second: str
    row: CodeChip
    column: CodeChip
    n: int
    clauses: tuple[CellClause, ...]
    most: int


def show_agreement(request: Request) -> Response:
    """Show how far the coders agree, and how well the machine did."""
    store, codebook, say = _enter(request)
    review = _measure(store, codebook)
    sample = request.query_params.get("sample", "")
    agreement = _choose(review, sample)
    view = _view(review, agreement, sample, codebook, request.state.lang, say)
    return render(request, "agreement.html", view)


def show_cell(request: Request) -> Response:
    """Show the clauses of a cell of a table."""
    store, codebook, say = _enter(request)
    review = _measure(store, codebook)
    asked = request.query_params
    row, column = asked.get("row", ""), asked.get("column", "")
    if asked.get("machine"):
        sides = say("agreement.people"), say("agreement.machine")
        judged = review.machine.judged if review.machine else {}
        found = {key: pair for key, pair in judged.items() if (pair[0][0], pair[1][0]) == (row, column)}
    else:
        from textq.pipeline.review_agreement import list_cell

        sides = asked.get("first", ""), asked.get("second", "")
        sample = asked.get("sample", "")
        within = {item.key for item in list_items(store, sample)} if sample else None
        keys = list_cell(review, *sides, row, column, within)
        found = {key: (review.given[key][sides[0]], review.given[key][sides[1]]) for key in keys}
    chips = [describe_code(codebook, code, None, request.state.lang) for code in (row, column)]
    clauses = _view_clauses(store, codebook, request.state.lang, found)
    view = CellView(*sides, chips[0], chips[1], len(found), clauses, _MOST_CLAUSES)
    return render(request, "agreement_cell.html", view)


def send_figures(request: Request) -> Response:
    """Send every figure as CSV."""
    return _send_rows(request, "agreement.csv", is_figures=True)


def send_differing(request: Request) -> Response:
    """Send the clauses on which coders differ as CSV."""
    return _send_rows(request, "disagreements.csv", is_figures=False)


def send_table(request: Request) -> Response:
    """Send the table for the paper."""
    ending = request.path_params["ending"]
    if ending not in _TABLES:
        raise HTTPException(404)
    store, codebook, say = _enter(request)
    from textq.pipeline.agreement_table import write_agreement

    review = _measure(store, codebook)
    if review.agreement is None:
        raise HTTPException(404, say("agreement.state_apart"))
    data = write_agreement(review.agreement, request.state.lang, f".{ending}", review)
    return answer_file(data, f"agreement.{ending}")


def _enter(request: Request) -> tuple[Store, Codebook, Say]:
    """Return store, codebook and words.

    Raises
    ------
    HTTPException
        403 while the visitor has clauses of an audit left: the pages show what others gave.
    """
    state = request.state
    say = bind_language(state.lang)
    if n_left := count_left(state.study.store, state.coder):
        raise HTTPException(403, say("agreement.closed", n=f"{n_left:,}"))
    note_all(state.study.store, state.coder)
    return state.study.store, state.study.codebook, say


def _measure(store: Store, codebook: Codebook) -> "ReviewAgreement":
    from textq.pipeline.review_agreement import measure_cached

    return measure_cached(store, codebook)


def _choose(review: "ReviewAgreement", sample: str) -> "Agreement | None":
    if not sample:
        return review.agreement
    for one in review.rounds:
        if one.sample.sample == sample:
            return one.agreement
    raise HTTPException(404)


def _view(
    review: "ReviewAgreement", agreement: "Agreement | None", sample: str, codebook: Codebook, lang: str, say: Say
) -> "AgreementView":
    from textq.pipeline.agreement_words import write_machine_sentence, write_sentence
    from textq.web.agreement_view import (
        AgreementView,
        Paper,
        view_classes,
        view_coefficient,
        view_machine,
        view_overall,
        view_pair,
        view_pairs,
        view_rounds,
    )

    machine = (
        view_machine(review.machine, codebook, lang, say("agreement.people"), say("agreement.machine"))
        if review.machine
        else None
    )
    left_out = next((one.left_out for one in review.rounds if one.sample.sample == sample), review.left_out)
    papers: list[Paper] = []
    for spoken in ("zh", "en"):
        sentences = [write_sentence(agreement, spoken)] if agreement else []
        if review.machine and review.machine.is_final:
            sentences.append(write_machine_sentence(review.machine, spoken))
        if sentences:
            papers.append(Paper(spoken, ("" if spoken == "zh" else " ").join(sentences)))
    codes = agreement.codes if agreement else None
    pairs = codes.pairs[:_MOST_MATRICES] if codes else ()
    subtypes = agreement.subtypes if agreement else None
    return AgreementView(
        state=_find_state(review, agreement),
        coders=review.coders,
        sample=sample,
        rounds=view_rounds(review, sample),
        left_out=left_out,
        n_clauses=f"{codes.n_clauses:,}" if codes else "0",
        n_documents=f"{codes.n_documents:,}" if codes and codes.n_documents is not None else "",
        by=say(f"agreement.by_{agreement.by}") if agreement else "",
        draws=f"{agreement.draws:,}" if agreement and agreement.draws else "",
        seed=agreement.seed if agreement else 0,
        overall=view_overall(agreement, lang) if agreement else (),
        subtypes=(view_coefficient("", subtypes.alpha), view_coefficient("", subtypes.percent)) if subtypes else (),
        notes=tuple(_list_notes(agreement, codebook, lang, say)) if agreement else (),
        classes=view_classes(codes, codebook, lang) if codes else (),
        pairs=view_pairs(codes) if codes else (),
        matrices=tuple(view_pair(pair, codes, codebook, lang, sample) for pair in pairs) if codes else (),
        n_differing=len(agreement.disagreements) if agreement else 0,
        n_on_subtype=agreement.n_on_subtype if agreement else 0,
        machine=machine,
        machine_problem=review.machine_problem,
        papers=tuple(papers),
        query=f"?sample={sample}" if sample else "",
    )


def _find_state(review: "ReviewAgreement", agreement: "Agreement | None") -> str:
    """Return what there is to show: figures, or which of the first steps is missing."""
    if agreement is not None:
        return "ready"
    if not review.rounds:
        return "none"
    if not review.coders:
        return "nobody"
    return "single" if len(review.coders) == 1 else "apart"


def _list_notes(agreement: "Agreement", codebook: Codebook, lang: str, say: Say) -> list[str]:
    from textq.pipeline.agreement_words import BAR, DOMINATED, WHY, call_coefficient

    codes = agreement.codes
    spoken: Lang = "zh" if lang == "zh" else "en"
    notes = [BAR[spoken]]
    for name, one in codes.overall.items():
        if one.value is None:
            called = call_coefficient(codes, name, spoken)
            notes.append(say("agreement.undefined", name=called, why=WHY[one.why][spoken]))
    if codes.is_dominated and codes.ac1.value is not None:
        called = codebook.call(str(codes.largest), lang)[0]
        share, ac1 = codes.largest_share, f"{codes.ac1.value:.3f}"
        notes.append(DOMINATED[spoken].format(share=share, code=called, ac1=ac1))
    if codes.n_documents == 1:
        notes.append(say("agreement.one_document"))
    return notes


def _view_clauses(
    store: Store, codebook: Codebook, lang: str, found: "Mapping[str, tuple[GivenCode, GivenCode]]"
) -> tuple[CellClause, ...]:
    still_open = {key for key, _ in list_open(store)}
    clauses = []
    for key, given in list(found.items())[:_MOST_CLAUSES]:
        clause = find_clause(store, key)
        if clause is None:
            continue
        document = find_document(store, clause.doc_id)
        first, second = (describe_code(codebook, *code, lang) for code in given)
        clauses.append(
            CellClause(
                key,
                document.title if document else clause.doc_id,
                clause.heading,
                clause.text,
                f"/doc/{clause.doc_id}#c-{key}",
                first,
                second,
                key in still_open,
            )
        )
    return tuple(clauses)


def _send_rows(request: Request, name: str, *, is_figures: bool) -> Response:
    store, codebook, say = _enter(request)
    from textq.pipeline.agreement_figures import list_review_disagreements, list_rounds, write_rows

    review = _measure(store, codebook)
    if review.agreement is None:
        raise HTTPException(404, say("agreement.state_apart"))
    rows = list_rounds(review) if is_figures else list_review_disagreements(review)
    return answer_file(write_rows(rows), name)


ROUTES = (
    Route("/agreement", show_agreement),
    Route("/agreement/cell", show_cell),
    Route("/agreement/figures.csv", send_figures),
    Route("/agreement/disagreements.csv", send_differing),
    Route("/agreement/table.{ending}", send_table),
)
"""The pages of this module."""
