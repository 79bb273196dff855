"""Which clauses are copies of a higher-level text."""

import pandas as pd
import pytest

from textq.scoring.copies import mark_new

DOCUMENTS = pd.DataFrame(
    {
        "doc_id": ["centre", "province", "city", "undated"],
        "level": ["central", "province", "prefecture", "prefecture"],
        "issued_on": ["2015-03-01", "2016-03-01", "2016-03-01", None],
    }
)


def mark(*clauses: tuple[str, str]) -> list[bool]:
    table = pd.DataFrame(list(clauses), columns=["doc_id", "text"])
    return [bool(new) for new in mark_new(table, DOCUMENTS)]


def test_the_same_words_under_another_number_are_a_copy() -> None:
    assert mark(("province", "（一）支持海外仓。"), ("city", "五、支持海外仓。")) == [True, False]


def test_the_source_itself_is_new_and_peers_lend_nothing() -> None:
    assert mark(("city", "支持海外仓。"), ("city", "支持海外仓。")) == [True, True]


def test_a_later_document_of_the_centre_lends_nothing() -> None:
    late = DOCUMENTS.assign(issued_on=["2017-01-01", "2016-03-01", "2016-03-01", None])
    table = pd.DataFrame({"doc_id": ["centre", "city"], "text": ["支持海外仓。", "支持海外仓。"]})

    assert mark_new(table, late).tolist() == [True, True]


def test_an_undated_document_neither_lends_nor_borrows() -> None:
    assert mark(("centre", "支持海外仓。"), ("undated", "支持海外仓。")) == [True, True]


@pytest.mark.parametrize("other", ["支持海外仓", "支持海外仓！", "大力支持海外仓。"])
def test_other_words_are_new(other: str) -> None:
    assert mark(("centre", "支持海外仓。"), ("city", other)) == [True, True]
