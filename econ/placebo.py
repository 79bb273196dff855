"""Placebo tests: what the estimate would be, had other units been designated, or the same ones at other times."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.designations import NEVER, check_periods
from econ.errors import SpecError
from econ.estimate import build_params
from econ.intensities import DID, PREFIX
from econ.placebo_cohorts import build_cohorts, fit_cohorts
from econ.placebo_draws import (
    build_lottery,
    count_arrangements,
    draw_assignment,
    keep_truth,
    list_starts,
    read_strata,
    write_designations,
)
from econ.placebo_loop import check_draws, run_draws
from econ.placebo_recipe import fit_assignment, select_sample
from econ.placebo_result import Placebo, PlaceboSpec, check_observed, reuse_draws, tabulate_tests
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
FloatArray = NDArray[np.float64]

DRAWS = 500
SEED = 20_150_307
_FEW = 19
"""With fewer arrangements than this no p-value can be below 5 %."""


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
        all periods but the first. ``mixed``: both.
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
    draws
        In all, those of ``previous`` included.
    seed
        Draw k depends on the seed and on k alone.
    workers
        Processes. The draws are the same with any number; one is best below some ten thousand draws. With more, a
        script must guard its entry by ``if __name__ == "__main__":``.
    previous
        An earlier result with the same recipe and seed, whose draws are continued.
    progress
        Called now and then with the number of draws done and to be done in this run.

    Returns
    -------
    Placebo
        Statistics: did (and did:<column>), the coefficients; t(did) (…), the coefficients over their dyadic-robust
        standard errors. The t values are the better test: a permutation of a studentised statistic stays valid in large
        samples where the spread differs over units (Chung and Romano 2013, Annals of Statistics 41(2)).

    Raises
    ------
    SpecError
        If an option is unknown, or does not go with another one or with ``previous``.
    SeriesError, PairError, TreatmentError
        As the steps of the recipe do; TreatmentError too if nothing can be permuted.
    FitError
        If a pair lacks a period, or the true designations do not identify the regressors.
    """
    check_draws("run_placebo", draws, seed, workers)
    check_choice("run_placebo", "sample", sample, get_args(Sample))
    prepared = prepare_recipe(
        frame, designations, units, outcome, kind=kind, roles=roles, gravity=gravity, keep=keep,
        gravity_years=gravity_years, timing=timing, boundary=boundary, county_zones=county_zones, strata=strata,
    )  # fmt: skip
    recipe, lottery = prepared.recipe, prepared.lottery
    recipe = add_scores(fix_sample(recipe, lottery) if sample == "fixed" else recipe, scores, instruments, lottery)
    spec = PlaceboSpec(kind, timing, strata, seed, {
        "outcome": outcome, "sample": sample, "roles": "+".join(roles), "gravity": str(gravity), "keep": str(keep),
        "gravity_years": "None" if gravity_years is None else ",".join(map(str, gravity_years)),
        "boundary": boundary, "county_zones": county_zones, "instruments": ",".join(instruments),
    })  # fmt: skip
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
    observed = dict(zip(names, _list_statistics(true), strict=True))
    check_observed(observed)
    evaluate = functools.partial(_evaluate_recipe, fit, lottery, spec.seed)
    drawn = _continue_draws(evaluate, spec, observed, draws, workers, previous, progress)
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
        notes=_write_notes(lottery, drawn, spec.recipe["sample"]),
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
        must be the same names each time; NaN where a draw does not identify it. It holds the whole recipe: form the
        pairs, assign the treatment, fit.
    designations, timing, boundary, county_zones
        As in ``assign_treatment``. The draws hold the dates that zones come to after ``boundary`` and ``county_zones``:
        the statistic must not apply these again.
    units
        The units over which to permute: ``unit`` and the column ``strata``.
    periods
        The years of the window.
    kind, strata, draws, seed, workers, previous, progress
        As in ``run_placebo``.

    Raises
    ------
    SpecError
        If an option is unknown; if the statistic returns no numbers or other names; if it cannot be sent to workers.
    TreatmentError
        If designations cannot be read, or nothing can be permuted.
    FitError
        If the true designations give the statistic no finite value.
    """
    check_draws("permute_designations", draws, seed, workers)
    window, table = check_periods(periods), read_strata(units, strata)
    lottery = build_lottery(
        designations, table["unit"], window, timing, kind, None if strata is None else table[strata],
        boundary=boundary, county_zones=county_zones,
    )  # fmt: skip
    observed = _name_values(statistic(write_designations(lottery, keep_truth(lottery))))
    check_observed(observed)
    recipe = {"periods": f"{window[0]}–{window[-1]}", "boundary": boundary, "county_zones": county_zones}
    spec = PlaceboSpec(kind, timing, strata, seed, recipe)
    evaluate = functools.partial(_evaluate_statistic, statistic, lottery, seed, tuple(observed))
    drawn = _continue_draws(evaluate, spec, observed, draws, workers, previous, progress)
    return Placebo(
        tests=tabulate_tests(observed, drawn),
        draws=drawn,
        spec=spec,
        n_designated=int((lottery.start < NEVER).sum()),
        dropped=count_dropped(lottery, 0, ()),
        notes=_write_notes(lottery, drawn),
    )


def _choose_fit(recipe: Recipe, lottery: Lottery) -> Callable[[Assignment], Outcome]:
    """Return the fit of one assignment: from products of pairs and cohorts where did alone is in the equation."""
    if recipe.scores is None and recipe.shares is None:
        return functools.partial(fit_cohorts, build_cohorts(recipe, list_starts(lottery)))
    return functools.partial(fit_assignment, recipe)


def _evaluate_recipe(fit: Callable[[Assignment], Outcome], lottery: Lottery, seed: int, number: int) -> list[float]:
    return _list_statistics(fit(draw_assignment(lottery, seed, number)))


def _list_statistics(outcome: Outcome) -> list[float]:
    """Return the coefficients and then their t values; NaN where the errors are zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        statistics = outcome.estimates / np.where(outcome.errors > 0, outcome.errors, np.nan)
    return [*outcome.estimates.tolist(), *statistics.tolist()]


