"""The critical value of a band: known cases, draws of the whole vector, and bounds that hold always."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from econ.simultaneous import compute_sup_t


def draw_covariance(seed: int, n_points: int) -> np.ndarray:
    root = np.random.default_rng(seed).normal(size=(n_points, n_points))
    return root @ root.T


@pytest.mark.parametrize("n_points", [1, 2, 8, 20])
def test_independent_normal_points_have_sidaks_quantile(n_points: int) -> None:
    expected = stats.norm.ppf((1 + 0.95 ** (1 / n_points)) / 2)
    assert compute_sup_t(np.diag(np.arange(1.0, n_points + 1)), 1e9, 0.95) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize("df", [3, 15, 1e9])
def test_one_point_has_the_quantile_of_t(df: float) -> None:
    assert compute_sup_t(np.array([[4.0]]), df, 0.9) == pytest.approx(stats.t.ppf(0.95, df), abs=1e-6)


def test_points_that_move_as_one_have_the_quantile_of_t() -> None:
    assert compute_sup_t(np.ones((5, 5)), 12, 0.95) == pytest.approx(stats.t.ppf(0.975, 12), abs=0.02)


@pytest.mark.parametrize("df", [6, 15, 1e9])
def test_it_is_the_quantile_of_many_draws_of_the_whole_vector(df: float) -> None:
    covariance = draw_covariance(1, 8)
    rng = np.random.default_rng(2)
    draws = rng.multivariate_normal(np.zeros(8), covariance, 400_000, method="cholesky")
    draws /= np.sqrt(np.diag(covariance)) * np.sqrt(rng.chisquare(df, (400_000, 1)) / df)
    expected = np.quantile(np.abs(draws).max(axis=1), 0.95)
    assert compute_sup_t(covariance, df, 0.95) == pytest.approx(expected, rel=0.01)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), n_points=st.integers(1, 9), df=st.integers(2, 60))
def test_it_lies_between_one_t_and_scheffe_and_ignores_the_scale(seed: int, n_points: int, df: int) -> None:
    covariance = draw_covariance(seed, n_points)
    critical = compute_sup_t(covariance, df, 0.95, 5000)
    scheffe = np.sqrt(n_points * stats.f.ppf(0.95, n_points, df))
    assert stats.t.ppf(0.975, df) * 0.99 <= critical <= scheffe * 1.01
    scale = np.exp(np.random.default_rng(seed).normal(size=n_points))
    scaled = covariance * np.outer(scale, scale)
    assert compute_sup_t(scaled, df, 0.95, 5000) == pytest.approx(critical, rel=1e-6)


def test_points_without_variance_do_not_count() -> None:
    covariance = np.zeros((4, 4))
    covariance[np.ix_([0, 1, 3], [0, 1, 3])] = draw_covariance(3, 3)
    assert compute_sup_t(covariance, 9, 0.95) == compute_sup_t(draw_covariance(3, 3), 9, 0.95)


def test_the_same_seed_gives_the_same_value_and_another_one_nearly() -> None:
    covariance = draw_covariance(4, 6)
    assert compute_sup_t(covariance, 9, 0.95, seed=1) == compute_sup_t(covariance, 9, 0.95, seed=1)
    other = compute_sup_t(covariance, 9, 0.95, seed=2)
    assert other != compute_sup_t(covariance, 9, 0.95, seed=1)
    assert other == pytest.approx(compute_sup_t(covariance, 9, 0.95, seed=1), rel=0.01)


@pytest.mark.parametrize("covariance", [np.full((2, 2), np.nan), np.zeros((2, 2))])
def test_without_a_covariance_there_is_no_value(covariance: np.ndarray) -> None:
    assert np.isnan(compute_sup_t(covariance, 9, 0.95))
