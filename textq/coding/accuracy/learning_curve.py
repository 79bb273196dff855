"""How accuracy grows with the number of coded clauses to learn from, and what more of them would buy.

Documents are dealt into folds; clauses of one fold are coded by a coder that learnt from n clauses of the other folds,
whole documents in random order up to the n-th clause, so that smaller samples lie within larger ones. All folds
together give one macro-F1 for each n. Its intervals draw the documents that are coded, the same for all n. They do not
draw those learnt from.

The error 1 − macro-F1 is then taken as a·n^−b (Cortes et al. 1994; Hestness et al. 2017), fitted by least squares to
logarithms, in the sample and in each draw; a draw without an error counts half a clause of those at hand as wrong, for
zero has no logarithm. What follows for larger n holds only if that law goes on; it knows no floor,
though gold codes themselves are not free of error, so it is hopeful. Nothing beyond ``FARTHEST`` times the clauses at
hand is told.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from textq.coding.accuracy.judged import weigh_relatively
from textq.coding.accuracy.scores import compute_macro_f1, count_cells
from textq.coding.arrays import BoolArray, FloatArray, IntArray
from textq.coding.folds import deal_documents
from textq.coding.resample import Figure, draw_samples, make_figure
from textq.errors import ConfigError

LearnAndCode = Callable[[IntArray, IntArray], IntArray]
"""Positions of clauses to learn from, and of clauses to code → the codes (as positions) of the latter."""

CanLearn = Callable[[IntArray], bool]
"""Positions of clauses → whether they are enough to learn from."""

WhyNot = Literal["", "few_points", "no_error", "no_rise"]
"""Why no law is fitted: fewer than three numbers of clauses were tried, no error was left, or accuracy did not rise."""

N_FOLDS = 5
FARTHEST = 4
_FEWEST = 50
"""The smallest number of clauses that is tried."""

_MOST_POINTS = 5
_FLAT = 1e-6
"""An exponent up to this is none."""


@dataclass(frozen=True, slots=True)
class LearningPoint:
    """Macro-F1 after learning from ``n_clauses``."""

    n_clauses: int
    macro_f1: Figure


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the fitted law says of ``n_clauses``."""

    n_clauses: int
    macro_f1: Figure


@dataclass(frozen=True, slots=True)
class PowerLaw:
    """The error a·n^−b.

    Attributes
    ----------
    factor, exponent
        a and b, each with its interval.
    misfit
        Root mean square of macro-F1 less what the law says, over the points.
    prospects
        At once, twice and ``FARTHEST`` times the clauses at hand.
    """

    factor: Figure
    exponent: Figure
    misfit: float
    prospects: tuple[Prospect, ...]


@dataclass(frozen=True, slots=True)
class LearningCurve:
    """Macro-F1 by the number of clauses learnt from.

    Attributes
    ----------
    points
        One a number of clauses, ascending.
    left_out
        Numbers of clauses that were not tried, since a sample of them is not enough to learn from.
    law
        None where it cannot be fitted: ``why``.
    """

    points: tuple[LearningPoint, ...]
    left_out: tuple[int, ...]
    law: PowerLaw | None
    why: WhyNot = ""


@dataclass(frozen=True, slots=True)
class LearningPlan:
    """Who will learn from what.

    Attributes
    ----------
    groups : (n,)
        The document of each clause.
    sizes, left_out
        Numbers of clauses to learn from, ascending, and those that are too few.
    folds
        The clauses of each fold, and all others in the order in which they are learnt from, as positions.
    """

    groups: IntArray
    sizes: tuple[int, ...]
    left_out: tuple[int, ...]
    folds: tuple[tuple[IntArray, IntArray], ...]


def plan_learning(groups: IntArray, can_learn: CanLearn, generator: np.random.Generator) -> LearningPlan:
    """Deal documents into folds and choose what is learnt from.

    As many clauses as there are in all folds but one, and up to four halvings, as far as each sample is enough.

    Parameters
    ----------
    groups : (n,)
        The document of each clause, numbered from 0.
    can_learn
        Tells whether clauses are enough to learn from.
    generator
        Deals documents and orders those to learn from.

    Raises
    ------
    ConfigError
        If there are fewer documents than folds, or no sample is enough to learn from.
    """
    n_groups = int(groups.max()) + 1
    advice = "Add coded clauses of other documents, or ask for no learning curve."
    if n_groups < N_FOLDS:
        raise ConfigError(f"a learning curve needs {N_FOLDS} documents or more, and there are {n_groups}. {advice}")
    folds = deal_documents(groups, N_FOLDS, generator.permutation(n_groups))[groups]
    parts = tuple(_split_fold(groups, folds == fold, generator.permutation(n_groups)) for fold in range(N_FOLDS))
    sizes = _choose_sizes(min(len(others) for _, others in parts))
    enough = [size for size in sizes if all(can_learn(np.sort(others[:size])) for _, others in parts)]
    if not enough:
        raise ConfigError(
            f"the {n_groups} documents are too few for a learning curve: without a fifth of them there are too few "
            f"documents, or codes, to learn from. {advice}"
        )
    return LearningPlan(groups, tuple(enough), tuple(size for size in sizes if size not in enough), parts)


