"""Files of gold clauses → lessons, and what a model's card and its figures say of them."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from textq.coding.accuracy.scores import measure_scores
from textq.coding.coders import read_rules
from textq.coding.trained.fit import Lesson, Training, TrainingSpec
from textq.coding.trained.model_file import load_coder
from textq.errors import ConfigError, TrainingError
from textq.lexicon.read import builtin_codebook
from textq.pipeline.training import (
    FEW,
    count_few,
    count_not_said_random,
    describe_training,
    judge_training,
    make_lesson,
    read_gold_files,
    train_coder,
)
from textq.records import CodingUnit

ROWS = [
    {"id": "1", "text": "a", "code": "supply", "subtype": "talent", "title": "T", "sure": "0", "draw": "enriched"},
    {"id": "2", "text": "b", "code": "none", "doc": "d2", "title": "T", "w": 2.5, "draw": "random"},
    {"id": "3", "text": "c", "code": "none"},
]


def write_rows(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("\n".join(json.dumps({"w": 1, **row}) for row in rows), encoding="utf-8")
    return path


def make_training(probabilities: list[list[float]]) -> Training:
    return Training(None, np.array(probabilities))  # type: ignore[arg-type]


def test_lessons_keep_document_weight_and_doubt(tmp_path):
    gold = read_gold_files([write_rows(tmp_path / "gold.jsonl", ROWS)], builtin_codebook(), weight="w")
    lessons = [make_lesson(clause) for clause in gold]
    assert [lesson.code for lesson in lessons] == ["supply/talent", "none", "none"]
    assert [lesson.document for lesson in lessons] == ["T", "d2", "3"]
    assert [lesson.weight for lesson in lessons] == [1, 2.5, 1]
    assert [lesson.is_sure for lesson in lessons] == [False, True, True]
    assert [lesson.is_random for lesson in lessons] == [False, True, True]


def test_a_clause_in_two_files_is_refused(tmp_path):
    first = write_rows(tmp_path / "a.jsonl", ROWS[:2])
    second = write_rows(tmp_path / "b.jsonl", ROWS[1:])
    with pytest.raises(TrainingError, match=r"b\.jsonl: the clause '2' is in an earlier file too"):
        read_gold_files([first, second], builtin_codebook())


def test_each_lesson_is_judged_by_its_class_document_and_weight():
    lessons = [
        Lesson(CodingUnit("1", "a"), "supply/talent", "d1"),
        Lesson(CodingUnit("2", "b"), "none", "d1", weight=3.0),
    ]
    training = make_training([[0.1, 0.7, 0.1, 0.1], [0.1, 0.1, 0.2, 0.6]])
    judged = judge_training(training, lessons, builtin_codebook())
    assert [judged.categories[at] for at in judged.gold] == ["supply", "none"]
    assert [judged.categories[at] for at in judged.coded] == ["environment", "none"]
    assert judged.groups.tolist() == [0, 0]
    assert measure_scores(judged, None).accuracy.value == pytest.approx(0.75)


def test_the_card_says_what_was_learnt_from(tmp_path):
    path = write_rows(tmp_path / "gold.jsonl", ROWS)
    lessons = [make_lesson(clause) for clause in read_gold_files([path], builtin_codebook())]
    judged = judge_training(make_training([[1, 0, 0, 0]] * 3), lessons, builtin_codebook())
    card = describe_training([path], lessons, TrainingSpec(), measure_scores(judged, None))
    assert card["files"] == [{"name": "gold.jsonl", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}]
    assert (card["n_clauses"], card["n_documents"]) == (3, 3)
    assert card["n_of_code"] == {"none": 2, "supply/talent": 1}
    assert card["settings"]["folds"] == 5
    assert str(tmp_path) not in json.dumps(card)


def test_figures_of_the_card_are_those_of_unseen_documents(tmp_path):
    rows = [
        {"id": f"{code}{at}", "text": text * 3, "code": code, "doc": f"d{at}"}
        for at in range(6)
        for code, text in (("supply", "对企业给予补助"), ("environment", "任何人不得违反"), ("none", "本办法所称企业"))
    ]
    result = train_coder([write_rows(tmp_path / "gold.jsonl", rows)], "m", out=tmp_path / "m", draws=0)
    card = json.loads((tmp_path / "m" / "model.json").read_text(encoding="utf-8"))
    assert card["trained_with"]["cross_fitted"]["macro_f1"] == round(result.scores.macro_f1.value, 3)
    assert result.scores.accuracy.value == 1
    assert result.coder_id == load_coder(tmp_path / "m", read_rules()).coder_id


def test_a_name_or_folder_that_cannot_be_used_is_refused_before_anything_is_read(tmp_path):
    absent = tmp_path / "absent.jsonl"
    with pytest.raises(ConfigError, match="'a/b' is no name for a coder"):
        train_coder([absent], "a/b", out=tmp_path / "m")
    with pytest.raises(ConfigError, match="the folder of the new coder is not known"):
        train_coder([absent], "m")
    (tmp_path / "m").write_text("", encoding="utf-8")
    with pytest.raises(ConfigError, match="is there already"):
        train_coder([absent], "m", out=tmp_path / "m")


def test_codes_and_classes_with_few_lessons_are_counted():
    codes = ["supply/talent"] * FEW + ["supply/funding"] * (FEW - 1) + ["none"]
    lessons = [Lesson(CodingUnit(str(at), "a"), code, "d") for at, code in enumerate(codes)]
    asked = ("supply", "demand", "none", "supply/talent", "supply/funding", "none")
    assert count_few(lessons, asked) == {"demand": 0, "none": 1, "supply/funding": FEW - 1}


@pytest.mark.parametrize(
    ("draws", "n"),
    [
        (["random", "random"], 0),
        (["random", "enriched"], 0),
        (["", ""], 2),
        (["random", ""], 1),
        (["enriched", "enriched", "enriched"], 3),
        (["enriched", ""], 1),
    ],
)
def test_clauses_that_calibrate_and_do_not_say_that_they_were_drawn_are_counted(tmp_path, draws, n):
    rows = [{"id": str(at), "text": "a", "code": "none", "draw": draw} for at, draw in enumerate(draws)]
    assert count_not_said_random(read_gold_files([write_rows(tmp_path / "g.jsonl", rows)], builtin_codebook())) == n


@pytest.mark.parametrize(("n_documents", "advice"), [(3, r"\(--folds 3\)"), (1, r"of others\.$")])
def test_too_few_documents_are_refused_with_the_ways_out(tmp_path, n_documents, advice):
    rows = [{"id": str(at), "text": "a", "code": "none", "doc": str(at)} for at in range(n_documents)]
    path = write_rows(tmp_path / "gold.jsonl", rows)
    with pytest.raises(TrainingError, match=rf"^{n_documents} documents are too few for 5 folds.*{advice}"):
        train_coder([path], "m", out=tmp_path / "m")
