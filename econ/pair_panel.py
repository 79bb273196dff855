"""Equations on pairs of units straight from the units' series: the rows of the pairs are never written down."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.collinearity import refuse_lost_terms
from econ.covariance import invert_gram
from econ.errors import FitError
from econ.estimate import Dropped, Estimate, build_params
from econ.inference import choose_by_counts, say_substituted
from econ.pair_inference import PairFit, compute_covariance, parse_pair_vcov
from econ.pair_passes import collect_moments, collect_scores
from econ.pair_sample import build_pair_sample
from econ.spec import AUTO, PairSpec, StreamedSpec, VcovSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.covariance import Covariance
    from econ.pair_sample import PairSample
    from econ.spec import VcovLike

FloatArray = NDArray[np.float64]

OUTCOME = "synchronization"

_TOLERANCE = 1e-18  # of the squares of what is left of a column, relative to its own
_FLOOR = 1e-25  # the same of a column whose own squares are rounding
_PIVOT = 1e-11  # of a column's squares, what earlier columns must leave of it
_FAR = 1e4  # times a tolerance: no closer look is needed
_COEFFICIENT = 1e-6  # a column that contributes less to another one does not make it
_NOTHING = 1e-20  # squares of residuals below this share of the outcome's are rounding


@dataclass(frozen=True, slots=True)
class _Solved:
    """A fitted equation: its sums, the sample it comes from, and what was dropped by now; ``terms`` are those kept."""

    fit: PairFit
    terms: pd.Index
    r2: float
    r2_within: float
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


def fit_pairs(
    series: pd.DataFrame,
    designations: pd.DataFrame,
    spec: PairSpec | None = None,
    pairs: pd.DataFrame | None = None,
    vcov: VcovLike = AUTO,
    ssc: str | None = None,
) -> Estimate:
    """Fit the synchronization of pairs on their treatment and variables, with pair and period effects.

    The effects of the periods may be those of each group of pairs, such as the pairs of the same two provinces, or of
    both members (``PairSpec.absorb``).

    The same as ``measure_synchronization``, ``assign_treatment``, ``interact_scores``, ``combine_units`` and
    ``fit_panel`` one after the other, for any set of pairs, but the rows of the pairs are made a tile at a time for two
    passes: the normal equations and the scores (:mod:`econ.pair_passes`). Memory is that of the table of pairs, and of
    all rows where they take no more than 128 MB; where they take more, of one tile: they are made twice. Groups add
    their effects, groups × columns × periods; the jackknife a square of periods + columns for each unit and group that
    meet. Units' effects add a few matrices of units × units.

    Parameters
    ----------
    series
        One row a unit and period: ``unit``, ``period``, and the columns that the spec names. Rows in any order; NaN =
        missing, and a pair's row is there where both members have all they need. Scores are needed only where a unit
        is treated.
    designations
        As in ``assign_treatment``.
    spec
        The equation; None: did alone on Cerqueira and Martins' synchronization of the column ``value``.
    pairs
        ``unit_i``, ``unit_j`` from ``form_pairs``, any set of them, with the columns that the spec names. None: all
        pairs of the units of the series with a role among those of the spec.
    vcov
        "auto", "iid", "hc1", {"cluster": "pair"}, {"cluster": "unit_i"} or "unit_j", {"twoway": ("unit_i",
        "unit_j")}, {"dyadic": …} or {"jackknife": …} with the same two. "auto" as in ``fit_panel``.
    ssc
        As in ``fit_panel``.

    Returns
    -------
    Estimate
        Its outcome is called "synchronization"; ``spec.recipe`` is the PairSpec. Terms that the effects absorb, or
        that earlier ones explain but for 1e-11 of their variance, are left out and named in ``dropped``.

    Raises
    ------
    SpecError
        If a choice is unknown, a column or a covariance is not there, or periods are outside the series.
    SeriesError
        If the series break their contract, or one cannot be standardised.
    PairError
        If pairs are doubled, turned round or of unknown units, or their values or groups are missing.
    TreatmentError
        If designations or scores do not say who is treated, when, or how strongly.
    FitError
        If nothing is identified, the equation is saturated, shares add up to did, the units' effects of the periods
        absorb a term, or a covariance has no basis.
    """
    recipe = PairSpec() if spec is None else spec
    wanted = None if vcov == AUTO else parse_pair_vcov(vcov, ssc)
    sample = build_pair_sample(series, designations, recipe, pairs)
    chosen, notes = (wanted, ()) if wanted is not None else _choose(sample, ssc)
    solved = _solve(sample, chosen)
    return _report(solved, recipe, chosen, notes, fallback=vcov == AUTO)


def _choose(sample: PairSample, ssc: str | None) -> tuple[VcovSpec, tuple[str, ...]]:
    chosen, reason = choose_by_counts(int(sample.members.sum()), sample.n_designated)
    return parse_pair_vcov(chosen, ssc), (reason,)


def _solve(sample: PairSample, vcov: VcovSpec) -> _Solved:
    stream = sample.stream
    moments, kept_tiles = collect_moments(stream)
    gram, own = moments.gram[np.ix_(sample.places, sample.places)], moments.own[sample.places]
    if gram[-1, -1] <= _NOTHING * own[-1]:
        where = " + ".join(sample.absorb)
        raise FitError(f"the synchronization does not vary within {where}, so there is nothing to explain.")
    if stream.by_node:
        _refuse_node_effects(gram, own, moments.within[sample.places], sample)
    kept, dropped = choose_terms(gram[:-1, :-1], own[:-1], sample.terms, sample.absorb)
    n_coefficients = len(kept) + stream.n_pairs + moments.rank
    if sample.n_rows <= n_coefficients:
        raise FitError(
            f"the equation is saturated: {sample.n_rows:,} rows for {len(kept)} regressors and "
            f"{stream.n_pairs + moments.rank:,} absorbed coefficients leave no degree of freedom. Add periods."
        )
    bread = invert_gram(gram[np.ix_(kept, kept)])
    estimates = bread @ gram[kept, -1]
    places = sample.places[[*kept, -1]]
    sums = collect_scores(
        stream, moments, places, estimates, bread, kept_tiles, rows=vcov.kind == "hc1", grams=_needs_grams(sample, vcov)
    )
    fit = PairFit(sample, moments, sums, tuple(sample.terms[place] for place in kept), places, estimates, bread)
    r2, within = (1 - sums.squares / float(total) for total in (own[-1], gram[-1, -1]))
    notes = [*sample.notes, *(f"{entry.what} is not in the equation: {entry.reason}." for entry in dropped)]
    if sums.squares <= _NOTHING * gram[-1, -1]:
        notes.append("The equation fits the outcome perfectly: standard errors are made of rounding and mean nothing.")
    return _Solved(fit, pd.Index(fit.terms), r2, within, (*sample.dropped, *dropped), tuple(notes))


def _needs_grams(sample: PairSample, vcov: VcovSpec) -> bool:
    """Whether a covariance is made of the units' Gram matrices: with units' effects the jackknife fits again."""
    return vcov.kind == "jackknife" and not sample.stream.by_node


def _refuse_node_effects(gram: FloatArray, own: FloatArray, within: FloatArray, sample: PairSample) -> None:
    """Refuse terms that it takes the units' effects of the periods to absorb."""
    pairs = zip(sample.terms, np.diag(gram), own, within, strict=False)
    lost = [term for term, left, all_of, by_pair in pairs if left <= _TOLERANCE * all_of < _PIVOT * all_of < by_pair]
    if lost:
        raise refuse_lost_terms(sample.absorb[1], lost)


