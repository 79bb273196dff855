"""Which unit-periods have rows."""

import pandas as pd
import pytest

from textq.errors import ManifestError
from textq.scoring.coverage import expand_periods, resolve_coverage

FOUND = pd.DataFrame({"unit": ["330100", "330100", "440100"], "period": [2018, 2016, 2017]})


def test_undeclared_units_run_from_their_first_document_to_the_last_year_of_the_corpus() -> None:
    coverage = resolve_coverage(FOUND, None, last_period=2020)

    assert coverage.to_numpy().tolist() == [["330100", 2016, 2020, "assumed"], ["440100", 2017, 2020, "assumed"]]


def test_declared_units_keep_their_years_and_need_no_document() -> None:
    declared = pd.DataFrame({"unit": ["440100", "510100"], "first_period": [2015, 2019], "last_period": [2016, 2019]})
    coverage = resolve_coverage(FOUND, declared, last_period=2020).set_index("unit")["coverage"]

    assert dict(coverage) == {"330100": "assumed", "440100": "declared", "510100": "declared"}


def test_no_document_and_no_declaration_give_no_row() -> None:
    coverage = resolve_coverage(FOUND.head(0), None, last_period=None)

    assert len(expand_periods(coverage)) == 0


def test_coverage_that_ends_before_it_begins_is_refused() -> None:
    declared = pd.DataFrame({"unit": ["440100"], "first_period": [2018], "last_period": [2016]})

    with pytest.raises(ManifestError, match="440100 ends before it begins"):
        resolve_coverage(FOUND, declared, last_period=2020)


def test_each_covered_year_is_a_row() -> None:
    grid = expand_periods(resolve_coverage(FOUND, None, last_period=2018))

    assert grid[["unit", "period"]].to_numpy().tolist() == [
        ["330100", 2016],
        ["330100", 2017],
        ["330100", 2018],
        ["440100", 2017],
        ["440100", 2018],
    ]
