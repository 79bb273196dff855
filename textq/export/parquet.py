"""Tables ↔ Parquet."""

from pathlib import Path

import pandas as pd


def write_parquet(table: pd.DataFrame, path: Path) -> None:
    """Write a table with its types."""
    table.to_parquet(path, index=False)


def read_parquet(path: Path, columns: list[str] | None = None) -> pd.DataFrame:
    """Read a table, or some of its columns, with their types."""
    return pd.read_parquet(path, columns=columns)
