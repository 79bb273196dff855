"""Event studies: a dummy for each event time, with binned ends, among absorbed fixed effects."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING, TypeGuard, get_args

import numpy as np
import pandas as pd

from econ.errors import FitError, SpecError
from econ.event_points import Design, Normalise, assemble_points
from econ.event_times import EVENT_TIME, EventTimes, count_cohorts, count_rows, read_event_times
from econ.panel import fit_panel
from econ.sample import build_sample
from econ.simultaneous import DRAWS, SEED
from econ.spec import AUTO, check_choice, check_names
from econ.within import Absorber

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from econ.estimate import Estimate
    from econ.event_points import EventStudy
    from econ.sample import Sample
    from econ.spec import VcovLike

    FloatArray = NDArray[np.float64]

_FEWEST_DRAWS = 100
_RANK = 1e-9  # an eigenvalue of the dummies' correlations below this is zero
_ROW = "row of the table"
"""A column of the places of rows, through which the rows of a sample find theirs."""


def fit_event_study(
    frame: pd.DataFrame,
    outcome: str,
    absorb: Iterable[str] | None = ("pair", "period"),
    *,
    event_time: str = EVENT_TIME,
    window: tuple[int, int] = (-4, 4),
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
    times where effects differ between cohorts (Sun and Abraham 2021, Journal of Econometrics 225(2)).

    Parameters
    ----------
    frame
        Long, as for ``fit_panel``; ``assign_treatment`` makes the column of event times.
    outcome, absorb, regressors, vcov, weights, ssc
        As in ``fit_panel``. An absorbed effect must hold the treated apart from the never-treated: pair, or unit.
    event_time
        A column of whole numbers, 0 in the first treated period; missing on never-treated rows.
    window
        The first event time (below 0) and the last (0 or above): those beyond fall into these two bins.
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
        If event times are not whole numbers, or missing in some rows of a pair only.
    FitError
        If the reference, all other leads, or all event times from 0 on have no rows; if the dummies are not identified
        (as without never-treated rows, where every event time lies within the window); or as ``fit_panel``.
    PairError
        As ``fit_panel``.
    """
    if not isinstance(frame, pd.DataFrame):
        raise SpecError(f"The 'frame' parameter of fit_event_study must be a DataFrame. Got {type(frame).__name__}.")
    effects = check_names("fit_event_study", "absorb", () if absorb is None else absorb)
    controls = check_names("fit_event_study", "regressors", regressors)
    _check_columns(outcome, event_time, weights, controls)
    _check_places(window, reference)
    _check_options(normalise, draws, seed)
    window = (int(window[0]), int(window[1]))
    given = read_event_times(frame, event_time)
    binned = given.bin(window)
    terms = {
        place: f"{event_time}={place}"
        for place in range(window[0], window[1] + 1)
        if place != reference and binned.find(place).any()
    }
    _check_terms(frame, terms)
    flagged = frame.assign(**{term: binned.find(place) for place, term in terms.items()})
    sample = build_sample(frame.assign(**{_ROW: np.arange(len(frame))}), outcome, controls, effects, weights)
    design = _describe_sample(sample, given, terms, (event_time, reference, window, draws, seed))
    terms = design.terms
    _check_identified(sample, flagged, design)
    estimate = fit_panel(flagged, outcome, [*terms.values(), *controls], effects, vcov, weights, ssc=ssc)
    _check_kept(estimate, terms)
    return assemble_points(_set_reference(estimate, f"{event_time}={reference}"), design, normalise)


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
            f"above. Got {window!r} instead."
        )
    if not _is_whole(reference) or not ends[0] <= reference < 0:
        raise SpecError(
            "The 'reference' parameter of fit_event_study must be a whole number in the window below 0, from "
            f"{ends[0]} to −1. Got {reference!r} instead."
        )
    if ends[0] == -1:
        raise SpecError(
            "The 'window' parameter of fit_event_study leaves no lead beside the reference, so nothing would show "
            f"whether the paths were parallel. Begin it at −2 or before. Got {window!r}."
        )


