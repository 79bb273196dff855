"""Files of codings → what each coder gave to each clause: one file a coder, or one file for several coders."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from reprlib import repr as shorten

from textq.errors import ClauseFileError
from textq.ingest.clause_rows import Row, read_first, read_rows, read_text
from textq.lexicon.codebook import split_code
from textq.notation.controls import has_half_character

IDS = ("id", "clause_id")
DOCUMENTS = ("doc", "doc_id")
CODES = ("instrument", "code")
"""Names that a column may have; the first one that is there counts."""

CODER_COLUMN = "coder_"
"""How the columns of coders begin in a file that holds several, such as coder_a; coder_id is none of them."""

_CODER_ID = "coder_id"

GivenCode = tuple[str, str | None]
"""An instrument or ``none``, and its subtype where one was given."""


@dataclass(frozen=True, slots=True)
class CoderCodings:
    """What one coder gave, by the id of the clause; and the document of each clause, where the file names it."""

    coder: str
    codes: dict[str, GivenCode] = field(default_factory=dict)
    documents: dict[str, str] = field(default_factory=dict)


def read_codings(paths: Sequence[Path], columns: Sequence[str] = ()) -> list[CoderCodings]:
    """Read codings from ``.jsonl`` or ``.csv`` files.

    Parameters
    ----------
    paths
        One file a coder, with the columns id and instrument (or code) and, if known, subtype and doc; the coder's name
        is what the column coder_id says, else the file's. A file with several coder_ids holds several coders.
    columns
        Names of columns that hold one coder each: the rows of all files are then put together. A cell is
        ``[code, subtype]``, ``"code/subtype"`` or ``"code"``. ``"a"`` stands for the column coder_a, too. Without this,
        a single file that has at least two columns coder_… is read by these.

    Raises
    ------
    ClauseFileError
        If a file cannot be read, lacks a column, or has two codings of one clause by one coder, or a column is named
        twice.
    """
    if not columns and len(paths) == 1:
        columns = _find_columns(paths[0])
    if columns:
        return _read_columns(paths, columns)
    read = [(path, one) for path in paths for one in _read_long(path)]
    known = Counter(one.coder for _, one in read)
    return [
        CoderCodings(one.coder if known[one.coder] == 1 else f"{path.stem}:{one.coder}", one.codes, one.documents)
        for path, one in _check_names(read)
    ]


def parse_code(value: object) -> GivenCode | None:
    """Return instrument and subtype of a cell: a list of both, its JSON, "code/subtype" or "code"; None where empty.

    >>> parse_code(["supply", "talent"]), parse_code("supply/talent"), parse_code("none"), parse_code("")
    (('supply', 'talent'), ('supply', 'talent'), ('none', None), None)

    Raises
    ------
    ValueError
        If it is none of these.
    """
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _load_list(value)
    if value is None or value == "" or value == []:
        return None
    parts = [value] if isinstance(value, str) else value
    if (
        not isinstance(parts, list)
        or len(parts) > 2
        or not isinstance(parts[0], str)
        or not all(isinstance(part, str | int | None) for part in parts)
    ):
        raise ValueError(f"no code: {shorten(value)}")
    code, within = split_code(parts[0].strip())
    subtype = parts[1] if len(parts) == 2 else within
    return (code, str(subtype).strip() if subtype else None) if code else None


def _load_list(text: str) -> object:
    try:
        value = json.loads(text)
        spelt = json.dumps(value, ensure_ascii=False)
    except RecursionError as error:
        raise ValueError(f"too many lists in one another: {shorten(text)}") from error
    if has_half_character(spelt):
        raise ValueError(f"half a character (a lone surrogate): {shorten(text)}")
    return value


def _check_names(read: list[tuple[Path, CoderCodings]]) -> list[tuple[Path, CoderCodings]]:
    names = Counter((path.stem, one.coder) for path, one in read)
    for (stem, coder), times in names.items():
        if times > 1:
            raise ClauseFileError(
                f"{times} files are called {stem} and hold the coder {coder}. Rename one to tell them apart."
            )
    return read


def _find_columns(path: Path) -> list[str]:
    names = dict.fromkeys(name for _, row in read_rows(path) for name in row if isinstance(name, str))
    found = [name for name in names if name.startswith(CODER_COLUMN) and name != _CODER_ID]
    return found if len(found) > 1 else []


def _read_long(path: Path) -> list[CoderCodings]:
    coders: dict[str, CoderCodings] = {}
    for line, row in read_rows(path):
        clause_id, code_column = _find_id(row, path, line), _find_column(row, CODES, path, line)
        name = read_text(row, _CODER_ID) or path.stem
        one = coders.setdefault(name, CoderCodings(name))
        _add(one, clause_id, _parse_row(row, code_column, path, line), row, path, line)
    if not coders:
        raise ClauseFileError(f"{path} holds no coding. Give a file with the columns id and instrument (or code).")
    return list(coders.values())


def _read_columns(paths: Sequence[Path], columns: Sequence[str]) -> list[CoderCodings]:
    coders = [CoderCodings(name) for name in columns]
    for path in paths:
        for line, row in read_rows(path):
            clause_id = _find_id(row, path, line)
            found = [_find_column(row, (name, CODER_COLUMN + name), path, line) for name in columns]
            if len(set(found)) < len(found):
                twice = max(found, key=found.count)
                raise ClauseFileError(f"{path}:{line}: the column {twice!r} would be two coders. Name it once.")
            for one, column in zip(coders, found, strict=True):
                _add(one, clause_id, _parse(row[column], path, line), row, path, line)
    return coders


def _add(one: CoderCodings, clause_id: str, code: GivenCode | None, row: Row, path: Path, line: int) -> None:
    if clause_id in one.codes:
        raise ClauseFileError(
            f"{path}:{line}: {one.coder} coded the clause {clause_id!r} twice. Keep one coding of a clause and coder."
        )
    if code is not None:
        one.codes[clause_id] = code
    if document := read_first(row, DOCUMENTS):
        one.documents[clause_id] = document


def _parse_row(row: Row, column: str, path: Path, line: int) -> GivenCode | None:
    code = _parse(row[column], path, line)
    subtype = read_text(row, "subtype")
    return (code[0], code[1] or subtype) if code is not None and subtype else code


def _parse(value: object, path: Path, line: int) -> GivenCode | None:
    try:
        return parse_code(value)
    except ValueError as error:
        raise ClauseFileError(f'{path}:{line}: {error}. Write "code/subtype", or a list of both.') from error


def _find_id(row: Row, path: Path, line: int) -> str:
    clause_id = read_first(row, IDS)
    if not clause_id:
        raise ClauseFileError(f"{path}:{line}: every coding needs the id of its clause. Found: {_list_names(row)}.")
    return clause_id


def _find_column(row: Row, names: Sequence[str], path: Path, line: int) -> str:
    for name in names:
        if name in row:
            return name
    raise ClauseFileError(f"{path}:{line}: there is no column {' or '.join(names)}. Found: {_list_names(row)}.")


def _list_names(row: Row) -> str:
    return ", ".join(map(str, row))
