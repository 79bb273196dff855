"""Boxes of characters → the printed lines of a text."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textq.records import PrintedLine


class Box(NamedTuple):
    """The box of a character as printed: its page, and points from the top left corner of it."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


_SHARED = 0.3
"""The share of its height that the lower of two characters on one line has beside the other, at least."""

Boxes = Sequence[Box | None]
"""The box of each character of a text; None for one that was not printed (a blank between words, ｜)."""


def make_printed_lines(boxes: Boxes, start: int, confidence: float | None = None) -> Iterator[PrintedLine]:
    """Yield the printed lines of a stretch of text that begins at offset ``start``.

    A character that was not printed takes the gap between its neighbours, if these stand on one line.
    """
    run: list[Box | None] = []
    run_start = 0
    last: Box | None = None
    for at, box in enumerate(boxes):
        if box is not None:
            if last is None or not _follows(last, box):
                if last is not None:
                    yield _make_line(run, start + run_start, confidence)
                run, run_start = [], at
            last = box
        if last is not None:
            run.append(box)
    if last is not None:
        yield _make_line(run, start + run_start, confidence)


def _follows(last: Box, box: Box) -> bool:
    """Tell whether a character stands on the line of the one before it, to the right of it."""
    shared = min(last.bottom, box.bottom) - max(last.top, box.top)
    lower = min(last.bottom - last.top, box.bottom - box.top)
    return last.page == box.page and shared >= _SHARED * lower and box.right > last.left


def _make_line(run: list[Box | None], start: int, confidence: float | None) -> PrintedLine:
    while run[-1] is None:
        run.pop()
    printed = [box for box in run if box]
    lefts, rights = _fill_gaps(run)
    return PrintedLine(
        start,
        printed[0].page,
        round(min(box.top for box in printed), 1),
        round(max(box.bottom for box in printed), 1),
        lefts,
        rights,
        confidence,
    )


def _fill_gaps(run: Boxes) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return the left and right edges of a run that begins and ends with a box."""
    lefts: list[float] = []
    rights: list[float] = []
    next_left = 0.0
    for box in reversed(run):
        if box:
            next_left = round(box.left, 1)
            lefts.append(next_left)
            rights.append(round(box.right, 1))
        else:
            lefts.append(next_left)
            rights.append(next_left)
    lefts.reverse()
    rights.reverse()
    for at, box in enumerate(run):
        if box is None:
            lefts[at] = min(rights[at - 1], rights[at])
    return tuple(lefts), tuple(rights)
