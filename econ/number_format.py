"""Number formats of spreadsheets: the one that shows a number as it is printed, and what a number shows under one."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from itertools import product
from typing import TYPE_CHECKING

from econ.typeface import measure_width

if TYPE_CHECKING:
    from econ.table import Number


def build_format(number: Number, space: float = 0.0) -> str:
    """Return the number format under which a cell shows a number as it is printed.

    Parameters
    ----------
    number
    space
        How much to keep free behind it, in units of the type size, so that right-aligned numbers with fewer stars or
        decimals than others stand point below point.
    """
    before, after = map(_quote, number.brackets)
    digits = _choose_digits(number)
    tail = after + _quote(number.stars) + _fill_space(space)
    return f"{before}{digits}{tail};{before}-{digits}{tail}" if before else digits + tail


def _choose_digits(number: Number) -> str:
    if number.in_powers:
        return "0.00E+00"
    if not number.decimals:
        return "#,##0" if number.grouped else "0"
    whole = {(True, True): "#,##0", (True, False): "#,###", (False, True): "0", (False, False): ""}
    return f"{whole[number.grouped, number.leading_zero]}.{'0' * number.decimals}"


def _quote(text: str) -> str:
    """Return a text as a format shows it literally."""
    if '"' in text:
        return "".join(f"\\{letter}" for letter in text)
    return f'"{text}"' if text else ""


def _fill_space(space: float) -> str:
    """Return the code of free space (``_`` and a letter: as wide as that letter) that comes closest to a width."""
    counts = product(range(round(2 * max(space, 0.0)) + 1), range(3), range(2))
    letters = ["x" * full + ")" * brackets + "i" * narrow for full, brackets, narrow in counts]
    closest = min(letters, key=lambda text: (round(abs(space - measure_width(text)), 2), len(text)))
    return "".join(f"_{letter}" for letter in closest)


def choose_value(number: Number, code: str) -> float | None:
    """Return what a cell holds: the unrounded number; the printed one if its format would show another; else nothing.

    Formats round halves away from zero and know 15 digits.
    """
    printed = float(number.bare.replace(",", ""))
    values = (value for value in (number.value, printed + 0.0) if show_value(value, code) == str(number))
    value = next(values, None)
    return int(value) if value is not None and float(value).is_integer() else value


_SECTION = re.compile(r'(?:"[^"]*"|\\.|[^;"\\])+')
_PIECE = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_(?P<space>.)'
    r"|(?P<digits>(?:[#0][#0,]*(?:\.0+)?|\.0+)(?:E\+0+)?)|(?P<plain>.)"
)


def show_value(value: float, code: str) -> str:
    """Return what a cell shows of a number under a format of digits, grouping, powers, quoted text and free space.

    As spreadsheets do it: of the 15 first digits, halves away from zero. Free space shows nothing, powers of ten a
    small e.
    """
    sections = _SECTION.findall(code)
    own = value < 0 and len(sections) > 1
    shown = "".join(_show_piece(piece, value) for piece in _PIECE.finditer(sections[1 if own else 0]))
    return f"-{shown}" if value < 0 and not own else shown


def _show_piece(piece: re.Match[str], value: float) -> str:
    if digits := piece["digits"]:
        return _show_digits(Decimal(f"{abs(value):.15g}"), digits)
    return piece["quoted"] or piece["escaped"] or piece["plain"] or ""


def _show_digits(value: Decimal, pattern: str) -> str:
    mantissa, _, power = pattern.partition("E+")
    if power:
        exponent = value.adjusted() if value else 0
        shown = _show_digits(value.scaleb(-exponent), mantissa)
        if shown.startswith("10"):
            exponent, shown = exponent + 1, _show_digits(value.scaleb(-exponent - 1), mantissa)
        return f"{shown}e{exponent:+0{len(power) + 1}d}"
    whole, _, decimals = pattern.partition(".")
    rounded = value.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    shown = f"{rounded:{',' if ',' in whole else ''}f}"
    return shown if "0" in whole else shown.removeprefix("0")
