"""Which unit-periods were searched: declared by the user, or assumed from the documents found."""

import pandas as pd

from textq.errors import ManifestError
from textq.tables import COVERAGE, check


def resolve_coverage(found: pd.DataFrame, declared: pd.DataFrame | None, *, last_period: int | None) -> pd.DataFrame:
    """Return the covered periods of each unit (COVERAGE).

    Parameters
    ----------
    found
        One row a document and unit: ``unit``, ``period``.
    declared
        ``unit``, ``first_period``, ``last_period`` as the user states them, or None. Units that are not listed
        in it are covered as without one.
    last_period
        The last period of the corpus. A unit without declaration is assumed to be covered from its first document
        to this period.
    """
    known = _check_declared(declared) if declared is not None else None
    rest = found if known is None else found[~found["unit"].isin(known["unit"])]
    assumed = rest.groupby("unit", sort=True)["period"].min().rename("first_period").reset_index()
    assumed = assumed.assign(last_period=last_period, coverage="assumed")
    parts = [part for part in (known, assumed) if part is not None and len(part)]
    if not parts:
        return check(pd.DataFrame(columns=list(COVERAGE.columns)), COVERAGE)
    return check(pd.concat(parts, ignore_index=True).sort_values("unit"), COVERAGE)


def _check_declared(declared: pd.DataFrame) -> pd.DataFrame:
    reversed_ = declared[declared["first_period"] > declared["last_period"]]
    if len(reversed_):
        unit = reversed_["unit"].iloc[0]
        raise ManifestError(f"coverage of {unit} ends before it begins. Correct first_period and last_period.")
    return declared[["unit", "first_period", "last_period"]].assign(coverage="declared")


def expand_periods(coverage: pd.DataFrame) -> pd.DataFrame:
    """Return one row a covered unit-period: ``unit``, ``period``, ``coverage``."""
    lengths = (coverage["last_period"] - coverage["first_period"] + 1).astype("int64")
    grid = coverage.loc[coverage.index.repeat(lengths), ["unit", "first_period", "coverage"]]
    grid["period"] = grid["first_period"] + grid.groupby("unit").cumcount()
    return grid[["unit", "period", "coverage"]].reset_index(drop=True)
