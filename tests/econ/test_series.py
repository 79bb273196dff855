"""What comes in as a long frame of series is what the contract says, or is refused by name."""

import re

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from econ.errors import SeriesError, name_first
from econ.series import check_lengths, check_series, spread_series


def make_frame(**columns: object) -> pd.DataFrame:
    known = {"unit": ["330100", "330100", "110000"], "period": [2011, 2010, 2010], "value": [1.0, 2.0, 3.0]}
    return pd.DataFrame({**known, **columns})


def test_rows_are_sorted_and_the_frame_is_left_alone() -> None:
    frame = make_frame(note="x")
    before = frame.copy()
    table = check_series(frame, ["value"], "f")
    expected = {"unit": ["110000", "330100", "330100"], "period": [2010, 2010, 2011], "value": [3.0, 2.0, 1.0]}
    assert_frame_equal(table, pd.DataFrame(expected))
    assert_frame_equal(frame, before)


@pytest.mark.parametrize(("unit", "period"), [("string", "Int64"), ("object", "int32"), ("str", "int64")])
def test_dtypes_of_the_key_are_kept(unit: str, period: str) -> None:
    frame = make_frame(value=pd.array([1, None, 3], dtype="Int64")).astype({"unit": unit, "period": period})
    table = check_series(frame, ["value"], "f")
    assert table.dtypes.astype(str).to_dict() == {"unit": unit, "period": period, "value": "float64"}
    np.testing.assert_array_equal(table["value"], [3, np.nan, 1])


def test_integer_units_compare_as_numbers() -> None:
    assert check_series(make_frame(unit=[10, 9, 100]), ["value"], "f")["unit"].tolist() == [9, 10, 100]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"unit": ["330100", None, "110000"]}, "unit is missing in 1 rows"),
        ({"period": [2010, np.nan, 2010]}, "period is missing in 1 rows"),
        ({"unit": ["330100", 330100, "110000"]}, "all strings or all integers"),
        ({"unit": [330100.0, 330100.0, 110000.0]}, "all strings or all integers"),
        ({"period": [2010.5, 2011.0, 2010.0]}, "periods must be integers, such as years. Got float64"),
        ({"period": [2010, 2010, 2010]}, "1 rows repeat a unit and period, such as 330100 in 2010"),
        ({"value": ["1", "2", "3"]}, "value must be a column of numbers"),
        ({"value": [True, False, True]}, "value must be a column of numbers, not bool"),
        ({"value": [1.0, np.inf, 3.0]}, "value is infinite in 1 rows, such as unit 330100 in 2010"),
        ({"value": [-np.inf, 2.0, 3.0]}, "value is infinite in 1 rows, such as unit 330100 in 2011"),
    ],
)
def test_what_breaks_the_contract_is_refused(columns: dict[str, object], message: str) -> None:
    with pytest.raises(SeriesError, match="f: .*" + re.escape(message)):
        check_series(make_frame(**columns), ["value"], "f")


def test_absent_columns_and_rows_are_refused() -> None:
    with pytest.raises(SeriesError, match="Missing: period, gdp"):
        check_series(make_frame().drop(columns="period"), ["gdp"], "f")
    with pytest.raises(SeriesError, match="without rows"):
        check_series(make_frame().iloc[:0], ["value"], "f")


def test_short_units_are_named_and_counted() -> None:
    units = pd.Series(["a", "a", "b", "c"])
    check_lengths(units, pd.Series({"a": 4, "b": 5, "c": 4}), "f", "in all")
    with pytest.raises(
        SeriesError, match=r"f: 2 units have fewer than 4 periods with a value in all: b \(3\), c \(0\)\."
    ):
        check_lengths(units, pd.Series({"a": 4, "b": 3}), "f", "in all")
    with pytest.raises(SeriesError, match=r"f: 1 units have fewer than 5 periods .*: a \(4\)\."):
        check_lengths(units, pd.Series({"a": 4, "b": 5, "c": 5}), "f", "in all", least=5)


def test_long_lists_are_cut() -> None:
    assert name_first(range(10)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
    assert name_first(["a"] * 12) == "a, a, a, a, a, a, a, a, a, a and 2 more"


def test_index_names_categories_and_whole_years_are_no_obstacle() -> None:
    plain = pd.DataFrame({"unit": ["a", "a", "b"], "period": [2010, 2011, 2010], "value": [1.0, 2.0, 3.0]})
    odd = plain.astype({"unit": "category", "period": float}).rename_axis("unit")
    pd.testing.assert_frame_equal(check_series(odd, ["value"], "f"), check_series(plain, ["value"], "f"))


@pytest.mark.parametrize("unit", ["str", "object", "string", "category"])
@pytest.mark.parametrize("kind", ["float64", "Float64"])
def test_series_are_spread_to_units_and_periods(unit: str, kind: str) -> None:
    frame = make_frame(other=[7, 8, 9]).astype({"unit": unit, "value": kind})
    units, periods, spread = spread_series(frame, ["value", "other"], "f")
    assert list(units) == ["110000", "330100"]
    np.testing.assert_array_equal(periods, [2010, 2011])
    np.testing.assert_array_equal(spread, [[[3.0, np.nan], [2.0, 1.0]], [[9.0, np.nan], [8.0, 7.0]]])


BROKEN = [
    ({"unit": ["a", None, "b"]}, "unit is missing"),
    ({"period": [2010, 2010.5, 2010]}, "periods must be integers"),
    ({"period": [2010, 2010, 2010]}, "repeat a unit and period, such as 330100 in 2010"),
    ({"value": [1.0, np.inf, 0.0]}, "value is infinite"),
    ({"value": list("abc")}, "must be a column of numbers"),
]


@pytest.mark.parametrize(("columns", "message"), BROKEN)
def test_series_that_break_the_contract_are_not_spread(columns: dict, message: str) -> None:
    with pytest.raises(SeriesError, match=re.escape(message)):
        spread_series(make_frame(**columns), ["value"], "f")
    with pytest.raises(SeriesError, match="Missing: nothing"):
        spread_series(make_frame(), ["nothing"], "f")
