"""The confusion matrix from gold clauses, clauses whose true class is known, drawn with known probabilities π.

With design weights w_i = 1 / π_i

    P̂[k, l] = Σ w_i 1(predicted k, true l) / Σ w_i 1(true l),

a ratio of weighted sums, whose variance is that of the linearised values φ_i = w_i 1(true l) (e_k − P̂_l) / W_l, summed
within what was drawn (a clause, or a whole document) and centred within the strata of the design
(Särndal, Swensson and Wretman 1992, section 5.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special

from econ.confusion import Confusion, HomogeneityTest
from econ.errors import FitError, SpecError

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

FloatArray = NDArray[np.float64]
Codes = NDArray[np.intp]

PSEUDO = 0.5
"""Gold clauses, spread evenly over all cells of a class, that are added to a class without any coding error: where
none was seen in few clauses, none does not mean never, and the variance would be nil."""


def estimate_confusion(
    predicted: Iterable[Hashable],
    true: Iterable[Hashable],
    weights: Iterable[float] | None = None,
    strata: Iterable[Hashable] | None = None,
    cluster: Iterable[Hashable] | None = None,
    *,
    classes: Sequence[Hashable] | None = None,
    by: Iterable[Hashable] | None = None,
) -> Confusion:
    """Estimate a confusion matrix from gold clauses, and one of each group of clauses that may be coded differently.

    Parameters
    ----------
    predicted, true
        (n,) the coder's class and the true one of each gold clause.
    weights
        (n,) 1 / π, positive; None: all alike.
    strata
        (n,) strata in which the sample was drawn, whose variances add up.
    cluster
        (n,) what was drawn: the document of each clause; None: each clause by itself.
    classes
        In order; None: those that occur, sorted.
    by
        (n,) groups with a matrix of their own and a test that these are equal: kinds of documents, periods, treated or
        not. None: ``strata``, unless these are made of predicted classes, in which errors cannot be told.

    Returns
    -------
    Confusion
        Its ``cov`` is Σ_h m_h/(m_h − 1) Σ_i (φ_i − φ̄_h)(φ_i − φ̄_h)', over the m_h clauses or clusters drawn in h.
        A class of which no gold clause was miscoded has half a clause more, spread over all cells; a note says so.

    Raises
    ------
    SpecError
        If lengths differ, a value is missing or in no class, or a weight is not positive.
    FitError
        If a class has no gold clause, one document is all that was drawn, or the matrix has no inverse.
    """
    sample = _read_gold(predicted, true, weights, strata, cluster, classes, by)
    matrix, cov, notes = _estimate(sample)
    table = _label(matrix, sample.classes)
    n_gold = dict(zip(sample.classes, np.bincount(sample.true, minlength=len(sample.classes)).tolist(), strict=True))
    if len(sample.group_names) < 2 or (by is None and _follows_predicted(sample)):
        return Confusion(table, cov, n_gold, notes=notes)
    by_stratum, without = _split(sample)
    test = _compare(sample, by_stratum) if len(by_stratum) > 1 else None
    return Confusion(table, cov, n_gold, by_stratum, test, (*notes, *without))


@dataclass(frozen=True, slots=True)
class _Gold:
    predicted: Codes
    true: Codes
    weights: FloatArray
    strata: Codes
    clusters: Codes
    groups: Codes
    classes: tuple[Any, ...]
    group_names: tuple[Any, ...]

    def take(self, rows: NDArray[np.bool_]) -> _Gold:
        return _Gold(
            self.predicted[rows],
            self.true[rows],
            self.weights[rows],
            self.strata[rows],
            self.clusters[rows],
            self.groups[rows],
            self.classes,
            self.group_names,
        )


def _read_gold(
    predicted: Iterable[Hashable],
    true: Iterable[Hashable],
    weights: Iterable[float] | None,
    strata: Iterable[Hashable] | None,
    cluster: Iterable[Hashable] | None,
    classes: Sequence[Hashable] | None,
    by: Iterable[Hashable] | None,
) -> _Gold:
    codes = pd.Series(list(predicted), dtype=object), pd.Series(list(true), dtype=object)
    n = len(codes[0])
    given = {"true": codes[1], "weights": weights, "strata": strata, "cluster": cluster, "by": by}
    columns = {name: None if value is None else pd.Series(list(value)) for name, value in given.items()}
    for name, column in columns.items():
        if column is not None and len(column) != n:
            raise SpecError(f"{name!r} has {len(column)} values for {n} gold clauses. Give one a clause.")
    if not n:
        raise FitError("there is no gold clause. Code an audit sample first.")
    for name, column in {"predicted": codes[0], **columns}.items():
        if column is not None and column.isna().any():
            raise SpecError(f"{name!r} lacks {int(column.isna().sum())} values. Leave out clauses that are not coded.")
    found = set(codes[0]) | set(codes[1])
    order = tuple(sorted(found, key=str) if classes is None else classes)
    unknown = found - set(order)
    if unknown:
        raise SpecError(f"values in no class: {', '.join(sorted(map(repr, unknown)))}. The classes: {order}.")
    given_weights = columns["weights"]
    masses = np.ones(n) if given_weights is None else given_weights.to_numpy(dtype=np.float64)
    if not np.isfinite(masses).all() or (masses <= 0).any():
        raise SpecError("weights are 1 / π: positive numbers. A clause that could not be drawn has no place here.")
    position = {name: at for at, name in enumerate(order)}
    alike = np.zeros(n, np.intp), ("",)
    drawn, stratum_names = alike if strata is None else _factorize(columns["strata"])
    groups, group_names = (drawn, stratum_names) if by is None else _factorize(columns["by"])
    clusters = np.arange(n) if cluster is None else _factorize(columns["cluster"])[0]
    if len(np.unique(clusters)) < 2:
        raise FitError("all gold clauses were drawn at once, so no variance can be computed. Audit another document.")
    coded, truly = (one.map(position).to_numpy(np.intp) for one in codes)
    return _Gold(coded, truly, masses, drawn, clusters, groups, order, group_names)


def _factorize(column: Any) -> tuple[Codes, tuple[Any, ...]]:
    codes, names = pd.factorize(column, sort=True)
    return np.asarray(codes, dtype=np.intp), tuple(names)


def _label(matrix: FloatArray, classes: tuple[Any, ...]) -> pd.DataFrame:
    return pd.DataFrame(matrix, index=list(classes), columns=list(classes))


def _estimate(sample: _Gold) -> tuple[FloatArray, FloatArray, tuple[str, ...]]:
    """Return the matrix, the covariance of its entries, and what is to be said of it."""
    n_classes = len(sample.classes)
    sums = np.zeros((n_classes, n_classes))
    np.add.at(sums, (sample.predicted, sample.true), sample.weights)
    counts = np.bincount(sample.true, minlength=n_classes)
    if (counts == 0).any():
        lacking = [str(name) for name, count in zip(sample.classes, counts, strict=True) if count == 0]
        raise FitError(
            f"no gold clause is truly {' or '.join(lacking)}, so nothing is known of how these are coded. Audit more "
            "clauses, best from strata where they are expected, or merge classes."
        )
    notes = []
    extra = np.zeros(n_classes)
    faultless = np.flatnonzero(np.isclose(np.diag(sums), sums.sum(axis=0)))
    for place in faultless:
        extra[place] = PSEUDO * sums[:, place].sum() / counts[place]
        notes.append(
            f"No coding error was seen in the {counts[place]} gold clauses of {sample.classes[place]}: half a clause, "
            "spread over all classes, stands in for those that a larger sample would show."
        )
    totals = sums.sum(axis=0) + extra
    matrix = (sums + extra / n_classes) / totals
    return matrix, _linearize(sample, matrix, totals, sums, extra), tuple(notes)


def _linearize(
    sample: _Gold, matrix: FloatArray, totals: FloatArray, sums: FloatArray, extra: FloatArray
) -> FloatArray:
    """Return Σ_h m_h / (m_h − 1) Σ (φ − φ̄_h)(φ − φ̄_h)' over what was drawn, and the variance of the stand-ins."""
    n_classes = len(matrix)
    deviations = -matrix.T[sample.true]
    deviations[np.arange(len(sample.true)), sample.predicted] += 1.0
    influences = np.zeros((len(sample.true), n_classes, n_classes))
    scaled = deviations * (sample.weights / totals[sample.true])[:, None]
    influences[np.arange(len(sample.true)), :, sample.true] = scaled
    drawn, place = np.unique(np.stack([sample.strata, sample.clusters]), axis=1, return_inverse=True)
    values = np.zeros((drawn.shape[1], n_classes**2))
    np.add.at(values, place.ravel(), influences.reshape(len(sample.true), -1))
    cov = np.zeros((n_classes**2, n_classes**2))
    for stratum in np.unique(drawn[0]):
        own = values[drawn[0] == stratum]
        if len(own) > 1:
            centred = own - own.mean(axis=0)
            cov += len(own) / (len(own) - 1) * centred.T @ centred
        else:
            cov += np.outer(own[0], own[0])
    for place_of in np.flatnonzero(extra):
        rows = np.arange(n_classes) * n_classes + place_of
        share = matrix[:, place_of]
        worth = totals[place_of] / (extra[place_of] / PSEUDO)
        cov[np.ix_(rows, rows)] += (np.diag(share) - np.outer(share, share)) / (worth + 1)
    return cov


