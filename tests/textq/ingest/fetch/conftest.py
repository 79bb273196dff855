"""A site on this machine that answers as a test tells it to."""

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from textq.ingest.fetch import Fetched, FetchSpec, fetch_manifest

from ...http.local_server import LocalHandler, LocalServer, Raw, serve

PAGE = "<!DOCTYPE html><html><head><title>通知</title></head><body><p>关于促进发展的通知。</p></body></html>".encode()
PDF = b"%PDF-1.4\n" + bytes(range(1, 256)) * 400 + b"\n%%EOF\n"


@dataclass
class Answer:
    """What the site says to a request: ``raw`` bytes in place of everything else, if given."""

    body: bytes = PAGE
    status: int = 200
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=UTF-8"})
    length: bool = True
    raw: Raw | None = None


@dataclass
class Request:
    path: str
    headers: dict[str, str]
    at: float


class Site(LocalServer):
    """Answers by path; a list of answers is used up one by one, and its last one stays."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.answers: dict[str, list[Answer]] = {}
        self.requests: list[Request] = []

    def say(self, path: str, *answers: Answer) -> str:
        """Set the answers to a path, and return its url."""
        self.answers[path] = list(answers)
        return self.url(path)

    def count(self, path: str) -> int:
        return len(self.asked(path))

    def asked(self, path: str) -> list[Request]:
        return [request for request in self.requests if request.path == path]


class _Handler(LocalHandler):
    server: Site

    def answer(self) -> None:
        self.server.requests.append(Request(self.path, self.read_headers(), self.server.clock.time))
        answers = self.server.answers.get(self.path, [Answer(b"none", 404)])
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        given = {name.lower() for name in said.headers}
        length = {"Content-Length": str(len(said.body))} if said.length and "content-length" not in given else {}
        self.reply(said.status, said.headers | length, said.body, said.raw)


@pytest.fixture
def site() -> Iterator[Site]:
    with serve(Site()) as server:
        yield server


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
