"""Gaps between glyphs: what letter spacing adds to each, and where narrow gutters part two columns."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from textq.ingest.normalize import CJK_CHARACTER
from textq.ingest.pdf.page import Glyph

_FEWEST_GAPS = 3
"""The spacing of a line is known from so many gaps on."""

_TIGHT = 0.02
"""Type sizes: less between most characters is no spacing."""

_SHARED_GAP = 0.75
"""Type sizes: a gap of this width before the same x on many lines is a gutter."""

NARROW_GUTTER = 0.4
"""Type sizes: a line with less room before a gutter (its last mark hangs into it) is not parted there."""

FLUSH = 1.0
"""Points by which the lines of a column begin apart, at most."""

_FEWEST_FLUSH = 3
"""So many lines of a column begin at its edge."""

_FEWEST_LINES = 6
"""So many lines that share a gap show a gutter …"""

_LINE_SHARE = 0.7
"""… if they are this share of the lines between the first and the last of them, at least."""


def measure_spacing(glyphs: Sequence[Glyph]) -> float:
    """Return the points between neighbouring characters of a line (from left to right) that is letter-spaced; else 0.

    Latin letters and digits must stand as far apart as the others, since only Chinese is spaced out to fill a line.
    """
    if len(glyphs) <= _FEWEST_GAPS:
        return 0.0
    usual = median(right.left - left.right for left, right in pairwise(glyphs))
    if usual <= _TIGHT * glyphs[0].size:
        return 0.0
    latin = [right.left - left.right for left, right in pairwise(glyphs) if _is_latin(left) and _is_latin(right)]
    return min(usual, max(median(latin), 0.0)) if latin else usual


def _is_latin(glyph: Glyph) -> bool:
    return CJK_CHARACTER.match(glyph.text) is None


def find_gutters(heights: Sequence[Sequence[Glyph]]) -> list[float]:
    """Return the left edges (x, ascending) of columns behind a gap that most lines of a stretch share.

    The lines are given from top to bottom, the characters of each from left to right. Chance leaves no gap of this
    width in one place on so many lines.
    """
    gaps = [list(_find_gaps(glyphs)) for glyphs in heights]
    edges: dict[int, list[float]] = {}
    for own in gaps:
        for _, end in own:
            edges.setdefault(round(end), []).append(end)
    candidates = sorted(min(ends) for ends in edges.values() if len(ends) >= _FEWEST_FLUSH)
    return [x for x in candidates if _is_gutter(x, gaps, heights)]


def _find_gaps(glyphs: Sequence[Glyph]) -> list[tuple[float, float]]:
    printed = [glyph for glyph in glyphs if glyph.text != " "]
    return [
        (left.right, right.left)
        for left, right in pairwise(printed)
        if right.left - left.right > _SHARED_GAP * max(left.size, right.size)
    ]


def _is_gutter(x: float, gaps: Sequence[Sequence[tuple[float, float]]], heights: Sequence[Sequence[Glyph]]) -> bool:
    before = [(own, bisect_left(own, (x,))) for own in gaps]
    sharing = [at for at, (own, end) in enumerate(before) if end and x <= own[end - 1][1] + FLUSH]
    if len(sharing) < _FEWEST_LINES:
        return False
    between = heights[sharing[0] : sharing[-1] + 1]
    beside = [glyphs for glyphs in between if glyphs[0].left < x < glyphs[-1].right]
    return len(sharing) >= _LINE_SHARE * len(beside)
