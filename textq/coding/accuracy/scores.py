"""Precision, recall, F1, accuracy and κ of a coder against gold codes.

All of them are functions of the confusion matrix of weighted counts, rows gold and columns coded. With the diagonal
t_k and the margins g_k (gold) and c_k (coded): precision t_k / c_k, recall t_k / g_k, F1 2 t_k / (g_k + c_k). Macro-F1
is the mean of F1 over the categories that stand in gold or were coded at all; a draw without a category leaves it out.
κ is Cohen's. An interval draws documents with all their clauses, gold and coded, and their weights.
"""

from dataclasses import dataclass

import numpy as np

from textq.coding.accuracy.judged import Judged
from textq.coding.arrays import FloatArray, IntArray, divide
from textq.coding.reliability.coefficient import correct_chance
from textq.coding.resample import Figure, Resampling, estimate


@dataclass(frozen=True, slots=True)
class ClassScores:
    """How well one category is found. ``n_gold`` and ``n_coded`` are clauses, not weighted."""

    category: str
    n_gold: int
    n_coded: int
    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True, slots=True)
class Scores:
    """How well a coder does.

    Attributes
    ----------
    n_clauses, n_documents
        What was judged; None where documents are not known.
    accuracy, macro_f1, kappa
        Over all categories.
    subtype_accuracy
        The share of clauses with a gold subtype of which code and subtype are both right.
    n_subtypes
        How many clauses have a gold subtype.
    classes
        In the order of the codebook.
    confusion : (q, q)
        Weighted counts, gold in rows, coded in columns.
    """

    n_clauses: int
    n_documents: int | None
    accuracy: Figure
    macro_f1: Figure
    kappa: Figure
    subtype_accuracy: Figure
    n_subtypes: int
    classes: tuple[ClassScores, ...]
    confusion: FloatArray


def measure_scores(judged: Judged, resampling: Resampling | None = None) -> Scores:
    """Measure how well the coder does; ``resampling`` draws for intervals, over the same clauses."""
    q = len(judged.categories)
    contributions = _contribute(judged, judged.relative_weights)

    def evaluate(sums: FloatArray) -> FloatArray:
        return _evaluate(sums, q)

    figures = estimate(contributions, evaluate, resampling)
    accuracy, macro_f1, kappa, subtype_accuracy = figures[:4]
    by_class = zip(judged.categories, figures[4 : 4 + q], figures[4 + q : 4 + 2 * q], figures[4 + 2 * q :], strict=True)
    return Scores(
        n_clauses=len(judged.gold),
        n_documents=judged.n_groups if judged.by_document else None,
        accuracy=accuracy,
        macro_f1=macro_f1,
        kappa=kappa,
        subtype_accuracy=subtype_accuracy,
        n_subtypes=int(np.isfinite(judged.subtypes).sum()),
        classes=tuple(
            ClassScores(name, int((judged.gold == at).sum()), int((judged.coded == at).sum()), *scores)
            for at, (name, *scores) in enumerate(by_class)
        ),
        confusion=count_cells(judged.gold, judged.coded, judged.weights, q).sum(axis=0).reshape(q, q),
    )


def compute_macro_f1(confusion: FloatArray) -> FloatArray:
    """Return macro-F1 of confusion matrices (…, q, q): (…,), NaN where a matrix is empty."""
    diagonal, gold, coded = _take_apart(confusion)
    return _average(divide(2 * diagonal, gold + coded))


def count_cells(gold: IntArray, coded: IntArray, weights: FloatArray, q: int) -> FloatArray:
    """Return what each clause adds to the confusion matrix: (n, q·q)."""
    return np.asarray(((gold * q + coded)[:, None] == np.arange(q * q)) * weights[:, None])


def _contribute(judged: Judged, weights: FloatArray) -> FloatArray:
    known = np.isfinite(judged.subtypes)
    hits = np.where(known, judged.subtypes, 0) * weights
    cells = count_cells(judged.gold, judged.coded, weights, len(judged.categories))
    return np.concatenate([cells, np.stack([hits, known * weights], axis=1)], axis=1)


def _evaluate(sums: FloatArray, q: int) -> FloatArray:
    confusion = sums[..., : q * q].reshape(*sums.shape[:-1], q, q)
    diagonal, gold, coded = _take_apart(confusion)
    total = gold.sum(axis=-1)
    accuracy = divide(diagonal.sum(axis=-1), total)
    f1 = divide(2 * diagonal, gold + coded)
    kappa = correct_chance(accuracy, divide((gold * coded).sum(axis=-1), total**2))
    single = np.stack([accuracy, _average(f1), kappa, divide(sums[..., -2], sums[..., -1])], axis=-1)
    return np.concatenate([single, divide(diagonal, coded), divide(diagonal, gold), f1], axis=-1)


def _take_apart(confusion: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    diagonal = np.diagonal(confusion, axis1=-2, axis2=-1)
    return diagonal, confusion.sum(axis=-1), confusion.sum(axis=-2)


def _average(f1: FloatArray) -> FloatArray:
    known = np.isfinite(f1)
    return divide(np.where(known, f1, 0).sum(axis=-1), known.sum(axis=-1).astype(float))
