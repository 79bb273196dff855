"""Metadata that a page states: its meta tags, the pairs of label and value above its text, its heading."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

from textq.ingest.furniture import ROW_LABELS
from textq.ingest.html.lines import BOUNDARY, NEXT_CELL, Line
from textq.ingest.html.tree import Tree
from textq.ingest.metadata.labels import FIELD_LABELS
from textq.ingest.normalize import normalize_text
from textq.lexicon.power import document_type

_META_NAMES = {
    "articletitle": "title", "pubdate": "published_on",
    "og:title": "title", "article:published_time": "published_on", "og:article:published_time": "published_on",
}  # fmt: skip
"""Names and properties of meta tags, the surest of a field first."""

_OPEN_LABELS = frozenset({"td", "th", "dt"})
"""Elements that can hold a label without a colon."""

_BEFORE = re.compile(r"[-_—–|·>»] ?$")
_BEHIND = re.compile(r" ?[-_—–|·<«]")
_WECHAT_TIME = re.compile(
    r"""\b(?:ct|createTime|oriCreateTime|publish_time)\s{0,9}[=:]\s{0,9}["']"""
    r"""([0-9]{10}|[0-9]{4}-[0-9]{2}-[0-9]{2}[ 0-9:]{0,9})["']"""
)
_BEIJING = timezone(timedelta(hours=8))


def read_meta_tags(tree: Tree) -> dict[str, str]:
    """Return the fields that meta tags state."""
    stated: dict[str, str] = {}
    for node in tree.find("meta"):
        attributes = tree.attributes[node]
        for key in ("name", "property", "itemprop"):
            name = attributes.get(key, "").strip().lower()
            if name in _META_NAMES and (value := _clean(attributes.get("content", ""))):
                stated.setdefault(name, value)
    return {field: stated[name] for name, field in reversed(_META_NAMES.items()) if name in stated}


def read_labels(tree: Tree, lines: Sequence[Line]) -> dict[str, str]:
    """Return the fields that pairs of label and value state, the first of each."""
    found: dict[str, str] = {}
    for at, line in enumerate(lines):
        following = lines[at + 1] if at + 1 < len(lines) else None
        for field, value in _read_pairs(tree, line, following):
            found.setdefault(field, value)
    return found


def _read_pairs(tree: Tree, line: Line, following: Line | None) -> Iterator[tuple[str, str]]:
    cells = line.raw.split(NEXT_CELL)
    if len(cells) > 1:
        yield from _read_cells(cells)
        return
    yield from _read_run(line.raw, following.raw if following is not None and NEXT_CELL not in following.raw else "")
    field = FIELD_LABELS.get(_squeeze(line.raw))
    if field and following is not None and any(tree.tags[node] in _OPEN_LABELS for node in _near(tree, line.node)):
        yield field, _clean(following.raw)


def _near(tree: Tree, node: int) -> Iterator[int]:
    for _, outer in zip(range(5), tree.climb(node), strict=False):
        yield outer


def _read_cells(cells: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Read a row: a label in a cell and its value in the next, or both in one cell."""
    for at, cell in enumerate(cells):
        following = cells[at + 1] if at + 1 < len(cells) else ""
        field = FIELD_LABELS.get(_squeeze(cell).rstrip(":："))
        if not field:
            yield from _read_run(cell, "")
        elif _squeeze(following).rstrip(":：") not in ROW_LABELS and (value := _clean(following)):
            yield field, value


def _read_run(raw: str, following: str) -> Iterator[tuple[str, str]]:
    """Read the labels with a colon in a line; the value of the last may stand on the line ``following``."""
    labels = list(_labels().finditer(raw)) if ":" in raw or "：" in raw else []
    if not labels or raw[: labels[0].start()].strip(f" 【[{BOUNDARY}\x1f\n\u3000\xa0"):
        return
    ends = [label.start() for label in labels[1:]] + [len(raw)]
    for label, end in zip(labels, ends, strict=True):
        value = _clean(raw[label.end() : end]).rstrip("【[ ")
        if not value and end == len(raw) and not _labels().search(following):
            value = _clean(following)
        field = FIELD_LABELS.get(_squeeze(label["label"]))
        if field and value:
            yield field, value


@cache
def _labels() -> "re.Pattern[str]":
    """Return the pattern of all labels, spaced or not, at the beginning of a line or behind a blank."""
    gap = f"[\\s{BOUNDARY}]{{0,9}}"
    labels = "|".join(gap.join(label) for label in sorted(ROW_LABELS, key=len, reverse=True))
    return re.compile(f"(?:^|(?<=[\\s{BOUNDARY}\x1f【\\[]))(?P<label>{labels}){gap}[】\\]]?{gap}[:：]")


def _squeeze(text: str) -> str:
    return "".join(text.replace(BOUNDARY, "").replace("\x1f", "").split())


def _clean(text: str) -> str:
    return normalize_text(text.replace(BOUNDARY, "").replace("\x1f", " ")).replace("\n", "")


def read_heading(tree: Tree, lines: Sequence[Line]) -> dict[str, str]:
    """Return the title that the page's ``<title>`` and a line of the page agree on.

    ``<title>`` names the site as well, before or behind a bar or hyphen. What both name counts only if it ends as
    titles of documents end: the name of the site stands in both too.
    """
    whole = next((_clean(tree.read_text(node)) for node in tree.find("title")), "")
    shown = {line.text for line in lines if not line.is_link and line.text in whole}
    found = max((text for text in shown if _is_part(text, whole) and document_type(text)), key=len, default="")
    return {"title": found} if found else {}


def _is_part(text: str, whole: str) -> bool:
    """Tell whether ``whole`` is ``text``, or ``text`` and a name parted from it by a bar or hyphen."""
    before, _, behind = whole.partition(text)
    return (not before or _BEFORE.search(before) is not None) and (not behind or _BEHIND.match(behind) is not None)


def read_wechat(tree: Tree, markup: str) -> dict[str, str]:
    """Return title and day of publication (in Beijing) of an article of WeChat; {} of other pages."""
    names = {attributes["id"]: node for node, attributes in tree.find_attributed() if attributes.get("id")}
    if "js_content" not in names:
        return {}
    found = {}
    if "activity-name" in names and (title := _clean(tree.read_text(names["activity-name"]))):
        found["title"] = title
    time = _WECHAT_TIME.search(markup)
    if time:
        found["published_on"] = _to_day(time[1])
    return found


def _to_day(time: str) -> str:
    """Return the day of a time that is given in seconds since 1970, or as year-month-day."""
    return time[:10] if "-" in time else datetime.fromtimestamp(int(time), UTC).astimezone(_BEIJING).date().isoformat()
