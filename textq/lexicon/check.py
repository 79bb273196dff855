"""Checks of a lexicon: what its entries say of each other, and what a corpus says of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textq.lexicon.codebook import split_code
from textq.lexicon.entry import WITHOUT_CODE
from textq.lexicon.finding import Finding, Level
from textq.lexicon.fold import fold, is_whole
from textq.lexicon.match import TermAutomaton

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from textq.lexicon.codebook import Codebook
    from textq.lexicon.entry import Entry, Lexicon
    from textq.lexicon.guard import Guard

GRADES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 9.0)
"""The weights that lexicons/README.md explains."""

SATURATION = (0.8, 0.5, 0.25)
"""Shares of documents above which a term is too common to tell documents apart."""

FEWEST_ENTRIES = 5
"""A code with fewer entries is thinly covered."""

FEWEST_DOCUMENTS = 8
"""With fewer documents, shares of documents say nothing."""


@dataclass(frozen=True, slots=True)
class Use:
    """How a corpus uses one entry.

    Attributes
    ----------
    entry
        The entry.
    n_matches, n_documents
        Matches that count as evidence, and the documents they stand in.
    n_standing
        Places where the term stands at all, whether it counts or not; None for a pattern and an entry without a code.
    """

    entry: Entry
    n_matches: int
    n_documents: int
    n_standing: int | None


def check_lexicon(lexicon: Lexicon, codebook: Codebook, provenance: Mapping[str, object] | None) -> tuple[Finding, ...]:
    """Check a lexicon by itself; ``provenance`` is its block in ``manifest.toml``, None where it has none."""
    coded = [entry for entry in lexicon.entries if entry.match not in WITHOUT_CODE]
    stated = provenance or {}
    missing = [key for key in ("version", "source", "licence") if not str(stated.get(key, "")).strip()]
    return _gather(
        ("no_entry", "error", _find_bare_codes(coded, codebook)),
        ("never_holds", "error", [_name(entry) for entry in coded if _never_holds(entry)]),
        ("thin", "warning", _find_thin_codes(coded, codebook)),
        ("off_grade", "warning", [f"{_name(one)} {one.weight:g}" for one in coded if one.weight not in GRADES]),
        ("no_provenance", "warning", missing),
        ("overlap", "note", list(_find_overlaps(coded))),
    )


def measure_use(lexicon: Lexicon, documents: Sequence[Sequence[str]]) -> list[Use]:
    """Count where the entries count in documents, each a sequence of texts (its clauses), in the order of entries."""
    texts = [text for document in documents for text in document]
    owners = np.repeat(np.arange(len(documents)), [len(document) for document in documents])
    found = lexicon.matcher.match(texts)
    n_entries = len(lexicon.entries)
    n_matches = np.bincount(found.entry, minlength=n_entries)
    pairs = (
        np.unique(np.stack([found.entry, owners[found.text]]), axis=1) if len(found) else np.zeros((2, 0), dtype=int)
    )
    n_documents = np.bincount(pairs[0], minlength=n_entries)
    standing = _count_standing(lexicon, texts)
    return [
        Use(entry, int(n_matches[at]), int(n_documents[at]), standing[fold(entry.term)] if _is_term(entry) else None)
        for at, entry in enumerate(lexicon.entries)
    ]


def check_use(uses: Sequence[Use], n_documents: int) -> tuple[Finding, ...]:
    """Say what a corpus shows: terms in too many documents, terms never met, terms that something always hides."""
    coded = [use for use in uses if use.entry.match not in WITHOUT_CODE]
    saturated: dict[float, list[str]] = {share: [] for share in SATURATION}
    for use in sorted(coded, key=lambda one: -one.n_documents) if n_documents >= FEWEST_DOCUMENTS else ():
        share = use.n_documents / n_documents
        if passed := next((bound for bound in SATURATION if share > bound), None):
            saturated[passed].append(f"{_name(use.entry)} {share:.0%}")
    return _gather(
        *(
            (f"saturated_{share * 100:.0f}", "warning" if share >= 0.5 else "note", saturated[share])
            for share in SATURATION
        ),
        ("hidden", "note", [f"{_name(u.entry)} {u.n_standing}" for u in coded if u.n_standing and not u.n_matches]),
        ("dead", "note", [_name(u.entry) for u in coded if not u.n_standing and not u.n_matches]),
    )


def _gather(*found: tuple[str, Level, list[str]]) -> tuple[Finding, ...]:
    return tuple(Finding(kind, level, tuple(cases)) for kind, level, cases in found if cases)


def _name(entry: Entry) -> str:
    guards = "".join(f" [{sign} {text}]" for sign, text in (("+", entry.must), ("-", entry.must_not)) if text)
    return f"{entry.term}{guards} → {entry.code}"


def _is_term(entry: Entry) -> bool:
    return entry.match in ("anywhere", "start")


def _find_bare_codes(coded: Sequence[Entry], codebook: Codebook) -> list[str]:
    held = {entry.code for entry in coded}
    return [code for code in codebook.codes if code not in held]


def _find_thin_codes(coded: Sequence[Entry], codebook: Codebook) -> list[str]:
    counts = Counter(entry.code for entry in coded)
    return [f"{code} {counts[code]}" for code in codebook.codes if 0 < counts[code] < FEWEST_ENTRIES]


def _find_overlaps(coded: Sequence[Entry]) -> Iterator[str]:
    """Terms that hold a term of another instrument: where they stand, only the longer one counts."""
    codes: dict[str, set[str]] = defaultdict(set)
    for entry in coded:
        if entry.match == "anywhere":
            codes[fold(entry.term)].add(entry.code)
    automaton = TermAutomaton(tuple(codes), overlapping=True)
    for term, own in codes.items():
        for start, end, index in automaton.find(term):
            inner = automaton.patterns[index]
            foreign = _list_instruments(codes[inner]) - _list_instruments(own)
            if end - start < len(term) and foreign and is_whole(term, start, end):
                yield f"{term} → {', '.join(sorted(own))}; {inner} → {', '.join(sorted(codes[inner]))}"


def _list_instruments(codes: Iterable[str]) -> set[str]:
    return {split_code(code)[0] for code in codes}


def _never_holds(entry: Entry) -> bool:
    """Tell whether the guards of an entry let nothing through, whatever the text."""
    must, must_not = entry.guards
    if must is None:
        return False
    possible = [one for one in must.alternatives if entry.match == "pattern" or _can_stand(one, entry, must)]
    return not [one for one in possible if not (must_not and _implies(one, must, must_not))]


def _can_stand(alternative: str, entry: Entry, must: Guard) -> bool:
    """Tell whether an alternative has room beside the term, or over its edge, within the guard's distance."""
    if must.distance is None:
        return True
    term = fold(entry.term)
    shared = range(1, min(len(alternative), len(term)) + 1)
    over_edge = [n for n in shared if alternative.endswith(term[:n]) or alternative.startswith(term[-n:])]
    if len(alternative) - max(over_edge, default=0) <= must.distance or alternative in term:
        return True
    before = alternative.find(term)
    return before >= 0 and max(before, len(alternative) - before - len(term)) <= must.distance


def _implies(alternative: str, must: Guard, must_not: Guard) -> bool:
    """Tell whether the alternative can only stand where the other guard forbids the match."""
    reaches = must_not.distance is None or (must.distance is not None and must.distance <= must_not.distance)
    return reaches and any(one in alternative for one in must_not.alternatives)


def _count_standing(lexicon: Lexicon, texts: Sequence[str]) -> Counter[str]:
    """Count where each term stands, overlapping ones too, whether it counts there or not."""
    automaton, counts = lexicon.automaton, Counter[str]()
    for text in texts:
        folded = fold(text)
        counts.update(
            automaton.patterns[index] for start, end, index in automaton.find(folded) if is_whole(folded, start, end)
        )
    return counts
