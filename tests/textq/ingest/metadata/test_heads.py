"""Heads and signatures in the manner of real documents (heads.txt), and what must be found in each.

A case of heads.txt is a line ``=== name``, the text, a line ``---``, and the fields expected: lists joined by ";",
"none" for nothing. ``doubts`` are all the fields that a person is asked to confirm, ``note`` one of the notes.
"""

from pathlib import Path

import pytest

from textq.ingest.extract import Extract
from textq.ingest.metadata.read import Metadata, read_metadata
from textq.ingest.normalize import normalize_text
from textq.lexicon.places import builtin_gazetteer


def read_cases() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    cases = {}
    for case in (Path(__file__).parent / "heads.txt").read_text(encoding="utf-8").split("=== ")[1:]:
        head, _, expected = case.partition("\n---\n")
        name, _, text = head.partition("\n")
        pairs = (line.partition(": ") for line in expected.strip().split("\n"))
        cases[name] = (text, [(field, value) for field, _, value in pairs])
    return cases


CASES = read_cases()


def show(found: Metadata, field: str) -> str:
    value = sorted({doubt.field for doubt in found.doubts}) if field == "doubts" else getattr(found, field)
    return (";".join(value) if isinstance(value, tuple | list) else str(value or "")) or "none"


@pytest.mark.parametrize("name", CASES)
def test_heads_and_signatures(name: str) -> None:
    text, expected = CASES[name]
    found = read_metadata(Extract(normalize_text(text)), builtin_gazetteer())
    for field, value in expected:
        if field == "note":
            assert value in found.notes
        else:
            assert show(found, field) == value, field


def test_there_are_many_cases_and_each_says_what_it_expects() -> None:
    assert len(CASES) > 100
    assert all(expected for _, expected in CASES.values())
