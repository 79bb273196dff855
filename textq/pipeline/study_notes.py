"""What a study tells of its sample: whom it names, what it left out, what the reader must bear in mind."""

import pandas as pd

from econ.errors import name_first
from econ.estimate import Dropped
from textq.lexicon.places import builtin_gazetteer
from textq.run_tables import INCOMPLETE

DOUBTFUL_DAY = "doubtful_day"
"""The column of designations that says whether the day is not confirmed."""

_COVERAGE = {
    INCOMPLETE: "have a document that could not be read: their intensity is too small",
    "assumed": "have a coverage that is assumed, not declared: a zero may be a gap",
}


def name_units(cells: pd.DataFrame) -> pd.DataFrame:
    """Put the name of each unit beside its code."""
    names = [builtin_gazetteer().place_of(str(unit)).name for unit in cells["unit"]]
    return cells.assign(name=pd.Series(names, index=cells.index, dtype="string"))[["unit", "name", "period"]]


def count_designations(designations: pd.DataFrame, used: pd.DataFrame) -> tuple[Dropped, ...]:
    """Count the designations that are of no unit in the sample."""
    others = sorted(set(designations["unit"]) - set(used["unit"]))
    reason = f"of units without a series: {name_first(others)}"
    return (Dropped("designations", reason, len(others)),) if others else ()


def describe_days(designations: pd.DataFrame) -> tuple[str, ...]:
    """Say which designations of the sample rest on a day that is not confirmed."""
    if DOUBTFUL_DAY not in designations.columns:
        return ()
    doubtful = designations[designations[DOUBTFUL_DAY]]
    if not len(doubtful):
        return ()
    return (f"The days of {len(doubtful)} designations are not confirmed: {name_first(list(doubtful['name']))}.",)


def count_entries(panel: pd.DataFrame, n_periods: int) -> tuple[Dropped, ...]:
    """Count the rows that the timing rule leaves out of the pairs' panel."""
    n_absent = panel["pair_id"].nunique() * n_periods - len(panel)
    return (Dropped("rows", "of the years of entry, under the rule drop_entry_year", n_absent),) if n_absent else ()


def describe_outcome(measure: str, outcome: pd.DataFrame) -> tuple[str, ...]:
    """Say how many values were moved into the range of their transform, and what an overlap does."""
    notes = []
    n_clipped = int(outcome["clipped"].sum())
    if n_clipped:
        notes.append(
            f"{n_clipped:,} of {len(outcome):,} values of synchronization stood at an end of their range: clipped."
        )
    if measure == "rolling_correlation":
        notes.append("Rolling windows overlap: neighbouring years share values, so the timing of effects is blurred.")
    return tuple(notes)


def describe_coverage(scores: pd.DataFrame | None, intensities: pd.DataFrame) -> tuple[str, ...]:
    """Say which treated unit-periods have scores that may be too small."""
    if scores is None:
        return ()
    found = {kind: list_coverage(scores, intensities, kind) for kind in _COVERAGE}
    return tuple(
        f"{len(cells)} treated unit-periods {_COVERAGE[kind]}: {name_first(cells)}."
        for kind, cells in found.items()
        if cells
    )


def list_coverage(scores: pd.DataFrame, intensities: pd.DataFrame, kind: str) -> list[str]:
    """Return the unit-periods of ``intensities`` whose coverage is ``kind``, as "unit period"."""
    rows = scores.loc[scores["coverage"] == kind, ["unit", "period"]]
    treated = intensities[["unit", "period"]].merge(rows, on=["unit", "period"])
    return [f"{unit} {period}" for unit, period in treated.sort_values(["unit", "period"]).itertuples(index=False)]
