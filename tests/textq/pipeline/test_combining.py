"""Combining coders: the figures, what is left out, the file, and what becomes of it when something changes."""

import json
import os
import pickle
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from textq.coding.coder_spec import load_coder, specify_coder
from textq.coding.coders import find_coder
from textq.errors import ClauseFileError, ConfigError, ModelFileError
from textq.ingest.gold import read_gold
from textq.pipeline.combining import Combination, combine_coders
from textq.pipeline.evaluation import evaluate_coder
from textq.pipeline.training import train_coder

from .made_coders import Workplace, make_rows, make_workplace, write_rows


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workplace:
    place = make_workplace(tmp_path_factory.mktemp("combining"))
    combine(place)
    return place


@pytest.fixture(scope="module")
def combination(made: Workplace) -> Combination:
    return combine(made, "again.json", draws=200)


@pytest.fixture
def copy(made: Workplace, tmp_path: Path) -> Workplace:
    """The workplace with its ensemble ``team.json``, moved elsewhere and free to be changed."""
    shutil.copytree(made.root, tmp_path / "moved")
    return Workplace(tmp_path / "moved")


def combine(place: Workplace, name: str = "team.json", *, draws: int = 0, **changes: Any) -> Combination:
    names = ["rules", "first", str(place.second)]
    given = {"path": place.gold, "names": names, "out": place.root / name, "codebook": place.codebook, **changes}
    return combine_coders(draws=draws, **given)


def load(place: Workplace) -> Any:
    return find_coder(str(place.root / "team.json"), place.codebook)


def code(place: Workplace) -> list[tuple[str, float | None, bool]]:
    coder = load(place)
    units = [clause.unit for clause in read_gold(place.gold, coder.codebook)]
    return [(coding.instrument, coding.confidence, coding.unsure) for coding in coder.code(units)]


# The figures.


def test_together_they_are_better_than_each(combination: Combination) -> None:
    alone = {one.coder_id.partition("@")[0]: one.scores.macro_f1.value or 0.0 for one in combination.coders}
    assert list(alone) == ["rules:instruments", "model:first", "model:second"]
    together = combination.pooled.macro_f1.value or 0.0
    assert together > max(alone.values()) + 0.02
    assert combination.best == max(combination.coders, key=lambda one: one.scores.macro_f1.value or 0.0).coder_id
    assert combination.gain.value == pytest.approx(together - max(alone.values()))
    assert combination.gain.interval is not None
    assert combination.gain.interval.low < combination.gain.value < combination.gain.interval.high


def test_who_knows_something_of_its_own_weighs_most(combination: Combination) -> None:
    weights = [one.weight for one in combination.coders]
    assert sum(weights) == pytest.approx(1)
    assert weights[0] < 0.1 < min(weights[1:])


def test_figures_of_a_coder_alone_are_those_of_its_evaluation(made: Workplace, combination: Combination) -> None:
    evaluated = evaluate_coder(made.gold, "first", codebook=made.codebook, draws=0).scores
    found = combination.coders[1].scores
    assert found.macro_f1.value == evaluated.macro_f1.value
    assert found.confusion.tolist() == evaluated.confusion.tolist()


def test_errors_among_the_kept_are_about_those_asked_for(combination: Combination) -> None:
    abstention = combination.abstention
    assert abstention.error_sure.value is not None
    assert abstention.error_unsure.value is not None
    assert 0.02 < abstention.error_sure.value < 0.09 < abstention.error_unsure.value
    assert 0.3 < 1 - abstention.n_unsure / combination.n_clauses < 0.8


def test_agreement_is_among_the_coders(combination: Combination) -> None:
    agreement = combination.agreement
    assert len(agreement.pairs) == 3
    assert agreement.alpha.value is not None
    assert 0.3 < agreement.alpha.value < 0.9
    assert (agreement.n_clauses, agreement.n_documents) == (400, 40)


