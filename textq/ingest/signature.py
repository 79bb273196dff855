"""The signature of a document: who issued it, and on which day (成文日期)."""

import re
from dataclasses import dataclass
from datetime import date

from textq.notation.blocks import match_date_line
from textq.notation.numerals import DATE, parse_date
from textq.notation.organs import ORGAN, split_organs

_PRINTED = re.compile(rf"(?:{ORGAN})?\s*(?P<date>{DATE})\s*印发")
_RUN_ON = re.compile(rf"(?P<date>{DATE})(?=公告|通知|附件|正文|原文|下载|[\n（(]|$)")
_NAMES = re.compile(r"[\u4e00-\u9fff（） 、]+$")
_LONGEST_NAMES = 80
_LONGEST_LINE = 60
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Signature:
    """The signature block; () and None where the text has none. ``printed_on`` is the day of 印发 in the cc block."""

    issuers: tuple[str, ...] = ()
    issued_on: date | None = None
    printed_on: date | None = None


def read_signature(text: str, *, n_head_lines: int) -> Signature:
    """Read the first line below the head that is only a date, and the bodies named above or beside it.

    A notice is signed before the plan that it forwards, so the first such line counts. A text without line
    breaks is searched for a body followed at once by a date and by nothing that goes on with the sentence.
    """
    lines = text.split("\n")[n_head_lines:]
    printed = next((found for line in lines if (found := _PRINTED.fullmatch(line))), None)
    printed_on = parse_date(printed["date"]) if printed else None
    for at, line in enumerate(lines):
        if found := match_date_line(line):
            issuers = split_organs(found["organs"]) or _organs_above(lines[:at])
            return Signature(issuers, parse_date(found["date"]), printed_on)
    return _find_run_on(text, printed_on)


def _find_run_on(text: str, printed_on: date | None) -> Signature:
    """Find a body followed at once by a date (…特此公告。海关总署2024年9月19日公告下载……)."""
    for found in _RUN_ON.finditer(text):
        names = _NAMES.search(text[max(0, found.start() - _LONGEST_NAMES) : found.start()])
        issuers = split_organs(names[0]) if names else ()
        if issuers:
            return Signature(issuers, parse_date(found["date"]), printed_on)
    return Signature(printed_on=printed_on)


def _organs_above(lines: list[str]) -> tuple[str, ...]:
    """Return the bodies on the lines straight above a date, in the order printed."""
    found: list[str] = []
    for line in reversed(lines[-_MOST_LINES:]):
        organs = split_organs(line) if len(line) <= _LONGEST_LINE else ()
        if not organs:
            break
        found[:0] = organs
    return tuple(found)
