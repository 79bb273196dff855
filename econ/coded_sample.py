"""The sample of a regression on coded intensities: rows, documents, maps between them, and confusion matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from econ.coded_moments import Terms
from econ.confusion import Confusion
from econ.corrected_counts import invert, read_counts
from econ.errors import SpecError
from econ.sample import build_sample
from econ.spec import INTERCEPT, check_choice, check_names

if TYPE_CHECKING:
    import pandas as pd

    from econ.sample import Sample

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

FitEstimand = Literal["realised", "latent", "latent_own"]
"""What the outcome depends on: the codes that perfect coders would give to the clauses that there are (``realised``),
or the intensity that they are a sample of: ``latent`` with one number of clauses for all units, as published
(Battaglia, Christensen, Hansen and Sacher), ``latent_own`` with each unit's own, N − 1, which is unbiased also for few
clauses."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for, as given to :func:`econ.fit_coded`."""

    frame: pd.DataFrame
    outcome: str
    counts: pd.DataFrame
    confusion: Confusion | Mapping[Any, Confusion]
    classes: Sequence[Any]
    absorb: Sequence[str] | None
    map: Any
    combine: Mapping[str, Mapping[Any, float]] | None
    controls: Sequence[str]
    estimand: FitEstimand
    strata: pd.Series[Any] | None
    scale: str | pd.Series[float]
    shared: FloatArray | None


@dataclass(frozen=True, slots=True)
class CodedSample:
    """The rows of an equation, and the documents that count in them.

    Attributes
    ----------
    outcome
        The name of its column.
    rows : Sample
        n of them; the regressors are the controls, after a column of ones where nothing is absorbed.
    maps : m of (n, D)
        Sparse: what a clause of a document counts in a row.
    counts : (D, K)
        Clauses as coded, of documents that count anywhere.
    strata : (D,)
        Which of the confusion matrices each document has.
    confusions
        One a stratum, of the same classes.
    terms
        Those made of counts, then the controls.
    latent : (D,) or None
        v of :func:`econ.corrected_counts.latent_covariance`; None: the realised estimand.
    shared : (K, K) or None
        Covariance of the errors of two clauses of one document.
    """

    outcome: str
    rows: Sample
    maps: tuple[Any, ...]
    counts: FloatArray
    strata: IntArray
    confusions: tuple[Confusion, ...]
    terms: Terms
    latent: FloatArray | None
    shared: FloatArray | None

    @property
    def n_rows(self) -> int:
        """How many rows there are."""
        return len(self.rows.outcome)

    @property
    def matrices(self) -> list[FloatArray]:
        """The confusion matrices as arrays."""
        return [one.values for one in self.confusions]

    def stack_columns(self) -> FloatArray:
        """Return the counts in rows by map, stratum and predicted class, the controls, and the outcome: (n, q)."""
        counts = [
            np.asarray(one @ (self.counts * (self.strata == stratum)[:, None]))
            for one in self.maps
            for stratum in range(len(self.confusions))
        ]
        return np.column_stack([*counts, *self.rows.regressors, self.rows.outcome])

    def correct_counts(self) -> FloatArray:
        """Return ñ of each document: (D, K)."""
        inverses = np.array([invert(matrix).T for matrix in self.matrices])
        return np.asarray(np.einsum("dk,dkl->dl", self.counts, inverses[self.strata]))


def read_request(request: Request) -> CodedSample:
    """Return the sample of a request.

    Raises
    ------
    SpecError
        If arguments do not fit one another.
    FitError
        As :func:`econ.sample.build_sample`.
    """
    check_choice("fit_coded", "estimand", request.estimand, get_args(FitEstimand))
    controls = check_names("fit_coded", "controls", request.controls) if request.controls else ()
    confusions, codes = _read_strata(request.confusion, request.strata, request.counts)
    counts = read_counts(request.counts, confusions[0])
    maps = _read_maps(request.map, request.scale, request.frame, counts)
    rows = build_sample(
        request.frame.reset_index(drop=True), request.outcome, controls, tuple(request.absorb or ()), None
    )
    terms = _name_terms(confusions[0].classes, request.classes, request.combine, tuple(maps), rows.terms)
    kept = rows.frame.index.to_numpy()
    own = tuple(sparse.csr_array(one)[kept] for one in maps.values())
    reaches = sum(np.asarray(abs(one).sum(axis=0)).ravel() for one in own)
    used = np.flatnonzero((reaches > 0) & (counts.sum(axis=1) > 0))
    if not len(used):
        raise SpecError("no document with clauses counts in any row of the sample. Look at 'map' and 'counts'.")
    counts = counts[used]
    return CodedSample(
        request.outcome, rows, tuple(one[:, used] for one in own), counts, codes[used], confusions, terms,
        _find_latent(request.estimand, counts), _read_shared(request.shared, counts.shape[1]),
    )  # fmt: skip


def keep_controls(sample: CodedSample, kept: Sequence[str]) -> CodedSample:
    """Return the sample with some of its controls; an intercept stays."""
    names = sample.terms.names[sample.terms.n_coded :]
    places = [place for place, name in enumerate(names) if name in kept or name == INTERCEPT]
    if len(places) == len(names):
        return sample
    rows = replace(
        sample.rows,
        columns=(sample.rows.outcome, *(sample.rows.regressors[place] for place in places)),
        terms=tuple(names[place] for place in places),
    )
    terms = replace(sample.terms, names=(*sample.terms.names[: sample.terms.n_coded], *rows.terms))
    return replace(sample, rows=rows, terms=terms)


