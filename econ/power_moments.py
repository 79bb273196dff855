"""From products of columns to estimates with their jackknife or dyadic error, and how both move with an effect.

A sample of m pairs over T periods, balanced: its columns (regressors, outcome, and what an effect would add to the
outcome) are taken less their pair means and then their period means. Q_d = V_d V_d' holds the products of all columns
of pair d over time. All that follows is made of these:

- the equation, from Σ_d Q_d (Frisch and Waugh 1933, Lovell 1963);
- the dyadic-robust error, from the scores of pairs, which are linear in Q_d (:mod:`econ.placebo_recipe`);
- the jackknife, as the products without unit i are Σ_d Q_d − Q_i − s_i s_i' / (m − m_i), with Q_i, s_i and m_i the
  products, sums and number of its pairs: the last term takes the period means out again (:mod:`econ.jackknife`).

Let z_r be what a unit of the effect r adds to the outcome. Coefficients are linear in the outcome, so at the effect δ

    b_r(δ) = b_r + δ a_r,   var_r(δ) = v_r + 2δ w_r + δ² u_r,

with a_r the coefficient that z_r gives. Where z_r is the regressor itself, a_r = 1 and w_r = u_r = 0: an effect shifts
the estimate and leaves its error as it is. So one fit of a draw gives the test at every effect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from econ.covariance import TOLERANCE
from econ.placebo_recipe import SINGULAR

if TYPE_CHECKING:
    from econ.placebo_recipe import Places

FloatArray = NDArray[np.float64]

PowerVcov = Literal["jackknife", "dyadic"]

_RANK = 1e-10
"""As in the jackknife: an eigenvalue below this share of the columns' own variation is zero."""


@dataclass(frozen=True, slots=True)
class Moments:
    """Products of the columns of a sample: F raw regressors, the outcome, and q effects, p = F + 1 + q in all.

    Attributes
    ----------
    n_raw
        F.
    raw : (F, F)
        Products of the regressors before the effects are taken out, by which it is judged what these leave.
    total : (p, p)
        Σ_d Q_d.
    pairs : (m, p, p)
        Q_d.
    left : (C, p, p) or None
        Without each unit; None if no jackknife is asked for.
    incidence : (C, m)
        Which pairs each unit is in.
    units : (C,)
        Places of the units.
    """

    n_raw: int
    raw: FloatArray
    total: FloatArray
    pairs: FloatArray
    left: FloatArray | None
    incidence: sparse.csr_array
    units: Places


@dataclass(frozen=True, slots=True)
class EffectFit:
    """Estimates of one draw and how they move with an effect on each term (see the module).

    Attributes
    ----------
    estimates, slopes : (r,)
        b and a.
    variances : (3, r)
        v, w, u.
    df
        C − 1.
    substituted
        Whether a jackknife that could not be computed gave way to the dyadic error, as in ``fit_panel`` under "auto".
    """

    estimates: FloatArray
    slopes: FloatArray
    variances: FloatArray
    df: float
    substituted: bool


def build_moments(columns: FloatArray, n_raw: int, first: Places, second: Places, vcov: PowerVcov) -> Moments:
    """Return the products of columns (m, p, T) that have zero means over time; F regressors, outcome, effects."""
    n_pairs = len(columns)
    raw = np.einsum("dat,dbt->ab", columns[:, :n_raw], columns[:, :n_raw], optimize=True)
    within = columns - columns.mean(axis=0)
    pairs = within @ within.transpose(0, 2, 1)
    units, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    places = np.tile(np.arange(n_pairs), 2)
    incidence = sparse.csr_array((np.ones(2 * n_pairs), (codes, places)), shape=(len(units), n_pairs))
    total = pairs.sum(axis=0)
    left = _leave_out(within, pairs, total, incidence) if vcov == "jackknife" else None
    return Moments(n_raw, raw, total, pairs, left, incidence, units)


def _leave_out(within: FloatArray, pairs: FloatArray, total: FloatArray, incidence: sparse.csr_array) -> FloatArray:
    n_pairs, n_columns, n_periods = within.shape
    own = (incidence @ pairs.reshape(n_pairs, -1)).reshape(-1, n_columns, n_columns)
    sums = (incidence @ within.reshape(n_pairs, -1)).reshape(-1, n_columns, n_periods)
    n_left = n_pairs - np.diff(incidence.indptr)
    means = sums @ sums.transpose(0, 2, 1) / np.maximum(n_left, 1)[:, None, None]
    left: FloatArray = np.where((n_left > 0)[:, None, None], total - own - means, 0.0)
    return left


