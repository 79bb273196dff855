"""Clauses, codes and evidence as spans of a spaCy ``Doc``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from spacy.tokens import Doc, SpanGroup
from spacy.tokens import Span as SpacySpan

from textq.records import Clause, Coding

CLAUSES = "clauses"
"""The key in ``doc.spans`` of all clauses; the label of a span is its instrument, "" for one that is not coded."""

EVIDENCE = "evidence"
"""The key in ``doc.spans`` of the words that decided; the label is instrument/subtype (``displacy`` style "span")."""

_OF_CLAUSES = ("kind", "heading", "stem")
_OF_CODINGS = ("instrument", "subtype", "secondary", "confidence", "unsure")


def register_extensions() -> None:
    """Give spans and documents the attributes that textq sets; those that are there already are left as they are."""
    for name in ("clause", "coding", "found", *_OF_CLAUSES, *_OF_CODINGS):
        if not SpacySpan.has_extension(name):
            SpacySpan.set_extension(name, default=None)
    if not Doc.has_extension("title"):
        Doc.set_extension("title", default="")


def set_clauses(doc: Doc, clauses: Iterable[Clause]) -> None:
    """Set ``doc.spans["clauses"]``, with the record and the context of each clause."""
    doc.spans[CLAUSES] = SpanGroup(doc, name=CLAUSES, spans=[_make_clause(doc, clause) for clause in clauses])


def set_codings(doc: Doc, clauses: Sequence[Clause], codings: Mapping[str, Coding]) -> None:
    """Set the clauses with their codes, by the id of the clause, and ``doc.spans["evidence"]``.

    The offsets of the evidence are those of the document's text.
    """
    coded = [_make_coded(doc, clause, codings.get(clause.clause_id)) for clause in clauses]
    doc.spans[CLAUSES] = SpanGroup(doc, name=CLAUSES, spans=coded)
    evidence = []
    for coding in codings.values():
        for found in coding.evidence:
            span = _find_span(doc, found.start, found.end, coding.code)
            span._.set("found", found.label)
            evidence.append(span)
    doc.spans[EVIDENCE] = SpanGroup(doc, name=EVIDENCE, spans=evidence)


def get_clauses(doc: Doc) -> list[Clause]:
    """Return the records of the clauses, also after their way through bytes, where tuples become lists."""
    return [_to_clause(span._.clause) for span in doc.spans[CLAUSES]]


def _to_clause(record: Mapping[str, Any]) -> Clause:
    lists = {name: tuple(record[name]) for name in ("division", "responsible")}
    return Clause(**{**record, **lists})


def _find_span(doc: Doc, start: int, end: int, label: str) -> SpacySpan:
    """Return the tokens that cover ``[start, end)``."""
    span = doc.char_span(start, end, label=label, alignment_mode="expand")
    if span is None:
        raise ValueError(f"[{start}, {end}) lies outside a text of {len(doc.text)} characters")
    return span


def _make_clause(doc: Doc, clause: Clause, label: str = "") -> SpacySpan:
    span = _find_span(doc, clause.start, clause.end, label)
    for name in _OF_CLAUSES:
        span._.set(name, getattr(clause, name))
    span._.set("clause", asdict(clause))
    return span


def _make_coded(doc: Doc, clause: Clause, coding: Coding | None) -> SpacySpan:
    span = _make_clause(doc, clause, coding.instrument if coding else "")
    if coding:
        span._.set("coding", asdict(coding))
        for name in _OF_CODINGS:
            span._.set(name, getattr(coding, name))
    return span
