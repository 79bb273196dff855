"""Codings that the tests of reliability share: those with published answers, and arbitrary ones."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from textq.coding.reliability.joint_codings import JointCodings, join_codings

REFERENCE = Path(__file__).resolve().parents[3] / "reference" / "reliability"


def read_reference(name: str) -> JointCodings:
    """Codings of a published example; two coders for a table."""
    tables = json.loads((REFERENCE / "tables.json").read_text(encoding="utf-8"))
    if name in tables:
        return from_table(tables[name])
    with (REFERENCE / f"{name}.csv").open(encoding="utf-8") as file:
        rows = [{key: int(cell) if cell else None for key, cell in row.items()} for row in csv.DictReader(file)]
    if name.endswith("_counts"):
        return join_codings([[int(key) for key, times in row.items() for _ in range(times or 0)] for row in rows])
    return join_codings([list(row.values()) for row in rows], list(rows[0]))


def from_table(table: Sequence[Sequence[int]]) -> JointCodings:
    values = [
        [first + 1, second + 1]
        for first, row in enumerate(table)
        for second, times in enumerate(row)
        for _ in range(times)
    ]
    return join_codings(values, categories=range(1, len(table) + 1))


def list_published(*coefficients: str) -> list[dict[str, str]]:
    with (REFERENCE / "published.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["coefficient"] in coefficients]


def assert_as_printed(value: float | None, printed: str) -> None:
    """``value``, rounded to as many decimals as were printed, is what was printed."""
    assert value is not None
    if printed:
        assert round(value, len(printed.partition(".")[2])) == float(printed)


def repeat_clauses(codings: JointCodings, times: Sequence[int]) -> JointCodings:
    """Each clause as often as a draw has it, as if it were that many clauses."""
    at = np.repeat(np.arange(len(times)), times)
    return JointCodings(codings.codes[at], codings.categories, codings.coders, np.arange(len(at)))


@st.composite
def codings(draw: st.DrawFn, *, gaps: bool = True, most_coders: int = 4) -> JointCodings:
    """Codings in up to four numbered categories; at least two clauses coded twice, and two categories."""
    width = draw(st.integers(2, most_coders))
    cell: st.SearchStrategy[Any] = st.sampled_from([1, 2, 3, 4, None] if gaps else [1, 2, 3, 4])
    rows = draw(st.lists(st.lists(cell, min_size=width, max_size=width), min_size=2, max_size=12))
    rest = None if gaps else 2
    return join_codings([[1, 2] + [rest] * (width - 2), [2, 2] + [1] * (width - 2), *rows], categories=[1, 2, 3, 4])