def fit_moments(moments: Moments, transform: FloatArray) -> EffectFit | None:
    """Return the fit on the regressors ``transform`` (r, F) × raw ones; None if they are not identified.

    With effects among the columns there are r of them, effect k on term k; without any a = 1 and w = u = 0.
    """
    f = moments.n_raw
    gram = transform @ moments.total[:f, :f] @ transform.T
    raw = np.diag(transform @ moments.raw @ transform.T)
    if not _is_identified(gram, raw):
        return None
    targets = transform @ moments.total[:f, f:]
    coefficients = np.asarray(np.linalg.solve(gram, targets), dtype=np.float64)
    spread = None if moments.left is None else _jackknife(moments.left, transform, np.sqrt(np.diag(gram)))
    factors = _sum_dyads(moments, transform, coefficients, gram) if spread is None else spread
    n_units = moments.incidence.shape[0]
    slopes: FloatArray = np.ones(len(gram)) if targets.shape[1] == 1 else np.diag(coefficients[:, 1:])
    return EffectFit(coefficients[:, 0], slopes, factors, n_units - 1, moments.left is not None and spread is None)


def _is_identified(gram: FloatArray, raw: FloatArray) -> bool:
    own = np.diag(gram)
    if not (own > SINGULAR * raw).all():
        return False
    return bool(np.linalg.eigvalsh(gram / np.sqrt(np.outer(own, own))).min() > SINGULAR)


def _jackknife(left: FloatArray, transform: FloatArray, scale: FloatArray) -> FloatArray | None:
    """Return v, w and u, (C − 1)/C Σ_i of squared deviations; None if a unit cannot be left out."""
    f, n_units = transform.shape[1], len(left)
    grams = transform @ left[:, :f, :f] @ transform.T
    if n_units < 3 or np.linalg.eigvalsh(grams / np.outer(scale, scale)).min() <= _RANK:
        return None
    coefficients = np.linalg.solve(grams, transform @ left[:, :f, f:])
    deviations = coefficients - coefficients.mean(axis=0)
    base, moved = _split_effects(deviations)
    return _sum_products(base, moved) * (n_units - 1) / n_units


def _sum_dyads(moments: Moments, transform: FloatArray, coefficients: FloatArray, gram: FloatArray) -> FloatArray:
    """Return v, w and u of the dyadic-robust covariance, or of its substitute where that is not semi-definite."""
    f = moments.n_raw
    outer = transform @ moments.pairs[:, :f, :f] @ transform.T
    scores = transform @ moments.pairs[:, :f, f:] - outer @ coefficients
    influences = np.linalg.inv(gram) @ scores
    n_pairs = len(influences)
    sums = (moments.incidence @ influences.reshape(n_pairs, -1)).reshape(-1, *influences.shape[1:])
    by_unit, by_pair = _sum_products(*_split_effects(sums)), _sum_products(*_split_effects(influences))
    whole = sums[:, :, 0].T @ sums[:, :, 0]
    matrix = whole - influences[:, :, 0].T @ influences[:, :, 0]
    scale = np.sqrt(np.diag(whole))
    scale[scale == 0] = 1.0
    scaled = matrix / np.outer(scale, scale)
    indefinite = np.linalg.eigvalsh(scaled).min() < -TOLERANCE or np.diag(scaled).min() < TOLERANCE
    return by_unit if indefinite else by_unit - by_pair


def _split_effects(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return of (…, r, 1 + q) what belongs to the outcome, (…, r), and what effect k adds to term k, (…, r)."""
    base = values[..., 0]
    if values.shape[-1] == 1:
        return base, np.zeros_like(base)
    return base, np.diagonal(values[..., 1:], axis1=-2, axis2=-1)


def _sum_products(base: FloatArray, moved: FloatArray) -> FloatArray:
    return np.stack([(base**2).sum(axis=0), (base * moved).sum(axis=0), (moved**2).sum(axis=0)])
