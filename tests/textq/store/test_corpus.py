import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.textq.store.made import code, draw, hash_text, list_keys, load_made, make_store, make_texts
from textq.errors import ReviewError
from textq.events import Draft
from textq.store.corpus import (
    Query,
    count_alike,
    find_clause,
    find_document,
    find_key,
    find_suggestion,
    index_texts,
    is_indexed,
    list_aliases,
    list_around,
    list_document,
    list_documents,
    list_lost,
    list_periods,
    list_same_text,
    list_touched,
    list_units,
    loaded_run,
    search,
    search_keys,
    set_order,
)
from textq.store.decisions import find_decisions, find_final, list_decisions, resolve_key
from textq.store.events import append, verify
from textq.store.projections import dump_projections, rebuild
from textq.store.queues import list_items, next_item
from textq.store.rows import Lost
from textq.store.settings import write_setting
from textq.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite")
    yield made
    made.close()


def test_clauses_are_read_as_they_were_put_in(store: Store) -> None:
    texts = make_texts(5, 20)
    assert loaded_run(store) == ("made", "/made/made")
    key = find_key(store, "doc0001#4")
    assert key
    clause = find_clause(store, key)
    assert clause
    assert (clause.text, clause.ordinal, clause.kind, clause.is_coded) == (texts["doc0001"][3], 4, "provision", True)
    assert clause.clause_sha256 == hash_text(clause.text)
    assert [each.ordinal for each in list_around(store, key, 1, 2)] == [3, 4, 5, 6]
    assert [each.text for each in list_document(store, "doc0001")] == texts["doc0001"]
    assert not list_document(store, "doc0001")[0].is_coded
    suggestion = find_suggestion(store, key)
    assert suggestion
    assert suggestion.evidence[0].start == clause.start
    document = find_document(store, "doc0001")
    assert document == list_documents(store)[1]
    assert (find_clause(store, "?"), find_key(store, "?"), find_document(store, "?")) == (None, None, None)
    assert find_suggestion(store, list_document(store, "doc0001")[0].key) is None
    assert list_units(store) == ["330100", "410100", "440300", "510100"]
    assert list_periods(store) == [2015, 2016, 2017, 2018, 2019]


def test_same_texts_are_counted(store: Store) -> None:
    texts = make_texts(2, 5)
    texts["doc0001"][2] = texts["doc0000"][1]
    load_made(store, texts, run_id="twins")
    first = find_key(store, "doc0000#2") or ""
    (twin,) = list_same_text(store, first)
    assert twin.clause_id == "doc0001#3"
    assert count_alike(store, [twin.clause_sha256, "?"]) == {twin.clause_sha256: 2}


def test_decisions_stay_with_their_clauses_in_a_new_run(store: Store) -> None:
    texts = make_texts(5, 20)
    keys = list_keys(store)
    for key in keys[:10]:
        code(store, "anna", key)
    before = list_decisions(store)
    texts["doc0001"].insert(1, "新增的一条，不影响别的条款。")
    loaded = load_made(store, texts, run_id="second")
    assert (loaded.carried, loaded.lost) == (0, 0)
    assert list_decisions(store) == before
    assert loaded_run(store) == ("second", "/made/second")


def test_clauses_of_a_renamed_document_are_found_again(store: Store) -> None:
    texts = make_texts(5, 20)
    keys = list_keys(store)
    draw(store, "a1", keys[:3])
    code(store, "anna", keys[0], "demand")
    detail = json.dumps({"clauses": [[keys[5], ""]], "query": {}})
    append(store, [Draft("bulk", "anna", "browse", instrument="none", detail=detail)])
    renamed = {("renamed" if doc_id == "doc0000" else doc_id): lines for doc_id, lines in texts.items()}
    loaded = load_made(store, renamed, run_id="second")
    assert (loaded.carried, loaded.lost) == (4, 0)
    new = find_key(store, "renamed#2") or ""
    assert resolve_key(store, keys[0]) == new != keys[0]
    assert list_aliases(store)[keys[0]] == new
    assert [each.instrument for each in find_decisions(store, new)] == ["demand"]
    assert find_decisions(store, keys[0]) == []
    assert list_items(store, "a1")[0].key == new
    assert next_item(store, "anna", "audit") == find_key(store, "renamed#3")
    assert list_lost(store) == []
    load_made(store, texts, run_id="third")
    assert [each.instrument for each in find_decisions(store, keys[0])] == ["demand"]
    assert (list_aliases(store), verify(store)) == ({}, [])


def test_lost_clauses_are_listed_with_their_text_and_come_back(store: Store) -> None:
    texts = make_texts(5, 20)
    keys = list_keys(store)
    code(store, "anna", keys[0], "demand")
    code(store, "bao", keys[0], "demand")
    code(store, "anna", keys[1], "supply")
    changed = {doc_id: list(lines) for doc_id, lines in texts.items()}
    changed["doc0000"][1] += "另加一句。"
    loaded = load_made(store, changed, run_id="second")
    assert (loaded.carried, loaded.lost) == (0, 1)
    heading = texts["doc0000"][0]
    assert list_lost(store) == [Lost(keys[0], "doc0000", "doc0000#2", heading, texts["doc0000"][1], ("anna", "bao"), 2)]
    old = find_clause(store, keys[0])
    assert old
    assert not old.is_coded
    assert keys[0] not in list_keys(store)
    assert find_key(store, "doc0000#2") != keys[0]
    assert [clause.key for clause in list_touched(store)] == sorted(keys[:2])
    with pytest.raises(ReviewError, match="not in the run"):
        code(store, "anna", keys[0])
    load_made(store, make_texts(2, 3, seed=9), run_id="third")
    assert [lost.text for lost in list_lost(store)] == [texts["doc0000"][at] for at in _order(keys[:2])]
    load_made(store, texts, run_id="fourth")
    assert list_lost(store) == []
    final = find_final(store, keys[0])
    assert final
    assert (final.instrument, final.how) == ("demand", "agreed")
    before = dump_projections(store.read())
    with store.write() as connection:
        rebuild(connection)
    assert dump_projections(store.read()) == before


