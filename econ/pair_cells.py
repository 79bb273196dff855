"""From series and designations to matrices of units by periods, which equations on pairs are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.comovement import prepare_units
from econ.designations import NEVER, check_periods, date_onsets
from econ.errors import SpecError, TreatmentError, name_first
from econ.series import spread_series
from econ.spec import PairSpec, TreatedScore, UnitVariable
from econ.synchronization import find_reference, refuse_unusable
from econ.units import check_codes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from econ.designations import Boundary, CountyZones, Onsets, Timing

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

FUNCTION = "fit_pairs"


@dataclass(frozen=True, slots=True)
class Cells:
    """The unit-periods of a window.

    Attributes
    ----------
    units, periods
        n and T, sorted.
    places
        Of the units by their names.
    outcome : (n, T)
        What units are compared by.
    numbers
        By column of the series, (n, T), NaN = missing.
    treated : (n, T)
        The share of the period in which the unit is treated.
    entering : (n, T)
        Where a unit enters, if the timing rule leaves such periods out.
    onsets
        Of all designated units, those without series too.
    """

    units: pd.Index
    places: Mapping[Any, int]
    periods: IntArray
    outcome: FloatArray
    numbers: dict[str, FloatArray]
    treated: FloatArray
    entering: BoolArray
    onsets: Onsets

    def find_places(self, units: pd.Index) -> NDArray[np.intp]:
        """Return the places of units among these, −1 for others."""
        return _look_up(units.to_numpy(dtype=object), self.places)

    @property
    def ever(self) -> BoolArray:
        """Which units are treated in the window, (n,)."""
        return np.asarray((self.treated > 0).any(axis=1))


def read_cells(series: pd.DataFrame, designations: pd.DataFrame, spec: PairSpec) -> Cells:
    """Return the matrices of the window; the outcome's are prepared over the whole series.

    Raises
    ------
    SpecError, SeriesError, TreatmentError
        As ``fit_pairs`` does.
    """
    variables = [term.column for term in spec.terms if isinstance(term, TreatedScore | UnitVariable)]
    names = list(dict.fromkeys([spec.outcome.column, *variables]))
    units, periods, spread = spread_series(series, names, FUNCTION)
    outcome = _prepare_outcome(spread[0], units, periods, spec)
    years = periods if spec.periods is None else check_periods(spec.periods)
    inside = np.searchsorted(periods, years)
    if len(years) < 2 or (periods.take(inside, mode="clip") != years).any():
        raise SpecError(
            f"the periods of a PairSpec must be two or more of the series', {periods[0]} to {periods[-1]}. "
            f"Got {list(map(int, years))}."
        )
    timing = cast("Timing", spec.timing)
    onsets = date_onsets(
        designations, years, timing, cast("Boundary", spec.boundary), cast("CountyZones", spec.county_zones)
    )
    places = {unit: place for place, unit in enumerate(units.tolist())}
    designated = _look_up(onsets.units.tolist(), places)
    if (designated < 0).any():
        check_codes(designations["unit"], "the designations", TreatmentError, like=units[:1])
    treated, entering = _date_units(onsets, designated, len(units), years, timing)
    numbers = {name: spread[place][:, inside] for place, name in enumerate(names)}
    return Cells(units, places, years, outcome[:, inside], numbers, treated, entering, onsets)


def _look_up(units: Iterable[Any], places: Mapping[Any, int]) -> NDArray[np.intp]:
    """Return the places of units, −1 for those that have none; an index of text would be slower."""
    return np.array([places.get(unit, -1) for unit in units], dtype=np.intp)


def _date_units(
    onsets: Onsets, places: NDArray[np.intp], n_units: int, years: IntArray, timing: Timing
) -> tuple[FloatArray, BoolArray]:
    """Return how far, of n units, each is treated in each year and whether it enters then, (n, T) both."""
    start = _put(onsets.start, places, n_units, NEVER)
    treated = (years >= start).astype(np.float64)
    if timing == "share_of_year":
        treated = np.where(years == start, _put(onsets.share, places, n_units, 0.0), treated)
    if timing == "drop_entry_year":
        return treated, years == _put(onsets.entry, places, n_units, NEVER)
    return treated, np.zeros(treated.shape, dtype=np.bool_)


def _put(values: IntArray | FloatArray, places: NDArray[np.intp], n_units: int, otherwise: float) -> FloatArray:
    """Return values at their ``places`` among n units, (n, 1); those at −1 fall off the end."""
    column = np.full(n_units + 1, float(otherwise))
    column[places] = values
    return column[:-1, None]


def _prepare_outcome(values: FloatArray, units: pd.Index, periods: IntArray, spec: PairSpec) -> FloatArray:
    """Return what units are compared by, (n, all periods)."""
    measure, standardise = spec.outcome.measure, spec.outcome.standardise
    table = pd.DataFrame(values, index=units, columns=periods)
    reference = find_reference(table, measure, standardise)
    refuse_unusable(table, measure, reference, window=0)
    return prepare_units(values, measure, reference, 0)


def name_cells(cells: Cells, mask: BoolArray) -> str:
    """Name the first of the unit-periods in ``mask`` (n, T)."""
    units, periods = np.nonzero(mask)
    named = zip(cells.units[units], cells.periods[periods], strict=True)
    return name_first([f"{unit} in {period}" for unit, period in named])
