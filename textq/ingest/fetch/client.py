"""One request to one address that was checked before: urllib3's part, without redirects, retries and decoding."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from http.client import HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from textq.errors import ConfigError
from textq.http.watch import Watch
from textq.ingest.fetch.addresses import Address
from textq.ingest.fetch.failure import FetchError

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection
    from urllib3.response import BaseHTTPResponse

_PIECE = 1 << 16
"""Bytes that are read at once, at most."""

_TLS_HELP = (
    ("CERTIFICATE_VERIFY_FAILED", "its certificate cannot be trusted. Certificates are always checked; if your network "
     "has its own root certificate, name its file in the environment variable SSL_CERT_FILE"),
    ("LEGACY_RENEGOTIATION", "it speaks an outdated TLS (renegotiation without protection), which is refused"),
    ("DH_KEY_TOO_SMALL", "it speaks an outdated TLS (a key that is too short), which is refused"),
    ("UNSUPPORTED_PROTOCOL", "it speaks an outdated TLS, older than 1.2, which is refused"),
    ("VERSION", "it speaks an outdated TLS, or none at this port"),
)  # fmt: skip
"""What OpenSSL's words mean for a user."""

_BY_HAND = "Download the file in a browser and put it into the folder under the name in `file`: then it counts as there"


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer of a server: ``headers`` by names in lower case, ``pieces`` the body as sent."""

    status: int
    headers: Mapping[str, str]
    pieces: Iterator[bytes]


class Client:
    """Sends requests, one connection each.

    ``timeout`` are the seconds without an answer, ``most_seconds`` those of a whole request; ``proxy`` is
    "http://host:port" or None.
    """

    def __init__(self, user_agent: str, timeout: float, most_seconds: float, proxy: str | None = None) -> None:
        self._user_agent = user_agent
        self._timeout = timeout
        self._most_seconds = most_seconds
        self._proxy = proxy

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        """Certificates and names of hosts are checked, by the certificates that the system trusts."""
        return ssl.create_default_context()

    @contextmanager
    def open(self, address: Address, hosts: tuple[str, ...], headers: Mapping[str, str]) -> Iterator[Reply]:
        """Connect to the first of the IP addresses ``hosts`` that answers, and ask for ``address``.

        Raises
        ------
        FetchError
            If no connection is made, it breaks, or it lasts too long.
        """
        connection = self._connect(address, hosts)
        watch = Watch(connection.sock, self._most_seconds)
        try:
            with _translate(address, watch):
                response = self._ask(connection, address, headers)
            names = {name.lower(): value for name, value in response.headers.items()}
            yield Reply(response.status, names, _read_pieces(response, address, watch))
        finally:
            watch.stop()
            connection.close()

    def _connect(self, address: Address, hosts: tuple[str, ...]) -> "HTTPConnection":
        failure: FetchError | None = None
        for host in hosts:
            connection = self._prepare(address, host)
            try:
                with _translate(address):
                    connection.connect()
            except FetchError as error:
                connection.close()
                failure = failure or error
            else:
                return connection
        raise failure or FetchError(f"{address.host} has no address to connect to.")

    def _prepare(self, address: Address, host: str) -> "HTTPConnection":
        """Return a connection to an IP address (of the proxy, if there is one); certificates are for the name."""
        from urllib3.connection import HTTPConnection, HTTPSConnection

        peer, port = parse_proxy(self._proxy) if self._proxy else (host, address.port)
        if address.scheme == "http":
            return HTTPConnection(peer, port, timeout=self._timeout)
        connection = HTTPSConnection(
            peer, port, timeout=self._timeout, ssl_context=self._tls, server_hostname=address.host
        )
        if self._proxy:
            connection.set_tunnel(address.host, address.port)
        return connection

    def _ask(self, connection: "HTTPConnection", address: Address, headers: Mapping[str, str]) -> "BaseHTTPResponse":
        through = self._proxy is not None and address.scheme == "http"
        own = {
            "Host": address.netloc,
            "User-Agent": self._user_agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",  # a range of a compressed file cannot be resumed
            "Connection": "close",
        }
        connection.request(
            "GET", address.url if through else address.target, headers={**own, **headers},
            preload_content=False, decode_content=False,
        )  # fmt: skip
        return connection.getresponse()


def parse_proxy(proxy: str) -> tuple[str, int]:
    """Return host and port of "http://host:port".

    Raises
    ------
    ConfigError
        If it is of another form.
    """
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme != "http" or not host or not port or "@" in parts.netloc:
        raise ConfigError("The 'proxy' parameter of FetchSpec must be http://host:port, without a user name.")
    return host, port


def _read_pieces(response: "BaseHTTPResponse", address: Address, watch: Watch) -> Iterator[bytes]:
    with _translate(address, watch):
        while piece := response.read1(_PIECE, decode_content=False):
            yield piece
        if watch.expired:  # a body without a length ends where the connection ends
            raise ConnectionError


@contextmanager
def _translate(address: Address, watch: Watch | None = None) -> Iterator[None]:
    """Turn what goes wrong below into a FetchError that says what to do."""
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (HTTPError, HTTPException, OSError, ValueError) as error:
        raise _describe(error, address, watch) from error


def _describe(error: Exception, address: Address, watch: Watch | None) -> FetchError:
    from urllib3.exceptions import ConnectTimeoutError, ReadTimeoutError

    if watch is not None and watch.expired:
        return FetchError(
            f"{address.host} did not finish within {watch.seconds:g} seconds. What arrived is kept: run again to go on."
        )
    if isinstance(error, ssl.SSLError):
        return _describe_tls(error, address)
    if isinstance(error, (TimeoutError, ConnectTimeoutError, ReadTimeoutError)):
        return FetchError(f"{address.host} did not answer in time.", retry=True)
    return FetchError(f"the connection to {address.host} failed: {type(error).__name__}: {error}.", retry=True)


def _describe_tls(error: ssl.SSLError, address: Address) -> FetchError:
    found = next((text for mark, text in _TLS_HELP if mark in str(error).upper()), None)
    if found is None:
        return FetchError(f"the encrypted connection to {address.host} failed: {error}.", retry=True)
    return FetchError(f"no encrypted connection to {address.host}: {found} ({error}). {_BY_HAND}.")
