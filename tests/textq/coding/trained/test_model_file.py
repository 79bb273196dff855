import json
import os
import pickle
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from textq.coding.rules import RulesCoder
from textq.coding.trained import model_file
from textq.coding.trained.calibration import Calibration
from textq.coding.trained.fit import fit_model
from textq.coding.trained.model_file import hash_lexicon, is_model_name, load_coder, save_model
from textq.coding.trained.ngrams import NgramVocabulary
from textq.coding.trained.weights import NgramWeights
from textq.errors import ModelFileError
from textq.lexicon.codebook import Codebook
from textq.lexicon.entry import Entry, Lexicon
from textq.records import CodingUnit

from .conftest import ENTRIES, SPEC, make_lessons, make_rules, make_units

UNITS = make_units(30, seed=8)
WITH = {"files": [{"name": "gold.jsonl", "sha256": "0" * 64}], "n_clauses": 120, "note": "第一"}


@pytest.fixture
def folder(training, rules, tmp_path) -> Path:
    save_model(training.model, tmp_path / "small", rules, WITH)
    return tmp_path / "small"


def read_card(folder: Path) -> dict:
    return json.loads((folder / "model.json").read_text(encoding="utf-8"))


def write_card(folder: Path, card: dict) -> None:
    (folder / "model.json").write_text(json.dumps(card), encoding="utf-8")


def seal(folder: Path, card: dict | None = None) -> None:
    """Make the hashes of a model right again, as one could who wants it to be loaded."""
    sealed = card or read_card(folder)
    if isinstance(sealed.get("sha256"), dict):
        for name in ("weights.tsv", "clauses.txt"):
            sealed["sha256"][name] = model_file._hash((folder / name).read_bytes())
    sealed["sha256_of_card"] = model_file._hash_card(sealed)
    write_card(folder, sealed)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def refuse(folder: Path, rules: RulesCoder, message: str) -> None:
    with pytest.raises(ModelFileError, match=message) as refused:
        load_coder(folder, rules)
    assert str(folder) in str(refused.value)
    assert len(str(refused.value)) < 600


def test_what_is_written_is_read(folder, coder, rules):
    loaded = load_coder(folder, rules)
    assert loaded.model.score(UNITS, rules).tolist() == coder.model.score(UNITS, rules).tolist()
    assert replace(loaded, version=coder.version).code(UNITS) == coder.code(UNITS)
    for name in ("name", "codes", "rule_names", "calibration", "abstain_below", "trained_on"):
        assert getattr(loaded.model, name) == getattr(coder.model, name)
    assert loaded.coder_id.startswith("model:small@")


def test_reading_and_writing_again_gives_the_same_files(folder, rules, tmp_path):
    save_model(load_coder(folder, rules).model, tmp_path / "again", rules, WITH)
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes()


def test_a_model_without_subtypes_is_read(rules, tmp_path):
    lessons = [replace(lesson, code=lesson.code.partition("/")[0]) for lesson in make_lessons(60)]
    save_model(fit_model(lessons, "coarse", rules, SPEC).model, tmp_path / "coarse", rules, {})
    assert load_coder(tmp_path / "coarse", rules).model.codes == ("money", "law", "none")


def test_files_can_be_read_by_people(folder):
    lines = (folder / "weights.tsv").read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == ["place", "feature", "money/aid", "money/prize", "law", "none"]
    assert all(len(line.split("\t")) == 6 for line in lines)
    assert "第一" in (folder / "model.json").read_text(encoding="utf-8")
    assert b"\r" not in b"".join(path.read_bytes() for path in folder.iterdir())


def test_line_ends_of_other_systems_are_the_same(folder, rules):
    before = load_coder(folder, rules)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_coder(folder, rules).coder_id == before.coder_id


def test_links_to_files_are_followed(folder, rules, tmp_path):
    linked = tmp_path / "linked"
    linked.mkdir()
    for path in folder.iterdir():
        try:
            (linked / path.name).symlink_to(path)
        except OSError:
            pytest.skip("this system makes no links")
    assert load_coder(linked, rules).coder_id == load_coder(folder, rules).coder_id


def test_a_card_may_be_laid_out_anew(folder, rules):
    before = load_coder(folder, rules)
    write_card(folder, dict(reversed(read_card(folder).items())))
    assert load_coder(folder, rules).coder_id == before.coder_id


def test_the_version_is_of_all_that_decides_and_of_nothing_else(training, rules, tmp_path):
    def find_id(name: str, trained_with: dict | None = None, **changes: object) -> str:
        save_model(replace(training.model, **changes), tmp_path / name, rules, trained_with or {})
        return load_coder(tmp_path / name, rules).coder_id

    first = find_id("a")
    assert find_id("b", {"n": 3}) == first
    assert find_id("c", trained_on=frozenset()) == first
    calibration = training.model.calibration
    assert find_id("d", abstain_below=0.11) != first
    assert find_id("e", calibration=replace(calibration, temperature=3.0)) != first
    assert find_id("f", calibration=Calibration(calibration.temperature, (0.0, 0.0, 0.1))) != first
    assert find_id("g", bias=training.model.bias + np.float32(0.01)) != first


