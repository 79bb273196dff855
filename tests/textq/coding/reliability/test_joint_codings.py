import numpy as np
import pytest

from textq.coding.reliability.joint_codings import MISSING, join_codings
from textq.errors import ConfigError


def test_values_become_positions() -> None:
    codings = join_codings([["b", "a"], [None, "b"], [float("nan"), None]], documents=["x", "y", "x"])
    assert codings.categories == ("a", "b")
    assert codings.codes.tolist() == [[1, 0], [MISSING, 1], [MISSING, MISSING]]
    assert (codings.groups.tolist(), codings.n_groups, codings.by_document) == ([0, 1, 0], 2, True)
    assert codings.n_coders_of.tolist() == [2, 1, 0]
    assert codings.count().tolist() == [[1, 1], [0, 1], [0, 0]]


def test_clauses_are_their_own_groups_without_documents() -> None:
    codings = join_codings([[1, 1], [2, 1]])
    assert (codings.groups.tolist(), codings.by_document) == ([0, 1], False)


def test_numbers_are_sorted_as_numbers() -> None:
    assert join_codings([[10, 9], [2, 1]]).categories == (1, 2, 9, 10)


def test_categories_may_be_given_in_order() -> None:
    codings = join_codings([["low", "high"]], categories=["low", "middle", "high"])
    assert codings.codes.tolist() == [[0, 2]]


def test_pairable_clauses_keep_their_documents_together() -> None:
    codings = join_codings([[1, None], [1, 1], [2, 2], [1, 2]], documents=["a", "b", "c", "b"]).keep_pairable()
    assert codings.codes.tolist() == [[0, 0], [1, 1], [0, 1]]
    assert codings.groups.tolist() == [0, 1, 0]


def test_pair_has_the_clauses_that_both_coded() -> None:
    pair = join_codings([[1, 2, None], [1, None, 2], [2, 2, 2]], ["x", "y", "z"]).choose_pair(0, 2)
    assert (pair.coders, pair.codes.tolist()) == (("x", "z"), [[0, 1], [1, 1]])


def test_contrast_keeps_gaps() -> None:
    codings = join_codings([["a", None], ["b", "c"]]).contrast(1)
    assert codings.codes.tolist() == [[1, MISSING], [0, 1]]
    assert codings.categories == ("b", "other")


@pytest.mark.parametrize(
    ("values", "coders", "message"),
    [
        ([], None, "no clause to compare"),
        ([[1], [2]], None, "at least two coders. Got 1"),
        ([[1, 2], [1]], None, "row 1 has 1 values for 2 coders"),
        ([[1, 2]], ["a", "b", "c"], "row 0 has 2 values for 3 coders"),
    ],
)
def test_unsuitable_values_are_refused(values: list[list[int]], coders: list[str] | None, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        join_codings(values, coders)


def test_values_outside_the_categories_are_named() -> None:
    with pytest.raises(ConfigError, match="outside the categories: 'c'"):
        join_codings([["a", "c"]], categories=["a", "b"])


def test_documents_are_one_a_clause() -> None:
    with pytest.raises(ConfigError, match="1 documents for 2 clauses"):
        join_codings([[1, 1], [1, 2]], documents=["a"])


def test_no_clause_coded_twice_is_refused() -> None:
    codings = join_codings([[1, None], [None, 2]], ["anna", "bao"])
    with pytest.raises(ConfigError, match="no clause was coded twice"):
        codings.keep_pairable()
    with pytest.raises(ConfigError, match="anna and bao coded no clause in common"):
        codings.choose_pair(0, 1)


def test_coders_beyond_the_alphabet_have_names() -> None:
    codings = join_codings([[1] * 28])
    assert (codings.coders[0], codings.coders[25], codings.coders[27]) == ("A", "Z", "coder 28")
    assert np.all(codings.codes == 0)
