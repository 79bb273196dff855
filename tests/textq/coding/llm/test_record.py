import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.coding.llm.outcome import LlmOutcome
from textq.coding.llm.record import save_record

from .conftest import Said, Server, make_answers, make_item, make_units

Make = Callable[..., Any]

UNITS = make_units("A grant of ten.", "A ban on smoke.")


def read_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().decode("utf-8").splitlines()]


@pytest.fixture
def outcome(server: Server, make_coder: Make) -> LlmOutcome:
    item = make_item({"id": "c1", "text": UNITS[0].text}, reason="依据", secondary="law", sure=False)
    server.script = [Said(make_answers(item), extra={"system_fingerprint": "fp"})]
    server.always = lambda body: Said("never")
    answered: LlmOutcome = make_coder().answer(UNITS)
    return answered


def test_a_row_says_what_the_model_said_or_why_there_is_none(outcome: LlmOutcome, tmp_path: Path) -> None:
    save_record(outcome, tmp_path / "record.jsonl")
    coded, failed = read_rows(tmp_path / "record.jsonl")
    assert coded == {
        "id": "d#1", "clause_sha256": UNITS[0].sha256, "coder_id": "llm:m@1", "codebook": "tiny@3",
        "instrument": "money", "subtype": "aid", "secondary": "law", "quote": "A grant of t",
        "stated_probability": 0.9, "unsure": True, "reason": "依据", "served_model": "served", "fingerprint": "fp",
        "form": "json_schema",
    }  # fmt: skip
    assert list(failed) == ["id", "failure"]
    assert "the second answer of the model is wrong, too" in failed["failure"]


def test_what_stood_there_is_kept_if_it_cannot_be_written(
    outcome: LlmOutcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "record.jsonl"
    path.write_text("precious", encoding="utf-8")

    def fail(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("textq.coding.llm.record.json.dumps", fail)
    with pytest.raises(OSError, match="No space"):
        save_record(outcome, path)
    assert path.read_text(encoding="utf-8") == "precious"
    assert [one.name for one in tmp_path.glob("*record*")] == ["record.jsonl"]
