"""Refuse pages whose tags nest so deep, or are so long, that a parser would take minutes or gigabytes over them."""

import re
from collections import Counter

from textq.errors import ReadError

_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,15})(?=[\s/>])")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_SELF_CLOSING = frozenset({"p", "td", "th", "tr", "tbody", "thead", "tfoot", "dd", "dt", "option", "colgroup"})
"""Elements that the next of their kind closes, so that those left open do not pile up."""

_REOPENED = frozenset({"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"})
"""Elements that a parser opens anew in every block after the one they were left open in."""

_MOST_STEPS = 1_000_000_000
"""Open elements that a parser may have to look through, over all tags of a page; 10⁹ take about five seconds."""

_LONG_TAG = re.compile(r"<[A-Za-z][^<>]{100000,}")
_MOST_WORDS = 30_000
"""Different words in one tag; a parser compares each attribute with all others."""

_MOST_COPIES = 5_000_000
"""Elements that a parser may have to open anew."""


def check_nesting(markup: str) -> None:
    """Count what is open at each tag, in one pass.

    Raises
    ------
    ReadError
        If the sum over all tags, or the attributes of one, are beyond what pages hold, sloppy ones included.
    """
    if any(len(set(tag[0].split())) > _MOST_WORDS for tag in _LONG_TAG.finditer(markup)):
        raise ReadError("a tag has far too many attributes: the page is damaged. Save it again from the browser.")
    opened: Counter[str] = Counter()
    depth = reopened = steps = copies = 0
    for tag in _TAG.finditer(markup):
        name = tag[2].lower()
        if name in _VOID or name in _SELF_CLOSING:
            change = 0
        elif tag[1]:
            change = -1 if opened[name] else 0
        else:
            change = 1
        opened[name] += change
        depth += change
        reopened += change if name in _REOPENED else 0
        steps += depth
        copies += 0 if name in _REOPENED else reopened
    if steps > _MOST_STEPS or copies > _MOST_COPIES + 10 * len(markup):
        raise ReadError(
            "its tags nest too deep: the page is damaged. Save it again from the browser, or print it to PDF."
        )
