"""Agreement on one category against all others."""

import numpy as np
import pytest

from tests.textq.coding.reliability.made_codings import from_table
from textq.coding.reliability.class_agreement import measure_classes
from textq.coding.reliability.joint_codings import join_codings
from textq.coding.resample import draw_samples


def test_specific_agreement_of_two_coders_is_2a_over_2a_b_c() -> None:
    by_name = {one.category: one for one in measure_classes(from_table([[20, 5], [10, 15]]))}
    assert by_name[1].specific.value == pytest.approx(40 / (40 + 5 + 10))
    assert by_name[2].specific.value == pytest.approx(30 / (30 + 5 + 10))
    assert by_name[1].kappa.value == pytest.approx(0.4)
    assert by_name[1].n_codings == 55


def test_specific_agreement_of_three_coders_is_the_chance_that_a_second_gives_it() -> None:
    (first, second) = measure_classes(join_codings([[1, 1, 2], [1, 2, 2], [2, 2, None]]))
    assert first.specific.value == pytest.approx((2 * 1 + 1 * 0) / (2 * 2 + 1 * 2))
    assert second.specific.value == pytest.approx((1 * 0 + 2 * 1 + 2 * 1) / (1 * 2 + 2 * 2 + 2 * 1))


def test_clauses_coded_once_count_towards_the_chance_of_kappa_alone() -> None:
    with_single = measure_classes(join_codings([[1, 1], [2, 1], [2, None]]))
    without = measure_classes(join_codings([[1, 1], [2, 1]]))
    for one, other in zip(with_single, without, strict=True):
        assert (one.specific, one.alpha, one.n_codings) == (other.specific, other.alpha, other.n_codings)
        assert one.kappa.observed == other.kappa.observed
        assert one.kappa.expected != other.kappa.expected


def test_intervals_are_drawn() -> None:
    codings = from_table([[20, 5], [10, 15]])
    samples = draw_samples(codings.groups, np.random.default_rng(1), 200)
    for one in measure_classes(codings, resampling=samples):
        for figure in (one.specific, one.kappa, one.alpha):
            assert figure.interval is not None
            assert figure.interval.low < figure.value < figure.interval.high


def test_code_that_nobody_gave_has_no_agreement() -> None:
    (_, _, third) = measure_classes(join_codings([[1, 1], [2, 1]], categories=[1, 2, 3]))
    assert (third.specific.value, third.specific.why) == (None, "never_given")
    assert third.kappa.value is third.alpha.value is None
