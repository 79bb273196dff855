"""A parsed page as flat lists in document order, so that every later step is a loop over numbers."""

import re
import sys
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import accumulate
from types import MappingProxyType
from typing import TYPE_CHECKING

from textq.ingest.html.nesting import check_nesting

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

TEXT = "-text"
"""The tag of a piece of text."""

_NOTHING: Mapping[str, str] = MappingProxyType({})
_HIDING = re.compile(r"display:none|visibility:hidden|opacity:0(?:\.0*)?(?:;|$)")


@dataclass(frozen=True, slots=True)
class Tree:
    """The elements and pieces of text of a page, numbered in document order from 0, the root.

    Attributes
    ----------
    tags, texts, attributes
        Of each node: its tag (:data:`TEXT` for text), the text itself ("" for an element), the attributes.
    parents, ends
        Of each node: the number of its parent (the root is its own), and the number behind its last descendant, so
        that ``range(node, ends[node])`` is the node with all it holds.
    by_tag
        The numbers of the elements with a tag.
    """

    tags: list[str]
    texts: list[str]
    attributes: list[Mapping[str, str]]
    parents: "array[int]"
    ends: "array[int]"
    by_tag: dict[str, list[int]]

    def __len__(self) -> int:
        return len(self.tags)

    def find(self, *tags: str) -> Iterator[int]:
        """Yield the elements with one of these tags, in document order."""
        return merge(*(self.by_tag.get(tag, ()) for tag in tags))

    def find_attributed(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield the elements that have attributes, with them."""
        return ((node, found) for node, found in enumerate(self.attributes) if found)

    def climb(self, node: int) -> Iterator[int]:
        """Yield the parent of a node, its parent, and so on up to the root."""
        while node:
            node = self.parents[node]
            yield node

    def holds(self, outer: int, inner: int) -> bool:
        """Tell whether ``inner`` is ``outer`` or stands in it."""
        return outer <= inner < self.ends[outer]

    def add_up(self, own: "list[int] | array[int]") -> "array[int]":
        """Return for each node the sum of ``own`` over it and all it holds."""
        sums = array("q", accumulate(own, initial=0))
        return array("q", [sums[end] - sums[node] for node, end in enumerate(self.ends)])

    def count_characters(self) -> "array[int]":
        """Return for each node the characters it holds, blanks left out."""
        return self.add_up([len("".join(text.split())) if text else 0 for text in self.texts])

    def read_text(self, node: int) -> str:
        """Return the text of a node and all it holds, as written."""
        return "".join(self.texts[node : self.ends[node]])


def parse_page(markup: str) -> Tree:
    """Parse a page as a browser does.

    Raises
    ------
    ReadError
        If its tags nest deeper than a parser bears.
    """
    from selectolax.lexbor import LexborHTMLParser

    check_nesting(markup)
    tree = Tree([], [], [], array("i"), array("i"), {})
    page = LexborHTMLParser(markup)
    if page.root is not None:
        _flatten(page.root, tree)
    return tree


def _flatten(root: "LexborNode", tree: Tree) -> None:
    """Walk the page without recursion: it may nest deeper than Python's stack."""
    open_nodes: list[tuple[LexborNode, int]] = []
    node: LexborNode | None = root
    while node is not None:
        number = _add(node, open_nodes[-1][1] if open_nodes else 0, tree)
        child = node.first_child if number >= 0 else None
        if child is not None:
            open_nodes.append((node, number))
            node = child
            continue
        node = _step_on(node, open_nodes, tree)


def _step_on(node: "LexborNode", open_nodes: list[tuple["LexborNode", int]], tree: Tree) -> "LexborNode | None":
    """Return the node behind ``node`` and what it holds; close the elements that end before it."""
    while open_nodes:
        following = node.next
        if following is not None:
            return following
        node, number = open_nodes.pop()
        tree.ends[number] = len(tree)
    return None


def _add(node: "LexborNode", parent: int, tree: Tree) -> int:
    """Append a node and return its number; -1 for a comment, which is left out."""
    tag = node.tag or ""
    is_text = tag == TEXT
    if not is_text and not node.is_element_node:
        return -1
    number = len(tree.tags)
    if not is_text:
        tree.by_tag.setdefault(tag, []).append(number)
    tree.tags.append(sys.intern(tag))
    tree.texts.append((node.text_content or "") if is_text else "")
    tree.attributes.append(_NOTHING if is_text else _read_attributes(node))
    tree.parents.append(parent)
    tree.ends.append(number + 1)
    return number


def _read_attributes(node: "LexborNode") -> Mapping[str, str]:
    found = node.attributes
    return {name: value or "" for name, value in found.items()} if found else _NOTHING


def read_style(attributes: Mapping[str, str]) -> str:
    """Return the ``style`` of an element without blanks and in small letters."""
    style = attributes.get("style", "")
    return "".join(style.split()).lower() if style else ""


def is_hidden(attributes: Mapping[str, str]) -> bool:
    """Tell whether an element's own attributes hide it from the reader."""
    return "hidden" in attributes or ("style" in attributes and _HIDING.search(read_style(attributes)) is not None)
