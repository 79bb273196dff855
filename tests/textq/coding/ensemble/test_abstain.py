import numpy as np
import pytest

from textq.coding.ensemble.abstain import NEVER, choose_threshold
from textq.coding.ensemble.pool import cross_fit_pool, fit_pool, pool_probabilities
from textq.errors import ConfigError

from .conftest import draw_gold, simulate


def make_rows(*sure: float) -> np.ndarray:
    return np.array([[one, 1 - one] for one in sure])


def test_a_hand_worked_threshold() -> None:
    rows = make_rows(0.99, 0.95, 0.9, 0.85, 0.8, 0.7, 0.6)
    gold = np.array([0, 0, 0, 1, 0, 0, 1])
    found = choose_threshold(rows, gold, 0.3)
    assert (found.threshold, found.kept, found.error) == (0.7, 6 / 7, 1 / 6)
    found = choose_threshold(rows, gold, 0.25)
    assert (found.threshold, found.kept, found.error) == (0.9, 3 / 7, 0.0)


def test_equals_are_kept_or_left_together() -> None:
    rows = make_rows(0.9, 0.9, 0.9, 0.6, 0.6)
    found = choose_threshold(rows, np.array([0, 0, 0, 1, 0]), 0.25)
    assert (found.threshold, found.kept) == (0.9, 0.6)


def test_a_target_out_of_reach_keeps_nothing() -> None:
    found = choose_threshold(make_rows(0.9, 0.8), np.array([0, 0]), 0.1)
    assert (found.threshold, found.kept, found.error) == (NEVER, 0.0, None)


def test_any_error_allowed_keeps_all() -> None:
    assert choose_threshold(make_rows(0.9, 0.8), np.array([1, 1]), 1.0).kept == 1.0


@pytest.mark.parametrize("target", [-0.1, 1.1, float("nan")])
def test_a_target_is_a_share(target: float) -> None:
    with pytest.raises(ConfigError, match="'target'"):
        choose_threshold(make_rows(0.9), np.array([0]), target)


Draw = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def draws() -> list[Draw]:
    """Out-of-fold probabilities on gold clauses with their classes, and probabilities of new ones with theirs."""
    return [draw(np.random.default_rng([seed, 99])) for seed in range(30)]


def draw(random: np.random.Generator) -> Draw:
    gold, new = draw_gold(random, 800), draw_gold(random, 4_000)
    opinions, fresh = ([simulate(random, classes, skill) for skill in (1.6, 1.3, 1.0)] for classes in (gold, new))
    out_of_fold = cross_fit_pool(opinions, gold, np.arange(800) % 5)
    return out_of_fold, gold, pool_probabilities(fresh, fit_pool(opinions, gold)), new


@pytest.mark.parametrize("target", [0.02, 0.05, 0.1])
def test_the_target_holds_on_new_clauses(draws: list[Draw], target: float) -> None:
    """Mean over draws of the share of errors among the kept codes, against the target plus three standard errors."""
    errors, differences = [], []
    for out_of_fold, gold, pooled, new in draws:
        abstention = choose_threshold(out_of_fold, gold, target)
        sure = pooled.max(axis=1) >= abstention.threshold
        errors.append(np.mean(pooled.argmax(axis=1)[sure] != new[sure]))
        differences.append(np.mean(sure) - abstention.kept)
    standard_error = np.std(errors, ddof=1) / np.sqrt(len(errors))
    assert np.mean(errors) <= target + 3 * standard_error
    assert np.mean(errors) >= target / 2
    assert abs(np.mean(differences)) < 0.02
