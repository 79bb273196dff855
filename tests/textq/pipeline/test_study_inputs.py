"""What a study reads of a run: the coverage that it states itself, and what the run does not have."""

import pandas as pd
import pytest

from textq.errors import ConfigError
from textq.ingest.manifest import CoverageRow
from textq.pipeline.study_inputs import apply_coverage, settle_stocks

SCORES = pd.DataFrame(
    {
        "unit": ["110000", "110000", "330100", "330100"],
        "period": [2018, 2019, 2018, 2019],
        "coverage": ["assumed", "incomplete", "declared", "declared"],
        "supply": [1.0, 2.0, 3.0, 4.0],
    }
).astype({"unit": "string", "period": "Int64", "coverage": "string", "supply": "Float64"})


COVERED = pd.DataFrame({"unit": ["110000", "330100"], "coverage": ["assumed", "declared"]}, dtype="string")


@pytest.mark.parametrize(("measure", "coverage"), [("stock", "incomplete"), ("count", "declared")])
def test_periods_after_an_unread_document_are_incomplete_for_stocks_alone(measure: str, coverage: str) -> None:
    lacking = SCORES.assign(coverage=["assumed", "incomplete", "declared", "incomplete_stock"])
    settled = list_cells(settle_stocks(lacking, COVERED, measure))

    assert settled[("330100", 2019)] == (coverage, 4.0)
    assert settled[("110000", 2019)] == ("incomplete", 2.0)


def list_cells(scores: pd.DataFrame) -> dict[tuple[str, int], tuple[str, float]]:
    return {(row.unit, row.period): (row.coverage, row.supply) for row in scores.itertuples()}  # type: ignore[misc]


def test_stated_coverage_is_declared_and_cuts_what_it_leaves_out() -> None:
    found = list_cells(apply_coverage(SCORES, [CoverageRow("110000", 2018, 2018)], "coverage.csv"))
    assert found[("110000", 2018)] == ("declared", 1.0)
    assert ("110000", 2019) not in found


def test_units_that_are_not_listed_keep_the_coverage_of_the_run() -> None:
    found = list_cells(apply_coverage(SCORES, [CoverageRow("110000", 2018, 2018)], "coverage.csv"))
    assert found[("330100", 2019)] == ("declared", 4.0)


def test_a_unit_that_was_searched_without_any_find_is_zero() -> None:
    found = list_cells(apply_coverage(SCORES, [CoverageRow("440100", 2018, 2019)], "coverage.csv"))
    assert found[("440100", 2019)] == ("declared", 0.0)


def test_unread_documents_are_not_forgotten() -> None:
    found = list_cells(apply_coverage(SCORES, [CoverageRow("110000", 2018, 2019)], "coverage.csv"))
    assert found[("110000", 2019)] == ("incomplete", 2.0)


def test_periods_that_the_run_has_not_scored_are_refused_by_name() -> None:
    with pytest.raises(
        ConfigError, match=r"coverage\.csv lists 1 unit-periods .* 110000 in 2020.*Score the corpus again"
    ):
        apply_coverage(SCORES, [CoverageRow("110000", 2018, 2020)], "coverage.csv")
