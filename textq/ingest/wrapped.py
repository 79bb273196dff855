"""Plain text that was broken at a fixed width (pages saved as .txt) → its paragraphs."""

import unicodedata
from collections.abc import Sequence

from textq.ingest.lines import SENTENCE_END, Line, join_paragraphs
from textq.ingest.normalize import normalize_line
from textq.records import CELL_BREAK

_NARROWEST = 40
"""Columns: text that never reaches further is no broken prose. A Chinese character takes two."""

_TOLERANCE = 4
"""Columns: a line that ends closer to the widest one is full."""

_FEWEST = 3
"""So many full lines that end inside a sentence show that a text was broken."""

_PAGE = 25
"""Lines among which margins are compared."""


def heal_wrapped(text: str) -> str:
    """Join the lines of a text broken at a fixed width; any other text is returned as it is.

    A text was broken if several lines are as wide as the widest, and most of them end inside a sentence.
    """
    lines = [line.expandtabs().rstrip() for line in text.split("\n")]
    widths = [_measure(line) for line in lines]
    if not _is_wrapped(lines, widths):
        return text
    return join_paragraphs(
        [
            Line(
                text=normal,
                page=at // _PAGE,
                left=_measure(line[: len(line) - len(line.lstrip())]),
                right=width,
                top=2.0 * at,
                bottom=2.0 * at + 2.0,
                size=2.0,
                is_row=CELL_BREAK in line,
            )
            for at, (line, width) in enumerate(zip(lines, widths, strict=True))
            if (normal := normalize_line(line))
        ]
    ).text


def _is_wrapped(lines: Sequence[str], widths: Sequence[int]) -> bool:
    widest = max(widths)
    full = [line for line, width in zip(lines, widths, strict=True) if width > widest - _TOLERANCE]
    broken = [line for line in full if not line.endswith(SENTENCE_END)]
    return widest >= _NARROWEST and len(broken) >= _FEWEST and len(broken) > len(full) / 2


def _measure(line: str) -> int:
    """Return the width of a line in columns: two for a Chinese character."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in line)
