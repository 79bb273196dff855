"""Designation dates → when the treatment of each unit begins, under each timing rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import TreatmentError, name_first
from econ.spec import check_choice
from econ.units import check_codes, check_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

Timing = Literal["approval_year", "next_full_year", "drop_entry_year", "share_of_year"]
Boundary = Literal["original", "widened"]
CountyZones = Literal["own", "parent"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

NEVER = np.iinfo(np.int64).max
"""The period in which units start that are not treated within the window."""

_DATE = (
    r"^(?P<year>\d{4})"
    r"(?:[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?|(?P<months>\d{2})(?P<days>\d{2}))"
    r"(?:[T ].*)?$"
)
"""2015-03-07, 2015/3/7, 2015.3.7, 2015年3月7日, 20150307; a time of day may follow."""


def find_onsets(
    designations: pd.DataFrame, years: IntArray, timing: Timing, boundary: Boundary, county_zones: CountyZones
) -> pd.DataFrame:
    """Return one row a designated unit (the index, sorted).

    Parameters
    ----------
    designations, timing, boundary, county_zones
        As in ``econ.assign_treatment``.
    years
        The window, sorted.

    Returns
    -------
    DataFrame
        ``date`` (the earliest), ``entry`` (its year), ``share`` (of that year from the date on, in (0, 1]), ``start``
        (the first treated period) and ``cohort``; the last two are :data:`NEVER` if ``start`` is after the window.

    Raises
    ------
    SpecError
        If an option is unknown.
    TreatmentError
        If columns are missing, a date cannot be read, or a treatment ends within the window.
    """
    for name, value, choices in (
        ("timing", timing, get_args(Timing)),
        ("boundary", boundary, get_args(Boundary)),
        ("county_zones", county_zones, get_args(CountyZones)),
    ):
        check_choice("assign_treatment", name, value, choices)
    rows = _read_designations(designations, boundary, county_zones)
    dates = rows.groupby("unit", sort=True)["date"].min()
    entry = dates.dt.year.to_numpy(dtype=np.int64)
    start = entry + (timing in ("next_full_year", "drop_entry_year"))
    cohort = start if timing == "next_full_year" else entry
    inside = start <= years[-1]
    onsets = {"entry": entry, "start": np.where(inside, start, NEVER), "cohort": np.where(inside, cohort, NEVER)}
    table = pd.DataFrame({"date": dates, **onsets, "share": _measure_shares(dates)})
    _refuse_ended(rows, table, years[-1])
    return table


def check_periods(periods: Sequence[int]) -> IntArray:
    """Return the window, sorted; refuse periods that are doubled or no integers."""
    years = np.unique(np.asarray(periods))
    if not len(years) or years.dtype.kind not in "iu" or len(years) < len(periods):
        raise TreatmentError(f"periods must be different years, as integers. Got {periods!r}.")
    return years.astype(np.int64)


def _read_designations(designations: pd.DataFrame, boundary: Boundary, county_zones: CountyZones) -> pd.DataFrame:
    """Return unit, date, ended_on: one row a designated unit, those of widened zones and parents added on request."""
    check_columns(designations, ["unit", "date"], "the designations", TreatmentError)
    check_codes(designations["unit"], "the designations", TreatmentError)
    designations = designations.reset_index(drop=True)
    dates = _read_dates(designations, "date")
    ends = _read_dates(designations, "ended_on") if "ended_on" in designations.columns else pd.NaT
    rows = pd.DataFrame({"unit": designations["unit"], "date": dates, "ended_on": ends})
    added = [rows]
    for column, wanted in (("widens_to", boundary == "widened"), ("parent", county_zones == "parent")):
        if wanted:
            check_columns(designations, [column], "the designations", TreatmentError)
            codes = designations[column].astype("string").str.split(";").explode().str.strip()
            codes = codes[codes.notna() & (codes != "")]
            added.append(rows.loc[codes.index].assign(unit=codes.to_numpy(dtype=object)))
    return pd.concat(added, ignore_index=True)


def _read_dates(designations: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as dates; refuse what is no date, and missing ones unless the zone may still be in force."""
    text = designations[column].astype("string").str.strip()
    text = text.mask(text == "")
    parts = text.str.extract(_DATE)
    month, day = parts["month"].fillna(parts["months"]), parts["day"].fillna(parts["days"])
    dates = pd.to_datetime(parts["year"] + "-" + month + "-" + day, format="%Y-%m-%d", errors="coerce")
    bad = dates.isna() & (text.notna() | (column == "date"))
    if bad.any():
        names = [f"{unit} ({value})" for unit, value in designations.loc[bad, ["unit", column]].to_numpy()]
        raise TreatmentError(
            f"{column} must be a date such as 2015-03-07. It is missing or none for {name_first(names)}. "
            "Fill it in, or leave these designations out."
        )
    return dates


def _measure_shares(dates: pd.Series) -> FloatArray:
    """Return the share of the year from each date on, both the date and 31 December included; in (0, 1]."""
    lengths = 365 + dates.dt.is_leap_year.to_numpy(dtype=np.int64)
    shares: FloatArray = (lengths - dates.dt.day_of_year.to_numpy(dtype=np.int64) + 1) / lengths
    return shares


def _refuse_ended(rows: pd.DataFrame, onsets: pd.DataFrame, last: int) -> None:
    """Refuse treatments that end within the window; later ends do not matter."""
    within = onsets["start"].reindex(rows["unit"]).to_numpy() < NEVER
    ended = rows[(rows["ended_on"].dt.year <= last) & within]
    if len(ended):
        names = [f"{unit} ({date:%Y-%m-%d})" for unit, date in zip(ended["unit"], ended["ended_on"], strict=True)]
        raise TreatmentError(
            f"there are treatments that end by {last}: {name_first(names)}. Estimators here need one that stays on: "
            "leave these units out, or cut the window before it ends."
        )
