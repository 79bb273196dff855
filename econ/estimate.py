"""What every fitting function returns: coefficients, their covariance, and all that the number rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from scipy import special, stats

from econ.errors import FitError, SpecError
from econ.spec import INTERCEPT, check_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from econ.spec import PanelSpec, VcovLike

    FloatArray = NDArray[np.float64]

LEVEL = 0.95
"""Of the confidence intervals."""

_SINGULAR = 1e-10
"""An eigenvalue of the restrictions' correlations below this is zero."""
_ROUNDING = 1e-13
"""So is the variance of a restriction below this share of what its terms could add up to."""

FKind = Literal["wald", "conventional", "overall"]
"""Which F goes with an equation: :meth:`Estimate.test_regressors`."""

TIDY = ("term", "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high")
_NUMBERS = pd.Index(TIDY[1:])


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
        Of the outcome, and of the outcome after the effects are taken out. Adjusted: ``r2_adjusted``,
        ``r2_within_adjusted``.
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

    @property
    def df_residual(self) -> int:
        """Return the rows less all coefficients, also those of the absorbed effects (the rank of their dummies).

        Raises
        ------
        SpecError
            If this estimate does not carry its scores.
        """
        return round(self.with_vcov("iid", "stata").df)

    @property
    def r2_adjusted(self) -> float:
        """Return 1 − (1 − R²)(n − 1) / ``df_residual``, as a regression with a dummy for every level prints it.

        Raises
        ------
        SpecError
            If this estimate does not carry its scores.
        """
        return 1 - (1 - self.r2) * (self.nobs - 1) / self.df_residual

    @property
    def r2_within_adjusted(self) -> float:
        """Return 1 − (1 − within R²)(``df_residual`` + k) / ``df_residual``, with the k regressors (no intercept).

        ``df_residual`` + k is what an equation of the effects alone has left; where nothing is absorbed this is
        ``r2_adjusted``.

        Raises
        ------
        SpecError
            If this estimate does not carry its scores.
        """
        df_residual = self.df_residual
        return 1 - (1 - self.r2_within) * (df_residual + len(self._list_regressors())) / df_residual

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
            If ``terms`` is one string, a term is not in the equation or named twice, or fewer than two are named.
        FitError
            As :meth:`test_zero` does.
        """
        places = self._find_places(terms, 2, "an equality test needs two")
        restrictions = np.zeros((len(terms) - 1, len(self.params)))
        restrictions[:, places[0]] = 1.0
        restrictions[np.arange(len(terms) - 1), places[1:]] = -1.0
        return self._test(restrictions, " = ".join(terms))

    def test_zero(self, terms: Sequence[str]) -> WaldTest:
        """Test that the coefficients of ``terms`` are all zero: F(len(terms), df).

        Raises
        ------
        SpecError
            If ``terms`` is one string, a term is not in the equation or named twice, or none is named.
        FitError
            If the covariance of the terms is not finite or lacks full rank, or there are more restrictions than degrees
            of freedom (as with few clusters).
        """
        places = self._find_places(terms, 1, "a test needs one")
        restrictions = np.zeros((len(terms), len(self.params)))
        restrictions[np.arange(len(terms)), places] = 1.0
        return self._test(restrictions, " = ".join([*terms, "0"]))

    def test_regressors(self, kind: FKind = "wald") -> WaldTest:
        """Test that the coefficients of all k regressors are zero: the F that stands below an equation.

        Programs print different ones, so a table must say which.

        Parameters
        ----------
        kind
            "wald": with the covariance of this estimate, F(k, df), as reghdfe prints it; after the wild bootstrap with
            the clustered one.
            "conventional": with the classical covariance, whatever the one of this estimate, as reghdfe prints it
            without clusters: (within R² / k) / ((1 − within R²) / ``df_residual``) ~ F(k, ``df_residual``).
            "overall": of the regressors and all effects, against a constant alone:
            (R² / (n − 1 − ``df_residual``)) / ((1 − R²) / ``df_residual``), as a regression with dummies prints it.

        Raises
        ------
        SpecError
            If ``kind`` is not known; if it is another than "wald" and this estimate does not carry its scores.
        FitError
            As :meth:`test_zero` does; if a perfect fit leaves nothing to compare with.
        """
        check_choice("test_regressors", "kind", kind, get_args(FKind))
        regressors = self._list_regressors()
        if kind == "wald":
            return self.test_zero(regressors)
        df_residual = self.df_residual
        if kind == "conventional":
            return _test_fit(self.r2_within, len(regressors), df_residual, " = ".join([*regressors, "0"]))
        effects = [f"[{effect}]" for effect in self.absorbed]
        return _test_fit(self.r2, self.nobs - 1 - df_residual, df_residual, " = ".join([*regressors, *effects, "0"]))

    def _list_regressors(self) -> list[str]:
        return [term for term in self.params["term"] if term != INTERCEPT]

    def _find_places(self, terms: Sequence[str], fewest: int, sentence: str) -> list[int]:
        """Return where the terms stand in the equation; refuse a lone string, unknown, doubled and too few ones."""
        names = list(self.params["term"])
        known = not isinstance(terms, str) and all(term in names for term in terms)
        if not known or len(terms) < fewest or len(set(terms)) < len(terms):
            shown = terms if isinstance(terms, str) else list(terms)
            raise SpecError(
                f"{sentence} or more of the terms {', '.join(names)}, in a list and each once. Got {shown!r}."
            )
        return [names.index(term) for term in terms]

    def _test(self, restrictions: FloatArray, hypothesis: str) -> WaldTest:
        """F = (Rb)'(RVR')⁻¹(Rb) / q, with the variances of Rb scaled to one."""
        vcov = self.vcov.to_numpy(dtype=float)
        n_restrictions = len(restrictions)
        _check_restrictions(restrictions, vcov, self.df, hypothesis)
        spread = restrictions @ vcov @ restrictions.T
        errors = np.sqrt(np.diag(spread))
        gap = restrictions @ self.params["estimate"].to_numpy(dtype=float) / errors
        statistic = float(gap @ np.linalg.solve(spread / np.outer(errors, errors), gap)) / n_restrictions
        p_value = float(stats.f.sf(statistic, n_restrictions, self.df))
        return WaldTest(hypothesis, statistic, n_restrictions, self.df, p_value)


def _test_fit(share: float, df_num: int, df_denom: int, hypothesis: str) -> WaldTest:
    """Return the F test that nothing is explained, given the share of the squares that is."""
    if share >= 1:
        raise FitError(
            f"{hypothesis} cannot be tested: the equation fits perfectly, and no residual is left to compare with. "
            "Look whether the outcome is made of its regressors."
        )
    statistic = share / df_num / ((1 - share) / df_denom)
    return WaldTest(hypothesis, statistic, df_num, df_denom, float(stats.f.sf(statistic, df_num, df_denom)))


def _check_restrictions(restrictions: FloatArray, vcov: FloatArray, df: float, hypothesis: str) -> None:
    """Refuse restrictions R of which RVR' says too little for an F test."""
    reason = _find_reason(restrictions, vcov, df)
    if reason:
        raise FitError(
            f"{hypothesis} cannot be tested jointly: {reason}. Test fewer terms, or choose another covariance with "
            "with_vcov."
        )


