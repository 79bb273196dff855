"""Rows of the lists kept as CSV files, each with its place in the file for messages."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from textq.errors import LexiconError


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield ``("<path>:<line>", row)`` of each row of a CSV file in UTF-8 that has exactly these columns.

    Raises
    ------
    LexiconError
        If the file cannot be read, has other columns, or a row has too few or too many fields.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if list(reader.fieldnames or ()) != list(columns):
                found = ",".join(reader.fieldnames or ())
                raise LexiconError(f"{path}:1: the columns are {found!r}. They must be {','.join(columns)!r}.")
            for row in reader:
                where = f"{path}:{reader.line_num}"
                if None in row or None in row.values():
                    raise LexiconError(f"{where}: not {len(columns)} fields. Quote fields that hold commas.")
                yield where, row
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise LexiconError(f"{path}: cannot be read as UTF-8 CSV ({error}). Save the file as CSV in UTF-8.") from error


def parse_day(text: str, where: str) -> date | None:
    """Return the day written as YYYY-MM-DD, or None for an empty field.

    Raises
    ------
    LexiconError
        If the field holds anything else.
    """
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise LexiconError(f"{where}: {text!r} is no day. Write it as 2015-03-07, or leave it empty.") from error