@pytest.mark.parametrize("name", ["model.json", "weights.tsv", "clauses.txt"])
def test_absent_files_and_folders_in_their_place_are_refused(folder, rules, name):
    (folder / name).unlink()
    refuse(folder, rules, rf"{name}: cannot be read as part of a model \(No such file")
    (folder / name).mkdir()
    refuse(folder, rules, f"{name}: no file")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_file_is_refused_and_not_waited_for(folder, rules):
    (folder / "model.json").unlink()
    os.mkfifo(folder / "model.json")
    refuse(folder, rules, "no file")


@pytest.mark.parametrize("name", ["weights.tsv", "clauses.txt"])
@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_change_of_a_file_is_found(folder, rules, name, data):
    original = (folder / name).read_bytes()
    start = data.draw(st.integers(0, len(original)))
    end = data.draw(st.integers(start, min(len(original), start + 40)))
    changed = original[:start] + data.draw(st.binary(max_size=5)) + original[end:]
    if changed.replace(b"\r\n", b"\n") != original:
        (folder / name).write_bytes(changed)
        refuse(folder, rules, f"{name}: changed since the model was written")
        (folder / name).write_bytes(original)


def is_same_json(changed: bytes, original: bytes) -> bool:
    try:
        read = [json.dumps(json.loads(data.decode()), sort_keys=True) for data in (changed, original)]
    except (ValueError, RecursionError):
        return False
    return read[0] == read[1]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_card_is_refused_or_says_the_same(folder, rules, data):
    original = (folder / "model.json").read_bytes()
    start = data.draw(st.integers(0, len(original)))
    changed = original[:start] + data.draw(st.binary(max_size=3)) + original[start + data.draw(st.integers(0, 30)) :]
    (folder / "model.json").write_bytes(changed)
    if is_same_json(changed, original):
        load_coder(folder, rules)
    else:
        refuse(folder, rules, "model.json: ")
    (folder / "model.json").write_bytes(original)


@pytest.mark.parametrize(
    ("key", "value"),
    [("temperature", 0.5), ("abstain_below", 0.0), ("class_bias", [0.0, 0.0, 0.0]), ("name", "other"), ("more", 1)],
)
def test_a_sound_card_that_was_edited_is_refused(folder, rules, key, value):
    write_card(folder, {**read_card(folder), key: value})
    refuse(folder, rules, "model.json: changed since the model was written")


@pytest.mark.parametrize(
    "data",
    [
        b"", b"{", b"[]", b"null", b"7", b'"x"', b"{}", b"\xff\xfe{}", b"\xef\xbb\xbf{}", b"\x80\x04K\x01.",
        b"[" * 100_000, b'{"a":' * 100_000, b'{"format": 1' + b"0" * 5000 + b"}", b'{"format": "1"}',
        b'{"format": true}', b'{"format": NaN}', b'{"format": 1, "format": 1}', b'{"format": 2}', b'{"format": 1e999}',
        pickle.dumps({"format": 1}), pickle.dumps({"format": 1}, protocol=0),
    ],
)  # fmt: skip
def test_what_is_no_card_is_refused(folder, rules, data):
    (folder / "model.json").write_bytes(data)
    refuse(folder, rules, "model.json: (cannot be read as a model|no model of format 1)")


def test_a_pickle_is_never_opened(folder, rules, tmp_path):
    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "exploded"),)

    for name in ("model.json", "weights.tsv", "clauses.txt"):
        (folder / name).write_bytes(pickle.dumps(Bomb()))
        with pytest.raises(ModelFileError):
            load_coder(folder, rules)
    assert not (tmp_path / "exploded").exists()


@pytest.mark.parametrize(("name", "limit"), [("model.json", "_LARGEST_CARD"), ("weights.tsv", "_LARGEST_FILE")])
def test_files_that_are_too_large_are_refused_unread(folder, rules, monkeypatch, name, limit):
    monkeypatch.setattr(model_file, limit, (folder / name).stat().st_size - 1)
    refuse(folder, rules, f"{name}: larger than any model that textq writes")


