"""How far a coder is pulled towards the machine: agreement with it where its code is seen, less where it is hidden.

In FIX the code is hidden at random for a share of the clauses, so that both groups are alike but for that.
"""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

LEAST_SHOWN = 60
LEAST_HIDDEN = 30
"""Decisions of each kind below which no pull is told."""

ENOUGH_DOCUMENTS = 20
"""Documents from which on the interval is by documents; below, clauses count one by one."""

TOLERABLE = 0.05
"""A pull that is surely greater (the lower end of its 95 % interval) is too large."""

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Pull:
    """A coder's pull towards the machine.

    Attributes
    ----------
    n_shown, n_hidden
        Decisions with the machine's code in sight, and without.
    shown, hidden
        The shares of these that agree with the machine.
    value
        Their difference.
    low, high
        Its 95 % interval.
    by
        What the interval takes as independent: documents (linearised, t), or clauses (Newcombe 1998, method 10).
    """

    n_shown: int
    n_hidden: int
    shown: float
    hidden: float
    value: float
    low: float
    high: float
    by: Literal["document", "clause"]

    @property
    def is_too_large(self) -> bool:
        """Whether suggestions should no longer be shown to this coder."""
        return self.low > TOLERABLE


def measure_pull(agreed: BoolArray, shown: BoolArray, documents: IntArray) -> Pull | None:
    """Measure the pull of one coder; None with fewer than LEAST_SHOWN or LEAST_HIDDEN decisions.

    Parameters
    ----------
    agreed, shown : (n,)
        Whether the coder gave the machine's instrument, and whether its code was in sight.
    documents : (n,)
        The number of each clause's document.
    """
    n_shown, n_hidden = int(shown.sum()), int((~shown).sum())
    if n_shown < LEAST_SHOWN or n_hidden < LEAST_HIDDEN:
        return None
    seen, unseen = float(agreed[shown].mean()), float(agreed[~shown].mean())
    value = seen - unseen
    error = _measure_error(agreed, shown, documents, seen, unseen)
    g = len(np.unique(documents))
    if g >= ENOUGH_DOCUMENTS and error > 0:
        from scipy.special import stdtrit

        reach = float(stdtrit(g - 1, (1 + LEVEL) / 2)) * error
        return Pull(
            n_shown, n_hidden, seen, unseen, value, max(value - reach, -1.0), min(value + reach, 1.0), "document"
        )
    low, high = compare_shares(int(agreed[shown].sum()), n_shown, int(agreed[~shown].sum()), n_hidden)
    return Pull(n_shown, n_hidden, seen, unseen, value, low, high, "clause")


def _measure_error(agreed: BoolArray, shown: BoolArray, documents: IntArray, seen: float, unseen: float) -> float:
    """Return the standard error of a difference of shares, linearised and summed by document."""
    parts = np.where(shown, (agreed - seen) / shown.sum(), -(agreed - unseen) / (~shown).sum())
    sums = np.bincount(np.unique(documents, return_inverse=True)[1], weights=parts)
    g = len(sums)
    return math.sqrt(g / (g - 1) * float((sums**2).sum())) if g > 1 else 0.0


def compare_shares(k1: int, n1: int, k2: int, n2: int) -> tuple[float, float]:
    """Return the 95 % interval of k1/n1 − k2/n2 from Wilson's intervals of both (Newcombe 1998, method 10)."""
    p1, p2 = k1 / n1, k2 / n2
    (l1, u1), (l2, u2) = _score(k1, n1), _score(k2, n2)
    return (
        p1 - p2 - math.sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2),
        p1 - p2 + math.sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2),
    )


def _score(k: int, n: int) -> tuple[float, float]:
    """Return Wilson's interval of a share."""
    from scipy.special import ndtri

    z = float(ndtri((1 + LEVEL) / 2))
    middle = (k + z * z / 2) / (n + z * z)
    reach = z / (n + z * z) * math.sqrt(k * (n - k) / n + z * z / 4)
    return middle - reach, middle + reach
