"""A table before it has a format: numbers that know how they are printed, rows in blocks, heads over columns, notes."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Lang = Literal["en", "zh"]

MINUS = "−"
"""The minus sign of typeset tables; text, CSV and Markdown keep the hyphen, which programs read as a sign."""

MISSING = "–"
"""Printed for a number that is not there (NaN)."""

INFINITE = "∞"
"""Printed for an infinite number, such as the end of an interval that is unbounded."""

_SPARE_DECIMALS = 2
"""How many decimals more a small number may take before it is printed in powers of ten."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number and how it is printed; ``str(number)`` is what stands in the table.

    Attributes
    ----------
    value : float
        Unrounded. NaN prints as an en dash.
    digits : int
        Decimals, >= 0.
    brackets : tuple of str
        Around the number, e.g. ("(", ")").
    stars : str
        Behind it.
    grouped : bool
        Whether thousands are set apart by commas.
    leading_zero : bool
        Whether 0.5 prints as 0.5 or as .5.
    adaptive : bool
        Whether a number of which ``digits`` decimals leave fewer than two significant digits takes one decimal more or
        two, and a still smaller one powers of ten. Without it, it is rounded as it is; with no decimals, always.
    """

    value: float
    digits: int
    brackets: tuple[str, str] = ("", "")
    stars: str = ""
    grouped: bool = False
    leading_zero: bool = True
    adaptive: bool = True

    @property
    def decimals(self) -> int:
        """How many decimals are printed: ``digits``, up to two more; two, where powers of ten are printed."""
        if self.in_powers:
            return 2
        return self.digits + sum(self._lacks_digits(self.digits + more) for more in range(_SPARE_DECIMALS))

    @property
    def in_powers(self) -> bool:
        """Whether the number is printed in powers of ten, as 1.23e-05."""
        return self._lacks_digits(self.digits + _SPARE_DECIMALS)

    def _lacks_digits(self, decimals: int) -> bool:
        return self.adaptive and self.digits > 0 and 0 < abs(self.value) < 10.0 ** (1 - decimals)

    @property
    def bare(self) -> str:
        """The number without brackets and stars, with a hyphen for its sign."""
        if math.isnan(self.value):
            return MISSING
        if math.isinf(self.value):
            return INFINITE if self.value > 0 else f"-{INFINITE}"
        if self.in_powers:
            return f"{self.value:.2e}"
        shown = f"{self.value:{',' if self.grouped else ''}.{self.decimals}f}"
        shown = shown.removeprefix("-") if not re.search("[1-9]", shown) else shown
        return shown if self.leading_zero else re.sub(r"^(-?)0\.", r"\1.", shown)

    def __str__(self) -> str:
        return f"{self.brackets[0]}{self.bare}{self.brackets[1]}{self.stars}"


@dataclass(frozen=True, slots=True)
class Interval:
    """Two numbers, printed as [low, high] with the same rule as :class:`Number`."""

    low: float
    high: float
    digits: int
    leading_zero: bool = True

    def __str__(self) -> str:
        low, high = (Number(value, self.digits, leading_zero=self.leading_zero) for value in (self.low, self.high))
        return f"[{low}, {high}]"


Cell = str | Number | Interval
Row = tuple[Cell, ...]
Block = tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A head over ``columns`` neighbouring columns; empty text is a gap."""

    text: str
    columns: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table: heads, blocks of rows, notes.

    Attributes
    ----------
    title : str
    head : tuple of str
        The names of the columns. The first cell stands above the names of the rows.
    blocks : tuple of tuples of rows
        Each row as long as ``head``. Its first cell is its name, a string; a row without a name belongs to the one
        above, as standard errors do.
    notes : tuple of str
        Below the table, in whole sentences.
    spans : tuple of rows of Span
        Rows above ``head``, from the top down. The spans of a row fill all columns but the first.
    lang : "en" or "zh"
        The language of the words.
    block_rules : bool
        Whether blocks are set apart by a rule; if not, by space, so that a table has three rules in all.
    below : str
        What stands in rows without a name, for CSV, where they need one: "se", "t", "ci", "p".
    remarks : tuple of str
        What the author must know of the numbers and a reader of the paper learns elsewhere. Text and HTML show them,
        LaTeX and Markdown hold them as comments, Word and Excel leave them out.
    """

    title: str
    head: tuple[str, ...]
    blocks: tuple[Block, ...]
    notes: tuple[str, ...] = ()
    spans: tuple[tuple[Span, ...], ...] = ()
    lang: Lang = "en"
    block_rules: bool = True
    below: str = "se"
    remarks: tuple[str, ...] = ()


def show_number(value: float, digits: int = 4) -> str:
    """Return a number as :class:`Number` prints it, for sentences."""
    return str(Number(value, digits))


def print_rows(table: Table) -> list[list[str]]:
    """Return what a table prints, row by row and cell by cell: spans, head, all blocks.

    Every row is as long as the head. A span stands in its first column, the others of it are empty. This is what
    reading a written file must give, but for the minus sign.
    """
    rows = [["", *_print_spans(spans)] for spans in table.spans]
    rows.append(list(table.head))
    rows += [[str(cell) for cell in row] for block in table.blocks for row in block]
    return rows


def _print_spans(spans: tuple[Span, ...]) -> Iterator[str]:
    for span in spans:
        yield span.text
        yield from [""] * (span.columns - 1)


_SIGN = re.compile(r"(?<![\w.)\]-])-(?=\.?\d|∞)|(?<=\de)-(?=\d)")


def set_minus(text: str) -> str:
    """Return a text with a true minus sign before numbers; hyphens in words and dates stay."""
    return _SIGN.sub(MINUS, text)


def unset_minus(text: str) -> str:
    """Return a text with hyphens for minus signs, to compare what was read with what was printed."""
    return text.replace(MINUS, "-")
