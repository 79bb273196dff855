"""A linear model of codes: weights of features, calibrated probabilities, and the coder that applies it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from textq.coding.rule_scores import list_entries
from textq.coding.trained.calibration import Calibration, add_up_probabilities, calibrate
from textq.coding.trained.explain import explain
from textq.coding.trained.features import PLACES, number_classes, read_units
from textq.lexicon.codebook import split_code
from textq.records import Coding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    from textq.coding.rule_scores import EntryColumns
    from textq.coding.rules import RulesCoder
    from textq.coding.trained.features import Reading
    from textq.coding.trained.weights import NgramWeights
    from textq.lexicon.codebook import Codebook
    from textq.records import CodingUnit

    Floats = NDArray[np.float32]

SECONDARY = 0.25
"""The probability from which on the second instrument is noted as secondary."""

_BATCH = 6_000
"""Units that are coded together, so that memory stays bounded and texts stay in the processor's cache."""


@dataclass(frozen=True)
class TrainedModel:
    """What training yields; with a lexicon and a codebook it codes clauses (`TrainedCoder`).

    Attributes
    ----------
    name
        How the model is called.
    codes
        Every code it gives, in the codebook's order, ``none`` last: with subtypes, or instruments alone. Columns of
        all weights.
    ngrams
        By place (`PLACES`); a place without n-grams is absent.
    rule_names
        The rows of ``rules``, as `name_rule_columns` gives them.
    rules, shapes : (features, codes)
        Weights of the columns of `tabulate_rules` and `describe_shapes`.
    bias : (codes,)
        The score of a clause that shows nothing.
    calibration
        Found by cross-fitting over documents.
    abstain_below
        Below this probability the coder is unsure.
    trained_on
        The first 16 hex digits of the SHA-256 of each clause's text used in training.
    """

    name: str
    codes: tuple[str, ...]
    ngrams: Mapping[str, NgramWeights]
    rule_names: tuple[str, ...]
    rules: Floats
    shapes: Floats
    bias: Floats
    calibration: Calibration
    abstain_below: float
    trained_on: frozenset[str] = frozenset()

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The instruments in order, ``none`` last."""
        return tuple(dict.fromkeys(split_code(code)[0] for code in self.codes))

    @cached_property
    def class_of_code(self) -> NDArray[np.int64]:
        """The position of each code's class."""
        return number_classes(self.codes)

    def score(self, units: Sequence[CodingUnit], rules: RulesCoder) -> Floats:
        """Return the scores (log odds up to a constant) of units × codes."""
        return self.score_reading(read_units(units, rules))

    def score_reading(self, reading: Reading) -> Floats:
        """Return what `score` returns; the scores of a clause do not depend on those beside it, to the last bit."""
        scores: Floats = _drop_zeros(reading.rules) @ self.rules + self.bias
        scores += _drop_zeros(reading.shapes) @ self.shapes
        for place in PLACES:
            if place.name in self.ngrams:
                scores += self.ngrams[place.name].add_up(reading.read(place))
        return scores

    def calibrate(self, scores: Floats) -> NDArray[np.float64]:
        """Return the probability of each code, units × codes; rows add to 1."""
        return calibrate(scores, self.calibration, self.class_of_code)


def _drop_zeros(table: Floats) -> csr_matrix:
    """Return a table as a sparse matrix, a product with which does not depend on the rows beside a row."""
    from scipy.sparse import csr_matrix

    found = table != 0
    cells = np.flatnonzero(found)
    bounds = np.append(0, np.cumsum(np.count_nonzero(found, axis=1)))
    return csr_matrix((table.ravel()[cells], cells % table.shape[1], bounds), shape=table.shape)


