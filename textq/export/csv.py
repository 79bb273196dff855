"""Tables → CSV in UTF-8 with a byte-order mark, which Excel opens rightly."""

from pathlib import Path

import numpy as np
import pandas as pd


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table; whole numbers without a decimal point, other floats in full, missing values as empty cells."""
    plain = table.assign(**{name: _to_whole(table[name]) for name in table.columns if _is_whole(table[name])})
    plain.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def append_csv(table: pd.DataFrame, path: Path, *, first: bool) -> None:
    """Write the next rows of a table that comes in pieces; the first ones with the header."""
    table.to_csv(
        path,
        index=False,
        header=first,
        mode="w" if first else "a",
        encoding="utf-8-sig" if first else "utf-8",
        lineterminator="\n",
    )


def _is_whole(column: "pd.Series") -> bool:
    known = column.dropna()
    return pd.api.types.is_float_dtype(column) and bool((known == known.round()).all() and (known.abs() < np.inf).all())


def _to_whole(column: "pd.Series") -> "pd.Series":
    return column.astype("Int64")
