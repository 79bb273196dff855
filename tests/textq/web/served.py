"""A server on a real socket, and browsers that speak to it by raw HTTP."""

import re
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from textq.pipeline.review_open import ReviewStudy
from textq.store.store import Store
from textq.web.serve import LOOPBACK, Opening, bind_socket, make_server
from textq.web.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server answered; the names of the headers are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")


@dataclass
class Browser:
    """A browser, signed in or not: what it sends beside what a test says."""

    port: int
    cookie: str = ""
    secret: str = ""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(
        self, path: str, fields: Mapping[str, object] | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form, with the secret of the session."""
        body = urlencode({"secret": self.secret} | dict(fields or {}), doseq=True).encode()
        own = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
        return self.ask("POST", path, own | dict(headers or {}), body)

    def ask(
        self, method: str, path: str, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        own = {"Cookie": self.cookie} if self.cookie else {}
        connection = HTTPConnection(LOOPBACK, self.port, timeout=30)
        try:
            connection.request(method, path, body, own | dict(headers or {}))
            response = connection.getresponse()
            return Answer(
                response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
            )
        finally:
            connection.close()


@dataclass
class Served:
    """A running server: its study, its port, the token of its link, and the errors that no page foresaw."""

    study: ReviewStudy
    sessions: Sessions
    port: int
    errors: list[Exception] = field(default_factory=list)

    @property
    def store(self) -> Store:
        return self.study.store

    @property
    def out(self) -> Path:
        return self.study.out

    def visit(self) -> Browser:
        """A browser that is not signed in."""
        return Browser(self.port)

    def sign_in(self, coder: str | None = None) -> Browser:
        """A browser in which a coder, by default the first, is signed in."""
        session = self.sessions.start(coder or self.study.coders[0])
        return Browser(self.port, f"textq-{self.port}={session.name}", session.secret)


@contextmanager
def run_server(study: ReviewStudy, *, needs_pin: bool | None = None) -> Iterator[Served]:
    """Serve a study on a free port of this machine, in a thread."""
    needs_pin = len(study.coders) > 1 if needs_pin is None else needs_pin
    sessions = Sessions(study.coders, needs_pin=needs_pin)
    with bind_socket(LOOPBACK, None) as listening:
        served = Served(study, sessions, listening.getsockname()[1])

        def report(error: Exception) -> None:
            traceback.print_exception(error)
            served.errors.append(error)

        server = make_server(study, Opening(LOOPBACK, False, needs_pin, report), sessions)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield served
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive(), "the server does not stop"


def find_secret(page: str) -> str:
    """Return the form secret that a page holds."""
    found = re.search(r'name="secret" value="([^"]+)"', page) or re.search(r'data-secret="([^"]+)"', page)
    assert found
    return found[1]
