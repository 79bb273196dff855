"""Pages whose text is set sideways, upside down or in vertical lines → pages that read from left to right."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from textq.ingest.boxes import Box
from textq.ingest.lines import Line
from textq.ingest.pdf.page import Glyph, PrintedPage, Rule

_SAME_COLUMN = 0.2
"""Type sizes by which two characters of a vertical line stand apart sideways, at most."""

_STEP = (0.6, 1.6)
"""Type sizes from one character of a vertical line down to the next, at least and at most."""

_FEWEST_STEPS = 20
"""A page with fewer steps downwards is set in no vertical lines."""

_DOWNWARDS = 90
"""Vertical lines are read as if turned by so many degrees: a line runs down, the next one stands to its left."""


@dataclass(frozen=True, slots=True)
class UprightPage:
    """A page turned so that most of its text reads from left to right.

    ``turn`` is by how many degrees clockwise that text stands as shown; ``left_out`` are the characters that stand
    otherwise, which no line can hold; ``width`` and ``height`` are those of the page as shown, in points.
    """

    page: PrintedPage
    turn: int
    left_out: tuple[Glyph, ...]
    width: float
    height: float


def set_upright(page: PrintedPage) -> UprightPage:
    """Turn a page by how most of its characters stand; slanted ones do not count, and stay."""
    glyphs = [*page.glyphs, *page.hidden]
    turn = _find_direction(glyphs)
    is_vertical = turn == 0 and _is_vertical(page.glyphs)
    if is_vertical:
        # Latin words in vertical lines stand turned already; the characters are given upright.
        glyphs = [glyph._replace(turn=_DOWNWARDS) for glyph in glyphs]
        turn = _DOWNWARDS
    left_out = tuple(glyph for glyph in page.glyphs if _stands(glyph) and glyph.turn != turn) if not is_vertical else ()
    if not turn and not left_out:
        return UprightPage(page, 0, (), page.width, page.height)
    width, height = (page.height, page.width) if turn in (90, 270) else (page.width, page.height)
    odd = set(map(id, left_out))
    turned = replace(
        page,
        width=width,
        height=height,
        glyphs=[_turn_glyph(one, turn, page) for one in page.glyphs if id(one) not in odd],
        hidden=[_turn_glyph(one, turn, page) for one in page.hidden],
        rules=[_turn_rule(one, turn, page) for one in page.rules],
    )
    return UprightPage(turned, turn, left_out, page.width, page.height)


def turn_back(lines: Sequence[Line], upright: UprightPage) -> list[Line]:
    """Return lines laid out on a turned page with the boxes of their characters as the page is shown."""
    if not upright.turn:
        return list(lines)
    back = -upright.turn % 360
    width, height = upright.page.width, upright.page.height
    return [
        replace(
            line,
            boxes=tuple(box and Box(box.page, *_turn_box((*box[1:],), back, width, height)) for box in line.boxes),
        )
        for line in lines
    ]


def _stands(glyph: Glyph) -> bool:
    return glyph.size > 0 and glyph.text != " "


def _find_direction(glyphs: Sequence[Glyph]) -> int:
    turns = Counter(glyph.turn for glyph in glyphs if _stands(glyph))
    return max(turns, key=lambda turn: (turns[turn], -turn)) if turns else 0


def _is_vertical(glyphs: Sequence[Glyph]) -> bool:
    """Tell whether most characters, in the order of the file, stand below the one before them."""
    printed = [glyph for glyph in glyphs if _stands(glyph)]
    down = sum(_is_below(*pair) for pair in pairwise(printed))
    return down >= _FEWEST_STEPS and down > len(printed) / 2


def _is_below(glyph: Glyph, following: Glyph) -> bool:
    size = max(glyph.size, following.size)
    step = (following.top + following.bottom - glyph.top - glyph.bottom) / 2
    aside = abs(following.left + following.right - glyph.left - glyph.right) / 2
    return aside < _SAME_COLUMN * size and _STEP[0] * size <= step <= _STEP[1] * size


def _turn_glyph(glyph: Glyph, turn: int, page: PrintedPage) -> Glyph:
    left, top, right, bottom = _turn_box(glyph[1:5], turn, page.width, page.height)
    return glyph._replace(left=left, top=top, right=right, bottom=bottom, turn=0)


def _turn_rule(rule: Rule, turn: int, page: PrintedPage) -> Rule:
    return Rule(*_turn_box((rule.left, rule.top, rule.right, rule.bottom), turn, page.width, page.height))


_Edges = tuple[float, float, float, float]


def _turn_box(edges: _Edges, turn: int, width: float, height: float) -> _Edges:
    """Return the edges of a box on a page of that size once the page is turned back by ``turn`` degrees clockwise."""
    left, top, right, bottom = edges
    if turn == 90:
        return top, width - right, bottom, width - left
    if turn == 180:
        return width - right, height - bottom, width - left, height - top
    if turn == 270:
        return height - bottom, left, height - top, right
    return edges
