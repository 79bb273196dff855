from dataclasses import replace

import pytest

from textq.lexicon.codebook import Instrument, Label
from textq.lexicon.read import builtin_codebook
from textq.records import Span
from textq.store.rows import StoredClause, Suggestion
from textq.web.card_view import Piece, count_rows, cut_marks, find_article, name_places, view_suggestion


def make_clause(key: str, division: str = "", heading: str = "") -> StoredClause:
    return StoredClause(key, key, "d", 1, "", "", division, heading, "", "provision", None, 0, 1, "x", True)


def test_marks_follow_the_evidence_inside_the_clause() -> None:
    pieces = cut_marks("abcdef", 10, [Span(11, 13, "one"), Span(12, 14, "two"), Span(15, 99, ""), Span(0, 9, "before")])
    assert pieces == (
        Piece("a"),
        Piece("b", "one"),
        Piece("c", "one, two"),
        Piece("d", "two"),
        Piece("e"),
        Piece("f", ""),
    )
    assert cut_marks("abc", 0, []) == (Piece("abc"),)
    assert "".join(piece.text for piece in pieces) == "abcdef"


def test_an_article_is_the_run_of_its_clauses() -> None:
    rows = [
        make_clause("a", "第一章 > 第四条"),
        make_clause("b", "第一章 > 第五条"),
        make_clause("c", "第一章 > 第五条 > （一）"),
        make_clause("d", "第一章 > 第六条"),
    ]
    assert [row.key for row in find_article(rows, "c")] == ["b", "c"]
    loose = [make_clause("a", heading="x"), make_clause("b", heading="y"), make_clause("c", heading="y")]
    assert [row.key for row in find_article(loose, "c")] == ["b", "c"]


def test_places_are_named_three_at_most() -> None:
    assert name_places("330100") == "杭州市"
    assert name_places("330100;440100;440300;110000;x") == "杭州市、广州市、深圳市 +2"
    assert name_places("own-place") == "own-place"
    assert name_places("") == ""


@pytest.mark.parametrize(
    ("instrument", "subtype", "can_accept", "needs_subtype"),
    [
        ("supply", "talent", True, False),
        ("supply", None, False, True),
        ("none", None, True, False),
        ("unknown", None, False, False),
    ],
)
def test_a_suggestion_can_be_taken_over_only_where_the_codebook_has_it(
    instrument: str, subtype: str | None, can_accept: bool, needs_subtype: bool
) -> None:
    suggestion = Suggestion("k", "m", instrument, subtype, None, 0.874, False, (), ())
    view = view_suggestion(suggestion, builtin_codebook(), "en")
    assert (view.can_accept, view.needs_subtype, view.percent) == (can_accept, needs_subtype, 87)


def test_the_classes_take_the_rows_of_the_fullest_one() -> None:
    book = builtin_codebook()
    assert count_rows(book) == 5  # eight subtypes of demand, two in a row, below their class
    flat = tuple(Instrument(f"i{n}", Label("", f"I{n}"), "") for n in range(7))
    assert count_rows(replace(book, instruments=flat)) == 8
