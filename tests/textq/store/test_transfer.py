import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.textq.store.made import code, draw, list_keys, make_store, turn
from textq.errors import ReviewError
from textq.events import GENESIS, TIME, Draft, Event, chain_event, event_record
from textq.store.decisions import find_final, list_decisions
from textq.store.events import append, read_events, verify
from textq.store.projections import dump_projections
from textq.store.queues import list_open, list_samples
from textq.store.store import Store, open_store
from textq.store.transfer import export_events, merge_events, try_merge

Make = Callable[[str], Store]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    with ExitStack() as stack:

        def make_one(name: str) -> Store:
            folder = tmp_path / name
            folder.mkdir()
            return stack.enter_context(closing(make_store(folder / "review.sqlite", 3, 30)))

        yield make_one


def export(store: Store, coder: str | None = None) -> Path:
    path = store.path.with_name("events.jsonl")
    export_events(store, path, coder)
    return path


def fill(store: Store, coder: str, instrument: str) -> None:
    keys = list_keys(store)
    events = [code(store, coder, key, instrument) for key in keys[:6]]
    turn(store, "undo", events[2])
    turn(store, "undo", events[3])
    turn(store, "redo", events[3])
    detail = json.dumps({"clauses": [[key, ""] for key in keys[10:20]], "query": {}})
    append(store, [Draft("bulk", coder, "browse", instrument=instrument, detail=detail)])
    append(store, [Draft("memo", coder, "audit", keys[0], memo="资金还是人才？")])


def test_union_is_the_same_whatever_comes_first_and_how_often(make: Make) -> None:
    one, two = make("one"), make("two")
    fill(one, "anna", "supply")
    draw(one, "a1", list_keys(one)[:4], each=2)
    fill(two, "bao", "demand")
    fill(two, "anna", "none")
    files = [export(one), export(two)]
    merged = [make("three"), make("four"), make("five")]
    assert merge_events(merged[0], files).n_new == len(read_events(one)) + len(read_events(two))
    for path in reversed(files):
        merge_events(merged[1], [path])
    merge_events(merged[2], [files[1], files[0], files[1]])
    merge_events(one, [files[1]])
    merge_events(two, [files[0]])
    first, *others = [dump_projections(store.read()) for store in (*merged, one, two)]
    assert all(other == first for other in others)
    assert read_events(one) == read_events(two) == read_events(merged[0])
    again = merge_events(one, files)
    assert (again.n_new, again.n_known) == (0, len(read_events(one)))
    assert dump_projections(one.read()) == first
    for store in (*merged, one, two):
        assert verify(store) == []
    assert len(again.origins) == 4


def test_disagreements_of_two_places_are_ordinary_ones(make: Make) -> None:
    one, two = make("one"), make("two")
    key = list_keys(one)[0]
    code(one, "anna", key, "supply")
    code(two, "bao", key, "demand")
    merged = merge_events(one, [export(two)])
    assert merged.clashes == ()
    assert find_final(one, key) is None
    assert list_open(one) == [(key, "disagree")]


def test_one_name_for_two_people_is_told(make: Make) -> None:
    one, two = make("one"), make("two")
    key = list_keys(one)[0]
    code(one, "anna", key, "supply")
    code(two, "anna", key, "demand")
    (clash,) = merge_events(one, [export(two)]).clashes
    assert "anna" in clash
    assert key in clash
    (decision,) = list_decisions(one)
    assert decision.instrument == "demand"


def test_two_samples_of_one_name_are_told_and_the_first_counts(make: Make) -> None:
    one, two = make("one"), make("two")
    keys = list_keys(one)
    draw(one, "a1", keys[:3])
    draw(two, "a1", keys[5:9], coder="other")
    (clash,) = merge_events(two, [export(one)]).clashes
    assert "'a1'" in clash
    assert [sample.n_items for sample in list_samples(two)] == [3]


