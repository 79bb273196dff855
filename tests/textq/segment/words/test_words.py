import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textq.segment.words import cut_words


@settings(deadline=None)
@given(st.text(alphabet="跨境电子商务综合试验区，。 a1\n", max_size=30))
def test_the_words_joined_are_the_text(text):
    assert "".join(cut_words(text)) == text


@pytest.mark.parametrize("term", ["综试区", "海外仓", "单一窗口", "核定征收"])
def test_terms_of_the_list_stay_whole(term):
    assert term in list(cut_words(f"推进{term}改革"))


def test_the_words_of_other_users_of_jieba_are_left_alone():
    before = list(jieba.cut("推进综试区核定征收改革"))
    list(cut_words("推进综试区"))
    assert list(jieba.cut("推进综试区核定征收改革")) == before
