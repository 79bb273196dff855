"""Files of clauses that are already cut (JSON Lines or CSV) → coding units."""

from pathlib import Path

from textq.errors import ClauseFileError
from textq.ingest.clause_rows import build_unit, read_rows, refuse_empty_texts
from textq.records import CodingUnit


def read_clauses(path: Path) -> list[CodingUnit]:
    """Read clauses from a ``.jsonl`` or ``.csv`` file: the fields ``id`` and ``text``, others may be absent.

    Raises
    ------
    ClauseFileError
        If the file is neither, holds no clause, a row is broken or lacks a field, a text is empty, or an id stands
        twice.
    """
    rows = list(read_rows(path))
    refuse_empty_texts(rows, path)
    clauses: dict[str, CodingUnit] = {}
    for line, row in rows:
        clause = build_unit(row, path, line)
        if clause.clause_id in clauses:
            raise ClauseFileError(f"{path}:{line}: id {clause.clause_id!r} stands twice. Give each clause its own id.")
        clauses[clause.clause_id] = clause
    if not clauses:
        raise ClauseFileError(f"{path} holds no clause. Give a file of rows with the fields id and text.")
    return list(clauses.values())
