"""The columns of an equation on pairs, made of the units' matrices a tile of pairs at a time."""

from __future__ import annotations

import functools
import itertools
import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from econ import pair_loops
from econ.compiled import compile_loop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.intp]

DESIGNATED = "designated"

_TILE_BYTES = 2_000_000  # of the columns of a tile: they stay in the cache
_LOOPED_BYTES = 1_000_000  # the same for compiled loops, to which small tiles cost nothing
_SHORT_RUN = 12  # pairs with the same first member; fewer are not worth a step of their own

_JOINS: Mapping[str, np.ufunc] = {
    "sum": np.add,
    "difference": np.add,
    "negative_difference": np.add,
    "residual_difference": np.add,
    "cerqueira_martins": np.add,
    "concordance": np.add,
    "product": np.multiply,
    "quasi_correlation": np.multiply,
    "maximum": np.maximum,
    DESIGNATED: np.maximum,
    "minimum": np.minimum,
}
"""What the members' values are joined by; the rest of a rule follows in place."""

_LOOPED_JOINS: Mapping[np.ufunc, int] = {
    np.add: pair_loops.ADD,
    np.multiply: pair_loops.MULTIPLY,
    np.maximum: pair_loops.MAXIMUM,
    np.minimum: pair_loops.MINIMUM,
}
"""The codes by which a loop knows them."""

_SIGNS: Mapping[str, float] = {
    "difference": -1.0,
    "negative_difference": -1.0,
    "residual_difference": -1.0,
    "cerqueira_martins": -1.0,
    "concordance": -1.0,
}
"""What the second member's values are multiplied by before: a difference is a sum."""


@dataclass(frozen=True, slots=True)
class Column:
    """How a column comes from the two members: ``rule`` of their values, × the treatment, × a value of the pair.

    Attributes
    ----------
    rule
        A measure of synchronization, or sum, product, difference (absolute), minimum, maximum, designated.
    treated
        Whether to multiply by the pair's treatment, the larger one of the members'.
    pair_value
        Place of the values of the pairs to multiply by, or None.
    """

    rule: str
    treated: bool = False
    pair_value: int | None = None


@dataclass(frozen=True, slots=True)
class PairStream:
    """All that the rows of the pairs are made of.

    Attributes
    ----------
    columns
        K in all, those that are joined alike side by side (:func:`sort_columns`).
    stack : (K, T, n)
        For each column the unit variable, by period and unit, 0 where a unit is absent.
    treatment : (T, n)
        Of the units.
    present : (T, n) or None
        Where a unit has all its values; None: everywhere.
    first, second : (P,)
        Places of the members of each pair, first < second; pairs with one first member follow one another.
    pair_values : (Q, P)
        Variables of the pairs.
    designated_first : (P,) or None
        Whether the first member is the designated one, for the rule of that name.
    weights : (P,) or None
        Positive.
    turned : (P,) or None
        Whether the second member is the one that the pair names first.
    n_quiet_units, n_quiet_columns
        In pairs of two of the first units the last columns are zero; these pairs come first
        (:func:`econ.pair_order.put_quiet_first`).
    groups : (P,) or None
        The group of each pair, 0 … G − 1, that has period effects of its own; None: all pairs have the same ones.
    gone : (T, P) or None
        Rows that are left out though both members are present.
    by_node
        Whether the effects of the periods are those of the units, a_it + a_jt; then there are no groups.
    """

    columns: tuple[Column, ...]
    stack: FloatArray
    treatment: FloatArray
    present: BoolArray | None
    first: IntArray
    second: IntArray
    pair_values: FloatArray
    designated_first: BoolArray | None = None
    weights: FloatArray | None = None
    turned: BoolArray | None = None
    n_quiet_units: int = 0
    n_quiet_columns: int = 0
    groups: IntArray | None = None
    gone: BoolArray | None = None
    by_node: bool = False

    @property
    def n_groups(self) -> int:
        """Groups of pairs, or units, with period effects of their own, G."""
        if self.by_node:
            return self.n_units
        return 1 if self.groups is None else int(self.groups.max()) + 1

    @property
    def n_quiet_pairs(self) -> int:
        """Pairs whose last columns are zero."""
        return int(np.count_nonzero(self.second < self.n_quiet_units))

    @property
    def n_pairs(self) -> int:
        """P."""
        return len(self.first)

    @property
    def n_periods(self) -> int:
        """T."""
        return int(self.stack.shape[1])

    @property
    def n_units(self) -> int:
        """Units of the stack, n; some may be in no pair."""
        return int(self.stack.shape[2])


@dataclass(frozen=True, slots=True)
class Tile:
    """Some pairs' rows, in memory that the next tile takes.

    Attributes
    ----------
    columns : (K, T, p)
        As given; 0 where the pair is absent. In quiet pairs without the last columns, which are zero.
    present : (T, p) or None
        1 where both members are present, else 0; None: everywhere.
    first, second : (p,)
        The members.
    weights, turned, groups : (p,) or None
        Of the pairs.
    by_node
        As in the stream.
    """

    columns: FloatArray
    present: FloatArray | None
    first: IntArray
    second: IntArray
    weights: FloatArray | None
    turned: BoolArray | None
    groups: IntArray | None = None
    by_node: bool = False


