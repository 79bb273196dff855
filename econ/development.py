"""The entropy-weighted development index: several indicators → one series, with weights that the data set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import SeriesError, SpecError
from econ.series import KEY, check_series
from econ.spec import check_choice

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray: TypeAlias = NDArray[np.float64]
Direction = Literal["positive", "negative"]


@dataclass(frozen=True, slots=True)
class EntropyIndex:
    """A development index and the weights behind it.

    Attributes
    ----------
    series : DataFrame
        unit, period, value in [0, 1], sorted.
    weights : DataFrame
        One row an indicator: indicator, direction, entropy in [0, 1), weight > 0; the weights sum to 1.
    """

    series: pd.DataFrame
    weights: pd.DataFrame


def build_entropy_index(indicators: pd.DataFrame, directions: Mapping[str, Direction]) -> EntropyIndex:
    """Weigh indicators by how unevenly they are spread (entropy weights, 熵值法) and add them up.

    With n unit-periods, pooled over all units and periods, so that values compare over time::

        x_k = (X_k − min X_k) / (max X_k − min X_k)     positive: more is better
        x_k = (max X_k − X_k) / (max X_k − min X_k)     negative: less is better
        p_k = x_k / Σ x_k
        e_k = −(1 / ln n) Σ p_k ln p_k                  with 0 ln 0 = 0
        w_k = (1 − e_k) / Σ_k (1 − e_k)
        value = Σ_k w_k x_k

    Parameters
    ----------
    indicators
        One row a unit and period: unit, period, and a column of numbers for each indicator.
    directions
        The indicators to use: column → "positive" or "negative".

    Raises
    ------
    SpecError
        If no indicator is named, or a direction is unknown.
    SeriesError
        If an indicator has a missing value (the index would change its meaning there) or the same value everywhere, or
        the frame breaks the contract of :func:`econ.series.check_series`.

    Notes
    -----
    Zou, Yun and Sun (2006), Journal of Environmental Sciences 18(5), after Shannon (1948). No constant is added
    before the logarithm: the limit of p ln p at 0 is 0.
    """
    names = list(directions)
    if not names:
        raise SpecError("build_entropy_index needs at least one indicator: directions={'column': 'positive', …}.")
    for name in names:
        check_choice("build_entropy_index", f"directions[{name!r}]", directions[name], get_args(Direction))
    table = check_series(indicators, names, "build_entropy_index")
    _refuse_missing(table, names)
    _refuse_constant(table, names)
    scaled = _scale(table[names].to_numpy(), np.array([directions[name] == "positive" for name in names]))
    entropies = measure_entropy(scaled)
    weights = (1 - entropies) / (1 - entropies).sum()
    columns = {"indicator": names, "direction": list(directions.values()), "entropy": entropies, "weight": weights}
    return EntropyIndex(table[list(KEY)].assign(value=scaled @ weights), pd.DataFrame(columns))


def measure_entropy(values: FloatArray) -> FloatArray:
    """Return the entropy of each column's shares, e = −(1 / ln n) Σ p ln p with p = x / Σx: (n, k) → (k,) in [0, 1].

    Each column holds n > 1 numbers ≥ 0 that are not all 0. Equal shares give 1, a single share gives 0.
    """
    shares = values / values.sum(axis=0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    entropies: FloatArray = -(shares * logs).sum(axis=0) / np.log(len(values))
    return entropies


def _scale(values: FloatArray, positive: NDArray[np.bool_]) -> FloatArray:
    """Map each column onto [0, 1]; 1 is its best value."""
    low, high = values.min(axis=0), values.max(axis=0)
    scaled: FloatArray = np.where(positive, values - low, high - values) / (high - low)
    return scaled


def _refuse_missing(table: pd.DataFrame, names: list[str]) -> None:
    for name in names:
        missing = table[table[name].isna()]
        if len(missing):
            unit, period = missing.iloc[0][list(KEY)]
            raise SeriesError(
                f"build_entropy_index: {name} is missing in {len(missing)} rows, such as unit {unit} in {period}. "
                "Fill the values in, leave the indicator out, or drop these unit-periods for all indicators."
            )


def _refuse_constant(table: pd.DataFrame, names: list[str]) -> None:
    constant = [name for name in names if table[name].nunique() == 1]
    if constant:
        raise SeriesError(
            f"build_entropy_index: {', '.join(constant)} has the same value in all {len(table)} rows and tells no unit "
            "from another. Leave it out."
        )
