"""Class shares from simulated audits are right on average, and their intervals cover the truth."""

import pandas as pd
import pytest

from tests.benchmarks.audit.simulate_audits import DESIGNS, Design, simulate

SOME = (Design("document", (1000,)), Design("clause", (500,)), Design("document", (600, 600)))
SMALL_CORPUS = 48
"""Documents of the smallest corpus, of which 12 are drawn: there the intervals of the rare class are too wide."""


def find_worst(table: pd.DataFrame) -> tuple[float, float, float]:
    return table["bias_in_se"].abs().max(), table["coverage"].min(), table["coverage"].max()


@pytest.mark.parametrize("design", SOME, ids=lambda one: one.name)
def test_two_hundred_audits(design: Design) -> None:
    bias, least, most = find_worst(simulate(design, 200, seed=5))
    assert bias < 3.5
    assert least >= 0.9
    assert most <= 0.995


@pytest.mark.full
@pytest.mark.parametrize("design", DESIGNS, ids=lambda one: f"{one.name}, {one.accuracy}, {one.n_documents}")
def test_a_thousand_audits(design: Design) -> None:
    bias, least, most = find_worst(simulate(design, 1000, seed=1))
    assert bias < 3
    assert least >= 0.93
    assert most <= (0.99 if design.n_documents == SMALL_CORPUS else 0.97)
