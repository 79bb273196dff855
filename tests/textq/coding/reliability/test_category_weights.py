"""Weights and distances of categories, worked by hand."""

import numpy as np
import pytest

from textq.coding.reliability.category_weights import find_distance, read_scale, weigh_categories
from textq.errors import ConfigError


@pytest.mark.parametrize(
    ("weighting", "first_row"),
    [
        ("identity", [1, 0, 0, 0]),
        ("linear", [1, 2 / 3, 1 / 3, 0]),
        ("quadratic", [1, 8 / 9, 5 / 9, 0]),
        ("ordinal", [1, 5 / 6, 3 / 6, 0]),
    ],
)
def test_weights_fall_with_the_distance(weighting: str, first_row: list[float]) -> None:
    weights = weigh_categories(["a", "b", "c", "d"], weighting)  # type: ignore[arg-type]
    assert weights[0] == pytest.approx(first_row)
    assert (weights == weights.T).all()


def test_numbers_are_as_far_apart_as_they_are() -> None:
    assert weigh_categories([1, 2, 5], "linear")[0] == pytest.approx([1, 0.75, 0])


def test_a_single_category_agrees_with_itself() -> None:
    assert weigh_categories(["a"], "linear").tolist() == [[1]]


@pytest.mark.parametrize(
    ("metric", "squared"),
    [("nominal", [0, 1, 1]), ("interval", [0, 1, 9]), ("ratio", [0, 1 / 9, 9 / 25]), ("ordinal", [0, 25, 64])],
)
def test_distances_from_the_first_category(metric: str, squared: list[float]) -> None:
    distance = find_distance([1, 2, 4], metric)  # type: ignore[arg-type]
    assert distance(np.array([6.0, 4, 2]))[0] == pytest.approx(squared)


def test_ratio_of_nothing_to_nothing_is_no_distance() -> None:
    assert find_distance([0, 1], "ratio")(np.ones(2)).tolist() == [[0, 1], [1, 0]]


def test_words_stand_for_their_places() -> None:
    assert read_scale(["low", "high"]).tolist() == [1, 2]
    assert read_scale([3, 0.5]).tolist() == [3, 0.5]


def test_what_does_not_suit_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown weights 'square'"):
        weigh_categories([1, 2], "square")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="unknown metric 'far'"):
        find_distance([1, 2], "far")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="need numbers as categories"):
        find_distance(["a", "b"], "interval")
    with pytest.raises(ConfigError, match="numbers of at least zero"):
        find_distance([-1, 1], "ratio")
