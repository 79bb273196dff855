"""Why a trained model gave a code: the stretches of text and the context that spoke for it against the next best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textq.coding.trained.features import PLACES, SHAPES
from textq.coding.trained.stretches import DECIMALS, SMALLEST, cut_stretches
from textq.coding.trained.weights import count_roots

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from textq.coding.rule_scores import EntryColumns, RuleScores
    from textq.coding.trained.features import Reading
    from textq.coding.trained.model import TrainedModel
    from textq.coding.trained.weights import NgramWeights
    from textq.records import CodingUnit, Span

    _Floats = NDArray[np.floating]
    _Integers = NDArray[np.int64]

N_CONTEXT = 3
"""At most so many things outside a text are shown."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What spoke for a code: stretches of the text in their order, and names of what stood outside it."""

    spans: tuple[Span, ...]
    context: tuple[str, ...]


def explain(
    reading: Reading, codes: _Integers, rivals: _Integers, model: TrainedModel, entries: EntryColumns
) -> list[Reason]:
    """Return a reason for each unit, given the positions of its code and of the rival it won against.

    Each feature adds value × (weight of the code − weight of the rival) to the log odds of the two, before
    calibration. The stretches of the text are those of `cut_stretches`, each with its sum; the context says what
    the other features add, the largest first. What spoke against the code is not shown.
    """
    stretches = cut_stretches(
        reading.texts, add_up_characters(reading, codes, rivals, model, entries), reading.scores.matches
    )
    context = _name_largest(*add_up_context(reading, codes, rivals, model))
    return [Reason(spans, names) for spans, names in zip(stretches, context, strict=True)]


def add_up_characters(
    reading: Reading, codes: _Integers, rivals: _Integers, model: TrainedModel, entries: EntryColumns
) -> _Floats:
    """Return what each character of the texts, one behind the other, adds to the log odds of code and rival.

    What an n-gram or a term adds is spread evenly over its characters.
    """
    pushes = _Pushes(reading.units)
    for place in PLACES:
        if place.name in model.ngrams and place.is_in_text:
            pushes.add_ngrams(reading.read(place), reading.find_starts(place), model.ngrams[place.name], codes, rivals)
    pushes.add_terms(reading.scores, entries, _compare_rules(reading, codes, rivals, model))
    return pushes.add_up()


def add_up_context(
    reading: Reading, codes: _Integers, rivals: _Integers, model: TrainedModel
) -> tuple[list[str], _Floats]:
    """Return what else adds to the log odds of code and rival, but for the bias: names, and units × names."""
    rows = np.arange(len(reading.units))
    columns: dict[str, _Floats] = {}
    for place in PLACES:
        if place.name in model.ngrams and not place.is_in_text:
            sums = model.ngrams[place.name].add_up(reading.read(place))
            columns[place.name] = sums[rows, codes] - sums[rows, rivals]
    of_rules = _compare_rules(reading, codes, rivals, model)
    for name, prefixes in _RULE_CONTEXT.items():
        columns[name] = of_rules[:, [column.startswith(prefixes) for column in model.rule_names]].sum(axis=1)
    shapes = reading.shapes
    for at, (name, _) in enumerate(SHAPES):
        columns[name] = shapes[:, at] * (model.shapes[at, codes] - model.shapes[at, rivals])
    return list(columns), np.stack(list(columns.values()), axis=1)


_RULE_CONTEXT = {
    "terms in the stem": ("stem:",),
    "terms in the heading": ("heading:",),
    "balance of the terms": ("share:", "winner:"),
    "no term found": ("nothing",),
}
"""The columns of the lexicon's evidence that no place in the text stands for."""


def _compare_rules(reading: Reading, codes: _Integers, rivals: _Integers, model: TrainedModel) -> _Floats:
    """Return what each column of the lexicon's evidence adds to the log odds, units × columns."""
    differences: _Floats = (model.rules[:, codes] - model.rules[:, rivals]).T
    return differences * reading.rules


class _Pushes:
    """What each character of a batch of texts adds to the log odds; the texts stand one behind the other."""

    def __init__(self, units: Sequence[CodingUnit]) -> None:
        lengths = np.fromiter((len(unit.text) for unit in units), dtype=np.int64, count=len(units))
        self._firsts = np.cumsum(lengths) - lengths
        self._steps = np.zeros(int(lengths.sum()) + 1)

    def add_ngrams(
        self, texts: Sequence[str], begins: _Integers, place: NgramWeights, codes: _Integers, rivals: _Integers
    ) -> None:
        """Add the n-grams of a place whose texts begin at ``begins`` of the clauses' own texts."""
        firsts = self._firsts + begins
        roots = count_roots(texts)
        for owners, starts, ngrams, length in place.vocabulary.search(texts):
            differences = place.weights[ngrams, codes[owners]] - place.weights[ngrams, rivals[owners]]
            begin = firsts[owners] + starts
            self._spread(begin, begin + length, differences / roots[owners] / length)

    def add_terms(self, scores: RuleScores, entries: EntryColumns, of_rules: _Floats) -> None:
        """Add the lexicon's terms: each gets its part of what its code adds by its evidence in the text."""
        table = scores.matches
        code, weight = entries.code[table.entry], entries.weight[table.entry]
        values = of_rules[table.text, code] * weight / scores.in_text[table.text, code]
        self._spread(self._firsts[table.text] + table.start, self._firsts[table.text] + table.end, values)

    def add_up(self) -> _Floats:
        """Return what each character adds."""
        return np.round(np.cumsum(self._steps)[:-1], DECIMALS)

    def _spread(self, starts: _Integers, ends: _Integers, values: _Floats) -> None:
        """Add a value to each character of each ``[start, end)``."""
        size = len(self._steps)
        self._steps += np.bincount(starts, weights=values, minlength=size)
        self._steps -= np.bincount(ends, weights=values, minlength=size)


def _name_largest(names: Sequence[str], values: _Floats) -> list[tuple[str, ...]]:
    """Return the largest contributions of each unit by name, strongest first: ``"stem +0.8"``."""
    order = np.argsort(-values, axis=1, kind="stable")[:, :N_CONTEXT]
    largest = np.take_along_axis(values, order, axis=1)
    return [
        tuple(f"{names[at]} {value:+.1f}" for at, value in zip(positions, row, strict=True) if value >= SMALLEST)
        for positions, row in zip(order.tolist(), largest.tolist(), strict=True)
    ]
