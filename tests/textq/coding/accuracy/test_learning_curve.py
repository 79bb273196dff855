"""The curve: who learns from what, what is reported, and a law whose answer is known."""

import numpy as np
import pytest

from textq.coding.accuracy.learning_curve import (
    FARTHEST,
    CanLearn,
    LearningCurve,
    draw_learning_curve,
    fit_power_law,
    plan_learning,
)
from textq.coding.arrays import IntArray
from textq.errors import ConfigError

GROUPS = np.repeat(np.arange(20), 20)
GOLD = np.random.default_rng(1).integers(0, 3, 400)


class Learner:
    """Is right with a probability that grows with what it learnt from; remembers who was asked for what."""

    def __init__(self) -> None:
        self.lessons: list[tuple[IntArray, IntArray]] = []
        self.generator = np.random.default_rng(2)

    def __call__(self, learnt: IntArray, coded: IntArray) -> IntArray:
        self.lessons.append((learnt, coded))
        right = self.generator.random(len(coded)) < 1 - 2 * len(learnt) ** -0.5
        return np.where(right, GOLD[coded], (GOLD[coded] + 1) % 3)


def draw(learner: Learner, seed: int = 1, can_learn: CanLearn = lambda _: True) -> LearningCurve:
    plan = plan_learning(GROUPS, can_learn, np.random.default_rng(seed))
    return draw_learning_curve(GOLD, 3, plan, learner, np.random.default_rng(seed), draws=200)


def test_nobody_learns_from_the_documents_it_codes() -> None:
    learner = Learner()
    draw(learner)
    assert learner.lessons
    for learnt, coded in learner.lessons:
        assert not set(GROUPS[learnt]) & set(GROUPS[coded])


def test_every_clause_is_coded_once_a_size() -> None:
    learner = Learner()
    curve = draw(learner)
    for size in (80, 160, 320):
        coded = np.concatenate([coded for learnt, coded in learner.lessons if len(learnt) == size])
        assert sorted(coded.tolist()) == list(range(400))
    assert [point.n_clauses for point in curve.points] == [80, 160, 320]  # halved while 50 or more


def test_smaller_samples_lie_within_larger_ones() -> None:
    learner = Learner()
    draw(learner)
    for small, large in zip(learner.lessons[::3], learner.lessons[2::3], strict=True):
        assert set(small[0]) <= set(large[0])


def test_same_seed_same_curve() -> None:
    first, again, other = (draw(Learner(), seed) for seed in (1, 1, 2))
    assert first.points == again.points != other.points


def test_no_draws_no_intervals_but_a_law() -> None:
    plan = plan_learning(GROUPS, lambda _: True, np.random.default_rng(1))
    curve = draw_learning_curve(GOLD, 3, plan, Learner(), np.random.default_rng(1), draws=0)
    assert [point.macro_f1.interval for point in curve.points] == [None] * 3
    assert curve.law is not None
    assert curve.law.exponent.interval is None


def test_numbers_that_are_too_few_are_left_out_and_told() -> None:
    curve = draw(Learner(), can_learn=lambda learnt: len(learnt) > 100)
    assert [point.n_clauses for point in curve.points] == [160, 320]
    assert (curve.left_out, curve.law, curve.why) == ((80,), None, "few_points")


def test_accuracy_rises_and_has_intervals() -> None:
    points = draw(Learner()).points
    values = [point.macro_f1.value for point in points]
    assert values == sorted(values)
    assert all(point.macro_f1.interval.low < point.macro_f1.value < point.macro_f1.interval.high for point in points)


def test_law_is_found_again() -> None:
    sizes = np.array([50, 100, 200, 400])
    law, why = fit_power_law(sizes, 1 - 2 * sizes**-0.5, np.empty((0, 4)), 20, 400)
    assert law is not None
    assert (law.factor.value, law.exponent.value, law.misfit, why) == (
        pytest.approx(2), pytest.approx(0.5), pytest.approx(0, abs=1e-12), "",
    )  # fmt: skip
    assert [(one.n_clauses, one.macro_f1.value) for one in law.prospects] == [
        (n, pytest.approx(1 - 2 * n**-0.5)) for n in (400, 800, FARTHEST * 400)
    ]


def test_draws_give_the_law_its_intervals() -> None:
    sizes = np.array([50, 100, 200, 400])
    generator = np.random.default_rng(1)
    draws = 1 - 2 * sizes**-0.5 + generator.normal(0, 0.01, (500, 4))
    law, _ = fit_power_law(sizes, 1 - 2 * sizes**-0.5, draws, 20, 400)
    assert law is not None
    spans = [
        (one.macro_f1.interval.high - one.macro_f1.interval.low) / (1 - one.macro_f1.value) for one in law.prospects
    ]
    assert spans == sorted(spans)  # the farther ahead, the wider the interval is for the error that remains
    assert law.exponent.interval.low < 0.5 < law.exponent.interval.high


@pytest.mark.parametrize(
    ("sizes", "macro_f1", "why"),
    [([50, 100], [0.5, 0.6], "few_points"), ([50, 100, 200], [0.6, 0.6, 0.6], "no_rise"),
     ([50, 100, 200], [0.7, 0.6, 0.5], "no_rise"), ([50, 100, 200], [0.7, 0.9, 1.0], "no_error")],
)  # fmt: skip
def test_no_law_without_rise(sizes: list[int], macro_f1: list[float], why: str) -> None:
    law, said = fit_power_law(np.array(sizes), np.array(macro_f1), np.empty((0, len(sizes))), 20, 200)
    assert law is None
    assert said == why


def test_draws_without_an_error_stay_in_the_interval() -> None:
    sizes = np.array([50, 100, 200])
    draws = np.array([[0.8, 0.9, 0.95], [0.8, 0.9, 1.0], [0.7, 0.8, 0.9], [0.8, 0.95, 1.0]])
    law, _ = fit_power_law(sizes, np.array([0.8, 0.9, 0.95]), draws, 20, 200)
    assert law is not None
    assert law.exponent.interval is not None
    assert law.exponent.interval.undefined == 0
    assert law.exponent.interval.high > 2  # the draws that reach 1 fall fastest


def test_prospects_are_not_below_zero() -> None:
    sizes = np.array([50, 100, 200])
    draws = np.array([[0.3, 0.2, 0.1], [0.2, 0.3, 0.4], [0.5, 0.2, 0.01]])
    law, _ = fit_power_law(sizes, np.array([0.1, 0.2, 0.3]), draws, 20, 2000)
    assert law is not None
    assert min(one.macro_f1.interval.low for one in law.prospects) == 0


def test_too_few_documents_are_refused() -> None:
    with pytest.raises(ConfigError, match="needs 5 documents or more, and there are 4"):
        plan_learning(np.repeat(np.arange(4), 50), lambda _: True, np.random.default_rng(1))
    with pytest.raises(ConfigError, match="the 6 documents are too few"):
        plan_learning(np.repeat(np.arange(6), 70), lambda learnt: len(learnt) >= 5 * 70, np.random.default_rng(1))
