"""Event studies: a dummy for each event time of a window, among absorbed fixed effects."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeGuard, get_args

import numpy as np
import pandas as pd

from econ.errors import FitError, SpecError
from econ.estimate import Dropped
from econ.event_points import Beyond, Design, Normalise, assemble_points
from econ.event_times import (
    EVENT_TIME,
    EventTimes,
    count_cohorts,
    count_designated,
    count_rows,
    count_support,
    read_event_times,
)
from econ.inference import FEW_DESIGNATED
from econ.keys import (
    PAIR,
    PAIR_ID,
    PERIOD,
    PERIODS,
    UNIT,
    find_group_sources,
    find_sources,
    has_members,
    require_columns,
)
from econ.panel import fit_panel
from econ.sample import build_sample
from econ.simultaneous import DRAWS, SEED
from econ.spec import AUTO, check_choice, check_names, parse_vcov
from econ.within import Absorber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from econ.estimate import Estimate
    from econ.event_points import EventStudy
    from econ.sample import Sample
    from econ.spec import VcovLike

    FloatArray = NDArray[np.float64]
    BoolArray = NDArray[np.bool_]

_FEWEST_DRAWS = 100
_RANK = 1e-9  # an eigenvalue of the dummies' correlations below this is zero
_ABSORBED = 1e-9  # so is what is left of event time itself, relative to it
_ROW = "row of the table"
"""A column of the places of rows, through which the rows of a sample find theirs."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What was asked for; fields as in :class:`econ.event_points.Design`."""

    column: str
    reference: int
    window: tuple[int, int]
    beyond: Beyond
    draws: int
    seed: int


def fit_event_study(
    frame: pd.DataFrame,
    outcome: str,
    absorb: Iterable[str] | None = AUTO,
    *,
    event_time: str = EVENT_TIME,
    window: tuple[int, int] = (-4, 4),
    beyond: Beyond = "bin",
    reference: int = -1,
    normalise: Normalise = "reference",
    regressors: Iterable[str] = (),
    vcov: VcovLike = AUTO,
    weights: str | None = None,
    ssc: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
) -> EventStudy:
    """Fit y on a dummy for each event time but the reference, the regressors and the absorbed effects.

    y = Σ_e δ_e·1[bin(event time) = e] + Xβ + absorbed effects + error, δ_reference = 0. Rows without event time are
    never treated: all their dummies are 0.

    The effects of pairs (or units) absorb the sum of all dummies, so only differences of the δ_e are identified.
    "reference" draws δ_e. "pre_mean" draws δ_e − (1/P) Σ_{p<0} δ_p over the P event times before 0 that have rows, the
    reference and the first bin included, each counted once. Both are linear maps of the estimates, δ = Mδ̂, and the
    covariance MVM' is exact: it is that of the regression with the other base.

    Intervals are pointwise, b ± t(df)·se, and simultaneous, with the critical value of
    :func:`econ.simultaneous.compute_sup_t` over all points drawn.

    With two-way effects and treatments that start at different times each coefficient mixes effects at other event
    times where effects differ between cohorts (Sun and Abraham 2021, Journal of Econometrics 225(2)). With bins it does
    so even where cohorts do not differ, unless effects are constant within each bin: all points are biased, leads too,
    and a bin's own coefficient need not lie between the effects of its event times. ``beyond="drop"`` avoids that.

    Standard errors, band and test of the leads need several treated units at each event time: notes count them. With
    one there is no test of the leads.

    Parameters
    ----------
    frame
        Long, as for ``fit_panel``; ``assign_treatment`` makes the column of event times.
    outcome, absorb, regressors, vcov, weights, ssc
        As in ``fit_panel``. An absorbed effect must hold the treated apart from the never-treated: pair, or unit.
        ``absorb="auto"``: pair in a table of pairs, else unit; and period, else year.
    event_time
        A column of whole numbers, 0 in the first treated period; missing on never-treated rows.
    window
        The first event time (below 0) and the last (0 or above).
    beyond
        Rows beyond the window. "bin": they fall into the bins at its ends. "drop": they are left out, and counted in
        ``dropped`` of the estimate.
    reference
        An event time of the window below 0.
    normalise
        "reference" or "pre_mean", see above.
    draws, seed
        Of the simulation behind the band.

    Raises
    ------
    SpecError
        If an argument is not as said, or as ``fit_panel``.
    TreatmentError
        If event times are not whole numbers, missing in some rows of a pair only, or not those of one first treated
        period; if a unit has two rows in a period; if a column ``treated`` falls from one period to the next.
    FitError
        If the reference, all other leads, or all event times from 0 on have no rows; if the dummies are not identified
        (as without never-treated rows and without bins); or as ``fit_panel``.
    PairError
        As ``fit_panel``.
    """
    if not isinstance(frame, pd.DataFrame):
        raise SpecError(f"The 'frame' parameter of fit_event_study must be a DataFrame. Got {type(frame).__name__}.")
    effects = _choose_effects(frame, absorb)
    controls = check_names("fit_event_study", "regressors", regressors)
    _check_columns(outcome, event_time, weights, controls)
    _check_places(window, reference)
    _check_options(normalise, beyond, draws, seed)
    _check_sources(frame, [outcome, *controls, *([] if weights is None else [weights])], effects, vcov, ssc)
    plan = _Plan(event_time, int(reference), (int(window[0]), int(window[1])), beyond, int(draws), int(seed))
    given = read_event_times(frame, event_time, effects)
    frame, given, left_out = _cut(frame, given, plan)
    binned = given.bin(plan.window)
    terms = {
        place: f"{event_time}={place}"
        for place in range(plan.window[0], plan.window[1] + 1)
        if place != reference and binned.find(place).any()
    }
    _check_terms(frame, terms)
    flagged = frame.assign(**{term: binned.find(place) for place, term in terms.items()})
    sample = build_sample(frame.assign(**{_ROW: np.arange(len(frame))}), outcome, controls, effects, weights)
    design = _describe_sample(sample, given, terms, plan)
    terms = design.terms
    _check_identified(sample, flagged, design)
    estimate = fit_panel(flagged, outcome, [*terms.values(), *controls], effects, vcov, weights, ssc=ssc)
    _check_kept(estimate, terms)
    return assemble_points(_complete(estimate, f"{event_time}={reference}", left_out), design, normalise)


