"""From series, designations and pairs to the sample of an equation on pairs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, get_args

import numpy as np
from numpy.typing import NDArray

from econ.codes import factorize
from econ.errors import FitError, PairError, SpecError, name_first
from econ.estimate import Dropped
from econ.pair_cells import FUNCTION, read_cells
from econ.pair_columns import DESIGNATED, PairStream, iterate_presence, keep_pairs, sort_columns
from econ.pair_order import put_quiet_first
from econ.pair_terms import build_columns, read_pair_numbers
from econ.spec import (
    MEMBERS,
    ROLES,
    PairRule,
    PairSpec,
    StreamedMeasure,
    TreatedPair,
    TreatedScore,
    Treatment,
    UnitVariable,
    check_choice,
)
from econ.treatment import check_fresh, check_pairs, check_roles
from econ.units import check_codes, check_columns

if TYPE_CHECKING:
    import pandas as pd

    from econ.pair_cells import Cells

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

PAIR = "pair"
PERIOD = "period"
NODE = "node"
NODE_PERIOD = f"{NODE}^{PERIOD}"


@dataclass(frozen=True, slots=True)
class PairSample:
    """The rows of an equation on pairs, not written down.

    Attributes
    ----------
    stream
        What they are made of; every pair has two periods or more.
    places
        (k + 1,) where the regressors and, last, the outcome stand among the stream's columns.
    terms
        The names of the regressors.
    units
        The n names of the units of the stream.
    n_rows, n_levels
        Of all pairs; levels of the periods' effects in which there are rows: periods, or periods of a group.
    members
        (n,) which units are in a pair.
    n_designated
        How many of these are treated in the window.
    absorb
        The names of the effects.
    dropped, notes
        What was left out, and what a reader must know.
    """

    stream: PairStream
    places: IntArray
    terms: tuple[str, ...]
    units: tuple[str, ...]
    n_rows: int
    n_levels: int
    members: BoolArray
    n_designated: int
    absorb: tuple[str, ...]
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


def build_pair_sample(
    series: pd.DataFrame, designations: pd.DataFrame, spec: PairSpec, pairs: pd.DataFrame | None
) -> PairSample:
    """Return the sample of an equation; arguments as in ``fit_pairs``.

    Raises
    ------
    SpecError, SeriesError, PairError, TreatmentError, FitError
        As ``fit_pairs`` does.
    """
    _check_spec(spec)
    cells = read_cells(series, designations, spec)
    first, second, table = _read_pairs(pairs, cells, spec)
    members = np.zeros(len(cells.units), dtype=np.bool_)
    members[first] = members[second] = True
    stack, columns, pair_values, notes = build_columns(cells, table, members, spec)
    present = _mark_present(cells, stack)
    order = sort_columns(columns)
    stream = PairStream(
        columns=tuple(columns[place] for place in order),
        stack=np.where(present.T, stack[order], 0.0),
        treatment=np.ascontiguousarray(cells.treated.T),
        present=None if present[members].all() else np.ascontiguousarray(present.T),
        first=first,
        second=second,
        pair_values=pair_values,
        designated_first=_find_designated_member(cells, first, second, spec),
        weights=_read_weights(table, spec),
        groups=_read_groups(table, spec),
        by_node=spec.absorb[1] == NODE_PERIOD,
    )
    return _drop_rows(stream, np.argsort(order), cells, spec, notes)


def _check_spec(spec: object) -> None:
    if not isinstance(spec, PairSpec):
        raise SpecError(f"The 'spec' parameter of {FUNCTION} must be a PairSpec. Got {type(spec).__name__} instead.")
    kinds = (Treatment, TreatedScore, TreatedPair, UnitVariable)
    if not isinstance(spec.terms, tuple) or not spec.terms or not all(isinstance(term, kinds) for term in spec.terms):
        known = ", ".join(kind.__name__ for kind in kinds)
        raise SpecError(f"The terms of a PairSpec must be a tuple of one or more of {known}. Got {spec.terms!r}.")
    names = [term.name for term in spec.terms]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise SpecError(f"The terms of a PairSpec name {', '.join(doubled)} twice. Name it once.")
    check_choice(FUNCTION, "measure", spec.outcome.measure, get_args(StreamedMeasure))
    for term in spec.terms:
        if isinstance(term, UnitVariable):
            check_choice(FUNCTION, "rule", term.rule, get_args(PairRule))
        if isinstance(term, TreatedScore):
            check_choice(FUNCTION, "scale", term.scale, ("sd", "none"))
    for role in spec.roles:
        check_choice(FUNCTION, "roles", role, ROLES)
    _find_group_column(spec)


def _find_group_column(spec: PairSpec) -> str | None:
    """Return the column of the pairs that is crossed with the periods, None if the periods or units' periods are."""
    if spec.absorb in ((PAIR, PERIOD), (PAIR, NODE_PERIOD)):
        return None
    if isinstance(spec.absorb, tuple) and len(spec.absorb) == 2 and spec.absorb[0] == PAIR:
        column, _, period = str(spec.absorb[1]).rpartition("^")
        if period == PERIOD and column not in ("", PAIR, NODE) and "^" not in column:
            return column
    raise SpecError(
        f"The absorb of a PairSpec must be ('pair', 'period'), ('pair', '<column of the pairs>^period') or ('pair', "
        f"'{NODE_PERIOD}'). Got {spec.absorb!r}. Join several columns into one first; fit_panel absorbs other effects, "
        "from rows."
    )


