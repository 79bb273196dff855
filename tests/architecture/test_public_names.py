"""What can be imported is a promise: a change here is a line in CHANGELOG.md."""

import importlib

import pytest

PUBLIC = {
    "textq": ["Run", "load_run", "score"],
    "econ": [],
}


@pytest.mark.parametrize("package", PUBLIC)
def test_public_names_are_those_promised(package: str) -> None:
    assert sorted(importlib.import_module(package).__all__) == PUBLIC[package]


@pytest.mark.parametrize(("package", "name"), [(package, name) for package, names in PUBLIC.items() for name in names])
def test_public_names_can_be_imported_and_are_documented(package: str, name: str) -> None:
    assert getattr(importlib.import_module(package), name).__doc__


def test_dir_lists_the_public_names() -> None:
    assert dir(importlib.import_module("textq")) == PUBLIC["textq"]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(AttributeError, match="'textq' has no attribute 'scores'"):
        _ = importlib.import_module("textq").scores
