"""The rows of files about clauses (JSON Lines or CSV), each with its line."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from reprlib import repr as shorten
from typing import Any

from textq.errors import ClauseFileError, ReadError
from textq.ingest.decode import decode_text
from textq.notation.controls import has_half_character
from textq.records import CodingUnit

Row = Mapping[str, Any]

_LONGEST_CELL = 10_000_000
"""Characters of a CSV cell; the reader's own limit of 131,072 is less than a whole document."""

_MOST_LEVELS = 20
"""How deep lists and objects may stand in one another; evidence needs two."""


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Yield line and fields of each row of a ``.jsonl`` or ``.csv`` file; the values of a CSV file are text.

    Columns of a CSV file without a name, such as the index of a table, are left out.

    Raises
    ------
    ClauseFileError
        If the file is absent, neither, or cannot be read, two columns have one name, or a row is broken, no object, or
        holds half a character.
    """
    if not path.exists():
        raise ClauseFileError(f"{path} does not exist. Check its name, or give another file ({' or '.join(_READERS)}).")
    if path.is_dir():
        raise ClauseFileError(f"{path} is a folder. Give a file of rows ({' or '.join(_READERS)}).")
    if path.suffix.lower() not in _READERS:
        raise ClauseFileError(f"{path}: clause files end in {' or '.join(_READERS)}. Convert the file, or rename it.")
    try:
        text = decode_text(path.read_bytes())
    except (OSError, ReadError) as error:
        raise ClauseFileError(f"{path} cannot be read: {error}") from error
    for line, row in _READERS[path.suffix.lower()](text, path):
        if not isinstance(row, Mapping):
            raise ClauseFileError(f"{path}:{line}: no JSON object but {type(row).__name__}. Write one object a line.")
        try:
            _check_value(row)
        except ValueError as error:
            raise ClauseFileError(f"{path}:{line}: the row holds {error}. Write it anew.") from error
        yield line, row


def _check_value(value: object, level: int = 0) -> None:
    if isinstance(value, str) and has_half_character(value):
        raise ValueError(f"half a character (a lone surrogate) in {shorten(value)}")
    if isinstance(value, Mapping | list):
        if level > _MOST_LEVELS:
            raise ValueError(f"more than {_MOST_LEVELS} lists or objects in one another")
        for part in [*value, *value.values()] if isinstance(value, Mapping) else value:
            _check_value(part, level + 1)


def _iterate_jsonl(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    for line, row in enumerate(text.split("\n"), 1):
        if row.strip():
            try:
                yield line, json.loads(row)
            except (ValueError, RecursionError) as error:
                raise ClauseFileError(f"{path}:{line}: no JSON object: {error}. Write one object a line.") from error


def _iterate_csv(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    csv.field_size_limit(_LONGEST_CELL)
    read = 0
    try:
        _check_names(reader.fieldnames or (), path)
        read = reader.line_num
        for row in reader:
            if None in row:
                raise ClauseFileError(f"{path}:{reader.line_num}: more cells than columns. Save the file as CSV anew.")
            yield reader.line_num, {name: cell for name, cell in row.items() if name.strip()}
            read = reader.line_num
    except csv.Error as error:
        raise ClauseFileError(
            f"{path}:{read + 1}: no CSV row: {error}. Close the quotes that begin there, and double those within."
        ) from error


def _check_names(names: Sequence[str], path: Path) -> None:
    for name in names:
        if name.strip() and names.count(name) > 1:
            raise ClauseFileError(f"{path}:1: {names.count(name)} columns are called {name!r}. Rename or remove one.")


_MOST_LINES = 20
"""More lines than these are not named in one message."""

_READERS: Mapping[str, Callable[[str, Path], Iterator[tuple[int, Any]]]] = {
    ".jsonl": _iterate_jsonl,
    ".csv": _iterate_csv,
}


def build_unit(row: Row, path: Path, line: int) -> CodingUnit:
    """Return the clause of a row: its fields id and text, and title, heading and stem, which may be absent.

    Raises
    ------
    ClauseFileError
        If id or text is absent.
    """
    if row.get("id") in (None, "") or not isinstance(row.get("text"), str):
        names = ", ".join(map(str, row))
        raise ClauseFileError(f"{path}:{line}: every clause needs the fields id and text. Found: {names}.")
    context = {name: str(row.get(name) or "") for name in ("title", "heading", "stem")}
    return CodingUnit(str(row["id"]), row["text"], **context)


def refuse_empty_texts(rows: Iterable[tuple[int, Row]], path: Path) -> None:
    """Refuse clauses without any text, all at once: a coder would code what nobody wrote.

    Raises
    ------
    ClauseFileError
        If the text of a row is empty or blank; the message names the lines.
    """
    if lines := [line for line, row in rows if isinstance(row.get("text"), str) and _is_blank(row["text"])]:
        shown = ", ".join(map(str, lines[:_MOST_LINES])) + ", …" * (len(lines) > _MOST_LINES)
        raise ClauseFileError(f"{path}: no text stands in lines {shown}. Fill it in, or remove these rows.")


def _is_blank(text: str) -> bool:
    """Tell whether a text holds nothing that is seen: blanks, joiners and marks of direction alone."""
    return not any(char.isprintable() and not char.isspace() for char in text)


def read_text(row: Row, name: str) -> str:
    """Return a field as text, "" where it is absent or empty; true and false as JSON writes them."""
    value = row.get(name)
    if value is None:
        return ""
    return json.dumps(value) if isinstance(value, bool) else str(value).strip()


def read_first(row: Row, names: Iterable[str]) -> str:
    """Return the first of several fields that is there and not empty, as text; "" where none is."""
    return next(filter(None, (read_text(row, name) for name in names)), "")
