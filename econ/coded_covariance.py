"""Covariances of regressions on coded intensities: sandwiches of corrected scores, and the jackknife.

The corrected score of row r is

    ψ_r = x̃_r ê_r + Σ_d Σ_l L_k[r, d] (M L_l)[r, d] w_k'Ω_d w_l β_l,

its second part summed within a document and a level of the largest effect. The jackknife leaves a unit out with all its
rows; where these are whole levels of the largest effect, moments without a unit are the moments less its own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.coded_moments import Moments, measure_reached, mix_counts, solve_moments, stack_solution
from econ.corrected_counts import error_covariance, latent_covariance
from econ.covariance import Covariance, Design, compute_ssc, compute_vcov
from econ.error_diagonal import can_cut, cut_cells, invert_range, probe_reach
from econ.errors import FitError, SpecError
from econ.inference import JACKKNIFE_UNITS, choose_by_counts, count_designated
from econ.keys import UNIT, code_groups, code_members, has_members, is_nested
from econ.spec import AUTO, MEMBERS, parse_vcov
from econ.within import Absorber, choose_first, keep_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from econ.coded_moments import Solution
    from econ.coded_sample import CodedSample
    from econ.error_diagonal import Reach
    from econ.sample import Sample
    from econ.spec import VcovLike, VcovSpec

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

PROBE_SEED = 20_261_122
"""Of the probes that stand in for an exact diagonal."""

_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Spread:
    """What a covariance says of coefficients and of moments.

    Attributes
    ----------
    coefficients : Covariance
        Of the k coefficients.
    moments : (k, 2, 2)
        Q of each term, see :mod:`econ.weak_signal`.
    """

    coefficients: Covariance
    moments: FloatArray


def choose_vcov(rows: Sample, vcov: VcovLike, ssc: str | None) -> tuple[VcovSpec, tuple[str, ...]]:
    """Return the covariance that was asked for, or fits the table, and the reason in a sentence.

    Raises
    ------
    SpecError
        If it has no corrected form, or "auto" finds no unit to go by.
    """
    if vcov != AUTO:
        spec = parse_vcov(vcov, ssc)
        if spec.kind in ("iid", "wild"):
            raise SpecError(
                f"coding errors are not alike in all rows, and {spec.kind!r} has no corrected form. Use 'hc1', a "
                "cluster, dyadic or the jackknife."
            )
        return spec, ()
    if has_members(rows.frame):
        n_units = len(set(rows.frame["unit_i"]) | set(rows.frame["unit_j"]))
        chosen, reason = choose_by_counts(n_units, count_designated(rows.frame))
        return parse_vcov(chosen, ssc), (reason,)
    if UNIT not in rows.frame.columns:
        raise SpecError(
            'vcov="auto" goes by the columns unit_i and unit_j, or unit, and the table has none of them. Rename the '
            "columns, or name the covariance."
        )
    n_units = rows.frame[UNIT].nunique()
    if n_units <= JACKKNIFE_UNITS:
        return parse_vcov({"jackknife": UNIT}, ssc), (f"Leave-one-unit-out jackknife, as there are {n_units} units.",)
    return parse_vcov({"cluster": UNIT}, ssc), (f"Clustered by unit, as there are {n_units} units.",)


def count_units(rows: Sample, spec: VcovSpec) -> int:
    """Return how many independent units a covariance goes by; rows, where it has no columns."""
    if not spec.by:
        return len(rows.outcome)
    if set(spec.by) == set(MEMBERS):
        return len(code_members(rows.frame, spec.by).names)
    return min(int(code_groups(rows.frame, column).max()) + 1 for column in spec.by)


def measure_moments(sample: CodedSample, spec: VcovSpec) -> tuple[Moments, Reach]:
    """Return the moments of all rows, and where errors reach in them, so that the clusters of ``spec`` hold cells."""
    return _measure(sample, np.arange(sample.n_rows), _code_clusters(sample.rows, spec))


def compute_spread(sample: CodedSample, spec: VcovSpec, moments: Moments, solution: Solution, reach: Reach) -> Spread:
    """Return the part of the covariance that does not come from the confusion matrix.

    Raises
    ------
    FitError
        As :func:`econ.covariance.compute_vcov`; if there are fewer than three units to leave out.
    """
    if spec.kind == "jackknife":
        return _leave_out(sample, spec)
    scores = _Scores(*_score(sample, reach))
    rows = sample.rows
    groups = dict(zip(spec.by, _code_clusters(rows, spec), strict=True))
    bread = np.asarray(np.linalg.inv(solution.gram))
    design = Design(
        columns=scores.at(solution.estimates),
        residuals=np.ones(sample.n_rows),
        groups=groups,
        levels={effect.name: effect.n_levels for effect in rows.effects},
        nested={
            column: [effect.name for effect in rows.effects if is_nested(effect, codes)]
            for column, codes in groups.items()
        },
        n_absorbed=Absorber(rows.effects).n_coefficients if rows.effects else 0,
        known_bread=(bread + bread.T) / 2,
    )
    covariance = compute_vcov(spec, design)
    counts = [covariance.n_clusters["unit"]] if spec.kind == "dyadic" else list(covariance.n_clusters.values())
    factor = compute_ssc(spec.ssc, design, spec.by, min(counts) if counts else None)
    plain = replace(spec, ssc="none")
    spreads = []
    for place in range(len(bread)):
        parts = scores.profile(place, solution.estimates, bread)
        centred = parts - parts.mean(axis=0)
        own = Design(columns=centred, residuals=np.ones(sample.n_rows), groups=groups, known_bread=np.eye(2))
        spreads.append(factor * compute_vcov(plain, own).matrix)
    return Spread(covariance, np.array(spreads))


@dataclass(frozen=True, slots=True)
class _Scores:
    """Regressors and outcome without the effects, (n, k) and (n,), and Σ_d (…) of the scores without β: (n, p, p)."""

    columns: FloatArray
    outcome: FloatArray
    errors: FloatArray

    def at(self, estimates: FloatArray) -> FloatArray:
        """Return the scores (n, k) at some coefficients."""
        scores = self.columns * (self.outcome - self.columns @ estimates)[:, None]
        n_coded = self.errors.shape[1]
        scores[:, :n_coded] += self.errors @ estimates[:n_coded]
        return np.asarray(scores)

    def profile(self, place: int, estimates: FloatArray, bread: FloatArray) -> FloatArray:
        """Return u and v (n, 2) with u − b v the score of the moment of a term at b, others solved for."""
        weights = bread[place] / bread[place, place]
        direction = bread[:, place] / bread[place, place]
        ends = [self.at(estimates + (value - estimates[place]) * direction) @ weights for value in (0.0, 1.0)]
        return np.column_stack([ends[0], ends[0] - ends[1]])


def _score(sample: CodedSample, reach: Reach) -> tuple[FloatArray, FloatArray, FloatArray]:
    columns = sample.stack_columns()
    terms, n_raw = sample.terms, columns.shape[1] - len(sample.rows.regressors) - 1
    mixed = columns[:, :n_raw] @ mix_counts(sample.matrices, terms, len(sample.maps))
    within = Absorber(sample.rows.effects).residualize(np.column_stack([mixed, columns[:, n_raw:]]))
    covariances = _weigh_errors(sample)
    errors = np.empty((len(within), terms.n_coded, terms.n_coded))
    for one in range(terms.n_coded):
        for other in range(terms.n_coded):
            cells = reach.spread[terms.maps[one], terms.maps[other]] * covariances[reach.documents, one, other]
            errors[:, one, other] = np.bincount(reach.rows, cells, len(within))
    return within[:, :-1], within[:, -1], errors


def _weigh_errors(sample: CodedSample) -> FloatArray:
    """Return w_k'Ω_d w_l of each document and two terms: (D, p, p)."""
    totals = sample.counts.sum(axis=1)
    covariance = np.zeros((len(sample.counts), *sample.matrices[0].shape))
    for stratum, matrix in enumerate(sample.matrices):
        own = sample.strata == stratum
        if sample.latent is None:
            covariance[own] = error_covariance(sample.counts[own], matrix, "realised")
        else:
            covariance[own] = latent_covariance(sample.counts[own], matrix, sample.latent[own])
    if sample.shared is not None:
        covariance += (totals * (totals - 1))[:, None, None] * sample.shared
    return np.asarray(
        np.einsum("ka,dab,lb->dkl", sample.terms.weights, covariance, sample.terms.weights, optimize=True)
    )


