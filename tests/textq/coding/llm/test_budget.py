import pytest

from textq.coding.llm import LlmError, LlmSpec
from textq.coding.llm.budget import Budget, Usage

SPEC = LlmSpec("http://localhost:1/v1", "m", input_price=1.0, output_price=2.0, max_cost=10.0)
MILLION = 1_000_000


def test_what_is_counted_adds_up() -> None:
    budget = Budget(SPEC)
    budget.add(MILLION, MILLION, estimated=False)
    budget.add(MILLION, 0, estimated=True)
    assert budget.sum_up() == Usage(2, 2 * MILLION, MILLION, 1, 4.0)


def test_what_is_set_aside_counts_until_it_is_freed() -> None:
    budget = Budget(SPEC)
    reserved = [budget.reserve(MILLION, 2 * MILLION) for _ in range(2)]
    assert reserved == [5.0, 5.0]
    with pytest.raises(LlmError, match="the next request could bring the cost above 10: 0 is spent"):
        budget.reserve(1, 0)
    budget.release(reserved[0])
    assert budget.reserve(0, 2 * MILLION) == 4.0


def test_what_is_spent_is_not_there_any_more() -> None:
    budget = Budget(SPEC)
    budget.add(9 * MILLION, 0, estimated=False)
    with pytest.raises(LlmError, match="9 is spent"):
        budget.reserve(MILLION, 1)
    assert budget.reserve(MILLION, 0) == 1.0


def test_without_prices_nothing_is_refused() -> None:
    budget = Budget(LlmSpec("http://localhost:1/v1", "m"))
    assert budget.reserve(10**12, 10**12) == 0.0
    budget.add(10**12, 10**12, estimated=False)
    assert budget.sum_up().cost is None
