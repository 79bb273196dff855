"""The lexicon coder: the instrument whose terms cover most of a clause, with every term as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from itertools import accumulate, pairwise
from math import isnan
from operator import add
from typing import TYPE_CHECKING

import numpy as np

from textq.coding.rule_scores import EntryColumns, RuleScores, list_entries, score_units
from textq.errors import ConfigError
from textq.lexicon.codebook import split_code
from textq.lexicon.entry import WITHOUT_CODE
from textq.records import NONE, Coding, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from textq.lexicon.batch import MatchTable
    from textq.lexicon.codebook import Codebook
    from textq.lexicon.entry import Lexicon
    from textq.records import CodingUnit

_BATCH = 20_000
"""Units that are coded together: their columns take some 25 MB."""

_STEPS = 1e9
"""Scores that are equal in so many parts of a weighted character are a tie."""


@dataclass(frozen=True, slots=True)
class RulesOptions:
    """How much the context of a clause counts; the defaults were chosen by measurement (lexicons/README.md).

    Attributes
    ----------
    heading, stem
        Factor on the weight of terms in the headings above and in the stem, at least 0; 0 ignores them.
    secondary
        Share of the winner's score, from 0 to 1, that another instrument needs in order to be noted as secondary.
    """

    heading: float = 0.5
    stem: float = 0.75
    secondary: float = 0.75

    def __post_init__(self) -> None:
        for name in ("heading", "stem"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ConfigError(
                    f"The {name!r} parameter of RulesOptions must be at least 0. Got {getattr(self, name)}."
                )
        if not 0 <= self.secondary <= 1:
            raise ConfigError(f"The 'secondary' parameter of RulesOptions must be in [0, 1]. Got {self.secondary}.")


DEFAULT_OPTIONS = RulesOptions()


@dataclass(frozen=True, slots=True)
class RuleDecisions:
    """What the rules coder decides on units, a column each.

    Attributes
    ----------
    code
        The position of the code in :attr:`RuleScores.codes`; that of ``none`` where no term was found.
    secondary
        The same for the secondary code, or -1.
    confidence
        The winner's share of the scores of all instruments, in (0, 1]; NaN where no term was found.
    """

    code: NDArray[np.int64]
    secondary: NDArray[np.int64]
    confidence: NDArray[np.float64]


@dataclass(frozen=True)
class RulesCoder:
    """Codes clauses by a lexicon.

    The score of a code is its weighted characters: over all matches in the clause, the stem and the headings, length
    of the match × weight of the entry × factor of its place. The instrument with the highest score wins; if several
    have it, the one whose first term stands first in the clause, then the first in the codebook. The subtype is the
    best one of the winning instrument by the same rule.

    Raises
    ------
    ConfigError
        If the lexicon has a code that the codebook does not know.
    """

    lexicon: Lexicon
    codebook: Codebook
    options: RulesOptions = DEFAULT_OPTIONS

    def __post_init__(self) -> None:
        shown = {entry.code for entry in self.lexicon.entries if entry.match not in WITHOUT_CODE}
        unknown = shown - {*self.codebook.codes, NONE}
        if unknown:
            raise ConfigError(
                f"Lexicon {self.lexicon.name} {self.lexicon.version} has codes that codebook {self.codebook.edition} "
                f"does not know: {', '.join(sorted(unknown))}. Read the lexicon with this codebook."
            )

    def __reduce__(self) -> tuple[type[RulesCoder], tuple[Lexicon, Codebook, RulesOptions]]:
        return RulesCoder, (self.lexicon, self.codebook, self.options)

    @property
    def coder_id(self) -> str:
        """Which coder this is in a codings table, such as ``"rules:instruments@1.0"``."""
        return f"rules:{self.lexicon.name}@{self.lexicon.version}"

    def code(self, units: Sequence[CodingUnit]) -> list[Coding]:
        """Return one coding a unit, in their order.

        ``evidence`` holds the winner's terms in ``text``, as spans of ``text`` in order and without overlap, labelled
        with the entry's term; ``context`` its terms in the stem and the headings, which count less. An item that shows
        no means itself is coded by its context; its evidence is then empty. ``none`` without evidence, and with None
        as confidence, means that no term was found anywhere.
        ``confidence`` is the winner's share of the scores of all instruments, in (0, 1]: it is no probability.
        """
        return [coding for at in range(0, len(units), _BATCH) for coding in self._code_batch(units[at : at + _BATCH])]

    def score(self, units: Sequence[CodingUnit], bodies: NDArray[np.int64] | None = None) -> RuleScores:
        """Return the matches in units and the weighted characters of each code, in columns; some 600 bytes a unit.

        ``bodies`` says where each text begins behind its own number, one int64 offset a unit (an array of what
        ``find_bodies`` returns), if that is known.
        """
        return score_units(units, self.lexicon, self._columns, bodies)

    def decide(self, scores: RuleScores) -> RuleDecisions:
        """Return the codes of units whose scores are known."""
        of_codes = scores.in_text + self.options.stem * scores.in_stem + self.options.heading * scores.in_heading
        of_codes = np.ascontiguousarray(of_codes.T)
        first = _find_first(scores.matches, self._columns.code, of_codes.shape)
        columns, _ = self._instruments
        of_instruments = np.stack([of_codes[begin:end].sum(axis=0) for begin, end in columns])
        first_of_instruments = np.stack([first[begin:end].min(axis=0) for begin, end in columns])
        rows, none = np.arange(len(scores)), len(columns) - 1
        winner = _choose(of_instruments, first_of_instruments)
        best = of_instruments[winner, rows]
        everything = of_instruments.sum(axis=0)
        others = of_instruments
        others[winner, rows] = others[none] = 0.0
        second = _choose(others, first_of_instruments)
        runner_up = others[second, rows]
        enough = np.rint(runner_up * _STEPS) >= np.rint(self.options.secondary * best * _STEPS)
        noted = enough & (winner != none) & (runner_up > 0)
        return RuleDecisions(
            code=self._choose_code(of_codes, first, np.where(best > 0, winner, none)),
            secondary=self._choose_code(of_codes, first, np.where(noted, second, -1)),
            confidence=np.divide(best, everything, out=np.full(len(scores), np.nan), where=best > 0),
        )

    def _choose_code(
        self, of_codes: NDArray[np.float64], first: NDArray[np.int64], instruments: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Return the best code of an instrument in each unit; -1 where the instrument is -1."""
        chosen = np.full(len(instruments), -1)
        for instrument, (begin, end) in enumerate(self._instruments[0]):
            units = np.flatnonzero(instruments == instrument)
            chosen[units] = begin + _choose(of_codes[begin:end, units], first[begin:end, units])
        return chosen

    @cached_property
    def _columns(self) -> EntryColumns:
        return list_entries(self.lexicon, self.codebook)

    @cached_property
    def _instruments(self) -> tuple[list[tuple[int, int]], NDArray[np.int64]]:
        """The columns of each instrument, ``none`` last, from and to; and the instrument of each column."""
        names = [split_code(code)[0] for code in self._columns.codes]
        counts = [names.count(name) for name in dict.fromkeys(names)]
        columns = list(pairwise([0, *accumulate(counts)]))
        return columns, np.repeat(np.arange(len(counts)), counts)

    def _code_batch(self, units: Sequence[CodingUnit]) -> Iterator[Coding]:
        return self.code_scored(units, self.score(units))

    def code_scored(self, units: Sequence[CodingUnit], scores: RuleScores) -> Iterator[Coding]:
        """Yield what :meth:`code` returns of units whose scores are known."""
        decisions = self.decide(scores)
        owners = self._instruments[1]
        instruments = owners[self._columns.code]
        evidence = _list_evidence(scores.matches, owners[decisions.code], instruments, self.lexicon)
        around = _list_contexts(scores, owners[decisions.code], instruments, self.lexicon, self.options)
        parts = [split_code(code) for code in scores.codes]
        names = (*scores.codes, None)
        coder_id, edition = self.coder_id, self.codebook.edition
        decided = zip(decisions.code.tolist(), decisions.secondary.tolist(), decisions.confidence.tolist(), strict=True)
        for unit, (code, secondary, confidence), found, context in zip(units, decided, evidence, around, strict=True):
            instrument, subtype = parts[code]
            yield Coding(
                clause_id=unit.clause_id,
                clause_sha256=unit.sha256,
                coder_id=coder_id,
                codebook_version=edition,
                instrument=instrument,
                subtype=subtype,
                secondary=names[secondary],
                evidence=found,
                confidence=None if isnan(confidence) else confidence,
                context=context,
            )


