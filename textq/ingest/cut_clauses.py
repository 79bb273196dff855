"""Files of clauses that are already cut (JSON Lines or CSV) → CutClauses."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from textq.errors import ClauseFileError, ReadError
from textq.ingest.decode import decode_text
from textq.records import CutClause

_LONGEST_CELL = 10_000_000
"""Characters of a CSV cell; the reader's own limit of 131,072 is less than a whole document."""


def read_clauses(path: Path) -> list[CutClause]:
    """Read clauses from a ``.jsonl`` or ``.csv`` file: the fields ``id`` and ``text``, others may be absent.

    Raises
    ------
    ClauseFileError
        If the file is neither, a row is broken or lacks a field, or an id stands twice.
    """
    try:
        text = decode_text(path.read_bytes())
    except (OSError, ReadError) as error:
        raise ClauseFileError(f"{path} cannot be read: {error}") from error
    if path.suffix.lower() not in _ROWS:
        raise ClauseFileError(f"{path}: clause files end in {' or '.join(_ROWS)}. Convert the file, or rename it.")
    rows = _ROWS[path.suffix.lower()](text, path)
    clauses: dict[str, CutClause] = {}
    for line, row in rows:
        clause = _build_clause(row, path, line)
        if clause.clause_id in clauses:
            raise ClauseFileError(f"{path}:{line}: id {clause.clause_id!r} stands twice. Give each clause its own id.")
        clauses[clause.clause_id] = clause
    return list(clauses.values())


def _iterate_jsonl(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for line, row in enumerate(text.split("\n"), 1):
        if row.strip():
            try:
                yield line, json.loads(row)
            except json.JSONDecodeError as error:
                raise ClauseFileError(f"{path}:{line}: no JSON object: {error}. Write one object a line.") from error


def _iterate_csv(text: str, path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    csv.field_size_limit(_LONGEST_CELL)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise ClauseFileError(f"{path}:{reader.line_num}: no CSV row: {error}. Save the file as CSV anew.") from error


def _build_clause(row: Mapping[str, Any], path: Path, line: int) -> CutClause:
    if not isinstance(row, Mapping) or row.get("id") in (None, "") or not isinstance(row.get("text"), str):
        raise ClauseFileError(f"{path}:{line}: every clause needs the fields id and text. Found: {_show(row)}.")
    if not row["text"].isprintable() and any("\ud800" <= char <= "\udfff" for char in row["text"]):
        raise ClauseFileError(f"{path}:{line}: the text holds half a character (a lone surrogate). Write it anew.")
    context = {name: str(row.get(name) or "") for name in ("title", "heading", "stem")}
    return CutClause(str(row["id"]), row["text"], **context)


def _show(row: object) -> str:
    return ", ".join(map(str, row)) if isinstance(row, Mapping) else type(row).__name__


_ROWS: Mapping[str, Callable[[str, Path], Iterator[tuple[int, Mapping[str, Any]]]]] = {
    ".jsonl": _iterate_jsonl,
    ".csv": _iterate_csv,
}
