"""Training: coded clauses → a calibrated linear model. The only door to scikit-learn."""

from __future__ import annotations

import warnings
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

import numpy as np

from textq.coding.folds import assign_folds
from textq.coding.trained.calibration import (
    Calibration,
    add_up_probabilities,
    calibrate,
    choose_threshold,
    fit_calibration,
)
from textq.coding.trained.features import (
    PLACES,
    RULES_SCALE,
    Place,
    Reading,
    describe_shapes,
    name_rule_columns,
    number_classes,
    read_units,
    tabulate_rules,
)
from textq.coding.trained.model import TrainedModel
from textq.coding.trained.ngrams import NgramVocabulary, count_ngrams, prepare
from textq.coding.trained.weights import NgramWeights, count_roots
from textq.errors import TrainingError
from textq.lexicon.codebook import split_code
from textq.records import NONE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from textq.coding.rules import RulesCoder
    from textq.lexicon.codebook import Codebook
    from textq.records import CodingUnit

    Floats = NDArray[np.float64]
    Integers = NDArray[np.int64]

DECIMALS = 2
"""Weights are kept to so many decimals, so that a model can be read, and made again elsewhere to the same figures."""

NEVER = -500.0
"""The bias of a code without a lesson: it can never be given."""

_MAX_STEPS = 2000
"""Steps of the search for the weights before it is given up."""


@dataclass(frozen=True, slots=True)
class TrainingSpec:
    """How a model is trained; the defaults were chosen by cross-validation over documents.

    Attributes
    ----------
    strength
        Inverse of the L2 penalty, above 0.
    fewest
        Clauses in which an n-gram must stand, at least 1.
    folds
        Parts for cross-fitting, whole documents each, at least 2.
    unsure_weight
        Weight of a clause that its coder was not sure of, in (0, 1].
    abstain_share
        Share of clauses, the least certain, on which the coder is unsure, in [0, 1).
    smallest
        An n-gram whose weights are all below this is left out.
    shares
        Class → its share among the clauses that will be coded, where the lessons were chosen and not drawn; None: that
        of the lessons. The log odds of each class are shifted by ln(share / share among the lessons) (Saerens, Latinne
        and Decaestecker 2002).
    """

    strength: float = 4.0
    fewest: int = 5
    folds: int = 5
    unsure_weight: float = 0.6
    abstain_share: float = 0.15
    smallest: float = 0.05
    shares: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        ranges = {
            "strength": self.strength > 0,
            "fewest": self.fewest >= 1,
            "folds": self.folds >= 2,
            "unsure_weight": 0 < self.unsure_weight <= 1,
            "abstain_share": 0 <= self.abstain_share < 1,
            "smallest": self.smallest >= 0,
            "shares": self.shares is None or all(0 < share < 1 for share in self.shares.values()),
        }
        for name, is_right in ranges.items():
            if not is_right:
                raise TrainingError(
                    f"The {name!r} parameter of TrainingSpec is out of its range. Got {getattr(self, name)}."
                )


@dataclass(frozen=True, slots=True)
class Lesson:
    """A coded clause to learn from.

    Attributes
    ----------
    unit
        The clause.
    code
        ``"instrument/subtype"``, ``"instrument"``, or ``"none"``.
    document
        Clauses of one document are never on both sides of a fold.
    weight
        How much it counts in training, above 0.
    is_sure
        Whether its coder was sure of it.
    is_random
        Whether it was drawn at random from its corpus, so that it may serve to calibrate.
    """

    unit: CodingUnit
    code: str
    document: str
    _: KW_ONLY
    weight: float = 1.0
    is_sure: bool = True
    is_random: bool = True


@dataclass(frozen=True, slots=True)
class Training:
    """A trained model, and what it said about each lesson when the lesson's document was left out.

    ``probabilities`` are lessons × classes, calibrated with the model's calibration.
    """

    model: TrainedModel
    probabilities: Floats


