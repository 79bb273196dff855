"""The intensity measures of a cell: unit × period × instrument."""

import numpy as np
import pandas as pd

PER = 10_000
"""Characters to which ``per_10k`` refers."""

_SUMS = ("count", "power_sum", "count_new", "stock", "power_stock")


def add_intensities(cells: pd.DataFrame) -> pd.DataFrame:
    """Fill empty cells with zeros and add the ratios.

    With c the clauses of the instrument, n all coded clauses of the unit-period (or those with an instrument), and m
    their characters (CJK and alphanumerics): ``share`` = c / n, ``per_10k`` = 10,000 c / m, ``log_count`` = ln(1 + c).
    Where nothing was found (n = m = 0) share and per_10k are 0.

    A cell that no clause falls into is an explicit zero; a power sum stays missing where one of the documents behind
    it has no rank.
    """
    empty = cells["count"].isna()
    in_stock = cells["stock"].notna()
    filled = cells.assign(**{name: cells[name].astype(float) for name in _SUMS})
    filled.loc[empty, ["count", "power_sum", "count_new"]] = 0.0
    filled.loc[~in_stock, ["stock", "power_stock"]] = 0.0
    return filled.assign(
        share=_divide(filled["count"], filled["denominator"]),
        per_10k=PER * _divide(filled["count"], filled["n_characters"]),
        log_count=np.log1p(filled["count"]),
    )


def _divide(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    return (numerator / denominator.where(denominator > 0)).fillna(0.0)
