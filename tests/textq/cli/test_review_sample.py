import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import textq
from textq.pipeline.review_open import STORE_NAME
from textq.store.queues import list_samples
from textq.store.store import open_store

Run = Callable[..., Any]


@pytest.fixture
def study(sample_run: textq.Run, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_run.run_dir.parents[1], tmp_path / "study"))


def test_a_table_says_what_each_size_buys(run_textq: Run, study: Path) -> None:
    result = run_textq("review", "sample", study, "--size", "200", "--coder", "anna", "--lang", "en")
    assert result.code == 0, result.err
    lines = result.out.splitlines()
    assert lines[0].startswith("What each size buys")
    assert lines[1].split()[:2] == ["clauses", "documents"]
    assert all(line.count("±") == 6 for line in lines[2:8])
    (stored,) = list_samples(open_store(study / STORE_NAME))
    assert any(line.endswith(f"sample {stored.sample}") for line in lines)
    assert f"next: textq review {study}" in result.out


def test_chinese_and_a_dry_run(run_textq: Run, study: Path) -> None:
    result = run_textq("review", "sample", study, "--half-width", ".06", "--dry-run", "--lang", "zh")
    assert result.code == 0, result.err
    assert "将抽取" in result.out
    assert "未写入" in result.out
    assert "占比 供给型" in result.out
    assert not any(word in result.out for word in ("supply", "less certain"))
    assert not (study / STORE_NAME).exists()


def test_json_is_one_object_on_stdout(run_textq: Run, study: Path) -> None:
    result = run_textq(
        "review", "sample", study, "--size", "150", "--unit", "clause", "--each", "1", "--json", "--lang", "en"
    )
    found = json.loads(result.out)
    assert found["written"]
    assert found["n_items"] == pytest.approx(150, abs=3)
    assert found["bought"]["shares"].keys() == {"supply", "environment", "demand", "none"}
    assert sum(one["n_drawn"] for one in found["strata"]) == found["n_items"]
    assert any("One coder for each clause" in note for note in found["notes"])
    assert "Drawn" in result.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "either --size N or --half-width H"),
        (["--size", "100", "--strata", "town"], "Got town"),
        (["--size", "100", "--coders", "anna"], "--coders names 1"),
        (["--half-width", ".7"], "0.7 is not in the range"),
    ],
)
def test_wrong_usage_is_told(run_textq: Run, study: Path, options: list[str], message: str) -> None:
    result = run_textq("review", "sample", study, *options)
    assert result.code == 2
    assert message in " ".join(result.err.split())


def test_names_that_no_coder_can_have_are_refused(run_textq: Run, study: Path) -> None:
    result = run_textq("review", "sample", study, "--size", "100", "--coders", "../../e,a+b")
    assert (result.code, (study / STORE_NAME).exists()) == (1, False)
    assert "'../../e' cannot be the name of a coder" in result.err
