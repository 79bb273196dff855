import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.coding.llm.quote import LEAST_QUOTED, locate_quote


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("专项资金", "市财政安排专项资金。", "专项资金"),
        ("安排专项资金", "市财政安\n  排专项 资金。", "安\n  排专项 资金"),
        ("(B2B),出口", "推进（Ｂ２Ｂ），出口", "（Ｂ２Ｂ），出口"),
        ('"单一窗口"建设', "推进“单一窗口”建设", "“单一窗口”建设"),
        ("A Grant", "give a\u200b  grant now", "a\u200b  grant"),
        ("“建设平台。”", "加快建设平台，", "建设平台"),
        ("建设平台……", "加快建设平台", "建设平台"),
        ("好", "好", "好"),
        ("海外仓", "海外仓和海外仓", "海外仓"),
    ],
)
def test_quotations_are_found_in_the_text_as_it_is(quote: str, text: str, found: str) -> None:
    place = locate_quote(quote, text)
    assert place is not None
    assert text[slice(*place)] == found


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("专项基金", "市财政安排专项资金。"),
        ("建设…平台", "建设公共平台"),
        ("金", "资金"),
        ("", "资金"),
        (" \n", "资金 \n"),
        ("。", "资金。"),
        ("资金", ""),
    ],
)
def test_what_does_not_stand_in_the_text_is_not_found(quote: str, text: str) -> None:
    assert locate_quote(quote, text) is None


@given(st.text(), st.integers(0, 40), st.integers(0, 40))
def test_any_stretch_of_a_text_is_found_in_it(text: str, start: int, length: int) -> None:
    stretch = text[start : start + length]
    shown = [char for char in stretch if not (char.isspace() or char in "\u00ad\u200b\u200c\u200d\u2060\ufeff")]
    place = locate_quote(stretch, text)
    if len(shown) >= LEAST_QUOTED:
        assert place is not None
        assert place[0] <= text.index(shown[0], start)
        assert 0 <= place[0] < place[1] <= len(text)
