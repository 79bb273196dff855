"""Documents are numbered, and dealt whole into folds, so that no document lies in two."""

from collections.abc import Hashable, Sequence

import numpy as np

from textq.coding.arrays import IntArray
from textq.errors import ConfigError


def number_groups(keys: Sequence[Hashable]) -> IntArray:
    """Return the group of each key, numbered from 0 in the order in which they come: (n,)."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.intp)


def deal_documents(groups: IntArray, n_folds: int, order: IntArray) -> IntArray:
    """Return the fold of each document: in ``order``, each goes to the first of the folds with fewest clauses so far.

    Parameters
    ----------
    groups : (n,)
        The document of each clause, numbered from 0.
    n_folds
        At least two, and at most one a document.
    order : (g,)
        The documents in the order in which they are dealt.

    Raises
    ------
    ConfigError
        If there are fewer documents than folds, or fewer than two folds.
    """
    sizes = np.bincount(groups)
    if not 2 <= n_folds <= len(sizes):
        raise ConfigError(f"{len(sizes)} documents cannot be cut into {n_folds} folds. Give from 2 to {len(sizes)}.")
    filled, folds = np.zeros(n_folds, dtype=np.intp), np.zeros(len(sizes), dtype=np.intp)
    for document in order:
        folds[document] = filled.argmin()
        filled[folds[document]] += sizes[document]
    return folds


def assign_folds(documents: Sequence[str], n_folds: int) -> IntArray:
    """Return the fold of each clause, (n,), from its document: the largest are dealt first, those of one size by name.

    Raises
    ------
    ConfigError
        If there are fewer documents than folds, or fewer than two folds.
    """
    ranks = {name: rank for rank, name in enumerate(sorted(set(documents)))}
    groups = np.array([ranks[name] for name in documents], dtype=np.intp)
    return deal_documents(groups, n_folds, np.argsort(-np.bincount(groups), kind="stable"))[groups]
