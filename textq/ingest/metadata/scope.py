"""Whose document is it? The places a document applies to, which need not be the seat of its issuers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from textq.lexicon.places import Gazetteer, Place, PlaceMatch, builtin_zones
from textq.notation.numerals import NUMERAL, parse_number
from textq.records import Level

_ZONE_NAME = re.compile(r"中国(?P<places>(?:[（(][^（()）]{1,40}[）)][、和]?)+)")
_COUNT = rf"(?:[0-9]{{1,3}}|{NUMERAL}{{1,3}})"
_AMONG_OTHERS = re.compile(rf"[）)市]等{_COUNT}?个?(?:城市|市|地|跨境|综合试验区)")
_COUNTED = re.compile(rf"等(?P<count>{_COUNT})个?(?:城市|市|地|跨境|综合试验区)")
_SEATED = re.compile(r"海关(?!总署)|(?<![省市县区盟])(?<!自治州)(?:分行|中心支行)")
"""Branches of central bodies that are named for their seat (杭州海关) and answer for more than it, or for less."""

_LESSON = re.compile(r"(?:复制|推广|学习|借鉴|对口支援).*经验|复制推广|学习借鉴|对口支援")
"""A title about the experience of another place does not apply to that place."""

_CONSENT = re.compile(r"[^。；\n]*同意[^。；\n]*(?:设立|建设|建立|扩大|开展)[^。；\n]*")
_LEVELS = ("province", "prefecture", "county")
_SUBJECT = re.compile(r"(?:关于|转发|批转|印发).*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Scope:
    """The six-digit codes a document applies to, and the rule that found them.

    ``reason`` is one of zones_in_text (a title that names zones "and others"), zone_in_title, zones_in_reply,
    place_in_title, issuer_place (the issuer's own city or county), general_provincial and general_central (kept out
    of local intensity), ambiguous_place (a name that several places share), unknown. ``candidates`` are the codes
    that an ambiguous name may mean; ``unsure`` says why places that were found, or not, should be confirmed.
    """

    units: tuple[str, ...]
    reason: str
    candidates: tuple[str, ...] = ()
    unsure: str = ""


def find_scope(
    title: str, issuers: Sequence[str], level: Level | None, text: str, gazetteer: Gazetteer, *, on: date | None
) -> Scope:
    """Decide which places a document applies to: the zones and places its title names, else its issuer's place.

    A place outside the issuers' own does not count, nor does one whose experience is to be learnt from.
    """
    subject = "" if _LESSON.search(title) else _find_subject(title, issuers)
    homes = {} if level == "central" else {name: find_home(name, gazetteer, on=on) for name in issuers}
    home = frozenset[str]().union(*homes.values())
    settled = frozenset[str]().union(*(own for name, own in homes.items() if not _SEATED.search(name)))
    consent = _find_consent(title, text) if level == "central" else ""
    named = text if level == "province" and _AMONG_OTHERS.search(subject) else ""
    for reason, words in (
        ("zones_in_text", _find_zones(named)),
        ("zone_in_title", _find_zones(subject)),
        ("zones_in_reply", consent),
        ("place_in_title", subject),
        ("issuer_place", "" if _has_province(settled, gazetteer) else " ".join(issuers)),
    ):
        units, candidates = _find_units(words, gazetteer, home, on, zones=reason.startswith("zone"))
        if units:
            doubtful_seat = reason == "issuer_place" and not settled
            counted = _compare_count(consent or subject, units) if reason.startswith("zone") else ""
            return Scope(units, reason, unsure=_explain_seat(issuers) if doubtful_seat else counted)
        if candidates:
            return Scope((), "ambiguous_place", candidates)
    return Scope((), {"central": "general_central", "province": "general_provincial"}.get(level or "", "unknown"))


def _has_province(home: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Tell whether an issuer answers for a whole province, so that the seat of another one does not limit it."""
    return any(not is_unit(gazetteer.place_of(code)) for code in home)


def _compare_count(words: str, units: Sequence[str]) -> str:
    """Say that other places are spoken of than were found (中国（南京）等10个…), or return ""."""
    counted = _COUNTED.search(words)
    n_stated = parse_number(counted["count"]) if counted else None
    if n_stated in {None, len(units)} and (counted or len(units) > 1 or not _AMONG_OTHERS.search(words)):
        return ""
    return f"{n_stated or 'several'} places are spoken of, but {len(units)} found"


