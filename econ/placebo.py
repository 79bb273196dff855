"""Placebo tests: what the estimate would be, had other units been designated, or the same ones at other times."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from types import CodeType
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.designations import NEVER, check_periods
from econ.errors import EconError, FitError, PairError, SeriesError, SpecError, TreatmentError
from econ.estimate import build_params
from econ.intensities import DID, PREFIX
from econ.placebo_cohorts import build_cohorts, fit_cohorts
from econ.placebo_draws import (
    build_lottery,
    count_always,
    count_arrangements,
    count_pinned,
    draw_assignment,
    keep_truth,
    list_starts,
    read_strata,
    write_designations,
)
from econ.placebo_loop import check_draws, run_draws
from econ.placebo_recipe import fit_assignment, select_sample
from econ.placebo_result import Placebo, PlaceboSpec, check_observed, compute_digest, reuse_draws, tabulate_tests
from econ.placebo_sample import SYNCHRONIZATION, add_scores, count_dropped, fix_sample, prepare_recipe
from econ.spec import check_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from econ.designations import Boundary, CountyZones, Timing
    from econ.distance import Gravity
    from econ.estimate import Dropped
    from econ.pairs import Keep
    from econ.placebo_draws import Assignment, Kind, Lottery
    from econ.placebo_loop import Progress
    from econ.placebo_recipe import Outcome, Recipe
    from econ.spec import Role

Sample = Literal["recipe", "fixed"]
Studentise = Literal["dyadic", "members"]
FloatArray = NDArray[np.float64]

DRAWS = 500
SEED = 20_150_307
_FEW = 19
"""With fewer arrangements than this no p-value can be below 5 %."""

_SUBSTITUTED, _FAILURE = "substituted", "failure"
"""Columns of ``Placebo.draws`` beside the statistics."""

_ERRORS = (SpecError, SeriesError, PairError, TreatmentError, FitError, EconError)
"""What a statistic may raise in a draw; 1 + the place in this list is the code of a failure, 0 that of none."""

_PERFECT = 1e-9
"""Standard errors that are smaller than this share of their estimate come of rounding alone."""


def run_placebo(
    frame: pd.DataFrame,
    designations: pd.DataFrame,
    units: pd.DataFrame | None = None,
    outcome: str = SYNCHRONIZATION,
    *,
    kind: Kind = "unit",
    sample: Sample = "recipe",
    roles: Sequence[Role] = ("one", "neither"),
    gravity: Gravity | None = None,
    keep: Keep = None,
    gravity_years: Sequence[int] | None = None,
    timing: Timing = "approval_year",
    boundary: Boundary = "original",
    county_zones: CountyZones = "own",
    strata: str | None = None,
    scores: pd.DataFrame | None = None,
    instruments: Sequence[str] = (),
    studentise: Studentise = "dyadic",
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int = 1,
    previous: Placebo | None = None,
    progress: Progress | None = None,
) -> Placebo:
    """Test did, and did × scores, in pairs of units by placebo designations, repeating the whole recipe for each draw.

    Every draw gives the designations to other units (or other dates to the same ones), forms the pairs anew as
    ``form_pairs`` does, treats them as ``assign_treatment`` does, and fits y = x'β + pair effect + period effect as
    ``fit_panel`` does with dyadic errors, on arrays. Under the null that no designation has an effect, and if units are
    designated as if at random within the strata, the truth is one draw among them. The sample is drawn too, since the
    pairs that a rule keeps depend on who is designated. Units are permuted, never pairs: pairs that share a unit move
    together, and a permutation of pairs rejects a true null most of the time.

    Parameters
    ----------
    frame
        The outcome of all pairs of the units in every period: ``unit_i``, ``unit_j``, ``period`` and ``outcome``, as
        ``measure_synchronization`` returns it; it does not depend on who is designated and is measured once. Or series
        (``unit``, ``period``, ``value``), which are measured by ``measure_synchronization`` with its defaults. The
        window is the periods of this frame.
    designations
        As in ``assign_treatment``. Those of units outside the sample are left aside, and counted.
    units
        The units of the sample, as in ``form_pairs``; None: those of ``frame`` (without gravity, places, strata).
    outcome
        A numeric column of ``frame``.
    kind
        ``unit``: the designations (date, cohort and scores together) are permuted over the units, so cohorts keep their
        sizes. ``time``: the designated units get first periods drawn anew, each its own, with equal chances among
        all periods but the first, those after the true date included: a true effect is in these draws too, which costs
        power. This is not the in-time placebo that moves dates back and drops treated rows. ``mixed``: both.
    sample
        ``recipe``: the pairs are formed anew in each draw. ``fixed``: the pairs of the true sample stay in every draw,
        whatever their role then; a pair is treated while a member is.
    roles, gravity, keep, gravity_years
        As in ``form_pairs``; {"strongest": k} is not possible here.
    timing, boundary, county_zones
        As in ``assign_treatment``; "drop_entry_year" is not possible here.
    strata
        A column of ``units``; designations are permuted within its values (regions, ranks). None: among all units.
    scores, instruments
        ``unit``, ``period`` and the columns ``instruments``: each becomes the regressor did:<column>, as
        ``interact_scores`` makes it with scale="none". A designation takes the scores of its unit along.
    studentise
        What t(did) divides did by. ``dyadic``: the dyadic-robust error, as ``fit_panel`` gives it, with Σ_i S_i S_i' in
        place of a covariance that is not positive semi-definite. ``members``: always the error from Σ_i S_i S_i', which
        never comes near zero by chance. With few units that has more power.
    draws
        In all, those of ``previous`` included.
    seed
        Draw k depends on the seed and on k alone.
    workers
        Processes. The draws are the same with any number; one is best below some ten thousand draws. With more, a
        script must guard its entry by ``if __name__ == "__main__":``.
    previous
        An earlier result with the same recipe, seed, data and version of numpy, whose draws are continued.
    progress
        Called now and then with the number of draws done and to be done in this run.

    Returns
    -------
    Placebo
        Statistics: did (and did:<column>), the coefficients; t(did) (…), the coefficients over their standard errors.
        The t values are the better test in large samples: a permutation of a studentised statistic stays valid there
        where the spread differs over units (Chung and Romano 2013, Annals of Statistics 41(2)). With few units the
        dyadic error may be near zero by chance, and t(did) then has less power than did.

    Raises
    ------
    SpecError
        If an option is unknown, or does not go with another one or with ``previous``.
    SeriesError, PairError, TreatmentError
        As the steps of the recipe do; TreatmentError too if nothing can be permuted.
    FitError
        If a pair lacks a period, the outcome does not vary, or the true designations do not identify the regressors.
    """
    draws, seed, workers = check_draws("run_placebo", draws, seed, workers)
    check_choice("run_placebo", "sample", sample, get_args(Sample))
    check_choice("run_placebo", "studentise", studentise, get_args(Studentise))
    prepared = prepare_recipe(
        frame, designations, units, outcome, kind=kind, roles=roles, gravity=gravity, keep=keep,
        gravity_years=gravity_years, timing=timing, boundary=boundary, county_zones=county_zones, strata=strata,
        scored=scores is not None,
    )  # fmt: skip
    recipe, lottery = prepared.recipe, prepared.lottery
    recipe = add_scores(fix_sample(recipe, lottery) if sample == "fixed" else recipe, scores, instruments, lottery)
    digest = compute_digest([*_list_fields(lottery), *_list_fields(recipe)])
    spec = PlaceboSpec(kind, timing, strata, seed, {
        "outcome": outcome, "sample": sample, "roles": "+".join(roles), "gravity": str(gravity), "keep": str(keep),
        "gravity_years": "None" if gravity_years is None else ",".join(map(str, gravity_years)),
        "boundary": boundary, "county_zones": county_zones, "instruments": ",".join(instruments),
        "studentise": studentise,
    }, digest)  # fmt: skip
    terms = [DID, *(PREFIX + name for name in instruments)]
    return _test_terms(recipe, lottery, terms, spec, draws, workers, previous, progress, prepared.dropped)


def _test_terms(
    recipe: Recipe,
    lottery: Lottery,
    terms: Sequence[str],
    spec: PlaceboSpec,
    draws: int,
    workers: int,
    previous: Placebo | None,
    progress: Progress | None,
    dropped: tuple[Dropped, ...],
) -> Placebo:
    """Fit the truth and the draws of a recipe, and compare them."""
    fit = _choose_fit(recipe, lottery)
    true = fit(keep_truth(lottery))
    names = [*terms, *(f"t({term})" for term in terms)]
    by_unit = spec.recipe["studentise"] == "members"
    observed = dict(zip(names, _list_statistics(true, by_unit)[:-1], strict=True))
    check_observed(observed)
    evaluate = functools.partial(_evaluate_recipe, fit, lottery, by_unit, spec.seed)
    drawn = _continue_draws(evaluate, spec, observed, draws, workers, previous, progress, _SUBSTITUTED)
    designated = lottery.start < NEVER
    sample = select_sample(recipe, designated)
    n_units = len(np.union1d(recipe.first[sample], recipe.second[sample]))
    return Placebo(
        tests=tabulate_tests(observed, drawn),
        draws=drawn,
        spec=spec,
        estimate=build_params(terms, true.estimates, np.diag(true.errors**2), n_units - 1),
        n_pairs=true.n_pairs,
        n_designated=int(designated.sum()),
        dropped=dropped,
        notes=(
            *_write_notes(lottery, drawn, names, spec.recipe["sample"], recipe.scores),
            *_describe_always(lottery),
            *_describe_errors(true, terms, drawn, by_unit),
        ),
    )


def permute_designations(
    statistic: Callable[[pd.DataFrame], float | Mapping[str, float]],
    designations: pd.DataFrame,
    units: pd.DataFrame,
    periods: Sequence[int],
    *,
    kind: Kind = "unit",
    timing: Timing = "approval_year",
    boundary: Boundary = "original",
    county_zones: CountyZones = "own",
    strata: str | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int = 1,
    previous: Placebo | None = None,
    progress: Progress | None = None,
) -> Placebo:
    """Test any statistic of designations by placebo designations.

    The draws are those of :func:`run_placebo`: draw k of a seed is the same assignment here and there.

    Parameters
    ----------
    statistic
        Designations (``unit``, ``date``; one row a designated unit of the sample) → a number, or numbers by name, which
        must be those of the true designations. A draw that does not identify one gives NaN, leaves its name out, or
        raises an error of econ (``EconError``); these draws are counted in the notes. It holds the whole recipe: form
        the pairs, assign the treatment, fit.
    designations, timing, boundary, county_zones
        As in ``assign_treatment``. The draws hold the dates that zones come to after ``boundary`` and ``county_zones``:
        the statistic must not apply these again.
    units
        The units over which to permute: ``unit`` and the column ``strata``.
    periods
        The years of the window.
    kind, strata, draws, seed, workers, previous, progress
        As in ``run_placebo``. Of the statistic ``previous`` compares the code, the plain arguments that
        ``functools.partial`` binds, and the observed values; not other functions or data that it uses.

    Raises
    ------
    SpecError
        If an option is unknown; if the statistic returns no numbers or unknown names; if it cannot be sent to workers.
    TreatmentError
        If designations cannot be read, or nothing can be permuted.
    FitError
        If the true designations give the statistic no finite value.
    """
    draws, seed, workers = check_draws("permute_designations", draws, seed, workers)
    if isinstance(periods, str) or not isinstance(periods, Iterable):
        raise SpecError(
            f"The 'periods' parameter of permute_designations must be a list of years. Got {periods!r} instead."
        )
    window, table = check_periods(list(periods)), read_strata(units, strata)
    lottery = build_lottery(
        designations, table["unit"], window, timing, kind, None if strata is None else table[strata],
        boundary=boundary, county_zones=county_zones,
    )  # fmt: skip
    observed = _name_values(statistic(write_designations(lottery, keep_truth(lottery))))
    check_observed(observed)
    recipe = {"periods": f"{window[0]}–{window[-1]}", "boundary": boundary, "county_zones": county_zones}
    digest = compute_digest([*_list_fields(lottery), ("statistic", _describe_code(statistic))])
    spec = PlaceboSpec(kind, timing, strata, seed, recipe, digest)
    evaluate = functools.partial(_evaluate_statistic, statistic, lottery, seed, tuple(observed))
    drawn = _continue_draws(evaluate, spec, observed, draws, workers, previous, progress, _FAILURE)
    return Placebo(
        tests=tabulate_tests(observed, drawn),
        draws=drawn,
        spec=spec,
        n_designated=int((lottery.start < NEVER).sum()),
        dropped=count_dropped(lottery, 0, ()),
        notes=_write_notes(lottery, drawn, list(observed)),
    )


def _list_fields(thing: Lottery | Recipe) -> list[tuple[str, object]]:
    return [(field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing)]


def _describe_code(statistic: object) -> str:
    """Return the name of a function, its code and the plain arguments that are bound to it."""
    if isinstance(statistic, functools.partial):
        bound = [
            _list_plain(statistic.args),
            *((name, _list_plain(value)) for name, value in statistic.keywords.items()),
        ]
        return f"{_describe_code(statistic.func)} {bound!r}"
    named = statistic if hasattr(statistic, "__qualname__") else type(statistic)
    parts = [_list_plain(getattr(statistic, name, None)) for name in ("__code__", "__defaults__", "__kwdefaults__")]
    return f"{named.__module__}.{getattr(named, '__qualname__', '')} {parts!r}"


def _list_plain(value: object) -> object:
    """Return what says the same in every process: code without its place, numbers, texts; of all else the type."""
    if isinstance(value, CodeType):
        return value.co_code, value.co_names, value.co_varnames, _list_plain(value.co_consts)
    if isinstance(value, tuple | list):
        return [_list_plain(one) for one in value]
    if isinstance(value, dict):
        return [(str(name), _list_plain(one)) for name, one in value.items()]
    if isinstance(value, frozenset):
        return sorted(map(repr, value))
    return value if isinstance(value, str | int | float | bytes | range | None) else type(value).__name__


def _choose_fit(recipe: Recipe, lottery: Lottery) -> Callable[[Assignment], Outcome]:
    """Return the fit of one assignment: from products of pairs and cohorts where did alone is in the equation."""
    if recipe.scores is None and recipe.shares is None:
        return functools.partial(fit_cohorts, build_cohorts(recipe, list_starts(lottery)))
    return functools.partial(fit_assignment, recipe)


def _evaluate_recipe(
    fit: Callable[[Assignment], Outcome], lottery: Lottery, by_unit: bool, seed: int, number: int
) -> list[float]:
    return _list_statistics(fit(draw_assignment(lottery, seed, number)), by_unit)


def _list_statistics(outcome: Outcome, by_unit: bool) -> list[float]:
    """Return coefficients, t values (NaN where the errors are zero), and whether the dyadic errors were substituted."""
    errors = outcome.by_unit if by_unit else outcome.errors
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics = outcome.estimates / np.where(errors > 0, errors, np.nan)
    return [*outcome.estimates.tolist(), *statistics.tolist(), float(outcome.substituted)]


def _evaluate_statistic(
    statistic: Callable[[pd.DataFrame], float | Mapping[str, float]],
    lottery: Lottery,
    seed: int,
    names: tuple[str, ...],
    number: int,
) -> list[float]:
    """Return the values of a draw, NaN for those that it lacks, and the code of its failure."""
    try:
        found = statistic(write_designations(lottery, draw_assignment(lottery, seed, number)))
    except EconError as error:
        code = 1 + next(place for place, kind in enumerate(_ERRORS) if isinstance(error, kind))
        return [*(float("nan") for _ in names), float(code)]
    values = {} if isinstance(found, Mapping) and not found else _name_values(found)
    unknown = [name for name in values if name not in names]
    if unknown:
        raise SpecError(
            f"the statistic must have the same names in every draw, {', '.join(names)}. Draw {number} gives "
            f"{', '.join(unknown)}, which the true designations do not. Return NaN for what is not identified, there "
            "too, or leave it out."
        )
    return [*(values.get(name, float("nan")) for name in names), 0.0]


def _name_values(values: object) -> dict[str, float]:
    """Return the values of a statistic by name; a lone number is called "statistic"."""
    named: dict[str, Any] = dict(values) if isinstance(values, Mapping) else {"statistic": values}
    if not named or not all(isinstance(name, str) for name in named):
        raise SpecError(f"the statistic must return a number, or numbers by name. Got {values!r}.")
    taken = [name for name in named if name in ("draw", _FAILURE)]
    if taken:
        raise SpecError(f"the table of draws has a column {taken[0]!r} of its own. Name the statistic otherwise.")
    try:
        return {name: float(value) for name, value in named.items()}
    except (TypeError, ValueError) as error:
        raise SpecError(f"the statistic must return a number, or numbers by name. Got {values!r}.") from error


def _continue_draws(
    evaluate: Callable[[int], Sequence[float]],
    spec: PlaceboSpec,
    observed: Mapping[str, float],
    draws: int,
    workers: int,
    previous: Placebo | None,
    progress: Progress | None,
    mark: str,
) -> pd.DataFrame:
    """Return ``Placebo.draws``: those of the previous run, and the ones that are still to be made.

    ``mark`` names the column of what ``evaluate`` returns after the statistics.
    """
    made = reuse_draws(previous, spec, observed, draws)
    fresh = run_draws(evaluate, range(len(made), draws), len(observed) + 1, workers, progress)
    table = pd.DataFrame(np.concatenate([made, fresh[:, :-1]]), columns=list(observed))
    table.insert(0, "draw", np.arange(draws))
    marks = [_read_mark(mark, code) for code in fresh[:, -1].astype(np.int64)]
    before = [] if previous is None else previous.draws[mark].tolist()[: len(made)]
    table[mark] = np.array([*before, *marks], dtype=bool if mark == _SUBSTITUTED else object)
    return table


def _read_mark(mark: str, code: int) -> bool | str:
    if mark == _SUBSTITUTED:
        return bool(code)
    return "" if code == 0 else _ERRORS[code - 1].__name__


def _describe_errors(true: Outcome, terms: Sequence[str], drawn: pd.DataFrame, by_unit: bool) -> list[str]:
    """Say why the dyadic errors of the truth, or the t values of the draws, may not be trusted."""
    notes = []
    if (true.by_unit <= _PERFECT * np.abs(true.estimates)).any():
        notes.append(
            "The regressors explain the outcome without rest: the errors are those of rounding, and t values mean "
            "nothing."
        )
    if true.substituted:
        notes.append(
            "The dyadic-robust covariance under the true designations was not positive semi-definite, or had a "
            "variance of zero. The sum of the outer products of the unit scores, Σ_i S_i S_i', took its place: its "
            "variances are at least as large."
        )
    smaller = ", ".join(term for term, flag in zip(terms, true.errors < true.by_pair, strict=True) if flag)
    if smaller:
        notes.append(
            f"The dyadic-robust standard error of {smaller} is smaller than the one clustered by pair, as if pairs "
            "that share a unit moved against each other. With few units that is mostly chance: do not lean on it."
        )
    n_substituted = int(drawn[_SUBSTITUTED].sum())
    mixed = n_substituted + true.substituted <= len(drawn)
    if n_substituted and mixed and not by_unit:
        notes.append(
            f"In {n_substituted} of {len(drawn)} draws the dyadic-robust covariance was not positive semi-definite, or "
            "had a variance of zero, and Σ_i S_i S_i' took its place: t values divide by one error there and by "
            "another one elsewhere, which costs them power where such draws are many. Look at the coefficients too, or "
            "use studentise='members'."
        )
    return notes


def _describe_always(lottery: Lottery) -> list[str]:
    n_always = count_always(lottery)
    if not n_always:
        return []
    return [
        f"{n_always} of {int((lottery.start < NEVER).sum())} designated units are treated in every period of the "
        "window. The treatment of their pairs does not vary: these pairs serve as controls, and an effect that still "
        "grows in them biases did. Leave these units out, or begin the window earlier."
    ]


def _describe_lost(drawn: pd.DataFrame, names: Sequence[str]) -> list[str]:
    """Count the draws without a value, by statistic and by error."""
    missing = drawn[list(names)].isna()
    n_lost = int(missing.any(axis=1).sum())
    if not n_lost:
        return []
    counts = [f"{name} in {int(missing[name].sum())}" for name in names if missing[name].any()]
    failures = drawn[_FAILURE] if _FAILURE in drawn.columns else pd.Series(dtype=object)
    raised = [
        f"{n} by {error}, first in draw {failures.tolist().index(error)}"
        for error, n in sorted(failures[failures != ""].value_counts().items())
    ]
    ending = f" Errors raised: {'; '.join(raised)}." if raised else ""
    return [
        f"{n_lost} of {len(drawn)} draws do not identify every statistic (NaN: {', '.join(counts)}); the p-values rest "
        f"on the others.{ending}"
    ]


def _write_notes(
    lottery: Lottery,
    drawn: pd.DataFrame,
    names: Sequence[str],
    sample: str = "recipe",
    scores: FloatArray | None = None,
) -> tuple[str, ...]:
    notes = []
    n_arrangements = count_arrangements(lottery, scores)
    if n_arrangements <= max(_FEW, len(drawn)):
        notes.append(
            f"There are only {n_arrangements:.0f} different ways to draw the designations, so draws repeat each other "
            f"and no p-value below about {1 / n_arrangements:.2g} means anything."
        )
    n_pinned = count_pinned(lottery)
    if n_pinned:
        notes.append(
            f"{n_pinned} of {int((lottery.start < NEVER).sum())} designated units never move: their stratum has "
            "designated units alone, so they are designated in every draw. Use wider strata."
        )
    notes += _describe_lost(drawn, names)
    if lottery.kind != "unit":
        notes.append(
            "Dates drawn anew are no permutation of the true ones: the test asks whether the timing stands out, and is "
            "not exact. They fall after the true dates too, so a true effect is in the draws as well, and costs power. "
            "It is not the in-time placebo that moves dates back and drops treated rows."
        )
    if sample == "fixed":
        notes.append(
            "The pairs of the true sample stay in every draw, although a rule that looks at designations chose them: "
            "the truth is not one draw among equals. sample='recipe' has no such flaw."
        )
    return tuple(notes)
