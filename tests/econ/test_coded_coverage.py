"""Corrected regressions on coded intensities are unbiased and their intervals cover; naive ones are not and do not."""

import pytest

from tests.benchmarks.coded.simulate_coverage import CELLS, SMALL_CELLS, Cell, Row, replicate, summarise


def measure(cell: Cell, replications: int) -> list[Row]:
    found = [row for seed in range(replications) for row in replicate((cell, seed))]
    return list(summarise(cell.name, found))


def count_covering(rows: list[Row], naive: bool) -> float:
    """Return the mean coverage of the terms made of codes."""
    coded = [row for row in rows if row.term != "did"]
    return sum(row.naive_coverage if naive else row.coverage for row in coded) / len(coded)


@pytest.mark.parametrize("cell", SMALL_CELLS, ids=lambda cell: cell.name)
def test_forty_replications(cell: Cell) -> None:
    rows = measure(cell, 40)
    for row in rows:
        assert abs(row.bias) < 3.5 * row.mc_error, row
        assert row.coverage >= 0.85, row
    assert count_covering(rows, naive=True) < count_covering(rows, naive=False) - 0.1


@pytest.mark.full
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_two_hundred_replications(cell: Cell) -> None:
    rows = measure(cell, 200)
    for row in rows:
        assert abs(row.bias) < 3 * row.mc_error, row
        assert 0.91 <= row.coverage <= 0.985, row
    assert count_covering(rows, naive=True) < 0.8
