"""Colours of instruments: letters can be read on them, and they can be told apart without colour."""

from itertools import pairwise

import pytest

from textq.export.evidence_colours import LINES, choose_paint

INK = {"light": "#1b1d21", "dark": "#e8eaed"}
PAGE = {"light": "#ffffff", "dark": "#1c1f23"}
POSITIONS = [None, *range(24)]


def luminance(colour: str) -> float:
    """WCAG 2.1, relative luminance."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.1, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("position", POSITIONS)
def test_letters_can_be_read(position: int | None, theme: str) -> None:
    paint = choose_paint(position, theme)

    assert contrast(INK[theme], paint.ground) >= 7
    assert contrast(paint.line, PAGE[theme]) >= 4.5
    assert contrast(paint.line, paint.ground) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_differ_and_neighbours_do_without_colour(theme: str) -> None:
    paints = [choose_paint(position, theme) for position in POSITIONS]

    assert len(set(paints)) == len(paints)
    assert all(one.kind != other.kind for one, other in pairwise(paints[1:]))
    assert len({paint.kind for paint in paints[1 : 1 + len(LINES)]}) == len(LINES)
