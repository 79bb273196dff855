import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.textq.store.made import code, draw, list_keys, load_made, make_store, make_texts, turn
from textq.errors import ReviewError
from textq.events import Draft, Queue
from textq.store.audit_item import Unsettled, count_exposed, count_unsettled, list_exposed
from textq.store.corpus import Query, search, search_keys
from textq.store.events import append
from textq.store.hidden import hides_machine, in_any_sample, list_machine_hidden
from textq.store.queues import (
    count_left,
    hides_suggestion,
    is_hidden,
    list_assigned,
    list_hidden,
    list_items,
    list_queue,
    list_samples,
    measure_progress,
    neighbours,
    next_item,
)
from textq.store.settings import write_setting
from textq.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite")
    yield made
    made.close()


def skip(store: Store, coder: str, key: str, queue: Queue) -> None:
    append(store, [Draft("skip", coder, queue, key)])


def work(store: Store, coder: str, queue: Queue, n: int = 100) -> list[str]:
    """Code what comes next until nothing does."""
    done: list[str] = []
    while len(done) < n and (key := next_item(store, coder, queue, done[-1] if done else None)):
        code(store, coder, key, queue=queue)
        done.append(key)
    return done


def test_audit_is_served_in_the_order_of_the_sample(store: Store) -> None:
    keys = list_keys(store)
    order = [keys[7], keys[2], keys[30]]
    draw(store, "a1", order)
    draw(store, "a2", [keys[40], keys[2], keys[1]])
    assert work(store, "anna", "audit") == [*order, keys[40], keys[1]]
    assert next_item(store, "anna", "audit") is None


def test_skipped_items_come_last_and_the_oldest_first(store: Store) -> None:
    keys = list_keys(store)[:4]
    draw(store, "a1", keys)
    skip(store, "anna", keys[1], "audit")
    skip(store, "anna", keys[0], "audit")
    assert next_item(store, "anna", "audit", keys[0]) == keys[2]
    progress = measure_progress(store, "anna", "audit")
    assert (progress.done, progress.left, progress.skipped) == (0, 4, 2)
    assert work(store, "anna", "audit") == [keys[2], keys[3], keys[1], keys[0]]


def test_behind_the_last_comes_the_first_left(store: Store) -> None:
    keys = list_keys(store)[:4]
    draw(store, "a1", keys)
    code(store, "anna", keys[3])
    assert next_item(store, "anna", "audit", keys[3]) == keys[0]
    assert next_item(store, "anna", "audit", keys[1]) == keys[2]


def test_each_clause_is_for_so_many_coders(store: Store) -> None:
    keys = list_keys(store)[:3]
    draw(store, "a1", keys, each=2, coders=["anna", "bao", "cao"])
    assert count_left(store, "eve") == 0
    code(store, "anna", keys[0])
    assert count_left(store, "cao") == 3
    code(store, "bao", keys[0])
    assert (count_left(store, "cao"), count_left(store, "anna")) == (2, 2)
    assert keys[0] not in list_queue(store, "cao", "audit")
    assert list_queue(store, "anna", "audit") == keys


def test_two_coders_are_not_handed_the_same_clause(store: Store) -> None:
    keys = list_keys(store)[:3]
    draw(store, "a1", keys, each=1)
    assert next_item(store, "anna", "audit") == keys[0]
    assert next_item(store, "bao", "audit") == keys[1]
    assert next_item(store, "anna", "audit") == keys[0]
    assert next_item(store, "cao", "audit") == keys[2]
    assert next_item(store, "dai", "audit") == keys[0]
    fixed = [next_item(store, coder, "fix") for coder in ("anna", "bao")]
    assert len(set(fixed)) == 2


def test_assigned_clauses_are_for_their_coders_alone(store: Store) -> None:
    keys = list_keys(store)[:4]
    draw(store, "a1", keys)
    shares = {"anna": keys[:3], "bao": keys[2:]}
    append(store, [Draft("assign", "lead", sample="a1", detail=json.dumps({"sample": "a1", "shares": shares}))])
    assert list_assigned(store, "a1") == shares
    assert (count_left(store, "anna"), count_left(store, "bao"), count_left(store, "cao")) == (3, 2, 0)
    code(store, "bao", keys[2])
    assert count_left(store, "anna") == 3
    again = {"bao": [keys[0]]}
    append(store, [Draft("assign", "lead", sample="a1", detail=json.dumps({"sample": "a1", "shares": again}))])
    assert list_assigned(store, "a1") == {"anna": keys[:3], "bao": [keys[0]]}


