"""HTML of government sites → Extract: the only door to selectolax."""

import re
from collections.abc import Iterator, Mapping
from functools import reduce
from typing import TYPE_CHECKING

from textq.errors import ReadError
from textq.ingest.decode import decode_text
from textq.ingest.extract import Extract
from textq.ingest.furniture import is_label, is_page_furniture
from textq.ingest.labels import FIELD_LABELS
from textq.ingest.normalize import CJK, join_broken, normalize_text
from textq.records import CELL_BREAK

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_CONTENT_SELECTORS = (
    "#UCAP-CONTENT", "#zoom", "#Zoom", "#js_content", ".TRS_Editor", ".trs_editor_view", "#ContentRegion",
    ".pages_content", ".article-content", ".article_content", "#article_content", "#articleContent", ".zwxl-article",
    ".news_content", ".Custom_UnionStyle", "#content_body", "article",
)  # fmt: skip
"""Where the content systems of government sites put the text of a document, the commonest first."""

_NOISE = "script, style, noscript, template, iframe, nav, header, footer, form, button, select, canvas, svg"
_HIDDEN = '[hidden], [style*="display:none"], [style*="display: none"]'
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)

_SOFT_BREAK = "\x1f"
"""A line break in the page's source, which the reader of the page does not see."""

_SOFT_BREAKS = re.compile(f"{_SOFT_BREAK}+")
_BREAKS_IN_CHINESE = re.compile(f"(?<=[{CJK}]){_SOFT_BREAK}+(?=[{CJK}])")
_META_NAMES = {"ArticleTitle": "title", "PubDate": "published_on"}


def read_html(data: bytes) -> Extract:
    """Read the main text of a page, and the fields of its metadata table and meta tags.

    Raises
    ------
    ReadError
        If the encoding cannot be told or the page holds no text.
    """
    from selectolax.lexbor import LexborHTMLParser

    declared = _CHARSET.search(data[:4096])
    page = LexborHTMLParser(decode_text(data, declared=declared[1].decode("ascii") if declared else None))
    fields = _read_meta_tags(page) | _read_label_table(page)
    page.strip_tags(_NOISE.split(", "))
    for hidden in page.css(_HIDDEN):
        hidden.decompose()
    content = _find_content(page)
    lines = normalize_text(_close_soft_breaks("".join(_iterate_text(content)))) if content is not None else ""
    text = "\n".join(line for line in lines.split("\n") if not is_page_furniture(line))
    if not text:
        raise ReadError("the page holds no text: perhaps it is filled in by a script. Save the document's own page.")
    return Extract(text, fields=fields)


def _find_content(page: "LexborHTMLParser") -> "LexborNode | None":
    """Return the element that holds the document: a known container, else the densest block of prose."""
    for selector in _CONTENT_SELECTORS:
        found = max(page.css(selector), key=_prose_length, default=None)
        if found is not None and _prose_length(found) > 0:
            return found
    return _find_densest(page.body) if page.body is not None else None


def _prose_length(node: "LexborNode") -> int:
    """Return the number of characters that are no link text and no blanks."""
    links = sum(len(link.text(deep=True).strip()) for link in node.css("a"))
    return len("".join(node.text(deep=True).split())) - links


def _find_densest(node: "LexborNode") -> "LexborNode":
    """Go down as long as one child element holds nearly all of the prose."""
    while True:
        children = [child for child in node.iter() if child.tag in _BLOCKS and child.tag not in {"p", "tr"}]
        best = max(children, key=_prose_length, default=None)
        if best is None or _prose_length(best) < 0.85 * _prose_length(node):
            return node
        node = best


def _close_soft_breaks(text: str) -> str:
    """Drop the line breaks of the page's source between Chinese characters; others become blanks."""
    return _SOFT_BREAKS.sub(" ", _BREAKS_IN_CHINESE.sub("", text))


def _iterate_text(node: "LexborNode") -> Iterator[str]:
    """Yield the text of ``node``, a newline at every block and line break, a data row as one line."""
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "-text":
            yield re.sub(r"\s*\n\s*", _SOFT_BREAK, child.text(deep=False))
        elif tag == "br":
            yield "\n"
        elif tag == "pre":
            yield f"\n{child.text(deep=True)}\n"
        elif tag == "table" and len(child.css("table")) == 1:
            yield from _iterate_rows(child)
        elif tag in _BLOCKS:
            yield "\n"
            yield from _iterate_text(child)
            yield "\n"
        else:
            yield from _iterate_text(child)


def _iterate_rows(table: "LexborNode") -> Iterator[str]:
    """Yield data rows as lines, a cell that spans several rows in each of them; other rows only lay out the page."""
    above: dict[int, tuple[int, str]] = {}
    for row in table.css("tr"):
        cells = _place_cells(row, above)
        texts = [text for _, (_, text) in sorted(cells.items())]
        if any(map(is_label, texts[::2])):
            continue
        if sum(map(bool, texts)) > 1:
            yield f"\n{CELL_BREAK.join(texts)}\n"
        else:
            yield from ("\n", *_iterate_text(row), "\n")
        above = {column: (n_rows - 1, text) for column, (n_rows, text) in cells.items() if n_rows > 1}


def _place_cells(row: "LexborNode", above: Mapping[int, tuple[int, str]]) -> dict[int, tuple[int, str]]:
    """Return by column the rows that each cell spans from this one on, and its text; ``above`` reaches down here."""
    cells = dict(above)
    column = 0
    for cell in row.iter():
        if cell.tag in {"td", "th"}:
            while column in above:
                column += 1
            cells[column] = _read_span(cell, "rowspan"), reduce(join_broken, cell.text(deep=True).split(), "")
            column += _read_span(cell, "colspan")
    return cells


def _read_span(cell: "LexborNode", name: str) -> int:
    span = cell.attributes.get(name) or ""
    return max(1, int(span)) if re.fullmatch(r"[0-9]{1,4}", span) else 1


def _read_meta_tags(page: "LexborHTMLParser") -> dict[str, str]:
    found = {}
    for tag in page.css("meta[name][content]"):
        field = _META_NAMES.get(tag.attributes["name"] or "")
        if field and (value := normalize_text(tag.attributes["content"] or "")):
            found[field] = value
    return found


def _read_label_table(page: "LexborHTMLParser") -> dict[str, str]:
    """Read label–value pairs: a cell "成文日期：" and the next cell, or both in one element."""
    found: dict[str, str] = {}
    for node in page.css("td, th, li, dt, p, span, div"):
        text = node.text(deep=True)
        if len(text) > 200:
            continue
        label, colon, rest = " ".join(text.split()).replace(":", "：", 1).partition("：")
        field = FIELD_LABELS.get(label.replace(" ", ""))
        if field and field not in found and (value := rest.strip() or _next_cell(node, colon)):
            found[field] = value
    return found


def _next_cell(node: "LexborNode", colon: str) -> str:
    """Return the text of the cell after a label cell; other elements are labels only with a colon."""
    cell = node.next
    while cell is not None and cell.tag == "-text":
        cell = cell.next
    if cell is None or (node.tag not in {"td", "th", "dt"} and not colon):
        return ""
    return normalize_text(cell.text(deep=True)).replace("\n", "")