def _read_pairs(
    pairs: pd.DataFrame | None, cells: Cells, spec: PairSpec
) -> tuple[IntArray, IntArray, pd.DataFrame | None]:
    """Return the places of the members of each pair, sorted, and the table in this order, if there is one."""
    if pairs is None:
        return *_form_pairs(cells, spec), None
    if not len(pairs):
        raise PairError("the table of pairs has no rows. Form pairs first.")
    check_columns(pairs, MEMBERS, "the pairs")
    first, second = (_find_places(pairs[member], cells) for member in MEMBERS)
    keys = first * len(cells.units) + second
    order = None if (keys[1:] > keys[:-1]).all() else np.argsort(keys, kind="stable")
    ordered = keys if order is None else keys[order]
    if (first < 0).any() or (first >= second).any() or (ordered[1:] == ordered[:-1]).any():
        check_pairs(pairs.reset_index(drop=True))
        unknown = sorted({*pairs["unit_i"][first < 0], *pairs["unit_j"][second < 0]})
        raise PairError(f"the series have no rows for the units {name_first(unknown)} of the pairs. Add them.")
    check_fresh(pairs)
    _check_roles(pairs, cells, first, second)
    return (first, second, pairs) if order is None else (first[order], second[order], pairs.iloc[order])


def _form_pairs(cells: Cells, spec: PairSpec) -> tuple[IntArray, IntArray]:
    """Return the places of the members of all pairs of the units whose role is one of those of the spec."""
    n_units = len(cells.units)
    n_later = np.arange(n_units - 1, -1, -1)
    first = np.repeat(np.arange(n_units), n_later)
    second = np.arange(len(first)) - np.repeat(np.cumsum(n_later) - n_units, n_later)
    wanted = np.array([role in spec.roles for role in ROLES])
    if not wanted.all():
        ever = np.asarray(cells.ever, dtype=np.intp)
        kept = wanted[ever[first] + ever[second]]
        first, second = first[kept], second[kept]
    if not len(first):
        raise PairError(f"no pair of the {n_units} units has a role among {spec.roles}. Widen the roles.")
    return first, second


def _find_places(units: pd.Series, cells: Cells) -> IntArray:
    """Return the places of units among those of the series, −1 for unknown and missing ones."""
    codes, found = factorize(units, sort=False)
    places = cells.find_places(found)
    if (places < 0).any():
        check_codes(found, f"{units.name} of the pairs", like=cells.units[:1])
    every: IntArray = np.append(places, -1)[codes]
    return every


