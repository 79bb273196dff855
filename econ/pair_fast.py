"""The two passes of :mod:`econ.pair_passes` by compiled loops, for pairs that are all present in all periods.

The pairs have the effects of the periods in common, and tiles are small enough to stay in the cache while loop after
loop goes over them. Means by pair are taken out of the rows at once, so that no digits are lost to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.compiled import compile_loop
from econ.pair_columns import iterate_tiles, name_members
from econ.pair_loops import JOINED, add_products, score_pairs, sum_by_unit, take_means
from econ.pair_sums import Moments, ScoreSums

if TYPE_CHECKING:
    from econ.pair_columns import PairStream, Tile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


def prefer_loops(stream: PairStream) -> bool:
    """Tell whether compiled loops can and should pass over the pairs; asking counts as a pass."""
    plain = stream.present is None and stream.groups is None and not stream.by_node
    return plain and JOINED.prefer_loops(stream.n_pairs * stream.n_periods * len(stream.columns))


def sum_moments(stream: PairStream) -> Moments:
    """Return what the first pass finds; its sums are made of the squares within pairs."""
    n_columns, n_periods = len(stream.columns), stream.n_periods
    gram = np.zeros((n_columns, n_columns))
    sums = np.zeros((n_columns, n_periods))
    by_pair, squares_by_pair = np.zeros((2, n_columns))
    n_rows = 0.0
    demean, multiply = compile_loop(take_means, reorder=True), compile_loop(add_products, reorder=True)
    for tile in iterate_tiles(stream, in_loops=True):
        given = slice(0, len(tile.columns))
        weights = _find_weights(tile)
        means = np.empty((len(tile.columns), len(weights)))
        demean(tile.columns, weights, means, sums)
        if tile.weights is not None:
            tile.columns[:] *= np.sqrt(weights)
        multiply(tile.columns, gram)
        by_pair[given] += means @ weights
        squares_by_pair[given] += means**2 @ weights
        n_rows += n_periods * float(weights.sum())
    gram += np.tril(gram, -1).T
    within = np.diag(gram).copy()
    between = n_periods * squares_by_pair
    own = within + np.maximum(between - (n_periods * by_pair) ** 2 / n_rows, 1e-14 * between)
    effects = sums * (n_periods / n_rows)
    gram -= effects @ sums.T
    return Moments(gram, effects[:, :, None], own, within, n_periods - 1)


def sum_scores(
    stream: PairStream, moments: Moments, places: IntArray, estimates: FloatArray, bread: FloatArray
) -> ScoreSums:
    """Return what the second pass finds but for rows and units' Gram matrices; parameters as ``collect_scores``."""
    n_terms, n_columns = len(estimates), len(stream.columns)
    contrast = np.zeros(n_columns)
    contrast[places] = np.append(-estimates, 1.0)
    weighting = np.zeros((n_terms, n_columns))
    weighting[:, places[:-1]] = bread
    effects = np.ascontiguousarray(moments.effects[:, :, 0])
    by_pair = np.zeros((n_terms, n_terms))
    by_first, by_second = np.zeros((2, n_terms, stream.n_units))
    absolute = np.zeros(n_terms)
    squares = 0.0
    score, multiply = compile_loop(score_pairs, reorder=True), compile_loop(add_products, reorder=True)
    gather = compile_loop(sum_by_unit)
    for tile in iterate_tiles(stream, in_loops=True):
        _, n_periods, n_pairs = tile.columns.shape
        errors, scores = np.empty((n_periods, n_pairs)), np.empty((n_columns, n_pairs))
        squares += score(tile.columns, _find_weights(tile), contrast, effects, errors, scores)
        influences = weighting @ scores
        multiply(influences[:, None], by_pair)
        absolute += np.abs(influences).sum(axis=1)
        first, second = name_members(tile.first, tile.second, tile.turned)
        gather(influences, first, by_first)
        gather(influences, second, by_second)
    by_pair += np.tril(by_pair, -1).T
    return ScoreSums(by_pair, by_first.T, by_second.T, None, absolute, squares, None)


def _find_weights(tile: Tile) -> FloatArray:
    return np.ones(len(tile.first)) if tile.weights is None else tile.weights
