"""What is there already: rows of a manifest that need no request."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from textq.ingest.fetch.content import READ_KINDS, find_ending
from textq.ingest.fetch.download import hash_file, locate
from textq.ingest.fetch.failure import FetchError
from textq.ingest.fetch.listing import ListedRow
from textq.ingest.fetch.log import FetchLog
from textq.ingest.fetch.spec import Fetched


def find_kept(row: ListedRow, name: str, folder: Path, log: FetchLog) -> Fetched | None:
    """Return what is known of the file of a row if it is there, None if it is not.

    Raises
    ------
    FetchError
        If a file is there that is not the one of the manifest.
    """
    entry = log.find_file(row.url, name) or {}
    for file in _list_candidates(name, str(entry.get("file", ""))):
        if os.path.isfile(os.path.join(folder, file)):  # cheaper than paths, for ten candidates a row
            path = locate(folder, file)
            sha256 = hash_file(path)
            if row.sha256 and sha256 != row.sha256:
                raise FetchError(
                    f"{file} is there, but its sha256 is {sha256}, not the one of the manifest. "
                    "Delete the file or use --force to fetch it again; or empty the cell sha256 to take it as it is."
                )
            kept = Fetched(row.line, row.url, file, "kept", sha256=sha256, size=path.stat().st_size)
            return _add_stated(kept, entry) if entry.get("sha256") == sha256 else kept
    return None


def _add_stated(kept: Fetched, entry: Mapping[str, Any]) -> Fetched:
    """Add what was noted when the file was fetched."""
    return replace(
        kept, retrieved_on=entry["retrieved_on"], final_url=entry["final_url"],
        content_type=entry["content_type"], charset=entry["charset"],
    )  # fmt: skip


def _list_candidates(name: str, fetched: str) -> Iterator[str]:
    """Yield the names that a file may have: as written or, without an ending, as fetched or put there by hand."""
    if find_ending(name):
        yield name
        return
    if fetched:
        yield fetched
    yield from (name + ending for ending in sorted(READ_KINDS | {".htm", ".shtml", ".wps", ".md"}))