def test_events_of_one_coder_can_be_merged_alone(make: Make) -> None:
    one, two = make("one"), make("two")
    for key in list_keys(one)[:3]:
        code(one, "anna", key)
        code(one, "bao", key)
    assert merge_events(two, [export(one, "bao")]).n_new == 3
    assert {each.coder for each in list_decisions(two)} == {"bao"}
    assert verify(two) == []
    assert merge_events(two, [export(one)]).n_new == 3


def test_logs_go_on_after_a_merge(make: Make) -> None:
    one, two = make("one"), make("two")
    key = list_keys(one)[0]
    first = code(one, "anna", key)
    merge_events(two, [export(one)])
    later = code(two, "anna", key, "demand")
    turn(two, "undo", first)
    assert later.origin != first.origin
    assert later.at > first.at
    code(one, "anna", key, "none")
    merge_events(two, [export(one)])
    merge_events(one, [export(two)])
    assert dump_projections(one.read()) == dump_projections(two.read())
    assert verify(one) == verify(two) == []


def test_what_a_clock_ahead_wrote_can_be_recoded(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    import textq.store.events as module

    one, two = make("one"), make("two")
    key = list_keys(one)[0]
    soon = (datetime.now(UTC) + timedelta(hours=20)).strftime(TIME)
    monkeypatch.setattr(module, "_find_time", lambda connection: soon)
    code(one, "anna", key, "supply")
    monkeypatch.undo()
    (note,) = merge_events(two, [export(one)]).clashes
    assert "a clock is ahead" in note
    code(two, "anna", key, "demand")
    assert list_decisions(two)[0].instrument == "demand"


def test_a_fork_is_refused_and_nothing_is_written(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import textq.store.store as module

    one, two = make("one"), make("two")
    keys = list_keys(one)
    code(one, "anna", keys[0])
    one.close()
    (tmp_path / "old").mkdir()
    shutil.copy(one.path, tmp_path / "old" / "review.sqlite")
    code(one, "anna", keys[1])
    merge_events(two, [export(one)])
    before = read_events(two)
    monkeypatch.setattr(module, "_note_place", lambda *_: None)
    with closing(open_store(tmp_path / "old" / "review.sqlite")) as old:
        code(old, "anna", keys[2])
        code(old, "bao", keys[2])
        forked = export(old)
    with pytest.raises(ReviewError, match=r"continued at two places: event 2 "):
        merge_events(two, [forked])
    with pytest.raises(ReviewError, match="another of the files"):
        merge_events(make("three"), [export(one), forked])
    assert read_events(two) == before


def test_missing_events_are_refused(make: Make) -> None:
    one, two = make("one"), make("two")
    for key in list_keys(one)[:4]:
        code(one, "anna", key)
    path = export(one)
    lines = path.read_text("utf-8").splitlines(keepends=True)
    for left in ([lines[0], lines[2]], lines[1:]):
        path.write_text("".join(left), "utf-8")
        with pytest.raises(ReviewError, match="events before it are missing"):
            merge_events(two, [path])
    assert read_events(two) == []
    path.write_text("".join(reversed(lines)), "utf-8")
    assert merge_events(two, [path]).n_new == 4


def test_changed_events_are_refused(make: Make) -> None:
    one, two = make("one"), make("two")
    events = [code(one, "anna", key) for key in list_keys(one)[:2]]
    path = export(one)
    text = path.read_text("utf-8")
    path.write_text(text.replace('"instrument":"supply"', '"instrument":"demand"', 1), "utf-8")
    with pytest.raises(ReviewError, match=r"line 1 .*was changed"):
        merge_events(two, [path])
    draft = replace(events[0].draft, instrument="demand")
    forged = chain_event(
        draft, uuid=events[0].uuid, origin=events[0].origin, seq=1, at=events[0].at, prev_hash=events[0].prev_hash
    )
    lines = [json.dumps(event_record(event)) + "\n" for event in (forged, events[1])]
    path.write_text("".join(lines), "utf-8")
    with pytest.raises(ReviewError, match="does not follow"):
        merge_events(two, [path])
    assert read_events(two) == []


def test_a_line_cut_short_at_the_end_is_left_out_and_told(make: Make) -> None:
    one, two = make("one"), make("two")
    for key in list_keys(one)[:3]:
        code(one, "anna", key)
    path = export(one)
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    merged = merge_events(two, [path])
    assert merged.n_new == 2
    assert "last line is not whole" in merged.clashes[0]
    path.write_bytes(whole)
    assert (merge_events(two, [path]).n_new, verify(two)) == (1, [])


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "holds no event"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'{"a": 1}\n{"b": 2}\n', "line 1 is no event"),
        (b"[]\n", "line 1 is no event"),
        (b"uuid,origin\n1,2\n", "line 1 is no event"),
    ],
)
def test_other_files_are_refused(make: Make, tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(content)
    with pytest.raises(ReviewError, match=says):
        merge_events(make("one"), [path])
    with pytest.raises(ReviewError, match="cannot be read"):
        merge_events(make("two"), [tmp_path / "absent.jsonl"])


def test_the_same_events_give_the_same_file(make: Make) -> None:
    one, two = make("one"), make("two")
    fill(one, "anna", "supply")
    fill(two, "bao", "demand")
    merge_events(one, [export(two)])
    merge_events(two, [export(one)])
    assert export(one).read_bytes() == export(two).read_bytes()
    assert "资金" in export(one).read_text("utf-8")


def forge(path: Path, draft: Draft, at: str = "2026-01-01T00:00:00.000001Z", **cells: object) -> Path:
    """Write one event that anybody could make, with a hash that fits."""
    event = chain_event(draft, uuid="a" * 32, origin="f" * 16, seq=1, at=at, prev_hash=GENESIS)
    event = replace(event, **cells) if cells else event  # type: ignore[arg-type]
    path.write_text(json.dumps(event_record(event)) + "\n", "utf-8")
    return path


SHARES = {"kind": "assign", "queue": "", "clause": "", "sample": "a1"}


@pytest.mark.parametrize(
    ("cells", "at", "says"),
    [
        ({}, "zzzz", "field at"),
        ({}, "2026-13-41T00:00:00.000001Z", "the time"),
        ({"kind": "frob"}, "", "is unknown"),
        ({"queue": "weird"}, "", "is unknown"),
        ({"instrument": None}, "", "has no code"),
        ({"instrument": "ba/na/na"}, "", "cannot be a code"),
        ({"subtype": "<b>"}, "", "cannot be a code"),
        ({"ms": "abc"}, "", "field ms"),
        ({"ms": -1}, "", "field ms"),
        ({"suggestion_shown": "no"}, "", "field suggestion_shown"),
        ({"clause": 5}, "", "field clause"),
        ({"clause": ""}, "", "names no clause"),
        ({"clause": "../x"}, "", "for a clause"),
        ({"memo": {"a": 1}}, "", "field memo"),
        ({"memo": "\ud800"}, "", "field memo"),
        ({"coder": "../../../x"}, "", "name of a coder"),
        ({"coder": "<script>"}, "", "name of a coder"),
        ({"kind": "bulk", "clause": "", "detail": '{"clauses": [["a", 1], [2, 3]]}'}, "", "for a clause"),
        ({"kind": "undo", "clause": "", "undoes": ""}, "", "does not name"),
        ({"kind": "adjudicate", "queue": "adjudicate", "detail": "[]"}, "", "is no object"),
        ({**SHARES, "detail": "{}"}, "", "KeyError"),
        ({**SHARES, "detail": '{"shares": {"anna": 5}}'}, "", "assigned to 'anna'"),
        ({**SHARES, "detail": '{"shares": {"../e": []}}'}, "", "assigned to '../e'"),
        ({**SHARES, "kind": "sample", "detail": '{"unit": "clause"}'}, "", "lacks seed"),
    ],
)
def test_events_that_could_not_have_been_written_here_are_refused(
    make: Make, tmp_path: Path, cells: dict[str, object], at: str, says: str
) -> None:
    store = make("one")
    key = list_keys(store)[0]
    draft = replace(Draft("code", "eve", "fix", key, "0" * 64, "none"), **cells)  # type: ignore[arg-type]
    path = forge(tmp_path / "forged.jsonl", draft, at or "2026-01-01T00:00:00.000001Z")
    with pytest.raises(ReviewError, match=f"line 1 is no event: .*{says}"):
        merge_events(store, [path])
    assert (read_events(store), verify(store)) == ([], [])
    code(store, "anna", key)


def test_names_and_numbers_of_events_are_checked(make: Make, tmp_path: Path) -> None:
    store = make("one")
    draft = Draft("code", "eve", "fix", list_keys(store)[0], "0" * 64, "none")
    for cells in ({"uuid": "../x"}, {"origin": ""}, {"seq": "1"}, {"seq": True}, {"hash": None}, {"prev_hash": ""}):
        with pytest.raises(ReviewError, match=f"field {next(iter(cells))}"):
            merge_events(store, [forge(tmp_path / "forged.jsonl", draft, **cells)])


def test_events_of_days_to_come_are_refused(make: Make, tmp_path: Path) -> None:
    store = make("one")
    key = list_keys(store)[0]
    path = forge(tmp_path / "far.jsonl", Draft("code", "bao", "fix", key, "", "none"), "2131-01-01T00:00:00.000000Z")
    with pytest.raises(ReviewError, match=r"bao is of 2131-01-01.*Set the clock"):
        merge_events(store, [path])
    assert code(store, "anna", key).at < "2131"


def test_a_log_is_one_persons(make: Make, tmp_path: Path) -> None:
    one, two = make("one"), make("two")
    keys = list_keys(one)
    first = code(one, "anna", keys[0])
    draft = Draft("code", "bao", "audit", keys[1], instrument="none")
    second = chain_event(draft, uuid="b" * 32, origin=first.origin, seq=2, at=later(first), prev_hash=first.hash)
    path = tmp_path / "events.jsonl"
    path.write_text("".join(json.dumps(event_record(event)) + "\n" for event in (first, second)), "utf-8")
    with pytest.raises(ReviewError, match="one person's"):
        merge_events(two, [path])


def later(event: Event) -> str:
    return (datetime.strptime(event.at, TIME) + timedelta(seconds=1)).strftime(TIME)


def test_a_known_event_that_was_changed_is_refused(make: Make) -> None:
    one = make("one")
    code(one, "anna", list_keys(one)[0])
    path = export(one)
    text = path.read_text("utf-8")
    path.write_text(text.replace('"instrument":"supply"', '"instrument":"demand"', 1), "utf-8")
    with pytest.raises(ReviewError, match=r"line 1 .*was changed"):
        merge_events(one, [path])


def test_events_of_another_study_are_refused(make: Make, tmp_path: Path) -> None:
    one = make("one")
    code(one, "anna", list_keys(one)[0])
    other = make_store(tmp_path / "other.sqlite", 3, 30, seed=5)
    with closing(other):
        code(other, "bao", list_keys(other)[0])
        draw(other, "a1", list_keys(other)[:4], each=2)
        path = export(other)
    before = read_events(one)
    with pytest.raises(ReviewError, match=r"is of another study: none of the 4 clauses .*from the run made"):
        merge_events(one, [path, export(one)])
    assert read_events(one) == before


def test_clauses_that_the_study_does_not_have_are_named(make: Make, tmp_path: Path) -> None:
    one, two = make("one"), make("two")
    key = list_keys(two)[0]
    code(two, "bao", key)
    path = export(two)
    with one.write() as connection:
        connection.execute("DELETE FROM clause WHERE key = ?", (key,))
    code(two, "bao", list_keys(two)[1])
    merged = merge_events(one, [export(two)])
    assert (merged.n_new, merged.unknown) == (2, (key,))
    assert key in merged.clashes[0]
    again = merge_events(one, [path])
    assert (again.n_new, again.unknown) == (0, ())


def test_a_merge_can_be_tried_out(make: Make) -> None:
    one, two = make("one"), make("two")
    code(two, "bao", list_keys(two)[0])
    assert try_merge(one, [export(two)]).n_new == 1
    assert read_events(one) == []
    assert merge_events(one, [export(two)]).n_new == 1
