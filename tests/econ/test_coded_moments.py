"""Corrected moments: the least λ, derivatives, and the moments of single terms."""

import numpy as np
import pytest

from econ.coded_moments import Moments, Terms, differentiate, find_lambda, solve_moments, stack_solution
from tests.econ.coded_studies import MATRIX


def make_moments() -> tuple[Moments, Terms]:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(80, 5)) * [30, 30, 30, 1, 1]
    columns[:, 4] += columns[:, 0] / 20
    moments = Moments(columns.T @ columns, rng.uniform(500, 900, (1, 1, 1, 3)), None, np.array([[4_000.0]]))
    return moments, Terms(("supply", "demand", "x"), np.array([0, 0]), np.eye(3)[:2])


def test_lambda_is_where_the_moments_become_singular() -> None:
    moments, terms = make_moments()
    solution = solve_moments(moments, [MATRIX], terms)
    raw = solution.gram + solution.noise
    assert np.linalg.det((raw - solution.lambda_min * solution.noise) / np.sqrt(np.outer(*[np.diag(raw)] * 2))) == (
        pytest.approx(0, abs=1e-12)
    )
    assert np.linalg.eigvalsh(raw - 0.999 * solution.lambda_min * solution.noise).min() > 0
    assert find_lambda(raw, np.zeros_like(raw), 2) == np.inf


def test_moments_of_a_term_vanish_at_its_coefficient_and_elsewhere_have_the_others_solved_for() -> None:
    moments, terms = make_moments()
    solution = solve_moments(moments, [MATRIX], terms)
    right = solution.gram @ solution.estimates
    for place, (constant, slope) in enumerate(solution.moments):
        others = [other for other in range(3) if other != place]
        value = 0.7
        rest = np.linalg.solve(
            solution.gram[np.ix_(others, others)], right[others] - solution.gram[others, place] * value
        )
        moment = right[place] - solution.gram[place, place] * value - solution.gram[place, others] @ rest
        assert constant - slope * value == pytest.approx(moment)


def test_derivatives_follow_the_matrix() -> None:
    moments, terms = make_moments()
    (gradient,) = differentiate(moments, [MATRIX], terms, None)
    step = 1e-4 * np.random.default_rng(1).normal(size=(3, 3))
    ends = [stack_solution(solve_moments(moments, [MATRIX + sign * step], terms)) for sign in (0.5, -0.5)]
    np.testing.assert_allclose(gradient @ step.ravel(), ends[0] - ends[1], rtol=1e-3)
