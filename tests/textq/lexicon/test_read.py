from pathlib import Path

import pytest

from textq.errors import LexiconError
from textq.lexicon import read
from textq.lexicon.read import (
    COLUMNS,
    builtin_codebook,
    builtin_lexicon,
    builtin_root,
    read_codebook,
    read_lexicon,
    read_manifest,
)

CODEBOOK = """
name: tiny
version: "3"
language: en
decision: [Look for a means.]
instruments:
  - name: money
    en: Money
    definition: the state pays
    subtypes:
      - name: aid
        en: Aid
        definition: grants
        includes: [grants]
        excludes: [loans]
        examples: [{text: pay, code: money/aid}]
  - {name: law, en: Law, definition: the state rules}
none: {en: Nothing, definition: nothing}
rules: [{rule: loans are law, examples: [{text: lend, code: law}]}]
"""


def write_codebook(folder: Path, text: str = CODEBOOK) -> Path:
    path = folder / "codebook.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def write_lexicon(folder: Path, *rows: str, header: str = ",".join(COLUMNS)) -> Path:
    words = folder / "words"
    words.mkdir(exist_ok=True)
    (words / "list.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    return words


def test_codebook_is_read_whole(tmp_path: Path) -> None:
    codebook = read_codebook(write_codebook(tmp_path))
    assert (codebook.name, codebook.version, codebook.codes) == ("tiny", "3", ("money/aid", "law"))
    assert codebook.instruments[0].subtypes[0].excludes == ("loans",)
    assert [example.code for example in codebook.examples] == ["money/aid", "law"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: tiny", "nam: tiny", "'name' is missing"),
        ('version: "3"', "version: 3", "'version' is missing or no text"),
        ("definition: the state pays", "definition: ''", "'definition' is missing .* 'money'"),
        ("en: Money", "fr: Argent", "'money' has no label"),
        ("name: law", "name: money", "a code stands twice"),
        ("name: law", "name: none", "a code stands twice, or 'none'"),
        ("code: law", "code: lawn", "unknown code: lawn"),
        ("includes: [grants]", "includes: grants", "'includes' must be a list of texts"),
        ("decision: [Look for a means.]", "decision: 1", "'decision' must be a list of texts"),
        ("none: {en: Nothing, definition: nothing}", "", "'none' is missing"),
        ("instruments:\n", "instruments: [1]\nother:\n", "'instruments' must be a list of mappings"),
        ("\nname: tiny", "\n- a\nname: tiny", "cannot be read as YAML"),
    ],
)
def test_broken_codebook_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in CODEBOOK
    with pytest.raises(LexiconError, match=message):
        read_codebook(write_codebook(tmp_path, CODEBOOK.replace(old, new)))


IN_TWO = (
    CODEBOOK.replace("decision: [Look for a means.]", "decision: [{zh: 找手段。, en: Look for a means.}]")
    .replace("definition: the state pays", "definition: {zh: 国家付钱, en: the state pays}")
    .replace("definition: grants", "definition: {zh: 补助}")
    .replace("excludes: [loans]", "excludes: [{en: loans, zh: 贷款}]")
    .replace("rule: loans are law", "rule: {zh: 贷款属于 law, en: loans are law}")
    .replace("definition: nothing", "definition: {zh: 无手段, en: nothing}")
)


def test_prose_is_in_the_language_asked_for(tmp_path: Path) -> None:
    path = write_codebook(tmp_path, IN_TWO)
    chinese, english = read_codebook(path, lang="zh"), read_codebook(path)
    assert (chinese.decision, english.decision) == (("找手段。",), ("Look for a means.",))
    assert [one.definition for one in chinese.instruments] == ["国家付钱", "the state rules"]
    assert [one.definition for one in english.instruments] == ["the state pays", "the state rules"]
    (aid,) = english.instruments[0].subtypes
    assert (aid.definition, aid.includes, aid.excludes) == ("补助", ("grants",), ("loans",))
    assert chinese.instruments[0].subtypes[0].excludes == ("贷款",)
    assert (chinese.rules[0].statement, chinese.none.definition) == ("贷款属于 law", "无手段")
    assert chinese.examples == english.examples


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{zh: 国家付钱,", "{fr: on paie,", "unknown language 'fr' of 'definition' in 'money'"),
        ("{zh: 补助}", "{}", "a language of 'definition' has no text in 'aid'"),
        ("zh: 贷款}", "zh: 1}", "a language of 'excludes' has no text in 'aid'"),
    ],
)
def test_prose_in_a_wrong_form_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in IN_TWO
    with pytest.raises(LexiconError, match=message):
        read_codebook(write_codebook(tmp_path, IN_TWO.replace(old, new)))


