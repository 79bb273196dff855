"""Event times of the rows of a panel: read, binned, and counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import TreatmentError, name_first
from econ.keys import PAIR, PAIR_ID, UNIT, build_effect, find_sources, has_members, name_row, require_columns
from econ.spec import MEMBERS, ROLES

if TYPE_CHECKING:
    from econ.sample import Sample

BoolArray = NDArray[np.bool_]
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
    """

    values: IntArray
    treated: BoolArray

    def find(self, event_time: int) -> BoolArray:
        """Return which rows have this event time, (n,)."""
        return np.asarray(self.treated & (self.values == event_time))

    def bin(self, window: tuple[int, int]) -> EventTimes:
        """Return the same with event times beyond the window moved to its ends."""
        return EventTimes(np.where(self.treated, np.clip(self.values, *window), 0), self.treated)


def read_event_times(frame: pd.DataFrame, column: str) -> EventTimes:
    """Return the event times of a column; missing ones are those of never-treated rows.

    Raises
    ------
    SpecError
        If there is no such column.
    TreatmentError
        If a value is not a whole number, or only some rows of a pair (in a table without pairs: of a unit) have one.
    """
    require_columns(frame, [column])
    given = frame[column]
    if given.dtype.kind not in "iuf":
        raise TreatmentError(
            f"event times are whole numbers, missing for never-treated rows. The column {column!r} holds {given.dtype}."
            " Convert it (pandas.to_numeric), or take the column of assign_treatment."
        )
    numbers = given.to_numpy(dtype=np.float64, na_value=np.nan)
    treated = ~np.isnan(numbers)
    broken = treated & (~np.isfinite(numbers) | (numbers != np.round(np.where(np.isfinite(numbers), numbers, 0.5))))
    if broken.any():
        raise TreatmentError(
            f"{int(broken.sum())} event times in {column!r} are not whole numbers; the first: "
            f"{numbers[broken][0]:g} ({name_row(frame, broken)}). Count periods from the first treated one."
        )
    times = EventTimes(np.where(treated, numbers, 0).astype(np.int64), treated)
    _check_whole(frame, column, treated)
    return times


def count_rows(sample: Sample, times: EventTimes, event_times: list[int]) -> pd.DataFrame:
    """Return what each event time rests on: a row each, with the columns :data:`COUNTS` (Int64).

    Units are the members of pairs, or the units of a table without pairs. ``n_treated_units`` counts the designated
    ones: by ``treated_unit``, and both members where ``role`` is "both"; all units in a table without pairs. A count
    that the columns do not give is NA.
    """
    pairs, units, designated = _code_pairs(sample), _code_units(sample), _code_designated(sample.frame)
    rows = []
    for event_time in event_times:
        chosen = times.find(event_time)
        sets = [None if codes is None else _count_different(codes[chosen]) for codes in (pairs, units, designated)]
        rows.append((int(chosen.sum()), *sets))
    return pd.DataFrame(rows, columns=list(COUNTS), index=pd.Index(event_times, name="event_time")).astype("Int64")


def count_cohorts(frame: pd.DataFrame, times: EventTimes) -> int | None:
    """Return how many first treated periods there are, if the columns tell."""
    if "cohort" in frame.columns:
        return int(frame.loc[times.treated, "cohort"].nunique())
    if "period" in frame.columns and frame["period"].dtype.kind in "iu":
        return len(np.unique((frame["period"].to_numpy(dtype=np.int64) - times.values)[times.treated]))
    return None


def _check_whole(frame: pd.DataFrame, column: str, treated: BoolArray) -> None:
    """Refuse pairs or units of which some rows have an event time and others none: these would count as controls."""
    key = PAIR if has_members(frame) or {PAIR, PAIR_ID} & set(frame.columns) else UNIT
    if key == UNIT and UNIT not in frame.columns:
        return
    known = frame[list(find_sources(frame, key))].notna().all(axis=1).to_numpy()
    codes = build_effect(frame[known], key).codes
    with_one, without = (np.bincount(codes, flags[known]) > 0 for flags in (treated, ~treated))
    torn = np.zeros(len(frame), dtype=bool)
    torn[known] = (with_one & without)[codes]
    if torn.any():
        names = frame.loc[torn, list(find_sources(frame, key))].drop_duplicates().astype(str).agg("-".join, axis=1)
        raise TreatmentError(
            f"{column!r} is missing in some rows of a {key} and not in others: {name_first(list(names))}. A row without"
            " event time counts as never treated. Fill the column in, or leave these rows out."
        )


def _code_pairs(sample: Sample) -> NDArray[np.intp] | None:
    frame = sample.frame
    if sample.members is not None and sample.members.codes.shape[1] > 1:
        first, second = np.sort(sample.members.codes, axis=1).T
        return np.asarray(first * len(sample.members.names) + second)
    name = next((name for name in (PAIR, PAIR_ID) if name in frame.columns), None)
    return None if name is None else _factorize(frame[name])


def _code_units(sample: Sample) -> NDArray[np.intp] | None:
    if sample.members is not None:
        return sample.members.codes
    return _factorize(sample.frame[UNIT]) if UNIT in sample.frame.columns else None


def _code_designated(frame: pd.DataFrame) -> NDArray[np.intp] | None:
    """Return the designated units of each row as codes (n, m), −1 for none; None if no column tells."""
    if not has_members(frame):
        return _factorize(frame[UNIT]) if UNIT in frame.columns else None
    if "treated_unit" not in frame.columns:
        return None
    columns = [frame["treated_unit"].astype(object)]
    if "role" in frame.columns and (frame["role"] == ROLES[2]).any():
        columns += [frame[member].astype(object).where(frame["role"] == ROLES[2]) for member in MEMBERS]
    return _factorize(pd.concat(columns, ignore_index=True)).reshape(len(columns), -1).T


def _factorize(values: pd.Series) -> NDArray[np.intp]:
    return np.asarray(pd.factorize(values)[0], dtype=np.intp)


def _count_different(codes: NDArray[np.intp]) -> int:
    return len(np.unique(codes[codes >= 0]))