def test_the_same_again_is_the_same(made: Workplace, combination: Combination) -> None:
    assert (made.root / "again.json").read_bytes() == (made.root / "team.json").read_bytes()
    assert combination.coder_id == load(made).coder_id
    assert (combination.n_clauses, combination.n_documents, combination.left_out) == (400, 40, None)


# What is left out.


def test_clauses_learnt_from_are_left_out_with_their_documents(made: Workplace, tmp_path: Path) -> None:
    learnt = [json.loads(line) for line in made.learnt.read_text(encoding="utf-8").splitlines()][:30]
    beside = {"id": "new", "doc": learnt[0]["doc"], "text": "Never read before.", "code": "none"}
    path = write_rows(tmp_path / "mixed.jsonl", [*make_rows(1, 40, ("first", "second")), *learnt, beside])
    found = combine(made, "mixed.json", path=path)
    assert found.left_out is not None
    assert (found.left_out.n_clauses, found.left_out.n_documents) == (31, 3)
    assert sorted(found.left_out.learnt_from.values()) == [0, 30]
    assert (found.n_clauses, found.n_documents) == (400, 40)
    assert found.coder_id == load(made).coder_id


def test_it_is_refused_where_too_few_are_left(made: Workplace) -> None:
    with pytest.raises(ClauseFileError, match=r"0 clauses of 0 documents are left .*model:first@\w+ from 200 clauses"):
        combine(made, "none.json", path=made.learnt)
    assert not (made.root / "none.json").exists()


@pytest.mark.parametrize(("n_documents", "size"), [(9, 20), (12, 4)])
def test_few_clauses_or_documents_are_refused(made: Workplace, tmp_path: Path, n_documents: int, size: int) -> None:
    path = write_rows(tmp_path / "few.jsonl", make_rows(5, n_documents, ("first",), size))
    with pytest.raises(ClauseFileError, match=rf"{n_documents * size} clauses of {n_documents} documents are left\. "):
        combine(made, "none.json", path=path)


def test_without_documents_each_clause_is_its_own_and_told(made: Workplace, tmp_path: Path) -> None:
    rows = [{**row, "doc": "", "draw": "chosen" if at % 4 else "random"} for at, row in enumerate(make_rows(1, 8, ()))]
    found = combine(made, "loose.json", path=write_rows(tmp_path / "loose.jsonl", rows))
    assert (found.n_documents, found.n_without_document, found.n_chosen) == (80, 80, 60)


# What is refused.


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": ["rules"]}, "at least two coders. Got rules"),
        ({"names": ["rules", "first", "mine/models/first"]}, r"model:first@\w+ was given twice"),
        ({"names": ["rules", "nobody"]}, "no coder 'nobody'"),
        ({"names": ["rules", "team.json"]}, r"team.json \(ensemble:\w+\) cannot stand in an ensemble"),
        ({"out": Path("new.txt")}, r"ends in \.json"),
        ({"out": Path("team.json")}, "is there already and is never overwritten"),
        ({"out": Path("nowhere/new.json")}, "there is no folder nowhere"),
    ],
)
def test_what_cannot_be_combined_is_refused(
    made: Workplace, monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], message: str
) -> None:
    monkeypatch.chdir(made.root)
    with pytest.raises(ConfigError, match=message):
        combine(made, "new.json", **changes)
    assert not (made.root / "new.json").exists()


# The file.


def test_a_moved_ensemble_codes_as_before(made: Workplace, copy: Workplace) -> None:
    shutil.move(copy.root, copy.root.with_name("elsewhere"))
    assert code(Workplace(copy.root.with_name("elsewhere"))) == code(made)
    assert str(made.root) not in (made.root / "team.json").read_text(encoding="utf-8")


def test_it_is_found_from_the_folder_it_lies_in(copy: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy.root)
    assert find_coder("team.json", Path("mine")).coder_id == load(copy).coder_id


