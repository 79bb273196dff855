"""How well a sample can tell regressors apart: correlations, and variance inflation after the effects are taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.collinearity import choose_columns
from econ.covariance import compute_bread
from econ.errors import FitError, SpecError
from econ.sample import build_sample
from econ.spec import INTERCEPT
from econ.within import Absorber, Effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.sample import Sample

FloatArray = NDArray[np.float64]


def correlate_columns(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Return Pearson's correlations of ``columns`` over the rows where none is missing, in [−1, 1].

    A constant column has no correlation: NaN.

    Raises
    ------
    SpecError
        If a column is not in the frame, or does not hold numbers.
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

    VIF_k = 1 / (1 − R²_k) = (X̃'WX̃)_kk · (X̃'WX̃)⁻¹_kk, with X̃ the regressors after ``absorb`` is taken out (their means,
    if it is empty) and R²_k that of regressor k on all others (Marquardt 1970): how many times the variance of b_k
    exceeds what it would be, were the others orthogonal to it. In [1, ∞). Rows that lack a regressor are left out, and
    so are rows alone in a level of an effect.

    Raises
    ------
    SpecError
        If there are fewer than two regressors, or a column is not in the frame or does not hold numbers.
    PairError
        If "node^…" is absorbed and the pairs are not unordered ones.
    FitError
        If a regressor is absorbed or a combination of others, and so has no factor; or as ``fit_panel`` refuses rows.
    """
    _check_columns(frame, regressors)
    if len(regressors) < 2:
        raise SpecError(f"variance inflation needs two regressors or more. Got {list(regressors)!r}.")
    if len(set(regressors)) < len(regressors):
        raise SpecError(f"variance inflation needs different regressors. Got {list(regressors)!r}.")
    sample = build_sample(frame, regressors[0], regressors[1:], absorb, weights)
    columns = _take_effects_out(sample, regressors)
    weighted = columns if sample.weights is None else columns * sample.weights[:, None]
    factors = np.einsum("ij,ij->j", columns, weighted) * np.diag(compute_bread(columns, sample.weights))
    return pd.DataFrame({"term": list(regressors), "vif": factors})


def _take_effects_out(sample: Sample, regressors: Sequence[str]) -> FloatArray:
    """Return the regressors net of the effects, or of their means; refuse those of which nothing is left."""
    raw, effects = sample.columns, sample.effects
    if not effects:
        raw = (raw[0], *raw[2:])
        effects = (Effect(INTERCEPT, np.zeros(len(raw[0]), dtype=np.intp), 1),)
    within = Absorber(effects, sample.weights).residualize_columns(raw)
    _, dropped = choose_columns(raw, within, regressors, effects, sample.weights)
    if dropped:
        reasons = "; ".join(f"{entry.what}: {entry.reason}" for entry in dropped)
        raise FitError(f"there are regressors without variance inflation ({reasons}). Leave them out.")
    return within


def _check_columns(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    unknown = [column for column in columns if column not in frame.columns]
    if unknown:
        raise SpecError(f"the frame has no columns {', '.join(unknown)}. It has: {', '.join(map(str, frame.columns))}.")
    others = [f"{column} ({frame[column].dtype})" for column in columns if frame[column].dtype.kind not in "iufb"]
    if others:
        raise SpecError(f"columns that do not hold numbers: {', '.join(others)}. pd.to_numeric converts.")
