"""Two passes over the pairs of a stream: Gram matrices, then scores. Rows are made a tile at a time.

With z the columns less their own mean in each pair (over the periods in which it is present, by weight), D the dummies
of the periods and W the weights, the pairs are eliminated exactly, and what is left of the periods is one system of
their number: N = D'W M D = diag(Σ_p w_p m_pt) − Σ_p w_p m_p m_p' / T_p, where m_p marks the T_p periods of pair p. So
x̃ = z − M D γ with γ = N⁺ D'W z, and X̃'WX̃ = Z'WZ − (D'WZ)' γ (Frisch and Waugh 1933; Guimarães and Portugal 2010).
N does not change a vector of equal numbers: one period is its ground. Where all pairs are present throughout, γ is the
mean of z by period.

The means by pair are not taken out of the rows but of their sums: Z'WZ is X'WX less the cross-products of the means.
Where little is left of a column that way, digits are lost, and a pass with means and γ taken out of the rows follows.
Scores need neither: Σ_t x̃ e is Σ_t (x − γ) e, since e sums to zero in every pair.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from econ.gram import multiply_rows
from econ.pair_columns import iterate_presence, iterate_tiles, name_members

if TYPE_CHECKING:
    from collections.abc import Iterator

    from econ.pair_columns import PairStream, Tile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_LOST = 1e-3  # where less is left of a column than this share of its squares, rounding shows
_KEPT_BYTES = 128_000_000  # of columns that the first pass keeps for the second
_GATHERED = 100_000  # pairs whose influences are summed to units at a time
_RANK = 1e-10  # an eigenvalue of N below this share of the largest is zero


@dataclass(frozen=True, slots=True)
class Moments:
    """What the first pass finds.

    Attributes
    ----------
    gram : (K, K)
        X̃'WX̃ of all columns, the effects taken out.
    effects : (K, T)
        γ: the periods' effects on each column.
    own : (K,)
        Weighted sums of squares of the columns about their means.
    rank : int
        Of N: coefficients of the periods beside those of the pairs.

    Columns stand in the order of the stream.
    """

    gram: FloatArray
    effects: FloatArray
    own: FloatArray
    rank: int


@dataclass(frozen=True, slots=True)
class Kept:
    """The tiles of the first pass, so that the second need not make them again.

    Attributes
    ----------
    tiles
        All of them. Their columns are less ``shift``, and may be less their means by pair.
    shift : (K, T)
        Part of the periods' effects.
    """

    tiles: tuple[Tile, ...]
    shift: FloatArray


@dataclass(frozen=True, slots=True)
class ScoreSums:
    """What the second pass finds; an influence is A x̃ w e, with A the inverse of X̃'WX̃.

    Attributes
    ----------
    by_pair : (k, k)
        Σ_d S_d S_d', with S_d the sum of the influences of pair d; S_i of unit i is the sum over its pairs.
    by_first, by_second : (n, k)
        Sums over the pairs whose first (second) member is the unit.
    by_row : (k, k) or None
        Σ s s' over the rows.
    absolute : (k,)
        Σ_d |S_d|.
    squares : float
        Σ w e².
    grams : (n, T + K, T + K) or None
        [D X̃ y]'W[D X̃ y] of each unit's pairs, pairs eliminated, for the jackknife.
    """

    by_pair: FloatArray
    by_first: FloatArray
    by_second: FloatArray
    by_row: FloatArray | None
    absolute: FloatArray
    squares: float
    grams: FloatArray | None


def collect_moments(stream: PairStream) -> tuple[Moments, Kept | None]:
    """Pass over the pairs once; once more, with more care, if pairs and periods explain so much that digits are lost.

    Columns that fit in some memory come back beside what was found.
    """
    moments, made_of, kept = _pass_moments(stream, np.zeros((len(stream.columns), stream.n_periods)), explicit=False)
    if (np.diag(moments.gram) < _LOST * made_of).any():
        own = moments.own
        moments, _, kept = _pass_moments(stream, moments.effects, explicit=True)
        moments = replace(moments, own=own)
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
    n_terms, n_columns = len(estimates), len(stream.columns)
    by_row = np.zeros((n_columns, n_columns))
    squares = 0.0
    size = stream.n_periods + n_columns
    by_unit = np.zeros((stream.n_units, size, size)) if grams else None
    contrast = np.zeros(n_columns)
    contrast[places] = np.append(-estimates, 1.0)
    weighting = np.zeros((n_terms, n_columns))
    weighting[:, places[:-1]] = bread
    sums = _InfluenceSums(n_terms, stream.n_units)
    explicit = rows or grams  # γ is subtracted from the rows of all columns, else from those of e and from sums
    for tile, effects in _iterate_within(stream, moments, kept, explicit=explicit):
        n_given = len(tile.columns)
        flat = tile.columns.reshape(n_given, -1)
        errors = (contrast[:n_given] @ flat).reshape(tile.columns.shape[1:])
        if not explicit:
            errors -= (contrast @ effects)[:, None]
            demean_columns(errors[None], tile.present)
        masses = errors if tile.weights is None else errors * tile.weights
        squares += float(np.vdot(errors, masses))
        scores = np.zeros((n_columns, len(tile.first)))
        np.einsum("ktp,tp->kp", tile.columns, masses, out=scores[:n_given])
        if not explicit:
            scores -= effects @ masses
        sums.add(weighting @ scores, tile)
        if rows:
            by_rows = flat * masses.ravel()
            by_row += by_rows @ by_rows.T
        if by_unit is not None:
            _add_grams(by_unit, tile, tile.columns)
    sums.finish()
    chosen = np.concatenate([np.arange(stream.n_periods), stream.n_periods + places])
    return ScoreSums(
        sums.by_pair,
        sums.by_first.T,
        sums.by_second.T,
        weighting @ by_row @ weighting.T if rows else None,
        sums.absolute,
        squares,
        None if by_unit is None else by_unit[:, chosen[:, None], chosen],
    )


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


def _iterate_within(
    stream: PairStream, moments: Moments, kept: Kept | None, *, explicit: bool
) -> Iterator[tuple[Tile, FloatArray]]:
    """Yield tiles, and the effects (K, T) still to be taken out; if ``explicit``, less these and the pairs' means."""
    shift = np.zeros_like(moments.effects) if kept is None else kept.shift
    left = moments.effects - shift
    for tile in iterate_tiles(stream) if kept is None else kept.tiles:
        if not explicit:
            yield tile, left
            continue
        whole = _widen(tile, len(left))
        whole.columns[:] -= left[:, :, None]
        demean_columns(whole.columns, whole.present)
        yield whole, left


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


