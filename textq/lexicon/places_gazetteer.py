"""The gazetteer: places by name, alias and code, and where a text names them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textq.errors import LexiconError
from textq.lexicon.match import TermAutomaton

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from textq.records import Level

_GOES_ON = {"市": "场值", "区": "域间块位段", "县": "级域"}
_OTHER_NAMES = re.compile("[路街镇]|大学|学院|银行(?!业)")
"""What makes the alias before it the name of something else (长春路, 吉林大学, 北京银行)."""

_EDGES = frozenset("、，。；：（）()《》“”和与及 \t\n")
_BRACKETS = {"中国（": "）", "中国(": ")"}


@dataclass(frozen=True, slots=True)
class Place:
    """A jurisdiction under one name; ``valid_from`` and ``valid_to`` are inclusive, None means unknown or open."""

    code: str
    name: str
    level: Level
    parent: str
    valid_from: date | None = None
    valid_to: date | None = None

    def is_valid(self, on: date) -> bool:
        """Whether the place bore this name on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


@dataclass(frozen=True, slots=True)
class PlaceMatch:
    """A name at ``[start, end)`` of a text; ``place`` is None where several ``candidates`` are left."""

    start: int
    end: int
    place: Place | None
    candidates: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _Mention:
    start: int
    end: int
    name: str
    bearers: tuple[Place, ...]


