"""Numbers and dates as official Chinese writes them."""

import re
from datetime import date

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "О": 0,
    "O": 0,
    "0": 0,
    "○": 0,
    "Ｏ": 0,
    "两": 2,
}
_UNITS = {"十": 10, "百": 100, "千": 1000}

NUMERAL = "[零〇○一二三四五六七八九十百千两]"
"""A character class: one character of a Chinese numeral."""

_YEAR = r"(?:[12][0-9]{3}|[１２][０-９]{3}|[一二][零〇○ＯOО0一二三四五六七八九]{3})"
_MONTH_OR_DAY = r"(?:[0-9０-９]{1,2}|[一二三四五六七八九十]{1,3})"
DATE = (
    rf"(?:{_YEAR}\s*年\s*{_MONTH_OR_DAY}\s*月\s*{_MONTH_OR_DAY}\s*日"
    r"|(?<![0-9])[12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9]))"
)
"""A date as official documents print it, in Arabic or Chinese numerals, or as 2019-05-08, 2019.5.8."""

_DATE_PARTS = re.compile(rf"({_YEAR})\s*年\s*({_MONTH_OR_DAY})\s*月\s*({_MONTH_OR_DAY})\s*日")
_ISO_DATE = re.compile(r"(?<![0-9])([12][0-9]{3})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])")


def parse_number(numeral: str) -> int:
    """Return the value of an Arabic, full-width or Chinese numeral (十二 = 12, 二〇一六 = 2016).

    Raises
    ------
    ValueError
        If ``numeral`` is not a numeral.
    """
    if numeral.isdecimal():
        return int(numeral)
    if not numeral:
        raise ValueError("an empty text is no numeral")
    if not any(char in _UNITS for char in numeral):
        return int("".join(str(_digit(char, numeral)) for char in numeral))
    total, digit = 0, 0
    for char in numeral:
        if char in _UNITS:
            total += (digit or 1) * _UNITS[char]
            digit = 0
        else:
            digit = _digit(char, numeral)
    return total + digit


def _digit(char: str, numeral: str) -> int:
    if char not in _DIGITS:
        raise ValueError(f"{numeral!r} is not a Chinese numeral: {char!r}")
    return _DIGITS[char]


def parse_date(text: str) -> date | None:
    """Return the first date in ``text`` (2016年3月21日, 二〇一六年三月二十一日, 2016-03-21), or None."""
    return next(iter(find_dates(text)), None)


def find_dates(text: str) -> list[date]:
    """Return every valid date in ``text``, in order of appearance; impossible ones (13月) are no dates."""
    found = [(m.start(), m.groups()) for pattern in (_DATE_PARTS, _ISO_DATE) for m in pattern.finditer(text)]
    dates = (_to_date(parts) for _, parts in sorted(found))
    return [day for day in dates if day is not None]


def _to_date(parts: tuple[str, ...]) -> date | None:
    year, month, day = (parse_number(part) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None