def _evaluate_statistic(
    statistic: Callable[[pd.DataFrame], float | Mapping[str, float]],
    lottery: Lottery,
    seed: int,
    names: tuple[str, ...],
    number: int,
) -> list[float]:
    values = _name_values(statistic(write_designations(lottery, draw_assignment(lottery, seed, number))))
    if tuple(values) != names:
        raise SpecError(
            f"the statistic must have the same names in every draw, {', '.join(names)}. Draw {number} gives "
            f"{', '.join(values)}. Return NaN for what a draw does not identify."
        )
    return list(values.values())


def _name_values(values: object) -> dict[str, float]:
    """Return the values of a statistic by name; a lone number is called "statistic"."""
    named: dict[str, Any] = dict(values) if isinstance(values, Mapping) else {"statistic": values}
    if not named or not all(isinstance(name, str) for name in named):
        raise SpecError(f"the statistic must return a number, or numbers by name. Got {values!r}.")
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
) -> pd.DataFrame:
    """Return ``Placebo.draws``: those of the previous run, and the ones that are still to be made."""
    made = reuse_draws(previous, spec, observed, draws)
    fresh = run_draws(evaluate, range(len(made), draws), len(observed), workers, progress)
    table = pd.DataFrame(np.concatenate([made, fresh]), columns=list(observed))
    table.insert(0, "draw", np.arange(draws))
    return table


def _write_notes(lottery: Lottery, drawn: pd.DataFrame, sample: str = "recipe") -> tuple[str, ...]:
    notes = []
    n_arrangements = count_arrangements(lottery)
    if n_arrangements <= max(_FEW, len(drawn)):
        notes.append(
            f"There are only {n_arrangements:.0f} different ways to draw the designations, so draws repeat each other "
            f"and no p-value below about {1 / n_arrangements:.2g} means anything."
        )
    lost = drawn.drop(columns="draw").isna().any(axis=1)
    if lost.any():
        notes.append(
            f"{int(lost.sum())} of {len(drawn)} draws do not identify every statistic (NaN); the p-values rest on the "
            "others."
        )
    if lottery.kind != "unit":
        notes.append(
            "Dates drawn anew are no permutation of the true ones: the test asks whether the timing stands out, and is "
            "not exact."
        )
    if sample == "fixed":
        notes.append(
            "The pairs of the true sample stay in every draw, although a rule that looks at designations chose them: "
            "the truth is not one draw among equals. sample='recipe' has no such flaw."
        )
    return tuple(notes)