class Gazetteer:
    """Places by name, alias and code; built from rows of places, each with its aliases.

    ``stops`` are words that hide a name inside them (长春花, 其中); ``homonyms`` are names that are ordinary words
    too (日照, 新城区) and need a context that shows a place.
    """

    def __init__(
        self,
        places: Iterable[tuple[Place, Sequence[str]]],
        *,
        stops: Iterable[str] = (),
        homonyms: Iterable[str] = (),
    ) -> None:
        self._names: dict[str, list[Place]] = {}
        self._codes: dict[str, Place] = {}
        for place, aliases in places:
            for name in (place.name, *aliases):
                self._names.setdefault(name, []).append(place)
            if place.code not in self._codes or place.valid_to is None:
                self._codes[place.code] = place
        self._stops = frozenset(stops)
        self._homonyms = frozenset(homonyms)
        self._automaton = TermAutomaton((*self._names, *sorted(self._stops - self._names.keys())))

    def __contains__(self, code: object) -> bool:
        """Whether a place has, or had, this code."""
        return code in self._codes

    def place_of(self, code: str) -> Place:
        """Return the place with this code, under its present or last name.

        Raises
        ------
        LexiconError
            If no place has the code.
        """
        if code not in self._codes:
            raise LexiconError(f"{code!r} is the code of no place in the gazetteer. Check it in jurisdictions.csv.")
        return self._codes[code]

    def parent_of(self, code: str) -> Place | None:
        """Return the place one level up (the prefecture of a county), or None for a province."""
        parent = self.place_of(code).parent
        return self.place_of(parent) if parent else None

    def province_of(self, code: str) -> Place:
        """Return the province of a place; a province is its own."""
        return self.place_of((code, *self._ancestors(code))[-1])

    def level_of(self, code: str) -> Level:
        """Return the level of a place: province (with the municipalities), prefecture or county."""
        return self.place_of(code).level

    def lookup(self, name: str, *, on: date | None = None) -> list[Place]:
        """Return the places with exactly this name or alias on a day, one for each code.

        Without a day, the places that bear the name today, or else those that once did.
        """
        places = self._names.get(name, [])
        if on is not None:
            valid = [place for place in places if place.is_valid(on)]
        else:
            valid = [place for place in places if place.valid_to is None] or places
        return list({place.code: place for place in valid}.values())

    def find_places(self, text: str, *, on: date | None = None) -> list[PlaceMatch]:
        """Return where a text names places, leftmost-longest, in order and without overlap.

        A name of several places is settled by the parent that stands before it, or else by the only parent
        (then province) that the text names; what stays open has candidates and no place, and so has a county right
        after a place that is not its own (漯河市西城区). A homonym, or a county of two characters (和县), counts
        only right after its parent, in 中国（…）, beside another place in an enumeration with 、, or alone.

        Parameters
        ----------
        text : str
            The text; offsets of the matches count its code points.
        on : date, optional
            Only names that were valid on this day match. Without it, a name means its present bearers if it has any.
        """
        mentions = self._keep_places(text, self._find_mentions(text, on))
        named = {mention.bearers[0].code for mention in mentions if len(mention.bearers) == 1}
        before: Sequence[_Mention | None] = [None, *mentions]
        return [
            self._resolve(mention, _touching(previous, mention), named)
            for previous, mention in zip(before, mentions, strict=False)
        ]

    def _find_mentions(self, text: str, on: date | None) -> list[_Mention]:
        mentions = []
        for start, end, index in self._automaton.find(text):
            name = self._automaton.patterns[index]
            if name in self._stops:
                continue
            if text[end : end + 1] and text[end] in _GOES_ON.get(name[-1], ""):
                name = name[:-1]
            mention = _Mention(start, start + len(name), name, tuple(self.lookup(name, on=on)))
            if mention.bearers and not _names_other(text, mention):
                mentions.append(mention)
        return mentions

    def _keep_places(self, text: str, mentions: Sequence[_Mention]) -> list[_Mention]:
        sure = {mention.start for mention in mentions if not self._is_weak(mention.name)}
        beside = {start - 1 for start in sure} | {mention.end for mention in mentions if mention.start in sure}
        kept: list[_Mention] = []
        for mention in mentions:
            inside = self._within(mention.bearers, _touching(kept[-1] if kept else None, mention))
            if mention.start in sure or inside or _stands_alone(text, mention) or _is_listed(text, mention, beside):
                kept.append(mention)
        return kept

    def _is_weak(self, name: str) -> bool:
        return name in self._homonyms or (len(name) == 2 and name[-1] in "县区")

    def _resolve(self, mention: _Mention, outer: frozenset[str], named: set[str]) -> PlaceMatch:
        left = self._within(mention.bearers, outer) or self._narrow(mention.bearers, named)
        strange = outer and left[0].level == "county" and not self._within(left, outer)
        if len(left) == 1 and not strange:
            return PlaceMatch(mention.start, mention.end, left[0])
        return PlaceMatch(mention.start, mention.end, None, left)

    def _narrow(self, bearers: tuple[Place, ...], named: set[str]) -> tuple[Place, ...]:
        codes = {place.code for place in bearers}
        if any(codes & set(self._ancestors(place.code)) for place in bearers):
            return bearers
        by_parent = tuple(place for place in bearers if place.parent in named)
        return by_parent or self._within(bearers, named) or bearers

    def _within(self, bearers: tuple[Place, ...], outer: Iterable[str]) -> tuple[Place, ...]:
        return tuple(place for place in bearers if not set(outer).isdisjoint(self._ancestors(place.code)))

    def _ancestors(self, code: str) -> list[str]:
        found = []
        while code := self.place_of(code).parent:
            found.append(code)
        return found


def _touching(previous: _Mention | None, mention: _Mention) -> frozenset[str]:
    if previous is None or previous.end != mention.start:
        return frozenset()
    return frozenset(place.code for place in previous.bearers)


def _stands_alone(text: str, mention: _Mention) -> bool:
    closing = _BRACKETS.get(text[max(mention.start - 3, 0) : mention.start])
    bracketed = closing is not None and text[mention.end : mention.end + 1] == closing
    return bracketed or text.strip() == mention.name


def _is_listed(text: str, mention: _Mention, beside: set[int]) -> bool:
    """Whether the name is one item of an enumeration with 、 whose next or last item is surely a place."""
    before, after = text[mention.start - 1 : mention.start], text[mention.end : mention.end + 1]
    alone = _EDGES.issuperset(before) and _EDGES.issuperset(after)
    return alone and ((before == "、" and mention.start - 1 in beside) or (after == "、" and mention.end in beside))


def _names_other(text: str, mention: _Mention) -> bool:
    """Whether an alias begins the name of a street, town, university or bank (长春路, 朝阳镇, 吉林大学)."""
    other = _OTHER_NAMES.match(text, mention.end)
    return other is not None and all(place.name != mention.name for place in mention.bearers)
