"""Simulated series have the moments that are said, and their pairs the coefficients that were put in."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from econ.errors import SpecError
from econ.simulate import compute_variance, expect_synchronization, simulate_series

N_UNITS, N_PERIODS, N_DRAWS = 6, 5, 20_000
EFFECTS = np.array([0.3, -0.04])


def make_regressors(rng: np.random.Generator, n_units: int, n_periods: int) -> np.ndarray:
    """A staggered treatment of half the units, and its product with a score."""
    start = np.where(np.arange(n_units) % 2, rng.integers(1, n_periods, n_units), n_periods)
    treated = (np.arange(n_periods) >= start[:, None]).astype(float)
    return np.stack([treated, treated * rng.integers(0, 6, treated.shape)], axis=2)


def draw_matrix(variance: np.ndarray, rng: np.random.Generator, **options: object) -> np.ndarray:
    units, periods = [f"{at:06d}" for at in range(len(variance))], range(2010, 2010 + variance.shape[1])
    return simulate_series(units, periods, variance, rng, **options)["value"].to_numpy().reshape(variance.shape)


def fit_dummies(outcome: np.ndarray, regressors: np.ndarray) -> np.ndarray:
    """Least squares with one dummy a pair and a period, written out; outcome (pairs, T), regressors (pairs, T, k)."""
    n_pairs, n_periods, n_terms = regressors.shape
    dummies = [np.kron(np.eye(n_pairs), np.ones((n_periods, 1))), np.kron(np.ones((n_pairs, 1)), np.eye(n_periods))]
    design = np.hstack([regressors.reshape(-1, n_terms), *dummies])
    return np.linalg.lstsq(design, outcome.ravel(), rcond=None)[0][:n_terms]


def demean(values: np.ndarray) -> np.ndarray:
    """Take pair and period means off; (pairs, T, k) → (pairs·T, k)."""
    within = values - values.mean(1, keepdims=True)
    return (within - within.mean(0)).reshape(-1, values.shape[2])


@settings(deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_pairs=st.integers(12, 45))
def test_expected_synchronization_has_exactly_the_coefficients(seed: int, n_pairs: int) -> None:
    rng = np.random.default_rng(seed)
    regressors = make_regressors(rng, 10, 8)
    variance = compute_variance(
        regressors, EFFECTS, unit_variance=rng.uniform(1, 2, 10), period_variance=rng.uniform(0, 1, 8)
    )
    first, second = np.array(np.triu_indices(10, 1))[:, rng.permutation(45)[:n_pairs]]
    expected = expect_synchronization(variance, first, second, unit_means=rng.normal(size=10))
    summed = regressors[first] + regressors[second]
    assume(np.linalg.matrix_rank(demean(summed), tol=1e-6) == 2)

    np.testing.assert_allclose(fit_dummies(expected, summed), EFFECTS, atol=1e-12)


def test_the_mean_of_many_draws_is_the_expected_synchronization() -> None:
    rng = np.random.default_rng(1)
    regressors = make_regressors(rng, N_UNITS, N_PERIODS)
    variance = compute_variance(regressors, EFFECTS, unit_variance=rng.uniform(1, 2, N_UNITS))
    means = rng.normal(size=N_UNITS)
    first, second = np.triu_indices(N_UNITS, 1)
    # one draw of many copies of the cities is many draws
    copies = np.tile(variance, (N_DRAWS, 1))
    options = {"unit_means": np.tile(means, N_DRAWS), "period_means": np.arange(5.0), "persistence": 0.5}
    values = draw_matrix(copies, rng, **options).reshape(N_DRAWS, N_UNITS, N_PERIODS)
    drawn = 1 - (values[:, first] - values[:, second]) ** 2 / 2
    error = drawn.std(axis=0) / np.sqrt(N_DRAWS)
    distance = (drawn.mean(axis=0) - expect_synchronization(variance, first, second, unit_means=means)) / error

    assert np.abs(distance).max() < 4.5
    assert 0.6 < np.sqrt((distance**2).mean()) < 1.4


@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_errors_have_mean_zero_variance_one_and_stay_within_bounds(persistence: float) -> None:
    errors = draw_matrix(np.ones((N_DRAWS, 8)), np.random.default_rng(2), persistence=persistence)
    later = np.mean(errors[:, 3:-1] * errors[:, 4:])

    assert np.abs(errors).max() <= np.sqrt(2)
    np.testing.assert_allclose(errors.mean(axis=0), 0, atol=0.03)
    np.testing.assert_allclose(errors.var(axis=0), 1, atol=0.03)
    # e is √2·sin of a uniform phase, nearly linear in the Gaussian that carries over: the correlation falls a little
    assert persistence * 0.75 - 0.01 < later < persistence + 0.01


def test_cities_are_independent() -> None:
    errors = draw_matrix(np.ones((4, 40_000)), np.random.default_rng(3))

    np.testing.assert_allclose(np.corrcoef(errors) - np.eye(4), 0, atol=0.025)
    np.testing.assert_allclose(np.corrcoef(errors**2) - np.eye(4), 0, atol=0.025)


def test_means_and_scale_enter_as_the_formula_says() -> None:
    variance = np.array([[1.0, 4.0], [9.0, 16.0]])
    plain = draw_matrix(np.ones((2, 2)), np.random.default_rng(4))
    full = draw_matrix(variance, np.random.default_rng(4), unit_means=np.array([1.0, 2.0]), period_means=7.0)

    np.testing.assert_allclose(full, np.array([[1.0], [2.0]]) + 7.0 + np.array([[1, 2], [3, 4]]) * plain)


def test_the_same_state_gives_the_same_frame() -> None:
    units, periods, variance = ["330100", "120000"], [2012, 2010], np.ones((2, 2))
    frames = [simulate_series(units, periods, variance, np.random.default_rng(5), persistence=0.3) for _ in range(2)]

    pd.testing.assert_frame_equal(*frames)
    assert frames[0][["unit", "period"]].to_numpy().tolist() == [
        ["330100", 2012],
        ["330100", 2010],
        ["120000", 2012],
        ["120000", 2010],
    ]


def test_variance_is_what_is_left_after_the_effects() -> None:
    regressors = np.array([[[0.0, 0.0], [1.0, 5.0]], [[0.0, 0.0], [0.0, 0.0]]])
    variance = compute_variance(
        regressors, np.array([0.25, 0.1]), unit_variance=np.array([2.0, 1.0]), period_variance=np.array([0.0, 0.5])
    )

    np.testing.assert_allclose(variance, [[2.0, 2.5 - 2 * (0.25 + 0.5)], [1.0, 1.5]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"variance": np.ones((2, 2))}, r"variance must have the shape \(2, 3\)"),
        (
            {"variance": np.array([[1, 1, 1], [1, 0, np.nan]])},
            "2 variances are not positive, first 0 at unit 1, period 1",
        ),
        ({"persistence": 1.0}, r"'persistence' parameter must lie in \[0, 1\)"),
        ({"units": ["a", "a"]}, "different units"),
        ({"periods": [1, 2, 2]}, "different periods"),
        ({"unit_means": np.ones(3)}, "'unit_means' parameter must be one number or 2"),
        ({"period_means": np.ones(2)}, "'period_means' parameter must be one number or 3"),
    ],
)
def test_wrong_designs_are_refused(change: dict[str, object], message: str) -> None:
    design = {"units": ["a", "b"], "periods": [1, 2, 3], "variance": np.ones((2, 3)), "rng": np.random.default_rng(1)}

    with pytest.raises(SpecError, match=message):
        simulate_series(**design | change)


def test_effects_larger_than_the_variance_are_refused() -> None:
    with pytest.raises(SpecError, match=r"1 variances are not positive, first -0\.2 at unit 0, period 1"):
        compute_variance(np.array([[[0.0], [1.0]]]), np.array([0.6]), unit_variance=1.0)


def test_coefficients_must_match_the_regressors() -> None:
    with pytest.raises(SpecError, match="2 regressors need 2 coefficients"):
        compute_variance(np.zeros((3, 2, 2)), np.ones(3), unit_variance=1.0)


def test_a_pair_needs_two_units() -> None:
    with pytest.raises(SpecError, match="1 join a unit with itself"):
        expect_synchronization(np.ones((2, 2)), np.array([0, 1]), np.array([1, 1]))
