"""Simulated coders of known skill, whose best pool is known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textq.coding.arrays import FloatArray, IntArray
from textq.lexicon.codebook import Codebook, Instrument, Label, Subtype
from textq.records import Coding, CodingUnit, Span

LABEL = Label("类", "class")
CODEBOOK = Codebook(
    name="tiny",
    version="3",
    language="en",
    instruments=(
        Instrument("money", LABEL, "d", (Subtype("aid", LABEL, "d"), Subtype("loan", LABEL, "d"))),
        Instrument("law", LABEL, "d"),
        Instrument("fairs", LABEL, "d"),
    ),
    decision=(),
    rules=(),
    none=Instrument("none", LABEL, "nothing"),
)
CLASSES = ("money", "law", "fairs", "none")
N = len(CLASSES)


def draw_gold(random: np.random.Generator, n: int) -> IntArray:
    return random.integers(0, N, n)


def simulate(random: np.random.Generator, gold: IntArray, skill: float) -> FloatArray:
    """Return the probabilities of a coder that sees each class' signal with noise, and is calibrated.

    x_k = skill·[k = gold] + ε_k with ε ~ N(0, 1), and classes equally likely, so the probability of k is proportional
    to exp(skill·x_k). Of independent coders, the product of their probabilities is the best pool: exponents of 1.
    """
    signal = skill * np.eye(N)[gold] + random.standard_normal((len(gold), N))
    powers = np.exp(skill * signal)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def simulate_useless(random: np.random.Generator, n: int) -> FloatArray:
    """Return the probabilities of a coder that is confident, and knows nothing."""
    return random.dirichlet(np.full(N, 0.3), n)


@dataclass
class FixedCoder:
    """A coder whose probabilities are given, a row a unit by its number; its code is the likeliest class."""

    coder_id: str
    rows: FloatArray
    codebook: Codebook = CODEBOOK
    subtype: str | None = None

    def probabilities(self, units: Sequence[CodingUnit]) -> FloatArray:
        return self.rows[[int(unit.clause_id) for unit in units]]

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        return [self._code(unit, int(row.argmax())) for unit, row in zip(units, self.probabilities(units), strict=True)]

    def code_with_probabilities(self, units: Sequence[CodingUnit]) -> tuple[list[Coding], FloatArray]:
        rows = self.probabilities(units)
        pairs = zip(units, rows, strict=False)  # a test gives a coder with too few rows
        return [self._code(unit, int(row.argmax())) for unit, row in pairs], rows

    def _code(self, unit: CodingUnit, place: int) -> Coding:
        return Coding(
            clause_id=unit.clause_id,
            clause_sha256=unit.sha256,
            coder_id=self.coder_id,
            codebook_version=self.codebook.edition,
            instrument=CLASSES[place],
            subtype=self.subtype,
            secondary=None,
            evidence=(Span(0, 1, self.coder_id),),
            confidence=0.5,
            context=(self.coder_id,),
        )


def make_units(n: int) -> list[CodingUnit]:
    return [CodingUnit(str(number), "text") for number in range(n)]
