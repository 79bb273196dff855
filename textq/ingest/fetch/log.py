"""What was fetched, a line each, safe on the disk before the next one is begun: nothing done is done twice."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from textq.errors import ConfigError

WORK = ".fetch"
"""The folder beside the files that holds the log, the parts of files and the earlier manifests."""

_LOG = "log.jsonl"
_LOCK = "lock"


class FetchLog:
    """The log of a folder, held by one run at a time.

    Raises
    ------
    ConfigError
        If another run holds it, or a line of it is damaged.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / _LOCK).open("ab")
        try:
            _lock_file(self._lock, folder)
            self._path = folder / _LOG
            self._files: dict[tuple[str, str], Mapping[str, Any]] = {}
            self._manifests: set[str] = set()
            for entry in _read_entries(self._path):
                self._remember(entry)
            self._file = self._path.open("ab")
        except BaseException:
            self._lock.close()
            raise

    def __enter__(self) -> "FetchLog":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._file.close()
        self._lock.close()

    def add(self, entry: Mapping[str, Any]) -> None:
        """Append an entry; it is on the disk when this returns."""
        self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())
        self._remember(entry)

    def find_file(self, url: str, name: str) -> Mapping[str, Any] | None:
        """Return the newest entry of a file fetched from ``url`` under ``name``, with its ending or still without."""
        return self._files.get((url, name))

    def wrote_manifest(self, sha256: str) -> bool:
        """Return whether a run of ours wrote a manifest of this content."""
        return sha256 in self._manifests

    def _remember(self, entry: Mapping[str, Any]) -> None:
        if entry.get("status") == "fetched":
            self._files[entry["url"], entry["name"]] = self._files[entry["url"], entry["file"]] = entry
        elif "manifest" in entry:
            self._manifests.add(entry["manifest"])


def _read_entries(path: Path) -> list[Mapping[str, Any]]:
    """Read all lines; a last one that was cut off (the power went) is removed from the file."""
    data = path.read_bytes() if path.is_file() else b""
    whole = data[: data.rfind(b"\n") + 1]
    if len(whole) < len(data):
        os.truncate(path, len(whole))
    try:
        return [json.loads(line) for line in whole.splitlines()]
    except ValueError as error:
        raise ConfigError(f"{path} is damaged: {error}. Move it away; files that are there are kept.") from error


def _lock_file(file: BinaryIO, folder: Path) -> None:
    """Lock a file until it is closed, or the process ends in whatever way."""
    try:
        if os.name == "posix":
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        else:
            import msvcrt

            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    except OSError as error:
        raise ConfigError(f"another `textq fetch` is at work in {folder.parent}. Wait for its end.") from error
