"""From frames to the arrays of the placebo's recipe: pairs, outcome, scores."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.designations import NEVER, check_periods
from econ.errors import FitError, PairError, SpecError, TreatmentError, name_first
from econ.estimate import Dropped
from econ.keys import has_members, require_columns
from econ.pairs import select_pairs
from econ.placebo_draws import build_lottery, check_lottery, read_strata
from econ.placebo_recipe import Recipe, select_sample
from econ.series import check_series
from econ.spec import MEMBERS, ROLES, check_names
from econ.synchronization import measure_synchronization
from econ.units import check_codes, check_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.designations import Boundary, CountyZones, Timing
    from econ.distance import Gravity
    from econ.pairs import Keep
    from econ.placebo_draws import Kind, Lottery
    from econ.spec import Role

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SYNCHRONIZATION = "synchronization"
_KEY = (*MEMBERS, "period")
_ROUNDING = 1e-10
"""An outcome that varies by less, relative to its largest value, varies by rounding alone."""


def read_outcome(frame: object, outcome: str) -> pd.DataFrame:
    """Return unit_i, unit_j, period and the outcome of pairs; series are measured first.

    Raises
    ------
    SpecError
        If the frame is none, lacks columns, or series are given with another outcome than synchronization.
    SeriesError
        As ``measure_synchronization`` does.
    FitError
        If the outcome is infinite, or a pair stands twice in a period.
    """
    if not isinstance(frame, pd.DataFrame):
        raise SpecError(
            f"The 'frame' parameter of run_placebo must be a DataFrame. Got {type(frame).__name__} instead."
        )
    if not has_members(frame):
        if outcome != SYNCHRONIZATION:
            raise SpecError(
                f"series give the outcome {SYNCHRONIZATION!r}. Got {outcome!r}: give the outcome of all pairs, with "
                "unit_i, unit_j and period, instead of series."
            )
        frame = measure_synchronization(check_series(frame, ["value"], "run_placebo"))
    require_columns(frame, [*_KEY, outcome])
    for member in MEMBERS:
        check_codes(frame[member], f"{member} of the outcome", like=frame[MEMBERS[1]])
    for column, kinds in (("period", "iu"), (outcome, "iufb")):
        if frame[column].dtype.kind not in kinds:
            raise SpecError(f"the column {column!r} must hold numbers, periods whole ones, not {frame[column].dtype}.")
    if np.isinf(frame[outcome].to_numpy(dtype=np.float64, na_value=np.nan)).any():
        raise FitError(f"{outcome} is infinite in some rows. Correct them: the placebo needs every pair and period.")
    return frame


def list_units(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the units of a table of pairs, sorted, as a table of units."""
    codes = pd.concat([frame[member] for member in MEMBERS], ignore_index=True).drop_duplicates()
    return pd.DataFrame({"unit": codes.sort_values(ignore_index=True)})


@dataclass(frozen=True, slots=True)
class Prepared:
    """What draws are made from, and what the true sample leaves out."""

    recipe: Recipe
    lottery: Lottery
    dropped: tuple[Dropped, ...]


def prepare_recipe(
    frame: object,
    designations: pd.DataFrame,
    units: pd.DataFrame | None,
    outcome: str,
    *,
    kind: Kind,
    roles: Sequence[Role],
    gravity: Gravity | None,
    keep: Keep,
    gravity_years: Sequence[int] | None,
    timing: Timing,
    boundary: Boundary,
    county_zones: CountyZones,
    strata: str | None,
    scored: bool = False,
) -> Prepared:
    """Return the recipe of pairs and the lottery of designations; parameters as in ``econ.run_placebo``.

    ``scored``: scores follow by :func:`add_scores`.

    Raises
    ------
    SpecError, SeriesError, PairError, TreatmentError, FitError
        As ``run_placebo`` does.
    """
    if isinstance(roles, str) or not isinstance(roles, Iterable):
        raise SpecError(f"The 'roles' parameter must be a list of roles of pairs. Got {roles!r} instead.")
    roles = tuple(roles)
    table = read_outcome(frame, outcome)
    given = list_units(table) if units is None else units
    matched, n_unknown = _match_units(table, given, strata)
    lottery = build_lottery(
        designations, matched["unit"], check_periods(table["period"].unique().tolist()), timing, kind,
        None if strata is None else matched[strata], boundary=boundary, county_zones=county_zones,
        scored=scored,
    )  # fmt: skip
    recipe, dropped = build_recipe(table, outcome, given, lottery, roles, gravity, keep, gravity_years)
    return Prepared(recipe, lottery, count_dropped(lottery, n_unknown, dropped))


