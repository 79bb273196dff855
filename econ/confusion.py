"""The confusion matrix: how often clauses of one class are coded as another.

P[k, l] is the probability that a clause whose true class is l is coded k; columns sum to one.
:mod:`econ.gold` estimates it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import FitError, SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray = NDArray[np.float64]

_SUM = 1e-6
_CONDITION = 1e6


@dataclass(frozen=True, slots=True)
class HomogeneityTest:
    """A likelihood-ratio test that the confusion matrix is the same in all groups of clauses.

    The counts are scaled to what they are worth under the design (Rao and Scott 1981, first order).

    Attributes
    ----------
    statistic, df, p_value
        χ² with ``df`` degrees of freedom under the hypothesis.
    groups
        Those compared, in order.
    """

    statistic: float
    df: int
    p_value: float
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Confusion:
    """A confusion matrix, known or estimated.

    Attributes
    ----------
    matrix : DataFrame (K, K)
        Rows predicted, columns true, in [0, 1]; every column sums to one.
    cov : (K², K²) or None
        Covariance of the entries, row by row (predicted first); None for a matrix that is known.
    n_gold : mapping
        Gold clauses by true class; empty for a matrix that is known.
    by_stratum : mapping
        The same in each group of clauses that may be coded differently; empty where none are told apart.
    homogeneity : HomogeneityTest or None
        Whether the groups differ by more than chance.
    notes
        What a reader must know, in sentences.
    """

    matrix: pd.DataFrame
    cov: FloatArray | None = None
    n_gold: Mapping[Any, int] = field(default_factory=dict)
    by_stratum: Mapping[Any, Confusion] = field(default_factory=dict)
    homogeneity: HomogeneityTest | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "matrix", _check_matrix(self.matrix))
        if self.cov is not None:
            object.__setattr__(self, "cov", _check_covariance(self.cov, len(self.matrix)))

    @property
    def classes(self) -> tuple[Any, ...]:
        """The classes in order."""
        return tuple(self.matrix.columns)

    @property
    def values(self) -> FloatArray:
        """The matrix as an array (K, K)."""
        return self.matrix.to_numpy(dtype=np.float64)

    @property
    def condition(self) -> float:
        """How much the inverse can blow up an error of the counts: the condition number, from 1."""
        return float(np.linalg.cond(self.values))


def _check_matrix(matrix: Any) -> pd.DataFrame:
    table = matrix if isinstance(matrix, pd.DataFrame) else pd.DataFrame(np.asarray(matrix, dtype=np.float64))
    values = table.to_numpy(dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or len(values) < 2:
        raise SpecError(f"a confusion matrix is square, predicted × true, of two classes or more. Got {values.shape}.")
    if isinstance(matrix, pd.DataFrame) and list(table.index) != list(table.columns):
        raise SpecError(
            f"rows and columns of a confusion matrix name the same classes in the same order. Got rows "
            f"{list(table.index)} and columns {list(table.columns)}. Reorder them (reindex)."
        )
    if not np.isfinite(values).all() or (values < 0).any():
        raise SpecError("a confusion matrix holds probabilities: no entry may be negative or missing. Correct it.")
    sums = values.sum(axis=0)
    if np.abs(sums - 1).max() > _SUM:
        worst = table.columns[int(np.abs(sums - 1).argmax())]
        hint = " Its rows do: transpose it." if np.abs(values.sum(axis=1) - 1).max() <= _SUM else ""
        raise SpecError(f"columns of a confusion matrix sum to one; that of {worst!r} to {sums.max():.6g}.{hint}")
    if np.linalg.cond(values) > _CONDITION:
        raise FitError(
            "the confusion matrix cannot be inverted: what is coded says nothing that tells some classes apart. Merge "
            "classes that the coder confuses, or code them better."
        )
    return table


def _check_covariance(cov: Any, n_classes: int) -> FloatArray:
    values = np.asarray(cov, dtype=np.float64)
    if values.shape != (n_classes**2, n_classes**2):
        raise SpecError(
            f"the covariance of {n_classes} × {n_classes} entries has {n_classes**2} rows and columns. "
            f"Got {values.shape}."
        )
    return values
