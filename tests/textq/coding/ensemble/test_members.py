"""Where the coders of an ensemble are looked for; tests/textq/pipeline/test_combining.py does it with trained ones."""

from pathlib import Path

import pytest

from textq.coding.coders import read_rules
from textq.coding.ensemble import SharesCoder
from textq.coding.ensemble.members import Member, describe_member, load_member, locate_member
from textq.errors import ConfigError
from textq.export.scaffold import scaffold_codebook

RULES = Member("rules", "")


@pytest.fixture
def codebook(tmp_path: Path) -> Path:
    scaffold_codebook(tmp_path / "mine", "mine", "en")
    return tmp_path / "mine"


@pytest.mark.parametrize(
    ("member", "folder"),
    [
        (RULES, None),
        (Member("full", ""), "mine/models/full"),
        (Member("", "coders/own"), "teams/coders/own"),
        (Member("", "../own"), "own"),
    ],
)
def test_a_coder_lies_beside_the_codebook_or_relative_to_the_file(
    tmp_path: Path, member: Member, folder: str | None
) -> None:
    found = locate_member(member, tmp_path / "teams" / "team.json", tmp_path / "mine")
    assert found == (None if folder is None else tmp_path.resolve() / folder)


def test_the_lexicon_comes_back_as_it_was_described(tmp_path: Path, codebook: Path) -> None:
    file = tmp_path / "team.json"
    member, coder = describe_member("rules", file, codebook)
    assert (member, coder.coder_id) == (RULES, read_rules(codebook).coder_id)
    again = load_member(member, coder.coder_id, file, codebook)
    assert isinstance(again, SharesCoder)
    assert again.rules is read_rules(codebook)


def test_another_coder_than_it_was_is_refused(tmp_path: Path, codebook: Path) -> None:
    with pytest.raises(ConfigError, match=r"fitted with the coder rules:other@1, but rules is rules:"):
        load_member(RULES, "rules:other@1", tmp_path / "team.json", codebook)


def test_a_folder_that_is_gone_is_named(tmp_path: Path, codebook: Path) -> None:
    with pytest.raises(ConfigError, match=r"its coder model:own@1 is missing: there is no folder .*own"):
        load_member(Member("", "own"), "model:own@1", tmp_path / "team.json", codebook)