BIAS_MESSAGE = "class_bias does not hold a number for each class"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("name", "../../etc", "name is missing or not"), ("name", "..", "name"), ("name", "", "name"),
        ("name", "a/b", "name"), ("name", "a\nb", "name"), ("name", "x" * 81, "name"), ("name", 7, "name"),
        ("name", None, "name"), ("temperature", 0, "temperature"), ("temperature", -1.0, "temperature"),
        ("temperature", "1", "temperature"), ("temperature", True, "temperature"), ("temperature", 1e6, "temperature"),
        ("abstain_below", 1.01, "abstain_below"), ("abstain_below", [0], "abstain_below"),
        ("class_bias", [0.0, 0.0], BIAS_MESSAGE), ("class_bias", [0.0] * 4, BIAS_MESSAGE),
        ("class_bias", [0.0, 0.0, "0"], BIAS_MESSAGE), ("class_bias", [0.0, 0.0, 51], BIAS_MESSAGE),
        ("class_bias", {"money": 0}, BIAS_MESSAGE), ("class_bias", None, BIAS_MESSAGE),
        ("sha256", {}, "sha256 is missing"), ("sha256", "x", "sha256"), ("sha256", None, "sha256"),
        ("codebook", "tiny@8", "trained with another codebook: tiny@8, here it is tiny@7"),
        ("codebook", ["x"] * 1000, "another codebook: x, x"),
        ("codes", ["money/aid", "law", "none"], "another codes: money/aid, law, none, here"),
        ("codes", ["money/prize", "money/aid", "law", "none"], "another codes"), ("codes", None, "another codes"),
        ("codes", [{"a": 1}], "another codes"), ("lexicon", "tiny@1.2+0", "another lexicon: tiny@1.2"),
    ],
)  # fmt: skip
def test_cards_that_say_what_textq_never_writes_are_refused(folder, rules, key, value, message):
    (write_card if key == "sha256" else seal)(folder, {**read_card(folder), key: value})
    refuse(folder, rules, message)


@pytest.mark.parametrize("key", ["name", "codebook", "lexicon", "codes", "temperature", "class_bias", "abstain_below"])
def test_cards_that_lack_a_key_are_refused(folder, rules, key):
    card = read_card(folder)
    del card[key]
    seal(folder, card)
    refuse(folder, rules, key)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_numbers_that_are_none_are_refused_anywhere(folder, rules, number):
    for old in ('"n_clauses": 120', f'"abstain_below": {read_card(folder)["abstain_below"]}'):
        original = (folder / "model.json").read_bytes()
        edit(folder / "model.json", old, f"{old.partition(':')[0]}: {number}")
        refuse(folder, rules, "cannot be read as a model .*is no number")
        (folder / "model.json").write_bytes(original)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("place\tfeature\tmoney/aid\tmoney/prize", "place\tfeature\tmoney/prize\tmoney/aid", "no table with the codes"),
        ("place\t", "Place\t", "no table with the codes"),
        ("bias\tbias\t", "bias\tbias\t0\t", "tsv:2: not a place, a feature and 4 whole numbers"),
        ("bias\tbias\t", "bias\tbias\t1.5\t", "tsv:2: not a place"),
        ("\nrules\ttext:law\t", "\nrules\ttext:law\tnan\t", "tsv:5: not a place"),
        ("\nrules\ttext:law\t", "\nrules\ttext:other\t", "the rows of 'rules' are not those expected"),
        ("\nrules\ttext:law\t", "\nrulez\ttext:law\t", "unknown places: rulez"),
        ("\nrules\t", "\n\nrules\t", "tsv:3: not a place"),
        ("\nbias\tbias\t", "\n", "tsv:2: not a place"),
        ("shape\tlength\t", "shape\tlenght\t", "the rows of 'shape' are not those expected"),
        ("shape\tlength\t", "stem\t长度\t", "the rows of 'shape' are not those expected"),
    ],
)
def test_tables_that_textq_never_writes_are_refused(folder, rules, old, new, message):
    edit(folder / "weights.tsv", old, new)
    seal(folder)
    refuse(folder, rules, message)


@pytest.mark.parametrize(
    "number", ["", "1.0", "1e2", "+1", "1_0", " 1", "1 ", "５", "0x1", "--1", "1-2", "nan", "1" * 7, "9" * 5000, "-"]
)
def test_numbers_that_are_not_whole_are_refused(folder, rules, number):
    rewrite_first_weight(folder, number)
    refuse(folder, rules, "tsv:2: not a place, a feature and 4 whole numbers")


@pytest.mark.parametrize("number", ["100001", "-999999"])
def test_huge_numbers_are_refused(folder, rules, number):
    rewrite_first_weight(folder, number)
    refuse(folder, rules, "a weight is beyond 1000")


def rewrite_first_weight(folder: Path, number: str) -> None:
    lines = (folder / "weights.tsv").read_text(encoding="utf-8").split("\n")
    cells = lines[1].split("\t")
    lines[1] = "\t".join([*cells[:2], number, *cells[3:]])
    (folder / "weights.tsv").write_bytes("\n".join(lines).encode())
    seal(folder)