def _check_roles(pairs: pd.DataFrame, cells: Cells, first: IntArray, second: IntArray) -> None:
    """Refuse roles that are not those of the designations; the slow check tells which."""
    if "role" not in pairs.columns:
        return
    codes, found = factorize(pairs["role"], sort=False)
    numbers = np.array([ROLES.index(role) if role in ROLES else -1 for role in found] + [-1])
    ever = np.asarray(cells.ever, dtype=np.intp)
    if (numbers[codes] != ever[first] + ever[second]).any():
        check_roles(pairs.reset_index(drop=True), cells.onsets.tabulate(), cells.periods)


def _read_weights(pairs: pd.DataFrame | None, spec: PairSpec) -> FloatArray | None:
    if spec.weights is None:
        return None
    weights = read_pair_numbers(pairs, spec.weights)
    if (weights <= 0).any():
        raise FitError(
            f"{(weights <= 0).sum():,} weights in {spec.weights!r} are not positive. Leave these pairs out, or correct "
            "the weights."
        )
    return weights


def _read_groups(pairs: pd.DataFrame | None, spec: PairSpec) -> IntArray | None:
    """Return the group of each pair, 0 … G − 1, if groups have periods' effects of their own."""
    column = _find_group_column(spec)
    if column is None:
        if spec.absorb[1] == NODE_PERIOD and pairs is not None and NODE in pairs.columns:
            raise SpecError(
                f"{NODE_PERIOD!r} are the effects of both members, and the table of pairs has a column {NODE!r} that "
                "fit_panel would take for it. Rename the column."
            )
        return None
    if pairs is None:
        raise SpecError(
            f"{spec.absorb[1]!r} needs the column {column!r} of the pairs, and no table of pairs was given. Give one "
            "with this column."
        )
    check_columns(pairs, [column], "the table of pairs")
    codes, _ = factorize(pairs[column], sort=False)
    if (codes < 0).any():
        names = ["-".join(map(str, pair)) for pair in pairs.loc[codes < 0, list(MEMBERS)].to_numpy()]
        raise PairError(f"{column} is missing for the pairs {name_first(names)}. Fill it in.")
    return codes


def _find_designated_member(cells: Cells, first: IntArray, second: IntArray, spec: PairSpec) -> BoolArray | None:
    """Return whether the first member is the designated one, if a rule asks; refuse pairs where not exactly one is."""
    if not any(isinstance(term, UnitVariable) and term.rule == DESIGNATED for term in spec.terms):
        return None
    ever = cells.ever
    unclear = np.flatnonzero(ever[first] == ever[second])
    if len(unclear):
        names = [f"{cells.units[first[pair]]}-{cells.units[second[pair]]}" for pair in unclear]
        raise PairError(f"there are pairs without a single designated member: {name_first(names)}. Take role 'one'.")
    marks: BoolArray = ever[first]
    return marks


def _mark_present(cells: Cells, stack: FloatArray) -> BoolArray:
    """Return where a unit has all its values, (n, T)."""
    present: BoolArray = ~np.isnan(stack).any(axis=0).T & ~cells.entering
    return present


