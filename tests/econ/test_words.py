"""Every word is there in both languages."""

import tomllib
from pathlib import Path
from string import Formatter

import pytest

import econ
from econ.words import name_terms, say

LABELS = tomllib.loads((Path(econ.__file__).parent / "labels.toml").read_text(encoding="utf-8"))
SECTIONS = ("terms", "city_terms", "figures")
KEYS = [key for key in LABELS if key not in SECTIONS]


def list_gaps(text: str) -> list[str | None]:
    return sorted(str(name) for _, name, _, _ in Formatter().parse(text) if name is not None)


@pytest.mark.parametrize("key", KEYS)
def test_both_languages_have_the_same_gaps(key: str) -> None:
    assert list_gaps(say(key, "en")) == list_gaps(say(key, "zh"))


@pytest.mark.parametrize("section", SECTIONS)
def test_every_term_is_named_in_both_languages(section: str) -> None:
    for term, entry in LABELS[section].items():
        assert set(entry) == {"en", "zh"}, term
        assert all(entry.values()), term


def test_a_style_has_its_own_words_or_those_of_all() -> None:
    assert say("nobs", "en", "stata") == "N"
    assert say("nobs", "en", "mine") == say("nobs", "en", "aer") == say("nobs", "en") == "Observations"


def test_cities_and_years_have_their_names() -> None:
    assert name_terms("en")["period"] == "Period"
    assert name_terms("en", cities=True)["period"] == "Year"
    assert name_terms("zh", cities=True)["Intercept"] == name_terms("zh")["Intercept"] == "常数项"
