"""Folding to letters, and the hashes of shingles."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.notation.shingles import fold_letters, hash_shingles


@pytest.mark.parametrize(
    "text",
    ["支持Ｂ２Ｂ出口。", "支持 b2b 出口", "支持\nB2B\n出口！", "「支持」B2B——出口", "支_持B2B出口.", "，支持B2B出口；"],
)
def test_what_formats_print_differently_is_folded(text):
    assert fold_letters(text) == "支持b2b出口"


@pytest.mark.parametrize(("one", "other"), [("1.5亿元", "15亿元"), ("第1、2条", "第12条"), ("10%", "100%"), ("①", "②")])
def test_numbers_stay_apart(one, other):
    assert fold_letters(one) != fold_letters(other)


@given(st.text())
def test_folding_twice_is_folding_once(text):
    assert fold_letters(fold_letters(text)) == fold_letters(text)


@given(st.text(alphabet="甲乙丙a\ud800\U00020000", max_size=60), st.integers(1, 9))
def test_equal_shingles_have_equal_hashes_and_others_have_others(text, size):
    shingles = [text[start : start + size] for start in range(len(text) - size + 1)]
    hashes = hash_shingles(text, size).tolist()

    assert len(hashes) == len(shingles)
    assert len(set(hashes)) == len(set(shingles)) == len(set(zip(hashes, shingles, strict=True)))


def test_hashes_are_the_same_everywhere():
    assert hash_shingles("跨境电商", 2).tolist() == [7848320843372890269, 242834844657054810, 30875191922578457]


@pytest.mark.parametrize("unit", ["1.", ". ", "_", "Ａ", "1 . ", "《"])
def test_hostile_text_takes_linear_time(unit):
    def measure(text: str) -> float:
        start = time.process_time()
        fold_letters(text)
        return time.process_time() - start

    short, long = unit * (40_000 // len(unit)), unit * (800_000 // len(unit))

    assert measure(long) < 20 * 4 * max(min(measure(short) for _ in range(3)), 0.001)
