"""The sample study in other programs: as fixest estimated it once, and as R estimates it here."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import textq
from textq.pipeline.estimates import StudyResult, estimate
from textq.pipeline.study_replication import plan_replication

KINDS = {"classical error": "iid", "error clustered by pair": "pair"}
needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="needs R: Rscript on the path")


@pytest.fixture(scope="module")
def result(repository: Path, sample_run: textq.Run, tmp_path_factory: pytest.TempPathFactory) -> StudyResult:
    settings = [f"scores.run={sample_run.run_dir.as_posix()}"]
    return estimate(repository / "corpus" / "study.toml", out=tmp_path_factory.mktemp("estimates"), settings=settings)


def read_output(text: str) -> dict[tuple[str, str, str], float]:
    """Return the numbers that the other program found, by equation, kind of number and term."""
    found, equation = {}, ""
    for line in text.split("\n"):
        head = re.fullmatch(r"(.+): ([\d]+) rows", line)
        equation = head[1] if head else equation
        row = re.fullmatch(r"  (\w[\w ]*?) {2,}(\w+) +(\S+) +(\S+) +(\S+)", line)
        if row:
            found[equation, row[1], row[2]] = float(row[4])
    return found


def list_numbers(result: StudyResult) -> dict[tuple[str, str, str], float]:
    numbers = {}
    for equation in plan_replication(result, "").equations:
        for term in equation.terms:
            numbers[equation.name, "coefficient", term.column] = term.estimate
            for shown, kind in KINDS.items():
                numbers[equation.name, shown, term.column] = term.errors["fixest", kind]  # type: ignore[index]
    return numbers


def run_r(result: StudyResult, **environment: str) -> subprocess.CompletedProcess[str]:
    assert result.run_dir
    return subprocess.run(
        ["Rscript", str(result.run_dir / "replicate" / "estimate.R")],
        capture_output=True, check=False, text=True, encoding="utf-8", env=os.environ | environment,
    )  # fmt: skip


def test_fixest_found_the_same_numbers(repository: Path, result: StudyResult) -> None:
    stored = (repository / "tests" / "reference" / "fixest" / "output.txt").read_text(encoding="utf-8")
    found = read_output(stored)

    assert "fixest 0.12.2" in stored
    assert len(found) == 48
    assert found == pytest.approx(list_numbers(result), rel=1e-6, abs=1e-9)


@pytest.mark.full
@needs_r
def test_lm_and_sandwich_find_the_same_numbers(result: StudyResult) -> None:
    done = run_r(result, TEXTQ_R="lm")

    assert done.returncode == 0, done.stderr
    assert "lm with dummies" in done.stdout
    if "lm and sandwich" not in done.stdout:
        pytest.skip("needs the R package sandwich: install.packages('sandwich')")
    assert read_output(done.stdout) == pytest.approx(list_numbers(result), rel=1e-6, abs=1e-9)


@pytest.mark.full
@needs_r
def test_the_program_stops_where_a_number_differs(result: StudyResult, tmp_path: Path) -> None:
    assert result.run_dir
    shutil.copytree(result.run_dir, tmp_path / "run")
    script = tmp_path / "run" / "replicate" / "estimate.R"
    text = script.read_text(encoding="utf-8")
    first = re.search(r"b = c\(([\d.]+)", text)
    assert first
    script.write_text(text.replace(first[1], f"{float(first[1]) * (1 + 3e-6)!r}"), encoding="utf-8")
    done = subprocess.run(["Rscript", str(script)], capture_output=True, check=False, text=True, encoding="utf-8")

    assert done.returncode != 0
    assert "these numbers are not those of textq: supply, coefficient of did." in done.stderr
