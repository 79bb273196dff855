"""A lexicon's entries: terms, what each shows, and with what weight."""

from dataclasses import dataclass, field
from typing import Literal, get_args

from textq.lexicon.match import START, TermAutomaton, fold

MatchKind = Literal["anywhere", "start", "stop", "negate"]
"""Where a term counts, and how.

``anywhere``: wherever it stands. ``start``: only where the clause begins, after its number. ``stop``: nowhere; it
shields the characters it covers from shorter terms. ``negate``: nowhere; the terms between it and the next
punctuation mark count for nothing.
"""

MATCH_KINDS: tuple[MatchKind, ...] = get_args(MatchKind)

WITHOUT_CODE: frozenset[MatchKind] = frozenset({"stop", "negate"})
"""The kinds of match that yield no evidence, so that their entries have no code."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One term: its code (empty if it yields no evidence), its weight per character, and why it is there."""

    term: str
    code: str
    match: MatchKind
    weight: float
    note: str = ""

    @property
    def pattern(self) -> str:
        """What the automaton looks for: the folded term, after the start mark where ``match`` is ``start``."""
        return (START if self.match == "start" else "") + fold(self.term)


@dataclass(frozen=True)
class Lexicon:
    """A versioned list of entries, compiled once into one automaton; it can be sent to worker processes."""

    name: str
    version: str
    entries: tuple[Entry, ...]
    automaton: TermAutomaton = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "automaton", TermAutomaton(tuple(entry.pattern for entry in self.entries)))
