"""The rules coder once more, by its definition, one unit and one match at a time."""

from collections.abc import Sequence
from fractions import Fraction

from textq.coding.rules import RulesCoder
from textq.lexicon.codebook import split_code
from textq.lexicon.match import Match, match_terms
from textq.records import NONE, CodingUnit

Scores = dict[str, Fraction]
Decision = tuple[str, str | None, str | None, tuple[tuple[int, int, str], ...], Fraction | None, tuple[str, ...]]


def decide(coder: RulesCoder, unit: CodingUnit) -> Decision:
    """Return instrument, subtype, secondary, evidence, confidence and context."""
    text, stem, heading = (match_terms(part, coder.lexicon) for part in (unit.text, unit.stem, unit.heading))
    places = ((text, 1.0), (stem, coder.options.stem), (heading, coder.options.heading))
    counted = [(matches, Fraction(factor)) for matches, factor in places if factor]
    scores: Scores = {}
    for matches, factor in counted:
        for match in matches:
            gain = (match.end - match.start) * Fraction(match.entry.weight) * factor
            scores[match.entry.code] = scores.get(match.entry.code, Fraction(0)) + gain
    if not scores:
        return NONE, None, None, (), None, ()
    totals = add_up(scores)
    winner = choose(totals, [get_instrument(match) for match in text], coder)
    return (
        winner,
        choose_subtype(scores, winner, text, coder),
        find_secondary(scores, winner, text, coder),
        tuple((match.start, match.end, match.entry.term) for match in text if get_instrument(match) == winner),
        totals[winner] / sum(totals.values()),
        tuple(m.entry.term for matches, _ in counted[1:] for m in matches if get_instrument(m) == winner),
    )


def find_secondary(scores: Scores, winner: str, text: Sequence[Match], coder: RulesCoder) -> str | None:
    """Return the code of the second instrument, if it has enough."""
    totals = add_up(scores)
    others = {name: total for name, total in totals.items() if name not in (winner, NONE)}
    if winner == NONE or not others:
        return None
    second = choose(others, [get_instrument(match) for match in text], coder)
    if others[second] < Fraction(coder.options.secondary) * totals[winner]:
        return None
    subtype = choose_subtype(scores, second, text, coder)
    return f"{second}/{subtype}" if subtype else second


def choose_subtype(scores: Scores, instrument: str, text: Sequence[Match], coder: RulesCoder) -> str | None:
    """Return the best subtype of an instrument."""
    codes = {code: score for code, score in scores.items() if split_code(code)[0] == instrument}
    return split_code(choose(codes, [match.entry.code for match in text], coder))[1]


def choose(scores: Scores, in_text_order: list[str], coder: RulesCoder) -> str:
    """Return the highest score; of equal ones the first in the text, then in the codebook."""

    def place(name: str) -> tuple[Fraction, int, int]:
        first = in_text_order.index(name) if name in in_text_order else len(in_text_order)
        return -scores[name], first, coder.codebook.ranks[name]

    return min(scores, key=place)


def add_up(scores: Scores) -> Scores:
    """Return the scores of instruments."""
    totals: Scores = {}
    for code, score in scores.items():
        totals[split_code(code)[0]] = totals.get(split_code(code)[0], Fraction(0)) + score
    return totals


def get_instrument(match: Match) -> str:
    """Return the instrument that a match shows."""
    return split_code(match.entry.code)[0]
