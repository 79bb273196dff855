"""Numbers for the values of long columns, by the cheapest way that their order allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    BoolArray = NDArray[np.bool_]
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
        keys = values.to_numpy(dtype=np.intp)
        numbered = _number_ordered(keys)
        if numbered is None:
            lowest, highest = int(keys.min()), int(keys.max())
            if highest - lowest < _SLOTS * len(keys):
                codes, found = number_keys(keys - lowest, highest - lowest + 1)
                numbered = codes, found + lowest
        if numbered is not None:
            return numbered[0], pd.Index(numbered[1].astype(values.dtype))
    starts = _find_runs(values)
    codes, known = pd.factorize(_open_array(values) if starts is None else _open_array(values).take(starts), sort=sort)
    if starts is not None:
        codes = repeat_runs(codes, starts, len(values))
    return np.asarray(codes, dtype=np.intp), pd.Index(known)


def factorize_runs(columns: Sequence[pd.Series]) -> tuple[list[tuple[IntArray, pd.Index]], IntArray] | None:
    """Return the rows (R,) where runs of one combination of values begin, and of each column codes (R,) and values.

    None if runs are short, or values cannot be compared fast. Codes are −1 for missing values; values are not sorted.
    """
    marks: list[BoolArray] = []
    for values in columns:
        mark = _mark_changes(values)
        if mark is None:
            return None
        marks.append(mark)
    starts = np.flatnonzero(np.logical_or.reduce(marks))
    if len(starts) * _MIN_ROWS > len(columns[0]):
        return None
    coded = []
    for values, mark in zip(columns, marks, strict=True):
        codes, found = pd.factorize(_open_array(values).take(np.flatnonzero(mark)))
        coded.append((np.asarray(codes, dtype=np.intp)[np.cumsum(mark[starts]) - 1], pd.Index(found)))
    return coded, starts


def number_names(names: Sequence[pd.Index]) -> tuple[list[IntArray], list[Any]]:
    """Return numbers for lists of different texts, or of integers, in one numbering, and all of these, sorted.

    A few hundred of them are sorted faster here than by pandas.
    """
    listed = [found.to_numpy(dtype=object).tolist() for found in names]
    ordered = sorted(set().union(*listed))
    places = {name: place for place, name in enumerate(ordered)}
    return [np.array([places[name] for name in one], dtype=np.intp) for one in listed], ordered


def repeat_runs(values: IntArray, starts: IntArray, n_rows: int) -> IntArray:
    """Return the values of runs (…, R) for each of their rows (…, n); runs begin at ``starts`` (R,), the first at 0."""
    lengths = np.diff(starts, append=n_rows)
    even = len(lengths) > 0 and bool((lengths == lengths[0]).all())
    return np.asarray(np.repeat(values, int(lengths[0]) if even else lengths, axis=-1))


def number_keys(keys: IntArray, n_slots: int) -> tuple[IntArray, IntArray]:
    """Return codes (n,) for keys in [0, n_slots), and the keys that occur, sorted."""
    numbered = _number_ordered(keys)
    if numbered is not None:
        return numbered
    if n_slots > _SLOTS * len(keys):
        found, codes = np.unique(keys, return_inverse=True)
        return np.asarray(codes, dtype=np.intp), found
    occurs = np.zeros(n_slots, dtype=np.bool_)
    occurs[keys] = True
    numbers = np.cumsum(occurs, dtype=np.intp) - 1
    return numbers[keys], np.flatnonzero(occurs)


def _number_ordered(keys: IntArray) -> tuple[IntArray, IntArray] | None:
    """Do what :func:`number_keys` does for keys that never fall, or repeat a row of such ones over and over."""
    rises = keys[1:] >= keys[:-1]
    if rises.all():
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])[: len(keys)])
        return repeat_runs(np.arange(len(starts)), starts, len(keys)), keys[starts]
    length = int(np.argmin(rises)) + 1
    first = keys[:length]
    if len(keys) % length or (keys[length : 2 * length] != first).any():
        return None
    if (keys[length:] != keys[:-length]).any():
        return None
    codes, found = number_keys(first, length)
    return np.tile(codes, len(keys) // length), found


def are_different(keys: IntArray, n_slots: int) -> bool:
    """Return whether no key in [0, n_slots) stands twice."""
    if n_slots > _SLOTS * len(keys):
        return not bool(pd.Series(keys).duplicated().any())
    return bool(np.bincount(keys, minlength=1).max() <= 1)


def _find_runs(values: pd.Series) -> IntArray | None:
    """Return where runs of one value begin; None if they are short, or values cannot be compared fast."""
    changes = _mark_changes(values)
    if changes is None:
        return None
    starts = np.flatnonzero(changes)
    return starts if len(starts) * _MIN_ROWS <= len(values) else None


def _mark_changes(values: pd.Series) -> BoolArray | None:
    """Return which values differ from the one before (n,), the first among them; None if that takes long."""
    plain = isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf"
    if len(values) < (_MIN_ROWS if plain else _LONG) or not (plain or isinstance(values.dtype, pd.StringDtype)):
        return None
    changes = np.ones(len(values), dtype=np.bool_)
    letters = None if plain else _view_letters(values)
    if letters is None:
        array = _open_array(values)
        differ = array[1:] != array[:-1]
        changes[1:] = differ if isinstance(differ, np.ndarray) else differ.to_numpy(dtype=np.bool_, na_value=True)
    else:
        changes[1:] = False
        changes[np.flatnonzero(letters[1:] != letters[:-1]) // letters.shape[1] + 1] = True
    return changes


def _open_array(values: pd.Series) -> Any:
    """Return the array of a column: NumPy's where it is one."""
    return values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array


def _view_letters(values: pd.Series) -> NDArray[np.uint8] | None:
    """Return the bytes of texts (n, width) as Arrow holds them; None if it does not, or widths differ, or one lacks."""
    if not (isinstance(values.dtype, pd.StringDtype) and values.dtype.storage == "pyarrow"):
        return None
    chunked: Any = values.array.__arrow_array__()
    offset_type = {"string": np.int32, "large_string": np.int64}.get(str(chunked.type))
    if offset_type is None or chunked.num_chunks != 1 or chunked.null_count:
        return None
    texts = chunked.chunk(0)
    _, offsets, letters = texts.buffers()
    ends = np.frombuffer(offsets, dtype=offset_type)[texts.offset : texts.offset + len(texts) + 1]
    width = int(ends[1] - ends[0])
    if not width or (np.diff(ends) != width).any():
        return None
    return np.frombuffer(letters, dtype=np.uint8)[ends[0] : ends[-1]].reshape(-1, width)