@pytest.mark.parametrize(
    "ngram", ["", " ", "a b", "a\u3000b", "\x85", "A", "Ａ", "7", "字" * 9, "\u2028", "一" * 5000, "\r", "x\x0b"]
)
def test_ngrams_that_cannot_be_one_are_refused(folder, rules, ngram):
    edit(folder / "weights.tsv", "\ntext\t", f"\ntext\t{ngram}\t0\t0\t0\t0\ntext\t")
    seal(folder)
    refuse(folder, rules, "is no n-gram of text")


def test_rows_that_are_removed_or_stand_twice_are_refused(folder, rules):
    lines = (folder / "weights.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    for kept, message in (
        (lines[:1] + lines[2:], "the rows of 'bias' are not those expected"),
        (lines[:3] + lines[4:], "the rows of 'rules' are not those expected"),
        (lines[:3] + lines[2:], "a feature of 'rules' stands twice"),
        ([*lines, lines[-1]], "stands twice"),
        (lines[:1], "no table with the codes"),
        ([], "no table with the codes"),
        ([*lines[:-1], lines[-1].rstrip("\n")], "no table with the codes"),
    ):
        (folder / "weights.tsv").write_bytes("".join(kept).encode())
        seal(folder)
        refuse(folder, rules, message)


def test_tables_that_are_no_utf8_are_refused(folder, rules):
    (folder / "weights.tsv").write_bytes((folder / "weights.tsv").read_bytes() + b"\xff")
    seal(folder)
    refuse(folder, rules, "weights.tsv: no UTF-8")


@pytest.mark.parametrize("line", ["0" * 15, "0" * 17, "G" * 16, "A" * 16, "../x", "\x00" * 16])
def test_what_is_no_hash_of_a_clause_is_refused(folder, rules, line):
    (folder / "clauses.txt").write_bytes(f"{line}\n".encode())
    seal(folder)
    refuse(folder, rules, "clauses.txt: a line is no hash of 16 hex digits")


def test_models_of_another_codebook_or_lexicon_are_refused(folder, rules):
    codebook = rules.codebook
    other = Codebook(codebook.name, "8", "zh", codebook.instruments, (), (), codebook.none)
    refuse(folder, RulesCoder(rules.lexicon, other), "another codebook: tiny@7, here it is tiny@8")
    refuse(folder, make_rules("1.3"), r"another lexicon: tiny@1\.2\+.*here it is tiny@1\.3\+")


@pytest.mark.parametrize(
    "entry",
    [
        Entry("补助", "money/prize", "anywhere", 2.0), Entry("补助", "money/aid", "anywhere", 2.5),
        Entry("补助", "money/aid", "start", 2.0), Entry("补助", "money/aid", "anywhere", 2.0, must="企业"),
        Entry("补助", "money/aid", "anywhere", 2.0, must_not="企业"),
    ],
)  # fmt: skip
def test_one_changed_entry_is_another_lexicon(rules, entry):
    changed = RulesCoder(Lexicon("tiny", "1.2", (entry, *ENTRIES[1:])), rules.codebook)
    assert hash_lexicon(changed) != hash_lexicon(rules)


def test_a_note_or_the_order_of_files_is_the_same_lexicon(rules):
    noted = tuple(replace(entry, note="why") for entry in reversed(ENTRIES))
    assert hash_lexicon(RulesCoder(Lexicon("tiny", "1.2", noted), rules.codebook)) == hash_lexicon(rules)


@pytest.mark.parametrize("name", ["full", "a", "v1.2-final", "编码_1", "x" * 80])
def test_names_of_models(name):
    assert is_model_name(name)


@pytest.mark.parametrize("name", ["", ".", "..", ".a", "a.", "-a", "a/b", "a\\b", "a b", "a\n", "x" * 81, "C:"])
def test_what_no_model_is_called(name):
    assert not is_model_name(name)


def test_numbers_that_cannot_be_written_are_refused(training, rules, tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        save_model(training.model, tmp_path / "x", rules, {"figure": float("nan")})


@pytest.mark.full
def test_fifty_thousand_rows_are_read_in_seconds(training, rules, tmp_path):
    """It takes .6 s of an idle core; anything that compares rows with one another would take minutes."""
    ngrams = tuple(chr(0x4E00 + at // 300) + chr(0x4E00 + at % 300) + "字" for at in range(50_000))
    weights = np.random.default_rng(1).integers(-300, 300, (50_000, 4)).astype(np.float32) / 100
    model = replace(training.model, ngrams={"text": NgramWeights(NgramVocabulary(ngrams), weights)})
    save_model(model, tmp_path / "large", rules, {})
    before = time.process_time()
    loaded = load_coder(tmp_path / "large", rules)
    assert time.process_time() - before < 10
    before = time.process_time()
    loaded.code([CodingUnit("x", "给予补助")])
    assert time.process_time() - before < 10
    assert loaded.model.ngrams["text"].weights.tolist() == weights.tolist()
