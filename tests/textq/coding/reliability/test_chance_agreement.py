"""Fleiss, Conger, Brennan–Prediger, Gwet: published answers, second witnesses, and what must not matter."""

from itertools import combinations, product
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from statsmodels.stats.inter_rater import fleiss_kappa

from tests.textq.coding.reliability.made_codings import (
    assert_as_printed,
    codings,
    list_published,
    read_reference,
    repeat_clauses,
)
from textq.coding.reliability.category_weights import Weighting, weigh_categories
from textq.coding.reliability.chance_agreement import Model, measure_agreement, measure_percent
from textq.coding.reliability.cohen import measure_kappa
from textq.coding.reliability.joint_codings import MISSING, JointCodings, join_codings
from textq.coding.resample import draw_samples, find_quantiles
from textq.errors import ConfigError

MODELS: tuple[Model, ...] = get_args(Model)
WEIGHTINGS: tuple[Weighting, ...] = get_args(Weighting)
CASES = list(product(MODELS, WEIGHTINGS))
few = settings(max_examples=30)


def reorder(one: JointCodings, coders: list[int]) -> JointCodings:
    return JointCodings(one.codes[:, coders], one.categories, tuple(one.coders[at] for at in coders), one.groups)


def rename(one: JointCodings, order: list[int]) -> JointCodings:
    """The same codings with the categories in another order."""
    codes = np.array([*order, MISSING])[one.codes]
    return JointCodings(codes, one.categories, one.coders, one.groups)


@pytest.mark.parametrize("published", list_published(*MODELS), ids=lambda row: "-".join(list(row.values())[:3]))
def test_published_answers(published: dict[str, str]) -> None:
    model, weighting = published["coefficient"], published["scale"]
    found = measure_agreement(read_reference(published["data"]), model, weighting)  # type: ignore[arg-type]
    assert_as_printed(found.value, published["value"])
    assert_as_printed(found.standard_error, published["standard_error"])


def test_statsmodels_agrees_on_fleiss() -> None:
    one = read_reference("fleiss_counts")
    assert measure_agreement(one, "fleiss").value == pytest.approx(fleiss_kappa(one.count().astype(int)))


@few
@given(codings(gaps=False, most_coders=2))
def test_conger_is_cohen_for_two_coders(one: JointCodings) -> None:
    for weighting in WEIGHTINGS:
        conger, cohen = measure_agreement(one, "conger", weighting), measure_kappa(one, weighting).coefficient
        assert conger.value == pytest.approx(cohen.value)
        assert conger.expected == pytest.approx(cohen.expected)


@few
@given(codings(gaps=False))
def test_conger_expects_the_mean_over_pairs(one: JointCodings) -> None:
    pairs = [measure_kappa(one.choose_pair(*pair)) for pair in combinations(range(len(one.coders)), 2)]
    expected = np.mean([pair.coefficient.expected for pair in pairs])
    assert measure_agreement(one, "conger").expected == pytest.approx(expected)


@few
@given(codings())
def test_order_of_coders_does_not_matter(one: JointCodings) -> None:
    turned = reorder(one, [*range(len(one.coders))][::-1])
    for model, weighting in CASES:
        there, back = (measure_agreement(each, model, weighting) for each in (one, turned))
        assert (back.value, back.standard_error) == (pytest.approx(there.value), pytest.approx(there.standard_error))


@few
@given(codings())
def test_names_of_categories_do_not_matter(one: JointCodings) -> None:
    for model in MODELS:
        there, back = (measure_agreement(each, model) for each in (one, rename(one, [2, 0, 3, 1])))
        assert (back.value, back.standard_error) == (pytest.approx(there.value), pytest.approx(there.standard_error))


@pytest.mark.parametrize(("model", "weighting"), CASES)
def test_full_agreement_is_one(model: Model, weighting: Weighting) -> None:
    one = join_codings([[k, k, None if k == 2 else k] for k in (1, 2, 3, 1, 2, 3)])
    found = measure_agreement(one, model, weighting)
    assert (found.value, found.standard_error, found.why) == (pytest.approx(1), pytest.approx(0, abs=1e-12), "")


@few
@given(codings())
def test_no_coefficient_exceeds_one(one: JointCodings) -> None:
    for model, weighting in CASES:
        found = measure_agreement(one, model, weighting)
        assert found.value is None or found.value <= 1 + 1e-12


@pytest.mark.parametrize("model", ["fleiss", "conger"])
def test_one_category_is_undefined_and_said(model: Model) -> None:
    found = measure_agreement(join_codings([[1, 1], [1, 1]], categories=[1, 2]), model)
    assert (found.value, found.standard_error, found.observed) == (None, None, 1.0)
    assert found.why == "one_category"


def test_gwet_counts_categories_that_nobody_used() -> None:
    """The κ paradox: full agreement on one of two categories is 1 by AC1, and nothing at all by κ."""
    assert measure_agreement(join_codings([[1, 1], [1, 1]], categories=[1, 2]), "gwet").value == pytest.approx(1)
    assert measure_agreement(join_codings([[1, 1], [1, 1]]), "gwet").value is None


def test_coder_without_codings_is_said() -> None:
    found = measure_agreement(join_codings([[1, 1, None], [2, 1, None], [2, 2, None]]), "conger")
    assert (found.value, found.why) == (None, "absent_coder")


def test_percent_is_the_mean_share_of_pairs() -> None:
    found = measure_percent(join_codings([[1, 1, 1], [1, 1, 2], [1, 2, 3], [1, None, None]]))
    assert (found.value, found.n_clauses) == (pytest.approx((1 + 1 / 3 + 0) / 3), 3)
    assert found.standard_error == pytest.approx(np.std([1, 1 / 3, 0], ddof=1) / 3**0.5)


def test_unknown_names_are_refused() -> None:
    one = join_codings([[1, 1], [2, 1]])
    with pytest.raises(ConfigError, match="unknown model of chance 'scott'"):
        measure_agreement(one, "scott")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="unknown weights 'cubic'"):
        measure_agreement(one, "fleiss", "cubic")  # type: ignore[arg-type]


@pytest.mark.parametrize(("model", "weighting"), CASES)
def test_draws_are_clauses_repeated_with_all_their_codings(model: Model, weighting: Weighting) -> None:
    """A draw is computed as if its clauses stood in the data as often as they were drawn; coders stay as they are."""
    one = read_reference("four_coders")
    samples = draw_samples(one.groups, np.random.default_rng(5), 40)
    values = [
        measure_agreement(repeat_clauses(one, counts.astype(int).tolist()), model, weighting).value
        for counts in samples.counts
    ]
    low, high = np.quantile([value for value in values if value is not None], find_quantiles(samples.n_groups))
    interval = measure_agreement(one, model, weighting, resampling=samples).interval
    assert interval is not None
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("q", [1, 2, 5])
def test_weights_are_one_on_the_diagonal_and_fall_to_zero(weighting: Weighting, q: int) -> None:
    weights = weigh_categories(range(q), weighting)
    assert np.array_equal(np.diag(weights), np.ones(q))
    assert np.array_equal(weights, weights.T)
    assert q == 1 or weights.min() == 0


def test_words_are_a_scale_by_their_order() -> None:
    by_words, by_numbers = (weigh_categories(names, "linear") for names in (["low", "middle", "high"], [1, 2, 3]))
    assert np.array_equal(by_words, by_numbers)
