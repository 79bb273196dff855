import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.docx.number_formats import format_number
from textq.notation.numerals import parse_number


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("decimalZero", {1: "01", 10: "10", 100: "100"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 53: "AAA"}),
        ("lowerRoman", {4: "iv", 9: "ix", 49: "xlix", 1999: "mcmxcix"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一〇〇", 101: "一〇一"}),
        ("chineseCountingThousand", {10: "十", 100: "一百", 101: "一百零一", 110: "一百一十", 1001: "一千零一",
                                     1010: "一千零一十", 10_000: "一万", 10_001: "一万零一", 10_100: "一万零一百"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 21: "贰拾壹", 105: "壹佰零伍"}),
        ("ideographLegalTraditional", {2: "貳", 10: "壹拾"}),
        ("taiwaneseCountingThousand", {10: "十", 111: "一百一十一"}),
        ("ideographDigital", {9: "九", 10: "一〇", 25: "二五"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥", 13: "13"}),
        ("ideographEnclosedCircle", {1: "㈠", 10: "㈩"}),
        ("japaneseCounting", {10: "十", 21: "二十一", 100: "百", 101: "百一"}),
        ("decimalEnclosedCircleChinese", {1: "①", 20: "⑳", 21: "㉑", 35: "㉟", 36: "㊱", 50: "㊿", 51: "51"}),
        ("decimalEnclosedParen", {1: "⑴", 20: "⒇", 21: "21"}),
        ("decimalEnclosedFullstop", {1: "⒈", 20: "⒛"}),
        ("decimalFullWidth", {12: "１２"}),
        ("numberInDash", {3: "- 3 -"}),
        ("ordinal", {1: "1st", 2: "2nd", 3: "3rd", 11: "11th", 112: "112th", 121: "121st"}),
    ],
)  # fmt: skip
def test_known_numbers(name, numbers):
    assert {number: format_number(number, name) for number in numbers} == numbers


@pytest.mark.parametrize("name", ["none", "bullet"])
def test_formats_without_a_number(name):
    assert format_number(3, name) == ""


@pytest.mark.parametrize("number", [0, -1, 32_768, 10**9])
@pytest.mark.parametrize("name", ["chineseCountingThousand", "upperLetter", "decimalEnclosedCircle", "lowerRoman"])
def test_numbers_that_no_format_reaches_are_digits(number, name):
    assert format_number(number, name) == str(number)


def test_an_unknown_format():
    assert format_number(3, "klingon") is None


@given(st.integers(1, 9999))
def test_chinese_numerals_have_the_value_they_came_from(number):
    for name in ("chineseCounting", "chineseCountingThousand", "taiwaneseCountingThousand", "ideographDigital"):
        assert parse_number(format_number(number, name)) == number


@given(st.integers(1, 50))
def test_circled_numbers_have_the_value_unicode_gives_them(number):
    assert unicodedata.numeric(format_number(number, "decimalEnclosedCircle")) == number


@given(st.integers(1, 3999))
def test_roman_numbers_are_well_formed(number):
    roman = format_number(number, "upperRoman")
    assert re.fullmatch("M{0,3}(?:CM|CD|D?C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})", roman)
    values = dict(zip("IVXLCDM", (1, 5, 10, 50, 100, 500, 1000), strict=True))
    digits = [values[letter] for letter in roman]
    assert number == sum(
        -value if value < following else value for value, following in zip(digits, [*digits[1:], 0], strict=True)
    )
