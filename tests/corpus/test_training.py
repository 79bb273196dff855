"""The clauses that the coders of textq learnt from, and the coders themselves made anew from them."""

import csv
import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.corpus import train_models
from textq.coding.coders import read_rules
from textq.coding.trained.fit import TrainingSpec
from textq.coding.trained.model_file import load_coder
from textq.errors import TrainingError
from textq.ingest.gold import read_gold
from textq.lexicon.read import builtin_codebook
from textq.pipeline.training import train_coder
from textq.records import Document, Source
from textq.segment.clauses import split_clauses

WRITTEN = train_models.TRAINING / "written.jsonl"
REAL = train_models.TRAINING / "real.csv"
CODES = {*builtin_codebook().codes, "none"}
CLASSES = (*builtin_codebook().instrument_names, "none")

WRITTEN_KEYS = ["id", "title", "heading", "stem", "text", "code", "subtype", "secondary"]
REAL_COLUMNS = [
    "document",
    "source",
    "article",
    "start",
    "end",
    "sha256",
    "code",
    "subtype",
    "secondary",
    "sure",
    "draw",
    "tuned",
]


def remove_signs(text: str) -> str:
    return re.sub(r"\W", "", text)


def cut_shingles(text: str, length: int) -> set[str]:
    bare = remove_signs(text)
    return {bare[at : at + length] for at in range(len(bare) - length + 1)}


def name_code(row: dict[str, Any]) -> str:
    return f"{row['code']}/{row['subtype']}" if row["subtype"] else row["code"]


