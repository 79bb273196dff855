"""From the key columns of a long table to codes: groups, members of pairs, fixed effects."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.codes import are_different, factorize, factorize_runs, number_names, repeat_runs
from econ.errors import FitError, PairError, SpecError
from econ.spec import MEMBERS
from econ.units import check_codes
from econ.within import Effect

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IntArray = NDArray[np.intp]

UNIT = "unit"
PERIOD = "period"
PERIODS = (PERIOD, "year")
PAIR = "pair"
PAIR_ID = "pair_id"
NODE = "node"

_MOST_LISTED = 12


@dataclass(frozen=True, slots=True)
class Members:
    """The units of each row, in one numbering.

    Attributes
    ----------
    runs
        (R, 1) or, for pairs, (R, 2): the codes of runs of rows; of each row where ``starts`` is None.
    names
        (C,) of the units.
    n_rows
        n.
    starts
        (R,) the rows where runs begin, or None.
    """

    runs: IntArray
    names: tuple[str, ...]
    n_rows: int
    starts: IntArray | None = None

    @property
    def codes(self) -> IntArray:
        """(n, 1) or, for pairs, (n, 2)."""
        return _spread(self.runs, self.starts, self.n_rows)


def require_columns(frame: pd.DataFrame, names: Iterable[str]) -> None:
    """Raise unless each of ``names`` is one column of the table.

    Raises
    ------
    SpecError
        Naming the column, and the nearest ones that there are.
    """
    columns = frame.columns
    plain = columns.nlevels == 1 and columns.is_unique
    for name in names:
        if plain and name in columns:
            continue
        n_found = int((frame.columns == name).sum())
        if n_found > 1:
            raise SpecError(f"the table has {n_found} columns {name!r}. Rename all but one.")
        if not n_found:
            known = [str(column) for column in frame.columns]
            near = difflib.get_close_matches(name, known, n=3)
            listed = ", ".join(known[:_MOST_LISTED]) + (", …" if len(known) > _MOST_LISTED else "")
            hint = f"Did you mean {' or '.join(near)}?" if near else f"It has {listed}."
            raise SpecError(f"the table has no column {name!r}. {hint}")


def has_members(frame: pd.DataFrame) -> bool:
    """Return whether the table is one of pairs, with a column for each member."""
    return all(member in frame.columns for member in MEMBERS)


def name_row(frame: pd.DataFrame, flags: NDArray[np.bool_]) -> str:
    """Name the first row that ``flags`` (n,) marks: by its units and period where it has them, else by its index."""
    position = int(np.flatnonzero(flags)[0])
    keys = [key for key in (*MEMBERS, UNIT, PERIOD) if key in frame.columns]
    row = frame.iloc[position]
    return ", ".join(f"{key} {row[key]}" for key in keys) or f"row {frame.index[position]}"


def code_groups(frame: pd.DataFrame, column: str) -> IntArray:
    """Return the groups of a column as codes (n,) 0 … G − 1 in the order of their values, whatever that of the rows.

    Raises
    ------
    SpecError
        If there is no such column.
    FitError
        If a value is missing.
    """
    for source in find_group_sources(frame, column):
        _check_complete(frame, source)
    return _code_part(frame, column)


def code_members(frame: pd.DataFrame, columns: Sequence[str] = MEMBERS) -> Members:
    """Return the units of one column, or of the two columns of unordered pairs.

    Raises
    ------
    SpecError
        If there is no such column.
    FitError
        If a member is missing.
    PairError
        If the members of pairs are not all strings or all integers, a unit is paired with itself, a pair stands twice
        in a period, or the rows do not all name the lower (or all the upper) member first.
    """
    require_columns(frame, columns)
    codes, units, starts = _code_units(frame, columns)
    members = Members(codes, tuple(map(str, units)), len(frame), starts)
    if len(columns) > 1:
        _check_selves(frame, codes, starts)
        _check_orientation(frame, codes, starts)
        if starts is None or not _are_runs_different(frame, codes, len(units), starts):
            _check_doubles(frame, members)
    return members


def keep_members(members: Members, rows: NDArray[np.bool_]) -> Members:
    """Return the members on some rows, without the units that are gone."""
    if rows.all():
        return members
    codes = members.codes[rows]
    left = np.bincount(codes.ravel(), minlength=len(members.names)) > 0
    numbers = np.cumsum(left, dtype=np.intp) - 1
    names = tuple(name for name, kept in zip(members.names, left, strict=True) if kept)
    return Members(numbers[codes], names, len(codes))


def find_sources(frame: pd.DataFrame, effect: str) -> tuple[str, ...]:
    """Return the columns behind an effect: its own, those that ``^`` joins, or the members for "pair" and "node^…".

    Raises
    ------
    SpecError
        If there is no such column.
    """
    if effect in frame.columns:
        return (effect,)
    sources: list[str] = []
    for part in effect.split("^"):
        if part == PAIR and part not in frame.columns and PAIR_ID in frame.columns:
            sources.append(PAIR_ID)
        elif part in (PAIR, NODE) and part not in frame.columns and has_members(frame):
            sources += MEMBERS
        else:
            sources.append(part)
    require_columns(frame, sources)
    return tuple(sources)


def find_group_sources(frame: pd.DataFrame, column: str) -> tuple[str, ...]:
    """Return the columns behind a column of clusters: itself, or those of "pair" where there is no such column.

    Raises
    ------
    SpecError
        If there is no such column.
    """
    if column == PAIR:
        return find_sources(frame, column)
    require_columns(frame, [column])
    return (column,)


def build_effect(frame: pd.DataFrame, effect: str, members: Members | None = None) -> Effect:
    """Return an effect with its codes; "node^x" has the two members' codes, (n, 2), which ``members`` has if given.

    Raises
    ------
    SpecError
        If there is no such column, or "node" is named twice.
    PairError
        As :func:`code_members`, for "node^…"; if the members behind "pair" are not all strings or all integers.
    """
    parts = [effect] if effect in frame.columns else effect.split("^")
    symmetric = NODE in parts and NODE not in frame.columns
    if symmetric and parts.count(NODE) > 1:
        raise SpecError(f"the effect {effect!r} names {NODE} twice. It stands for both members already.")
    keys = [_code_part(frame, part) for part in parts if not (symmetric and part == NODE)]
    if symmetric:
        keys = [(members or code_members(frame)).codes, *(key[:, None] for key in keys)]
    codes, n_levels = _join(keys)
    return Effect(effect, codes, n_levels)


def find_several(effects: Sequence[Effect], n_rows: int) -> NDArray[np.bool_]:
    """Return which rows (n,) stay when levels with a single row go, again and again until none is left."""
    kept = np.ones(n_rows, dtype=bool)
    while True:
        lone = np.zeros(n_rows, dtype=bool)
        for effect in effects:
            codes = effect.codes if kept.all() else effect.codes[kept]
            counts = np.bincount(codes.ravel(), minlength=effect.n_levels)
            if (counts == 1).any():
                lone |= (counts[effect.codes] == 1).reshape(n_rows, -1).any(axis=1) & kept
        if not lone.any():
            return kept
        kept &= ~lone


def is_nested(effect: Effect, groups: IntArray) -> bool:
    """Return whether each level of an effect lies in one group; an effect of two members never does."""
    if effect.codes.ndim > 1:
        return False
    if groups is effect.codes:
        return True
    some_group = np.empty(effect.n_levels, dtype=np.intp)
    some_group[effect.codes] = groups
    return bool((some_group[effect.codes] == groups).all())


def _code_units(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[IntArray, list[Any], IntArray | None]:
    """Return the units of one column, or of the two of pairs, (R, columns), in the order of their names.

    Beside them their names, and the rows (R,) where runs of one pair begin; None if each row counts as one, R = n.
    Missing units are refused, and names of two columns that would never meet.
    """
    values = [_open_categories(frame[column]) for column in columns]
    runs = factorize_runs(values) if len(columns) > 1 else None
    coded, starts = ([factorize(part, sort=False) for part in values], None) if runs is None else runs
    if any((codes < 0).any() for codes, _ in coded):
        for column in columns:
            _check_complete(frame, column)
    if len(columns) > 1:
        _check_kinds(columns, [found for _, found in coded])
        numbers, units = number_names([found for _, found in coded])
    else:
        number, ordered = pd.factorize(coded[0][1], sort=True)
        numbers, units = [np.asarray(number, dtype=np.intp)], ordered.tolist()
    return np.array([number[codes] for number, (codes, _) in zip(numbers, coded, strict=True)]).T, units, starts


def _spread(values: NDArray[Any], starts: IntArray | None, n_rows: int) -> NDArray[Any]:
    """Return the values of runs (R, …) for each of their rows (n, …); ``starts`` None: they are of rows."""
    return values if starts is None else repeat_runs(values.T, starts, n_rows).T


def _check_kinds(columns: Sequence[str], names: Sequence[pd.Index]) -> None:
    """Refuse names of two columns that would never meet."""
    if all(isinstance(found.dtype, pd.StringDtype) for found in names):
        return
    for column, found in zip(columns, names, strict=True):
        check_codes(pd.Series(found), f"the column {column}", like=pd.Series(names[-1]))


def _open_categories(values: pd.Series) -> pd.Series:
    return values.astype(values.cat.categories.dtype) if isinstance(values.dtype, pd.CategoricalDtype) else values


def _code_part(frame: pd.DataFrame, part: str) -> IntArray:
    """Return the codes of one column, or of "pair", whose members may stand in either order."""
    sources = find_sources(frame, part)
    if len(sources) == 1:
        return factorize(frame[sources[0]])[0]
    units, _, starts = _code_units(frame, sources)
    return _spread(_join([units.min(axis=1), units.max(axis=1)])[0], starts, len(frame))


def _join(keys: Sequence[IntArray]) -> tuple[IntArray, int]:
    """Return the codes of the combinations of several codes that occur, and their number."""
    joint = keys[0]
    if len(keys) == 1 and joint.ndim == 1:  # they have no gaps
        return joint, int(joint.max(initial=-1)) + 1
    for key in keys[1:]:
        joint = joint * (int(key.max(initial=0)) + 1) + key
    codes, found = pd.factorize(joint.ravel())
    return np.asarray(codes, dtype=np.intp).reshape(joint.shape), len(found)


def _check_complete(frame: pd.DataFrame, column: str) -> None:
    require_columns(frame, [column])
    missing = frame[column].isna().to_numpy()
    if missing.any():
        raise FitError(
            f"{int(missing.sum())} rows have no {column}, by which the errors are grouped; the first: "
            f"{name_row(frame, missing)}. Fill the column in, or leave these rows out."
        )


def _check_selves(frame: pd.DataFrame, units: IntArray, starts: IntArray | None) -> None:
    selves = units[:, 0] == units[:, 1]
    if selves.any():
        selves = _spread(selves, starts, len(frame))
        raise PairError(
            f"{int(selves.sum())} rows pair a unit with itself; the first: {name_row(frame, selves)}. Leave them out."
        )


def _check_orientation(frame: pd.DataFrame, units: IntArray, starts: IntArray | None) -> None:
    """Refuse rows that name the lower member first beside rows that name the upper one first."""
    turned = units[:, 0] > units[:, 1]
    if turned.any() and not turned.all():
        turned = _spread(turned, starts, len(frame))
        raise PairError(
            f"{int((~turned).sum())} rows name the lower member of their pair first and {int(turned.sum())} the upper "
            f"one; the first of these: {name_row(frame, turned)}. Symmetric effects and dyadic errors are for "
            "unordered pairs: put the lower code first in every row, and keep one row a pair and period."
        )


def _are_runs_different(frame: pd.DataFrame, units: IntArray, n_units: int, starts: IntArray) -> bool:
    """Whether a glance tells that no pair stands twice in a period: each has one run, in which periods rise."""
    column = next((name for name in PERIODS if name in frame.columns), None)
    if column is None or not isinstance(frame[column].dtype, np.dtype) or frame[column].dtype.kind not in "iuf":
        return False
    periods = frame[column].to_numpy()
    rises = periods[1:] > periods[:-1]
    rises[starts[1:] - 1] = True
    first, second = units.T
    return bool(rises.all()) and are_different(first * n_units + second, n_units**2)


def _check_doubles(frame: pd.DataFrame, members: Members) -> None:
    """Refuse rows that repeat a pair in a period; without a column of periods, rows that repeat another one wholly."""
    column = next((name for name in PERIODS if name in frame.columns), None)
    if column is None:
        doubled = frame.duplicated().to_numpy()
    else:
        period, periods = factorize(frame[column])
        if (period < 0).any():
            period, periods = period + 1, periods.append(pd.Index([None]))
        first, second = members.codes.T
        cells = (first * len(members.names) + second) * len(periods) + period
        if are_different(cells, len(members.names) ** 2 * len(periods)):
            return
        doubled = pd.Series(cells).duplicated().to_numpy()
    if doubled.any():
        where = "" if column is None else f" in the same {column}"
        raise PairError(
            f"{int(doubled.sum())} rows repeat a pair{where}; the first: {name_row(frame, doubled)}. "
            "Keep one row a pair and period."
        )
