"""How many units of each stratum are drawn: Neyman's allocation under costs, with floors."""

import numpy as np

from textq.review.strata import FloatArray, IntArray


def allocate(counts: IntArray, spreads: FloatArray, costs: FloatArray, budget: float, floors: IntArray) -> IntArray:
    """Return how many units to draw from each of s strata.

    The variance is smallest for n_h ∝ N_h S_h / √c_h (Neyman 1934; with costs: Cochran 1977, section 5.5). Floors come
    first, nothing exceeds N_h, and what is left is shared by the rule.

    Parameters
    ----------
    counts : (s,)
        Units in each stratum, N_h ≥ 1.
    spreads : (s,)
        S_h ≥ 0: the spread of what is measured.
    costs : (s,)
        c_h > 0: clauses a unit.
    budget
        Clauses in all; the floors are kept also where they cost more.
    floors : (s,)
        The fewest units of each stratum.

    Returns
    -------
    (s,)
        Whole numbers between the floors and N_h.
    """
    floors = np.minimum(floors, counts)
    wish = counts * np.maximum(spreads, 1e-9) / np.sqrt(costs)

    def share(scale: float) -> FloatArray:
        return np.asarray(np.clip(scale * wish, floors, counts), dtype=float)

    low, high = 0.0, float((counts / wish).max())
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) @ costs <= budget else (low, middle)
    return _round(share(low), counts, costs, budget)


def _round(shares: FloatArray, counts: IntArray, costs: FloatArray, budget: float) -> IntArray:
    """Round down, then add units where most was cut off, as long as the budget is met at least as well."""
    whole = np.floor(shares + 1e-9).astype(np.intp)
    for h in np.argsort(whole - shares, kind="stable"):
        room = budget - float(whole @ costs)
        if whole[h] < counts[h] and shares[h] - whole[h] > 1e-9 and room >= costs[h] / 2:
            whole[h] += 1
    return whole
