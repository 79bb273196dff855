"""The file of a review: opened, made where it is not there, read and written by several threads and processes."""

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from textq.errors import ReviewError
from textq.store.place import Journal, find_risk, fingerprint_file, probe_journal

__all__ = ["SCHEMA_VERSION", "Journal", "Store", "find_risk", "open_store", "probe_journal"]

SCHEMA_VERSION = 1
"""What ``PRAGMA user_version`` holds."""

APPLICATION = 0x54585152
"""What ``PRAGMA application_id`` holds: "TXQR"."""

_PATIENCE = 20.0
"""Seconds that a writer waits for another program's."""

_CACHE = 64 * 1024
"""KiB of the file that a connection keeps in memory."""


class Store:
    """An open store. Each thread has a connection of its own; one thread of a process writes at a time.

    Attributes
    ----------
    path
        The file.
    journal
        ``"wal"``, or ``"delete"`` where the folder does not support that.
    readonly
        Whether it was opened to be read only.
    claims
        Which clause was last handed to a coder of a queue, and when (monotonic seconds): not handed to another soon.
    kept
        What was found out before, by what it is and of whom, with the state of the file it holds for.
    """

    def __init__(self, path: Path, journal: Journal, *, readonly: bool = False) -> None:
        self.path = path
        self.readonly = readonly
        self.journal: Journal = journal
        self.claims: dict[tuple[str, str], tuple[str, float]] = {}
        self.kept: dict[tuple[str, str], tuple[object, object]] = {}
        self._own = threading.local()
        self._opened: list[sqlite3.Connection] = []
        self._writing = threading.RLock()

    def __repr__(self) -> str:
        return f"Store({str(self.path)!r})"

    def read(self) -> sqlite3.Connection:
        """Return the connection of this thread. What it reads in one statement is of one moment."""
        connection: sqlite3.Connection | None = getattr(self._own, "connection", None)
        if connection is None:
            connection = _connect(self.path, self.journal, self.readonly)
            self._own.connection = connection
            self._opened.append(connection)
        return connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """Open a transaction that no other writer is in; all of it is written when the block ends, or none.

        Raises
        ------
        ReviewError
            If another program writes for too long, the disk does not take it, or the store is read only.
        """
        if self.readonly:
            raise ReviewError(f"the store {self.path} was opened to be read only. Nothing was written.")
        with self._writing, _told(self.path):
            connection = self.read()
            _begin(connection)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def close(self) -> None:
        """Close the connections of all threads."""
        while self._opened:
            self._opened.pop().close()
        self._own = threading.local()


def open_store(path: Path, *, journal: Journal | None = None, readonly: bool = False) -> Store:
    """Open the store in ``path``, which is made if it is not there; its folder must be.

    A copy of the file at another place begins logs of its own (see ``schema.sql``).

    Parameters
    ----------
    path
        The file, ``review.sqlite`` in the folder of the study.
    journal
        ``"wal"`` or ``"delete"``; None tries what works in the folder.
    readonly
        Read it as it is: nothing is made, noted or written.

    Raises
    ------
    ReviewError
        If the folder is not there or not writable, or the file is no store of a review, or a later version wrote it;
        to be read only, if it is not there.
    """
    if readonly:
        return _open_readonly(path)
    if not path.parent.is_dir():
        raise ReviewError(f"the folder {path.parent} of the review is not there. Give the output folder of a study.")
    with _told(path):
        found = journal or probe_journal(path.parent)
        _set_journal(path, found)
        store = Store(path, found)
        try:
            _build(store)
        except BaseException:
            store.close()
            raise
    return store


def _open_readonly(path: Path) -> Store:
    if not path.is_file():
        raise ReviewError(f"there is no review in {path}. Begin one: textq review.")
    with _told(path):
        try:
            return _try_readonly(path)
        except sqlite3.OperationalError:  # a program was killed while it wrote: what it left half done must go first
            with closing(sqlite3.connect(path, timeout=_PATIENCE)) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            return _try_readonly(path)


def _try_readonly(path: Path) -> Store:
    store = Store(path, "wal", readonly=True)
    try:
        _check_version(store)
    except BaseException:
        store.close()
        raise
    return store


