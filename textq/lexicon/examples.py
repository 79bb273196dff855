"""The examples of a codebook and of a lexicon as tests of a coder: which clause must get which code, and why."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from textq.errors import LexiconError
from textq.lexicon.check_codebook import find_kind, name_codes
from textq.lexicon.codebook import split_code
from textq.lexicon.match import match_terms
from textq.records import NONE, Coding, CodingUnit, join_code

if TYPE_CHECKING:
    from pathlib import Path

    from textq.lexicon.codebook import Codebook, Example, ExampleKind
    from textq.lexicon.entry import Lexicon

FILE = "examples.jsonl"
"""The examples of a lexicon's entries, beside its CSV files."""

_FIELDS = {"text": str, "stem": str, "heading": str, "code": str, "entry": str, "matches": bool}

CodeUnits = Callable[[Sequence[CodingUnit]], Sequence[Coding]]


@dataclass(frozen=True, slots=True)
class Case:
    """A clause and what must become of it.

    Attributes
    ----------
    place
        Where it stands: ``"supply/talent"``, ``"rule 3"``, ``"examples.jsonl:12"``.
    kind
        What it shows of its place.
    unit
        The clause.
    code
        The code it must get, with or without a subtype; "" where only the entry is asked.
    entry
        The term of an entry that must match its text, or "".
    matches
        Whether the entry must match; False: it must not.
    """

    place: str
    kind: ExampleKind
    unit: CodingUnit
    code: str = ""
    entry: str = ""
    matches: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case: the code it got, and the terms that counted in its text."""

    case: Case
    code: str
    terms: tuple[str, ...]
    passed: bool


def list_cases(codebook: Codebook) -> list[Case]:
    """Return every example of a codebook as a case."""
    cases: list[Case] = []
    for instrument in codebook.instruments:
        for subtype in instrument.subtypes:
            cases += _build_cases(join_code(instrument.name, subtype.name), subtype.examples)
        cases += _build_cases(instrument.name, instrument.examples)
    cases += _build_cases(NONE, codebook.none.examples)
    for number, rule in enumerate(codebook.rules, 1):
        own = next(iter(name_codes(rule, codebook)), "")
        cases += _build_cases(f"rule {number}", rule.examples, own)
    return cases


def read_cases(path: Path, codebook: Codebook, lexicon: Lexicon) -> list[Case]:
    """Read the examples of a lexicon (:data:`FILE`): one JSON object a line; form: lexicons/README.md.

    Raises
    ------
    LexiconError
        If a line is broken, or names an unknown field, code or entry.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"{path}: cannot be read as UTF-8 ({error}). Save it anew.") from error
    terms = {entry.term for entry in lexicon.entries}
    return [_read_case(line, path, n, codebook, terms) for n, line in enumerate(lines, 1) if line.strip()]


def run_cases(cases: Sequence[Case], lexicon: Lexicon, code: CodeUnits) -> list[Outcome]:
    """Code every case, and say which came out as it must; ``code`` is the coder, ``lexicon`` holds the entries."""
    codings = code([case.unit for case in cases])
    return [_judge(case, coding, lexicon) for case, coding in zip(cases, codings, strict=True)]


def _build_cases(place: str, examples: Sequence[Example], own: str | None = None) -> Iterator[Case]:
    for number, example in enumerate(examples, 1):
        unit = CodingUnit(f"{place}#{number}", example.text, heading=example.heading, stem=example.stem)
        yield Case(place, find_kind(example, place if own is None else own), unit, example.code)


def _read_case(line: str, path: Path, number: int, codebook: Codebook, terms: set[str]) -> Case:
    where = f"{path}:{number}"
    try:
        row: Any = json.loads(line)
    except ValueError as error:
        raise LexiconError(f"{where}: no JSON object ({error}). Write one object a line.") from error
    if not isinstance(row, dict) or not all(isinstance(row.get(key), _FIELDS.get(key, ())) for key in row):
        raise LexiconError(f"{where}: not an object with the fields {', '.join(_FIELDS)}. Correct it.")
    text, code, entry = (str(row.get(name, "")) for name in ("text", "code", "entry"))
    if not text.strip() or not (code or entry):
        raise LexiconError(f"{where}: an example needs a text, and a code or an entry. Add them.")
    if code and code not in (*codebook.codes, *codebook.classes):
        raise LexiconError(f"{where}: {code!r} is no code of codebook {codebook.edition}. Correct it.")
    if entry and entry not in terms:
        raise LexiconError(f"{where}: no entry has the term {entry!r}. Write it as it stands in the CSV file.")
    matches = bool(row.get("matches", True))
    unit = CodingUnit(f"{path.name}#{number}", text, heading=str(row.get("heading", "")), stem=str(row.get("stem", "")))
    return Case(f"{path.name}:{number}", "positive" if matches else "negative", unit, code, entry, matches)


def _judge(case: Case, coding: Coding, lexicon: Lexicon) -> Outcome:
    terms = tuple(found.entry.term for found in match_terms(case.unit.text, lexicon))
    instrument, subtype = split_code(case.code)
    is_right = not case.code or (coding.instrument == instrument and subtype in (None, coding.subtype))
    is_met = not case.entry or (case.entry in terms) == case.matches
    return Outcome(case, coding.code, terms, is_right and is_met)
