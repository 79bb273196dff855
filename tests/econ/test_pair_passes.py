from dataclasses import replace

import numpy as np
import pytest

from econ.pair_columns import Column, PairStream, iterate_tiles
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
    weights = np.ones(stream.n_pairs) if stream.weights is None else stream.weights
    return values[:, here].T, weights[pairs[here]], pairs[here], periods[here]


def drop_lone(stream: PairStream) -> PairStream:
    """Without pairs that are never there."""
    if stream.present is None:
        return stream
    kept = (stream.present[:, stream.first] & stream.present[:, stream.second]).sum(axis=0) > 0
    return replace(
        stream,
        first=stream.first[kept],
        second=stream.second[kept],
        pair_values=stream.pair_values[:, kept],
        designated_first=None,
        weights=None if stream.weights is None else stream.weights[kept],
    )


def residualize(rows: np.ndarray, weights: np.ndarray, pairs: np.ndarray, periods: np.ndarray) -> np.ndarray:
    dummies = np.column_stack([pairs[:, None] == np.unique(pairs), periods[:, None] == np.unique(periods)]).astype(
        float
    )
    root = np.sqrt(weights)[:, None]
    return rows - dummies @ np.linalg.lstsq(dummies * root, rows * root, rcond=None)[0]


@pytest.mark.parametrize(("missing", "weighted"), CASES)
def test_both_passes_equal_a_dense_regression_with_dummies(missing: float, weighted: bool) -> None:
    stream = drop_lone(draw_stream(COLUMNS, 3, missing, weighted))
    rows, weights, pairs, periods = spread(stream)
    within = residualize(rows, weights, pairs, periods)
    moments, kept = collect_moments(stream)
    np.testing.assert_allclose(moments.gram, within.T @ (within * weights[:, None]), rtol=1e-11, atol=1e-11)
    means = np.average(rows, axis=0, weights=weights)
    np.testing.assert_allclose(moments.own, weights @ (rows - means) ** 2, rtol=1e-11)
    dummies = np.column_stack([pairs[:, None] == np.unique(pairs), periods[:, None] == np.unique(periods)])
    assert moments.rank + stream.n_pairs == np.linalg.matrix_rank(dummies.astype(float))

    outcome = next(place for place, column in enumerate(stream.columns) if column.rule == "cerqueira_martins")
    places = np.array([*(place for place in reversed(range(len(COLUMNS))) if place != outcome), outcome])
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
        sums = collect_scores(stream, moments, places, estimates, bread, tiles, rows=rows_too, grams=grams_too)
        np.testing.assert_allclose(sums.by_pair, by_pair.T @ by_pair, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(sums.absolute, np.abs(by_pair).sum(axis=0), rtol=1e-9)
        assert sums.squares == pytest.approx(weights @ errors**2, rel=1e-10)
        for found, members in ((sums.by_first, stream.first), (sums.by_second, stream.second)):
            wanted = [by_pair[members == unit].sum(axis=0) for unit in range(stream.n_units)]
            np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-14)
        assert (sums.by_row is None, sums.grams is None) == (not rows_too, not grams_too)
    np.testing.assert_allclose(sums.by_row, influences.T @ influences, rtol=1e-9, atol=1e-15)

    period_dummies = (periods[:, None] == np.arange(stream.n_periods)).astype(float)
    whole = np.column_stack([period_dummies, within[:, places]])
    for unit in range(stream.n_units):
        mine = (stream.first[pairs] == unit) | (stream.second[pairs] == unit)
        block, masses, own = whole[mine], weights[mine], pairs[mine]
        centred = block - np.array(
            [np.average(block[own == pair], axis=0, weights=masses[own == pair]) for pair in own]
        )
        np.testing.assert_allclose(sums.grams[unit], centred.T @ (centred * masses[:, None]), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_columns_that_follow_the_periods_keep_their_digits(missing: float) -> None:
    stream = drop_lone(draw_stream(COLUMNS, 4, missing))
    plain, _ = collect_moments(stream)
    place = next(place for place, column in enumerate(stream.columns) if column.rule == "sum")
    stack = stream.stack.copy()
    trend = 1e6 * np.arange(stream.n_periods)[:, None]
    stack[place] += trend if stream.present is None else trend * stream.present
    moved, _ = collect_moments(replace(stream, stack=stack))
    np.testing.assert_allclose(moved.gram, plain.gram, rtol=1e-7, atol=1e-7)
