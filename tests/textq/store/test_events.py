import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.textq.store.made import code, draw, list_keys, make_store, turn
from textq.errors import ReviewError
from textq.events import Draft, chain_event
from textq.store.decisions import find_decisions, find_memo, list_decisions, list_finals
from textq.store.events import (
    append,
    count_events,
    find_head,
    find_redo,
    find_undo,
    is_active,
    read_events,
    read_log,
    verify,
)
from textq.store.projections import dump_projections, rebuild
from textq.store.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite", 40, 20)
    yield made
    made.close()


def tamper(store: Store, *statements: str) -> None:
    store.close()
    with closing(sqlite3.connect(store.path, isolation_level=None)) as connection:
        guards = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in guards:
            connection.execute(f"DROP TRIGGER {name}")
        for sql in statements:
            connection.execute(sql)
        for _, sql in guards:
            connection.execute(sql)


def check_rebuild(store: Store) -> None:
    before = dump_projections(store.read())
    with store.write() as connection:
        rebuild(connection)
    assert dump_projections(store.read()) == before


COPIED = "n + 100, 'f' || substr(uuid, 2), origin, 3, at"


@pytest.mark.parametrize(
    ("statements", "says"),
    [
        (["UPDATE event SET instrument = 'demand' WHERE seq = 2"], "event 2 .*it was changed"),
        (["UPDATE event SET memo = 'x' WHERE seq = 5"], "event 5 .*it was changed"),
        (["DELETE FROM event WHERE seq = 2"], "event 3 .*1 events before it are missing"),
        (["DELETE FROM event WHERE seq = 1"], "event 2 .*1 events before it are missing"),
        (["DELETE FROM event WHERE seq = 5"], "ends at event 4, but event 5"),
        (["DELETE FROM event"], "all 5 events are gone"),
        (["UPDATE event SET seq = -seq", "UPDATE event SET seq = CASE seq WHEN -2 THEN 3 WHEN -3 THEN 2 ELSE -seq END"],
         "event 2 .*it was changed"),
        (["DROP TABLE IF EXISTS x", "UPDATE log SET seq = 4"], "ends at event 5, but event 4"),
    ],
)  # fmt: skip
def test_tampering_shows(store: Store, statements: list[str], says: str) -> None:
    for key in list_keys(store)[:5]:
        code(store, "anna", key)
    assert verify(store) == []
    tamper(store, *statements)
    assert verify(store)
    assert any(__import__("re").search(says, line) for line in verify(store)), verify(store)


def test_an_event_put_in_with_a_right_hash_shows(store: Store) -> None:
    events = [code(store, "anna", key) for key in list_keys(store)[:4]]
    at = events[1].at[:-1] + "5Z"
    forged = chain_event(
        replace(events[1].draft, instrument="demand"),
        uuid="f" * 32, origin=events[0].origin, seq=3, at=at, prev_hash=events[1].hash,
    )  # fmt: skip
    tamper(
        store,
        "UPDATE event SET seq = seq + 100 WHERE seq >= 3",
        "UPDATE event SET seq = seq - 99 WHERE seq >= 100",
        "UPDATE log SET seq = 5",
        "CREATE TEMP TABLE copied AS SELECT * FROM event WHERE seq = 2",
        f"UPDATE copied SET n = 99, uuid = '{forged.uuid}', seq = 3, at = '{forged.at}', instrument = 'demand', "
        f"prev_hash = '{forged.prev_hash}', hash = '{forged.hash}'",
        "INSERT INTO event SELECT * FROM copied",
    )
    broken = verify(store)
    assert broken
    assert not any("event 3 " in line and "was changed" in line for line in broken)
    assert any("event 4 " in line for line in broken)


def test_guards_taken_off_show(store: Store) -> None:
    with store.write() as connection:
        connection.execute("DROP TRIGGER event_stays")
    assert verify(store) == ["the guard event_stays of the table of events is gone"]