def _order(keys: list[str]) -> list[int]:
    """Return the places of two clauses in their document, by key."""
    return [keys.index(key) + 1 for key in sorted(keys)]


def test_clauses_that_could_be_either_of_two_are_not_moved(store: Store) -> None:
    line = "支持人才培训。"
    load_made(store, {"a": ["一、支持", line], "b": ["一、支持", "别的条款。"]}, run_id="first")
    key = find_key(store, "a#2") or ""
    code(store, "anna", key)
    loaded = load_made(store, {"c": ["一、支持", line], "d": ["一、支持", line]}, run_id="second")
    assert (loaded.carried, loaded.lost) == (0, 1)
    assert [lost.key for lost in list_lost(store)] == [key]


@pytest.mark.parametrize("indexed", [False, True])
def test_search_by_words(store: Store, indexed: bool) -> None:
    texts = {
        "a": ["一、资金", "设立专项资金，支持企业。", "引进人才。", "B2B出口100%试点", "资 金 与人才"],
        "b": ["一、别的", "人才与资金并重。", "_下划线", "𠀀字"],
    }
    load_made(store, texts, run_id="words")
    assert not is_indexed(store)
    if indexed:
        assert index_texts(store)
        assert is_indexed(store)

    def find(text: str, **others: object) -> list[str]:
        found = search(store, Query(text=text, **others), hidden_for="anna")  # type: ignore[arg-type]
        assert found.n == len(found.rows) == len(search_keys(store, Query(text=text, **others), hidden_for="anna"))  # type: ignore[arg-type]
        return [row.clause.clause_id for row in found.rows]

    assert find("专项资金") == ["a#2"]
    assert find("才") == ["a#3", "a#5", "b#2"]
    assert find("人才 资金")[-1] == "b#2"
    assert find("b2b") == ["a#4"]
    assert find("100%") == ["a#4"]
    assert find("资金，支持") == ["a#2"]
    assert find("金支") == find("资金与") == find("，人") == []
    assert find("，") == ["a#2"]
    assert find("𠀀") == ["b#4"]
    assert find("_") == ["b#3"]
    assert find('"') == find("' OR 1") == find("资金 NOT 人") == []
    assert find("人才", doc_id="b") == ["b#2"]
    assert find("没有这个") == []


def test_search_by_document_code_and_page(store: Store) -> None:
    keys = list_keys(store)
    write_setting(store, "", "hidden_share", 0)
    code(store, "anna", keys[0], "environment", "tactical", queue="browse")

    def find(**query: object) -> list[str]:
        return [row.clause.key for row in search(store, Query(limit=1000, **query), hidden_for="x").rows]  # type: ignore[arg-type]

    suggested = {row.clause.key: row for row in search(store, Query(limit=1000), hidden_for="x").rows}
    assert len(suggested) == 90
    supply = [key for key, row in suggested.items() if row.suggestion and row.suggestion.instrument == "supply"]
    assert find(instrument="supply") == [key for key in supply if key != keys[0]]
    assert keys[0] in find(instrument="environment", subtype="tactical")
    assert find(coder="anna") == find(status="coded") == keys[:1]
    assert find(status="uncoded") == keys[1:]
    assert {suggested[key].document.period for key in find(period=2016)} == {2016}
    assert {suggested[key].document.units for key in find(unit="410100")} == {"410100"}
    assert find(unit="4101") == []
    low = find(max_confidence=0.5, order="confidence")
    confidences = [row.suggestion.confidence for key in low if (row := suggested[key]).suggestion]
    assert confidences == sorted(confidences, key=lambda value: value or 0)
    assert 0 < len(low) < 90
    assert find(offset=85) == keys[85:]
    page = search(store, Query(offset=10, limit=5), hidden_for="x")
    assert ([row.clause.key for row in page.rows], page.n) == (keys[10:15], 90)
    assert find(sha=suggested[keys[4]].clause.clause_sha256) == [keys[4]]


def test_search_by_influence(store: Store) -> None:
    keys = list_keys(store)
    set_order(store, [(keys[3], 0, False, 0.1, 1.0), (keys[1], 1, True, 0.5, 9.0), (keys[2], 2, False, 0.5, None)])
    found = search(store, Query(order="influence", limit=4), hidden_for="anna")
    assert [row.clause.key for row in found.rows] == [keys[1], keys[3], keys[2], keys[0]]


def test_order_names_coded_clauses_once(store: Store) -> None:
    keys = list_keys(store)
    heading = list_document(store, "doc0000")[0].key
    with pytest.raises(ReviewError, match="not coded ones"):
        set_order(store, [(heading, 0, False, None, None)])
    with pytest.raises(ReviewError, match="twice"):
        set_order(store, [(keys[0], 0, False, None, None), (keys[0], 1, False, None, None)])
    assert next_item(store, "anna", "fix") == keys[0]
