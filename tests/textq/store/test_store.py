import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.textq.store.made import code, list_keys, make_store
from textq.errors import ReviewError
from textq.events import Draft
from textq.store import place
from textq.store import store as module
from textq.store.events import append, read_events, verify
from textq.store.place import Journal
from textq.store.settings import read_setting, write_setting, write_settings
from textq.store.store import Store, find_risk, open_store, probe_journal


@pytest.fixture(params=["wal", "delete"])
def store(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Store]:
    made = make_store(tmp_path / "review.sqlite", journal=request.param)
    yield made
    made.close()


def test_events_can_be_neither_changed_nor_deleted(store: Store) -> None:
    event = code(store, "anna", list_keys(store)[0])
    for sql in ("UPDATE event SET instrument = 'demand'", "UPDATE event SET n = 7", "DELETE FROM event"):
        with pytest.raises(ReviewError, match="is never"), store.write() as connection:
            connection.execute(sql)
    assert read_events(store) == [event]


def test_a_failing_block_writes_nothing(store: Store) -> None:
    key = list_keys(store)[0]
    with pytest.raises(ReviewError, match="not in the run"):
        append(store, [Draft("code", "anna", "audit", key, instrument="supply"), Draft("skip", "anna", "audit", "?")])
    assert read_events(store) == []


def test_journal_is_kept_by_the_file(store: Store) -> None:
    with closing(sqlite3.connect(store.path)) as other:
        assert other.execute("PRAGMA journal_mode").fetchone() == (store.journal,)


def test_threads_write_one_log_without_gaps(store: Store) -> None:
    keys = list_keys(store)
    with closing(open_store(store.path, journal=store.journal)) as second:
        threads = [
            threading.Thread(target=lambda s=each, k=key: [code(s, "anna", k) for _ in range(10)])  # type: ignore[misc]
            for each, key in zip([store, store, second, second], keys, strict=False)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    events = read_events(store)
    assert [event.seq for event in events] == list(range(1, 41))
    assert len({event.origin for event in events}) == 1
    assert verify(store) == []


@pytest.mark.parametrize(("before", "after"), [("wal", "delete"), ("delete", "wal")])
def test_a_file_from_elsewhere_gets_the_journal_of_its_folder(tmp_path: Path, before: Journal, after: Journal) -> None:
    path = tmp_path / "review.sqlite"
    with closing(make_store(path, journal=before)) as store:
        event = code(store, "anna", list_keys(store)[0])
    with closing(open_store(path, journal=after)) as again:
        assert again.read().execute("PRAGMA journal_mode").fetchone() == (after,)
        assert read_events(again) == [event]


def test_a_copy_begins_a_log_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "copy").mkdir()
    with closing(make_store(tmp_path / "review.sqlite")) as store:
        key = list_keys(store)[0]
        first = code(store, "anna", key)
    shutil.copy(store.path, tmp_path / "copy" / "review.sqlite")
    with closing(open_store(tmp_path / "copy" / "review.sqlite")) as copied:
        second, third = code(copied, "anna", key), code(copied, "anna", key)
        assert verify(copied) == []
    with closing(open_store(store.path)) as again:
        fourth = code(again, "anna", key)
    assert second.origin == third.origin != first.origin == fourth.origin
    assert (second.seq, third.seq, fourth.seq) == (1, 2, 2)


def test_a_copy_that_is_put_back_begins_a_log_too(tmp_path: Path) -> None:
    path, backup = tmp_path / "review.sqlite", tmp_path / "backup"
    with closing(make_store(path)) as store:
        key = list_keys(store)[0]
        code(store, "anna", key)
    shutil.copy(path, backup)
    with closing(open_store(path)) as store:
        lost = code(store, "anna", key)
    os.replace(backup, path)
    with closing(open_store(path)) as store:
        assert code(store, "anna", key).origin != lost.origin


def test_each_coder_has_a_log(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "review.sqlite")) as store:
        key = list_keys(store)[0]
        events = [code(store, coder, key) for coder in ("anna", "bao", "anna")]
        assert [event.seq for event in events] == [1, 1, 2]
        assert events[0].origin == events[2].origin != events[1].origin


def test_time_runs_forward_whatever_the_clock_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import textq.store.events as module

    class Stuck(module.datetime):  # type: ignore[name-defined,misc]
        @classmethod
        def now(cls, tz: object = None) -> object:
            return module.datetime(2026, 1, 1, tzinfo=module.UTC)

    with closing(make_store(tmp_path / "review.sqlite")) as store:
        key = list_keys(store)[0]
        before = code(store, "anna", key)
        monkeypatch.setattr(module, "datetime", Stuck)
        times = [before.at, *(code(store, coder, key).at for coder in ("anna", "bao", "anna"))]
        assert times == sorted(set(times))
        assert verify(store) == []


def test_a_later_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "review.sqlite"
    make_store(path).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=99")
    for readonly in (False, True):
        with pytest.raises(ReviewError, match="later version"):
            open_store(path, readonly=readonly)