def test_undo_and_redo_of_codes(store: Store) -> None:
    key, other = list_keys(store)[:2]
    first, second = code(store, "anna", key, "supply"), code(store, "anna", key, "demand")
    third = code(store, "anna", other, "none")
    for event in (third, second):
        found = find_undo(store, "anna")
        assert found == event
        turn(store, "undo", found)
    (decision,) = list_decisions(store)
    assert (decision.key, decision.instrument, decision.uuid) == (key, "supply", first.uuid)
    found = find_redo(store, "anna")
    assert found == second
    turn(store, "redo", found)
    assert find_decisions(store, key)[0].instrument == "demand"
    assert find_undo(store, "anna") == second
    assert find_redo(store, "anna") == third
    code(store, "anna", other, "supply")
    assert find_redo(store, "anna") is None
    assert not is_active(store, third.uuid)
    check_rebuild(store)
    assert verify(store) == []


def test_undo_to_the_start_and_back(store: Store) -> None:
    events = [code(store, "anna", key, queue="fix") for key in list_keys(store)[:30]]
    while found := find_undo(store, "anna"):
        turn(store, "undo", found)
    assert list_decisions(store) == []
    assert list_finals(store) == []
    while found := find_redo(store, "anna"):
        turn(store, "redo", found)
    assert {each.uuid for each in list_decisions(store)} == {event.uuid for event in events}
    check_rebuild(store)


def test_undo_of_a_bulk_of_500(store: Store) -> None:
    keys = list_keys(store)
    code(store, "anna", keys[3], "demand", queue="browse")
    detail = json.dumps({"clauses": [[key, ""] for key in keys[:500]], "query": {"text": "资金"}})
    (bulk,) = append(store, [Draft("bulk", "anna", "browse", instrument="none", detail=detail)])
    assert all(len(pair[1]) == 64 for pair in json.loads(bulk.draft.detail)["clauses"])
    assert len(list_decisions(store)) == 500
    assert {final.instrument for final in list_finals(store)} == {"none"}
    assert find_undo(store, "anna") == bulk
    turn(store, "undo", bulk)
    (left,) = list_decisions(store)
    assert (left.key, left.instrument) == (keys[3], "demand")
    turn(store, "redo", bulk)
    assert len(list_decisions(store)) == 500
    check_rebuild(store)


def test_any_own_event_can_be_reverted_others_cannot(store: Store) -> None:
    key = list_keys(store)[0]
    first, second = code(store, "anna", key), code(store, "bao", key)
    turn(store, "undo", first)
    assert find_undo(store, "bao") == second
    with pytest.raises(ReviewError, match="bao cannot undo what anna did"):
        append(store, [Draft("undo", "bao", undoes=first.uuid)])
    with pytest.raises(ReviewError, match="undone already"):
        turn(store, "undo", first)
    with pytest.raises(ReviewError, match="in force already"):
        turn(store, "redo", second)
    with pytest.raises(ReviewError, match="not in the store"):
        append(store, [Draft("undo", "anna", undoes="0" * 32)])
    with pytest.raises(ReviewError, match="cannot be undone"):
        turn(store, "undo", draw(store, "a1", [key]))


@pytest.mark.parametrize(
    ("draft", "says"),
    [
        (Draft("code", "anna", "audit", "nowhere", instrument="supply"), "not in the run"),
        (Draft("code", "anna", "audit", "KEY"), "has no code"),
        (Draft("code", " ", "audit", "KEY", instrument="supply"), "no coder"),
        (Draft("code", "anna", "audit", "KEY", "0" * 64, instrument="supply"), "has changed"),
        (Draft("code", "anna", "audit", "HEADING", instrument="supply"), "not coded"),
        (Draft("adjudicate", "anna", "fix", "KEY", instrument="supply"), "belongs in the queue adjudicate"),
        (Draft("mark", "anna", "fix", "KEY"), "is unknown"),  # type: ignore[arg-type]
        (Draft("bulk", "anna", "browse", instrument="none", detail="{"), "cannot be read"),
        (Draft("bulk", "anna", "browse", instrument="none", detail='{"clauses": []}'), "names no clause"),
        (Draft("sample", "lead", sample="a1", detail="[]"), "is no object"),
        (Draft("code", "../anna", "fix", "KEY", instrument="supply"), "name of a coder"),
        (Draft("code", "adjudicated", "fix", "KEY", instrument="supply"), "name of a coder"),
        (Draft("code", "anna", "fix", "KEY", instrument="sup ply"), "cannot be a code"),
        (Draft("code", "anna", "fix", "KEY", instrument="supply", ms="abc"), "field ms"),  # type: ignore[arg-type]
        (Draft("code", "anna", "fix", "KEY", instrument="supply", memo="\ud800"), "field memo"),
        (Draft("sample", "lead", sample="a1", detail='{"unit": "clause"}'), "lacks seed"),
        (Draft("assign", "lead", sample="a1", detail='{"shares": {}}'), "no sample 'a1'"),
    ],
)
def test_what_cannot_be_is_refused(store: Store, draft: Draft, says: str) -> None:
    heading = store.read().execute("SELECT key FROM clause WHERE is_coded = 0").fetchone()[0]
    key = {"KEY": list_keys(store)[0], "HEADING": heading}.get(draft.clause, draft.clause)
    with pytest.raises(ReviewError, match=says):
        append(store, [replace(draft, clause=key)])
    assert read_events(store) == []


