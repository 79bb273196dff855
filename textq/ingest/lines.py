"""Lines of laid-out pages → paragraphs: drop page furniture, heal what line and page breaks tore apart."""

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from textq.ingest.extract import Extract
from textq.ingest.normalize import join_broken, normalize_line
from textq.notation.blocks import ANNEX_MARK, CC_LINE, CONTENTS_MARK, is_addressee, match_date_line
from textq.notation.marks import match_mark
from textq.records import Span

_MARGIN_ZONE = 0.12
"""Running heads and page numbers stand in this share of the page's height at its top and bottom."""

_REPEATS = 3
"""A line that stands in the margin zone of so many pages is a running head."""

_INDENT = 1.5
"""Type sizes: from here on a line starts indented, or ends short of the right margin."""

_ROOM = 4.0
"""Type sizes: so much room at the end of a line in mid-sentence means that the next line begins anew."""

_CENTRED = 2.5
"""Type sizes: free on either side, more than the two of a first line, a line is centred."""

_OUTLIERS = 0.1
"""The share of lines that may reach beyond a margin of their column."""

_PAGE_NUMBER = re.compile(
    r"[-—–－·\s]*(?:第\s*)?[0-9０-９]{1,4}(?:\s*页)?(?:[\s,，/]*共?\s*[0-9]{1,4}\s*页?)?[-—–－·\s]*"
)
_TITLE_END = ("通知", "意见", "决定", "批复", "函", "公告", "通告", "号")
"""How the line above an addressee ends: a title, or its number."""

SENTENCE_END = tuple("。；：！？.;:!?”）)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, or one row of a table: text, page number, box in points, height of its foot as a share."""

    text: str
    page: int
    x0: float
    x1: float
    y0: float
    y1: float
    height_share: float
    is_row: bool = False

    @property
    def size(self) -> float:
        """The type size, near enough, in points."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class _Column:
    """The margins of the column a line stands in, and its usual line pitch, all in points.

    ``right`` is infinite where no two lines end alike, so that none of them is full.
    """

    left: float
    right: float
    pitch: float


def join_paragraphs(lines: Sequence[Line]) -> Extract:
    """Return the paragraphs of a document with the span of each page."""
    lines = [replace(line, text=text) for line in lines if (text := normalize_line(line.text))]
    lines = _drop_furniture(lines)
    pitch = _usual_pitch(lines)
    columns = _find_columns(lines, pitch)
    breaks = [True] + [
        _is_break(left, right, columns[at], columns[at + 1]) for at, (left, right) in enumerate(pairwise(lines))
    ]
    return _assemble(lines, breaks)


def _drop_furniture(lines: Sequence[Line]) -> list[Line]:
    pages = {line.page for line in lines}
    margin = [line for line in lines if not _MARGIN_ZONE < line.height_share < 1 - _MARGIN_ZONE]
    heads = Counter(_mask_digits(line.text) for line in margin)
    needed = max(_REPEATS, len(pages) // 2)
    furniture = {
        id(line) for line in margin if _PAGE_NUMBER.fullmatch(line.text) or heads[_mask_digits(line.text)] >= needed
    }
    return [line for line in lines if id(line) not in furniture]


def _mask_digits(text: str) -> str:
    return re.sub(r"[0-9]+", "#", text)


def _usual_pitch(lines: Sequence[Line]) -> float:
    """Return the most common distance between two neighbouring lines of a page, in points."""
    steps = [round(a.y0 - b.y0) for a, b in pairwise(lines) if a.page == b.page and a.y0 > b.y0]
    return float(Counter(steps).most_common(1)[0][0]) if steps else 0.0


def _find_columns(lines: Sequence[Line], pitch: float) -> list[_Column]:
    """Return for each line the margins it shares with the lines above and below it, two pages to either side."""
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    columns = []
    for page, own in by_page.items():
        near = [peer for at in range(page - 2, page + 3) for peer in by_page.get(at, ())]
        columns += [_find_column(line, near, pitch) for line in own]
    return columns


def _find_column(line: Line, near: Sequence[Line], pitch: float) -> _Column:
    """Return the margins of the lines that overlap ``line`` horizontally: near-minimal left, shared right."""
    peers = [peer for peer in near if peer.x0 < line.x1 and line.x0 < peer.x1]
    starts, ends = sorted(peer.x0 for peer in peers), sorted(peer.x1 for peer in peers)
    last = len(peers) - 1
    right = ends[int((1 - _OUTLIERS) * last)]
    is_margin = sum(abs(end - right) < line.size for end in ends) > 1
    return _Column(starts[int(_OUTLIERS * last)], right if is_margin else math.inf, pitch)


def _is_break(line: Line, following: Line, column: _Column, next_column: _Column) -> bool:
    """Tell whether a paragraph ends after ``line``."""
    if line.is_row or following.is_row or _ends_signature(line.text) or _stands_alone(following.text):
        return True
    if line.text.endswith(SENTENCE_END) and _opens_division(following.text):
        return True
    if line.text.endswith(_TITLE_END) and is_addressee(following.text, leads=True):
        return True
    if _is_centred(line, column) != _is_centred(following, next_column):
        return True
    room = _INDENT if line.text.endswith(SENTENCE_END) else _ROOM
    short = column.right - line.x1 > room * line.size
    indented = following.x0 - next_column.left > _INDENT * following.size
    return short or indented or _is_far(line, following, column.pitch) or _is_resized(line, following)


def _is_centred(line: Line, column: _Column) -> bool:
    """Tell whether a line stands in the middle of its column, free on both sides."""
    before, behind = line.x0 - column.left, column.right - line.x1
    return min(before, behind) > _CENTRED * line.size and abs(before - behind) < line.size


def _ends_signature(text: str) -> bool:
    return match_date_line(text) is not None


def _stands_alone(text: str) -> bool:
    """Tell whether a line is a date that signs, or opens the cc block."""
    return _ends_signature(text) or CC_LINE.fullmatch(text) is not None


def _opens_division(text: str) -> bool:
    return any((match_mark(text), ANNEX_MARK.match(text), CONTENTS_MARK.fullmatch(text)))


def _is_far(line: Line, following: Line, pitch: float) -> bool:
    step = line.y0 - following.y0
    return line.page == following.page and pitch > 0 and step > 1.25 * pitch


def _is_resized(line: Line, following: Line) -> bool:
    return abs(line.size - following.size) > 0.15 * max(line.size, following.size)


def _assemble(lines: Sequence[Line], breaks: Sequence[bool]) -> Extract:
    text = ""
    page_starts: dict[int, int] = {}
    for line, starts_paragraph in zip(lines, breaks, strict=True):
        if text and starts_paragraph:
            text += "\n"
        joined = line.text if not text or starts_paragraph else join_broken(text[-1], line.text)[1:]
        page_starts.setdefault(line.page, len(text))
        text += joined
    ends = [*list(page_starts.values())[1:], len(text)]
    pages = (Span(start, end, str(page)) for (page, start), end in zip(page_starts.items(), ends, strict=True))
    return Extract(text, tuple(pages))
