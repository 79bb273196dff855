"""The original file behind a document: where it lies now, and whether it still holds the bytes that were scored."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from textq.errors import ReadError

if TYPE_CHECKING:
    from textq.ingest.files import SourceFile

PDF_ENDING = ".pdf"

Reason = Literal["", "no_pdf", "no_folders", "absent", "changed"]
"""Why there is no image: the file has no pages, the run does not know its folders, the file is gone, or another."""


@dataclass(frozen=True, slots=True)
class Original:
    """The file of a document, or why it cannot be shown.

    ``file`` is None wherever there is a ``reason``.
    """

    file: "SourceFile | None"
    reason: Reason = ""


def find_original(meta: Mapping[str, Any], path: str, sha256: str) -> Original:
    """Return the file of a document.

    Parameters
    ----------
    meta
        ``run.json``; the folders that were scored stand under ``volatile.folders``.
    path
        The document's path, as the table of documents has it.
    sha256
        The hash of the bytes that were scored.
    """
    if PurePosixPath(path).suffix.lower() != PDF_ENDING:
        return Original(None, "no_pdf")
    folders = [Path(folder) for folder in meta.get("volatile", {}).get("folders", ())]
    if not folders:
        return Original(None, "no_folders")
    found = [file for file in _list_places(folders, path) if file.location.is_file()]
    same = next((file for file in found if _hash_file(file) == sha256), None)
    if same is None:
        return Original(None, "changed" if found else "absent")
    return Original(same)


def _list_places(folders: Sequence[Path], path: str) -> "Iterator[SourceFile]":
    """Yield where a file may lie: below a folder, or, of several folders, below the one that its path begins with."""
    parts = PurePosixPath(path).parts
    if not parts or ".." in parts or PurePosixPath(path).is_absolute():
        return
    for folder in folders:
        yield from _list_members(folder, path, parts)
        if len(parts) > 1 and parts[0] == folder.name:
            yield from _list_members(folder, path, parts[1:])


def _list_members(folder: Path, path: str, parts: Sequence[str]) -> "Iterator[SourceFile]":
    """Yield a file below a folder, as one of its own or as a member of an archive."""
    from textq.ingest.archive import ARCHIVE_ENDING
    from textq.ingest.files import SourceFile

    yield SourceFile(path, folder.joinpath(*parts))
    for n, part in enumerate(parts[:-1], 1):
        if part.lower().endswith(ARCHIVE_ENDING):
            yield SourceFile(path, folder.joinpath(*parts[:n]), member="/".join(parts[n:]))


def _hash_file(file: "SourceFile") -> str:
    state = file.location.stat()
    return _hash_bytes(file.location, file.member, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=4096)
def _hash_bytes(location: Path, member: str, _mtime: int, _size: int) -> str:
    """Return the hash of a file, read once until it changes; ``""`` where it cannot be read."""
    from textq.ingest.files import SourceFile

    try:
        data = SourceFile("", location, member=member).read_bytes()
    except (OSError, ReadError):
        return ""
    return hashlib.sha256(data).hexdigest()
