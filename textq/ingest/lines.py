"""Lines of laid-out pages → paragraphs: heal what line and page breaks tore apart."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

from textq.ingest.boxes import Boxes, make_printed_lines
from textq.ingest.extract import Extract
from textq.ingest.normalize import join_broken, trace_line
from textq.notation.blocks import ANNEX_MARK, CC_LINE, CONTENTS_MARK, is_addressee, match_date_line
from textq.notation.marks import match_mark
from textq.records import PrintedLine, Span

_INDENT = 1.5
"""Type sizes: from here on a line starts indented, or ends short of the right margin."""

_ROOM = 4.0
"""Type sizes: so much room at the end of a line in mid-sentence means that the next line begins anew."""

_CENTRED = 2.5
"""Type sizes: free on either side, more than the two of a first line, a line is centred."""

_OUTLIERS = 0.1
"""The share of lines that may reach beyond a margin of their column."""

_SAME_WIDTH = 2.0
"""Points by which the widths of pages differ at most that share their margins; a page set across is another one."""

_NARROWEST = 0.5
"""The share of its page that a column of prose fills from the left edge on, if it is the only one."""

_NO_WIDTHS: Mapping[int, float] = MappingProxyType({})

_TITLE_END = ("通知", "意见", "决定", "批复", "函", "公告", "通告", "号")
"""How the line above an addressee ends: a title, or its number."""

SENTENCE_END = tuple("。；：！？.;:!?”）)")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page, or one row of a table: its text, page number and box in points, y downwards.

    ``size`` is the type size. ``boxes`` are those of the characters of ``text`` (none without a page), ``confidence``
    that of text recognition. ``column`` names the column of the page (L, R; "" if it has but one). A row of a printed
    table has ``cells`` (what stands in each) and their ``edges`` (x).
    """

    text: str
    page: int
    left: float
    right: float
    top: float
    bottom: float
    size: float
    boxes: Boxes = ()
    confidence: float | None = None
    is_row: bool = False
    column: str = ""
    cells: tuple["Line", ...] = ()
    edges: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    """The margins of the column a line stands in, and its usual line pitch, all in points.

    ``right`` is infinite where no two lines end alike, so that none of them is full. Lines that are ``narrow`` for
    their page may be a list, whose entries are as long as one another by chance.
    """

    left: float
    right: float
    pitch: float
    is_narrow: bool


def trace_text(text: str, boxes: Boxes) -> tuple[str, Boxes]:
    """Return a line's text normalised, and the boxes of the characters that are left."""
    normal, origins = trace_line(text)
    return normal, tuple(boxes[origin] for origin in origins)


def join_paragraphs(
    lines: Sequence[Line], notes: Sequence[Line] = (), widths: Mapping[int, float] = _NO_WIDTHS
) -> Extract:
    """Return the paragraphs of a document (lines in reading order, normalised), its footnotes a line each behind them.

    The spans of the pages count the notes as text of the pages they stand on. ``widths`` are those of the pages, in
    points: only pages of one width share their margins.
    """
    pitch = _usual_pitch(lines)
    columns = _find_columns(lines, pitch, widths)
    breaks = [True] + [
        _is_break(left, right, columns[at], columns[at + 1]) for at, (left, right) in enumerate(pairwise(lines))
    ]
    return _assemble([*lines, *notes], [*breaks[: len(lines)], *(True for _ in notes)], len(lines))


def _usual_pitch(lines: Sequence[Line]) -> float:
    """Return the most common distance between two neighbouring lines of a page, in points; rows are no lines."""
    pairs = [(a, b) for a, b in pairwise(lines) if a.page == b.page and b.bottom > a.bottom]
    steps = [round(b.bottom - a.bottom) for a, b in pairs if not (a.is_row or b.is_row)]
    return float(Counter(steps).most_common(1)[0][0]) if steps else 0.0


def _find_columns(lines: Sequence[Line], pitch: float, widths: Mapping[int, float]) -> list[_Column]:
    """Return for each line the margins it shares with the lines above and below it, two pages to either side."""
    by_page: dict[int, list[Line]] = {}
    for line in lines:
        by_page.setdefault(line.page, []).append(line)
    columns = []
    for page, own in by_page.items():
        width = widths.get(page, 0.0)
        alike = [at for at in range(page - 2, page + 3) if abs(widths.get(at, 0.0) - width) <= _SAME_WIDTH]
        near = [peer for at in alike for peer in by_page.get(at, ()) if not peer.is_row]
        columns += [_find_column(line, near, pitch, _NARROWEST * width) for line in own]
    return columns


