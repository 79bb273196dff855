"""Numbers as Word's list formats print them (``numFmt``): 3 → 三, 叁, ③, c, iii."""

from collections.abc import Callable, Mapping

from textq.notation.numerals import write_chinese, write_roman

_DIGITS = "〇一二三四五六七八九"
_LEGAL_SIMPLIFIED = "零壹贰叁肆伍陆柒捌玖", "拾佰仟万"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖", "拾佰仟萬"
_LEGAL_JAPANESE = "〇壱弐参四伍六七八九", "拾百阡萬"
_COUNTING_TRADITIONAL = "零一二三四五六七八九", "十百千萬"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"

_LARGEST = 32767
"""Word counts no further; larger numbers are written in digits, so that a hostile start makes no long text."""


def format_number(number: int, name: str) -> str | None:
    """Return ``number`` in the format called ``name``, in digits where the format does not reach it.

    "" for the formats without a number (none, bullet); None if there is no such format here.
    """
    if name in {"none", "bullet"}:
        return ""
    if name not in _FORMATS:
        return None
    return _FORMATS[name](number) if 0 < number <= _LARGEST else str(number)


def _write_letters(number: int) -> str:
    """Return a … z, aa, bb …: Word repeats the letter."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _write_digitally(number: int) -> str:
    """Return a number digit by digit: 10 = 一〇."""
    return "".join(_DIGITS[int(digit)] for digit in str(number))


def _count_below_hundred(number: int) -> str:
    """Return 十, 二十一 …; from 100 on digit by digit (一〇一)."""
    return write_chinese(number) if number < 100 else _write_digitally(number)


def _count_japanese(number: int) -> str:
    """Return a number with its units, without a sign for zero, and 百 for 100."""
    text = write_chinese(number).replace("零", "")
    return text.removeprefix("一") if text.startswith(("一百", "一千")) else text


def _choose(signs: str) -> Callable[[int], str]:
    """Return a format of single signs; numbers beyond them are written in digits."""
    return lambda number: signs[number - 1] if number <= len(signs) else str(number)


def _count_up(first: str, n_signs: int) -> str:
    return "".join(chr(ord(first) + step) for step in range(n_signs))


def _write_wide(number: int) -> str:
    return str(number).translate({ord("0") + digit: chr(ord("０") + digit) for digit in range(10)})


def _write_ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number // 10 % 10 != 1 else "th"
    return f"{number}{ending}"


_CIRCLED = _count_up("①", 20) + _count_up("㉑", 15) + _count_up("㊱", 15)

_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": "{:02d}".format,
    "decimalFullWidth": _write_wide,
    "decimalFullWidth2": _write_wide,
    "decimalEnclosedCircle": _choose(_CIRCLED),
    "decimalEnclosedCircleChinese": _choose(_CIRCLED),
    "decimalEnclosedParen": _choose(_count_up("⑴", 20)),
    "decimalEnclosedFullstop": _choose(_count_up("⒈", 20)),
    "numberInDash": "- {} -".format,
    "ordinal": _write_ordinal,
    "upperLetter": lambda number: _write_letters(number).upper(),
    "lowerLetter": _write_letters,
    "upperRoman": lambda number: write_roman(number).upper(),
    "lowerRoman": write_roman,
    "chineseCounting": _count_below_hundred,
    "chineseCountingThousand": write_chinese,
    "chineseLegalSimplified": lambda number: write_chinese(number, *_LEGAL_SIMPLIFIED, leading_one=True),
    "ideographDigital": _write_digitally,
    "ideographTraditional": _choose(_STEMS),
    "ideographZodiac": _choose(_BRANCHES),
    "ideographEnclosedCircle": _choose(_count_up("㈠", 10)),
    "ideographLegalTraditional": lambda number: write_chinese(number, *_LEGAL_TRADITIONAL, leading_one=True),
    "japaneseCounting": _count_japanese,
    "japaneseDigitalTenThousand": _write_digitally,
    "japaneseLegal": lambda number: write_chinese(number, *_LEGAL_JAPANESE, zero="", leading_one=True),
    "taiwaneseCounting": _count_below_hundred,
    "taiwaneseCountingThousand": lambda number: write_chinese(number, *_COUNTING_TRADITIONAL),
    "taiwaneseDigital": _write_digitally,
}