def draw_learning_curve(
    gold: IntArray,
    n_categories: int,
    plan: LearningPlan,
    learn_and_code: LearnAndCode,
    generator: np.random.Generator,
    *,
    weights: FloatArray | None = None,
    draws: int = 1000,
) -> LearningCurve:
    """Learn from ever more clauses and code the others.

    Parameters
    ----------
    gold : (n,)
        Code of each clause, as a position from 0.
    n_categories
        How many codes there are.
    plan
        Who learns from what.
    learn_and_code
        Learns and codes.
    generator
        Draws for the intervals.
    weights : (n,)
        How much each clause counts when the coding is judged.
    draws
        For the intervals; 0 draws none.
    """
    worth = np.ones(len(gold)) if weights is None else weigh_relatively(weights)
    counts = [count_cells(gold, coded, worth, n_categories) for coded in _code_all(plan, learn_and_code)]
    values = np.array([_measure(one.sum(axis=0), n_categories) for one in counts])
    samples = draw_samples(plan.groups, generator, draws) if draws else None
    drawn = [] if samples is None else [_measure(samples.sum_draws(one), n_categories) for one in counts]
    by_draw = np.array(drawn).T if drawn else np.empty((0, len(values)))
    n_groups = int(plan.groups.max()) + 1
    points = tuple(
        LearningPoint(size, make_figure(values[at], by_draw[:, at], n_groups)) for at, size in enumerate(plan.sizes)
    )
    law, why = fit_power_law(np.array(plan.sizes), values, by_draw, n_groups, len(gold))
    return LearningCurve(points, plan.left_out, law, why)


def fit_power_law(
    sizes: IntArray, macro_f1: FloatArray, draws: FloatArray, n_groups: int, n_clauses: int
) -> tuple[PowerLaw | None, WhyNot]:
    """Fit 1 − macro-F1 = a·n^−b.

    Parameters
    ----------
    sizes, macro_f1 : (p,)
        The curve.
    draws : (d, p)
        The same in each draw, for intervals; may have no row.
    n_groups
        How many documents were drawn from.
    n_clauses
        The clauses at hand, for which and for multiples of which prospects are given.

    Returns
    -------
    The law and "", or None and the reason why there is none: fewer than three points, one without an error, or a curve
    that does not rise. A law that expects less than 0 of macro-F1, which has no such values, is told as 0.
    """
    if len(sizes) < 3:
        return None, "few_points"
    if (macro_f1 >= 1).any():
        return None, "no_error"
    factor, exponent = _fit(sizes, macro_f1[None])[0]
    if not exponent > _FLAT:
        return None, "no_rise"
    fitted = _fit(sizes, np.minimum(draws, 1 - 0.5 / n_clauses))
    ahead = [n_clauses, 2 * n_clauses, FARTHEST * n_clauses]
    prospects = np.maximum(0, 1 - fitted[:, :1] * np.array(ahead) ** -fitted[:, 1:])
    return PowerLaw(
        make_figure(factor, fitted[:, 0], n_groups),
        make_figure(exponent, fitted[:, 1], n_groups),
        float(np.sqrt(np.mean((macro_f1 - 1 + factor * sizes**-exponent) ** 2))),
        tuple(
            Prospect(n, make_figure(max(0, 1 - factor * n**-exponent), prospects[:, at], n_groups))
            for at, n in enumerate(ahead)
        ),
    ), ""


def _split_fold(groups: IntArray, inside: BoolArray, ranks: IntArray) -> tuple[IntArray, IntArray]:
    """Return the clauses of a fold, and the others, document by document in the order of their ranks."""
    outside = np.flatnonzero(~inside)
    return np.flatnonzero(inside), outside[np.argsort(ranks[groups[outside]], kind="stable")]


def _choose_sizes(most: int) -> list[int]:
    halved = [most // 2**step for step in range(_MOST_POINTS)]
    return sorted({size for size in halved if size >= min(_FEWEST, most)})


def _code_all(plan: LearningPlan, learn_and_code: LearnAndCode) -> IntArray:
    """Return the codes of all clauses, each by a coder that did not see its document: (sizes, n)."""
    coded = np.zeros((len(plan.sizes), len(plan.groups)), dtype=np.intp)
    for inside, others in plan.folds:
        for at, size in enumerate(plan.sizes):
            coded[at, inside] = learn_and_code(np.sort(others[:size]), inside)
    return coded


def _measure(sums: FloatArray, q: int) -> FloatArray:
    return compute_macro_f1(sums.reshape(*sums.shape[:-1], q, q))


def _fit(sizes: IntArray, macro_f1: FloatArray) -> FloatArray:
    """Return a and b of each row of ``macro_f1``, which lies below 1: (rows, 2)."""
    logs = np.log(1 - macro_f1)
    centred = np.log(sizes) - np.log(sizes).mean()
    slopes = logs @ centred / (centred @ centred)
    levels = logs.mean(axis=1) - slopes * np.log(sizes).mean()
    return np.stack([np.exp(levels), -slopes], axis=1)
