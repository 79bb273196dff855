import numpy as np
import pytest

from textq.review.fix_order import BLOCK, order_clauses


def test_the_order_is_that_of_probable_errors_of_influence() -> None:
    rng = np.random.default_rng(1)
    p_wrong, influence = rng.random(500), rng.random(500)
    order, is_random = order_clauses(p_wrong, influence, rng)
    worth = (p_wrong * influence)[order[~is_random]]
    assert (np.diff(worth) <= 0).all()
    assert sorted(order.tolist()) == list(range(500))


@pytest.mark.parametrize("n", [0, 1, 9, 10, 11, 105])
def test_one_of_each_ten_is_random(n: int) -> None:
    order, is_random = order_clauses(np.linspace(0, 1, n), np.ones(n), np.random.default_rng(2))
    assert sorted(order.tolist()) == list(range(n))
    full = n // BLOCK * BLOCK
    assert (is_random[:full].reshape(-1, BLOCK).sum(axis=1) == 1).all()
    assert not is_random[full:].any()


def test_random_ones_come_from_all_clauses_and_stand_anywhere() -> None:
    places, drawn = [], []
    for seed in range(300):
        order, is_random = order_clauses(np.linspace(1, 0, 20), np.ones(20), np.random.default_rng(seed))
        places += (np.flatnonzero(is_random) % BLOCK).tolist()
        drawn += order[is_random].tolist()
    assert np.bincount(places, minlength=10).min() > 30
    assert np.bincount(drawn, minlength=20).min() > 10


def test_the_same_seed_gives_the_same_order() -> None:
    p_wrong = np.full(100, 0.5)
    first, again = (order_clauses(p_wrong, np.ones(100), np.random.default_rng(3))[0] for _ in range(2))
    assert first.tolist() == again.tolist()


def test_without_influence_probable_errors_come_first() -> None:
    p_wrong = np.array([0.1, 0.9, 0.5])
    assert order_clauses(p_wrong, np.zeros(3), np.random.default_rng(0))[0].tolist() == [1, 2, 0]


def test_clauses_without_influence_come_last_by_probable_error() -> None:
    order, _ = order_clauses(np.array([0.9, 0.1, 0.2]), np.array([0.0, 1.0, 0.0]), np.random.default_rng(0))
    assert order.tolist() == [1, 0, 2]