def _explain_seat(issuers: Sequence[str]) -> str:
    """Say that a branch is named for its seat, if there is one among the issuers; else return ""."""
    seated = next(filter(_SEATED.search, issuers), None)
    return f"{seated} is named for its seat, and may answer for more or less than it" if seated else ""


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
    words: str, gazetteer: Gazetteer, home: frozenset[str], on: date | None, *, zones: bool = False
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the codes of the cities and counties of ``home`` named, and those that names left open may mean.

    With ``zones`` the words name pilot zones: of several places of one name, the one that is a zone is meant (吉林).
    """
    matches = gazetteer.find_places(words, on=on) if words else []
    matches = [_choose_zone(match) for match in matches] if zones else matches
    matches = [_choose_inner(match, home, gazetteer) for match in matches]
    places = [match.place for match in matches if match.place is not None]
    above = {gazetteer.province_of(place.code).code for place in places if place.level != "province"}
    above |= {place.parent for place in places if place.level == "county"}
    local = [place.code for place in places if is_unit(place) and place.code not in above]
    units = (unit for unit in local if _is_within(unit, home, gazetteer))
    left_open = (place.code for match in matches if match.place is None for place in match.candidates)
    return tuple(dict.fromkeys(units)), tuple(dict.fromkeys(left_open))


def _choose_inner(match: PlaceMatch, home: frozenset[str], gazetteer: Gazetteer) -> PlaceMatch:
    """Of several places of one name, keep those in the issuers' own; a single one is meant."""
    if match.place is not None:
        return match
    inner = tuple(place for place in match.candidates if _is_within(place.code, home, gazetteer))
    return replace(match, place=inner[0] if len(inner) == 1 else None, candidates=inner)


def _choose_zone(match: PlaceMatch) -> PlaceMatch:
    among = [place for place in match.candidates if place.code in _zone_units()]
    return replace(match, place=among[0]) if match.place is None and len(among) == 1 else match


@cache
def _zone_units() -> frozenset[str]:
    return frozenset(zone.unit for zone in builtin_zones())


def find_home(issuer: str, gazetteer: Gazetteer, *, on: date | None) -> frozenset[str]:
    """Return the codes of the places that an issuer answers for, provinces too; empty if its name shows none.

    Of a branch that is named for its seat, that is the province: it answers for places outside the seat.
    """
    places = [match.place for match in gazetteer.find_places(issuer, on=on) if match.place is not None]
    if _SEATED.search(issuer):
        return frozenset(gazetteer.province_of(place.code).code for place in places)
    outer = {outer.code for place in places if (outer := gazetteer.parent_of(place.code))}
    return frozenset(place.code for place in places if place.code not in outer)


def _is_within(unit: str, home: frozenset[str], gazetteer: Gazetteer) -> bool:
    """Tell whether a place is, or lies in, a place of the issuers: nobody legislates for a place elsewhere."""
    return not home or not home.isdisjoint(_list_outward(unit, gazetteer))


def find_own_place(
    issuers: Sequence[str], level: Level | None, units: Sequence[str], gazetteer: Gazetteer, *, on: date | None
) -> str:
    """Return the code of the place whose authority issued a document: "" for a central one, and where none shows.

    It is that of the first issuer that shows one, else the smallest place of its ``level`` around all ``units``.
    """
    if level is None or level == "central":
        return ""
    homes = (find_home(issuer, gazetteer, on=on) for issuer in issuers)
    if home := next(filter(None, homes), None):
        return next(iter(_find_common(sorted(home), gazetteer)), "")
    common = _find_common([unit for unit in units if unit in gazetteer], gazetteer)
    return next((code for code in common if _LEVELS.index(gazetteer.level_of(code)) <= _LEVELS.index(level)), "")


def _find_common(codes: Sequence[str], gazetteer: Gazetteer) -> list[str]:
    """Return the places that all of some places are, or lie in, the smallest first."""
    chains = [_list_outward(code, gazetteer) for code in codes]
    return [code for code in chains[0] if all(code in chain for chain in chains)] if chains else []


def _list_outward(code: str, gazetteer: Gazetteer) -> list[str]:
    """Return a place and those around it, up to its province."""
    codes = [code]
    while outer := gazetteer.parent_of(codes[-1]):
        codes.append(outer.code)
    return codes


def is_unit(place: Place) -> bool:
    """Can a place be a unit of the score table? Cities, counties, and the four municipalities; not provinces."""
    return place.level != "province" or place.name.endswith("市")