def test_samples_and_items_are_listed(store: Store) -> None:
    keys = list_keys(store)
    event = draw(store, "a1", keys[5:8], each=2, coders=["anna", "bao"])
    (sample,) = list_samples(store)
    assert (sample.sample, sample.at, sample.each, sample.coders, sample.n_items) == (
        "a1",
        event.at,
        2,
        ("anna", "bao"),
        3,
    )
    assert sample.detail["strata"][0]["n_drawn"] == 3
    items = list_items(store, "a1")
    assert [(item.key, item.rank) for item in items] == [(key, rank) for rank, key in enumerate(keys[5:8])]
    assert items[0].pi == pytest.approx(3 / 90)


def test_fix_serves_the_rest_once(store: Store) -> None:
    keys = list_keys(store)
    draw(store, "a1", keys[:2])
    code(store, "bao", keys[3], queue="browse")
    code(store, "bao", keys[4], queue="adjudicate")
    skip(store, "anna", keys[5], "fix")
    expected = [key for key in keys if key not in keys[:6]] + [keys[2]]
    served = work(store, "anna", "fix", 3)
    assert served == [keys[2], *expected[:2]]
    skip(store, "bao", keys[8], "fix")
    assert work(store, "anna", "fix", 200)[-1] == keys[5]
    progress = measure_progress(store, "anna", "fix")
    assert (progress.done, progress.left, progress.skipped) == (86, 0, 0)


def test_neighbours_follow_the_queue_whatever_is_done(store: Store) -> None:
    keys = list_keys(store)
    order = [keys[7], keys[2], keys[30]]
    draw(store, "a1", order)
    code(store, "anna", keys[2])
    assert neighbours(store, "anna", "audit", keys[2]) == (keys[7], keys[30])
    assert neighbours(store, "anna", "audit", keys[7]) == (None, keys[2])
    assert neighbours(store, "anna", "audit", keys[0]) == (None, None)
    assert neighbours(store, "anna", "fix", keys[6]) == (keys[5], keys[8])
    assert neighbours(store, "anna", "browse", keys[7]) == (keys[6], keys[8])


def test_adjudication_serves_open_clauses(store: Store) -> None:
    keys = list_keys(store)
    for key in (keys[5], keys[1], keys[9]):
        code(store, "anna", key, "supply")
        code(store, "bao", key, "demand")
    skip(store, "lead", keys[1], "adjudicate")
    assert next_item(store, "lead", "adjudicate") == keys[5]
    assert next_item(store, "lead", "adjudicate", keys[5]) == keys[9]
    assert work(store, "lead", "adjudicate") == [keys[5], keys[9], keys[1]]
    assert neighbours(store, "lead", "adjudicate", keys[5]) == (keys[1], keys[9])
    assert list_queue(store, "lead", "adjudicate") == [keys[1], keys[5], keys[9]]
    progress = measure_progress(store, "lead", "adjudicate")
    assert (progress.done, progress.left) == (3, 0)


def test_there_is_no_other_queue(store: Store) -> None:
    for use in (next_item, measure_progress, list_queue):
        with pytest.raises(ReviewError, match="no queue"):
            use(store, "anna", "browse")  # type: ignore[operator]


def test_time_of_a_decision_is_the_median(store: Store) -> None:
    keys = list_keys(store)
    assert measure_progress(store, "anna", "audit").seconds_each is None
    for key, ms in zip(keys, (1000, 9000, 2000), strict=False):
        append(store, [Draft("code", "anna", "audit", key, instrument="supply", ms=ms)])
    assert measure_progress(store, "anna", "audit").seconds_each == 2.0


@pytest.fixture
def twins(tmp_path: Path) -> Iterator[Store]:
    """Give a store in which the first clause of two documents is the same text."""
    store = make_store(tmp_path / "twins.sqlite", 0, 0)
    texts = make_texts(3, 6)
    texts["doc0002"][1] = texts["doc0000"][1]
    load_made(store, texts)
    yield store
    store.close()


