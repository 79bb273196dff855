"""The reading order of the rows of a page: from top to bottom, column by column where there are columns."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from textq.ingest.pdf.segments import Row, Segment

_FEWEST_LINES = 4
"""So many lines on either side of a gutter show two columns."""

_NARROWEST = 5.0
"""Type sizes: a narrower stretch is no column of prose."""

_FULL = 2.0
"""Type sizes: a line that ends so near to the right edge of its column is full."""

_FULL_SHARE = 0.4
"""The share of full lines in a column of prose, at least."""

_DEEPEST = 3
"""Columns are looked for inside columns so often."""


Placed = tuple[Row, str]
"""A row, and the column it stands in: L or R, LR for the right half of the left one; "" where there are none."""


def order_rows(rows: Sequence[Row], column: str = "") -> list[Placed]:
    """Return rows, given from top to bottom, in reading order, those of two columns parted.

    A row across the gutter (a title) ends a band: what stands above it is read first, the left column before the
    right. Columns are prose: most lines full, on both sides; short words side by side stay one line.
    """
    gutter = _find_gutter([segment for row in rows for segment in row]) if len(column) < _DEEPEST else None
    if gutter is None:
        return [(row, column) for row in rows]
    ordered: list[Placed] = []
    band: list[Row] = []
    for row in rows:
        if any(segment.left < gutter < segment.right for segment in row):
            ordered += [*_order_band(band, gutter, column), (row, column)]
            band = []
        else:
            band.append(row)
    return ordered + _order_band(band, gutter, column)


def _find_gutter(segments: Sequence[Segment]) -> float | None:
    """Return the x with most segments on the poorer of its two sides, and then the fewest across it."""
    lefts, rights = sorted(one.left for one in segments), sorted(one.right for one in segments)
    best: tuple[int, int, float] | None = None
    for left in dict.fromkeys(lefts):
        behind = len(lefts) - bisect_left(lefts, left)
        before = bisect_right(rights, left)
        if min(before, behind) >= _FEWEST_LINES:
            gutter = (rights[before - 1] + left) / 2
            rank = (min(before, behind), before + behind - len(segments), gutter)
            best = max(best, rank) if best else rank
    return best[2] if best else None


def _order_band(band: Sequence[Row], gutter: float, column: str) -> list[Placed]:
    """Return a band that nothing crosses, column by column if both sides of the gutter are prose."""
    sides = [
        [part for row in band if (part := [segment for segment in row if (segment.left > gutter) == is_right])]
        for is_right in (False, True)
    ]
    if not (all(map(_is_prose, sides)) and _stand_side_by_side(*sides)):
        return [(row, column) for row in band]
    left, right = sides
    return [*order_rows(left, f"{column}L"), *order_rows(right, f"{column}R")]


def _is_prose(rows: Sequence[Row]) -> bool:
    if len(rows) < _FEWEST_LINES:
        return False
    left, right = min(row[0].left for row in rows), max(row[-1].right for row in rows)
    size = max(row[0].size for row in rows)
    full = [row for row in rows if right - row[-1].right < _FULL * size]
    return right - left > _NARROWEST * size and len(full) >= _FULL_SHARE * len(rows)


def _stand_side_by_side(left: Sequence[Row], right: Sequence[Row]) -> bool:
    """Tell whether half of the lines of the shorter side have the other side beside them."""
    short, long = sorted((left, right), key=len)
    top, bottom = min(row[0].top for row in long), max(row[0].bottom for row in long)
    beside = [row for row in short if row[0].bottom > top and row[0].top < bottom]
    return len(beside) >= len(short) / 2