def _match_units(frame: pd.DataFrame, units: pd.DataFrame, strata: str | None) -> tuple[pd.DataFrame, int]:
    """Return one row a unit of the sample, and how many units of the frame are not among them."""
    table = read_strata(units, strata)
    known = set(list_units(frame)["unit"])
    if not set(table["unit"]) & known:
        raise PairError(
            f"the table of units and the {' and '.join(MEMBERS)} of the outcome have no unit in common. Read both as "
            "text, and use one kind of codes."
        )
    return table, len(known - set(table["unit"]))


def count_dropped(lottery: Lottery, n_unknown: int, dropped: Sequence[Dropped]) -> tuple[Dropped, ...]:
    """Return what the true sample leaves out: units that do not match, then what the pairs' rules leave out."""
    steps = (
        Dropped("designated units", "not among the units of the sample", lottery.n_outside),
        Dropped("units", "in the outcome, but not in the table of units", n_unknown),
        *dropped,
    )
    return tuple(step for step in steps if step.count)


def build_recipe(
    frame: pd.DataFrame,
    outcome: str,
    units: pd.DataFrame,
    lottery: Lottery,
    roles: Sequence[Role],
    gravity: Gravity | None,
    keep: Keep,
    gravity_years: Sequence[int] | None,
) -> tuple[Recipe, tuple[Dropped, ...]]:
    """Return the recipe of all pairs that some draw may use, and what the true sample leaves out.

    Raises
    ------
    SpecError
        As ``form_pairs`` does; if the timing or ``keep`` cannot be repeated on arrays.
    PairError
        As ``form_pairs`` does.
    FitError
        If a pair lacks a period, or the outcome does not vary beyond pair and period effects.
    """
    if isinstance(keep, Mapping) and "strongest" in keep:
        raise SpecError(
            "keep={'strongest': k} is not repeated by run_placebo. Use keep='upper_half', or give permute_designations "
            "a statistic that forms the pairs, assigns the treatment and fits."
        )
    if lottery.timing == "drop_entry_year":
        raise SpecError(
            "timing='drop_entry_year' leaves rows out, and run_placebo needs every pair in every period. Choose "
            "another timing, or give permute_designations a statistic that assigns the treatment and fits."
        )
    truth = lottery.units[lottery.start < NEVER]
    dropped = select_pairs(units, truth, roles, gravity, keep, gravity_years).dropped
    halved = isinstance(keep, str) and keep == "upper_half"
    pairs = select_pairs(units, (), ("neither",), gravity, None if halved else keep, gravity_years).pairs
    if halved:
        order = np.argsort(-pairs["gravity"].to_numpy(), kind="stable")
        pairs = pairs.iloc[order]
    first, second = (lottery.units.get_indexer(pd.Index(pairs[member])) for member in MEMBERS)
    values = _spread_outcome(frame, outcome, pairs, first, second, lottery)
    within = values - values.mean(axis=1, keepdims=True)
    if np.abs(within - within.mean(axis=0)).max() <= _ROUNDING * np.abs(values).max():
        raise FitError(
            f"{outcome} is constant, or pair and period effects explain all of it, so there is nothing to estimate. "
            "Look at the column."
        )
    shares = lottery.onsets["share"].to_numpy() if lottery.timing == "share_of_year" else None
    recipe = Recipe(
        first,
        second,
        within,
        lottery.periods,
        np.isin(ROLES, roles),
        halved,
        shares,
    )
    return recipe, dropped


def fix_sample(recipe: Recipe, lottery: Lottery) -> Recipe:
    """Return the recipe whose pairs are those of the true sample in every draw, whatever their role then."""
    places = select_sample(recipe, lottery.start < NEVER)
    return dataclasses.replace(
        recipe,
        first=recipe.first[places],
        second=recipe.second[places],
        within=recipe.within[places],
        wanted=np.ones(len(ROLES), dtype=bool),
        halved=False,
    )