def _begin(connection: sqlite3.Connection) -> None:
    """Begin to write as soon as no other process does.

    SQLite itself would wait longer and longer between its tries, up to a tenth of a second, so that one of several
    busy writers might never come in.
    """
    deadline = time.monotonic() + _PATIENCE
    connection.execute("PRAGMA busy_timeout=0")
    try:
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if not _is_busy(error) or time.monotonic() > deadline:
                    raise
                time.sleep(random.uniform(0.0005, 0.003))
            else:
                return
    finally:
        connection.execute(f"PRAGMA busy_timeout={round(_PATIENCE * 1000)}")


def _is_busy(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _connect(path: Path, journal: Journal, readonly: bool) -> sqlite3.Connection:
    if readonly:
        posix = path.resolve().as_posix()
        address = f"file://{'' if posix.startswith('/') else '/'}{quote(posix)}?mode=ro"
        return sqlite3.connect(address, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, uri=True)
    connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA synchronous={'FULL' if journal == 'wal' else 'EXTRA'}")
    connection.execute("PRAGMA fullfsync=ON")
    connection.execute(f"PRAGMA cache_size=-{_CACHE}")
    connection.execute("PRAGMA temp_store=MEMORY")
    return connection


def _set_journal(path: Path, journal: Journal) -> None:
    """Set the journal, where the file has another one.

    All of it by SQLite: a program that opens the file itself and closes it again loses the locks of all its
    connections to it. A file with ``wal`` from elsewhere is turned alone, without the shared memory that does not work
    in its folder.
    """
    if not path.is_file() and journal == "delete":  # what SQLite makes
        return
    before = _find_journal(path)
    if (before == "wal") == (journal == "wal"):
        return
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
        if before == "wal":
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute(f"PRAGMA journal_mode={journal}").fetchone()


def _find_journal(path: Path) -> str:
    with closing(sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)) as connection:
        try:
            (found,) = connection.execute("PRAGMA journal_mode").fetchone()
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                raise
            return "wal"  # its shared memory does not work here
    return str(found)


def _build(store: Store) -> None:
    """Make the tables where there are none, and note where the file lies."""
    fingerprint = fingerprint_file(store.path) if store.path.is_file() else ""
    if _check_version(store) and store.read().execute("SELECT fingerprint FROM place").fetchone() == (fingerprint,):
        return
    with store.write() as connection:
        if not _check_version(store):
            for statement in read_schema():
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            connection.execute(f"PRAGMA application_id={APPLICATION}")
        _note_place(connection, fingerprint_file(store.path))


def _check_version(store: Store) -> int:
    """Return the number of tables and indexes in the file; refuse one of a later version, or of another program."""
    connection = store.read()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    n_tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if version > SCHEMA_VERSION:
        raise ReviewError(
            f"{store.path} was written by a later version of textq (its schema is {version}, this version knows "
            f"{SCHEMA_VERSION}). Update textq."
        )
    if n_tables and application != APPLICATION:
        raise ReviewError(f"{store.path} is a database of another program. Move it away, or name another file.")
    return int(n_tables)


def _note_place(connection: sqlite3.Connection, fingerprint: str) -> None:
    """Let no log be continued that was begun at another place."""
    known = connection.execute("SELECT fingerprint FROM place").fetchone()
    if known != (fingerprint,):
        connection.execute("UPDATE log SET is_own = 0")
        connection.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (fingerprint,))


def read_schema() -> Iterator[str]:
    """Give the statements of the schema one by one: they must be part of a transaction, which a script is not."""
    statement = ""
    for line in files("textq.store").joinpath("schema.sql").read_text("utf-8").splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite says into words for the user."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_NOTADB:
            raise ReviewError(
                f"{path} is no store of a review (no SQLite file). Move it away, or name another."
            ) from error
        if _is_busy(error):
            reason = "another program has been writing it for too long. Close that program, then try again."
        else:
            reason = f"{error}. See that the folder is writable and the disk not full; what was saved before is kept."
        raise ReviewError(f"the store of the review {path} cannot be used: {reason}") from error
