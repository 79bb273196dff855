"""Mapping a stage over items in worker processes."""

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from textq.engine import Lost, map_items
from textq.errors import ConfigError


@pytest.mark.parametrize("jobs", [1, 3])
def test_results_come_in_order(jobs: int) -> None:
    assert list(map_items(abs, range(-20, 0), jobs=jobs)) == list(range(20, 0, -1))


def test_nothing_gives_nothing() -> None:
    assert list(map_items(abs, [])) == []


def test_the_function_runs_elsewhere() -> None:
    (elsewhere,) = map_items(eval, ["__import__('os').getpid()"])
    assert elsewhere != os.getpid()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_item_that_ends_its_worker_is_lost_and_the_others_are_not(jobs: int) -> None:
    found = list(map_items(eval, ["1 + 1", "__import__('os')._exit(7)", "2 + 2"], jobs=jobs))
    assert found[0] == 2
    assert isinstance(found[1], Lost)
    assert "ended abruptly (status 7)" in found[1].reason
    assert found[2] == 4


def test_an_item_that_takes_too_long_is_lost_and_named() -> None:
    started = time.monotonic()
    lost, kept = map_items(time.sleep, [60, 0], time_limit=1.5)
    assert time.monotonic() - started < 30
    assert lost == Lost(60, "it took longer than 1.5 s. Raise the time limit if the file is worth it.")
    assert kept is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits the address space of a process")
def test_an_item_that_takes_too_much_memory_gets_an_error() -> None:
    with pytest.raises(MemoryError):
        list(map_items(bytes, [8 * 1024**3]))


def test_an_exception_of_the_function_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(map_items(eval, ["1", "1 / 0", "2"]))


def test_what_the_function_prints_does_not_disturb_the_results() -> None:
    assert list(map_items(eval, ["print('noise') or 5", "__import__('os').write(1, b'more') and 6"])) == [5, 6]


def test_scripts_need_no_main_guard(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text("from textq.engine import map_items\nprint(list(map_items(abs, [-1, -2], jobs=2)))\n")
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert ran.stdout == "[1, 2]\n"


def test_results_do_not_pile_up() -> None:
    results = map_items(partial(bytes), [10] * 100, jobs=2)
    assert next(results) == bytes(10)
    results.close()


def test_who_stops_early_does_not_wait_for_work_begun() -> None:
    started = time.monotonic()
    results = map_items(time.sleep, [0, 60, 60], jobs=2)
    next(results)
    results.close()
    assert time.monotonic() - started < 30


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_program_that_an_item_started_ends_with_it(tmp_path: Path) -> None:
    note = tmp_path / "note"
    start = f"""(lambda s, t: open({str(note)!r}, "w").write(f"{{s.Popen(['sleep', '99']).pid}} {{t.mkdtemp()}}")
        and s.run(['sleep', '99']))(__import__('subprocess'), __import__('tempfile'))"""
    assert isinstance(next(map_items(eval, [start.replace("\n", "")], time_limit=2)), Lost)
    pid, folder = note.read_text().split()
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:  # a program that was killed takes a moment to end
        time.sleep(0.05)
    assert not is_running(pid)
    assert not Path(folder).exists()


def is_running(pid: str) -> bool:
    try:
        return Path("/proc", pid, "stat").read_text().split()[2] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_worker_that_cannot_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("textq.engine._WORKER", [sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(ChildProcessError, match="did not start"):
        list(map_items(abs, [1]))


def test_no_worker_is_refused() -> None:
    with pytest.raises(ConfigError, match="'jobs' parameter of map_items must be at least 1"):
        list(map_items(abs, [1], jobs=0))


def test_no_time_is_refused() -> None:
    with pytest.raises(ConfigError, match="'time_limit' parameter of map_items must be positive"):
        list(map_items(abs, [1], time_limit=0))
