"""Names of the context: two languages, a meaning in the guide too; all other entries stay."""

import re
from pathlib import Path

import pytest

from textq.export.evidence_context import CONTEXT_NAMES, Lang, explain_context, translate_context

GUIDE = Path(__file__).parents[3] / "docs/coding.md"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_names_and_meanings_differ(lang: Lang) -> None:
    assert len({one.names[lang] for one in CONTEXT_NAMES.values()}) == len(CONTEXT_NAMES)
    assert len({one.meanings[lang] for one in CONTEXT_NAMES.values()}) == len(CONTEXT_NAMES)
    assert all(re.search("[一-鿿]", one.names["zh"] + one.meanings["zh"]) for one in CONTEXT_NAMES.values())


def test_the_guide_explains_every_name() -> None:
    explained = re.findall(r"^\| `(.+?)` \| (.+?) \| .+ \|$", GUIDE.read_text(encoding="utf-8"), flags=re.MULTILINE)

    assert [pair for pair in explained if pair[0] in CONTEXT_NAMES] == [
        (name, one.names["zh"]) for name, one in CONTEXT_NAMES.items()
    ]


@pytest.mark.parametrize(
    ("entry", "shown"),
    [
        ("terms in the stem +0.8", "引导语中的词条 +0.8"),
        ("length -10.2", "条款长度 -10.2"),
        ("length", "length"),
        ("length +0.8 m", "length +0.8 m"),
        ("shore power +0.8", "shore power +0.8"),
        ("通关", "通关"),
        ("", ""),
    ],
)
def test_only_names_with_a_weight_are_translated(entry: str, shown: str) -> None:
    assert translate_context(entry, "zh") == shown
    assert translate_context(entry, "en") == entry


def test_each_name_is_explained_once_in_one_order() -> None:
    entries = ["length +0.8", "通关", "stem +1.0", "length +0.2", "stem"]

    assert [name for name, _ in explain_context(entries, "en")] == ["stem", "length"]
    assert explain_context(["通关"], "zh") == []
