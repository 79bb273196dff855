"""What a trained coder sees of a clause: characters in several places, the lexicon's evidence, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from textq.lexicon.chunk import find_bodies
from textq.lexicon.codebook import split_code

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from textq.coding.rule_scores import RuleScores
    from textq.coding.rules import RulesCoder
    from textq.records import CodingUnit

_EDGE = 8
"""Characters of a clause that are its opening, and its closing."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where n-grams of characters are read: a name, the longest n-gram, and how much the place counts in training.

    ``read`` returns what stands there in each clause; ``is_in_text`` tells whether that is part of the clause's text.
    """

    name: str
    longest: int
    scale: float
    read: Callable[[Reading], list[str]]
    is_in_text: bool


PLACES: tuple[Place, ...] = (
    Place("text", 3, 0.25, lambda reading: reading.behind_numbers, is_in_text=True),
    Place("opening", 3, 0.1, lambda reading: [text[:_EDGE] for text in reading.behind_numbers], is_in_text=True),
    Place("closing", 3, 0.1, lambda reading: [text[-_EDGE:] for text in reading.behind_numbers], is_in_text=True),
    Place("heading", 2, 0.12, lambda reading: [unit.heading for unit in reading.units], is_in_text=False),
    Place("stem", 2, 0.18, lambda reading: [unit.stem for unit in reading.units], is_in_text=False),
)
"""The places where n-grams are read, the clause itself first."""

RULES_SCALE = 1.0
"""How much the lexicon's evidence counts in training."""

PLACE_FACTORS = (1.0, 0.75, 0.5)
"""How much the lexicon's evidence counts in a class's share of it: in the text, the stem, the headings."""

_COLONS = ("：", ":")


@dataclass(frozen=True, slots=True)
class _Shown:
    """Clauses and their texts, with where their bodies begin, and the first character of the number before each."""

    units: Sequence[CodingUnit]
    texts: Sequence[str]
    bodies: NDArray[np.int64]
    marks: Sequence[str]


SHAPES: tuple[tuple[str, Callable[[_Shown], NDArray[np.floating] | list[bool]]], ...] = (
    ("length", lambda shown: np.log1p(count_characters(shown.texts) - shown.bodies) / 4),
    ("numbered article", lambda shown: [mark == "第" for mark in shown.marks]),
    ("numbered item", lambda shown: [mark not in ("", "第") for mark in shown.marks]),
    ("has a stem", lambda shown: [unit.stem != "" for unit in shown.units]),
    ("has a heading", lambda shown: [unit.heading != "" for unit in shown.units]),
    ("ends with a colon", lambda shown: [text.rstrip().endswith(_COLONS) for text in shown.texts]),
)
"""What is counted of clauses beside their words: a name, and a number of about 0 to 1 a clause."""


@dataclass(frozen=True)
class Reading:
    """What is found out once about units, and used for scores and reasons alike.

    Attributes
    ----------
    units
        The clauses.
    bodies
        Where each begins behind its own number.
    scores
        What the lexicon found.
    """

    units: Sequence[CodingUnit]
    bodies: NDArray[np.int64]
    scores: RuleScores

    def read(self, place: Place) -> list[str]:
        """Return what stands in a place of each clause."""
        return place.read(self)

    def find_starts(self, place: Place) -> NDArray[np.int64]:
        """Return the offset in each clause's text at which a place of the text begins."""
        if place.name != "closing":
            return self.bodies
        return count_characters(self.texts) - count_characters(self.read(place))

    @cached_property
    def texts(self) -> list[str]:
        """The texts of the clauses."""
        return [unit.text for unit in self.units]

    @cached_property
    def behind_numbers(self) -> list[str]:
        """The texts without the numbers of the clauses."""
        return [text[body:] for text, body in zip(self.texts, self.bodies.tolist(), strict=True)]

    @cached_property
    def rules(self) -> NDArray[np.float32]:
        """What the lexicon's evidence comes to: units × `name_rule_columns`."""
        return tabulate_rules(self.scores)

    @cached_property
    def shapes(self) -> NDArray[np.float32]:
        """What is counted beside words: units × `SHAPES`."""
        return describe_shapes(self.units, self.bodies)


def read_units(units: Sequence[CodingUnit], rules: RulesCoder) -> Reading:
    """Return what is found out about units."""
    bodies = np.array(find_bodies([unit.text for unit in units]), dtype=np.int64)
    return Reading(units, bodies, rules.score(units, bodies))


def describe_shapes(units: Sequence[CodingUnit], bodies: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return units × `SHAPES`."""
    texts = [unit.text for unit in units]
    marks = [text[:body].strip()[:1] for text, body in zip(texts, bodies.tolist(), strict=True)]
    shown = _Shown(units, texts, bodies, marks)
    table = np.empty((len(units), len(SHAPES)), dtype=np.float32)
    for at, (_, describe) in enumerate(SHAPES):
        table[:, at] = describe(shown)
    return table


def count_characters(texts: Sequence[str]) -> NDArray[np.int64]:
    """Return the length of each text."""
    return np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))


def name_rule_columns(codes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns of `tabulate_rules`, for every code in order, ``none`` last."""
    classes = dict.fromkeys(split_code(code)[0] for code in codes)
    return (
        *(f"{place}:{code}" for place in ("text", "stem", "heading") for code in codes),
        *(f"share:{name}" for name in classes),
        *(f"winner:{name}" for name in classes),
        "nothing found",
    )


def tabulate_rules(scores: RuleScores) -> NDArray[np.float32]:
    """Return units × `name_rule_columns` from the scores of the lexicon.

    For each code ln(1 + weighted characters) in the text, the stem and the headings; for each class its share of
    all evidence, and 1 for the class with most of it; 1 where nothing was found.
    """
    places = (scores.in_text, scores.in_stem, scores.in_heading)
    in_all = np.einsum("p,puc->uc", PLACE_FACTORS, np.stack(places))
    of_classes = add_up_classes(in_all, number_classes(scores.codes))
    totals = of_classes.sum(axis=1, keepdims=True)
    shares = np.divide(of_classes, totals, out=np.zeros_like(of_classes), where=totals > 0)
    winners = (np.arange(shares.shape[1]) == shares.argmax(axis=1)[:, None]) & (totals > 0)
    logs = (np.log1p(place, out=np.zeros_like(place), where=place > 0) for place in places)
    return np.hstack([*logs, shares, winners, totals == 0], dtype=np.float32)


def number_classes(codes: Sequence[str]) -> NDArray[np.int64]:
    """Return the position of each code's class (its instrument, or ``none``) among the classes in their order."""
    names = [split_code(code)[0] for code in codes]
    positions = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([positions[name] for name in names])


def add_up_classes(of_codes: NDArray[np.float64], class_of_code: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return units × classes from units × codes: each class the sum of its codes."""
    n_classes = int(class_of_code.max()) + 1
    return np.stack([of_codes[:, class_of_code == at].sum(axis=1) for at in range(n_classes)], axis=1)
