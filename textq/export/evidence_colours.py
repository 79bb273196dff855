"""Colours for the instruments of any codebook, by their order: told apart by eye, in print, and on light and dark."""

from colorsys import hls_to_rgb
from dataclasses import dataclass

_HUES = (212, 28, 150, 318, 48, 186, 265, 0)
"""Degrees; neighbours in this order stay apart for colour-blind readers too."""

_TURN = 137.5
"""Degrees between the hues beyond those."""

LINES = ("solid", "dashed", "double", "dotted", "wavy")
"""The kinds of line, which tell instruments apart where colours do not."""

_FULLEST = {"light": (0.92, 0.27), "dark": (0.17, 0.76)}
"""Lightness of a ground and of the line and letters on it, by theme."""


@dataclass(frozen=True, slots=True)
class Paint:
    """How an instrument is shown: the ground behind its evidence, the colour and the kind of the line below it."""

    ground: str
    line: str
    kind: str


def choose_paint(position: int | None, theme: str) -> Paint:
    """Return the paint of the instrument at a place of the codebook, grey for None; ``theme`` is light or dark."""
    ground, line = _FULLEST[theme]
    if position is None:
        return Paint(_mix(0, ground, 0), _mix(0, line, 0), "solid")
    hue = _HUES[position] if position < len(_HUES) else (position * _TURN) % 360
    return Paint(_mix(hue, ground, 0.7), _mix(hue, line, 0.65), LINES[position % len(LINES)])


def _mix(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(255 * part):02x}" for part in hls_to_rgb(hue / 360, lightness, saturation))
