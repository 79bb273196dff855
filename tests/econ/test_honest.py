"""What HonestDiD is given is relative to the last period before the treatment, leads first."""

import numpy as np
import pytest

from econ.errors import FitError, SpecError
from econ.honest import build_honest

EVENT_TIMES = [-3, -2, -1, 0, 1]


def draw_points() -> tuple[np.ndarray, np.ndarray]:
    """Points relative to event time −2, where they and their variance are zero."""
    rng = np.random.default_rng(1)
    root = rng.normal(size=(5, 5))
    estimates, root[1] = rng.normal(size=5), 0.0
    estimates[1] = 0.0
    return estimates, root @ root.T


def test_estimates_and_covariances_are_those_of_differences() -> None:
    estimates, vcov = draw_points()
    table = build_honest(EVENT_TIMES, [1], estimates, vcov)
    assert table["event_time"].tolist() == [-3, -2, 0, 1]
    assert table["period"].tolist() == ["pre", "pre", "post", "post"]
    assert table["base"].tolist() == [-1] * 4
    assert table["bin"].tolist() == [False, False, False, True]
    for row, one in zip(table.index, (0, 1, 3, 4), strict=True):
        assert table.loc[row, "estimate"] == estimates[one] - estimates[2]
        for name, other in zip(("-3", "-2", "0", "1"), (0, 1, 3, 4), strict=True):
            expected = vcov[one, other] - vcov[one, 2] - vcov[2, other] + vcov[2, 2]
            assert table.loc[row, name] == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("event_times", [[-3, -2, -1, 1, 2], [-4, -3, -2, 0, 1], [-1, 0, 1, 2, 3]])
def test_gaps_and_missing_leads_are_refused(event_times: list[int]) -> None:
    with pytest.raises(SpecError, match="consecutive event times, with −1 and one before it"):
        build_honest(event_times, [], *draw_points())


def test_covariances_that_are_missing_are_refused() -> None:
    estimates, vcov = draw_points()
    vcov[0, 0] = np.nan
    with pytest.raises(FitError, match="not finite"):
        build_honest(EVENT_TIMES, [], estimates, vcov)
