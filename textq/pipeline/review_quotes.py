"""Codings of earlier papers come in: tables of quotes are matched to clauses, compared, and become events."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import Any, Literal

from textq.errors import ReviewError
from textq.events import Draft
from textq.lexicon.codebook import Codebook
from textq.notation.coder_names import make_safe
from textq.pipeline.review_exchange import Applied, Side, decode_table, name_source, read_answers, tidy_memo
from textq.review.answers import NO_ANSWER, Answer
from textq.review.code_words import CodeWords, GivenCode, UnknownCode, call_code
from textq.review.quote_match import (
    LEAST_SIMILARITY,
    Lost,
    Place,
    QuoteClause,
    QuoteDocument,
    QuoteIndex,
    list_reasons,
)
from textq.review.quotes import Quote, QuoteTable, read_quotes
from textq.review.workbook_read import Grid, read_grid, read_sheets
from textq.store.corpus import find_clauses_of, find_document, list_clauses, list_documents
from textq.store.events import append
from textq.store.rows import StoredClause
from textq.store.store import Store

QuoteStatus = Literal["new", "changed", "unchanged", "conflict", "unknown", "ambiguous", "unmatched"]
"""What a quote is. ``new``: it gives its clauses a code. ``changed``: a more exact one. ``unchanged``: the coder's
codes there are the same. ``conflict``: the coder has coded one of its clauses otherwise, in the study or by another
quote.
``unknown``: its code is none of the codebook. ``ambiguous``: it may stand at several places. ``unmatched``: it stands
nowhere.
"""

STATUSES: tuple[QuoteStatus, ...] = ("new", "changed", "unchanged", "conflict", "unknown", "ambiguous", "unmatched")
_DONE: tuple[QuoteStatus, ...] = ("new", "changed", "unchanged")
MATCH_COLUMNS = (
    "line", "document", "quote", "code", "coder_id", "status", "why", "read_as", "how", "similarity", "clause_ids",
    "clauses", "candidates",
)  # fmt: skip
"""Of the table of :func:`list_quote_rows`."""

_MAPPING_HEADS = frozenset({
    "code", "codes", "from", "to", "theirs", "ours", "there", "here", "old", "new",
    "编码", "原编码", "旧编码", "新编码", "本研究",
})  # fmt: skip
"""What may stand above the two columns of a table of codes."""

_AMBIGUOUS = ("documents", "places")
_SEPARATORS = "\n;；|、"
"""What stands between several codes in one cell."""

_CODE_WORDS = {
    "unknown": ("the code is unknown", "编码不认识"),
    "ambiguous": ("several codes have this name", "有几个编码叫这个名称"),
    "contradiction": ("the subtype belongs to another class", "子类不属于这个类目"),
    "several": ("several codes in one cell", "一格里有几个不同的编码"),
    "": ("there is no code", "没有编码"),
    "study": ("this coder coded the clause otherwise in the study", "该编码员在本研究中给了不同的编码"),
    "table": ("another quote gives the clause another code", "另一条引文给了这一条款不同的编码"),
    "coder": ("there is no coder", "没有编码员"),
}


@dataclass(frozen=True, slots=True)
class QuoteResult:
    """What became of one quote.

    Attributes
    ----------
    quote
        The row of the table.
    status, why
        What it is, and the reason.
    coder
        Whose code it is.
    keys, how, similarity
        The clauses that it codes, and how they were found.
    answer
        The code that it gives them.
    candidates
        What may be meant, where it is unclear: clauses or documents of the study, or codes.
    """

    quote: Quote
    status: QuoteStatus
    why: str = ""
    coder: str = ""
    keys: tuple[str, ...] = ()
    how: str = ""
    similarity: float | None = None
    answer: Answer = NO_ANSWER
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QuotePlan:
    """What a table of quotes would write.

    Attributes
    ----------
    name, source
        Of the file, as events state it.
    codebook
        The edition of the codebook.
    columns
        What was read from which column.
    results
        A row each.
    events
        (coder, key) → the code that the clause would get, of the quotes that are new or changed.
    contested
        The same of those in conflict with the study.
    counts
        How many quotes there are of each status.
    """

    name: str
    source: str
    codebook: str
    columns: Mapping[str, str]
    results: tuple[QuoteResult, ...]
    events: Mapping[tuple[str, str], Answer]
    contested: Mapping[tuple[str, str], Answer]
    counts: Mapping[QuoteStatus, int]

    @property
    def n_left(self) -> int:
        """How many quotes give no code as they are."""
        return sum(self.counts[status] for status in STATUSES if status not in _DONE)


def plan_quotes(
    store: Store,
    codebook: Codebook,
    data: bytes,
    name: str,
    *,
    coder: str = "",
    columns: Mapping[str, str] | None = None,
    codes: Mapping[str, str] | None = None,
) -> QuotePlan:
    """Return what a table of document, quote and code would write. Nothing is written.

    A quote is looked for as it stands, then without blanks and punctuation, then nearly (a similarity of 0.9 or more),
    and codes every clause of which it covers half or more, or the clause that it is within.

    Parameters
    ----------
    store, codebook
        The review.
    data, name
        The file: .xlsx, .csv or .tsv by its ending. Of a workbook the first sheet that has the columns counts.
    coder
        Whose codes they are where the table has no column for it, or the cell is empty.
    columns
        What → name of the column, where it is not recognised.
    codes
        Code in the table → code of the codebook, in any words; to ``"-"`` are those that shall be passed over.

    Raises
    ------
    ReviewError
        If the file cannot be used, or nothing says who coded.
    """
    table = _read_first(_read_grids(data, name), name, columns)
    if not coder and "coder" not in table.columns:
        raise ReviewError(f"{name}: no column says who coded. Name the coder, as by --coder NAME.")
    passed = {word for word, meant in (codes or {}).items() if meant.strip() in ("-", "")}
    words = CodeWords(codebook, {word: meant for word, meant in (codes or {}).items() if word not in passed})
    _check_mapping(words, codes or {}, passed)
    index = _build_index(store)
    results = [
        _match(quote, coder, index, words)
        for quote in table.quotes
        if quote.code.strip() not in passed or not quote.code
    ]
    settled, events, contested = _settle(store, results)
    counted = Counter(one.status for one in settled)
    return QuotePlan(
        name=name,
        source=name_source("quotes", data),
        codebook=codebook.edition,
        columns=table.columns,
        results=tuple(settled),
        events=events,
        contested=contested,
        counts={status: counted[status] for status in STATUSES},
    )


def apply_quotes(store: Store, plan: QuotePlan, *, conflicts: Side | None = None) -> Applied:
    """Write the codes of quotes as events of the queue ``import``, all of them or none.

    Parameters
    ----------
    store
        The review.
    plan
        As :func:`plan_quotes` gave it.
    conflicts
        Whether the table's codes (``"mine"``) or those of the study stand where a coder gave both; by default those of
        the study, as for ``"theirs"``.
    """
    chosen = dict(plan.events) | (dict(plan.contested) if conflicts == "mine" else {})
    append(
        store,
        [
            Draft(
                kind="code",
                coder=coder,
                queue="import",
                clause=key,
                instrument=answer.instrument,
                subtype=answer.subtype,
                memo=answer.memo,
                codebook=plan.codebook,
                source=plan.source,
            )
            for (coder, key), answer in chosen.items()
        ],
    )
    n_settled = (
        sum(one.status == "conflict" and one.why == "study" for one in plan.results) if conflicts == "mine" else 0
    )
    return Applied(len(chosen), plan.n_left - n_settled)


def read_mapping(data: bytes, name: str) -> dict[str, str]:
    """Return the first two columns of a table: a code elsewhere → the code here.

    A first line with one of the words in ``_MAPPING_HEADS`` is its head.

    Raises
    ------
    ReviewError
        If the file cannot be read.
    """
    rows = [[*row, "", ""][:2] for _, row in _read_grids(data, name)[0]]
    pairs = [(word.strip(), meant.strip()) for word, meant in rows if word.strip()]
    has_head = bool(pairs) and any(word.casefold() in _MAPPING_HEADS for word in pairs[0])
    return dict(pairs[1:] if has_head else pairs)


def list_quote_rows(store: Store, plan: QuotePlan, codebook: Codebook, lang: str) -> list[dict[str, Any]]:
    """Return a record a quote: its row of the table, what became of it, and the clauses, for a CSV file."""
    wanted = [key for one in plan.results for key in (*one.keys, *one.candidates)]
    known = find_clauses_of(store, wanted)
    rows = []
    for one in plan.results:
        clauses = [known[key] for key in one.keys]
        rows.append(
            {
                "line": one.quote.line,
                "document": one.quote.document,
                "quote": one.quote.quote,
                "code": " / ".join(part for part in (one.quote.code, one.quote.subtype) if part),
                "coder_id": one.coder,
                "status": one.status,
                "why": describe_reason(one, lang),
                "read_as": _call(codebook, one.answer, lang),
                "how": one.how,
                "similarity": "" if one.similarity is None else f"{one.similarity:.3f}",
                "clause_ids": " ".join(clause.clause_id for clause in clauses),
                "clauses": "\n".join(clause.text for clause in clauses),
                "candidates": "; ".join(_call_candidate(store, each, known) for each in one.candidates),
            }
        )
    return rows


def describe_reason(result: QuoteResult, lang: str) -> str:
    """Return why a quote is what it is, in words; ``""`` where there is nothing to say."""
    known: dict[str, tuple[str, str]] = dict(_CODE_WORDS)
    known.update({str(why): words for why, words in list_reasons().items()})
    if result.status in ("new", "changed", "unchanged"):
        return ""
    english, chinese = known[result.why]
    return chinese if lang == "zh" else english


def _read_grids(data: bytes, name: str) -> list[Grid]:
    """Return the sheets of a workbook, or the one table of a text."""
    ending = PurePath(name).suffix.lower()
    if ending in (".csv", ".tsv", ".txt"):
        return [read_grid(decode_table(data, name), name, "\t" if ending == ".tsv" else None)]
    if ending not in (".xlsx", ".xlsm"):
        raise ReviewError(f"{name}: tables are read from .xlsx, .csv and .tsv files. Save it as one of them.")
    return [grid for grid in read_sheets(data, name).values() if grid] or [[]]


def _read_first(sheets: Sequence[Grid], name: str, columns: Mapping[str, str] | None) -> QuoteTable:
    """Return the quotes of the first sheet that has the columns; reports may have lines above their head."""
    failure: ReviewError | None = None
    for grid in sheets:
        for first in range(min(len(grid), 10)):
            try:
                return read_quotes(grid[first:], name, columns)
            except ReviewError as error:
                failure = failure or error
    raise failure or ReviewError(f"{name} is empty. Give a table of document, quote and code.")


def _check_mapping(words: CodeWords, codes: Mapping[str, str], passed: set[str]) -> None:
    for word, meant in codes.items():
        if word not in passed and not isinstance(words.read(meant), GivenCode):
            raise ReviewError(f"--codes: {meant!r} (for {word!r}) is no code of {words.codebook.edition}. Correct it.")


def _build_index(store: Store) -> QuoteIndex:
    documents = list_documents(store)
    clauses = [
        QuoteClause(clause.key, clause.doc_id, clause.text, clause.is_coded)
        for clause in list_clauses(store, coded=False)
    ]
    return QuoteIndex([QuoteDocument(one.doc_id, one.path, one.title, one.doc_number) for one in documents], clauses)


def _match(quote: Quote, coder: str, index: QuoteIndex, words: CodeWords) -> QuoteResult:
    whose = make_safe(quote.coder) if quote.coder.strip() else coder
    if not whose:
        return QuoteResult(quote, "unknown", "coder")
    place = index.find(quote.quote, quote.document)
    if isinstance(place, Lost):
        status: QuoteStatus = "ambiguous" if place.why in _AMBIGUOUS else "unmatched"
        return QuoteResult(quote, status, place.why, whose, candidates=place.candidates)
    code = _read_code(quote, words)
    if not isinstance(code, GivenCode):
        return _place(QuoteResult(quote, "unknown", code.why, whose, candidates=code.nearest), place)
    answer = Answer(code.instrument, code.subtype, False, tidy_memo(quote.memo))
    return _place(QuoteResult(quote, "new", "", whose, answer=answer), place)


def _place(result: QuoteResult, place: Place) -> QuoteResult:
    return replace(result, keys=place.keys, how=place.how, similarity=place.similarity)


def _read_code(quote: Quote, words: CodeWords) -> GivenCode | UnknownCode:
    """Return the code of a row; of several codes in one cell, those of other themes do not count."""
    whole = words.read(quote.code, quote.subtype)
    if whole is None:
        return UnknownCode("", "")
    if isinstance(whole, GivenCode) or quote.subtype:
        return whole
    text = quote.code
    for separator in _SEPARATORS:
        text = text.replace(separator, "\n")
    read = [words.read(part) for part in text.split("\n")]
    known = [one for one in read if isinstance(one, GivenCode)]
    finest = _join_codes(known)
    if known and finest is None:
        return UnknownCode(quote.code, "several", tuple(dict.fromkeys(one.code for one in known)))
    return finest or whole


def _join_codes(codes: Sequence[GivenCode]) -> GivenCode | None:
    """Return the one code that all are, or are a coarser form of; None where they differ."""
    finest = {one for one in codes if one.subtype} or set(codes)
    if len(finest) != 1 or len({one.instrument for one in codes}) != 1:
        return None
    return next(iter(finest))


def _settle(
    store: Store, results: Sequence[QuoteResult]
) -> tuple[list[QuoteResult], dict[tuple[str, str], Answer], dict[tuple[str, str], Answer]]:
    """Compare the codes of the quotes with one another and with what stands."""
    given: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
    for one in results:
        if one.status == "new":
            for key in one.keys:
                given[one.coder, key].append(one.answer)
    stands = {coder: read_answers(store, coder, "import") for coder, _ in given}
    verdicts: dict[tuple[str, str], tuple[QuoteStatus, str]] = {}
    events: dict[tuple[str, str], Answer] = {}
    contested: dict[tuple[str, str], Answer] = {}
    for place, answers in given.items():
        joined = _join_answers(answers)
        if joined is None:
            verdicts[place] = ("conflict", "table")
            continue
        stood = stands[place[0]].get(place[1], Answer())
        verdicts[place] = verdict = _compare(joined, stood)
        if verdict[0] == "conflict":
            contested[place] = joined
        elif verdict[0] != "unchanged":
            events[place] = joined
    return [_judge(one, verdicts) for one in results], events, contested


def _join_answers(answers: Sequence[Answer]) -> Answer | None:
    code = _join_codes([GivenCode(one.instrument, one.subtype) for one in answers if one.instrument])
    if code is None:
        return None
    memos = dict.fromkeys(one.memo for one in answers if one.memo)
    return Answer(code.instrument, code.subtype, False, "\n".join(memos))


def _compare(given: Answer, stood: Answer) -> tuple[QuoteStatus, str]:
    if not stood.decides:
        return "new", ""
    if stood.instrument == given.instrument and given.subtype in (None, stood.subtype):
        return "unchanged", ""
    if stood.instrument == given.instrument and stood.subtype is None:
        return "changed", ""
    return "conflict", "study"


def _judge(result: QuoteResult, verdicts: Mapping[tuple[str, str], tuple[QuoteStatus, str]]) -> QuoteResult:
    """Return a quote with the gravest verdict on its clauses."""
    if result.status != "new":
        return result
    found = [verdicts[result.coder, key] for key in result.keys]
    for status in ("conflict", "changed", "new", "unchanged"):
        for verdict, why in found:
            if verdict == status:
                return replace(result, status=verdict, why=why)
    return result


def _call(codebook: Codebook, answer: Answer, lang: str) -> str:
    if answer.instrument is None:
        return ""
    return call_code(codebook, GivenCode(answer.instrument, answer.subtype).code, lang)


def _call_candidate(store: Store, name: str, clauses: Mapping[str, StoredClause]) -> str:
    """Return what a candidate is called: the id of a clause, the title of a document, or a code."""
    if name in clauses:
        return clauses[name].clause_id
    document = find_document(store, name)
    return document.title or document.path if document is not None else name


def describe_similarity(lang: str) -> str:
    """Return what ``near`` means."""
    return f"相似度不低于{LEAST_SIMILARITY:.0%}" if lang == "zh" else f"a similarity of at least {LEAST_SIMILARITY:.0%}"
