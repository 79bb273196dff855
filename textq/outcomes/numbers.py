"""Cells → numbers and years, as yearbooks print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from textq.outcomes.cells import Cell, fold_text, show_cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

MISSING_MARKS = frozenset(
    {"-", "--", "---", "—", "——", "–", "…", "……", "...", "......", ".", "..", "*", "/"}
    | {"na", "n.a.", "n/a", "#n/a", "nan", "null", "none", "缺", "缺失", "无", "空"}
)
"""Texts that say "no value", folded; "…" folds to "..."."""

_PLAIN = re.compile(r"[+-]?[0-9]+(?:\.[0-9]*)?")
_NUMBER = re.compile(r"[+-]?(?:(?:\d+|\d{1,3}(?:,\d{3})+)(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?%?")
_YEAR = re.compile(r"(?P<year>(?:19|20)\d{2})(?:年度?|[-/]\d{1,2}|([-/.])\d{1,2}\2\d{1,2}|年\d{1,2}月(?:\d{1,2}日)?)?")


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """What cells hold, each array of their length: the values (NaN if none), marks for "missing", other texts."""

    values: NDArray[np.float64]
    missing: NDArray[np.bool_]
    unreadable: NDArray[np.bool_]


def parse_numbers(cells: NDArray[np.object_]) -> Numbers:
    """Read numbers: 1234.5, 1,234.5, full-width digits, 9.0% as 9; each distinct text is read once."""
    series = pd.Series(cells, dtype=object)
    plain = series.map(lambda cell: isinstance(cell, float))
    texts = series.where(~plain & series.notna(), None)
    read = {text: _parse_text(text) for text in texts.dropna().unique()}
    values = np.array([cell if isinstance(cell, float) else np.nan for cell in cells], dtype=np.float64)
    numbers = texts.map({text: number for text, number in read.items() if number is not None})
    others = [text for text, number in read.items() if number is None]
    marks = texts.isin([text for text in others if fold_text(text) in MISSING_MARKS]).to_numpy()
    values = np.where(np.isnan(values), numbers.to_numpy(dtype=np.float64, na_value=np.nan), values)
    return Numbers(values, marks, texts.notna().to_numpy() & np.isnan(values) & ~marks)


def parse_period(cell: Cell) -> int | None:
    """Return the year a cell states (2017, 2017年, 2017年度, 2017-12-31), or None."""
    if isinstance(cell, date):
        return cell.year
    found = _YEAR.fullmatch(fold_text(cell))
    return int(found["year"]) if found else None


def is_number(cell: Cell) -> bool:
    """Tell whether a cell holds a number, as such or as text."""
    return isinstance(cell, float) or (isinstance(cell, str) and _parse_text(cell) is not None)


def _parse_text(cell: Cell) -> float | None:
    if isinstance(cell, str) and _PLAIN.fullmatch(cell):
        return float(cell)
    text = fold_text(cell).replace("−", "-")
    raised = any(char.isdigit() and not char.isdecimal() for char in show_cell(cell))  # 3① and 3² are not 31 and 32
    if isinstance(cell, date) or raised or not _NUMBER.fullmatch(text):
        return None
    return float(text.rstrip("%").replace(",", ""))
