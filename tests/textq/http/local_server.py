"""A server on this machine for tests of requests, and a clock that waits for nothing."""

import http.server
import socketserver
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from textq.http.clock import Clock

Raw = Callable[[Any], None]
"""Answers a request by itself, given its handler."""


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


class LocalServer(socketserver.ThreadingMixIn, http.server.HTTPServer):
    daemon_threads = True

    def __init__(self, handler: type["LocalHandler"]) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.clock = FakeClock()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


class LocalHandler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def answer(self) -> None:
        raise NotImplementedError

    def read_headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self.headers.items()}

    def reply(self, status: int, headers: Mapping[str, str], body: bytes, raw: Raw | None) -> None:
        """Answer and hang up; by ``raw`` alone, if given."""
        self.close_connection = True
        if raw is not None:
            raw(self)
            return
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


AnyServer = TypeVar("AnyServer", bound=LocalServer)


@contextmanager
def serve(server: AnyServer) -> Iterator[AnyServer]:
    """Run a server, and end it."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def drip(data: bytes, pause: float = 0.05) -> Raw:
    """Send a byte now and then, until the other side hangs up."""

    def send(handler: Any) -> None:
        for byte in data:
            try:
                handler.wfile.write(bytes([byte]))
                handler.wfile.flush()
            except OSError:
                return
            time.sleep(pause)

    return send
