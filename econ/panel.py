"""Equations on panels of units and of pairs, with absorbed fixed effects: least squares, any covariance."""

from __future__ import annotations

import dataclasses
import functools
from importlib.metadata import version
from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.collinearity import choose_columns
from econ.covariance import invert_gram
from econ.errors import FitError, SpecError
from econ.estimate import Dropped, Estimate
from econ.gram import multiply_columns
from econ.inference import Fit, compute_inference
from econ.keys import NODE, find_group_sources
from econ.sample import build_sample
from econ.spec import AUTO, INTERCEPT, MEMBERS, Engine, Model, PanelSpec, check_choice, check_names, parse_vcov
from econ.within import Absorber

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from econ.sample import Sample
    from econ.spec import VcovLike

FloatArray = NDArray[np.float64]

_NOTHING = 1e-20
"""Sums of squares below this share of the raw ones are rounding."""
_FLOOR = 1e-28
"""So are sums of squared residuals below this share of the raw outcome's."""


def fit_panel(
    frame: pd.DataFrame,
    outcome: str,
    regressors: Iterable[str],
    absorb: Iterable[str] | None,
    vcov: VcovLike = AUTO,
    weights: str | None = None,
    model: Model = "ols",
    ssc: str | None = None,
    engine: Engine | None = None,
) -> Estimate:
    """Fit y = Xβ + absorbed effects + error by (weighted) least squares.

    β = (X̃'WX̃)⁻¹ X̃'Wỹ, where ~ takes the effects out exactly (:mod:`econ.within`); it equals the regression with a
    dummy for every level (Frisch and Waugh 1933, Lovell 1963).

    Parameters
    ----------
    frame
        Long: one row a unit or pair and period, in any order. Rows with a missing value are left out, and so are rows
        that are alone in a level of an effect; both are counted in ``dropped``.
    outcome
        A numeric column.
    regressors
        Numeric or boolean columns. One that the effects absorb, or that is a linear combination of earlier ones, is
        left out and named in ``dropped``.
    absorb
        Effects: columns; "a^b" for the combinations of columns; "pair", which is the column of that name, else pair_id,
        else the unordered members unit_i and unit_j; "node^x" for a_ix + a_jx, one effect for each member of a pair and
        value of x. None or [] puts an intercept first.
    vcov
        "auto", "iid", "hc1", {"cluster": a}, {"twoway": (a, b)}, {"dyadic": (a, b)}, {"jackknife": a or (a, b)},
        {"wild": a, "draws": …, "seed": …}. "auto": for pairs (unit_i, unit_j) the jackknife with at most 100 units or
        60 ever-designated ones (treated_unit; both members of role "both"), else dyadic; for units the wild bootstrap
        with fewer than 40, else clustered. The choice and its reason are the first of ``notes``.
    weights
        A positive column: the variance of a row's error is proportional to 1 / weight.
    model
        "ols".
    ssc
        The small-sample correction (:mod:`econ.covariance`); None: "none" for dyadic and jackknife, else "fixest".
    engine
        None, or "linearmodels" for coefficients from linearmodels' ``AbsorbingLS``.

    Raises
    ------
    SpecError
        If an argument is not known, or a column is unknown, doubled or not numeric.
    PairError
        If the pairs are not unordered ones where they must be ("node^…", dyadic, jackknife by both members).
    FitError
        If values are infinite, weights not positive, cluster columns incomplete; if the equation is saturated or
        identifies nothing; if "node^…" absorbs a regressor, or shares add up to another regressor.
    """
    spec = _check_arguments(frame, outcome, regressors, absorb, vcov, weights, model, ssc, engine)
    sample = build_sample(frame, outcome, spec.regressors, spec.absorb, weights)
    absorber = Absorber(sample.effects, sample.weights)
    within = absorber.residualize_columns(sample.columns)
    _check_outcome(outcome, sample, within[:, 0])
    gram = multiply_columns(within, sample.weights)
    kept, left_out = choose_columns(
        sample.regressors, within[:, 1:], sample.terms, sample.effects, sample.weights, gram[1:, 1:]
    )
    if left_out:
        places = [0, *(place + 1 for place in kept)]
        sample, within, gram = _keep_regressors(sample, kept, left_out), within[:, places], gram[np.ix_(places, places)]
    _check_rows(sample, absorber)
    bread = invert_gram(gram[1:, 1:])
    estimates = _solve(within, sample.weights, gram, bread) if engine is None else _solve_with_linearmodels(sample)
    fit = Fit(sample, absorber, within, within[:, 0] - within[:, 1:] @ estimates, estimates, bread)
    return _report(fit, spec, _describe_fit(fit, spec), vcov, ssc)