def _find_column(line: Line, near: Sequence[Line], pitch: float, least: float) -> _Column:
    """Return the margins of the lines that overlap ``line`` horizontally: near-minimal left, shared right.

    A column that ends before ``least`` (points) and is the only one of its page is narrow.
    """
    peers = [peer for peer in near if peer.column == line.column and peer.left < line.right and line.left < peer.right]
    peers = peers or [line]
    starts, ends = sorted(peer.left for peer in peers), sorted(peer.right for peer in peers)
    last = len(peers) - 1
    right = ends[int((1 - _OUTLIERS) * last)]
    is_margin = sum(abs(end - right) < line.size for end in ends) > 1
    is_narrow = right < least and not line.column
    return _Column(starts[int(_OUTLIERS * last)], right if is_margin else math.inf, pitch, is_narrow)


def _is_break(line: Line, following: Line, column: _Column, next_column: _Column) -> bool:
    """Tell whether a paragraph ends after ``line``."""
    if line.is_row or following.is_row or _ends_signature(line.text) or _stands_alone(following.text):
        return True
    if (column.is_narrow or line.text.endswith(SENTENCE_END)) and _opens_division(following.text):
        return True
    if line.text.endswith(_TITLE_END) and is_addressee(following.text, leads=True):
        return True
    if _is_centred(line, column) != _is_centred(following, next_column):
        return True
    room = _INDENT if line.text.endswith(SENTENCE_END) else _ROOM
    short = column.right - line.right > room * line.size
    indented = following.left - next_column.left > _INDENT * following.size
    return short or indented or _is_far(line, following, column.pitch) or _is_resized(line, following)


def _is_centred(line: Line, column: _Column) -> bool:
    """Tell whether a line stands in the middle of its column, free on both sides."""
    before, behind = line.left - column.left, column.right - line.right
    return min(before, behind) > _CENTRED * line.size and abs(before - behind) < line.size


def _ends_signature(text: str) -> bool:
    return match_date_line(text) is not None


def _stands_alone(text: str) -> bool:
    """Tell whether a line is a date that signs, or opens the cc block."""
    return _ends_signature(text) or CC_LINE.fullmatch(text) is not None


def _opens_division(text: str) -> bool:
    return any((match_mark(text), ANNEX_MARK.match(text), CONTENTS_MARK.fullmatch(text)))


def _is_far(line: Line, following: Line, pitch: float) -> bool:
    step = following.bottom - line.bottom
    return line.page == following.page and pitch > 0 and step > 1.25 * pitch


def _is_resized(line: Line, following: Line) -> bool:
    return abs(line.size - following.size) > 0.15 * max(line.size, following.size)


def _assemble(lines: Sequence[Line], breaks: Sequence[bool], first_note: int) -> Extract:
    parts: list[str] = []
    starts: list[int] = []
    printed: list[PrintedLine] = []
    length = 0
    for line, starts_paragraph in zip(lines, breaks, strict=True):
        glue = _find_glue(parts[-1], line.text, starts_paragraph) if parts else ""
        starts.append(length + len(glue))
        parts.append(glue + line.text)
        length += len(parts[-1])
        printed += make_printed_lines(line.boxes, starts[-1], line.confidence)
    notes = zip(starts[first_note:], lines[first_note:], strict=True)
    return Extract(
        "".join(parts),
        tuple(_span_pages(lines, starts, length)),
        footnotes=tuple(Span(start, start + len(note.text)) for start, note in notes),
        lines=tuple(printed),
    )


def _span_pages(lines: Sequence[Line], starts: Sequence[int], length: int) -> Iterator[Span]:
    """Yield a span for each run of lines that stand on one page."""
    firsts = [at for at, line in enumerate(lines) if not at or lines[at - 1].page != line.page]
    ends = [*(starts[at] for at in firsts[1:]), length]
    for at, end in zip(firsts, ends, strict=True):
        yield Span(starts[at], end, str(lines[at].page))


def _find_glue(before: str, following: str, starts_paragraph: bool) -> str:
    """Return what stands between two lines: a line end, a blank between two Latin words, or nothing."""
    if starts_paragraph:
        return "\n"
    return " " if len(join_broken(before, following)) > len(before) + len(following) else ""
