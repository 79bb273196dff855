"""Unit variables as pair variables, each by a named rule."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import PairError, SpecError, name_first
from econ.spec import MEMBERS, check_choice
from econ.units import check_codes, check_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Rule = Literal["log_difference", "difference", "sum", "product", "minimum", "maximum", "designated"]
FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]
BoolArray = NDArray[np.bool_]

SHARE_TOLERANCE = 1e-6
"""How far the shares of a structure may be from 1 in sum."""

_COMBINATIONS: Mapping[str, Callable[[FloatArray, FloatArray], FloatArray]] = {
    "log_difference": lambda x, y: np.abs(np.log(x) - np.log(y)),
    "difference": lambda x, y: np.abs(x - y),
    "sum": np.add,
    "product": np.multiply,
    "minimum": np.minimum,
    "maximum": np.maximum,
}


def combine_units(
    pairs: pd.DataFrame,
    values: pd.DataFrame,
    column: str,
    rule: Rule,
    designated: Iterable[str] | None = None,
) -> pd.Series:
    """Return a pair variable made of a unit variable, with the index of ``pairs`` and the name ``column``.

    Parameters
    ----------
    pairs
        ``unit_i``, ``unit_j``, and ``period`` if ``values`` has it.
    values
        One row a unit, or a unit and ``period``: ``unit``, ``column`` (numbers).
    column
        The unit variable x.
    rule
        ``log_difference`` |ln x_i − ln x_j|, ``difference`` |x_i − x_j|, ``sum``, ``product``, ``minimum``,
        ``maximum``, or ``designated``: the value of the designated member.
    designated
        The designated units, only for the rule ``designated``. None: column ``treated_unit`` of ``pairs`` tells.

    Returns
    -------
    Series
        float64. NaN where a member's value, or its row for the period, is missing; ``fit_panel`` counts such rows.

    Raises
    ------
    SpecError
        If the rule is unknown, or does not go with ``designated``.
    PairError
        If a member has no row at all, a row is doubled, a value is infinite (or not positive under
        ``log_difference``), or a pair has no single designated member under ``designated``.
    """
    check_choice("combine_units", "rule", rule, get_args(Rule))
    if designated is not None and rule != "designated":
        raise SpecError(f"designated goes with the rule 'designated' of combine_units alone. Got {rule!r}.")
    first, second = _find_rows(pairs, values)
    numbers = _read_numbers(values, column)
    if rule == "log_difference":
        used = np.unique(np.concatenate([first, second]))
        _refuse_rows(values, used[numbers[used] <= 0], f"{column} is not positive and has no logarithm")
    x, y = numbers[first], numbers[second]
    if rule == "designated":
        combined = np.where(_mark_designated(pairs, designated), x, y)
    else:
        combined = _COMBINATIONS[rule](x, y)
    return pd.Series(combined, index=pairs.index, name=column)


def measure_krugman(pairs: pd.DataFrame, structures: pd.DataFrame) -> pd.Series:
    """Return the Krugman index of each pair, K_ij = Σ_k |s_ik − s_jk|, named ``krugman``.

    In [0, 2]: 0 for equal structures, 2 for structures without a common part (Krugman 1991, Geography and Trade).

    Parameters
    ----------
    pairs
        ``unit_i``, ``unit_j``, and ``period`` if ``structures`` has it.
    structures
        One row a unit, or a unit and ``period``: ``unit`` and the shares s_k, all other columns, which sum to 1. A row
        without any share is missing and gives NaN.

    Raises
    ------
    PairError
        If a member has no row at all, a row is doubled, a share is negative, or the shares do not sum to 1.
    """
    first, second = _find_rows(pairs, structures)
    names = [name for name in structures.columns if name not in ("unit", "period")]
    shares = [_read_numbers(structures, name) for name in names]
    _check_shares(structures, shares)
    index = sum((np.abs(share[first] - share[second]) for share in shares), np.zeros(len(pairs)))
    return pd.Series(index, index=pairs.index, name="krugman")


def _find_rows(pairs: pd.DataFrame, values: pd.DataFrame) -> tuple[IntArray, IntArray]:
    """Return the row of ``values`` for each member of each pair; len(values), one too far, where there is none."""
    key = ["unit", "period"] if "period" in values.columns else ["unit"]
    _check_tables(pairs, values, key)
    units = pd.Index(values["unit"].unique())
    periods = pd.Index(values["period"].unique() if "period" in key else [0])
    table = np.full((len(units), len(periods) + 1), len(values), dtype=np.intp)
    table[units.get_indexer(values["unit"]), _place_periods(values, periods)] = np.arange(len(values))
    columns = _place_periods(pairs, periods) if "period" in key else 0
    members = [units.get_indexer(pairs[member]) for member in MEMBERS]
    absent = sorted({*pairs["unit_i"][members[0] < 0], *pairs["unit_j"][members[1] < 0]})
    if absent:
        raise PairError(f"the table of values has no row for the units {name_first(absent)}. Add them.")
    return table[members[0], columns], table[members[1], columns]


def _check_tables(pairs: pd.DataFrame, values: pd.DataFrame, key: Sequence[str]) -> None:
    check_columns(values, key, "the table of values")
    check_columns(pairs, [*MEMBERS, *key[1:]], "the pairs")
    check_codes(values["unit"], "the table of values", like=pairs["unit_i"])
    for frame in (pairs, values):
        if "period" in key and frame["period"].dtype.kind not in "iu":
            raise PairError(f"periods must be integers, such as years. Got {frame['period'].dtype}. Convert them.")
    _refuse_rows(values, np.flatnonzero(values.duplicated(list(key))), "there is more than one row")


def _place_periods(frame: pd.DataFrame, periods: pd.Index) -> IntArray:
    """Return the place of each row's period among ``periods``, −1 if it is not there; 0 for frames without periods."""
    return (
        periods.get_indexer(pd.Index(frame["period"]))
        if "period" in frame.columns
        else np.zeros(len(frame), dtype=np.intp)
    )


