"""What a trained coder sees of a clause: characters in several places, the lexicon's evidence, and its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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

    ``read`` takes a unit and the offset of its body (behind its own number); ``is_in_text`` tells whether what it
    returns is part of the clause's text.
    """

    name: str
    longest: int
    scale: float
    read: Callable[[CodingUnit, int], str]
    is_in_text: bool

    def find_start(self, unit: CodingUnit, body: int) -> int:
        """Return the offset in the clause's text at which the place begins."""
        return len(unit.text) - len(self.read(unit, body)) if self.name == "closing" else body


PLACES: tuple[Place, ...] = (
    Place("text", 3, 0.25, lambda unit, body: unit.text[body:], is_in_text=True),
    Place("opening", 3, 0.1, lambda unit, body: unit.text[body : body + _EDGE], is_in_text=True),
    Place("closing", 3, 0.1, lambda unit, body: unit.text[body:][-_EDGE:], is_in_text=True),
    Place("heading", 2, 0.12, lambda unit, _: unit.heading, is_in_text=False),
    Place("stem", 2, 0.18, lambda unit, _: unit.stem, is_in_text=False),
)
"""The places where n-grams are read, the clause itself first."""

RULES_SCALE = 1.0
"""How much the lexicon's evidence counts in training."""

PLACE_FACTORS = (1.0, 0.75, 0.5)
"""How much the lexicon's evidence counts in a class's share of it: in the text, the stem, the headings."""

_COLONS = ("：", ":")

SHAPES: tuple[tuple[str, Callable[[Sequence[CodingUnit], NDArray[np.int64]], NDArray[Any]]], ...] = (
    ("length", lambda units, bodies: np.log1p(np.array([len(unit.text) for unit in units]) - bodies) / 4),
    ("numbered article", lambda units, bodies: (bodies > 0) & _are_articles(units)),
    ("numbered item", lambda units, bodies: (bodies > 0) & ~_are_articles(units)),
    ("has a stem", lambda units, _: np.array([unit.stem != "" for unit in units])),
    ("has a heading", lambda units, _: np.array([unit.heading != "" for unit in units])),
    ("ends with a colon", lambda units, _: np.array([unit.text.rstrip()[-1:] in _COLONS for unit in units])),
)
"""What is counted of clauses beside their words: a name, and a number of about 0 to 1 a clause."""


def _are_articles(units: Sequence[CodingUnit]) -> NDArray[np.bool_]:
    return np.array([unit.text.lstrip()[:1] == "第" for unit in units], dtype=bool)


@dataclass(frozen=True, slots=True)
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
    bodies: Sequence[int]
    scores: RuleScores

    def read(self, place: Place) -> list[str]:
        """Return what stands in a place of each clause."""
        return [place.read(unit, body) for unit, body in zip(self.units, self.bodies, strict=True)]

    def find_starts(self, place: Place) -> list[int]:
        """Return the offset in each clause's text at which a place of the text begins."""
        return [place.find_start(unit, body) for unit, body in zip(self.units, self.bodies, strict=True)]


def read_units(units: Sequence[CodingUnit], rules: RulesCoder) -> Reading:
    """Return what is found out about units."""
    return Reading(units, find_bodies([unit.text for unit in units]), rules.score(units))


def describe_shapes(units: Sequence[CodingUnit], bodies: Sequence[int]) -> NDArray[np.float32]:
    """Return units × `SHAPES`."""
    if not units:
        return np.zeros((0, len(SHAPES)), dtype=np.float32)
    starts = np.array(bodies, dtype=np.int64)
    return np.stack([read(units, starts) for _, read in SHAPES], axis=1).astype(np.float32)


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
    return np.hstack([*map(np.log1p, places), shares, winners, totals == 0]).astype(np.float32)


def number_classes(codes: Sequence[str]) -> NDArray[np.int64]:
    """Return the position of each code's class (its instrument, or ``none``) among the classes in their order."""
    names = [split_code(code)[0] for code in codes]
    positions = {name: at for at, name in enumerate(dict.fromkeys(names))}
    return np.array([positions[name] for name in names])


def add_up_classes(of_codes: NDArray[np.float64], class_of_code: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return units × classes from units × codes: each class the sum of its codes."""
    n_classes = int(class_of_code.max()) + 1
    return np.stack([of_codes[:, class_of_code == at].sum(axis=1) for at in range(n_classes)], axis=1)
