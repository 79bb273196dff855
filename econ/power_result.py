"""From the draws of a power study to its size, its power curve, and the smallest effect that it detects.

A draw detects the effect δ > 0 on a term where b + δa > c·√(v + 2δw + δ²u), c the critical value: rejected, with the
right sign. From some effect on it always does, the larger root of a quadratic. The smallest detectable effect at a
power of .8 is the .8 quantile of these roots over draws: where the simulated power curve crosses .8, without a grid.
Its Monte Carlo interval is that of a quantile by order statistics, which supposes nothing of the distribution.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from econ.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from econ.estimate import Dropped

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LEVEL = 0.95
"""Of the Monte Carlo intervals."""

_ROUNDING = 1e-12
"""A threshold that is such a part of its critical difference is zero but for rounding."""

_MULTIPLES = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5)
"""The effects of a curve, in smallest detectable effects, where none are given."""

KEY = ("coding", "accuracy", "n_audited", "term")
CURVE = (*KEY, "effect", "power", "low", "high", "wrong_sign", "n_draws")
_FACTS = ("size", "slope", "std_error", "formula", "refused", "n_draws")
SMALLEST = (*KEY, "direction", "test", "effect", "low", "high", *_FACTS)


@dataclass(frozen=True, slots=True)
class PowerDraws:
    """Draws of one term under one way of coding: b, a and the variances (:mod:`econ.power_moments`), (n,) each."""

    estimates: FloatArray
    slopes: FloatArray
    variances: FloatArray
    covariances: FloatArray
    spreads: FloatArray
    df: FloatArray


@dataclass(frozen=True, slots=True)
class Power:
    """The power of a study.

    ``coding`` says how the scores come about: "exact" (no error; did alone), "uncorrected" (coded with error, taken as
    they are), "known" (corrected by the true confusion matrix), "audited" (by that of ``n_audited`` clauses);
    ``accuracy`` is the name of the confusion matrix, missing for "exact".

    Attributes
    ----------
    curve : DataFrame
        One row a coding, term and effect: ``power``, the share of draws that reject at ``alpha`` two-sided (at effect 0
        the size), ``low`` and ``high`` (its 95 % Monte Carlo interval, Wilson's), ``wrong_sign``, the share of draws
        that reject with the sign that the effect has not.
    smallest : DataFrame
        One row a coding, term, ``direction`` ("+" or "-") and ``test`` ("t", the study's; "permutation", with the
        critical value that the draws at effect 0 call for): ``effect``, the smallest one with the power asked for (inf
        where none has it), ``low`` and ``high`` (its 95 % Monte Carlo interval), ``size`` of the t test, ``slope``
        (what an effect of 1 is estimated as), ``std_error`` (without effect), both medians over draws, ``formula``:
        (t_1−α/2 + t_power)·std_error, the usual formula; ``refused``, the share of draws in which coding errors leave
        too little signal to be corrected, which detect nothing.
    draws : DataFrame
        One row a draw and term without coding error: draw, term, estimate, std_error, df.
    alpha, power : float
        As asked for.
    vcov, null, seed
        Of the recipe.
    n_pairs, n_units, n_designated, n_periods : int
        Of the true sample.
    strata : str or None
        The column of units within which designations are permuted.
    dropped : tuple of Dropped
        What the true sample leaves out.
    notes : tuple of str
        What a reader must know, in sentences.
    """

    curve: pd.DataFrame
    smallest: pd.DataFrame
    draws: pd.DataFrame
    alpha: float
    power: float
    vcov: str
    null: str
    seed: int
    n_pairs: int
    n_units: int
    n_designated: int
    n_periods: int
    strata: str | None = None
    dropped: tuple[Dropped, ...] = ()
    notes: tuple[str, ...] = ()

    def summary(self) -> str:
        """Return the power study as text."""
        lines = [
            f"Power by {self.draws['draw'].nunique():,} placebo designations, seed {self.seed}: {self.n_units} units, "
            f"{self.n_designated} of them designated; {self.n_pairs:,} pairs, {self.n_periods} periods",
            f"tests at {self.alpha:g} two-sided, {self.vcov}; smallest effects at a power of {self.power:g}",
        ]
        for table in (self.smallest, self.curve):
            lines += ["", table.to_string(index=False, na_rep="", float_format=lambda value: f"{value:.4g}")]
        lines.append("")
        lines += [f"left out: {one.what} ({one.reason}): {one.count:,}" for one in self.dropped]
        return "\n".join([*lines, *self.notes])


def check_levels(alpha: object, power: object) -> None:
    """Raise unless ``alpha`` lies in (0, .5) and ``power`` in (alpha, 1).

    Raises
    ------
    SpecError
        Naming the parameter.
    """
    if not isinstance(alpha, float) or not 0 < alpha < 0.5:
        raise SpecError(f"The 'alpha' parameter of simulate_power must lie between 0 and 0.5. Got {alpha!r} instead.")
    if not isinstance(power, float) or not alpha < power < 1:
        raise SpecError(
            f"The 'power' parameter of simulate_power must lie between alpha = {alpha:g} and 1. Got {power!r} instead."
        )


def check_effects(effects: object) -> tuple[float, ...] | None:
    """Return the effects of the curve, sorted, 0 among them.

    Raises
    ------
    SpecError
        If they are not finite numbers.
    """
    if effects is None:
        return None
    numbers: list[Any] = list(effects) if isinstance(effects, list | tuple | np.ndarray) else [effects]
    if not numbers or not all(map(_is_number, numbers)):
        raise SpecError(
            f"The 'effects' parameter of simulate_power must be a list of finite numbers. Got {effects!r} instead."
        )
    return tuple(sorted({0.0, *map(float, numbers)}))


def _is_number(value: object) -> bool:
    known = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    return known and bool(np.isfinite(value))  # type: ignore[call-overload]


def summarise_draws(
    draws: PowerDraws, alpha: float, power: float, effects: Sequence[float] | None
) -> tuple[list[dict[str, float]], list[dict[str, object]]]:
    """Return the rows of ``Power.curve`` and of ``Power.smallest`` for one term under one way of coding.

    A draw that is NaN (its errors leave too little signal) detects nothing.
    """
    told = draws.variances > 0
    critical = stats.t.ppf(1 - alpha / 2, draws.df)
    errors = np.sqrt(np.where(told, draws.variances, np.nan))
    ratios = np.where(told, np.abs(draws.estimates / errors), 0.0)
    permuted = np.full(len(errors), np.quantile(ratios, 1 - alpha, method="inverted_cdf"))
    error, slope = (_find_median(values[told]) for values in (errors, draws.slopes))
    usual = _find_median((critical + stats.t.ppf(power, draws.df))[told]) * error
    facts = {
        "size": float(_reject(draws, 0.0, critical).any(axis=0).mean()),
        "slope": slope,
        "std_error": error,
        "formula": usual,
        "refused": round(float(1 - told.mean()), 10),
        "n_draws": len(errors),
    }
    smallest: list[dict[str, object]] = []
    for test, values in (("t", critical), ("permutation", permuted)):
        for direction, sign in (("+", 1.0), ("-", -1.0)):
            effect, low, high = _find_quantile(_find_thresholds(draws, values, sign), power)
            bounds = {"effect": sign * effect, "low": sign * low, "high": sign * high}
            smallest.append({"direction": direction, "test": test, **bounds, **facts})
    reach = _find_quantile(_find_thresholds(draws, critical, 1.0), power)[0]
    grid = effects if effects is not None else [step * (reach if np.isfinite(reach) else usual) for step in _MULTIPLES]
    return [_measure_power(draws, effect, critical) for effect in grid], smallest


def _find_median(values: FloatArray) -> float:
    return float(np.median(values)) if len(values) else float("nan")


def _reject(draws: PowerDraws, effect: float, critical: FloatArray) -> BoolArray:
    """Return which draws reject with a positive and with a negative estimate, (2, n)."""
    estimates = draws.estimates + effect * draws.slopes
    variances = draws.variances + 2 * effect * draws.covariances + effect**2 * draws.spreads
    reach = critical * np.sqrt(np.maximum(variances, 0.0))
    return np.stack([estimates > reach, estimates < -reach])


def _measure_power(draws: PowerDraws, effect: float, critical: FloatArray) -> dict[str, float]:
    above, below = _reject(draws, effect, critical)
    n_draws = len(above)
    low, high = compute_wilson(int((above | below).sum()), n_draws)
    wrong = float("nan") if effect == 0 else float((below if effect > 0 else above).mean())
    return {
        "effect": effect, "power": float((above | below).mean()), "low": low, "high": high,
        "wrong_sign": wrong, "n_draws": n_draws,
    }  # fmt: skip


def compute_wilson(n_hits: int, n_draws: int, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval of a share (1927, Journal of the American Statistical Association 22)."""
    z = float(stats.norm.ppf((1 + level) / 2))
    share, weight = n_hits / n_draws, z**2 / n_draws
    middle = (share + weight / 2) / (1 + weight)
    reach = z * np.sqrt(share * (1 - share) / n_draws + weight / (4 * n_draws)) / (1 + weight)
    low, high = max(0.0, float(middle - reach)), min(1.0, float(middle + reach))
    return 0.0 if n_hits == 0 else low, 1.0 if n_hits == n_draws else high


def _find_thresholds(draws: PowerDraws, critical: FloatArray, sign: float) -> FloatArray:
    """Return for each draw the size of the effect from which on it is detected; inf if none is."""
    b, w = sign * draws.estimates, sign * draws.covariances
    a, v, u = draws.slopes, draws.variances, draws.spreads
    leading, half, constant = a**2 - critical**2 * u, a * b - critical**2 * w, b**2 - critical**2 * v
    able = (a > 0) & (leading > 0)
    safe = np.where(able, leading, 1.0)
    inside = half**2 - safe * constant
    roots = (np.sqrt(np.maximum(inside, 0.0)) - half) / safe
    positive = -b / np.where(able, a, 1.0)
    thresholds = np.maximum(0.0, np.where(inside > 0, np.maximum(roots, positive), positive))
    scale = critical * np.sqrt(np.maximum(v, 0.0))  # the critical value of a permutation is a draw's own ratio: root 0
    return np.where(able, np.where(thresholds > _ROUNDING * scale, thresholds, 0.0), np.inf)


def _find_quantile(values: FloatArray, share: float) -> tuple[float, float, float]:
    """Return a quantile and its interval by order statistics (inf where the sample is too small to tell).

    The quantile is the middle of the gap between neighbouring values in which just so many lie below.
    """
    ordered, n = np.sort(values), len(values)
    place = max(int(np.ceil(round(share * n, 6))) - 1, 0)
    above = ordered[min(place + 1, n - 1)]
    middle = (ordered[place] + above) / 2 if np.isfinite(above) else ordered[place]
    tail = (1 - LEVEL) / 2
    low, high = int(stats.binom.ppf(tail, n, share)) - 1, int(stats.binom.ppf(1 - tail, n, share))
    return (
        float(middle),
        float(ordered[low]) if low >= 0 else 0.0,
        float(ordered[high]) if high < n else float("inf"),
    )


def tabulate_rows(rows: Iterable[dict[str, object]], columns: Sequence[str]) -> pd.DataFrame:
    """Return rows as a table with these columns; missing numbers of clauses are NA."""
    table = pd.DataFrame(list(rows), columns=list(columns))
    return table.assign(n_audited=table["n_audited"].astype("Int64"))
