"""The words of tables and figures in both languages, from labels.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from econ.table import Lang


def say(key: str, lang: Lang, style: str = "") -> str:
    """Return the words of a key; where a style has its own for it, those.

    Raises
    ------
    KeyError
        If labels.toml lacks the key or the language.
    """
    entry = _read_labels()[key]
    own = entry.get(style, {}) if style else {}
    return str(own[lang] if lang in own else entry[lang])


def name_terms(lang: Lang, *, cities: bool = False) -> dict[str, str]:
    """Return what to print for terms, effects, clusters and outcomes; with ``cities`` for cities and years."""
    sections = ("terms", "city_terms") if cities else ("terms",)
    return {term: str(entry[lang]) for section in sections for term, entry in read_section(section).items()}


def read_section(name: str) -> Mapping[str, Any]:
    """Return all entries of a section, by key and language."""
    section: Mapping[str, Any] = _read_labels()[name]
    return section


@cache
def _read_labels() -> Mapping[str, Any]:
    return tomllib.loads(files("econ").joinpath("labels.toml").read_text(encoding="utf-8"))
