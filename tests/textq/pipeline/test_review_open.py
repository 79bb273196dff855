import shutil
from pathlib import Path

import pytest

from textq.errors import ReviewError, RunError
from textq.pipeline.review_open import STORE_NAME, find_folders, open_review
from textq.run import Run


@pytest.fixture
def study(sample_run: Run, tmp_path: Path) -> Path:
    out = tmp_path / "study"
    shutil.copytree(sample_run.run_dir, out / "runs" / sample_run.run_dir.name)
    (out / "latest.txt").write_text(f"runs/{sample_run.run_dir.name}\n", encoding="utf-8")
    return out


def test_a_review_is_kept_in_the_folder_of_the_study(study: Path) -> None:
    (run_dir,) = (study / "runs").iterdir()
    assert find_folders(study) == find_folders(run_dir) == (study.resolve(), run_dir.resolve())
    opened = open_review(run_dir, coders=["anna", "anna", "bao"])
    opened.store.close()
    assert (study / STORE_NAME).is_file()
    assert opened.coders == ("anna", "bao")
    assert opened.loaded is not None


def test_a_run_is_loaded_once(study: Path) -> None:
    open_review(study, coders=["anna"]).store.close()
    again = open_review(study, coders=["anna"])
    again.store.close()
    assert again.loaded is None


def test_the_codebook_is_there_in_both_languages(study: Path) -> None:
    opened = open_review(study)
    opened.store.close()
    assert opened.codebook_in("en") is opened.codebook
    chinese = opened.codebook_in("zh")
    assert chinese is opened.codebook_in("zh")
    assert chinese.edition == opened.codebook.edition
    assert (chinese.decision == opened.codebook.decision, chinese.examples == opened.codebook.examples) == (False, True)


def test_a_run_outside_of_a_study_is_refused(sample_run: Run, tmp_path: Path) -> None:
    alone = shutil.copytree(sample_run.run_dir, tmp_path / "alone")
    with pytest.raises(ReviewError, match="outside of its study"):
        open_review(alone, coders=["anna"])


def test_no_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        open_review(tmp_path, coders=["anna"])


def test_nobody_need_code(study: Path) -> None:
    opened = open_review(study)
    opened.store.close()
    assert opened.coders == ()
