import numpy as np
import pytest

from textq.coding.ensemble.pool import (
    PoolWeights,
    check_probabilities,
    cross_fit_pool,
    fit_pool,
    pool_probabilities,
)
from textq.errors import ConfigError

from .conftest import N, draw_gold, simulate, simulate_useless


def measure_loss(probabilities: np.ndarray, gold: np.ndarray) -> float:
    return float(-np.mean(np.log(probabilities[np.arange(len(gold)), gold])))


def test_a_hand_worked_pool() -> None:
    first, second = np.array([[0.8, 0.2]]), np.array([[0.5, 0.5]])
    pooled = pool_probabilities([first, second], PoolWeights((0.5, 0.5), 2.0))
    floored = 0.99 * 0.8 + 0.005
    assert pooled == pytest.approx(np.array([[floored, 1 - floored]]))
    pooled = pool_probabilities([first, second], PoolWeights((1.0, 0.0), 0.5))
    assert pooled[0, 0] == pytest.approx(floored**0.5 / (floored**0.5 + (1 - floored) ** 0.5))


def test_a_zero_is_no_veto() -> None:
    sure, unsure = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.9, 0.1]])
    pooled = pool_probabilities([sure, unsure], PoolWeights((0.5, 0.5), 2.0))
    assert (pooled > 0).all()


def test_independent_calibrated_coders_are_multiplied() -> None:
    random = np.random.default_rng(1)
    gold = draw_gold(random, 20_000)
    opinions = [simulate(random, gold, skill) for skill in (1.5, 1.0, 1.0)]
    fitted = fit_pool(opinions, gold)
    assert fitted.sharpness == pytest.approx(3, abs=0.2)
    assert fitted.weights == pytest.approx([1 / 3] * 3, abs=0.03)


def test_coders_that_repeat_one_another_count_once() -> None:
    random = np.random.default_rng(2)
    gold = draw_gold(random, 5_000)
    opinion = simulate(random, gold, 1.5)
    fitted = fit_pool([opinion, opinion], gold)
    assert fitted.sharpness == pytest.approx(1, abs=0.1)
    assert fitted.weights == pytest.approx([0.5, 0.5], abs=1e-3)


@pytest.mark.parametrize("seed", [3, 4, 5])
def test_useless_coders_get_no_weight(seed: int) -> None:
    random = np.random.default_rng(seed)
    gold = draw_gold(random, 2_000)
    silent = np.full((len(gold), N), 1 / N)
    fitted = fit_pool([simulate(random, gold, 1.5), simulate_useless(random, len(gold)), silent], gold)
    assert fitted.weights[0] > 0.95
    assert fitted.weights[1] < 0.05
    assert fitted.weights[2] < 1e-3


def test_with_useless_coders_alone_nothing_is_made_up() -> None:
    random = np.random.default_rng(6)
    gold = draw_gold(random, 5_000)
    fitted = fit_pool([simulate_useless(random, len(gold)) for _ in range(2)], gold)
    assert fitted.sharpness < 0.05
    assert sum(fitted.weights) == pytest.approx(1)
    assert fit_pool([np.full((5, N), 1 / N)], gold[:5]) == PoolWeights((1.0,), pytest.approx(0, abs=1e-3))


@pytest.mark.parametrize("seed", range(7, 10))
def test_the_pool_beats_the_best_coder_on_new_clauses(seed: int) -> None:
    random = np.random.default_rng(seed)
    skills = (1.6, 1.3, 1.1)
    gold, new = draw_gold(random, 400), draw_gold(random, 5_000)
    fitted = fit_pool([*(simulate(random, gold, skill) for skill in skills), simulate_useless(random, 400)], gold)
    opinions = [*(simulate(random, new, skill) for skill in skills), simulate_useless(random, 5_000)]
    pooled = pool_probabilities(opinions, fitted)
    best = max(float(np.mean(one.argmax(axis=1) == new)) for one in opinions)
    assert np.mean(pooled.argmax(axis=1) == new) > best + 0.05
    assert measure_loss(pooled, new) < min(measure_loss(one, new) for one in opinions[:3]) - 0.1


def test_the_weights_are_those_of_a_fine_grid() -> None:
    random = np.random.default_rng(11)
    gold = draw_gold(random, 300)
    opinions = [simulate(random, gold, 1.2), simulate(random, gold, 0.8)]
    fitted = fit_pool(opinions, gold)
    reached = measure_loss(pool_probabilities(opinions, fitted), gold)
    for sharpness in np.linspace(0.2, 4, 20):
        for weight in np.linspace(0, 1, 21):
            other = PoolWeights((float(weight), float(1 - weight)), float(sharpness))
            assert reached <= measure_loss(pool_probabilities(opinions, other), gold) + 1e-3


def test_fitting_is_deterministic_and_knows_no_order() -> None:
    random = np.random.default_rng(12)
    gold = draw_gold(random, 500)
    opinions = [simulate(random, gold, skill) for skill in (1.2, 0.8, 0.4)]
    fitted = fit_pool(opinions, gold)
    assert fit_pool(opinions, gold) == fitted
    turned = fit_pool(opinions[::-1], gold)
    assert turned.weights[::-1] == pytest.approx(fitted.weights, abs=1e-4)


def test_cross_fitting_uses_no_clause_for_itself() -> None:
    random = np.random.default_rng(13)
    gold = draw_gold(random, 60)
    opinions = [simulate(random, gold, 1.0), simulate_useless(random, 60)]
    folds = np.arange(60) % 3
    pooled = cross_fit_pool(opinions, gold, folds)
    changed = gold.copy()
    changed[folds == 1] = (changed[folds == 1] + 1) % N
    again = cross_fit_pool(opinions, changed, folds)
    assert (pooled[folds == 1] == again[folds == 1]).all()
    assert (pooled[folds != 1] != again[folds != 1]).any()


@pytest.mark.parametrize(
    "rows",
    [[[0.5, 0.5]], [[0.5, 0.6, 0.0]], [[1.5, -0.5, 0.0]], [[float("nan"), 0.5, 0.5]], [[float("inf"), 0.0, 0.0]]],
)
def test_what_are_no_probabilities_is_refused(rows: list[list[float]]) -> None:
    with pytest.raises(ConfigError, match="coder x: "):
        check_probabilities(np.array(rows), 3, "coder x")


@pytest.mark.parametrize(
    ("opinions", "gold", "message"),
    [
        ([], [0], "at least one coder"),
        ([np.full((0, 2), 0.5)], [], "at least one coder"),
        ([np.full((1, 2), 0.5)], [2], "gold codes must be numbers from 0 to 1"),
        ([np.full((1, 2), 0.5)], [-1], "gold codes must be numbers from 0 to 1"),
        ([np.full((2, 2), 0.5)], [0], "gives 2 clauses probabilities, but 1 have gold codes"),
        ([np.full((1, 2), 0.5), np.full((1, 3), 1 / 3)], [0], r"coder 2: .*shape \(clauses, 2\)"),
    ],
)
def test_what_does_not_fit_together_is_refused(opinions: list[np.ndarray], gold: list[int], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        fit_pool(opinions, np.array(gold, dtype=np.int64))
