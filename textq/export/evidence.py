"""A coded clause cut into pieces, each with the evidence that covers it: what all ways of showing it start from."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from textq.lexicon.codebook import Codebook, split_code
from textq.lexicon.entry import Lexicon
from textq.records import Coding, CodingUnit

TermCodes = Mapping[tuple[str, str], str]
"""What a term shows of an instrument: (instrument, term) → code."""

_WEIGHT = re.compile(r"[+-]?\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Mark:
    """Evidence at ``[start, end)`` of a clause: the code it speaks for, and how strongly, as its coder put it.

    ``weight`` is a number in letters (``"+1.2"``), "" where the coder gives none; ``found`` is what the evidence was
    found by where it is not the very words: the pattern of a lexicon, for one.
    """

    start: int
    end: int
    code: str
    weight: str = ""
    found: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a clause with the same evidence throughout: the marks that cover it, and those that end with it."""

    text: str
    marks: tuple[Mark, ...] = ()
    ending: tuple[Mark, ...] = ()


def pair_codings(units: Iterable[CodingUnit], codings: Iterable[Coding]) -> Iterator[tuple[CodingUnit, Coding]]:
    """Yield each clause with its coding.

    Raises
    ------
    ValueError
        If they do not stand in the same order.
    """
    for unit, coding in zip(units, codings, strict=True):
        if unit.clause_id != coding.clause_id:
            raise ValueError(f"the coding of {coding.clause_id!r} stands where that of {unit.clause_id!r} should")
        yield unit, coding


def list_term_codes(lexicon: Lexicon | None) -> TermCodes:
    """Return the code of each term; a term with several subtypes of one instrument speaks for the instrument alone."""
    codes: dict[tuple[str, str], str] = {}
    for entry in lexicon.entries if lexicon else ():
        instrument = split_code(entry.code)[0]
        if codes.setdefault((instrument, entry.term), entry.code) != entry.code:
            codes[instrument, entry.term] = instrument
    return codes


def list_marks(unit: CodingUnit, coding: Coding, codebook: Codebook, term_codes: TermCodes) -> list[Mark]:
    """Return the evidence of a coding, in the order of the text.

    What the label of a span says beyond the words it covers is taken apart: ``"专项资金 +1.2"`` has a weight, a pattern
    is what was found. Evidence with a weight speaks for the code. One without, as of a lexicon, whose terms may be of
    several subtypes, speaks for what ``term_codes`` has for its label, or else for its instrument. A label that begins
    with a code of the codebook speaks for that one instead.

    Raises
    ------
    ValueError
        If a span is empty or lies outside the clause.
    """
    marks = []
    for span in coding.evidence:
        if not 0 <= span.start < span.end <= len(unit.text):
            raise ValueError(
                f"{unit.clause_id}: evidence at [{span.start}, {span.end}) of a clause of {len(unit.text)} characters"
            )
        words = span.label.removeprefix(unit.text[span.start : span.end]).split()
        stated = words.pop(0) if words and split_code(words[0])[0] in codebook.ranks else ""
        weight = words.pop() if words and _WEIGHT.fullmatch(words[-1]) else ""
        of_term = term_codes.get((coding.instrument, span.label), coding.instrument)
        code = stated or (coding.code if weight else of_term)
        marks.append(Mark(span.start, span.end, code, weight, " ".join(words)))
    return sorted(marks, key=lambda mark: (mark.start, -mark.end))


def cut_pieces(text: str, marks: Iterable[Mark]) -> list[Piece]:
    """Cut a text where evidence begins or ends; the pieces joined are the text, whether or not marks overlap."""
    found = list(marks)
    cuts = sorted({0, len(text), *(mark.start for mark in found), *(mark.end for mark in found)})
    pieces = []
    for start, end in pairwise(cuts):
        covering = tuple(mark for mark in found if mark.start <= start and end <= mark.end)
        pieces.append(Piece(text[start:end], covering, tuple(mark for mark in covering if mark.end == end)))
    return pieces


def join_context(unit: CodingUnit) -> str:
    """Return what stands above a clause, from its title down to the stem: ``""`` where nothing is known."""
    return " › ".join(filter(None, (unit.title, unit.heading, unit.stem)))


def find_position(code: str, codebook: Codebook) -> int | None:
    """Return the place of a code's instrument among those of the codebook; None for ``none`` and unknown ones."""
    instrument = split_code(code)[0]
    return codebook.instrument_names.index(instrument) if instrument in codebook.instrument_names else None
