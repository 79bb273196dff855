import shutil
from pathlib import Path

import pytest

from textq.errors import ReviewError, RunError
from textq.pipeline.review_open import STORE_NAME, check_coder, find_folders, make_safe, open_review
from textq.run import Run


@pytest.fixture
def study(sample_run: Run, tmp_path: Path) -> Path:
    out = tmp_path / "study"
    shutil.copytree(sample_run.run_dir, out / "runs" / sample_run.run_dir.name)
    (out / "latest.txt").write_text(f"runs/{sample_run.run_dir.name}\n", encoding="utf-8")
    return out


@pytest.mark.parametrize("name", ["anna", "安娜", "José", "देवी", "A.B-c_9", "x" * 40, "é", "_x"])
def test_names_of_any_script(name: str) -> None:
    assert check_coder(name) == name


@pytest.mark.parametrize(
    "name", ["", "a b", "a/b", "..", ".a", "-a", "a\\b", "x" * 41, "a\n", "a:b", "<b>", "a+b", "a,b", "a\u202eb", "²"]
)
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(ReviewError, match="cannot be the name of a coder"):
        check_coder(name)


def test_composed_and_decomposed_letters_are_one_name() -> None:
    assert check_coder("e\u0301") == check_coder("\u00e9")


@pytest.mark.parametrize(
    ("login", "name"),
    [("DESK\\Anna Li", "DESK-Anna-Li"), ("安娜", "安娜"), ("..", "coder"), ("", "coder"), ("-x", "x")],
)
def test_login_names_are_made_safe(login: str, name: str) -> None:
    assert make_safe(login) == check_coder(name)


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


def test_a_run_outside_of_a_study_is_refused(sample_run: Run, tmp_path: Path) -> None:
    alone = shutil.copytree(sample_run.run_dir, tmp_path / "alone")
    with pytest.raises(ReviewError, match="outside of its study"):
        open_review(alone, coders=["anna"])


def test_no_run_or_no_coder(study: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        open_review(tmp_path, coders=["anna"])
    with pytest.raises(ReviewError, match="--coder"):
        open_review(study, coders=[])