def _find_latent(estimand: FitEstimand, counts: FloatArray) -> FloatArray | None:
    totals = counts.sum(axis=1)
    if estimand == "realised":
        return None
    if estimand == "latent":
        return np.full(len(totals), float(np.mean(1 / totals)))
    if (totals == 1).any():
        raise SpecError(
            f"{int((totals == 1).sum())} documents have one clause, which says nothing of how intensities vary "
            "within them. Use larger units, or estimand='latent' or 'realised'."
        )
    return np.asarray(1 / (totals - 1))


def _read_shared(shared: FloatArray | None, n_classes: int) -> FloatArray | None:
    if shared is None:
        return None
    values = np.asarray(shared, dtype=np.float64)
    if values.shape != (n_classes, n_classes) or not np.isfinite(values).all():
        raise SpecError(f"'shared_errors' is a covariance of the {n_classes} classes. Got an array {values.shape}.")
    return values


def _read_strata(
    confusion: Confusion | Mapping[Any, Confusion], strata: pd.Series[Any] | None, counts: pd.DataFrame
) -> tuple[tuple[Confusion, ...], IntArray]:
    """Return the confusion matrices, and which one each document has."""
    if strata is None:
        if not isinstance(confusion, Confusion):
            raise SpecError("confusion matrices by stratum need 'strata': the stratum of each document.")
        return (confusion,), np.zeros(len(counts), np.intp)
    given = confusion.by_stratum if isinstance(confusion, Confusion) else confusion
    if not strata.index.is_unique:
        raise SpecError("'strata' has documents twice in its index. Give the stratum of each document once.")
    wanted = strata.reindex(counts.index)
    missing = set(wanted.dropna()) - set(given)
    if wanted.isna().any() or missing:
        raise SpecError(
            f"every document needs a stratum with a confusion matrix of its own. Without stratum: "
            f"{int(wanted.isna().sum())}; without matrix: {sorted(map(str, missing))}. Audit clauses of these strata, "
            "or merge strata."
        )
    names = sorted(set(wanted), key=str)
    confusions = tuple(given[name] for name in names)
    if len({one.classes for one in confusions}) > 1:
        raise SpecError("the confusion matrices of all strata have the same classes in the same order.")
    return confusions, wanted.map({name: at for at, name in enumerate(names)}).to_numpy(np.intp)


def _read_maps(map_: Any, scale: str | pd.Series[float], frame: pd.DataFrame, counts: FloatArray) -> dict[str, Any]:
    if map_ is None:
        if len(counts) != len(frame):
            raise SpecError(
                f"without 'map' the rows of counts are those of the frame: {len(counts)} for {len(frame)}. Give the "
                "map of documents to rows, or the counts of each row."
            )
        totals = counts.sum(axis=1)
        if isinstance(scale, str) and scale == "share":
            if (totals == 0).any():
                raise SpecError(
                    f"{int((totals == 0).sum())} rows have no clause, and so no shares. Leave them out, or use "
                    "scale='count'."
                )
            factors = 1 / totals
        elif isinstance(scale, str):
            check_choice("fit_coded", "scale", scale, ("share", "count"))
            factors = np.ones(len(counts))
        else:
            factors = np.asarray(scale, dtype=np.float64)
            if factors.shape != (len(counts),) or not np.isfinite(factors).all():
                raise SpecError(f"'scale' is one finite number a row, {len(counts)} of them. Got {factors.shape}.")
        return {"": sparse.diags_array(factors).tocsr()}
    given = dict(map_) if isinstance(map_, Mapping) else {"": map_}
    for name, one in given.items():
        shape = np.shape(one)
        if shape != (len(frame), len(counts)):
            raise SpecError(
                f"the map {name!r} has {shape} cells for {len(frame)} rows and {len(counts)} documents. "
                "A map is rows × documents."
            )
    found = {str(name): sparse.csr_array(one, dtype=np.float64) for name, one in given.items()}
    if not all(np.isfinite(one.data).all() for one in found.values()):
        raise SpecError("a map holds numbers that are not finite. Correct its weights.")
    return found


def _name_terms(
    known: tuple[Any, ...],
    classes: Sequence[Any],
    combine: Mapping[str, Mapping[Any, float]] | None,
    maps: tuple[str, ...],
    controls: tuple[str, ...],
) -> Terms:
    unknown = set(classes) - set(known)
    if unknown or isinstance(classes, str) or not len(classes):
        raise SpecError(f"'classes' lists classes of the confusion matrix, {list(known)}. Got {classes!r} instead.")
    mixed = {str(name): {name: 1.0} for name in classes} if combine is None else combine
    rows = np.zeros((len(mixed), len(known)))
    for at, (term, weights) in enumerate(mixed.items()):
        surplus = set(weights) - set(known)
        if surplus or not weights:
            raise SpecError(f"the term {term!r} combines classes of {list(known)}. Got {dict(weights)!r} instead.")
        for name, weight in weights.items():
            rows[at, known.index(name)] = weight
    names = [f"{one}:{term}" if one else str(term) for one in maps for term in mixed]
    return Terms((*names, *controls), np.repeat(np.arange(len(maps)), len(mixed)), np.tile(rows, (len(maps), 1)))
