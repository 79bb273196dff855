"""Calibration and risk: hand-worked cases, ties, and coders whose probabilities are known to be good or useless."""

import math

import numpy as np
import pytest

from textq.coding.accuracy.certainty import COVERAGES, LEAST_CERTAIN, Certainty, measure_certainty
from textq.coding.accuracy.judged import Judged, judge_codes
from textq.coding.resample import draw_samples
from textq.errors import ConfigError


def make_judged(probabilities: list[float | None], right: list[bool], **more: object) -> Judged:
    coded = ["x" if one else "y" for one in right]
    return judge_codes(["x"] * len(coded), coded, ("x", "y"), probabilities=probabilities, **more)  # type: ignore[arg-type]


def make_calibrated(n: int, seed: int = 1, *, shift: float = 0.0) -> Judged:
    """Clauses that are right with just the probability stated, less ``shift``."""
    generator = np.random.default_rng(seed)
    probabilities = generator.uniform(0.4, 1, n)
    return make_judged(probabilities.tolist(), (generator.random(n) < probabilities - shift).tolist())


def measure(judged: Judged, draws: int = 0) -> Certainty:
    samples = draw_samples(judged.groups, np.random.default_rng(3), draws) if draws else None
    return measure_certainty(judged, np.random.default_rng(1), samples)


def test_bins_are_of_equal_mass() -> None:
    found = measure(make_calibrated(1000))
    assert [one.n_clauses for one in found.bins] == [100] * 10
    assert all(one.highest < other.lowest for one, other in zip(found.bins, found.bins[1:], strict=False))


def test_calibration_error_is_the_mean_gap() -> None:
    """Ten clauses, ten bins: each gap is 1 − p where right and p where wrong."""
    probabilities = [0.1 * at for at in range(1, 11)]
    found = measure(make_judged(probabilities, [at % 2 == 0 for at in range(10)]))
    gaps = [1 - p if at % 2 == 0 else p for at, p in enumerate(probabilities)]
    assert found.calibration_error.value == pytest.approx(np.mean(gaps))
    assert [one.right.value for one in found.bins] == [1, 0] * 5


def test_good_probabilities_have_the_error_of_chance() -> None:
    errors = [measure(make_calibrated(500, seed)) for seed in range(20)]
    mean = np.mean([one.calibration_error.value for one in errors])
    assert mean == pytest.approx(np.mean([one.chance_error for one in errors]), rel=0.15)


def test_overconfidence_is_found() -> None:
    found = measure(make_calibrated(2000, shift=0.2))
    assert found.calibration_error.value == pytest.approx(0.2, abs=0.03)
    assert found.chance_error < 0.05


def test_ties_are_never_told_apart() -> None:
    """Whatever the order of the clauses, equal probabilities give one bin and one slope of the curve."""
    found = measure(make_judged([0.9] * 6 + [0.5] * 4, [True] * 6 + [False] * 4))
    again = measure(make_judged([0.5] * 4 + [0.9] * 6, [False] * 4 + [True] * 6))
    assert (found.bins, found.curve, found.area) == (again.bins, again.curve, again.area)
    assert [(one.lowest, one.highest, one.n_clauses) for one in found.bins] == [(0.5, 0.5, 4), (0.9, 0.9, 6)]
    flat = measure(make_judged([0.7] * 10, [True] * 8 + [False] * 2))
    assert [one.error.value for one in flat.curve] == [pytest.approx(0.2)] * len(COVERAGES)
    assert flat.area.value == pytest.approx(0.2)
    assert flat.error_least_certain.value == flat.error_rest.value == pytest.approx(0.2)


def test_perfect_order_has_the_smallest_area() -> None:
    n = 4000
    found = measure(make_judged([1 - at / n for at in range(n)], [at < 0.8 * n for at in range(n)]))
    assert found.area_of_perfect_order == pytest.approx(0.2 + 0.8 * math.log(0.8))
    assert found.area.value == pytest.approx(found.area_of_perfect_order, abs=1e-3)
    assert found.error_least_certain.value == pytest.approx(1)
    assert found.error_rest.value == pytest.approx(0.05 / 0.85)


def test_useless_probabilities_have_the_area_of_chance() -> None:
    generator = np.random.default_rng(2)
    found = measure(make_judged(generator.random(20_000).tolist(), (generator.random(20_000) < 0.75).tolist()))
    assert found.area.value == pytest.approx(found.area_of_random_order, abs=0.02)


def test_area_is_the_integral_of_the_risk() -> None:
    judged = make_calibrated(300)
    found = measure(judged)
    order = np.argsort(-judged.probabilities)
    wrong = np.concatenate([[0], np.cumsum(~judged.right[order])]) / 300
    at = (np.arange(300_000) + 0.5) / 300_000
    assert found.area.value == pytest.approx(np.mean(np.interp(at, np.arange(301) / 300, wrong) / at), abs=1e-4)


def test_curve_ends_at_the_error_rate() -> None:
    judged = make_calibrated(100)
    found = measure(judged)
    assert found.curve[-1].coverage == 1
    assert found.curve[-1].error.value == pytest.approx((~judged.right).mean())


def test_least_certain_and_rest_make_up_all_errors() -> None:
    found = measure(make_calibrated(97))
    least, rest = found.error_least_certain.value, found.error_rest.value
    assert least is not None
    assert rest is not None
    assert LEAST_CERTAIN * least + (1 - LEAST_CERTAIN) * rest == pytest.approx(found.area_of_random_order)


def test_weights_count_like_repeated_clauses() -> None:
    weighted = measure(make_judged([0.9, 0.8, 0.3], [True, False, True], weights=[3, 1, 2]))
    repeated = measure(make_judged([0.9] * 3 + [0.8] + [0.3] * 2, [True] * 3 + [False] + [True] * 2))
    assert weighted.area.value == pytest.approx(repeated.area.value)
    assert weighted.calibration_error.value == pytest.approx(repeated.calibration_error.value)
    assert weighted.error_least_certain.value == pytest.approx(repeated.error_least_certain.value)


def test_clauses_without_a_probability_are_counted_and_left_out() -> None:
    found = measure(make_judged([0.9, None, 0.4], [True, False, True]))
    assert (found.n_clauses, found.n_without, found.area_of_random_order) == (2, 1, 0)


def test_no_probability_at_all_is_refused() -> None:
    with pytest.raises(ConfigError, match="states no probability"):
        measure(make_judged([None, None], [True, False]))


def test_intervals_are_drawn_over_documents() -> None:
    probabilities, right = [0.9, 0.8, 0.6, 0.5] * 10, [True, True, False, True] * 5 + [True] * 20
    alone = make_judged(probabilities, right)
    together = make_judged(probabilities, right, documents=[at // 10 for at in range(40)])
    for judged in (alone, together):
        interval = measure(judged, 300).error_rest.interval
        assert interval is not None
        assert interval.low <= measure(judged).error_rest.value <= interval.high
    assert measure(alone, 300).area != measure(together, 300).area


def test_interval_covers_the_true_calibration_of_a_bin() -> None:
    found = measure(make_calibrated(3000), 300)
    assert sum(one.right.interval.low <= one.probability <= one.right.interval.high for one in found.bins) >= 8
