"""The signs of places that begin document numbers (浙政发, 甬政办发): a witness for who issued a document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from textq.errors import LexiconError
from textq.lexicon.read import builtin_root
from textq.lexicon.rows import read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ABBREVIATION_COLUMNS = ("sign", "code", "note")
"""The columns of ``abbreviations.csv``: a row for each sign and place that uses it."""

_FOLLOWED_BY = (
    "政",
    "府",
    "委",
    "办",
    "党",
    "发",
    "厅",
    "人",
    "商",
    "财",
    "发改",
    "工信",
    "科",
    "自贸",
    "商务",
    "综试",
)
"""A sign counts only before one of these; else it may belong to a word (青年, 新闻)."""


@dataclass(frozen=True, slots=True)
class Abbreviations:
    """Signs of one character, and the codes of the places that use each."""

    codes: Mapping[str, tuple[str, ...]]

    def find_places(self, prefix: str) -> tuple[str, ...]:
        """Return the codes of the places whose sign begins the words of a document number (甬政发); () if none."""
        return self.codes.get(prefix[:1], ()) if prefix[1:].startswith(_FOLLOWED_BY) else ()


@cache
def builtin_abbreviations() -> Abbreviations:
    """Return the signs that come with textq, read once."""
    return read_abbreviations(builtin_root() / "places")


def read_abbreviations(folder: Path) -> Abbreviations:
    """Read ``abbreviations.csv`` of a folder.

    Raises
    ------
    LexiconError
        If the file breaks its form: columns, a sign of more than one character, a code, a row twice.
    """
    codes: dict[str, list[str]] = {}
    for where, row in read_rows(folder / "abbreviations.csv", ABBREVIATION_COLUMNS):
        sign, code = row["sign"], row["code"]
        if len(sign) != 1 or len(code) != 6 or not code.isdecimal():
            raise LexiconError(f"{where}: {sign!r} must be one character and {code!r} a six-digit code. Correct them.")
        if code in codes.setdefault(sign, []):
            raise LexiconError(f"{where}: {sign} for {code} stands twice. Keep one row.")
        codes[sign].append(code)
    return Abbreviations({sign: tuple(known) for sign, known in codes.items()})
