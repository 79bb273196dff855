"""rjieba with jieba's help cuts as jieba does."""

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from textq.segment.words.engine import Cut
from textq.segment.words.user_words import UserWord
from textq.segment.words.with_jieba import JiebaWords
from textq.segment.words.with_rjieba import find_rjieba, load_bare_rjieba, load_rjieba

USER_WORDS = ("综试区", 0), ("人员和", 3), ("知识产权", 9), ("企业", 8000), ("B2B出口", 0)

OTHERWISE = ["2016-2020年", "0.10g以上", "GB-T", "a_b", "1.1.1建设", "㐀㐀", "鿖鿖规划", "𠀀𠀀", "电发发发划"]
"""What rjieba alone cuts otherwise."""

ALIKE = ["\ud800", "\U0001f600", "综试区", "管理人员和企业", "知识产权", "15.5%", "2018年", "B2B", "的"]


@pytest.fixture(scope="module")
def words() -> JiebaWords:
    pytest.importorskip("rjieba", reason="needs the extra fast")
    return JiebaWords([UserWord(word, freq or None) for word, freq in USER_WORDS])


@pytest.fixture(scope="module")
def cut(words: JiebaWords) -> Cut:
    return load_rjieba(words)


@pytest.mark.parametrize("text", OTHERWISE)
def test_what_rjieba_cuts_otherwise_is_left_to_jieba(words: JiebaWords, cut: Cut, text: str) -> None:
    text = f"推进综试区建设，支持{text}，扩大B2B出口。"

    assert cut(text) == words.cut(text)
    assert load_bare_rjieba(words)(text) != words.cut(text)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.sampled_from([*OTHERWISE, *ALIKE, *"，。 \n\t\r\u3000-%"]), max_size=12))
def test_mixed_texts_are_cut_as_by_jieba(words: JiebaWords, cut: Cut, parts: list[str]) -> None:
    text = "".join(parts)

    assert cut(text) == words.cut(text)


def test_the_totals_agree_where_known_words_were_added(words: JiebaWords, cut: Cut) -> None:
    text = "处理和应急救人员和信息，健康人员和其他，由管理人员和企业共同承担。"

    assert words.surplus > 0
    assert cut(text) == words.cut(text)


def test_its_version_is_known_where_it_is_installed() -> None:
    module = pytest.importorskip("rjieba", reason="needs the extra fast")
    assert module
    assert (find_rjieba() or "").split(".")[0].isdigit()


def test_without_it_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    assert find_rjieba() is None
