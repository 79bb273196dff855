import pytest

from textq.notation.marks import Level, match_mark
from textq.segment.numbering import settle_marks


def settle(*texts: str) -> list[str]:
    """Return the level of each line's mark, "" for none."""
    marks = settle_marks(texts, [match_mark(text) for text in texts])
    return [mark.level.name if mark else "" for mark in marks]


def test_the_usual_order_stays():
    assert settle("一、甲", "（一）乙", "1.丙", "2.丁", "（二）戊", "3.己", "二、庚", "（一）辛", "4.壬") == [
        *("FIRST", "SECOND", "THIRD", "THIRD", "SECOND", "THIRD", "FIRST", "SECOND", "THIRD"),
    ]


def test_a_document_can_turn_two_levels_round():
    assert settle("1.甲", "（一）乙", "（二）丙", "2.丁", "（一）戊") == ["SECOND", "THIRD", "THIRD", "SECOND", "THIRD"]
    assert settle("（一）甲", "一、乙", "二、丙", "（二）丁") == ["FIRST", "SECOND", "SECOND", "FIRST"]


def test_three_levels_turned_round_follow_from_their_neighbours():
    assert settle("①甲", "一、乙", "（1）丙", "（2）丁", "二、戊", "（1）己", "②庚") == [
        *("FIRST", "FOURTH", "FIFTH", "FIFTH", "FOURTH", "FIFTH", "FIRST"),
    ]


def test_what_stands_above_the_articles_is_no_item_of_them():
    assert settle("一、总则", "第一条　甲", "第二条　乙", "二、分则", "第三条　丙") == [
        *("SECTION", "ARTICLE", "ARTICLE", "SECTION", "ARTICLE"),
    ]


def test_decimals_count_as_a_series_or_below_their_parent():
    assert settle("1.甲", "1.1乙", "1.2丙", "1.2.1丁", "1.2.2戊", "2.己", "2.1庚", "3.7辛") == [
        *("THIRD", "PAIR", "PAIR", "TRIPLE", "TRIPLE", "THIRD", "PAIR", ""),
    ]


@pytest.mark.parametrize("texts", [("A. Smith", "甲"), ("b)甲", "d)乙"), ("1.5级", "1.7级"), ("第一，甲", "第三，乙")])
def test_strays_are_no_marks(texts):
    assert settle(*texts) == ["", ""]


def test_ordinal_words_that_each_begin_a_line():
    assert settle("第一，甲。", "第二，乙。") == ["ORDINAL"] * 2
    assert settle("首先，甲。", "其次，乙。") == ["ORDINAL"] * 2
    assert settle("其一，甲。", "其二，乙。") == ["ORDINAL"] * 2


def test_i_is_a_letter_behind_h():
    assert settle(*(f"{letter})甲" for letter in "abcdefghij"))[-2:] == ["LETTER", "LETTER"]
    assert settle("i)甲", "ii)乙", "iii)丙", "iv)丁", "v)戊") == ["SMALL_ROMAN"] * 5


def test_levels_are_those_of_the_enumeration():
    assert set(settle("一、甲", "二、乙")) <= set(Level.__members__)
