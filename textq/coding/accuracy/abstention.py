"""How often a coder is wrong where it abstains, and where it does not."""

from dataclasses import dataclass

import numpy as np

from textq.coding.accuracy.judged import Judged
from textq.coding.arrays import divide_halves
from textq.coding.resample import Figure, Resampling, estimate


@dataclass(frozen=True, slots=True)
class Abstention:
    """Clauses of which the coder is unsure: how many, the error rate among them, and that among the others."""

    n_unsure: int
    error_unsure: Figure
    error_sure: Figure


def measure_abstention(judged: Judged, resampling: Resampling | None = None) -> Abstention:
    """Measure the error rates of a coder's best guesses; ``resampling`` draws for intervals, over the same clauses."""
    weights = judged.relative_weights
    wrong = weights * ~judged.right
    sides = (judged.unsure, ~judged.unsure)
    contributions = np.stack([part * side for part in (wrong, weights) for side in sides], axis=1)
    unsure, sure = estimate(contributions, divide_halves, resampling)
    return Abstention(int(judged.unsure.sum()), unsure, sure)