def fit_model(lessons: Sequence[Lesson], name: str, rules: RulesCoder, spec: TrainingSpec | None = None) -> Training:
    """Train a model, and calibrate it by cross-fitting over documents.

    One softmax over all codes, so that class and subtype are learnt together; a class has the sum of its codes'
    probabilities. Where no lesson has a subtype, the model gives none.

    Each n-gram counts as occurrences × (1 + ln(n clauses / clauses with it)) / √(characters).

    Raises
    ------
    TrainingError
        If there are too few lessons, documents or codes, a code is not in the codebook, shares are not those of its
        classes, or no weights are found.
    """
    spec = spec or TrainingSpec()
    codes = _choose_codes(lessons, rules.codebook)
    _check(lessons, codes, spec)
    design = _Design.of(read_units([lesson.unit for lesson in lessons], rules), spec)
    table = _LessonTable.of(lessons, codes, spec)
    scores = _cross_fit(design.matrix, table, _cut_folds(lessons, spec.folds), spec)
    class_of_code = number_classes(codes)
    classes, judged = class_of_code[table.labels], table.judged
    calibration = fit_calibration(scores[judged], classes[judged], class_of_code)
    if spec.shares is not None:
        calibration = _shift(calibration, [spec.shares[name] for name in _list_classes(codes)], classes[judged])
    probabilities = add_up_probabilities(calibrate(scores, calibration, class_of_code), class_of_code)
    coefficients, bias = _fit(design.matrix, table, spec)
    ngrams, dense = design.split(coefficients, spec.smallest)
    model = TrainedModel(
        name=name,
        codes=codes,
        ngrams=ngrams,
        rule_names=name_rule_columns((*rules.codebook.codes, NONE)),
        rules=dense[: design.n_rules],
        shapes=dense[design.n_rules :],
        bias=_round(bias),
        calibration=calibration,
        abstain_below=choose_threshold(probabilities[judged].max(axis=1), spec.abstain_share),
        trained_on=frozenset(lesson.unit.sha256[:16] for lesson in lessons),
    )
    return Training(model, probabilities)


@dataclass(frozen=True, slots=True)
class _LessonTable:
    """Lessons as columns: the position of the code, how much each counts, and whether it serves to calibrate.

    Where no lesson was drawn at random, all serve.
    """

    codes: tuple[str, ...]
    labels: Integers
    weights: Floats
    judged: NDArray[np.bool_]

    @classmethod
    def of(cls, lessons: Sequence[Lesson], codes: tuple[str, ...], spec: TrainingSpec) -> _LessonTable:
        drawn = np.array([lesson.is_random for lesson in lessons])
        return cls(
            codes,
            np.array([codes.index(lesson.code) for lesson in lessons]),
            np.array([lesson.weight * (1 if lesson.is_sure else spec.unsure_weight) for lesson in lessons]),
            drawn if drawn.any() else np.ones(len(lessons), dtype=bool),
        )

    def keep(self, which: Integers) -> _LessonTable:
        return _LessonTable(self.codes, self.labels[which], self.weights[which], self.judged[which])


def _cross_fit(
    matrix: csr_matrix, table: _LessonTable, folds: Sequence[tuple[Integers, Integers]], spec: TrainingSpec
) -> NDArray[np.float32]:
    """Return the scores of each lesson by a model that was trained without its document, lessons × codes."""
    scores = np.zeros((matrix.shape[0], len(table.codes)), dtype=np.float32)
    for inside, outside in folds:
        coefficients, bias = _fit(matrix[inside], table.keep(inside), spec)
        scores[outside] = matrix[outside] @ coefficients + bias
    return scores


def _shift(calibration: Calibration, shares: Sequence[float], classes: Integers) -> Calibration:
    """Return the calibration for clauses in which each class has the share given, from the classes of the lessons."""
    n_of_class = np.maximum(1, np.bincount(classes, minlength=len(shares)))
    wanted = np.array(shares) / sum(shares)
    bias = np.array(calibration.bias) + np.log(wanted / (n_of_class / len(classes)))
    return Calibration(calibration.temperature, tuple(round(one, 4) for one in bias.tolist()))


@dataclass(frozen=True)
class _Design:
    """The matrix of lessons × features, with what turns its coefficients into weights of plain counts."""

    matrix: csr_matrix
    blocks: tuple[tuple[Place, NgramVocabulary, Floats], ...]
    n_rules: int

    @classmethod
    def of(cls, reading: Reading, spec: TrainingSpec) -> _Design:
        from scipy.sparse import csr_matrix, hstack

        blocks, parts = [], []
        for place in PLACES:
            vocabulary, scales, part = _count_place(place, reading.read(place), spec.fewest)
            if vocabulary.ngrams:
                blocks.append((place, vocabulary, scales))
                parts.append(part)
        ruled = tabulate_rules(reading.scores)
        dense = np.hstack([RULES_SCALE * ruled, describe_shapes(reading.units, reading.bodies)])
        matrix = hstack([*parts, csr_matrix(dense)], dtype=np.float64).tocsr()
        return cls(matrix, tuple(blocks), ruled.shape[1])

    def split(self, coefficients: Floats, smallest: float) -> tuple[dict[str, NgramWeights], NDArray[np.float32]]:
        """Return the weights of n-grams by place, without those that hardly count, and those of the other features."""
        ngrams, first = {}, 0
        for place, vocabulary, scales in self.blocks:
            last = first + len(vocabulary.ngrams)
            weights = _round(coefficients[first:last] * scales[:, None])
            kept = np.flatnonzero(np.abs(weights).max(axis=1) >= smallest)
            if len(kept):
                few = NgramVocabulary(tuple(vocabulary.ngrams[at] for at in kept))
                ngrams[place.name] = NgramWeights(few, weights[kept])
            first = last
        dense = coefficients[first:].copy()
        dense[: self.n_rules] *= RULES_SCALE
        return ngrams, _round(dense)


