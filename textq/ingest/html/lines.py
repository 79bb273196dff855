"""A parsed page → its lines, as a reader sees them: one a paragraph, one a row of data."""

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from textq.ingest.cell_lines import lists_bodies
from textq.ingest.furniture import is_label
from textq.ingest.html.lists import OWN_NUMBER, number_items
from textq.ingest.html.notes import Notes
from textq.ingest.html.tables import Cell, Grid, open_cell
from textq.ingest.html.tree import TEXT, Tree, read_style
from textq.ingest.normalize import CJK_CHARACTER, normalize_text
from textq.ingest.wrapped import heal_wrapped
from textq.records import CELL_BREAK

BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "legend",
    "li", "listing", "main", "menu", "nav", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
})  # fmt: skip
"""Elements that begin and end a line."""

SILENT = frozenset({
    "audio", "button", "canvas", "datalist", "head", "iframe", "input", "math", "noframes", "noscript", "object",
    "option", "rp", "rt", "script", "select", "style", "svg", "template", "textarea", "title", "video",
})  # fmt: skip
"""Elements whose text is none of the page's."""

BOUNDARY = "\x02"
"""In :attr:`Line.raw`: another element begins."""

NEXT_CELL = "\x03"
"""In :attr:`Line.raw`: another cell begins."""

_SOFT_BREAK = "\x1f"
"""A line break in the page's source, which the reader of the page does not see."""

_BLANKS = re.compile(r"[ \t\n\f\r]+")
_BROKEN = re.compile(f"[ {_SOFT_BREAK}]+")
_INDENTED = re.compile(f"{_SOFT_BREAK}(?=(?:\u3000 ?){{2}}|(?:\xa0 ?){{4}})")
_LONGEST_LINK = 120
"""Characters: a longer stretch inside ``<a>`` is text that an unclosed link runs through."""

_LONGEST_RAW = 1000
"""Characters: longer lines hold no labels."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    Attributes
    ----------
    node
        The first piece of text in it; the ``<tr>`` of a row of data.
    text
        As normalised, the cells of a row parted by :data:`~textq.records.CELL_BREAK`.
    linked
        The number of its characters that are links, blanks left out.
    raw
        As written, with :data:`BOUNDARY` and :data:`NEXT_CELL`; "" for lines too long to hold a label.
    """

    node: int
    text: str
    linked: int
    raw: str

    @property
    def size(self) -> int:
        """The number of its characters, blanks left out."""
        return len(self.text) - self.text.count(" ")

    @property
    def is_link(self) -> bool:
        """Whether it is mostly links."""
        return self.linked * 2 > self.size


def read_lines(tree: Tree, sizes: Sequence[int], tables: Set[int], hidden: Set[int], notes: Notes) -> list[Line]:
    """Return the lines of a page in its order; ``tables`` hold data, ``hidden`` nodes are passed over."""
    writer = _Writer(tree, sizes, tables, number_items(tree))
    passed = hidden | notes.marks
    node = 0
    while node < len(tree):
        writer.close(node)
        is_passed = tree.tags[node] in SILENT or node in passed
        node = tree.ends[node] if is_passed else writer.enter(node)
    writer.close(node)
    writer.flush()
    return writer.lines


