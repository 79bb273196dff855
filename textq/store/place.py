"""The folder a store lies in: what journal works there, what endangers it, and what tells it from a copy elsewhere."""

import hashlib
import os
import platform
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal
from uuid import getnode, uuid4

Journal = Literal["wal", "delete"]

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "fuse.sshfs", "afs", "ncpfs", "9p", "davfs"}
)
_SYNCED = (
    "onedrive",
    "dropbox",
    "nutstore",
    "坚果云",
    "icloud",
    "com~apple~clouddocs",
    "googledrive",
    "google drive",
    "baidusyncdisk",
    "百度网盘同步",
    "阿里云盘",
    "synologydrive",
    "nextcloud",
    "seafile",
)
_REMOTE_DRIVE = 4
"""What Windows calls a drive of the network (GetDriveType)."""


def probe_journal(folder: Path) -> Journal:
    """Return the journal that works in a folder, tried out on a throw-away database.

    Some file systems answer ``wal`` to the wish for it and fail at the first write; so one is made, and read back by
    a second connection. The folder must be writable.
    """
    with _throw_away(folder) as path:
        try:
            with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as writer:
                (journal,) = writer.execute("PRAGMA journal_mode=WAL").fetchone()
                writer.execute("CREATE TABLE probe (n INTEGER)")
                writer.execute("INSERT INTO probe VALUES (7)")
                with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as reader:
                    found = reader.execute("SELECT n FROM probe").fetchall()
        except sqlite3.Error:
            return "delete"
    return "wal" if journal == "wal" and found == [(7,)] else "delete"


@contextmanager
def _throw_away(folder: Path) -> Iterator[Path]:
    path = folder / f".textq-probe-{uuid4().hex}.sqlite"
    try:
        yield path
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def find_risk(folder: Path) -> str | None:
    """Return what endangers a database in a folder, in words for the user, or None.

    A drive of the network may lose the locks that keep two programs from writing at once; a folder that a cloud
    service copies may be copied in the middle of a write.
    """
    folder = folder.resolve()
    if _is_remote(folder):
        return f"{folder} lies on a drive of the network, where a database can be damaged. Review on a local drive."
    service = _find_service(folder)
    if service:
        return (
            f"{folder} is copied by a cloud service ({service}), which can damage a database that is in use. "
            "Review in another folder, or pause the service meanwhile; the events-*.jsonl files may be synced."
        )
    return None


def _find_service(folder: Path) -> str | None:
    named = (os.environ.get(name) for name in ("OneDrive", "OneDriveCommercial", "OneDriveConsumer"))
    if any(root and folder.is_relative_to(root) for root in named):
        return "OneDrive"
    return next((part for part in folder.parts if part.casefold().startswith(_SYNCED)), None)


def _is_remote(folder: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        return folder.drive.startswith("\\\\") or ctypes.windll.kernel32.GetDriveTypeW(folder.anchor) == _REMOTE_DRIVE
    mounts = Path("/proc/mounts")
    if not mounts.is_file():
        return False
    rows = [line.split(" ") for line in mounts.read_text("utf-8", "replace").splitlines()]
    over = [(row[1].replace("\\040", " "), row[2]) for row in rows if len(row) > 2]
    holding = [(len(Path(point).parts), kind) for point, kind in over if folder.is_relative_to(point)]
    return max(holding, key=lambda pair: pair[0], default=(0, ""))[1] in _NETWORK


def fingerprint_file(path: Path) -> str:
    """Return what tells a file from its copies: a hash over this machine, the file's path, and its number there."""
    machine = Path("/etc/machine-id")
    parts = (
        platform.node(),
        machine.read_text("utf-8", "replace").strip() if machine.is_file() else "",
        str(getnode()) if not getnode() >> 40 & 1 else "",  # else a random number, another in each process
        str(path.resolve()),
        str(path.stat().st_ino),
    )
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
