"""Evidence: what a mark says, and how overlapping marks cut a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.textq.export.coded_clauses import CODEBOOK, TEXT, build_coding, build_unit
from textq.export.evidence import Mark, cut_pieces, join_context, list_marks, list_term_codes
from textq.lexicon.entry import Entry, Lexicon
from textq.records import Span


@pytest.mark.parametrize(
    ("label", "mark"),
    [
        ("专项资金", Mark(2, 6, "apple")),
        ("", Mark(2, 6, "apple")),
        ("专项资金 +1.2", Mark(2, 6, "apple/red", "+1.2")),
        ("pear -0.4", Mark(2, 6, "pear", "-0.4")),
        ("pear/any", Mark(2, 6, "pear/any")),
        ("none", Mark(2, 6, "none")),
        ("(安排|设立)~12资金", Mark(2, 6, "apple", "", "(安排|设立)~12资金")),
        ("special fund 0.3", Mark(2, 6, "apple/red", "0.3", "special fund")),
        ("专项资金办法", Mark(2, 6, "apple", "", "办法")),
    ],
)
def test_a_label_is_taken_apart(label: str, mark: Mark) -> None:
    assert list_marks(build_unit(), build_coding("a", "apple", "red", Span(2, 6, label)), CODEBOOK, {}) == [mark]


LEXICON = Lexicon(
    "fruit",
    "1",
    (
        Entry("专项资金", "apple/red", "anywhere", 1.0),
        Entry("补贴", "apple/red", "anywhere", 1.0, must="资金"),
        Entry("补贴", "apple", "anywhere", 1.0),
        Entry("办法", "", "stop", 1.0),
    ),
)


@pytest.mark.parametrize(
    ("instrument", "label", "code"),
    [
        ("apple", "专项资金", "apple/red"),
        ("pear", "专项资金", "pear"),
        ("apple", "补贴", "apple"),
        ("apple", "资金", "apple"),
        ("apple", "专项资金 +1.2", "apple/green"),
        ("apple", "pear", "pear"),
    ],
)
def test_a_term_speaks_for_its_own_subtype_where_it_has_one(instrument: str, label: str, code: str) -> None:
    coding = build_coding("a", instrument, "green", Span(2, 6, label))
    (mark,) = list_marks(build_unit(), coding, CODEBOOK, list_term_codes(LEXICON))

    assert mark.code == code


def test_without_a_lexicon_no_term_has_a_code() -> None:
    assert list_term_codes(None) == {}


def test_the_words_of_a_weight_may_hold_blanks_and_numbers() -> None:
    unit, coding = (
        build_unit("a", "a fund of 1.5 million"),
        build_coding("a", "apple", "red", Span(2, 13, "fund of 1.5 +0.8")),
    )
    assert list_marks(unit, coding, CODEBOOK, {}) == [Mark(2, 13, "apple/red", "+0.8")]


def test_marks_stand_in_the_order_of_the_text_the_longer_first() -> None:
    coding = build_coding("a", "pear", None, Span(4, 6), Span(2, 4), Span(2, 6))

    assert [(mark.start, mark.end) for mark in list_marks(build_unit(), coding, CODEBOOK, {})] == [
        (2, 6),
        (2, 4),
        (4, 6),
    ]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 3), (4, 2), (0, len(TEXT) + 1)])
def test_evidence_outside_the_clause_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=f"a: evidence at .{start}, {end}"):
        list_marks(build_unit(), build_coding("a", "pear", None, Span(start, end)), CODEBOOK, {})


def test_a_text_is_cut_where_marks_begin_and_end() -> None:
    outer, inner = Mark(1, 4, "apple"), Mark(2, 6, "pear")
    pieces = cut_pieces("甲乙丙丁戊己庚", [outer, inner])

    assert [(piece.text, piece.marks, piece.ending) for piece in pieces] == [
        ("甲", (), ()),
        ("乙", (outer,), ()),
        ("丙丁", (outer, inner), (outer,)),
        ("戊己", (inner,), (inner,)),
        ("庚", (), ()),
    ]


@given(st.text(min_size=1, max_size=12), st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=5))
def test_pieces_are_the_text_and_each_mark_ends_once(text: str, places: list[tuple[int, int]]) -> None:
    ordered = [(min(place), max(place)) for place in places]
    marks = [Mark(start, end, "pear", str(at)) for at, (start, end) in enumerate(ordered) if start < end <= len(text)]
    pieces = cut_pieces(text, marks)

    assert "".join(piece.text for piece in pieces) == text
    assert [mark for piece in pieces for mark in piece.ending] == sorted(marks, key=lambda mark: mark.end)
    for mark in marks:
        assert "".join(piece.text for piece in pieces if mark in piece.marks) == text[mark.start : mark.end]


def test_an_empty_text_has_no_pieces() -> None:
    assert cut_pieces("", []) == []


@pytest.mark.parametrize(
    ("context", "shown"),
    [({"title": "t", "heading": "h", "stem": "s"}, "t › h › s"), ({"title": "t", "stem": "s"}, "t › s"), ({}, "")],
)
def test_the_context_is_one_line(context: dict[str, str], shown: str) -> None:
    assert join_context(build_unit("a", "x", **context)) == shown
