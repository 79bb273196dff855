"""β and Σ of an event study as the R package HonestDiD takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ.errors import FitError, SpecError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

BASE = -1
"""The event time that HonestDiD leaves out: the last one before the treatment."""


def build_honest(
    event_times: Sequence[int], bins: Collection[int], estimates: FloatArray, vcov: FloatArray
) -> pd.DataFrame:
    """Return the estimates relative to event time −1, leads first: (β_e − β₋₁) for e ≠ −1, with their covariance.

    The restrictions of Rambachan and Roth (2023, Review of Economic Studies 90(5)) are on steps between neighbouring
    periods, from the last one before the treatment on. So the base is −1, whatever it is in ``estimates``, and the
    event times must have no gap.

    Parameters
    ----------
    event_times
        Those of the points, in order.
    bins
        Those that hold event times beyond the window.
    estimates, vcov : (K,) and (K, K)
        Of the points, relative to any base.

    Returns
    -------
    DataFrame
        One row an event time: event_time, period ("pre" or "post"), base (−1), bin (bool), estimate, and Σ in one
        column an event time, named by it.

    Raises
    ------
    SpecError
        If −1 or an event time between others is missing, or none is before −1.
    FitError
        If the covariance is not finite.
    """
    if list(event_times) != list(range(event_times[0], event_times[-1] + 1)) or event_times[0] >= BASE:
        raise SpecError(
            "HonestDiD takes consecutive event times, with −1 and one before it. The sample has "
            f"{', '.join(map(str, event_times))}. Use a window and a timing rule that leave no gap."
        )
    if not np.isfinite(vcov).all():
        raise FitError("the covariance of the points is not finite. Choose another one with with_vcov.")
    base = event_times.index(BASE)
    units = np.eye(len(event_times))
    change = np.delete(units - units[base], base, axis=0)
    sigma = change @ vcov @ change.T
    kept = [event_time for event_time in event_times if event_time != BASE]
    left = pd.DataFrame(
        {
            "event_time": kept,
            "period": ["pre" if event_time < BASE else "post" for event_time in kept],
            "base": BASE,
            "bin": [event_time in bins for event_time in kept],
            "estimate": change @ estimates,
        }
    )
    right = pd.DataFrame((sigma + sigma.T) / 2, columns=[str(event_time) for event_time in kept])
    return pd.concat([left, right], axis=1)
