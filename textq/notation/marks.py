"""Numbering marks: 第一编, 第一章, 第一节, 第一条, 一、, （一）, 1., （1）, ①, from the highest level to the lowest."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from textq.notation.numerals import NUMERAL, parse_number


class Level(IntEnum):
    """The rank of a numbered division; a larger value is deeper."""

    PART = 1
    CHAPTER = 2
    SECTION = 3
    ARTICLE = 4
    FIRST = 5
    SECOND = 6
    THIRD = 7
    FOURTH = 8
    FIFTH = 9


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbering mark at ``[start, end)``; ``end`` lies behind the blanks that follow the ``label``."""

    level: Level
    number: int
    label: str
    start: int
    end: int


_CITED = "规定|所列|所称|所述|第|、|和|至|或者?|及|与|的|中"
_N = rf"{NUMERAL}{{1,6}}|[0-9０-９]{{1,4}}"
_NEXT_CITED = rf"项(?!目)|[、和与及或至]?[（(]{NUMERAL}"
_MARK = re.compile(
    rf"第(?P<PART>{_N})(?:编|部分)"
    rf"|第(?P<CHAPTER>{_N})章(?!{_CITED})"
    rf"|第(?P<SECTION>{_N})节(?!{_CITED})"
    rf"|第(?P<ARTICLE>{_N})条(?:之{NUMERAL}{{1,2}})?(?!{_CITED})"
    rf"|(?P<FIRST>{NUMERAL}{{1,4}})、(?!{NUMERAL}、)"
    rf"|[（(](?P<SECOND>{NUMERAL}{{1,4}})[）)]、?(?!{_NEXT_CITED})"
    r"|(?P<THIRD>[0-9０-９]{1,3})(?:[.．](?![0-9０-９])|、)"
    r"|[（(]?(?P<FOURTH>[0-9０-９]{1,3})[）)]、?"
    r"|(?P<FIFTH>[①-⑳])"
)
_BLANKS = re.compile(r"[ \u3000]*")


def match_mark(text: str, position: int = 0) -> Mark | None:
    """Return the mark that begins at ``position``, or None; 第五条规定的… and 1.5 are no marks."""
    found = _MARK.match(text, position)
    return _to_mark(text, found) if found else None


def find_marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """Yield every possible mark inside ``[start, end)``; most inside a sentence are only mentions."""
    for found in _MARK.finditer(text, start, end):
        yield _to_mark(text, found)


def _to_mark(text: str, found: re.Match[str]) -> Mark:
    name = str(found.lastgroup)
    numeral = found[name]
    number = ord(numeral) - ord("①") + 1 if name == "FIFTH" else parse_number(numeral)
    behind = _BLANKS.match(text, found.end())
    return Mark(Level[name], number, found[0], found.start(), behind.end() if behind else found.end())