def choose_terms(
    gram: FloatArray, own: FloatArray, terms: Sequence[str], absorb: Sequence[str]
) -> tuple[list[int], tuple[Dropped, ...]]:
    """Return the places of the regressors to keep, and why the others go.

    Parameters
    ----------
    gram : (k, k)
        Of the regressors with the effects taken out.
    own : (k,)
        Their sums of squares about their means.
    terms
        Their names.
    absorb
        The names of the effects.

    Raises
    ------
    FitError
        If none is left.
    """
    if _is_clear(gram, own):
        return list(range(len(terms))), ()
    kept: list[int] = []
    dropped = []
    for place, term in enumerate(terms):
        length = gram[place, place]
        if length <= max(_TOLERANCE * own[place], _FLOOR * own.max(initial=0.0)):
            reason = "no variation" if own[place] == 0 else f"absorbed by {' + '.join(absorb)}"
            dropped.append(Dropped(term, reason, 1))
            continue
        scales = np.sqrt(np.diag(gram)[kept] * length)
        within = gram[np.ix_(kept, kept)] / np.sqrt(np.outer(np.diag(gram)[kept], np.diag(gram)[kept]))
        shares = np.linalg.solve(within, gram[kept, place] / scales) if kept else np.empty(0)
        if 1 - float(shares @ (gram[kept, place] / scales)) > _PIVOT:
            kept.append(place)
            continue
        others = ", ".join(terms[kept[at]] for at in np.flatnonzero(np.abs(shares) > _COEFFICIENT))
        dropped.append(Dropped(term, f"a linear combination of {others}", 1))
    if not kept:
        reasons = "; ".join(f"{entry.what}: {entry.reason}" for entry in dropped)
        raise FitError(f"no regressor is left ({reasons}). Use a term that varies within pairs and periods.")
    return kept, tuple(dropped)