def _follows_predicted(sample: _Gold) -> bool:
    """Return whether every group has one predicted class alone, so that within it a matrix says nothing."""
    table = np.zeros((len(sample.group_names), len(sample.classes)), dtype=bool)
    table[sample.groups, sample.predicted] = True
    return bool((table.sum(axis=1) <= 1).all())


def _split(sample: _Gold) -> tuple[dict[Any, Confusion], list[str]]:
    """Return the matrix of each group that has gold of all classes, and sentences on the others."""
    found: dict[Any, Confusion] = {}
    notes: list[str] = []
    for code, name in enumerate(sample.group_names):
        own = sample.take(sample.groups == code)
        try:
            matrix, cov, said = _estimate(own)
            n_gold = np.bincount(own.true, minlength=len(sample.classes)).tolist()
            found[name] = Confusion(
                _label(matrix, sample.classes), cov, dict(zip(sample.classes, n_gold, strict=True)), notes=said
            )
        except FitError as error:
            notes.append(f"There is no matrix of {name}: {error}")
    return found, notes


def _compare(sample: _Gold, by_stratum: Mapping[Any, Confusion]) -> HomogeneityTest:
    """Return the likelihood-ratio test over the groups that have a matrix of their own."""
    n_classes = len(sample.classes)
    names = tuple(by_stratum)
    worth = np.array([_measure_worth(by_stratum[name]) for name in names])  # groups × true
    counts = np.array([by_stratum[name].values for name in names]) * worth[:, None, :]
    pooled = counts.sum(axis=0) / counts.sum(axis=(0, 1))
    expected = pooled[None] * worth[:, None, :]
    ratios = np.divide(counts, expected, where=expected > 0, out=np.ones_like(counts))
    statistic = 2 * float(special.xlogy(counts, ratios).sum())
    n_possible = int((pooled > 0).sum()) - n_classes
    df = (len(names) - 1) * n_possible
    return HomogeneityTest(statistic, df, float(special.chdtrc(df, statistic)) if df else 1.0, tuple(map(str, names)))


def _measure_worth(confusion: Confusion) -> FloatArray:
    """Return how many clauses of a simple sample each column is worth: (K,)."""
    assert confusion.cov is not None
    matrix, n_classes = confusion.values, len(confusion.matrix)
    variances = np.diag(confusion.cov).reshape(n_classes, n_classes).sum(axis=0)
    simple = (matrix * (1 - matrix)).sum(axis=0)
    return np.asarray(np.divide(simple, variances, out=np.ones(n_classes), where=variances > 0))