def _measure(sample: CodedSample, rows: IntArray, by: Sequence[IntArray]) -> tuple[Moments, Reach]:
    """Return the moments of some rows, and where errors reach in them, cell by cell of columns of clusters ``by``."""
    whole = len(rows) == sample.n_rows
    effects = sample.rows.effects if whole else [keep_rows(effect, rows) for effect in sample.rows.effects]
    maps = sample.maps if whole else [one[rows] for one in sample.maps]
    within = Absorber(effects).residualize(sample.stack_columns()[rows])
    if can_cut(maps, effects):
        first = choose_first(effects)
        by_row = first is not None and not (by and all(is_nested(first, codes[rows]) for codes in by))
        reach = cut_cells(maps, effects, by_row=by_row).find_reach()
    else:
        reach = probe_reach(maps, effects, np.random.default_rng(PROBE_SEED))
    return Moments(within.T @ within, *_measure_reached(sample, reach.diagonal)), reach


def _measure_reached(sample: CodedSample, diagonal: FloatArray) -> tuple[FloatArray, FloatArray | None, FloatArray]:
    return measure_reached(diagonal, sample.counts, sample.strata, len(sample.confusions), sample.latent)


def _code_clusters(rows: Sample, spec: VcovSpec) -> list[IntArray]:
    """Return the codes of the columns of a covariance, (n,) each; members of a pair share one numbering."""
    if spec.kind in ("dyadic", "jackknife") and len(spec.by) > 1:
        return list(code_members(rows.frame, spec.by).codes.T)
    return [code_groups(rows.frame, column) for column in spec.by]