def _pass_moments(stream: PairStream, shift: FloatArray, *, explicit: bool) -> tuple[Moments, FloatArray, Kept | None]:
    """Return what one pass finds, the squares of the columns that its sums are made of (K,), and its tiles.

    The columns are less ``shift`` (K, T). Their means by pair are taken out of the rows if ``explicit``, else of the
    Gram matrix, which is faster and exact as long as the means do not dwarf the rest.
    """
    n_columns, n_periods = shift.shape
    gram = np.zeros((n_columns, n_columns))
    between = np.zeros((n_columns, n_columns))
    sums, levels = np.zeros((2, n_columns, n_periods))
    normal = np.zeros((n_periods, n_periods))
    tiles: list[Tile] = []
    keep = 8 * shift.size * stream.n_pairs <= _KEPT_BYTES
    for tile in iterate_tiles(stream, keep=keep):
        tile = _widen(tile, n_columns) if explicit else tile
        columns, n_pairs = tile.columns, len(tile.first)
        given = slice(0, len(columns))
        weights = np.ones(n_pairs) if tile.weights is None else tile.weights
        if explicit:
            columns -= shift[:, :, None]
        means = demean_columns(columns, tile.present) if explicit else measure_means(columns, tile.present)
        weighted = columns if tile.weights is None else columns * np.sqrt(tile.weights)
        gram[given, given] += multiply_rows(weighted.reshape(len(columns), -1))
        sums[given] += (columns.reshape(-1, n_pairs) @ weights).reshape(-1, n_periods)
        if tile.present is None:
            counts = n_periods * weights
            normal += weights.sum() * (np.eye(n_periods) - 1 / n_periods)
            levels[given] += (means @ weights)[:, None]
        else:
            counts = tile.present.sum(axis=0) * weights
            normal += np.diag(tile.present @ weights) - (tile.present * (weights**2 / counts)) @ tile.present.T
            levels[given] += (means * weights) @ tile.present.T
        between[given, given] += (means * counts) @ means.T
        if keep:
            tiles.append(tile)
    if explicit:
        total, raw = sums + levels, np.diag(gram + between)
    else:
        total, raw = sums, np.diag(gram)
        sums, gram = sums - levels, gram - between
    inverse, rank = _invert_normal(normal)
    found = sums @ inverse
    moments = Moments(gram - found @ sums.T, shift + found, _measure_own(stream, shift, total, raw), rank)
    made_of = raw if not explicit else np.diag(gram)
    return moments, made_of, Kept(tuple(tiles), shift) if keep else None


