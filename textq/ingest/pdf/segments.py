"""Glyphs → the stretches of text that stand side by side on each height of a page."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from textq.ingest.boxes import Box
from textq.ingest.lines import Line, trace_text
from textq.ingest.normalize import CJK_CHARACTER
from textq.ingest.pdf.page import Glyph
from textq.ingest.pdf.spacing import FLUSH, NARROW_GUTTER, find_gutters, measure_spacing

_SAME_HEIGHT = 0.35
"""Type sizes by which the middles of characters on one line differ at most."""

_RAISED = 0.95
"""Smaller type than this share of its neighbours', and overlapping them, is raised or lowered on their line."""

_OVERLAP = 0.4
"""The share of its height by which raised type overlaps its line."""

_SEGMENT_GAP = 1.2
"""Type sizes: a wider gap may part two columns or two cells."""

_FULL_WIDTH_GAP = 0.2
"""Type sizes: a gap between two Chinese characters is a blank from here on."""

_WIDE_GAP = 0.8
"""Type sizes: a gap between a Chinese character and another sign is a blank from here on; less is justification."""

_WORD_GAP = 0.15
"""Type sizes: a gap between two Latin characters is a blank from here on."""

_TYPED_GAP = 0.05
"""Type sizes: a blank that the file holds counts if it leaves a gap of this width."""

_OVERPRINTED = 0.3
"""Widths: the same character printed again so near is bold type, not a second character."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Characters on one height without a wide gap between them, from left to right; or a ``row`` of a table."""

    glyphs: tuple[Glyph, ...]
    left: float
    right: float
    top: float
    bottom: float
    size: float
    row: Line | None = None


Row = Sequence[Segment]
"""The segments that stand side by side, from left to right."""


def gather_rows(glyphs: Iterable[Glyph]) -> list[list[Segment]]:
    """Return the rows of segments of a page, or of a cell, from top to bottom."""
    heights = [
        _drop_overprints(sorted(height, key=lambda one: one.left))
        for height in _merge_raised(_split_heights(sorted(glyphs, key=_middle)))
    ]
    gutters = find_gutters(heights)
    return [row for height in heights if (row := _split_row(height, gutters))]


def _middle(glyph: Glyph) -> float:
    return (glyph.top + glyph.bottom) / 2


def _split_heights(glyphs: Sequence[Glyph]) -> list[list[Glyph]]:
    """Part glyphs, sorted by their middles, where the next one stands lower than the line so far."""
    heights: list[list[Glyph]] = []
    middle = size = 0.0
    for glyph in glyphs:
        own = _middle(glyph)
        if heights and own - middle <= _SAME_HEIGHT * max(size, glyph.size):
            heights[-1].append(glyph)
            middle += (own - middle) / len(heights[-1])
            size = max(size, glyph.size)
        else:
            heights.append([glyph])
            middle, size = own, glyph.size
    return heights


def _merge_raised(heights: Sequence[list[Glyph]]) -> list[list[Glyph]]:
    """Put note references, exponents and the like on the line they overlap."""
    merged: list[list[Glyph]] = []
    for height in heights:
        if merged and _is_raised(merged[-1], height):
            merged[-1] = merged[-1] + height
        else:
            merged.append(height)
    return merged


def _is_raised(one: Sequence[Glyph], other: Sequence[Glyph]) -> bool:
    """Tell whether the smaller of two neighbouring heights stands in gaps of the larger, or right behind it."""
    small, large = sorted((one, other), key=_type_size)
    if _type_size(small) > _RAISED * _type_size(large) or len(small) > len(large):
        return False
    (top, bottom), (small_top, small_bottom) = _extent(large), _extent(small)
    if min(bottom, small_bottom) - max(top, small_top) < _OVERLAP * (small_bottom - small_top):
        return False
    rights = sorted(glyph.right for glyph in (*one, *other))
    lefts = sorted(glyph.left for glyph in large)
    return all(_fits(glyph, lefts, rights) for glyph in small)


def _fits(glyph: Glyph, lefts: Sequence[float], rights: Sequence[float]) -> bool:
    """Tell whether a character ends where the line begins or goes on, and begins where a character ends."""
    room = 0.5 * glyph.size
    next_left = bisect_left(lefts, glyph.left)
    is_free = next_left == len(lefts) or lefts[next_left] > glyph.right - room
    before = bisect_right(rights, glyph.left + room)
    return is_free and (before == 0 or glyph.left - rights[before - 1] < 2 * glyph.size)


def _type_size(glyphs: Sequence[Glyph]) -> float:
    return median(glyph.size for glyph in glyphs)


def _extent(glyphs: Sequence[Glyph]) -> tuple[float, float]:
    return median(glyph.top for glyph in glyphs), median(glyph.bottom for glyph in glyphs)


