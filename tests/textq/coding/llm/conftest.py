"""A chat server on this machine that answers as a test tells it to."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from textq.coding.llm import LlmCoder, LlmEstimate, LlmOutcome, LlmSpec
from textq.http.clock import Clock
from textq.lexicon.codebook import Codebook, Example, Instrument, Label, Rule, Subtype
from textq.records import CodingUnit

from ...http.local_server import LocalHandler, LocalServer, Raw, serve

LABEL = Label("类", "class")
CODEBOOK = Codebook(
    name="tiny",
    version="3",
    language="en",
    instruments=(
        Instrument("money", LABEL, "d", (Subtype("aid", LABEL, "d"), Subtype("loan", LABEL, "d"))),
        Instrument("law", LABEL, "d"),
    ),
    decision=("Is there a means?",),
    rules=(Rule("Fines are law.", (Example("a fine of ten", "law"),)),),
    none=Instrument("none", LABEL, "nothing"),
)
WORDS = {"grant": "money/aid", "loan": "money/loan", "ban": "law"}

Item = dict[str, Any]


@dataclass
class Said:
    """What the server says: a chat answer with ``content``, or ``body`` with ``status``, or what ``raw`` does."""

    content: str | None = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    raw: Raw | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    finish: str = "stop"

    def encode(self) -> bytes:
        if self.body is not None:
            return self.body
        choice = {"message": {"role": "assistant", "content": self.content}, "finish_reason": self.finish}
        usage = {"prompt_tokens": 1000, "completion_tokens": 40}
        return json.dumps({"model": "served", "choices": [choice], "usage": usage, **self.extra}).encode()


@dataclass
class Asked:
    body: dict[str, Any]
    headers: dict[str, str]
    path: str
    at: float

    @property
    def units(self) -> list[Item]:
        """The clauses of the first question."""
        return read_units(self.body)


def read_units(body: Mapping[str, Any]) -> list[Item]:
    material = body["messages"][1]["content"]
    units: list[Item] = json.loads(material[material.index("{") :])["clauses"]
    return units


def make_item(unit: Mapping[str, str], **changes: Any) -> Item:
    """A right answer for a clause: its code by its words, its first words as quotation."""
    code = next((code for word, code in WORDS.items() if word in unit["text"]), "none")
    item = {
        "id": unit["id"], "quote": unit["text"][:12], "reason": "because", "code": code, "secondary": "none",
        "probability": 0.9, "sure": True,
    }  # fmt: skip
    return {**item, **changes}


def make_answers(*items: Item) -> str:
    return json.dumps({"answers": items}, ensure_ascii=False)


Script = Said | Callable[[dict[str, Any]], Said]


class Server(LocalServer):
    """Follows a script, one step a request; after its end every answer is right."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.script: list[Script] = []
        self.asked: list[Asked] = []
        self.always: Callable[[dict[str, Any]], Said] = answer_right
        self.lock = threading.Lock()

    @property
    def base_url(self) -> str:
        return self.url("/v1")

    def choose(self, body: dict[str, Any]) -> Said:
        with self.lock:
            step: Script = self.script.pop(0) if self.script else self.always
        return step if isinstance(step, Said) else step(body)


def answer_right(body: dict[str, Any]) -> Said:
    return Said(make_answers(*map(make_item, read_units(body))))


class _Handler(LocalHandler):
    server: Server

    def answer(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(Asked(body, self.read_headers(), self.path, self.server.clock.time))
        said = self.server.choose(body)
        data = b"" if said.raw else said.encode()
        self.reply(said.status, {"Content-Length": str(len(data)), **said.headers}, data, said.raw)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.delenv("TEXTQ_LLM_KEY", raising=False)
    with serve(Server()) as running:
        yield running


@dataclass
class Made:
    """A coder, and what it told."""

    coder: LlmCoder
    notes: list[str]
    progress: list[tuple[int, int]]

    def answer(self, units: Sequence[CodingUnit]) -> LlmOutcome:
        return self.coder.answer(self.coder.plan(units))

    def estimate(self, units: Sequence[CodingUnit]) -> LlmEstimate:
        return self.coder.plan(units).estimate


@pytest.fixture
def make_coder(server: Server, tmp_path: Path) -> Callable[..., Made]:
    """Make a coder that asks the server, with one thread and a clock that waits for nothing."""

    def make(codebook: Codebook = CODEBOOK, clock: Clock | None = None, **changes: Any) -> Made:
        spec = replace(LlmSpec(server.base_url, "m", threads=1, retries=2, timeout=5), **changes)
        notes: list[str] = []
        progress: list[tuple[int, int]] = []
        coder = LlmCoder(
            spec, codebook, tmp_path / "cache", clock=clock or server.clock.clock(), on_note=notes.append,
            on_progress=lambda done, total: progress.append((done, total)),
        )  # fmt: skip
        return Made(coder, notes, progress)

    return make


def make_units(*texts: str) -> list[CodingUnit]:
    return [CodingUnit(f"d#{number}", text) for number, text in enumerate(texts, 1)]


def list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def reset(handler: Any) -> None:
    """Hang up in the hardest way."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()