def test_it_knows_what_it_was_fitted_on_and_what_its_coders_learnt(made: Workplace) -> None:
    for path, n_known in ((made.gold, 400), (made.learnt, 200)):
        known = evaluate_coder(path, load(made), codebook=made.codebook, draws=0).known
        assert known is not None
        assert known.n_clauses == n_known


def remove_second(place: Workplace) -> None:
    shutil.rmtree(place.second)


def train_second_anew(place: Workplace) -> None:
    shutil.rmtree(place.second)
    train_coder([place.learnt], "second", out=place.second, codebook=place.codebook, draws=0)


def damage_second(place: Workplace) -> None:
    (place.second / "weights.tsv").write_text("", encoding="utf-8")


def change_lexicon(place: Workplace) -> None:
    with (place.codebook / "instruments" / "rule.csv").open("a", encoding="utf-8", newline="") as file:
        file.write("is owed,rule/duty,anywhere,2,,,\n")


def change_codebook(place: Workplace) -> None:
    path = place.codebook / "codebook.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace('version: "0.1"', 'version: "0.2"'), encoding="utf-8")


def change_weight(place: Workplace) -> None:
    path = place.root / "team.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"sharpness": ', '"sharpness": 1'), encoding="utf-8")


CHANGES = [
    (remove_second, ConfigError, r"model:second@\w+ is missing: there is no folder .*second"),
    (train_second_anew, ConfigError, r"fitted with the coder model:second@\w+, but .*second is model:second@"),
    (damage_second, ModelFileError, r"second.*weights\.tsv: changed since the model was written"),
    (change_lexicon, ConfigError, r"fitted with the lexicon instruments@.*, here it is instruments@"),
    (change_codebook, ConfigError, r"fitted for the codebook mine@0\.1, here it is mine@0\.2"),
    (change_weight, ConfigError, r"changed since textq wrote it"),
]


@pytest.mark.parametrize(("change", "error", "message"), CHANGES, ids=lambda one: getattr(one, "__name__", ""))
def test_what_changed_is_refused(copy: Workplace, change: Callable[..., None], error: Any, message: str) -> None:
    change(copy)
    with pytest.raises(error, match=message):
        load(copy)


def test_the_codebook_of_textq_is_another(made: Workplace) -> None:
    with pytest.raises(ConfigError, match=r"fitted for the codebook mine@0\.1.*--codebook"):
        find_coder(str(made.root / "team.json"))


def test_a_file_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigError, match=r"no coder 'nowhere\.json'.*nowhere\.json does not exist"):
        find_coder("nowhere.json")


def test_a_card_of_a_trained_coder_is_no_ensemble(made: Workplace) -> None:
    with pytest.raises(ConfigError, match="of a trained coder give the folder"):
        find_coder(str(made.second / "model.json"), made.codebook)


# As a spec that travels to workers.


def test_the_spec_stands_for_the_file_and_all_coders(copy: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(copy.root)
    spec = specify_coder("team.json", copy.codebook)
    monkeypatch.chdir(os.sep)
    assert spec == specify_coder(str(copy.root / "team.json"), copy.codebook)
    assert load_coder(pickle.loads(pickle.dumps(spec))).coder_id == load(copy).coder_id
    hashes = {spec.sha256, specify_coder("rules", copy.codebook).sha256, specify_coder("first", copy.codebook).sha256}
    (copy.second / "clauses.txt").write_text("0123456789abcdef\n", encoding="utf-8")
    hashes.add(specify_coder(str(copy.root / "team.json"), copy.codebook).sha256)
    assert len(hashes) == 4


def test_a_spec_of_a_changed_file_is_refused(copy: Workplace) -> None:
    spec = specify_coder(str(copy.root / "team.json"), copy.codebook)
    combine(copy, "other.json", target=0.2)
    (copy.root / "other.json").replace(copy.root / "team.json")
    with pytest.raises(ConfigError, match="were changed while it was used"):
        load_coder(spec)
