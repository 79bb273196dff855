"""One address → one file that is whole, of the right kind, and stored under its name."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from textq.http.clock import Clock
from textq.ingest.fetch.addresses import Address
from textq.ingest.fetch.client import Reply
from textq.ingest.fetch.content import check_kind, choose_ending, find_ending, sniff_kind
from textq.ingest.fetch.decoding import decode_pieces
from textq.ingest.fetch.failure import FetchError
from textq.ingest.fetch.partial import Partial, find_total
from textq.ingest.fetch.visit import Visit, Visitor, refuse_status

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,60}/[a-z0-9!#$&^_.+-]{1,100}")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([a-z0-9_.:-]{1,40})""")
_RANGE_NOT_SATISFIABLE = 416


@dataclass(frozen=True, slots=True)
class Download:
    """A file that has arrived: its name relative to the folder, and what is known of it (see ``Fetched``)."""

    file: str
    sha256: str
    size: int
    final_url: str
    content_type: str
    charset: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to be fetched.

    ``name`` is relative to the folder, with or without the ending of a document; ``sha256`` is what the manifest
    says of the file, "" if nothing.
    """

    address: Address
    name: str
    sha256: str = ""


def download(wanted: Wanted, visitor: Visitor, clock: Clock, *, folder: Path, work: Path, most_bytes: int) -> Download:
    """Fetch a file into ``folder``; what arrives is kept in ``work`` until it is whole.

    Raises
    ------
    FetchError
        If it cannot be had, or is not what the manifest says.
    """
    partial = Partial(work, wanted.address.url)
    with visitor.visit(wanted.address, partial.make_headers) as visit:
        if visit.reply.status == _RANGE_NOT_SATISFIABLE and partial.size:
            partial.discard()
            raise FetchError(f"{visit.address.url}: the server no longer has the part that is missing.", retry=True)
        refuse_status(visit, clock, expected=(200, 206))
        _receive(visit, partial, most_bytes)
    try:
        return _store(wanted, visit, partial, folder)
    except FetchError:
        partial.discard()
        raise


def _receive(visit: Visit, partial: Partial, most_bytes: int) -> None:
    """Append the body to the part that is there, up to the size that is allowed."""
    reply = visit.reply
    there = partial.begin(visit.address, reply)
    total = find_total(reply, there)
    encoding = reply.headers.get("content-encoding", "")
    try:
        _refuse_size(total or 0, most_bytes)
        with partial.path.open("ab", buffering=0) as file:
            for piece in decode_pieces(reply.pieces, encoding):
                there += file.write(piece) or 0
                _refuse_size(there, most_bytes)
            os.fsync(file.fileno())
    except TooLargeError:
        partial.discard()
        raise
    if not encoding and total is not None and there != total:
        raise FetchError(f"{visit.address.url}: {there:,} of {total:,} bytes arrived.", retry=True)


class TooLargeError(FetchError):
    """A file has more bytes than are allowed."""


def _refuse_size(size: int, most_bytes: int) -> None:
    if size > most_bytes:
        raise TooLargeError(f"the file has more than {most_bytes:,} bytes. Raise --most-bytes if it is a document.")


def _store(wanted: Wanted, visit: Visit, partial: Partial, folder: Path) -> Download:
    content_type, charset = parse_content_type(visit.reply)
    kind = sniff_kind(partial.path, content_type)
    target = wanted.address.target
    check_kind(kind, file=wanted.name, target=target)
    sha256 = hash_file(partial.path)
    check_hash(sha256, wanted.sha256)
    name = wanted.name if find_ending(wanted.name) else wanted.name + choose_ending(kind, target)
    size = partial.size
    place(partial.path, locate(folder, name))
    partial.discard()
    return Download(name, sha256, size, visit.address.url, content_type, charset)


def check_hash(sha256: str, stated: str) -> None:
    """Refuse a file that is not the one of the manifest; "" states nothing.

    Raises
    ------
    FetchError
        If the hashes differ.
    """
    if stated and sha256 != stated:
        raise FetchError(
            f"its sha256 is {sha256}, the manifest says {stated}: the file was changed since. "
            "Look at it in a browser; empty the cell sha256 to take it as it is now."
        )


def parse_content_type(reply: Reply) -> tuple[str, str]:
    """Return content type and charset in lower case as the server states them, "" for what it does not state."""
    stated = reply.headers.get("content-type", "").lower()
    kind, charset = stated.partition(";")[0].strip(), _CHARSET.search(stated)
    return kind if _TYPE.fullmatch(kind) else "", charset[1] if charset else ""


def hash_file(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def locate(folder: Path, name: str) -> Path:
    """Return where a file belongs.

    Raises
    ------
    FetchError
        If a link would lead out of the folder.
    """
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise FetchError(f"the file {name} lies outside {folder}, by a link. Remove the link, or give another name.")
    return path


def place(source: Path, target: Path) -> None:
    """Move a whole file to its place in one step, safe on the disk before anything says that it is there.

    Raises
    ------
    FetchError
        If no file of that name can be there: too long, a folder, or below a file.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        source.replace(target)
    except OSError as error:
        raise FetchError(f"{target} cannot be written: {error.strerror}. Give the row another `file`.") from error
    sync_folder(target.parent)


def sync_folder(folder: Path) -> None:
    """Make sure that the names in a folder survive a power cut, where the system can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
