"""One POST to one endpoint: urllib3's part. No redirects, no retries, no proxies, no endless answers."""

import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPException
from importlib.metadata import version
from typing import TYPE_CHECKING

from textq.coding.llm.endpoint import Endpoint
from textq.coding.llm.failure import ExchangeError
from textq.coding.llm.key import Key
from textq.http.watch import Watch, shut

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.response import BaseHTTPResponse

MOST_BYTES = 4_000_000
"""A longer answer is refused: no coding is that long."""

_PIECE = 1 << 16
_MOST_CONNECT_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a server: ``headers`` by names in lower case, ``body`` as sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Poster:
    """Sends requests, one connection each; any number of threads may share it."""

    def __init__(self, endpoint: Endpoint, key: Key, timeout: float) -> None:
        self._endpoint = endpoint
        self._key = key
        self._timeout = timeout
        self._open: set[HTTPConnection] = set()
        self._closed = False
        self._lock = threading.Lock()

    def post(self, body: bytes) -> Reply:
        """Send a JSON body, and return the whole answer whatever its status.

        Raises
        ------
        ExchangeError
            If no connection is made, it breaks, lasts too long, or the answer is too large.
        """
        with self._translate(), self._connect() as connection, self._watch(connection) as watch:
            connection.request(
                "POST", self._endpoint.path, body=body, headers=self._headers(),
                preload_content=False, decode_content=False,
            )  # fmt: skip
            response = connection.getresponse()
            received = _receive(response)
            if watch.expired:  # a body without a length ends where the connection ends
                raise TimeoutError
            names = {name.lower(): value for name, value in response.headers.items()}
            return Reply(response.status, names, received)

    @property
    def closed(self) -> bool:
        """Whether the run was ended."""
        return self._closed

    def close(self) -> None:
        """Break what is under way in other threads, and refuse what comes."""
        with self._lock:
            self._closed = True
            for connection in self._open:
                shut(connection.sock)

    def _headers(self) -> dict[str, str]:
        own = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "User-Agent": f"textq/{version('textq')}",
            "Connection": "close",
        }
        return own | ({"Authorization": f"Bearer {self._key.value}"} if self._key.value else {})

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Certificates and names of hosts are checked, by the certificates that the system trusts."""
        return ssl.create_default_context()

    @contextmanager
    def _connect(self) -> "Iterator[HTTPConnection]":
        from urllib3.connection import HTTPConnection, HTTPSConnection

        host, port, seconds = self._endpoint.host, self._endpoint.port, min(self._timeout, _MOST_CONNECT_SECONDS)
        if self._endpoint.scheme == "https":
            connection: HTTPConnection = HTTPSConnection(host, port, timeout=seconds, ssl_context=self._tls)
        else:
            connection = HTTPConnection(host, port, timeout=seconds)
        try:
            connection.connect()
            with self._lock:
                if self._closed:
                    raise ConnectionAbortedError("the run was ended")
                self._open.add(connection)
            if connection.sock is not None:
                connection.sock.settimeout(self._timeout)
            yield connection
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    @contextmanager
    def _watch(self, connection: "HTTPConnection") -> "Iterator[Watch]":
        watch = Watch(connection.sock, self._timeout)
        try:
            yield watch
        except Exception as error:
            if watch.expired:
                raise TimeoutError from error
            raise
        finally:
            watch.stop()

    @contextmanager
    def _translate(self) -> Iterator[None]:
        """Turn what goes wrong below into an ExchangeError that says what to do."""
        from urllib3.exceptions import HTTPError

        try:
            yield
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise self._describe(error) from error

    def _describe(self, error: Exception) -> ExchangeError:
        from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

        netloc = self._endpoint.netloc
        if isinstance(error, ConnectTimeoutError):
            return ExchangeError(
                f"{netloc} cannot be reached. Check base_url, the network, and that the server runs.", retry=True
            )
        if isinstance(error, (TimeoutError, ReadTimeoutError)):
            return ExchangeError(
                f"{netloc} did not finish its answer within {self._timeout:g} seconds. Set a longer timeout.",
                retry=True,
            )
        if isinstance(error, ssl.SSLCertVerificationError):
            return ExchangeError(
                f"the certificate of {netloc} cannot be trusted ({error.verify_message}). Certificates are always "
                "checked; if your network has its own root certificate, name its file in SSL_CERT_FILE.",
                stop=True,
            )
        said = self._key.redact(f"{type(error).__name__}: {error}")
        return ExchangeError(f"the connection to {netloc} failed: {said}. Check that the server runs.", retry=True)


def _receive(response: "BaseHTTPResponse") -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := response.read1(_PIECE, decode_content=False):
        pieces.append(piece)
        size += len(piece)
        if size > MOST_BYTES:
            raise ExchangeError(
                f"the answer has more than {MOST_BYTES:,} bytes, which no coding has. Check that base_url is a chat "
                "endpoint."
            )
    return b"".join(pieces)
