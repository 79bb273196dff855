"""Errors that the clauses of one document share, from gold documents that were reviewed whole.

Template wording is miscoded alike wherever it stands. With the error of clause i, r_i = P⁻¹e_pred − e_true, and weights
w_d = 1 / π_d of the documents, the covariance of the errors of two clauses of one document is

    T̂ = Σ_d w_d [(Σ_i r_i)(Σ_i r_i)' − Σ_i r_i r_i'] / Σ_d w_d n_d (n_d − 1),

which adds n_d (n_d − 1) T̂ to the covariance of the corrected counts of document d.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from econ.corrected_counts import invert
from econ.errors import FitError, SpecError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from econ.confusion import Confusion

FloatArray = NDArray[np.float64]

FEW_DOCUMENTS = 20
"""From fewer gold documents the estimate is rough, and a note says so."""


@dataclass(frozen=True, slots=True)
class SharedErrors:
    """The covariance of the coding errors of two clauses of one document.

    Attributes
    ----------
    matrix : DataFrame (K, K)
        T̂, in clauses; symmetric. An estimate may be indefinite.
    cov : (K², K²)
        Of its entries, row by row, for a known confusion matrix; linearised over documents.
    n_documents
        With two gold clauses or more.
    notes
        What a reader must know, in sentences.
    """

    matrix: pd.DataFrame
    cov: FloatArray
    n_documents: int
    notes: tuple[str, ...] = ()


def estimate_shared_errors(
    predicted: Iterable[Hashable],
    true: Iterable[Hashable],
    documents: Iterable[Hashable],
    confusion: Confusion,
    weights: Iterable[float] | None = None,
) -> SharedErrors:
    """Estimate how far errors of clauses of one document go together.

    Parameters
    ----------
    predicted, true
        (n,) classes of gold clauses; documents are taken to be reviewed whole, or by clauses drawn from each at random.
    documents
        (n,) the document of each. The confusion matrix should be estimated with these as ``cluster``.
    confusion
        P[predicted, true].
    weights
        (n,) 1 / π, the same for all clauses of a document; None: all alike.

    Raises
    ------
    SpecError
        If lengths differ, a class is not one of the confusion matrix, or weights differ within a document.
    FitError
        If fewer than two documents have two gold clauses.
    """
    table = _read_clauses(predicted, true, documents, confusion, weights)
    errors = invert(confusion.values).T[table["predicted"].to_numpy()]
    errors[np.arange(len(table)), table["true"].to_numpy()] -= 1.0
    codes, names = pd.factorize(table["document"])
    sizes, size = np.bincount(codes), len(confusion.classes)
    masses = np.bincount(codes, table["weight"].to_numpy()) / sizes
    products = np.einsum("ia,ib->iab", errors, errors).reshape(len(table), -1)
    sums = np.array([np.bincount(codes, column) for column in errors.T]).T
    own = np.array([np.bincount(codes, column) for column in products.T]).T
    together = np.einsum("da,db->dab", sums, sums).reshape(len(names), -1) - own
    pairs = sizes * (sizes - 1)
    n_documents = int((pairs > 0).sum())
    if n_documents < 2:
        raise FitError(
            f"errors that clauses of a document share are seen in documents with two gold clauses or more, and there "
            f"are {n_documents} of them. Review whole documents."
        )
    total = float(masses @ pairs)
    matrix = masses @ together / total
    influences = masses[:, None] * (together - pairs[:, None] * matrix) / total
    cov = n_documents / (n_documents - 1) * influences.T @ influences
    classes = list(confusion.classes)
    labelled = pd.DataFrame(matrix.reshape(size, size), index=classes, columns=classes)
    return SharedErrors(labelled, cov, n_documents, _describe(n_documents))


def _read_clauses(
    predicted: Iterable[Hashable],
    true: Iterable[Hashable],
    documents: Iterable[Hashable],
    confusion: Confusion,
    weights: Iterable[float] | None,
) -> pd.DataFrame:
    given: dict[str, list[Any]] = {"predicted": list(predicted), "true": list(true), "document": list(documents)}
    n_clauses = len(given["predicted"])
    given["weight"] = [1.0] * n_clauses if weights is None else list(weights)
    if any(len(column) != n_clauses for column in given.values()):
        lengths = ", ".join(f"{name} {len(column)}" for name, column in given.items())
        raise SpecError(f"gold clauses have one value of each kind. Got {lengths}.")
    table = pd.DataFrame(given)
    places = {name: place for place, name in enumerate(confusion.classes)}
    unknown = (set(table["predicted"]) | set(table["true"])) - set(places)
    if unknown:
        named = ", ".join(sorted(map(repr, unknown)))
        raise SpecError(f"gold clauses of classes that the confusion matrix lacks: {named}. Estimate it from them too.")
    if table.isna().any(axis=None) or (table["weight"] <= 0).any():
        raise SpecError("documents and weights of gold clauses are not missing, and weights 1 / π are positive.")
    if (table.groupby("document")["weight"].nunique() > 1).any():
        raise SpecError("clauses of one document differ in weight. What is drawn here are documents: give them theirs.")
    return table.assign(predicted=table["predicted"].map(places), true=table["true"].map(places))


def _describe(n_documents: int) -> tuple[str, ...]:
    notes = [
        f"Coding errors that clauses of a document share are taken from {n_documents} gold documents. Errors shared "
        "between documents, by the style of a city or an official, are not covered."
    ]
    if n_documents < FEW_DOCUMENTS:
        notes.append(f"{n_documents} gold documents are few for this: the standard errors are rough.")
    return tuple(notes)
