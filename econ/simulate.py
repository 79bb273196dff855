"""City series whose pairs have known synchronization: what the estimators are tried on before they see real data.

The design turns a known effect on variances into the same known effect on the synchronization of pairs:

    z_it = m_i + f_t + σ_it·e_it,   e_it = √2·cos(π·Φ(a_it)),   a_it = φ·a_i,t−1 + √(1 − φ²)·ε_it,   ε ~ N(0, 1)

Φ(a) is uniform on [0, 1], so each e has mean 0, variance 1 and lies within ±√2, a cycle of random phase; cities are
independent. With ρ_ijt = 1 − ½(z_it − z_jt)² (Cerqueira and Martins 2009, on a known scale) the common f_t cancels and

    E ρ_ijt = 1 − ½(m_i − m_j)² − ½(σ²_it + σ²_jt).

Set σ²_it = s_i + τ_t − 2·x_it'β. Then E ρ_ijt = pair effect − τ_t + (x_it + x_jt)'β: with pair and period effects
absorbed, the coefficients on the members' summed regressors are exactly β, on any set of pairs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtr

from econ.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def compute_variance(
    regressors: FloatArray,
    coefficients: FloatArray,
    *,
    unit_variance: FloatArray | float,
    period_variance: FloatArray | float = 0.0,
) -> FloatArray:
    """Return the variances of city-years under which the pairs have these coefficients: s_i + τ_t − 2·x_it'β.

    Parameters
    ----------
    regressors : (n, T, k)
        x of every unit and period.
    coefficients : (k,)
        β, in units of synchronization.
    unit_variance : (n,) or float
        s_i > 0, in squared units of the series.
    period_variance : (T,) or float
        τ_t.

    Returns
    -------
    (n, T), all > 0

    Raises
    ------
    SpecError
        If the shapes do not fit, or an effect is larger than the variance it works through.
    """
    n_units, n_periods, n_terms = regressors.shape
    if np.shape(coefficients) != (n_terms,):
        raise SpecError(f"{n_terms} regressors need {n_terms} coefficients. Got the shape {np.shape(coefficients)}.")
    by_unit = _fill("unit_variance", unit_variance, n_units)
    by_period = _fill("period_variance", period_variance, n_periods)
    variance = by_unit[:, None] + by_period - 2.0 * (regressors @ coefficients)
    _check_variance(variance)
    return variance


def simulate_series(
    units: Sequence[str],
    periods: Sequence[int],
    variance: FloatArray,
    rng: np.random.Generator,
    *,
    unit_means: FloatArray | float = 0.0,
    period_means: FloatArray | float = 0.0,
    persistence: float = 0.0,
) -> pd.DataFrame:
    """Draw one series a unit: z_it = m_i + f_t + σ_it·e_it (see the module).

    Parameters
    ----------
    units, periods : n and T different values
    variance : (n, T)
        σ²_it > 0.
    rng
        The source of all randomness; the same state gives the same series.
    unit_means : (n,) or float
        m_i.
    period_means : (T,) or float
        f_t, common to all units.
    persistence
        φ in [0, 1): how much of a year's phase is carried into the next.

    Returns
    -------
    DataFrame
        unit, period, value; n·T rows, by unit, then period, in the order given.

    Raises
    ------
    SpecError
        If shapes, variances or the persistence are not as said, or a unit or period is doubled.
    """
    _check_design(units, periods, variance, persistence)
    by_unit = _fill("unit_means", unit_means, len(units))
    by_period = _fill("period_means", period_means, len(periods))
    errors = _draw_cycles(len(units), len(periods), persistence, rng)
    values = by_unit[:, None] + by_period + np.sqrt(variance) * errors
    return pd.DataFrame(
        {
            "unit": np.repeat(np.asarray(units, dtype=object), len(periods)),
            "period": np.tile(np.asarray(periods, dtype=np.int64), len(units)),
            "value": values.ravel(),
        }
    )


def expect_synchronization(
    variance: FloatArray, unit_i: IntArray, unit_j: IntArray, *, unit_means: FloatArray | float = 0.0
) -> FloatArray:
    """Return E ρ_ijt = 1 − ½(m_i − m_j)² − ½(σ²_it + σ²_jt), exactly.

    Parameters
    ----------
    variance : (n, T)
        As given to ``simulate_series``.
    unit_i, unit_j : (pairs,)
        Places of the members in ``variance``; i ≠ j.
    unit_means : (n,) or float
        As given to ``simulate_series``.

    Returns
    -------
    (pairs, T), in (−∞, 1)

    Raises
    ------
    SpecError
        If a variance is not positive, or a pair joins a unit with itself.
    """
    _check_variance(variance)
    if np.any(unit_i == unit_j):
        raise SpecError(f"a pair needs two units: {int(np.sum(unit_i == unit_j))} join a unit with itself.")
    means = _fill("unit_means", unit_means, len(variance))
    gap = means[unit_i] - means[unit_j]
    expected: FloatArray = 1.0 - 0.5 * gap[:, None] ** 2 - 0.5 * (variance[unit_i] + variance[unit_j])
    return expected


def _check_design(units: Sequence[str], periods: Sequence[int], variance: FloatArray, persistence: float) -> None:
    if len(set(units)) < len(units) or len(set(periods)) < len(periods):
        raise SpecError("simulate_series needs different units and different periods: one is named twice.")
    if variance.shape != (len(units), len(periods)):
        raise SpecError(f"variance must have the shape {(len(units), len(periods))}. Got {variance.shape} instead.")
    if not 0.0 <= persistence < 1.0:
        raise SpecError(f"The 'persistence' parameter must lie in [0, 1). Got {persistence!r} instead.")
    _check_variance(variance)


def _draw_cycles(n_units: int, n_periods: int, persistence: float, rng: np.random.Generator) -> FloatArray:
    """Draw (n, T) errors with mean 0, variance 1, within ±√2, independent over units."""
    phases = rng.standard_normal((n_units, n_periods))
    fresh = np.sqrt(1.0 - persistence**2)
    for t in range(1, n_periods):
        phases[:, t] = persistence * phases[:, t - 1] + fresh * phases[:, t]
    cycles: FloatArray = np.sqrt(2.0) * np.cos(np.pi * ndtr(phases))
    return cycles


def _fill(parameter: str, values: FloatArray | float, length: int) -> FloatArray:
    """Return one value for each unit or period."""
    if np.shape(values) not in ((), (length,)):
        raise SpecError(
            f"The {parameter!r} parameter must be one number or {length}. Got the shape {np.shape(values)}."
        )
    return np.broadcast_to(np.asarray(values, dtype=np.float64), (length,))


def _check_variance(variance: FloatArray) -> None:
    wrong = np.argwhere(~(np.isfinite(variance) & (variance > 0.0)))
    if len(wrong):
        at = tuple(int(place) for place in wrong[0])
        raise SpecError(
            f"{len(wrong)} variances are not positive, first {variance[at]:.4g} at unit {at[0]}, period {at[1]} "
            "(counted from 0). Raise unit_variance, or make the coefficients smaller."
        )
