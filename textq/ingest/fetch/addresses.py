"""A URL as people write it → Address: where to connect, and what to ask for, all in ASCII."""

import ipaddress
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from textq.ingest.fetch.failure import FetchError

Scheme = Literal["http", "https"]

_PORTS: dict[Scheme, int] = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")
_LONGEST_HOST = 253
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_PATH_SAFE = "/:@!$&'()*+,;=~%"
_QUERY_SAFE = _PATH_SAFE + "?"


@dataclass(frozen=True, slots=True)
class Address:
    """What a URL says, without its fragment.

    ``host`` is in lower case, a name in its ASCII form or a bare IP address; ``target`` the path and the query,
    percent-encoded.
    """

    scheme: Scheme
    host: str
    port: int
    target: str

    @property
    def netloc(self) -> str:
        """The host as a header names it: with the port where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port: what one robots.txt speaks for."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def url(self) -> str:
        """The whole address."""
        return self.origin + self.target


def parse_address(url: str) -> Address:
    """Return the address that a URL names: hosts by IDNA, paths and queries percent-encoded as UTF-8.

    Raises
    ------
    FetchError
        If it is no address of the web, or holds a user name or password.
    """
    try:
        parts = urlsplit(_refuse_odd_characters(url.strip()))
        scheme = _read_scheme(parts)
        host, port = _encode_host(parts.hostname or ""), parts.port or _PORTS[scheme]
        target = _encode_target(parts)
    except ValueError as error:  # UnicodeError is one
        raise FetchError(f"{url!r} is no address: {error}. Correct the url.") from error
    if "@" in parts.netloc:
        raise FetchError(f"the url of {host} holds a user name or password, which would be passed on. Remove it.")
    return Address(scheme, host, port, target)


def follow_location(address: Address, location: str) -> Address:
    """Return where a redirect leads.

    Raises
    ------
    FetchError
        If it leads to no address of the web, or from https to http.
    """
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode("utf-8")  # headers arrive as Latin-1; many servers send UTF-8
    try:
        target = parse_address(urljoin(address.url, location))
    except (FetchError, ValueError) as error:
        raise FetchError(f"{address.url} leads to {location!r}, which is not followed: {error}") from error
    if (address.scheme, target.scheme) == ("https", "http"):
        raise FetchError(
            f"{address.url} leads to {target.url}, which is not encrypted. Write that url if you trust it."
        )
    return target


def _refuse_odd_characters(url: str) -> str:
    if _CONTROL.search(url) or "\\" in url:
        raise ValueError("it holds a control character or a backslash")
    return url


def _read_scheme(parts: SplitResult) -> Scheme:
    if parts.scheme == "http":
        return "http"
    if parts.scheme == "https":
        return "https"
    raise ValueError("only http:// and https:// are fetched")


def _encode_host(host: str) -> str:
    if ":" in host:
        return _check_ipv6(host)
    ascii_host = host.encode("idna").decode("ascii").lower().rstrip(".")
    if not _HOST.fullmatch(ascii_host) or len(ascii_host) > _LONGEST_HOST:
        raise ValueError(f"{host!r} is no name of a host")
    return ascii_host


def _check_ipv6(host: str) -> str:
    if "%" in host:
        raise ValueError("an address with a zone is local")
    return str(ipaddress.IPv6Address(host))


def _encode_target(parts: SplitResult) -> str:
    path = _remove_dots(quote(_BARE_PERCENT.sub("%25", parts.path), safe=_PATH_SAFE))
    query = quote(_BARE_PERCENT.sub("%25", parts.query), safe=_QUERY_SAFE)
    return f"{path}?{query}" if query else path


def _remove_dots(path: str) -> str:
    """Resolve "." and ".." so that a rule of robots.txt sees the path that the server sees."""
    kept: list[str] = []
    segments = path.split("/")[1:] or [""]
    for segment in segments:
        plain = segment.lower().replace("%2e", ".")
        if plain == ".." and kept:
            kept.pop()
        elif plain not in {".", ".."}:
            kept.append(segment)
    if segments[-1].lower().replace("%2e", ".") in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
