"""The numbers that a browser prints before the items of an ordered list."""

import re
from collections.abc import Iterator

from textq.ingest.html.tree import Tree, read_style
from textq.notation.numerals import write_chinese, write_roman

_STYLE = re.compile(r"list-style(?:-type)?:([a-z\-]+)")
_NUMBER = re.compile(r"-?[0-9]{1,6}")
_OF_TYPE = {"1": "decimal", "a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}

OWN_NUMBER = re.compile(
    r"[（(\[【]?(?:[0-9０-９]{1,3}|[一二三四五六七八九十百]{1,4}|[a-zA-Z])[）)\]】.．、]"
    r"|第[0-9〇零一二三四五六七八九十百]{1,5}[章节条款项编]|[①-⑳]"
)
"""How an item begins that carries its number in its text."""


def number_items(tree: Tree) -> dict[int, str]:
    """Return the mark that stands before each item of the ordered lists of a page, by the item's node.

    ``start``, ``reversed`` and ``type`` of the list count, ``value`` and ``type`` of the item, and the style of both;
    the marks of lists without numbers, and of styles unknown here, are left out.
    """
    marks = {}
    for items in tree.find("ol"):
        for item, number, style in _count_items(tree, items):
            if mark := _format(number, style):
                marks[item] = mark
    return marks


def _count_items(tree: Tree, ordered: int) -> Iterator[tuple[int, int, str]]:
    """Yield the items of one list with their numbers and styles."""
    own = tree.attributes[ordered]
    items = [node for node in _list_children(tree, ordered) if tree.tags[node] == "li"]
    step = -1 if "reversed" in own else 1
    number = _read_number(own.get("start", ""), len(items) if step < 0 else 1)
    style = _find_style(tree, ordered, "decimal")
    for item in items:
        number = _read_number(tree.attributes[item].get("value", ""), number)
        yield item, number, _find_style(tree, item, style)
        number += step


def _list_children(tree: Tree, parent: int) -> Iterator[int]:
    node = parent + 1
    while node < tree.ends[parent]:
        yield node
        node = tree.ends[node]


def _read_number(written: str, otherwise: int) -> int:
    return int(written.strip()) if _NUMBER.fullmatch(written.strip()) else otherwise


def _find_style(tree: Tree, node: int, otherwise: str) -> str:
    found = _STYLE.search(read_style(tree.attributes[node]))
    return found[1] if found else _OF_TYPE.get(tree.attributes[node].get("type", ""), otherwise)


def _format(number: int, style: str) -> str:
    """Return "3." and the like; "" for a style that is no number."""
    if style in {"decimal", "decimal-leading-zero"}:
        return f"{number:0{2 if 'zero' in style else 1}d}."
    if style in {"cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal"}:
        return f"{write_chinese(number)}、" if 0 < number < 10_000 else f"{number}."
    return _format_latin(number, style)


def _format_latin(number: int, style: str) -> str:
    case, _, kind = style.partition("-")
    if case not in {"lower", "upper"} or kind not in {"alpha", "latin", "roman"}:
        return ""
    if not 0 < number < 4000:
        return f"{number}."
    letters = write_roman(number) if kind == "roman" else _to_letters(number)
    return f"{letters.upper() if case == 'upper' else letters}."


def _to_letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("a") + rest) + letters
    return letters
