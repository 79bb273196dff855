"""The whole report: by code, by two coders, and how its intervals are drawn."""

import numpy as np
import pytest
from hypothesis import given, settings

from tests.textq.coding.reliability.made_codings import codings, from_table
from textq.coding.reliability.joint_codings import JointCodings, join_codings
from textq.coding.reliability.report import measure_reliability
from textq.coding.resample import Interval


def make_clustered(documents: int, each: int, seed: int) -> JointCodings:
    """Two coders that agree on whole documents or not at all."""
    generator = np.random.default_rng(seed)
    agreed = np.repeat(generator.random(documents) < 0.7, each)
    first = generator.integers(0, 2, documents * each)
    second = np.where(agreed, first, 1 - first)
    names = np.repeat(np.arange(documents), each)
    return join_codings(np.stack([first, second], axis=1).tolist(), documents=names.tolist())


def width(interval: Interval | None) -> float:
    assert interval is not None
    return interval.high - interval.low


@settings(max_examples=30)
@given(codings())
def test_agreement_on_a_code_is_that_of_two_categories(one: JointCodings) -> None:
    """With two categories agreement on either, chance corrected, is agreement on both."""
    two = JointCodings(np.minimum(one.codes, 1), (1, 2), one.coders, one.groups)
    report = measure_reliability(two)
    for each in report.classes:
        assert each.alpha.value == pytest.approx(report.alpha.value)
        assert each.kappa.value == pytest.approx(report.conger.value)


def test_clauses_coded_once_are_counted_and_left_out() -> None:
    report = measure_reliability(join_codings([[1, 1], [2, 1], [2, 2], [1, None]], documents=["a", "b", "b", "c"]))
    assert (report.n_clauses, report.n_single, report.n_documents) == (3, 1, 2)
    assert report.percent.value == pytest.approx(2 / 3)
    assert report.holsti.value == pytest.approx(2 / 3)


def test_every_figure_is_about_the_clauses_it_states() -> None:
    """Two agreements, and one clause that only one of them coded: nothing is disagreed on."""
    report = measure_reliability(join_codings([[1, 1], [2, 2], [1, None], [None, 2]]))
    assert (report.n_clauses, report.percent.value, report.holsti.value, report.holsti.n_clauses) == (2, 1, 1, 2)


def test_clauses_coded_once_count_towards_chance_and_not_towards_alpha() -> None:
    """By hand: of 4 clauses two have 1, shares are (1/2 + 1 + 0 + 1) / 4 = 5/8 and 3/8; two of three pairs agree."""
    codings = join_codings([[1, 2], [1, 1], [2, 2], [1, None]])
    report = measure_reliability(codings, np.random.default_rng(1), 50)
    chance = 2 * 5 / 8 * 3 / 8
    assert report.ac1.value == pytest.approx((2 / 3 - chance) / (1 - chance))
    assert report.fleiss.expected == pytest.approx((5 / 8) ** 2 + (3 / 8) ** 2)
    assert report.ac1.n_clauses == report.n_clauses == 3
    assert report.ac1.interval is not None
    without = measure_reliability(codings.keep_pairable(), np.random.default_rng(1), 50)
    assert (report.alpha, report.percent) == (without.alpha, without.percent)


def test_every_pair_of_coders_is_reported() -> None:
    report = measure_reliability(join_codings([[1, 1, 2], [2, 2, 2], [1, None, 1]], ["x", "y", "z"]))
    assert [(pair.coders, pair.percent) for pair in report.pairs] == [
        (("x", "y"), 1.0), (("x", "z"), pytest.approx(2 / 3)), (("y", "z"), 0.5),
    ]  # fmt: skip
    assert report.pairs[1].table.tolist() == [[1, 1], [0, 1]]


def test_dominance_is_told() -> None:
    report = measure_reliability(from_table([[90, 5], [5, 0]]))
    assert (report.largest, report.largest_share, report.is_dominated) == (1, 0.95, True)
    assert report.alpha.value is not None
    assert report.ac1.value is not None
    assert report.alpha.value < 0 < 0.85 < report.ac1.value
    assert not measure_reliability(from_table([[40, 5], [5, 50]])).is_dominated


def test_same_seed_same_intervals() -> None:
    one = from_table([[20, 5], [10, 15]])
    first, again, other = (measure_reliability(one, np.random.default_rng(seed), 200) for seed in (1, 1, 2))
    assert first.alpha.interval == again.alpha.interval != other.alpha.interval


def test_no_generator_no_intervals() -> None:
    assert measure_reliability(from_table([[20, 5], [10, 15]])).alpha.interval is None


def test_documents_are_drawn_whole() -> None:
    """Clauses of a document stand or fall together: drawing clauses alone makes the interval far too short."""
    one = make_clustered(40, 25, 7)
    alone = JointCodings(one.codes, one.categories, one.coders, np.arange(len(one.codes)))
    by_document, by_clause = (
        width(measure_reliability(each, np.random.default_rng(1), 500).alpha.interval) for each in (one, alone)
    )
    assert by_document > 3 * by_clause


def test_full_agreement_has_no_interval() -> None:
    """All draws agree in full: an interval of no length would claim that nothing is uncertain."""
    report = measure_reliability(from_table([[5, 0], [0, 5]]), np.random.default_rng(1), 100)
    assert (report.alpha.value, report.alpha.interval) == (1, None)
