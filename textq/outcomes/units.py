"""Names and codes as a file spells them → six-digit codes valid in a stated base year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from textq.outcomes.cells import fold_text
from textq.outcomes.places import PlaceHistory, builtin_history, is_city, is_province

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textq.lexicon.places import Place

BASE_YEAR = 2020
"""The year whose list of codes is used where none is stated."""

Outcome = Literal[
    "exact", "short_name", "other_name", "also_province",
    "unmatched", "ambiguous", "province", "outside_base_year",
]  # fmt: skip
"""How a spelling was matched, or why it was refused."""

_FOOTNOTE = re.compile(r"[*＊†①-⑳]+$")
_ENGLISH = re.compile(r"([\u4e00-\u9fff]+)[a-z'.\-]+")
_ENDINGS = ("县", "区", "州", "地区", "盟")


@dataclass(frozen=True, slots=True)
class UnitMatch:
    """What a spelling stands for; ``unit`` is None where it is refused, and ``detail`` names what it could be."""

    spelling: str
    outcome: Outcome
    unit: str | None = None
    name: str = ""
    detail: str = ""


def match_units(spellings: Iterable[str], base_year: int) -> dict[str, UnitMatch]:
    """Match each distinct spelling to a unit.

    A code of six digits stands for itself. A name means a place of prefecture level (a municipality too) if there is
    one, else a county; 市 may be left out, and the province or prefecture may stand before it (辽宁朝阳). A name of
    other years means the same code. Refused are provinces, names of several places, and codes that are not in the
    base year's list.

    Parameters
    ----------
    spellings
        Names or codes as the file has them.
    base_year
        The codes are those of the list at the end of this year.
    """
    return {spelling: _match_unit(spelling, base_year, builtin_history()) for spelling in dict.fromkeys(spellings)}


def is_place(spelling: str) -> bool:
    """Tell whether a spelling is the name or code of a place, of any level and any time."""
    history, name = builtin_history(), _strip_name(spelling)
    return name in history.codes or bool(_find_bearers(name, history))


def _match_unit(spelling: str, base_year: int, history: PlaceHistory) -> UnitMatch:
    name = _strip_name(spelling)
    if name.isdecimal():
        return _match_code(spelling, name, base_year, history)
    bearers = _find_bearers(name, history)
    units = [place for place in bearers if not is_province(place)]
    if not units:
        why: Outcome = "province" if bearers else "unmatched"
        return UnitMatch(spelling, why, detail=_list_places(_find_similar(name, history)))
    chosen = _choose_codes(units, base_year, history)
    if len(chosen) > 1:
        return UnitMatch(spelling, "ambiguous", detail=_list_places(_last_names(chosen, history)))
    if not history.is_valid(chosen[0], base_year):
        return UnitMatch(spelling, "outside_base_year", detail=_list_places(_last_names(chosen, history)))
    outcome = _tell_outcome(name, bearers, chosen[0], base_year)
    return UnitMatch(spelling, outcome, chosen[0], history.name_in(chosen[0], base_year))


def _match_code(spelling: str, code: str, base_year: int, history: PlaceHistory) -> UnitMatch:
    if code not in history.codes:
        return UnitMatch(spelling, "unmatched", detail=_list_places(history.codes.get(f"{code}00", ())[-1:]))
    if is_province(history.codes[code][-1]):
        return UnitMatch(spelling, "province")
    if not history.is_valid(code, base_year):
        return UnitMatch(spelling, "outside_base_year", detail=_list_places(_last_names([code], history)))
    return UnitMatch(spelling, "exact", code, history.name_in(code, base_year))


def _choose_codes(units: Sequence[Place], base_year: int, history: PlaceHistory) -> list[str]:
    """Return the codes a name can mean: those of prefecture level first, those of the base year first.

    A county that took over the name of a prefecture now gone (巢湖市) leaves both.
    """
    cities = {place.code for place in units if is_city(place)}
    counties = {place.code for place in units} - cities
    live = {code for code in cities | counties if history.is_valid(code, base_year)}
    if cities and not cities & live:
        return sorted(cities | (counties & live))
    preferred = cities or counties
    return sorted(preferred & live or preferred)


def _tell_outcome(name: str, bearers: Sequence[Place], code: str, base_year: int) -> Outcome:
    if any(is_province(place) for place in bearers):
        return "also_province"
    own = [place for place in bearers if place.code == code]
    valid = [place for place in own if place.is_valid(date(base_year, 12, 31))]
    if not valid:
        return "other_name"
    return "exact" if any(place.name == name for place in valid) else "short_name"


def _find_bearers(name: str, history: PlaceHistory) -> list[Place]:
    """Return all places that ever bore a name, with or without 市, or that stand in it behind a place above them."""
    found = history.names.get(name) or history.names.get(f"{name}市")
    if found:
        return list(found)
    for cut in range(2, len(name) - 1):
        outer = {place.code for place in history.names.get(name[:cut], ())}
        inner = _find_bearers(name[cut:], history) if outer else []
        if within := [place for place in inner if outer & set(history.list_ancestors(place.code))]:
            return within
    return []


def _find_similar(name: str, history: PlaceHistory) -> list[Place]:
    places = [place for ending in _ENDINGS for place in history.names.get(name + ending, ())]
    return list({place.code: place for place in places}.values())


def _strip_name(spelling: str) -> str:
    """Return a name without blanks, footnote marks and the English that yearbooks print behind it."""
    name = fold_text(_FOOTNOTE.sub("", spelling.strip()))
    found = _ENGLISH.fullmatch(name)
    return found[1] if found else name


def _last_names(codes: Iterable[str], history: PlaceHistory) -> list[Place]:
    return [history.codes[code][-1] for code in codes]


def _list_places(places: Iterable[Place]) -> str:
    """Return "341400 巢湖市 (1999–2011), 340181 合肥市巢湖市 (2011–)"."""
    return ", ".join(f"{place.code} {_show_outer(place)}{place.name}{_show_years(place)}" for place in places)


def _show_outer(place: Place) -> str:
    return builtin_history().codes[place.parent][-1].name if place.level == "county" else ""


def _show_years(place: Place) -> str:
    if place.valid_from is None and place.valid_to is None:
        return ""
    first, last = (str(day.year) if day else "" for day in (place.valid_from, place.valid_to))
    return f" ({first}–{last})"
