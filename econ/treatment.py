"""Pairs and designations → who is treated when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.designations import NEVER, Boundary, CountyZones, IntArray, Timing, check_periods, find_onsets
from econ.errors import PairError, TreatmentError, name_first
from econ.spec import MEMBERS, ROLES
from econ.units import check_codes, check_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

FloatArray = NDArray[np.float64]

_MADE = ("period", "pair_id", "treated", "cohort", "event_time", "treated_unit", "treated_i", "treated_j")


def assign_treatment(
    pairs: pd.DataFrame,
    designations: pd.DataFrame,
    periods: Sequence[int],
    timing: Timing = "approval_year",
    *,
    boundary: Boundary = "original",
    county_zones: CountyZones = "own",
) -> pd.DataFrame:
    """Return one row a pair and period that says who is treated, sorted by unit_i, unit_j, period.

    A pair is treated while a member is. Units whose treatment starts after the last period are never treated here. With
    y the year of a unit's earliest designation:

    =================== ================================================================== ========
    timing              treated                                                            cohort
    =================== ================================================================== ========
    ``approval_year``   1 from y on                                                        y
    ``next_full_year``  1 from y + 1 on, whatever the day                                  y + 1
    ``drop_entry_year`` 1 from y + 1 on; rows of a year in which a member enters are left  y
                        out
    ``share_of_year``   in y the days from the date to 31 December, both included, over    y
                        the days of the year; then 1
    =================== ================================================================== ========

    Under ``drop_entry_year`` event_time 0 is the year that is left out, so that −1 stays a full untreated year.

    Parameters
    ----------
    pairs
        ``unit_i``, ``unit_j`` and, from ``form_pairs``, ``role`` and ``gravity``; all columns are carried through.
    designations
        ``unit`` and ``date`` (dates, or text such as 2015-03-07, 2015/3/7); the earliest of a unit counts. Optional:
        ``ended_on`` (a date; missing = still in force), ``widens_to`` (unit codes joined by ";" that the zone covers
        too from the row's date on), ``parent`` (the prefecture of a county-level zone, missing for others).
    periods
        The years of the window.
    timing
        See above.
    boundary
        ``original``: ``widens_to`` is left aside; ``widened``: its units are designated too.
    county_zones
        ``own``: a county-level zone treats the county alone; ``parent``: its parent prefecture too.

    Returns
    -------
    DataFrame
        The columns of ``pairs`` and: ``period`` (int64), ``pair_id`` ("unit_i-unit_j"), ``treated`` (bool; float in
        [0, 1] under ``share_of_year``), ``cohort`` (Int64, the earlier one of the members; NA = never), ``event_time``
        (Int64, period − cohort), ``treated_unit`` (string; NA unless exactly one member is ever treated), ``treated_i``
        and ``treated_j`` (as ``treated``, for each member).

    Raises
    ------
    SpecError
        If an option is unknown.
    PairError
        If pairs are doubled, turned round, or lack columns.
    TreatmentError
        If a date cannot be read, a treatment ends within the window, or ``role`` contradicts the designations.
    """
    years = check_periods(periods)
    check_pairs(pairs)
    pairs = pairs.reset_index(drop=True)
    onsets = find_onsets(designations, years, timing, boundary, county_zones)
    check_codes(designations["unit"], "the designations", TreatmentError, like=pairs["unit_i"])
    ordered = pairs.sort_values(list(MEMBERS), ignore_index=True)
    check_roles(ordered, onsets, years)
    panel = _cross_periods(_date_pairs(ordered, onsets), onsets, years, timing)
    if timing == "drop_entry_year":
        panel = panel[~_mark_entries(ordered, onsets, years)]
    made = ["period", "pair_id", *[name for name in pairs.columns if name not in MEMBERS], *_MADE[2:]]
    return panel[[*MEMBERS, *made]].reset_index(drop=True)


def find_designated(
    designations: pd.DataFrame,
    periods: Sequence[int],
    timing: Timing = "approval_year",
    *,
    boundary: Boundary = "original",
    county_zones: CountyZones = "own",
) -> tuple[str, ...]:
    """Return the units treated in some period of the window, sorted: the ``designated`` of ``form_pairs``.

    Parameters are those of :func:`assign_treatment`.

    Raises
    ------
    SpecError, TreatmentError
        As ``assign_treatment`` does.
    """
    onsets = find_onsets(designations, check_periods(periods), timing, boundary, county_zones)
    return tuple(onsets.index[onsets["start"] < NEVER])


def describe_timing(
    designations: pd.DataFrame,
    periods: Sequence[int],
    timing: Timing = "approval_year",
    *,
    boundary: Boundary = "original",
    county_zones: CountyZones = "own",
) -> tuple[str, ...]:
    """Return what a reader must know of the window and the timing rule, in sentences.

    They name the units without a full year of treatment in the window, those without an untreated period, and those
    designated too late. Parameters are those of :func:`assign_treatment`; give the designations of the sample's units.

    Raises
    ------
    SpecError, TreatmentError
        As ``assign_treatment`` does.
    """
    years = check_periods(periods)
    onsets = find_onsets(designations, years, timing, boundary, county_zones)
    window, last = f"{years[0]}–{years[-1]}", years[-1]
    entering = onsets[onsets["entry"] == last]
    if timing in ("approval_year", "share_of_year"):
        entering = entering[entering["share"] < 1]
        fate = f"without a full year of treatment in {window}"
    else:
        fate = f"not treated in {window}" + (", their last row left out" if timing == "drop_entry_year" else "")
    facts = (
        (entering, f"designated in {last} ({_name_dates(entering)}) and, by the rule {timing}, {fate}"),
        (onsets[onsets["start"] <= years[0]], f"treated in all periods of {window}, without an untreated one"),
        (onsets[onsets["entry"] > last], f"designated after {last}, which count as never treated in {window}"),
    )
    return tuple(f"Units {fact}: {len(part):,} ({name_first(list(part.index))})." for part, fact in facts if len(part))


def check_absorbing(panel: pd.DataFrame) -> None:
    """Raise if the treatment of a pair (or of a unit, in a frame without pairs) ever falls from one period to the next.

    Parameters
    ----------
    panel
        ``unit_i`` and ``unit_j`` or ``unit``, ``period``, ``treated`` (bool, or numbers). Rows in any order.

    Raises
    ------
    TreatmentError
        Naming the first pairs and periods; or if ``treated`` is missing somewhere, or neither numbers nor bool.
    """
    key = list(MEMBERS) if "unit_i" in panel.columns else ["unit"]
    check_columns(panel, [*key, "period", "treated"], "the panel", TreatmentError)
    if panel["treated"].isna().any():
        n_missing = int(panel["treated"].isna().sum())
        raise TreatmentError(f"treated is missing in {n_missing:,} rows. Say of each whether it is treated.")
    given = panel["treated"].infer_objects()
    if given.dtype.kind not in "iufb":
        raise TreatmentError(f"treated holds {given.dtype}, not truth values or numbers. Convert it.")
    codes = panel.groupby(key, sort=True, observed=True).ngroup().to_numpy()
    order = np.lexsort((pd.factorize(panel["period"], sort=True)[0], codes))
    treated, codes = given.to_numpy(dtype=np.float64)[order], codes[order]
    falls = order[1:][(np.diff(treated) < 0) & (np.diff(codes) == 0) & (codes[1:] >= 0)]
    if len(falls):
        names = [
            "-".join(map(str, row[:-1])) + f" in {row[-1]}" for row in panel[[*key, "period"]].iloc[falls].to_numpy()
        ]
        raise TreatmentError(
            f"the treatment ends: {name_first(names)}. Estimators here need one that stays on: leave these units out, "
            "or cut the window before it ends."
        )


def check_pairs(pairs: pd.DataFrame) -> None:
    """Refuse pairs that are doubled or turned round, or have columns of what treatment makes."""
    check_columns(pairs, MEMBERS, "the pairs")
    for member in MEMBERS:
        check_codes(pairs[member], f"{member} of the pairs", like=pairs["unit_j"])
    turned = pairs["unit_i"] >= pairs["unit_j"]
    if turned.any():
        raise PairError(f"unit_i must come before unit_j: {_name_pairs(pairs[turned])}. Use the pairs of form_pairs.")
    check_fresh(pairs)
    doubled = pairs.duplicated(list(MEMBERS))
    if doubled.any():
        raise _refuse_made(f"more than one row for {_name_pairs(pairs[doubled])}")


def check_fresh(pairs: pd.DataFrame) -> None:
    """Refuse pairs that have columns of what treatment makes."""
    clashes = [name for name in _MADE if name in pairs.columns]
    if clashes:
        raise _refuse_made(f"the columns {', '.join(clashes)}")


def _refuse_made(found: str) -> PairError:
    return PairError(f"treatment is assigned to one row a pair, without periods. Got {found}. Leave them out.")


def check_roles(pairs: pd.DataFrame, onsets: pd.DataFrame, years: IntArray) -> None:
    """Refuse roles that are neither those of the units designated in the window nor those of the units treated in it.

    A unit designated in the last year is not treated in the window under the rules that wait for the next one.
    """
    if "role" not in pairs.columns:
        return
    last = years[-1]
    by_rule = (_count_members(pairs, onsets[column] <= last) for column in ("start", "entry"))
    found = [np.array(ROLES, dtype=object)[numbers] for numbers in by_rule]
    given = pairs["role"].to_numpy(dtype=object)
    bad = np.flatnonzero((given != found[0]) & (given != found[1]))
    if len(bad):
        names = [f"{i}-{j} ({role!r})" for i, j, role in pairs.loc[bad, [*MEMBERS, "role"]].to_numpy()]
        raise TreatmentError(
            f"the roles of pairs are not those of the designations: {name_first(names)}; the first is "
            f"{found[0][bad[0]]!r} in {years[0]}–{last}. Form the pairs with the units designated in the same periods."
        )


def _count_members(pairs: pd.DataFrame, flags: pd.Series) -> NDArray[np.intp]:
    """Return how many members of each pair are flagged (``flags`` by unit)."""
    counts: NDArray[np.intp] = np.sum([_take(flags.astype(np.intp), pairs[member], 0) for member in MEMBERS], axis=0)
    return counts


def _date_pairs(pairs: pd.DataFrame, onsets: pd.DataFrame) -> pd.DataFrame:
    """Add pair_id, cohort (int64, NEVER) and treated_unit, which do not vary over the periods."""
    first, second = (_take(onsets["cohort"], pairs[member], NEVER) for member in MEMBERS)
    single = np.where(first < NEVER, pairs["unit_i"], pairs["unit_j"])
    unclear = (first < NEVER) == (second < NEVER)
    kind = "Int64" if pairs["unit_i"].dtype.kind in "iu" else "string"
    return pairs.assign(
        pair_id=_join_members(pairs),
        cohort=np.minimum(first, second),
        treated_unit=pd.Series(single, index=pairs.index, dtype=kind).mask(unclear),
    )


def _cross_periods(pairs: pd.DataFrame, onsets: pd.DataFrame, years: IntArray, timing: Timing) -> pd.DataFrame:
    """Return a row a pair and period, with treated, event_time, and cohort as Int64 with NA."""
    panel = pairs.loc[pairs.index.repeat(len(years))].reset_index(drop=True)
    period = np.tile(years, len(pairs))
    treated_i, treated_j = (_treat_member(onsets, pairs[member], years, timing) for member in MEMBERS)
    never = panel["cohort"].to_numpy() == NEVER
    cohort = np.where(never, 0, panel["cohort"])
    return panel.assign(
        period=period,
        treated=np.maximum(treated_i, treated_j),
        cohort=pd.arrays.IntegerArray(cohort, never),
        event_time=pd.arrays.IntegerArray(np.where(never, 0, period - cohort), never),
        treated_i=treated_i,
        treated_j=treated_j,
    )


def _treat_member(
    onsets: pd.DataFrame, units: pd.Series, years: IntArray, timing: Timing
) -> NDArray[np.bool_] | FloatArray:
    """Return the treatment of each unit in each year, (units × years,)."""
    start = _take(onsets["start"], units, NEVER)[:, None]
    treated: NDArray[np.bool_] = years >= start
    if timing != "share_of_year":
        return treated.ravel()
    return np.where(years == start, _take(onsets["share"], units, 0.0)[:, None], treated).ravel()


def _mark_entries(pairs: pd.DataFrame, onsets: pd.DataFrame, years: IntArray) -> NDArray[np.bool_]:
    """Return in which rows a member enters, (pairs × years,)."""
    first, second = (_take(onsets["entry"], pairs[member], NEVER)[:, None] for member in MEMBERS)
    entries: NDArray[np.bool_] = (years == first) | (years == second)
    return entries.ravel()


def _take(values: pd.Series, units: pd.Series, absent: float) -> NDArray[Any]:
    """Return the value of each unit (``values`` by unit), ``absent`` for units without one."""
    return np.append(values.to_numpy(), absent)[values.index.get_indexer(pd.Index(units))]


def _name_pairs(pairs: pd.DataFrame) -> str:
    return name_first(_join_members(pairs).tolist())


def _join_members(pairs: pd.DataFrame) -> pd.Series:
    return pairs["unit_i"].astype(str) + "-" + pairs["unit_j"].astype(str)


def _name_dates(onsets: pd.DataFrame) -> str:
    return name_first(sorted({f"{date:%Y-%m-%d}" for date in onsets["date"]}))
