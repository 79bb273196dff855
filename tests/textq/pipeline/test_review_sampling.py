import shutil
from pathlib import Path

import numpy as np
import pytest

import textq
from textq.errors import ConfigError, ReviewError
from textq.events import Draft
from textq.pipeline.review_audit import load_audit
from textq.pipeline.review_frame import build_frame, list_coded
from textq.pipeline.review_open import STORE_NAME, open_review
from textq.pipeline.review_sampling import SampleOptions, sample_run
from textq.review.class_shares import measure_accuracy
from textq.review.sample import read_record
from textq.run import load_run
from textq.store.corpus import find_key, find_suggestion, list_clauses
from textq.store.events import append
from textq.store.queues import list_items, list_samples
from textq.store.store import Store, open_store

CLASSES = ("supply", "environment", "demand", "none")


@pytest.fixture
def study(sample_run: textq.Run, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sample_run.run_dir.parents[1], tmp_path / "study"))


@pytest.fixture(scope="module")
def frame(sample_run: textq.Run):  # type: ignore[no-untyped-def]
    return build_frame(sample_run)[0]


def open_study(study: Path) -> Store:
    return open_store(study / STORE_NAME)


def code(store: Store, keys: list[str], coder: str, *, instrument: str = "", queue: str = "audit") -> None:
    """Code clauses as the machine did, or all alike."""
    drafts = []
    for key in keys:
        suggestion = find_suggestion(store, key)
        assert suggestion is not None
        drafts.append(
            Draft("code", coder, queue, clause=key, instrument=instrument or suggestion.instrument)  # type: ignore[arg-type]
        )
    append(store, drafts)


def test_the_frame_is_all_coded_clauses_of_the_run(sample_run: textq.Run, frame) -> None:  # type: ignore[no-untyped-def]
    assert len(frame) == len(sample_run.codings)
    assert frame.classes == tuple(sample_run.meta["classes"])
    given = np.bincount(frame.predicted, minlength=len(frame.classes))
    assert dict(zip(frame.classes, given.tolist(), strict=True)) == sample_run.meta["classes"]
    assert len(set(frame.keys)) == len(frame)
    assert {len(labels) for labels in frame.labels.values()} == {len(frame.doc_ids)}
    assert set(frame.labels["did"]) <= {"treated", "not yet treated", "never designated"}
    assert len(set(frame.labels["period"])) <= 3