def _list_contexts(
    scores: RuleScores,
    winners: NDArray[np.int64],
    instruments: NDArray[np.int64],
    lexicon: Lexicon,
    options: RulesOptions,
) -> list[tuple[str, ...]]:
    """Return the terms in the stem and the heading that spoke for the winner of each unit; many units share them."""
    entries = scores.contexts.entry
    terms = [lexicon.entries[entry].term for entry in entries.tolist()]
    of_terms = instruments[entries].tolist()
    n_contexts = max(scores.stems.max(initial=-1), scores.headings.max(initial=-1)) + 1
    bounds = np.searchsorted(scores.contexts.text, np.arange(n_contexts + 1)).tolist()

    @cache
    def list_terms(context: int, instrument: int) -> tuple[str, ...]:
        return tuple(terms[at] for at in range(bounds[context], bounds[context + 1]) if of_terms[at] == instrument)

    listed: list[tuple[str, ...]] = [()] * len(scores)
    for places, factor in ((scores.stems, options.stem), (scores.headings, options.heading)):
        if factor:
            here = map(list_terms, places.tolist(), winners.tolist())
            listed = list(map(add, listed, here))
    return listed


def _list_evidence(
    matches: MatchTable, winners: NDArray[np.int64], instruments: NDArray[np.int64], lexicon: Lexicon
) -> list[tuple[Span, ...]]:
    """Return the matches of the winner of each unit, given the instrument of each entry."""
    kept = np.flatnonzero(winners[matches.text] == instruments[matches.entry])
    terms = [entry.term for entry in lexicon.entries]
    labels = map(terms.__getitem__, matches.entry[kept].tolist())
    spans = list(map(Span, matches.start[kept].tolist(), matches.end[kept].tolist(), labels))
    bounds = np.searchsorted(matches.text[kept], np.arange(len(winners) + 1)).tolist()
    return [tuple(spans[first:last]) for first, last in pairwise(bounds)]


def _find_first(matches: MatchTable, codes: NDArray[np.int64], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """Return which match is the first one of each code (row) in each text; their number where there is none."""
    first = np.full(shape, len(matches))
    first[codes[matches.entry[::-1]], matches.text[::-1]] = np.arange(len(matches))[::-1]
    return first


def _choose(scores: NDArray[np.float64], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the row with the highest score in each column; of equal ones that of the first match, then the first."""
    chosen = np.zeros(scores.shape[1], dtype=np.int64)
    best, earliest = np.rint(scores[0] * _STEPS), first[0].copy()
    for row in range(1, len(scores)):
        steps = np.rint(scores[row] * _STEPS)
        better = (steps > best) | ((steps == best) & (first[row] < earliest))
        chosen[better] = row
        np.copyto(best, steps, where=better)
        np.copyto(earliest, first[row], where=better)
    return chosen
