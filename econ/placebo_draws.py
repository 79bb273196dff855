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


_EXACT = 1e9
"""Below this the logarithm of a whole number is exact enough to give it back."""


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
    scored: bool = False,
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
    scored
        Whether designations carry scores, by which those of the same start differ; :func:`check_lottery` with the
        scores tells whether they do.

    Raises
    ------
    SpecError
        If an option is unknown or does not go with another one.
    TreatmentError
        If designations cannot be read, no unit of the sample is treated in the window, or nothing can be drawn anew.
    """
    check_choice("run_placebo", "kind", kind, get_args(Kind))
    if not isinstance(designations, pd.DataFrame):
        raise SpecError(f"The 'designations' parameter must be a DataFrame. Got {type(designations).__name__} instead.")
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
    unlike = np.broadcast_to(np.arange(1.0, len(codes) + 1)[:, None, None], (len(codes), 1, len(periods)))
    check_lottery(lottery, unlike if scored else None)
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


def count_arrangements(lottery: Lottery, scores: FloatArray | None = None) -> float:
    """Return how many different assignments there are (inf above 1e300).

    Designations of the same start are the same, unless ``timing`` gives them different shares of their first period or
    they carry different ``scores`` (n, k, T) while treated.
    """
    logarithm = 0.0
    labels = _label_carried(lottery, scores)
    if lottery.kind in ("unit", "mixed"):
        for stratum in range(int(lottery.strata.max()) + 1):
            inside = lottery.strata == stratum
            _, sizes = np.unique(labels[inside], return_counts=True)
            logarithm += math.lgamma(int(inside.sum()) + 1) - sum(math.lgamma(int(size) + 1) for size in sizes)
    if lottery.kind in ("time", "mixed"):
        logarithm += int((lottery.start < NEVER).sum()) * math.log(len(lottery.periods) - 1)
    if logarithm > math.log(1e300):
        return math.inf
    number = math.exp(logarithm)
    return float(round(number)) if number < _EXACT else number


def _label_carried(lottery: Lottery, scores: FloatArray | None) -> Places:
    """Return a label of what each unit gives away when units are permuted, (n,); 0 is given by units never treated."""
    designated = lottery.start < NEVER
    fixed = lottery.kind == "unit"
    columns = [lottery.start[designated].astype(np.float64) if fixed else np.zeros(int(designated.sum()))]
    if lottery.timing == "share_of_year":
        columns.append(lottery.onsets["share"].to_numpy(dtype=np.float64)[designated])
    if scores is not None:
        used = (lottery.periods >= lottery.start[:, None]) | (not fixed)
        columns.append(np.where(used[:, None], scores, 0.0)[designated].reshape(len(columns[0]), -1))
    labels = np.zeros(len(designated), dtype=np.intp)
    labels[designated] = 1 + np.unique(np.column_stack(columns), axis=0, return_inverse=True)[1].ravel()
    return labels


def count_pinned(lottery: Lottery) -> int:
    """Return how many units are treated in every draw of units, as all units of their stratum are."""
    if lottery.kind == "time":
        return 0
    sizes = np.bincount(lottery.strata)
    designated = np.bincount(lottery.strata, lottery.start < NEVER).astype(np.int64)
    return int(sizes[designated == sizes].sum())


def count_always(lottery: Lottery) -> int:
    """Return how many units are treated in the whole of all periods."""
    always = lottery.start <= lottery.periods[0]
    if lottery.timing == "share_of_year":
        always &= (lottery.start < lottery.periods[0]) | (lottery.onsets["share"].to_numpy() == 1)
    return int(always.sum())


def _code_strata(strata: pd.Series, codes: pd.Index) -> Places:
    missing = strata.isna().to_numpy()
    if missing.any():
        raise TreatmentError(
            f"{int(missing.sum())} units have no {strata.name}, within which designations are to be permuted: "
            f"{name_first(codes[missing].tolist())}. Fill it in, or leave these units out."
        )
    return np.asarray(pd.factorize(strata)[0], dtype=np.intp)


def check_lottery(lottery: Lottery, scores: FloatArray | None = None) -> None:
    """Refuse a sample without treated units, and one in which every draw would be the truth.

    Raises
    ------
    TreatmentError
        Naming the window.
    """
    window = f"{lottery.periods[0]}–{lottery.periods[-1]}"
    if not (lottery.start < NEVER).any():
        raise TreatmentError(
            f"no unit of the sample is treated in {window}, so there is nothing to permute. Look at the codes of the "
            "designations, or widen the window."
        )
    if len(lottery.periods) < 2 or count_arrangements(lottery, scores) < 1.5:
        raise TreatmentError(
            f"there is one way only to draw the designations ({len(lottery.units)} units in {window}, "
            f"kind={lottery.kind!r}), so each draw would be the truth. Use wider strata, more units or more periods."
        )


def read_strata(units: pd.DataFrame, column: str | None) -> pd.DataFrame:
    """Return unit and the column of strata, one row a unit; without ``column`` the units alone.

    Raises
    ------
    SpecError
        If units is no table, or the column no name.
    TreatmentError
        If there is no such column, or it varies within a unit.
    """
    if not isinstance(units, pd.DataFrame):
        raise SpecError(f"The 'units' parameter must be a DataFrame. Got {type(units).__name__} instead.")
    if not (column is None or isinstance(column, str)):
        raise SpecError(f"The 'strata' parameter must be the name of a column of units, or None. Got {column!r}.")
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
