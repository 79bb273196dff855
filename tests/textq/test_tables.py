"""The contracts of the tables."""

import pandas as pd
import pytest

from textq.errors import TableError
from textq.tables import COVERAGE, check

GOOD = {"unit": ["330100"], "first_period": [2015], "last_period": [2016], "coverage": ["declared"]}


def test_columns_come_in_the_order_and_type_of_the_contract() -> None:
    table = check(pd.DataFrame({**dict(reversed(GOOD.items())), "extra": [1]}), COVERAGE)

    assert list(table.columns) == list(COVERAGE.columns)
    assert str(table["first_period"].dtype) == "Int64"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unit": None}, "rows without unit"),
        ({"first_period": "soon"}, "value of the wrong type"),
    ],
)
def test_a_broken_table_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(TableError, match=message):
        check(pd.DataFrame({**GOOD, **{name: [value] for name, value in change.items()}}), COVERAGE)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(TableError, match="lacks the columns coverage"):
        check(pd.DataFrame(GOOD).drop(columns="coverage"), COVERAGE)


def test_doubled_keys_are_refused() -> None:
    with pytest.raises(TableError, match=r"1 doubled rows; the first is \(330100\)"):
        check(pd.concat([pd.DataFrame(GOOD)] * 2), COVERAGE)
