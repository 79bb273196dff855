"""Gold and coded clauses as arrays, what is kept of them, and what is refused."""

import numpy as np
import pytest

from textq.coding.accuracy.judged import judge_codes
from textq.errors import ConfigError


def test_values_stand_in_their_order() -> None:
    judged = judge_codes(
        ["x", "y", "y"], ["x", "x", "y"], ("y", "x"), documents=["d2", "d1", "d2"], weights=[1, 2, 3],
        probabilities=[0.5, None, 1.0], unsure=[True, False, False],
    )  # fmt: skip
    assert (judged.gold.tolist(), judged.coded.tolist()) == ([1, 0, 0], [1, 1, 0])
    assert (judged.groups.tolist(), judged.by_document, judged.n_groups) == ([0, 1, 0], True, 2)
    assert judged.right.tolist() == [True, False, True]
    assert judged.weights.tolist() == [1, 2, 3]
    assert np.isnan(judged.probabilities).tolist() == [False, True, False]
    assert judged.unsure.tolist() == [True, False, False]


def test_without_documents_each_clause_is_its_own_group() -> None:
    judged = judge_codes(["x", "x"], ["x", "x"], ("x",))
    assert (judged.groups.tolist(), judged.by_document) == ([0, 1], False)
    assert (judged.weights.tolist(), judged.unsure.tolist()) == ([1, 1], [False, False])


def test_subtypes_are_judged_where_gold_has_one() -> None:
    judged = judge_codes(
        ["x", "x", "x", "y"], ["x", "x", "y", "y"], ("x", "y"),
        gold_subtypes=["s", "s", "s", None], coded_subtypes=["s", "t", "s", "s"],
    )  # fmt: skip
    assert judged.subtypes[:3].tolist() == [1, 0, 0]
    assert np.isnan(judged.subtypes[3])


def test_clauses_taken_are_numbered_anew() -> None:
    judged = judge_codes(["x", "y", "x"], ["x", "x", "y"], ("x", "y"), documents=["a", "b", "c"], weights=[1, 2, 3])
    taken = judged.take(np.array([False, True, True]))
    assert (taken.gold.tolist(), taken.coded.tolist(), taken.groups.tolist()) == ([1, 0], [0, 1], [0, 1])
    assert taken.weights.tolist() == [2, 3]
    with pytest.raises(ConfigError, match="no clause is left"):
        judged.take(np.zeros(3, dtype=bool))


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"weights": [1, 2, 3]}, r"Got 2, 2, 3 values"),
        ({"weights": [1, 0]}, "above zero"),
        ({"weights": [1, float("nan")]}, "above zero"),
        ({"probabilities": [0.5, 1.5]}, r"in \[0, 1\]"),
        ({"gold_subtypes": ["s"]}, "of the same clauses"),
    ],
)
def test_unsuitable_values_are_refused(more: dict[str, list[float]], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        judge_codes(["x", "x"], ["x", "x"], ("x",), **more)  # type: ignore[arg-type]


def test_codes_outside_the_codebook_and_no_clause_are_refused() -> None:
    with pytest.raises(ConfigError, match="codes outside the codebook: z"):
        judge_codes(["x"], ["z"], ("x",))
    with pytest.raises(ConfigError, match="at least one"):
        judge_codes([], [], ("x",))
