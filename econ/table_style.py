"""The looks of a table of estimates, by the programs and journals whose readers know them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from numbers import Real
from typing import TYPE_CHECKING, Literal, get_args

from econ.errors import SpecError
from econ.estimate import FKind
from econ.spec import check_choice
from econ.table import Lang

if TYPE_CHECKING:
    from collections.abc import Mapping

Below = Literal["se", "t", "ci", "p"]
"""What stands below a coefficient: standard error, t value, 95 % confidence interval, p-value."""

Outcomes = Literal["always", "differ"]
Numbers = Literal["above", "below"]
Fit = Literal["nobs", "clusters", "r2", "r2_adjusted", "r2_within", "f"]
Stars = tuple[tuple[str, float], ...]
"""(mark, p-value) pairs: the mark stands where p is smaller. The strictest first."""


@dataclass(frozen=True, slots=True)
class TableStyle:
    """How estimates are printed side by side; ``dataclasses.replace`` changes one thing.

    Attributes
    ----------
    name
        Also chooses the words, where the words of the program that it follows differ.
    lang
        The language where none is asked for.
    stars
        Empty: none are printed, and the note does not speak of them.
    below
        What stands below a coefficient.
    digits
        Decimals of coefficients, standard errors and intervals.
    digits_fit
        Decimals of R² and F.
    digits_t
        Decimals of t values. p-values have three.
    leading_zero
        Whether to print 0.5 or .5.
    fits
        The facts below, in their order: "nobs", "clusters" (one row a kind), "r2", "r2_adjusted", "r2_within" (where
        effects are absorbed), "f".
    f_kind
        Which F: see ``Estimate.test_regressors``.
    brackets
        Around what stands below; intervals have their own.
    sections
        Whether the groups of rows have a heading.
    outcomes
        Whether to name the outcomes above the columns "always" or where they "differ".
    numbers
        Whether (1), (2), … stand "above" outcomes and names or "below".
    errors_row
        Whether a row says the covariance of each column, besides the note.
    block_rules
        Whether a rule stands between coefficients and facts.
    """

    name: str
    lang: Lang = "en"
    stars: Stars = (("***", 0.01), ("**", 0.05), ("*", 0.1))
    below: Below = "se"
    digits: int = 3
    digits_fit: int = 3
    digits_t: int = 2
    leading_zero: bool = True
    fits: tuple[Fit, ...] = ("nobs", "clusters", "r2", "r2_within")
    f_kind: FKind = "wald"
    brackets: tuple[str, str] = ("(", ")")
    sections: bool = False
    outcomes: Outcomes = "differ"
    numbers: Numbers = "above"
    errors_row: bool = False
    block_rules: bool = True

    def __post_init__(self) -> None:
        """Refuse what no table could print, and stars that are not the strictest first.

        Raises
        ------
        SpecError
            If a choice is not known, decimals are no whole number >= 0, the brackets are not two texts, or the stars
            are not pairs of different marks and rising p-values.
        """
        for parameter, choices in _CHOICES.items():
            check_choice("TableStyle", parameter, getattr(self, parameter), choices)
        for parameter in ("digits", "digits_fit", "digits_t"):
            _check_digits(parameter, getattr(self, parameter))
        if not isinstance(self.name, str):
            raise SpecError(f"the name of a style must be text. Got {self.name!r}.")
        _check_fits(self.fits)
        _check_brackets(self.brackets)
        _check_stars(self.stars)


_CHOICES: Mapping[str, tuple[object, ...]] = {
    "below": get_args(Below),
    "lang": get_args(Lang),
    "f_kind": get_args(FKind),
    "outcomes": get_args(Outcomes),
    "numbers": get_args(Numbers),
    "leading_zero": (True, False),
    "sections": (True, False),
    "errors_row": (True, False),
    "block_rules": (True, False),
}


def _check_digits(parameter: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise SpecError(f"the {parameter!r} of a TableStyle must be a whole number, 0 or more. Got {value!r}.")


def _check_fits(fits: object) -> None:
    if not isinstance(fits, tuple | list):
        raise SpecError(f"the 'fits' of a TableStyle must be a tuple of names. Got {fits!r}.")
    for fit in fits:
        check_choice("TableStyle", "fits", fit, get_args(Fit))
    if len(set(fits)) < len(fits):
        raise SpecError(f"the 'fits' of a TableStyle must name each fact once. Got {fits!r}.")


def _check_brackets(brackets: object) -> None:
    if not isinstance(brackets, tuple) or len(brackets) != 2 or not all(isinstance(one, str) for one in brackets):
        raise SpecError(f"the 'brackets' of a TableStyle must be a tuple of two texts. Got {brackets!r}.")


def _check_stars(stars: object) -> None:
    if not isinstance(stars, tuple | list) or not all(isinstance(one, tuple | list) and len(one) == 2 for one in stars):
        raise SpecError(f"stars must be pairs of a mark and a p-value. Got {stars!r}.")
    marks, levels = [mark for mark, _ in stars], [level for _, level in stars]
    if not all(isinstance(mark, str) and mark.strip() for mark in marks) or len(set(marks)) < len(marks):
        raise SpecError(f"stars must have marks that are not empty, each once. Got {stars!r}.")
    numeric = all(isinstance(level, Real) for level in levels)
    if not numeric or levels != sorted(set(levels)) or not all(0 < level < 1 for level in levels):
        raise SpecError(f"stars have p-values between 0 and 1, the strictest first. Got {stars!r}.")


_CN = TableStyle(name="cn", lang="zh", digits=4, block_rules=False)
_AER = TableStyle(name="aer", stars=(), numbers="below", block_rules=False)
_STATA = TableStyle(
    name="stata",
    stars=(("***", 0.001), ("**", 0.01), ("*", 0.05)),
    below="t",
    outcomes="always",
)
_FIXEST = TableStyle(
    name="fixest", digits=4, digits_fit=5, sections=True, outcomes="always", numbers="below", errors_row=True
)
_R = TableStyle(
    name="r",
    stars=(("***", 0.001), ("**", 0.01), ("*", 0.05), ("+", 0.1)),
    fits=("nobs", "clusters", "r2", "r2_adjusted", "r2_within"),
    numbers="below",
    errors_row=True,
)

STYLES: Mapping[str, TableStyle] = {
    style.name: style for style in (_CN, _AER, _STATA, _FIXEST, _R, replace(_AER, name="interval", below="ci"))
}
"""Chinese journals; American Economic Review (no stars); Stata's esttab; fixest and modelsummary of R; intervals."""


def find_style(style: str | TableStyle) -> TableStyle:
    """Return a style by its name, or the style itself.

    Raises
    ------
    SpecError
        If the name is not known.
    """
    if isinstance(style, TableStyle):
        return style
    if not isinstance(style, str) or style not in STYLES:
        raise SpecError(f"a table style is one of {', '.join(STYLES)}, or a TableStyle. Got {style!r}.")
    return STYLES[style]