def test_sample_and_its_texts_elsewhere_are_hidden_until_all_is_done(twins: Store) -> None:
    keys = list_keys(twins)
    drawn, twin, other = keys[0], keys[10], keys[3]
    draw(twins, "a1", [drawn, other], each=2, coders=["anna", "bao"])
    code(twins, "bao", drawn)
    for coder in ("anna", "bao"):
        assert list_hidden(twins, coder) == {drawn, other, twin}
        assert [is_hidden(twins, coder, key) for key in (drawn, twin, keys[1])] == [True, True, False]
        assert twin not in work(twins, coder, "fix", 3)
    assert list_hidden(twins, "cao") == frozenset()
    code(twins, "bao", other)
    assert list_hidden(twins, "bao") == frozenset()
    assert is_hidden(twins, "anna", twin)
    undone = code(twins, "bao", other)
    turn(twins, "undo", undone)
    assert list_hidden(twins, "bao") == frozenset()
    skip(twins, "bao", drawn, "audit")
    assert is_hidden(twins, "bao", twin)


def test_hidden_clauses_are_not_served_by_fix(twins: Store) -> None:
    keys = list_keys(twins)
    draw(twins, "a1", [keys[0]], coders=["anna"])
    assert keys[10] not in list_queue(twins, "anna", "fix")
    assert keys[10] in list_queue(twins, "bao", "fix")
    before, behind = neighbours(twins, "anna", "fix", keys[11])
    assert (before, behind) == (keys[9], keys[12])
    code(twins, "anna", keys[0])
    assert keys[10] in list_queue(twins, "anna", "fix")


def test_search_tells_nothing_about_hidden_clauses(twins: Store) -> None:
    keys = list_keys(twins)
    hidden = {keys[0], keys[10]}
    draw(twins, "a1", [keys[0]], each=2, coders=["anna", "bao"])
    code(twins, "bao", keys[0], "none")
    code(twins, "cao", keys[10], "demand", queue="browse")
    everything = search(twins, Query(limit=100), hidden_for="anna")
    assert everything.n == len(keys)
    for row in everything.rows:
        assert row.is_hidden == (row.clause.key in hidden)
        if row.is_hidden:
            assert (row.suggestion, row.final, row.decisions) == (None, None, ())
        else:
            assert row.suggestion
    revealing = [Query(instrument=name) for name in ("supply", "environment", "demand", "none")]
    revealing += [Query(max_confidence=1.0), Query(coder="bao"), Query(coder="cao")]
    revealing += [Query(status=status) for status in ("coded", "uncoded", "conflict", "unsure")]
    for query in revealing:
        assert not hidden & {row.clause.key for row in search(twins, query, hidden_for="anna").rows}
        assert not hidden & {found.key for found in search_keys(twins, query, hidden_for="anna")}
    for order in ("confidence", "influence"):
        rows = search(twins, Query(order=order, limit=100), hidden_for="anna").rows
        assert [row.clause.key for row in rows[-2:]] == [keys[0], keys[10]]
    found = search(twins, Query(coder="cao"), hidden_for="dai")
    assert [row.decisions[0].instrument for row in found.rows] == ["demand"]


def test_own_decisions_are_shown_also_where_others_are_hidden(twins: Store) -> None:
    keys = list_keys(twins)
    draw(twins, "a1", keys[:2], each=2, coders=["anna", "bao"])
    code(twins, "anna", keys[0], "none")
    code(twins, "bao", keys[0], "demand")
    row = search(twins, Query(), hidden_for="anna").rows[0]
    assert [(each.coder, each.instrument) for each in row.decisions] == [("anna", "none")]
    assert row.final is None


def test_suggestions_are_hidden_by_chance_and_always_alike(store: Store) -> None:
    names = [f"{n:016x}" for n in range(4000)]
    hidden = [hides_suggestion(store, "anna", name) for name in names[:2000]]
    assert hidden == [hides_suggestion(store, "anna", name) for name in names[:2000]]
    assert 0.16 < sum(hidden) / len(hidden) < 0.24
    assert hidden != [hides_suggestion(store, "bao", name) for name in names[:2000]]
    write_setting(store, "", "hidden_share", 0.5)
    assert 0.45 < sum(hides_suggestion(store, "anna", name) for name in names[:2000]) / 2000 < 0.55
    write_setting(store, "anna", "suggestions", "off")
    assert all(hides_suggestion(store, "anna", name) for name in names[:50])


