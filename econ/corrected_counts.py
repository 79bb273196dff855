"""Counts of clauses by class, corrected for coding error, with what the correction leaves uncertain.

With c_j the counts of unit j as coded and P the confusion matrix, ñ_j = P⁻¹ c_j has the expectation of the true counts
(Rogan and Gladen 1978; "adjusted classify and count"). It is never clipped or scaled to add up: regressions need it
linear. With Σ_l = P⁻¹ (diag P_l − P_l P_l') P⁻ᵀ, the error variance of one clause of class l,

    realised   V_j = Σ_l ñ_jl Σ_l                                  (what hand coding of all clauses would give)
    latent     V_j = (N_j P⁻¹ diag(c_j) P⁻ᵀ − ñ_j ñ_j') / (N_j − 1)   (the intensity that the clauses are drawn from),

both unbiased; the latent one in units of counts. The error of an estimated P adds g' V_P g, common to all units, with
∂ñ_j / ∂P[k, l] = −P⁻¹ e_k ñ_jl.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import SpecError
from econ.spec import check_choice

if TYPE_CHECKING:
    from econ.confusion import Confusion

FloatArray = NDArray[np.float64]

Estimand = Literal["realised", "latent"]
"""What is to be known: the codes that perfect coders would give to the clauses that there are, or the intensity that
they are a sample of. The wrong choice biases coefficients by 20–30 %."""


@dataclass(frozen=True, slots=True)
class CorrectedCounts:
    """Counts, shares or rates corrected for coding error.

    Attributes
    ----------
    corrected : DataFrame (units, K)
        Unbiased; may be negative, or above one for shares.
    se : DataFrame (units, K)
        Standard errors: the coding of the unit's clauses, and the estimation of the confusion matrix. Missing where the
        estimated variance is negative, as the unbiased one may be with few clauses.
    covariance : (units, K, K)
        Of the coding of the unit's clauses alone, independent over units.
    shared : (units, K, K)
        Of the confusion matrix, common to all units; zero for a known one.
    scale : (units,)
        What counts were multiplied by.
    estimand
        What is estimated.
    """

    corrected: pd.DataFrame
    se: pd.DataFrame
    covariance: FloatArray
    shared: FloatArray
    scale: FloatArray
    estimand: Estimand


def correct_counts(
    counts: pd.DataFrame,
    confusion: Confusion,
    scale: str | pd.Series[float] = "share",
    estimand: Estimand = "realised",
) -> CorrectedCounts:
    """Correct counts of coded clauses for coding error.

    Parameters
    ----------
    counts
        Units × classes: how many clauses of each unit were coded as each class, all classes of ``confusion``, ``none``
        too; not negative.
    confusion
        P[predicted, true].
    scale
        "share": of all clauses of the unit; "count"; or factors of counts, a number a unit (1 / population).
    estimand
        "realised" or "latent".

    Raises
    ------
    SpecError
        If classes differ, counts are missing or negative, a unit without clauses has no share, or the latent estimand
        is asked of units with one clause.
    """
    check_choice("correct_counts", "estimand", estimand, get_args(Estimand))
    values = read_counts(counts, confusion)
    factors = _read_scale(scale, counts, values)
    inverse = invert(confusion.values)
    true = values @ inverse.T
    covariance = error_covariance(values, confusion.values, estimand) * (factors**2)[:, None, None]
    corrected = true * factors[:, None]
    shared = np.zeros_like(covariance)
    if confusion.cov is not None:
        shared = _spread_matrix_error(inverse, corrected, confusion.cov)
    variances = np.einsum("jkk->jk", covariance + shared)
    classes = list(confusion.classes)
    se = np.sqrt(np.where(variances >= 0, variances, np.nan))
    return CorrectedCounts(
        pd.DataFrame(corrected, counts.index, classes),
        pd.DataFrame(se, counts.index, classes),
        covariance,
        shared,
        factors,
        estimand,
    )


def read_counts(counts: pd.DataFrame, confusion: Confusion) -> FloatArray:
    """Return the counts as an array (units, K) in the order of the confusion matrix.

    Raises
    ------
    SpecError
        If classes differ, or counts are missing or negative.
    """
    missing, surplus = set(confusion.classes) - set(counts.columns), set(counts.columns) - set(confusion.classes)
    if missing or surplus:
        raise SpecError(
            f"counts have one column a class of the confusion matrix, {list(confusion.classes)}. Missing: "
            f"{sorted(map(str, missing))}; surplus: {sorted(map(str, surplus))}. Clauses coded none are a class too."
        )
    values = counts[list(confusion.classes)].to_numpy(dtype=np.float64)
    if not np.isfinite(values).all() or (values < 0).any():
        raise SpecError("counts are numbers of clauses: not missing, not negative. Correct them.")
    return values


def _read_scale(scale: str | pd.Series[float], counts: pd.DataFrame, values: FloatArray) -> FloatArray:
    if isinstance(scale, pd.Series):
        factors = np.asarray(scale.reindex(counts.index), dtype=np.float64)
        if not np.isfinite(factors).all():
            raise SpecError(f"'scale' lacks {int((~np.isfinite(factors)).sum())} of the units of the counts. Add them.")
        return factors
    if scale == "count":
        return np.ones(len(values))
    if scale != "share":
        raise SpecError(
            f"The 'scale' parameter of correct_counts must be share, count or one number a unit. Got {scale!r} instead."
        )
    totals: FloatArray = values.sum(axis=1)
    if (totals == 0).any():
        raise SpecError(
            f"{int((totals == 0).sum())} units have no clause, and so no shares; the first: "
            f"{counts.index[int((totals == 0).argmax())]!r}. Leave them out, or ask for scale='count'."
        )
    return np.asarray(1.0 / totals, dtype=np.float64)


def invert(matrix: FloatArray) -> FloatArray:
    """Return P⁻¹."""
    return np.asarray(np.linalg.inv(matrix), dtype=np.float64)


def clause_covariances(matrix: FloatArray) -> FloatArray:
    """Return Σ_l = P⁻¹ (diag P_l − P_l P_l') P⁻ᵀ for each true class: (K, K, K)."""
    inverse = invert(matrix)
    columns = matrix.T
    spread = np.einsum("lk,km->lkm", columns, np.eye(len(matrix))) - np.einsum("lk,lm->lkm", columns, columns)
    return np.asarray(inverse @ spread @ inverse.T)


def error_covariance(counts: FloatArray, matrix: FloatArray, estimand: Estimand) -> FloatArray:
    """Return the unbiased covariance of corrected counts, which is zero for a unit without clauses: (units, K, K).

    Raises
    ------
    SpecError
        If the latent estimand is asked of a unit with one clause.
    """
    if estimand == "realised":
        true = counts @ invert(matrix).T
        return np.asarray(np.einsum("jl,lab->jab", true, clause_covariances(matrix)))
    totals = counts.sum(axis=1)
    if (totals == 1).any():
        raise SpecError(
            f"{int((totals == 1).sum())} units have one clause, which says nothing of how intensities vary within a "
            "unit. Use larger units (city-years instead of documents), or estimand='realised'."
        )
    return latent_covariance(counts, matrix, 1.0 / np.maximum(totals - 1, 1))


def latent_covariance(counts: FloatArray, matrix: FloatArray, factors: FloatArray) -> FloatArray:
    """Return v_j (N_j P⁻¹ diag(c_j) P⁻ᵀ − ñ_j ñ_j') for v (units,): (units, K, K)."""
    inverse = invert(matrix)
    true, totals = counts @ inverse.T, counts.sum(axis=1)
    spread = np.einsum("ak,jk,bk->jab", inverse, counts, inverse) * totals[:, None, None]
    return np.asarray((spread - np.einsum("ja,jb->jab", true, true)) * factors[:, None, None])


def _spread_matrix_error(inverse: FloatArray, corrected: FloatArray, cov: FloatArray) -> FloatArray:
    """Return g' V_P g of each unit: (units, K, K)."""
    n_classes = len(inverse)
    # d corrected[a] / d P[k, l] = −inverse[a, k] corrected[l]
    gradient = -np.einsum("ak,jl->jakl", inverse, corrected).reshape(len(corrected), n_classes, n_classes**2)
    return np.asarray(gradient @ cov @ gradient.transpose(0, 2, 1))
