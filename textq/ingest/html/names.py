"""What the ids and classes of elements tell: where the text stands, and what is furniture."""

import re
from collections.abc import Mapping

CONTAINERS = (
    "UCAP-CONTENT", "zoom", "Zoom", "ozoom", "js_content", "TRS_Editor", "trs_editor_view", "TRS_UEDITOR",
    "ContentRegion", "pages_content", "v_news_content", "vsb_content", "wp_articlecontent", "j-fontContent",
    "mainText", "article-content", "article_content", "articleContent", "article-body", "article-con", "zwxl-article",
    "news_content", "newsContent", "news-content", "Custom_UnionStyle", "content_body", "conTxt", "textBox",
    "rich_media_content", "entry-content", "post-content", "detail-content", "articleBody",
)  # fmt: skip
"""Ids, classes and ``itemprop`` that content systems give the text of a document, the commonest first."""

_RANKS = {name: rank for rank, name in enumerate(CONTAINERS)}
_ARTICLE_RANK = len(CONTAINERS)

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_FURNITURE = frozenset({
    "share", "bdsharebuttonbox", "bshare", "jiathis", "qrcode", "ewm", "erweima", "breadcrumb", "breadcrumbs", "crumb",
    "crumbs", "pagination", "pager", "toolbar", "related", "recommend", "comments", "copyright", "dayin", "mianbao",
    "nav", "navbar", "navigation", "menu", "foot", "footer", "head", "header", "topbar", "sidebar", "aside", "login",
    "search", "banner", "logo", "links", "friendlink", "print", "hot", "ad", "ads", "advert", "tools", "weizhi",
})  # fmt: skip
"""Words in ids and classes of what stands around a text."""

FURNITURE_TAGS = ("nav", "footer", "header", "aside", "form")
"""Elements that stand around a text, unless they hold it."""

_LONGEST_NAME = 200


def rank_container(tag: str, attributes: Mapping[str, str]) -> int | None:
    """Return the rank of an element among the known containers of a text, 0 the surest; None if it is none."""
    ranks = [_RANKS[name] for name in _list_names(attributes) if name in _RANKS]
    return min(ranks, default=_ARTICLE_RANK if tag == "article" else None)


def is_furniture(attributes: Mapping[str, str]) -> bool:
    """Tell whether an element is named as what stands around a text: controls, menus, head and foot of the page."""
    return any(word.lower() in _FURNITURE for name in _list_names(attributes) for word in _WORDS.findall(name))


def _list_names(attributes: Mapping[str, str]) -> list[str]:
    names = [attributes[key][:_LONGEST_NAME] for key in ("id", "class", "itemprop") if key in attributes]
    return " ".join(names).split()
