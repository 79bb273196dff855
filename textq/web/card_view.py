"""What a card shows: a clause in its document, the classes and their keys, and in FIX what the machine suggests."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Literal

from textq.errors import LexiconError
from textq.export.evidence_context import translate_context
from textq.lexicon.codebook import Codebook, Instrument
from textq.lexicon.places import builtin_gazetteer
from textq.records import Span, join_code
from textq.store.rows import Decision, Progress, StoredClause, StoredDocument, Suggestion
from textq.web.code_chips import CodeChip, describe_code
from textq.web.keys import KeyMap, name_shortcut, show_key

Width = Literal["near", "article", "document"]
"""How much of the document stands around the clause."""

WIDTHS: tuple[Width, ...] = ("near", "article", "document")
"""The widths in the order in which they follow one another."""

_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the clause; ``label`` says what it speaks for, None where it is no evidence."""

    text: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class ContextClause:
    """A clause before or after the one to be coded."""

    text: str
    is_heading: bool


@dataclass(frozen=True, slots=True)
class SubtypeButton:
    """A subtype: the digit that chooses it within its group, its code, what it is called and what it covers."""

    digit: int
    code: str
    name: str
    definition: str
    stands: bool


@dataclass(frozen=True, slots=True)
class ClassButton:
    """A class with its keys; ``groups`` are its subtypes by nines, empty where it has none."""

    chip: CodeChip
    action: str
    key: str
    shortcut: str
    definition: str
    groups: tuple[tuple[SubtypeButton, ...], ...]
    stands: bool


@dataclass(frozen=True, slots=True)
class SuggestionView:
    """The machine's code; ``needs_subtype``: the codebook asks for a subtype that it does not give."""

    chip: CodeChip
    percent: int | None
    share: float
    unsure: bool
    secondary: str
    context: tuple[str, ...]
    coder: str
    can_accept: bool
    needs_subtype: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What the coder decided here before."""

    status: str
    chip: CodeChip | None
    secondary: str


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where the clause stands: what a reader must know of its document."""

    doc_id: str
    title: str
    issuers: str
    doc_number: str
    date: str
    places: str
    path: tuple[str, ...]
    page: int | None


@dataclass(frozen=True, slots=True)
class CardView:
    """All that a card shows. In AUDIT ``suggestion`` is None and no piece is marked.

    ``stem`` is ``""`` where it stands among the clauses before.
    ``memo`` stands in its field, ``kept`` is what the store has.
    ``rows`` is how many rows the classes take, or the subtypes of one, two in a row: what is below stays in its place.
    """

    queue: str
    key: str
    url: str
    source: SourceView
    before: tuple[ContextClause, ...]
    stem: str
    pieces: tuple[Piece, ...]
    after: tuple[ContextClause, ...]
    width: Width
    wider: Width
    suggestion: SuggestionView | None
    suggests: bool
    classes: tuple[ClassButton, ...]
    none: ClassButton
    rows: int
    secondaries: tuple[tuple[str, str, str], ...]
    secondary: str
    standing: Standing | None
    memo: str
    kept: str
    previous: str | None
    next: str | None
    progress: Progress
    share: float
    language: str
    keys: dict[str, str]
    shortcuts: dict[str, str]
    say: str
    problem: str


def cut_marks(text: str, start: int, evidence: Sequence[Span]) -> tuple[Piece, ...]:
    """Return the text of a clause that begins at ``start`` of its document, cut where evidence begins and ends.

    What lies outside the clause is left out; stretches under several spans carry the labels of all.
    """
    inside = [(max(span.start - start, 0), min(span.end - start, len(text)), span.label) for span in evidence]
    inside = [one for one in inside if one[0] < one[1]]
    cuts = sorted({0, len(text), *(edge for begin, end, _ in inside for edge in (begin, end))})
    return tuple(
        Piece(text[begin:end], _join_labels(label for first, last, label in inside if first <= begin and end <= last))
        for begin, end in pairwise(cuts)
    )


def _join_labels(labels: Iterator[str]) -> str | None:
    found = list(dict.fromkeys(labels))
    return ", ".join(label for label in found if label) if found else None


def cut_context(
    clauses: Sequence[StoredClause], key: str
) -> tuple[tuple[ContextClause, ...], tuple[ContextClause, ...]]:
    """Return the clauses before and after the one with this key."""
    at = next((place for place, clause in enumerate(clauses) if clause.key == key), 0)
    shown = [ContextClause(clause.text, clause.kind == "heading") for clause in clauses]
    return tuple(shown[:at]), tuple(shown[at + 1 :])


def find_article(clauses: Sequence[StoredClause], key: str) -> Sequence[StoredClause]:
    """Return the run of clauses around one that stand in its article (第五条), or else under its headings."""
    at = next((place for place, clause in enumerate(clauses) if clause.key == key), 0)
    own = _name_article(clauses[at])
    first = last = at
    while first > 0 and _name_article(clauses[first - 1]) == own:
        first -= 1
    while last + 1 < len(clauses) and _name_article(clauses[last + 1]) == own:
        last += 1
    return clauses[first : last + 1]


