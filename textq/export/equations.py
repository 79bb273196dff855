"""What a program in another language must know to estimate a study again and to compare its numbers with textq's."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from textq.export.columns import Column

TOLERANCE = "1e-6"
"""A number agrees if it is as near as this share of itself, or of its standard error where that is larger."""

PAIR = "pair_id"
PERIOD = "period"
UNITS = ("unit_i", "unit_j")

ErrorKind = Literal["iid", "hc1", "pair", "twoway"]
"""Covariances that other programs have: classical, robust, clustered by pair, and by the one and by the other unit."""

Program = Literal["fixest", "reghdfe"]
"""Those whose small-sample corrections are used; ``lm`` and ``xtreg`` are compared with the same numbers."""

KINDS: Mapping[Program, tuple[ErrorKind, ...]] = {
    "fixest": ("iid", "pair"),
    "reghdfe": ("iid", "hc1", "pair", "twoway"),
}
"""The covariances that are compared with each."""


@dataclass(frozen=True, slots=True)
class Term:
    """A regressor of an equation and what textq found.

    Attributes
    ----------
    column
        The name of its variable.
    estimate, std_error
        As the tables print them.
    errors
        Standard errors under covariances that other programs have, with the corrections that they use.
    """

    column: str
    estimate: float
    std_error: float
    errors: Mapping[tuple[Program, ErrorKind], float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation.

    Attributes
    ----------
    name
        What it is called.
    terms
        Its regressors.
    nobs
        Rows used.
    vcov
        The covariance that the tables print, in full: its kind, the columns that it goes by, the correction.
    compared
        Under which of the covariances of a program the errors are those of the tables, corrections and all; none
        where the program does not have them.
    """

    name: str
    terms: tuple[Term, ...]
    nobs: int
    vcov: str
    compared: Mapping[Program, ErrorKind] = field(default_factory=dict)

    def list_errors(self, program: Program) -> tuple[ErrorKind, ...]:
        """Return the covariances under which there are standard errors to compare with a program."""
        return tuple(kind for kind in KINDS[program] if all((program, kind) in term.errors for term in self.terms))


@dataclass(frozen=True, slots=True)
class Effect:
    """An absorbed effect: the columns whose combinations have a coefficient each, and how many of them there are."""

    columns: tuple[str, ...]
    n_levels: int


@dataclass(frozen=True, slots=True)
class Replication:
    """All equations of a study, on one panel.

    Attributes
    ----------
    run_id
        Of the run that they are from.
    lang
        The language of the labels, "en" or "zh".
    outcome
        The name of its variable.
    columns
        Of panel.dta, in its order.
    only_stata
        The sources of those that panel.csv does not have.
    effects
        The same for all equations.
    equations
        Those with the numbers to compare.
    refused
        Absorbed effects that no program can be told in columns; then nothing is estimated again.
    """

    run_id: str
    lang: str
    outcome: str
    columns: tuple[Column, ...]
    only_stata: tuple[str, ...]
    effects: tuple[Effect, ...]
    equations: tuple[Equation, ...]
    refused: tuple[str, ...] = ()

    @property
    def other_lang(self) -> str:
        """The other language of the labels."""
        return "zh" if self.lang == "en" else "en"


def show_exactly(value: float, missing: str) -> str:
    """Return a number with all its digits, so that reading it gives the same number; ``missing`` for no number."""
    return repr(float(value)) if math.isfinite(value) else missing


def list_covariances(equations: Iterable[Equation]) -> str:
    """Return the covariances that the tables print for some equations, each once."""
    return "; ".join(dict.fromkeys(" ".join(equation.vcov.split()) for equation in equations))


def break_lines(words: Sequence[str], *, first: str, then: str, width: int, end: str = "") -> list[str]:
    """Return words joined by blanks in lines of at most ``width`` characters; ``end`` closes all lines but the last."""
    lines, line = [], first
    for word in words:
        if line not in (first, then) and len(line) + 1 + len(word) + len(end) > width:
            lines.append(line + end)
            line = then
        line += word if line in (first, then) else f" {word}"
    return [*lines, line]
