"""No program knows the codes of the codebook that comes with it: any other can take its place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from textq.lexicon.read import builtin_codebook

CODEBOOK = builtin_codebook()
CODES = {*CODEBOOK.instrument_names, *CODEBOOK.codes}
NAMES = {label.zh for label in CODEBOOK.labels.values()} - {CODEBOOK.none.label.zh}


def list_modules(repository: Path) -> list[Path]:
    return [path for package in ("textq", "econ") for path in sorted((repository / package).rglob("*.py"))]


def list_constants(source: str) -> Iterator[str]:
    """The texts in a module that a program can compare with, which docstrings are not."""
    tree = ast.parse(source)
    alone = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in alone:
            yield node.value


def knows_codes(source: str) -> bool:
    texts = list(list_constants(source))
    is_code = any(text.removeprefix("did:") in CODES for text in texts)
    return is_code or any(name in text for name in CODEBOOK.codes for text in texts) or bool(NAMES & set(texts))


def test_no_module_holds_a_code(repository: Path) -> None:
    modules = list_modules(repository)
    assert len(modules) > 100
    assert [path.name for path in modules if knows_codes(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("source", ['x = "supply"', 'x = ["did:demand"]', 'x = "coded supply/talent"', 'x = "供给型"'])
def test_a_code_would_be_found(source: str) -> None:
    assert knows_codes(source)


@pytest.mark.parametrize(
    "source", ['"""supply"""', "supply = 1", 'x = "supplying"', 'def f():\n    """Of supply/talent."""']
)
def test_words_and_docstrings_are_no_codes(source: str) -> None:
    assert not knows_codes(source)
