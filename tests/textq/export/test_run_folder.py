"""The folder of a run: whole or not at all."""

import hashlib
import json
import os
from datetime import datetime
from pathlib import Path

import pytest

from textq.errors import RunError
from textq.export.run_folder import find_run, read_meta, write_run

NOON = datetime(2026, 1, 2, 12, 30, 5)


def write_one(out: Path) -> Path:
    def write(folder: Path) -> dict[str, object]:
        (folder / "a.csv").write_bytes(b"1")
        return {"run_id": "abc", "n": 1}

    return write_run(out, NOON, write)


def test_a_run_is_named_by_time_and_id_and_hashes_what_it_holds(tmp_path: Path) -> None:
    run = write_one(tmp_path)

    assert run.name == "20260102T123005-abc"
    assert read_meta(run) == {"run_id": "abc", "n": 1, "outputs": {"a.csv": hashlib.sha256(b"1").hexdigest()}}


def test_two_runs_in_one_second_get_two_folders(tmp_path: Path) -> None:
    first, second = write_one(tmp_path), write_one(tmp_path)

    assert (first.name, second.name) == ("20260102T123005-abc", "20260102T123005-abc-2")
    assert find_run(tmp_path) == second
    assert find_run(first) == first


def test_a_failure_leaves_nothing_behind_and_the_last_run_stands(tmp_path: Path) -> None:
    run = write_one(tmp_path)

    def fail(folder: Path) -> dict[str, object]:
        (folder / "half").write_text("x")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_run(tmp_path, NOON, fail)

    assert [path.name for path in (tmp_path / "runs").iterdir()] == [run.name]
    assert find_run(tmp_path) == run


def test_what_a_killed_run_left_is_removed_once_it_is_old(tmp_path: Path) -> None:
    old, young = tmp_path / "runs" / ".partial-old", tmp_path / "runs" / ".partial-young"
    for folder in (old, young):
        (folder / "spool").mkdir(parents=True)
    os.utime(old, (0, 0))
    write_one(tmp_path)

    assert (old.exists(), young.exists()) == (False, True)


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="holds no run"):
        find_run(tmp_path)


def test_a_run_that_was_moved_away_is_named(tmp_path: Path) -> None:
    (tmp_path / "latest.txt").write_text("runs/gone\n")

    with pytest.raises(RunError, match="names gone, which is not there"):
        find_run(tmp_path)


def test_meta_is_readable_json_with_chinese_as_it_is(tmp_path: Path) -> None:
    run = write_run(tmp_path, NOON, lambda _: {"run_id": "abc", "title": "杭州"})

    assert "杭州" in (run / "run.json").read_text(encoding="utf-8")
    assert json.loads((run / "run.json").read_bytes())["title"] == "杭州"
