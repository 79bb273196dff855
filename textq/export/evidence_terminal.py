"""Coded clauses with their evidence as lines for a terminal: in colours, or in brackets where there are none."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TextIO

from textq.export.evidence import (
    Mark,
    Piece,
    cut_pieces,
    find_position,
    join_context,
    list_marks,
    list_term_codes,
    pair_codings,
)
from textq.export.evidence_context import Lang, translate_context
from textq.lexicon.codebook import Codebook
from textq.lexicon.entry import Lexicon
from textq.notation.controls import spell_controls
from textq.records import Coding, CodingUnit

_COLOURS = (36, 33, 35, 32, 34, 31)
"""The colours of the instruments by their order in the codebook, as terminals number them; then again in bold."""

_DIM = "\x1b[2m"
_BOLD = "\x1b[1m"
_END = "\x1b[0m"
_INDENT = "   "
_WORDS: dict[str, dict[Lang, str]] = {
    "unsure": {"zh": "存疑", "en": "unsure"},
    "secondary": {"zh": "次要", "en": "secondary"},
    "context": {"zh": "上下文", "en": "context"},
}


def has_colours(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Whether colours may be written to ``stream``: a terminal that knows them, without NO_COLOR being set."""
    return stream.isatty() and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"


def describe_evidence(
    units: Iterable[CodingUnit],
    codings: Iterable[Coding],
    codebook: Codebook,
    *,
    colours: bool = False,
    lang: Lang = "en",
    lexicon: Lexicon | None = None,
) -> Iterator[str]:
    """Yield the lines that show each clause: its id and code, its context, and its text with the evidence.

    Without colours evidence stands in brackets with what it speaks for: ``[专项资金｜supply/funding +1.2]``. Where
    evidence overlaps, each stretch has brackets of its own. Characters that a terminal would obey are spelt out.
    Terms of ``lexicon`` are shown with their own subtype. What trained coders name in the context is shown in ``lang``.

    Raises
    ------
    ValueError
        If units and codings do not stand in the same order, or evidence lies outside its clause.
    """
    term_codes = list_term_codes(lexicon)
    for unit, coding in pair_codings(units, codings):
        yield _describe_code(unit, coding, codebook, colours, lang)
        around = join_context(unit)
        if around:
            yield _INDENT + _paint(spell_controls(around), _DIM, colours)
        pieces = cut_pieces(unit.text, list_marks(unit, coding, codebook, term_codes))
        text = "".join(_show_piece(piece, codebook, colours) for piece in pieces)
        yield from (_INDENT + line for line in text.split("\n"))
        if coding.context:
            entries = "; ".join(translate_context(entry, lang) for entry in coding.context)
            context = f"{_WORDS['context'][lang]}: {spell_controls(entries)}"
            yield _INDENT + _paint(context, _DIM, colours)


def _describe_code(unit: CodingUnit, coding: Coding, codebook: Codebook, colours: bool, lang: Lang) -> str:
    parts = [
        _paint(spell_controls(unit.clause_id), _BOLD, colours),
        _paint(spell_controls(coding.code), _find_colour(coding.code, codebook), colours),
        spell_controls("/".join(filter(None, codebook.call(coding.code, lang)))),
    ]
    if coding.confidence is not None:
        parts.append(f"{coding.confidence:.2f}")
    if coding.secondary:
        parts.append(f"{_WORDS['secondary'][lang]} {spell_controls(coding.secondary)}")
    if coding.unsure:
        parts.append(_paint(f"? {_WORDS['unsure'][lang]}", _BOLD, colours))
    return "  ".join(parts)


def _show_piece(piece: Piece, codebook: Codebook, colours: bool) -> str:
    shown = "\n".join(map(spell_controls, piece.text.split("\n")))
    if not piece.marks:
        return shown
    if not colours:
        return f"[{shown}｜{'; '.join(_describe_mark(mark) for mark in piece.marks)}]"
    innermost = piece.marks[-1]
    painted = "\n".join(
        _paint(line, "\x1b[4m" + _find_colour(innermost.code, codebook), colours) for line in shown.split("\n")
    )
    ending = "; ".join(_describe_mark(mark) for mark in piece.ending)
    return painted + (_paint(f"｜{ending}", _DIM, colours) if ending else "")


def _describe_mark(mark: Mark) -> str:
    return spell_controls(f"{mark.code} {mark.weight}".strip())


def _find_colour(code: str, codebook: Codebook) -> str:
    position = find_position(code, codebook)
    if position is None:
        return _DIM
    return f"\x1b[{'1;' if position >= len(_COLOURS) else ''}{_COLOURS[position % len(_COLOURS)]}m"


def _paint(text: str, style: str, colours: bool) -> str:
    return f"{style}{text}{_END}" if colours and text else text