def _drop_rows(
    stream: PairStream, places: IntArray, cells: Cells, spec: PairSpec, notes: tuple[str, ...]
) -> PairSample:
    """Leave out the pairs with fewer than two periods, and levels with a single row, again and again; count them."""
    n_cells = stream.n_pairs * stream.n_periods
    dropped: list[Dropped] = []
    n_rows, n_levels = n_cells, stream.n_periods
    if stream.present is not None:
        n_rows, _ = _count(stream)
        dropped += _count_missing(stream, cells, spec, n_cells - int(n_rows))
    if stream.present is not None or spec.absorb[1] != PERIOD:
        stream, n_left, n_levels = _drop_singletons(stream)
        if n_left < n_rows:
            reason = f"singletons: alone in a level of {' or '.join(spec.absorb)}"
            dropped.append(Dropped("rows", reason, int(n_rows - n_left)))
        n_rows = n_left
    if _find_group_column(spec) in MEMBERS:
        notes += (
            f"{spec.absorb[1]} depend on which member of a pair is called i. The symmetric effect ({NODE}^…) does not.",
        )
    if not n_rows:
        others = "" if spec.absorb[1] == PERIOD else f" beside other pairs of the same level of {spec.absorb[1]}"
        raise FitError(
            f"no row is left: no pair has two common periods{others}. Look at the missing values of the series"
            f"{' and at the groups' if others else ''}."
        )
    members = np.zeros(stream.n_units, dtype=np.bool_)
    members[stream.first] = members[stream.second] = True
    n_designated = int((members & cells.ever).sum())
    terms = tuple(term.name for term in spec.terms)
    stream, units, columns = put_quiet_first(stream)
    names = tuple(map(str, cells.units[units].tolist()))
    return PairSample(
        stream=stream,
        places=np.argsort(columns)[places],
        terms=terms,
        units=names,
        n_rows=int(n_rows),
        n_levels=n_levels,
        members=members[units],
        n_designated=n_designated,
        absorb=spec.absorb,
        dropped=tuple(dropped),
        notes=notes,
    )


def _count(stream: PairStream) -> tuple[int, tuple[IntArray, IntArray]]:
    """Return the number of rows, and those of each pair (P,) and of each period and group (T, G)."""
    by_pair = np.zeros(stream.n_pairs, dtype=np.intp)
    by_level = np.zeros((stream.n_periods, stream.n_groups), dtype=np.intp)
    for pairs, present in iterate_presence(stream):
        by_pair[pairs] = present.sum(axis=0)
        levels = _find_levels(stream)
        if not levels:
            by_level[:, 0] += present.sum(axis=1)
        for level in levels:
            for counts, here in zip(by_level, present, strict=True):
                counts += np.bincount(level[pairs][here], minlength=len(counts))
    return int(by_pair.sum()), (by_pair, by_level)


def _find_levels(stream: PairStream) -> list[IntArray]:
    """Return the groups, or the members, whose effects of the periods the pairs have, (P,) each."""
    if stream.by_node:
        return [stream.first, stream.second]
    return [] if stream.groups is None else [stream.groups]


def _drop_singletons(stream: PairStream) -> tuple[PairStream, int, int]:
    """Return the stream without them, its rows and its levels with rows."""
    while stream.present is None and stream.n_pairs:
        levels = _find_levels(stream)
        counts = np.bincount(np.concatenate(levels))
        several = np.all([counts[level] > 1 for level in levels], axis=0)
        if several.all():
            return stream, stream.n_pairs * stream.n_periods, int((counts > 0).sum()) * stream.n_periods
        stream = keep_pairs(stream, several)
    while stream.present is not None and stream.n_pairs:
        n_rows, (by_pair, by_level) = _count(stream)
        lone = by_level == 1
        kept = by_pair > 1
        if not lone.any() and kept.all():
            return stream, n_rows, int((by_level > 0).sum())
        if stream.groups is None:
            stream = replace(stream, present=stream.present & ~lone)
        elif lone.any():  # rows, not units: other pairs of the unit may be in other groups
            alone = lone[:, stream.groups]
            stream = replace(stream, gone=alone if stream.gone is None else stream.gone | alone)
        stream = keep_pairs(stream, kept)
    return stream, 0, 0


def _count_missing(stream: PairStream, cells: Cells, spec: PairSpec, n_missing: int) -> list[Dropped]:
    """Count the rows that are not there: entry years, and values that lack."""
    entering = 0
    if cells.entering.any():
        quiet = replace(stream, present=np.ascontiguousarray(~cells.entering.T))
        entering = stream.n_pairs * stream.n_periods - _count(quiet)[0]
    used = {spec.outcome.column, *(term.column for term in spec.terms if isinstance(term, UnitVariable))}
    lacking = [name for name, values in cells.numbers.items() if name in used and np.isnan(values).any()]
    found = [
        Dropped("rows", "the year in which a member enters", entering),
        Dropped("rows", f"missing values in {', '.join(lacking)}", n_missing - entering),
    ]
    return [entry for entry in found if entry.count]
