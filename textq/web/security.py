"""The guard before all pages: whom a request is for, where it comes from, who sends it, and what answers carry.

A server on this machine can be reached by every page that a browser shows. What is checked, in this order:

* ``Host``, of reads too: a name that a stranger lets point to this machine (DNS rebinding) is refused.
* ``Sec-Fetch-Site``: of writes ``same-origin`` or ``none``; a page of another port of this machine is ``same-site``,
  and the browser sends our cookie along with its forms. Where a browser does not say, ``Origin`` must be this server.
  Reads that a page of another site embeds are refused.
* The cookie of a session; its name holds the port, for cookies are not kept apart by port.
* Of writes the secret of the session, which the forms of its pages hold.
"""

import ipaddress
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio.to_thread
from starlette.datastructures import FormData, Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from textq.store.clauses import loaded_run
from textq.web.preferences import Preferences, choose_accepted, load_preferences
from textq.web.refusals import answer_refusal
from textq.web.sessions import Session, Sessions, name_cookie

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from textq.pipeline.review_open import ReviewStudy
    from textq.web.words_file import Lang

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
"""What every answer carries; and ``Cache-Control: no-store``, unless it says otherwise itself."""

OPEN = ("/auth", "/static/")
"""What is served without a session: the way in, and the look of it."""

LARGEST, LARGEST_FILES = 2**20, 2**26
"""Bytes that a write may send; and to the pages that take files."""

FILES = ("/io",)
"""Where files are taken."""

_READS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Gate:
    """Who is let in where.

    Attributes
    ----------
    study
        What is reviewed.
    sessions
        Who is signed in.
    names
        Names in ``Host`` besides localhost and the addresses of this machine's loopback; lower case.
    any_address
        Whether every address in ``Host`` will do, as where the server listens on all of them. Only names can be
        rebound, addresses cannot.
    lang
        The language of those who set none; None: that of their browser.
    report
        Told of an error that no page foresaw.
    """

    study: "ReviewStudy"
    sessions: Sessions
    names: frozenset[str] = frozenset()
    any_address: bool = False
    lang: "Lang | None" = None
    report: Callable[[Exception], None] = field(default=lambda error: None)


class Guard:
    """The middleware that lets requests through to the pages, or refuses them.

    To the pages it gives, in ``request.state``: ``study``, ``coder``, ``lang``, ``session``, ``preferences`` and, of
    writes, ``form``, the fields that were sent.
    """

    def __init__(self, app: "ASGIApp", gate: Gate) -> None:
        self.app = app
        self.gate = gate

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send)
        state = scope.setdefault("state", {})
        state |= {"study": self.gate.study, "coder": "", "session": None, "preferences": None, "form": FormData()}
        state["gate"] = self.gate
        state["lang"] = self.gate.lang or choose_accepted(Headers(scope=scope).get("accept-language", ""))
        try:
            await self._pass(scope, receive, answer)
        except ClientDisconnect:
            return
        except HTTPException as refused:
            await self._refuse(refused, scope, receive, answer)
        except Exception as error:
            self.gate.report(error)
            if answer.has_begun:
                raise
            await self._refuse(HTTPException(500), scope, receive, answer)

    async def _pass(self, scope: "Scope", receive: "Receive", send: "_Answer") -> None:
        headers, method = Headers(scope=scope), scope["method"]
        check_host(headers, find_port(scope), self.gate.names, any_address=self.gate.any_address)
        if method in _READS:
            check_read(headers)
        elif method == "POST":
            check_write(headers)
        else:
            raise HTTPException(405, headers={"Allow": "GET, HEAD, POST"})
        session = await self._find_session(scope)
        is_open = scope["path"].startswith(OPEN)
        if session is None and not is_open:
            raise HTTPException(401)
        if method in _READS:
            await self.app(scope, receive, send)
            return
        body = await _read_body(receive, headers, LARGEST_FILES if scope["path"].startswith(FILES) else LARGEST)
        request = Request(scope, _replay(body, receive))
        try:
            form = await request.form()
        except (ValueError, KeyError) as error:
            raise HTTPException(400) from error
        try:
            if session is not None and not is_open:
                check_secret(session, headers.get("x-textq-secret") or form.get("secret"))
            scope["state"]["form"] = form
            await self.app(scope, _replay(body, receive), send)
        finally:
            await form.close()

    async def _find_session(self, scope: "Scope") -> Session | None:
        cookies = Request(scope).cookies
        session = self.gate.sessions.find(cookies.get(name_cookie(find_port(scope))))
        if session is not None and not scope["path"].startswith("/static/"):
            state = scope["state"]
            preferences = await anyio.to_thread.run_sync(_prepare, self.gate.study, session.coder, state["lang"])
            state |= {"session": session, "coder": session.coder, "preferences": preferences, "lang": preferences.lang}
        return session

    async def _refuse(self, refused: HTTPException, scope: "Scope", receive: "Receive", send: "_Answer") -> None:
        response = answer_refusal(Request(scope, receive), refused)
        await response(scope, receive, send)


