import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.lexicon.chunk import folded_points, letter_points
from textq.lexicon.fold import fold, is_ideograph, is_letter, is_whole

EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))


def test_fold_keeps_chinese_punctuation() -> None:
    assert fold("（一）；ＡＢ％") == "（一）；ab%"


def test_fold_keeps_the_length_of_every_character_and_is_idempotent() -> None:
    folded = fold(EVERYTHING)
    assert len(folded) == len(EVERYTHING)
    assert fold(folded) == folded


def test_fold_replaces_half_characters() -> None:
    assert fold("a\ud800b\udfff") == "a\ufffdb\ufffd"


@given(st.text())
def test_fold_folds_each_character_alone(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


@pytest.mark.parametrize(("one", "other"), [("ΟΔΟΣ", "οδος"), ("İl", "IL"), ("ÉTÉ", "été"), ("Ｂ２Ｂ", "b2b")])
def test_fold_joins_what_differs_in_case_and_width(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_tables_of_code_points_say_the_same() -> None:
    folded = folded_points().tobytes().decode("utf-32-le")
    assert folded == fold(EVERYTHING)
    assert letter_points().tolist() == [is_letter(char) for char in folded]


@pytest.mark.parametrize("char", "a9éßжωạ")
def test_letters_of_scripts_with_spaces(char: str) -> None:
    assert is_letter(char)
    assert not is_ideograph(char)


@pytest.mark.parametrize("char", "补あ국豈𠀀")
def test_ideographs(char: str) -> None:
    assert is_ideograph(char)
    assert not is_letter(char)


@pytest.mark.parametrize("char", "，。 ×÷_-")
def test_punctuation_is_neither(char: str) -> None:
    assert not is_ideograph(char)
    assert not is_letter(char)


@pytest.mark.parametrize(
    ("text", "word", "whole"),
    [
        ("a grant.", "grant", True),
        ("immigrant", "grant", False),
        ("grants", "grant", False),
        ("给grant予", "grant", True),
        ("entrée", "entr", False),
        ("b2b出口", "b2b", True),
        ("ab2b出口", "b2b出口", False),
        ("出口b2b", "出口", True),
    ],
)
def test_whole_words(text: str, word: str, whole: bool) -> None:
    start = text.index(word)
    assert is_whole(text, start, start + len(word)) is whole