def _name_article(clause: StoredClause) -> tuple[str, ...]:
    parts = tuple(clause.division.split(" > ")) if clause.division else ()
    for depth, part in enumerate(parts, 1):
        if part.startswith("第") and part.endswith("条"):
            return parts[:depth]
    return (clause.heading,)


def view_source(document: StoredDocument | None, clause: StoredClause) -> SourceView:
    """Return what a card says of the document of a clause."""
    path = tuple(part for part in clause.heading.split(" / ") if part)
    if document is None:
        return SourceView(clause.doc_id, clause.doc_id, "", "", "", "", path, clause.page)
    return SourceView(
        doc_id=document.doc_id,
        title=document.title or document.doc_id,
        issuers=document.issuers.replace(";", "、"),
        doc_number=document.doc_number,
        date=document.issued_on or document.published_on,
        places=name_places(document.units),
        path=path,
        page=clause.page,
    )


def name_places(units: str) -> str:
    """Return the names of places by their codes, joined by ``;``; three at most, and how many more there are."""
    codes = [code for code in units.split(";") if code]
    return "、".join(_name_place(code) for code in codes[:3]) + (f" +{len(codes) - 3}" if len(codes) > 3 else "")


@cache
def _name_place(code: str) -> str:
    try:
        return builtin_gazetteer().place_of(code).name
    except LexiconError:  # a manifest may name places of its own
        return code


def view_suggestion(suggestion: Suggestion, codebook: Codebook, lang: str) -> SuggestionView:
    """Return how the machine's code is shown, and whether it can be taken over as it is."""
    known = {one.name: one for one in codebook.instruments}
    chip = describe_code(codebook, suggestion.instrument, suggestion.subtype, lang)
    code = join_code(suggestion.instrument, suggestion.subtype)
    instrument = known.get(suggestion.instrument)
    share = suggestion.confidence or 0.0
    return SuggestionView(
        chip=chip,
        percent=None if suggestion.confidence is None else round(100 * suggestion.confidence),
        share=min(max(share, 0.0), 1.0),
        unsure=suggestion.unsure,
        secondary=codebook.call(suggestion.secondary, lang)[0] if suggestion.secondary else "",
        context=tuple(translate_context(entry, "zh" if lang == "zh" else "en") for entry in suggestion.context),
        coder=suggestion.coder_id,
        can_accept=code in codebook.codes or code == codebook.none.name,
        needs_subtype=instrument is not None and bool(instrument.subtypes) and code not in codebook.codes,
    )


def view_classes(
    codebook: Codebook, keys: KeyMap, lang: str, standing: Decision | None
) -> tuple[tuple[ClassButton, ...], ClassButton]:
    """Return the classes of a codebook with their keys, and ``none``."""
    buttons = tuple(
        _view_class(codebook, instrument, f"class{place}" if place <= _DIGITS else "", keys, lang, standing)
        for place, instrument in enumerate(codebook.instruments, 1)
    )
    return buttons, _view_class(codebook, codebook.none, "none", keys, lang, standing)


def count_rows(codebook: Codebook) -> int:
    """Return the rows that the classes take, or the open one with its subtypes, whichever is more; ten at most."""
    most = max((min(len(one.subtypes), _DIGITS) for one in codebook.instruments), default=0)
    return min(max(len(codebook.instruments) + 1, 1 + (most + 1) // 2), 10)


def _view_class(
    codebook: Codebook, instrument: Instrument, action: str, keys: KeyMap, lang: str, standing: Decision | None
) -> ClassButton:
    stands = standing is not None and standing.status == "coded" and standing.instrument == instrument.name
    subtypes = [
        (join_code(instrument.name, one.name), one.label.in_language(lang), one.definition, one.name)
        for one in instrument.subtypes
    ]
    groups = tuple(
        tuple(
            SubtypeButton(digit, code, called, definition, stands and standing is not None and standing.subtype == name)
            for digit, (code, called, definition, name) in enumerate(group, 1)
        )
        for group in (subtypes[n : n + _DIGITS] for n in range(0, len(subtypes), _DIGITS))
    )
    first = keys.get(action, ())[:1]
    return ClassButton(
        chip=describe_code(codebook, instrument.name, None, lang),
        action=action,
        key=show_key(first[0]) if first else "",
        shortcut=name_shortcut(first[0]) if first else "",
        definition=instrument.definition,
        groups=groups,
        stands=stands,
    )


def view_standing(decision: Decision | None, codebook: Codebook, lang: str) -> Standing | None:
    """Return what the coder decided here before; None where nothing stands."""
    if decision is None:
        return None
    chip = describe_code(codebook, decision.instrument, decision.subtype, lang) if decision.instrument else None
    secondary = codebook.call(decision.secondary, lang)[0] if decision.secondary else ""
    return Standing(decision.status, chip, secondary)