def _measure_own(stream: PairStream, shift: FloatArray, sums: FloatArray, squares: FloatArray) -> FloatArray:
    """Return the sums of squares about the mean (K,) of columns whose sums and squares are those less ``shift``."""
    rows = count_rows(stream)
    total = (sums + shift * rows).sum(axis=1)
    raw = squares + 2 * (shift * sums).sum(axis=1) + (shift**2 * rows).sum(axis=1)
    own: FloatArray = np.maximum(raw - total**2 / rows.sum(), 1e-14 * raw)
    return own


def count_rows(stream: PairStream) -> FloatArray:
    """Return the weight of the rows of each period, (T,): their number, without weights."""
    weights = np.ones(stream.n_pairs) if stream.weights is None else stream.weights
    if stream.present is None:
        return np.full(stream.n_periods, weights.sum())
    counted = np.zeros(stream.n_periods)
    for pairs, present in iterate_presence(stream):
        counted += present @ weights[pairs]
    return counted


def _invert_normal(normal: FloatArray) -> tuple[FloatArray, int]:
    """Return N⁺ and the rank; what N does not change (equal numbers in all periods that pairs tie) stays zero."""
    values, vectors = np.linalg.eigh(normal)
    kept = values > _RANK * values.max()
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T), int(kept.sum())


def _add_grams(by_unit: FloatArray, tile: Tile, columns: FloatArray) -> None:
    """Add each pair's [D X̃ y]'W[D X̃ y] to that of both its members."""
    n_columns, n_periods, n_pairs = columns.shape
    weights = np.ones(n_pairs) if tile.weights is None else tile.weights
    members = np.column_stack([tile.first, tile.second]).ravel()
    units, codes = np.unique(members, return_inverse=True)
    pointers = np.arange(0, 2 * n_pairs + 1, 2)
    incidence = sparse.csr_array(
        (np.repeat(weights, 2), codes, pointers), shape=(n_pairs, len(units))
    ).T.tocsr()  # units × pairs
    for row in range(n_columns):
        weighted = incidence @ np.ascontiguousarray(columns[row].T)
        by_unit[units, :n_periods, n_periods + row] += weighted
        by_unit[units, n_periods + row, :n_periods] += weighted
    products = np.array(
        [np.einsum("tp,tp->p", columns[row], columns[column]) for row in range(n_columns) for column in range(row + 1)]
    )
    summed = incidence @ np.ascontiguousarray(products.T)
    rows, places = np.tril_indices(n_columns)
    by_unit[units[:, None], n_periods + rows, n_periods + places] += summed
    off = rows != places
    by_unit[units[:, None], n_periods + places[off], n_periods + rows[off]] += summed[:, off]
    _add_normals(by_unit, units, incidence, tile, n_periods)


def _add_normals(
    by_unit: FloatArray, units: NDArray[np.intp], incidence: sparse.csr_array, tile: Tile, n_periods: int
) -> None:
    """Add each pair's D'W M D to that of both its members."""
    if tile.present is None:
        masses = np.asarray(incidence.sum(axis=1)).ravel()
        by_unit[units, :n_periods, :n_periods] += masses[:, None, None] * (np.eye(n_periods) - 1 / n_periods)
        return
    present = tile.present.T
    shares = present / present.sum(axis=1, keepdims=True)
    for period in range(n_periods):
        own = -shares[:, [period]] * present
        own[:, period] += present[:, period]
        by_unit[units, period, :n_periods] += incidence @ own
