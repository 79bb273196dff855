"""Coders judged by gold: what a curve learns from, what is drawn, and clauses that a coder learnt from."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textq.coding.trained.fit import Lesson
from textq.errors import ClauseFileError, ConfigError, TrainingError
from textq.ingest.gold import read_gold
from textq.lexicon.codebook import Codebook
from textq.lexicon.read import builtin_codebook
from textq.pipeline.evaluation import can_train, evaluate_coder, make_learner
from textq.records import Coding, CodingUnit

CODES = ("supply", "none")


class Silent:
    """Gives ``none`` to every clause; knows some texts."""

    coder_id = "silent@1"

    def __init__(self, *known: str) -> None:
        self.known = {CodingUnit("", text).sha256 for text in known}

    @property
    def codebook(self) -> Codebook:
        return builtin_codebook()

    def knows(self, sha256: str) -> bool:
        return sha256 in self.known

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        edition = self.codebook.edition
        return [Coding(unit.clause_id, unit.sha256, "silent@1", edition, "none", None, None, (), 0.6) for unit in units]


def write(path: Path, rows: Sequence[Mapping[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def make_rows(documents: int, each: int, **more: object) -> list[dict[str, object]]:
    return [
        {"id": f"c{at}", "doc": f"d{at // each}", "text": f"clause {at}", "code": CODES[at % 2], **more}
        for at in range(documents * each)
    ]


@pytest.fixture
def taught(monkeypatch: pytest.MonkeyPatch) -> list[list[Lesson]]:
    """Collect what models would be trained on; the coder then gives every clause its first class."""
    taught: list[list[Lesson]] = []

    class Fitted:
        model = None

    class Constant:
        def __init__(self, *_: object) -> None: ...

        def probabilities(self, units: Sequence[CodingUnit]) -> Any:
            return np.tile([1.0, 0, 0, 0], (len(units), 1))

    def fit_model(lessons: list[Lesson], *_: object) -> Fitted:
        taught.append(lessons)
        return Fitted()

    monkeypatch.setattr("textq.pipeline.evaluation.fit_model", fit_model)
    monkeypatch.setattr("textq.pipeline.evaluation.TrainedCoder", Constant)
    return taught


def test_a_curve_learns_from_clauses_as_a_training_does(tmp_path: Path, taught: list[list[Lesson]]) -> None:
    rows = make_rows(1, 3)
    rows[0] |= {"draw": "enriched"}
    rows[1] |= {"sure": 0}
    rows[2] |= {"w": 2.5, "subtype": "talent", "title": "T", "doc": ""}
    rows = [{"w": 1, **row} for row in rows]
    gold = read_gold(write(tmp_path / "gold.jsonl", rows), builtin_codebook(), weight="w")
    assert make_learner(gold)(np.arange(3), np.array([0])).tolist() == [0]
    assert [(one.weight, one.is_sure, one.is_random) for one in taught[0]] == [
        (1, True, False), (1, False, True), (2.5, True, True),
    ]  # fmt: skip
    assert [(one.code, one.document) for one in taught[0]] == [("supply", "d0"), ("none", "d0"), ("supply/talent", "T")]


def test_a_curve_is_dealt_by_document_whatever_is_drawn(tmp_path: Path, taught: list[list[Lesson]]) -> None:
    path = write(tmp_path / "gold.jsonl", make_rows(10, 20))
    found = evaluate_coder(path, Silent(), by="clause", draws=20, learning_curve=True)
    assert found.by == "clause"
    assert found.curve is not None
    assert [point.n_clauses for point in found.curve.points] == [160]
    assert all(len({lesson.document for lesson in one}) == len(one) // 20 for one in taught)


def test_numbers_too_few_to_learn_from_are_left_out(tmp_path: Path, taught: list[list[Lesson]]) -> None:
    curve = evaluate_coder(
        write(tmp_path / "gold.jsonl", make_rows(8, 50)), Silent(), draws=0, learning_curve=True
    ).curve
    assert curve is not None
    assert ([point.n_clauses for point in curve.points], curve.left_out) == ([300], (75, 150))


def test_a_curve_of_too_few_documents_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", make_rows(6, 70))
    with pytest.raises(ConfigError, match="the 6 documents are too few for a learning curve"):
        evaluate_coder(path, Silent(), learning_curve=True)
    path = write(tmp_path / "loose.jsonl", [{**row, "doc": ""} for row in make_rows(6, 70)])
    with pytest.raises(ClauseFileError, match="leave out --learning-curve"):
        evaluate_coder(path, Silent(), learning_curve=True)


def make_lessons(*codes: str) -> list[Lesson]:
    return [Lesson(CodingUnit(str(at), f"{code} {at}"), code, f"d{at}") for at, code in enumerate(codes)]


@pytest.mark.parametrize(
    ("codes", "enough"),
    [
        (["supply", "none", "supply", "none"], False),
        (["supply", "none", "supply", "none", "none"], True),
        (["supply/talent", "supply/funding"] * 3, False),
        (["none"] * 4 + ["supply"], False),
        (["none"] * 4 + ["supply"] * 2, True),
    ],
)
def test_what_can_be_trained_on_is_what_a_training_takes(codes: list[str], enough: bool) -> None:
    from textq.coding.coders import read_rules
    from textq.coding.trained.fit import fit_model

    lessons = make_lessons(*codes)
    assert can_train(lessons) is enough
    if enough:
        fit_model(lessons, "x", read_rules())
    else:
        with pytest.raises(TrainingError):
            fit_model(lessons, "x", read_rules())


def test_clauses_learnt_from_are_counted_and_left_out_with_their_documents(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", make_rows(4, 5))
    known = evaluate_coder(path, Silent("clause 0", "clause 7"), draws=0).known
    assert known is not None
    assert (known.n_clauses, known.n_documents) == (2, 2)
    assert known.scores is not None
    assert (known.scores.n_clauses, known.scores.n_documents) == (10, 2)
    assert evaluate_coder(path, Silent(), draws=0).known is None
    assert evaluate_coder(path, "rules", draws=0).known is None


def test_documents_are_asked_for_and_not_known(tmp_path: Path) -> None:
    path = write(tmp_path / "gold.jsonl", [*make_rows(2, 2), {"id": "x", "text": "x", "code": "none"}])
    assert evaluate_coder(path, Silent(), draws=0).by == "clause"
    with pytest.raises(ClauseFileError, match="the document of 1 clauses is not known, of 'x' for one"):
        evaluate_coder(path, Silent(), by="document", draws=0)