def sort_columns(columns: Sequence[Column], quiet: Sequence[bool] | None = None) -> IntArray:
    """Return the order in which columns that are joined alike stand side by side, ``quiet`` ones after all others."""
    joins = list(dict.fromkeys(_JOINS.values()))
    ranks = np.array([joins.index(_JOINS[column.rule]) for column in columns])
    return np.lexsort((ranks, np.zeros(len(columns)) if quiet is None else np.asarray(quiet)))


def name_members(first: IntArray, second: IntArray, turned: BoolArray | None) -> tuple[IntArray, IntArray]:
    """Return the members of pairs in the order in which the pairs name them."""
    if turned is None:
        return first, second
    return np.where(turned, second, first), np.where(turned, first, second)


def keep_pairs(stream: PairStream, kept: BoolArray) -> PairStream:
    """Return the stream with some of its pairs (P,); groups without pairs go, the others are numbered anew."""
    return replace(
        stream,
        first=stream.first[kept],
        second=stream.second[kept],
        pair_values=stream.pair_values[:, kept] if len(stream.pair_values) else stream.pair_values,
        designated_first=None if stream.designated_first is None else stream.designated_first[kept],
        weights=None if stream.weights is None else stream.weights[kept],
        turned=None if stream.turned is None else stream.turned[kept],
        groups=None if stream.groups is None else np.unique(stream.groups[kept], return_inverse=True)[1],
        gone=None if stream.gone is None else stream.gone[:, kept],
    )


def keeps_zero(column: Column) -> bool:
    """Return whether a column is zero where both members' values are."""
    return column.rule not in ("cerqueira_martins", "concordance")


