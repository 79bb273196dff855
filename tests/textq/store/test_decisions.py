import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.textq.store.made import code, draw, list_keys, make_store, turn
from textq.errors import ReviewError
from textq.events import Draft
from textq.store.decisions import (
    count_decisions,
    find_decisions,
    find_final,
    find_memo,
    list_coders,
    list_decisions,
    list_finals,
)
from textq.store.events import append
from textq.store.projections import dump_projections, rebuild
from textq.store.queues import list_open
from textq.store.rows import Final
from textq.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite")
    yield made
    made.close()


def say(store: Store, kind: str, coder: str, key: str, queue: str) -> None:
    append(store, [Draft(kind, coder, queue, key)])  # type: ignore[arg-type]


def test_one_coder_of_an_audit_is_single(store: Store) -> None:
    key = list_keys(store)[0]
    event = code(store, "anna", key, "supply", "talent")
    assert find_final(store, key) == Final(key, "supply", "talent", None, "single", ("anna",), event.at)
    assert list_open(store) == []


def test_two_coders_agree(store: Store) -> None:
    key = list_keys(store)[0]
    code(store, "bao", key, "supply", "talent")
    event = code(store, "anna", key, "supply", "talent")
    assert find_final(store, key) == Final(key, "supply", "talent", None, "agreed", ("anna", "bao"), event.at)


def test_coders_who_differ_settle_nothing(store: Store) -> None:
    key = list_keys(store)[0]
    code(store, "anna", key, "supply")
    code(store, "bao", key, "demand")
    assert find_final(store, key) is None
    assert list_finals(store) == []
    assert list_open(store) == [(key, "disagree")]


def test_where_only_the_subtype_differs_the_instrument_stands(store: Store) -> None:
    key = list_keys(store)[0]
    code(store, "anna", key, "supply", "talent")
    event = code(store, "bao", key, "supply", "capital")
    assert find_final(store, key) == Final(key, "supply", None, None, "open", ("anna", "bao"), event.at)
    assert list_open(store) == [(key, "disagree")]


def test_adjudication_beats_all_and_the_last_one_counts(store: Store) -> None:
    key = list_keys(store)[0]
    code(store, "anna", key, "supply")
    code(store, "bao", key, "demand")
    code(store, "cao", key, "none", queue="adjudicate")
    last = code(store, "dai", key, "environment", queue="adjudicate")
    code(store, "eve", key, "supply", queue="browse")
    assert find_final(store, key) == Final(key, "environment", None, None, "adjudicated", ("dai",), last.at)
    assert list_open(store) == []
    turn(store, "undo", last)
    final = find_final(store, key)
    assert final
    assert (final.instrument, final.coders) == ("none", ("cao",))


def test_audit_beats_free_corrections(store: Store) -> None:
    key = list_keys(store)[0]
    code(store, "anna", key, "supply")
    for queue in ("fix", "browse", "import"):
        code(store, "anna", key, "demand", queue=queue)
    final = find_final(store, key)
    assert final
    assert (final.instrument, final.how) == ("supply", "single")
    assert {(each.track, each.instrument) for each in find_decisions(store, key)} == {
        ("audit", "supply"),
        ("free", "demand"),
    }


def test_free_corrections_count_by_the_last_of_each_coder(store: Store) -> None:
    first, second = list_keys(store)[:2]
    code(store, "anna", first, "supply", queue="fix")
    code(store, "anna", first, "demand", queue="browse")
    code(store, "bao", first, "demand", queue="import")
    code(store, "anna", second, "supply", queue="fix")
    code(store, "bao", second, "none", queue="fix")
    final = find_final(store, first)
    assert final
    assert (final.instrument, final.how, final.coders) == ("demand", "corrected", ("anna", "bao"))
    assert list_open(store) == [(second, "disagree")]


def test_unsure_and_skipped_give_no_code(store: Store) -> None:
    unsure, skipped, both, free = list_keys(store)[:4]
    say(store, "unsure", "anna", unsure, "audit")
    say(store, "skip", "anna", skipped, "audit")
    say(store, "unsure", "anna", both, "audit")
    code(store, "bao", both, "supply")
    say(store, "unsure", "anna", free, "fix")
    assert [final.key for final in list_finals(store)] == [both]
    assert list_open(store) == [(unsure, "unsure"), (both, "unsure"), (free, "unsure")]
    statuses = {each.key: each.status for each in list_decisions(store, coder="anna")}
    assert statuses == {unsure: "unsure", skipped: "skipped", both: "unsure", free: "unsure"}


