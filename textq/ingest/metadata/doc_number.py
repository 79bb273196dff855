"""发文字号: the number of a document, in every form in which a head prints it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from textq.lexicon.power import document_type
from textq.notation.numerals import NUMERAL

_FOLD = str.maketrans("﹝﹞［］[]（）()【】〈〉０１２３４５６７８９", "〔〕" * 7 + "0123456789")
"""One character for one, so that places in the folded line are those in the line itself."""

_BLANK = r"[ \u3000]?"
_SERIAL = rf"(?:[0-9]{{1,5}}|{NUMERAL}{{1,5}})"
_YEAR = rf"〔{_BLANK}[12][0-9]{{3}}{_BLANK}年?{_BLANK}〕"
_BY_YEAR = rf"{_YEAR}{_BLANK}第?{_BLANK}[0-9]{{1,5}}{_BLANK}号"
_BY_KIND = rf"(?:令|公告|通告){_BLANK}〔?(?:[12][0-9]{{3}}{_BLANK}年)?{_BLANK}第?{_BLANK}{_SERIAL}{_BLANK}号〕?"
_NUMBER = re.compile(
    rf"(?:(?!关于|的)[\u4e00-\u9fffA-Za-z]){{0,16}}{_BLANK}{_BY_YEAR}"
    rf"|(?:(?!关于|的)[\u4e00-\u9fff、 ]){{0,80}}{_BY_KIND}"
    rf"|[12][0-9]{{3}}{_BLANK}年{_BLANK}第{_BLANK}[0-9]{{1,5}}{_BLANK}号"
)
_SERIAL_ALONE = re.compile(rf"〔?(?:[12][0-9]{{3}}{_BLANK}年{_BLANK})?第{_BLANK}{_SERIAL}{_BLANK}号〕?")
"""第707号, 2019年第61号: the rest of a number whose beginning (…令, …公告) is the line above."""

_YEAR_OF_NUMBER = re.compile(r"〔([12][0-9]{3})年?〕|(?<![0-9])([12][0-9]{3})年第")
_ENCLOSED = re.compile(r"(?<=[令告])〔([^〔〕]*第[^〔〕]*)〕$|(?<=号)〕$")
_SIGNER = re.compile(r"[ \u3000]*签发人[ \u3000]*[:：].*$")
_RED_HEAD = re.compile(rf"(?P<organs>.*文件)[ \u3000]*(?P<number>[\u4e00-\u9fffA-Za-z]{{1,16}}{_BY_YEAR})")
_TAIL = re.compile(rf"(?P<gap>[ \u3000〔]*)(?P<number>[\u4e00-\u9fffA-Za-z]{{0,8}}{_BY_YEAR})〕?$")
_LONGEST_TAIL = 60
"""A number behind a title, with the blanks before it, has at most so many characters."""

_ENDS = re.compile(r".*的(?:通知|批复|意见|决定|函|复函|公告|通告|通报|公报|请示|报告|答复)")
_TORN = re.compile(r"[\u4e00-\u9fffA-Za-z]{1,8}(?<=[发函字办电文规通告令])")
"""The beginning of a number on a line of its own, its year and serial on the next."""

_ANNOUNCED = re.compile(rf"(?P<number>[\u4e00-\u9fff、 ]{{2,80}}{_BY_KIND})[ \u3000]*〔(?P<subject>关于.+)〕")
_UNNUMBERED = re.compile(
    rf"[\u4e00-\u9fff]{{1,16}}{_BLANK}〔{_BLANK}(?:[12][0-9]{{3}})?{_BLANK}〕{_BLANK}第?{_BLANK}号"
)
"""A number whose serial is still blank (杭政发〔2019〕号); to be tried on a folded line."""


def normalize_number(number: str) -> str:
    """Return a document number with the brackets 〔〕, plain digits and without blanks (杭政办〔2017〕912号)."""
    bare = re.sub(r"\s", "", number).translate(_FOLD)
    return _ENCLOSED.sub(lambda found: found[1] or "", bare)


@dataclass(frozen=True, slots=True)
class PrintedNumber:
    """A document number, and the lines of the head that hold nothing else (none if it stands beside a title)."""

    number: str
    lines: range


def find_numbers(lines: Sequence[str]) -> list[PrintedNumber]:
    """Return the document numbers of a head, in the order printed.

    A number has a line or two to itself, stands below the line …令 or …公告, or begins or ends the
    title; one that is only mentioned inside a line is none.
    """
    found: list[PrintedNumber] = []
    for at, line in enumerate(lines):
        number = _match_torn(lines[at - 1], line) if at else ""
        if number:
            kept = _is_kind(lines[at - 1])
            found = [one for one in found if at - 1 not in one.lines]
            found.append(PrintedNumber(number, range(at if kept else at - 1, at + 1)))
        elif number := match_number(line):
            found.append(PrintedNumber(number, range(at, at + 1)))
        elif number := _match_within(line):
            found.append(PrintedNumber(number, range(0)))
    return found


def split_red_head(line: str) -> list[str]:
    """Return a red head and the number beside it (…人民政府文件 杭政〔2019〕3号) as two lines; others as they are."""
    found = _RED_HEAD.fullmatch(_SIGNER.sub("", line).translate(_FOLD))
    return [line[: found.end("organs")], found["number"]] if found else [line]


def find_blank_number(lines: Sequence[str]) -> str:
    """Return a document number without its serial (杭政发〔2019〕号), as drafts print it, or ""."""
    folded = (_SIGNER.sub("", line).translate(_FOLD) for line in lines)
    return next((line for line in folded if _UNNUMBERED.fullmatch(line)), "")


def match_number(line: str) -> str:
    """Return the number that is the whole line, but for brackets and the signer (签发人), or ""."""
    folded = _SIGNER.sub("", line).translate(_FOLD).strip()
    if _NUMBER.fullmatch(folded):
        return normalize_number(folded)
    inside = folded[1:-1] if folded[:1] == "〔" and folded[-1:] == "〕" else ""
    return normalize_number(inside) if _NUMBER.fullmatch(inside) else ""


def cut_number(title: str) -> str:
    """Return a line of a title without the number behind it (…的批复（国函〔2015〕44号）: …的批复)."""
    tail = _find_tail(title)
    return title[: tail.start("gap")] if tail else title


def _match_torn(above: str, line: str) -> str:
    """Return the number that a line and the one above it make together, or ""."""
    folded = _SIGNER.sub("", line).translate(_FOLD).strip()
    if _is_kind(above):
        return normalize_number(above + folded) if _SERIAL_ALONE.fullmatch(folded) else ""
    torn = _TORN.fullmatch(above) or above.translate(_FOLD).endswith("〕")
    return match_number(above + folded) if torn and not match_number(above) else ""


def _is_kind(line: str) -> bool:
    return line.endswith(("令", "公告", "通告"))


def _match_within(line: str) -> str:
    """Return the number at the beginning or end of a title."""
    folded = line.translate(_FOLD)
    found = _ANNOUNCED.fullmatch(folded) or _find_tail(line)
    return normalize_number(found["number"]) if found else ""


def _find_tail(line: str) -> re.Match[str] | None:
    """Match the number behind a title: set off by a blank or bracket, or right after …的通知 and the like."""
    folded = line.translate(_FOLD)
    glued = _ENDS.match(folded)
    tail = _TAIL.match(folded, glued.end()) if glued else None
    if tail:
        return tail
    tail = _TAIL.search(folded, max(0, len(folded) - _LONGEST_TAIL))
    return tail if tail and tail["gap"] and document_type(line[: tail.start()]) else None


def read_year(number: str) -> int | None:
    """Return the year of a normalised document number (国函〔2015〕44号: 2015), or None if it tells none."""
    year = _YEAR_OF_NUMBER.search(number)
    return int(year[1] or year[2]) if year else None
