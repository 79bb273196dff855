"""The recipe on arrays: against the general covariance, and what it does when nothing is identified."""

import numpy as np
import pytest

from econ.covariance import Design, compute_vcov
from econ.designations import NEVER
from econ.placebo_cohorts import build_cohorts, fit_cohorts
from econ.placebo_draws import Assignment
from econ.placebo_recipe import Recipe, compute_errors, fit_assignment, select_sample
from econ.placebo_result import compute_p_values
from econ.spec import VcovSpec

N_UNITS, N_PERIODS = 12, 6
FIRST, SECOND = np.triu_indices(N_UNITS, 1)


def make_recipe(
    rng: np.random.Generator, *, halved: bool = False, wanted: tuple[bool, ...] = (True, True, False)
) -> Recipe:
    """Draw an outcome with city-year shocks, on pairs in random order."""
    shocks = rng.normal(size=(N_UNITS, N_PERIODS))
    order = rng.permutation(len(FIRST))
    first, second = FIRST[order], SECOND[order]
    values = shocks[first] + shocks[second] + rng.normal(size=(len(first), N_PERIODS))
    within = values - values.mean(axis=1, keepdims=True)
    return Recipe(first, second, within, np.arange(N_PERIODS), np.array(wanted), halved)


def draw_starts(rng: np.random.Generator) -> np.ndarray:
    starts = np.full(N_UNITS, NEVER)
    starts[:4] = [2, 2, 3, 5]
    return rng.permutation(starts)


def assign(start: np.ndarray) -> Assignment:
    return Assignment(np.arange(N_UNITS), start)


@pytest.mark.parametrize("seed", range(20))
def test_errors_are_those_of_the_general_covariance(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n_units = int(rng.integers(3, 8))
    first, second = np.triu_indices(n_units, 1)
    columns, residuals = rng.normal(size=(len(first), 2)), rng.normal(size=len(first))
    design = Design(columns, residuals, groups={"unit_i": first, "unit_j": second})
    expected = compute_vcov(VcovSpec("dyadic", ("unit_i", "unit_j"), "none"), design).matrix
    errors = compute_errors(design.influences, first, second)
    np.testing.assert_allclose(errors.dyadic, np.sqrt(np.diag(expected)), rtol=1e-10)
    sums = np.array([design.influences[(first == unit) | (second == unit)].sum(axis=0) for unit in range(n_units)])
    np.testing.assert_allclose(errors.by_unit, np.sqrt(np.sum(sums**2, axis=0)), rtol=1e-10)
    np.testing.assert_allclose(errors.by_pair, np.sqrt(np.sum(design.influences**2, axis=0)), rtol=1e-10)


def test_errors_of_scores_that_cancel_are_substituted() -> None:
    errors = compute_errors(np.array([[1.0], [-1.0]]), np.array([0, 1]), np.array([1, 2]))
    np.testing.assert_allclose(errors.dyadic, np.sqrt(2))
    assert errors.substituted


@pytest.mark.parametrize("wanted", [(True, True, False), (True, True, True), (False, True, False)])
@pytest.mark.parametrize("halved", [False, True])
def test_cohorts_give_the_same_as_rows(halved: bool, wanted: tuple[bool, ...]) -> None:
    rng = np.random.default_rng(1)
    recipe = make_recipe(rng, halved=halved, wanted=wanted)
    cohorts = build_cohorts(recipe, np.array([2, 3, 5, NEVER]))
    for _ in range(20):
        drawn = assign(draw_starts(rng))
        by_row, by_cohort = fit_assignment(recipe, drawn), fit_cohorts(cohorts, drawn)
        np.testing.assert_allclose(by_cohort.estimates, by_row.estimates, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(by_cohort.errors, by_row.errors, rtol=1e-10)
        assert by_cohort.n_pairs == by_row.n_pairs


@pytest.mark.parametrize("start", [NEVER, 0])
def test_what_is_not_identified_is_missing(start: int) -> None:
    recipe = make_recipe(np.random.default_rng(2))
    drawn = assign(np.where(np.arange(N_UNITS) < 3, start, NEVER))
    for outcome in (fit_assignment(recipe, drawn), fit_cohorts(build_cohorts(recipe, drawn.start), drawn)):
        assert np.isnan([*outcome.estimates, *outcome.errors]).all()
        assert outcome.n_pairs == len(select_sample(recipe, drawn.start < NEVER))


def test_scores_that_repeat_did_are_not_identified() -> None:
    recipe = make_recipe(np.random.default_rng(3))
    scores = np.full((N_UNITS, 1, N_PERIODS), 2.0)
    twice = Recipe(recipe.first, recipe.second, recipe.within, recipe.periods, recipe.wanted, False, None, scores)
    assert np.isnan(fit_assignment(twice, assign(draw_starts(np.random.default_rng(4)))).estimates).all()


def test_the_upper_half_is_taken_of_the_wanted_pairs() -> None:
    recipe = make_recipe(np.random.default_rng(5), halved=True)
    designated = np.arange(N_UNITS) < 3
    both = designated[recipe.first] & designated[recipe.second]
    places = select_sample(recipe, designated)
    assert len(places) == (66 - 3) // 2
    assert places.tolist() == np.flatnonzero(~both)[: len(places)].tolist()


def test_a_true_null_is_rejected_as_often_as_said() -> None:
    n_studies, n_draws = 400, 19
    rejected = np.zeros((n_studies, 2))
    for study in range(n_studies):
        rng = np.random.default_rng([6, study])
        recipe = make_recipe(rng, halved=True)
        cohorts = build_cohorts(recipe, np.array([2, 3, 5]))
        fits = [fit_cohorts(cohorts, assign(draw_starts(rng))) for _ in range(1 + n_draws)]
        values = np.array([[fit.estimates[0], fit.estimates[0] / fit.errors[0]] for fit in fits])
        p_values = [compute_p_values(column[0], column[1:])[0] for column in values.T]
        rejected[study] = np.array(p_values) <= 0.05
    shares = rejected.mean(axis=0)
    assert (np.abs(shares - 0.05) < 3 * np.sqrt(0.05 * 0.95 / n_studies)).all(), shares
