"""Samples of documents, what is estimated from them, and where intervals end."""

import numpy as np
import pytest
from scipy import stats

from textq.coding import resample
from textq.coding.arrays import FloatArray, divide_halves
from textq.coding.resample import (
    Figure,
    cut_interval,
    draw_samples,
    estimate,
    find_quantiles,
    make_figure,
    sum_groups,
)
from textq.errors import ConfigError

GROUPS = np.array([0, 0, 1, 2, 2])
CONTRIBUTIONS = np.array([[1.0, 1], [0, 1], [1, 1], [0, 1], [0, 1]])


def test_draws_are_of_documents() -> None:
    samples = draw_samples(GROUPS, np.random.default_rng(1), 100)
    assert (samples.n_groups, samples.draws, samples.counts.shape) == (3, 100, (100, 3))
    assert set(samples.counts.sum(axis=1)) == {3.0}
    weights = samples.weigh_clauses(0)
    assert (weights[0], weights[3]) == (weights[1], weights[4])
    assert samples.sum_draws(np.ones((5, 1)))[:, 0].tolist() == [samples.weigh_clauses(at).sum() for at in range(100)]


def test_draws_are_the_same_in_parts_and_small(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draw_samples(GROUPS, np.random.default_rng(1), 100)
    sums = whole.sum_draws(CONTRIBUTIONS)
    monkeypatch.setattr(resample, "_CELLS_AT_ONCE", 21)
    parts = draw_samples(GROUPS, np.random.default_rng(1), 100)
    assert (parts.counts == whole.counts).all()
    assert parts.sum_draws(CONTRIBUTIONS).tolist() == sums.tolist()
    assert draw_samples(np.arange(30_000), np.random.default_rng(1), 3).counts.dtype.itemsize == 2


def test_sums_are_by_group() -> None:
    assert sum_groups(CONTRIBUTIONS, GROUPS, 3).tolist() == [[1, 2], [1, 1], [0, 2]]


def test_estimate_is_the_statistic_of_the_sums_and_of_each_draw() -> None:
    samples = draw_samples(GROUPS, np.random.default_rng(1), 50)
    by_hand = np.array([
        samples.weigh_clauses(at) @ CONTRIBUTIONS[:, 0] / samples.weigh_clauses(at).sum() for at in range(50)
    ])  # fmt: skip
    (found,) = estimate(CONTRIBUTIONS, divide_halves, samples)
    assert found.value == pytest.approx(0.4)
    assert found.interval == cut_interval(by_hand, 3)
    assert estimate(CONTRIBUTIONS, divide_halves, None) == [Figure(found.value)]


def test_a_statistic_may_be_one_number() -> None:
    def add_up(sums: FloatArray) -> FloatArray:
        return np.asarray(sums.sum(axis=-1))

    assert estimate(CONTRIBUTIONS, add_up, None) == [Figure(7.0)]
    assert len(estimate(CONTRIBUTIONS, add_up, draw_samples(GROUPS, np.random.default_rng(1), 50))) == 1


def test_what_is_not_defined_has_neither_value_nor_interval() -> None:
    drawn = np.array([0.0, 1.0, 2.0])
    assert make_figure(np.nan, drawn, 3) == Figure(None)
    assert make_figure(1.0, np.empty(0), 3) == make_figure(1.0) == Figure(1.0)
    assert make_figure(1.0, drawn, 3) == Figure(1.0, cut_interval(drawn, 3))
    assert cut_interval(drawn, 3) is not None


def test_one_document_is_refused() -> None:
    with pytest.raises(ConfigError, match="at least two documents"):
        draw_samples(np.zeros(5, dtype=int), np.random.default_rng(1))
    with pytest.raises(ConfigError, match=r"at least 1\. Got 0"):
        draw_samples(np.arange(5), np.random.default_rng(1), 0)


def test_undefined_draws_are_told_or_end_the_interval() -> None:
    told = cut_interval(np.array([0.0, 1.0, 2.0, np.nan]), 50)
    assert told is not None
    assert told.undefined == 0.25
    assert cut_interval(np.array([0.0, np.nan, np.nan]), 50) is None


def test_draws_that_are_all_the_same_give_no_interval() -> None:
    assert cut_interval(np.ones(10), 50) is None


@pytest.mark.parametrize("n", [3, 15, 34, 1000])
def test_few_documents_lengthen_intervals(n: int) -> None:
    """A mean: its draws have the standard error √((n − 1) / n) s / √n, its t interval has t s / √n."""
    low, high = find_quantiles(n)
    reach = stats.norm.ppf(high) * np.sqrt((n - 1) / n)
    assert reach == pytest.approx(stats.t.ppf(0.975, n - 1))
    assert low == pytest.approx(1 - high)
