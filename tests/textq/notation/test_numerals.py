import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.notation.numerals import (
    UNFINISHED_DATE,
    find_dates,
    parse_date,
    parse_number,
    read_roman,
    write_chinese,
    write_roman,
)

DIGITS = "零一二三四五六七八九"
UNITS = ("", "十", "百", "千")


def write_number(number: int) -> str:
    """Return 1 … 9999 as documents write it (十二, 一百零五, 三千零四十)."""
    digits = [int(char) for char in str(number)]
    words = ""
    for at, digit in enumerate(digits):
        if digit:
            gap = words and not digits[at - 1]
            words += ("零" if gap else "") + DIGITS[digit] + UNITS[len(digits) - 1 - at]
    return words.removeprefix("一") if 10 <= number < 20 else words


@given(st.integers(1, 9999))
def test_every_number_is_read_back(number):
    assert parse_number(write_number(number)) == number


@given(st.integers(0, 9999))
def test_digits_one_by_one_are_read_back(number):
    assert parse_number("".join(DIGITS[int(char)] for char in str(number))) == number


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("7", 7),
        ("０１２", 12),
        ("十", 10),
        ("二十", 20),
        ("一十二", 12),
        ("两百", 200),
        ("一百零五", 105),
        ("一百五十", 150),
        ("二〇一六", 2016),
        ("二○一六", 2016),
        ("二零一六", 2016),
        ("〇", 0),
    ],
)
def test_each_way_of_writing(numeral, value):
    assert parse_number(numeral) == value


@pytest.mark.parametrize("word", ["", "甲", "十甲", "一x", "1.5", "-1"])
def test_what_is_no_numeral_is_refused(word):
    with pytest.raises(ValueError, match="numeral"):
        parse_number(word)


@pytest.mark.parametrize(
    "text",
    [
        "2016年3月21日",
        "2016年03月21日",
        "2016 年 3 月 21 日",
        "２０１６年３月２１日",
        "二〇一六年三月二十一日",
        "二○一六年三月二十一日",
        "二零一六年三月二十一日",
        "二Ｏ一六年三月二十一日",
        "二o一六年三月廿一日",
        "二◯一六年三月二十一日",
        "二０一六年三月二十一日",
        "贰零壹陆年叁月贰拾壹日",
        "2 0 1 6 年 3 月 2 1 日",
        "2016-03-21",
        "2016/3/21",
        "2016.3.21",
        "2016-03-21 10:30:00",
        "于2016年3月21日印发",
    ],
)
def test_each_way_of_writing_a_day(text):
    assert parse_date(text) == date(2016, 3, 21)


@pytest.mark.parametrize(
    "text", ["2016年13月1日", "2015年2月29日", "2016年4月31日", "2016-00-10", "2016年3月", "3月21日", ""]
)
def test_impossible_and_partial_days_are_no_dates(text):
    assert parse_date(text) is None


def test_days_are_found_in_the_order_of_the_text():
    text = "自2016-03-21起，至二〇一八年一月一日止，2017年2月30日无效，2019年5月1日修订"
    assert find_dates(text) == [date(2016, 3, 21), date(2018, 1, 1), date(2019, 5, 1)]


@given(st.dates(date(1949, 10, 1), date(2999, 12, 31)))
def test_every_day_is_read_back_from_arabic_and_chinese_numerals(day):
    year = "".join("〇" if char == "0" else DIGITS[int(char)] for char in str(day.year))
    chinese = f"{year}年{write_number(day.month)}月{write_number(day.day)}日"
    assert find_dates(f"{day.year}年{day.month}月{day.day}日 {chinese} {day}") == [day] * 3


def test_digits_of_a_longer_number_are_no_date():
    assert parse_date("编号12016-03-215") is None


@pytest.mark.parametrize("text", ["2016年3月", "2016年3月 日", "2016年 月 日", "二〇一六年三月", "2016年"])
def test_an_unfinished_date_is_told_from_none(text):
    assert re.fullmatch(UNFINISHED_DATE, text)
    assert parse_date(text) is None
    assert not re.fullmatch(UNFINISHED_DATE, "第16年")


@given(st.integers(1, 9999))
def test_written_chinese_numbers_are_read_again(number):
    assert parse_number(write_chinese(number)) == number


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (10, "十"),
        (11, "十一"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1001, "一千零一"),
        (10_000, "一万"),
        (20_010, "二万零一十"),
        (110_010, "十一万零一十"),
    ],
)
def test_chinese_numbers_are_written_as_in_official_documents(number, written):
    assert write_chinese(number) == written


def test_chinese_numbers_in_financial_signs():
    assert write_chinese(10_110, "零壹贰叁肆伍陆柒捌玖", "拾佰仟万", leading_one=True) == "壹万零壹佰壹拾"


@given(st.integers(1, 3999))
def test_roman_numbers(number):
    numeral = write_roman(number)
    assert read_roman(numeral) == number
    assert not any(five + five in numeral for five in "vld")
    assert not any(one * 4 in numeral for one in "ixcm")


@pytest.mark.parametrize(("number", "numeral"), [(4, "iv"), (1994, "mcmxciv"), (3999, "mmmcmxcix"), (48, "xlviii")])
def test_known_roman_numbers(number, numeral):
    assert (write_roman(number), read_roman(numeral)) == (numeral, number)