def add_scores(recipe: Recipe, scores: pd.DataFrame | None, instruments: Sequence[str], lottery: Lottery) -> Recipe:
    """Return the recipe with the scores of the designated units.

    Raises
    ------
    SpecError
        If scores and instruments do not go together, or an instrument is unknown or named twice.
    TreatmentError
        If nothing can be permuted; if a score is missing or infinite in a unit-period that some draw may treat.
    """
    if isinstance(instruments, str) or (scores is None) != (not instruments):
        raise SpecError(
            "scores is a table and instruments a list of its columns; give both or none of them. "
            f"Got instruments={instruments!r} and {'no scores' if scores is None else 'scores'}."
        )
    if scores is None:
        return recipe
    instruments = check_names("run_placebo", "instruments", instruments)
    if not isinstance(scores, pd.DataFrame):
        raise SpecError(f"The 'scores' parameter must be a DataFrame or None. Got {type(scores).__name__} instead.")
    check_columns(scores, ["unit", "period", *instruments], "the scores", TreatmentError)
    check_codes(scores["unit"], "the scores", TreatmentError, like=pd.Series(lottery.units))
    doubled = scores.duplicated(["unit", "period"])
    if doubled.any():
        raise TreatmentError(f"{int(doubled.sum())} rows of the scores repeat a unit and period. Keep one of each.")
    rows, columns = lottery.units.get_indexer(pd.Index(scores["unit"])), _find(lottery.periods, scores["period"])
    inside = (rows >= 0) & (columns >= 0)
    values = np.full((len(lottery.units), len(instruments), len(lottery.periods)), np.nan)
    for k, name in enumerate(instruments):
        if scores[name].dtype.kind not in "iuf":
            raise TreatmentError(f"{name} must be a column of numbers, not {scores[name].dtype}.")
        values[rows[inside], k, columns[inside]] = scores[name].to_numpy(dtype=np.float64, na_value=np.nan)[inside]
    _check_scores(values, lottery)
    filled = np.where(np.isfinite(values), values, 0.0)
    check_lottery(lottery, filled)
    return dataclasses.replace(recipe, scores=filled)


def _check_scores(values: FloatArray, lottery: Lottery) -> None:
    starts = lottery.start
    earliest = starts if lottery.kind == "unit" else np.where(starts < NEVER, lottery.periods[1], NEVER)
    needed = lottery.periods >= earliest[:, None]
    lacking = needed & ~np.isfinite(values).all(axis=1)
    if lacking.any():
        names = [f"{lottery.units[i]} in {lottery.periods[t]}" for i, t in np.argwhere(lacking)]
        raise TreatmentError(
            f"scores are missing or infinite for units that may be treated then: {name_first(names)}. A unit-period "
            "that is covered without a document has the score 0; leave out units that are not covered."
        )


def _find(periods: IntArray, values: pd.Series) -> NDArray[np.intp]:
    return np.asarray(pd.Index(periods).get_indexer(pd.Index(values)), dtype=np.intp)


def _spread_outcome(
    frame: pd.DataFrame,
    outcome: str,
    pairs: pd.DataFrame,
    first: NDArray[np.intp],
    second: NDArray[np.intp],
    lottery: Lottery,
) -> FloatArray:
    """Return the outcome of the pairs in every period, (pairs, periods); refuse gaps and doubled rows."""
    n_units, n_periods = len(lottery.units), len(lottery.periods)
    members = [lottery.units.get_indexer(pd.Index(frame[member])) for member in MEMBERS]
    keys = np.minimum(first, second) * n_units + np.maximum(first, second)
    order = np.argsort(keys)
    wanted = np.minimum(*members) * n_units + np.maximum(*members)
    rank = np.minimum(np.searchsorted(keys, wanted, sorter=order), len(keys) - 1)
    rows = np.flatnonzero((np.minimum(*members) >= 0) & (keys[order[rank]] == wanted))
    cells = order[rank[rows]] * n_periods + _find(lottery.periods, frame["period"].iloc[rows])
    doubled = np.bincount(cells, minlength=len(keys) * n_periods) > 1
    if doubled.any():
        raise FitError(f"{int(doubled.sum())} pairs and periods have several rows of {outcome}. Keep one of each.")
    values = np.full((len(keys), n_periods), np.nan)
    values.ravel()[cells] = frame[outcome].to_numpy(dtype=np.float64, na_value=np.nan)[rows]
    gaps = np.isnan(values)
    if gaps.any():
        worst = np.flatnonzero(gaps.any(axis=1))
        names = [f"{pairs['unit_i'].iloc[place]}-{pairs['unit_j'].iloc[place]}" for place in worst[:11]]
        raise FitError(
            f"{len(worst):,} of {len(values):,} pairs have no {outcome} in some period ({name_first(names[:10])}"
            f"{' …' if len(worst) > 10 else ''}), and run_placebo needs every pair in every period, as any of them may "
            "enter the sample. Leave units with gaps out of the table of units, cut the window, or give "
            "permute_designations a statistic that fits unbalanced pairs."
        )
    return values
