"""Files of gold clauses (JSON Lines or CSV) → clauses with the code that is held to be right."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from textq.errors import ClauseFileError, ConfigError
from textq.ingest.clause_rows import Row, build_unit, read_first, read_rows, read_text, refuse_empty_texts
from textq.ingest.codings import CODES, DOCUMENTS
from textq.lexicon.codebook import Codebook, split_code
from textq.records import CodingUnit, join_code

DRAW = "draw"
"""The column that says how a clause was chosen."""

_RANDOM = "random"
_SURE = {"": True, "true": True, "false": False}


@dataclass(frozen=True, slots=True)
class GoldClause:
    """A clause with its gold code.

    ``document`` is "" where the file does not name it; ``weight`` is how much the clause counts; ``draw`` says how it
    was chosen, "" where nothing is said; ``is_sure`` tells whether its coder was sure (column ``sure``: 1 or true, or
    nothing said).
    """

    unit: CodingUnit
    code: str
    subtype: str | None
    document: str = ""
    weight: float = 1.0
    draw: str = ""
    is_sure: bool = True

    @property
    def is_random(self) -> bool:
        """Whether it may be taken as drawn at random: its file says so, or says nothing."""
        return self.draw.casefold() in ("", _RANDOM)

    @property
    def is_said_random(self) -> bool:
        """Whether its file says that it was drawn at random."""
        return self.draw.casefold() == _RANDOM


@dataclass(frozen=True, slots=True)
class Condition:
    """Keeps the rows whose column has a value, or those that have another or none."""

    column: str
    value: str
    equal: bool

    def holds(self, row: Row) -> bool:
        """Tell whether a row is kept; the values of JSON's true and false are written so."""
        return (read_text(row, self.column) == self.value) is self.equal


def parse_condition(text: str) -> Condition:
    """Read ``COLUMN=VALUE`` or ``COLUMN!=VALUE``.

    >>> parse_condition("draw=random"), parse_condition("dev_document!=true").equal
    (Condition(column='draw', value='random', equal=True), False)

    Raises
    ------
    ConfigError
        If it has no such form.
    """
    column, sign, value = text.partition("=")
    equal = not column.endswith("!")
    name = column.removesuffix("!").strip()
    if not sign or not name or value.startswith("="):
        example = f"{name}{'=' if equal else '!='}{value.lstrip('=').strip()}" if sign and name else "draw=random"
        raise ConfigError(f"{text!r} is no condition. Write COLUMN=VALUE or COLUMN!=VALUE, such as {example}.")
    return Condition(name, value.strip(), equal)


def read_gold(
    path: Path, codebook: Codebook, *, where: Sequence[Condition] = (), weight: str | None = None
) -> list[GoldClause]:
    """Read gold clauses: the fields id, text and code (or instrument), others may be absent.

    Parameters
    ----------
    path
        A ``.jsonl`` or ``.csv`` file. Known are title, heading, stem, doc (or doc_id), subtype, draw and
        sure.
    codebook
        Every code and subtype stands in it.
    where
        Only rows for which all of these hold are read; the others are not checked.
    weight
        The column that says how much each clause counts.

    Raises
    ------
    ClauseFileError
        If the file cannot be read, a row lacks a field or has a code that the codebook does not know, a text is empty,
        a weight or ``sure`` has no such value, an id stands twice, no row has the column of a condition or of the
        weights, or no row is left.
    """
    rows = list(read_rows(path))
    for column in [*(one.column for one in where), *([weight] if weight else [])]:
        if rows and not any(column in row for _, row in rows):
            found = ", ".join(dict.fromkeys(name for _, row in rows for name in row))
            raise ClauseFileError(f"{path}: no row has the column {column!r}. Correct its name. Found: {found}.")
    kept = [(line, row) for line, row in rows if all(one.holds(row) for one in where)]
    refuse_empty_texts(kept, path)
    clauses: dict[str, GoldClause] = {}
    for line, row in kept:
        clause = _build(row, codebook, weight, path, line)
        if clause.unit.clause_id in clauses:
            raise ClauseFileError(
                f"{path}:{line}: id {clause.unit.clause_id!r} stands twice. Give each clause its own id."
            )
        clauses[clause.unit.clause_id] = clause
    if not clauses:
        raise ClauseFileError(
            f"{path}: none of the {len(rows)} rows is left by the conditions. Change them."
            if rows
            else f"{path} holds no clause."
        )
    return list(clauses.values())


def _build(row: Row, codebook: Codebook, weight: str | None, path: Path, line: int) -> GoldClause:
    unit = build_unit(row, path, line)
    code, subtype = split_code(read_first(row, CODES))
    subtype = read_text(row, "subtype") or subtype
    if not code:
        raise ClauseFileError(f"{path}:{line}: the clause {unit.clause_id!r} has no gold code (column code).")
    if code not in codebook.classes:
        raise ClauseFileError(
            f"{path}:{line}: the code {code!r} is not in the codebook {codebook.edition}. Use "
            f"{', '.join(codebook.classes)}."
        )
    if subtype and join_code(code, subtype) not in codebook.codes:
        raise ClauseFileError(
            f"{path}:{line}: the subtype {subtype!r} of {code} is not in the codebook {codebook.edition}. Correct it."
        )
    return GoldClause(
        unit,
        code,
        subtype or None,
        read_first(row, DOCUMENTS),
        _read_weight(row, weight, path, line) if weight else 1.0,
        read_text(row, DRAW),
        _read_sure(row, path, line),
    )


def _read_weight(row: Row, column: str, path: Path, line: int) -> float:
    text = read_text(row, column)
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise ClauseFileError(f"{path}:{line}: the weight {text!r} ({column}) is no number above zero. Correct it.")
    return value


def _read_sure(row: Row, path: Path, line: int) -> bool:
    text = read_text(row, "sure")
    if text.isdecimal():
        return int(text) > 0
    if text.lower() not in _SURE:
        raise ClauseFileError(
            f"{path}:{line}: {text!r} (sure) is neither how many were sure (0, 1, 2 …) nor true or false. Correct it."
        )
    return _SURE[text.lower()]
