"""Every name a place ever had, and the days on which it had it.

The gazetteer of :mod:`textq.lexicon.places` answers for one day. A series spans decades: here all bearers of a name
and all names of a code are wanted, from the same list.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from textq.lexicon.places import Place, read_places
from textq.lexicon.read import builtin_root

if TYPE_CHECKING:
    from collections.abc import Mapping

_CITY_PROVINCES = frozenset({"110000", "120000", "310000", "500000", "810000", "820000"})


@dataclass(frozen=True, slots=True)
class PlaceHistory:
    """Places by name or alias, and by code: one Place for each name and period of validity."""

    names: Mapping[str, tuple[Place, ...]]
    codes: Mapping[str, tuple[Place, ...]]

    def is_valid(self, code: str, year: int) -> bool:
        """Whether the code was in the list at the end of that year, under whatever name."""
        return any(place.is_valid(date(year, 12, 31)) for place in self.codes[code])

    def name_in(self, code: str, year: int) -> str:
        """Return the name that a code bore at the end of a year, or else its last one."""
        valid = [place for place in self.codes[code] if place.is_valid(date(year, 12, 31))] or self.codes[code]
        return max(valid, key=lambda place: place.valid_from or date.min).name

    def list_ancestors(self, code: str) -> list[str]:
        """Return the codes above a place, the nearest first."""
        found: list[str] = []
        while code := self.codes[code][0].parent:
            found.append(code)
        return found

    def find_prefecture(self, code: str) -> str | None:
        """Return the prefecture or municipality in which a county lies; None for cities and what a province holds."""
        outer = self.codes[code][0].parent
        return outer if outer and is_city(self.codes[outer][0]) else None


@cache
def builtin_history() -> PlaceHistory:
    """Return the history of the places that come with textq, read once."""
    names: dict[str, list[Place]] = {}
    codes: dict[str, list[Place]] = {}
    for place, aliases in read_places(builtin_root() / "places"):
        codes.setdefault(place.code, []).append(place)
        for name in (place.name, *aliases):
            names.setdefault(name, []).append(place)
    return PlaceHistory(
        {name: tuple(places) for name, places in names.items()},
        {code: tuple(places) for code, places in codes.items()},
    )


def is_city(place: Place) -> bool:
    """Tell whether a place is a unit of prefecture level: a prefecture, a municipality, 香港 or 澳门."""
    return place.level == "prefecture" or place.code in _CITY_PROVINCES


def is_province(place: Place) -> bool:
    """Tell whether a place is a province, which is no unit."""
    return place.level == "province" and place.code not in _CITY_PROVINCES
