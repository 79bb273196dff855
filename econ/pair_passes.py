"""Two passes over the pairs of a stream: Gram matrices, then scores. Rows are made a tile at a time.

With z the columns less their own mean in each pair (over the periods in which it is present, by weight), D the dummies
of the periods and W the weights, the pairs are eliminated exactly, and what is left of the periods is one system of
their number: N = D'W M D = diag(Σ_p w_p m_pt) − Σ_p w_p m_p m_p' / T_p, where m_p marks the T_p periods of pair p. So
x̃ = z − M D γ with γ = N⁺ D'W z, and X̃'WX̃ = Z'WZ − (D'WZ)' γ (Frisch and Waugh 1933; Guimarães and Portugal 2010).
N does not change a vector of equal numbers: one period is its ground. Where all pairs are present throughout, γ is the
mean of z by period. Where groups of pairs have period effects of their own, N has one block a group, since a pair is in
one group: γ, D'Wz and N are those of each group (:mod:`econ.pair_effects`). Units may have them too, and a pair the sum
of its members' (:mod:`econ.pair_nodes`).

The means by pair are not taken out of the rows but of their sums: Z'WZ is X'WX less the cross-products of the means.
Where little is left of a column that way, digits are lost, and a pass with means and γ taken out of the rows follows.
Scores need neither: Σ_t x̃ e is Σ_t (x − γ) e, since e sums to zero in every pair.

NumPy does all that. Where there is much to do and numba is installed, compiled loops do the plain case
(:mod:`econ.pair_fast`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from econ.gram import multiply_rows
from econ.pair_columns import iterate_tiles, name_members
from econ.pair_effects import invert_normals, list_cells, spread_groups, sum_groups
from econ.pair_fast import prefer_loops, sum_moments, sum_scores
from econ.pair_nodes import build_nodes
from econ.pair_sums import Moments, ScoreSums

if TYPE_CHECKING:
    from collections.abc import Iterator

    from econ.pair_columns import PairStream, Tile
    from econ.pair_nodes import NodeSystem

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_LOST = 1e-3  # where less is left of a column than this share of its squares, rounding shows
_KEPT_BYTES = 128_000_000  # of columns that the first pass keeps for the second
_GATHERED = 100_000  # pairs whose influences are summed to units at a time


@dataclass(frozen=True, slots=True)
class Kept:
    """The tiles of the first pass, so that the second need not make them again.

    Attributes
    ----------
    tiles
        All of them. Their columns are less ``shift``, and may be less their means by pair.
    shift : (K, T, G)
        Part of the periods' effects.
    """

    tiles: tuple[Tile, ...]
    shift: FloatArray


def collect_moments(stream: PairStream) -> tuple[Moments, Kept | None]:
    """Pass over the pairs once; once more, with more care, if pairs and periods explain so much that digits are lost.

    Columns that fit in some memory come back beside what was found, unless compiled loops would make them as fast.
    """
    if prefer_loops(stream):
        moments = sum_moments(stream)
        if (np.diag(moments.gram) >= _LOST * moments.within).all():
            return moments, None
    nothing = np.zeros((len(stream.columns), stream.n_periods, stream.n_groups))
    nodes = build_nodes(stream) if stream.by_node else None
    moments, made_of, kept = _pass_moments(stream, nothing, nodes, explicit=False)
    if (np.diag(moments.gram) < _LOST * made_of).any():
        own, within = moments.own, moments.within
        moments, _, kept = _pass_moments(stream, moments.effects, nodes, explicit=True)
        moments = replace(moments, own=own, within=within)
    return moments, kept


def collect_scores(
    stream: PairStream,
    moments: Moments,
    places: IntArray,
    estimates: FloatArray,
    bread: FloatArray,
    kept: Kept | None = None,
    *,
    rows: bool = False,
    grams: bool = False,
) -> ScoreSums:
    """Pass over the pairs again.

    Parameters
    ----------
    stream, moments
        The pairs, and what the first pass found.
    places : (k + 1,)
        Where the regressors that are kept and, last, the outcome stand among the columns.
    estimates, bread : (k,) and (k, k)
        Coefficients and A.
    kept
        What the first pass kept, if it did; it cannot be used again.
    rows, grams
        Whether to collect ``by_row`` and ``grams``.
    """
    if kept is None and not rows and not grams and prefer_loops(stream):
        return sum_scores(stream, moments, places, estimates, bread)
    n_terms, n_columns = len(estimates), len(stream.columns)
    by_row = np.zeros((n_columns, n_columns))
    squares = 0.0
    size = stream.n_periods + n_columns
    cells = list_cells(stream) if grams else None
    by_cell = None if cells is None else np.zeros((len(cells[0]), size, size))
    contrast = np.zeros(n_columns)
    contrast[places] = np.append(-estimates, 1.0)
    weighting = np.zeros((n_terms, n_columns))
    weighting[:, places[:-1]] = bread
    sums = _InfluenceSums(n_terms, stream.n_units)
    explicit = rows or grams  # γ is subtracted from the rows of all columns, else from those of e and from sums
    effects = moments.effects if kept is None else moments.effects - kept.shift
    of_errors = np.tensordot(contrast, effects, 1)
    for tile in _iterate_within(stream, effects, kept, explicit=explicit):
        n_given = len(tile.columns)
        flat = tile.columns.reshape(n_given, -1)
        errors = (contrast[:n_given] @ flat).reshape(tile.columns.shape[1:])
        if not explicit:
            errors -= spread_groups(of_errors, tile)
            demean_columns(errors[None], tile.present)
        masses = errors if tile.weights is None else errors * tile.weights
        squares += float(np.vdot(errors, masses))
        scores = np.zeros((n_columns, len(tile.first)))
        np.einsum("ktp,tp->kp", tile.columns, masses, out=scores[:n_given])
        if not explicit:
            scores -= _sum_effects(effects, masses, tile)
        sums.add(weighting @ scores, tile)
        if rows:
            by_rows = flat * masses.ravel()
            by_row += by_rows @ by_rows.T
        if by_cell is not None and cells is not None:
            _add_grams(by_cell, cells, tile, stream.n_groups)
    sums.finish()
    chosen = np.concatenate([np.arange(stream.n_periods), stream.n_periods + places])
    return ScoreSums(
        sums.by_pair,
        sums.by_first.T,
        sums.by_second.T,
        weighting @ by_row @ weighting.T if rows else None,
        sums.absolute,
        squares,
        None if by_cell is None else by_cell[:, chosen[:, None], chosen],
    )


def _sum_effects(effects: FloatArray, masses: FloatArray, tile: Tile) -> FloatArray:
    """Return Σ_t γ w e of each pair, (K, p), from the effects (K, T, G) and w e (T, p)."""
    if tile.groups is None and not tile.by_node:
        return np.asarray(effects[:, :, 0] @ masses)
    return np.asarray(np.einsum("ktp,tp->kp", spread_groups(effects, tile), masses))


class _InfluenceSums:
    """Sums influences of pairs to units, many tiles at a time."""

    def __init__(self, n_terms: int, n_units: int) -> None:
        self.by_pair = np.zeros((n_terms, n_terms))
        self.by_first, self.by_second = np.zeros((2, n_terms, n_units))
        self.absolute = np.zeros(n_terms)
        self._gathered: list[tuple[FloatArray, IntArray, IntArray]] = []
        self._n_gathered = 0

    def add(self, influences: FloatArray, tile: Tile) -> None:
        """Add those of a tile, (k, p)."""
        self._gathered.append((influences, *name_members(tile.first, tile.second, tile.turned)))
        self._n_gathered += len(tile.first)
        if self._n_gathered >= _GATHERED:
            self.finish()

    def finish(self) -> None:
        """Add what has been gathered to the sums."""
        if not self._gathered:
            return
        influences, first, second = (np.concatenate(parts, axis=-1) for parts in zip(*self._gathered, strict=True))
        self.by_pair += influences @ influences.T
        self.absolute += np.abs(influences).sum(axis=1)
        for sums, members in ((self.by_first, first), (self.by_second, second)):
            for term, influence in zip(sums, influences, strict=True):
                term += np.bincount(members, influence, len(term))
        self._gathered.clear()
        self._n_gathered = 0


def _iterate_within(stream: PairStream, effects: FloatArray, kept: Kept | None, *, explicit: bool) -> Iterator[Tile]:
    """Yield tiles; if ``explicit``, less the effects (K, T, G) that are still in them, and the pairs' means."""
    for tile in iterate_tiles(stream) if kept is None else kept.tiles:
        if not explicit:
            yield tile
            continue
        whole = _widen(tile, len(effects))
        whole.columns[:] -= spread_groups(effects, whole)
        demean_columns(whole.columns, whole.present)
        yield whole