def _choose_effects(frame: pd.DataFrame, absorb: object) -> tuple[str, ...]:
    """Return the effects named, or those that "auto" stands for."""
    if not (isinstance(absorb, str) and absorb == AUTO):
        return check_names("fit_event_study", "absorb", () if absorb is None else absorb)
    period = next((name for name in PERIODS if name in frame.columns), PERIOD)
    if has_members(frame) or {PAIR, PAIR_ID} & set(frame.columns):
        return PAIR, period
    if UNIT in frame.columns:
        return UNIT, period
    raise SpecError(
        'absorb="auto" goes by the columns unit_i and unit_j (or pair, or pair_id), or unit, and the table has none of '
        'them. Name the effects, as in absorb=["city", "period"].'
    )


def _check_sources(
    frame: pd.DataFrame, numeric: list[str], effects: tuple[str, ...], vcov: VcovLike, ssc: str | None
) -> None:
    """Refuse columns that the table lacks, before it has columns of ours."""
    require_columns(frame, numeric)
    for effect in effects:
        find_sources(frame, effect)
    for column in () if vcov == AUTO else parse_vcov(vcov, ssc).by:
        find_group_sources(frame, column)


def _cut(frame: pd.DataFrame, times: EventTimes, plan: _Plan) -> tuple[pd.DataFrame, EventTimes, tuple[Dropped, ...]]:
    """Return the rows that are to be used, their event times, and what was left out."""
    first, last = plan.window
    kept = ~times.treated | ((times.values >= first) & (times.values <= last))
    if plan.beyond == "bin" or kept.all():
        return frame, times, ()
    reason = f"event times beyond the window, before {first} or after {last}"
    return frame[kept], times.take(kept), (Dropped("rows", reason, int((~kept).sum())),)


