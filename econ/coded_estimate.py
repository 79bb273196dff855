"""What a regression on coded intensities returns: the naive and the corrected estimate, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

from econ.errors import SpecError
from econ.estimate import LEVEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from econ.estimate import Estimate, WaldTest
    from econ.weak_signal import ConfidenceSet, MomentTest


@dataclass(frozen=True, slots=True)
class CodedEstimate:
    """Naive and corrected estimates of one equation.

    Attributes
    ----------
    naive, corrected : Estimate
        As if codes were without error, and with the correction; the same rows, terms and kind of covariance.
    lambda_min : float
        Variance of the coded regressors, effects and controls taken out, over the part of it that is coding error, in
        the direction where this is least; infinite without error.
    variance_split : DataFrame
        One row a term: ``regression`` and ``gold``, the two parts of the corrected variance, and ``gold_share``.
    condition : float
        Condition number of the confusion matrix; the largest of several.
    n_negative : int
        Documents with a negative corrected count; no error, but many tell of a poor coder or few clauses.
    n_gold : int
        Gold clauses behind the confusion matrix; 0 for a known one.
    moment_tests
        By term, what :meth:`test` and :meth:`invert` go by.
    """

    naive: Estimate
    corrected: Estimate
    lambda_min: float
    variance_split: pd.DataFrame
    condition: float
    n_negative: int
    n_gold: int
    moment_tests: Mapping[str, MomentTest] = field(default_factory=dict, repr=False, compare=False)

    @property
    def signal_share(self) -> float:
        """1 − 1/λ_min: the share of the regressors' variance that is not coding error, where it is least."""
        return 1 - 1 / self.lambda_min

    @property
    def gold_to_halve(self) -> int:
        """How many more audited clauses, drawn alike, halve the ``gold`` part of variances: as many as there were."""
        return self.n_gold

    def test(self, term: str, value: float = 0.0) -> WaldTest:
        """Test that a coefficient is ``value``, the others solved for: F(1, df), however weak the signal.

        See :mod:`econ.weak_signal`. The other terms must be told apart well; only this one may be weak.

        Raises
        ------
        SpecError
            If the term is not in the equation.
        """
        return self._find(term).test(value)

    def invert(self, term: str, level: float = LEVEL) -> ConfidenceSet:
        """Return the values of a coefficient that :meth:`test` does not reject at 1 − ``level``.

        Where the signal is strong this is close to the interval of ``corrected``; where it is weak it may be wider, not
        symmetric, or without an end.

        Raises
        ------
        SpecError
            If the term is not in the equation, or the level not between 0 and 1.
        """
        if not 0 < level < 1:
            raise SpecError(f"The 'level' parameter of invert lies between 0 and 1. Got {level!r} instead.")
        return self._find(term).invert(level)

    def _find(self, term: str) -> MomentTest:
        if term not in self.moment_tests:
            raise SpecError(f"the equation has no term {term!r}. It has {', '.join(self.moment_tests)}.")
        return self.moment_tests[term]

    def summary(self) -> str:
        """Return both columns side by side, and what the correction rests on."""
        naive, corrected = (one.params.set_index("term") for one in (self.naive, self.corrected))
        table = pd.DataFrame(
            {
                "naive": naive["estimate"],
                "(se)": naive["std_error"],
                "corrected": corrected["estimate"],
                "(se) ": corrected["std_error"],
                "gold share": self.variance_split.set_index("term")["gold_share"],
            }
        ).reindex(corrected.index)
        lines = [
            f"{self.corrected.spec.outcome}: {self.corrected.nobs:,} rows",
            table.to_string(float_format=lambda value: f"{value:.6g}"),
            f"λ_min {self.lambda_min:.3g}, signal share {self.signal_share:.1%}, condition {self.condition:.3g}",
            *self.corrected.notes,
        ]
        return "\n".join(lines)
