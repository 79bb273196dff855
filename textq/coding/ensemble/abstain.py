"""When to leave a clause to a person: the threshold on the probability of the first choice."""

import math
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import FloatArray, IntArray
from textq.errors import ConfigError

NEVER = 2.0
"""A threshold that no probability reaches: every clause is left to a person."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """Codes whose probability is at least ``threshold`` are kept.

    ``target`` is the share of errors among them that was asked for; ``kept`` the share of clauses, and ``error`` the
    share of errors among those, on the clauses by which the threshold was chosen (``error`` is None if none is kept).
    """

    target: float
    threshold: float
    kept: float
    error: float | None


def choose_threshold(probabilities: FloatArray, gold: IntArray, target: float) -> Threshold:
    """Return the threshold that keeps most clauses with at most ``target`` errors among those kept.

    With e errors among k kept clauses, (e + 1) / (k + 1) must not be above ``target``: one error more than was seen, so
    that a lucky handful is not taken for certainty. The bound is that of conformal risk control (Angelopoulos, Bates,
    Fisch, Lei and Schuster 2024), which divides by all clauses and needs a loss that only falls as the threshold rises.
    The share of errors among the kept ones need not, and the best threshold is looked for on the very clauses that
    judge it: so there is NO guarantee that ``target`` holds on new clauses. With one, fewer clauses would be kept
    (Geifman and El-Yaniv 2017). The figures hold for clauses like those given, and only if the probabilities are out of
    fold. Clauses of equal probability are kept or left together.

    Raises
    ------
    ConfigError
        If ``target`` does not lie in [0, 1].
    """
    if not 0 <= target <= 1:
        raise ConfigError(f"The 'target' parameter must be a share from 0 to 1. Got {target!r} instead.")
    sure = probabilities.max(axis=1)
    order = np.argsort(-sure, kind="stable")
    wrong = np.cumsum((probabilities.argmax(axis=1) != gold)[order])
    kept = np.arange(1, len(order) + 1)
    last_of_equals = np.append(sure[order][1:] != sure[order][:-1], True)
    allowed = np.flatnonzero(last_of_equals & (wrong + 1 <= target * (kept + 1)))
    if not len(allowed):
        return Threshold(target, NEVER, 0.0, None)
    last = int(allowed[-1])
    return Threshold(
        target=target,
        threshold=float(sure[order][last]),
        kept=float(kept[last] / len(order)),
        error=float(wrong[last] / kept[last]),
    )


def check_threshold(threshold: Threshold) -> None:
    """Refuse shares that are none.

    Raises
    ------
    ConfigError
        If a figure is no number or outside its range.
    """
    shares = (threshold.target, threshold.kept, *([] if threshold.error is None else [threshold.error]))
    if not all(0 <= share <= 1 for share in shares) or not (math.isfinite(threshold.threshold)):
        raise ConfigError("the target, the threshold or the shares of abstention are outside their range.")
