"""Errors where a coder abstains and where it does not."""

import numpy as np
import pytest

from textq.coding.accuracy.abstention import Abstention, measure_abstention
from textq.coding.accuracy.judged import Judged, judge_codes
from textq.coding.resample import Figure, draw_samples


def make_judged(**more: object) -> Judged:
    unsure = [True, True, True, False, False, False, False, False]
    return judge_codes(list("xxxxxxxx"), list("yyxyxxxx"), "xy", unsure=unsure, **more)  # type: ignore[arg-type]


def test_error_rates_of_either_side() -> None:
    assert measure_abstention(make_judged()) == Abstention(3, Figure(pytest.approx(2 / 3)), Figure(0.2))


def test_weights_count() -> None:
    found = measure_abstention(make_judged(weights=[4, 1, 1, 2, 1, 1, 1, 1]))
    assert (found.error_unsure.value, found.error_sure.value) == (pytest.approx(5 / 6), pytest.approx(2 / 6))


def test_a_coder_that_never_abstains_has_no_rate_there() -> None:
    found = measure_abstention(judge_codes(["x", "x"], ["x", "y"], "xy"))
    assert found == Abstention(0, Figure(None), Figure(0.5))


def test_intervals_are_drawn() -> None:
    judged = make_judged()
    found = measure_abstention(judged, draw_samples(judged.groups, np.random.default_rng(1), 300))
    assert found.error_sure.interval is not None
    assert found.error_sure.interval.low <= 0.2 <= found.error_sure.interval.high
