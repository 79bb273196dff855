"""Where coding errors reach: equal to the dense residual maker, to closed forms and, within their error, to probes."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from econ import error_diagonal
from econ.error_diagonal import can_cut, cut_cells, probe_reach
from econ.within import Effect, keep_rows

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


def make_effect(name: str, codes: IntArray) -> Effect:
    levels, recoded = np.unique(codes, return_inverse=True)
    return Effect(name, recoded.reshape(codes.shape), len(levels))


def draw_panel(seed: int, share: float) -> tuple[list[Any], list[Effect], IntArray]:
    """Return a map of shares and one of stocks, unit and period effects, and the unit of each row."""
    rng = np.random.default_rng(seed)
    unit, period = (codes.ravel() for codes in np.meshgrid(np.arange(9), np.arange(6), indexing="ij"))
    kept = rng.random(len(unit)) < share
    flow = np.diag(rng.uniform(0.5, 2, len(unit)))[kept]
    stock = ((unit[:, None] == unit[None]) & (period[:, None] >= period[None]))[kept] * rng.uniform(1, 2, len(unit))
    effects = [make_effect("unit", unit[kept]), make_effect("period", period[kept])]
    return [sparse.csr_array(flow), sparse.csr_array(stock)], effects, unit[kept][:, None]


def draw_pairs(seed: int, share: float, rows: float = 1.0) -> tuple[list[Any], list[Effect], IntArray]:
    """Return the sums and the differences of both members, pair and period effects, and the members of each row."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(8, 1)
    kept = rng.random(len(first)) < share
    first, second = first[kept], second[kept]
    pair, period = np.divmod(np.arange(len(first) * 5), 5)
    left = rng.random(len(pair)) < rows
    pair, period = pair[left], period[left]
    places, n_rows = np.arange(len(pair)), len(pair)
    one, other = (
        sparse.csr_array((np.ones(n_rows), (places, members[pair] * 5 + period)), shape=(n_rows, 40))
        for members in (first, second)
    )
    effects = [make_effect("pair", pair), make_effect("period", period)]
    return [one + other, one - other], effects, np.column_stack([first[pair], second[pair]])


def spread_densely(maps: Sequence[Any], effects: Sequence[Effect]) -> FloatArray:
    """Return (L_k'ML_l)_dd from the matrix M itself."""
    dummies = np.hstack([np.eye(effect.n_levels)[effect.codes] for effect in effects])
    maker = np.eye(len(dummies)) - dummies @ np.linalg.pinv(dummies)
    dense = [one.toarray() for one in maps]
    return np.array([[np.einsum("rd,rs,sd->d", one, maker, other) for other in dense] for one in dense])


STUDIES = [
    pytest.param(*draw_panel(1, 1.0), id="balanced panel"),
    pytest.param(*draw_panel(2, 0.7), id="unbalanced panel"),
    pytest.param(*draw_pairs(3, 1.0), id="all pairs"),
    pytest.param(*draw_pairs(4, 0.6), id="some pairs"),
    pytest.param(*draw_pairs(5, 0.6, 0.8), id="some pairs and rows"),
]


@pytest.mark.parametrize(("maps", "effects", "_members"), STUDIES)
@pytest.mark.parametrize("by_row", [False, True])
def test_the_diagonal_is_that_of_the_dense_matrix(maps: Any, effects: Any, _members: Any, by_row: bool) -> None:
    reach = cut_cells(maps, effects, by_row=by_row).find_reach()
    np.testing.assert_allclose(reach.diagonal, spread_densely(maps, effects), atol=1e-10)
    sums = [[np.bincount(reach.documents, part, maps[0].shape[1]) for part in line] for line in reach.spread]
    np.testing.assert_allclose(sums, reach.diagonal, atol=1e-12)


def test_without_effects_the_diagonal_is_the_sum_of_squares() -> None:
    maps, _, _ = draw_panel(1, 0.8)
    np.testing.assert_allclose(cut_cells(maps, []).find_reach().diagonal, np.array(
        [[(one * other).sum(axis=0) for other in maps] for one in maps]
    ))  # fmt: skip


def test_a_balanced_panel_has_the_closed_form() -> None:
    unit, period = (codes.ravel() for codes in np.meshgrid(np.arange(9), np.arange(6), indexing="ij"))
    effects = [make_effect("unit", unit), make_effect("period", period)]
    reach = cut_cells([sparse.eye_array(54).tocsr()], effects).find_reach()
    np.testing.assert_allclose(reach.diagonal, (1 - 1 / 9) * (1 - 1 / 6))


def test_all_pairs_have_the_closed_form() -> None:
    maps, effects, _ = draw_pairs(3, 1.0)
    n_pairs = 8 * 7 / 2
    closed = ((8 - 1) - (8 - 1) ** 2 / n_pairs) * (1 - 1 / 5)
    np.testing.assert_allclose(cut_cells(maps[:1], effects).find_reach().diagonal, closed)


def test_some_pairs_have_the_closed_form_of_their_degrees() -> None:
    maps, effects, members = draw_pairs(4, 0.6)
    n_pairs = len(members) // 5
    degrees = np.bincount(members[::5].ravel(), minlength=8)
    assert len(set(degrees)) > 2
    closed = np.repeat((degrees - degrees**2 / n_pairs) * (1 - 1 / 5), 5)
    np.testing.assert_allclose(cut_cells(maps[:1], effects).find_reach().diagonal[0, 0], closed)


@pytest.mark.parametrize(("maps", "effects", "_members"), STUDIES)
def test_a_hundred_probes_equal_the_diagonal_within_their_error(
    maps: Any, effects: Any, _members: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_diagonal, "PROBES", 100)
    exact = cut_cells(maps, effects).find_reach().diagonal.sum(axis=2)
    found = [probe_reach(maps, effects, np.random.default_rng(seed)).diagonal.sum(axis=2) for seed in range(20)]
    error = np.std(found, axis=0, ddof=1)
    assert (np.abs(np.mean(found, axis=0) - exact) <= 4.5 * error / 20**0.5 + 1e-9).all()
    assert (np.abs(found[0] - exact) <= 4.5 * error + 1e-9).all()
    assert (error[np.diag_indices(2)] < 0.1 * np.diag(exact)).all()


@pytest.mark.parametrize(("maps", "effects", "members"), STUDIES)
def test_leaving_out_units_equals_starting_again_from_the_rows(maps: Any, effects: Any, members: IntArray) -> None:
    cells = cut_cells(maps, effects)
    grams = []
    for unit in range(int(members.max()) + 1):
        gone = (members == unit).any(axis=1)
        grams.append(cells.dummies.T @ cells.dummies - cells.dummies[gone].T @ cells.dummies[gone])
    left = cells.leave_out(members[cells.rows], np.array(grams))
    for unit in range(len(grams)):
        rows = (members != unit).all(axis=1)
        again = spread_densely([one[rows] for one in maps], [keep_rows(effect, rows) for effect in effects])
        np.testing.assert_allclose(left[unit], again, atol=1e-10)


def test_many_levels_beside_the_largest_effect_ask_for_probes(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    many = [make_effect("pair", rng.integers(0, 900, 5_000)), make_effect("city", rng.integers(0, 700, 5_000))]
    maps = [sparse.eye_array(5_000).tocsr()]
    assert not can_cut(maps, many)
    assert can_cut(maps, many[:1])
    some = [many[0], make_effect("period", rng.integers(0, 10, 5_000))]
    assert can_cut(maps, some)
    monkeypatch.setattr(error_diagonal, "MOST_NUMBERS", 49_999)
    assert not can_cut(maps, some)