def test_unsure_after_a_code_takes_the_code_back(store: Store) -> None:
    key = list_keys(store)[0]
    code(store, "anna", key, "supply")
    say(store, "unsure", "anna", key, "audit")
    assert find_final(store, key) is None
    (decision,) = list_decisions(store)
    assert (decision.status, decision.instrument) == ("unsure", None)


def test_secondary_stands_where_all_give_it(store: Store) -> None:
    first, second = list_keys(store)[:2]
    for coder, other in (("anna", "demand"), ("bao", "demand")):
        append(store, [Draft("code", coder, "audit", first, instrument="supply", secondary=other)])
    for coder, lone in (("anna", "demand"), ("bao", None)):
        append(store, [Draft("code", coder, "audit", second, instrument="supply", secondary=lone)])
    assert [final.secondary for final in (find_final(store, first), find_final(store, second)) if final] == [
        "demand",
        None,
    ]


def test_decisions_are_listed_by_sample_and_coder(store: Store) -> None:
    keys = list_keys(store)
    draw(store, "a1", keys[:2], coders=["anna", "dai"])
    for key in keys[:4]:
        code(store, "anna", key)
    code(store, "bao", keys[0], queue="fix")
    assert {each.key for each in list_decisions(store, track="audit", sample="a1")} == set(keys[:2])
    assert [each.coder for each in list_decisions(store, track="free")] == ["bao"]
    assert list_coders(store) == ["anna", "bao", "dai"]


def test_an_audit_clause_is_open_only_when_nobody_is_waited_for(store: Store) -> None:
    keys = list_keys(store)[:3]
    draw(store, "a1", keys, each=2)
    append(store, [Draft("unsure", "anna", "audit", keys[0])])
    code(store, "anna", keys[1], "supply", "talent")
    assert list_open(store) == []
    with pytest.raises(ReviewError, match="not open for adjudication yet"):
        code(store, "zoe", keys[0], "none", queue="adjudicate")
    code(store, "bao", keys[0])
    code(store, "bao", keys[1], "supply", "capital")
    assert list_open(store) == [(keys[0], "unsure"), (keys[1], "disagree")]
    assert find_final(store, keys[1]).instrument == "supply"  # type: ignore[union-attr]
    append(store, [Draft("skip", "bao", "audit", keys[0])])
    assert list_open(store) == [(keys[1], "disagree")]


def test_nobody_is_waited_for_who_is_not_assigned(store: Store) -> None:
    keys = list_keys(store)[:3]
    draw(store, "a1", keys, each=2)
    append(store, [Draft("unsure", "anna", "audit", key) for key in keys])
    assert list_open(store) == []
    shares = {"shares": {"anna": keys, "bao": keys[:1]}}
    append(store, [Draft("assign", "lead", sample="a1", detail=json.dumps(shares))])
    assert list_open(store) == [(keys[1], "unsure"), (keys[2], "unsure")]
    before = dump_projections(store.read())
    with store.write() as connection:
        rebuild(connection)
    assert dump_projections(store.read()) == before


def test_a_later_blind_code_that_differs_opens_an_adjudicated_clause_again(store: Store) -> None:
    key = list_keys(store)[0]
    draw(store, "a1", [key], each=2)
    code(store, "anna", key, "supply")
    code(store, "bao", key, "demand")
    code(store, "zoe", key, "demand", queue="adjudicate")
    assert list_open(store) == []
    code(store, "bao", key, "demand")
    assert list_open(store) == []
    code(store, "anna", key, "none")
    assert list_open(store) == [(key, "disagree")]
    code(store, "zoe", key, "none", queue="adjudicate")
    assert list_open(store) == []
    assert find_final(store, key).instrument == "none"  # type: ignore[union-attr]


def test_memos_can_be_had_of_one_track(store: Store) -> None:
    key = list_keys(store)[0]
    append(store, [Draft("code", "anna", "audit", key, instrument="none", memo="blind")])
    append(store, [Draft("code", "anna", "fix", key, instrument="none", memo="the machine says capital")])
    assert find_memo(store, "anna", key) == "the machine says capital"
    assert find_memo(store, "anna", key, "audit") == "blind"
    assert find_memo(store, "anna", key, "adjudicate") == ""


def test_decisions_are_counted_by_queue(store: Store) -> None:
    keys = list_keys(store)
    for key, queue in zip(keys, ("fix", "fix", "browse", "audit"), strict=False):
        code(store, "anna", key, queue=queue)
    code(store, "bao", keys[5], queue="fix")
    assert [count_decisions(store, "anna", queue) for queue in ("fix", "browse", "audit")] == [2, 1, 1]
