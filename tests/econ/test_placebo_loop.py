"""The loop over draws: order, progress, refusals."""

import os

import numpy as np
import pytest

from econ.errors import SpecError
from econ.placebo_loop import check_draws, run_draws


def test_draws_come_in_order_with_progress() -> None:
    seen: list[tuple[int, int]] = []
    rows = run_draws(lambda number: [number, -number], range(5, 30), 2, progress=lambda *step: seen.append(step))
    np.testing.assert_array_equal(rows, [[number, -number] for number in range(5, 30)])
    assert seen[-1] == (25, 25)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert len(seen) > 1


def test_no_draws() -> None:
    assert run_draws(lambda number: [1.0], range(4, 4), 1).shape == (0, 1)


def test_processes_that_end_early_are_explained() -> None:
    with pytest.raises(SpecError, match=r"in a module.*__main__.*workers=1"):
        run_draws(os._exit, range(4), 1, workers=2)


def test_whole_numbers_of_numpy_are_taken() -> None:
    checked = check_draws("run_placebo", np.int64(5), np.int32(0), 1)
    assert checked == (5, 0, 1)
    assert {type(number) for number in checked} == {int}


@pytest.mark.parametrize(("draws", "seed", "workers"), [(1.5, 1, 1), (1, None, 1), (1, 1, 0), (True, 1, 1)])
def test_numbers_that_are_none_are_refused(draws: object, seed: object, workers: object) -> None:
    with pytest.raises(SpecError, match="must be a whole number"):
        check_draws("run_placebo", draws, seed, workers)