def _check_arguments(
    frame: object,
    outcome: str,
    regressors: object,
    absorb: object,
    vcov: VcovLike,
    weights: str | None,
    model: Model,
    ssc: str | None,
    engine: Engine | None,
) -> PanelSpec:
    """Return the recipe of the fit, whose covariance is still to be found; refuse arguments of the wrong kind."""
    if not isinstance(frame, pd.DataFrame):
        raise SpecError(f"The 'frame' parameter of fit_panel must be a DataFrame. Got {type(frame).__name__} instead.")
    for parameter, value in (("outcome", outcome), ("weights", "" if weights is None else weights)):
        if not isinstance(value, str):
            raise SpecError(f"The {parameter!r} parameter of fit_panel must name a column. Got {value!r} instead.")
    names = check_names("fit_panel", "regressors", regressors)
    effects = check_names("fit_panel", "absorb", () if absorb is None else absorb)
    if not names or {outcome, INTERCEPT} & set(names):
        raise SpecError(
            f"The 'regressors' parameter of fit_panel must name one or more columns, none of them {outcome!r} (the "
            f"outcome) or {INTERCEPT!r} (which comes by itself where nothing is absorbed). Got {regressors!r} instead."
        )
    check_choice("fit_panel", "model", model, get_args(Model))
    check_choice("fit_panel", "engine", engine, (None, *get_args(Engine)))
    wanted = parse_vcov("hc1" if vcov == AUTO else vcov, ssc)
    for column in wanted.by:
        find_group_sources(frame, column)
    return PanelSpec(outcome, names, effects, wanted, weights, model, engine)


def _check_outcome(outcome: str, sample: Sample, within: FloatArray) -> None:
    spread = sample.outcome if sample.effects else sample.outcome - sample.outcome.mean()
    left = within if sample.effects else spread
    if float(left @ left) <= _NOTHING * float(sample.outcome @ sample.outcome):
        where = f" within {' + '.join(effect.name for effect in sample.effects)}" if sample.effects else ""
        raise FitError(f"the outcome {outcome!r} does not vary{where}, so there is nothing to explain. Absorb less.")


def _check_rows(sample: Sample, absorber: Absorber) -> None:
    n_coefficients = len(sample.terms) + absorber.n_coefficients
    if len(sample.outcome) <= n_coefficients:
        raise FitError(
            f"the equation is saturated: {len(sample.outcome)} rows for {len(sample.terms)} regressors and "
            f"{absorber.n_coefficients} absorbed coefficients leave no degree of freedom. Absorb less, or add rows."
        )


def _keep_regressors(sample: Sample, kept: Sequence[int], left_out: tuple[Dropped, ...]) -> Sample:
    return dataclasses.replace(
        sample,
        columns=(sample.outcome, *(sample.regressors[place] for place in kept)),
        terms=tuple(sample.terms[place] for place in kept),
        dropped=sample.dropped + left_out,
    )


def _solve(within: FloatArray, weights: FloatArray | None, gram: FloatArray, bread: FloatArray) -> FloatArray:
    """Return the coefficients, once refined: their normal equations square the condition of the columns."""
    outcome, columns = within[:, 0], within[:, 1:]
    estimates = bread @ gram[1:, 0]
    left = outcome - columns @ estimates
    return np.asarray(estimates + bread @ (columns.T @ (left if weights is None else left * weights)))


