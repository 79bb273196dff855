"""Tables that are written and read piece by piece, so that no table need be held whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from textq.export.csv import append_csv
from textq.tables import Contract, check

_BATCH = 5000
"""Rows read at a time."""


class TableStream:
    """Writes a table as it grows: always as Parquet, as CSV too where ``csv`` is set; complete only once it is left."""

    def __init__(self, path: Path, contract: Contract, *, csv: bool) -> None:
        self._path = path
        self._contract = contract
        self._csv = csv
        self._n_rows = 0
        self._writer: Any = None

    def __enter__(self) -> "TableStream":
        return self

    def append(self, frame: pd.DataFrame) -> None:
        """Write the rows of ``frame``, which keeps the contract."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = self._writer.schema if self._writer else None
        rows = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path.with_suffix(".parquet"), rows.schema)
        self._writer.write_table(rows)
        if self._csv:
            append_csv(frame, self._path.with_suffix(".csv"), first=self._n_rows == 0)
        self._n_rows += len(frame)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if self._writer is None and error is None:
            self.append(check(pd.DataFrame(columns=list(self._contract.columns)), self._contract))
        if self._writer is not None:
            self._writer.close()


def iterate_frames(path: Path) -> Iterator[pd.DataFrame]:
    """Yield a Parquet table in pieces, each with the dtypes of the whole."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH):
            yield batch.to_pandas()
