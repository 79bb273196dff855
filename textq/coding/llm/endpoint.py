"""The address of a chat endpoint, as a user gives it: checked once, before anything is sent."""

import ipaddress
import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from textq.errors import ConfigError

_PORTS: dict[str, int] = {"http": 80, "https": 443}
_PATH = re.compile(r"[A-Za-z0-9/._~%:@!$&'()*+,;=-]*")
_HOST = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_TASK = "/chat/completions"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where chat completions are asked for; ``path`` ends in ``/chat/completions``."""

    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str

    @property
    def netloc(self) -> str:
        """Host and port, the port only where it is not the usual one."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address; two ways to write one address give the same."""
        return f"{self.scheme}://{self.netloc}{self.path}"

    @property
    def guards_key(self) -> bool:
        """Whether a key may be sent: encrypted, or to this machine or an IP address of the local network."""
        if self.scheme == "https" or self.host == "localhost":
            return True
        try:
            address = ipaddress.ip_address(self.host)
        except ValueError:
            return False
        return address.is_loopback or address.is_private


def parse_endpoint(base_url: str) -> Endpoint:
    """Return the endpoint below a base URL such as ``http://localhost:11434/v1``.

    Raises
    ------
    ConfigError
        If it is no address of the web, or holds a user name, a query or a fragment. The message does not repeat it,
        because it may hold a password.
    """
    try:
        parts = urlsplit(base_url.strip())
        host, port = _encode_host(parts.hostname or ""), parts.port
    except ValueError as error:
        raise ConfigError(f"base_url is no address: {error}. {_EXAMPLE}") from error
    scheme: Literal["http", "https"] = "https" if parts.scheme == "https" else "http"
    _check(parts)
    path = parts.path.rstrip("/").removesuffix(_TASK)
    return Endpoint(scheme, host, port or _PORTS[scheme], path + _TASK)


_EXAMPLE = "Write it as http://localhost:11434/v1 or https://api.example.com/v1."


def _check(parts: SplitResult) -> None:
    if parts.scheme not in _PORTS:
        raise ConfigError(f"base_url must begin with http:// or https://. {_EXAMPLE}")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise ConfigError(
            "base_url holds a user name, a query or a fragment. Leave it out; a key belongs in TEXTQ_LLM_KEY. "
            + _EXAMPLE
        )
    if not _PATH.fullmatch(parts.path):
        raise ConfigError(f"the path of base_url holds characters that must be percent-encoded. {_EXAMPLE}")


def _encode_host(host: str) -> str:
    if ":" in host:
        return str(ipaddress.IPv6Address(host))
    name = host.encode("idna").decode("ascii").lower().rstrip(".")
    if not _HOST.fullmatch(name):
        raise ValueError("it names no host")
    return name
