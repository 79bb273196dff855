"""Running heads, feet and page numbers: what stands at the edge of pages and belongs to no document text."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, pairwise

from textq.ingest.lines import Line
from textq.notation.blocks import ANNEX_MARK
from textq.notation.marks import match_mark

_ZONE = 0.12
"""Running heads and page numbers stand in this share of the page's height at its top and bottom."""

_REPEATS = 3
"""A line that stands on so many pages at the same height is a running head."""

_SAME_HEIGHT = 3.0
"""Points by which the height of a running head differs at most from page to page."""

_OTHER_TYPE = 0.05
"""The share by which the type size of a running head differs from the text's …"""

_APART = 1.2
"""… or type sizes by which it stands apart from the text, …"""

_FAR_APART = 2.0
"""… with two pages only."""

_DIGITS = "[0-9０-９]{1,4}"
_NUMBER = rf"(?:{_DIGITS}|[ivxlcIVXLC]{{1,7}}|[ⅰ-ⅹⅠ-Ⅻ])"
_PAGE_NUMBER = re.compile(
    rf"[-—–－―─·•.~*|〔\[［(（\s]*(?:第|[Pp](?:age|\.)?)?\s*(?:{_NUMBER}|(?<=第)[一二三四五六七八九十百]{{1,5}})\s*页?"
    rf"(?:\s*[,，/／|｜、·]?\s*(?:of|共)?\s*(?:{_DIGITS}|(?<=共)[一二三四五六七八九十百]{{1,5}})\s*页?)?"
    r"[-—–－―─·•.~*|〕\]］)）\s]*"
)
_BY_BROWSER = re.compile(
    r"[0-9]{1,4}[/-][0-9]{1,2}[/-][0-9]{1,4},? ?[0-9]{1,2}:[0-9]{2}(?![0-9])"
    r"|(?:https?|file)://.{0,2000} [0-9]{1,4}/[0-9]{1,4}$"
)
"""The head (date and time, title) and the foot (address, page) that browsers print, in small type."""

_NUMERAL = re.compile("[0-9]+")

_MOST_NUMBERS = 16
"""So many numbers of a line may be that of its page."""

Key = tuple[str, int, str]
"""A line at the edge of a page: top or bottom, its rounded height, its text with the page number left out."""


@dataclass(frozen=True, slots=True)
class _Edge:
    """The lines in the zone at the top or the bottom of a page, from the edge inwards, and the next one."""

    side: str
    zone: Sequence[Line]
    inner: Line | None


def drop_running_heads(lines: Sequence[Line], heights: Mapping[int, float]) -> list[Line]:
    """Return the lines of a document without its running heads and page numbers.

    ``heights`` are those of the pages, in points. Only the outermost lines of a page can be dropped: a page number
    (— 3 —, 第3页共10页, iv), and a line that stands on three pages or more at one height, in full or but for the page
    number, in other type than the text or set apart from it; of a document of two pages, on both and clearly so;
    in smaller type, on two pages of which one is the next but one (heads of even and odd pages).
    A table's rows and 附件1 are never dropped.
    """
    edges = [edge for page, own in _by_page(lines).items() for edge in _find_edges(own, heights[page])]
    pages: dict[Key, set[int]] = {}
    for edge in edges:
        for line in edge.zone:
            for key in _make_keys(edge.side, line):
                pages.setdefault(key, set()).add(line.page)
    body = _body_size(lines)
    few = len(heights) == 2
    room = (_FAR_APART if few else _APART) * body

    def is_repeated(side: str, line: Line) -> bool:
        found = max((_find_pages(pages, key) for key in _make_keys(side, line)), key=len)
        alternates = line.size < (1 - _OTHER_TYPE) * body and bool(found & {line.page - 2, line.page + 2})
        return len(found) >= (2 if few or alternates else _REPEATS)

    dropped = {id(line) for edge in edges for line in _peel(edge, is_repeated, body, room)}
    return [line for line in lines if id(line) not in dropped]


def _body_size(lines: Sequence[Line]) -> float:
    """Return the type size of most characters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _by_page(lines: Sequence[Line]) -> dict[int, list[Line]]:
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return pages


def _find_edges(lines: Sequence[Line], height: float) -> Iterator[_Edge]:
    """Yield the two edges of a page."""
    downwards = sorted(lines, key=lambda line: line.top + line.bottom)
    top = sum((line.top + line.bottom) / 2 < _ZONE * height for line in lines)
    bottom = sum((line.top + line.bottom) / 2 > (1 - _ZONE) * height for line in lines)
    yield _Edge("top", downwards[:top], next(iter(downwards[top:]), None))
    upwards = downwards[::-1]
    yield _Edge("bottom", upwards[:bottom], next(iter(upwards[bottom:]), None))


def _make_keys(side: str, line: Line) -> Iterator[Key]:
    """Yield the keys under which a line may repeat: in full, and without one number that counts the pages."""
    height = round(line.bottom / _SAME_HEIGHT)
    yield side, height, line.text
    if line.is_row or ANNEX_MARK.match(line.text) or match_mark(line.text):
        return
    for number in islice(_NUMERAL.finditer(line.text), _MOST_NUMBERS):
        if len(number[0]) <= 4:
            step = int(number[0]) - line.page
            yield side, height, f"{line.text[: number.start()]}#{step}{line.text[number.end() :]}"


def _find_pages(pages: Mapping[Key, set[int]], key: Key) -> set[int]:
    """Return the pages of a key at its height or at one of the two beside it, since rounding parts near ones."""
    side, height, text = key
    above, below = (pages.get((side, height + step, text), set()) for step in (-1, 1))
    return pages[key] | max(above, below, key=len)


def _peel(edge: _Edge, is_repeated: Callable[[str, Line], bool], body: float, room: float) -> Iterator[Line]:
    """Yield what can be taken off a page from its edge inwards: page numbers, and repeated lines set apart."""
    pending: list[Line] = []
    for line, inner in pairwise([*edge.zone, edge.inner]):
        if line is None or line.is_row or ANNEX_MARK.match(line.text):
            return
        if _PAGE_NUMBER.fullmatch(line.text) or (line.size < (1 - _OTHER_TYPE) * body and _BY_BROWSER.match(line.text)):
            yield from (*pending, line)
            pending = []
        elif not is_repeated(edge.side, line):
            return
        elif _is_set_apart(line, inner, body, room):
            yield from (*pending, line)
            pending = []
        else:
            pending.append(line)


def _is_set_apart(line: Line, inner: Line | None, body: float, room: float) -> bool:
    """Tell whether a line is of other type than the text, or further from the next line than ``room``."""
    if inner is None:
        return True
    is_other = abs(line.size - body) > _OTHER_TYPE * body
    return is_other or max(inner.top - line.bottom, line.top - inner.bottom) > room
