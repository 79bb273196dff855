"""The trained coders that come with textq, against the codebook, the lexicon and the clauses they learnt from."""

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from textq.coding.coders import find_coder
from textq.coding.trained.model import TrainedCoder
from textq.lexicon.codebook import split_code
from textq.lexicon.read import builtin_codebook, builtin_root, read_manifest
from textq.records import CodingUnit

MODELS = builtin_root() / "models"

NAMES = ("full", "written")

each_model = pytest.mark.parametrize("name", NAMES)


def load(name: str) -> TrainedCoder:
    coder = find_coder(name)
    assert isinstance(coder, TrainedCoder)
    return coder


def read_card(name: str) -> dict[str, Any]:
    card: dict[str, Any] = json.loads((MODELS / name / "model.json").read_text(encoding="utf-8"))
    return card


def test_there_is_a_folder_for_each_name() -> None:
    assert {path.name for path in MODELS.iterdir()} == set(NAMES)


@each_model
def test_it_fits_the_codebook_and_the_lexicon_beside_it(name: str) -> None:
    """Fails where the lexicon was changed and the coders were not trained anew (tests/corpus/train_models.py)."""
    coder = load(name)
    assert coder.coder_id.startswith(f"model:{name}@")
    assert coder.model.codes == (*builtin_codebook().codes, "none")


@each_model
def test_it_learnt_from_the_clauses_of_the_repository(name: str, repository: Path) -> None:
    written = (repository / "corpus" / "training" / "written.jsonl").read_bytes()
    files = {file["name"]: file["sha256"] for file in read_card(name)["trained_with"]["files"]}
    assert files["written.jsonl"] == hashlib.sha256(written).hexdigest()
    coder = load(name)
    rows = map(json.loads, written.decode("utf-8").splitlines())
    assert all(coder.knows(hashlib.sha256(row["text"].encode()).hexdigest()) for row in rows)


def test_the_full_coder_learnt_from_the_real_clauses_too(repository: Path) -> None:
    with (repository / "corpus" / "training" / "real.csv").open(encoding="utf-8", newline="") as file:
        hashes = {row["sha256"] for row in csv.DictReader(file)}
    assert hashes <= load("full").model.trained_on
    assert not hashes <= load("written").model.trained_on


@each_model
def test_it_reached_something_on_unseen_documents(name: str) -> None:
    assert read_card(name)["trained_with"]["cross_fitted"]["macro_f1"] > 0.7


@each_model
def test_it_codes_most_examples_of_the_codebook(name: str) -> None:
    examples = builtin_codebook().examples
    units = [CodingUnit(str(at), one.text, "", one.heading, one.stem) for at, one in enumerate(examples)]
    right = [
        coding.instrument == split_code(example.code)[0]
        for coding, example in zip(load(name).code(units), examples, strict=True)
    ]
    assert sum(right) > 0.75 * len(right)


def test_they_are_stored_with_the_same_bytes_on_every_system(repository: Path) -> None:
    """Hashes hold where git writes LF everywhere; without it Windows would write CR LF."""
    rules = (repository / ".gitattributes").read_text(encoding="utf-8").splitlines()
    assert "* text=auto eol=lf" in rules
    assert not [rule for rule in rules if rule.startswith("lexicons")]
    for path in MODELS.rglob("*.*"):
        assert b"\r" not in path.read_bytes()


def test_the_manifest_names_their_version_and_source() -> None:
    block = read_manifest(builtin_root() / "manifest.toml")["models"]
    assert block["codes"] == [*builtin_codebook().instrument_names, "none"]
    assert "corpus/training" in block["source"]
    assert {name.partition("/")[0] for name in block["sha256"]} == set(NAMES)


def test_they_stay_small_enough_to_be_downloaded_with_the_package() -> None:
    assert sum(path.stat().st_size for path in MODELS.rglob("*.*")) < 12_000_000
