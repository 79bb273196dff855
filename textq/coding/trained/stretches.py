"""What each character adds → the stretches of text that are shown as reasons: whole terms, no marks at their ends."""

from __future__ import annotations

import sys
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from unicodedata import category

import numpy as np

from textq.lexicon.chunk import folded_points, letter_points
from textq.records import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from textq.lexicon.batch import MatchTable

    _Flags = NDArray[np.bool_]
    _Floats = NDArray[np.floating]
    _Integers = NDArray[np.int64]
    _Points = NDArray[np.uint32]

N_STRETCHES = 5
"""At most so many stretches of a text are shown."""

SMALLEST = 0.2
"""What adds less than this to the log odds is not shown."""

SMALLEST_ALONE = 0.5
"""A stretch of one character that adds less than this is not shown."""

LEAST = 0.1
"""A word that adds less than this a character is no part of a stretch."""

DECIMALS = 6
"""What a character adds is rounded to this, so that a reason does not depend on the texts beside it."""

_SIGNS = "%％‰℃°"
"""Signs that say something at the end of a stretch, as letters and digits do."""

_PERCENT = [ord("%"), ord("‰")]
_IN_NUMBERS = [ord("."), ord(",")]
"""Signs that may stand in numbers, as they are folded."""

_WITH_MARKS = (range(0x20000), range(0xE0000, 0xE1000))
"""The planes of Unicode that hold accents and signs of variants; the others hold ideographs alone, or nothing."""

_LAST_POINT = 0xFFFF
"""Code points behind this one are rare ideographs and pictures: all count as letters."""


def cut_stretches(texts: Sequence[str], added: _Floats, matches: MatchTable) -> list[tuple[Span, ...]]:
    """Return the strongest stretches of each text, in their order, from what each character of all texts adds.

    A term that the lexicon found, a number, and a word that spaces or ideographs set apart, is shown whole or not at
    all; in other text each character is a word. A stretch is a run of words that add enough, less the marks and blanks
    at its ends that are no part of a term. Its label says its text and the sum of what all its characters add.
    """
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    firsts = np.cumsum(lengths) - lengths
    points = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    covered = _count_cover(firsts[matches.text] + matches.start, firsts[matches.text] + matches.end, len(points))
    cut = _count_cover(firsts[matches.text] + matches.start + 1, firsts[matches.text] + matches.end, len(points))
    opens, closes = _find_runs(added, _find_words(points, firsts, cut > 0), firsts)
    opens, closes = _trim(opens, closes, (covered > 0) | _speaking_points()[np.minimum(points, _LAST_POINT)])
    totals = np.append(0.0, np.cumsum(added))
    sums = np.round(totals[closes] - totals[opens], DECIMALS)
    enough = np.flatnonzero(sums >= np.where(closes - opens == 1, SMALLEST_ALONE, SMALLEST))
    owners = np.searchsorted(firsts, opens, side="right") - 1
    kept = enough[_find_largest(sums[enough], owners[enough])]
    owners = owners[kept]
    starts, ends = ((places[kept] - firsts[owners]).tolist() for places in (opens, closes))
    shown = zip(map(texts.__getitem__, owners.tolist()), starts, ends, sums[kept].tolist(), strict=True)
    labels = [f"{text[start:end]} {value:+.1f}" for text, start, end, value in shown]
    spans = list(map(Span, starts, ends, labels))
    bounds = np.searchsorted(owners, np.arange(len(texts) + 1)).tolist()
    return [tuple(spans[first:last]) for first, last in pairwise(bounds)]


def _count_cover(starts: _Integers, ends: _Integers, size: int) -> _Integers:
    """Return how many of the ``[start, end)`` hold each of ``size`` places; none holds a place if it is empty."""
    steps = np.bincount(starts, minlength=size + 1) - np.bincount(ends, minlength=size + 1)
    return np.asarray(np.cumsum(steps)[:size])


def _find_words(points: _Points, firsts: _Integers, in_terms: _Flags) -> _Integers:
    """Return where each word begins in the texts, which stand one behind the other and begin at ``firsts``.

    ``in_terms`` tells of each character whether it goes on with a term. So does a letter or digit behind another, a
    point or comma between digits, a sign of percent behind one, and an accent behind anything.
    """
    goes_on = in_terms.copy()
    letters, folded = letter_points()[points], folded_points()[points]
    digits = (folded >= ord("0")) & (folded <= ord("9"))
    goes_on[1:] |= (letters[1:] & letters[:-1]) | (np.isin(folded[1:], _PERCENT) & digits[:-1])
    goes_on |= _extending_points()[points]
    between = np.flatnonzero(np.isin(folded[1:-1], _IN_NUMBERS) & digits[:-2] & digits[2:]) + 1
    goes_on[between] = goes_on[between + 1] = True
    goes_on[firsts[firsts < len(points)]] = False
    return np.flatnonzero(~goes_on)


def _find_runs(added: _Floats, words: _Integers, firsts: _Integers) -> tuple[_Integers, _Integers]:
    """Return where each run of words that add enough begins, and where it ends; a run lies in one text."""
    if not len(words):
        return words, words
    bounds = np.append(words, len(added))
    means = np.round(np.add.reduceat(added, words) / np.diff(bounds), DECIMALS)
    which = np.concatenate([[False], means > LEAST, [False]])
    is_first = np.zeros(len(added) + 1, dtype=np.bool_)
    is_first[firsts] = True
    parted = np.append(is_first[words], True)
    begins = which[1:] & (parted | ~which[:-1])
    ends = which[:-1] & (parted | ~which[1:])
    return bounds[begins], bounds[ends]


def _trim(opens: _Integers, closes: _Integers, speaking: _Flags) -> tuple[_Integers, _Integers]:
    """Return the runs without what does not speak at their ends; those that hold nothing else are left out."""
    letters = np.flatnonzero(speaking)
    first, behind = np.searchsorted(letters, opens), np.searchsorted(letters, closes)
    kept = first < behind
    return letters[first[kept]], letters[behind[kept] - 1] + 1


@cache
def _speaking_points() -> _Flags:
    """Return which code points up to `_LAST_POINT` are letters, digits, parts of them, or signs that say something."""
    speaking = np.array([category(chr(point))[0] in "LMN" for point in range(_LAST_POINT + 1)])
    speaking[[ord(sign) for sign in _SIGNS]] = True
    speaking[_LAST_POINT] = True
    return speaking


@cache
def _extending_points() -> _Flags:
    """Return which code points only change the character before them: accents, signs of variants."""
    extending = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
    for points in _WITH_MARKS:
        extending[points.start : points.stop] = [category(chr(point))[0] == "M" for point in points]
    return extending


def _find_largest(sums: _Floats, owners: _Integers) -> _Integers:
    """Return the positions, ascending, of the largest stretches of each owner."""
    order = np.lexsort((-sums, owners))
    ranks = np.arange(len(order)) - np.searchsorted(owners[order], owners[order])
    return np.sort(order[ranks < N_STRETCHES])
