"""Codings of the same clauses by several coders, as one array; a clause may lack some of them."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from textq.coding.arrays import BoolArray, FloatArray, IntArray
from textq.coding.folds import number_groups
from textq.errors import ConfigError

MISSING = -1
"""In :attr:`JointCodings.codes`: this coder did not code this clause."""


@dataclass(frozen=True, slots=True)
class JointCodings:
    """What r coders gave to n clauses, in q categories.

    Attributes
    ----------
    codes : (n, r)
        Position in ``categories``, or ``MISSING``.
    categories : (q,)
        In order, which matters for ordered categories only.
    coders : (r,)
        Their names.
    groups : (n,)
        The document of each clause, numbered from 0; the clause's own number where documents are not known.
    by_document
        Whether ``groups`` are documents.
    """

    codes: IntArray
    categories: tuple[Any, ...]
    coders: tuple[str, ...]
    groups: IntArray
    by_document: bool = False

    @property
    def n_coders_of(self) -> IntArray:
        """How many coders coded each clause: (n,)."""
        return np.asarray((self.codes != MISSING).sum(axis=1))

    @property
    def n_groups(self) -> int:
        """How many documents there are, or clauses where documents are not known."""
        return int(self.groups.max()) + 1 if self.groups.size else 0

    def count(self) -> FloatArray:
        """Return how many coders gave each category to each clause: (n, q)."""
        return np.stack([(self.codes == k).sum(axis=1) for k in range(len(self.categories))], axis=1).astype(float)

    def keep_coded(self) -> "JointCodings":
        """Return the clauses with at least one coding.

        Raises
        ------
        ConfigError
            If there is none.
        """
        return self._take(self.n_coders_of >= 1, "no clause was coded. Give the codings of at least two coders.")

    def keep_pairable(self) -> "JointCodings":
        """Return the clauses with at least two codings.

        Raises
        ------
        ConfigError
            If there is none.
        """
        return self._take(self.n_coders_of >= 2, "no clause was coded twice. Two coders need clauses in common.")

    def choose_pair(self, first: int, second: int) -> "JointCodings":
        """Return what two coders, by position, gave to the clauses that both coded.

        Raises
        ------
        ConfigError
            If there is none.
        """
        pair = JointCodings(
            self.codes[:, [first, second]], self.categories, (self.coders[first], self.coders[second]), self.groups,
            self.by_document,
        )  # fmt: skip
        names = f"{pair.coders[0]} and {pair.coders[1]}"
        return pair._take(pair.n_coders_of == 2, f"{names} coded no clause in common.")

    def contrast(self, category: int) -> "JointCodings":
        """Return the same codings in two categories: this one, by position, and all others."""
        codes = np.where(self.codes == MISSING, MISSING, (self.codes != category).astype(np.intp))
        return JointCodings(codes, (self.categories[category], "other"), self.coders, self.groups, self.by_document)

    def _take(self, kept: BoolArray, complaint: str) -> "JointCodings":
        if not kept.any():
            raise ConfigError(complaint)
        groups = np.unique(self.groups[kept], return_inverse=True)[1]
        return JointCodings(self.codes[kept], self.categories, self.coders, groups, self.by_document)


def join_codings(
    values: Sequence[Sequence[Hashable | None]],
    coders: Sequence[str] | None = None,
    *,
    categories: Sequence[Hashable] | None = None,
    documents: Sequence[Hashable] | None = None,
) -> JointCodings:
    """Put the values of several coders into one array.

    Parameters
    ----------
    values
        n rows, one a clause, of r values, one a coder; None or NaN where a coder has none.
    coders
        Names of the coders; default: A, B, …
    categories
        All categories in order; default: those that occur, sorted.
    documents
        The document of each clause.

    Raises
    ------
    ConfigError
        If there is no clause, there are fewer than two coders, rows differ in length, or a value is in no category.
    """
    rows = [[None if _is_missing(value) else value for value in row] for row in values]
    width = len(rows[0]) if rows else 0
    names = tuple(coders) if coders is not None else tuple(_name_coder(at) for at in range(width))
    _check_shape(rows, names, documents)
    order = tuple(_sort({value for row in rows for value in row} - {None}) if categories is None else categories)
    positions: Mapping[Hashable | None, int] = {None: MISSING, **{name: at for at, name in enumerate(order)}}
    unknown = {value for row in rows for value in row if value not in positions}
    if unknown:
        raise ConfigError(f"values outside the categories: {', '.join(map(repr, _sort(unknown)))}. Correct them.")
    codes = np.array([[positions[value] for value in row] for row in rows], dtype=np.intp)
    groups = number_groups(range(len(rows)) if documents is None else documents)
    return JointCodings(codes, order, names, groups, documents is not None)


def _check_shape(rows: Sequence[Sequence[object]], coders: Sequence[str], documents: Sequence[Hashable] | None) -> None:
    if not rows:
        raise ConfigError("there is no clause to compare. Give the codings of at least one.")
    for at, row in enumerate(rows):
        if len(row) != len(coders):
            raise ConfigError(f"row {at} has {len(row)} values for {len(coders)} coders. Use None for gaps.")
    if len(coders) < 2:
        raise ConfigError(f"agreement needs at least two coders. Got {len(coders)}.")
    if documents is not None and len(documents) != len(rows):
        raise ConfigError(f"there are {len(documents)} documents for {len(rows)} clauses. Give one a clause.")


def _is_missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _sort(values: set[Hashable | None]) -> list[Any]:
    numbers = all(isinstance(value, (int, float)) for value in values)
    return sorted(values, key=(lambda value: value) if numbers else str)


def _name_coder(at: int) -> str:
    return chr(ord("A") + at) if at < 26 else f"coder {at + 1}"
