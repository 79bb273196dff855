"""From the terms of an equation on pairs to the unit variables and the rules that its columns are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.errors import FitError, PairError, SpecError, TreatmentError, name_first
from econ.pair_cells import name_cells
from econ.pair_columns import DESIGNATED, Column
from econ.spec import MEMBERS, PairSpec, TreatedPair, TreatedScore, Treatment, UnitVariable
from econ.units import check_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from econ.pair_cells import Cells

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_SHARE_ROUNDING = 0.02  # shares of two decimals sum to one but for so much


def build_columns(
    cells: Cells, pairs: pd.DataFrame | None, members: BoolArray, spec: PairSpec
) -> tuple[FloatArray, tuple[Column, ...], FloatArray, tuple[str, ...]]:
    """Return the stack (K, T, n), the columns, the outcome last, the variables of pairs (Q, P), and notes."""
    stack: list[FloatArray] = []
    columns: list[Column] = []
    by_pair: list[FloatArray] = []
    notes: list[str] = []
    treated = (cells.treated > 0) & members[:, None] & ~cells.entering
    scores = [term for term in spec.terms if isinstance(term, TreatedScore)]
    table = {term.column: _scale_score(term, cells, treated) for term in scores}
    if any(isinstance(term, Treatment) for term in spec.terms):
        _refuse_shares([term.column for term in scores], cells, treated)
    for term in spec.terms:
        if isinstance(term, Treatment):
            columns.append(Column("maximum"))
            stack.append(cells.treated)
        elif isinstance(term, TreatedPair):
            columns.append(Column("maximum", pair_value=len(by_pair)))
            stack.append(cells.treated)
            by_pair.append(read_pair_numbers(pairs, term.column))
        elif isinstance(term, TreatedScore):
            columns.append(Column("sum"))
            stack.append(cells.treated * table[term.column])
        else:
            rule, values = _prepare_variable(term, cells, members)
            columns.append(Column(rule, term.treated))
            stack.append(values)
    columns.append(Column(spec.outcome.measure))
    stack.append(cells.outcome)
    if any(term.scale == "sd" for term in scores):
        notes.append(f"Scores are divided by their SD among {treated.sum():,} treated unit-periods; not centred.")
    zero = treated & np.all([cells.numbers[term.column] == 0 for term in scores], axis=0) if scores else treated[:0]
    if zero.any():
        names = name_cells(cells, zero)
        notes.append(f"{zero.sum():,} of {treated.sum():,} treated unit-periods have a score of 0 in all: {names}.")
    variables = np.array(by_pair) if by_pair else np.empty((0, 0))
    return np.ascontiguousarray(np.array(stack).transpose(0, 2, 1)), tuple(columns), variables, tuple(notes)


def _scale_score(term: TreatedScore, cells: Cells, treated: BoolArray) -> FloatArray:
    """Return a score, scaled, 0 where the unit is not treated."""
    if not treated.any():
        raise TreatmentError(
            "no unit is treated in the pairs, so that no score plays a part. Look at the designations."
        )
    values = cells.numbers[term.column]
    own = values[treated]
    if np.isnan(own).any():
        raise TreatmentError(
            f"there are treated unit-periods without {term.column}: {name_cells(cells, treated & np.isnan(values))}. "
            "Complete the scores, or leave these units out."
        )
    if term.scale == "none":
        return np.where(treated, values, 0.0)
    spread = float(np.std(own, ddof=1)) if len(own) > 1 else 0.0
    if spread <= 1e-12 * np.abs(own).max():
        raise TreatmentError(
            f"{term.column} is the same in all {len(own):,} treated unit-periods: it has no SD, and its slope "
            "cannot be told from did. Leave it out."
        )
    return np.where(treated, values / spread, 0.0)


def _refuse_shares(names: Sequence[str], cells: Cells, treated: BoolArray) -> None:
    """Refuse scores that are the shares of a whole, beside the treatment itself."""
    if len(names) < 2:
        return
    scores = np.array([cells.numbers[name][treated] for name in names])
    telling = (scores != 0).any(axis=0)
    if telling.any() and scores.min() >= 0 and np.abs(scores.sum(axis=0)[telling] - 1).max() <= _SHARE_ROUNDING:
        raise FitError(
            f"{', '.join(names)} sum to one in every treated unit-period, so that they are collinear with did. "
            "Leave did or one of the shares out, or use stocks of clauses instead of shares."
        )


def _prepare_variable(term: UnitVariable, cells: Cells, members: BoolArray) -> tuple[str, FloatArray]:
    values = cells.numbers[term.column]
    if term.rule == DESIGNATED:
        return term.rule, np.where(cells.ever[:, None], values, 0.0)
    if term.rule != "log_difference":
        return term.rule, values
    bad = (values <= 0) & members[:, None]
    if bad.any():
        raise PairError(
            f"{term.column} is not positive and has no logarithm: {name_cells(cells, bad)}. Correct the series."
        )
    return "difference", np.log(np.where(values > 0, values, np.nan))


def read_pair_numbers(pairs: pd.DataFrame | None, column: str) -> FloatArray:
    """Return a column of the table of pairs, (P,), finite throughout.

    Raises
    ------
    SpecError, PairError
        If there is no table, no such column, or a value is missing.
    """
    if pairs is None:
        raise SpecError(f"{column!r} is a column of pairs, and no table of pairs was given. Give one with this column.")
    check_columns(pairs, [column], "the table of pairs")
    if pairs[column].dtype.kind not in "iufb":
        raise PairError(f"{column} must be a column of numbers, not {pairs[column].dtype}. pd.to_numeric converts.")
    numbers = pairs[column].to_numpy(dtype=np.float64, na_value=np.nan)
    bad = ~np.isfinite(numbers)
    if bad.any():
        names = ["-".join(map(str, pair)) for pair in pairs.loc[bad, list(MEMBERS)].to_numpy()]
        raise PairError(f"{column} is missing or infinite for the pairs {name_first(names)}. Fill it in.")
    return np.asarray(numbers)
