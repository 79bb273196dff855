"""A coder as it travels to workers: known by the content of its files, never an old one under a new hash."""

import pickle
from pathlib import Path

import pytest

from textq.coding.coder_spec import CoderSpec, load_coder, specify_coder
from textq.errors import ConfigError, LexiconError
from textq.export.scaffold import scaffold_codebook
from textq.records import CodingUnit

DUTY = CodingUnit("1", "Owners shall sweep the street.")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    scaffold_codebook(tmp_path / "mine", "mine", "en")
    return tmp_path / "mine"


def add_entry(folder: Path, row: str) -> None:
    with (folder / "instruments" / "rule.csv").open("a", encoding="utf-8", newline="") as file:
        file.write(f"{row}\n")


def code(spec: CoderSpec) -> str:
    (coding,) = load_coder(spec).code([DUTY])
    return coding.instrument


def test_without_names_it_is_the_usual_coder_of_textq() -> None:
    assert load_coder(specify_coder()).codebook.name == "instruments"
    assert load_coder(CoderSpec()).coder_id == load_coder(specify_coder()).coder_id


def test_a_codebook_of_ones_own_is_coded_by_its_own_lexicon(folder: Path) -> None:
    spec = specify_coder(codebook=folder)
    assert load_coder(spec).codebook.name == "mine"
    assert code(spec) == "rule"


def test_a_spec_survives_its_way_to_a_worker(folder: Path) -> None:
    spec = specify_coder(codebook=folder)
    assert pickle.loads(pickle.dumps(spec)) == spec


def test_a_relative_folder_becomes_absolute(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder.parent)
    assert specify_coder(codebook="mine") == specify_coder(codebook=folder)


def test_an_edited_lexicon_is_another_coder_in_the_same_process(folder: Path) -> None:
    before = specify_coder(codebook=folder)
    assert code(before) == "rule"
    add_entry(folder, "sweep the street,incentive/payment,anywhere,9,,,")
    after = specify_coder(codebook=folder)

    assert after.sha256 != before.sha256
    assert code(after) == "incentive"


@pytest.mark.parametrize("name", ["codebook.yaml", "instruments/none.csv"])
def test_each_file_that_decides_is_in_the_hash(folder: Path, name: str) -> None:
    before = specify_coder(codebook=folder).sha256
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert specify_coder(codebook=folder).sha256 != before


def test_a_renamed_file_is_in_the_hash(folder: Path) -> None:
    before = specify_coder(codebook=folder).sha256
    (folder / "instruments" / "none.csv").rename(folder / "instruments" / "other.csv")
    assert specify_coder(codebook=folder).sha256 != before


def test_files_that_decide_nothing_and_line_ends_are_not_in_the_hash(folder: Path) -> None:
    before = specify_coder(codebook=folder).sha256
    (folder / "README.md").write_text("other words", encoding="utf-8")
    (folder / "gold" / "clauses.csv").unlink()
    path = folder / "codebook.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert specify_coder(codebook=folder).sha256 == before


def test_files_that_change_before_they_are_loaded_are_refused(folder: Path) -> None:
    spec = specify_coder(codebook=folder)
    add_entry(folder, "is owed,rule/duty,anywhere,2,,,")
    with pytest.raises(ConfigError, match="were changed while it was used"):
        load_coder(spec)


def test_a_folder_without_a_codebook_is_refused_with_the_way_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no codebook\.yaml in it.*textq init --codebook"):
        specify_coder(codebook=tmp_path)


def test_a_broken_codebook_is_refused(folder: Path) -> None:
    add_entry(folder, "is owed,rule/dutty,anywhere,2,,,")
    with pytest.raises(LexiconError, match="rule/dutty"):
        load_coder(specify_coder(codebook=folder))


def test_an_unknown_coder_is_refused(folder: Path) -> None:
    with pytest.raises(ConfigError, match="no coder 'mdoel'"):
        load_coder(specify_coder("mdoel", folder))


def test_a_language_model_is_asked_by_code_alone(folder: Path) -> None:
    with pytest.raises(ConfigError, match=r"can be asked by textq code alone.*docs/llm\.md"):
        load_coder(specify_coder("llm", folder))
