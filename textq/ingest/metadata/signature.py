"""The signature of a document: who issued it, and on which day (成文日期)."""

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from textq.lexicon.power import builtin_power
from textq.notation.blocks import match_date_line
from textq.notation.numerals import DATE, UNFINISHED_DATE, parse_date
from textq.notation.organs import ORGAN, split_organs

_PRINTED = re.compile(rf"(?:{ORGAN})?\s*(?P<date>{DATE})\s*印发")
_RUN_ON = re.compile(
    rf"(?P<date>{DATE})(?=公告|通知|附件|正文|原文|下载|[\n（(]|$"
    r"|[^。，；：、\n]{2,120}?(?:第一[章条编]|一、|总则|目录|（一）))"
)
_NAMES = re.compile(r"[\u4e00-\u9fff（） 、]+$")
_ANNEX = re.compile(r"附件?(?:[0-9一二三四五六七八九十]{0,2})[:：]?")
_UNFINISHED_LINE = re.compile(rf"[（(]?(?P<organs>[\u4e00-\u9fff（） ]{{0,60}}?) ?(?P<date>{UNFINISHED_DATE})[）)]?")
_SEAL = re.compile(r"[（(](?:盖章|公章|印章|代章|章|印|签章)[）)]")
_LONGEST_NAMES = 80
_LONGEST_LINE = 60
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature block; (), None and "" where the text has none.

    ``printed_on`` is the day of 印发 in the cc block, ``unfinished`` a date that lacks its day (2016年3月) or is none.
    """

    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    printed_on: date | None = None
    unfinished: str = ""


def read_signature(text: str, *, n_head_lines: int) -> Signature:
    """Read the first line below the head that is only a date, and the bodies named above, beside or below it.

    A notice is signed before the plan that it forwards, so the first such line counts. A text without line
    breaks is searched for a body followed at once by a date and by nothing that goes on with the sentence.
    """
    lines = text.split("\n")[n_head_lines:]
    printed = next((found for line in lines if "印发" in line and (found := _PRINTED.fullmatch(line))), None)
    printed_on = parse_date(printed["date"]) if printed else None
    for at, line in enumerate(lines):
        if found := match_date_line(line):
            issuers = split_organs(found["organs"]) or _organs_above(lines[:at]) or _organs_below(lines[at + 1 :])
            issued_on = parse_date(found["date"])
            return Signature(issuers, issued_on, printed_on, "" if issued_on else found["date"])
    return _find_run_on(text, printed_on) or _find_unfinished(lines, printed_on)


def _find_run_on(text: str, printed_on: date | None) -> Signature | None:
    """Find a body followed at once by a date (…特此公告。海关总署2024年9月19日公告下载……)."""
    for found in _RUN_ON.finditer(text):
        names = _NAMES.search(text[max(0, found.start() - _LONGEST_NAMES) : found.start()])
        signed = _drop_annex(names[0], text[found.end() : found.end() + 2 * _LONGEST_NAMES]) if names else ""
        issuers = tuple(name for glued in split_organs(signed) for name in _split_glued(glued))
        if issuers:
            return Signature(issuers, parse_date(found["date"]), printed_on)
    return None


def _drop_annex(names: str, behind: str) -> str:
    """Leave out the title of an annex that a lost line break left before the body: it heads the annex again behind."""
    annex = _ANNEX.match(behind)
    title = behind[annex.end() :] if annex else behind
    n_shared = next((at for at, (one, other) in enumerate(zip(names.lstrip(), title, strict=False)) if one != other), 0)
    return names.lstrip()[n_shared:]


def _split_glued(name: str) -> tuple[str, ...]:
    """Split two listed bodies that a lost line break left without a blank (财政部农业农村部)."""
    known = _listed_names()
    cuts = (at for at in range(2, len(name) - 1) if name[:at] in known and name[at:] in known)
    at = 0 if name in known else next(cuts, 0)
    return (name[:at], name[at:]) if at else (name,)


@cache
def _listed_names() -> frozenset[str]:
    return frozenset(issuer.pattern for issuer in builtin_power().issuers if issuer.match == "is")


def _find_unfinished(lines: list[str], printed_on: date | None) -> Signature:
    """Find a last line of a signature whose date is not complete, below or beside the bodies that sign."""
    for at, line in enumerate(lines):
        found = _UNFINISHED_LINE.fullmatch(line) if len(line) <= _LONGEST_LINE else None
        issuers = (split_organs(found["organs"]) or _organs_above(lines[:at])) if found else ()
        if found and issuers:
            return Signature(issuers, None, printed_on, found["date"])
    return Signature(printed_on=printed_on)


def _organs_above(lines: list[str]) -> tuple[str, ...]:
    """Return the bodies on the lines straight above a date, in the order printed."""
    found: list[str] = []
    for line in reversed(lines[-_MOST_LINES:]):
        organs = split_organs(_SEAL.sub("", line)) if len(line) <= _LONGEST_LINE else ()
        if not organs:
            break
        found[:0] = organs
    return tuple(found)


def _organs_below(lines: list[str]) -> tuple[str, ...]:
    """Return the bodies on the line below a date, where it stands above the names."""
    return split_organs(_SEAL.sub("", lines[0])) if lines and len(lines[0]) <= _LONGEST_LINE else ()
