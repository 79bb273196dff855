"""The effects a_it + a_jt of the two members of a pair: the system of the units' effects of the periods.

With Q = Σ w (e_i + e_j)(e_i + e_j)' over the pairs, e_i the unit vectors, the system is that of Q in each period where
all pairs are present throughout, since what is left of a column sums to zero in each pair. Else it is one of all units
and periods. With m (n, T) where units are present, and u = w m_it m_jt for the pair of i and j, it turns effects γ into

    (N γ)_it = Σ_j u (γ_it + γ_jt − ȳ_ij),  ȳ_ij = Σ_s m_is m_js (γ_is + γ_js) / Σ_s m_is m_js,

which is a few products of matrices of units × units and units × periods. A small system is solved on as many of its
rows as are independent, by Cholesky with pivots; a large one by conjugate gradients, with Q in each period, which is
the solution without gaps, to precondition it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import linalg

from econ.errors import FitError

if TYPE_CHECKING:
    from econ.pair_columns import PairStream

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

DENSE_LEVELS = 500
"""Up to this many units × periods the system is solved directly."""

_RANK = 1e-10  # a pivot below this share of a row's own is zero
_RIDGE = 1e-3  # of the diagonal: Q is singular where all pairs join two sets of units
_REACH = 1e-14  # of the sums: so small the residual shall be
_ENOUGH = 1e-11  # and so small it must be
_NOISE = 1e-15  # of what was taken out before: sums below this share of it are rounding
_ITERATIONS = 500


class NodeSystem(Protocol):
    """The system of the units' effects of the periods."""

    @property
    def rank(self) -> int:
        """Coefficients of the effects beside those of the pairs."""

    def solve(self, sums: FloatArray, taken: FloatArray) -> FloatArray:
        """Return the effects γ of the sums D'Wz, both (n, K, T), of columns less the effects ``taken`` (n, K, T)."""


def build_nodes(stream: PairStream) -> NodeSystem:
    """Return the system of the units' effects of the periods."""
    weights = np.zeros((stream.n_units, stream.n_units))
    weights[stream.first, stream.second] = 1.0 if stream.weights is None else stream.weights
    weights += weights.T
    if stream.present is None:
        return _factorize(_add_own(weights), stream.n_periods, balanced=True)
    present = stream.present.T.astype(np.float64)
    present *= weights @ present > 0
    if present.size > DENSE_LEVELS:
        return _IterativeSystem(weights, present)
    return _factorize(_build_dense(weights, present), stream.n_periods, balanced=False)


@dataclass(frozen=True, slots=True)
class _DirectSystem:
    """A system that is factorized.

    Attributes
    ----------
    factor : (r, r)
        Upper Cholesky factor of its independent rows, divided by their lengths.
    places : (r,)
        These rows, among units × periods, or units where all pairs are present throughout.
    lengths
        Square roots of the diagonal.
    n_periods
        T.
    balanced
        Whether all pairs are present throughout.
    """

    factor: FloatArray
    places: IntArray
    lengths: FloatArray
    n_periods: int
    balanced: bool

    @property
    def rank(self) -> int:
        return len(self.places) * (self.n_periods - 1 if self.balanced else 1)

    def solve(self, sums: FloatArray, _: FloatArray) -> FloatArray:
        n_units, n_columns, n_periods = sums.shape
        rows = sums if self.balanced else sums.transpose(0, 2, 1)
        rows = rows.reshape(len(self.lengths), -1) / self.lengths[:, None]
        found = np.zeros_like(rows)
        found[self.places] = linalg.cho_solve((self.factor, False), rows[self.places])
        found /= self.lengths[:, None]
        if self.balanced:
            return found.reshape(n_units, n_columns, n_periods)
        return np.asarray(found.reshape(n_units, n_periods, n_columns).transpose(0, 2, 1))


def _factorize(matrix: FloatArray, n_periods: int, *, balanced: bool) -> _DirectSystem:
    """Return the factorized system of a matrix, which is overwritten."""
    lengths = _find_lengths(matrix)
    matrix /= lengths
    matrix /= lengths[:, None]
    factor, pivots, rank, _ = linalg.lapack.dpstrf(matrix.T, tol=_RANK, overwrite_a=1)
    independent = np.asarray(pivots[:rank], dtype=np.intp) - 1
    return _DirectSystem(np.triu(factor[:rank, :rank]), independent, lengths, n_periods, balanced)


