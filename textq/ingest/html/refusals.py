"""Pages that are no documents: what is there instead, and what to do."""

import re
from collections.abc import Sequence

from textq.errors import ReadError, ScannedError
from textq.ingest.html.lines import Line
from textq.ingest.html.tree import Tree

_FEWEST_LINKS = 5
"""Lines of links from which on a page can be a list."""

_LINK_SHARE = 0.5
"""The share of a list's characters that are links, at least."""

_LITTLE = 200
"""Characters: a page with less that shows another file, or a message, is nothing besides."""

_VIEWED = re.compile(r"[^\s\"'<>=]{1,500}?\.(?:pdf|ofd|docx?)\b", re.IGNORECASE)
_MESSAGE = re.compile(
    r"(?:40[34]|50[0-4])\b.{0,20}(?:not found|forbidden|error|错误)"
    r"|(?:页面|网页|文件|内容|信息).{0,6}(?:不存在|已删除|无法访问|找不到)"
    r"|(?:访问|请求).{0,6}(?:被拒绝|受限|过于频繁|被拦截)|请输入验证码|安全验证|该内容已被发布者删除|环境异常",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"\{\{[^{}]{1,80}\}\}|\$\{[^{}]{1,80}\}")


def refuse_no_document(tree: Tree, lines: Sequence[Line], text: str) -> None:
    """Raise with the reason if what was read of a page is no document; ``lines`` are those of its place.

    Raises
    ------
    ScannedError
        If the page shows pictures without text.
    ReadError
        If the document stands in a frame, in another file that the page shows, or in a script; if the page is a list
        of links, or a message that there is nothing.
    """
    size = len("".join(text.split()))
    if size < _LITTLE:
        _refuse_viewer(tree)
        _refuse_frames(tree, size)
        _refuse_message(tree, text)
        _refuse_list(lines, text)
    if not text:
        _refuse_pictures(tree)
        raise ReadError("the page holds no text: perhaps it is filled in by a script. Save the document's own page.")


def _refuse_viewer(tree: Tree) -> None:
    for node in tree.find("iframe", "embed", "object", "frame"):
        attributes = tree.attributes[node]
        found = _VIEWED.search(attributes.get("src", "") or attributes.get("data", ""))
        if found:
            raise ReadError(f"the page only shows another file: {found[0]}. Fetch that file.")


def _refuse_frames(tree: Tree, size: int) -> None:
    """Refuse a page of frames; a page with text of its own may have frames beside it (weather, counters)."""
    frames = [tree.attributes[node].get("src", "").strip() for node in tree.find("frame", "iframe")]
    frames = [address for address in frames if address and not address.lower().startswith(("javascript:", "about:"))]
    if frames and (size == 0 or any(tree.find("frameset"))):
        raise ReadError(f"the text of the page stands in a frame: {', '.join(frames[:5])}. Fetch that address.")


def _refuse_message(tree: Tree, text: str) -> None:
    titles = " ".join(tree.read_text(node) for node in tree.find("title"))[:200]
    found = _MESSAGE.search(f"{titles}\n{text}")
    if found:
        raise ReadError(f"an error page of the site, not a document: “{found[0]}”. Fetch the document again.")
    if _TEMPLATE.search(text):
        raise ReadError(
            "the page is a template that a script fills in. Save the page from the browser once it is shown."
        )


def _refuse_pictures(tree: Tree) -> None:
    pictures = sum(1 for _ in tree.find("img"))
    if pictures:
        raise ScannedError(f"the page shows {pictures} pictures and no text. Save the pictures as a PDF and use OCR.")


def _refuse_list(lines: Sequence[Line], text: str) -> None:
    """Refuse a page of links; a sentence beside them is a document, however short."""
    links = [line for line in lines if line.is_link]
    linked, size = sum(line.linked for line in lines), sum(line.size for line in lines)
    if "。" not in text and len(links) >= _FEWEST_LINKS and linked > _LINK_SHARE * size:
        raise ReadError(f"the page is a list of {len(links)} links, not a document. Fetch the documents that it lists.")
