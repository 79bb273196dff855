"""Whose document is it? The places a document applies to, which need not be the seat of its issuers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from textq.lexicon.places import Gazetteer, Place, PlaceMatch, builtin_zones
from textq.records import Level

_ZONE_NAME = re.compile(r"中国(?P<places>(?:[（(][^（()）]{1,40}[）)][、和]?)+)")
_AMONG_OTHERS = re.compile(r"[）)市]等[0-9一二三四五六七八九十]*个?(?:城市|市|地|跨境|综合试验区)")
_LESSON = re.compile(r"(?:复制|推广|学习|借鉴|对口支援).*经验|复制推广|学习借鉴|对口支援")
"""A title about the experience of another place does not apply to that place."""

_CONSENT = re.compile(r"[^。；\n]*同意[^。；\n]*(?:设立|建设|建立|扩大|开展)[^。；\n]*")
_SUBJECT = re.compile(r"(?:关于|转发|批转|印发).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scope:
    """The six-digit codes a document applies to, and the rule that found them.

    ``reason`` is one of zones_in_text (a title that names zones "and others"), zone_in_title, zones_in_reply,
    place_in_title, issuer_place (the issuer's own city or county), general_provincial and general_central (kept out
    of local intensity), ambiguous_place (a name that several places share), unknown. ``candidates`` are the codes
    that an ambiguous name may mean.
    """

    units: tuple[str, ...]
    reason: str
    candidates: tuple[str, ...] = ()


def find_scope(
    title: str, issuers: Sequence[str], level: Level | None, text: str, gazetteer: Gazetteer, *, on: date | None
) -> Scope:
    """Decide which places a document applies to: the zones and places its title names, else its issuer's place.

    A place outside the issuers' own does not count, nor does one whose experience is to be learnt from.
    """
    subject = "" if _LESSON.search(title) else _find_subject(title, issuers)
    home = _find_home(issuers, gazetteer, on) if level != "central" else frozenset()
    named = text if level == "province" and _AMONG_OTHERS.search(subject) else ""
    for reason, words in (
        ("zones_in_text", _find_zones(named)),
        ("zone_in_title", _find_zones(subject)),
        ("zones_in_reply", _find_consent(title, text) if level == "central" else ""),
        ("place_in_title", subject),
        ("issuer_place", " ".join(issuers)),
    ):
        units, candidates = _find_units(words, gazetteer, on, zones=reason.startswith("zone"))
        units = tuple(unit for unit in units if _is_within(unit, home, gazetteer))
        if units:
            return Scope(units, reason)
        if candidates:
            return Scope((), "ambiguous_place", candidates)
    return Scope((), {"central": "general_central", "province": "general_provincial"}.get(level or "", "unknown"))


def _find_subject(title: str, issuers: Sequence[str]) -> str:
    """Return what a title is about, without the issuers it begins with."""
    subject = _SUBJECT.search(title)
    named = issuers and title.replace(" ", "").startswith(issuers[0])
    return subject[0] if subject and (named or subject.start()) else title


def _find_zones(words: str) -> str:
    """Return the places of the zones named (中国（杭州）, 中国（广州）、（深圳）, 中国（珠海、东莞）)."""
    return " ".join(found["places"] for found in _ZONE_NAME.finditer(words))


def _find_consent(title: str, text: str) -> str:
    """Return the sentence of a reply that agrees to zones (同意在天津市、上海市等12个城市设立……), or ""."""
    if "同意" not in title:
        return ""
    body = text.partition("：")[2]
    found = _CONSENT.search(body) or _CONSENT.search(title)
    return found[0] if found else ""


def _find_units(
    words: str, gazetteer: Gazetteer, on: date | None, *, zones: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the cities and counties named, and those that names left open may mean.

    With ``zones`` the words name pilot zones: of several places of one name, the one that is a zone is meant (吉林).
    """
    matches = gazetteer.find_places(words, on=on) if words else []
    matches = [_choose_zone(match) for match in matches] if zones else matches
    places = [match.place for match in matches if match.place is not None]
    above = {gazetteer.province_of(place.code).code for place in places if place.level != "province"}
    above |= {place.parent for place in places if place.level == "county"}
    local = [place.code for place in places if is_unit(place) and place.code not in above]
    left_open = (place.code for match in matches if match.place is None for place in match.candidates)
    return tuple(dict.fromkeys(local)), tuple(dict.fromkeys(left_open))


def _choose_zone(match: PlaceMatch) -> PlaceMatch:
    among = [place for place in match.candidates if place.code in _zone_units()]
    return replace(match, place=among[0]) if match.place is None and len(among) == 1 else match


@cache
def _zone_units() -> frozenset[str]:
    return frozenset(zone.unit for zone in builtin_zones())


def _find_home(issuers: Sequence[str], gazetteer: Gazetteer, on: date | None) -> frozenset[str]:
    """Return the codes of the issuers' own places, provinces too; empty if they show none."""
    matches = gazetteer.find_places(" ".join(issuers), on=on) if issuers else []
    places = [match.place for match in matches if match.place is not None]
    outer = {outer.code for place in places if (outer := gazetteer.parent_of(place.code))}
    return frozenset(place.code for place in places if place.code not in outer)


def _is_within(unit: str, home: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Tell whether a place is, or lies in, a place of the issuers: nobody legislates for a place elsewhere."""
    place = gazetteer.place_of(unit) if home else None
    while place is not None and place.code not in home:
        place = gazetteer.parent_of(place.code)
    return not home or place is not None


def is_unit(place: Place) -> bool:
    """Can a place be a unit of the score table? Cities, counties, and the four municipalities; not provinces."""
    return place.level != "province" or place.name.endswith("市")