class _Answer:
    """What is sent, with the headers that every answer carries."""

    def __init__(self, send: "Send") -> None:
        self._send = send
        self.has_begun = False

    async def __call__(self, message: "Message") -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            headers = MutableHeaders(scope=message)
            headers.update(HEADERS)
            headers.setdefault("Cache-Control", "no-store")
        await self._send(message)


def _prepare(study: "ReviewStudy", coder: str, lang: "Lang") -> Preferences:
    """Return how pages look to a coder.

    Raises
    ------
    HTTPException
        409 where another process loaded another run into the store: what these pages show is of the one before.
    """
    loaded = loaded_run(study.store)
    if loaded is not None and loaded[0] != study.run_id:
        raise HTTPException(409, detail="rescored")
    return load_preferences(study.store, coder, lang)


def find_port(scope: "Scope") -> int:
    """Return the port that a request came in by."""
    server: tuple[str, int | None] | None = scope.get("server")
    return (server[1] if server else None) or 80


def check_host(headers: Headers, port: int, names: frozenset[str], *, any_address: bool) -> None:
    """Refuse a request that is not for this machine by one of its names, or not for this port.

    Raises
    ------
    HTTPException
        403.
    """
    stated = headers.getlist("host")
    name, stated_port = split_host(stated[0]) if len(stated) == 1 else ("", None)
    if stated_port != port or not (name in names or is_loopback(name) or (any_address and _read_address(name))):
        raise HTTPException(403, detail="host")


def split_host(host: str) -> tuple[str, int | None]:
    """Return name and port of a ``Host``, brackets removed; ``("", None)`` where it is none.

    >>> split_host("[::1]:8000"), split_host("LocalHost")
    (('::1', 8000), ('localhost', 80))
    """
    if host.startswith("["):
        name, bracket, rest = host[1:].partition("]")
        colon, port = rest[:1], rest[1:]
        if not bracket or (rest and colon != ":"):
            return "", None
    else:
        name, colon, port = host.partition(":")
    if not colon:
        return name.lower(), 80
    return (name.lower(), int(port)) if port.isascii() and port.isdigit() and len(port) <= 5 else ("", None)


def is_loopback(name: str) -> bool:
    """Return whether a name is ``localhost``, or an address of the loopback.

    >>> is_loopback("127.0.0.1"), is_loopback("::1"), is_loopback("127.0.0.1.example.org")
    (True, True, False)
    """
    address = _read_address(name)
    return name == "localhost" or (address is not None and address.is_loopback)


def _read_address(name: str) -> "ipaddress.IPv4Address | ipaddress.IPv6Address | None":
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def find_names(host: str) -> frozenset[str]:
    """Return by which names this machine is called over a network, where the server listens at ``host``."""
    own = socket.gethostname().lower()
    of_machine = {own, f"{own.partition('.')[0]}.local"} if is_wildcard(host) else set()
    return frozenset({host.lower().strip("[]"), *of_machine})


def is_wildcard(host: str) -> bool:
    """Return whether a server at ``host`` listens on all addresses of the machine."""
    address = _read_address(host.strip("[]"))
    return address is not None and address.is_unspecified


def check_read(headers: Headers) -> None:
    """Refuse what another site's page, or another port's, embeds or fetches; following a link from it is no harm.

    Raises
    ------
    HTTPException
        403.
    """
    is_foreign = headers.get("sec-fetch-site") in ("same-site", "cross-site")
    is_page = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest", "document") == "document"
    if is_foreign and not is_page:
        raise HTTPException(403, detail="site")


def check_write(headers: Headers) -> None:
    """Refuse writes that no page of this server sent.

    Where neither ``Sec-Fetch-Site`` nor ``Origin`` is there, no browser sent it; the session's secret is needed still.

    Raises
    ------
    HTTPException
        403.
    """
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        raise HTTPException(403, detail="site")
    if site is None and origin is not None:
        scheme, _, host = origin.partition("://")
        if scheme not in ("http", "https") or host.lower() != headers["host"].lower():
            raise HTTPException(403, detail="site")


def check_secret(session: Session, secret: Any) -> None:
    """Refuse a write that does not bring the secret of its session.

    Raises
    ------
    HTTPException
        403.
    """
    if not isinstance(secret, str) or not secrets.compare_digest(secret.encode(), session.secret.encode()):
        raise HTTPException(403, detail="secret")


async def _read_body(receive: "Receive", headers: Headers, largest: int) -> bytes:
    """Return what was sent, unless it is too large: what a request says of its size is only believed where it is."""
    stated = headers.get("content-length", "0")
    if stated.isdigit() and int(stated) > largest:
        raise HTTPException(413)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > largest:
            raise HTTPException(413)
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: "Receive") -> "Receive":
    """Return a way to receive a body that was read already."""
    parts = iter([body])

    async def replay() -> "Message":
        for part in parts:
            return {"type": "http.request", "body": part, "more_body": False}
        return await receive()

    return replay
