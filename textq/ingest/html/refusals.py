"""Pages that are no documents: what is there instead, and what to do."""

import re
from collections.abc import Sequence

from textq.errors import ReadError, ScannedError
from textq.ingest.html.lines import Line
from textq.ingest.html.tree import Tree
from textq.records import CELL_BREAK, Attachment

_FEWEST_LINKS = 5
"""Lines of links from which on a page can be a list."""

_LINK_SHARE = 0.5
"""The share of a list's characters that are links, at least."""

_MOST_NAMED = 5
"""Files of a page that a message names."""

_LITTLE = 200
"""Characters: a page with less that shows another file, or a message, is nothing besides."""

_VIEWED = re.compile(r"[^\s\"'<>=]{1,500}?\.(?:pdf|ofd|docx?)\b", re.IGNORECASE)
_STATUS = (
    r"(?<![0-9])[45][0-9]{2}(?:\.[0-9]{1,2})?(?![0-9])\W{0,5}"
    r"(?:not found|forbidden|unauthori[sz]ed|bad (?:request|gateway)|gateway time-?out|internal server error"
    r"|service (?:temporarily )?unavailable|error|错误|禁止访问|未找到|找不到)"
    r"|(?:\bHTTP|错误|\berror)[ :：]{0,3}(?:错误|状态码?|代码|error|status|code)?[ :：]{0,3}[45][0-9]{2}(?![0-9])"
)
"""How servers put that they cannot serve: a code of HTTP and its meaning."""

_SERVER_MESSAGE = re.compile(_STATUS, re.IGNORECASE)
_MESSAGE = re.compile(
    _STATUS + r"|40[34]\b.{0,20}(?:not found|forbidden|error|错误)"
    r"|\b(?:access|permission) (?:is |was )?denied|\bbad gateway|\bgateway time-?out|\bpage (?:was |is )?not found"
    r"|\bservice (?:is )?(?:temporarily )?unavailable|\binternal server error|\benable javascript"
    r"|找不到.{0,12}(?:页面|网页|文件或目录|内容|信息)|(?:页面|网页|文件|内容|信息).{0,6}(?:不存在|已删除|无法访问|找不到)"
    r"|(?:访问|请求).{0,6}(?:被拒绝|受限|过于频繁|被拦截)|(?:没有|无)权限(?:访问|查看)|服务器(?:内部)?(?:错误|繁忙)|系统(?:繁忙|出错)"
    r"|请输入验证码|安全验证|该内容已被发布者删除|环境异常",
    re.IGNORECASE,
)
_SENTENCE = re.compile("[。；！？]")
_TEMPLATE = re.compile(r"\{\{[^{}]{1,80}\}\}|\$\{[^{}]{1,80}\}")


def refuse_no_document(tree: Tree, lines: Sequence[Line], text: str, attachments: Sequence[Attachment]) -> None:
    """Raise with the reason if what was read of a page is no document; ``lines`` are those of its place.

    Raises
    ------
    ScannedError
        If the page shows pictures without text.
    ReadError
        If the document stands in a frame, in a file that the page shows or offers, or in a script; if the page is a
        list of links, or a message that there is nothing.
    """
    size = len("".join(text.split()))
    _refuse_message(_SERVER_MESSAGE, _read_title(tree))
    if size < _LITTLE:
        _refuse_viewer(tree)
        _refuse_frames(tree, size)
        _refuse_message(_MESSAGE, f"{_read_title(tree)}\n{text}")
        _refuse_template(text)
        _refuse_cover(text, attachments)
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


def _read_title(tree: Tree) -> str:
    return " ".join(tree.read_text(node) for node in tree.find("title"))[:200]


def _refuse_message(messages: "re.Pattern[str]", text: str) -> None:
    found = messages.search(text)
    if found:
        raise ReadError(f"an error page of the site, not a document: “{found[0]}”. Fetch the document again.")


def _refuse_template(text: str) -> None:
    if _TEMPLATE.search(text):
        raise ReadError(
            "the page is a template that a script fills in. Save the page from the browser once it is shown."
        )


def _refuse_cover(text: str, attachments: Sequence[Attachment]) -> None:
    """Refuse a page that gives a title, and the text in a file: it would count as a policy of nothing."""
    if attachments and not _SENTENCE.search(text) and CELL_BREAK not in text:
        listed = ", ".join(attachment.url for attachment in attachments[:_MOST_NAMED])
        raise ReadError(f"the page has no text of its own; the document is in the attached file: {listed}. Fetch that.")


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