def _find_lengths(matrix: FloatArray) -> FloatArray:
    lengths: FloatArray = np.sqrt(np.diag(matrix))
    lengths[lengths == 0] = 1.0
    return lengths


def _add_own(weights: FloatArray) -> FloatArray:
    """Return Q, given the weights of the pairs (n, n)."""
    return weights + np.diag(weights.sum(axis=0))


def _build_dense(weights: FloatArray, present: FloatArray) -> FloatArray:
    """Return N, (n T, n T)."""
    n_units, n_periods = present.shape
    here = present[:, None] * present
    shares = here / np.maximum(here.sum(axis=2, keepdims=True), 1.0)
    blocks = here[..., None] * (np.eye(n_periods) - shares[:, :, None])
    blocks *= weights[:, :, None, None]
    units = np.arange(n_units)
    matrix = blocks.transpose(0, 2, 1, 3).copy()
    matrix[units, :, units] = blocks.sum(axis=1)
    return np.asarray(matrix.reshape(n_units * n_periods, -1))


class _IterativeSystem:
    """A system that is solved by conjugate gradients; ``weights`` (n, n) of the pairs, ``present`` (n, T)."""

    def __init__(self, weights: FloatArray, present: FloatArray) -> None:
        self._weights, self._present = weights, present
        self._degrees = present * (weights @ present)
        self._shares = weights / np.maximum(present @ present.T, 1.0)
        own = _add_own(weights)
        self._lengths = _find_lengths(own)
        own /= np.outer(self._lengths, self._lengths)
        self._factor = linalg.cho_factor(own + _RIDGE * np.eye(len(own)))

    @property
    def rank(self) -> int:
        """Levels less one a unit, whose equal effects in all periods are those of its pairs."""
        return int(self._present.sum()) - int(self._present.any(axis=1).sum())

    def solve(self, sums: FloatArray, taken: FloatArray) -> FloatArray:
        """Solve for all columns at once.

        Raises
        ------
        FitError
            If the iterations do not get close enough.
        """
        length = _measure(sums)
        noise = _NOISE * _measure(self._apply(taken))
        solution = np.zeros_like(sums)
        residual = sums * self._present[:, None]
        direction = self._precondition(residual)
        power = _multiply(residual, direction)
        for _ in range(_ITERATIONS):
            if (_measure(residual) <= _REACH * length + noise).all():
                break
            image = self._apply(direction)
            curvature = _multiply(direction, image)
            step = np.divide(power, curvature, out=np.zeros_like(power), where=curvature > 0)[:, None]
            solution += step * direction
            residual -= step * image
            scaled = self._precondition(residual)
            previous, power = power, _multiply(residual, scaled)
            turn = np.divide(power, previous, out=np.zeros_like(power), where=previous > 0)[:, None]
            direction = scaled + turn * direction
        if (_measure(residual) > _ENOUGH * length + noise).any():
            raise FitError(
                f"node^period could not be absorbed to a relative {_ENOUGH:g}: too few pairs tie the units' periods "
                "together, or the weights differ by too many orders of magnitude. Leave units with many missing values "
                "out."
            )
        return solution

    def _apply(self, effects: FloatArray) -> FloatArray:
        """Return N γ of effects (n, K, T) that are zero where units are absent."""
        image = np.empty_like(effects)
        for column in range(effects.shape[1]):
            own = effects[:, column]
            means = own @ self._present.T
            means = (means + means.T) * self._shares
            image[:, column] = self._degrees * own + self._present * (self._weights @ own - means @ self._present)
        return image

    def _precondition(self, residual: FloatArray) -> FloatArray:
        flat = residual.reshape(len(residual), -1) / self._lengths[:, None]
        solved = linalg.cho_solve(self._factor, flat) / self._lengths[:, None]
        return np.asarray(solved.reshape(residual.shape) * self._present[:, None])


def _measure(columns: FloatArray) -> FloatArray:
    """Return the lengths of the columns of (n, K, T), (K,)."""
    return np.sqrt(_multiply(columns, columns))


def _multiply(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the products of the columns of (n, K, T), (K,)."""
    return np.asarray(np.einsum("nkt,nkt->k", one, other))
