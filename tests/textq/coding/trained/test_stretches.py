import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.coding.trained import stretches as stretches_module
from textq.coding.trained.stretches import LEAST, N_STRETCHES, SMALLEST, SMALLEST_ALONE, cut_stretches
from textq.lexicon.batch import MatchTable
from textq.records import Span


def cut(texts, added, *terms):
    """The stretches of texts in which the lexicon found terms, each a text's number, start and end."""
    text, start, end = np.array(terms, dtype=np.int64).reshape(-1, 3).T
    return cut_stretches(texts, np.array(added, dtype=float), MatchTable(text, start, end, np.zeros_like(text)))


@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_nothing_to_mark(texts):
    assert cut(texts, []) == [()] * len(texts)


def test_stretches_of_neighbours_stay_apart():
    assert cut(["乙丙丁", "", "戊己庚辛"], [0, 1, 1, 1, 0.5, -1, 0.125]) == [
        (Span(1, 3, "丙丁 +2.0"),),
        (),
        (Span(0, 2, "戊己 +1.5"),),
    ]


def test_words_of_neighbours_stay_apart():
    assert cut(["ab", "cd"], [1, 1, -5, -5]) == [(Span(0, 2, "ab +2.0"),), ()]


def test_small_pushes_are_left_out():
    just, too_little = LEAST * 1.5, LEAST / 2
    added = [*[just] * 4, too_little, just, too_little, *[just] * 2]
    assert cut(["甲" * 9], added) == [(Span(0, 4, "甲甲甲甲 +0.6"), Span(7, 9, "甲甲 +0.3"))]


def test_the_strongest_stretches_are_shown_in_the_order_of_the_text(monkeypatch):
    monkeypatch.setattr(stretches_module, "N_STRETCHES", 2)
    assert cut(["甲乙丙丁戊己庚辛"], [1, 0, 3, 0, 2, 0, 1, 0]) == [(Span(2, 3, "丙 +3.0"), Span(4, 5, "戊 +2.0"))]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("，支持企业。", "支持企业"),
        (" 支持 ", "支持"),
        ("“甲”、乙", "甲”、乙"),
        ("达80%。", "达80%"),
        ("｜补助｜", "补助"),
    ],
)
def test_marks_and_blanks_at_the_ends_are_cut_off_with_what_they_add(text, shown):
    start = text.index(shown)
    expected = Span(start, start + len(shown), f"{shown} +{len(shown)}.0")
    assert cut([text], [1.0 if char.isalnum() or char in "%”、" else 0.25 for char in text]) == [(expected,)]


def test_marks_alone_are_no_stretch():
    assert cut(["甲。；乙"], [0, 3, 3, 0]) == [()]


def test_a_term_is_shown_whole_or_not_at_all():
    text = "推行检验检疫便利"
    assert cut([text], [0, 1, 1, 0, 0, 1, 0, 0], (0, 2, 6)) == [(Span(1, 6, "行检验检疫 +3.0"),)]
    assert cut([text], [0, 1, 1, -2, -2, 1, 1, 0], (0, 2, 6)) == [(Span(1, 2, "行 +1.0"), Span(6, 7, "便 +1.0"))]


def test_terms_side_by_side_are_words_of_their_own():
    assert cut(["甲乙丙丁"], [1, 1, -1, -1], (0, 0, 2), (0, 2, 4)) == [(Span(0, 2, "甲乙 +2.0"),)]
    assert cut(["甲乙丙丁"], [1, 1, 1, 1], (0, 0, 2), (0, 2, 4)) == [(Span(0, 4, "甲乙丙丁 +4.0"),)]


def test_words_and_numbers_that_something_sets_apart_are_shown_whole():
    assert cut(["培训2018人 training courses"], [0] * 4 + [1, 1] + [0] * 5 + [1, 1, 1] + [0] * 11) == [
        (Span(2, 6, "2018 +2.0"), Span(8, 16, "training +3.0"))
    ]


@pytest.mark.parametrize("number", ["1,500.25", "3.5%", "２０２４", "12‰"])
def test_a_number_is_shown_whole_or_not_at_all(number):
    assert cut([f"计{number}元"], [0, 2, *[0.25] * (len(number) - 1), 0]) == [
        (Span(1, 1 + len(number), f"{number} {2 + 0.25 * (len(number) - 1):+.1f}"),)
    ]
    assert cut([f"计{number}元"], [0, 2, *[-2] * (len(number) - 1), 0]) == [()]


def test_marks_at_the_ends_of_a_term_are_part_of_it():
    assert cut(["推广首台（套）、"], [0, 0, 1, 1, 0, 1, 0, 1], (0, 2, 7)) == [(Span(2, 7, "首台（套） +3.0"),)]


@pytest.mark.parametrize("text", ["cafe\u0301", "葛\U000e0100"])
def test_an_accent_belongs_to_the_character_before_it(text):
    assert cut([text], [*[0] * (len(text) - 1), 3]) == [(Span(0, len(text), f"{text} +3.0"),)]


def test_one_character_alone_must_add_more():
    between = (SMALLEST + SMALLEST_ALONE) / 2
    assert cut(["甲，乙丙，丁"], [between, 0, between / 2, between / 2, 0, SMALLEST_ALONE]) == [
        (Span(2, 4, f"乙丙 {between:+.1f}"), Span(5, 6, f"丁 {SMALLEST_ALONE:+.1f}"))
    ]


def test_half_characters_and_rare_ideographs_are_read():
    assert cut(["甲\ud800\U00020000"], [1, 1, 1]) == [(Span(0, 3, "甲\ud800\U00020000 +3.0"),)]


MARKS = "，。 "
TEXTS = st.lists(st.text(f"甲乙丙a1％\U00020000{MARKS}", max_size=12), max_size=4)


@given(TEXTS, st.data())
def test_stretches_are_whole_words_and_their_sums_are_those_of_their_characters(texts, data):
    size = sum(map(len, texts))
    added = data.draw(st.lists(st.sampled_from([-1.0, 0.0, 0.05, 0.25, 0.5, 2.0]), min_size=size, max_size=size))
    cuts = [sorted(data.draw(st.sets(st.integers(0, len(text)), max_size=6))) for text in texts]
    terms = [(at, *pair) for at, places in enumerate(cuts) for pair in zip(places[::2], places[1::2], strict=False)]
    first = 0
    found = cut(texts, added, *terms)
    assert found == [
        one
        for at, text in enumerate(texts)
        for one in cut(
            [text], added[sum(map(len, texts[:at])) :][: len(text)], *[(0, *t[1:]) for t in terms if t[0] == at]
        )
    ]
    for at, (text, spans) in enumerate(zip(texts, found, strict=True)):
        assert len(spans) <= N_STRETCHES
        for span in spans:
            own = sum(added[first + span.start : first + span.end])
            words, _, value = span.label.rpartition(" ")
            assert words == text[span.start : span.end]
            assert float(value) == pytest.approx(own, abs=0.05 + 1e-6)
            assert own >= (SMALLEST_ALONE if span.end - span.start == 1 else SMALLEST)
            in_terms = {place for owner, start, end in terms if owner == at for place in range(start, end)}
            assert span.start in in_terms or words[0] not in MARKS
            assert span.end - 1 in in_terms or words[-1] not in MARKS
        inside = {place for span in spans for place in range(span.start, span.end)}
        for owner, start, end in terms:
            covered = set(range(start, end)) if owner == at else set()
            assert covered <= inside or not covered & inside
        first += len(text)