def _read_numbers(values: pd.DataFrame, column: str) -> FloatArray:
    """Return a column as float64 with one NaN more at its end: the value of a row that is not there."""
    check_columns(values, [column], "the table of values")
    if values[column].dtype.kind not in "iuf":
        raise PairError(f"{column} must be a column of numbers, not {values[column].dtype}. pd.to_numeric converts.")
    numbers = values[column].to_numpy(dtype=float, na_value=np.nan)
    _refuse_rows(values, np.flatnonzero(np.isinf(numbers)), f"{column} is infinite")
    return np.append(numbers, np.nan)


def _check_shares(structures: pd.DataFrame, shares: Sequence[FloatArray]) -> None:
    """Refuse rows whose shares are negative or do not sum to 1; rows without any share are missing."""
    if not shares:
        raise PairError("a structure needs columns of shares beside unit and period. Add them.")
    table = np.column_stack(shares)[:-1]
    valid = (table >= 0).all(axis=1) & (np.abs(table.sum(axis=1) - 1) <= SHARE_TOLERANCE)
    bad = np.flatnonzero(~valid & ~np.isnan(table).all(axis=1))
    _refuse_rows(structures, bad, "the shares are negative, incomplete, or do not sum to 1")


def _mark_designated(pairs: pd.DataFrame, designated: Iterable[str] | None) -> BoolArray:
    """Return where unit_i is the designated member; refuse pairs where not exactly one is."""
    if designated is None and "treated_unit" not in pairs.columns:
        raise SpecError(
            "the rule 'designated' of combine_units needs designated, or a column treated_unit of the pairs."
        )
    if designated is None:
        first, second = ((pairs[member] == pairs["treated_unit"]).fillna(False) for member in MEMBERS)
    else:
        codes = set(designated)
        first, second = (pairs[member].isin(codes) for member in MEMBERS)
    unclear = pairs.loc[first == second, list(MEMBERS)].drop_duplicates()
    if len(unclear):
        names = [f"{i}-{j}" for i, j in unclear.to_numpy()]
        raise PairError(
            f"there are pairs without a single designated member: {name_first(names)}. Take those of role 'one'."
        )
    marks: BoolArray = first.to_numpy(dtype=bool)
    return marks


def _refuse_rows(values: pd.DataFrame, rows: IntArray, problem: str) -> None:
    """Raise if any row is bad, naming units, and periods if there are some."""
    if len(rows):
        key = ["unit", "period"] if "period" in values.columns else ["unit"]
        names = [
            " ".join(map(str, cell)) for cell in values.iloc[rows][key].drop_duplicates().sort_values(key).to_numpy()
        ]
        raise PairError(f"{problem}: {name_first(names)}. Correct the table of values.")
