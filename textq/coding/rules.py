"""The lexicon coder: the instrument whose terms cover most of a clause, with every term as evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from textq.errors import ConfigError
from textq.lexicon.codebook import Codebook, split_code
from textq.lexicon.entry import Lexicon
from textq.lexicon.match import Match, match_terms
from textq.records import NONE, Coding, Span


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
            if getattr(self, name) < 0:
                raise ConfigError(
                    f"The {name!r} parameter of RulesOptions must be at least 0. Got {getattr(self, name)}."
                )
        if not 0 <= self.secondary <= 1:
            raise ConfigError(f"The 'secondary' parameter of RulesOptions must be in [0, 1]. Got {self.secondary}.")


DEFAULT_OPTIONS = RulesOptions()


@dataclass(frozen=True, slots=True)
class RulesCoder:
    """Codes clauses by a lexicon.

    The score of a code is its weighted characters: over all matches in the clause, the stem and the headings, length
    of the term × weight of the entry × factor of its place. The instrument with the highest score wins; if several
    have it, the one whose first term stands first in the clause, then the first in the codebook. The subtype is the
    best one of the winning instrument by the same rule.
    """

    lexicon: Lexicon
    codebook: Codebook
    options: RulesOptions = DEFAULT_OPTIONS

    @property
    def coder_id(self) -> str:
        """Which coder this is in a codings table, such as ``"rules:instruments@1.0"``."""
        return f"rules:{self.lexicon.name}@{self.lexicon.version}"

    def code(self, clause_id: str, clause_sha256: str, text: str, *, heading: str = "", stem: str = "") -> Coding:
        """Code one clause.

        ``evidence`` holds the winner's terms in ``text``, as spans of ``text`` in order and without overlap, labelled
        with the entry's term; ``context`` its terms in the stem and the headings, which count less. An item that shows
        no means itself is coded by its context; its evidence is then empty. ``none`` without evidence, and with None
        as confidence, means that no term was found anywhere.
        ``confidence`` is the winner's share of the scores of all instruments, in (0, 1]: it is no probability.
        """
        matches, in_stem, in_heading = (match_terms(part, self.lexicon) for part in (text, stem, heading))
        scores: dict[str, float] = {}
        _add_scores(scores, matches, 1.0)
        _add_scores(scores, in_stem, self.options.stem)
        _add_scores(scores, in_heading, self.options.heading)
        winner, subtype = self._choose(scores, matches)
        totals = _add_up(scores)
        return Coding(
            clause_id=clause_id,
            clause_sha256=clause_sha256,
            coder_id=self.coder_id,
            codebook_version=self.codebook.edition,
            instrument=winner,
            subtype=subtype,
            secondary=self._find_secondary(scores, matches, winner),
            evidence=tuple(Span(m.start, m.end, m.entry.term) for m in matches if _instrument(m) == winner),
            confidence=totals[winner] / sum(totals.values()) if totals else None,
            context=tuple(m.entry.term for m in (*in_stem, *in_heading) if _instrument(m) == winner),
        )

    def _choose(self, scores: Mapping[str, float], matches: list[Match]) -> tuple[str, str | None]:
        if not scores:
            return NONE, None
        winner = self._best(_add_up(scores), [_instrument(m) for m in matches])
        of_winner = {code: score for code, score in scores.items() if split_code(code)[0] == winner}
        return winner, split_code(self._best(of_winner, [m.entry.code for m in matches]))[1]

    def _best(self, scores: Mapping[str, float], in_text_order: list[str]) -> str:
        ranks = self.codebook.ranks

        def place(name: str) -> tuple[float, int, int]:
            first = in_text_order.index(name) if name in in_text_order else len(in_text_order)
            return -round(scores[name], 9), first, ranks[name]

        return min(scores, key=place)

    def _find_secondary(self, scores: Mapping[str, float], matches: list[Match], winner: str) -> str | None:
        others = {code: score for code, score in scores.items() if split_code(code)[0] not in (winner, NONE)}
        if winner == NONE or not others:
            return None
        totals = _add_up(scores)
        second, subtype = self._choose(others, matches)
        if totals[second] < self.options.secondary * totals[winner]:
            return None
        return f"{second}/{subtype}" if subtype else second


def _add_scores(scores: dict[str, float], matches: Iterable[Match], factor: float) -> None:
    for match in matches if factor else ():
        gain = (match.end - match.start) * match.entry.weight * factor
        scores[match.entry.code] = scores.get(match.entry.code, 0.0) + gain


def _add_up(scores: Mapping[str, float]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for code, score in scores.items():
        instrument = split_code(code)[0]
        totals[instrument] = totals.get(instrument, 0.0) + score
    return totals


def _instrument(match: Match) -> str:
    return split_code(match.entry.code)[0]
