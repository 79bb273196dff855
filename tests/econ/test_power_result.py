"""From draws to size, power and the smallest effects: against brute force and worked-out numbers."""

import numpy as np
import pytest
from scipy import stats

from econ.power_result import PowerDraws, compute_wilson, summarise_draws


def make_draws(n: int, *, seed: int = 0, slope: float = 1.0, noise: float = 0.0, df: float = 1e6) -> PowerDraws:
    rng = np.random.default_rng(seed)
    zeros = np.zeros(n)
    return PowerDraws(
        rng.normal(0, 0.5, n),
        np.full(n, slope) + rng.normal(0, noise, n),
        np.full(n, 0.25),
        zeros + rng.normal(0, 0.1 * noise, n),
        np.full(n, noise**2),
        np.full(n, df),
    )


def find(rows: list[dict[str, object]], test: str, direction: str) -> dict[str, object]:
    return next(row for row in rows if (row["test"], row["direction"]) == (test, direction))


def test_with_normal_estimates_and_known_error_it_is_the_textbook_formula() -> None:
    _, smallest = summarise_draws(make_draws(20_000), 0.05, 0.8, None)
    expected = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * 0.5
    for direction, sign in (("+", 1), ("-", -1)):
        row = find(smallest, "t", direction)
        assert row["low"] * sign < expected < row["high"] * sign
        assert row["effect"] * sign == pytest.approx(expected, rel=0.02)
        assert row["formula"] == pytest.approx(expected, rel=1e-4)
        assert row["size"] == pytest.approx(0.05, abs=0.006)


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_the_smallest_effect_is_where_the_curve_of_detections_crosses_the_power(noise: float) -> None:
    """Against a grid: the share that rejects with the right sign at each effect, and beyond it never less."""
    draws = make_draws(400, seed=3, slope=0.8, noise=noise, df=30)
    _, smallest = summarise_draws(draws, 0.05, 0.7, None)
    critical = stats.t.ppf(0.975, 30)
    grid = np.concatenate([np.linspace(0, 20, 4_001), np.geomspace(20, 1e6, 200)])[:, None]
    for direction, sign in (("+", 1.0), ("-", -1.0)):
        estimates = sign * draws.estimates + grid * draws.slopes
        variances = draws.variances + 2 * sign * grid * draws.covariances + grid**2 * draws.spreads
        detected = estimates > critical * np.sqrt(variances)
        always = np.flip(np.logical_and.accumulate(np.flip(detected, axis=0), axis=0), axis=0)
        first, second = (grid[np.argmax(always.sum(axis=1) >= n), 0] for n in (280, 281))
        assert first - 0.005 <= sign * find(smallest, "t", direction)["effect"] <= second + 0.005


def test_the_curve_is_the_share_of_rejections() -> None:
    draws = make_draws(300, seed=5, df=20)
    curve, _ = summarise_draws(draws, 0.1, 0.8, [-0.5, 0.0, 0.7])
    reach = stats.t.ppf(0.95, 20) * 0.5
    for row in curve:
        moved = draws.estimates + row["effect"]
        assert row["power"] == pytest.approx((np.abs(moved) > reach).mean())
        assert row["low"] <= row["power"] <= row["high"]
    assert curve[0]["wrong_sign"] == pytest.approx((draws.estimates - 0.5 > reach).mean())
    assert np.isnan(curve[1]["wrong_sign"])


def test_the_permutation_test_holds_its_size_where_the_other_does_not() -> None:
    draws = make_draws(999, seed=6)
    small = PowerDraws(
        draws.estimates, draws.slopes, draws.variances / 4, draws.covariances, draws.spreads, draws.df
    )  # errors half as large as they are
    _, smallest = summarise_draws(small, 0.05, 0.8, None)
    _, right = summarise_draws(draws, 0.05, 0.8, None)
    assert find(smallest, "t", "+")["size"] > 0.2
    permuted = find(smallest, "permutation", "+")["effect"]
    assert permuted == pytest.approx(find(right, "permutation", "+")["effect"])
    assert permuted > find(smallest, "t", "+")["effect"]


def test_without_curve_it_stands_at_multiples_of_the_smallest_effect_where_power_is_as_asked() -> None:
    curve, smallest = summarise_draws(make_draws(500), 0.05, 0.8, None)
    at_one = next(row for row in curve if row["effect"] == pytest.approx(find(smallest, "t", "+")["effect"]))
    assert at_one["power"] == pytest.approx(0.8, abs=0.002)
    assert curve[0]["effect"] == 0


def test_draws_that_cannot_be_corrected_detect_nothing() -> None:
    draws = make_draws(100)
    lost = [getattr(draws, name).copy() for name in PowerDraws.__dataclass_fields__]
    for values in lost:
        values[:30] = np.nan
    curve, smallest = summarise_draws(PowerDraws(*lost), 0.05, 0.8, [50.0])
    assert curve[0]["power"] == pytest.approx(0.7)
    assert find(smallest, "t", "+")["effect"] == np.inf
    assert find(smallest, "t", "-")["high"] == -np.inf
    assert find(smallest, "t", "+")["refused"] == pytest.approx(0.3)
    _, lower = summarise_draws(PowerDraws(*lost), 0.05, 0.5, [50.0])
    assert np.isfinite(find(lower, "t", "+")["effect"])


def test_an_effect_whose_error_grows_as_fast_is_never_detected() -> None:
    draws = make_draws(100)
    wild = PowerDraws(draws.estimates, draws.slopes, draws.variances, draws.covariances, np.ones(100), draws.df)
    _, smallest = summarise_draws(wild, 0.05, 0.8, None)
    assert find(smallest, "t", "+")["effect"] == np.inf


def test_wilson_interval() -> None:
    """Of 8 in 10, worked out by the quadratic |x/n − p| = z √(p(1 − p)/n)."""
    z = stats.norm.ppf(0.975)
    roots = np.roots([1 + z**2 / 10, -(1.6 + z**2 / 10), 0.64])
    assert compute_wilson(8, 10) == pytest.approx(tuple(sorted(roots.real)))
    assert all(compute_wilson(0, n)[0] == 0 and compute_wilson(n, n)[1] == 1 for n in range(1, 200))


def test_an_effect_of_nothing_is_zero_and_no_rounding_error() -> None:
    """The critical value of a permutation is the ratio of a draw, which is detected from an effect of 0 on."""
    found = []
    for seed in range(200):
        draws = make_draws(1, seed=seed)
        inexact = PowerDraws(
            draws.estimates, draws.slopes, draws.variances * 0.3, draws.covariances, draws.spreads, draws.df
        )
        _, smallest = summarise_draws(inexact, 0.05, 0.8, [0.0])
        found.append(find(smallest, "permutation", "+" if draws.estimates[0] > 0 else "-")["effect"])
    assert found == [0.0] * 200


def test_the_interval_of_the_smallest_effect_covers_as_often_as_it_says() -> None:
    truth = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) * 0.5
    rows = [find(summarise_draws(make_draws(200, seed=k), 0.05, 0.8, [0.0])[1], "t", "+") for k in range(150)]
    covered = np.mean([row["low"] <= truth <= row["high"] for row in rows])
    assert 0.91 <= covered <= 0.99
