"""What an ensemble does with clauses that helped neither to learn its weights nor to choose its threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import BoolArray, FloatArray, IntArray
from textq.coding.ensemble.abstain import choose_threshold
from textq.coding.ensemble.pool import cross_fit_pool, fit_pool, pool_probabilities


@dataclass(frozen=True, slots=True)
class CrossFitted:
    """What ensembles fitted without a clause's fold say of it.

    Attributes
    ----------
    probabilities
        Shape (clauses, classes).
    sure
        Whether the first choice is kept, shape (clauses,): it reaches the threshold, and is that of a coder.
    """

    probabilities: FloatArray
    sure: BoolArray


def cross_fit_ensemble(opinions: Sequence[FloatArray], gold: IntArray, folds: IntArray, target: float) -> CrossFitted:
    """Return what an ensemble says of each fold if it learnt from the others.

    Its threshold is chosen on the others alone, by weights that were learnt without the clauses they are used for.

    Parameters
    ----------
    opinions
        Each coder's probabilities, of shape (clauses, classes).
    gold, folds
        The class and the fold of each clause; at least three folds.
    target
        The share of errors to be allowed among the codes that are kept.
    """
    pooled, sure = np.empty_like(opinions[0]), np.zeros(len(gold), dtype=bool)
    for fold in np.unique(folds):
        inside = folds == fold
        others, here = ([one[part] for one in opinions] for part in (~inside, inside))
        right = gold[~inside]
        threshold = choose_threshold(cross_fit_pool(others, right, folds[~inside]), right, target).threshold
        pooled[inside] = pool_probabilities(here, fit_pool(others, right))
        first = pooled[inside].argmax(axis=1)
        chosen = np.any([one.argmax(axis=1) == first for one in here], axis=0)
        sure[inside] = chosen & (pooled[inside].max(axis=1) >= threshold)
    return CrossFitted(pooled, sure)
