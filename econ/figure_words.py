"""The words of figures, in both languages, from one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from econ.spec import check_choice
from econ.table import Lang
from econ.words import read_section

if TYPE_CHECKING:
    from collections.abc import Mapping

    from econ.estimate import Estimate

_SECTION = "figures"


def say(key: str, lang: Lang, *parts: object, **values: object) -> str:
    """Return the text of a key, with what is to be filled in.

    Raises
    ------
    SpecError
        If the language is not known.
    """
    check_choice("say", "lang", lang, get_args(Lang))
    return str(read_section(_SECTION)[key][lang]).format(*parts, **values)


def list_words(lang: Lang) -> tuple[str, ...]:
    """Return all texts of a language: a font must have their characters."""
    check_choice("list_words", "lang", lang, get_args(Lang))
    return tuple(str(texts[lang]) for texts in read_section(_SECTION).values())


def say_p(value: float, lang: Lang) -> str:
    """Return a p-value with three decimals."""
    return say("p_small", lang) if value < 0.0005 else say("p_value", lang, f"{value:.3f}")


def say_errors(estimate: Estimate, labels: Mapping[str, str], lang: Lang) -> str:
    """Return how the standard errors of an estimate were computed."""
    spec = estimate.spec.vcov
    return say(f"errors_{spec.kind}", lang, *(labels.get(column, column) for column in spec.by))


def show_signed(value: float, digits: int = 3) -> str:
    """Return a number with so many significant digits, with a true minus sign."""
    return f"{value:.{digits}g}".replace("-", "−")