def _split_row(glyphs: Sequence[Glyph], gutters: Sequence[float]) -> list[Segment]:
    """Return the segments of one height (from left to right), without blanks at their ends."""
    segments: list[Segment] = []
    run: list[Glyph] = []
    end = 0.0
    for glyph in glyphs:
        if glyph.text == " ":
            if run:
                run.append(glyph)
            continue
        if run and _parts(end, glyph, max(glyph.size, run[0].size), gutters):
            segments.append(make_segment(run))
            run = []
        end = max(end, glyph.right) if run else glyph.right
        run.append(glyph)
    return [*segments, make_segment(run)] if run else segments


def _parts(end: float, glyph: Glyph, size: float, gutters: Sequence[float]) -> bool:
    """Tell whether the gap before a character is wide, or one that all lines near it share."""
    gap = glyph.left - end
    if gap <= NARROW_GUTTER * size:
        return False
    return gap > _SEGMENT_GAP * size or bisect_right(gutters, end) < bisect_right(gutters, glyph.left + FLUSH)


def _drop_overprints(glyphs: Sequence[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    for glyph in glyphs:
        near = _OVERPRINTED * (glyph.right - glyph.left)
        if not any(one.text == glyph.text and glyph.left - one.left < near for one in kept[-2:]):
            kept.append(glyph)
    return kept


def make_segment(glyphs: Sequence[Glyph]) -> Segment:
    """Return the segment of some glyphs on one height, sorted from left to right."""
    kept = list(glyphs)
    while kept[-1].text == " ":
        kept.pop()
    printed = [glyph for glyph in kept if glyph.text != " "]
    return Segment(
        tuple(kept),
        kept[0].left,
        max(glyph.right for glyph in printed),
        min(glyph.top for glyph in printed),
        max(glyph.bottom for glyph in printed),
        _type_size(printed),
    )


def make_line(row: Row, page: int, column: str = "") -> Line | None:
    """Return segments that stand side by side as one line; None if nothing visible is left."""
    if row[0].row:
        return row[0].row
    glyphs = [glyph for segment in row for glyph in segment.glyphs]
    text: list[str] = []
    boxes: list[Box | None] = []
    printed = [glyph for glyph in glyphs if glyph.text != " "]
    spacing = measure_spacing(printed)
    blanks = _find_blanks(glyphs, spacing)
    for at, glyph in enumerate(printed):
        if at and (at in blanks or _is_gap(printed[at - 1], glyph, spacing)):
            text.append(" ")
            boxes.append(None)
        text.append(glyph.text)
        boxes.append(Box(page, glyph.left, glyph.top, glyph.right, glyph.bottom))
    normal, left_boxes = trace_text("".join(text), boxes)
    if not normal:
        return None
    left, right = min(segment.left for segment in row), max(segment.right for segment in row)
    top, bottom = min(segment.top for segment in row), max(segment.bottom for segment in row)
    return Line(
        normal,
        page,
        left,
        right,
        top,
        bottom,
        _type_size(printed),
        left_boxes,
        _mean_confidence(printed),
        column=column,
    )


def make_row_segment(line: Line) -> Segment:
    """Return the row of a table as something to be put in reading order."""
    return Segment((), line.left, line.right, line.top, line.bottom, line.size, line)


def _mean_confidence(glyphs: Sequence[Glyph]) -> float | None:
    known = [glyph.confidence for glyph in glyphs if glyph.confidence is not None]
    return sum(known) / len(known) if known else None


def _find_blanks(glyphs: Sequence[Glyph], spacing: float) -> set[int]:
    """Return before which printed characters (counted from 0) the file holds a blank."""
    blanks: set[int] = set()
    at = 0
    for glyph in glyphs:
        if glyph.text == " ":
            blanks.add(at)
        else:
            at += 1
    printed = [glyph for glyph in glyphs if glyph.text != " "]
    steps = enumerate(pairwise(printed), 1)
    return blanks & {at for at, (left, right) in steps if right.left - left.right - spacing > _TYPED_GAP * right.size}


def _is_gap(left: Glyph, right: Glyph, spacing: float) -> bool:
    """Tell whether a gap is a blank, over and above the ``spacing`` (points) between all characters of its line."""
    gap, size = right.left - left.right - spacing, max(left.size, right.size)
    if gap <= _WORD_GAP * size:
        return False
    if CJK_CHARACTER.match(left.text) and CJK_CHARACTER.match(right.text):
        return gap > _FULL_WIDTH_GAP * size
    return gap > _WIDE_GAP * size or not (CJK_CHARACTER.match(left.text) or CJK_CHARACTER.match(right.text))
