"""Unit-periods that a file gives more than once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from textq.outcomes.cells import name_cell
from textq.outcomes.problems import Problem

if TYPE_CHECKING:
    import pandas as pd

KEY = ["variable", "unit", "period"]
"""What identifies a value."""

CLOSE = 0.2
"""Two values that differ by less than this share of the larger may be first print and revised."""


def drop_duplicates(values: pd.DataFrame) -> tuple[pd.DataFrame, list[Problem]]:
    """Keep the first value of each unit-period, and say which had several.

    Parameters
    ----------
    values
        Columns ``variable``, ``unit``, ``period``, ``name``, ``value`` (no NaN), ``row`` and ``column``.
    """
    doubled = values[values.duplicated(KEY, keep=False)].sort_values([*KEY, "row", "column"])
    problems = [
        problem
        for variable, own in doubled.groupby("variable", sort=False)
        for problem in _describe_doubled(own, str(variable))
    ]
    return values.drop_duplicates(KEY).reset_index(drop=True), problems


def _describe_doubled(doubled: pd.DataFrame, variable: str) -> list[Problem]:
    cells = [name_cell(*at) for at in zip(doubled["row"], doubled["column"], strict=True)]
    shown = doubled.assign(
        shown=[f"{value:.12g} ({cell})" for value, cell in zip(doubled["value"], cells, strict=True)]
    )
    found = shown.groupby(KEY[1:]).agg(
        name=("name", "first"), low=("value", "min"), high=("value", "max"), shown=("shown", ", ".join)
    ).reset_index()  # fmt: skip
    found["case"] = [f"{one.unit} {one.name} {one.period}: {one.shown}" for one in found.itertuples(index=False)]
    same = found["low"] == found["high"]
    largest = np.maximum(found["low"].abs(), found["high"].abs())
    close = ~same & (found["high"] - found["low"] < CLOSE * largest)
    kinds = {"repeated": same, "two_vintages": close, "conflict": ~same & ~close}
    return [
        Problem(kind, int(mask.sum()), tuple(found.loc[mask, "case"]), variable)  # type: ignore[arg-type]
        for kind, mask in kinds.items()
        if mask.any()
    ]
