"""A table in both formats: CSV to be opened, Parquet to keep its types."""

from pathlib import Path

import pandas as pd

from textq.export.csv import write_csv
from textq.export.parquet import write_parquet


def write_table(table: pd.DataFrame, path: Path) -> None:
    """Write ``path``.csv and ``path``.parquet."""
    write_csv(table, path.with_suffix(".csv"))
    write_parquet(table, path.with_suffix(".parquet"))
