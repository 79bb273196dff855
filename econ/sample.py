"""From a long table to the sample of an equation: its numbers, its effects, and what had to be left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.errors import FitError, SpecError
from econ.estimate import Dropped
from econ.keys import (
    build_effect,
    code_members,
    find_several,
    find_sources,
    has_members,
    keep_members,
    name_row,
    require_columns,
)
from econ.spec import INTERCEPT, MEMBERS
from econ.within import keep_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from econ.keys import Members
    from econ.within import Effect

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of an equation.

    Attributes
    ----------
    frame
        The rows used, with all their columns.
    columns
        1 + k of (n,): the outcome, then the regressors as given; without effects a column of ones comes before these.
        They may share the memory of the table.
    terms
        The k names of the regressors.
    weights
        (n,) positive, or None.
    effects
        To be absorbed; every level has two rows or more.
    dropped
        The rows left out, by reason.
    members
        The units of the columns unit_i and unit_j; None where there are none, or one is missing.
    """

    frame: pd.DataFrame
    columns: tuple[FloatArray, ...]
    terms: tuple[str, ...]
    weights: FloatArray | None
    effects: tuple[Effect, ...]
    dropped: tuple[Dropped, ...]
    members: Members | None = None

    @property
    def outcome(self) -> FloatArray:
        """(n,)."""
        return self.columns[0]

    @property
    def regressors(self) -> tuple[FloatArray, ...]:
        """Each (n,)."""
        return self.columns[1:]


def build_sample(
    frame: pd.DataFrame, outcome: str, regressors: Sequence[str], absorb: Sequence[str], weights: str | None
) -> Sample:
    """Return the sample of an equation; arguments as in ``fit_panel``.

    Rows with a missing value are left out first, then singletons: a row that is alone in a level of an effect says
    nothing of the coefficients, and would count as a row of the sample (Correia 2015).

    Raises
    ------
    SpecError
        If a column is unknown, doubled or not numeric.
    PairError
        If the members unit_i and unit_j do not make unordered pairs, each once in a period.
    FitError
        If a value is infinite, a weight is not positive, or no row is left.
    """
    numeric = [outcome, *regressors, *([] if weights is None else [weights])]
    require_columns(frame, numeric)
    sources = {source for effect in absorb for source in find_sources(frame, effect)}
    numbers = [_read_numbers(frame, name) for name in numeric]
    complete = np.ones(len(frame), dtype=np.bool_)
    for source in sorted(sources):
        if frame[source].hasnans:
            complete &= frame[source].notna().to_numpy()
    finite = bool(np.isfinite([column.sum() for column in numbers]).all())  # then each of them is
    missing = [] if finite else [np.isnan(column) for column in numbers]
    for flags in missing:
        complete &= ~flags
    lacking = [] if finite else _name_flagged(numeric, missing)
    dropped = _count_missing(frame, {*lacking, *sources}, complete)
    frame, numbers = _keep(frame, numbers, complete, outcome, dropped)
    if not finite:
        _check_finite(frame, numeric, numbers)
    if weights is not None:
        _check_positive(frame, weights, numbers[-1])
    whole = has_members(frame) and not any(frame[member].hasnans for member in MEMBERS)
    members = code_members(frame) if whole else None
    effects = [build_effect(frame, effect, members) for effect in absorb]
    several = find_several(effects, len(frame))
    dropped += _count_singletons(absorb, several)
    frame, numbers = _keep(frame, numbers, several, outcome, dropped)
    if not several.all():
        effects = [keep_rows(effect, several) for effect in effects]
    weighting = None if weights is None else numbers[-1]
    columns, terms = tuple(numbers[: len(regressors) + 1]), tuple(regressors)
    if not effects:
        columns, terms = (columns[0], np.ones(len(frame)), *columns[1:]), (INTERCEPT, *terms)
    kept = None if members is None else keep_members(members, several)
    return Sample(frame, columns, terms, weighting, tuple(effects), dropped, kept)


def _read_numbers(frame: pd.DataFrame, name: str) -> FloatArray:
    """Return a column of numbers or truth values as floats, missing ones as NaN."""
    column = frame[name]
    if column.dtype.kind not in "iufb":
        raise SpecError(
            f"the column {name!r} holds {column.dtype}, not numbers. Convert it (pandas.to_numeric), absorb it as an "
            "effect, or make a 0/1 column of each of its values."
        )
    if isinstance(column.dtype, np.dtype):
        return np.ascontiguousarray(column.to_numpy(dtype=np.float64))
    return np.asarray(column.to_numpy(dtype=np.float64, na_value=np.nan))


def _name_flagged(names: Sequence[str], flags: Sequence[NDArray[np.bool_]]) -> list[str]:
    return [name for name, own in zip(names, flags, strict=True) if own.any()]


def _count_missing(frame: pd.DataFrame, suspects: Iterable[str], complete: NDArray[np.bool_]) -> tuple[Dropped, ...]:
    """Count the incomplete rows, and name the columns that lack a value."""
    if complete.all():
        return ()
    lacking = [str(name) for name in frame.columns if name in suspects and frame[name].isna().any()]
    return (Dropped("rows", f"missing values in {', '.join(lacking)}", int((~complete).sum())),)


def _count_singletons(absorb: Sequence[str], several: NDArray[np.bool_]) -> tuple[Dropped, ...]:
    if several.all():
        return ()
    return (Dropped("rows", f"singletons: alone in a level of {' or '.join(absorb)}", int((~several).sum())),)


def _keep(
    frame: pd.DataFrame, numbers: list[FloatArray], kept: NDArray[np.bool_], outcome: str, dropped: tuple[Dropped, ...]
) -> tuple[pd.DataFrame, list[FloatArray]]:
    """Return the rows kept; refuse if there are none."""
    if not kept.any():
        reasons = "; ".join(f"{entry.count} with {entry.reason}" for entry in dropped) or "the table is empty"
        raise FitError(f"no row is left to fit {outcome!r} ({reasons}). Look at these columns, or absorb less.")
    if kept.all():
        return frame.copy(deep=False), numbers
    return frame[kept], [column[kept] for column in numbers]


def _check_finite(frame: pd.DataFrame, names: Sequence[str], numbers: Sequence[FloatArray]) -> None:
    infinite = [np.isinf(column) for column in numbers]
    rows = np.logical_or.reduce(infinite)
    if rows.any():
        raise FitError(
            f"{int(rows.sum())} rows hold infinite values in {', '.join(_name_flagged(names, infinite))}; the first: "
            f"{name_row(frame, rows)}. Correct them, or set them to missing."
        )


def _check_positive(frame: pd.DataFrame, weights: str, values: FloatArray) -> None:
    bad = values <= 0
    if bad.any():
        raise FitError(
            f"{int(bad.sum())} weights in {weights!r} are not positive; the first: {name_row(frame, bad)}. "
            "Leave these rows out, or correct the weights."
        )
