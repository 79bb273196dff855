import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from textq.coding.llm import LlmSpec
from textq.coding.llm.cache import Cache, StoredAnswer, hash_basis, hash_question
from textq.records import CodingUnit

from .conftest import CODEBOOK, list_files

SPEC = LlmSpec("http://localhost:1/v1", "m")
ENTRY = StoredAnswer({"code": "law", "reason": "依据 \ud800"}, "m-1", "fp", "plain")
KEY = "ab" * 32
UNIT = CodingUnit("1", "text", "title", "heading", "stem")


@pytest.mark.parametrize(
    "changed",
    [
        replace(SPEC, model="n"), replace(SPEC, base_url="http://localhost:2/v1"), replace(SPEC, seed=2),
        replace(SPEC, temperature=0.5), replace(SPEC, without=("seed",)), replace(SPEC, batch=2),
        replace(SPEC, answer_tokens=500),
    ],
)  # fmt: skip
def test_what_could_change_an_answer_changes_its_key(changed: LlmSpec) -> None:
    assert hash_basis(changed, CODEBOOK) != hash_basis(SPEC, CODEBOOK)


def test_what_cannot_change_an_answer_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    before = hash_basis(SPEC, CODEBOOK)
    monkeypatch.setenv("TEXTQ_LLM_KEY", "sk-secret-1234")
    other = replace(SPEC, base_url="http://LOCALHOST:1/v1/", retries=9, threads=9, input_price=1.0, timeout=1)
    assert hash_basis(other, CODEBOOK) == before


def test_the_codebook_and_all_of_the_clause_but_its_id_are_in_the_key() -> None:
    basis = hash_basis(SPEC, CODEBOOK)
    assert hash_basis(SPEC, replace(CODEBOOK, decision=("Other?",))) != basis
    key = hash_question(basis, CODEBOOK, UNIT)
    assert hash_question(basis, CODEBOOK, replace(UNIT, clause_id="2")) == key
    for name in ("text", "title", "heading", "stem"):
        assert hash_question(basis, CODEBOOK, replace(UNIT, **{name: "x"})) != key


def test_an_entry_comes_back_as_it_was(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    assert cache.get(KEY) is None
    cache.put(KEY, ENTRY)
    assert cache.get(KEY) == ENTRY
    (path,) = list_files(tmp_path)
    before = path.read_bytes()
    cache.put(KEY, ENTRY)
    assert path.read_bytes() == before


def damage_text(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"law"', '"raw"'), encoding="utf-8")


def damage_key(path: Path) -> None:
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**stored, "key": "0"}), encoding="utf-8")


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-20]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"\xff\xfe"),
        lambda path: path.write_bytes(b"[" * 100_000),
        lambda path: path.write_bytes(b"[]"),
        lambda path: path.write_bytes(b"{}"),
        damage_text,
        damage_key,
    ],
)
def test_a_damaged_entry_is_said_and_removed(tmp_path: Path, damage: object) -> None:
    notes: list[str] = []
    cache = Cache(tmp_path, notes.append)
    cache.put(KEY, ENTRY)
    (path,) = list_files(tmp_path)
    assert callable(damage)
    damage(path)
    assert cache.get(KEY) is None
    assert len(notes) == 1
    assert "damaged" in notes[0]
    assert not path.exists()


def test_threads_that_store_the_same_answer_do_no_harm(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: cache.put(KEY, ENTRY), range(40)))
    assert cache.get(KEY) == ENTRY
    assert [path.suffix for path in list_files(tmp_path)] == [".json"]


def test_a_folder_in_the_place_of_an_answer_is_said_and_left(tmp_path: Path) -> None:
    notes: list[str] = []
    cache = Cache(tmp_path, notes.append)
    (tmp_path / KEY[:2] / f"{KEY}.json").mkdir(parents=True)
    assert cache.get(KEY) is None
    cache.put(KEY, ENTRY)
    assert list_files(tmp_path) == []
    assert ["here is a folder, so the answer is asked for and not kept" in note for note in notes] == [True]


def test_half_characters_of_a_server_are_mended_where_an_answer_is_read(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    cache.put(KEY, StoredAnswer({"code": "law"}, "m\ud800", "f\udfff", "plain"))
    assert cache.get(KEY) == StoredAnswer({"code": "law"}, "m?", "f?", "plain")
