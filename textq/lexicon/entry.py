"""A lexicon's entries: terms and patterns, what each shows, with what weight, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

from textq.errors import LexiconError
from textq.lexicon.batch import BatchMatcher
from textq.lexicon.fold import fold
from textq.lexicon.guard import MAX_LENGTH, Guard, parse_guard
from textq.lexicon.match import TermAutomaton
from textq.lexicon.pattern import PatternFinder, compile_pattern, parse_pattern

MatchKind = Literal["anywhere", "start", "stop", "negate", "pattern"]
"""Where a term counts, and how.

``anywhere``: wherever it stands. ``start``: only where the clause begins, after its number. ``stop``: nowhere; it
shields the characters it covers from other terms. ``negate``: nowhere; the terms between it and the next
punctuation mark count for nothing. ``pattern``: the term is a pattern (:mod:`textq.lexicon.pattern`).
"""

MATCH_KINDS: tuple[MatchKind, ...] = get_args(MatchKind)

WITHOUT_CODE: frozenset[MatchKind] = frozenset({"stop", "negate"})
"""The kinds of match that yield no evidence, so that their entries have no code and no guards."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One term or pattern.

    Attributes
    ----------
    term
        What stands in the text, or the pattern of it.
    code
        What it shows; empty if it yields no evidence.
    match
        Where it counts, and how.
    weight
        Per character of the match.
    must, must_not
        Guards as written (``支持|鼓励`` or ``~12:支持|鼓励``): the match counts if one of these stands near it, or
        none does. Empty means that nothing is asked.
    note
        Why it is there.
    """

    term: str
    code: str
    match: MatchKind
    weight: float
    must: str = ""
    must_not: str = ""
    note: str = ""

    @property
    def guards(self) -> tuple[Guard | None, Guard | None]:
        """What must stand near a match, and what must not."""
        return parse_guard(self.must), parse_guard(self.must_not)

    @property
    def is_guarded(self) -> bool:
        """Whether any guard must be asked."""
        return bool(self.must or self.must_not)

    @property
    def key(self) -> tuple[object, ...]:
        """What tells an entry from others: the term once folded, where it stands, and the guards."""
        if self.match == "pattern":
            return "pattern", parse_pattern(self.term), *self.guards
        return self.match == "start", fold(self.term), *self.guards


def check_entry(entry: Entry) -> None:
    """Check what the parts of an entry say of each other.

    Raises
    ------
    LexiconError
        If the term is empty, too long or has spaces around it, the pattern or a guard cannot be read, a guard
        stands where none is asked, or lets every match through, or none.
    """
    term = entry.term
    if not term or term != term.strip() or not term.isprintable() or len(term) > MAX_LENGTH:
        raise LexiconError(
            f"the term {term[:MAX_LENGTH]!r} is empty, longer than {MAX_LENGTH} characters, or has spaces around it or "
            "characters that cannot be printed. Correct it, or remove the row."
        )
    if entry.is_guarded and entry.match in WITHOUT_CODE:
        raise LexiconError(f"{entry.match!r} is not asked for guards, but {term!r} has one. Leave them empty.")
    if entry.match == "pattern":
        parse_pattern(term)
    must, must_not = entry.guards
    held = set(must.alternatives) & set(must_not.alternatives) if must and must_not else set()
    idle = [one for guard in (must, must_not) if guard for one in guard.alternatives if one in fold(term)]
    if held or (idle and entry.match != "pattern"):
        named = next(iter([*held, *idle]))
        raise LexiconError(
            f"the guards of {term!r} always or never let it through, for they name {named!r}, which is part of the "
            "term or stands in both. Remove it."
        )


@dataclass(frozen=True)
class Lexicon:
    """A versioned list of entries, compiled once; it can be sent to worker processes.

    Attributes
    ----------
    name, version
        What it is called, and which edition it is.
    entries
        The entries. Of several that match the same characters one counts: a guarded one before one without guards,
        one that yields no evidence before one that does, then the first here.
    """

    name: str
    version: str
    entries: tuple[Entry, ...]

    def __reduce__(self) -> tuple[type[Lexicon], tuple[str, str, tuple[Entry, ...]]]:
        return Lexicon, (self.name, self.version, self.entries)

    @cached_property
    def terms(self) -> dict[str, tuple[int, ...]]:
        """The folded terms that are no patterns, with the positions of their entries."""
        holders: dict[str, list[int]] = {}
        for position, entry in enumerate(self.entries):
            if entry.match != "pattern":
                holders.setdefault(fold(entry.term), []).append(position)
        return {term: tuple(positions) for term, positions in holders.items()}

    @cached_property
    def automaton(self) -> TermAutomaton:
        """What finds :attr:`terms`, also where they overlap."""
        return TermAutomaton(tuple(self.terms), overlapping=True)

    @cached_property
    def patterns(self) -> tuple[tuple[int, PatternFinder], ...]:
        """The positions of the entries that are patterns, with what finds them."""
        found = ((at, entry.term) for at, entry in enumerate(self.entries) if entry.match == "pattern")
        return tuple((position, compile_pattern(term)) for position, term in found)

    @cached_property
    def matcher(self) -> BatchMatcher:
        """What finds the matches in many texts at once."""
        return BatchMatcher(self.entries, self.ranks, self.patterns)

    @cached_property
    def ranks(self) -> tuple[int, ...]:
        """The place of each entry in the order that decides between entries on the same characters."""
        order = sorted(range(len(self.entries)), key=self._order)
        return tuple(sorted(range(len(order)), key=order.__getitem__))

    def _order(self, position: int) -> tuple[bool, bool, int]:
        entry = self.entries[position]
        return not entry.is_guarded, entry.match not in WITHOUT_CODE, position
