"""What a study reads of a run: the coverage that it states itself, and what the run does not have."""

import json
from pathlib import Path

import pandas as pd
import pytest

from textq.config import Study, read_study
from textq.errors import ConfigError
from textq.export.scaffold import scaffold_codebook
from textq.ingest.manifest import CoverageRow
from textq.pipeline.study_inputs import (
    Inputs,
    apply_coverage,
    list_files,
    name_regressors,
    read_inputs,
    settle_stocks,
)

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


STUDY = '[scores]\nrun = "run"\ncodebook = "mine"\n[series]\nfile = "series.csv"\n'


def make_study(folder: Path, *settings: str) -> Study:
    (folder / "study.toml").write_text(STUDY, encoding="utf-8")
    return read_study(folder / "study.toml", settings)


def make_inputs(scores: pd.DataFrame | None) -> Inputs:
    nothing = pd.DataFrame()
    return Inputs(nothing, nothing, None, scores, None, ())


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ("['did', 'did:*']", ("did", "did:regulation", "did:carbon-pricing")),
        ("['did:*']", ("did:regulation", "did:carbon-pricing")),
        ("['did:carbon-pricing', 'did:*', 'did']", ("did:carbon-pricing", "did:regulation", "did")),
        ("['did', 'did:regulation']", ("did", "did:regulation")),
    ],
)
def test_a_star_stands_for_the_instruments_of_the_run_each_once(
    tmp_path: Path, stated: str, expected: tuple[str, ...]
) -> None:
    scores = SCORES.drop(columns="supply").assign(**{"regulation": 1.0, "carbon-pricing": 2.0})
    study = name_regressors(make_study(tmp_path, f"estimate.regressors={stated}"), make_inputs(scores))
    assert study.estimate.regressors == expected


def test_a_star_without_scores_is_left_to_be_refused(tmp_path: Path) -> None:
    study = make_study(tmp_path)
    assert name_regressors(study, make_inputs(None)).estimate.regressors == ("did", "did:*")


def make_run(folder: Path, edition: str) -> None:
    (folder / "run").mkdir()
    (folder / "run" / "run.json").write_text(json.dumps({"run_id": "1", "codebook": edition}), encoding="utf-8")
    (folder / "series.csv").write_text("unit,year,growth\n330100,2018,7.1\n330100,2019,7.3\n", encoding="utf-8")


def test_a_run_of_another_codebook_is_refused(tmp_path: Path) -> None:
    scaffold_codebook(tmp_path / "mine", "mine")
    make_run(tmp_path, "instruments@1.0")
    with pytest.raises(ConfigError, match=r"codebook is mine@0\.1, but the run run was coded by instruments@1\.0"):
        read_inputs(make_study(tmp_path))


def test_the_codebook_is_among_the_files_of_a_study(tmp_path: Path) -> None:
    assert tmp_path / "mine" / "codebook.yaml" in list_files(make_study(tmp_path))