def _leave_out(sample: CodedSample, spec: VcovSpec) -> Spread:
    """Return the jackknife, (C − 1)/C Σ_i (β₍₋ᵢ₎ − β̄)(β₍₋ᵢ₎ − β̄)'; of moments too, which go by their mean over rows."""
    members = np.column_stack(_code_clusters(sample.rows, spec))
    n_units = int(members.max()) + 1
    if n_units < _FEWEST:
        raise FitError(f"the jackknife needs {_FEWEST} units. Got {n_units}.")
    sizes = np.bincount(members.ravel(), minlength=n_units)
    scale = sample.n_rows / (sample.n_rows - sizes)
    first = choose_first(sample.rows.effects)
    nested = first is not None and all(is_nested(first, codes) for codes in members.T)
    leave = _downdate if nested and can_cut(sample.maps, sample.rows.effects) else _refit
    found = np.empty((n_units, 3 * len(sample.terms.names)))
    for unit, moments in enumerate(leave(sample, members, n_units)):
        solution = solve_moments(moments, sample.matrices, sample.terms, sample.shared)
        if not solution.lambda_min > 1:
            raise FitError(
                f"without one of the {n_units} units coding error hides the signal, so that the jackknife cannot be "
                "computed. Use another covariance."
            )
        found[unit] = stack_solution(solution)
    k = len(sample.terms.names)
    found[:, k:] *= scale[:, None]
    deviations = found - found.mean(axis=0)
    matrix = (n_units - 1) / n_units * deviations.T @ deviations
    by = {"unit" if len(spec.by) > 1 else spec.by[0]: n_units}
    return Spread(Covariance(matrix[:k, :k], n_units - 1, by), pick_moments(matrix))


def pick_moments(matrix: FloatArray) -> FloatArray:
    """Return the (k, 2, 2) blocks of moments of a covariance of :func:`econ.coded_moments.stack_solution`."""
    k = len(matrix) // 3
    blocks = matrix[k:, k:].reshape(k, 2, k, 2)
    return np.asarray(np.einsum("kakb->kab", blocks))


def _refit(sample: CodedSample, members: IntArray, n_units: int) -> Iterator[Moments]:
    """Yield the moments without each unit, from the rows that are left."""
    for unit in range(n_units):
        yield _measure(sample, np.flatnonzero((members != unit).all(axis=1)), ())[0]


def _downdate(sample: CodedSample, members: IntArray, n_units: int) -> Iterator[Moments]:
    """Yield the same where units take levels of the largest effect with them whole: sums less those of the unit."""
    effects = sample.rows.effects
    cells = cut_cells(sample.maps, effects)
    n_dummies = cells.dummies.shape[1]
    first = choose_first(effects)
    columns = Absorber([] if first is None else [first]).residualize(sample.stack_columns())
    data = np.column_stack([cells.dummies, columns])
    order = np.argsort(members.T.ravel(), kind="stable")
    rows = np.tile(np.arange(len(data)), members.shape[1])[order]
    ends = np.cumsum(np.bincount(members.ravel(), minlength=n_units))
    total = data.T @ data
    grams = np.array([total - data[own].T @ data[own] for own in np.split(rows, ends[:-1])])
    diagonals = cells.leave_out(members[cells.rows], grams[:, :n_dummies, :n_dummies])
    for gram, diagonal in zip(grams, diagonals, strict=True):
        shared = gram[:n_dummies, n_dummies:]
        left = gram[n_dummies:, n_dummies:] - shared.T @ invert_range(gram[:n_dummies, :n_dummies]) @ shared
        yield Moments(left, *_measure_reached(sample, diagonal))
