"""Gold clauses → a fitted ensemble: weights, the threshold of abstention, and what was measured out of fold."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import FloatArray, IntArray
from textq.coding.ensemble.abstain import Threshold, choose_threshold
from textq.coding.ensemble.members import Member
from textq.coding.ensemble.pool import PoolWeights, cross_fit_pool, fit_pool
from textq.coding.folds import assign_folds
from textq.errors import ConfigError


@dataclass(frozen=True, slots=True)
class FittedEnsemble:
    """An ensemble as it was fitted, all that a file of it holds.

    Attributes
    ----------
    codebook
        The edition of the codebook.
    classes
        The classes in the order of the probabilities.
    coders
        The ids of the coders, in the order of the weights.
    pool
        Fitted on all gold clauses.
    abstention
        Chosen on the out-of-fold probabilities.
    n_clauses, n_documents, n_folds
        What it was fitted on.
    accuracy, log_loss
        Of the pool, out of fold.
    coder_accuracies
        Of each coder's first choice alone, on the same clauses.
    members
        Where each coder is found again, in the same order; empty where only Python can give them.
    lexicon
        Name, version and hash of the lexicon by which they code; "" where it was not given.
    fitted_on
        The first 16 hex digits of the SHA-256 of each clause's text it was fitted on, where they were given.
    """

    codebook: str
    classes: tuple[str, ...]
    coders: tuple[str, ...]
    pool: PoolWeights
    abstention: Threshold
    n_clauses: int
    n_documents: int
    n_folds: int
    accuracy: float
    log_loss: float
    coder_accuracies: tuple[float, ...]
    members: tuple[Member, ...] = ()
    lexicon: str = ""
    fitted_on: frozenset[str] = frozenset()


def fit_ensemble(
    opinions: Mapping[str, FloatArray],
    gold: Sequence[str],
    documents: Sequence[str],
    *,
    codebook: str,
    classes: Sequence[str],
    target: float = 0.05,
    n_folds: int = 5,
) -> FittedEnsemble:
    """Fit the weights of several coders on gold clauses, and the threshold below which the ensemble abstains.

    Parameters
    ----------
    opinions
        The probabilities of each coder by its id, of shape (clauses, classes). None may come from a coder that was
        trained on the clause: of a trained coder, give its out-of-fold predictions.
    gold, documents
        The class and the document of each clause.
    codebook, classes
        The edition of the codebook, and its classes in the order of the probabilities.
    target
        The share of errors to be allowed among the codes that are kept.
    n_folds
        Into how many parts the documents are cut, to measure on clauses that did not help to learn the weights.

    Raises
    ------
    ConfigError
        If the shapes do not fit together, a gold code is no class, or there are fewer documents than folds.
    """
    if len(gold) != len(documents):
        raise ConfigError(f"{len(gold)} gold codes, but {len(documents)} documents. Give both for each clause.")
    right = _number_classes(gold, classes)
    arrays = list(opinions.values())
    pool = fit_pool(arrays, right)
    pooled = cross_fit_pool(arrays, right, assign_folds(documents, n_folds))
    likelihoods = pooled[np.arange(len(right)), right]
    return FittedEnsemble(
        codebook=codebook,
        classes=tuple(classes),
        coders=tuple(opinions),
        pool=pool,
        abstention=choose_threshold(pooled, right, target),
        n_clauses=len(right),
        n_documents=len(set(documents)),
        n_folds=n_folds,
        accuracy=float(np.mean(pooled.argmax(axis=1) == right)),
        log_loss=float(-np.mean(np.log(likelihoods))),
        coder_accuracies=tuple(float(np.mean(one.argmax(axis=1) == right)) for one in arrays),
    )


def _number_classes(gold: Sequence[str], classes: Sequence[str]) -> IntArray:
    places = {name: place for place, name in enumerate(classes)}
    if unknown := sorted(set(gold) - set(places)):
        raise ConfigError(f"gold codes that are no class: {', '.join(unknown)}. The classes are {', '.join(classes)}.")
    return np.array([places[name] for name in gold], dtype=np.int64)
