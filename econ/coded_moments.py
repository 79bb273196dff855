"""Least squares on regressors that are corrected counts: moments from which the known coding error is subtracted.

The terms are X = [L_1 x̃ w_1, …, Z] with x̃ = c P⁻ᵀ the corrected counts of the documents, L their weights in rows, w the
weights of classes and Z controls without error. Of X'MX, with M the residual maker of the absorbed effects, the known
variance of x̃ is taken out:

    S = X'MX − D,   D = Σ_d (L_k'ML_l)_dd w_k'Ω_d w_l,   β = S⁻¹ X'My.

Everything that depends on P is small: [c-columns, Z, y]'M[c-columns, Z, y] and sums of counts over documents are
computed once, so that β is a quick function of P, of which the derivative gives the variance that P adds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.corrected_counts import clause_covariances, invert

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_STEP = 1e-5


@dataclass(frozen=True, slots=True)
class Terms:
    """Which regressors are made of counts.

    Attributes
    ----------
    names
        Of the terms made of counts, then of the controls.
    maps : (p,)
        The map of each of the former.
    weights : (p, K)
        Of the classes in each.
    """

    names: tuple[str, ...]
    maps: IntArray
    weights: FloatArray

    @property
    def n_coded(self) -> int:
        """How many terms are made of counts."""
        return len(self.maps)


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums that do not depend on the confusion matrix.

    Attributes
    ----------
    gram : (q + z + 1, q + z + 1)
        Of the columns of counts, the controls and the outcome, effects taken out. A column of counts belongs to a map,
        a stratum and a predicted class, in this order: q = m · s · K.
    reached : (m, m, s, K)
        Σ_d (L_k'ML_l)_dd a_d c_d over the documents of a stratum: realised a_d = 1, latent a_d = N_d v_d.
    squares : (m, m, s, K, K) or None
        Of a latent estimand Σ_d (L_k'ML_l)_dd v_d c_d c_d'.
    together : (m, m)
        Σ_d (L_k'ML_l)_dd N_d (N_d − 1), with which errors that a document's clauses share come in.
    """

    gram: FloatArray
    reached: FloatArray
    squares: FloatArray | None
    together: FloatArray


def measure_reached(
    diagonal: FloatArray, counts: FloatArray, strata: IntArray, n_strata: int, latent: FloatArray | None
) -> tuple[FloatArray, FloatArray | None, FloatArray]:
    """Return ``reached``, ``squares`` and ``together`` of :class:`Moments`; ``latent`` are the v_d, (D,), if it is.

    ``diagonal`` (m, m, D) is (L_k'ML_l)_dd.
    """
    totals = counts.sum(axis=1)
    factor = np.ones(len(counts)) if latent is None else totals * latent
    picks = np.equal.outer(np.arange(n_strata), strata).astype(float)
    reached = np.einsum("kld,sd,dc->klsc", diagonal, picks, counts * factor[:, None], optimize=True)
    squares = None
    if latent is not None:
        squares = np.einsum("kld,sd,d,da,db->klsab", diagonal, picks, latent, counts, counts, optimize=True)
    return reached, squares, np.asarray(diagonal @ (totals * (totals - 1)))


@dataclass(frozen=True, slots=True)
class Solution:
    """Coefficients and what they were solved from.

    Attributes
    ----------
    estimates : (k,)
        Of all terms.
    gram : (k, k)
        S = X'MX − D.
    noise : (k, k)
        D; zero for controls.
    lambda_min : float
        The least λ for which X'MX − λ D is singular: above 1 there is signal beside the noise; infinite without noise.
    """

    estimates: FloatArray
    gram: FloatArray
    noise: FloatArray
    lambda_min: float

    @property
    def moments(self) -> FloatArray:
        """(A, S) of each term k, for which the moment at b is A − S b, others solved for: S = 1 / (S⁻¹)_kk; (k, 2)."""
        slopes = 1 / np.diag(np.linalg.inv(self.gram))
        return np.column_stack([slopes * self.estimates, slopes])


def mix_counts(matrices: Sequence[FloatArray], terms: Terms, n_maps: int) -> FloatArray:
    """Return the matrix that makes terms of columns of counts: (m · s · K, p)."""
    n_strata, n_classes = len(matrices), len(matrices[0])
    mixed = np.zeros((n_maps, n_strata, n_classes, terms.n_coded))
    inverses = [invert(matrix) for matrix in matrices]
    for at, (own, weights) in enumerate(zip(terms.maps, terms.weights, strict=True)):
        for stratum, inverse in enumerate(inverses):
            mixed[own, stratum, :, at] = inverse.T @ weights
    return mixed.reshape(-1, terms.n_coded)


