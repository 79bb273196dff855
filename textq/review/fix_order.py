"""The order in which FIX serves clauses: probably wrong and of influence first, one in ten at random."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

BLOCK = 10
"""Of so many clauses in a row one was drawn at random from all."""


def order_clauses(
    p_wrong: FloatArray, influence: FloatArray, generator: np.random.Generator
) -> tuple[IntArray, BoolArray]:
    """Return the clauses (places) in their order, and which of them were put in at random.

    Parameters
    ----------
    p_wrong, influence : (n,)
        The probability that the machine is wrong, and what hangs on the clause, ≥ 0.
    generator
        Draws the random ones from all clauses, their places within each ten, and the order of equals.

    Notes
    -----
    Every full block of ten holds one random clause at a random place. A clause that is drawn at random stands there and
    not a second time. Where nothing has influence the order is that of ``p_wrong``.
    """
    n = len(p_wrong)
    n_blocks = n // BLOCK
    drawn = generator.permutation(n)[:n_blocks]
    weights = influence if influence.any() else np.ones(n)
    ranked = np.lexsort((generator.permutation(n), -p_wrong, -p_wrong * weights))
    is_drawn = np.zeros(n, dtype=bool)
    is_drawn[drawn] = True
    is_random = np.zeros(n, dtype=bool)
    is_random[np.arange(n_blocks) * BLOCK + generator.integers(0, BLOCK, n_blocks)] = True
    order = np.empty(n, dtype=np.intp)
    order[is_random] = drawn
    order[~is_random] = ranked[~is_drawn[ranked]]
    return order, is_random
