"""Clauses → Codings with the coder that comes with textq; evidence in the offsets of whoever owns the text."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from textq.coding.rules import RulesCoder
from textq.lexicon.read import builtin_codebook, builtin_lexicon
from textq.records import CODED_KINDS, Clause, Coding, CutClause, Span


@cache
def builtin_coder() -> RulesCoder:
    """Return the rules coder with the lexicon and the codebook that come with textq."""
    return RulesCoder(builtin_lexicon(), builtin_codebook())


def code_clauses(clauses: Iterable[Clause]) -> Iterator[Coding]:
    """Code those clauses that are coded at all; evidence has the offsets of the document's text."""
    coder = builtin_coder()
    for clause in clauses:
        if clause.kind in CODED_KINDS:
            coding = coder.code(clause.clause_id, clause.sha256, clause.text, heading=clause.heading, stem=clause.stem)
            spans = (Span(span.start + clause.start, span.end + clause.start, span.label) for span in coding.evidence)
            yield replace(coding, evidence=tuple(spans))


def code_cut_clauses(clauses: Iterable[CutClause]) -> Iterator[Coding]:
    """Code clauses that a user cut; evidence has the offsets of the clause's own text."""
    coder = builtin_coder()
    for clause in clauses:
        sha256 = hashlib.sha256(clause.text.encode()).hexdigest()
        yield coder.code(clause.clause_id, sha256, clause.text, heading=clause.heading, stem=clause.stem)
