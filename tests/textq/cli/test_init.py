"""``textq init``: what it writes and says, and what it refuses."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


def test_a_codebook_is_made_and_each_file_named(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("init", "--codebook", "climate", "mine")
    written = {path.relative_to(tmp_path).as_posix() for path in (tmp_path / "mine").rglob("*") if path.is_file()}

    assert done.code == 0
    assert {line.removeprefix("wrote ") for line in done.out.splitlines()} == written
    assert {"mine/codebook.yaml", "mine/gold/clauses.csv", "mine/manifest.toml", "mine/README.md"} < written
    assert done.err == "next: textq codebook check mine\n"


def test_a_study_is_made_without_a_codebook(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("init", "new")
    assert done.code == 0
    assert (tmp_path / "new" / "study.toml").is_file()
    assert done.err == "next: textq score new/corpus\n"


@pytest.mark.parametrize(("lang", "says"), [("zh", "写出"), ("en", "wrote")])
def test_the_language_is_that_of_templates_and_messages(run_textq: Run, tmp_path: Path, lang: str, says: str) -> None:
    done = run_textq("init", "--codebook", "climate", "mine", "--lang", lang)
    assert done.out.startswith(says)
    assert f"language: {lang}" in (tmp_path / "mine" / "codebook.yaml").read_text(encoding="utf-8")


def test_a_second_call_is_refused_and_changes_nothing(run_textq: Run, tmp_path: Path) -> None:
    run_textq("init", "--codebook", "climate", "mine")
    (tmp_path / "mine" / "codebook.yaml").write_text("my work", encoding="utf-8")
    done = run_textq("init", "--codebook", "climate", "mine")

    assert (done.code, done.out) == (1, "")
    assert "nothing is overwritten. Name another folder" in done.err
    assert (tmp_path / "mine" / "codebook.yaml").read_text(encoding="utf-8") == "my work"


def test_an_origin_without_a_codebook_is_a_wrong_usage(run_textq: Run, tmp_path: Path) -> None:
    done = run_textq("init", "new", "--from", "builtin")
    assert done.code == 2
    assert "--codebook NAME" in done.err
    assert not (tmp_path / "new").exists()


def test_a_file_in_the_place_of_the_folder_is_a_wrong_usage(run_textq: Run, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("", encoding="utf-8")
    assert run_textq("init", "--codebook", "climate", "mine").code == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("origin", ["minimal", "builtin"])
def test_what_is_made_passes_the_checks(run_textq: Run, lang: str, origin: str) -> None:
    run_textq("init", "--codebook", "climate", "mine", "--lang", lang, "--from", origin)
    checks = [run_textq("codebook", "check", "mine"), run_textq("lexicon", "check", "mine")]
    assert [(done.code, "error:" in done.out) for done in checks] == [(0, False), (0, False)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_is_made_codes_its_own_gold_standard(run_textq: Run, lang: str) -> None:
    run_textq("init", "--codebook", "climate", "mine", "--lang", lang)
    tested = run_textq("lexicon", "test", "mine")
    evaluated = run_textq("evaluate", "mine/gold/clauses.csv", "--codebook", "mine", "--draws", 0)

    assert (tested.code, evaluated.code) == (0, 0)
    assert "24 of 24 examples" in tested.out
    assert "accuracy" in evaluated.out
    assert "1.000" in evaluated.out


@pytest.mark.usefixtures("in_this_process")
def test_documents_are_scored_by_it_at_once(run_textq: Run, tmp_path: Path) -> None:
    run_textq("init", "--codebook", "climate", "mine", "--lang", "en")
    (tmp_path / "notice.txt").write_text("Notice\n1. A permit is required.\n2. Shops are exempt.\n", encoding="utf-8")
    done = run_textq("score", "notice.txt", "--codebook", "mine")

    assert done.code == 0
    assert "2 clauses · Incentive 50% · Rule 50% · No instrument 0%" in done.out
