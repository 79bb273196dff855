import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.review.allocation import allocate


def test_without_floors_and_limits_it_is_neymans_rule() -> None:
    drawn = allocate(np.array([1000, 1000]), np.array([1.0, 3.0]), np.ones(2), 400, np.array([0, 0]))
    assert drawn.tolist() == [100, 300]


def test_dear_units_are_drawn_less_often() -> None:
    drawn = allocate(np.array([1000, 1000]), np.ones(2), np.array([1.0, 4.0]), 600, np.array([0, 0]))
    assert drawn.tolist() == [200, 100]


def test_small_strata_are_taken_as_a_whole_and_others_get_the_rest() -> None:
    assert allocate(np.array([5, 1000]), np.array([9.0, 0.1]), np.ones(2), 105, np.array([2, 2])).tolist() == [5, 100]


@given(
    st.lists(
        st.tuples(st.integers(1, 500), st.floats(0, 5), st.floats(1, 80), st.integers(0, 30)), min_size=1, max_size=9
    ),
    st.floats(2, 5000),
)  # fmt: skip
def test_floors_and_limits_hold_and_the_budget_is_met(
    strata: list[tuple[int, float, float, int]], budget: float
) -> None:
    counts, spreads, costs, floors = map(np.array, zip(*strata, strict=True))
    drawn = allocate(counts, spreads, costs, budget, floors)
    least = np.minimum(floors, counts)
    assert (drawn >= least).all()
    assert (drawn <= counts).all()
    if least @ costs <= budget <= counts @ costs:
        assert drawn @ costs == pytest.approx(budget, abs=1.01 * costs.max())
