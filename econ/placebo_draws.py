"""Placebo designations: the same dates on other units, other dates on the same units, or both.

Draw k depends on the seed and on k alone, so draws can be made in any order, in several processes, and added to later.
Units are permuted, never pairs: all pairs of a designated unit are treated together.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.designations import NEVER, find_onsets
from econ.errors import SpecError, TreatmentError, name_first
from econ.spec import check_choice
from econ.units import check_codes, check_columns

if TYPE_CHECKING:
    from econ.designations import Boundary, CountyZones, Timing

Kind = Literal["unit", "time", "mixed"]

IntArray = NDArray[np.int64]
Places = NDArray[np.intp]
FloatArray = NDArray[np.float64]

_WAITING = ("next_full_year", "drop_entry_year")
"""The timing rules under which a unit is treated from the year after its designation on."""


@dataclass(frozen=True, slots=True)
class Lottery:
    """What the draws are made from.

    Attributes
    ----------
    units : Index of n codes
        The units of the sample, sorted.
    onsets : DataFrame
        One row a unit of ``units``: ``date`` (NaT = not designated), ``share`` (of the year of the date).
    start : (n,)
        The first treated period of each unit; :data:`econ.designations.NEVER` if there is none in the window.
    strata : (n,)
        Codes; designations are permuted within each.
    periods : (T,)
        Of the window, sorted.
    kind, timing
        As in ``econ.run_placebo``.
    n_outside : int
        Designated units that are not in the sample.
    """

    units: pd.Index
    onsets: pd.DataFrame
    start: IntArray
    strata: Places
    periods: IntArray
    kind: Kind
    timing: Timing
    n_outside: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """One draw, or the truth.

    Attributes
    ----------
    source : (n,)
        The place of the unit whose designation (and scores) each unit carries.
    start : (n,)
        The first treated period of each unit; ``NEVER`` if there is none in the window.
    """

    source: Places
    start: IntArray


def build_lottery(
    designations: pd.DataFrame,
    units: pd.Series,
    periods: IntArray,
    timing: Timing,
    kind: Kind,
    strata: pd.Series | None = None,
    *,
    boundary: Boundary = "original",
    county_zones: CountyZones = "own",
) -> Lottery:
    """Return the lottery of a sample.

    Parameters
    ----------
    designations, timing, boundary, county_zones
        As in ``econ.assign_treatment``; widened zones and parents are resolved before anything is drawn.
    units
        The different codes of the units of the sample.
    periods
        The window, sorted.
    kind
        As in ``econ.run_placebo``.
    strata
        One value a unit of ``units``, in the same order; None: one stratum.

    Raises
    ------
    SpecError
        If an option is unknown or does not go with another one.
    TreatmentError
        If designations cannot be read, no unit of the sample is treated in the window, or nothing can be drawn anew.
    """
    check_choice("run_placebo", "kind", kind, get_args(Kind))
    onsets = find_onsets(designations, periods, timing, boundary, county_zones)
    check_codes(designations["unit"], "the designations", TreatmentError, like=units)
    if kind != "unit" and timing == "share_of_year":
        raise SpecError(
            f"kind={kind!r} draws whole periods, and timing='share_of_year' treats a part of one. Use kind='unit', or "
            "another timing."
        )
    ordered = units.sort_values()
    codes = pd.Index(ordered)
    start = onsets["start"].reindex(codes, fill_value=NEVER).to_numpy(dtype=np.int64)
    placed = onsets[["date", "share"]].reindex(codes)
    groups = np.zeros(len(codes), dtype=np.intp) if strata is None else _code_strata(strata.loc[ordered.index], codes)
    lottery = Lottery(codes, placed, start, groups, periods, kind, timing, len(onsets.index.difference(codes)))
    _check_lottery(lottery)
    return lottery


def keep_truth(lottery: Lottery) -> Assignment:
    """Return the designations as they were made."""
    return Assignment(np.arange(len(lottery.units)), lottery.start)


def draw_assignment(lottery: Lottery, seed: int, number: int) -> Assignment:
    """Return draw ``number`` (from 0) of ``seed``.

    ``unit`` and ``mixed`` permute the designations over all units of each stratum, so each cohort keeps its size there.
    ``time`` and ``mixed`` give each unit that is treated in the window a first period of its own, drawn with equal
    chances among all periods but the first (so that an untreated one is left).
    """
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number,)))
    source = np.arange(len(lottery.units))
    if lottery.kind in ("unit", "mixed"):
        for stratum in range(int(lottery.strata.max()) + 1):
            places = np.flatnonzero(lottery.strata == stratum)
            source[places] = rng.permutation(places)
    start = lottery.start[source]
    if lottery.kind in ("time", "mixed"):
        treated = np.flatnonzero(start < NEVER)
        start[treated] = rng.choice(lottery.periods[1:], size=len(treated))
    return Assignment(source, start)


def write_designations(lottery: Lottery, assignment: Assignment) -> pd.DataFrame:
    """Return an assignment as designations: unit and date, which give ``assignment.start`` under the lottery's timing.

    A date moved to another period keeps its day (29 February becomes the 28th).
    """
    dates = lottery.onsets["date"].iloc[assignment.source].set_axis(lottery.units)
    moved = assignment.start != lottery.start[assignment.source]
    if moved.any():
        years = assignment.start[moved] - (lottery.timing in _WAITING)
        shifted = [
            date + pd.DateOffset(years=int(year) - date.year) for date, year in zip(dates[moved], years, strict=True)
        ]
        dates[moved] = shifted
    dates = dates[dates.notna()]
    return pd.DataFrame({"unit": dates.index, "date": dates.to_numpy()})


def list_starts(lottery: Lottery) -> IntArray:
    """Return the first treated periods that the draws may give to units, and ``NEVER``."""
    drawn = lottery.periods[1:] if lottery.kind in ("time", "mixed") else lottery.start[:0]
    return np.unique(np.concatenate([lottery.start, drawn]))


def count_arrangements(lottery: Lottery) -> float:
    """Return how many different assignments there are (inf above 1e300)."""
    logarithm = 0.0
    if lottery.kind in ("unit", "mixed"):
        for stratum in range(int(lottery.strata.max()) + 1):
            inside = lottery.strata == stratum
            carried = lottery.start[inside] if lottery.kind == "unit" else lottery.start[inside] < NEVER
            _, sizes = np.unique(carried, return_counts=True)
            logarithm += math.lgamma(int(inside.sum()) + 1) - sum(math.lgamma(int(size) + 1) for size in sizes)
    if lottery.kind in ("time", "mixed"):
        logarithm += int((lottery.start < NEVER).sum()) * math.log(len(lottery.periods) - 1)
    return math.exp(logarithm) if logarithm < math.log(1e300) else math.inf


def _code_strata(strata: pd.Series, codes: pd.Index) -> Places:
    missing = strata.isna().to_numpy()
    if missing.any():
        raise TreatmentError(
            f"{int(missing.sum())} units have no {strata.name}, within which designations are to be permuted: "
            f"{name_first(codes[missing].tolist())}. Fill it in, or leave these units out."
        )
    return np.asarray(pd.factorize(strata)[0], dtype=np.intp)


def _check_lottery(lottery: Lottery) -> None:
    """Refuse a sample without treated units, and one in which every draw would be the truth."""
    window = f"{lottery.periods[0]}–{lottery.periods[-1]}"
    if not (lottery.start < NEVER).any():
        raise TreatmentError(
            f"no unit of the sample is treated in {window}, so there is nothing to permute. Look at the codes of the "
            "designations, or widen the window."
        )
    if len(lottery.periods) < 2 or count_arrangements(lottery) < 1.5:
        raise TreatmentError(
            f"there is one way only to draw the designations ({len(lottery.units)} units in {window}, "
            f"kind={lottery.kind!r}), so each draw would be the truth. Use wider strata, more units or more periods."
        )


def read_strata(units: pd.DataFrame, column: str | None) -> pd.DataFrame:
    """Return unit and the column of strata, one row a unit; without ``column`` the units alone.

    Raises
    ------
    TreatmentError
        If there is no such column, or it varies within a unit.
    """
    names = ["unit"] if column is None else ["unit", column]
    check_columns(units, names, "the table of units", TreatmentError)
    table = units[names].drop_duplicates(ignore_index=True)
    doubled = table["unit"].duplicated()
    if doubled.any():
        raise TreatmentError(
            f"{column} varies within units: {name_first(sorted(set(table.loc[doubled, 'unit'])))}. A stratum must not "
            "change over time: make its values agree."
        )
    return table
