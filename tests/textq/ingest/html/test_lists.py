"""The numbers of ordered lists, which a browser makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.ingest.html import read_html
from textq.ingest.html.lists import _to_letters


def read(page: str) -> list[str]:
    return read_html(f"<div id=zoom>{page}</div>".encode()).text.split("\n")


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        ("<ol><li>甲<li>乙</ol>", ["1.甲", "2.乙"]),
        ("<ol start=3><li>甲<li value=7><p>乙</p><p>丙</p><li>丁</ol>", ["3.甲", "7.乙", "丙", "8.丁"]),
        ("<ol><li>甲<ol type=a><li>子<li>丑</ol><li>乙</ol>", ["1.甲", "a.子", "b.丑", "2.乙"]),
        ("<ol reversed><li>甲<li>乙</ol>", ["2.甲", "1.乙"]),
        ("<ol type=I><li>甲<li type=i>乙</ol>", ["I.甲", "ii.乙"]),
        ('<ol style="list-style-type: cjk-ideographic"><li>甲<li>乙</ol>', ["一、甲", "二、乙"]),
        ('<ol style="list-style: none"><li>甲</ol>', ["甲"]),
        ("<ol><li>一、甲<li>（二）乙<li>3.丙</ol>", ["一、甲", "（二）乙", "3.丙"]),
        ("<ol><li>甲<ul><li>点</ul><li>乙</ol>", ["1.甲", "点", "2.乙"]),
        ("<ol><li><ol><li>甲</ol></ol>", ["1.1.甲"]),
        ("<ol><li> <li>乙</ol>", ["2.乙"]),
    ],
)
def test_the_numbers_stand_in_the_text(page, lines):
    assert read(page) == lines


@pytest.mark.parametrize(("number", "written"), [(10, "十"), (101, "一百零一"), (1010, "一千零一十")])
def test_large_chinese_numbers(number, written):
    assert read(f'<ol start={number} style="list-style-type: simp-chinese-informal"><li>甲</ol>') == [f"{written}、甲"]


@given(st.integers(1, 3999))
def test_numbers_in_letters(number):
    value = 0
    for letter in _to_letters(number):
        value = 26 * value + ord(letter) - ord("a") + 1
    assert value == number