def test_codebook_is_read_in_known_languages_only(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read in 'fr'"):
        read_codebook(write_codebook(tmp_path), lang="fr")


def test_codebook_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="a codebook is a mapping"):
        read_codebook(write_codebook(tmp_path, "- a\n"))


def test_absent_codebook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"codebook\.yaml: cannot be read"):
        read_codebook(tmp_path / "codebook.yaml")


def test_lexicon_is_read_with_its_files_in_order(tmp_path: Path) -> None:
    words = write_lexicon(
        tmp_path,
        "grant,money/aid,anywhere,2,,,why",
        "granted,,stop,1,,,",
        "law,law,start,0.5,,,",
        "x,none,anywhere,1,,,",
    )
    (words / "another.csv").write_text(",".join(COLUMNS) + "\nno,,negate,1,,,\n", encoding="utf-8-sig")
    lexicon = read_lexicon(words, read_codebook(write_codebook(tmp_path)))
    assert lexicon.name == "words"
    assert [entry.term for entry in lexicon.entries] == ["no", "grant", "granted", "law", "x"]
    assert (lexicon.entries[1].weight, lexicon.entries[1].note) == (2.0, "why")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["a,law,anywhere,1,,,", "a,money/aid,anywhere,1,,,"], r"list\.csv:3: 'a' is already in .*list\.csv:2"),
        (["ab,law,anywhere,1,,,", "ＡＢ,law,anywhere,1,,,"], r"list\.csv:3: 'ＡＢ' is already in"),
        (["a,money,anywhere,1,,,"], r"list\.csv:2: 'money' is no code of codebook tiny 3"),
        (["a,money/lone,anywhere,1,,,"], r"'money/lone' is no code"),
        (["a,,anywhere,1,,,"], r"list\.csv:2: '' is no code"),
        (["a,law,stop,1,,,"], r"list\.csv:2: 'stop' yields no evidence, but has the code 'law'"),
        (["a,law,negate,1,,,"], r"'negate' yields no evidence"),
        (["a,law,somewhere,1,,,"], r"list\.csv:2: unknown match 'somewhere'"),
        (["a,law,anywhere,heavy,,,"], r"list\.csv:2: the weight 'heavy'"),
        (["a,law,anywhere,0,,,"], r"the weight '0'"),
        (["a,law,anywhere,-1,,,"], r"the weight '-1'"),
        (["a,law,anywhere,11,,,"], r"the weight '11'"),
        (["a,law,anywhere,nan,,,"], r"the weight 'nan'"),
        ([",law,anywhere,1,,,"], r"list\.csv:2: the term '' is empty"),
        ([" a,law,anywhere,1,,,"], r"the term ' a'"),
        (["a,law,anywhere,1,x|,,"], r"list\.csv:2: the guard 'x\|'"),
        (["a,law,anywhere,1,,~99:x,"], r"list\.csv:2: the guard '~99:x' looks 99 characters far"),
        (["a,,stop,1,x,,"], r"list\.csv:2: 'stop' is not asked for guards"),
        (["a,,negate,1,,x,"], r"list\.csv:2: 'negate' is not asked for guards"),
        (["abc),law,pattern,1,,,"], r"list\.csv:2: the pattern 'abc\)', column 4"),
        (["abc~3,law,pattern,1,,,"], r"list\.csv:2: the pattern 'abc~3'"),
        (["abc,law,pattern,1,x,,", "ABC,law,pattern,1,X,,"], r"list\.csv:3: 'ABC' is already in"),
        (["abc,law,anywhere,1,x,,", "abc,law,stop,1,,,"], r"'stop' yields no evidence"),
        ([f"{'a' * 201},law,anywhere,1,,,"], "longer than 200 characters"),
        (["a,law,anywhere,1,,"], r"list\.csv:2: not 7 fields"),
        (["a,law,anywhere,1,,,b,c"], r"list\.csv:2: not 7 fields"),
    ],
)
def test_broken_row_is_refused_with_file_and_line(tmp_path: Path, rows: list[str], message: str) -> None:
    codebook = read_codebook(write_codebook(tmp_path))
    with pytest.raises(LexiconError, match=message):
        read_lexicon(write_lexicon(tmp_path, *rows), codebook)


def test_same_term_may_begin_a_clause_and_stand_anywhere(tmp_path: Path) -> None:
    words = write_lexicon(tmp_path, "law,law,anywhere,1,,,", "law,none,start,2,,,")
    assert len(read_lexicon(words, read_codebook(write_codebook(tmp_path))).entries) == 2