class _Writer:
    """Collects text into lines. ``_open`` holds the elements to act on when they end, innermost last."""

    def __init__(self, tree: Tree, sizes: Sequence[int], tables: Set[int], marks: Mapping[int, str]) -> None:
        self.lines: list[Line] = []
        self._tree, self._sizes, self._tables, self._marks = tree, sizes, tables, marks
        self._open: list[int] = []
        self._pieces: list[str] = []
        self._first = self._linked = self._linked_until = self._preserved_until = 0
        self._mark = ""
        self._grids: dict[int, Grid] = {}
        self._cells: list[Cell] | None = None
        self._row = 0

    def enter(self, node: int) -> int:
        """Take in a node; return the next one."""
        tag = self._tree.tags[node]
        if tag == TEXT:
            self._add_text(node)
        elif tag in {"pre", "listing"}:
            self._add_preformatted(node)
            return self._tree.ends[node]
        elif tag == "br":
            self._break()
        else:
            self._open_element(node, tag)
        return node + 1

    def close(self, node: int) -> None:
        """End the elements that end before ``node``."""
        while self._open and self._tree.ends[self._open[-1]] <= node:
            self._close_element(self._open.pop())

    def flush(self) -> None:
        """End the line."""
        if self._first:
            self._emit(self._first, "".join(self._pieces), self._linked)
        self._pieces.clear()
        self._first = self._linked = 0

    def _open_element(self, node: int, tag: str) -> None:
        attributes = self._tree.attributes[node]
        if tag == "a" and _leads_away(attributes) and self._sizes[node] <= _LONGEST_LINK:
            self._linked_until = self._tree.ends[node]
        style = read_style(attributes)
        if "white-space:pre" in style:
            self._preserved_until = max(self._preserved_until, self._tree.ends[node])
        if tag in BLOCKS or "display:block" in style:
            self._break()
            self._open.append(node)
        if tag == "tr" and self._find_table(node) in self._tables:
            self._cells, self._row = [], node
        elif tag in {"td", "th"} and self._cells is not None and self._find_row(node) == self._row:
            self._end_cell()
            self._cells.append(open_cell(self._tree, node))
        elif tag == "li" and not OWN_NUMBER.match(_peek(self._tree, node)):
            self._mark += self._marks.get(node, "")

    def _close_element(self, node: int) -> None:
        self._break()
        if node == self._row and self._cells is not None:
            self._end_row(self._cells)
        elif self._tree.tags[node] == "li":
            self._mark = ""

    def _find_table(self, row: int) -> int:
        return next((node for node in self._tree.climb(row) if self._tree.tags[node] == "table"), 0)

    def _find_row(self, cell: int) -> int:
        return next((node for node in self._tree.climb(cell) if self._tree.tags[node] == "tr"), 0)

    def _break(self) -> None:
        if self._cells is None:
            self.flush()
        else:
            self._pieces.append("\n")

    def _add_text(self, node: int) -> None:
        text = self._tree.texts[node]
        if node >= self._preserved_until:
            text = _INDENTED.sub("\n", _BLANKS.sub(_collapse, text))
        if self._sizes[node]:
            self._first = self._first or node
            text = self._mark + BOUNDARY + text
            self._mark = ""
        elif not self._pieces or self._pieces[-1] == text:
            return
        self._pieces.append(text)
        self._linked += self._sizes[node] if node < self._linked_until else 0

    def _add_preformatted(self, node: int) -> None:
        self._break()
        self._pieces.append(heal_wrapped(self._tree.read_text(node).replace("\r\n", "\n").strip("\n")))
        self._first = node
        self._break()

    def _end_cell(self) -> None:
        """Move what was written since the last cell began into it."""
        if self._cells:
            cell = self._cells[-1]
            cell.raw, cell.linked = "".join(self._pieces).strip("\n"), self._linked
            cell.text = _clean(_join_cell(cell.raw)).replace("\n", "")
        self._pieces.clear()
        self._linked = 0

    def _end_row(self, cells: list[Cell]) -> None:
        self._end_cell()
        self._cells = None
        grid = self._grids.setdefault(self._find_table(self._row), Grid())
        row = grid.add_row(cells)
        if sum(cell.text != "" for cell in row) > 1:
            raw = NEXT_CELL.join(cell.raw for cell in row)
            text = CELL_BREAK.join(cell.text for cell in row)
            self._append(self._row, text, sum(cell.linked for cell in row), raw)
            return
        for cell in cells:
            self._emit(self._row, cell.raw, cell.linked)

    def _emit(self, node: int, raw: str, linked: int) -> None:
        texts = [text for text in _clean(raw).split("\n") if text]
        for text in texts:
            self._append(node, text, min(linked, len(text)), raw if len(texts) == 1 else text)

    def _append(self, node: int, text: str, linked: int, raw: str) -> None:
        self.lines.append(Line(node, text, linked, raw if len(raw) <= _LONGEST_RAW else ""))


def is_label_row(line: Line) -> bool:
    """Tell whether a row of data pairs labels with values, as the metadata table above a document does."""
    cells = line.text.split(CELL_BREAK)
    return len(cells) > 1 and any(map(is_label, cells[::2])) and not any(map(is_label, cells[1::2]))


def _leads_away(attributes: Mapping[str, str]) -> bool:
    """Tell whether a link leads to another page, not to a place on this one."""
    address = attributes.get("href", "#here").strip()
    return not address.startswith("#") or address == "#"


def _peek(tree: Tree, node: int) -> str:
    """Return how the text of an item begins."""
    return "".join(tree.texts[node : min(tree.ends[node], node + 50)])[:200].lstrip()


def _collapse(blanks: "re.Match[str]") -> str:
    return _SOFT_BREAK if "\n" in blanks[0] else " "


def _join_cell(raw: str) -> str:
    """Return what was written into a cell on one line: its breaks are closed, but for a blank between two bodies."""
    lines = [line for line in raw.split("\n") if line.strip()]
    plain = [line.replace(BOUNDARY, "") for line in lines]
    pieces = [
        (" " if lists_bodies(above, below) else _SOFT_BREAK) + line
        for line, (above, below) in zip(lines[1:], pairwise(plain), strict=True)
    ]
    return "".join([*lines[:1], *pieces])


def _clean(raw: str) -> str:
    """Normalise what was written, the line breaks of the page's source closed."""
    return normalize_text(_BROKEN.sub(_close_break, raw.replace(BOUNDARY, "")))


def _close_break(blanks: "re.Match[str]") -> str:
    """Drop a line break of the source between Chinese characters; others are a blank."""
    text, start, end = blanks.string, *blanks.span()
    if _SOFT_BREAK not in blanks[0]:
        return blanks[0]
    chinese = start and end < len(text) and CJK_CHARACTER.match(text[start - 1]) and CJK_CHARACTER.match(text[end])
    return "" if chinese else " "
