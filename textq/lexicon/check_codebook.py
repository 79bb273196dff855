"""Checks of a codebook: whether a person or a program could code by it, and whether its examples show how."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from textq.lexicon.codebook import split_code
from textq.lexicon.finding import Finding
from textq.lexicon.fold import fold
from textq.records import NONE, join_code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from textq.lexicon.codebook import Codebook, Example, ExampleKind, Instrument, Rule, Subtype
    from textq.lexicon.finding import Level

KINDS: tuple[ExampleKind, ...] = ("positive", "negative", "border")
"""What the examples of a rule show, each at least once."""

_OF_PROSE = ("no_decision", "rule_without_codes", "rule_twice")
"""What is found in prose, which may be there in another language; the rest is the same in all."""


def check_codebook(codebook: Codebook) -> tuple[Finding, ...]:
    """Check a codebook that could be read.

    Errors are what leaves a coder without a decision: no questions in their order, no rules, a rule that names fewer
    than two codes, a code without an example of its own, one clause as an example of two codes. Warnings are examples
    and labels that are missing.
    """
    found: list[tuple[str, Level, Sequence[str]]] = [
        ("no_decision", "error", () if any(map(str.strip, codebook.decision)) else (codebook.edition,)),
        ("no_rules", "error", () if codebook.rules else (codebook.edition,)),
        ("rule_without_codes", "error", [_show(r) for r in codebook.rules if len(name_codes(r, codebook)) < 2]),
        ("rule_twice", "error", _find_twice([rule.statement for rule in codebook.rules])),
        ("no_example", "error", list(_find_bare(codebook))),
        ("two_codes", "error", _find_contradictions(codebook)),
        ("no_positive", "warning", _find_missing(codebook, "positive")),
        ("no_negative", "warning", _find_missing(codebook, "negative")),
        ("no_border", "warning", _find_missing(codebook, "border")),
        ("no_counterexample", "warning", list(_find_one_sided(codebook))),
        ("no_label", "warning", list(_find_unlabelled(codebook))),
    ]
    return tuple(Finding(kind, level, tuple(cases)) for kind, level, cases in found if cases)


def check_languages(codebook: Codebook, other: Codebook) -> tuple[Finding, ...]:
    """Check a codebook in two languages: all that :func:`check_codebook` finds in either, each case once.

    What a rule decides may not depend on the language: an error are also the rules that name other codes in ``other``,
    or in another order.
    """
    merged = {(one.kind, one.level): dict.fromkeys(one.cases) for one in check_codebook(codebook)}
    for one in check_codebook(other):
        if one.kind in _OF_PROSE:
            merged.setdefault((one.kind, one.level), {}).update(dict.fromkeys(one.cases))
    unlike = [
        f"{_show(rule)} ≠ {_show(same)}"
        for rule, same in zip(codebook.rules, other.rules, strict=True)
        if name_codes(rule, codebook) != name_codes(same, other)
    ]
    if unlike:
        merged["rule_unlike", "error"] = dict.fromkeys(unlike)
    return tuple(Finding(kind, level, tuple(cases)) for (kind, level), cases in merged.items())


def name_codes(rule: Rule, codebook: Codebook) -> tuple[str, ...]:
    """Return the codes that the statement of a rule names, in the order in which they first stand there.

    Of a code with a subtype (``supply/talent``) its instrument is not counted again.
    """
    names = sorted({*codebook.codes, *codebook.classes}, key=len, reverse=True)
    pattern = re.compile(rf"(?<![\w/])(?:{'|'.join(map(re.escape, names))})(?![\w/])")
    return tuple(dict.fromkeys(pattern.findall(rule.statement)))


def find_kind(example: Example, own: str) -> ExampleKind:
    """Return what an example shows: what it states, else positive where it has the code ``own``, else negative."""
    if example.kind:
        return example.kind
    return "positive" if own in (example.code, split_code(example.code)[0]) else "negative"


def _show(rule: Rule) -> str:
    return rule.statement if len(rule.statement) <= 80 else f"{rule.statement[:79]}…"


def _find_twice(texts: Sequence[str]) -> list[str]:
    return [text for text, count in Counter(texts).items() if count > 1]


def _find_bare(codebook: Codebook) -> Iterator[str]:
    """Codes for which no example in the codebook stands, and ``none`` without one."""
    shown = {example.code for example in codebook.examples}
    yield from (code for code in (*codebook.codes, NONE) if code not in shown)


def _find_contradictions(codebook: Codebook) -> list[str]:
    """Clauses that are examples of more than one code, and ones that stand twice."""
    codes: dict[tuple[str, str, str], list[str]] = {}
    for example in codebook.examples:
        codes.setdefault((fold(example.text), example.stem, example.heading), []).append(example.code)
    return [f"{text} → {', '.join(held)}" for (text, _, _), held in codes.items() if len(held) > 1]


def _find_missing(codebook: Codebook, kind: ExampleKind) -> list[str]:
    missing = []
    for rule in codebook.rules:
        own = next(iter(name_codes(rule, codebook)), "")
        if kind not in {find_kind(example, own) for example in rule.examples}:
            missing.append(_show(rule))
    return missing


def _find_one_sided(codebook: Codebook) -> Iterator[str]:
    """Codes whose examples all have that code, so that nothing shows where it ends."""
    for name, examples in _list_places(codebook):
        if examples and {find_kind(example, name) for example in examples} == {"positive"}:
            yield name


def _list_places(codebook: Codebook) -> Iterator[tuple[str, tuple[Example, ...]]]:
    for instrument in codebook.instruments:
        for subtype in instrument.subtypes:
            yield join_code(instrument.name, subtype.name), subtype.examples
        if not instrument.subtypes:
            yield instrument.name, instrument.examples


def _find_unlabelled(codebook: Codebook) -> Iterator[str]:
    named: list[tuple[str, Instrument | Subtype]] = []
    for instrument in codebook.instruments:
        named.append((instrument.name, instrument))
        named += [(join_code(instrument.name, subtype.name), subtype) for subtype in instrument.subtypes]
    for name, one in (*named, (NONE, codebook.none)):
        if lacks := [language for language in ("zh", "en") if not getattr(one.label, language)]:
            yield f"{name} ({', '.join(lacks)})"