def test_other_files_are_refused_and_left_alone(tmp_path: Path) -> None:
    text, database = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    text.write_text("what is this", encoding="utf-8")
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(ReviewError, match="no store of a review"):
        open_store(text)
    with pytest.raises(ReviewError, match="another program"):
        open_store(database)
    with pytest.raises(ReviewError, match="is not there"):
        open_store(tmp_path / "absent" / "review.sqlite")
    assert text.read_text(encoding="utf-8") == "what is this"


def test_read_only_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "review.sqlite"
    with pytest.raises(ReviewError, match="no review"):
        open_store(path, readonly=True)
    with closing(make_store(path)) as store:
        event = code(store, "anna", list_keys(store)[0])
    before = path.read_bytes()
    with closing(open_store(path, readonly=True)) as store:
        assert read_events(store) == [event]
        with pytest.raises(ReviewError, match="read only"):
            code(store, "anna", list_keys(store)[0])
    assert path.read_bytes() == before


def test_read_only_beside_a_writer(store: Store) -> None:
    key = list_keys(store)[0]
    with closing(open_store(store.path, readonly=True)) as reader:
        assert read_events(reader) == []
        event = code(store, "anna", key)
        assert read_events(reader) == [event]


def test_another_program_that_keeps_writing_is_told(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(module, "_PATIENCE", 0.01)
        with pytest.raises(ReviewError, match="another program"):
            write_setting(store, "anna", "size", 2)


def test_probe_leaves_nothing_behind(tmp_path: Path) -> None:
    assert probe_journal(tmp_path) == "wal"
    assert list(tmp_path.iterdir()) == []


def test_probe_does_not_trust_the_answer_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing(sqlite3.Connection):
        def execute(self, sql: str, *values: object) -> sqlite3.Cursor:  # type: ignore[override]
            if sql.startswith("INSERT"):
                raise sqlite3.OperationalError("disk I/O error")
            return super().execute(sql, *values)  # type: ignore[arg-type]

    connect = sqlite3.connect
    monkeypatch.setattr(place.sqlite3, "connect", lambda *at, **how: connect(*at, **how, factory=Refusing))
    assert probe_journal(tmp_path) == "delete"
    assert list(tmp_path.iterdir()) == []


def test_folders_of_cloud_services_are_a_risk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OneDrive", raising=False)
    assert find_risk(tmp_path) is None
    for name in ("OneDrive - 大学", "坚果云", "Dropbox", "Nutstore Files"):
        assert name in (find_risk(tmp_path / name / "study") or "")
    monkeypatch.setenv("OneDrive", str(tmp_path))
    assert "OneDrive" in (find_risk(tmp_path / "study") or "")


def test_drives_of_the_network_are_a_risk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(place, "_is_remote", lambda folder: True)
    assert "network" in (find_risk(tmp_path) or "")


def test_settings_are_kept_by_coder(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "review.sqlite")) as store:
        assert read_setting(store, "anna", "keys", {}) == {}
        write_setting(store, "anna", "keys", {"none": "KeyN"})
        write_setting(store, "", "hidden_share", 0.5)
    with closing(open_store(store.path)) as store:
        assert read_setting(store, "anna", "keys") == {"none": "KeyN"}
        assert read_setting(store, "bao", "keys") is None
        assert read_setting(store, "", "hidden_share") == 0.5
        write_setting(store, "anna", "keys", None)
        assert read_setting(store, "anna", "keys", "gone") == "gone"


def test_settings_are_written_all_or_none(tmp_path: Path) -> None:
    with closing(make_store(tmp_path / "review.sqlite")) as store:
        write_settings(store, [("anna", "size", 2), ("", "hidden_share", 0.5), ("anna", "size", 3)])
        assert (read_setting(store, "anna", "size"), read_setting(store, "", "hidden_share")) == (3, 0.5)
        with pytest.raises(TypeError):
            write_settings(store, [("anna", "size", 4), ("anna", "theme", object())])
        assert read_setting(store, "anna", "size") == 3


def test_names_of_folders_may_hold_anything(tmp_path: Path) -> None:
    folder = tmp_path / "研究 100%#1?mode=x&y"
    folder.mkdir()
    with closing(make_store(folder / "review.sqlite")) as store:
        event = code(store, "安娜", list_keys(store)[0])
    with closing(open_store(folder / "review.sqlite", readonly=True)) as store:
        assert read_events(store) == [event]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_read_only_after_a_program_was_killed_while_it_wrote(tmp_path: Path) -> None:
    script = (
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "db.execute('PRAGMA cache_size=5'); db.execute('PRAGMA cache_spill=1'); db.execute('BEGIN IMMEDIATE')\n"
        "db.executemany('INSERT INTO setting VALUES (?, ?, ?)', [(str(n), 'x', 'y' * 500) for n in range(5000)])\n"
        "os.kill(os.getpid(), 9)\n"
    )
    path = tmp_path / "review.sqlite"
    with closing(make_store(path, journal="delete")) as store:
        event = code(store, "anna", list_keys(store)[0])
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
    assert path.with_name("review.sqlite-journal").stat().st_size
    with closing(open_store(path, readonly=True)) as store:
        assert read_events(store) == [event]
        assert store.read().execute("SELECT count(*) FROM setting").fetchone() == (0,)
