"""Coding errors of a simulated study: clauses coded anew with error, regressions corrected by an audit, what both cost.

The counts of a study are taken for the truth. With P[k, l] = Pr(coded k | true l) each clause of true class l is coded
k with that chance, on its own; a stock keeps its clauses, and so their errors, until they leave it. Coded counts c make
regressors that are confused and blurred. Two steps correct a regression on them:

- c → P̂⁻¹c, which is unbiased and is not clipped (Rogan and Gladen 1978, American Journal of Epidemiology 107(1));
- what the errors add to the products of regressors is taken off (Fuller 1987, Measurement Error Models). Given the true
  counts n, Cov(c) = Σ_l n_l V_l, V_l = diag(P_l) − P_l P_l'. Over the years a clause keeps its code, so for unit u with
  m_u of the m pairs, pair and period effects taken out, the errors add Σ_l (m_u − m_u²/m) g_ul V_l with
  g_ul = Σ_t d_t n_l(t) − (1/T) Σ_tt' d_t d_t' n_l(t, t'), d = 1 while u is treated and n_l(t, t') the clauses that are
  there both in t and in t'.

P̂ comes from m audited clauses drawn at random, m_l of them of class l, with half a clause, shared by all codes, added
to each class, so that a class without an error in the sample is not taken for one without errors. With J the derivative
of the coefficients by P̂ its estimation adds Σ_l J_l V̂_l J_l' / m_l to their variance (Murphy and Topel 1985, Journal of
Business & Economic Statistics 3(4)): that falls with 1 / m and grows with the square of the effects. What the errors in
the regressors cost stays, however large the audit.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.errors import SpecError, TreatmentError, name_first
from econ.placebo_recipe import SINGULAR
from econ.units import check_columns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from econ.placebo_draws import Lottery
    from econ.power_moments import EffectFit, Moments

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_PSEUDO = 0.5
_WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Coding:
    """How clauses are counted, coded and audited.

    Attributes
    ----------
    counts : DataFrame
        unit, period, and one column of whole numbers a class, those without an instrument among them: the clauses
        behind the scores.
    scales : Mapping
        By instrument, what its counts are divided by to give the scores.
    accumulates : bool
        Whether counts are stocks, whose clauses stay from one period to the next.
    confusions : Mapping
        By name, P with columns that sum to one, in the order of the classes (see :func:`spread_errors`).
    audits : sequence of int
        Numbers of audited clauses.
    """

    counts: pd.DataFrame
    scales: Mapping[str, float]
    accumulates: bool
    confusions: Mapping[str, FloatArray]
    audits: Sequence[int]


@dataclass(frozen=True, slots=True)
class CodingArrays:
    """A coding on the units and periods of a lottery.

    Attributes
    ----------
    counts : (n, K, T)
    chosen : (k,)
        Places of the instruments of the equation among the classes.
    scales : (k,)
    shares : (K,)
        Of the classes among the clauses that an audit is drawn from.
    masses : (n, K)
        g of each unit, see the module.
    accumulates, confusions, audits
        As in :class:`Coding`.
    """

    counts: IntArray
    chosen: NDArray[np.intp]
    scales: FloatArray
    shares: FloatArray
    masses: FloatArray
    accumulates: bool
    confusions: Mapping[str, FloatArray]
    audits: tuple[int, ...]


def spread_errors(accuracy: float, n_classes: int) -> FloatArray:
    """Return the confusion matrix of a coder who is right with this chance and errs to all other classes alike.

    Raises
    ------
    SpecError
        If the accuracy is not above chance and at most 1, or there are fewer than two classes.
    """
    if n_classes < 2 or not 1 / n_classes < accuracy <= 1:
        raise SpecError(
            f"an accuracy of coding must lie above 1/{n_classes}, which is chance with {n_classes} classes, and be at "
            f"most 1. Got {accuracy!r}."
        )
    wrong = (1 - accuracy) / (n_classes - 1)
    return np.full((n_classes, n_classes), wrong) + (accuracy - wrong) * np.eye(n_classes)


def read_coding(coding: Coding, instruments: Sequence[str], lottery: Lottery) -> CodingArrays:
    """Return a coding as arrays.

    Raises
    ------
    SpecError
        If an instrument is no class, an audit no number of clauses, or a confusion matrix none that can be inverted.
    TreatmentError
        If counts are not whole numbers from 0, or a unit and period stands twice.
    """
    check_columns(coding.counts, ["unit", "period", *instruments], "the counts of clauses", TreatmentError)
    classes = [name for name in coding.counts.columns if name not in ("unit", "period")]
    for name, confusion in coding.confusions.items():
        _check_confusion(name, confusion, len(classes))
    for audit in coding.audits:
        if not isinstance(audit, int) or isinstance(audit, bool) or audit < len(classes):
            raise SpecError(
                f"an audit must be a whole number of clauses, {len(classes)} (one a class) or more. Got {audit!r}."
            )
    doubled = coding.counts.duplicated(["unit", "period"])
    if doubled.any():
        raise TreatmentError(f"{int(doubled.sum())} rows of the counts repeat a unit and period. Keep one of each.")
    counts = _spread_counts(coding.counts, classes, lottery)
    clauses = counts.max(axis=2).sum(axis=0).astype(np.float64)
    return CodingArrays(
        counts,
        np.array([classes.index(name) for name in instruments], dtype=np.intp),
        np.array([coding.scales[name] for name in instruments]),
        clauses / max(clauses.sum(), 1.0),
        _measure_masses(counts, lottery.periods >= lottery.start[:, None], coding.accumulates),
        coding.accumulates,
        coding.confusions,
        tuple(coding.audits),
    )


def _check_confusion(name: str, confusion: FloatArray, n_classes: int) -> None:
    shaped = confusion.shape == (n_classes, n_classes) and bool(np.isfinite(confusion).all())
    sums = shaped and bool((confusion >= 0).all()) and bool(np.allclose(confusion.sum(axis=0), 1.0))
    if not sums or np.linalg.cond(confusion) > 1e6:
        raise SpecError(
            f"the confusion matrix {name!r} must have {n_classes} rows (coded) and columns (true) of chances, each "
            "column summing to 1, and an inverse. A coder that cannot tell two classes apart has none."
        )


def _spread_counts(table: pd.DataFrame, classes: list[str], lottery: Lottery) -> IntArray:
    """Return counts, (n, K, T); 0 where there is no row."""
    values = table[classes].to_numpy(dtype=np.float64, na_value=np.nan)
    whole = np.isfinite(values) & (values >= 0) & (np.abs(values - np.nan_to_num(values).round()) <= _WHOLE)
    broken = ~whole.all(axis=1)
    if broken.any():
        named = [f"{row.unit} in {row.period}" for row in table[broken].itertuples()]
        raise TreatmentError(
            f"clauses must be counted in whole numbers from 0: {name_first(named)}. Audits are simulated for counts "
            "and stocks of clauses alone."
        )
    rows = lottery.units.get_indexer(pd.Index(table["unit"]))
    columns = pd.Index(lottery.periods).get_indexer(pd.Index(table["period"]))
    inside = (rows >= 0) & (columns >= 0)
    counts = np.zeros((len(lottery.units), len(classes), len(lottery.periods)), dtype=np.int64)
    counts[rows[inside], :, columns[inside]] = values[inside].round().astype(np.int64)
    return counts


def _measure_masses(counts: IntArray, treated: NDArray[np.bool_], accumulates: bool) -> FloatArray:
    """Return g, (n, K), of counts (n, K, T) and treated periods (n, T); a clause that leaves is any of its class."""
    n_periods = counts.shape[2]
    on, own = treated[:, None, :].astype(np.float64), counts.astype(np.float64)
    masses: FloatArray = (on * own).sum(axis=2) * (1 - 1 / n_periods)
    if not accumulates:
        return masses
    stays = np.minimum(1.0, own[:, :, 1:] / np.maximum(own[:, :, :-1], 1.0))
    for t in range(n_periods - 1):
        common = own[:, :, t, None] * np.cumprod(stays[:, :, t:], axis=2)
        masses -= 2 / n_periods * on[:, :, t] * (common * on[:, :, t + 1 :]).sum(axis=2)
    return masses


def draw_counts(counts: IntArray, confusion: FloatArray, accumulates: bool, rng: np.random.Generator) -> IntArray:
    """Return counts (n, K, T) as a coder with this confusion matrix would have found them.

    Clauses that join a stock are coded once; clauses that leave it are drawn at random among those of their class.
    """
    coded = np.empty_like(counts)
    held = np.zeros((counts.shape[0], len(confusion), len(confusion)), dtype=np.int64)  # by true, by coded class
    before = np.zeros_like(counts[:, :, 0])
    for t in range(counts.shape[2]):
        if not accumulates:
            held[:], before = 0, np.zeros_like(before)
        change = counts[:, :, t] - before
        held += rng.multinomial(np.maximum(change, 0), confusion.T)
        for unit, true in np.argwhere(change < 0):
            held[unit, true] -= rng.multivariate_hypergeometric(held[unit, true], -int(change[unit, true]))
        before = counts[:, :, t]
        coded[:, :, t] = held.sum(axis=1)
    return coded


def draw_audit(
    confusion: FloatArray, shares: FloatArray, n_audited: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray]:
    """Return the confusion matrix that an audit finds, (K, K), and its clauses by true class, (K,)."""
    sizes = rng.multinomial(n_audited, shares)
    cells = rng.multinomial(sizes, confusion.T).T + _PSEUDO / len(confusion)
    return cells / cells.sum(axis=0), cells.sum(axis=0)


def write_transform(arrays: CodingArrays, found: FloatArray) -> FloatArray:
    """Return what makes did and did × corrected scores of did and did × coded counts, (1 + k, 1 + K).

    ``found`` is the confusion matrix by which they are corrected; the unit matrix leaves them as they are coded.
    """
    inverse = np.linalg.inv(found)
    transform = np.zeros((1 + len(arrays.chosen), 1 + len(inverse)))
    transform[0, 0] = 1.0
    transform[1:, 1:] = inverse[arrays.chosen] / arrays.scales[:, None]
    return transform


def subtract_errors(moments: Moments, masses: FloatArray, found: FloatArray) -> Moments:
    """Return the products without what coding errors add to them, if the confusion matrix is ``found``.

    ``masses`` (n, K) are those of the units as they carry counts in the draw. Of the share of unit u each of its m_u
    pairs gets as much, so that the scores of pairs sum to zero.
    """
    spread = _spread_columns(found)
    own, n_pairs = masses[moments.units], len(moments.pairs)
    degrees = np.diff(moments.incidence.indptr).astype(np.float64)
    by_pair = moments.incidence.T @ ((1 - degrees / n_pairs)[:, None] * own)
    left = None  # there m_u is without the pairs of the unit that is left out
    if moments.left is not None:
        kept = degrees - (moments.incidence @ moments.incidence.T).toarray()
        n_left = np.maximum(n_pairs - degrees, 1.0)[:, None]
        left = _subtract(moments.left, (kept - kept**2 / n_left) @ own, spread, moments.n_raw)
    return dataclasses.replace(
        moments,
        total=_subtract(moments.total[None], by_pair.sum(axis=0)[None], spread, moments.n_raw)[0],
        pairs=_subtract(moments.pairs, by_pair, spread, moments.n_raw),
        left=left,
    )


def _spread_columns(confusion: FloatArray) -> FloatArray:
    """Return V_l = diag(P_l) − P_l P_l', (K, K, K), l first."""
    return np.stack([np.diag(column) - np.outer(column, column) for column in confusion.T])


