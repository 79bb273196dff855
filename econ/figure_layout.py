"""Texts of a figure: where they may be broken, and whether one is cut off or hidden by another."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np

from econ.figure_library import load_matplotlib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from econ.figure_library import Figure, Text

_NOT_FIRST = frozenset("，。；：、）》”’】〕％%！？…—,.;:)]}!?")
_NOT_LAST = frozenset("（《“‘【〔([{")
_NO_BREAK = "\u00a0"
_SLACK = 1.0
"""Pixels by which a text may stand over the edge: rounding of its extent."""


def break_text(text: str, fits: Callable[[str], bool]) -> str:
    """Return a text in lines that fit: broken at blanks, before and after Chinese characters, else within a word.

    No line begins with a closing mark or ends with an opening one.
    """
    return "\n".join(line for part in text.split("\n") for line in _break_line(part, fits))


def _break_line(text: str, fits: Callable[[str], bool]) -> Iterator[str]:
    rest = text.strip()
    while rest:
        if fits(rest):
            yield rest
            return
        end = _find_end(rest, fits)
        yield rest[:end].rstrip()
        rest = rest[end:].lstrip()


def _find_end(text: str, fits: Callable[[str], bool]) -> int:
    """Return where the first line ends: at the last break before which it fits, at least one character."""
    low, high = 1, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[:middle].rstrip()) else (low, middle - 1)
    breaks = [place for place in range(1, low + 1) if place < len(text) and _may_break(text[place - 1], text[place])]
    return breaks[-1] if breaks and breaks[-1] > 0.3 * low else low


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_FIRST or before in _NOT_LAST or _NO_BREAK in (before, after):
        return False
    return before.isspace() or after.isspace() or before in "-/_" or _is_wide(before) or _is_wide(after)


def _is_wide(letter: str) -> bool:
    return unicodedata.east_asian_width(letter) in "WF"


def find_faults(figure: Figure) -> list[str]:
    """Return what cannot be read: texts over the edge of the figure, texts over one another, in words.

    The figure must have been drawn.
    """
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    edge = figure.bbox
    faults = []
    for text in list_texts(figure):
        box = text.get_window_extent(renderer)
        inside = (
            box.x0 >= edge.x0 - _SLACK
            and box.y0 >= edge.y0 - _SLACK
            and box.x1 <= edge.x1 + _SLACK
            and box.y1 <= edge.y1 + _SLACK
        )
        if not inside:
            faults.append(f"{_name(text)} stands over the edge")
    pairs = _list_overlaps(list_texts(figure), renderer)
    return faults + [f"{_name(one)} and {_name(other)} stand over one another" for one, other in pairs]


def list_texts(figure: Figure) -> list[Text]:
    """Return the texts of a figure that are seen."""
    kind = load_matplotlib("text").Text
    found: Any = figure.findobj(lambda artist: isinstance(artist, kind))
    hidden = {id(one) for axes in figure.axes if not axes.axison for one in axes.findobj(kind) if one not in axes.texts}
    return [text for text in found if text.get_visible() and text.get_text().strip() and id(text) not in hidden]


def _list_overlaps(texts: Sequence[Text], renderer: object) -> Iterator[tuple[Text, Text]]:
    """Yield the texts that stand over one another, by more than the rounding of their extents."""
    boxes = np.array([text.get_window_extent(renderer).extents for text in texts]).reshape(-1, 4)  # type: ignore[arg-type]
    low, high = boxes[:, :2] + _SLACK / 2, boxes[:, 2:] - _SLACK / 2
    is_over = ((low[:, None] < high[None]) & (low[None] < high[:, None])).all(axis=2)
    for one, other in np.argwhere(np.triu(is_over, 1)):
        yield texts[one], texts[other]


def _name(text: Text) -> str:
    shown = text.get_text().replace("\n", " ")
    return repr(shown if len(shown) <= 40 else f"{shown[:39]}…")
