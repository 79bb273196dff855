"""Clauses with codings, and a codebook for them, for the tests of how evidence is shown."""

from dataclasses import replace

from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.records import Coding, CodingUnit, Span

CODEBOOK = Codebook(
    name="fruit",
    version="1.0",
    language="zh",
    instruments=(
        Instrument("apple", Label("苹果", "Apple"), "", (Subtype("red", Label("红", "Red"), ""),)),
        Instrument("pear", Label("", "Pear & Co"), ""),
    ),
    decision=(),
    rules=(),
    none=Instrument("none", Label("无", "None of them"), ""),
)

TEXT = "安排专项资金，对企业给予补贴。"


def build_coding(
    clause_id: str = "a", instrument: str = "apple", subtype: str | None = "red", *evidence: Span, **more: object
) -> Coding:
    """A coding with nothing but what is asked for."""
    bare = Coding(clause_id, "", "rules:x@1", "fruit@1.0", instrument, subtype, None, evidence, None)
    return replace(bare, **more)  # type: ignore[arg-type]


def build_unit(clause_id: str = "a", text: str = TEXT, **context: str) -> CodingUnit:
    """A clause of this text."""
    return CodingUnit(clause_id, text, **context)