def iterate_tiles(stream: PairStream, *, keep: bool = False, in_loops: bool = False) -> Iterator[Tile]:
    """Yield the rows of all pairs, tile by tile, in their order.

    A tile's memory is that of the one before; with ``keep`` every tile has its own and stays. With
    ``in_loops`` compiled loops make the tiles, equal to the last bit.
    """
    n_pairs, n_quiet, n_columns = stream.n_pairs, stream.n_quiet_pairs, len(stream.columns)
    parts = [(0, n_quiet, n_columns - stream.n_quiet_columns), (n_quiet, n_pairs, n_columns)]
    n_bytes = _LOOPED_BYTES if in_loops else _TILE_BYTES
    widths = [max(1, n_bytes // (8 * stream.n_periods * n_given)) for _, _, n_given in parts]
    largest = max(n_given * min(width, end - begin) for (begin, end, n_given), width in zip(parts, widths, strict=True))
    whole = sum(n_given * (end - begin) for begin, end, n_given in parts)
    memory = np.empty(stream.n_periods * (whole if keep else largest))
    signs = np.array([_SIGNS.get(column.rule, 1.0) for column in stream.columns])
    others = stream.stack * signs[:, None, None]
    join = _prepare_loop(stream, others) if in_loops else functools.partial(_join_members, stream, others)
    taken = 0
    for (begin, end, n_given), width in zip(parts, widths, strict=True):
        for start in range(begin, end, width):
            pairs = slice(start, min(start + width, end))
            shape = (n_given, stream.n_periods, pairs.stop - pairs.start)
            columns = memory[taken : taken + math.prod(shape)].reshape(shape)
            join(pairs, columns)
            tile = _finish_tile(stream, pairs, columns)
            taken += tile.columns.size if keep else 0
            yield tile


def iterate_presence(stream: PairStream) -> Iterator[tuple[slice, BoolArray]]:
    """Yield tiles of pairs and where they are present, (T, p)."""
    if stream.present is None:
        return
    width = max(1, _TILE_BYTES // stream.n_periods)
    for start in range(0, stream.n_pairs, width):
        pairs = slice(start, start + width)
        yield pairs, _find_present(stream.present, stream, pairs)


def _find_present(present: BoolArray, stream: PairStream, pairs: slice) -> BoolArray:
    """Return where pairs are present, (T, p), given where units are."""
    both = present[:, stream.first[pairs]] & present[:, stream.second[pairs]]
    return both if stream.gone is None else both & ~stream.gone[:, pairs]


def _join_members(stream: PairStream, others: FloatArray, pairs: slice, columns: FloatArray) -> None:
    """Write what the members' values come to into ``columns``; ``others`` is the stack for second members."""
    first, second = stream.first[pairs], stream.second[pairs]
    n_columns = len(columns)
    starts = np.flatnonzero(np.append(True, first[1:] != first[:-1]))
    ends = np.append(starts[1:], len(first))
    blocks = _find_blocks(stream.columns[:n_columns])
    whole = (second[ends - 1] - second[starts] == ends - starts - 1).all()
    if whole and len(first) >= _SHORT_RUN * len(starts):
        runs = zip(first[starts].tolist(), second[starts].tolist(), starts.tolist(), ends.tolist(), strict=True)
        _join_runs(stream.stack, others, runs, blocks, columns)
    else:
        np.take(stream.stack[:n_columns], first, axis=2, out=columns, mode="clip")
        other = np.take(others[:n_columns], second, axis=2, mode="clip")
        for block, join in blocks:
            join(columns[block], other[block], out=columns[block])
    for column, target in zip(stream.columns, columns, strict=False):
        if column.rule in _FINISHES:
            _FINISHES[column.rule].write(target)


def _prepare_loop(stream: PairStream, others: FloatArray) -> Callable[[slice, FloatArray], None]:
    """Return what does by a compiled loop what :func:`_join_members` does."""
    rules = [column.rule for column in stream.columns]
    joins = np.array([_LOOPED_JOINS[_JOINS[rule]] for rule in rules])
    finishes = np.array([_FINISHES[rule].code if rule in _FINISHES else pair_loops.NOTHING for rule in rules])
    first, second = stream.first.astype(np.uint32), stream.second.astype(np.uint32)
    own, other = np.ascontiguousarray(stream.stack), np.ascontiguousarray(others)
    loop = compile_loop(pair_loops.join_members)

    def join(pairs: slice, columns: FloatArray) -> None:
        loop(own, other, joins, finishes, first[pairs], second[pairs], columns)

    return join


def _finish_tile(stream: PairStream, pairs: slice, columns: FloatArray) -> Tile:
    """Return the rows of some pairs from what their members' values come to, in place."""
    first, second = stream.first[pairs], stream.second[pairs]
    _multiply_columns(stream, pairs, columns)
    present = None
    if stream.present is not None:
        present = _find_present(stream.present, stream, pairs).astype(np.float64)
        columns *= present
    weights = None if stream.weights is None else stream.weights[pairs]
    turned = None if stream.turned is None else stream.turned[pairs]
    groups = None if stream.groups is None else stream.groups[pairs]
    return Tile(columns, present, first, second, weights, turned, groups, stream.by_node)


def _find_blocks(columns: Sequence[Column]) -> list[tuple[slice, np.ufunc]]:
    """Return the columns that are joined alike, and by what."""
    places = itertools.groupby(range(len(columns)), key=lambda place: _JOINS[columns[place].rule])
    ends = [(join, list(run)) for join, run in places]
    return [(slice(run[0], run[-1] + 1), join) for join, run in ends]


def _join_runs(
    stack: FloatArray,
    others: FloatArray,
    runs: Iterable[tuple[int, int, int, int]],
    blocks: Sequence[tuple[slice, np.ufunc]],
    columns: FloatArray,
) -> None:
    """Write the joined values of runs of pairs: one first member, and second members that follow one another.

    A run is its first member, its lowest second one, and where it starts and ends among the pairs of the tile.
    """
    parts = [(stack[block, :, :, None], others[block], columns[block], join) for block, join in blocks]
    for unit, low, start, end in runs:
        high = low + end - start
        for own, other, target, join in parts:
            join(own[:, :, unit], other[:, :, low:high], out=target[:, :, start:end])


def _multiply_columns(stream: PairStream, pairs: slice, columns: FloatArray) -> None:
    """Take the designated members' values in place, and multiply by the treatment and by the values of the pairs."""
    did = None
    for place, target in enumerate(columns):
        column = stream.columns[place]
        if column.rule == DESIGNATED and stream.designated_first is not None:
            chosen = np.where(stream.designated_first[pairs], stream.first[pairs], stream.second[pairs])
            np.take(stream.stack[place], chosen, axis=1, out=target, mode="clip")
        if column.treated:
            if did is None:
                first, second = (
                    np.take(stream.treatment, unit[pairs], axis=1) for unit in (stream.first, stream.second)
                )
                did = np.maximum(first, second)
            target *= did
        if column.pair_value is not None:
            target *= stream.pair_values[column.pair_value, pairs]


def _make_absolute(gap: FloatArray) -> None:
    np.abs(gap, out=gap)


def _make_negative(gap: FloatArray) -> None:
    np.abs(gap, out=gap)
    np.negative(gap, out=gap)


def _square_half(gap: FloatArray) -> None:
    np.multiply(gap, gap, out=gap)
    gap *= -0.5
    gap += 1.0


def _count_equal(gap: FloatArray) -> None:
    np.multiply(gap, gap, out=gap)
    np.subtract(1.0, gap, out=gap)


@dataclass(frozen=True, slots=True)
class _Finish:
    """What follows on joining: what writes it in place, and the code by which a loop knows it."""

    write: Callable[[FloatArray], None]
    code: int


_FINISHES: Mapping[str, _Finish] = {
    "difference": _Finish(_make_absolute, pair_loops.ABSOLUTE),
    "negative_difference": _Finish(_make_negative, pair_loops.NEGATIVE),
    "residual_difference": _Finish(_make_negative, pair_loops.NEGATIVE),
    "cerqueira_martins": _Finish(_square_half, pair_loops.HALF_SQUARE),
    "concordance": _Finish(_count_equal, pair_loops.SQUARE),
}
"""From the difference of the members' values to the rule: ½(z_i − z_j)² off 1; S_i ≠ S_j has the square 1."""
