"""The door for spaCy users: a Chinese pipeline whose components add clauses and codes. The only door to spaCy.

>>> import textq.spacy
>>> nlp = textq.spacy.load()
>>> doc = nlp("第一条 市财政每年安排专项资金，用于建设公共海外仓。")
>>> doc.spans["clauses"][0]._.instrument
'supply'
"""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import spacy
from spacy.language import Language
from spacy.tokens import Doc, SpanGroup
from spacy.tokens import Span as SpacySpan
from spacy.util import DummyTokenizer, get_words_and_spaces, registry

from textq.coding.coders import code_clauses
from textq.records import Clause, Coding, Document, Source
from textq.segment.clauses import split_clauses
from textq.segment.words import cut_words

if TYPE_CHECKING:
    from textq.run import Run

CLAUSES = "clauses"
"""The key in ``doc.spans`` of all clauses; the label of a span is its instrument, "" for one that is not coded."""

EVIDENCE = "evidence"
"""The key in ``doc.spans`` of the terms that decided; the label is instrument/subtype (``displacy`` style "span")."""

_EXTENSIONS = ("clause", "coding", "instrument", "subtype", "secondary", "kind", "heading", "stem")


def load() -> Language:
    """Return a spaCy ``Language`` for Chinese: words by jieba, then the components textq_clauses and textq_codes.

    ``doc.spans["clauses"]`` holds the clauses and ``doc.spans["evidence"]`` the terms found (for displaCy: style
    "span", options ``{"spans_key": "evidence"}``). Spans of clauses carry ``span._.clause`` and ``span._.coding``, the
    records as dicts, whose offsets are exact where tokens are not, and ``instrument``, ``subtype``, ``secondary``,
    ``kind``, ``heading`` and ``stem`` (None where there is none).
    """
    for name in _EXTENSIONS:
        if not SpacySpan.has_extension(name):
            SpacySpan.set_extension(name, default=None)
    nlp = spacy.blank("zh", config={"nlp": {"tokenizer": {"@tokenizers": "textq.WordTokenizer.v1"}}})
    nlp.add_pipe("textq_clauses")
    nlp.add_pipe("textq_codes")
    return nlp


def to_spacy(run: "Run", doc_id: str, nlp: Language | None = None) -> Doc:
    """Return a document of a run as a spaCy ``Doc`` with its clauses and codes, coded anew by the same rules.

    Raises
    ------
    RunError
        If the run has no such document.
    """
    return (nlp or load())(run.read_text(doc_id))


class WordTokenizer(DummyTokenizer):
    """Cuts a text into jieba's words; every character of the text is in exactly one token or the blank behind it."""

    def __init__(self, vocab: Any) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the text as a ``Doc``."""
        words, spaces = get_words_and_spaces(list(cut_words(text)), text)
        return Doc(self.vocab, words=words, spaces=spaces)


@registry.tokenizers("textq.WordTokenizer.v1")  # type: ignore[untyped-decorator]
def _create_tokenizer() -> Any:
    return lambda nlp: WordTokenizer(nlp.vocab)


@Language.component("textq_clauses", assigns=["doc.spans"])
def add_clauses(doc: Doc) -> Doc:
    """Add ``doc.spans["clauses"]``, with the record and the context of each clause."""
    clauses = split_clauses(Document(doc_id="doc", text=doc.text, source=Source(path="", sha256="")))
    doc.spans[CLAUSES] = SpanGroup(doc, name=CLAUSES, spans=[_add_clause(doc, clause) for clause in clauses])
    return doc


def _find_span(doc: Doc, start: int, end: int, label: str) -> SpacySpan:
    """Return the tokens that cover ``[start, end)``."""
    span = doc.char_span(start, end, label=label, alignment_mode="expand")
    if span is None:
        raise ValueError(f"[{start}, {end}) lies outside a text of {len(doc.text)} characters")
    return span


def _add_clause(doc: Doc, clause: Clause, label: str = "") -> SpacySpan:
    span = _find_span(doc, clause.start, clause.end, label)
    for name in ("kind", "heading", "stem"):
        span._.set(name, getattr(clause, name))
    span._.set("clause", asdict(clause))
    return span


@Language.component("textq_codes", requires=["doc.spans"], assigns=["doc.spans"])
def add_codes(doc: Doc) -> Doc:
    """Code the clauses: labels and attributes on their spans, and ``doc.spans["evidence"]``."""
    clauses = [_to_clause(span._.clause) for span in doc.spans[CLAUSES]]
    codings = {coding.clause_id: coding for coding in code_clauses(clauses)}
    spans = [_add_coding(doc, clause, codings.get(clause.clause_id)) for clause in clauses]
    doc.spans[CLAUSES] = SpanGroup(doc, name=CLAUSES, spans=spans)
    evidence = [
        _find_span(doc, found.start, found.end, _join_code(coding))
        for coding in codings.values()
        for found in coding.evidence
    ]
    doc.spans[EVIDENCE] = SpanGroup(doc, name=EVIDENCE, spans=evidence)
    return doc


def _to_clause(record: dict[str, Any]) -> Clause:
    """Return the record of a clause, also after its way through bytes, where tuples become lists."""
    return Clause(**{**record, "division": tuple(record["division"])})


def _add_coding(doc: Doc, clause: Clause, coding: Coding | None) -> SpacySpan:
    span = _add_clause(doc, clause, coding.instrument if coding else "")
    if coding:
        span._.set("coding", asdict(coding))
        for name in ("instrument", "subtype", "secondary"):
            span._.set(name, getattr(coding, name))
    return span


def _join_code(coding: Coding) -> str:
    return f"{coding.instrument}/{coding.subtype}" if coding.subtype else coding.instrument
