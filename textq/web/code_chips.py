"""How a code is shown: its name, and a letter, a shape and a colour, of which each alone tells the classes apart."""

from dataclasses import dataclass

from textq.lexicon.codebook import Codebook
from textq.records import NONE, join_code

SHAPES = (
    "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1z",
    "M2 2h12v12H2z",
    "M8 1l7.5 13.5H.5z",
    "M8 .5L15.5 8 8 15.5.5 8z",
    "M8 15L.5 1.5h15z",
    "M5.5 1h5v4.5H15v5h-4.5V15h-5v-4.5H1v-5H5.5z",
    "M4.2 1.5h7.6L15.5 8l-3.7 6.5H4.2L.5 8z",
    "M8 .5l2.2 5 5.3.5-4 3.6 1.2 5.4L8 12.2 3.3 15l1.2-5.4-4-3.6 5.3-.5z",
    "M2 1h12L10 8l4 7H2l4-7z",
)
"""Outlines in a square of 16 by 16: disc, square, triangle, lozenge, wedge, cross, hexagon, star, hourglass."""

NO_SHAPE = "M8 1a7 7 0 1 0 0 14A7 7 0 1 0 8 1zm0 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 1 1 0-9.6z"
"""The outline of ``none``: a ring."""


@dataclass(frozen=True, slots=True)
class CodeChip:
    """How a code is shown.

    Attributes
    ----------
    code
        The code, as in ``"supply/talent"``.
    css
        ``"k0"`` … ``"k8"`` by the place of the instrument in the codebook, or ``"none"``.
    digit
        The key of the instrument: its place in the codebook from ``"1"``, ``"0"`` for none, ``""`` beyond nine.
    letter, shape
        A letter that no other instrument has, and an outline (``d`` of an SVG path, 16 by 16).
    name, subtype
        What instrument and subtype are called; ``""`` where there is no subtype.
    """

    code: str
    css: str
    digit: str
    letter: str
    shape: str
    name: str
    subtype: str = ""


def describe_code(codebook: Codebook, instrument: str, subtype: str | None, lang: str) -> CodeChip:
    """Return how a code is shown in a language; a code that the codebook does not know is shown as it is written."""
    code = join_code(instrument, subtype)
    name, called = codebook.call(code, lang)
    if instrument == NONE:
        return CodeChip(NONE, "none", "0", _find_letters(codebook, lang)[NONE], NO_SHAPE, name)
    if instrument not in codebook.instrument_names:
        return CodeChip(code, "none", "", "?", NO_SHAPE, name, called)
    place = codebook.instrument_names.index(instrument)
    return CodeChip(
        code,
        f"k{place % len(SHAPES)}",
        str(place + 1) if place < 9 else "",
        _find_letters(codebook, lang)[instrument],
        SHAPES[place % len(SHAPES)],
        name,
        called,
    )


def _find_letters(codebook: Codebook, lang: str) -> dict[str, str]:
    """Return the first letter of each class in a language; of classes that share it, the place in the codebook."""
    first = {name: codebook.labels[name].in_language(lang)[:1].upper() for name in codebook.classes}
    shared = {letter for letter in first.values() if list(first.values()).count(letter) > 1}
    digits = {name: str(place) for place, name in enumerate(codebook.instrument_names, 1)} | {NONE: "0"}
    return {name: digits[name] if letter in shared else letter for name, letter in first.items()}
