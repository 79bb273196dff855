"""Numbers and years as yearbooks print them."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from textq.outcomes.cells import Cell
from textq.outcomes.numbers import is_number, parse_numbers, parse_period


def read(*cells: Cell) -> tuple[list[float], list[bool], list[bool]]:
    array = np.empty(len(cells), dtype=object)
    array[:] = cells
    numbers = parse_numbers(array)
    return numbers.values.tolist(), numbers.missing.tolist(), numbers.unreadable.tolist()


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (1.5, 1.5), ("1.5", 1.5), ("1,234.5", 1234.5), ("12,345,678", 12345678.0), ("-3", -3.0), ("−3", -3.0),
        ("+3", 3.0), ("９．０", 9.0), ("9.0%", 9.0), ("9％", 9.0), (".5", 0.5), ("1e3", 1000.0), ("1 234", 1234.0),
    ],
)  # fmt: skip
def test_numbers(cell: Cell, value: float) -> None:
    assert read(cell) == ([value], [False], [False])
    assert is_number(cell)


@pytest.mark.parametrize("cell", ["-", "—", "……", "…", "...", "n.a.", "NA", "#N/A", "缺失", "NaN", "."])
def test_marks_of_missing_values(cell: str) -> None:
    values, missing, unreadable = read(cell, 1.0)
    assert np.isnan(values[0])
    assert (missing, unreadable) == ([True, False], [False, False])


@pytest.mark.parametrize("cell", ["约3", "1,5", "12,34,567", "1.2.3", "3①", "inf", "%", "e5", date(2010, 1, 1)])
def test_other_texts_are_not_guessed(cell: Cell) -> None:
    values, missing, unreadable = read(None, cell)
    assert np.isnan(values).all()
    assert (missing, unreadable) == ([False, False], [False, True])


@given(st.lists(st.floats(-1e12, 1e12, allow_subnormal=False), min_size=1))
def test_numbers_as_texts_are_the_numbers(numbers: list[float]) -> None:
    assert read(*map(repr, numbers))[0] == numbers


@pytest.mark.parametrize(
    "cell", [2017.0, "2017", "2017年", "2017 年度", "２０１７", "2017-12-31", "2017年12月", date(2017, 6, 1)]
)
def test_periods(cell: Cell) -> None:
    assert parse_period(cell) == 2017


@pytest.mark.parametrize("cell", [None, 17.0, 2017.5, "十七", "2017–2018", "12017", "1817", "合计"])
def test_other_texts_are_no_periods(cell: Cell) -> None:
    assert parse_period(cell) is None
