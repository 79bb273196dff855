"""What every fitting function returns: coefficients, their covariance, and all that the number rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from econ.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from econ.spec import PanelSpec, VcovLike

LEVEL = 0.95
"""Of the confidence intervals."""

TIDY = ("term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")


@dataclass(frozen=True, slots=True)
class Dropped:
    """Something that was left out: what, why, how many rows (or columns, pairs, units)."""

    what: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class WaldTest:
    """An F test of linear restrictions: statistic ~ F(df_num, df_denom) under ``hypothesis``."""

    hypothesis: str
    statistic: float
    df_num: int
    df_denom: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """A fitted equation.

    Attributes
    ----------
    params : DataFrame
        One row a term: term, estimate, std_error, statistic (t), p_value (two-sided), conf_low, conf_high (95 %).
    vcov : DataFrame
        Covariance of the estimates, terms by terms.
    nobs : int
        Rows used.
    df : float
        Degrees of freedom of the t distribution.
    n_clusters : Mapping
        Number of clusters by kind, e.g. {"pair": 1282, "unit": 80}.
    absorbed : tuple
        The absorbed effects.
    dropped : tuple of Dropped
        What was left out and why.
    notes : tuple of str
        What a reader must know before trusting the numbers, in sentences.
    r2, r2_within : float
        Of the outcome, and of the outcome after the effects are taken out.
    reference : str or None
        The omitted period of an event study.
    spec : PanelSpec
        The complete recipe.
    versions : Mapping
        Of the packages that computed it.
    """

    params: pd.DataFrame
    vcov: pd.DataFrame
    nobs: int
    df: float
    n_clusters: Mapping[str, int]
    absorbed: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]
    r2: float
    r2_within: float
    spec: PanelSpec
    versions: Mapping[str, str]
    reference: str | None = None
    revise: Callable[[VcovLike, str | None], Estimate] | None = field(default=None, repr=False, compare=False)

    def tidy(self) -> pd.DataFrame:
        """Return one row a term: term, estimate, std_error, statistic, p_value, conf_low, conf_high."""
        return self.params[list(TIDY)].copy()

    def summary(self) -> str:
        """Return the estimate as text: the equation, its terms, the sample, what was left out, the notes."""
        right = " + ".join([*self.params["term"], *(f"[{effect}]" for effect in self.absorbed)])
        clusters = ", ".join(f"{count:,} by {kind}" for kind, count in self.n_clusters.items())
        errors = f"{self.spec.vcov.kind}, ssc {self.spec.vcov.ssc}" + (f", clusters: {clusters}" if clusters else "")
        lines = [
            f"{self.spec.outcome} ~ {right}",
            f"{self.nobs:,} rows; standard errors: {errors}; t({self.df:g})",
            "",
            self.params.to_string(index=False, float_format=lambda value: f"{value:.6g}"),
            "",
            f"R² {self.r2:.4f}, within {self.r2_within:.4f}",
        ]
        lines += [f"left out: {one.what} ({one.reason}): {one.count:,}" for one in self.dropped]
        return "\n".join([*lines, *self.notes])

    def with_vcov(self, vcov: VcovLike, ssc: str | None = None) -> Estimate:
        """Return the same estimates with another covariance; ``vcov`` and ``ssc`` as in ``fit_panel``.

        Raises
        ------
        SpecError, FitError
            As ``fit_panel`` does; SpecError too if this estimate does not carry the scores.
        """
        if self.revise is None:
            raise SpecError("this estimate does not carry its scores. Fit again with the covariance that you want.")
        return self.revise(vcov, ssc)

    def test_equal(self, terms: Sequence[str]) -> WaldTest:
        """Test that the coefficients of ``terms`` are all equal: F(len(terms) − 1, df).

        Raises
        ------
        SpecError
            If a term is not in the equation, or fewer than two are named.
        """
        names = list(self.params["term"])
        unknown = [term for term in terms if term not in names]
        if unknown or len(set(terms)) < 2:
            raise SpecError(f"an equality test needs two or more of the terms {', '.join(names)}. Got {list(terms)!r}.")
        places = [names.index(term) for term in terms]
        restrictions = np.zeros((len(terms) - 1, len(names)))
        restrictions[:, places[0]] = 1.0
        restrictions[np.arange(len(terms) - 1), places[1:]] = -1.0
        return self._test(restrictions, " = ".join(terms))

    def test_zero(self, terms: Sequence[str]) -> WaldTest:
        """Test that the coefficients of ``terms`` are all zero: F(len(terms), df).

        Raises
        ------
        SpecError
            If a term is not in the equation, or none is named.
        """
        names = list(self.params["term"])
        if not terms or any(term not in names for term in terms):
            raise SpecError(f"a test needs one or more of the terms {', '.join(names)}. Got {list(terms)!r}.")
        restrictions = np.zeros((len(terms), len(names)))
        restrictions[np.arange(len(terms)), [names.index(term) for term in terms]] = 1.0
        return self._test(restrictions, " = ".join([*terms, "0"]))

    def _test(self, restrictions: np.ndarray, hypothesis: str) -> WaldTest:
        """F = (Rb)'(RVR')⁻¹(Rb) / q."""
        gap = restrictions @ self.params["estimate"].to_numpy(dtype=float)
        spread = restrictions @ self.vcov.to_numpy(dtype=float) @ restrictions.T
        n_restrictions = len(restrictions)
        statistic = float(gap @ np.linalg.solve(spread, gap)) / n_restrictions
        p_value = float(stats.f.sf(statistic, n_restrictions, self.df))
        return WaldTest(hypothesis, statistic, n_restrictions, self.df, p_value)


def build_params(
    terms: Sequence[str], estimates: np.ndarray, vcov: np.ndarray, df: float, level: float = LEVEL
) -> pd.DataFrame:
    """Return the table of ``Estimate.params``: t = b / se against t(df), intervals b ± t(df, (1 + level) / 2) · se.

    Parameters
    ----------
    terms : sequence of k names
    estimates : (k,)
    vcov : (k, k)
    df
        Degrees of freedom, > 0.
    """
    errors = np.sqrt(np.diag(vcov))
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics = estimates / errors
    reach = stats.t.ppf((1 + level) / 2, df) * errors
    columns = (
        list(terms), estimates, errors, statistics, 2 * stats.t.sf(np.abs(statistics), df),
        estimates - reach, estimates + reach,
    )  # fmt: skip
    return pd.DataFrame(dict(zip(TIDY, columns, strict=True)))
