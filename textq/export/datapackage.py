"""``datapackage.json``: what every CSV file of a run folder holds, as a Frictionless Data Package (version 1).

Source of the form: the specifications Data Package and Table Schema of Frictionless Data.
"""

import csv
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from textq.export.columns import find_label
from textq.export.parquet import read_parquet
from textq.export.run_folder import hash_file
from textq.tables import CLAUSES, CODINGS, COVERAGE, DOCUMENTS, SCORES, SUBTYPES, SUGGESTIONS

PACKAGE = "datapackage.json"

_CODES = frozenset({"unit", "unit_i", "unit_j", "treated_unit", "pair_id", "parent", "place", "doc_id", "sha256"})
"""Columns of codes, which stay texts although all may be digits."""

_SEEN_TYPES = (
    ("boolean", re.compile(r"true|false", re.IGNORECASE)),
    ("integer", re.compile(r"[+-]?\d{1,18}")),
    ("number", re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|[+-]?inf|nan", re.IGNORECASE)),
)
_NOT_NAMED = re.compile(r"[^a-z0-9._/-]")


@dataclass(frozen=True, slots=True)
class Link:
    """Columns of a table whose values, where there are any, are values of columns of another one."""

    columns: tuple[str, ...]
    table: str
    their: tuple[str, ...]


KEYS: Mapping[str, tuple[str, ...]] = {
    **{one.name: one.key for one in (DOCUMENTS, CLAUSES, CODINGS, SUGGESTIONS, COVERAGE, SCORES, SUBTYPES)},
    "panel": ("unit_i", "unit_j", "period"),
    "estimates": ("equation", "vcov", "term"),
    "intensities": ("unit", "period"),
    "treated_zero": ("unit", "period"),
    "scales": ("instrument",),
    "inflation": ("term",),
    "event_study": ("standardise", "event_time"),
    "event_study_tests": ("standardise",),
    "placebo": ("statistic",),
    "placebo_draws": ("draw",),
    "dropped": (),
}
"""The columns that identify a row, by table, for the tables that textq defines; stated where the file keeps them."""

LINKS: Mapping[str, tuple[Link, ...]] = {
    "subtypes": (Link(SCORES.key, "scores", SCORES.key),),
    "scores": (Link(("unit",), "coverage", ("unit",)),),
    "codings": (Link(("clause_id",), "clauses", ("clause_id",)),),
    "suggestions": (Link(("clause_id",), "codings", ("clause_id",)),),
    "clauses": (Link(("doc_id",), "documents", ("doc_id",)), Link(("copied_from",), "documents", ("doc_id",))),
    "treated_zero": (Link(("unit", "period"), "intensities", ("unit", "period")),),
    "event_study": (Link(("standardise",), "event_study_tests", ("standardise",)),),
}
"""From a score to the units searched, from a code to its clause, from a clause to its document; where all are there."""


def write_datapackage(folder: Path, *, name: str, title: str, sources: Sequence[Mapping[str, str]] = ()) -> None:
    """Describe all CSV files below a folder, in ``datapackage.json``; the same files give the same bytes.

    Each file has its columns with types and titles, its key, the links to other files of the folder, its size and its
    sha256. Types are those of the Parquet file beside it, else those that its cells look like. A printed table, whose
    head has empty or repeated cells, is described as a table without a head.

    Parameters
    ----------
    name
        Small letters, digits, dots and hyphens.
    title
        In words.
    sources
        {"title": …, "path": …} of what the files are made from.
    """
    tables = {path.relative_to(folder).as_posix().removesuffix(".csv"): path for path in sorted(folder.rglob("*.csv"))}
    package: dict[str, object] = {"profile": "tabular-data-package", "name": name, "title": title}
    if sources:
        package["sources"] = list(sources)
    package["resources"] = [_describe_file(table, path, folder, tables) for table, path in tables.items()]
    text = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    (folder / PACKAGE).write_text(text, encoding="utf-8", newline="\n")


def _describe_file(table: str, path: Path, folder: Path, tables: Mapping[str, Path]) -> dict[str, object]:
    head, is_head = _read_head(path)
    resource: dict[str, object] = {
        "profile": "tabular-data-resource",
        "name": _NOT_NAMED.sub("-", table.lower()),
        "path": path.relative_to(folder).as_posix(),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{hash_file(path)}",
    }
    if not is_head:
        return resource | {
            "dialect": {"header": False},
            "schema": {"fields": [{"name": f"column_{place}", "type": "string"} for place in range(1, len(head) + 1)]},
        }
    return resource | {"schema": _describe_columns(table, path, head, tables)}


def _read_head(path: Path) -> tuple[list[str], bool]:
    """Return the first row of a file, and whether it can name the columns: all cells are filled and differ."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head = next(csv.reader(stream), [])
    return head, all(head) and len(set(head)) == len(head)


def _describe_columns(table: str, path: Path, head: Sequence[str], tables: Mapping[str, Path]) -> dict[str, object]:
    types = _read_types(path) or _guess_types(path, head)
    fields = []
    for name in head:
        described = {"name": name, "type": "string" if name in _CODES else types.get(name, "string")}
        label = find_label(table, name) if table in KEYS else None
        fields.append(described | ({"title": label["en"], "description": label["zh"]} if label else {}))
    schema: dict[str, object] = {"fields": fields, "missingValues": [""]}
    key = KEYS.get(table, ())
    if key and _keeps_key(path, key):
        schema["primaryKey"] = list(key)
    links = [_state_link(link) for link in LINKS.get(table, ()) if _holds(link, path, tables)]
    if links:
        schema["foreignKeys"] = links
    return schema


def _state_link(link: Link) -> dict[str, object]:
    return {"fields": list(link.columns), "reference": {"resource": link.table, "fields": list(link.their)}}


def _read_types(path: Path) -> dict[str, str]:
    """Return the types of the columns by the Parquet file of the same name; none without one."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    typed = path.with_suffix(".parquet")
    if not typed.is_file():
        return {}

    def name_type(kind: Any) -> str:
        if pa.types.is_boolean(kind):
            return "boolean"
        if pa.types.is_integer(kind):
            return "integer"
        return "number" if pa.types.is_floating(kind) else "string"

    return {field.name: name_type(field.type) for field in pq.read_schema(typed)}


def _guess_types(path: Path, head: Sequence[str]) -> dict[str, str]:
    """Return for each column the narrowest type that all its filled cells look like; text where none is filled."""
    possible = {name: list(range(len(_SEEN_TYPES))) for name in head}
    filled: set[str] = set()
    for row in _iterate_rows(path):
        for name, cell in zip(head, row, strict=False):
            if cell:
                filled.add(name)
                possible[name] = [at for at in possible[name] if _SEEN_TYPES[at][1].fullmatch(cell)]
    return {
        name: _SEEN_TYPES[kinds[0]][0] if kinds and name in filled else "string" for name, kinds in possible.items()
    }


def _iterate_rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        yield from itertools.islice(csv.reader(stream), 1, None)


def _keeps_key(path: Path, key: Sequence[str]) -> bool:
    rows = _read_columns(path, key)
    return not rows.isna().any(axis=None) and not rows.duplicated().any()


def _holds(link: Link, path: Path, tables: Mapping[str, Path]) -> bool:
    """Return whether all rows whose columns are filled find their row in the other file."""
    other = tables.get(link.table)
    if other is None:
        return False
    known = _list_values(_read_columns(other, link.their))
    return set(_list_values(_read_columns(path, link.columns).dropna())) <= set(known)


def _read_columns(path: Path, columns: Iterable[str]) -> pd.DataFrame:
    """Return columns, of the Parquet file where there is one, else as texts; those it lacks are missing in all rows."""
    wanted = list(columns)
    types = _read_types(path)
    if types:
        known = [name for name in wanted if name in types]
        return read_parquet(path.with_suffix(".parquet"), known).reindex(columns=wanted)
    found = pd.read_csv(path, encoding="utf-8-sig", dtype=str, keep_default_na=False, na_values=[""],
                        usecols=lambda name: name in wanted)  # fmt: skip
    return found.reindex(columns=wanted)


def _list_values(rows: pd.DataFrame) -> list[tuple[object, ...]]:
    return list(rows.itertuples(index=False, name=None))