def test_designations_of_a_study_make_other_cells(sample_run: textq.Run, tmp_path: Path) -> None:
    (tmp_path / "designations.csv").write_text("unit,approved_on\n330100,2019-05-01\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text('[series]\nfile="s.csv"\n[designations]\nfile="designations.csv"\n', "utf-8")
    frame, _ = build_frame(sample_run, tmp_path / "study.toml")
    documents = sample_run.documents.set_index("doc_id").loc[list(frame.doc_ids)]
    for label, units, period in zip(frame.labels["did"], documents["unit"], documents["period"], strict=True):
        treated = "treated" if period >= 2019 else "not yet treated"
        assert label == (treated if "330100" in units.split(";") else "never designated")


def test_a_sample_goes_to_the_store_with_its_probabilities(study: Path) -> None:
    drawn = sample_run(study, SampleOptions(size=300, coders=("anna", "bao")), coder="anna")
    store = open_study(study)
    (stored,) = list_samples(store)
    items = list_items(store, stored.sample)
    record = read_record(stored.detail, stored.sample)
    assert record == drawn.record
    assert (stored.sample, stored.coders, stored.each, stored.coder) == (drawn.name, ("anna", "bao"), 2, "anna")
    assert [item.key for item in items] == [item.key for item in record.items]
    assert sum(1 / item.pi for item in items) == pytest.approx(1180, rel=0.4)
    assert sum(record.totals.values()) == len(drawn.frame)


def test_keys_are_those_of_the_store(study: Path) -> None:
    sample_run(study, SampleOptions(size=100, unit="clause"))
    coded = list_coded(load_run(study))
    store = open_study(study)
    for row in coded.iloc[::97].itertuples():
        assert find_key(store, row.clause_id) == row.key


def test_a_dry_run_writes_nothing_and_draws_the_same(study: Path) -> None:
    planned = sample_run(study, SampleOptions(size=200), dry_run=True)
    assert planned.event is None
    assert not (study / STORE_NAME).exists()
    assert sample_run(study, SampleOptions(size=200)).record == planned.record


def test_later_samples_leave_out_earlier_clauses(study: Path) -> None:
    first = sample_run(study, SampleOptions(size=200)).record
    second = sample_run(study, SampleOptions(size=200, unit="clause")).record
    assert not {item.key for item in first.items} & {item.key for item in second.items}
    assert second.after == (list_samples(open_study(study))[0].sample,)
    assert second.frame_sha256 != first.frame_sha256
    assert second.totals == first.totals


def test_when_all_is_drawn_nothing_is_left(study: Path) -> None:
    drawn = sample_run(study, SampleOptions(size=5000))
    assert len(drawn.record.items) == len(drawn.frame)
    assert {item.pi for item in drawn.record.items} == {1.0}
    assert "all_of_it" in dict(drawn.notes)
    with pytest.raises(ReviewError, match="no coded clause is left"):
        sample_run(study, SampleOptions(size=10))


def test_a_half_width_is_reached(study: Path) -> None:
    drawn = sample_run(study, SampleOptions(half_width=0.06), dry_run=True)
    assert drawn.bought.widest <= 0.06
    assert drawn.record.half_width == 0.06
    assert len(drawn.record.items) < len(drawn.frame)


def test_one_did_cell_is_replaced_and_said(study: Path, tmp_path: Path) -> None:
    (tmp_path / "designations.csv").write_text("unit,approved_on\n130400,2019-05-01\n", encoding="utf-8")
    (tmp_path / "study.toml").write_text('[series]\nfile="s.csv"\n[designations]\nfile="designations.csv"\n', "utf-8")
    drawn = sample_run(study, SampleOptions(size=200, study=tmp_path / "study.toml"), dry_run=True)
    assert drawn.record.variables == ("class", "uncertainty", "doc_type", "period")
    assert dict(drawn.notes)["one_did_cell"] == {"cell": "never designated"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either --size N or --half-width H"),
        ({"size": 10, "half_width": 0.1}, "either --size N or --half-width H"),
        ({"size": 10, "strata": ("city",)}, "Got city"),
        ({"size": 10, "coders": ("anna",)}, "--coders names 1"),
        ({"size": 10, "coders": ("anna", "anna")}, "stands twice"),
        ({"size": 10, "each": 0}, "at least one coder"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        SampleOptions(**options)  # type: ignore[arg-type]


def test_the_audit_holds_what_was_settled_blind(study: Path) -> None:
    sample_run(study, SampleOptions(size=200))
    store = open_study(study)
    keys = [item.key for item in list_items(store, list_samples(store)[0].sample)]
    agreed, single, differ, free = keys[:40], keys[40:60], keys[60:80], keys[80:90]
    code(store, agreed, "anna")
    code(store, agreed, "bao")
    code(store, single, "anna")
    code(store, differ, "anna", instrument="supply")
    code(store, differ, "bao", instrument="demand")
    code(store, free, "cui", queue="browse")
    found = load_audit(store, CLASSES)
    assert found is not None
    audit, names = found
    assert list(names) == keys
    assert audit.true[:60].tolist() == audit.predicted[:60].tolist()
    assert (audit.true[60:] == -1).all()
    assert audit.totals.sum() == 1180
    assert measure_accuracy(audit).accuracy.value == 1


def test_two_rounds_of_both_units_come_together(study: Path) -> None:
    sample_run(study, SampleOptions(size=250))
    sample_run(study, SampleOptions(size=150, unit="clause"))
    store = open_study(study)
    for one in list_samples(store):
        code(store, [item.key for item in list_items(store, one.sample)], "anna")
    found = load_audit(store, CLASSES)
    assert found is not None
    assert found[0].rounds.max() == 1
    accuracy = measure_accuracy(found[0])
    for share, machine in zip(accuracy.shares, accuracy.machine, strict=True):
        assert share.low <= machine <= share.high
    assert [one.value for one in accuracy.corrected] == pytest.approx(accuracy.machine)


def test_codes_that_the_codebook_does_not_have_are_named(study: Path) -> None:
    sample_run(study, SampleOptions(size=100))
    store = open_study(study)
    code(store, [item.key for item in list_items(store, list_samples(store)[0].sample)][:3], "anna", instrument="magic")
    with pytest.raises(ReviewError, match="people gave the codes magic"):
        load_audit(store, CLASSES)


def test_without_a_sample_there_is_no_audit(study: Path) -> None:
    assert load_audit(open_study(study), CLASSES) is None


def test_what_was_corrected_before_with_the_machines_code_in_sight_is_said(study: Path) -> None:
    opened = open_review(study)
    keys = [clause.key for clause in list_clauses(opened.store)]
    drafts = [Draft("code", "anna", "fix", key, instrument="none", suggestion_shown=True) for key in keys[::2]]
    append(opened.store, drafts)
    drawn = sample_run(study, SampleOptions(size=100, unit="clause"), store=opened.store)
    seen = {item.key for item in list_items(opened.store, drawn.name)} & set(keys[::2])
    assert drawn.n_exposed == len(seen) > 0
    assert ("exposed", {"n": len(seen)}) in drawn.notes
    append(opened.store, [Draft("code", "anna", "audit", key, instrument="none") for key in sorted(seen)[:3]])
    opened.store.close()


@pytest.mark.parametrize("name", ["../../e", "a+b", "adjudicated"])
def test_coders_of_a_sample_have_names(name: str) -> None:
    with pytest.raises(ReviewError, match="cannot be the name of a coder"):
        SampleOptions(size=10, coders=("anna", name))
    assert SampleOptions(size=10, coders=("e\u0301", "anna")).coders == ("\u00e9", "anna")