def _widen(tile: Tile, n_columns: int) -> Tile:
    """Return a tile with all columns, the ones that are zero too."""
    if len(tile.columns) == n_columns:
        return tile
    columns = np.zeros((n_columns, *tile.columns.shape[1:]))
    columns[: len(tile.columns)] = tile.columns
    return replace(tile, columns=columns)


def measure_means(columns: FloatArray, present: FloatArray | None) -> FloatArray:
    """Return the pairs' means of (K, T, p), (K, p); absent rows are 0."""
    means: FloatArray = np.ones(columns.shape[1]) @ columns
    means /= columns.shape[1] if present is None else present.sum(axis=0)
    return means


def demean_columns(columns: FloatArray, present: FloatArray | None) -> FloatArray:
    """Take the pairs' means out of (K, T, p), in place, and return them; absent rows become 0."""
    if present is not None:
        columns *= present
    means = measure_means(columns, present)
    columns -= means[:, None, :]
    if present is not None:
        columns *= present
    return means


def _pass_moments(
    stream: PairStream, shift: FloatArray, nodes: NodeSystem | None, *, explicit: bool
) -> tuple[Moments, FloatArray, Kept | None]:
    """Return what one pass finds, the squares of the columns that its sums are made of (K,), and its tiles.

    The columns are less ``shift`` (K, T, G). Their means by pair are taken out of the rows if ``explicit``, else of the
    Gram matrix, which is faster and exact as long as the means do not dwarf the rest. ``own`` and ``within`` are those
    of the columns as given where ``shift`` is zero and not ``explicit``.
    """
    n_columns, n_periods, n_groups = shift.shape
    gram = np.zeros((n_columns, n_columns))
    between = np.zeros((n_columns, n_columns))
    sums, levels = np.zeros((2, n_groups, n_columns, n_periods))
    normals = np.zeros((n_groups, n_periods, n_periods) if nodes is None else (0, n_periods, n_periods))
    n_rows = 0.0
    tiles: list[Tile] = []
    keep = 8 * n_columns * n_periods * stream.n_pairs <= _KEPT_BYTES
    for tile in iterate_tiles(stream, keep=keep):
        tile = _widen(tile, n_columns) if explicit else tile
        columns = tile.columns
        given = slice(0, len(columns))
        groups = sum_groups(tile)
        weights = groups.weights
        if explicit:
            columns -= spread_groups(shift, tile)
        means = demean_columns(columns, tile.present) if explicit else measure_means(columns, tile.present)
        weighted = columns if tile.weights is None else columns * np.sqrt(tile.weights)
        gram[given, given] += multiply_rows(weighted.reshape(len(columns), -1))
        groups.add(sums[:, given], columns)
        if nodes is None:
            groups.add_normals(normals, tile.present)
        if tile.present is None:
            counts = n_periods * weights
            groups.add(levels[:, given, 0], means)
        else:
            counts = tile.present.sum(axis=0) * weights
            groups.add_present(levels[:, given], means, tile.present)
        between[given, given] += (means * counts) @ means.T
        n_rows += float(counts.sum())
        if keep:
            tiles.append(tile)
    if stream.present is None:
        levels[:] = levels[:, :, :1]
    made_of = np.diag(gram).copy()
    total = sums.sum(axis=(0, 2)) / (1 if nodes is None else 2)  # each row is among those of both members
    own = np.maximum(made_of - total**2 / n_rows, 1e-14 * made_of)
    if not explicit:
        sums, gram = sums - levels, gram - between
    within = np.diag(gram).copy()
    if nodes is None:
        inverses, rank = invert_normals(normals)
        found = sums @ inverses
    else:
        found, rank = nodes.solve(sums, shift.transpose(2, 0, 1)), nodes.rank
    gram -= np.tensordot(found, sums, ((0, 2), (0, 2)))
    moments = Moments(gram, shift + found.transpose(1, 2, 0), own, within, rank)
    return moments, made_of, Kept(tuple(tiles), shift) if keep else None


