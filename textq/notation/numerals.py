"""Numbers and dates as official Chinese writes them."""

import re
from datetime import date

_ZEROS = "零〇○◯ОΟOo0０Ｏ"
_FINANCIAL = "壹贰叁肆伍陆柒捌玖"
"""The digits that cannot be altered by a stroke, from 1 on."""

_DIGITS = (
    {char: value for value, char in enumerate("零一二三四五六七八九")}
    | {char: value for value, char in enumerate(_FINANCIAL, start=1)}
    | dict.fromkeys(_ZEROS, 0)
    | {"两": 2}
)
_UNITS = {"十": 10, "拾": 10, "百": 100, "千": 1000}
_SCORES = {"廿": "二十", "卅": "三十"}

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"),
    (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip

NUMERAL = "[零〇○一二三四五六七八九十百千两]"
"""A character class: one character of a Chinese numeral."""

_YEAR = (
    r"(?:[12１２](?: ?[0-9０-９]){3}"
    rf"|[一二壹贰](?: ?[{_ZEROS}一二三四五六七八九{_FINANCIAL}]){{3}})"
)
_MONTH_OR_DAY = (
    r"(?:[0-9０-９](?: ?[0-9０-９])?|[一二三四五六七八九十壹贰叁肆伍陆柒捌玖拾廿卅]{1,3}|[零〇○][一二三四五六七八九])"
)
DATE = (
    rf"(?:{_YEAR}\s*年\s*{_MONTH_OR_DAY}\s*月\s*{_MONTH_OR_DAY}\s*日"
    r"|(?<![0-9])[12][0-9]{3}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9]))"
)
"""A date as official documents print it, in Arabic or Chinese numerals, or as 2019-05-08, 2019.5.8."""

UNFINISHED_DATE = rf"{_YEAR}\s*年(?:\s*{_MONTH_OR_DAY}?\s*月(?:\s*{_MONTH_OR_DAY}?\s*日)?)?"
"""A date that may lack its day or month (2016年3月, 2016年 月 日); to be tried where no :data:`DATE` fits."""

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
    if not any(char in _UNITS or char in _SCORES for char in numeral):
        return int("".join(str(_digit(char, numeral)) for char in numeral))
    total, digit = 0, 0
    for char in "".join(_SCORES.get(char, char) for char in numeral):
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


def write_chinese(
    number: int,
    digits: str = "零一二三四五六七八九",
    units: str = "十百千万",
    *,
    zero: str = "零",
    leading_one: bool = False,
) -> str:
    """Return a number from 1 to 99,999,999 in Chinese (101 = 一百零一).

    Parameters
    ----------
    digits, units
        The signs of 0 to 9, and those of 10, 100, 1,000 and 10,000.
    zero
        What stands for places left out between others.
    leading_one
        Whether 10 is 一十; else it is 十.
    """
    high, low = divmod(number, 10_000)
    if high:
        above = write_chinese(high, digits, units, zero=zero, leading_one=leading_one)
        below = write_chinese(low, digits, units, zero=zero, leading_one=True) if low else ""
        return above + units[3] + (zero if 0 < low < 1000 else "") + below
    text = ""
    for power in (3, 2, 1, 0):
        digit, number = divmod(number, 10**power)
        if digit:
            text += digits[digit] + (units[power - 1] if power else "")
        elif text and number and not text.endswith(zero):
            text += zero
    return text.removeprefix(digits[1]) if text.startswith(digits[1] + units[0]) and not leading_one else text


def write_roman(number: int) -> str:
    """Return a positive number in small Roman letters (4 = iv)."""
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text


def read_roman(numeral: str) -> int:
    """Return the value of a number in small Roman letters (iv = 4)."""
    signs = {letters: value for value, letters in _ROMAN if len(letters) == 1}
    values = [signs[letter] for letter in numeral]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def parse_date(text: str) -> date | None:
    """Return the first date in ``text`` (2016年3月21日, 二〇一六年三月二十一日, 2016-03-21), or None."""
    return next(iter(find_dates(text)), None)


def find_dates(text: str) -> list[date]:
    """Return every valid date in ``text``, in order of appearance; impossible ones (13月) are no dates."""
    found = [(m.start(), m.groups()) for pattern in (_DATE_PARTS, _ISO_DATE) for m in pattern.finditer(text)]
    dates = (_to_date(parts) for _, parts in sorted(found))
    return [day for day in dates if day is not None]


def _to_date(parts: tuple[str, ...]) -> date | None:
    year, month, day = (parse_number(part.replace(" ", "")) for part in parts)
    try:
        return date(year, month, day)
    except ValueError:
        return None
