"""Designation dates → when the treatment of each unit begins, under each timing rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, get_args

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
Dates = NDArray[np.datetime64]

NEVER = np.iinfo(np.int64).max
"""The period in which units start that are not treated within the window."""

_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[T ].*)?$")
"""2015-03-07, 2015/3/7, 2015.3.7, 2015年3月7日, 20150307; a time of day may follow."""


@dataclass(frozen=True, slots=True)
class Onsets:
    """When the treatment of the n designated units begins.

    Attributes
    ----------
    units : (n,)
        Sorted.
    date, entry : (n,)
        The earliest designation, and its year.
    start, cohort : (n,)
        The first treated period and the cohort; :data:`NEVER` if ``start`` is after the window.
    share : (n,)
        Of the year from the date on, in (0, 1].
    """

    units: NDArray[Any]
    date: Dates
    entry: IntArray
    start: IntArray
    cohort: IntArray
    share: FloatArray

    def tabulate(self) -> pd.DataFrame:
        """Return one row a unit (the index)."""
        names = ("date", "entry", "start", "cohort", "share")
        return pd.DataFrame({name: getattr(self, name) for name in names}, index=pd.Index(self.units, name="unit"))


def find_onsets(
    designations: pd.DataFrame, years: IntArray, timing: Timing, boundary: Boundary, county_zones: CountyZones
) -> pd.DataFrame:
    """Return what :func:`date_onsets` does as a table: one row a designated unit (the index, sorted)."""
    return date_onsets(designations, years, timing, boundary, county_zones).tabulate()


def date_onsets(
    designations: pd.DataFrame, years: IntArray, timing: Timing, boundary: Boundary, county_zones: CountyZones
) -> Onsets:
    """Return when the treatment of each designated unit begins.

    Parameters
    ----------
    designations, timing, boundary, county_zones
        As in ``econ.assign_treatment``.
    years
        The window, sorted.

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
    codes, units = pd.factorize(rows.units, sort=True)
    dates = _find_earliest(codes, rows.dates, len(units))
    entry = _find_years(dates).astype(np.int64) + 1970
    start = entry + (timing in ("next_full_year", "drop_entry_year"))
    cohort = start if timing == "next_full_year" else entry
    inside = start <= years[-1]
    _refuse_ended(rows, inside[codes], years[-1])
    start, cohort = (np.where(inside, period, NEVER) for period in (start, cohort))
    return Onsets(units, dates, entry, start, cohort, _measure_shares(dates))


def check_periods(periods: Sequence[int]) -> IntArray:
    """Return the window, sorted; refuse periods that are doubled or no integers."""
    years = np.unique(np.asarray(periods))
    if not len(years) or years.dtype.kind not in "iu" or len(years) < len(periods):
        raise TreatmentError(f"periods must be different years, as integers. Got {periods!r}.")
    return years.astype(np.int64)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The designated units, as often as they are: their codes, dates, and the ends of their zones, NaT = in force."""

    units: NDArray[Any]
    dates: Dates
    ends: Dates


def _read_designations(designations: pd.DataFrame, boundary: Boundary, county_zones: CountyZones) -> _Rows:
    """Return the designated units, those of widened zones and parents added on request."""
    check_columns(designations, ["unit", "date"], "the designations", TreatmentError)
    named = designations["unit"]
    check_codes(named, "the designations", TreatmentError)
    dates = _read_dates(designations, "date")
    ended = "ended_on" in designations.columns
    ends = _read_dates(designations, "ended_on") if ended else np.full(len(dates), np.datetime64("NaT", "us"))
    units, places = [named.to_numpy()], [np.arange(len(dates))]
    for column, wanted in (("widens_to", boundary == "widened"), ("parent", county_zones == "parent")):
        if wanted:
            check_columns(designations, [column], "the designations", TreatmentError)
            listed = designations[column].reset_index(drop=True)
            codes = listed.astype("string").str.split(";").explode().str.strip()
            codes = codes[codes.notna() & (codes != "")]
            units.append(codes.to_numpy(dtype=object))
            places.append(codes.index.to_numpy())
    rows = np.concatenate(places)
    return _Rows(np.concatenate(units), dates[rows], ends[rows])


def _read_dates(designations: pd.DataFrame, column: str) -> Dates:
    """Return a column as dates; refuse what is no date, and missing ones unless the zone may still be in force.

    Each text that occurs is read once.
    """
    values = designations[column].to_numpy(dtype=object)
    texts = [str(value).strip() for value in values]  # that of a missing value is no date
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    found = np.array([_parse_date(text) for text in places], dtype="datetime64[us]")
    dates: Dates = found[[places[text] for text in texts]]
    bad = np.isnat(dates)
    if column != "date":
        bad &= ~pd.isna(values) & np.array([bool(text) for text in texts], dtype=np.bool_)
    if bad.any():
        names = [f"{unit} ({value})" for unit, value in designations.loc[bad, ["unit", column]].to_numpy()]
        raise TreatmentError(
            f"{column} must be a date such as 2015-03-07. It is missing or none for {name_first(names)}. "
            "Fill it in, or leave these designations out."
        )
    return dates


def _parse_date(text: str) -> datetime | None:
    """Return a date, None for what is none."""
    found = _DATE.match(text)
    if found is None:
        return None
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        return datetime(year, month, day)
    except ValueError:
        return None


def _find_earliest(codes: NDArray[np.intp], dates: Dates, n_units: int) -> Dates:
    """Return the first of the dates of each unit."""
    order = np.lexsort((dates, codes))
    return dates[order[np.searchsorted(codes[order], np.arange(n_units))]]


def _find_years(dates: Dates) -> Dates:
    return dates.astype("datetime64[Y]")


def _measure_shares(dates: Dates) -> FloatArray:
    """Return the share of the year from each date on, both the date and 31 December included; in (0, 1]."""
    first, last = (_find_years(dates) + step for step in (0, 1))
    left, length = (last.astype("datetime64[D]") - day.astype("datetime64[D]") for day in (dates, first))
    shares: FloatArray = left / length
    return shares


def _refuse_ended(rows: _Rows, started: NDArray[np.bool_], last: int) -> None:
    """Refuse treatments that start and end within the window; later ends do not matter."""
    ended = np.flatnonzero((rows.ends < np.datetime64(f"{last + 1}", "Y")) & started)
    if len(ended):
        named = zip(rows.units[ended], rows.ends[ended].tolist(), strict=True)
        names = [f"{unit} ({end:%Y-%m-%d})" for unit, end in named]
        raise TreatmentError(
            f"there are treatments that end by {last}: {name_first(names)}. Estimators here need one that stays on: "
            "leave these units out, or cut the window before it ends."
        )
