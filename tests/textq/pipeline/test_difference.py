"""What two runs differ in, on a corpus that is small enough to say it beforehand."""

import json
from pathlib import Path

import pandas as pd
import pytest

import textq
from tests.textq.pipeline.made_reviews import TEXTS, correct, score_corpus, write_corpus
from textq.errors import ConfigError, RunError
from textq.export.parquet import write_parquet
from textq.pipeline.difference import Difference, ScoresDifference, compare_runs
from textq.pipeline.difference_settings import compare_settings

pytestmark = pytest.mark.usefixtures("in_this_process")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def compare(before: textq.Run, after: textq.Run) -> ScoresDifference:
    found = compare_runs(before.run_dir, after.run_dir)
    assert found.scores is not None
    assert found.estimates is None
    return found.scores


def list_clauses(found: ScoresDifference, *columns: str) -> list[tuple[object, ...]]:
    rows = found.clauses.rows[list(columns)]
    return [tuple(None if pd.isna(cell) else cell for cell in row) for row in rows.itertuples(index=False)]


def test_the_same_inputs_differ_in_nothing(corpus: Path, out: Path) -> None:
    found = compare(score_corpus(corpus, out), score_corpus(corpus, out))

    assert len(found.settings) == len(found.clauses.rows) == len(found.scores) == len(found.coverage) == 0
    assert (found.clauses.n_same, found.clauses.n_confirmed) == (9, 0)


