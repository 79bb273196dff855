"""Notes at the foot of a page: the marks that point to them, and where they stand."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from textq.ingest.html.tree import Tree

_MARK = re.compile(r"\s*[\[【（(〔]?(?:[0-9]{1,3}|[ivxl]{1,6}|[①-⑳]|\*{1,3})[\]】）)〕]?\s*")
_LEVELS_UP = 4
_HOLDERS = frozenset({"p", "li", "dd", "td", "div", "aside", "section"})
_OF_NOTE = re.compile(r"_?(?:sd)?(?:footnote|endnote|ftn|edn)[-_:]?[0-9]{1,4}")
"""The ids that Word and LibreOffice give what holds a note, which may have several paragraphs."""

_LONGEST = 3000
"""Characters of the longest note; what a mark points to and is longer is a part of the document."""


@dataclass(frozen=True, slots=True)
class Notes:
    """The nodes that are marks of notes in the text, and the first node of each note with the node behind its last."""

    marks: frozenset[int]
    places: tuple[tuple[int, int], ...]


def find_notes(tree: Tree, sizes: Sequence[int]) -> Notes:
    """Find the links "[1]", "①" … that point to a place further down this page.

    A link up, from a note to its mark, is no mark; nor is an entry of a table of contents, which names its heading.
    """
    targets: dict[str, int] | None = None
    marks, places = set(), {}
    for link in tree.find("a"):
        address = tree.attributes[link].get("href", "")
        if not address.startswith("#") or sizes[link] > 6 or not _MARK.fullmatch(tree.read_text(link)):
            continue
        targets = targets if targets is not None else _find_targets(tree)
        target = targets.get(address[1:], 0)
        note = _find_holder(tree, target)
        if target > link and not tree.holds(note, link) and sizes[note] <= _LONGEST:
            marks.add(_widen(tree, link))
            places[note] = tree.ends[note]
    return Notes(frozenset(marks), tuple(sorted(places.items())))


def _find_targets(tree: Tree) -> dict[str, int]:
    found: dict[str, int] = {}
    for node, attributes in tree.find_attributed():
        for key in ("id", "name"):
            if attributes.get(key):
                found.setdefault(attributes[key], node)
    return found


def _find_holder(tree: Tree, target: int) -> int:
    """Return the paragraph or item that ``target`` stands in, or is; all paragraphs of a note that has several."""
    for node in islice(tree.climb(target), _LEVELS_UP):
        if _OF_NOTE.fullmatch(tree.attributes[node].get("id", "")):
            return node
    if tree.tags[target] in _HOLDERS:
        return target
    return next((node for node in tree.climb(target) if tree.tags[node] in _HOLDERS), 0)


def _widen(tree: Tree, link: int) -> int:
    """Return the <sup> around a mark, which may hold its brackets."""
    parent = tree.parents[link]
    return parent if tree.tags[parent] == "sup" else link
