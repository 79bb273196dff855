"""Event times of the rows of a panel: read, binned, and counted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import TreatmentError, name_first
from econ.keys import (
    PAIR,
    PAIR_ID,
    PERIOD,
    PERIODS,
    UNIT,
    build_effect,
    find_sources,
    has_members,
    name_row,
    require_columns,
)
from econ.spec import MEMBERS, ROLES
from econ.treatment import check_absorbing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from econ.sample import Sample

BoolArray = NDArray[np.bool_]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

EVENT_TIME = "event_time"
"""The column of event times that ``assign_treatment`` makes."""
COUNTS = ("n_rows", "n_pairs", "n_units", "n_treated_units")


@dataclass(frozen=True, slots=True)
class EventTimes:
    """Event times of n rows.

    Attributes
    ----------
    values : (n,)
        0 on the rows of the never-treated.
    treated : (n,)
        Which rows have one.
    key
        What is treated: "pair", "unit", or an absorbed column in the place of unit; None if no column tells.
    starts : (n,) or None
        Period less event time, or the place of the period less event time, NaN without a period; None if no column of
        numbers tells.
    """

    values: IntArray
    treated: BoolArray
    key: str | None = None
    starts: FloatArray | None = None

    def find(self, event_time: int) -> BoolArray:
        """Return which rows have this event time, (n,)."""
        return np.asarray(self.treated & (self.values == event_time))

    def bin(self, window: tuple[int, int]) -> EventTimes:
        """Return the same with event times beyond the window moved to its ends."""
        return replace(self, values=np.where(self.treated, np.clip(self.values, *window), 0))

    def take(self, rows: BoolArray | NDArray[np.intp]) -> EventTimes:
        """Return those of some rows (a mask, or their places)."""
        starts = None if self.starts is None else self.starts[rows]
        return replace(self, values=self.values[rows], treated=self.treated[rows], starts=starts)


@dataclass(frozen=True, slots=True)
class Support:
    """What of the treated is in a sample.

    Attributes
    ----------
    n_keys
        Treated pairs or units.
    n_always
        Those of them without a row before event time 0.
    n_apart
        Those of the others that lack a row at the reference.
    """

    n_keys: int
    n_always: int
    n_apart: int


def read_event_times(frame: pd.DataFrame, column: str, effects: Iterable[str] = ()) -> EventTimes:
    """Return the event times of a column; missing ones are those of never-treated rows.

    Parameters
    ----------
    frame, column
        The table and its column of event times.
    effects
        Absorbed columns: in a table without pairs and without ``unit`` one of them tells the units.

    Raises
    ------
    SpecError
        If there is no such column.
    TreatmentError
        If a value is not a whole number, only some rows of a pair (in a table without pairs: of a unit) have one, they
        do not run with the periods, a unit has two rows in a period, or a column ``treated`` falls.
    """
    require_columns(frame, [column, *({UNIT, *PERIODS, "treated"} & set(frame.columns))])
    given = frame[column]
    if given.dtype.kind not in "iuf":
        raise TreatmentError(
            f"event times are whole numbers, missing for never-treated rows. The column {column!r} holds {given.dtype}."
            " Convert it (pandas.to_numeric), or take the column of assign_treatment."
        )
    numbers = given.to_numpy(dtype=np.float64, na_value=np.nan)
    treated = ~np.isnan(numbers)
    broken = treated & ~_are_whole(numbers)
    if broken.any():
        raise TreatmentError(
            f"{int(broken.sum())} event times in {column!r} are not whole numbers; the first: "
            f"{numbers[broken][0]:g} ({name_row(frame, broken)}). Count periods from the first treated one."
        )
    values = np.where(treated, numbers, 0).astype(np.int64)
    key = _find_key(frame, effects, treated)
    if key is None:
        return EventTimes(values, treated, None, _subtract(_read_periods(frame), values))
    codes = _code_key(frame, key)
    _check_whole(frame, column, key, codes, treated)
    _check_doubles(frame, key, codes)
    _check_falls(frame, key, codes)
    times = EventTimes(values, treated, key)
    return replace(times, starts=_date_starts(frame, column, times, codes))


def count_rows(sample: Sample, times: EventTimes, event_times: list[int]) -> pd.DataFrame:
    """Return what each event time rests on: a row each, with the columns :data:`COUNTS` (Int64).

    Units are the members of pairs, or the units of a table without pairs. ``n_treated_units`` counts the designated
    ones: by ``treated_unit``, and where it is missing by ``role`` "both" or by ``treated_i`` and ``treated_j``; all
    units in a table without pairs. A count that the columns do not give is NA.
    """
    pairs, units, designated = _code_pairs(sample), _code_units(sample, times.key), _code_designated(sample, times)
    rows = []
    for event_time in event_times:
        chosen = times.find(event_time)
        sets = [None if codes is None else _count_different(codes[chosen]) for codes in (pairs, units, designated)]
        rows.append((int(chosen.sum()), *sets))
    return pd.DataFrame(rows, columns=list(COUNTS), index=pd.Index(event_times, name="event_time")).astype("Int64")


def count_designated(sample: Sample, times: EventTimes) -> tuple[int | None, int]:
    """Return how many designated units the treated rows have (None if unknown), and how many pairs of two of them."""
    designated, pairs = _code_designated(sample, times), _code_pairs(sample)
    if designated is None:
        return None, 0
    both = times.treated & (designated >= 0).all(axis=1)
    return _count_different(designated[times.treated]), 0 if pairs is None else _count_different(pairs[both])


def count_support(sample: Sample, times: EventTimes, reference: BoolArray) -> Support | None:
    """Return how many treated pairs or units lack rows before event time 0, or at the reference (its rows, (n,))."""
    if times.key is None:
        return None
    codes = _code_key(sample.frame, times.key)
    if (codes < 0).any():
        return None
    treated, before, based = (
        np.bincount(codes, flags) > 0 for flags in (times.treated, times.treated & (times.values < 0), reference)
    )
    return Support(int(treated.sum()), int((treated & ~before).sum()), int((before & ~based).sum()))


def count_cohorts(frame: pd.DataFrame, times: EventTimes) -> int | None:
    """Return how many first treated periods there are, if the columns tell."""
    if "cohort" in frame.columns:
        return int(frame.loc[times.treated, "cohort"].nunique())
    if times.starts is None:
        return None
    starts = times.starts[times.treated]
    return len(np.unique(starts[~np.isnan(starts)]))


def _are_whole(numbers: FloatArray) -> BoolArray:
    finite = np.isfinite(numbers)
    return np.asarray(finite & (numbers == np.round(np.where(finite, numbers, 0.5))))


def _find_key(frame: pd.DataFrame, effects: Iterable[str], treated: BoolArray) -> str | None:
    """Return what is treated; without pairs and units the finest absorbed column that holds the treated apart."""
    if has_members(frame) or {PAIR, PAIR_ID} & set(frame.columns):
        return PAIR
    if UNIT in frame.columns:
        return UNIT
    columns = [name for name in effects if name in frame.columns and name not in PERIODS]
    apart = [name for name in columns if not _are_torn(_factorize(frame[name]), treated).any()]
    return max(apart, key=lambda name: frame[name].nunique(), default=None)


def _code_key(frame: pd.DataFrame, key: str) -> NDArray[np.intp]:
    """Return the pairs or units of rows as codes (n,), −1 where a column is missing."""
    known = frame[list(find_sources(frame, key))].notna().all(axis=1).to_numpy()
    codes = np.full(len(frame), -1, dtype=np.intp)
    codes[known] = build_effect(frame[known], key).codes
    return codes


def _are_torn(codes: NDArray[np.intp], treated: BoolArray) -> BoolArray:
    """Return which rows (n,) are of levels that have rows with and rows without an event time."""
    known = codes >= 0
    with_one, without = (np.bincount(codes[known], flags[known]) > 0 for flags in (treated, ~treated))
    torn = np.zeros(len(codes), dtype=bool)
    torn[known] = (with_one & without)[codes[known]]
    return torn


def _check_whole(frame: pd.DataFrame, column: str, key: str, codes: NDArray[np.intp], treated: BoolArray) -> None:
    """Refuse pairs or units of which some rows have an event time and others none: these would count as controls."""
    torn = _are_torn(codes, treated)
    if torn.any():
        raise TreatmentError(
            f"{column!r} is missing in some rows of a {key} and not in others: {_name_keys(frame, key, torn)}. A row "
            "without event time counts as never treated. Fill the column in, or leave these rows out."
        )


def _check_doubles(frame: pd.DataFrame, key: str, codes: NDArray[np.intp]) -> None:
    """Refuse two rows of a unit in a period; those of pairs with members are refused with the sample."""
    name = _find_period(frame)
    if name is None or has_members(frame):
        return
    periods = _factorize(frame[name])
    doubled = pd.DataFrame({"key": codes, "period": periods}).duplicated().to_numpy() & (codes >= 0) & (periods >= 0)
    if doubled.any():
        raise TreatmentError(
            f"{int(doubled.sum())} rows repeat a {key} in the same {name}: {_name_keys(frame, key, doubled)}. Keep one "
            "row a unit or pair and period."
        )


def _check_falls(frame: pd.DataFrame, key: str, codes: NDArray[np.intp]) -> None:
    """Refuse a column ``treated`` of numbers or truth values that falls within a pair or unit."""
    name = _find_period(frame)
    if name is None or "treated" not in frame.columns or frame["treated"].dtype.kind not in "iufb":
        return
    known = frame[[name, "treated"]].notna().all(axis=1).to_numpy() & (codes >= 0)
    sources = list(find_sources(frame, key))
    names = sources if len(sources) > 1 else [UNIT]
    paths = frame.loc[known, [*sources, name, "treated"]]
    check_absorbing(paths.set_axis([*names, PERIOD, "treated"], axis=1))


def _date_starts(frame: pd.DataFrame, column: str, times: EventTimes, codes: NDArray[np.intp]) -> FloatArray | None:
    """Return period less event time; refuse pairs or units in which it changes.

    Periods are counted as numbers, or by their place among those of the table: 201501 comes after 201412.
    """
    periods = _read_periods(frame)
    if periods is None:
        return None
    known = ~np.isnan(periods)
    places = periods.copy()
    places[known] = np.unique(periods[known], return_inverse=True)[1]
    chosen = times.treated & known & (codes >= 0)
    changing = []
    for scale in (periods, places):
        starts = scale - times.values
        some = np.zeros(int(codes.max(initial=0)) + 1)
        some[codes[chosen]] = starts[chosen]
        changes = chosen & (some[codes] != starts)
        if not changes.any():
            return starts
        changing.append(changes)
    raise TreatmentError(
        f"period less event time changes within {_name_keys(frame, times.key or UNIT, changing[0])}: {column!r} does "
        "not count periods from one first treated period. Correct it, or take the column of assign_treatment; a unit "
        "treated twice has the event times of its first treatment."
    )


def _find_period(frame: pd.DataFrame) -> str | None:
    return next((name for name in PERIODS if name in frame.columns), None)


def _read_periods(frame: pd.DataFrame) -> FloatArray | None:
    """Return the periods, whole numbers or NaN, (n,); None unless there is a column of them."""
    name = _find_period(frame)
    if name is None or frame[name].dtype.kind not in "iuf":
        return None
    numbers = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return numbers if (_are_whole(numbers) | np.isnan(numbers)).all() else None


def _subtract(periods: FloatArray | None, values: IntArray) -> FloatArray | None:
    return None if periods is None else periods - values


def _name_keys(frame: pd.DataFrame, key: str, rows: BoolArray) -> str:
    names = frame.loc[rows, list(find_sources(frame, key))].drop_duplicates().astype(str).agg("-".join, axis=1)
    return name_first(list(names))


def _code_pairs(sample: Sample) -> NDArray[np.intp] | None:
    frame = sample.frame
    if sample.members is not None and sample.members.codes.shape[1] > 1:
        first, second = np.sort(sample.members.codes, axis=1).T
        return np.asarray(first * len(sample.members.names) + second)
    name = next((name for name in (PAIR, PAIR_ID) if name in frame.columns), None)
    return None if name is None else _factorize(frame[name])


def _code_units(sample: Sample, key: str | None) -> NDArray[np.intp] | None:
    if sample.members is not None:
        return sample.members.codes
    name = UNIT if UNIT in sample.frame.columns or key in (None, PAIR) else key
    return _factorize(sample.frame[name]) if name in sample.frame.columns else None


def _code_designated(sample: Sample, times: EventTimes) -> NDArray[np.intp] | None:
    """Return the designated units of each row as codes (n, 2), −1 for none; None if a treated row does not tell."""
    frame = sample.frame
    if not has_members(frame):
        units = _code_units(sample, times.key)
        return None if units is None else np.column_stack([units, np.full(len(units), -1, dtype=np.intp)])
    columns = (*MEMBERS, "treated_unit", "role", "treated_i", "treated_j")
    part = frame.loc[times.treated, [name for name in columns if name in frame.columns]]
    single = part["treated_unit"] if "treated_unit" in part.columns else pd.Series(None, part.index, dtype=object)
    named = pd.concat([single.astype(object), *(part[name].astype(object) for name in MEMBERS)], ignore_index=True)
    codes = _factorize(named).reshape(3, -1).T
    members = codes[:, 1:]
    marked = (members == codes[:, :1]) & (members >= 0)
    if "role" in part.columns:
        marked[(part["role"] == ROLES[2]).to_numpy(dtype=bool, na_value=False)] = True
    if {"treated_i", "treated_j"} <= set(part.columns):
        unclear = ~marked.any(axis=1)
        marked[unclear] = _are_ever_treated(part, members)[unclear]
    if not marked.any(axis=1).all():
        return None
    designated = np.full((len(frame), 2), -1, dtype=np.intp)
    designated[times.treated] = np.where(marked, members, -1)
    return designated


def _are_ever_treated(frame: pd.DataFrame, members: NDArray[np.intp]) -> BoolArray:
    """Return which members (n, 2) are treated in some row of the table, by ``treated_i`` and ``treated_j``."""
    shares = [frame[name].to_numpy(dtype=np.float64, na_value=np.nan) for name in ("treated_i", "treated_j")]
    return np.asarray(np.isin(members, members[np.column_stack(shares) > 0]))


def _factorize(values: pd.Series) -> NDArray[np.intp]:
    return np.asarray(pd.factorize(values)[0], dtype=np.intp)


def _count_different(codes: NDArray[np.intp]) -> int:
    return len(np.unique(codes[codes >= 0]))
