from dataclasses import replace

import numpy as np
import pytest

from econ.errors import FitError
from econ.pair_columns import Column, PairStream
from econ.pair_nodes import NodeSystem, build_nodes
from tests.econ.pair_streams import draw_stream


def draw_nodes(missing: float, weighted: bool = False) -> PairStream:
    return replace(draw_stream([Column("sum")], 2, missing, weighted), by_node=True)


def build_normals(stream: PairStream) -> np.ndarray:
    """D'WD less its projection on the pairs, with a dummy a unit and period, by unit."""
    size = stream.n_units * stream.n_periods
    normals = np.zeros((size, size))
    weights = np.ones(stream.n_pairs) if stream.weights is None else stream.weights
    for first, second, weight in zip(stream.first, stream.second, weights, strict=True):
        here = np.ones(stream.n_periods, dtype=bool)
        if stream.present is not None:
            here = stream.present[:, first] & stream.present[:, second]
        periods = np.flatnonzero(here)
        rows = np.zeros((len(periods), size))
        for unit in (first, second):
            rows[np.arange(len(periods)), unit * stream.n_periods + periods] = 1
        if len(periods):
            rows -= rows.mean(axis=0)
        normals += weight * rows.T @ rows
    return normals


def solve(stream: PairStream, sums: np.ndarray) -> tuple[NodeSystem, np.ndarray]:
    nodes = build_nodes(stream)
    found = nodes.solve(sums, np.zeros_like(sums))
    return nodes, found.transpose(0, 2, 1).reshape(-1, found.shape[1])


@pytest.mark.parametrize("dense", [0, 500])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.1, 0.4])
def test_systems_are_solved(missing: float, weighted: bool, dense: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("econ.pair_nodes.DENSE_LEVELS", dense)
    stream = draw_nodes(missing, weighted)
    normals = build_normals(stream)
    sums = normals @ np.random.default_rng(0).normal(size=(len(normals), 3))
    nodes, found = solve(stream, sums.reshape(stream.n_units, stream.n_periods, 3).transpose(0, 2, 1))
    np.testing.assert_allclose(normals @ found, sums, atol=1e-11)
    assert nodes.rank == np.linalg.matrix_rank(normals)


def test_sums_of_rounding_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("econ.pair_nodes.DENSE_LEVELS", 0)
    stream = draw_nodes(0.2)
    rng = np.random.default_rng(1)
    taken = rng.normal(size=(stream.n_units, 1, stream.n_periods))
    noise = 1e-17 * rng.normal(size=taken.shape)
    assert np.abs(build_nodes(stream).solve(noise, taken)).max() == 0
    with pytest.raises(FitError, match="could not be absorbed"):
        build_nodes(stream).solve(noise, np.zeros_like(taken))


def test_systems_that_do_not_converge_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("econ.pair_nodes.DENSE_LEVELS", 0)
    monkeypatch.setattr("econ.pair_nodes._ITERATIONS", 1)
    stream = draw_nodes(0.2)
    sums = build_normals(stream)[:1].reshape(stream.n_units, 1, stream.n_periods)
    with pytest.raises(FitError, match="too few pairs tie the units"):
        build_nodes(stream).solve(sums, np.zeros_like(sums))
