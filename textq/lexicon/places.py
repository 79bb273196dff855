"""The lists of places of China and of the pilot zones: names with their periods of validity, read from CSV."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from textq.errors import LexiconError
from textq.lexicon.places_gazetteer import Gazetteer, Place, PlaceMatch
from textq.lexicon.read import builtin_root
from textq.lexicon.rows import parse_day, read_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from textq.records import Level

__all__ = [
    "JURISDICTION_COLUMNS",
    "STOPPER_COLUMNS",
    "ZONE_COLUMNS",
    "Gazetteer",
    "Place",
    "PlaceMatch",
    "Zone",
    "builtin_gazetteer",
    "builtin_zones",
    "read_gazetteer",
    "read_places",
    "read_zones",
]

JURISDICTION_COLUMNS = ("code", "name", "aliases", "level", "parent", "valid_from", "valid_to", "note")
"""The columns of ``jurisdictions.csv``: a row for each code, name and period of validity."""

STOPPER_COLUMNS = ("word", "kind", "note")
"""The columns of ``stoppers.csv``: words that hide a name (``stop``), names that are also words (``homonym``)."""

ZONE_COLUMNS = (
    *("unit", "name", "zone", "level", "parent", "province"),
    *("batch", "number", "approved_on", "source", "doubtful", "note"),
)
"""The columns of ``zones.csv``, the roster of pilot zones."""

_LEVELS: Mapping[str, Level] = {"province": "province", "prefecture": "prefecture", "county": "county"}
_DOUBTFUL = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Zone:
    """A pilot zone of the roster; ``unit`` is its own six-digit code, ``note`` says why it is ``doubtful``."""

    unit: str
    name: str
    zone: str
    level: Level
    parent: str
    province: str
    batch: int
    number: str | None
    approved_on: date | None
    source: str
    doubtful: bool
    note: str


@cache
def builtin_gazetteer() -> Gazetteer:
    """Return the gazetteer that comes with textq, read and compiled once."""
    return read_gazetteer(builtin_root() / "places")


@cache
def builtin_zones() -> tuple[Zone, ...]:
    """Return the roster of pilot zones that comes with textq, read once."""
    return read_zones(builtin_root() / "places")


def read_gazetteer(folder: Path) -> Gazetteer:
    """Read ``jurisdictions.csv`` and ``stoppers.csv`` of a folder.

    Raises
    ------
    LexiconError
        If a file breaks its form: columns, codes, levels, parents, days, a place twice, an unknown kind of word.
    """
    places = read_places(folder)
    words = _read_stoppers(folder / "stoppers.csv")
    return Gazetteer(places, stops=words["stop"], homonyms=words["homonym"])


def read_places(folder: Path) -> list[tuple[Place, list[str]]]:
    """Read ``jurisdictions.csv`` of a folder: each place under each of its names, with its aliases.

    Raises
    ------
    LexiconError
        If the file breaks its form.
    """
    path = folder / "jurisdictions.csv"
    places: list[tuple[Place, list[str]]] = []
    seen: set[tuple[str, str, date | None]] = set()
    for where, row in read_rows(path, JURISDICTION_COLUMNS):
        place = _build_place(row, where)
        if (key := (place.code, place.name, place.valid_from)) in seen:
            raise LexiconError(
                f"{where}: {place.code} {place.name} from {place.valid_from} stands twice. Keep one row."
            )
        seen.add(key)
        places.append((place, [alias for alias in row["aliases"].split(";") if alias]))
    _check_parents(path, [place for place, _ in places])
    return places


def read_zones(folder: Path) -> tuple[Zone, ...]:
    """Read ``zones.csv`` of a folder: the pilot zones in the order of the file.

    Raises
    ------
    LexiconError
        If the file breaks its form, or a unit stands twice.
    """
    zones: dict[str, Zone] = {}
    for where, row in read_rows(folder / "zones.csv", ZONE_COLUMNS):
        zone = _build_zone(row, where)
        if zone.unit in zones:
            raise LexiconError(f"{where}: unit {zone.unit} is already {zones[zone.unit].name}. Keep one row.")
        zones[zone.unit] = zone
    return tuple(zones.values())


def _build_place(row: Mapping[str, str], where: str) -> Place:
    first, last = parse_day(row["valid_from"], where), parse_day(row["valid_to"], where)
    if first and last and first > last:
        raise LexiconError(f"{where}: {row['name']} ends on {last} before it begins on {first}. Correct the days.")
    if not row["name"]:
        raise LexiconError(f"{where}: {row['code']} has no name. Add it, or remove the row.")
    return Place(_parse_code(row["code"], where), row["name"], _parse_level(row, where), row["parent"], first, last)


def _build_zone(row: Mapping[str, str], where: str) -> Zone:
    if row["doubtful"] not in _DOUBTFUL or not row["batch"].isdecimal():
        raise LexiconError(f"{where}: batch must be a number and doubtful yes or no. Correct {row['name']}.")
    return Zone(
        unit=_parse_code(row["unit"], where),
        name=row["name"],
        zone=row["zone"],
        level=_parse_level(row, where),
        parent=row["parent"],
        province=_parse_code(row["province"], where),
        batch=int(row["batch"]),
        number=row["number"] or None,
        approved_on=parse_day(row["approved_on"], where),
        source=row["source"],
        doubtful=_DOUBTFUL[row["doubtful"]],
        note=row["note"],
    )


def _parse_code(code: str, where: str) -> str:
    if len(code) != 6 or not (code.isascii() and code.isdecimal()):
        raise LexiconError(f"{where}: {code!r} is no six-digit code. Keep leading zeros out of a spreadsheet's hands.")
    return code


def _parse_level(row: Mapping[str, str], where: str) -> Level:
    if row["level"] not in _LEVELS:
        raise LexiconError(f"{where}: unknown level {row['level']!r}. It must be one of {', '.join(_LEVELS)}.")
    return _LEVELS[row["level"]]


def _check_parents(path: Path, places: Sequence[Place]) -> None:
    ranks = {level: rank for rank, level in enumerate(_LEVELS)}
    known = {place.code: place for place in places}
    for place in places:
        outer = known.get(place.parent)
        if place.level == "province" and not place.parent:
            continue
        if outer is None or ranks[outer.level] >= ranks[place.level]:
            raise LexiconError(
                f"{path}: the parent {place.parent!r} of {place.code} {place.name} is no place above it. "
                "Give the code of its prefecture or province."
            )


def _read_stoppers(path: Path) -> dict[str, list[str]]:
    words: dict[str, list[str]] = {"stop": [], "homonym": []}
    for where, row in read_rows(path, STOPPER_COLUMNS):
        if row["kind"] not in words or not row["word"]:
            raise LexiconError(f"{where}: unknown kind {row['kind']!r} of {row['word']!r}. Use stop or homonym.")
        words[row["kind"]].append(row["word"])
    return words