def _find_reason(restrictions: FloatArray, vcov: FloatArray, df: float) -> str:
    """Return why a joint test is not possible; empty if it is."""
    if not np.isfinite(vcov).all():
        return "the covariance of the estimates is not finite"
    if len(restrictions) > df:
        return (
            f"it has {len(restrictions)} restrictions, and the covariance only {df:g} degrees of freedom (with "
            "clusters, one less than there are of them)"
        )
    spread = restrictions @ vcov @ restrictions.T
    reach = np.abs(restrictions) @ np.sqrt(np.maximum(np.diag(vcov), 0.0))
    own = np.diag(spread)
    singular = bool((own <= _ROUNDING * reach**2).any())
    if singular or np.linalg.eigvalsh(spread / np.sqrt(np.outer(own, own))).min() <= _SINGULAR:
        return (
            f"the covariance of its {len(restrictions)} restrictions lacks full rank, as it does with a variance of "
            "zero, or with few clusters"
        )
    return ""


def build_params(
    terms: Sequence[str] | pd.Index, estimates: np.ndarray, vcov: np.ndarray, df: float, level: float = LEVEL
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
    reach = special.stdtrit(df, (1 + level) / 2) * errors
    p_values = 2 * special.stdtr(df, -np.abs(statistics))
    numbers = np.column_stack([estimates, errors, statistics, p_values, estimates - reach, estimates + reach])
    table = pd.DataFrame(numbers, columns=_NUMBERS)
    table.insert(0, TIDY[0], terms if isinstance(terms, pd.Index) else list(terms))
    return table
