"""The effects of periods on pairs: the same for all pairs, or one set for each group of pairs.

With groups the system of the periods falls apart into one of T equations a group, since a pair is in one group. Without
groups all pairs are one.

Or each unit has its own, and a pair the sum of its members', a_it + a_jt (:mod:`econ.pair_nodes`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

if TYPE_CHECKING:
    from econ.pair_columns import PairStream, Tile

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_RANK = 1e-10  # an eigenvalue of a group's system below this share of its largest is zero


@dataclass(frozen=True, slots=True)
class GroupSums:
    """Sums the pairs of a tile by group.

    Attributes
    ----------
    weights : (p,)
        Of the pairs.
    found : (g,)
        The groups of the tile.
    incidence : (g, p) sparse, or None
        The weights of the pairs of each group, or unit; None: there is one group.
    """

    weights: FloatArray
    found: IntArray
    incidence: sparse.csc_array | None

    def add(self, totals: FloatArray, values: FloatArray) -> None:
        """Add the weighted sums of ``values`` (…, p) to ``totals`` (G, …), in place."""
        shape = values.shape[:-1]
        flat = values.reshape(-1, values.shape[-1])
        if self.incidence is None:
            totals[0] += (flat @ self.weights).reshape(shape)
        else:
            totals[self.found] += (self.incidence @ flat.T).reshape(len(self.found), *shape)

    def add_present(self, totals: FloatArray, values: FloatArray, present: FloatArray) -> None:
        """Add those of ``values`` (K, p) over the pairs present (T, p) in each period to ``totals`` (G, K, T)."""
        if self.incidence is None:
            totals[0] += (values * self.weights) @ present.T
        else:
            self.add(totals, values[:, None] * present)

    def add_normals(self, normals: FloatArray, present: FloatArray | None) -> None:
        """Add D'W M D of the pairs, present as (T, p) says, to that of each group, (G, T, T), in place."""
        n_periods = normals.shape[1]
        if present is None:
            masses = np.zeros(len(normals))
            self.add(masses, np.ones(len(self.weights)))
            normals[self.found] += masses[self.found, None, None] * (np.eye(n_periods) - 1 / n_periods)
            return
        shares = present / present.sum(axis=0)
        if self.incidence is None:
            normals[0] += np.diag(present @ self.weights) - (shares * self.weights) @ present.T
            return
        own = np.zeros((len(normals), n_periods))
        self.add(own, present)
        places = np.arange(n_periods)
        normals[:, places, places] += own
        self.add(normals, -shares[:, None] * present)


def sum_groups(tile: Tile) -> GroupSums:
    """Return what sums the pairs of a tile by group."""
    n_pairs = len(tile.first)
    weights = np.ones(n_pairs) if tile.weights is None else tile.weights
    if tile.by_node:
        members = np.column_stack([tile.first, tile.second]).ravel()
        found, codes = np.unique(members, return_inverse=True)
        pointers = np.arange(0, 2 * n_pairs + 1, 2)
        incidence = sparse.csc_array((np.repeat(weights, 2), codes, pointers), shape=(len(found), n_pairs))
        return GroupSums(weights, found, incidence)
    if tile.groups is None:
        return GroupSums(weights, np.zeros(1, dtype=np.intp), None)
    found, codes = np.unique(tile.groups, return_inverse=True)
    incidence = sparse.csc_array((weights, codes, np.arange(n_pairs + 1)), shape=(len(found), n_pairs))
    return GroupSums(weights, found, incidence)


def spread_groups(table: FloatArray, tile: Tile) -> FloatArray:
    """Return for each pair of a tile what ``table`` (…, G) has for its group, (…, p); (…, 1) where there is one.

    Of units it is the sum of what both members have.
    """
    if tile.by_node:
        both: FloatArray = np.take(table, tile.first, axis=-1)
        both += np.take(table, tile.second, axis=-1)
        return both
    return table if tile.groups is None else np.take(table, tile.groups, axis=-1)


def invert_normals(normals: FloatArray) -> tuple[FloatArray, int]:
    """Return the pseudo-inverses of the groups' systems (G, T, T) and the sum of their ranks.

    What a system does not change (equal numbers in all periods that its pairs tie) stays zero.
    """
    values, vectors = np.linalg.eigh(normals)
    kept = values > _RANK * values.max(axis=1, keepdims=True)
    inverses = np.divide(1.0, values, out=np.zeros_like(values), where=kept)
    return (vectors * inverses[:, None, :]) @ vectors.transpose(0, 2, 1), int(kept.sum())


def list_cells(stream: PairStream) -> tuple[IntArray, IntArray]:
    """Return the units and groups that meet in a pair, by unit and then by group; without groups every unit once."""
    if stream.groups is None:
        return np.arange(stream.n_units), np.zeros(stream.n_units, dtype=np.intp)
    keys = np.unique(np.concatenate([unit * stream.n_groups + stream.groups for unit in (stream.first, stream.second)]))
    return keys // stream.n_groups, keys % stream.n_groups
