"""How well a sample can tell regressors apart: correlations, and variance inflation after the effects are taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ.errors import SpecError
from econ.panel import fit_panel

if TYPE_CHECKING:
    from collections.abc import Sequence


def correlate_columns(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return Pearson's correlations of ``columns`` over the rows where none is missing, in [−1, 1].

    A constant column has no correlation: NaN.

    Raises
    ------
    SpecError
        If a column is not in the frame.
    """
    _check_columns(frame, columns)
    values = frame[list(columns)].dropna().to_numpy(dtype=float)
    centred = values - values.mean(axis=0)
    spread = np.sqrt((centred**2).sum(axis=0))
    with np.errstate(invalid="ignore", divide="ignore"):
        correlations = (centred.T @ centred) / np.outer(spread, spread)
    return pd.DataFrame(correlations, index=list(columns), columns=list(columns))


def measure_inflation(
    frame: pd.DataFrame, regressors: Sequence[str], absorb: Sequence[str], weights: str | None = None
) -> pd.DataFrame:
    """Return the variance inflation factor of each regressor: term, vif.

    VIF_k = 1 / (1 − R²_k), R²_k that of regressor k on all others, ``absorb`` taken out of all of them (Marquardt
    1970): how many times the variance of b_k exceeds what it would be, were the others orthogonal to it. In [1, ∞).

    Raises
    ------
    SpecError
        If there are fewer than two regressors, or a column is not in the frame.
    FitError
        If an auxiliary regression cannot be fitted, e.g. because a regressor is absorbed.
    """
    _check_columns(frame, regressors)
    if len(regressors) < 2:
        raise SpecError(f"variance inflation needs two regressors or more. Got {list(regressors)!r}.")
    complete = frame.dropna(subset=list(regressors))
    shares = []
    for regressor in regressors:
        others = [other for other in regressors if other != regressor]
        shares.append(fit_panel(complete, regressor, others, absorb, "iid", weights=weights).r2_within)
    with np.errstate(divide="ignore"):
        return pd.DataFrame({"term": list(regressors), "vif": 1 / (1 - np.minimum(shares, 1.0))})


def _check_columns(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    unknown = [column for column in columns if column not in frame.columns]
    if unknown:
        raise SpecError(f"the frame has no columns {', '.join(unknown)}. It has: {', '.join(map(str, frame.columns))}.")
