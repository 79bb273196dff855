import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.textq.store.made import code, hash_text
from textq.errors import ReviewError, RunError
from textq.frames import build_frame
from textq.pipeline.review_corpus import load_run_corpus, start_indexing
from textq.store.corpus import (
    Query,
    find_document,
    find_suggestion,
    is_indexed,
    list_clauses,
    list_documents,
    list_lost,
    loaded_run,
    search,
)
from textq.store.decisions import find_decisions
from textq.store.store import Store, open_store
from textq.tables import CLAUSES, CODINGS, DOCUMENTS, SUGGESTIONS

LINES = [
    ("heading", "一、资金"),
    ("provision", "设立专项资金。"),
    ("provision", "支持人才培训。"),
    ("signature", "市政府"),
]


def write_run(
    folder: Path, run_id: str, doc_id: str = "plan", lines: list[tuple[str, str]] = LINES, people: bool = False
) -> Path:
    """Write the tables of a run; with ``people``, the second provision was coded by a person."""
    folder.mkdir(parents=True)
    clauses: list[dict[str, Any]] = []
    for ordinal, (kind, text) in enumerate(lines, 1):
        start = sum(len(before) + 1 for _, before in lines[: ordinal - 1])
        clauses.append(
            {
                "clause_id": f"{doc_id}#{ordinal}", "clause_sha256": hash_text(text), "doc_id": doc_id,
                "ordinal": ordinal, "heading": "一、资金" if ordinal > 1 else "", "kind": kind, "page": None,
                "start": start, "end": start + len(text), "text": text,
            }
        )  # fmt: skip
    codings = [
        {
            "clause_id": clause["clause_id"], "coder_id": "rules:made", "instrument": "supply", "subtype": "funding",
            "secondary": None, "confidence": 0.25, "unsure": True, "context": '["stem"]',
            "evidence": json.dumps([[clause["start"], clause["start"] + 2, "专项"]], ensure_ascii=False),
            "clause_sha256": clause["clause_sha256"], "codebook": "instruments@1.1",
        }
        for clause in clauses
        if clause["kind"] == "provision"
    ]  # fmt: skip
    documents = [
        {"doc_id": doc_id, "path": "a.txt", "status": "read", "title": "方案", "unit": "330100;410100", "period": 2016,
         "n_clauses": 2, "near_duplicates": "other"},
        {"doc_id": None, "path": "b.pdf", "status": "scanned"},
    ]  # fmt: skip
    if people:
        replaced = codings.pop()
        build_frame([replaced | {"how": "single", "track": "audit"}], SUGGESTIONS).to_parquet(
            folder / "suggestions.parquet"
        )
        codings.append(replaced | {"coder_id": "human:anna", "instrument": "demand", "confidence": None})
    for contract, rows in ((DOCUMENTS, documents), (CLAUSES, clauses), (CODINGS, codings)):
        build_frame(rows, contract).to_parquet(folder / f"{contract.name}.parquet")
    (folder / "run.json").write_text(json.dumps({"run_id": run_id}), encoding="utf-8")
    return folder


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "review.sqlite")) as made:
        yield made


def test_a_run_is_loaded_as_it_stands(store: Store, tmp_path: Path) -> None:
    run_dir = write_run(tmp_path / "runs" / "one", "r1")
    loaded = load_run_corpus(store, run_dir)
    assert loaded
    assert (loaded.n_clauses, loaded.carried, loaded.lost) == (4, 0, 0)
    assert loaded_run(store) == ("r1", str(run_dir))
    assert [clause.text for clause in list_clauses(store)] == ["设立专项资金。", "支持人才培训。"]
    assert len(list_clauses(store, coded=False)) == 4
    suggestion = find_suggestion(store, list_clauses(store)[0].key)
    assert suggestion
    assert (suggestion.instrument, suggestion.subtype, suggestion.confidence) == ("supply", "funding", 0.25)
    assert (suggestion.unsure, suggestion.context, suggestion.evidence[0].label) == (True, ("stem",), "专项")
    (document,) = list_documents(store)
    assert document == find_document(store, "plan")
    assert (document.units, document.period, document.doc_number) == ("330100;410100", 2016, "")
    assert (document.n_clauses, document.near_duplicates) == (2, "other")


def test_the_run_under_review_is_not_loaded_again(store: Store, tmp_path: Path) -> None:
    run_dir = write_run(tmp_path / "runs" / "one", "r1")
    assert load_run_corpus(store, run_dir)
    assert load_run_corpus(store, run_dir) is None
    assert load_run_corpus(store, run_dir, force=True)
    assert load_run_corpus(store, write_run(tmp_path / "runs" / "two", "r2"))


def test_suggestions_are_the_machines_also_after_people_coded(store: Store, tmp_path: Path) -> None:
    load_run_corpus(store, write_run(tmp_path / "runs" / "one", "r1", people=True))
    second = list_clauses(store)[1].key
    suggestion = find_suggestion(store, second)
    assert suggestion
    assert (suggestion.coder_id, suggestion.instrument) == ("rules:made", "supply")
    assert [row.clause.key for row in search(store, Query(instrument="demand"), hidden_for="x").rows] == []


def test_decisions_are_carried_into_another_run(store: Store, tmp_path: Path) -> None:
    load_run_corpus(store, write_run(tmp_path / "runs" / "one", "r1"))
    first, second = (clause.key for clause in list_clauses(store))
    code(store, "anna", first, "demand")
    code(store, "anna", second, "none")
    lines = [LINES[0], ("provision", "新的一条。"), LINES[1], ("provision", "支持人才培训和引进。")]
    loaded = load_run_corpus(store, write_run(tmp_path / "runs" / "two", "r2", doc_id="renamed", lines=lines))
    assert loaded
    assert (loaded.carried, loaded.lost) == (1, 1)
    new = next(clause for clause in list_clauses(store) if clause.text == "设立专项资金。")
    assert (new.clause_id, new.key == first) == ("renamed#3", False)
    assert [each.instrument for each in find_decisions(store, new.key)] == ["demand"]
    assert [lost.text for lost in list_lost(store)] == ["支持人才培训。"]


def test_texts_are_indexed_in_the_background(store: Store, tmp_path: Path) -> None:
    load_run_corpus(store, write_run(tmp_path / "runs" / "one", "r1"))
    thread = start_indexing(store)
    assert thread
    thread.join()
    assert is_indexed(store)
    assert start_indexing(store) is None
    assert search(store, Query(text="人才"), hidden_for="x").n == 1


def test_what_is_no_run_to_review_is_refused(store: Store, tmp_path: Path) -> None:
    empty = write_run(tmp_path / "runs" / "one", "r1", lines=[])
    with pytest.raises(ReviewError, match="no clauses to review"):
        load_run_corpus(store, empty)
    (empty / "clauses.parquet").unlink()
    with pytest.raises(RunError, match=r"lacks clauses\.parquet"):
        load_run_corpus(store, empty)
    assert loaded_run(store) is None


def test_frames_of_a_run_keep_their_contract(tmp_path: Path) -> None:
    run_dir = write_run(tmp_path / "runs" / "one", "r1", people=True)
    assert list(pd.read_parquet(run_dir / "codings.parquet").columns) == list(CODINGS.columns)
