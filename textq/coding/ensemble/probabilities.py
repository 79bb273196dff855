"""Coders that give a probability for every class, and what makes one of a coder that does not."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from textq.coding.arrays import FloatArray, IntArray
from textq.coding.coder import Coder
from textq.coding.rule_scores import RuleScores
from textq.coding.rules import RulesCoder
from textq.errors import ConfigError
from textq.lexicon.codebook import Codebook, split_code
from textq.records import Coding, CodingUnit


class ProbabilityCoder(Coder, Protocol):
    """A coder that says how likely each class is."""

    def probabilities(self, units: Sequence[CodingUnit]) -> FloatArray:
        """Return the probability of each class, of shape (units, classes); rows add up to 1.

        The classes are the instruments in the codebook's order, ``none`` last.
        """

    def code_with_probabilities(self, units: Sequence[CodingUnit]) -> tuple[list[Coding], FloatArray]:
        """Return what :meth:`code` and :meth:`probabilities` return, from one look at the units."""


def share_scores(scores: FloatArray) -> FloatArray:
    """Return the share of each class in the scores of a clause, shape (clauses, classes).

    Without any score, the last class (``none``) gets a half, and the others equal parts of the rest. The shares of a
    lexicon are no probabilities; the pool learns how far they can be trusted.

    Raises
    ------
    ConfigError
        If a score is negative or no number.
    """
    if not np.isfinite(scores).all() or (scores < 0).any():
        raise ConfigError("scores must be numbers of 0 or more: some are negative, infinite or missing.")
    totals = scores.sum(axis=1, keepdims=True)
    n_others = scores.shape[1] - 1
    silent = np.append(np.full(n_others, 0.5 / n_others), 0.5)
    return np.asarray(np.where(totals > 0, scores / np.where(totals > 0, totals, 1.0), silent), dtype=np.float64)


def measure_accuracy(codes: IntArray, gold: IntArray) -> float:
    """Return the share of clauses coded right, with one right and one wrong clause added: never 0 or 1.

    Raises
    ------
    ConfigError
        If the two have not the same length.
    """
    if codes.shape != gold.shape:
        raise ConfigError(
            f"{len(codes)} codes cannot be compared with {len(gold)} gold codes. Give one for each clause."
        )
    return float((np.sum(codes == gold) + 1) / (len(gold) + 2))


def smooth_one_hot(codes: IntArray, n_classes: int, accuracy: float) -> FloatArray:
    """Return ``accuracy`` for the class of each clause, and the rest in equal parts for the others.

    Raises
    ------
    ConfigError
        If ``accuracy`` does not lie between 0 and 1, or a code is no class.
    """
    if not 0 < accuracy < 1:
        raise ConfigError(f"The 'accuracy' parameter must lie between 0 and 1, without both. Got {accuracy!r} instead.")
    if len(codes) and not (codes.min() >= 0 and codes.max() < n_classes):
        raise ConfigError(f"codes must be numbers from 0 to {n_classes - 1}. Got {codes.min()} to {codes.max()}.")
    smoothed = np.full((len(codes), n_classes), (1 - accuracy) / max(n_classes - 1, 1))
    smoothed[np.arange(len(codes)), codes] = accuracy
    return smoothed


class SharesCoder:
    """Makes the rules coder one that gives probabilities: the share of each instrument in the scores of a clause."""

    def __init__(self, rules: RulesCoder) -> None:
        self.rules = rules

    @property
    def coder_id(self) -> str:
        """The id of the rules coder."""
        return self.rules.coder_id

    @property
    def codebook(self) -> Codebook:
        """The codebook of the rules coder."""
        return self.rules.codebook

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return the codings of the rules coder."""
        return self.rules.code(units)

    def probabilities(self, units: Sequence[CodingUnit]) -> FloatArray:
        """Return the shares of the classes, of shape (units, classes)."""
        return self._share(self.rules.score(units))

    def code_with_probabilities(self, units: Sequence[CodingUnit]) -> tuple[list[Coding], FloatArray]:
        """Return the codings of the rules coder, and the shares of the classes."""
        scores = self.rules.score(units)
        return list(self.rules.code_scored(units, scores)), self._share(scores)

    def _share(self, scores: RuleScores) -> FloatArray:
        options = self.rules.options
        of_codes = scores.in_text + options.stem * scores.in_stem + options.heading * scores.in_heading
        classes = self.codebook.classes
        belongs = [[split_code(code)[0] == name for name in classes] for code in scores.codes]
        return share_scores(of_codes @ np.array(belongs, dtype=np.float64))


class OneHotCoder:
    """Makes a coder that gives one class (a language model, a person) one that gives probabilities.

    ``accuracy`` is the share of gold clauses that it coded right (see :func:`measure_accuracy`). What the coder itself
    states as its confidence is not used: it is not calibrated.
    """

    def __init__(self, coder: Coder, accuracy: float) -> None:
        self._coder = coder
        self._accuracy = accuracy
        self._places = {name: place for place, name in enumerate(coder.codebook.classes)}

    @property
    def coder_id(self) -> str:
        """The id of the coder itself."""
        return self._coder.coder_id

    @property
    def codebook(self) -> Codebook:
        """The codebook of the coder itself."""
        return self._coder.codebook

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return the codings of the coder itself."""
        return self._coder.code(units)

    def probabilities(self, units: Sequence[CodingUnit]) -> FloatArray:
        """Return the classes of the coder, smoothed by its accuracy, of shape (units, classes)."""
        return self.code_with_probabilities(units)[1]

    def code_with_probabilities(self, units: Sequence[CodingUnit]) -> tuple[list[Coding], FloatArray]:
        """Return the codings of the coder itself, and its classes smoothed by its accuracy."""
        codings = self._coder.code(units)
        codes = np.array([self._places[coding.instrument] for coding in codings], dtype=np.intp)
        return codings, smooth_one_hot(codes, len(self._places), self._accuracy)
