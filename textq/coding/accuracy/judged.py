"""Clauses with their gold code, the code that a coder gave, and how certain it was."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import BoolArray, FloatArray, IntArray
from textq.coding.folds import number_groups
from textq.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Judged:
    """n clauses, coded by a gold standard and by a coder in q categories.

    Attributes
    ----------
    categories : (q,)
        In the order of the codebook.
    gold, coded : (n,)
        Positions in ``categories``.
    groups : (n,)
        The document of each clause, numbered from 0; the clause's own number where documents are not known.
    by_document
        Whether ``groups`` are documents.
    weights : (n,)
        How much each clause counts, above 0: one over the probability with which it was drawn, for one.
    probabilities : (n,)
        Of the code that the coder gave, from 0 to 1; NaN where it stated none.
    subtypes : (n,)
        1 where code and subtype are both right, 0 where not, NaN where gold has no subtype.
    unsure : (n,)
        Where the coder abstains.
    """

    categories: tuple[str, ...]
    gold: IntArray
    coded: IntArray
    groups: IntArray
    by_document: bool
    weights: FloatArray
    probabilities: FloatArray
    subtypes: FloatArray
    unsure: BoolArray

    @property
    def right(self) -> BoolArray:
        """Where the coder's code is that of the gold standard."""
        return np.asarray(self.gold == self.coded)

    @property
    def relative_weights(self) -> FloatArray:
        """The weights with a mean of 1, so that no figure depends on their unit: (n,)."""
        return weigh_relatively(self.weights)

    @property
    def n_groups(self) -> int:
        """How many documents there are, or clauses where documents are not known."""
        return int(self.groups.max()) + 1

    def take(self, kept: BoolArray) -> "Judged":
        """Return some of the clauses.

        Raises
        ------
        ConfigError
            If there is none.
        """
        if not kept.any():
            raise ConfigError("no clause is left to be judged. Keep at least one.")
        return Judged(
            self.categories, self.gold[kept], self.coded[kept], np.unique(self.groups[kept], return_inverse=True)[1],
            self.by_document, self.weights[kept], self.probabilities[kept], self.subtypes[kept], self.unsure[kept],
        )  # fmt: skip


def weigh_relatively(weights: FloatArray) -> FloatArray:
    """Return weights above zero as shares of their mean."""
    relative = weights / weights.max()
    return np.asarray(relative / relative.mean())


def judge_codes(
    gold: Sequence[str],
    coded: Sequence[str],
    categories: Sequence[str],
    *,
    gold_subtypes: Sequence[str | None] | None = None,
    coded_subtypes: Sequence[str | None] | None = None,
    probabilities: Sequence[float | None] | None = None,
    documents: Sequence[Hashable] | None = None,
    weights: Sequence[float] | None = None,
    unsure: Sequence[bool] | None = None,
) -> Judged:
    """Put gold codes and a coder's codes of the same clauses, in the same order, into arrays.

    Raises
    ------
    ConfigError
        If there is no clause, lengths differ, a code is in no category, a weight is not above zero, or a probability
        lies outside [0, 1].
    """
    n = len(gold)
    given = (coded, gold_subtypes, coded_subtypes, probabilities, documents, weights, unsure)
    if not n or any(one is not None and len(one) != n for one in given):
        lengths = ", ".join(str(len(one)) for one in (gold, *given) if one is not None)
        raise ConfigError(f"gold and coded values must be of the same clauses, at least one. Got {lengths} values.")
    positions = {name: at for at, name in enumerate(categories)}
    if unknown := {*gold, *coded} - positions.keys():
        raise ConfigError(f"codes outside the codebook: {', '.join(sorted(unknown))}. Use {', '.join(categories)}.")
    judged = Judged(
        categories=tuple(categories),
        gold=np.array([positions[code] for code in gold], dtype=np.intp),
        coded=np.array([positions[code] for code in coded], dtype=np.intp),
        groups=number_groups(range(n) if documents is None else documents),
        by_document=documents is not None,
        weights=np.ones(n) if weights is None else np.array(weights, dtype=float),
        probabilities=np.array([np.nan if one is None else one for one in probabilities or [None] * n], dtype=float),
        subtypes=_judge_subtypes(gold, coded, gold_subtypes or [None] * n, coded_subtypes or [None] * n),
        unsure=np.zeros(n, dtype=bool) if unsure is None else np.array(unsure, dtype=bool),
    )
    if not (np.isfinite(judged.weights) & (judged.weights > 0)).all():
        raise ConfigError("weights of clauses must be numbers above zero. Leave out clauses that shall not count.")
    if ((judged.probabilities < 0) | (judged.probabilities > 1)).any():
        raise ConfigError("probabilities must lie in [0, 1]. Give None where the coder states none.")
    return judged


def _judge_subtypes(
    gold: Sequence[str],
    coded: Sequence[str],
    gold_subtypes: Sequence[str | None],
    coded_subtypes: Sequence[str | None],
) -> FloatArray:
    pairs = zip(gold, coded, gold_subtypes, coded_subtypes, strict=True)
    return np.array([float((code, sub) == (other, second)) if sub else np.nan for code, other, sub, second in pairs])
