"""Regressions on intensities that were coded from text, with the coding error in the coefficients and in their errors.

The estimator is the one of :mod:`econ.coded_moments`. Its covariance has two parts: that of the regression
(:mod:`econ.coded_covariance`), and J V_P J', with J = ∂β/∂vec(P) and V_P the covariance of the estimated confusion
matrix (Murphy and Topel 1985). Leaving the second out makes intervals too short.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.coded_covariance import choose_vcov, compute_spread, count_units, measure_moments, pick_moments
from econ.coded_estimate import CodedEstimate
from econ.coded_moments import differentiate, differentiate_shared, solve_moments
from econ.coded_sample import Request, keep_controls, read_request
from econ.error_diagonal import PROBES
from econ.errors import FitError
from econ.estimate import build_params
from econ.inference import count_designated, warn_by_counts
from econ.keys import UNIT, has_members
from econ.panel import fit_panel
from econ.shared_errors import SharedErrors
from econ.spec import AUTO, INTERCEPT, MEMBERS, parse_vcov
from econ.weak_signal import MomentTest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from econ.coded_covariance import Spread
    from econ.coded_moments import Moments, Solution
    from econ.coded_sample import CodedSample, FitEstimand
    from econ.confusion import Confusion
    from econ.error_diagonal import Reach
    from econ.estimate import Estimate
    from econ.spec import VcovLike, VcovSpec

FloatArray = NDArray[np.float64]

WEAK = 1.4
"""Below this λ_min a note points to the confidence sets that hold for weak signals."""


def fit_coded(
    frame: pd.DataFrame,
    outcome: str,
    counts: pd.DataFrame,
    confusion: Confusion | Mapping[Any, Confusion],
    classes: Sequence[Any],
    absorb: Sequence[str] | None,
    map: Any = None,
    combine: Mapping[str, Mapping[Any, float]] | None = None,
    controls: Sequence[str] = (),
    estimand: FitEstimand = "realised",
    vcov: VcovLike = AUTO,
    *,
    strata: pd.Series[Any] | None = None,
    scale: str | pd.Series[float] = "share",
    shared_errors: SharedErrors | FloatArray | None = None,
    ssc: str | None = None,
) -> CodedEstimate:
    """Regress an outcome on intensities coded from text, naively and corrected for coding error.

    β = S⁻¹ X̃'My with S = X̃'MX̃ − D, where X̃ is made of corrected counts, M takes the effects out and D is the part of
    X̃'MX̃ that coding error adds (:mod:`econ.coded_moments`): confusion and noise both bias the naive estimate, in
    directions that depend on the design. Errors of clauses are taken to be independent given their true classes and,
    where there are several matrices, their strata; ``shared_errors`` loosens this within documents.

    Parameters
    ----------
    frame
        Long: one row a unit, or a pair, and period; see :func:`econ.fit_panel`.
    outcome
        A numeric column.
    counts
        Documents × classes: clauses coded as each class, all classes of ``confusion``. Without ``map`` its rows are
        those of ``frame``, in this order, and regressors are shares (``scale``).
    confusion
        P[predicted, true]; by stratum of ``strata`` where errors differ between strata.
    classes
        Whose intensities are regressors; one class at least is left out where shares add up to one.
    absorb
        As of :func:`econ.fit_panel`.
    map
        Rows × documents (array or sparse): what a clause of a document counts in a row. Every score that adds up over
        documents is such a map: stocks, power weights, did × S, sums over a pair, lags. Several by name, as in
        {"supply": L, "did:supply": L_did}, give each term of ``combine`` once per map, named "map:term".
    combine
        Terms made of classes, {"index": {"supply": 1, "demand": -1}}; None: each of ``classes`` by itself.
    controls
        Numeric columns without error; one that the effects absorb is left out, as :func:`econ.fit_panel` does.
    estimand
        See :data:`FitEstimand`.
    vcov
        As of :func:`econ.fit_panel`, but for "iid" and "wild"; "auto" is the jackknife for up to 100 units (pairs: also
        for up to 60 designated ones), else clustered by unit, or dyadic, and so it is where the jackknife cannot be
        computed.
    strata
        The stratum of each document, by the index of ``counts``.
    scale
        Without ``map``: "share", "count", or one number a row.
    shared_errors : (K, K)
        Covariance of the errors of two clauses of one document, known or of :func:`econ.estimate_shared_errors`.
    ssc
        As of :func:`econ.fit_panel`.

    Returns
    -------
    CodedEstimate
        Terms in the order of ``naive``: an intercept if nothing is absorbed, coded terms, controls.

    Raises
    ------
    SpecError
        If arguments do not fit one another.
    FitError
        If coding error hides the signal: λ_min below 1 + 2/C with C units; if a coded term cannot be told apart from
        the effects and the other terms; or a covariance cannot be computed.
    """
    given = shared_errors.matrix.to_numpy() if isinstance(shared_errors, SharedErrors) else shared_errors
    sample = read_request(
        Request(
            frame, outcome, counts, confusion, classes, absorb, map, combine, controls, estimand, strata, scale, given
        )
    )
    spec, reason = choose_vcov(sample.rows, vcov, ssc)
    if vcov != AUTO or spec.kind != "jackknife":
        return _fit(sample, spec, reason, shared_errors)
    try:
        return _fit(sample, spec, reason, shared_errors)
    except FitError as error:
        other: VcovLike = {"dyadic": MEMBERS} if len(spec.by) > 1 else {"cluster": UNIT}
        substituted = (
            f"The jackknife cannot be computed here: {error} The {next(iter(other))} covariance took its place."
        )
        return _fit(sample, parse_vcov(other, ssc), (substituted,), shared_errors)


def _fit(
    sample: CodedSample, spec: VcovSpec, reason: tuple[str, ...], shared_errors: SharedErrors | FloatArray | None
) -> CodedEstimate:
    naive = _fit_naive(sample, spec)
    sample = keep_controls(sample, list(naive.params["term"]))
    moments, reach = measure_moments(sample, spec)
    solution = solve_moments(moments, sample.matrices, sample.terms, sample.shared)
    _check_signal(solution, count_units(sample.rows, spec))
    spread = compute_spread(sample, spec, moments, solution, reach)
    gold = _spread_gold(sample, moments, shared_errors)
    frame = sample.rows.frame
    warnings = warn_by_counts(spec, spread.coefficients, count_designated(frame) if has_members(frame) else None)
    notes = (*reason, *spread.coefficients.notes, *warnings, *_describe(sample, solution, reach, shared_errors))
    return _report(naive, sample, solution, spread, gold, spec, notes)


def _check_signal(solution: Solution, n_units: int) -> None:
    least = 1 + 2 / n_units
    if not solution.lambda_min >= least:
        raise FitError(
            f"coding error hides the signal: the variance of the coded regressors within the effects is "
            f"{solution.lambda_min:.3g} times that of their coding error in the direction where it is least, and "
            f"{least:.3g} is needed with {n_units} units. No correction can repair this. Use fewer or merged classes, "
            "units with more clauses, fewer effects, or a better coder."
        )


def _spread_gold(sample: CodedSample, moments: Moments, shared: SharedErrors | FloatArray | None) -> FloatArray:
    """Return what the estimation of confusion matrices and shared errors adds to the covariance: (3k, 3k)."""
    gold = np.zeros((3 * len(sample.terms.names), 3 * len(sample.terms.names)))
    gradients = differentiate(moments, sample.matrices, sample.terms, sample.shared)
    for gradient, one in zip(gradients, sample.confusions, strict=True):
        if one.cov is not None:
            gold += gradient @ one.cov @ gradient.T
    if isinstance(shared, SharedErrors) and sample.shared is not None:
        gradient = differentiate_shared(moments, sample.matrices, sample.terms, sample.shared)
        gold += gradient @ shared.cov @ gradient.T
    return gold


def _describe(
    sample: CodedSample, solution: Solution, reach: Reach, shared: SharedErrors | FloatArray | None
) -> list[str]:
    notes = [note for one in sample.confusions for note in one.notes]
    if all(one.cov is None for one in sample.confusions):
        notes.append("The confusion matrix is taken as known: its own error is not in the standard errors.")
    if reach.probed:
        notes.append(
            f"What coding error adds to the moments is estimated by {PROBES} random probes, as the effects have too "
            "many levels for the exact sum: another seed would change the last digits."
        )
    if isinstance(shared, SharedErrors):
        notes += shared.notes
    if solution.lambda_min < WEAK:
        notes.append(
            f"The signal is weak: λ_min is {solution.lambda_min:.3g}. Take intervals from `invert`, which hold all the "
            "same."
        )
    return notes


def _fit_naive(sample: CodedSample, spec: VcovSpec) -> Estimate:
    """Fit the same rows on the counts as coded."""
    terms = sample.terms
    coded = terms.names[: terms.n_coded]
    columns = {
        name: np.asarray(sample.maps[place] @ (sample.counts @ weights))
        for name, place, weights in zip(coded, terms.maps, terms.weights, strict=True)
    }
    controls = [name for name in terms.names[terms.n_coded :] if name != INTERCEPT]
    effects = [effect.name for effect in sample.rows.effects]
    estimate = fit_panel(
        sample.rows.frame.assign(**columns),
        sample.outcome,
        [*coded, *controls],
        effects,
        _as_argument(spec),
        ssc=spec.ssc,
    )
    lost = [name for name in coded if name not in set(estimate.params["term"])]
    if lost:
        raise FitError(
            f"{', '.join(lost)} cannot be told apart from the effects or from other terms. Shares of all classes add "
            "up to one: leave a class out of 'classes'."
        )
    return replace(estimate, dropped=sample.rows.dropped + estimate.dropped)


def _as_argument(spec: VcovSpec) -> VcovLike:
    return {spec.kind: spec.by if len(spec.by) > 1 else spec.by[0]} if spec.by else spec.kind


def _report(
    naive: Estimate,
    sample: CodedSample,
    solution: Solution,
    spread: Spread,
    gold: FloatArray,
    spec: VcovSpec,
    notes: tuple[str, ...],
) -> CodedEstimate:
    """Return both estimates, terms in the order of the naive one; R² is not defined for moments, and missing."""
    terms = list(naive.params["term"])
    order = [sample.terms.names.index(term) for term in terms]
    places = np.ix_(order, order)
    regression, covariance = spread.coefficients.matrix[places], spread.coefficients
    added = gold[places]
    matrix = regression + added
    corrected = replace(
        naive,
        params=build_params(terms, solution.estimates[order], matrix, covariance.df),
        vcov=pd.DataFrame(matrix, index=terms, columns=terms),
        df=covariance.df,
        n_clusters=covariance.n_clusters,
        notes=notes,
        r2=float("nan"),
        r2_within=float("nan"),
        spec=replace(naive.spec, vcov=spec),
        revise=None,
    )
    split = pd.DataFrame({"term": terms, "regression": np.diag(regression), "gold": np.diag(added)})
    split["gold_share"] = split["gold"] / (split["regression"] + split["gold"])
    around, lines = spread.moments + pick_moments(gold), solution.moments
    tests = {
        term: MomentTest(term, lines[at], around[at], covariance.df) for term, at in zip(terms, order, strict=True)
    }
    return CodedEstimate(
        naive,
        corrected,
        solution.lambda_min,
        split,
        max(one.condition for one in sample.confusions),
        int((sample.correct_counts() < 0).any(axis=1).sum()),
        sum(sum(one.n_gold.values()) for one in sample.confusions),
        tests,
    )
