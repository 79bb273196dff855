"""A file that has arrived in part: kept through interruptions, and gone on with only where that is safe."""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from textq.http.waits import parse_moment
from textq.ingest.fetch.addresses import Address
from textq.ingest.fetch.client import Reply
from textq.ingest.fetch.failure import FetchError

_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15}|\*)")
_STRONG_ETAG = re.compile(r'"[\x21\x23-\x7e]{0,200}"')
_STRONG_AFTER = timedelta(seconds=1)
"""A Last-Modified at least so much older than the answer tells two versions of a file apart (RFC 9110, 8.8.2.2)."""


@dataclass(frozen=True, slots=True)
class _Version:
    """Which version of which address has arrived in part: ``validator`` is a strong ETag or a date."""

    url: str
    validator: str


class Partial:
    """The part of a url's file below ``folder``, and beside it the version that it is a part of."""

    def __init__(self, folder: Path, url: str) -> None:
        name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.path = folder / f"{name}.partial"
        self._note = folder / f"{name}.json"

    @property
    def size(self) -> int:
        """Bytes that have arrived."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def make_headers(self, address: Address) -> Mapping[str, str]:
        """Return the headers that ask ``address`` for the rest, none where we cannot be sure that it would fit."""
        version = self._read_version()
        if version is None or version.url != address.url or self.size == 0:
            return {}
        return {"Range": f"bytes={self.size}-", "If-Range": version.validator}

    def begin(self, address: Address, reply: Reply) -> int:
        """Get ready for the body of a reply, and return how many bytes of the file are there already.

        Raises
        ------
        FetchError
            If the reply is another part than the one that is missing.
        """
        if reply.status == 206:
            return self._check_rest(address, reply)
        self.discard()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.touch()
        validator = _find_validator(reply.headers)
        if validator:
            self._write_version(_Version(address.url, validator))
        return 0

    def discard(self) -> None:
        """Forget what has arrived."""
        self._note.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)

    def _check_rest(self, address: Address, reply: Reply) -> int:
        stated = _RANGE.fullmatch(reply.headers.get("content-range", "").strip())
        version, size = self._read_version(), self.size
        fits = stated is not None and int(stated[1]) == size > 0
        if not fits or version is None or version.url != address.url or not _is_same(reply.headers, version.validator):
            self.discard()
            raise FetchError(f"{address.url}: the server sent another part than the one asked for.", retry=True)
        return size

    def _read_version(self) -> _Version | None:
        if not self._note.is_file():
            return None
        try:
            return _Version(**json.loads(self._note.read_text(encoding="utf-8")))
        except (ValueError, TypeError):  # written by halves, or by another version of textq: begin anew
            return None

    def _write_version(self, version: _Version) -> None:
        draft = self._note.with_suffix(f".{os.getpid()}")
        draft.write_text(json.dumps(asdict(version)), encoding="utf-8")
        draft.replace(self._note)


def find_total(reply: Reply, there: int) -> int | None:
    """Return how many bytes the whole file has by what the server states, None if it does not say."""
    stated = _RANGE.fullmatch(reply.headers.get("content-range", "").strip())
    if reply.status == 206 and stated and stated[3] != "*":
        return int(stated[3])
    length = reply.headers.get("content-length", "")
    return there + int(length) if length.isascii() and length.isdigit() and len(length) < 16 else None


def _is_same(headers: Mapping[str, str], validator: str) -> bool:
    """Return whether the rest belongs to the version of which a part is there."""
    if not _is_plain(headers):
        return False
    return not validator.startswith('"') or headers.get("etag", validator) == validator


def _is_plain(headers: Mapping[str, str]) -> bool:
    return headers.get("content-encoding", "").strip().lower() in {"", "identity"}


def _find_validator(headers: Mapping[str, str]) -> str:
    """Return what tells this version of the file from every other, "" if nothing does."""
    etag, date = headers.get("etag", ""), headers.get("last-modified", "")
    if not _is_plain(headers):
        return ""
    if _STRONG_ETAG.fullmatch(etag):
        return etag
    changed, sent = parse_moment(date), parse_moment(headers.get("date"))
    return date if date.isprintable() and changed and sent and sent - changed >= _STRONG_AFTER else ""
