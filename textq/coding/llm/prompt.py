"""A codebook and clauses → the messages that a model is sent. No code is known here; all comes from the codebook."""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache

from textq.coding.llm.prompt_words import EN, ZH, PromptWords
from textq.lexicon.codebook import Codebook, Example, Instrument, Label, Subtype
from textq.records import NONE, CodingUnit

PROMPT_VERSION = "1"
"""Changes whenever a message would: part of the coder's id and of the key of every stored answer."""

MOST_REPEATED = 4_000
"""Characters of a wrong answer that are shown to the model again."""

Message = dict[str, str]


def make_ids(n_clauses: int) -> tuple[str, ...]:
    """Return the ids of clauses within a request: not the user's own, which a model need not know."""
    return tuple(f"c{number}" for number in range(1, n_clauses + 1))


def build_messages(codebook: Codebook, units: Sequence[CodingUnit]) -> list[Message]:
    """Return the messages that ask for the codes of ``units``; their ids are those of :func:`make_ids`."""
    return [
        {"role": "system", "content": build_instructions(codebook)},
        {"role": "user", "content": show_material(codebook, units)},
    ]


def show_material(codebook: Codebook, units: Sequence[CodingUnit]) -> str:
    """Return the clauses with their context as JSON, in which no text can end its own quotation marks."""
    clauses = [_show_unit(one_id, unit) for one_id, unit in zip(make_ids(len(units)), units, strict=True)]
    material = json.dumps({"clauses": clauses}, ensure_ascii=False, indent=1)
    return f"{_choose_words(codebook).clauses}\n{material}"


def add_repair(codebook: Codebook, messages: Sequence[Message], answer: str, problem: str) -> list[Message]:
    """Return ``messages`` with the wrong answer to them, and a request that says what was wrong."""
    asked = _choose_words(codebook).repair.replace("{problem}", problem)
    wrong = {"role": "assistant", "content": answer[:MOST_REPEATED]}
    return [*messages, wrong, {"role": "user", "content": asked}]


@lru_cache(maxsize=8)
def build_instructions(codebook: Codebook) -> str:
    """Return the codebook as instructions for a model.

    They are in Chinese if the codebook is for Chinese clauses, in English otherwise; what the codebook says itself
    stands as it is written there.
    """
    words = _choose_words(codebook)
    head = f"{words.task}\n\n# {words.codebook} {codebook.edition}"
    form = words.answer.replace("{none}", NONE)
    return "\n\n".join((head, *_list_sections(codebook, words), words.material, form))


def _choose_words(codebook: Codebook) -> PromptWords:
    return ZH if codebook.language.lower().startswith("zh") else EN


def _list_sections(codebook: Codebook, words: PromptWords) -> Iterator[str]:
    if codebook.decision:
        questions = (f"{number}. {question}" for number, question in enumerate(codebook.decision, 1))
        yield "\n".join((f"# {words.decision}", *questions))
    yield f"# {words.classes}"
    for instrument in (*codebook.instruments, codebook.none):
        yield "\n".join(_describe_instrument(instrument, words))
    if codebook.rules:
        rules = (line for rule in codebook.rules for line in (f"- {rule.statement}", *_show(rule.examples, words)))
        yield "\n".join((f"# {words.rules}", *rules))


def _describe_instrument(instrument: Instrument, words: PromptWords) -> Iterator[str]:
    yield f"## {instrument.name} {_choose_name(instrument.label, words)}".rstrip()
    yield instrument.definition
    yield from _show(instrument.examples, words)
    for subtype in instrument.subtypes:
        yield from _describe_subtype(instrument.name, subtype, words)


def _describe_subtype(instrument: str, subtype: Subtype, words: PromptWords) -> Iterator[str]:
    yield f"### {instrument}/{subtype.name} {_choose_name(subtype.label, words)}".rstrip()
    yield subtype.definition
    for word, items in ((words.includes, subtype.includes), (words.excludes, subtype.excludes)):
        if items:
            yield f"{word}: {words.joint.join(items)}"
    yield from _show(subtype.examples, words)


def _show(examples: Sequence[Example], words: PromptWords) -> Iterator[str]:
    for example in examples:
        context = {"heading": example.heading, "stem": example.stem}
        shown = "".join(f"{name} {_quote(text)}, " for name, text in context.items() if text)
        yield f"{words.example}: {shown}{_quote(example.text)} → {example.code}"


def _choose_name(label: Label, words: PromptWords) -> str:
    return label.in_language("zh" if words is ZH else "en")


def _quote(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _show_unit(one_id: str, unit: CodingUnit) -> dict[str, str]:
    context = {"title": unit.title, "heading": unit.heading, "stem": unit.stem}
    return {"id": one_id, **{name: text for name, text in context.items() if text}, "text": unit.text}
