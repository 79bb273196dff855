"""What an engine gives of a page: glyphs, straight rules and images, in points from its top left corner as shown."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from textq.errors import ReadError
from textq.ingest.extract import PdfEngine

MOST_GLYPHS = 100_000
"""A page of more characters is a hostile file: a page of the smallest readable type holds some 20,000."""

MOST_SEGMENTS = 20_000
"""A page with more straight segments is a drawing: its rules are not looked at."""

UNMAPPED = "\ufffd"
"""A glyph whose character is unknown, since its font has no character map."""

_SHORTEST_RULE = 3.0
"""Points: a shorter segment is a dot or the thin side of a rule."""

_STRAIGHT = 0.5
"""Points by which a straight rule may lean."""

Point = tuple[float, float]


class Glyph(NamedTuple):
    """One character as printed (a tuple, since a document holds a million): its box, its type size, all in points.

    ``size`` is negative for a character that stands slanted on the page (a watermark); ``confidence`` in [0, 1] is
    that of text recognition; ``turn`` is by how many degrees (0, 90, 180, 270) it stands turned clockwise as shown.
    """

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float
    confidence: float | None = None
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule of a page: horizontal (top == bottom) or vertical (left == right), in points."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """One page as an engine sees it.

    Attributes
    ----------
    number
        Counted from 1.
    width, height
        Of the crop box, rotated as shown, in points.
    glyphs
        The visible characters; blanks are among them.
    hidden
        Characters printed in no colour at all (text rendering mode 3): the text layer behind a scan.
    rules
        The straight rules.
    image_share
        How much of the page is covered by images, in [0, 1]; -1 if there are none.
    """

    number: int
    width: float
    height: float
    glyphs: Sequence[Glyph]
    hidden: Sequence[Glyph] = ()
    rules: Sequence[Rule] = ()
    image_share: float = -1.0


class Frame(NamedTuple):
    """The visible box of a page in the coordinates of its content (y upwards), and its rotation in degrees."""

    left: float
    bottom: float
    right: float
    top: float
    rotation: int

    @property
    def size(self) -> Point:
        """Width and height of the page as shown."""
        width, height = self.right - self.left, self.top - self.bottom
        return (height, width) if self.rotation in (90, 270) else (width, height)

    def place(self, x: float, y: float) -> Point:
        """Return where a point of the content is shown, from the top left corner."""
        if self.rotation == 90:
            return y - self.bottom, x - self.left
        if self.rotation == 180:
            return self.right - x, y - self.bottom
        if self.rotation == 270:
            return self.top - y, self.right - x
        return x - self.left, self.top - y

    def place_box(self, x0: float, y0: float, x1: float, y1: float) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of a box as shown."""
        if not self.rotation:
            return x0 - self.left, self.top - y1, x1 - self.left, self.top - y0
        (ax, ay), (bx, by) = self.place(x0, y0), self.place(x1, y1)
        return min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)


def find_turn(a: float, b: float, rotation: int = 0) -> int:
    """Return by how many degrees text is turned clockwise as shown: its direction (a, b), y upwards, and its page's."""
    return round((rotation - math.degrees(math.atan2(b, a))) / 90) * 90 % 360


def split_glyph(glyph: Glyph) -> list[Glyph]:
    """Return a glyph that stands for several characters (a ligature) as one glyph a character, of equal widths."""
    if len(glyph.text) == 1:
        return [glyph]
    width = (glyph.right - glyph.left) / max(len(glyph.text), 1)
    return [
        glyph._replace(text=char, left=glyph.left + at * width, right=glyph.left + (at + 1) * width)
        for at, char in enumerate(glyph.text)
    ]


def find_rules(outlines: Iterable[Sequence[Point]]) -> list[Rule]:
    """Return the straight rules among the segments of some outlines (points as shown)."""
    rules = []
    for outline in outlines:
        for (x0, y0), (x1, y1) in pairwise(outline):
            if abs(y1 - y0) <= _STRAIGHT and abs(x1 - x0) > _SHORTEST_RULE:
                rules.append(Rule(min(x0, x1), y0, max(x0, x1), y0))
            elif abs(x1 - x0) <= _STRAIGHT and abs(y1 - y0) > _SHORTEST_RULE:
                rules.append(Rule(x0, min(y0, y1), x0, max(y0, y1)))
            if len(rules) > MOST_SEGMENTS:
                return []
    return rules


def refuse_glyphs(number: int) -> ReadError:
    """Return the error for a page with more characters than any real one."""
    return ReadError(
        f"page {number} holds more than {MOST_GLYPHS:,} characters, which no printed page does. "
        "Print the file to a new PDF, or leave it out."
    )


def refuse_pages(count: int, most: int) -> ReadError:
    """Return the error for a file with more pages than allowed."""
    return ReadError(f"the PDF has {count:,} pages or more; at most {most:,} are read. Split it, or raise the limit.")


def refuse_damaged(engine: PdfEngine, what: object) -> ReadError:
    """Return the error for a file that an engine cannot read."""
    return ReadError(f"damaged PDF ({engine}: {what}). Fetch it again or print it anew.")


def refuse_encrypted() -> ReadError:
    """Return the error for a file that opens with a password only."""
    return ReadError("encrypted PDF: it needs a password. Save an unprotected copy.")
