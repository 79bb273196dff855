"""What spoke for a code outside the text, as trained coders name it: in two languages, with what each name means."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]

_WEIGHED = re.compile(r"(?P<name>.+) (?P<weight>[+-]\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class ContextName:
    """A name of the files in two languages, and what it means."""

    names: dict[Lang, str]
    meanings: dict[Lang, str]


def _name(en: str, zh: str, *, means: str, means_zh: str) -> ContextName:
    return ContextName({"en": en, "zh": zh}, {"en": means, "zh": means_zh})


_NAMES = (
    _name(
        "heading", "标题用字",
        means="characters of the headings above the clause, one by one and in pairs",
        means_zh="条款上方各级标题中的单字和相邻两字",
    ),
    _name(
        "stem", "引导语用字",
        means="characters of the stem, the line that introduces the list, one by one and in pairs",
        means_zh="引导语 (引出所列各项的文字) 中的单字和相邻两字",
    ),
    _name(
        "terms in the heading", "标题中的词条",
        means="terms of the lexicon in the headings",
        means_zh="标题中出现的词表词条",
    ),
    _name(
        "terms in the stem", "引导语中的词条",
        means="terms of the lexicon in the stem",
        means_zh="引导语中出现的词表词条",
    ),
    _name(
        "balance of the terms", "词条的对比",
        means="how the terms found in text, stem and headings are shared among the instruments, and which has most",
        means_zh="正文、引导语和标题中的词条在各类工具间所占份额, 以及何类最多",
    ),
    _name(
        "no term found", "未见词条",
        means="the lexicon has no term in text, stem and headings",
        means_zh="正文、引导语和标题中均无词表词条",
    ),
    _name("length", "条款长度", means="how long the clause is", means_zh="条款的字数"),
    _name(
        "numbered article", "条的序号",
        means="the clause begins with the number of an article (第三条)",
        means_zh="条款以“第三条”一类序号开头",
    ),
    _name(
        "numbered item", "其他序号",
        means="the clause begins with another number (（一）, 1.)",
        means_zh="条款以“（一）”“1.”等序号开头",
    ),
    _name("has a stem", "有引导语", means="the clause stands in a list with a stem", means_zh="条款属于有引导语的列举"),
    _name("has a heading", "有标题", means="there is a heading above the clause", means_zh="条款上方有标题"),
    _name("ends with a colon", "以冒号结尾", means="the clause ends with a colon", means_zh="条款以冒号结尾"),
)  # fmt: skip

CONTEXT_NAMES: dict[str, ContextName] = {one.names["en"]: one for one in _NAMES}
"""By the name in the files, which is the English one."""


def translate_context(entry: str, lang: Lang) -> str:
    """Return an entry of a coding's context as it is shown; terms of a lexicon stay what they are.

    >>> translate_context("length +0.8", "zh")
    '条款长度 +0.8'
    """
    found = _split(entry)
    return entry if found is None else f"{CONTEXT_NAMES[found[0]].names[lang]} {found[1]}"


def explain_context(entries: Iterable[str], lang: Lang) -> list[tuple[str, str]]:
    """Return the names that stand in entries, each once and with its meaning, in the order of `CONTEXT_NAMES`."""
    shown = {found[0] for found in map(_split, set(entries)) if found}
    return [(one.names[lang], one.meanings[lang]) for name, one in CONTEXT_NAMES.items() if name in shown]


def _split(entry: str) -> tuple[str, str] | None:
    """Return name and weight of an entry that a trained coder wrote, None of others."""
    found = _WEIGHED.fullmatch(entry)
    return (found["name"], found["weight"]) if found and found["name"] in CONTEXT_NAMES else None
