"""Templates in a folder of the user's own: they work at once, and nothing is overwritten."""

import csv
from pathlib import Path

import pytest

from textq.coding.rules import RulesCoder
from textq.config import read_study
from textq.errors import ConfigError
from textq.export.scaffold import GOLD, GOLD_COLUMNS, Language, Origin, scaffold_codebook, scaffold_study
from textq.ingest.manifest import FIELDS, read_cells
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import builtin_codebook, builtin_lexicon, builtin_root, read_codebook, read_lexicon
from textq.records import CodingUnit

LANGUAGES: tuple[Language, ...] = ("zh", "en")
ORIGINS: tuple[Origin, ...] = ("minimal", "builtin")


def read_rules(folder: Path) -> RulesCoder:
    codebook = read_codebook(folder / "codebook.yaml")
    return RulesCoder(read_lexicon(folder / "instruments", codebook), codebook)


def read_gold(folder: Path) -> list[dict[str, str]]:
    with (folder / GOLD).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def list_rule_sides(codebook: Codebook) -> list[set[str]]:
    return [{example.code for example in rule.examples} for rule in codebook.rules]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_example_of_a_template_is_coded_as_it_says_by_words_in_it(tmp_path: Path, lang: Language) -> None:
    scaffold_codebook(tmp_path, "mine", lang)
    coder = read_rules(tmp_path)
    examples = coder.codebook.examples
    codings = coder.code([CodingUnit(str(at), example.text) for at, example in enumerate(examples)])

    assert [example.text for example, coding in zip(examples, codings, strict=True) if not coding.evidence] == []
    found = ["/".join(filter(None, (coding.instrument, coding.subtype))) for coding in codings]
    assert found == [example.code for example in examples]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_template_shows_what_a_codebook_has(tmp_path: Path, lang: Language) -> None:
    scaffold_codebook(tmp_path, "mine", lang)
    codebook = read_rules(tmp_path).codebook

    assert (codebook.name, codebook.language) == ("mine", lang)
    assert [len(instrument.subtypes) for instrument in codebook.instruments] == [2, 2]
    assert all(len(rule.examples) == 3 for rule in codebook.rules)
    assert all(len(sides) == 2 for sides in list_rule_sides(codebook))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_lexicon_of_a_template_shows_every_kind_of_match_and_guard(tmp_path: Path, lang: Language) -> None:
    scaffold_codebook(tmp_path, "mine", lang)
    entries = read_rules(tmp_path).lexicon.entries

    assert {entry.match for entry in entries} == {"anywhere", "start", "stop", "negate", "pattern"}
    assert any(entry.is_guarded for entry in entries)


def test_both_languages_have_the_same_files(tmp_path: Path) -> None:
    written = [scaffold_codebook(tmp_path / lang, "mine", lang) for lang in LANGUAGES]
    relative = [
        [path.relative_to(tmp_path / lang) for path in paths] for lang, paths in zip(LANGUAGES, written, strict=True)
    ]
    assert relative[0] == relative[1]


def test_what_comes_with_textq_is_taken_over_whole_under_another_name(tmp_path: Path) -> None:
    scaffold_codebook(tmp_path, "mine", "zh", "builtin")
    coder = read_rules(tmp_path)

    assert coder.codebook.name == "mine"
    assert coder.codebook.instruments == builtin_codebook().instruments
    assert coder.lexicon.entries == builtin_lexicon().entries


@pytest.mark.parametrize("origin", ORIGINS)
def test_the_gold_template_holds_each_example_once_with_its_code(tmp_path: Path, origin: Origin) -> None:
    scaffold_codebook(tmp_path, "mine", "zh", origin)
    rows, codebook = read_gold(tmp_path), read_rules(tmp_path).codebook

    assert tuple(rows[0]) == GOLD_COLUMNS
    assert {(row["text"], "/".join(filter(None, (row["code"], row["subtype"])))) for row in rows} == {
        (example.text, example.code) for example in codebook.examples
    }
    assert len({row["id"] for row in rows}) == len({row["text"] for row in rows}) == len(rows)
    assert len({row["doc"] for row in rows}) == 5


def test_an_edited_lexicon_has_another_version(tmp_path: Path) -> None:
    scaffold_codebook(tmp_path, "mine", "en")
    before = read_rules(tmp_path).coder_id
    with (tmp_path / "instruments" / "rule.csv").open("a", encoding="utf-8") as file:
        file.write("is owed,rule/duty,anywhere,2,,,\n")

    assert before.startswith("rules:instruments@local-")
    assert read_rules(tmp_path).coder_id != before


@pytest.mark.parametrize("lang", LANGUAGES)
def test_tables_open_in_excel_and_the_rest_is_plain_utf_8(tmp_path: Path, lang: Language) -> None:
    written = [*scaffold_codebook(tmp_path / "codebook", "mine", lang), *scaffold_study(tmp_path / "study", lang)]
    marked = {path.suffix for path in written if path.read_bytes().startswith(b"\xef\xbb\xbf")}

    assert marked == {".csv"}
    assert not any(b"\r" in path.read_bytes() for path in written)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_study_template_is_read_and_names_its_files(tmp_path: Path, lang: Language) -> None:
    scaffold_study(tmp_path, lang)
    study = read_study(tmp_path / "study.toml")

    assert study.scores is not None
    assert study.scores.run == tmp_path / "textq-out"
    assert study.series.file.is_file()
    assert study.units is not None
    assert study.units.file.is_file()


def test_the_template_of_a_manifest_has_the_columns_of_one(tmp_path: Path) -> None:
    scaffold_study(tmp_path)
    path = tmp_path / "corpus" / "manifest-template.csv"
    columns = path.read_text(encoding="utf-8-sig").strip().split(",")

    assert list(read_cells(path, required=("file",))) == []
    assert set(columns) <= {*FIELDS, "id", "file", "url"}


def test_nothing_is_overwritten_and_nothing_else_written_then(tmp_path: Path) -> None:
    (tmp_path / "codebook.yaml").write_text("my work", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"codebook\.yaml are there already, and nothing is overwritten"):
        scaffold_codebook(tmp_path, "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["codebook.yaml"]
    assert (tmp_path / "codebook.yaml").read_text(encoding="utf-8") == "my work"


def test_what_a_folder_holds_besides_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("my notes", encoding="utf-8")
    scaffold_codebook(tmp_path, "mine")
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "my notes"


@pytest.mark.parametrize("name", ["", "Climate", "my codebook", "../up", "气候", "a: b", "9th", "a" * 51])
def test_names_that_cannot_stand_in_tables_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be called"):
        scaffold_codebook(tmp_path / "new", name)
    assert not (tmp_path / "new").exists()


def test_the_form_of_the_codebook_that_comes_with_textq_allows_renaming() -> None:
    text = (builtin_root() / "codebook.yaml").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if line.startswith("name:")] == ["name: instruments"]
