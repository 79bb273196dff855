"""From series and designations to matrices of units by periods, which equations on pairs are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.comovement import prepare_units
from econ.designations import NEVER, check_periods, find_onsets
from econ.errors import SpecError, TreatmentError, name_first
from econ.series import spread_series
from econ.spec import PairSpec, TreatedScore, UnitVariable
from econ.synchronization import find_reference, refuse_unusable
from econ.units import check_codes

if TYPE_CHECKING:
    from econ.designations import Boundary, CountyZones, Timing

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
    outcome : (n, T)
        What units are compared by.
    numbers
        By column of the series, (n, T), NaN = missing.
    treated : (n, T)
        The share of the period in which the unit is treated.
    entering : (n, T)
        Where a unit enters, if the timing rule leaves such periods out.
    onsets
        As ``find_onsets`` returns them.
    """

    units: pd.Index
    periods: IntArray
    outcome: FloatArray
    numbers: dict[str, FloatArray]
    treated: FloatArray
    entering: BoolArray
    onsets: pd.DataFrame

    def find_places(self, units: pd.Index) -> NDArray[np.intp]:
        """Return the places of units among these, −1 for others."""
        return match_units(units, self.units)

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
    check_codes(designations["unit"], "the designations", TreatmentError, like=pd.Series(units[:1]))
    outcome = _prepare_outcome(pd.DataFrame(spread[0], index=units, columns=periods), spec)
    years = check_periods(periods.tolist() if spec.periods is None else spec.periods)
    if not np.isin(years, periods).all() or len(years) < 2:
        raise SpecError(
            f"the periods of a PairSpec must be two or more of the series', {periods[0]} to {periods[-1]}. "
            f"Got {list(map(int, years))}."
        )
    inside = np.searchsorted(periods, years)
    timing = cast("Timing", spec.timing)
    onsets = find_onsets(
        designations, years, timing, cast("Boundary", spec.boundary), cast("CountyZones", spec.county_zones)
    )
    places = match_units(units, onsets.index)
    start = _align(onsets["start"], places, NEVER)
    treated = (years >= start).astype(np.float64)
    if timing == "share_of_year":
        treated = np.where(years == start, _align(onsets["share"], places, 0.0), treated)
    entering = np.zeros(treated.shape, dtype=np.bool_)
    if timing == "drop_entry_year":
        entering = years == _align(onsets["entry"], places, NEVER)
    numbers = {name: spread[place][:, inside] for place, name in enumerate(names)}
    return Cells(units, years, outcome[:, inside], numbers, treated, entering, onsets)


def match_units(units: pd.Index, among: pd.Index) -> NDArray[np.intp]:
    """Return the places of ``units`` in ``among``, −1 where they are not there; an index of text would be slower."""
    places = {unit: place for place, unit in enumerate(among.to_numpy(dtype=object))}
    return np.array([places.get(unit, -1) for unit in units.to_numpy(dtype=object)], dtype=np.intp)


def _align(values: pd.Series, places: NDArray[np.intp], otherwise: float) -> FloatArray:
    """Return a column of the onsets for units at ``places`` of it, (n, 1); those at −1 have none."""
    return np.append(values.to_numpy(dtype=np.float64), otherwise)[places][:, None]


def _prepare_outcome(values: pd.DataFrame, spec: PairSpec) -> FloatArray:
    """Return what units are compared by, (n, all periods)."""
    measure, standardise = spec.outcome.measure, spec.outcome.standardise
    reference = find_reference(values, measure, standardise)
    refuse_unusable(values, measure, reference, window=0)
    return prepare_units(values.to_numpy(), measure, reference, 0)


def name_cells(cells: Cells, mask: BoolArray) -> str:
    """Name the first of the unit-periods in ``mask`` (n, T)."""
    units, periods = np.nonzero(mask)
    named = zip(cells.units[units], cells.periods[periods], strict=True)
    return name_first([f"{unit} in {period}" for unit, period in named])
