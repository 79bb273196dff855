"""The codebook as a page: what each code means, what it covers and what not, with clauses of either kind."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from textq.lexicon.codebook import Codebook, Example, Instrument, Rule, Subtype, split_code
from textq.records import join_code
from textq.web.code_chips import CodeChip, describe_code
from textq.web.templating import render


@dataclass(frozen=True, slots=True)
class ShownExample:
    """A clause with the code it gets; ``fits`` says whether it belongs where it stands, None where it is doubtful."""

    text: str
    stem: str
    heading: str
    chip: CodeChip
    fits: bool | None


@dataclass(frozen=True, slots=True)
class ShownSubtype:
    """A subtype; ``anchor`` is its name in the address of the page."""

    anchor: str
    name: str
    definition: str
    includes: tuple[str, ...]
    excludes: tuple[str, ...]
    examples: tuple[ShownExample, ...]


@dataclass(frozen=True, slots=True)
class ShownClass:
    """A class with its subtypes and its own examples."""

    chip: CodeChip
    definition: str
    subtypes: tuple[ShownSubtype, ...]
    examples: tuple[ShownExample, ...]


@dataclass(frozen=True, slots=True)
class ShownRule:
    """A rule for borderline clauses, with clauses decided by it."""

    statement: str
    examples: tuple[ShownExample, ...]


@dataclass(frozen=True, slots=True)
class CodebookPage:
    """All of a codebook; ``language`` is that of its clauses."""

    name: str
    version: str
    language: str
    decision: tuple[str, ...]
    classes: tuple[ShownClass, ...]
    rules: tuple[ShownRule, ...]


def show_codebook(request: Request) -> Response:
    """Answer ``/codebook``."""
    lang = request.state.lang
    return render(request, "codebook.html", view_codebook(request.state.study.codebook_in(lang), lang))


def view_codebook(codebook: Codebook, lang: str) -> CodebookPage:
    """Return a codebook as it is shown in a language."""
    return CodebookPage(
        name=codebook.name,
        version=codebook.version,
        language=codebook.language,
        decision=codebook.decision,
        classes=tuple(_view_class(codebook, one, lang) for one in (*codebook.instruments, codebook.none)),
        rules=tuple(_view_rule(codebook, rule, lang) for rule in codebook.rules),
    )


def _view_class(codebook: Codebook, one: Instrument, lang: str) -> ShownClass:
    return ShownClass(
        chip=describe_code(codebook, one.name, None, lang),
        definition=one.definition,
        subtypes=tuple(_view_subtype(codebook, one.name, subtype, lang) for subtype in one.subtypes),
        examples=_view_examples(codebook, one.examples, one.name, lang),
    )


def _view_subtype(codebook: Codebook, instrument: str, subtype: Subtype, lang: str) -> ShownSubtype:
    code = join_code(instrument, subtype.name)
    return ShownSubtype(
        anchor=code,
        name=subtype.label.in_language(lang),
        definition=subtype.definition,
        includes=subtype.includes,
        excludes=subtype.excludes,
        examples=_view_examples(codebook, subtype.examples, code, lang),
    )


def _view_rule(codebook: Codebook, rule: Rule, lang: str) -> ShownRule:
    return ShownRule(rule.statement, tuple(_view_example(codebook, one, None, lang) for one in rule.examples))


def _view_examples(codebook: Codebook, examples: Sequence[Example], code: str, lang: str) -> tuple[ShownExample, ...]:
    shown = (_view_example(codebook, one, _judge_fit(one, code), lang) for one in examples)
    return tuple(sorted(shown, key=lambda one: (True, False, None).index(one.fits)))


def _judge_fit(example: Example, code: str) -> bool | None:
    """Return what an example shows of its place: as the codebook states it, else by its code."""
    if example.kind is not None:
        return {"positive": True, "negative": False, "border": None}[example.kind]
    return example.code == code or example.code.startswith(f"{code}/")


def _view_example(codebook: Codebook, example: Example, fits: bool | None, lang: str) -> ShownExample:
    chip = describe_code(codebook, *split_code(example.code), lang)
    return ShownExample(example.text, example.stem, example.heading, chip, fits)


ROUTES = (Route("/codebook", show_codebook),)
