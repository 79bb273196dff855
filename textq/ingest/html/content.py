"""Where on a page its document stands: in a known container, else where the prose is densest."""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from textq.ingest.furniture import is_page_furniture
from textq.ingest.html.lines import Line
from textq.ingest.html.names import FURNITURE_TAGS, is_furniture, rank_container
from textq.ingest.html.tree import Tree, is_hidden
from textq.notation.marks import match_mark
from textq.records import CELL_BREAK

_SENTENCE = re.compile(r"[。；：，、！？;]")
_NUMERAL = "0-9〇○零一二三四五六七八九十"
_DATE = re.compile(f"[{_NUMERAL}]{{4}}年[{_NUMERAL}元]{{1,3}}月[{_NUMERAL}]{{1,3}}日")
_DATE_WEIGHT = 10
_MOST_LOST = 150
"""What a part that is no prose takes at most from the weight of what it stands in: a row of links inside a document
must not part its halves."""

_BETTER = 2.0
"""So many times the weight of a known container makes another place the document's."""

_LEAST_WEIGHT = 100
"""A known container that weighs less is taken to weigh this much."""

_MOST_OF_PAGE = 0.5
"""The share of a page's prose above which a form or a header is its frame, not a part of it."""

_LIMITS = frozenset({"tr", "body", "html"})

Places = tuple[tuple[int, int], ...]
"""The first node of each part, and the node behind its last."""


@dataclass(frozen=True, slots=True)
class Content:
    """Where the document stands, and whether a container that is known by name says so."""

    places: Places
    known: bool


def find_containers(tree: Tree) -> dict[int, int]:
    """Return the elements that are known to hold the text of a document, with their ranks, 0 the surest."""
    ranks = {node: rank_container(tree.tags[node], attributes) for node, attributes in tree.find_attributed()}
    ranks |= {node: rank_container("article", {}) for node in tree.find("article") if node not in ranks}
    return {node: rank for node, rank in sorted(ranks.items()) if rank is not None}


def find_hidden(tree: Tree, containers: Mapping[int, int]) -> frozenset[int]:
    """Return the elements that the reader of a page does not see; a container is none, for a script shows it."""
    return frozenset(
        node for node, attributes in tree.find_attributed() if node not in containers and is_hidden(attributes)
    )


def find_furniture(tree: Tree, lines: Iterable[Line], containers: Mapping[int, int]) -> frozenset[int]:
    """Return the elements that by tag or name stand around a text; what holds it, or most of the prose, is none."""
    own = array("q", bytes(8 * len(tree)))
    for line in lines:
        own[line.node] += max(0, weigh_line(line))
    prose = tree.add_up(own)
    holding = tree.add_up([node in containers for node in range(len(tree))]) if containers else bytes(len(tree))
    named = {node for node, attributes in tree.find_attributed() if is_furniture(attributes)}
    return frozenset(
        node
        for node in named.union(tree.find(*FURNITURE_TAGS))
        if not holding[node] and prose[node] <= _MOST_OF_PAGE * prose[0]
    )


def find_content(tree: Tree, lines: Sequence[Line], containers: Mapping[int, int], furniture: Set[int]) -> Content:
    """Return where the document stands; on a page without text nowhere."""
    weights = _weigh(tree, lines, furniture)
    densest = _find_densest(tree, weights)
    known = _find_known(tree, lines, containers)
    strength = max(_LEAST_WEIGHT, sum(weights[start] for start, _ in known))
    if known and weights[densest] <= _BETTER * strength:
        return Content(known, known=True)
    if weights[densest] > 0:
        return Content(((densest, tree.ends[densest]),), known=False)
    return Content(((0, len(tree)),) if lines else (), known=False)


def drop_outside(lines: Iterable[Line], tree: Tree, places: Places, furniture: Set[int]) -> list[Line]:
    """Return the lines of the document: those in its places and in no furniture of the page."""
    inside = cover_nodes(len(tree), places)
    outside = cover_nodes(len(tree), ((node, tree.ends[node]) for node in furniture))
    return [line for line in lines if inside[line.node] and not outside[line.node]]


def cover_nodes(n_nodes: int, places: Iterable[tuple[int, int]]) -> bytearray:
    """Return 1 for each node inside one of the places, which may lie in one another."""
    covered = bytearray(n_nodes)
    done = 0
    for start, end in sorted(places):
        if end > done:
            start = max(start, done)
            covered[start:end] = b"\x01" * (end - start)
            done = end
    return covered


def _find_known(tree: Tree, lines: Sequence[Line], containers: Mapping[int, int]) -> Places:
    """Return the outermost containers of the surest rank that hold text; of ``<article>`` the largest alone."""
    text = array("q", bytes(8 * len(tree)))
    for line in lines:
        text[line.node] += max(0, line.size - line.linked)
    amounts = tree.add_up(text)
    filled = {node: rank for node, rank in containers.items() if amounts[node]}
    if not filled:
        return ()
    best = min(filled.values())
    found: list[tuple[int, int]] = []
    for node, rank in filled.items():
        if rank == best and (not found or node >= found[-1][1]):
            found.append((node, tree.ends[node]))
    if all(tree.tags[node] == "article" for node, _ in found):
        return (max(found, key=lambda place: amounts[place[0]]),)
    return tuple(found)


def _find_densest(tree: Tree, weights: Sequence[int]) -> int:
    """Return the innermost element of the largest weight, with the headings that stand beside it without any links."""
    largest = max(weights)
    best = max(node for node, weight in enumerate(weights) if weight == largest)
    for outer in tree.climb(best):
        if tree.tags[outer] in _LIMITS or weights[outer] != largest:
            break
        best = outer
    return best


def _weigh(tree: Tree, lines: Iterable[Line], furniture: Set[int]) -> "array[int]":
    """Return for each element how much more prose than links it holds.

    The cells of a row that lays out the page are columns, of which only the heaviest can be the document.
    """
    weights = array("q", bytes(8 * len(tree)))
    columns = array("q", bytes(8 * len(tree)))
    for line in lines:
        weights[line.node] += weigh_line(line)
    for node in range(len(tree) - 1, 0, -1):
        weights[node] += columns[node]
        weight = max(-_MOST_LOST, min(weights[node], 0) if node in furniture else weights[node])
        parent = tree.parents[node]
        if tree.tags[parent] == "tr":
            columns[parent] = max(columns[parent], weight)
        else:
            weights[parent] += weight
    return weights


def weigh_line(line: Line) -> int:
    """Return how much a line speaks for a document (its characters) or against one (below 0)."""
    if line.is_link or is_page_furniture(line.text):
        return -line.size
    if CELL_BREAK in line.text or _SENTENCE.search(line.text) or match_mark(line.text):
        return line.size - line.linked
    return _DATE_WEIGHT if _DATE.fullmatch(line.text) else 0