def _count_place(place: Place, texts: Sequence[str], fewest: int) -> tuple[NgramVocabulary, Floats, csr_matrix]:
    from scipy.sparse import diags

    prepared = [prepare(text) for text in texts]
    counts = count_ngrams(prepared, place.longest)
    vocabulary = NgramVocabulary(tuple(sorted(ngram for ngram, n in counts.items() if n >= fewest)))
    n_with = np.array([counts[ngram] for ngram in vocabulary.ngrams], dtype=np.float64)
    scales = place.scale * (1 + np.log(len(texts) / np.maximum(1, n_with)))
    return vocabulary, scales, diags(1 / count_roots(texts)) @ vocabulary.count(texts) @ diags(scales)


def _fit(matrix: csr_matrix, table: _LessonTable, spec: TrainingSpec) -> tuple[Floats, Floats]:
    """Return coefficients (features × codes) and bias; a code without a lesson can never be given."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    n_codes = len(table.codes)
    if (table.labels == table.labels[0]).all():
        raise TrainingError(
            f"Without the documents of one fold all clauses have the code {table.codes[table.labels[0]]}, so that "
            "nothing can be learnt. Code clauses of other codes in more documents."
        )
    regression = LogisticRegression(C=spec.strength, max_iter=_MAX_STEPS, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            regression.fit(matrix, table.labels, sample_weight=table.weights)
        except ConvergenceWarning as error:
            raise TrainingError(
                f"No weights were found in {_MAX_STEPS} steps with a strength of {spec.strength:g}. Lower it."
            ) from error
    coefficients = np.zeros((matrix.shape[1], n_codes))
    bias = np.full(n_codes, NEVER)
    known = regression.classes_
    if len(known) == 2:
        coefficients[:, known[1]], bias[known] = regression.coef_[0], (0.0, regression.intercept_[0])
    else:
        coefficients[:, known], bias[known] = regression.coef_.T, regression.intercept_
    return coefficients, bias


def _cut_folds(lessons: Sequence[Lesson], n_folds: int) -> list[tuple[Integers, Integers]]:
    """Return (inside, outside) of each fold: whole documents, by size, then by name, each to the smallest fold."""
    folds = assign_folds([lesson.document for lesson in lessons], n_folds)
    return [(np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)) for fold in range(n_folds)]


def _round(weights: Floats) -> NDArray[np.float32]:
    return np.round(weights, DECIMALS).astype(np.float32)


def _choose_codes(lessons: Sequence[Lesson], codebook: Codebook) -> tuple[str, ...]:
    """Return the codes of the codebook, or its classes where no lesson has a subtype."""
    if any("/" in lesson.code for lesson in lessons):
        return (*codebook.codes, NONE)
    return codebook.classes


def _check(lessons: Sequence[Lesson], codes: Sequence[str], spec: TrainingSpec) -> None:
    unknown = sorted({lesson.code for lesson in lessons} - set(codes))
    if unknown:
        raise TrainingError(
            f"The codes {', '.join(unknown)} are not among {', '.join(codes)}. Correct them; subtypes are given "
            "for all clauses of an instrument, or for no clause at all."
        )
    n_documents = len({lesson.document for lesson in lessons})
    if n_documents < spec.folds:
        fewer = f", or ask for fewer folds (--folds {n_documents})" if n_documents > 1 else ""
        raise TrainingError(
            f"{n_documents} documents are too few for {spec.folds} folds over documents. Add clauses of others{fewer}."
        )
    if len(_list_classes([lesson.code for lesson in lessons])) < 2:
        raise TrainingError("All clauses have one class, so there is nothing to learn. Code clauses of other classes.")
    if not all(0 < lesson.weight < float("inf") for lesson in lessons):
        raise TrainingError("A clause has a weight that is no number above 0. Correct it.")
    classes = _list_classes(codes)
    if spec.shares is not None and set(spec.shares) != set(classes):
        raise TrainingError(
            f"Shares are needed for each of {', '.join(classes)}. Got {', '.join(sorted(spec.shares)) or 'none'}."
        )


def _list_classes(codes: Sequence[str]) -> tuple[str, ...]:
    """Return the classes of codes, in the order in which they come."""
    return tuple(dict.fromkeys(split_code(code)[0] for code in codes))