@dataclass(frozen=True)
class TrainedCoder:
    """Codes clauses by a trained model, with its strongest features as evidence."""

    model: TrainedModel
    rules: RulesCoder
    version: str

    @property
    def coder_id(self) -> str:
        """Which coder this is in a codings table, such as ``"model:full@1f0c53aa"``."""
        return f"model:{self.model.name}@{self.version}"

    @property
    def codebook(self) -> Codebook:
        """The codes it gives."""
        return self.rules.codebook

    def knows(self, sha256: str) -> bool:
        """Tell whether a clause whose text has this SHA-256 was part of the training."""
        return sha256[:16] in self.model.trained_on

    def probabilities(self, units: Sequence[CodingUnit]) -> NDArray[np.float64]:
        """Return the probability of each class, units × classes (instruments in order, none last)."""
        parts = [
            add_up_probabilities(self._give_codes(one), self.model.class_of_code) for one in self._read_batches(units)
        ]
        return np.concatenate([np.zeros((0, len(self.model.classes))), *parts])

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return one coding a unit, in their order.

        ``evidence`` are the stretches of the text that spoke most for the code against the next best class, with what
        each added to the log odds; ``context`` what spoke for it outside the text.
        """
        return self.code_with_probabilities(units)[0]

    def code_with_probabilities(self, units: Sequence[CodingUnit]) -> tuple[list[Coding], NDArray[np.float64]]:
        """Return what `code` and `probabilities` return, from one look at the units."""
        codings: list[Coding] = []
        parts = [np.zeros((0, len(self.model.classes)))]
        for reading in self._read_batches(units):
            of_codes = self._give_codes(reading)
            parts.append(add_up_probabilities(of_codes, self.model.class_of_code))
            codings.extend(self._code(reading, of_codes, parts[-1]))
        return codings, np.concatenate(parts)

    def _read_batches(self, units: Sequence[CodingUnit]) -> Iterator[Reading]:
        return (read_units(units[at : at + _BATCH], self.rules) for at in range(0, len(units), _BATCH))

    def _give_codes(self, reading: Reading) -> NDArray[np.float64]:
        """Return the probability of each code, units × codes."""
        return self.model.calibrate(self.model.score_reading(reading))

    @cached_property
    def _entries(self) -> EntryColumns:
        return list_entries(self.rules.lexicon, self.codebook)

    def _code(
        self, reading: Reading, of_codes: NDArray[np.float64], of_classes: NDArray[np.float64]
    ) -> Iterator[Coding]:
        verdicts = self._judge(of_codes, of_classes)
        reasons = explain(reading, verdicts.code, verdicts.rival, self.model, self._entries)
        names = [split_code(code) for code in self.model.codes]
        coder_id, edition = self.coder_id, self.codebook.edition
        decided = zip(
            *(column.tolist() for column in (verdicts.code, verdicts.secondary, verdicts.probability)), strict=True
        )
        for unit, (code, secondary, probability), reason in zip(reading.units, decided, reasons, strict=True):
            yield Coding(
                clause_id=unit.clause_id,
                clause_sha256=unit.sha256,
                coder_id=coder_id,
                codebook_version=edition,
                instrument=names[code][0],
                subtype=names[code][1],
                secondary=None if secondary < 0 else self.model.codes[secondary],
                evidence=reason.spans,
                confidence=probability,
                context=reason.context,
                unsure=probability < self.model.abstain_below,
            )

    def _judge(self, of_codes: NDArray[np.float64], of_classes: NDArray[np.float64]) -> _Verdicts:
        """Return the best code of the best class, and the best code of the next class."""
        rows = np.arange(len(of_codes))
        best, second = np.argsort(-of_classes, axis=1, kind="stable")[:, :2].T
        code, rival = (
            np.where(self.model.class_of_code == one[:, None], of_codes, -1.0).argmax(axis=1) for one in (best, second)
        )
        none = len(self.model.classes) - 1
        noted = (of_classes[rows, second] >= SECONDARY) & (best != none) & (second != none)
        return _Verdicts(code, rival, np.where(noted, rival, -1), np.round(of_classes[rows, best], 4))


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """Positions of the codes given, of their rivals, of the secondary codes (or -1); the probability of the classes."""

    code: NDArray[np.int64]
    rival: NDArray[np.int64]
    secondary: NDArray[np.int64]
    probability: NDArray[np.float64]
