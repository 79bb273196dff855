"""Numbers for the values of long columns, by the cheapest way that their order allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    IntArray = NDArray[np.intp]

_SLOTS = 8  # a table of so many times the rows is cheaper than a hash of them
_MIN_ROWS = 4  # of a run, to be worth looking for
_LONG = 50_000  # rows from which looking for runs of texts costs less than it saves


def factorize(values: pd.Series, *, sort: bool = True) -> tuple[IntArray, pd.Index]:
    """Return codes (n,), −1 for missing values, and the values that they stand for, sorted if asked for.

    Where values come in runs, as the units of sorted rows do, only the first of each run is looked up; integers that
    lie close together are counted.
    """
    if isinstance(values.dtype, np.dtype) and values.dtype.kind == "i" and len(values):
        lowest, highest = int(values.min()), int(values.max())
        if highest - lowest < _SLOTS * len(values):
            codes, keys = number_keys(values.to_numpy(dtype=np.intp) - lowest, highest - lowest + 1)
            return codes, pd.Index((keys + lowest).astype(values.dtype))
    starts = _find_runs(values)
    codes, found = pd.factorize(values if starts is None else values.iloc[starts], sort=sort)
    if starts is not None:
        codes = np.repeat(codes, np.diff(starts, append=len(values)))
    return np.asarray(codes, dtype=np.intp), pd.Index(found)


def number_keys(keys: IntArray, n_slots: int) -> tuple[IntArray, IntArray]:
    """Return codes (n,) for keys in [0, n_slots), and the keys that occur, sorted."""
    if (keys[1:] >= keys[:-1]).all():
        begins = np.append(True, keys[1:] != keys[:-1])[: len(keys)]
        return np.cumsum(begins, dtype=np.intp) - 1, keys[begins]
    if n_slots > _SLOTS * len(keys):
        found, codes = np.unique(keys, return_inverse=True)
        return np.asarray(codes, dtype=np.intp), found
    occurs = np.zeros(n_slots, dtype=np.bool_)
    occurs[keys] = True
    numbers = np.cumsum(occurs, dtype=np.intp) - 1
    return numbers[keys], np.flatnonzero(occurs)


def are_different(keys: IntArray, n_slots: int) -> bool:
    """Return whether no key in [0, n_slots) stands twice."""
    if n_slots > _SLOTS * len(keys):
        return not bool(pd.Series(keys).duplicated().any())
    return bool(np.bincount(keys, minlength=1).max() <= 1)


def _find_runs(values: pd.Series) -> IntArray | None:
    """Return where runs of one value begin; None if they are short, or values cannot be compared fast."""
    plain = isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf"
    if len(values) < (_MIN_ROWS if plain else _LONG) or not (plain or isinstance(values.dtype, pd.StringDtype)):
        return None
    array = values.array
    differ = array[1:] != array[:-1]
    changes = differ if isinstance(differ, np.ndarray) else differ.to_numpy(dtype=np.bool_, na_value=True)
    starts = np.flatnonzero(np.append(True, changes))
    return starts if len(starts) * _MIN_ROWS <= len(values) else None
