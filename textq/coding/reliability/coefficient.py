"""What one coefficient of agreement says."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from textq.coding.arrays import FloatArray, divide
from textq.coding.resample import Interval

Why = Literal["", "one_category", "absent_coder", "never_given"]
"""Why there is no value: all codings are in one category, so that chance agreement is complete; a coder coded none of
the clauses; nobody gave the category."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """An estimate of agreement.

    Attributes
    ----------
    name
        ``"alpha"``, ``"kappa"`` …
    value
        None where it is not defined; ``why`` says the reason.
    observed, expected
        The agreement seen and that by chance, which were compared, from 0 to 1; None where there is none.
    standard_error
        From theory; None where none was computed.
    interval
        By bootstrap; None where none was drawn.
    n_clauses
        Over how many clauses.
    why
        Why there is no value.
    """

    name: str
    value: float | None
    n_clauses: int
    observed: float | None = None
    expected: float | None = None
    standard_error: float | None = None
    interval: Interval | None = None
    why: Why = ""


def correct_chance(observed: FloatArray, expected: FloatArray) -> FloatArray:
    """Return (observed − expected) / (1 − expected), NaN where chance agreement is complete."""
    return divide(np.subtract(observed, expected), np.subtract(1.0, expected))
