"""Where a text quotes another one: what stands between quotation marks opens no division of the document itself."""

import re
from bisect import bisect_right
from collections import deque
from dataclasses import dataclass

from textq.records import Span

LONGEST_QUOTATION = 5000
"""Characters: quotation marks further apart are no pair; one of each was forgotten."""

_DEEPEST = 8
"""So many quotations can be open one inside the other; the outer ones of more are forgotten."""

_CLOSING = {"“": "”", "「": "」", "『": "』", "《": "》"}
_STRAIGHT = '"'
"""The typewriter's mark, which opens and closes alike."""

_SIGN = re.compile(f"[“”「」『』《》{_STRAIGHT}\n]")
_ANNOUNCING = frozenset("：:，,。；;\n")
"""Behind these signs a quotation of several lines can begin; inside a sentence a mark left open is a slip."""

_NEW_PARAGRAPH = frozenset("。；\n")
_BEHIND_CLOSING = frozenset("。；，、;,)） \n")


@dataclass(slots=True)
class _Open:
    """An opening mark whose closing one has not come yet."""

    start: int
    closing: str
    spans_lines: bool


def find_quotations(text: str) -> list[Span]:
    """Return the outermost quotations of ``text`` with their marks (“ ”, 「 」, 『 』, 《 》, " "), in order.

    A quotation of several paragraphs repeats “ at the beginning of each and closes once. It reaches over line breaks
    only if it is announced: behind a colon, a comma, the end of a sentence, or at the beginning of a line. A mark
    without its partner within :data:`LONGEST_QUOTATION` characters quotes nothing, so it cannot hide the rest. A
    straight mark closes the quotation that another one opened; behind a colon it opens a new one, and the other was
    forgotten.
    """
    opened: deque[_Open] = deque(maxlen=_DEEPEST)
    found: list[Span] = []
    for sign in _SIGN.finditer(text):
        char, at = sign[0], sign.start()
        if char == "\n":
            opened = deque((one for one in opened if one.spans_lines), maxlen=_DEEPEST)
        elif char == _STRAIGHT:
            _take_straight(text, at, opened, found)
        elif char in _CLOSING:
            if not _repeats_opening(text, at, opened):
                opened.append(_Open(at, _CLOSING[char], char != "《" and _is_announced(text, at)))
        else:
            _close(char, at, opened, found)
    return found


def _take_straight(text: str, at: int, opened: deque[_Open], found: list[Span]) -> None:
    """Open or close a quotation at a straight mark; at the beginning of a line it can repeat the one that is open."""
    last = next((one for one in reversed(opened) if one.closing == _STRAIGHT), None)
    if last is None or at - last.start >= LONGEST_QUOTATION or _announces_straight(text, at):
        if last is not None:
            opened.remove(last)
        opened.append(_Open(at, _STRAIGHT, _is_announced(text, at)))
    elif text[at - 1] != "\n":
        _close(_STRAIGHT, at, opened, found)


def _announces_straight(text: str, at: int) -> bool:
    """Tell whether a straight mark behind a colon opens: a word follows at once."""
    return text[at - 1] in "：:" and at + 1 < len(text) and text[at + 1] not in _BEHIND_CLOSING


def _repeats_opening(text: str, at: int, opened: deque[_Open]) -> bool:
    """Tell whether a mark opens the next paragraph of the quotation that is already open."""
    if not opened or not opened[-1].spans_lines or opened[-1].closing != _CLOSING[text[at]]:
        return False
    return text[at - 1] in _NEW_PARAGRAPH and at - opened[-1].start < LONGEST_QUOTATION


def _is_announced(text: str, at: int) -> bool:
    return at == 0 or text[at - 1] in _ANNOUNCING


def _close(char: str, at: int, opened: deque[_Open], found: list[Span]) -> None:
    """Close the innermost open quotation of this kind, and forget the ones that were left open inside it."""
    if not any(one.closing == char for one in opened):
        return
    while opened[-1].closing != char:
        opened.pop()
    start = opened.pop().start
    if at - start >= LONGEST_QUOTATION:
        return
    while found and found[-1].start > start:
        found.pop()
    found.append(Span(start, at + 1))


class Quotations:
    """The quotations of one text, to be asked for a position."""

    def __init__(self, text: str) -> None:
        self._spans = find_quotations(text)
        self._starts = [span.start for span in self._spans]

    def find(self, position: int) -> Span | None:
        """Return the quotation that ``position`` stands in: behind its opening mark, not behind its closing one."""
        at = bisect_right(self._starts, position - 1) - 1
        return self._spans[at] if at >= 0 and position < self._spans[at].end else None

    def begins(self, position: int) -> Span | None:
        """Return the quotation whose opening mark stands at ``position``."""
        at = bisect_right(self._starts, position) - 1
        return self._spans[at] if at >= 0 and self._starts[at] == position else None