@pytest.fixture(scope="module")
def written() -> list[dict[str, Any]]:
    return [json.loads(line) for line in WRITTEN.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def real() -> list[dict[str, str]]:
    with REAL.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_written_clauses_have_their_form(written):
    assert {tuple(row) for row in written} == {tuple(WRITTEN_KEYS)}
    assert all(isinstance(value, str) for row in written for value in row.values())
    assert all(row["title"] and row["text"] == row["text"].strip() for row in written)
    assert WRITTEN.read_bytes().endswith(b"\n")
    assert b"\r" not in WRITTEN.read_bytes()


def test_written_clauses_are_valid_under_the_codebook(written):
    assert len(read_gold(WRITTEN, builtin_codebook())) == len(written)
    assert {name_code(row) for row in written} == CODES
    secondary = {row["secondary"] for row in written} - {""}
    assert secondary <= CODES
    assert [row["id"] for row in written if row["secondary"] and row["secondary"] == name_code(row)] == []


def test_written_clauses_stand_once(written):
    for values in ([row["id"] for row in written], [remove_signs(row["text"]) for row in written]):
        assert [value for value, count in Counter(values).items() if count > 1] == []


def test_written_clauses_cover_every_code(written):
    counts = Counter(map(name_code, written))
    assert {code: counts[code] for code in CODES if counts[code] < 30} == {}
    assert min(Counter(row["code"] for row in written)[name] for name in CLASSES) >= 200


def test_real_clauses_are_named_without_their_texts(real):
    with REAL.open(encoding="utf-8", newline="") as file:
        assert next(csv.reader(file)) == REAL_COLUMNS
    assert b"\r" not in REAL.read_bytes()
    for row in real:
        assert re.fullmatch(r"[0-9a-f]{12}", row["document"])
        assert re.fullmatch(r"[0-9a-f]{16}", row["sha256"])
        assert 0 <= int(row["start"]) < int(row["end"])
        assert row["sure"] in {"0", "1"}
        assert row["draw"] in {"random", "enriched"}
        assert all(len(row[name]) <= 80 for name in ("source", "article"))
        assert not re.search(r"[。；]", row["source"] + row["article"])


def test_real_clauses_have_codes_of_the_codebook(real):
    assert {name_code(row) for row in real} == CODES
    assert {row["secondary"] for row in real} - {""} <= CODES
    assert all((row["code"] == "none") == (not row["subtype"]) for row in real)


def test_real_clauses_stand_once(real):
    places = Counter((row["document"], row["start"]) for row in real)
    assert [place for place, count in places.items() if count > 1] == []


def test_real_clauses_are_many_and_partly_random(real):
    assert len(real) > 9000
    assert Counter(row["draw"] for row in real)["random"] == 2000
    assert {row["tuned"] for row in real} == {"0", "1"}
    assert len({row["document"] for row in real}) > 1500


def test_the_readme_counts_them(written, real):
    text = (train_models.TRAINING / "README.md").read_text(encoding="utf-8")
    counts = (len(written), len(real), len({row["document"] for row in real}), sum(row["sure"] == "0" for row in real))
    assert [count for count in counts if f"{count:,} " not in text] == []


def test_editions_of_a_text_are_one_document():
    names = {
        train_models.name_document(title) for title in ("某市条例(2019-11-29)", "某市条例", "某市条例(2003-01-01)")
    }
    assert names == {"某市条例"}
    assert train_models.name_document("某市（试行）办法") == "某市试行办法"


def test_a_clause_that_is_not_as_it_was_coded_ends_the_work():
    law = Document("", "第一条　为了甲，制定本办法。\n第二条　企业不得乙。\n", Source("", ""), title="某市办法")
    (first, second) = split_clauses(law)[-2:]
    row = {"start": str(second.start), "end": str(second.end), "sha256": second.sha256[:16], "article": "第二条"}
    assert [found["text"] for found in train_models.cut_clauses(law, [row])] == [second.text]
    for wrong in ({"sha256": first.sha256[:16]}, {"start": str(second.start + 1)}):
        with pytest.raises(SystemExit, match="某市办法: no clause 第二条"):
            list(train_models.cut_clauses(law, [{**row, **wrong}]))


def test_sums_of_the_models_come_into_the_manifest(tmp_path, monkeypatch):
    models, manifest = tmp_path / "models", tmp_path / "manifest.toml"
    (models / "one").mkdir(parents=True)
    (models / "one" / "model.json").write_bytes(b"{}")
    manifest.write_text('[a]\nx = 1\n\n[models.sha256]\n"old" = "1"\n\n[b]\ny = 2\n', encoding="utf-8")
    monkeypatch.setattr(train_models, "MODELS", models)
    monkeypatch.setattr(train_models, "MANIFEST", manifest)
    for _ in range(2):
        train_models.update_manifest()
        total = hashlib.sha256(b"{}").hexdigest()
        assert manifest.read_text(encoding="utf-8") == (
            f'[a]\nx = 1\n\n[models.sha256]\n"one/model.json" = "{total}"\n\n[b]\ny = 2\n'
        )


def test_a_model_stays_where_training_fails(tmp_path, monkeypatch):
    (tmp_path / "written").mkdir()
    (tmp_path / "written" / "model.json").write_bytes(b"{}")
    (tmp_path / "few.jsonl").write_text('{"id": "1", "text": "t", "code": "none"}\n', encoding="utf-8")
    monkeypatch.setattr(train_models, "MODELS", tmp_path)
    with pytest.raises(TrainingError):
        train_models.train([tmp_path / "few.jsonl"], "written", TrainingSpec())
    assert (tmp_path / "written" / "model.json").is_file()


def test_written_clauses_share_no_sentence_with_the_clauses_coders_are_judged_by(written, shared: Path):
    gold = [json.loads(line) for line in (shared / "gold" / "dev.jsonl").read_text(encoding="utf-8").splitlines()]
    for length, most in ((13, 0), (8, 200)):
        of_gold = set().union(*(cut_shingles(row["text"], length) for row in gold))
        common = set().union(*(cut_shingles(row["text"], length) & of_gold for row in written))
        assert len(common) <= most, length


@pytest.mark.full
def test_real_clauses_are_found_in_their_documents(real, shared: Path):
    found = list(train_models.find_clauses(shared / "data" / "policy"))
    assert {(row["document"], row["start"]) for row in found} == {(row["document"], row["start"]) for row in real}
    assert all(hashlib.sha256(row["text"].encode()).hexdigest()[:16] == row["sha256"] for row in found)
    assert all(row["title"].startswith(row["source"][:4]) for row in found)


@pytest.mark.full
def test_the_written_coder_can_be_made_again(tmp_path):
    shipped = load_coder(train_models.MODELS / "written", read_rules()).model
    spec = TrainingSpec(shares=train_models.SHARES)
    again = train_coder([WRITTEN], "written", out=tmp_path / "written", spec=spec, draws=0)
    cards = [
        json.loads((folder / "model.json").read_text(encoding="utf-8"))
        for folder in (train_models.MODELS / "written", tmp_path / "written")
    ]
    for card in cards:
        card["trained_with"].pop("scikit_learn")
    assert cards[0]["trained_with"] == cards[1]["trained_with"]
    assert cards[0]["class_bias"] == pytest.approx(cards[1]["class_bias"], abs=0.01)
    assert cards[0]["temperature"] == pytest.approx(cards[1]["temperature"], abs=0.01)
    assert shipped.codes == again.model.codes
    for name in ("rules", "shapes", "bias"):
        assert np.abs(getattr(shipped, name) - getattr(again.model, name)).max() <= 0.021
    for place, table in again.model.ngrams.items():
        weights = dict(zip(table.vocabulary.ngrams, table.weights, strict=True))
        before = dict(zip(shipped.ngrams[place].vocabulary.ngrams, shipped.ngrams[place].weights, strict=True))
        assert len(weights.keys() ^ before.keys()) <= 0.01 * len(weights)
        assert max(np.abs(weights[one] - before[one]).max() for one in weights.keys() & before.keys()) <= 0.021
