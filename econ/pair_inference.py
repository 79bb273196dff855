"""From the sums of two passes over pairs to their covariances."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ.covariance import (
    Covariance,
    Design,
    assemble_cluster,
    assemble_dyadic,
    assemble_twoway,
    compute_ssc,
    count_df,
)
from econ.errors import SpecError
from econ.inference import blank_lost, compare_with_pairs, warn_by_counts
from econ.jackknife import assemble_jackknife, check_request, subtract_grams, subtract_group_grams
from econ.keys import PAIR, PAIR_ID
from econ.pair_columns import iterate_presence, keep_pairs, name_members
from econ.pair_effects import list_cells
from econ.pair_passes import collect_moments
from econ.spec import MEMBERS, VcovSpec, parse_vcov

if TYPE_CHECKING:
    from collections.abc import Iterator

    from econ.pair_sample import PairSample
    from econ.pair_sums import Moments, ScoreSums
    from econ.spec import VcovLike

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class PairFit:
    """A fitted equation on pairs.

    Attributes
    ----------
    sample, moments, sums
        What it was computed from.
    terms
        The k names of the regressors kept.
    places
        (k + 1,) theirs and that of the outcome among the stream's columns.
    estimates, bread
        (k,) and (k, k).
    """

    sample: PairSample
    moments: Moments
    sums: ScoreSums
    terms: tuple[str, ...]
    places: IntArray
    estimates: FloatArray
    bread: FloatArray


def parse_pair_vcov(vcov: VcovLike, ssc: str | None) -> VcovSpec:
    """Return the spec of a covariance that the sums of pairs can give.

    Raises
    ------
    SpecError
        If it is unknown, or needs the rows.
    """
    spec = parse_vcov(vcov, ssc)
    allowed: dict[str, tuple[tuple[str, ...], ...]] = {
        "iid": ((),),
        "hc1": ((),),
        "cluster": ((PAIR,), (PAIR_ID,), MEMBERS[:1], MEMBERS[1:]),
        "twoway": (MEMBERS, MEMBERS[::-1]),
        "dyadic": (MEMBERS, MEMBERS[::-1]),
        "jackknife": (MEMBERS, MEMBERS[::-1]),
    }
    if spec.by not in allowed.get(spec.kind, ()):
        raise SpecError(
            f"fit_pairs has no rows to compute the covariance {vcov!r} from. It knows iid, hc1, clusters by pair, "
            "unit_i or unit_j, twoway, dyadic and jackknife by unit_i and unit_j; fit_panel knows more."
        )
    return spec


def compute_covariance(fit: PairFit, spec: VcovSpec) -> Covariance:
    """Return a covariance of the estimates, with the notes that ``fit_panel`` gives of it.

    Raises
    ------
    FitError
        As :func:`econ.covariance.compute_vcov` and :func:`econ.jackknife.compute_jackknife` do.
    """
    if spec.kind == "jackknife":
        covariance = _compute_jackknife(fit, spec)
    else:
        covariance = blank_lost(_compute_sandwich(fit, spec), fit.sums.absolute, spec, fit.terms)
    notes = covariance.notes
    if spec.kind == "dyadic":
        notes = (*notes, *compare_with_pairs(covariance, np.diag(fit.sums.by_pair), fit.terms))
    covariance = replace(covariance, notes=notes)
    return replace(covariance, notes=(*notes, *warn_by_counts(spec, covariance, fit.sample.n_designated)))


def _compute_jackknife(fit: PairFit, spec: VcovSpec) -> Covariance:
    names = tuple(unit for unit, flag in zip(fit.sample.units, fit.sample.members, strict=True) if flag)
    check_request(spec, names)
    if fit.sample.stream.by_node:
        return assemble_jackknife(spec, _refit(fit), names, fit.terms)
    if fit.sums.grams is None:
        raise SpecError("the second pass did not collect what the jackknife needs.")
    stream = fit.sample.stream
    if stream.groups is None:
        grams = fit.sums.grams[fit.sample.members]
        without = subtract_grams(grams, grams.sum(axis=0) / 2, stream.n_periods)
    else:
        without = subtract_group_grams(fit.sums.grams, *list_cells(stream), stream.n_periods)
    return assemble_jackknife(spec, without, names, fit.terms)


def _refit(fit: PairFit) -> Iterator[tuple[FloatArray, FloatArray]]:
    """Yield for each unit the Gram matrix of [X y] without it, effects taken out, and the scale of the columns."""
    chosen = np.ix_(fit.places, fit.places)
    scale = np.sqrt(np.diag(fit.moments.gram[chosen]))
    scale[scale == 0] = 1.0
    stream = fit.sample.stream
    for unit in np.flatnonzero(fit.sample.members):
        left = keep_pairs(stream, (stream.first != unit) & (stream.second != unit))
        gram = collect_moments(left)[0].gram[chosen] if left.n_pairs else np.zeros((len(scale), len(scale)))
        yield gram / np.outer(scale, scale), scale


def _compute_sandwich(fit: PairFit, spec: VcovSpec) -> Covariance:
    design, sums = _describe_design(fit, spec), fit.sums
    if spec.kind == "iid":
        variance = compute_ssc(spec.ssc, design) * sums.squares / fit.sample.n_rows
        return Covariance(variance * fit.bread, count_df(spec.ssc, design), {})
    if spec.kind == "hc1" and sums.by_row is not None:
        return Covariance(compute_ssc(spec.ssc, design) * sums.by_row, count_df(spec.ssc, design), {})
    by_member = dict(zip(MEMBERS, (sums.by_first, sums.by_second), strict=True))
    if spec.kind == "dyadic":
        units = (sums.by_first + sums.by_second)[fit.sample.members]
        return assemble_dyadic(spec, design, units, sums.by_pair, fit.sample.stream.n_pairs)
    if spec.kind == "twoway":
        one, other = (by_member[column].T @ by_member[column] for column in spec.by)
        return assemble_twoway(
            spec, design, (one, other, sums.by_pair), (_count_members(fit, spec.by[0]), _count_members(fit, spec.by[1]))
        )
    (column,) = spec.by
    if column in MEMBERS:
        return assemble_cluster(spec, design, by_member[column].T @ by_member[column], _count_members(fit, column))
    return assemble_cluster(spec, design, sums.by_pair, fit.sample.stream.n_pairs)


def _count_members(fit: PairFit, column: str) -> int:
    """Return how many units are first, or second members."""
    stream = fit.sample.stream
    members = name_members(stream.first, stream.second, stream.turned)[MEMBERS.index(column)]
    return int(np.count_nonzero(np.bincount(members)))


def _describe_design(fit: PairFit, spec: VcovSpec) -> Design:
    """Return the size of the equation: a design without numbers, from which the small-sample factors follow."""
    stream, n_rows = fit.sample.stream, fit.sample.n_rows
    nested = {column: _find_nested(fit, column) for column in spec.by} if spec.ssc != "none" else {}
    return Design(
        columns=np.broadcast_to(0.0, (n_rows, len(fit.terms))),
        residuals=np.broadcast_to(0.0, n_rows),
        levels={"pair": stream.n_pairs, "period": fit.sample.n_levels},
        nested=nested,
        n_absorbed=stream.n_pairs + fit.moments.rank,
    )


def _find_nested(fit: PairFit, column: str) -> list[str]:
    """Return the effects whose levels lie each in one group of ``column``: pairs, and it may be periods of groups."""
    stream = fit.sample.stream
    if stream.groups is None or column not in MEMBERS:
        return ["pair"]
    members = name_members(stream.first, stream.second, stream.turned)[MEMBERS.index(column)]
    always = [(slice(None), np.ones((1, stream.n_pairs), dtype=np.bool_))]  # one period tells of all
    lowest = np.full((stream.n_periods, stream.n_groups), stream.n_units)
    highest = np.full(lowest.shape, -1)
    for pairs, present in always if stream.present is None else iterate_presence(stream):
        periods, places = np.nonzero(present)
        levels, units = (periods, stream.groups[pairs][places]), members[pairs][places]
        np.minimum.at(lowest, levels, units)
        np.maximum.at(highest, levels, units)
    return ["pair", "period"] if (lowest >= highest).all() else ["pair"]
