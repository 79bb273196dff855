"""Coders that are not there: what may have been meant, and which there are."""

from pathlib import Path

import pytest

from textq.coding.coders import find_coder, locate_codebook, read_rules
from textq.errors import ConfigError
from textq.export.scaffold import scaffold_codebook


@pytest.mark.parametrize(
    ("name", "meant"),
    [("ruls", "rules"), ("Full", "full"), ("writen", "written"), ("models/full", "full")],
)
def test_a_name_that_is_nearly_one_is_recognised(name: str, meant: str) -> None:
    with pytest.raises(ConfigError, match=rf"no coder '{name}'.*Did you mean '{meant}'\?"):
        find_coder(name)


def test_all_coders_are_listed_with_the_language_model() -> None:
    with pytest.raises(ConfigError, match="there are rules, full, written, and for textq code alone llm;") as refused:
        find_coder("nobody")
    assert "Did you mean" not in str(refused.value)
    assert "does not exist" not in str(refused.value)


def test_coders_beside_another_codebook_are_listed_and_recognised(tmp_path: Path) -> None:
    scaffold_codebook(tmp_path, "mine", "en")
    (tmp_path / "models" / "first").mkdir(parents=True)
    with pytest.raises(ConfigError, match=r"Did you mean 'first'\?.* there are rules, first, and"):
        find_coder("frist", tmp_path)


def test_a_name_that_no_file_can_have_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"--coder\) cannot be looked for \("):
        find_coder("a" * 300)


def test_a_file_is_no_folder_of_a_coder(tmp_path: Path) -> None:
    (tmp_path / "weights.tsv").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="is a file that textq combine did not write"):
        find_coder(str(tmp_path / "weights.tsv"))


def test_a_folder_that_is_absent_is_told_from_one_without_a_codebook(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere does not exist.*--codebook"):
        read_rules(tmp_path / "nowhere")
    with pytest.raises(ConfigError, match="holds no codebook"):
        locate_codebook(tmp_path)
