"""What was acknowledged is there after the processes that wrote it were killed at any moment."""

import random
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.textq.store.made import code, list_keys, make_store
from textq.store.events import read_events, verify
from textq.store.place import Journal
from textq.store.projections import dump_projections, rebuild
from textq.store.store import Store, open_store

CLIENT = Path(__file__).with_name("storm.py")
N_CLIENTS = 4


def storm(path: Path, seed: int, journal: Journal) -> dict[str, str]:
    """Let four processes write, kill them all at once; return the uuids they acknowledged, with the hashes."""
    clients = []
    for number in range(N_CLIENTS):
        arguments = [str(path), f"coder{number % 3}", f"{seed}{number}", journal]
        out = path.with_name(f"client-{number}.out").open("w+b")
        clients.append((subprocess.Popen([sys.executable, str(CLIENT), *arguments], stdout=out), out))
    begun = time.monotonic()
    while not all(path.with_name(f"client-{number}.out").stat().st_size for number in range(N_CLIENTS)):
        assert time.monotonic() < begun + 60, "a client has not written within a minute"
        assert all(client.poll() is None for client, _ in clients), "a client has ended"
        time.sleep(0.005)
    time.sleep(random.Random(seed).uniform(0, 0.4))
    for client, _ in clients:
        client.kill()
    acknowledged = {}
    for client, out in clients:
        assert client.wait() == -9
        out.seek(0)
        whole = out.read().decode().rpartition("\n")[0]
        out.close()
        acknowledged |= dict(line.split() for line in whole.splitlines())
    return acknowledged


def check(store: Store, acknowledged: dict[str, str]) -> None:
    hashes = {event.uuid: event.hash for event in read_events(store)}
    assert acknowledged.items() <= hashes.items()
    assert verify(store) == []
    before = dump_projections(store.read())
    with store.write() as connection:
        rebuild(connection)
    assert dump_projections(store.read()) == before
    assert store.read().execute("PRAGMA integrity_check").fetchone() == ("ok",)


def run(folder: Path, times: int, journal: Journal) -> None:
    path = folder / "review.sqlite"
    make_store(path, 5, 40, journal=journal).close()
    acknowledged: dict[str, str] = {}
    for seed in range(times):
        new = storm(path, seed, journal)
        assert len(new) >= N_CLIENTS
        acknowledged |= new
        with closing(open_store(path, readonly=True)) as store:
            assert acknowledged.keys() <= {event.uuid for event in read_events(store)}
        with closing(open_store(path, journal=journal)) as store:
            check(store, acknowledged)
            event = code(store, "anna", list_keys(store)[0])
            acknowledged[event.uuid] = event.hash


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_kill_three_times(tmp_path: Path, journal: Journal) -> None:
    run(tmp_path, 3 if journal == "wal" else 1, journal)


@pytest.mark.full
@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("journal", ["wal", "delete"])
def test_kill_twenty_times(tmp_path: Path, journal: Journal) -> None:
    run(tmp_path, 20, journal)
