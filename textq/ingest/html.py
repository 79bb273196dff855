"""HTML of government sites → Extract: the only door to selectolax."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textq.errors import ReadError
from textq.ingest.decode import decode_text
from textq.ingest.extract import Extract
from textq.ingest.labels import FIELD_LABELS
from textq.ingest.normalize import normalize_text
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
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figcaption",
    "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "main", "ol", "p", "pre", "section", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)

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
    content = _find_content(page)
    text = normalize_text("".join(_iterate_text(content))) if content is not None else ""
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


def _iterate_text(node: "LexborNode") -> Iterator[str]:
    """Yield the text of ``node``, a newline at every block and line break, a data row as one line."""
    for child in node.iter(include_text=True):
        tag = child.tag
        if tag == "-text":
            yield re.sub(r"\s*\n\s*", " ", child.text(deep=False))
        elif tag == "br":
            yield "\n"
        elif tag == "tr" and (cells := _read_row(child)):
            yield f"\n{CELL_BREAK.join(cells)}\n"
        elif tag in _BLOCKS:
            yield "\n"
            yield from _iterate_text(child)
            yield "\n"
        else:
            yield from _iterate_text(child)


def _read_row(row: "LexborNode") -> list[str]:
    """Return the cells of a data row; [] for a row that only lays out the page (one cell, or tables inside)."""
    cells = [cell for cell in row.iter() if cell.tag in {"td", "th"}]
    if row.css_first("table") is not None:
        return []
    texts = ["".join(cell.text(deep=True).split()) for cell in cells]
    return texts if sum(map(bool, texts)) > 1 else []


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
        if len(node.text(deep=True)) > 200:
            continue
        label, colon, rest = "".join(node.text(deep=True).split()).replace(":", "：").partition("：")
        field = FIELD_LABELS.get(label)
        if field and field not in found and (value := rest or _next_cell(node, colon)):
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