def test_search_by_code_tells_nothing_of_what_is_hidden_by_chance(twins: Store) -> None:
    found = search_keys(twins, Query(instrument="none"), hidden_for="anna")
    write_setting(twins, "", "hidden_share", 0)
    everything = {one.key for one in search_keys(twins, Query(instrument="none"), hidden_for="anna")}
    write_setting(twins, "", "hidden_share", 0.5)
    chosen = {key for key in everything if hides_suggestion(twins, "anna", key)}
    found = search_keys(twins, Query(instrument="none"), hidden_for="anna")
    assert chosen
    assert {one.key for one in found} == everything - chosen
    for key in chosen:
        code(twins, "anna", key, "none", queue="browse")
    assert {one.key for one in search_keys(twins, Query(instrument="none"), hidden_for="anna")} == everything


def test_nobody_sees_the_machines_code_before_an_audit_clause_is_settled(twins: Store) -> None:
    keys = list_keys(twins)
    drawn, twin, other = keys[0], keys[10], keys[3]
    draw(twins, "a1", [drawn, other], each=2, coders=["anna", "bao"])

    def list_seen(coder: str) -> set[str]:
        return {row.clause.key for row in search(twins, Query(limit=100), hidden_for=coder).rows if row.suggestion}

    for name in ("anna", "bao"):
        assert list_machine_hidden(twins, "zoe") == {drawn, twin, other}
        code(twins, name, drawn, "supply" if name == "anna" else "demand")
        code(twins, name, other, "supply")
    for coder in ("anna", "zoe"):
        assert list_machine_hidden(twins, coder) == {drawn, twin}
        assert [hides_machine(twins, coder, key) for key in (drawn, twin, other)] == [True, True, False]
        assert list_seen(coder) == set(keys) - {drawn, twin}
        for name in ("supply", "environment", "demand", "none"):
            query = Query(instrument=name, limit=100)
            assert not {drawn, twin} & {row.clause.key for row in search(twins, query, hidden_for=coder).rows}
        assert not {drawn, twin} & {one.key for one in search_keys(twins, Query(max_confidence=1), hidden_for=coder)}
    code(twins, "zoe", drawn, "demand", queue="adjudicate")
    assert list_machine_hidden(twins, "zoe") == frozenset()
    assert list_seen("zoe") == set(keys)
    assert in_any_sample(twins, drawn)
    assert not in_any_sample(twins, twin)


def test_what_keeps_figures_from_being_final(twins: Store) -> None:
    keys = list_keys(twins)
    draw(twins, "a1", keys[:5], each=2, coders=["anna", "bao"])
    assert count_unsettled(twins) == Unsettled(due=5, single=0, open=0)
    for key in keys[:3]:
        code(twins, "anna", key)
    append(twins, [Draft("unsure", "anna", "audit", keys[3]), Draft("skip", "anna", "audit", keys[4])])
    assert count_unsettled(twins) == Unsettled(due=2, single=3, open=0)
    for key, instrument in zip(keys, ("supply", "demand", "supply", "none", "none"), strict=False):
        code(twins, "bao", key, instrument)
    assert count_unsettled(twins) == Unsettled(due=0, single=1, open=2)
    code(twins, "anna", keys[4], "none")
    for key in (keys[1], keys[3]):
        code(twins, "zoe", key, "none", queue="adjudicate")
    assert count_unsettled(twins) == Unsettled(due=0, single=0, open=0)


def test_who_had_seen_the_machines_code_before_is_counted(twins: Store) -> None:
    keys = list_keys(twins)
    shown = {key: key != keys[3] for key in keys[:4]}
    drafts = [Draft("code", "anna", "fix", key, instrument="none", suggestion_shown=shown[key]) for key in shown]
    events = append(twins, drafts)
    turn(twins, "undo", events[0])
    draw(twins, "a1", keys[1:6], each=2)
    assert set(list_exposed(twins, keys)) == set(keys[:3])
    assert count_exposed(twins) == 0
    for coder in ("anna", "bao"):
        for key in keys[1:6]:
            code(twins, coder, key)
    assert count_exposed(twins) == 2
