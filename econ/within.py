"""What is left of columns once fixed effects are absorbed, exactly: closed form where there is one, else iterated.

With D the dummies of the effects and W the weights the residual of x is x − D (D'WD)⁺ D'W x. The dummies of the effect
with the most levels are eliminated first, by weighted group means (M x = x − mean by group): the rest of the normal
equations is the Schur complement S = D₂'W M D₂, with one row a level of the other effects. A dense S is inverted on its
range, which leaves out the directions that the effects share, component by component; a large one is solved by
conjugate gradients (the problem: Guimarães and Portugal 2010, Correia 2016). Either way what is left is projected again
until it is orthogonal to every dummy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from econ.codes import are_different
from econ.errors import FitError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

DENSE_LEVELS = 500
"""Up to this many levels beside the eliminated effect the Schur complement is dense."""

_TOLERANCE = 1e-13  # of the cosine between a residual and the dummies, relative to the column without the first effect
_FLOOR = 2e-15  # of the same, relative to the raw column: what rounding leaves
_RANK = 1e-11  # eigenvalues of the Schur complement of dummies of unit length below this are zero
_PASSES = 10
_ITERATIONS = 2_000
_BLOCK = 16_384  # rows whose temporaries stay in the cache


@dataclass(frozen=True, slots=True)
class Effect:
    """A fixed effect: one dummy a level.

    Attributes
    ----------
    name
        As in ``absorb``: "pair", "period", "node^period".
    codes
        (n,) levels 0 … n_levels − 1; or (n, 2) for an effect of two members, a_i + a_j, which share one numbering.
    n_levels
        Every level has at least one row.
    """

    name: str
    codes: IntArray
    n_levels: int


def keep_rows(effect: Effect, rows: NDArray[np.bool_] | IntArray) -> Effect:
    """Return the effect on some rows (a mask, or their places), without the levels that are gone."""
    codes = effect.codes[rows]
    left = np.zeros(effect.n_levels, dtype=bool)
    left[codes] = True
    numbers = np.cumsum(left, dtype=np.intp) - 1
    return Effect(effect.name, numbers[codes], int(left.sum()))


@dataclass(frozen=True, slots=True)
class _Grid:
    """Rows that have one of each combination of the levels of two effects.

    Attributes
    ----------
    shape
        Levels of either effect.
    places : (n,) or None
        Of the rows in the grid; None: they stand in its order.
    """

    shape: tuple[int, int]
    places: IntArray | None

    def residualize(self, columns: Sequence[FloatArray] | FloatArray) -> FloatArray:
        """Return k columns (n,) less the means of both effects, orthogonal once the grand mean is out, as (n, k)."""
        residuals = np.empty((len(columns), self.shape[0] * self.shape[1]))
        for column, target in zip(columns, residuals, strict=True):
            grid = target.reshape(self.shape)
            if self.places is None:
                given = column.reshape(self.shape)
            else:
                target[self.places] = column
                given = grid
            means = given @ np.full(self.shape[1], 1 / self.shape[1])
            np.subtract(given.ravel(), np.repeat(means, self.shape[1]), out=target)
            _subtract_pattern(target, np.full(self.shape[0], 1 / self.shape[0]) @ grid)
            if self.places is not None:
                target[:] = target[self.places]
        return residuals.T


class Absorber:
    """Takes fixed effects out of columns.

    Parameters
    ----------
    effects
        None or more; they may overlap, and their dummies may be collinear.
    weights
        (n,) positive, or None.

    Attributes
    ----------
    n_coefficients
        Rank of the dummies; where S is not dense, all levels less one for each effect after the first.
    """

    def __init__(self, effects: Sequence[Effect], weights: FloatArray | None = None) -> None:
        self._effects = tuple(effects)
        self._weights = None if weights is None else weights[:, None]
        self._first = choose_first(self._effects)
        self._grid = _find_grid(self._effects) if weights is None else None
        if self._grid is not None:
            self.n_coefficients = sum(self._grid.shape) - 1
            return
        self._rest = tuple(effect for effect in self._effects if effect is not self._first)
        if self._first is not None:
            self._groups = _build_dummies(self._first.codes[:, None], self._first.n_levels)
            self._totals = self._sum_groups(np.ones((len(self._first.codes), 1)))
        self.n_coefficients = self._first.n_levels if self._first is not None else 0
        if self._rest:
            self._codes, n_levels = stack_codes(self._rest)
            dummies = _build_dummies(self._codes, n_levels)
            # dummies of unit weighted length, so that levels of all sizes weigh alike
            self._inverse_lengths = 1.0 / np.sqrt(dummies.T @ self._weigh(np.ones((len(self._codes), 1))))
            self._dummies = sparse.csr_array(dummies @ sparse.diags_array(self._inverse_lengths[:, 0]))
            self._solve, rank = self._build_solver()
            self.n_coefficients += rank

    def residualize(self, columns: FloatArray) -> FloatArray:
        """Return the columns (n, k) without the effects; the input is not changed.

        Raises
        ------
        FitError
            If the effects cannot be taken out to a relative 1e-13.
        """
        if not self._effects:
            return columns.copy()
        if self._grid is not None:
            return self._grid.residualize(columns.T)
        residuals = columns - self._average(columns)
        self._subtract_means(residuals)
        if not self._rest:
            return residuals
        reach = _TOLERANCE * self._norm(residuals) + _FLOOR * self._norm(columns)
        for _ in range(_PASSES):
            gap = self._dummies.T @ self._weigh(residuals)
            if np.all(np.linalg.norm(gap, axis=0) <= reach):
                return residuals
            _subtract_rows(residuals, self._inverse_lengths * self._solve(gap, reach), self._codes)
            self._subtract_means(residuals)
        raise FitError(
            f"the effects {' + '.join(effect.name for effect in self._effects)} could not be absorbed to a relative "
            f"{_TOLERANCE:g}: too few rows tie their levels together, or the weights differ by too many orders of "
            "magnitude. Leave an effect out, or leave out the rows that hang by a thread."
        )

    def residualize_columns(self, columns: Sequence[FloatArray]) -> FloatArray:
        """Do what :meth:`residualize` does for k columns of their own, (n,) each."""
        return self.residualize(np.array(columns).T) if self._grid is None else self._grid.residualize(columns)

    def _weigh(self, columns: FloatArray) -> FloatArray:
        return columns if self._weights is None else columns * self._weights

    def _norm(self, columns: FloatArray) -> FloatArray:
        return np.asarray(np.sqrt(np.einsum("ij,ij->j", columns, self._weigh(columns))))

    def _average(self, columns: FloatArray) -> FloatArray:
        """Means of the columns: any effect absorbs the constant, and small numbers round better."""
        return np.asarray(np.average(columns, axis=0, weights=None if self._weights is None else self._weights[:, 0]))

    def _sum_groups(self, columns: FloatArray) -> FloatArray:
        """Weighted sums by level of the first effect."""
        return np.asarray(self._groups.T @ self._weigh(columns))

    def _subtract_means(self, columns: FloatArray) -> None:
        """Take the weighted means by level of the first effect out, in place."""
        if self._first is not None:
            _subtract_rows(columns, self._sum_groups(columns) / self._totals, self._first.codes[:, None])

    def _build_solver(self) -> tuple[Callable[[FloatArray, FloatArray], FloatArray], int]:
        """Return the function that solves S a = gap, and the rank of S: dense on its range, or iterative."""
        weighted = self._dummies if self._weights is None else sparse.diags_array(self._weights[:, 0]) @ self._dummies
        own = sparse.csr_array(self._dummies.T @ weighted)
        shared = sparse.csr_array((1, own.shape[0]))
        if self._first is not None:
            lengths = sparse.diags_array(1.0 / np.sqrt(self._totals[:, 0]))
            shared = sparse.csr_array(lengths @ (self._groups.T @ weighted))
        if own.shape[0] <= DENSE_LEVELS:
            inverse, rank = _invert_range((own - shared.T @ shared).toarray())
            return lambda gap, _: inverse @ gap, rank
        rank = own.shape[0] - len(self._effects) + 1
        return lambda gap, reach: _solve_iteratively(own, shared, gap, reach / 2), rank


def choose_first(effects: Sequence[Effect]) -> Effect | None:
    """Return the largest effect that group means can eliminate."""
    return max(
        (effect for effect in effects if effect.codes.ndim == 1), key=lambda effect: effect.n_levels, default=None
    )


def _find_grid(effects: Sequence[Effect]) -> _Grid | None:
    """Return the grid of two effects whose levels meet once each, else None."""
    if len(effects) != 2 or any(effect.codes.ndim > 1 for effect in effects):
        return None
    rows, columns = sorted(effects, key=lambda effect: -effect.n_levels)
    n_cells = rows.n_levels * columns.n_levels
    if n_cells != len(rows.codes):
        return None
    places = rows.codes * columns.n_levels + columns.codes
    if (places == np.arange(n_cells)).all():
        return _Grid((rows.n_levels, columns.n_levels), None)
    return _Grid((rows.n_levels, columns.n_levels), places) if are_different(places, n_cells) else None


def _subtract_pattern(column: FloatArray, pattern: FloatArray) -> None:
    """Subtract a pattern over and over from a column whose length is a multiple of its own, in place."""
    n_whole = len(column) // len(pattern)
    n_joined = max(1, min(n_whole, _BLOCK // len(pattern)))
    end = n_whole // n_joined * n_joined * len(pattern)
    column[:end].reshape(-1, n_joined * len(pattern))[:] -= np.tile(pattern, n_joined)
    column[end:].reshape(-1, len(pattern))[:] -= pattern


def stack_codes(effects: Sequence[Effect]) -> tuple[IntArray, int]:
    """Return the codes of the effects side by side, (n, members), in one numbering of all levels, and their number."""
    starts = np.cumsum([0, *(effect.n_levels for effect in effects)])
    codes = [
        effect.codes.reshape(len(effect.codes), -1) + start for effect, start in zip(effects, starts, strict=False)
    ]
    return np.hstack(codes), int(starts[-1])


def _build_dummies(codes: IntArray, n_levels: int) -> Any:
    """Return a sparse (n, n_levels) matrix with a one at each code of a row."""
    pointers = np.arange(0, codes.size + 1, codes.shape[1])
    return sparse.csr_array((np.ones(codes.size), codes.ravel(), pointers), shape=(len(codes), n_levels))


def _subtract_rows(columns: FloatArray, table: FloatArray, codes: IntArray) -> None:
    """Subtract from each row of ``columns`` the rows of ``table`` that its codes name, in place and block by block."""
    for start in range(0, len(columns), _BLOCK):
        block = slice(start, start + _BLOCK)
        for code in codes[block].T:
            columns[block] -= table[code]


def _invert_range(schur: FloatArray) -> tuple[FloatArray, int]:
    """Return the pseudo-inverse and the rank of a positive semi-definite matrix whose diagonal is at most one."""
    values, vectors = np.linalg.eigh(schur)
    kept = values > _RANK
    return np.asarray((vectors[:, kept] / values[kept]) @ vectors[:, kept].T), int(kept.sum())


def _solve_iteratively(own: Any, shared: Any, gap: FloatArray, reach: FloatArray) -> FloatArray:
    """Solve (own − shared'shared) a = gap, all columns at once, by conjugate gradients to residuals of ``reach``."""
    diagonal = own.diagonal() - np.asarray(shared.power(2).sum(axis=0))
    jacobi = 1.0 / np.where(diagonal > _RANK, diagonal, 1.0)[:, None]
    transposed = sparse.csr_array(shared.T)
    solution = np.zeros_like(gap)
    residual = gap.copy()
    direction = jacobi * residual
    power = np.einsum("ij,ij->j", residual, direction)
    for _ in range(_ITERATIONS):
        if np.all(np.linalg.norm(residual, axis=0) <= reach):
            break
        image = own @ direction - transposed @ (shared @ direction)
        curvature = np.einsum("ij,ij->j", direction, image)
        step = np.divide(power, curvature, out=np.zeros_like(power), where=curvature > 0)
        solution += step * direction
        residual -= step * image
        scaled = jacobi * residual
        previous, power = power, np.einsum("ij,ij->j", residual, scaled)
        direction = scaled + np.divide(power, previous, out=np.zeros_like(power), where=previous > 0) * direction
    return solution
