from pathlib import Path

import pytest

from tests.textq.pipeline.made_reviews import score_corpus, write_corpus
from textq.errors import ConfigError, ReviewError
from textq.lexicon.read import CODEBOOK_NAME, builtin_codebook, builtin_root
from textq.pipeline.run_codebook import copy_codebook, load_run_codebook

pytestmark = pytest.mark.usefixtures("in_this_process")


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return score_corpus(write_corpus(tmp_path / "corpus"), tmp_path / "out").run_dir


def test_a_run_has_its_codebook_with_it(run_dir: Path) -> None:
    assert load_run_codebook(run_dir) == builtin_codebook()


def test_a_run_of_older_versions_has_the_codebook_of_textq(run_dir: Path) -> None:
    (run_dir / CODEBOOK_NAME).unlink()
    assert load_run_codebook(run_dir) == builtin_codebook()


def test_a_codebook_of_ones_own_is_found_again(tmp_path: Path, repository: Path) -> None:
    climate = repository / "tests" / "journeys" / "climate" / "codebook"
    run = score_corpus(write_corpus(tmp_path / "corpus"), tmp_path / "out", codebook=_find_codebook(climate))
    assert load_run_codebook(run.run_dir).edition == run.meta["codebook"] != builtin_codebook().edition


def _find_codebook(folder: Path) -> Path:
    return next(path.parent for path in folder.rglob(CODEBOOK_NAME))


def test_another_edition_is_refused(run_dir: Path, tmp_path: Path) -> None:
    text = (builtin_root() / CODEBOOK_NAME).read_text(encoding="utf-8")
    (tmp_path / CODEBOOK_NAME).write_text(text.replace(builtin_codebook().version, "0.9", 1), encoding="utf-8")

    with pytest.raises(ReviewError, match=r"coded by the codebook instruments@.*instruments@0.9.*--codebook"):
        load_run_codebook(run_dir, tmp_path)


def test_a_folder_without_a_codebook_is_refused(run_dir: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"there is no codebook\.yaml"):
        load_run_codebook(run_dir, tmp_path)


def test_the_copy_has_the_same_bytes_whatever_system_wrote_the_codebook(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / CODEBOOK_NAME).write_bytes(b"name: a\r\nversion: '1'\r\n")
    copy_codebook(tmp_path, tmp_path / "run")
    assert (tmp_path / "run" / CODEBOOK_NAME).read_bytes() == b"name: a\nversion: '1'\n"
