"""The styles differ in what their readers know them by."""

from dataclasses import replace
from typing import Any

import pytest

from econ.errors import SpecError
from econ.table_style import STYLES, find_style


def test_styles_go_by_their_names() -> None:
    assert list(STYLES) == ["cn", "aer", "stata", "fixest", "r", "interval"]
    for name, style in STYLES.items():
        assert find_style(name) is find_style(style) is style
        assert style.name == name


def test_an_unknown_style_is_refused() -> None:
    with pytest.raises(SpecError, match="a table style is one of cn, aer, stata, fixest, r, interval"):
        find_style("aea")


def test_only_one_prints_t_values_and_two_print_no_stars() -> None:
    assert {name for name, style in STYLES.items() if style.below == "t"} == {"stata"}
    assert {name for name, style in STYLES.items() if not style.stars} == {"aer", "interval"}
    assert {name for name, style in STYLES.items() if style.lang == "zh"} == {"cn"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"below": "sd"}, "'below' parameter of TableStyle must be one of 'se', 't', 'ci', 'p'"),
        ({"fits": ("nobs", "aic")}, "'fits' parameter of TableStyle must be one of 'nobs'"),
        ({"stars": (("*", 0.1), ("**", 0.05))}, "the strictest first"),
        ({"stars": (("*", 5.0),)}, "between 0 and 1"),
        ({"stars": (("*", "x"),)}, "between 0 and 1"),
        ({"stars": (("*", 0.01), ("*", 0.05))}, "marks that are not empty, each once"),
        ({"stars": (("", 0.05),)}, "marks that are not empty, each once"),
        ({"stars": "***"}, "pairs of a mark and a p-value"),
        ({"stars": ("***",)}, "pairs of a mark and a p-value"),
        ({"fits": "nobs"}, "'fits' of a TableStyle must be a tuple of names"),
        ({"fits": ("nobs", "nobs")}, "must name each fact once"),
        ({"numbers": "left"}, "'numbers' parameter of TableStyle must be one of 'above', 'below'"),
        ({"outcomes": "never"}, "'outcomes' parameter of TableStyle must be one of 'always', 'differ'"),
        ({"f_kind": "F"}, "'f_kind' parameter of TableStyle must be one of 'wald'"),
        ({"lang": "fr"}, "'lang' parameter of TableStyle must be one of 'en', 'zh'"),
        ({"digits": -1}, "'digits' of a TableStyle must be a whole number, 0 or more"),
        ({"digits_fit": 2.5}, "'digits_fit' of a TableStyle must be a whole number"),
        ({"digits_t": True}, "'digits_t' of a TableStyle must be a whole number"),
        ({"brackets": "()"}, "'brackets' of a TableStyle must be a tuple of two texts"),
        ({"brackets": ("(",)}, "'brackets' of a TableStyle must be a tuple of two texts"),
        ({"sections": "no"}, "'sections' parameter of TableStyle must be one of True, False"),
        ({"name": None}, "name of a style must be text"),
    ],
)
def test_what_no_table_can_print_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        replace(STYLES["cn"], **changes)
