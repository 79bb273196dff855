"""Numbering marks (第一章, 第五条, Article 5, 一、, （一）, 1., （1）, ①, 1.1, A., Ⅱ.), the highest level first."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from textq.notation.numerals import NUMERAL, parse_number, read_roman


class Level(IntEnum):
    """The rank of a numbered division in the usual order; a larger value is deeper.

    From PART to SUBITEM the mark names the division (编 or 部分, 章, 节, 条, 款, 项, 目; Part, Chapter, Article, §: see
    :func:`match_mark`); the others are named by their place: 一、 FIRST, （一） SECOND, 1. THIRD, （1） FOURTH,
    ① FIFTH. PAIR, TRIPLE and QUADRUPLE are decimal (1.1, 1.1.1, 1.1.1.1), CAPITAL and LETTER Latin (A., a)), ORDINAL is
    第一，, 首先， and 其一，.
    """

    PART = 1
    CHAPTER = 2
    SECTION = 3
    ARTICLE = 4
    PARAGRAPH = 5
    ITEM = 6
    SUBITEM = 7
    FIRST = 8
    SECOND = 9
    THIRD = 10
    PAIR = 11
    TRIPLE = 12
    QUADRUPLE = 13
    FOURTH = 14
    FIFTH = 15
    ROMAN = 16
    CAPITAL = 17
    LETTER = 18
    SMALL_ROMAN = 19
    ORDINAL = 20


WEAK_LEVELS: frozenset[Level] = frozenset(
    {
        Level.PAIR,
        Level.TRIPLE,
        Level.QUADRUPLE,
        Level.ROMAN,
        Level.CAPITAL,
        Level.LETTER,
        Level.SMALL_ROMAN,
        Level.ORDINAL,
    }
)
"""Marks that are also written for other things (3.5 points, A. Smith): they count only as part of a series."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbering mark at ``[start, end)``; ``end`` lies behind the blanks that follow the ``label``.

    ``within`` are the numbers of the divisions above that a decimal mark names (1.2.3: (1, 2)); ``inserted`` is the
    number behind 之 of an inserted article (第五条之二: 2; Article 5b: 2), else 0.
    """

    level: Level
    number: int
    label: str
    start: int
    end: int
    within: tuple[int, ...] = ()
    inserted: int = 0

    @property
    def is_worded(self) -> bool:
        """Whether a word in Latin letters, or §, names the division (Article 5)."""
        return self.level <= Level.ARTICLE and self.label[0] != "第"


_B = "[ \u3000]?"
_CITED = (
    "规定|所列|所称|所述|第|、|的|中(?=的|规定|所|第|关于|有关)"
    "|(?:和|与|及|以及|或者?|至)(?=第|本|《|前|其|附|有关|相关|该|上|下|法|\\Z)"
)
_DIGITS = "[0-9０-９]"
_N = rf"{_B}(?:{NUMERAL}{{1,8}}|{_DIGITS}{{1,4}}){_B}"
_NEXT_CITED = rf"项(?!目)|[、和与及或至]?[（(]{NUMERAL}"
_OPEN, _CLOSE = r"[（(〔［\[【]", r"[）)〕］\]】]"
_ALONE = r"(?<![\w（(.．])"
_UNIT = r"[0-9０-９.．,，:：%％‰°℃~～/／×\-—–+]|[十百千万亿元倍个米吨克升年月日号级版代折时分秒度公平美欧港假]"
"""What stands behind a quantity, a date or a version (1.5亿元, 10.1假期, 2.0版): such a number is no decimal mark."""

_COUNTED = "[线级类等次产期季月年日届批档区号款项条章]"
"""一、二线城市 and 三、四季度 name two things at once: no mark."""

_ENUMERATED = re.compile(rf"({NUMERAL}{{1,3}}|{_DIGITS}{{1,2}}){_COUNTED}")

_ROMAN_ASCII = "X{0,2}(?:IX|IV|VI{0,3}|I{1,3})|X{1,2}"
_MARK = re.compile(
    rf"第(?P<PART>{_N})(?:编|部分)(?!{_CITED})"
    rf"|第(?P<CHAPTER>{_N})章(?!{_CITED})"
    rf"|第(?P<SECTION>{_N})节(?!{_CITED})"
    rf"|第(?P<ARTICLE>{_N})条(?:之(?P<inserted>{NUMERAL}{{1,3}}))?(?!{_CITED})"
    rf"|第(?:(?P<PARAGRAPH>{_N})款|(?P<ITEM>{_N})项|(?P<SUBITEM>{_N})目)(?=[ \u3000])"
    rf"|(?<![第零〇一二三四五六七八九十百千两])(?P<FIRST>{NUMERAL}{{1,5}}){_B}(?:、(?!{NUMERAL}、)|[.．](?!{_DIGITS}))"
    rf"|(?:{_OPEN}{_B}(?P<SECOND>{NUMERAL}{{1,5}}){_B}{_CLOSE}|{_ALONE}(?P<SECOND_HALF>{NUMERAL}{{1,5}})[）)]"
    rf"|(?P<SECOND_SIGN>[㈠-㈩]))、?(?!{_NEXT_CITED})"
    rf"|(?<![0-9０-９.．])(?P<THIRD>{_DIGITS}{{1,3}}){_B}(?:[.．](?!{_DIGITS})|、)|(?P<THIRD_SIGN>[⒈-⒛])"
    rf"|(?:{_OPEN}{_B}(?P<FOURTH>{_DIGITS}{{1,3}}){_B}{_CLOSE}|(?<![\w（(])(?P<FOURTH_HALF>{_DIGITS}{{1,3}})[）)]"
    rf"|(?P<FOURTH_SIGN>[⑴-⒇]))、?"
    r"|(?P<FIFTH_SIGN>[①-⑳㉑-㉟㊱-㊿㊀-㊉❶-❿⓫-⓴➀-➉➊-➓])、?"
    rf"|{_ALONE}(?P<DECIMAL>[1-9１-９]{_DIGITS}?(?:[.．][1-9１-９]{_DIGITS}?){{1,3}})(?:[.．、](?!{_DIGITS})|(?!{_UNIT}))"
    rf"|{_ALONE}(?P<ROMAN>[Ⅰ-Ⅻ]|{_ROMAN_ASCII})(?:[.．、](?![A-Za-z0-9])|[）)])"
    rf"|{_ALONE}(?P<SMALL_ROMAN>[ⅰ-ⅻ]|{_ROMAN_ASCII.lower()})(?:[.．、](?![A-Za-z0-9])|[）)])"
    rf"|[（(](?P<SMALL_ROMAN_IN>{_ROMAN_ASCII.lower()})[）)]"
    rf"|{_ALONE}(?P<CAPITAL>[A-ZＡ-Ｚ])(?:[.．、](?![A-Za-z0-9])|[）)])"
    rf"|{_ALONE}(?P<LETTER>[a-zａ-ｚ])(?:[.．、](?![A-Za-z0-9])|[）)])"
    rf"|[（(](?:(?P<CAPITAL_IN>[A-ZＡ-Ｚ])|(?P<LETTER_IN>[a-zａ-ｚ]))[）)]"
)
_BLANKS = re.compile(r"[ \u3000]*")
_LEAD = re.compile(rf"[第（(〔［\[【㈠-㈩⒈-⒛⑴-⒇①-⑳㉑-㉟㊱-㊿㊀-㊉❶-❿⓫-⓴➀-➓0-9０-９A-Za-zＡ-Ｚａ-ｚⅠ-Ⅻⅰ-ⅻ{NUMERAL[1:]}")
"""What a mark can begin with."""

_ORDINAL = re.compile(
    rf"第(?P<nth>{NUMERAL}{{1,3}})(?:[，,：:]|、(?!{NUMERAL}))|其(?P<of_it>{NUMERAL}{{1,2}})[，,、：:是]|(?P<word>首先|其次)[，,、：:]"
)
_SIGNS = frozenset("㈠㈡㈢㈣㈤㈥㈦㈧㈨㈩⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛") | frozenset(
    chr(code)
    for first, last in ("⑴⒇", "①⑳", "㉑㉟", "㊱㊿", "㊀㊉", "❶❿", "⓫⓴", "➀➉", "➊➓", "Ⅰⅻ")
    for code in range(ord(first), ord(last) + 1)
)
"""Numbers that are one character, with brackets, circle or dot."""

_WORDED = re.compile(
    r"(?:(?P<word>(?i:part|title|book|chapter|article|section))[ \u00a0]|§ ?)"
    rf"(?P<number>[0-9]{{1,3}}|{_ROMAN_ASCII})(?P<inserted>[a-z])?(?:[.:](?![0-9])| ?[–—])?"
    r"(?=[ \u3000]*(?:\n|\Z)|[ \u3000]+[^\W_a-z]|[ \u3000]*[(\[\"'“‘])"
)
"""A division that a word names: alone on its line, or before a capital letter, unlike a citation (Article 5 of …)."""

_WORDED_LEVELS = {"part": Level.PART, "title": Level.PART, "book": Level.PART, "chapter": Level.CHAPTER}
"""The level of each word; an article, a section or § is an article."""

_DECIMAL_LEVELS = {2: Level.PAIR, 3: Level.TRIPLE, 4: Level.QUADRUPLE}
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_ROMAN_LETTERS = frozenset("ivx")
_WORD_LEADS = frozenset("PTBCAS§")


def match_mark(text: str, position: int = 0) -> Mark | None:
    """Return the mark that begins at ``position``, or None; 第五条规定的…, 1.5亿元 and 一、二线城市 are no marks.

    The words Part, Title and Book name a part, Chapter a chapter, Article, Section and § an article. In running text
    they mostly cite, so :func:`find_marks` does not know them.
    """
    found = _MARK.match(text, position)
    if found:
        return _to_mark(text, found)
    worded = _WORDED.match(text, position) if text[position : position + 1] in _WORD_LEADS else None
    return _to_worded(text, worded) if worded else None


def match_ordinal(text: str, position: int = 0) -> Mark | None:
    """Return the ordinal word (第一，, 首先，, 其一，) that begins at ``position``, or None.

    In running text such words only join sentences, so :func:`match_mark` does not know them.
    """
    found = _ORDINAL.match(text, position)
    if not found:
        return None
    number = (
        1 + ("首先", "其次").index(found["word"]) if found["word"] else parse_number(found["nth"] or found["of_it"])
    )
    return Mark(Level.ORDINAL, number, found[0], found.start(), _skip_blanks(text, found.end()))


def find_marks(text: str, start: int, end: int) -> Iterator[Mark]:
    """Yield every possible mark inside ``[start, end)``; most inside a sentence are only mentions."""
    position = start
    while lead := _LEAD.search(text, position, end):
        found = _MARK.match(text, lead.start(), end)
        mark = _to_mark(text, found) if found else None
        if mark:
            yield mark
        position = mark.start + len(mark.label) if mark else lead.end()


def _to_mark(text: str, found: re.Match[str]) -> Mark | None:
    """Return the mark of a match, or None if it begins an enumeration (一、二线城市; 5、6月份)."""
    name = str(found.lastgroup if found.lastgroup != "inserted" else "ARTICLE")
    label, numeral = found[0], found[name].strip(" \u3000").translate(_HALF_WIDTH)
    within: tuple[int, ...] = ()
    if name == "DECIMAL":
        *above, number = map(int, numeral.split("."))
        within, level = tuple(above), _DECIMAL_LEVELS[len(above) + 1]
    else:
        level, number = Level[name.partition("_SIGN")[0].partition("_HALF")[0].partition("_IN")[0]], _read(numeral)
    if label.endswith("、") and _is_enumerated(text, found.end(), number):
        return None
    inserted = parse_number(found["inserted"]) if found["inserted"] else 0
    return Mark(level, number, label, found.start(), _skip_blanks(text, found.end()), within, inserted)


def _to_worded(text: str, found: re.Match[str]) -> Mark:
    level = _WORDED_LEVELS.get((found["word"] or "").lower(), Level.ARTICLE)
    number = int(found["number"]) if found["number"].isdecimal() else read_roman(found["number"].lower())
    inserted = ord(found["inserted"]) - ord("a") + 1 if found["inserted"] else 0
    return Mark(level, number, found[0], found.start(), _skip_blanks(text, found.end()), inserted=inserted)


def _read(numeral: str) -> int:
    """Return the value of the numeral inside a mark: Chinese, Arabic, one sign (㈠, ⑴, ①, Ⅱ), Roman or a letter."""
    if numeral in _SIGNS:
        return int(unicodedata.numeric(numeral))
    if not numeral.isascii():
        return parse_number(numeral)
    if numeral.isdecimal():
        return int(numeral)
    lower = numeral.lower()
    return read_roman(lower) if set(lower) <= _ROMAN_LETTERS else ord(lower) - ord("a") + 1


def _is_enumerated(text: str, position: int, number: int) -> bool:
    """Tell whether the next number and what it counts follow at once: two things named together."""
    following = _ENUMERATED.match(text, position)
    return following is not None and parse_number(following[1]) == number + 1


def _skip_blanks(text: str, position: int) -> int:
    behind = _BLANKS.match(text, position)
    return behind.end() if behind else position
