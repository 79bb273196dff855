"""What two engines are compared on, and how a difference is told."""

from collections.abc import Iterator

import pytest

from textq.segment.words import sample
from textq.segment.words.sample import draw_sample, find_difference
from textq.segment.words.user_words import UserWord

WORDS = [UserWord("海外仓"), UserWord("综试区")]


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sample, "N_FIRST", 10)
    monkeypatch.setattr(sample, "N_WITH_WORDS", 20)
    monkeypatch.setattr(sample, "N_SEARCHED", 100)


def test_the_beginning_and_each_sentence_with_a_word_once() -> None:
    texts = ["一二三四五。", "建设海外仓；六七八九。建设海外仓；", "无。推进综试区。"]

    assert draw_sample(texts, WORDS) == ["一二三四五。", "建设海外", "建设海外仓；", "推进综试区。"]


def test_sentences_are_limited() -> None:
    texts = ["".join(f"{number}建设海外仓。" for number in range(9))]

    assert sum(map(len, draw_sample(texts, WORDS)[1:])) == 20


def test_no_more_is_read_than_needed() -> None:
    read = []

    def texts() -> Iterator[str]:
        for number in range(1000):
            read.append(number)
            yield "没有" * 10

    draw_sample(texts(), WORDS)
    assert len(read) == 5
    read.clear()
    draw_sample(texts(), [])
    assert len(read) == 1


def test_no_text_gives_no_sample() -> None:
    assert draw_sample([], WORDS) == []
    assert draw_sample(["", ""], WORDS) == []


def test_equal_cuts_have_no_difference() -> None:
    assert find_difference(["甲乙", ""], list, list) == ""


def test_the_first_difference_is_told_as_far_as_it_goes() -> None:
    cuts = {"甲": ["甲"], "乙丙丁戊": ["乙", "丙", "丁", "戊"]}
    others = {"甲": ["甲"], "乙丙丁戊": ["乙", "丙丁", "戊"]}

    assert find_difference(cuts, cuts.__getitem__, others.__getitem__) == "丙/丁, not 丙丁"


def test_a_cut_that_loses_text_is_told() -> None:
    assert find_difference(["甲乙"], list, lambda text: ["甲"]) == "乙, not "
