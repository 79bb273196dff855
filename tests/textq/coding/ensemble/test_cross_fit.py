"""No clause has a part in what is said of its own fold."""

import numpy as np
import pytest

from textq.coding.arrays import FloatArray, IntArray
from textq.coding.ensemble.cross_fit import CrossFitted, cross_fit_ensemble
from textq.coding.ensemble.pool import cross_fit_pool

from .conftest import N, draw_gold, simulate, simulate_useless

FOLDS = np.arange(600) % 5


def make(seed: int = 4) -> tuple[list[FloatArray], IntArray]:
    random = np.random.default_rng(seed)
    gold = draw_gold(random, len(FOLDS))
    return [simulate(random, gold, 1.5), simulate(random, gold, 1.2), simulate_useless(random, len(gold))], gold


def fit(opinions: list[FloatArray], gold: IntArray, target: float = 0.1) -> CrossFitted:
    return cross_fit_ensemble(opinions, gold, FOLDS, target)


def test_probabilities_are_those_of_the_cross_fitted_pool() -> None:
    opinions, gold = make()
    assert fit(opinions, gold).probabilities == pytest.approx(cross_fit_pool(opinions, gold, FOLDS))


def test_the_error_asked_for_is_about_kept_on_what_was_not_seen() -> None:
    opinions, gold = make()
    crossed = fit(opinions, gold)
    wrong = crossed.probabilities.argmax(axis=1) != gold
    assert 0.3 < crossed.sure.mean() < 0.9
    assert 0.05 < wrong[crossed.sure].mean() < 0.15
    assert wrong[~crossed.sure].mean() > 0.3


def test_gold_codes_of_a_fold_play_no_part_in_it() -> None:
    opinions, gold = make()
    before, inside = fit(opinions, gold), FOLDS == 2
    after = fit(opinions, np.where(inside, (gold + 1) % N, gold))
    assert (after.probabilities[inside] == before.probabilities[inside]).all()
    assert (after.sure[inside] == before.sure[inside]).all()
    assert (after.sure != before.sure).any()


def test_a_code_that_no_coder_gave_is_never_sure() -> None:
    torn = np.tile([[0.0, 0.49, 0.51, 0.0], [0.51, 0.49, 0.0, 0.0]], (300, 1, 1)).transpose(1, 0, 2)
    opinions, gold = [*torn], np.full(300, 1)
    crossed = cross_fit_ensemble(opinions, gold, np.arange(300) % 5, 0.1)
    assert (crossed.probabilities.argmax(axis=1) == 1).all()
    assert not crossed.sure.any()