def _check_columns(outcome: object, event_time: object, weights: object, regressors: tuple[str, ...]) -> None:
    named = {"outcome": outcome, "event_time": event_time, "weights": "" if weights is None else weights}
    for parameter, value in named.items():
        if not isinstance(value, str):
            raise SpecError(
                f"The {parameter!r} parameter of fit_event_study must name a column. Got {value!r} instead."
            )
    if event_time in (outcome, weights, *regressors):
        raise SpecError(
            "The 'event_time' parameter of fit_event_study must be a column of its own. Got the outcome, the weights "
            f"or a regressor instead: {event_time!r}."
        )


def _check_places(window: object, reference: object) -> None:
    ends = [end for end in _as_list(window) if _is_whole(end)]
    if len(_as_list(window)) != 2 or len(ends) != 2 or not ends[0] < 0 <= ends[1]:
        raise SpecError(
            "The 'window' parameter of fit_event_study must be two whole numbers, the first below 0 and the last 0 or "
            f"above. Got {_show_window(window)} instead."
        )
    if not _is_whole(reference) or not ends[0] <= reference < 0:
        raise SpecError(
            "The 'reference' parameter of fit_event_study must be a whole number in the window below 0, from "
            f"{ends[0]} to −1. Got {_show(reference)} instead."
        )
    if ends[0] == -1:
        raise SpecError(
            "The 'window' parameter of fit_event_study leaves no lead beside the reference, so nothing would show "
            f"whether the paths were parallel. Begin it at −2 or before. Got {_show_window(window)}."
        )


def _check_options(normalise: object, beyond: object, draws: object, seed: object) -> None:
    check_choice("fit_event_study", "normalise", normalise, get_args(Normalise))
    check_choice("fit_event_study", "beyond", beyond, get_args(Beyond))
    for parameter, value, fewest in (("draws", draws, _FEWEST_DRAWS), ("seed", seed, 0)):
        if not _is_whole(value) or value < fewest:
            raise SpecError(
                f"The {parameter!r} parameter of fit_event_study must be a whole number, {fewest} or more. "
                f"Got {_show(value)} instead."
            )