def _is_clear(gram: FloatArray, own: FloatArray) -> bool:
    """Whether no term is near to be absorbed or a combination of others: the pivots of correlations are large."""
    lengths = np.diag(gram)
    if (lengths <= np.maximum(_FAR * _TOLERANCE * own, _FAR * _FLOOR * own.max(initial=0.0))).any():
        return False
    try:
        pivots = np.diag(np.linalg.cholesky(gram / np.sqrt(np.outer(lengths, lengths))))
    except np.linalg.LinAlgError:
        return False
    return bool((pivots**2 > _FAR * _PIVOT).all())


def _report(
    solved: _Solved, recipe: PairSpec, vcov: VcovSpec, notes: tuple[str, ...], *, fallback: bool = False
) -> Estimate:
    """Return the estimate with one covariance; the sums travel with it."""
    vcov, covariance, notes = _compute(solved.fit, vcov, notes, fallback=fallback)
    fit, terms = solved.fit, solved.terms
    names = tuple(fit.sample.terms)
    return Estimate(
        params=build_params(terms, fit.estimates, covariance.matrix, covariance.df),
        vcov=pd.DataFrame(covariance.matrix, index=terms, columns=terms),
        nobs=fit.sample.n_rows,
        df=covariance.df,
        n_clusters=covariance.n_clusters,
        absorbed=fit.sample.absorb,
        dropped=solved.dropped,
        notes=(*notes, *covariance.notes, *solved.notes),
        r2=solved.r2,
        r2_within=solved.r2_within,
        spec=StreamedSpec(OUTCOME, names, fit.sample.absorb, vcov, recipe.weights, recipe=recipe),
        versions={name: _read_version(name) for name in ("numpy", "pandas", "scipy")},
        revise=functools.partial(_revise, solved, recipe),
    )


def _compute(
    fit: PairFit, vcov: VcovSpec, notes: tuple[str, ...], *, fallback: bool
) -> tuple[VcovSpec, Covariance, tuple[str, ...]]:
    if not fallback or vcov.kind != "jackknife":
        return vcov, compute_covariance(fit, vcov), notes
    try:
        return vcov, compute_covariance(fit, vcov), notes
    except FitError as error:
        dyadic = parse_pair_vcov({"dyadic": vcov.by}, None)
        return dyadic, compute_covariance(fit, dyadic), (say_substituted(error),)


def _revise(solved: _Solved, recipe: PairSpec, vcov: VcovLike, ssc: str | None) -> Estimate:
    """Return the estimate with another covariance; the jackknife and hc1 may need the second pass again."""
    chosen, notes = _choose(solved.fit.sample, ssc) if vcov == AUTO else (parse_pair_vcov(vcov, ssc), ())
    fit = solved.fit
    lacking = {"jackknife": fit.sums.grams, "hc1": fit.sums.by_row}
    if lacking.get(chosen.kind, fit) is None and (chosen.kind == "hc1" or _needs_grams(fit.sample, chosen)):
        sums = collect_scores(
            fit.sample.stream, fit.moments, fit.places, fit.estimates, fit.bread,
            rows=chosen.kind == "hc1", grams=_needs_grams(fit.sample, chosen),
        )  # fmt: skip
        solved = replace(solved, fit=replace(fit, sums=sums))
    return _report(solved, recipe, chosen, notes, fallback=vcov == AUTO)


_read_version = functools.cache(version)
