"""Mapping a stage over items."""

import pytest

from textq.engine import map_items
from textq.errors import ConfigError


@pytest.mark.parametrize("jobs", [1, 2])
def test_results_come_in_order(jobs: int) -> None:
    assert list(map_items(abs, range(-20, 0), jobs=jobs)) == list(range(20, 0, -1))


def test_no_worker_is_refused() -> None:
    with pytest.raises(ConfigError, match="'jobs' parameter of map_items must be at least 1"):
        list(map_items(abs, [1], jobs=0))
