from dataclasses import replace

import numpy as np
import pytest

from econ.pair_columns import Column, PairStream, iterate_tiles
from econ.pair_effects import list_cells
from econ.pair_passes import collect_moments, collect_scores
from tests.econ.pair_streams import draw_stream

COLUMNS = [Column("sum"), Column("difference"), Column("product"), Column("cerqueira_martins")]


CASES = [(0.0, False), (0.0, True), (0.3, False), (0.3, True)]


def spread(stream: PairStream) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows of the columns, their weights, pairs and periods, and the dummies of pairs and periods."""
    values = np.concatenate([one.columns.copy() for one in iterate_tiles(stream)], axis=2)
    pairs, periods = np.meshgrid(np.arange(stream.n_pairs), np.arange(stream.n_periods))
    here = np.ones(pairs.shape, dtype=bool)
    if stream.present is not None:
        here = stream.present[:, stream.first] & stream.present[:, stream.second]
    here = here if stream.gone is None else here & ~stream.gone
    weights = np.ones(stream.n_pairs) if stream.weights is None else stream.weights
    return values[:, here].T, weights[pairs[here]], pairs[here], periods[here]


def drop_lone(stream: PairStream) -> PairStream:
    """Without pairs that are never there."""
    if stream.present is None:
        return stream
    here = stream.present[:, stream.first] & stream.present[:, stream.second]
    kept = (here if stream.gone is None else here & ~stream.gone).sum(axis=0) > 0
    return replace(
        stream,
        first=stream.first[kept],
        second=stream.second[kept],
        pair_values=stream.pair_values[:, kept],
        designated_first=None,
        weights=None if stream.weights is None else stream.weights[kept],
        groups=None if stream.groups is None else stream.groups[kept],
        gone=None if stream.gone is None else stream.gone[:, kept],
    )


def draw_groups(stream: PairStream) -> PairStream:
    """Three groups of pairs, and, where units have gaps, rows of pairs that are left out beside."""
    rng = np.random.default_rng(8)
    shape = (stream.n_periods, stream.n_pairs)
    gone = None if stream.present is None else rng.random(shape) < 0.1
    return replace(stream, groups=np.append([0, 1, 2], rng.integers(0, 3, stream.n_pairs - 3)), gone=gone)


def build_dummies(stream: PairStream, pairs: np.ndarray, years: np.ndarray) -> np.ndarray:
    """Dummies of pairs, and of periods: of all pairs, of groups, or of both members."""
    levels = [np.zeros(stream.n_pairs, dtype=int) if stream.groups is None else stream.groups]
    if stream.by_node:
        levels = [stream.first, stream.second]
    cells = np.arange(stream.n_groups * stream.n_periods)
    effects = sum((level[pairs] * stream.n_periods + years)[:, None] == cells for level in levels)
    return np.column_stack([pairs[:, None] == np.unique(pairs), effects]).astype(float)


def residualize(rows: np.ndarray, weights: np.ndarray, dummies: np.ndarray) -> np.ndarray:
    root = np.sqrt(weights)[:, None]
    return rows - dummies @ np.linalg.lstsq(dummies * root, rows * root, rcond=None)[0]


@pytest.mark.parametrize("effects", ["period", "group", "node", "node by iteration"])
@pytest.mark.parametrize(("missing", "weighted"), CASES)
def test_both_passes_equal_a_dense_regression_with_dummies(
    missing: float, weighted: bool, effects: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("econ.pair_nodes.DENSE_LEVELS", 0 if "iteration" in effects else 500)
    columns = COLUMNS if "node" not in effects else [*COLUMNS[1:], Column("maximum")]
    stream = draw_stream(columns, 3, missing, weighted)
    stream = drop_lone(draw_groups(stream) if effects == "group" else stream)
    stream = replace(stream, by_node="node" in effects)
    rows, weights, pairs, years = spread(stream)
    groups = np.zeros(stream.n_pairs, dtype=int) if stream.groups is None else stream.groups
    dummies = build_dummies(stream, pairs, years)
    within = residualize(rows, weights, dummies)
    moments, kept = collect_moments(stream)
    np.testing.assert_allclose(moments.gram, within.T @ (within * weights[:, None]), rtol=1e-11, atol=1e-11)
    means = np.average(rows, axis=0, weights=weights)
    np.testing.assert_allclose(moments.own, weights @ (rows - means) ** 2, rtol=1e-11)
    by_pair = residualize(rows, weights, dummies[:, : stream.n_pairs])
    np.testing.assert_allclose(moments.within, weights @ by_pair**2, rtol=1e-11)
    assert moments.rank + stream.n_pairs == np.linalg.matrix_rank(dummies)

    outcome = next(place for place, column in enumerate(stream.columns) if column.rule == "cerqueira_martins")
    places = np.array([*(place for place in reversed(range(len(columns))) if place != outcome), outcome])
    gram = moments.gram[np.ix_(places, places)]
    bread = np.linalg.inv(gram[:-1, :-1])
    estimates = bread @ gram[:-1, -1]
    regressors, y = within[:, places[:-1]], within[:, outcome]
    errors = y - regressors @ estimates
    influences = regressors @ bread * (weights * errors)[:, None]
    by_pair = np.array([influences[pairs == pair].sum(axis=0) for pair in range(stream.n_pairs)])
    assert kept is not None
    ways = [(None, False, False), (kept, False, False), (None, True, True), (collect_moments(stream)[1], True, True)]
    for tiles, rows_too, grams_too in ways:
        grams_too = grams_too and not stream.by_node
        sums = collect_scores(stream, moments, places, estimates, bread, tiles, rows=rows_too, grams=grams_too)
        np.testing.assert_allclose(sums.by_pair, by_pair.T @ by_pair, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(sums.absolute, np.abs(by_pair).sum(axis=0), rtol=1e-9)
        assert sums.squares == pytest.approx(weights @ errors**2, rel=1e-10)
        for found, members in ((sums.by_first, stream.first), (sums.by_second, stream.second)):
            wanted = [by_pair[members == unit].sum(axis=0) for unit in range(stream.n_units)]
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-14)
        assert (sums.by_row is None, sums.grams is None) == (not rows_too, not grams_too)
    np.testing.assert_allclose(sums.by_row, influences.T @ influences, rtol=1e-9, atol=1e-15)

    if stream.by_node:
        return
    period_dummies = (years[:, None] == np.arange(stream.n_periods)).astype(float)
    whole = np.column_stack([period_dummies, within[:, places]])
    for cell, (unit, group) in enumerate(zip(*list_cells(stream), strict=True)):
        mine = ((stream.first[pairs] == unit) | (stream.second[pairs] == unit)) & (groups[pairs] == group)
        block, masses, own = whole[mine], weights[mine], pairs[mine]
        centred = block - np.array(
            [np.average(block[own == pair], axis=0, weights=masses[own == pair]) for pair in own]
        )
        np.testing.assert_allclose(sums.grams[cell], centred.T @ (centred * masses[:, None]), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_columns_that_follow_the_periods_keep_their_digits(missing: float, grouped: bool) -> None:
    stream = draw_stream(COLUMNS, 4, missing)
    stream = drop_lone(draw_groups(stream) if grouped else stream)
    plain, _ = collect_moments(stream)
    place = next(place for place, column in enumerate(stream.columns) if column.rule == "sum")
    stack = stream.stack.copy()
    trend = 1e6 * np.arange(stream.n_periods)[:, None]
    stack[place] += trend if stream.present is None else trend * stream.present
    moved, _ = collect_moments(replace(stream, stack=stack))
    np.testing.assert_allclose(moved.gram, plain.gram, rtol=1e-7, atol=1e-7)
