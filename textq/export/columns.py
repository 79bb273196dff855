"""What the columns of the written tables are called: a name that any program takes, and a label in both languages."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

LABELS = "column_labels.toml"

LABEL_LENGTH = 80
NAME_LENGTH = 32
"""What Stata allows, in characters."""

_STATA = frozenset({"byte", "double", "float", "if", "in", "int", "long", "str", "strL", "using", "with"})
_R = frozenset(
    {"break", "else", "for", "function", "Inf", "NA", "NaN", "next", "NULL", "repeat", "TRUE", "FALSE", "while"}
)
"""Names that Stata (str1 to str2045 too) and R keep for themselves."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that goes to another program.

    Attributes
    ----------
    source
        What it is called in the table.
    name
        ASCII letters, digits and underscores, at most 32 of them, no digit first.
    labels
        By language, "en" and "zh".
    values
        Of a column of whole numbers, what each stands for, by language.
    """

    source: str
    name: str
    labels: Mapping[str, str]
    values: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


@cache
def read_labels() -> Mapping[str, Mapping[str, str]]:
    """Return the labels of the columns that textq writes, by column and language."""
    found = tomllib.loads((Path(__file__).resolve().parent / LABELS).read_text(encoding="utf-8"))
    return MappingProxyType(found)


def find_label(table: str, column: str) -> Mapping[str, str] | None:
    """Return the label of a column by language: that of the table, else that of all tables; None if it has none."""
    labels = read_labels()
    return labels.get(f"{table}.{column}") or labels.get(column)


def name_columns(
    columns: Iterable[str],
    labels: Mapping[str, Mapping[str, str]] | None = None,
    values: Mapping[str, Mapping[str, Mapping[int, str]]] | None = None,
) -> tuple[Column, ...]:
    """Return columns with names that Stata and R take; did:supply becomes did_supply.

    What is no ASCII letter or digit becomes an underscore; a name of which nothing is left (人口) becomes v1, v2, …
    Names that differ in nothing else, or in capitals alone, get a number.

    Parameters
    ----------
    columns
        As they are called in the table.
    labels
        Of some of them, by language; the others have those of ``column_labels.toml``, else what they are called.
    values
        Of some of them, by language, what each number stands for.
    """
    known = {**read_labels(), **(labels or {})}
    taken: set[str] = set()
    found = []
    for place, source in enumerate(columns, 1):
        name = _settle_name(_plain_name(source) or f"v{place}", taken)
        taken.add(name.lower())
        found.append(
            Column(source, name, known.get(source, {"en": source, "zh": source}), (values or {}).get(source, {}))
        )
    return tuple(found)


def _plain_name(source: str) -> str:
    plain = re.sub(r"_+", "_", re.sub(r"[^A-Za-z0-9_]", "_", source)).strip("_")
    if not plain or plain in _STATA | _R or plain[0].isdigit() or re.fullmatch(r"str\d+", plain):
        plain = f"v_{plain}" if plain else ""
    return plain[:NAME_LENGTH]


def _settle_name(name: str, taken: set[str]) -> str:
    """Return the name, or the first of name_2, name_3, … that is free; Excel and Windows do not tell capitals apart."""
    settled, count = name, 1
    while settled.lower() in taken:
        count += 1
        settled = f"{name[: NAME_LENGTH - len(str(count)) - 1]}_{count}"
    return settled


def shorten_label(label: str) -> str:
    """Return a label of at most 80 characters, with … where the end of a longer one is cut off."""
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"