def _check_options(normalise: object, draws: object, seed: object) -> None:
    check_choice("fit_event_study", "normalise", normalise, get_args(Normalise))
    for parameter, value, fewest in (("draws", draws, _FEWEST_DRAWS), ("seed", seed, 0)):
        if not _is_whole(value) or value < fewest:
            raise SpecError(
                f"The {parameter!r} parameter of fit_event_study must be a whole number, {fewest} or more. "
                f"Got {value!r} instead."
            )


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _check_terms(frame: pd.DataFrame, terms: dict[int, str]) -> None:
    taken = sorted({*terms.values(), _ROW} & set(frame.columns))
    if taken:
        raise SpecError(f"the table has a column {taken[0]!r}, which fit_event_study makes itself. Rename it.")


def _describe_sample(
    sample: Sample, given: EventTimes, terms: dict[int, str], settings: tuple[str, int, tuple[int, int], int, int]
) -> Design:
    """Return the design on the rows of the sample; refuse one without a reference, leads or lags."""
    column, reference, window, draws, seed = settings
    rows = sample.frame[_ROW].to_numpy()
    own = EventTimes(given.values[rows], given.treated[rows])
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
                f"no row of the sample is {what}: {len(rows):,} rows, {int(own.treated.sum()):,} of them of the "
                "treated. Choose another reference or window, or look at the rows that are left out."
            )
    beyond = [int((own.treated & flags).sum()) for flags in (own.values < window[0], own.values > window[1])]
    counts = count_rows(sample, binned, sorted([*present, reference]))
    notes = (
        *_describe_bins(window, beyond),
        *_describe_absent(window, [*present, reference]),
        *_describe_controls(sample, own),
    )
    bins = tuple(end for end, count in zip(window, beyond, strict=True) if count)
    n_never = int((~own.treated).sum())
    return Design(column, present, reference, window, bins, counts, n_never, notes, draws, seed)


def _describe_bins(window: tuple[int, int], beyond: list[int]) -> list[str]:
    places = [
        f"{count:,} rows {side} {end} are in the bin {end}"
        for end, side, count in zip(window, ("before", "after"), beyond, strict=True)
        if count
    ]
    if not places:
        return []
    return [f"The ends are binned: {' and '.join(places)}. A bin's coefficient averages over its event times."]


def _describe_absent(window: tuple[int, int], present: list[int]) -> list[str]:
    absent = sorted(set(range(window[0], window[1] + 1)) - set(present))
    if not absent:
        return []
    return [f"No row has the event times {', '.join(map(str, absent))}: they are not drawn."]


def _describe_controls(sample: Sample, times: EventTimes) -> list[str]:
    notes = []
    if times.treated.all():
        notes.append(
            "No row is never treated: the comparison is with those treated earlier or later, and rests on effects "
            "being constant within the bins at the ends."
        )
    n_cohorts = count_cohorts(sample.frame, times)
    if n_cohorts is not None and n_cohorts > 1:
        notes.append(
            f"The treatment starts at {n_cohorts} different times. If effects differ between these cohorts, a "
            "coefficient mixes effects at other event times, leads too (Sun and Abraham 2021)."
        )
    return notes


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
                "narrow the window, so that its ends are binned (then effects must be constant within the bins)."
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


def _set_reference(estimate: Estimate, reference: str) -> Estimate:
    """Return the estimate with its reference, which other covariances of it keep."""
    if estimate.revise is None:
        return replace(estimate, reference=reference)
    return replace(estimate, reference=reference, revise=functools.partial(_revise, estimate.revise, reference))


def _revise(
    revise: Callable[[VcovLike, str | None], Estimate], reference: str, vcov: VcovLike, ssc: str | None
) -> Estimate:
    return _set_reference(revise(vcov, ssc), reference)