def test_codes_that_people_moved_and_confirmed(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market", "hz#3": "supply/talent", "hz#4": "environment/ip"})
    found = compare(first, score_corpus(corpus, out))

    columns = ("what", "clause_after", "code_before", "code_after", "coder_before", "coder_after")
    rules = first.codings["coder_id"].iloc[0]
    assert list_clauses(found, *columns) == [
        ("code", "hz#2", "supply/funding", "demand/market", rules, "human:anna"),
        ("code", "hz#4", "environment/tax", "environment/ip", rules, "human:anna"),
    ]
    assert (found.clauses.n_same, found.clauses.n_confirmed) == (7, 1)
    counts = found.counts.set_index("instrument")
    assert (counts["after"] - counts["before"]).to_dict() == {"supply": -1, "environment": 0, "demand": 1, "none": 0}


def test_scores_that_moved_by_how_much(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    found = compare(first, score_corpus(corpus, out))

    counts = found.scores[found.scores["measure"] == "count"].set_index(["unit", "period", "instrument"])
    assert counts[["before", "after", "change"]].to_dict("index") == {
        ("330100", 2016, "demand"): {"before": 1, "after": 2, "change": 1},
        ("330100", 2016, "supply"): {"before": 2, "after": 1, "change": -1},
    }
    stocks = found.scores[found.scores["measure"] == "stock"]
    assert {(row.period, row.instrument) for row in stocks.itertuples()} == {
        (period, name) for period in (2016, 2017) for name in ("demand", "supply")
    }
    assert set(found.settings["name"]) == {f"parameters.review.{name}" for name in ("events", "head", "finals")}


def test_clauses_that_are_new_gone_and_changed(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    changed = (TEXTS["hz"][0], "二、大力引进和培养跨境电子商务人才。", *TEXTS["hz"][3:], "七、推进金融服务创新。")
    write_corpus(corpus, {**TEXTS, "hz": changed})
    found = compare(first, score_corpus(corpus, out))

    assert list_clauses(found, "what", "clause_before", "clause_after") == [
        ("text", "hz#3", "hz#3"),
        ("gone", "hz#4", None),
        ("added", None, "hz#7"),
    ]
    assert "inputs.hz.txt" in set(found.settings["name"])
    assert found.clauses.n_same == 7


def test_a_file_that_changed_without_an_id_of_its_own_is_the_same_document(corpus: Path, out: Path) -> None:
    """Without a manifest the id of a document is the hash of its file."""
    (corpus / "manifest.csv").unlink()
    first = score_corpus(corpus, out)
    write_corpus(corpus, {**TEXTS, "hz": (*TEXTS["hz"], "七、推进金融服务创新。")})
    (corpus / "manifest.csv").unlink()
    found = compare(first, score_corpus(corpus, out))

    assert list_clauses(found, "what", "text_after") == [("added", "七、推进金融服务创新。")]


def test_a_document_more_brings_its_city_years(corpus: Path, out: Path, tmp_path: Path) -> None:
    alone = write_corpus(tmp_path / "alone", {"hz": TEXTS["hz"]})
    found = compare(score_corpus(alone, out), score_corpus(corpus, out))

    assert set(found.clauses.rows["what"]) == {"added"}
    assert len(found.clauses.rows) == 3
    cells = {(row.unit, row.period) for row in found.coverage.itertuples()}
    assert ("410100", 2017) in cells
    new = found.scores[found.scores["unit"] == "410100"]
    assert new["before"].isna().all()


def test_a_study_means_its_newest_run(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    second = score_corpus(corpus, out)
    found = compare_runs(first.run_dir, out)

    assert found.scores is not None
    assert found.scores.after.run_dir == second.run_dir


def make_estimate(out: Path, name: str, estimate: float, error: float, nobs: int, **settings: object) -> Path:
    run_dir = out / "runs" / name
    run_dir.mkdir(parents=True)
    rows = [("all", "jackknife", "did", estimate, error, nobs), ("all", "jackknife", "gdp", 1.0, 0.5, nobs)]
    table = pd.DataFrame(rows, columns=["equation", "vcov", "term", "estimate", "std_error", "nobs"])
    write_parquet(table, run_dir / "estimates.parquet")
    meta = {"kind": "estimate", "run_id": name, "settings": {"outcome": settings}, "inputs": {"series.csv": "a"}}
    (run_dir / "run.json").write_text(json.dumps(meta), encoding="utf-8")
    (out / "latest_estimate.txt").write_text(f"runs/{name}\n", encoding="utf-8")
    return run_dir


def test_coefficients_errors_and_rows_that_moved(tmp_path: Path) -> None:
    before = make_estimate(tmp_path / "out", "a", 0.10, 0.02, 100, clip=1e-6)
    after = make_estimate(tmp_path / "out", "b", 0.15, 0.02, 90, clip=1e-4)
    found = compare_runs(before, after)

    assert found.scores is None
    assert found.estimates is not None
    moved = found.estimates.coefficients
    assert moved[["term", "figure", "before", "after"]].to_numpy().tolist() == [
        ["did", "estimate", 0.10, 0.15],
        ["did", "nobs", 100.0, 90.0],
        ["gdp", "nobs", 100.0, 90.0],
    ]
    assert found.estimates.settings.to_numpy().tolist() == [["settings.outcome.clip", "1e-06", "0.0001"]]


def test_studies_with_estimates_are_compared_in_both(corpus: Path, tmp_path: Path) -> None:
    studies = [tmp_path / "one", tmp_path / "two"]
    for at, study in enumerate(studies):
        score_corpus(corpus, study)
        make_estimate(study, f"e{at}", 0.1 + at, 0.02, 100)
    found: Difference = compare_runs(*studies)

    assert found.scores is not None
    assert found.estimates is not None
    assert len(found.estimates.coefficients) == 1


def test_runs_of_two_kinds_are_refused(corpus: Path, out: Path) -> None:
    scores, estimate = score_corpus(corpus, out), make_estimate(out, "e", 0.1, 0.02, 100)
    with pytest.raises(ConfigError, match=r"'scores'.*'estimate'.*runs of one kind"):
        compare_runs(scores.run_dir, estimate)


def test_a_kind_that_is_not_compared_is_refused(out: Path) -> None:
    run_dir = make_estimate(out, "p", 0.1, 0.02, 100)
    (run_dir / "run.json").write_text('{"kind": "power"}', encoding="utf-8")
    with pytest.raises(ConfigError, match="'power'"):
        compare_runs(run_dir, out)


def test_a_folder_without_a_run_is_refused(corpus: Path, out: Path, tmp_path: Path) -> None:
    run = score_corpus(corpus, out)
    (tmp_path / "empty").mkdir()
    with pytest.raises(RunError, match="holds no run"):
        compare_runs(run.run_dir, tmp_path / "empty")


def test_settings_are_named_by_their_way_and_those_of_one_run_alone_are_missing_in_the_other() -> None:
    before = {"code": "1", "parameters": {"sharing": "full", "ocr": False}, "inputs": [{"path": "a", "sha256": "x"}]}
    after = {"code": "1", "parameters": {"sharing": "split", "ocr": False}, "inputs": [{"path": "b", "sha256": "x"}]}
    rows = compare_settings({**before, "run_id": "1"}, {**after, "run_id": "2"})

    assert rows.to_numpy().tolist() == [
        ["parameters.sharing", "full", "split"],
        ["inputs.a", "x", None],
        ["inputs.b", None, "x"],
    ]
