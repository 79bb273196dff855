"""Krippendorff's α: published answers, a second witness, the definition by pairs."""

from itertools import permutations
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings

from tests.textq.coding.reliability.made_codings import (
    assert_as_printed,
    codings,
    list_published,
    read_reference,
    repeat_clauses,
)
from textq.coding.reliability.category_weights import Metric
from textq.coding.reliability.chance_agreement import measure_agreement
from textq.coding.reliability.joint_codings import MISSING, JointCodings, join_codings
from textq.coding.reliability.krippendorff import count_coincidences, measure_alpha
from textq.coding.resample import draw_samples, find_quantiles
from textq.errors import ConfigError

METRICS: tuple[Metric, ...] = get_args(Metric)
few = settings(max_examples=30)


def read_scale(published: dict[str, str]) -> dict[str, Any]:
    scale = published["scale"]
    return {"metric": scale} if scale in METRICS else {"weighting": scale.removeprefix("weights_")}


def compute_by_pairs(one: JointCodings) -> float:
    """Nominal α from its definition: observed over expected disagreement, over all pairs of codings."""
    clauses = [[code for code in row if code != MISSING] for row in one.codes.tolist()]
    clauses = [row for row in clauses if len(row) > 1]
    pool = [code for row in clauses for code in row]
    seen = sum(sum(a != b for a, b in permutations(row, 2)) / (len(row) - 1) for row in clauses) / len(pool)
    by_chance = sum(a != b for a, b in permutations(pool, 2)) / (len(pool) * (len(pool) - 1))
    return 1 - seen / by_chance


@pytest.mark.parametrize("published", list_published("alpha"), ids=lambda row: "-".join(list(row.values())[:3]))
def test_published_answers(published: dict[str, str]) -> None:
    found = measure_alpha(read_reference(published["data"]), **read_scale(published))
    assert_as_printed(found.value, published["value"])
    if published["standard_error"]:
        assert_as_printed(found.standard_error, published["standard_error"])


@pytest.mark.parametrize("metric", METRICS)
@few
@given(codings())
def test_krippendorff_package_agrees(metric: Metric, one: JointCodings) -> None:
    oracle = pytest.importorskip("krippendorff", reason="needs the extra oracle")
    values = np.array([*one.categories, np.nan])[one.codes].T
    expected = oracle.alpha(reliability_data=values, level_of_measurement=metric, value_domain=[1, 2, 3, 4])
    assert measure_alpha(one, metric).value == pytest.approx(expected)


@few
@given(codings())
def test_definition_by_pairs(one: JointCodings) -> None:
    assert measure_alpha(one).value == pytest.approx(compute_by_pairs(one))


@pytest.mark.parametrize("metric", METRICS)
@few
@given(codings())
def test_order_of_coders_and_clauses_does_not_matter(metric: Metric, one: JointCodings) -> None:
    turned = JointCodings(one.codes[::-1, ::-1], one.categories, one.coders, one.groups)
    assert measure_alpha(turned, metric).value == pytest.approx(measure_alpha(one, metric).value)


@few
@given(codings())
def test_names_of_categories_do_not_matter(one: JointCodings) -> None:
    renamed = JointCodings(np.array([3, 1, 0, 2, MISSING])[one.codes], one.categories, one.coders, one.groups)
    assert measure_alpha(renamed).value == pytest.approx(measure_alpha(one).value)


@few
@given(codings(gaps=False, most_coders=2))
def test_alpha_nears_fleiss_as_clauses_grow(one: JointCodings) -> None:
    """Two coders without gaps: 1 − α is 1 − Fleiss' κ less a share 1/(2n), the correction for small samples."""
    n, fleiss = len(one.codes), measure_agreement(one, "fleiss").value
    assert fleiss is not None
    assert measure_alpha(one).value == pytest.approx(1 - (1 - fleiss) * (1 - 1 / (2 * n)))


@pytest.mark.parametrize("metric", METRICS)
def test_full_agreement_is_one(metric: Metric) -> None:
    found = measure_alpha(join_codings([[1, 1, None], [2, 2, 2], [3, None, 3]]), metric)
    assert (found.value, found.standard_error) == (1, pytest.approx(0))


@pytest.mark.parametrize("metric", METRICS)
def test_one_category_is_undefined_and_said(metric: Metric) -> None:
    found = measure_alpha(join_codings([[1, 1], [1, 1], [2, None]]), metric)
    assert (found.value, found.standard_error, found.interval) == (None, None, None)
    assert found.why == "one_category"


@pytest.mark.parametrize("metric", METRICS)
def test_draws_are_clauses_repeated_with_all_their_codings(metric: Metric) -> None:
    one = read_reference("four_coders")
    samples = draw_samples(one.groups, np.random.default_rng(5), 40)
    values = [
        measure_alpha(repeat_clauses(one, counts.astype(int).tolist()), metric).value for counts in samples.counts
    ]
    low, high = np.quantile([value for value in values if value is not None], find_quantiles(samples.n_groups))
    interval = measure_alpha(one, metric, resampling=samples).interval
    assert interval is not None
    assert (interval.low, interval.high) == (pytest.approx(low), pytest.approx(high))


def test_clauses_coded_once_add_nothing() -> None:
    assert count_coincidences(join_codings([[1, None], [1, 2]]))[0].sum() == 0


@pytest.mark.parametrize(
    ("values", "metric", "message"),
    [
        ([["a", "b"], ["a", "a"]], "interval", "need numbers as categories"),
        ([["a", "b"], ["a", "a"]], "ratio", "need numbers as categories"),
        ([[-1, 2], [1, 1]], "ratio", "at least zero"),
        ([[1, 2], [1, 1]], "circular", "unknown metric 'circular'"),
    ],
)
def test_unsuitable_metrics_are_refused(values: list[list[object]], metric: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        measure_alpha(join_codings(values), metric)  # type: ignore[arg-type]
