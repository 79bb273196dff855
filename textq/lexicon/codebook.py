"""The codebook: which codes there are, what each means, and how borderline clauses are decided."""

from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from textq.records import NONE, join_code

ExampleKind = Literal["positive", "negative", "border"]
"""What an example shows of its place: that it belongs there, that it does not, or what decides a doubtful clause."""


@dataclass(frozen=True, slots=True)
class Example:
    """A clause with the code it gets: ``"instrument/subtype"``, ``"instrument"`` or ``"none"``.

    ``kind`` is what the codebook states that it shows, None where the code tells; ``stem`` and ``heading`` are the
    context it is coded in.
    """

    text: str
    code: str
    kind: ExampleKind | None = None
    stem: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Label:
    """How a code is called in Chinese and in English; either may be empty, not both."""

    zh: str
    en: str

    def in_language(self, lang: str) -> str:
        """Return the Chinese one for ``"zh"``, else the English one; where it is empty, the other."""
        return (self.zh or self.en) if lang == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Subtype:
    """A finer kind of an instrument, with what belongs to it, what does not, and clauses of either kind."""

    name: str
    label: Label
    definition: str
    includes: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """A class at the first level of the codebook, with its subtypes in their order."""

    name: str
    label: Label
    definition: str
    subtypes: tuple[Subtype, ...] = ()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule for borderline clauses, with clauses decided by it."""

    statement: str
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True)
class Codebook:
    """A versioned set of codes with their rules. ``none`` is built in and needs no entry.

    Attributes
    ----------
    name, version, language
        What it is called, which edition it is, and the language (BCP 47) of the clauses it is for.
    instruments
        The classes in the codebook's order, which decides ties.
    decision
        The questions a coder asks, in the order in which they are asked.
    rules
        Rules for borderline clauses.
    none
        What ``none`` covers: its definition and examples, as for an instrument.
    """

    name: str
    version: str
    language: str
    instruments: tuple[Instrument, ...]
    decision: tuple[str, ...]
    rules: tuple[Rule, ...]
    none: Instrument

    @property
    def edition(self) -> str:
        """Name and version, as results state it: ``"instruments@1.0"``."""
        return f"{self.name}@{self.version}"

    @cached_property
    def codes(self) -> tuple[str, ...]:
        """Every code but ``none``, in order: ``"instrument/subtype"``, or ``"instrument"`` where it has no subtypes."""
        return tuple(code for instrument in self.instruments for code in _codes_of(instrument))

    @cached_property
    def instrument_names(self) -> tuple[str, ...]:
        """The names of the instruments, in order, without ``none``."""
        return tuple(instrument.name for instrument in self.instruments)

    @cached_property
    def classes(self) -> tuple[str, ...]:
        """The instruments in order, and ``none``: what a clause can be at the first level."""
        return (*self.instrument_names, NONE)

    @cached_property
    def labels(self) -> dict[str, Label]:
        """How each instrument, each of its codes in order, and ``none`` is called."""
        of_instruments = {one.name: one.label for one in (*self.instruments, self.none)}
        of_subtypes = {join_code(one.name, sub.name): sub.label for one in self.instruments for sub in one.subtypes}
        return of_instruments | of_subtypes

    def call(self, code: str, lang: str) -> tuple[str, str]:
        """Return how instrument and subtype of a code are called in a language; ``""`` where it has no subtype.

        What the codebook has no name for is called as the code has it.
        """
        instrument, subtype = split_code(code)
        return self._call(instrument, lang) or instrument, (subtype or "") and (self._call(code, lang) or str(subtype))

    def _call(self, code: str, lang: str) -> str:
        return self.labels[code].in_language(lang) if code in self.labels else ""

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Position of each code, of each instrument and of ``none`` (last) in the codebook's order."""
        names = (name for one in self.instruments for name in (one.name, *_codes_of(one)))
        return {name: rank for rank, name in enumerate(dict.fromkeys((*names, NONE)))}

    @cached_property
    def examples(self) -> tuple[Example, ...]:
        """Every example clause in the codebook, in order."""
        of_subtypes = (subtype.examples for one in self.instruments for subtype in one.subtypes)
        of_instruments = (one.examples for one in (*self.instruments, self.none))
        of_rules = (rule.examples for rule in self.rules)
        return tuple(example for group in (*of_subtypes, *of_instruments, *of_rules) for example in group)


@cache
def split_code(code: str) -> tuple[str, str | None]:
    """Return instrument and subtype of a code; ``"none"`` and codes without a subtype have None.

    >>> split_code("supply/talent")
    ('supply', 'talent')
    """
    instrument, _, subtype = code.partition("/")
    return instrument, subtype or None


def _codes_of(instrument: Instrument) -> tuple[str, ...]:
    return tuple(join_code(instrument.name, subtype.name) for subtype in instrument.subtypes) or (instrument.name,)
