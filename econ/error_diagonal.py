"""How far the coding errors of one document reach into a regression: the diagonal of L'ML, exactly or by probes.

A regressor is X = L x with x the (corrected) counts of the documents and L the known weights of documents in rows. The
effects leave M X of it, and an error of document d adds L_d'M L_d times its variance to X'MX. L is sparse, M is not:
with A the dummies of the largest effect and H those of all others, M_A = I − A(A'A)⁻¹A' and H̃ = M_A H,

    L_k'M L_l = L_k'M_A L_l − (H̃'L_k)' (H̃'H̃)⁺ H̃'L_l,

which are sums over cells, a level of the largest effect and a document, in which L is not zero. Leaving out levels of
the largest effect leaves out cells. With too many levels beside it the diagonal is found by probes instead: with r of
independent signs, E[(L_k r)'M L_l (v ∘ r)] = Σ_d (L_k'ML_l)_dd v_d (Hutchinson 1990).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from econ.within import DENSE_LEVELS, Absorber, choose_first

if TYPE_CHECKING:
    from collections.abc import Sequence

    from econ.within import Effect

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

PROBES = 200
"""How many vectors of signs stand in for the exact diagonal; its relative error falls with their square root."""

MOST_NUMBERS = 100_000_000
"""Of the arrays for the exact diagonal; beyond, probes stand in for it."""

_BLOCK = 10  # probes at a time
_RANK = 1e-10


@dataclass(frozen=True, slots=True)
class Reach:
    """Where errors of documents reach.

    Attributes
    ----------
    diagonal : (m, m, D)
        (L_k'ML_l)_dd for every two maps.
    rows, documents : (z,)
        Of each cell: a row in it, and its document.
    spread : (m, m, z)
        What the cell has of the diagonal of its document.
    probed
        Whether probes stand in for the exact numbers.
    """

    diagonal: FloatArray
    rows: IntArray
    documents: IntArray
    spread: FloatArray
    probed: bool = False


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums over the rows that a level of the largest effect and a document share; z of them.

    Attributes
    ----------
    rows, documents : (z,)
        A row of each cell, and its document.
    own : (m, m, z)
        L_k'M_A L_l.
    along : (m, h, z)
        H̃'L of the dummies of the other effects.
    dummies : (n, h)
        H̃.
    n_documents
        D.
    """

    rows: IntArray
    documents: IntArray
    own: FloatArray
    along: FloatArray
    dummies: FloatArray
    n_documents: int

    def find_reach(self) -> Reach:
        """Return where errors reach in all rows."""
        gram = self.dummies.T @ self.dummies
        whole = self._sum_along(self.along, self.documents)
        solved = whole @ invert_range(gram)
        spread = self.own.copy()
        for other, own in enumerate(solved):
            for column, of_document in enumerate(own.T):
                spread[:, other] -= self.along[:, column] * of_document[self.documents]
        diagonal = np.array([[np.bincount(self.documents, part, self.n_documents) for part in line] for line in spread])
        return Reach(diagonal, self.rows, self.documents, spread)

    def _sum_along(self, along: FloatArray, documents: IntArray) -> FloatArray:
        """Return the sums of cells by document: (m, D, h)."""
        m, h, _ = along.shape
        found = np.zeros((m, self.n_documents, h))
        for one in range(m):
            for column in range(h):
                found[one, :, column] = np.bincount(documents, along[one, column], self.n_documents)
        return found

    def leave_out(self, members: IntArray, grams: FloatArray) -> FloatArray:
        """Return the diagonal without the rows of each unit: (C, m, m, D).

        Parameters
        ----------
        members : (z, 1) or (z, 2)
            The units of each cell, 0 … C − 1.
        grams : (C, h, h)
            H̃'H̃ without the rows of each unit.
        """
        n_units = len(grams)
        whole = self._sum_along(self.along, self.documents)
        own = np.array([[np.bincount(self.documents, part, self.n_documents) for part in line] for line in self.own])
        cells = np.tile(np.arange(len(self.rows)), members.shape[1])
        order = np.argsort(members.T.ravel(), kind="stable")
        ends = np.cumsum(np.bincount(members.ravel(), minlength=n_units))
        found = np.empty((n_units, *own.shape))
        for unit, gone in enumerate(np.split(cells[order], ends[:-1])):
            documents = self.documents[gone]
            touched, place = np.unique(documents, return_inverse=True)
            left, kept = whole.copy(), own.copy()
            for one in range(len(whole)):
                for column in range(whole.shape[2]):
                    left[one, touched, column] -= np.bincount(place, self.along[one, column, gone], len(touched))
                for other in range(len(whole)):
                    kept[one, other, touched] -= np.bincount(place, self.own[one, other, gone], len(touched))
            solved = left @ invert_range(grams[unit])
            found[unit] = kept - np.einsum("kdh,ldh->kld", left, solved, optimize=True)
        return found


def cut_cells(maps: Sequence[Any], effects: Sequence[Effect], *, by_row: bool = False) -> Cells:
    """Return the cells of m sparse maps (n rows, D documents); ``by_row``: each row is a cell of its own."""
    rows, documents, values = _align(maps)
    n_rows, n_documents = maps[0].shape
    first, rest = split_first(effects)
    dummies = build_dummies(rest, n_rows)
    levels = np.arange(n_rows) if first is None else first.codes
    if first is not None:
        dummies = dummies - _average(dummies, first)
    groups, starts, place = np.unique(
        levels[rows].astype(np.int64) * n_documents + documents, return_index=True, return_inverse=True
    )
    sizes = np.ones(n_rows) if first is None else np.bincount(first.codes, minlength=first.n_levels)
    share = 1.0 / sizes[(groups // n_documents).astype(np.intp)]
    sums = np.array([np.bincount(place, own, len(groups)) for own in values])
    within = values if first is None else values - (sums * share)[:, place]
    if by_row:
        starts, place = np.arange(len(rows)), np.arange(len(rows))
    own = np.array([[np.bincount(place, one * other, len(starts)) for other in within] for one in values])
    along = np.empty((len(maps), dummies.shape[1], len(starts)))
    for column, dummy in enumerate(np.ascontiguousarray(dummies.T)):
        own_dummies = dummy[rows]
        for at, one in enumerate(values):
            along[at, column] = np.bincount(place, one * own_dummies, len(starts))
    return Cells(rows[starts], documents[starts], own, along, dummies, n_documents)


def can_cut(maps: Sequence[Any], effects: Sequence[Effect]) -> bool:
    """Return whether the effects beside the largest one have few enough levels for the exact diagonal."""
    n_levels = sum(effect.n_levels for effect in split_first(effects)[1])
    n_cells = len(maps) * max(sum(one.nnz for one in maps), maps[0].shape[0])
    return n_levels <= DENSE_LEVELS and n_levels * n_cells <= MOST_NUMBERS


def probe_reach(maps: Sequence[Any], effects: Sequence[Effect], generator: np.random.Generator) -> Reach:
    """Return what stands in for the reach: the mean over probes of L_k[r, d] s_d (M L_l s)[r], row by row."""
    rows, documents, values = _align(maps)
    n_documents = maps[0].shape[1]
    absorber = Absorber(effects)
    averaged = np.zeros_like(values)
    for start in range(0, PROBES, _BLOCK):
        signs = generator.choice((-1.0, 1.0), size=(n_documents, min(_BLOCK, PROBES - start)))
        for place, one in enumerate(maps):
            left = absorber.residualize(np.asarray(one @ signs))
            averaged[place] += np.einsum("zp,zp->z", left[rows], signs[documents]) / PROBES
    spread = values[:, None] * averaged[None]
    diagonal = np.array([[np.bincount(documents, part, n_documents) for part in line] for line in spread])
    return Reach(diagonal, rows, documents, spread, probed=True)


def _align(maps: Sequence[Any]) -> tuple[IntArray, IntArray, FloatArray]:
    """Return the rows and documents in which some map is not zero, and the values of each map: (z,), (z,), (m, z)."""
    n_documents = maps[0].shape[1]
    found = [sparse.coo_array(one) for one in maps]
    keys = [one.row.astype(np.int64) * n_documents + one.col for one in found]
    cells, place = np.unique(np.concatenate(keys), return_inverse=True)
    values = np.zeros((len(maps), len(cells)))
    starts = np.cumsum([0, *map(len, keys)])
    for at, one in enumerate(found):
        np.add.at(values[at], place[starts[at] : starts[at + 1]], one.data)
    return np.asarray(cells // n_documents, np.intp), np.asarray(cells % n_documents, np.intp), values


def split_first(effects: Sequence[Effect]) -> tuple[Effect | None, list[Effect]]:
    """Return the largest effect that means by group take out, and the others."""
    first = choose_first(effects)
    return first, [effect for effect in effects if effect is not first]


def build_dummies(effects: Sequence[Effect], n_rows: int) -> FloatArray:
    """Return the dummies of effects side by side: (n, h)."""
    blocks = []
    for effect in effects:
        block = np.zeros((n_rows, effect.n_levels))
        for codes in effect.codes.reshape(n_rows, -1).T:
            block[np.arange(n_rows), codes] += 1.0
        blocks.append(block)
    return np.hstack(blocks) if blocks else np.empty((n_rows, 0))


def _average(columns: FloatArray, effect: Effect) -> FloatArray:
    """Return the means of columns by level, row by row."""
    sizes = np.bincount(effect.codes, minlength=effect.n_levels)
    means = (
        np.column_stack([np.bincount(effect.codes, column, effect.n_levels) / sizes for column in columns.T])
        if columns.shape[1]
        else np.empty((effect.n_levels, 0))
    )
    return np.asarray(means[effect.codes])


def invert_range(gram: FloatArray) -> FloatArray:
    """Return the pseudo-inverse of a Gram matrix of dummies, which may be collinear or empty."""
    if not gram.size:
        return gram
    scale = np.sqrt(np.diag(gram))
    scale[scale == 0] = 1.0
    values, vectors = np.linalg.eigh(gram / np.outer(scale, scale))
    kept = values > _RANK
    return np.asarray(((vectors[:, kept] / values[kept]) @ vectors[:, kept].T) / np.outer(scale, scale))
