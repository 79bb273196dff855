"""The order of units, pairs and columns in which zeros need not be made: pairs without treatment come first."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from econ.pair_columns import PairStream, keeps_zero, sort_columns

IntArray = NDArray[np.intp]


def put_quiet_first(stream: PairStream) -> tuple[PairStream, IntArray, IntArray]:
    """Return the stream in another order, and the units' and the columns' places of old, in it.

    In pairs of two units that are never treated, the treatment and its products are zero in all periods. They are most
    of the pairs, and treatment makes many of the columns: these pairs come first, these columns last.

    Parameters
    ----------
    stream
        Its pairs name the lower place first, and are sorted by both.
    """
    quiet = np.asarray((stream.treatment == 0).all(axis=0))
    silent = [
        column.treated or (keeps_zero(column) and not values[:, quiet].any())
        for column, values in zip(stream.columns, stream.stack, strict=True)
    ]
    units, columns = np.arange(stream.n_units), np.arange(len(stream.columns))
    if not any(silent) or all(silent) or not (quiet[stream.first] & quiet[stream.second]).any():
        return stream, units, columns
    units, columns = np.argsort(~quiet, kind="stable"), sort_columns(stream.columns, silent)
    numbers = np.empty(len(units), dtype=np.intp)
    numbers[units] = np.arange(len(units))
    first, second = numbers[stream.first], numbers[stream.second]
    turned, lower, upper = first > second, np.minimum(first, second), np.maximum(first, second)
    n_quiet = int(quiet.sum())
    pairs = _sort_pairs(lower, upper < n_quiet)
    marks = None if stream.designated_first is None else (stream.designated_first != turned)[pairs]
    arranged = replace(
        stream,
        columns=tuple(stream.columns[place] for place in columns),
        stack=np.take(stream.stack[columns], units, axis=2),
        treatment=stream.treatment[:, units],
        present=None if stream.present is None else np.ascontiguousarray(stream.present[:, units]),
        first=lower[pairs],
        second=upper[pairs],
        pair_values=stream.pair_values[:, pairs] if len(stream.pair_values) else stream.pair_values,
        designated_first=marks,
        weights=None if stream.weights is None else stream.weights[pairs],
        turned=turned[pairs],
        groups=None if stream.groups is None else stream.groups[pairs],
        gone=None if stream.gone is None else stream.gone[:, pairs],
        n_quiet_units=n_quiet,
        n_quiet_columns=sum(silent),
    )
    return arranged, units, columns


def _sort_pairs(lower: IntArray, quiet: NDArray[np.bool_]) -> IntArray:
    """Return the order of the quiet pairs, then the others, by both places.

    The pairs were sorted before: the quiet ones still are, and the others are but for their lower place. Short integers
    are sorted fastest.
    """
    first, second = np.flatnonzero(quiet), np.flatnonzero(~quiet)
    short = lower[second].astype(np.min_scalar_type(lower.max()))
    return np.concatenate([first, second[np.argsort(short, kind="stable")]])
