"""A site on this machine that answers as a test tells it to, and a clock that waits for nothing."""

import csv
import http.server
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from textq.ingest.fetch import Fetched, FetchSpec, fetch_manifest
from textq.ingest.fetch.pace import Clock

PAGE = "<!DOCTYPE html><html><head><title>通知</title></head><body><p>关于促进发展的通知。</p></body></html>".encode()
PDF = b"%PDF-1.4\n" + bytes(range(1, 256)) * 400 + b"\n%%EOF\n"


@dataclass
class Answer:
    """What the site says to a request: ``raw`` bytes in place of everything else, if given."""

    body: bytes = PAGE
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=UTF-8"})
    length: bool = True
    raw: Callable[[Any], None] | None = None


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    at: float


class Site(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """Answers by path; a list of answers is used up one by one, and its last one stays."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []
        self.clock = FakeClock()

    def say(self, path: str, *answers: Answer) -> str:
        """Set the answers to a path, and return its url."""
        self.answers[path] = list(answers)
        return self.url(path)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def count(self, path: str) -> int:
        return len(self.asked(path))

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.requests.append(Request(self.path, headers, self.server.clock.time))
        answers = self.server.answers.get(self.path, [Answer(b"none", 404)])
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        self.close_connection = True
        if answer.raw is not None:
            answer.raw(self)
            return
        self.send_response(answer.status)
        given = {name.lower() for name in answer.headers}
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.length and "content-length" not in given:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, *_: Any) -> None:
        pass


class FakeClock:
    """Time that passes only while one sleeps."""

    def __init__(self) -> None:
        self.time = 1000.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(seconds=self.time - 1000)

    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep, self.now)


@pytest.fixture
def site() -> Iterator[Site]:
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def write_manifest(folder: Path, rows: Sequence[dict[str, str]], name: str = "manifest.csv") -> Path:
    folder.mkdir(exist_ok=True)
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def fetch(tmp_path: Path, site: Site) -> Callable[..., list[Fetched]]:
    """Fetch the rows of a new manifest (or of the one that is there) from the site, in no time."""

    def run(rows: Sequence[dict[str, str]] | None = None, *, resolve: Any = None, **changes: Any) -> list[Fetched]:
        folder = tmp_path / "corpus"
        path = write_manifest(folder, rows) if rows is not None else folder / "manifest.csv"
        spec = replace(FetchSpec(allow_private=True, timeout=5, most_seconds=20), **changes)
        known = {} if resolve is None else {"resolve": resolve}
        return fetch_manifest(path, spec, clock=site.clock.clock(), **known)

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "corpus"


def drip(handler: Any, data: bytes, pause: float = 0.05) -> None:
    """Send a byte now and then, until the other side hangs up."""
    for byte in data:
        try:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
        except OSError:
            return
        time.sleep(pause)