def test_same_term_may_stand_once_for_each_guard(tmp_path: Path) -> None:
    rows = ("a,law,anywhere,1,,,", "a,none,anywhere,1,b,,", "a,law,anywhere,1,,b,", "a,law,anywhere,1,~3:b,,")
    words = write_lexicon(tmp_path, *rows)
    assert len(read_lexicon(words, read_codebook(write_codebook(tmp_path))).entries) == 4
    with pytest.raises(LexiconError, match=r"list\.csv:6: 'A' is already in .*list\.csv:3"):
        read_lexicon(write_lexicon(tmp_path, *rows, "A,law,anywhere,2,Ｂ,,"), read_codebook(tmp_path / "codebook.yaml"))


@pytest.mark.parametrize(("limit", "kind"), [("MAX_ENTRIES", "anywhere"), ("MAX_PATTERNS", "pattern")])
def test_lexicon_that_is_too_large_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, kind: str
) -> None:
    monkeypatch.setattr(read, limit, 2)
    codebook = read_codebook(write_codebook(tmp_path))
    rows = [f"abc{n},law,{kind},1,,," for n in range(3)]
    assert len(read_lexicon(write_lexicon(tmp_path, *rows[:2]), codebook).entries) == 2
    with pytest.raises(LexiconError, match=r"list\.csv:4: a lexicon may not have more than"):
        read_lexicon(write_lexicon(tmp_path, *rows), codebook)


def test_wrong_columns_are_refused(tmp_path: Path) -> None:
    words = write_lexicon(tmp_path, header="term,code,weight,match,must,must_not,note")
    with pytest.raises(LexiconError, match=r"list\.csv:1: the columns are 'term,code,weight,match,must,must_not,note'"):
        read_lexicon(words, read_codebook(write_codebook(tmp_path)))


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    words = write_lexicon(tmp_path)
    (words / "list.csv").write_bytes((",".join(COLUMNS) + "\n补贴,law,anywhere,1,,,\n").encode("gb18030"))
    with pytest.raises(LexiconError, match="cannot be read as UTF-8 CSV"):
        read_lexicon(words, read_codebook(write_codebook(tmp_path)))


def test_folder_without_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="no lexicon here"):
        read_lexicon(tmp_path, read_codebook(write_codebook(tmp_path)))


def test_version_comes_from_the_manifest(tmp_path: Path) -> None:
    words = write_lexicon(tmp_path, "a,law,anywhere,1,,,")
    (tmp_path / "manifest.toml").write_text('[words]\nversion = "1.4"\n', encoding="utf-8")
    assert read_lexicon(words, read_codebook(write_codebook(tmp_path))).version == "1.4"


def test_version_without_manifest_changes_with_the_content(tmp_path: Path) -> None:
    codebook = read_codebook(write_codebook(tmp_path))
    first = read_lexicon(write_lexicon(tmp_path, "a,law,anywhere,1,,,"), codebook).version
    second = read_lexicon(write_lexicon(tmp_path, "a,law,anywhere,2,,,"), codebook).version
    assert first.startswith("local-")
    assert first != second


@pytest.mark.parametrize(
    ("manifest", "message"), [("[words]\n", "has no version"), ("[words\n", "cannot be read as TOML")]
)
def test_broken_manifest_is_refused(tmp_path: Path, manifest: str, message: str) -> None:
    words = write_lexicon(tmp_path, "a,law,anywhere,1,,,")
    (tmp_path / "manifest.toml").write_text(manifest, encoding="utf-8")
    with pytest.raises(LexiconError, match=message):
        read_lexicon(words, read_codebook(write_codebook(tmp_path)))


def test_absent_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="cannot be read as TOML"):
        read_manifest(tmp_path / "manifest.toml")


def test_builtin_lists_are_read_once() -> None:
    assert (builtin_root() / "codebook.yaml").is_file()
    assert builtin_codebook() is builtin_codebook()
    assert builtin_lexicon() is builtin_lexicon()


def test_installed_lists_come_before_those_of_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("lexicons", "textq/lexicons"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "manifest.toml").touch()
    monkeypatch.setattr(read, "__file__", str(tmp_path / "textq/lexicon/read.py"))
    assert builtin_root() == tmp_path / "textq/lexicons"


def test_missing_lists_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read, "__file__", str(tmp_path / "textq/lexicon/read.py"))
    with pytest.raises(LexiconError, match="the lists of textq are missing"):
        builtin_root()