def _show(value: object) -> str:
    """Return a value as it is written: 5 for numpy's int64(5) too."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def _show_window(window: object) -> str:
    return f"({', '.join(map(_show, window))})" if isinstance(window, tuple) else _show(window)


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_terms(frame: pd.DataFrame, terms: dict[int, str]) -> None:
    taken = sorted({*terms.values(), _ROW} & set(frame.columns))
    if taken:
        raise SpecError(f"the table has a column {taken[0]!r}, which fit_event_study makes itself. Rename it.")


def _describe_sample(sample: Sample, given: EventTimes, terms: dict[int, str], plan: _Plan) -> Design:
    """Return the design on the rows of the sample; refuse one without a reference, leads or lags."""
    window, reference = plan.window, plan.reference
    own = given.take(sample.frame[_ROW].to_numpy())
    binned = own.bin(window)
    present = {place: term for place, term in terms.items() if binned.find(place).any()}
    leads = [place for place in present if place < 0]
    for missing, what in (
        (not binned.find(reference).any(), f"at the reference, event time {reference}"),
        (not leads, f"at a lead beside the reference, event time {reference}"),
        (len(leads) == len(present), "at event times from 0 on"),
    ):
        if missing:
            raise FitError(
                f"no row of the sample is {what}: {len(own.values):,} rows, {int(own.treated.sum()):,} of them of the "
                "treated. Choose another reference or window, or look at the rows that are left out."
            )
    beyond = [int((own.treated & flags).sum()) for flags in (own.values < window[0], own.values > window[1])]
    counts = count_rows(sample, binned, sorted([*present, reference]))
    n_cohorts = count_cohorts(sample.frame, own)
    notes = (
        *_describe_bins(window, beyond, n_cohorts),
        *_describe_absent(window, [*present, reference]),
        *_describe_controls(sample, own, any(beyond)),
        *_describe_support(sample, own, binned.find(reference), reference),
        *_describe_designated(sample, own, counts),
        *_describe_cohorts(n_cohorts),
    )
    return Design(
        column=plan.column,
        terms=present,
        reference=reference,
        window=window,
        beyond=plan.beyond,
        bins=tuple(end for end, count in zip(window, beyond, strict=True) if count),
        counts=counts,
        n_never=int((~own.treated).sum()),
        notes=notes,
        draws=plan.draws,
        seed=plan.seed,
    )


def _describe_bins(window: tuple[int, int], beyond: list[int], n_cohorts: int | None) -> list[str]:
    places = [
        f"{count:,} rows {side} {end} are in the bin {end}"
        for end, side, count in zip(window, ("before", "after"), beyond, strict=True)
        if count
    ]
    if not places:
        return []
    if n_cohorts == 1:
        meaning = "A bin's coefficient averages over its event times."
    else:
        condition = "" if n_cohorts else "if the treatment starts at different times, "
        meaning = (
            f"{condition}all points, leads too, rest on effects being constant within the bins; where they are not, "
            "even a bin's own coefficient can lie outside the effects of its event times. Widen the window, or leave "
            'these rows out with beyond="drop".'
        )
    return [f"The ends are binned: {' and '.join(places)}. {meaning[0].upper()}{meaning[1:]}"]


def _describe_absent(window: tuple[int, int], present: list[int]) -> list[str]:
    absent = sorted(set(range(window[0], window[1] + 1)) - set(present))
    if not absent:
        return []
    return [f"No row has the event times {', '.join(map(str, absent))}: they are not drawn."]


def _describe_controls(sample: Sample, times: EventTimes, binned: bool) -> list[str]:
    if times.treated.all():
        return [
            "No row is never treated: the comparison is with those treated earlier or later, and rests on effects "
            "being constant within the bins at the ends."
        ]
    if binned and _is_absorbed(sample, times):
        return [
            "The never-treated do not tell the event times apart, as the absorbed effects compare no treated row with "
            "them: the comparison is with those treated earlier or later, and rests on effects being constant within "
            "the bins at the ends."
        ]
    return []


def _is_absorbed(sample: Sample, times: EventTimes) -> bool:
    """Return whether the effects absorb event time, 0 on never-treated rows: a sum of the dummies that no bin joins."""
    column = np.where(times.treated, times.values, 0).astype(np.float64)[:, None]
    left = Absorber(sample.effects, sample.weights).residualize(column)
    return bool(np.linalg.norm(left) <= _ABSORBED * np.linalg.norm(column))


def _describe_support(sample: Sample, times: EventTimes, based: BoolArray, reference: int) -> list[str]:
    support = count_support(sample, times, based)
    if support is None:
        return []
    kind, notes = "pairs" if times.key == PAIR else "units", []
    if support.n_always:
        notes.append(
            f"{support.n_always:,} of {support.n_keys:,} treated {kind} have no row before event time 0: they serve as "
            "controls of the others while they are treated. Where effects differ between units, or change within a "
            "bin, this biases all points, leads too. Leave them out."
        )
    if support.n_apart:
        notes.append(
            f"{support.n_apart:,} of {support.n_keys:,} treated {kind} have rows before event time 0, but none at the "
            f"reference, event time {reference}: they are tied to it through other event times only."
        )
    return notes


def _describe_designated(sample: Sample, times: EventTimes, counts: pd.DataFrame) -> list[str]:
    n_designated, n_both = count_designated(sample, times)
    if n_designated is None:
        return []
    notes = []
    if n_both:
        notes.append(
            f"{n_both:,} pairs are of two designated units: their event times count from the earlier designation, and "
            "the later one adds a second treatment within their lags (or at once)."
        )
    of_pairs = has_members(sample.frame)  # of which the estimate's own notes say so
    if n_designated < FEW_DESIGNATED and not of_pairs:
        notes.append(
            f"Only {n_designated} treated units: standard errors, band and the test of the leads rest on their number, "
            "whatever that of all units, and are too small or reject too often. In a simulation without effects (45 "
            "units, ten periods, clustered by unit) nominal 5 % tests of a point rejected 76 % with 1 treated unit, "
            "31 % with 2, 14 % with 4; the band missed 100, 80 and 36 %, the test of the leads rejected 98, 82 and "
            "42 %. Compare with designations elsewhere: econ.permute_designations."
        )
    few = counts["n_treated_units"]
    few = few[few < min(FEW_DESIGNATED, n_designated)]
    if len(few):
        named = ", ".join(f"{place} ({number})" for place, number in few.items())
        notes.append(
            f"Of {n_designated} treated units few have rows at the event times {named}: standard errors and bands "
            "there are too small."
        )
    return notes


def _describe_cohorts(n_cohorts: int | None) -> list[str]:
    if n_cohorts is None or n_cohorts < 2:
        return []
    return [
        f"The treatment starts at {n_cohorts} different times. If effects differ between these cohorts, a "
        "coefficient mixes effects at other event times, leads too (Sun and Abraham 2021)."
    ]


def _check_identified(sample: Sample, flagged: pd.DataFrame, design: Design) -> None:
    """Refuse a design whose dummies the absorbed effects make collinear, or in which the treated have no level."""
    rows = sample.frame[_ROW].to_numpy()
    names = list(design.terms.values())
    if not design.n_never:
        dummies = flagged[names].to_numpy(dtype=np.float64)[rows]
        if sample.effects and _count_rank(Absorber(sample.effects, sample.weights).residualize(dummies)) < len(names):
            raise FitError(
                "the event times are not identified: no row is never treated, and a combination of their dummies is "
                "absorbed, as event time is period less first treated period. Add never-treated pairs or units, or "
                'narrow the window with beyond="bin" (then effects must be constant within the bins at its ends).'
            )
        return
    treated = np.zeros(len(flagged), dtype=bool)
    treated[:] = flagged[design.column].notna()
    if not any(_holds_apart(effect.codes, treated[rows]) for effect in sample.effects):
        raise SpecError(
            "fit_event_study compares each pair or unit with itself at the reference, so an absorbed effect must hold "
            "the treated apart from the never-treated. Absorb pair, or unit (or what it is called in the table)."
        )


def _holds_apart(codes: NDArray[np.intp], treated: NDArray[np.bool_]) -> bool:
    """Return whether no level of an effect has both treated and never-treated rows."""
    if codes.ndim > 1:
        return False
    return not ((np.bincount(codes, treated) > 0) & (np.bincount(codes, ~treated) > 0)).any()


def _count_rank(columns: FloatArray) -> int:
    gram = columns.T @ columns
    scale = np.sqrt(np.diag(gram))
    scale[scale <= 1e-9 * np.sqrt(len(columns))] = np.inf
    return int((np.linalg.eigvalsh(gram / np.outer(scale, scale)) > _RANK).sum())


def _check_kept(estimate: Estimate, terms: dict[int, str]) -> None:
    lost = [one for one in estimate.dropped if one.what in terms.values()]
    if lost:
        reasons = "; ".join(f"{one.what}: {one.reason}" for one in lost)
        raise FitError(
            f"some event times are not identified ({reasons}). Narrow the window, absorb less, or add never-treated "
            "pairs or units."
        )


def _complete(estimate: Estimate, reference: str, left_out: tuple[Dropped, ...]) -> Estimate:
    """Return the estimate with its reference and all that was left out, which other covariances of it keep."""
    revise = estimate.revise and functools.partial(_revise, estimate.revise, reference, left_out)
    return replace(estimate, reference=reference, dropped=(*left_out, *estimate.dropped), revise=revise)


def _revise(
    revise: Callable[[VcovLike, str | None], Estimate],
    reference: str,
    left_out: tuple[Dropped, ...],
    vcov: VcovLike,
    ssc: str | None,
) -> Estimate:
    return _complete(revise(vcov, ssc), reference, left_out)
