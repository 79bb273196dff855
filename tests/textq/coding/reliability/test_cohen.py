"""Cohen's κ and Holsti's coefficient: published answers and second witnesses."""

from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from tests.textq.coding.reliability.made_codings import (
    assert_as_printed,
    codings,
    list_published,
    read_reference,
    repeat_clauses,
)
from textq.coding.reliability.category_weights import weigh_categories
from textq.coding.reliability.chance_agreement import measure_percent
from textq.coding.reliability.cohen import compute_kappa, list_pairs, measure_holsti, measure_kappa, tabulate_pair
from textq.coding.reliability.joint_codings import JointCodings, join_codings
from textq.coding.resample import draw_samples, find_quantiles
from textq.errors import ConfigError

TABLES = ["two_by_two", "skin_condition", "radiology", "psychosis"]


@pytest.mark.parametrize("published", list_published("kappa"), ids=lambda row: "-".join(list(row.values())[:3]))
def test_published_answers(published: dict[str, str]) -> None:
    found = measure_kappa(read_reference(published["data"]), published["scale"])  # type: ignore[arg-type]
    assert_as_printed(found.coefficient.value, published["value"])
    assert_as_printed(found.coefficient.standard_error, published["standard_error"])
    assert_as_printed(found.z, published["z"])


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    ("weighting", "theirs"), [("identity", None), ("linear", "linear"), ("quadratic", "quadratic")]
)
def test_statsmodels_agrees(name: str, weighting: Literal["identity", "linear", "quadratic"], theirs: str) -> None:
    table = tabulate_pair(read_reference(name))
    ours, other = compute_kappa(table, weigh_categories(range(len(table)), weighting)), cohens_kappa(table, wt=theirs)
    assert ours.coefficient.value == pytest.approx(other.kappa)
    assert ours.coefficient.standard_error == pytest.approx(other.std_kappa)
    assert ours.null_standard_error == pytest.approx(other.std_kappa0)


@settings(max_examples=30)
@given(codings(gaps=False, most_coders=2))
def test_scikit_learn_agrees(one: JointCodings) -> None:
    first, second = one.codes.T
    for weighting, theirs in (("identity", None), ("linear", "linear"), ("quadratic", "quadratic")):
        expected = cohen_kappa_score(first, second, labels=range(4), weights=theirs)
        assert measure_kappa(one, weighting).coefficient.value == pytest.approx(expected)  # type: ignore[arg-type]


def test_gaps_are_left_out() -> None:
    found = measure_kappa(join_codings([[1, 1], [2, 2], [1, 2], [1, None], [None, 2]])).coefficient
    assert (found.n_clauses, found.value) == (3, pytest.approx(0.4))


def test_one_category_is_undefined_and_said() -> None:
    found = measure_kappa(join_codings([[1, 1], [1, 1]]))
    assert (found.coefficient.value, found.z, found.coefficient.why) == (None, None, "one_category")


def test_draws_are_clauses_repeated_with_both_codings() -> None:
    one = read_reference("radiology")
    samples = draw_samples(one.groups, np.random.default_rng(3), 50)
    values = [
        measure_kappa(repeat_clauses(one, counts.astype(int).tolist())).coefficient.value for counts in samples.counts
    ]
    low, high = np.quantile([value for value in values if value is not None], find_quantiles(samples.n_groups))
    interval = measure_kappa(one, resampling=samples).coefficient.interval
    assert interval is not None
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_holsti_counts_what_each_coded() -> None:
    one = join_codings([[1, 1], [2, 2], [1, 2], [1, None], [2, None]])
    assert measure_holsti(one).value == pytest.approx(2 * 2 / (5 + 3))


def test_holsti_is_the_mean_over_pairs() -> None:
    one = join_codings([[1, 1, 2], [2, 2, 2]])
    assert measure_holsti(one).value == pytest.approx((1 + 0.5 + 0.5) / 3)


@settings(max_examples=30)
@given(codings(gaps=False, most_coders=2))
def test_holsti_is_percent_agreement_without_gaps(one: JointCodings) -> None:
    assert measure_holsti(one).value == pytest.approx(measure_percent(one).value)


def test_only_pairs_with_clauses_in_common_are_listed() -> None:
    one = join_codings([[1, 1, None], [None, 2, 2]], ["x", "y", "z"])
    assert [pair.coders for pair in list_pairs(one)] == [("x", "y"), ("y", "z")]


@pytest.mark.parametrize("table", [[[1, 2, 3], [4, 5, 6]], [[0, 0], [0, 0]], [1, 2]])
def test_tables_that_are_none_are_refused(table: list[list[int]]) -> None:
    with pytest.raises(ConfigError, match="square table of counts"):
        compute_kappa(np.array(table))


def test_three_coders_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"compares two coders\. Got 3"):
        measure_kappa(join_codings([[1, 1, 1], [1, 2, 1]]))
