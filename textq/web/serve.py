"""The server: one process, bound before its address is told, stopped by a signal in good order."""

import errno
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

from textq.errors import ReviewError
from textq.pipeline.review_corpus import start_indexing
from textq.web.app import create_app
from textq.web.security import Gate, find_names, is_loopback, is_wildcard
from textq.web.sessions import Sessions

if TYPE_CHECKING:
    from types import FrameType

    from textq.pipeline.review_open import ReviewStudy

LOOPBACK = "127.0.0.1"
"""Where the server listens unless told otherwise: this machine alone can reach it."""

_PATIENCE = 5
"""Seconds for requests on their way when the server stops."""

_IDLE = 60
"""Seconds that a connection is kept open for the next request."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What the server needs to know beside the study.

    Attributes
    ----------
    host
        The address that it listens at.
    is_network
        Whether others than this machine can reach it.
    needs_pin
        Whether coders sign in by name and PIN.
    report
        Told of errors that no page foresaw.
    """

    host: str
    is_network: bool
    needs_pin: bool
    report: Callable[[Exception], None]


def bind_socket(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens; from here on connections wait until the server takes them.

    Parameters
    ----------
    host
        A name or an address of this machine.
    port
        The port; None or 0: one that is free.

    Raises
    ------
    ReviewError
        If the port is taken or not allowed, or the address is none of this machine.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            host.strip("[]"), port or 0, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise ReviewError(f"--host {host} is no name or address of this machine ({error}). Give another.") from error
    listening = socket.socket(family, kind)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        elif hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError as error:
        listening.close()
        raise ReviewError(_explain(error, host, port)) from error
    return listening


def _explain(error: OSError, host: str, port: int | None) -> str:
    if error.errno in (errno.EADDRINUSE, getattr(errno, "WSAEADDRINUSE", errno.EADDRINUSE)):
        return (
            f"port {port} of {host} is taken: perhaps a review is running there already. Stop it, give another --port, "
            "or leave --port out for one that is free."
        )
    if isinstance(error, PermissionError):
        return f"port {port} of {host} is not open to you. Give a --port above 1023, or leave it out."
    return f"nothing can listen at {host}, port {port or 'any'} ({error.strerror}). Give an address of this machine."


def find_url(listening: socket.socket, host: str) -> str:
    """Return the address that a browser is given; of all addresses, the loopback."""
    name = LOOPBACK if is_wildcard(host) else host.strip("[]")
    return f"http://{f'[{name}]' if ':' in name else name}:{listening.getsockname()[1]}"


def is_local(host: str) -> bool:
    """Return whether a server at this address is reached by this machine alone."""
    return is_loopback(host.strip("[]").lower())


def serve_review(
    study: "ReviewStudy", listening: socket.socket, opening: Opening, announce: Callable[[str], None]
) -> None:
    """Serve the review until a signal (Ctrl-C, SIGTERM, the terminal's end) stops it.

    ``announce`` is given the link with its token when the server is about to take connections.
    """
    sessions = Sessions(study.coders, needs_pin=opening.needs_pin)
    server = make_server(study, opening, sessions)
    with _stopped_by_signals(server):
        announce(f"{find_url(listening, opening.host)}/auth?token={sessions.token}")
        indexing = start_indexing(study.store)
        server.run(sockets=[listening])
        if indexing is not None:
            indexing.join()


def make_server(study: "ReviewStudy", opening: Opening, sessions: Sessions) -> uvicorn.Server:
    """Return the server: it is run with a socket that listens, and ends when its ``should_exit`` is set."""
    names = find_names(opening.host) if opening.is_network else frozenset[str]()
    any_address = opening.is_network and is_wildcard(opening.host)
    app = create_app(study, Gate(study, sessions, names, any_address, study.lang, opening.report))
    logger = logging.getLogger("uvicorn")
    logger.addHandler(logging.NullHandler())  # what it has to say is said by the command
    logger.propagate = False
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=_IDLE,
            timeout_graceful_shutdown=_PATIENCE,
        )
    )


@contextmanager
def _stopped_by_signals(server: uvicorn.Server) -> Iterator[None]:
    """Let signals end the server in good order: also before it runs, and once more when it has handed them back."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: "FrameType | None") -> None:
        server.should_exit = True

    caught = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)]
    before = {one: signal.signal(one, stop) for one in caught}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def open_browser(url: str) -> bool:
    """Open the link in the user's browser; return whether there is one to be tried.

    Another process does so, whose output goes nowhere: browsers print on the terminal that they were started from.
    """
    if sys.platform.startswith("linux") and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        return False
    program = "import sys, webbrowser; webbrowser.open(sys.stdin.read())"
    nowhere = subprocess.DEVNULL
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=nowhere,
        stderr=nowhere,
        start_new_session=True,
        text=True,
    )
    assert child.stdin is not None
    child.stdin.write(url)
    child.stdin.close()
    return True
