"""The reading order of the lines of a page: from top to bottom, column by column where there are two."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

_FEWEST_PAIRS = 4
"""So many lines that stand side by side show two columns."""


class Boxed(Protocol):
    """Anything with a box in points, y upwards."""

    x0: float
    x1: float
    y0: float
    y1: float


Box = TypeVar("Box", bound=Boxed)


def sort_lines(lines: Sequence[Box], *, width: float) -> list[Box]:
    """Return the lines of a page of that ``width`` in reading order.

    With two columns, a line across the middle (a title) ends a band: what stands above it is read first, the left
    column before the right.
    """
    downwards = sorted(lines, key=lambda line: (-line.y1, line.x0))
    middle = width / 2
    if not _has_columns(downwards, middle):
        return downwards
    ordered: list[Box] = []
    band: list[Box] = []
    for line in downwards:
        if line.x0 < middle < line.x1:
            ordered += [*_by_column(band, middle), line]
            band = []
        else:
            band.append(line)
    return ordered + _by_column(band, middle)


def _by_column(band: Sequence[Box], middle: float) -> list[Box]:
    return [line for line in band if line.x1 <= middle] + [line for line in band if line.x1 > middle]


def _has_columns(lines: Sequence[Box], middle: float) -> bool:
    """Tell whether several lines left of the middle have another at their height to the right of it."""
    left = [line for line in lines if line.x1 <= middle]
    right = [line for line in lines if line.x0 >= middle]
    pairs = sum(any(other.y0 < (line.y0 + line.y1) / 2 < other.y1 for other in right) for line in left)
    crossing = len(lines) - len(left) - len(right)
    return pairs >= _FEWEST_PAIRS and pairs > crossing
