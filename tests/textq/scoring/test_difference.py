import numpy as np
import pandas as pd

from textq.scoring.difference import compare_numbers


def make(rows: list[tuple[str, float | None, float | None]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["unit", "count", "share"]).astype({"count": "Float64", "share": "Float64"})


def compare(before: pd.DataFrame, after: pd.DataFrame) -> list[tuple[object, ...]]:
    found = compare_numbers(before, after, ["unit"], ["count", "share"], called="measure")
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in found.itertuples(index=False)]


def test_the_largest_changes_of_each_measure_come_first() -> None:
    before = make([("a", 1, 0.1), ("b", 2, 0.2), ("c", 3, 0.3)])
    after = make([("a", 2, 0.1), ("b", 7, 0.2), ("c", 3, 0.9)])

    assert [row[:4] for row in compare(before, after)] == [
        ("b", "count", 2.0, 7.0),
        ("a", "count", 1.0, 2.0),
        ("c", "share", 0.3, 0.9),
    ]


def test_rows_of_one_table_alone_are_listed_last() -> None:
    before = make([("a", 1, None), ("b", 2, 0.2)])
    after = make([("b", 5, 0.2), ("c", 4, None)])

    assert compare(before, after) == [
        ("b", "count", 2.0, 5.0, 3.0),
        ("a", "count", 1.0, None, None),
        ("c", "count", None, 4.0, None),
    ]


def test_rounding_is_no_change() -> None:
    before = make([("a", 1 / 3, 0.0), ("b", 1.0, 1e-30)])
    after = make([("a", 1 / 3 * (1 + 1e-13), 0.0), ("b", 1.0 + 1e-6, 2e-30)])

    assert [row[:2] for row in compare(before, after)] == [("b", "count"), ("b", "share")]


def test_a_missing_number_that_comes_or_goes_is_a_change() -> None:
    before, after = make([("a", None, 0.5)]), make([("a", 1, None)])
    assert compare(before, after) == [("a", "count", None, 1.0, None), ("a", "share", 0.5, None, None)]


def test_the_same_tables_differ_in_nothing() -> None:
    rows = [(f"u{at}", float(value), None) for at, value in enumerate(np.random.default_rng(1).normal(size=20))]
    assert compare(make(rows), make(rows)) == []