def sum_noise(moments: Moments, matrices: Sequence[FloatArray], terms: Terms, shared: FloatArray | None) -> FloatArray:
    """Return D of the terms made of counts: (p, p)."""
    noise = np.zeros((terms.n_coded, terms.n_coded))
    kinds = [clause_covariances(matrix) for matrix in matrices]
    inverses = [invert(matrix) for matrix in matrices]
    for one in range(terms.n_coded):
        for other in range(terms.n_coded):
            maps = terms.maps[one], terms.maps[other]
            total = np.zeros_like(matrices[0])
            for stratum, (inverse, own) in enumerate(zip(inverses, kinds, strict=True)):
                if moments.squares is None:
                    total += np.einsum("l,lab->ab", inverse @ moments.reached[*maps, stratum], own)
                else:
                    spread = np.diag(moments.reached[*maps, stratum]) - moments.squares[*maps, stratum]
                    total += inverse @ spread @ inverse.T
            if shared is not None:
                total += moments.together[maps] * shared
            noise[one, other] = terms.weights[one] @ total @ terms.weights[other]
    return (noise + noise.T) / 2


def solve_moments(
    moments: Moments, matrices: Sequence[FloatArray], terms: Terms, shared: FloatArray | None = None
) -> Solution:
    """Return the corrected coefficients for given confusion matrices, one a stratum."""
    n_maps = len(moments.together)
    mixed = mix_counts(matrices, terms, n_maps)
    n_controls = len(terms.names) - terms.n_coded
    wide = np.zeros((len(mixed) + n_controls, terms.n_coded + n_controls))
    wide[: len(mixed), : terms.n_coded] = mixed
    wide[len(mixed) :, terms.n_coded :] = np.eye(n_controls)
    raw = wide.T @ moments.gram[:-1, :-1] @ wide
    noise = np.zeros_like(raw)
    noise[: terms.n_coded, : terms.n_coded] = sum_noise(moments, matrices, terms, shared)
    gram = raw - noise
    estimates = np.asarray(np.linalg.solve(gram, wide.T @ moments.gram[:-1, -1]), dtype=np.float64)
    return Solution(estimates, gram, noise, find_lambda(raw, noise, terms.n_coded))


def find_lambda(raw: FloatArray, noise: FloatArray, n_coded: int) -> float:
    """Return 1 / the largest eigenvalue of (X'MX)⁻¹ D, controls partialled out; infinite without noise."""
    own, controls = slice(None, n_coded), slice(n_coded, None)
    left = raw[own, own]
    if raw.shape[0] > n_coded:
        left = left - raw[own, controls] @ np.linalg.solve(raw[controls, controls], raw[controls, own])
    scale = np.sqrt(np.diag(left))
    largest = np.linalg.eigvals(
        np.linalg.solve(left / np.outer(scale, scale), noise[own, own] / np.outer(scale, scale))
    ).real.max()
    return float(1 / largest) if largest > 0 else float("inf")


def stack_solution(solution: Solution) -> FloatArray:
    """Return coefficients and moments one after the other, (3k,): β, then A and S of each term."""
    return np.concatenate([solution.estimates, solution.moments.ravel()])


def differentiate(
    moments: Moments, matrices: Sequence[FloatArray], terms: Terms, shared: FloatArray | None
) -> list[FloatArray]:
    """Return ∂/∂vec(P_s) of :func:`stack_solution`, predicted first, for each stratum: (3k, K²) each.

    By central differences.
    """
    found = []
    for stratum, matrix in enumerate(matrices):

        def solve(entries: FloatArray, stratum: int = stratum) -> FloatArray:
            moved = [*matrices[:stratum], entries, *matrices[stratum + 1 :]]
            return stack_solution(solve_moments(moments, moved, terms, shared))

        found.append(_differentiate(solve, matrix))
    return found


def differentiate_shared(
    moments: Moments, matrices: Sequence[FloatArray], terms: Terms, shared: FloatArray
) -> FloatArray:
    """Return ∂/∂vec(T) of :func:`stack_solution`: (3k, K²)."""
    return _differentiate(lambda moved: stack_solution(solve_moments(moments, matrices, terms, moved)), shared)


def _differentiate(solve: Callable[[FloatArray], FloatArray], at: FloatArray) -> FloatArray:
    gradients = []
    for entry in range(at.size):
        step = np.zeros(at.size)
        step[entry] = _STEP
        moved = step.reshape(at.shape)
        gradients.append((solve(at + moved) - solve(at - moved)) / (2 * _STEP))
    return np.array(gradients).T
