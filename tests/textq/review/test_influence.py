import numpy as np
import pytest
from numpy.typing import NDArray

from textq.errors import ReviewError
from textq.review.influence import MEASURES, Cells, PairDesign, Presences, measure_influence


def make_presences(rows: list[tuple[int, int, int, int, float]], powers: list[float] | None = None) -> Presences:
    documents, units, first, last, weights = zip(*rows, strict=True)
    return Presences(
        np.array(documents), np.array(units), np.array(first), np.array(last), np.array(weights, dtype=float),
        np.array(powers or [1.0] * len(rows)),
    )  # fmt: skip


def make_cells(n_units: int = 2, n_periods: int = 4) -> Cells:
    shape = (n_units, n_periods)
    return Cells(np.ones(shape, dtype=bool), np.full(shape, 10.0), np.full(shape, 500.0))


def test_a_stock_counts_the_years_in_force() -> None:
    presences = make_presences([(0, 0, 0, 3, 1), (1, 0, 2, 3, 1), (2, 1, 1, 1, 1), (3, 1, 2, 1, 1)])
    assert measure_influence(presences, make_cells(), 4).tolist() == [4, 2, 1, 0]


def test_depreciation_and_sharing_and_coverage_lower_it() -> None:
    presences = make_presences([(0, 0, 0, 3, 0.5), (0, 1, 0, 3, 0.5)])
    assert measure_influence(presences, make_cells(), 1, depreciation=0.5).tolist() == [pytest.approx(1.875)]
    cells = make_cells()
    cells.covered[1] = False
    assert measure_influence(presences, cells, 1).tolist() == [2]


@pytest.mark.parametrize(
    ("measure", "expected"),
    [("count", 1), ("count_new", 1), ("share", 0.1), ("per_10k", 20), ("log_count", 1 / 11), ("power_sum", 3),
     ("power_stock", 9), ("stock", 3)],
)  # fmt: skip
def test_each_measure_weighs_a_clause_its_own_way(measure: str, expected: float) -> None:
    presences = make_presences([(0, 0, 1, 3, 1)], powers=[3.0])
    assert measure_influence(presences, make_cells(), 1, measure=measure).tolist() == [pytest.approx(expected)]


def test_a_document_without_rank_counts_with_one() -> None:
    presences = make_presences([(0, 0, 1, 3, 1)], powers=[np.nan])
    assert measure_influence(presences, make_cells(), 1, measure="power_sum").tolist() == [1]


def test_a_document_of_no_place_has_no_influence() -> None:
    presences = make_presences([(1, 0, 0, 3, 1)])
    assert measure_influence(presences, make_cells(), 2).tolist() == [0, 4]


def make_pairs(edges: list[tuple[int, int]], treated: NDArray[np.bool_]) -> PairDesign:
    degrees = np.bincount(np.array(edges).ravel(), minlength=len(treated)).astype(float)
    return PairDesign(degrees, len(edges), treated, treated.shape[1])


def leave_effects(edges: list[tuple[int, int]], changes: NDArray[np.float64]) -> float:
    """The length of what pair and year effects leave of a change of cities' intensities, by plain demeaning."""
    rows = np.array([changes[a] + changes[b] for a, b in edges])
    rows = rows - rows.mean(axis=1, keepdims=True) - rows.mean(axis=0) + rows.mean()
    return float(np.sqrt((rows**2).sum()))


@pytest.mark.parametrize("depreciation", [0.0, 0.3])
def test_with_pairs_it_is_what_the_effects_leave(depreciation: float) -> None:
    edges = [(0, 1), (0, 2), (1, 2), (2, 3), (0, 4)]
    treated = np.array([[0, 0, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]], dtype=bool)
    design = make_pairs(edges, treated)
    for unit in range(5):
        for first in range(4):
            presences = make_presences([(0, unit, first, 3, 1)])
            changes = np.zeros((5, 4))
            changes[unit, first:] = (1 - depreciation) ** np.arange(4 - first)
            changes *= treated
            (found,) = measure_influence(presences, make_cells(5), 1, depreciation=depreciation, design=design)
            assert found == pytest.approx(leave_effects(edges, changes), abs=1e-12)


def test_what_is_the_same_in_all_years_or_never_treated_moves_nothing() -> None:
    design = make_pairs([(0, 1), (0, 2), (1, 2)], np.array([[1, 1, 1, 1], [0, 0, 0, 0], [0, 1, 1, 1]], dtype=bool))
    presences = make_presences([(0, 0, 0, 3, 1), (1, 1, 2, 3, 1), (2, 2, 2, 3, 1)])
    found = measure_influence(presences, make_cells(3), 3, design=design)
    assert found[:2].tolist() == [0, 0]
    assert found[2] > 0


def test_unknown_measures_are_refused() -> None:
    with pytest.raises(ReviewError, match="Got 'shares'"):
        measure_influence(make_presences([(0, 0, 0, 3, 1)]), make_cells(), 1, measure="shares")
    assert set(MEASURES) >= {"stock", "share"}