def test_samples_are_drawn_once(store: Store) -> None:
    keys = list_keys(store)
    draw(store, "a1", keys[:3])
    with pytest.raises(ReviewError, match="already"):
        draw(store, "a1", keys[3:5])
    with pytest.raises(ReviewError, match="names a clause twice"):
        draw(store, "a2", [keys[0], keys[0]])
    with pytest.raises(ReviewError, match="are not in the sample"):
        append(store, [Draft("assign", "lead", sample="a1", detail=json.dumps({"shares": {"anna": [keys[9]]}}))])


def test_log_is_filtered_and_paged(store: Store) -> None:
    keys = list_keys(store)
    events = [code(store, coder, key) for key in keys[:10] for coder in ("anna", "bao")]
    undone = turn(store, "undo", events[0])
    assert read_events(store) == [*events, undone]
    assert read_events(store, coder="bao", limit=2, newest_first=True) == [events[19], events[17]]
    assert read_events(store, before=events[3].uuid, newest_first=True) == events[2::-1]
    assert read_events(store, key=keys[0]) == [events[0], events[1], undone]
    assert read_events(store, kind="undo") == [undone]
    assert [logged.is_active for logged in read_log(store, key=keys[0])] == [False, True, None]
    assert find_head(store) == 21


def test_memos_travel_with_decisions(store: Store) -> None:
    key = list_keys(store)[0]
    append(store, [Draft("memo", "anna", "audit", key, memo="人才?")])
    assert (find_memo(store, "anna", key), list_decisions(store)) == ("人才?", [])
    code(store, "anna", key)
    assert find_decisions(store, key)[0].memo == "人才?"
    (memo,) = append(store, [Draft("memo", "anna", "audit", key, memo="")])
    assert (find_decisions(store, key)[0].memo, find_memo(store, "anna", key)) == ("", "")
    turn(store, "undo", memo)
    assert find_decisions(store, key)[0].memo == "人才?"
    assert find_memo(store, "bao", key) == ""
    check_rebuild(store)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE final SET instrument = 'demand'", "table final .*1 rows are wrong or too many, 1 are missing"),
        ("DELETE FROM decision", "table decision .*1 are missing"),
        ("UPDATE standing SET is_active = 0", "table standing"),
        ("INSERT INTO assignment VALUES ('a1', 'eve', 'x')", "table assignment .*1 rows are wrong"),
        ("DROP TRIGGER event_stays", "guard event_stays .*is gone"),
        ("CREATE TRIGGER mine BEFORE INSERT ON event BEGIN SELECT 1; END", "guard mine .*is another one"),
    ],
)
def test_tables_that_do_not_follow_from_the_events_show(store: Store, statement: str, says: str) -> None:
    code(store, "anna", list_keys(store)[0])
    assert verify(store) == []
    store.read().execute(statement)
    assert len(verify(store)) == 1
    assert re.search(says, verify(store)[0])


def test_a_guard_that_guards_nothing_shows(store: Store) -> None:
    store.read().execute("DROP TRIGGER event_stays")
    store.read().execute("CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT 1; END")
    assert verify(store) == ["the guard event_stays of the table of events is another one"]


def test_events_are_counted(store: Store) -> None:
    assert count_events(store) == 0
    code(store, "anna", list_keys(store)[0])
    assert count_events(store) == 1
