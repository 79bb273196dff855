"""How a manifest is fetched, and what became of each of its rows."""

import re
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from textq.errors import ConfigError

FetchStatus = Literal["fetched", "kept", "failed", "left"]
"""Fetched now; there already; not there, with the reason; not tried, because ``limit`` was reached."""

_PRODUCT = re.compile(r"[A-Za-z_-]+")


def _name_agent() -> str:
    return f"textq/{version('textq')}"


@dataclass(frozen=True, slots=True)
class FetchSpec:
    """How a manifest is fetched.

    Attributes
    ----------
    out
        The folder for the files and the completed ``manifest.csv``; None: the manifest's own.
    delay
        Seconds between the end of one request and the next to the same host; robots.txt may ask for more.
    retries
        How often a request is repeated that may succeed later.
    most_bytes
        A larger file is refused, compressed in transfer or not.
    timeout
        Seconds without an answer after which a request has failed.
    most_seconds
        Seconds that one request may last altogether; what arrived is kept, and the next run goes on from there.
    user_agent
        How we name ourselves. Its first word is the name that robots.txt can address.
    allow_private
        Whether hosts with private addresses may be connected to (loopback, local networks).
    force
        Whether files are fetched again that are there.
    limit
        The most addresses that are tried in one run, None for all.
    proxy
        "http://host:port" of a proxy. It resolves the names, so the addresses of hosts are NOT checked.
    seed
        Seed of the jitter of the waits between retries.

    Raises
    ------
    ConfigError
        If a value is outside its range.
    """

    out: Path | None = None
    delay: float = 2.0
    retries: int = 3
    most_bytes: int = 50_000_000
    timeout: float = 30.0
    most_seconds: float = 600.0
    user_agent: str = field(default_factory=_name_agent)
    allow_private: bool = False
    force: bool = False
    limit: int | None = None
    proxy: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        _require("delay", "seconds, 0 or more", self.delay, 0 <= self.delay < float("inf"))
        _require("retries", "a whole number, 0 or more", self.retries, self.retries >= 0)
        _require("most_bytes", "a number of bytes, 1 or more", self.most_bytes, self.most_bytes >= 1)
        _require("timeout", "seconds, more than 0", self.timeout, 0 < self.timeout < float("inf"))
        _require("most_seconds", "seconds, more than 0", self.most_seconds, 0 < self.most_seconds < float("inf"))
        _require("limit", "a whole number, 1 or more", self.limit, self.limit is None or self.limit >= 1)
        plain = self.user_agent.isascii() and self.user_agent.isprintable()
        _require("user_agent", "plain ASCII that begins with a name, such as 'textq/1.0 (mail@example.org)'",
                 self.user_agent, plain and _PRODUCT.match(self.user_agent) is not None)  # fmt: skip

    @property
    def product(self) -> str:
        """The name, in lower case, by which robots.txt addresses us."""
        found = _PRODUCT.match(self.user_agent)
        assert found is not None  # checked when the spec was made
        return found[0].lower()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one row of a manifest.

    ``file`` is relative to the folder of the files, "" where no name is known yet; ``retrieved_on`` an ISO date;
    ``size`` in bytes. ``final_url`` is where redirects led, ``content_type`` and ``charset`` are as the server stated
    them ("" = not stated, or not known because the file was there already).
    """

    line: int
    url: str
    file: str
    status: FetchStatus
    reason: str = ""
    sha256: str = ""
    size: int = 0
    retrieved_on: str = ""
    final_url: str = ""
    content_type: str = ""
    charset: str = ""


def _require(name: str, wanted: str, got: object, fits: bool) -> None:
    if not fits:
        raise ConfigError(f"The {name!r} parameter of FetchSpec must be {wanted}. Got {got!r} instead.")
