"""The power of a study of pairs: how small an effect its own design detects, found by simulation."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.designations import NEVER
from econ.errors import FitError, SpecError
from econ.inference import choose_by_counts
from econ.intensities import DID, PREFIX
from econ.placebo_draws import count_arrangements, count_pinned, draw_assignment, keep_truth
from econ.placebo_loop import check_draws, run_draws
from econ.placebo_recipe import select_sample, trace_units, treat_pairs
from econ.placebo_sample import SYNCHRONIZATION, add_scores, prepare_recipe
from econ.power_coding import (
    Coding,
    CodingArrays,
    add_audit,
    draw_audit,
    draw_counts,
    is_telling,
    read_coding,
    subtract_errors,
    write_transform,
)
from econ.power_moments import EffectFit, Moments, PowerVcov, build_moments, fit_moments
from econ.power_result import (
    CURVE,
    SMALLEST,
    Power,
    PowerDraws,
    check_effects,
    check_levels,
    summarise_draws,
    tabulate_rows,
)
from econ.spec import AUTO, MEMBERS, VcovSpec, check_choice, parse_vcov

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.designations import Boundary, CountyZones, Timing
    from econ.distance import Gravity
    from econ.pairs import Keep
    from econ.placebo_draws import Assignment, Lottery
    from econ.placebo_loop import Progress
    from econ.placebo_recipe import Recipe
    from econ.spec import Role, VcovLike

FloatArray = NDArray[np.float64]
Null = Literal["residual", "observed"]
Scenario = tuple[str, str | None, int | None]
"""coding, accuracy, n_audited, as in ``Power``."""

DRAWS = 500
SEED = 20_150_307
FEWEST = 20
"""With fewer draws the smallest effect at a power of .8 has no upper end, and a size of .05 is less than one draw."""

_FEW = 200
_TOLERATED = 2.0
"""A size that is so many times alpha, or more, is named in a note."""


def simulate_power(
    frame: pd.DataFrame,
    designations: pd.DataFrame,
    units: pd.DataFrame | None = None,
    outcome: str = SYNCHRONIZATION,
    *,
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
    coding: Coding | None = None,
    vcov: VcovLike = AUTO,
    null: Null = "residual",
    effects: Sequence[float] | None = None,
    alpha: float = 0.05,
    power: float = 0.8,
    draws: int = DRAWS,
    seed: int = SEED,
    workers: int = 1,
    progress: Progress | None = None,
) -> Power:
    """Simulate how often a study rejects, by the size of the effect, and the smallest effect that it detects.

    The design is the study's own: its units, outcome, dates and rules. Each draw gives the designations to units at
    random (with date and scores, as :func:`econ.run_placebo` does), forms the pairs anew, adds an effect to the outcome
    of treated pairs, and tests it with the study's covariance. So the noise is that of the data, with all that ties
    years and pairs that share a unit to each other, and nothing is supposed of its distribution: Bertrand, Duflo and
    Mullainathan (2004, Quarterly Journal of Economics 119(1)) test inference by placebo laws in this way, and Black,
    Hollingsworth, Nunes and Simon (2019, NBER working paper 25568) power. A formula that holds errors for independent,
    or equally correlated over years, is wrong for panels (Burlig, Preonas and Woerman 2020, Journal of Development
    Economics 144).

    An effect of δ on a term adds δ times its regressor: δ·did, or δ·did × score. It shifts the estimate of a draw and
    leaves its standard error, so one fit serves all effects (:mod:`econ.power_moments`), and the smallest detectable
    effect is a quantile over draws (:mod:`econ.power_result`).

    Parameters
    ----------
    frame, designations, units, outcome, roles, gravity, keep, gravity_years, timing, boundary, county_zones, strata
        As in ``run_placebo`` with kind="unit" and sample="recipe".
    scores, instruments
        As in ``run_placebo``: the regressors did:<instrument> beside did.
    coding
        How scores are coded and audited; each confusion matrix adds to the exact scores: coded ones taken as they are,
        corrected by the confusion matrix, and corrected by that of each audit (:mod:`econ.power_coding`). The effect is
        always one of the true scores. Where errors leave too little signal to correct, a draw detects nothing.
    vcov
        Of the test: "auto" (the jackknife with at most 100 units or 60 designated ones in the true sample, else
        dyadic), {"jackknife": ("unit_i", "unit_j")} or {"dyadic": ("unit_i", "unit_j")}, both with t(C − 1). A draw
        without one of whose units a term is not identified gets the dyadic one, as in ``fit_panel``.
    null
        "residual": what the true designations are estimated to have added is taken out of the outcome first (Freedman
        and Lane 1983, Journal of Business & Economic Statistics 1(4)). "observed": it stays, as noise.
    effects
        At which the curve is drawn, 0 being added. None: multiples of the smallest detectable effect.
    alpha
        Of the two-sided tests.
    power
        That the smallest effect is to have.
    draws, seed, workers, progress
        As in ``run_placebo``; draw k is the assignment that it is there. At least 20 draws.

    Returns
    -------
    Power

    Raises
    ------
    SpecError
        If an option is unknown, or does not go with another one.
    SeriesError, PairError, TreatmentError, FitError
        As ``run_placebo`` does.
    """
    check_draws("simulate_power", draws, seed, workers)
    if draws < FEWEST:
        raise SpecError(
            f"The 'draws' parameter of simulate_power must be {FEWEST} or more: of fewer, neither the size of a test "
            f"nor the upper end of a smallest effect can be told. Got {draws!r} instead."
        )
    check_levels(alpha, power)
    grid = check_effects(effects)
    check_choice("simulate_power", "null", null, get_args(Null))
    prepared = prepare_recipe(
        frame, designations, units, outcome, kind="unit", roles=roles, gravity=gravity, keep=keep,
        gravity_years=gravity_years, timing=timing, boundary=boundary, county_zones=county_zones, strata=strata,
        scored=scores is not None,
    )  # fmt: skip
    lottery = prepared.lottery
    recipe = add_scores(prepared.recipe, scores, instruments, lottery)
    if coding is not None and not instruments:
        raise SpecError("a coding goes with instruments: did itself has no coded score. Leave it out.")
    arrays = None if coding is None else read_coding(coding, instruments, lottery)
    kind, n_units, n_pairs = _choose_vcov(recipe, lottery, vcov)
    recipe = _settle_null(recipe, lottery, kind, null)
    terms = [DID, *(PREFIX + name for name in instruments)]
    n_arrangements = count_arrangements(lottery, recipe.scores)
    scenarios = _list_scenarios(arrays)
    evaluate = functools.partial(_evaluate, recipe, lottery, arrays, kind, seed)
    drawn = run_draws(evaluate, range(draws), len(scenarios) * (2 + 5 * len(terms)), workers, progress)
    found = drawn.reshape(draws, len(scenarios), -1)
    curve, smallest = _tabulate(found, scenarios, terms, alpha, power, grid)
    n_designated = int((lottery.start < NEVER).sum())
    return Power(
        curve=curve,
        smallest=smallest,
        draws=_list_draws(found[:, 0], terms),
        alpha=alpha,
        power=power,
        vcov=kind,
        null=null,
        seed=seed,
        n_pairs=n_pairs,
        n_units=n_units,
        n_designated=n_designated,
        n_periods=len(lottery.periods),
        strata=strata,
        dropped=prepared.dropped,
        notes=(
            *_describe_strata(lottery, strata),
            *_write_notes(found[:, 0], smallest, n_arrangements, arrays, alpha, kind, instruments),
        ),
    )


def _choose_vcov(recipe: Recipe, lottery: Lottery, vcov: VcovLike) -> tuple[PowerVcov, int, int]:
    """Return the covariance of the tests, and the units and pairs of the true sample."""
    designated = lottery.start < NEVER
    sample = select_sample(recipe, designated)
    units = np.union1d(recipe.first[sample], recipe.second[sample])
    n_designated = int(designated[units].sum()) if len(units) else 0
    spec = parse_vcov(choose_by_counts(len(units), n_designated)[0] if vcov == AUTO else vcov)
    if not _is_known(spec):
        raise SpecError(
            f"power is simulated with the jackknife or the dyadic covariance of {' and '.join(MEMBERS)}, whose tests "
            f"hold their size on pairs. Got vcov={vcov!r}. Use 'auto'."
        )
    return "jackknife" if spec.kind == "jackknife" else "dyadic", len(units), len(sample)


def _is_known(spec: VcovSpec) -> bool:
    return spec.kind in get_args(PowerVcov) and spec.by == MEMBERS and spec.ssc == "none"


def _settle_null(recipe: Recipe, lottery: Lottery, kind: PowerVcov, null: Null) -> Recipe:
    """Return the recipe whose outcome has no effect of the true designations, as far as they are estimated."""
    truth = keep_truth(lottery)
    fit = _fit_exact(recipe, truth, kind)
    if fit is None:
        raise FitError(
            "the true designations do not identify the regressors: no pair of the sample may be treated, or the "
            "effects absorb the treatment. Look at the sample."
        )
    if null == "observed":
        return recipe
    columns = treat_pairs(trace_units(recipe, truth), recipe.first, recipe.second)
    columns -= columns.mean(axis=2, keepdims=True)
    return dataclasses.replace(recipe, within=recipe.within - np.einsum("drt,r->dt", columns, fit.estimates))


def _fit_exact(recipe: Recipe, assignment: Assignment, kind: PowerVcov) -> EffectFit | None:
    sample = select_sample(recipe, assignment.start < NEVER)
    if len(sample) < 2:
        return None
    first, second = recipe.first[sample], recipe.second[sample]
    columns = _join(treat_pairs(trace_units(recipe, assignment), first, second), recipe.within[sample])
    n_raw = columns.shape[1] - 1
    return fit_moments(build_moments(columns, n_raw, first, second, kind), np.eye(n_raw))


def _join(regressors: FloatArray, outcome: FloatArray, *effects: FloatArray) -> FloatArray:
    """Return regressors (m, F, T), outcome (m, T) and effects (m, q, T) as columns with zero means over time."""
    columns = np.concatenate([regressors, outcome[:, None], *effects], axis=1)
    columns -= columns.mean(axis=2, keepdims=True)
    return columns


def _evaluate(
    recipe: Recipe, lottery: Lottery, arrays: CodingArrays | None, kind: PowerVcov, seed: int, number: int
) -> list[float]:
    """Return the statistics of a draw, those of all scenarios after one another."""
    assignment = draw_assignment(lottery, seed, number)
    fits = [_fit_exact(recipe, assignment, kind)]
    if arrays is not None:
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(number, 1)))
        fits += _fit_coded(recipe, assignment, lottery, arrays, kind, rng)
    n_terms = 1 + (0 if recipe.scores is None else recipe.scores.shape[1])
    return [value for fit in fits for value in _list_statistics(fit, n_terms)]


def _list_statistics(fit: EffectFit | None, n_terms: int) -> list[float]:
    if fit is None:
        return [float("nan")] * (2 + 5 * n_terms)
    return [fit.df, float(fit.substituted), *fit.estimates, *fit.slopes, *fit.variances.ravel()]


def _fit_coded(
    recipe: Recipe, assignment: Assignment, lottery: Lottery, arrays: CodingArrays, kind: PowerVcov,
    rng: np.random.Generator,
) -> list[EffectFit | None]:  # fmt: skip
    """Return the fits on scores with coding errors, in the order of :func:`_list_scenarios`."""
    sample = select_sample(recipe, assignment.start < NEVER)
    first, second = recipe.first[sample], recipe.second[sample]
    effects = treat_pairs(trace_units(recipe, assignment), first, second)
    carriers = np.flatnonzero(lottery.start < NEVER)
    fits: list[EffectFit | None] = []
    for confusion in arrays.confusions.values():
        coded = np.zeros_like(arrays.counts)
        coded[carriers] = draw_counts(arrays.counts[carriers], confusion, arrays.accumulates, rng)
        counted = dataclasses.replace(recipe, scores=coded.astype(np.float64))
        regressors = treat_pairs(trace_units(counted, assignment), first, second)
        columns = _join(regressors, recipe.within[sample], effects)
        moments = build_moments(columns, regressors.shape[1], first, second, kind)
        fits.append(fit_moments(moments, write_transform(arrays, np.eye(len(confusion)))))
        masses = arrays.masses[assignment.source]
        fits.append(_fit_corrected(moments, arrays, masses, confusion, None))
        for n_audited in arrays.audits:
            found, sizes = draw_audit(confusion, arrays.shares, n_audited, rng)
            fits.append(_fit_corrected(moments, arrays, masses, found, sizes))
    return fits


def _fit_corrected(
    moments: Moments, arrays: CodingArrays, masses: FloatArray, found: FloatArray, sizes: FloatArray | None
) -> EffectFit | None:
    """Return the fit corrected by a confusion matrix, known or found by an audit; None if the signal is too weak."""
    corrected, transform = subtract_errors(moments, masses, found), write_transform(arrays, found)
    fit = fit_moments(corrected, transform) if is_telling(moments, corrected, transform) else None
    if fit is None or sizes is None:
        return fit
    return dataclasses.replace(fit, variances=add_audit(fit, corrected, arrays, masses, found, sizes))


def _list_scenarios(arrays: CodingArrays | None) -> list[Scenario]:
    scenarios: list[Scenario] = [("exact", None, None)]
    if arrays is not None:
        for name in arrays.confusions:
            scenarios += [("uncorrected", name, None), ("known", name, None)]
            scenarios += [("audited", name, audit) for audit in arrays.audits]
    return scenarios


def _tabulate(
    found: FloatArray, scenarios: Sequence[Scenario], terms: Sequence[str], alpha: float, power: float,
    effects: Sequence[float] | None,
) -> tuple[pd.DataFrame, pd.DataFrame]:  # fmt: skip
    """Return the curve and the smallest effects; without effects those of exact scores serve all scenarios."""
    curve: list[dict[str, object]] = []
    smallest: list[dict[str, object]] = []
    grids: dict[str, Sequence[float] | None] = dict.fromkeys(terms, effects)
    kept = np.isfinite(found[:, 0]).all(axis=1)
    if not kept.any():
        raise FitError("no draw identifies the regressors, so that there is no power to speak of. Look at the sample.")
    for place, scenario in enumerate(scenarios):
        for term, draws in zip(terms, _split_draws(found[kept, place], len(terms)), strict=True):
            points, least = summarise_draws(draws, alpha, power, grids[term])
            grids[term] = grids[term] or [point["effect"] for point in points]
            key = dict(zip(("coding", "accuracy", "n_audited"), scenario, strict=True)) | {"term": term}
            curve += [{**key, **point} for point in points]
            smallest += [{**key, **row} for row in least]
    return tabulate_rows(curve, CURVE), tabulate_rows(smallest, SMALLEST)


def _split_draws(values: FloatArray, n_terms: int) -> list[PowerDraws]:
    """Return the draws of each term of one scenario, (draws, 2 + 5 terms)."""
    blocks = values[:, 2:].reshape(len(values), 5, n_terms)
    return [
        PowerDraws(blocks[:, 0, k], blocks[:, 1, k], blocks[:, 2, k], blocks[:, 3, k], blocks[:, 4, k], values[:, 0])
        for k in range(n_terms)
    ]


def _list_draws(values: FloatArray, terms: Sequence[str]) -> pd.DataFrame:
    frames = [
        pd.DataFrame({
            "draw": np.arange(len(values)), "term": term, "estimate": draws.estimates,
            "std_error": np.sqrt(draws.variances), "df": draws.df,
        })
        for term, draws in zip(terms, _split_draws(values, len(terms)), strict=True)
    ]  # fmt: skip
    return pd.concat(frames, ignore_index=True).sort_values(["draw"], kind="stable", ignore_index=True)


def _describe_strata(lottery: Lottery, strata: str | None) -> list[str]:
    """Return within which strata designations are permuted, and how many units thereby never move."""
    if strata is None:
        return []
    notes = [f"Designations are permuted within {strata} ({int(lottery.strata.max()) + 1} strata)."]
    n_pinned = count_pinned(lottery)
    if n_pinned:
        notes.append(
            f"{n_pinned} of {int((lottery.start < NEVER).sum())} designated units never move: their stratum has "
            "designated units alone, so they are designated in every draw. Use wider strata."
        )
    return notes


def _write_notes(
    exact: FloatArray, smallest: pd.DataFrame, n_arrangements: float, arrays: CodingArrays | None, alpha: float,
    kind: PowerVcov, instruments: Sequence[str],
) -> tuple[str, ...]:  # fmt: skip
    notes = []
    lost, gave_way = int(np.isnan(exact[:, 0]).sum()), int(np.nansum(exact[:, 1]))
    if lost:
        notes.append(f"{lost} of {len(exact)} draws do not identify the regressors and are left aside.")
    if gave_way:
        notes.append(
            f"In {gave_way} of {len(exact)} draws a term rests on one unit, so that the jackknife cannot be computed; "
            "the dyadic-robust error took its place."
        )
    if n_arrangements < len(exact):
        notes.append(
            f"There are only {n_arrangements:.0f} different ways to draw the designations, so draws repeat each other "
            "and the Monte Carlo intervals are too narrow."
        )
    if len(exact) < _FEW:
        notes.append(f"{len(exact)} draws are few: look at the Monte Carlo intervals.")
    sizes = smallest[(smallest["coding"] == "exact") & (smallest["direction"] == "+") & (smallest["test"] == "t")]
    notes += [
        f"Without effect the test of {row['term']} ({kind}) rejects in {row['size']:.1%} of draws, not in {alpha:.0%}: "
        'its power is flattered. Go by the rows of the test "permutation", whose size is right.'
        for row in sizes[sizes["size"] > _TOLERATED * alpha].to_dict("records")
    ]
    if not instruments:
        notes.append("did has no coded score: the size of an audit plays no part.")
    elif arrays is not None:
        notes.append(
            "Coding errors strike each clause on its own, with the same chances everywhere. Errors that come in whole "
            "documents, or depend on the treatment, cost more."
        )
    return tuple(notes)
