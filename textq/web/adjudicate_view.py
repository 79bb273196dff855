"""What the page of adjudication shows: the codes side by side, without names until it is decided, and precedents."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from textq.lexicon.codebook import Codebook
from textq.pipeline.review_precedents import Precedent
from textq.store.rows import Decision, Progress
from textq.web.card_view import ClassButton, ContextClause, SourceView
from textq.web.code_chips import CodeChip, describe_code
from textq.web.words_file import Say

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class GivenView:
    """What one coder gave: under a letter until the clause is decided, then under the coder's name."""

    name: str
    is_named: bool
    status: str
    chip: CodeChip | None
    secondary: str
    memo: str


@dataclass(frozen=True, slots=True)
class PrecedentView:
    """A clause on which people settled before."""

    likeness: str
    percent: int
    title: str
    heading: str
    text: str
    href: str
    chip: CodeChip
    how: str
    rule: str
    reason: str


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule or a question of the codebook that a decision can refer to."""

    number: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was decided, by whom, and why."""

    by: str
    chip: CodeChip
    rule: str
    reason: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class AdjudicationView:
    """All that the page of one clause shows. The machine's code is nowhere on it."""

    key: str
    url: str
    source: SourceView
    before: tuple[ContextClause, ...]
    stem: str
    text: str
    after: tuple[ContextClause, ...]
    why: str
    given: tuple[GivenView, ...]
    verdict: Verdict | None
    classes: tuple[ClassButton, ...]
    none: ClassButton
    rules: tuple[RuleView, ...]
    questions: tuple[RuleView, ...]
    reason: str
    precedents: tuple[PrecedentView, ...]
    previous: str | None
    next: str | None
    progress: Progress
    share: float
    language: str
    keys: dict[str, str]
    shortcuts: dict[str, str]
    say: str
    problem: str


def view_given(
    decisions: Sequence[Decision], key: str, codebook: Codebook, lang: str, say: Say, *, named: bool
) -> tuple[GivenView, ...]:
    """Return what the coders gave, in an order that tells nothing of who they are until they are named.

    Letters go by a hash of clause and coder, so that A is not the same person on every clause.
    """
    if named:
        order = sorted(decisions, key=lambda one: one.coder)
    else:
        order = sorted(decisions, key=lambda one: hashlib.sha256(f"{key} {one.coder}".encode()).digest())
    return tuple(
        GivenView(
            one.coder if named else say("adjudicate.coder", letter=_LETTERS[at % len(_LETTERS)]),
            named,
            one.status,
            describe_code(codebook, one.instrument, one.subtype, lang) if one.instrument else None,
            codebook.call(one.secondary, lang)[0] if one.secondary else "",
            one.memo,
        )
        for at, one in enumerate(order)
    )


def view_rules(codebook: Codebook, chosen: str) -> tuple[tuple[RuleView, ...], tuple[RuleView, ...]]:
    """Return the rules and the questions of a codebook, numbered; ``chosen`` is the number or the words of one."""
    stated = [(str(at), rule.statement) for at, rule in enumerate(codebook.rules, 1)]
    asked = [(f"Q{at}", question) for at, question in enumerate(codebook.decision, 1)]
    rules, questions = (
        tuple(RuleView(number, text, chosen in (number, text)) for number, text in texts) for texts in (stated, asked)
    )
    return rules, questions


def translate_rule(words: str, stated: Codebook, codebook: Codebook) -> str:
    """Return a rule or a question of ``stated`` in the words of ``codebook``, the same one in another language.

    What neither has, as a rule of an earlier edition, is returned as it is.
    """
    pairs = zip(_list_words(stated), _list_words(codebook), strict=True)
    return next((shown for kept, shown in pairs if words == kept), words)


def _list_words(codebook: Codebook) -> list[str]:
    return [*(rule.statement for rule in codebook.rules), *codebook.decision]


def view_precedent(one: Precedent, title: str, codebook: Codebook, lang: str) -> PrecedentView:
    """Return how a precedent is shown."""
    return PrecedentView(
        likeness=one.likeness,
        percent=round(100 * one.share),
        title=title,
        heading=one.clause.heading,
        text=one.clause.text,
        href=f"/doc/{one.clause.doc_id}#c-{one.clause.key}",
        chip=describe_code(codebook, one.final.instrument, one.final.subtype, lang),
        how=one.final.how,
        rule=one.rule,
        reason=one.reason,
    )