def _subtract(products: FloatArray, weights: FloatArray, spread: FloatArray, n_raw: int) -> FloatArray:
    """Return products (s, p, p) less Σ_l weights (s, l) V_l where the counts stand."""
    changed = products.copy()
    changed[:, 1:n_raw, 1:n_raw] -= (weights @ spread.reshape(len(spread), -1)).reshape(-1, *spread.shape[1:])
    return changed


def is_telling(raw: Moments, corrected: Moments, transform: FloatArray) -> bool:
    """Return whether the regressors hold enough signal to be corrected.

    With S the products of regressors and D what the errors add, the smallest eigenvalue of D⁻¹S must be above
    1 + 2 / C (C units): below, the corrected regression divides by next to nothing.
    """
    f = raw.n_raw
    gram = transform @ raw.total[:f, :f] @ transform.T
    added = gram - transform @ corrected.total[:f, :f] @ transform.T
    scale = np.sqrt(np.diag(gram))
    if not (scale > 0).all():
        return False
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    if values.min() <= SINGULAR:
        return False
    root = vectors / np.sqrt(values) / scale[:, None]
    return bool(np.linalg.eigvalsh(root.T @ added @ root).max() < 1 / (1 + 2 / len(raw.units)))


def add_audit(
    fit: EffectFit, corrected: Moments, arrays: CodingArrays, masses: FloatArray, found: FloatArray, sizes: FloatArray
) -> FloatArray:
    """Return v, w and u of a corrected fit with what the estimation of ``found`` adds, (3, r).

    With A the transform, G the products of raw columns without errors, B the coefficients of outcome and effects, o
    their columns, R = (AGA')⁻¹ and h_l = Σ_u (m_u − m_u²/m) g_ul: dP̂ = e_k e_l' moves A by −u_k v_l', u_k = A e_k,
    v_l' = e_l'P̂⁻¹, what is taken off by h_l (e_k e_k' − e_k P̂_l' − P̂_l e_k'), and so B by

    R{−u_k v_l'(G_o − GA'B) + AGv_l u_k'B + h_l (u_k u_k' − u_k s_l' − s_l u_k')B},   s_l = A P̂_l.

    Parameters
    ----------
    fit, corrected, masses
        The fit, its moments after :func:`subtract_errors`, and the masses given there.
    arrays
        The coding.
    found, sizes : (K, K) and (K,)
        As :func:`draw_audit` returns them.
    """
    f, n_pairs = corrected.n_raw, len(corrected.pairs)
    transform = write_transform(arrays, found)
    gram, targets = corrected.total[:f, :f], corrected.total[:f, f:]
    bread = np.linalg.inv(transform @ gram @ transform.T)
    coefficients = bread @ (transform @ targets)
    degrees = np.diff(corrected.incidence.indptr).astype(np.float64)
    heights = (degrees - degrees**2 / n_pairs) @ masses[corrected.units]
    ups = transform[:, 1:]
    downs = np.zeros((len(found), f))
    downs[:, 1:] = np.linalg.inv(found)
    chosen = ups @ found
    inner, outer = ups.T @ coefficients, chosen.T @ coefficients  # u_k'B and s_l'B
    rest = downs @ (targets - gram @ transform.T @ coefficients)
    moves = np.einsum("rl,ko->klro", transform @ gram @ downs.T - chosen * heights, inner)
    moves += np.einsum("rk,lo->klro", ups, -rest - heights[:, None] * outer)
    moves += np.einsum("l,rk,ko->klro", heights, ups, inner)
    moves = np.einsum("qr,klro->klqo", bread, moves)
    base, shift = moves[..., 0], np.diagonal(moves[..., 1:], axis1=-2, axis2=-1)
    spread = _spread_columns(found) / sizes[:, None, None]
    added: FloatArray = np.stack(
        [
            np.einsum("klr,lkj,jlr->r", one, spread, other)
            for one, other in ((base, base), (base, shift), (shift, shift))
        ]
    )
    return fit.variances + added
