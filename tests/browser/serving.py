"""A review as a user starts it: ``textq review`` in a process of its own, and the events that it wrote."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_LINK = re.compile(r"^http://127\.0\.0\.1:(\d+)/auth\?token=\S+$")


@dataclass(frozen=True, slots=True)
class Served:
    """A running review.

    ``link`` is what the command printed, ``site`` its beginning (``http://127.0.0.1:PORT``), ``study`` its folder.
    """

    link: str
    study: Path
    process: "subprocess.Popen[str]"

    @property
    def site(self) -> str:
        parts = urlsplit(self.link)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def port(self) -> int:
        port = urlsplit(self.link).port
        assert port is not None
        return port

    def kill(self) -> None:
        """End it as kill -9 does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def read_events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the events written so far, in their order, read from the file beside the running server."""
        return read_events(self.study, kind)


def read_events(study: Path, kind: str | None = None) -> list[dict[str, Any]]:
    """Return the events in a study's store, in the order in which they were written."""
    with closing(sqlite3.connect(f"file:{study / 'review.sqlite'}?mode=ro", uri=True, timeout=10)) as connection:
        connection.row_factory = sqlite3.Row
        rows = [dict(row) for row in connection.execute("select * from event order by rowid")]
    return [row for row in rows if kind is None or row["kind"] == kind]


def run_textq(*arguments: str | Path) -> str:
    """Run a command of textq that must succeed, and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "textq", *map(str, arguments)], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def read_json(*arguments: str | Path) -> Any:
    """Run a command of textq with ``--json``, and return what it says."""
    return json.loads(run_textq(*arguments, "--json"))


@contextmanager
def serve(study: Path, *options: str, coders: Sequence[str] = ("anna",)) -> Iterator[Served]:
    """Start a review of a study, and end it when the block is left (as Ctrl-C does)."""
    named = [part for coder in coders for part in ("--coder", coder)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "textq", "review", str(study), "--no-open", *named, *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        link = process.stdout.readline().strip()
        if not _LINK.match(link):
            process.kill()
            raise AssertionError(f"no address, but {link!r}: {process.communicate()[1]}")
        yield Served(link, study, process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()


def copy_study(source: Path, target: Path) -> Path:
    """Return a study of one's own: a copy of a scored one, without a review."""
    return Path(shutil.copytree(source, target, ignore=shutil.ignore_patterns("review*", "cache")))
