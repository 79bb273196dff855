"""What people settled replaces the machine's codes, clause by clause, and nothing else moves."""

import json
from pathlib import Path

import pandas as pd
import pytest

import textq
from tests.textq.pipeline.made_reviews import (
    EDITION,
    TEXTS,
    adjudicate,
    audit,
    correct,
    open_review,
    score_corpus,
    write_corpus,
)
from textq.errors import ReviewError
from textq.events import Draft
from textq.pipeline.review_codes import place_codes
from textq.pipeline.review_finals import find_first_estimate, read_finals
from textq.spacy.run_records import find_codings
from textq.store.events import append, find_undo

pytestmark = pytest.mark.usefixtures("in_this_process")


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "corpus")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def codes_of(run: textq.Run) -> dict[str, str]:
    return dict(zip(run.codings["clause_id"], run.codings["instrument"], strict=True))


def read_files(run: textq.Run) -> dict[str, bytes]:
    return {
        path.relative_to(run.run_dir).as_posix(): path.read_bytes()
        for path in run.run_dir.rglob("*")
        if path.is_file() and path.name != "run.json"
    }


def test_exactly_the_corrected_clauses_move(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market", "zz#4": "none"})
    second = score_corpus(corpus, out)

    moved = {name: code for name, code in codes_of(second).items() if codes_of(first)[name] != code}
    assert moved == {"hz#2": "demand", "zz#4": "none"}
    assert second.codings["clause_id"].tolist() == first.codings["clause_id"].tolist()


def test_the_row_of_a_person_claims_no_more_than_a_person_said(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    codings = score_corpus(corpus, out).codings.set_index("clause_id")

    row = codings.loc["hz#2"]
    assert (row["coder_id"], row["instrument"], row["subtype"]) == ("human:anna", "demand", "market")
    assert pd.isna(row["confidence"])
    assert not row["unsure"]
    assert (row["evidence"], row["context"], row["codebook"]) == ("[]", "[]", EDITION)
    assert codings["coder_id"].str.startswith("human:").sum() == 1


def test_what_the_machine_had_said_is_kept(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market", "zz#2": "supply/funding"})
    second = score_corpus(corpus, out)

    assert second.suggestions["clause_id"].tolist() == ["hz#2", "zz#2"]
    assert second.suggestions["how"].tolist() == ["corrected", "corrected"]
    assert second.suggestions["track"].tolist() == ["free", "free"]
    pd.testing.assert_frame_equal(second.predictions, first.codings)
    pd.testing.assert_frame_equal(first.predictions, first.codings)
    assert len(first.suggestions) == 0


def test_scores_move_by_the_clauses_that_moved(corpus: Path, out: Path) -> None:
    """Hangzhou 2016 has 2 supply, 2 environment, 1 demand, 1 none of 6; one clause goes from supply to demand."""
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    second = score_corpus(corpus, out)

    key = ["unit", "period", "instrument"]
    both = first.scores.merge(second.scores, on=key, suffixes=("_1", "_2")).set_index(key)
    moved = both[both["count_1"] != both["count_2"]]
    assert moved[["count_1", "count_2"]].to_dict("index") == {
        ("330100", 2016, "supply"): {"count_1": 2, "count_2": 1},
        ("330100", 2016, "demand"): {"count_1": 1, "count_2": 2},
    }
    assert both.loc[("330100", 2016, "demand"), "share_2"] == pytest.approx(2 / 6)
    assert both.loc[("330100", 2017, "supply"), "stock_2"] == 1
    assert (both["n_clauses_1"] == both["n_clauses_2"]).all()


def test_without_a_review_nothing_changes(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    open_review(out).close()
    opened = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    left_out = score_corpus(corpus, out, review=False)

    assert read_files(first) == read_files(opened) == read_files(left_out)
    assert first.meta["run_id"] == opened.meta["run_id"] == left_out.meta["run_id"]
    assert "suggestions.parquet" not in read_files(first)
    assert "review" not in left_out.meta
    assert left_out.meta["volatile"]["review"] == "left out"


def test_the_same_review_gives_the_same_bytes_and_a_later_one_another_run(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    second, again = score_corpus(corpus, out), score_corpus(corpus, out)
    correct(out, {"hz#3": "demand/market"})
    third = score_corpus(corpus, out)

    assert read_files(second) == read_files(again)
    assert second.meta["run_id"] == again.meta["run_id"]
    assert len({run.meta["run_id"] for run in (first, second, third)}) == 3
    assert second.meta["parameters"]["review"]["finals"] == 1
    assert third.meta["parameters"]["review"]["events"] == 2


def test_what_is_undone_is_the_machines_again(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    store = open_review(out)
    last = find_undo(store, "anna")
    assert last is not None
    append(store, [Draft("undo", "anna", undoes=last.uuid)])
    store.close()
    second = score_corpus(corpus, out)

    assert codes_of(second) == codes_of(first)
    assert second.meta["review"]["n_codes"] == 0


def test_scoring_writes_no_event(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    before = read_finals(out)
    score_corpus(corpus, out)

    assert before == read_finals(out)
    assert before is not None
    assert before.n_events == 1


def test_coders_of_an_audit_who_agree_settle_a_clause_and_those_who_do_not_leave_it(corpus: Path, out: Path) -> None:
    first = score_corpus(corpus, out)
    anna = {"hz#2": "demand/market", "hz#3": "demand/market", "hz#4": "environment/tax"}
    bao = {"hz#2": "demand/market", "hz#3": "none", "hz#4": "environment/ip"}
    audit(out, {"anna": anna, "bao": bao})
    second = score_corpus(corpus, out)

    codings = second.codings.set_index("clause_id")
    assert codings.loc["hz#2", "coder_id"] == "human:anna+bao"
    assert codings.loc["hz#3"].equals(first.codings.set_index("clause_id").loc["hz#3"])
    assert codings.loc["hz#4", "instrument"] == "environment"
    assert pd.isna(codings.loc["hz#4", "subtype"])
    assert dict(zip(second.suggestions["clause_id"], second.suggestions["how"], strict=True)) == {
        "hz#2": "agreed",
        "hz#4": "open",
    }
    assert set(second.suggestions["track"]) == {"audit"}
    assert second.meta["review"]["n_audited"] == 3


def test_who_adjudicates_settles_what_others_left(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    audit(out, {"anna": {"hz#3": "demand/market"}, "bao": {"hz#3": "none"}})
    adjudicate(out, "hz#3", "none")
    run = score_corpus(corpus, out)

    row = run.codings.set_index("clause_id").loc["hz#3"]
    assert (row["coder_id"], row["instrument"]) == ("human:adjudicated", "none")
    assert run.suggestions[["how", "track"]].to_numpy().tolist() == [["adjudicated", "audit"]]


def test_a_code_of_the_audit_is_not_replaced_by_a_later_correction(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    audit(out, {"anna": {"hz#2": "supply/funding"}})
    correct(out, {"hz#2": "none"}, coder="bao")
    run = score_corpus(corpus, out)

    assert codes_of(run)["hz#2"] == "supply"
    assert run.suggestions["how"].tolist() == ["single"]


def test_codes_stay_with_their_clauses_when_others_come_and_go(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#3": "demand/market", "hz#5": "none"})
    clauses = ("一、推进金融服务。", *TEXTS["hz"][1:3], "四、全面加强知识产权保护。")
    write_corpus(corpus, {**TEXTS, "hz": clauses})
    run = score_corpus(corpus, out)

    people = run.codings[run.codings["coder_id"].str.startswith("human:")]
    assert people["clause_id"].tolist() == ["hz#3"]
    assert run.meta["warnings"]["not_carried"] == ["hz#5"]
    assert run.meta["review"]["n_not_carried"] == 1


def test_a_code_is_carried_into_a_renamed_document_where_one_clause_alone_has_the_text(corpus: Path, out: Path) -> None:
    """The first clause of hz stands in zz as well: under a new id of its document it could be either."""
    score_corpus(corpus, out)
    correct(out, {"hz#2": "none", "hz#3": "demand/market", "zz#2": "environment/tax"})
    manifest = (corpus / "manifest.csv").read_text(encoding="utf-8")
    (corpus / "manifest.csv").write_text(manifest.replace("\nhz,", "\nhangzhou,"), encoding="utf-8")
    run = score_corpus(corpus, out)

    people = run.codings[run.codings["coder_id"].str.startswith("human:")]
    assert dict(zip(people["clause_id"], people["instrument"], strict=True)) == {
        "hangzhou#2": "none",
        "hangzhou#3": "demand",
        "zz#2": "environment",
    }


def test_codes_that_the_codebook_has_not_are_refused_before_anything_is_read(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#2": "carbon/tax", "hz#3": "carbon/tax"}, edition="climate@1.0")
    n_runs = len(list((out / "runs").iterdir()))

    with pytest.raises(ReviewError, match=r"carbon/tax \(2\).*climate@1.0.*--no-review"):
        score_corpus(corpus, out)
    assert len(list((out / "runs").iterdir())) == n_runs


def test_pieces_of_the_clauses_give_the_same_as_the_whole(corpus: Path, out: Path) -> None:
    run = score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market", "zz#2": "none", "hz#7": "supply/funding"})
    review = read_finals(out)
    assert review is not None

    whole = place_codes(review, [run.clauses])
    assert set(whole.codes) == {"hz#2", "zz#2", "hz#7"}
    for size in (1, 2, 3, 5):
        pieces = [run.clauses.iloc[at : at + size] for at in range(0, len(run.clauses), size)]
        assert place_codes(review, pieces) == whole


def test_codes_after_the_first_estimate_are_known(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    estimate = out / "runs" / "estimate"
    estimate.mkdir()
    meta = {"kind": "estimate", "volatile": {"started_at": "2000-01-01T09:00:00+08:00"}}
    assert find_first_estimate(out) is None
    (estimate / "run.json").write_text(json.dumps(meta), encoding="utf-8")

    assert find_first_estimate(out) == "2000-01-01T01:00:00.000000Z"
    review = read_finals(out)
    assert review is not None
    assert [one.after_estimate for one in review.finals] == [True]


def test_the_folders_of_the_documents_are_named(corpus: Path, out: Path) -> None:
    assert score_corpus(corpus, out).meta["volatile"]["folders"] == [str(corpus.resolve())]
    alone = textq.score(corpus / "hz.txt", out=out, coder="rules")
    assert alone.meta["volatile"]["folders"] == [str(corpus.resolve())]


def test_the_table_of_what_the_machine_had_said_is_described(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    run = score_corpus(corpus, out)
    package = json.loads((run.run_dir / "datapackage.json").read_text(encoding="utf-8"))
    (schema,) = (one["schema"] for one in package["resources"] if one["name"] == "suggestions")

    assert schema["primaryKey"] == ["clause_id", "coder_id"]
    assert schema["foreignKeys"][0]["reference"] == {"resource": "codings", "fields": ["clause_id"]}
    assert all("title" in field for field in schema["fields"] if field["name"] in ("how", "track"))


def test_codings_of_machine_and_people_are_read_as_those_of_one_run(corpus: Path, out: Path) -> None:
    score_corpus(corpus, out)
    correct(out, {"hz#2": "demand/market"})
    found = find_codings(score_corpus(corpus, out), "hz")

    assert list(found) == [f"hz#{at}" for at in range(2, 8)]
    assert found["hz#2"].coder_id == "human:anna"
    assert found["hz#3"].coder_id.startswith("rules")
