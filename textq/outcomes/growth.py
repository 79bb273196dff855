"""Growth rates, and indices that stand for them: 109.0 (last year = 100) means growth of 9.0 per cent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from textq.errors import SeriesFileError
from textq.outcomes.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd

_GROWTH_NAME = re.compile(r"增长|增速|增幅|指数|growth|index|(?:^|_)g(?:_|$)|上年\s*=?\s*100", re.IGNORECASE)
_NARROW = (80.0, 140.0, 95.0, 115.0)
_WIDE = (50.0, 200.0, 90.0, 130.0)
_LARGEST_RATE = 50.0
_LEAST_VALUES = 3


def is_growth_name(variable: str) -> bool:
    """Tell whether a name speaks of growth or of an index (增速, 增长率, 指数, growth, gdp_g)."""
    return _GROWTH_NAME.search(variable) is not None


def find_indices(table: pd.DataFrame) -> frozenset[str]:
    """Return the variables that look like an index with last year = 100.

    All values lie in [80, 140] and their median in [95, 115]; where the name speaks of growth, [50, 200] and
    [90, 130] are enough.
    """
    groups = table.groupby("variable")["value"]
    return frozenset(str(name) for name, values in groups if _looks_like_index(str(name), values))


def _looks_like_index(variable: str, values: pd.Series) -> bool:
    low, high, least, most = _WIDE if is_growth_name(variable) else _NARROW
    inside = bool(values.between(low, high).all()) and least <= values.median() <= most
    return inside and len(values) >= _LEAST_VALUES


def find_mixed(own: pd.DataFrame, variable: str) -> Iterator[Problem]:
    """Find the smaller part of a variable of growth in which some values are indices and all others are rates."""
    like_index = own["value"].between(*_NARROW[:2])
    like_rate = own["value"].abs() < _LARGEST_RATE
    if is_growth_name(variable) and (like_index | like_rate).all() and like_index.any() and like_rate.any():
        small = own[like_index if like_index.sum() <= like_rate.sum() else like_rate]
        cases = (f"{row['unit']} {row['name']} {row['period']}: {row['value']:.12g}" for _, row in small.iterrows())
        yield Problem("mixed_index", len(small), tuple(cases), variable)


def convert_indices(table: pd.DataFrame) -> tuple[pd.DataFrame, Mapping[str, int]]:
    """Take 100 from the variables that look like an index; return the table and how many values of each changed.

    Raises
    ------
    SeriesFileError
        If no variable looks like one.
    """
    indices = find_indices(table)
    if not indices:
        raise SeriesFileError("no variable looks like an index with last year = 100. Leave --index-to-growth out.")
    chosen = table["variable"].isin(indices)
    rates = np.round(table["value"] - 100, 10)
    counts = table.loc[chosen, "variable"].value_counts(sort=False)
    return table.assign(value=table["value"].where(~chosen, rates)), {str(name): int(n) for name, n in counts.items()}


def to_rate(values: pd.Series, *, index: bool) -> pd.Series:
    """Return growth in per cent from an index, a share (0.09), or per cent."""
    if index:
        return values - 100
    return values * 100 if values.abs().median() < 1 else values
