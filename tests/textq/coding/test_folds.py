"""Documents in folds: whole, even, and in the order asked for."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.coding.folds import assign_folds, deal_documents, number_groups
from textq.errors import ConfigError


def test_groups_are_numbered_as_they_come() -> None:
    assert number_groups(["b", "a", "b", 3]).tolist() == [0, 1, 0, 2]


def test_each_document_goes_to_the_fold_with_fewest_clauses() -> None:
    groups = np.repeat([0, 1, 2, 3], [1, 3, 2, 2])
    assert deal_documents(groups, 2, np.arange(4)).tolist() == [0, 1, 0, 0]
    assert deal_documents(groups, 2, np.array([3, 2, 1, 0])).tolist() == [1, 0, 1, 0]


@given(st.lists(st.integers(0, 9), min_size=12, max_size=60), st.integers(2, 3))
def test_no_document_lies_in_two_folds(documents: list[int], n_folds: int) -> None:
    names = [f"d{number}" for number in [*range(3), *documents]]
    folds = assign_folds(names, n_folds)
    assert all(len({fold for fold, name in zip(folds, names, strict=True) if name == one}) == 1 for one in names)
    assert set(folds) == set(range(n_folds))


@given(st.lists(st.text("ab甲", max_size=2), min_size=1, max_size=40))
def test_large_documents_come_first_then_names(names: list[str]) -> None:
    documents = [*names, "x", "y"]
    sizes, fold_of, filled = Counter(documents), {}, [0, 0]
    for name in sorted(sizes, key=lambda one: (-sizes[one], one)):
        fold_of[name] = filled.index(min(filled))
        filled[fold_of[name]] += sizes[name]
    assert assign_folds(documents, 2).tolist() == [fold_of[name] for name in documents]


def test_folds_are_even_where_documents_are() -> None:
    folds = assign_folds([f"d{number // 10}" for number in range(200)], 5)
    assert np.bincount(folds).tolist() == [40] * 5


@pytest.mark.parametrize("n_folds", [1, 3])
def test_too_few_documents_are_refused(n_folds: int) -> None:
    with pytest.raises(ConfigError, match="2 documents cannot be cut into"):
        assign_folds(["a", "b", "b"], n_folds)
