"""Clauses, codings and printed lines wait on disk while the other files are read, so that memory stays flat."""

import shutil
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pandas as pd

from textq.export.table_stream import TableStream, iterate_frames
from textq.frames import Row, build_frame, clause_rows, coding_rows, line_rows
from textq.process import Processed
from textq.tables import CLAUSES, CODINGS, LINES, Contract, check

_BATCH = 2000
"""Rows that wait in memory before they are written."""

PATH = "path"
"""The column of the file that a row comes from; ids are no key yet, since copies of a file share them."""

_CONTRACTS = {contract.name: contract for contract in (CLAUSES, CODINGS, LINES)}


class Spool:
    """A folder of Parquet tables that grow file by file; left, it can be read back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pending: dict[str, list[Row]] = {name: [] for name in _CONTRACTS}
        self._stack = ExitStack()
        self._streams: Mapping[str, TableStream] = {}

    def __enter__(self) -> "Spool":
        self._folder.mkdir()
        self._streams = {
            name: self._stack.enter_context(TableStream(self._folder / name, _add_path(contract), csv=False))
            for name, contract in _CONTRACTS.items()
        }
        return self

    def add(self, processed: Processed) -> None:
        """Keep the clauses, codings and printed lines of a file."""
        document = processed.reading.document
        lines = document.lines if document else ()
        rows = {
            CLAUSES.name: clause_rows(processed.clauses, lines),
            CODINGS.name: coding_rows(processed.codings),
            LINES.name: line_rows(processed.reading.doc_id, lines),
        }
        for name, added in rows.items():
            self._pending[name] += [{**row, PATH: processed.reading.file.path} for row in added]
            if len(self._pending[name]) >= _BATCH:
                self._flush(name)

    def _flush(self, name: str) -> None:
        if self._pending[name]:
            self._streams[name].append(build_frame(self._pending[name], _add_path(_CONTRACTS[name])))
            self._pending[name] = []

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            for name in _CONTRACTS:
                self._flush(name)
        self._stack.__exit__(kind, error, error.__traceback__ if error else None)

    def iterate(self, contract: Contract, paths: Collection[str]) -> Iterator[pd.DataFrame]:
        """Yield the rows of some files, piece by piece in the order in which they came."""
        kept = frozenset(paths)
        for frame in iterate_frames(self._folder / f"{contract.name}.parquet"):
            yield frame[frame[PATH].isin(kept)]

    def write(
        self,
        contract: Contract,
        paths: Collection[str],
        target: Path,
        *,
        csv: bool = True,
        complete: Callable[[pd.DataFrame], pd.DataFrame] = lambda frame: frame,
        source: Contract | None = None,
    ) -> None:
        """Write the rows of some files as a table of the run; ``complete`` fills the columns known only now.

        ``source`` is the table whose rows are taken, where it is another one.
        """
        with TableStream(target, contract, csv=csv) as stream:
            for frame in self.iterate(source or contract, paths):
                stream.append(check(complete(frame), contract))

    def remove(self) -> None:
        """Delete the folder."""
        shutil.rmtree(self._folder)


def _add_path(contract: Contract) -> Contract:
    return Contract(contract.name, {**contract.columns, PATH: "string"}, key=(PATH, *contract.key))
