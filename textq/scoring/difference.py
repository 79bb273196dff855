"""Which numbers of two tables differ, cell by cell."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

TOLERANCE = 1e-10
"""Numbers closer than this share of the larger one are the same: the rounding of another machine moves nothing."""


def compare_numbers(
    before: pd.DataFrame, after: pd.DataFrame, key: Sequence[str], columns: Sequence[str], *, called: str
) -> pd.DataFrame:
    """Return the cells that differ, the largest changes of each column first.

    Parameters
    ----------
    before, after
        Tables with the columns ``key``, which identify a row, and ``columns``.
    columns
        What is compared, in the order in which it comes out.
    called
        What the column of their names shall be called.

    Returns
    -------
    DataFrame
        The key, ``called``, before, after, change. A number that only one of the tables has is missing in the other,
        and so is its change; these come last.
    """
    first, second = (
        table.melt(list(key), list(columns), var_name=called, value_name="value").dropna(subset="value")
        for table in (before, after)
    )
    names = [*key, called]
    both = first.merge(second, on=names, how="outer", suffixes=("_before", "_after"))
    one, other = (both[f"value_{side}"].to_numpy(float, na_value=np.nan) for side in ("before", "after"))
    change = other - one
    larger = np.fmax(np.abs(one), np.abs(other))
    moved = ~(np.abs(change) <= TOLERANCE * larger)
    rows: pd.DataFrame = both[names].assign(before=one, after=other, change=change)[moved]
    order = rows[called].map({name: place for place, name in enumerate(columns)}).astype("int64")
    ranked = rows.assign(order=order, size=-rows["change"].abs()).sort_values(["order", "size", *key], kind="stable")
    found: pd.DataFrame = ranked[[*names, "before", "after", "change"]]
    return found.reset_index(drop=True)
