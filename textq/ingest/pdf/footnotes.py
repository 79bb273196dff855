"""Footnotes: taken from the foot of their pages and put behind the text, a line each."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from textq.ingest.lines import Line
from textq.ingest.pdf.page import Rule
from textq.ingest.pdf.table_lines import join_cell

_SMALLER = 0.92
"""The type of notes is smaller than this share of the text's."""

_SHORT = (0.05, 0.6)
"""A rule above notes is so long, as shares of the page's width."""

_NEAR = 2.5
"""Type sizes between that rule and the first note, at most."""

_BESIDE = 3.0
"""Type sizes by which that rule and the first note begin apart, at most."""

_LOWER_PART = 0.35
"""Notes stand below this share of the page's height."""

_MEET = 3.0
"""Points within which two rules meet."""

_MARK = re.compile(
    r"[①-⑳]|[\[［〔][0-9]{1,3}[\]］〕]|[0-9]{1,3}(?![0-9.．、年月日%％)）])|[*＊†‡※]{1,3}|注[0-9]{0,2}[:：]"
)


@dataclass(frozen=True, slots=True)
class Parted:
    """The running text of a document, and its notes, a line each, in the order of the pages."""

    text: tuple[Line, ...]
    notes: tuple[Line, ...]


def part_footnotes(lines: Sequence[Line], heights: Mapping[int, float], rules: Mapping[int, Sequence[Rule]]) -> Parted:
    """Take the footnotes out of the lines of a document; ``heights`` and ``rules`` are those of its pages.

    Notes are the lowest lines of a page, behind a mark (①, [1], 1, *), in smaller type or below a short rule.
    """
    body = _body_size(lines)
    text: list[Line] = []
    notes: list[Line] = []
    pages: dict[int, list[Line]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    for page, own in pages.items():
        found = _find_notes(own, heights[page], rules.get(page, ()), body, goes_on=bool(notes))
        ids = set(map(id, found))
        text += [line for line in own if id(line) not in ids]
        notes = _join_notes(notes, found)
    return Parted(tuple(text), tuple(notes))


def _body_size(lines: Sequence[Line]) -> float:
    """Return the type size of most characters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _find_notes(
    lines: Sequence[Line], height: float, rules: Sequence[Rule], body: float, *, goes_on: bool
) -> list[Line]:
    """Return the notes at the foot of a page, from top to bottom."""
    downwards = sorted(lines, key=_height)
    for rule in sorted(rules, key=lambda one: one.top):
        below = downwards[bisect_left(downwards, rule.top, key=_height) :]
        if rule.top > _LOWER_PART * height and below and _are_notes(below, rule, body, goes_on=goes_on):
            return below
    small = list(_take_small(downwards, body))[::-1]
    is_block = small and len(small) < len(lines) and small[0].top > _LOWER_PART * height
    return small if is_block and _has_mark(small[0].text) else []


def _height(line: Line) -> float:
    return (line.top + line.bottom) / 2


def _are_notes(lines: Sequence[Line], rule: Rule, body: float, *, goes_on: bool) -> bool:
    """Tell whether the lines below a rule begin right below it, with a mark or as the rest of a note overleaf."""
    first = lines[0]
    is_near = first.top - rule.top <= _NEAR * first.size and abs(rule.left - first.left) < _BESIDE * first.size
    is_note = _has_mark(first.text) or (goes_on and first.size < _SMALLER * body)
    return is_near and is_note and not any(line.is_row for line in lines)


def _take_small(downwards: Sequence[Line], body: float) -> Iterator[Line]:
    """Yield the lines at the foot of a page in small type, from the lowest one upwards."""
    for line in reversed(downwards):
        if line.is_row or line.size >= _SMALLER * body:
            return
        yield line


def find_note_rules(rules: Sequence[Rule], width: float) -> list[Rule]:
    """Return the rules of a page that may part notes from the text: flat, short, no side of a table."""
    shortest, longest = (share * width for share in _SHORT)
    ends = {round(y / _MEET) for rule in rules if rule.left == rule.right for y in (rule.top, rule.bottom)}
    return [
        rule
        for rule in rules
        if rule.top == rule.bottom
        and shortest <= rule.right - rule.left <= longest
        and not ends & {round(rule.top / _MEET) + step for step in (-1, 0, 1)}
    ]


def _has_mark(text: str) -> bool:
    return _MARK.match(text) is not None


def _join_notes(notes: list[Line], lines: Sequence[Line]) -> list[Line]:
    """Add the lines of a page's notes; one without a mark goes on with the note before it."""
    for line in lines:
        if _has_mark(line.text) or not notes:
            notes.append(line)
        else:
            joined = join_cell([notes.pop(), line])
            notes += [replace(joined, page=line.page)] if joined else []
    return notes