def _solve_with_linearmodels(sample: Sample) -> FloatArray:
    """Return the coefficients of ``AbsorbingLS``."""
    symmetric = [effect.name for effect in sample.effects if effect.codes.ndim > 1]
    if symmetric:
        raise SpecError(f'engine="linearmodels" cannot absorb {symmetric[0]!r}. Leave the engine out, or absorb less.')
    from linearmodels.iv.absorbing import AbsorbingLS

    absorbed = {effect.name: pd.Categorical(effect.codes) for effect in sample.effects}
    equation = AbsorbingLS(
        sample.outcome,
        pd.DataFrame(dict(zip(sample.terms, sample.regressors, strict=True))),
        absorb=pd.DataFrame(absorbed) if absorbed else None,
        weights=sample.weights,
    )
    fitted = equation.fit(method="lsmr", absorb_options={"atol": 1e-14, "btol": 1e-14}, use_cache=False)
    return np.asarray(fitted.params, dtype=np.float64)


_read_version = functools.cache(version)


@dataclasses.dataclass(frozen=True, slots=True)
class _Facts:
    """What is to be said of a fit whatever its covariance."""

    r2: float
    r2_within: float
    notes: tuple[str, ...]


def _report(fit: Fit, spec: PanelSpec, facts: _Facts, vcov: VcovLike, ssc: str | None) -> Estimate:
    """Return the estimate with one covariance; the fit travels with it, so that others cost no new fit."""
    inference = compute_inference(fit, vcov, ssc)
    sample, spec = fit.sample, dataclasses.replace(spec, vcov=inference.spec)
    return Estimate(
        params=inference.params,
        vcov=inference.vcov,
        nobs=len(sample.outcome),
        df=inference.df,
        n_clusters=inference.n_clusters,
        absorbed=spec.absorb,
        dropped=sample.dropped,
        notes=(*inference.notes, *facts.notes),
        r2=facts.r2,
        r2_within=facts.r2_within,
        spec=spec,
        versions={name: _read_version(name) for name in ("numpy", "pandas", "scipy", *filter(None, [spec.engine]))},
        revise=functools.partial(_report, fit, spec, facts),
    )


def _describe_fit(fit: Fit, spec: PanelSpec) -> _Facts:
    """Return 1 − Σwe²/Σw(y − ȳ)², the same of the outcome without the effects (ȳ their weighted mean), and notes."""
    unexplained = fit.sum_squares(fit.residuals)
    total, left = (fit.sum_squares(fit.center(values)) for values in (fit.sample.outcome, fit.within[:, 0]))
    perfect = unexplained <= max(_NOTHING * left, _FLOOR * fit.sum_squares(fit.sample.outcome))
    notes = (*_describe_equation(spec, fit.sample), *([_describe_perfect(spec.outcome)] if perfect else []))
    return _Facts(float(1 - unexplained / total), float(1 - unexplained / left), notes)


def _describe_equation(spec: PanelSpec, sample: Sample) -> list[str]:
    """Say in sentences what is not in the equation although it was asked for, and what depends on a naming."""
    notes = [
        f"{entry.what} is not in the equation: {entry.reason}."
        for entry in sample.dropped
        if entry.what in spec.regressors
    ]
    ordered = [effect for effect in spec.absorb if len(set(effect.split("^")) & set(MEMBERS)) == 1]
    if ordered:
        notes.append(
            f"{' and '.join(ordered)} depend on which member of a pair is called i. "
            f"The symmetric effect ({NODE}^…) does not."
        )
    return notes


def _describe_perfect(outcome: str) -> str:
    """Say of a perfect fit that its standard errors are made of rounding."""
    return (
        f"The equation fits {outcome} perfectly: standard errors are made of rounding and mean nothing. "
        "Look whether the outcome is made of its regressors."
    )