def _add_grams(by_cell: FloatArray, cells: tuple[IntArray, IntArray], tile: Tile, n_groups: int) -> None:
    """Add each pair's [D X̃ y]'W[D X̃ y] to that of both its members, in the pair's group."""
    columns = tile.columns
    n_columns, n_periods, n_pairs = columns.shape
    weights = np.ones(n_pairs) if tile.weights is None else tile.weights
    members = np.column_stack([tile.first, tile.second])
    keys = members if tile.groups is None else members * n_groups + tile.groups[:, None]
    found, codes = np.unique(keys, return_inverse=True)
    codes = codes.ravel()
    places: IntArray = found
    if tile.groups is not None:
        places = np.asarray(np.searchsorted(cells[0] * n_groups + cells[1], found))
    pointers = np.arange(0, 2 * n_pairs + 1, 2)
    incidence = sparse.csr_array(
        (np.repeat(weights, 2), codes, pointers), shape=(n_pairs, len(found))
    ).T.tocsr()  # cells × pairs
    for row in range(n_columns):
        weighted = incidence @ np.ascontiguousarray(columns[row].T)
        by_cell[places, :n_periods, n_periods + row] += weighted
        by_cell[places, n_periods + row, :n_periods] += weighted
    products = np.array(
        [np.einsum("tp,tp->p", columns[row], columns[column]) for row in range(n_columns) for column in range(row + 1)]
    )
    summed = incidence @ np.ascontiguousarray(products.T)
    rows, others = np.tril_indices(n_columns)
    by_cell[places[:, None], n_periods + rows, n_periods + others] += summed
    off = rows != others
    by_cell[places[:, None], n_periods + others[off], n_periods + rows[off]] += summed[:, off]
    _add_normals(by_cell, places, incidence, tile, n_periods)


def _add_normals(
    by_cell: FloatArray, places: IntArray, incidence: sparse.csr_array, tile: Tile, n_periods: int
) -> None:
    """Add each pair's D'W M D to that of both its members."""
    if tile.present is None:
        masses = np.asarray(incidence.sum(axis=1)).ravel()
        by_cell[places, :n_periods, :n_periods] += masses[:, None, None] * (np.eye(n_periods) - 1 / n_periods)
        return
    present = tile.present.T
    shares = present / present.sum(axis=1, keepdims=True)
    for period in range(n_periods):
        own = -shares[:, [period]] * present
        own[:, period] += present[:, period]
        by_cell[places, period, :n_periods] += incidence @ own
