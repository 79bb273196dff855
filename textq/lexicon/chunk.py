"""Many texts as one array of characters, with what is asked of it again and again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from textq.lexicon.fold import LETTER_RANGES, SENTENCE_ENDS, fold
from textq.lexicon.match import PUNCTUATION, skip_number
from textq.lexicon.pattern_expression import BESIDE_NUMBERS
from textq.notation.numerals import NUMERAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from textq.lexicon.trie import Integers

Flags = NDArray[np.bool_]
Points = NDArray[np.uint32]

_ABREAST = 12
"""Characters at the beginning of a text in which its body is looked for before its number is read."""

_LOOKED_AT = 8
"""More characters behind a mark than decide whether it is one."""

_DECIDING = "规所的中和与及以或至十百千万亿元倍个米吨克升年月日号级版代折时分秒度公平美欧港假线类等次产期季届批档区"
"""The ideographs behind a mark that can show that it is none (第五条规定, 1.5亿, 一、二线), besides those of marks."""

_POINTS = 0x110000
_FOLDED_POINTS = 0x20000
"""Above this code point nothing is folded."""

_OPENS, _CLOSES, _BREAKS, _ENDS, _STOPS = 1, 2, 4, 8, 16
_MARKS: dict[str, int] = {"\n": _BREAKS, "《": _OPENS, "》": _CLOSES}
for _char in SENTENCE_ENDS:
    _MARKS[_char] = _MARKS.get(_char, 0) | _ENDS
for _char in PUNCTUATION:
    _MARKS[_char] = _MARKS.get(_char, 0) | _STOPS

_IN_NUMBERS = f"第编部分章节条款项目之{NUMERAL}"
"""The ideographs that the number of a clause can hold."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a trie found in the joined texts of a chunk, all that overlap: where it begins, and which word it is."""

    start: Integers
    word: Integers

    def keep(self, which: Integers) -> Words:
        """Return those at some positions."""
        return Words(self.start.take(which), self.word.take(which))


class Chunk:
    """Some texts joined by line ends, with line ends around them; what is asked of all of them is found once.

    ``bodies`` says where the body of each begins, if that is known; with ``in_loops`` compiled loops search.
    """

    def __init__(
        self,
        texts: Sequence[str],
        lengths: Integers,
        chars_of: Integers,
        bodies: Integers | None = None,
        in_loops: bool = False,
    ) -> None:
        self.texts, self.lengths, self.in_loops = texts, lengths, in_loops
        self.joined = "\n".join(("", *texts, ""))
        self.points = np.frombuffer(self.joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self.chars = chars_of.take(self.points)
        self.bits = len(self.points).bit_length()
        self.firsts = np.cumsum(self.lengths + 1) - self.lengths
        self.marks = np.flatnonzero(self.chars < len(_MARKS))
        self.kinds = _mark_kinds().take(self.chars.take(self.marks))
        self.bodies = np.where(self.limits == 0, 0, -1) if bodies is None else bodies

    @cached_property
    def ends(self) -> Integers:
        """The places of the characters that end a sentence, the line ends around the texts among them."""
        return self.marks[np.flatnonzero(self.kinds & _ENDS)]

    @cached_property
    def stops(self) -> Integers:
        """The places of the punctuation at which the reach of a negation ends."""
        return self.marks[np.flatnonzero(self.kinds & _STOPS)]

    @cached_property
    def names(self) -> tuple[Integers, Integers]:
        """The places of the brackets around each name of a document."""
        in_names = np.flatnonzero(self.kinds & (_OPENS | _CLOSES | _BREAKS))
        kinds = self.kinds[in_names]
        opening = np.flatnonzero((kinds[:-1] == _OPENS) & (kinds[1:] == _CLOSES))
        return self.marks[in_names[opening]], self.marks[in_names[opening + 1]]

    @cached_property
    def limits(self) -> Integers:
        """An offset in each text behind which its body does not begin; 0 if it has neither number nor blanks before."""
        return _find_limits(self.points, self.firsts, self.lengths)

    def find_bodies(self, texts: Integers) -> Integers:
        """Return where the bodies of these texts begin, as offsets in them."""
        unread = np.unique(texts[self.bodies[texts] < 0])
        for text, limit in zip(unread.tolist(), self.limits[unread].tolist(), strict=True):
            self.bodies[text] = _find_body(self.texts[text], limit)
        bodies: Integers = self.bodies[texts]
        return bodies


def cut_runs(lengths: Integers, size: int) -> Iterator[tuple[int, int]]:
    """Yield the bounds of runs of at most ``size`` characters, one text at least, given the length of each text."""
    sizes = np.cumsum(lengths + 1)
    first = before = 0
    while first < len(lengths):
        last = max(int(np.searchsorted(sizes, before + size, side="right")), first + 1)
        yield first, last
        first, before = last, int(sizes[last - 1])


def find_bodies(texts: Sequence[str]) -> list[int]:
    """Return where the body of each text begins, as ``skip_number`` finds it for one."""
    beginnings = [text[:_ABREAST] for text in texts]
    lengths = np.fromiter(map(len, beginnings), dtype=np.int64, count=len(texts))
    points = np.frombuffer("\n".join((*beginnings, "")).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    limits = _find_limits(points, np.cumsum(lengths + 1) - lengths - 1, lengths).tolist()
    return [_find_body(text, limit) if limit else 0 for text, limit in zip(texts, limits, strict=True)]


def _find_limits(points: Points, firsts: Integers, lengths: Integers) -> Integers:
    plain = _plain_points().take(points.take(firsts[:, None] + np.arange(_ABREAST), mode="clip"))
    return np.where(plain.any(axis=1), np.minimum(plain.argmax(axis=1), lengths), lengths)


def _find_body(text: str, limit: int) -> int:
    """Return where the body of a text begins, which is not behind ``limit``.

    Many texts begin alike, and what decides stands close: so a beginning is read but once.
    """
    if limit >= min(len(text), _ABREAST):
        return skip_number(text)
    if text[limit] in _DECIDING and text[limit - 1] not in " \u3000":
        return _skip_known_number(text[: limit + _LOOKED_AT])
    return _skip_known_number(f"{text[:limit]}国")


@lru_cache(maxsize=1 << 16)
def _skip_known_number(beginning: str) -> int:
    return skip_number(beginning)


@dataclass(frozen=True, slots=True)
class Lists:
    """A list of numbers for each key from 0: those of key ``k`` are ``values[bounds[k] : bounds[k + 1]]``."""

    bounds: Integers
    values: Integers

    @classmethod
    def of(cls, pairs: Iterable[tuple[int, int]], n_keys: int) -> Lists:
        """Return the lists of pairs of key and value, in the order of the pairs."""
        table = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
        table = table[np.argsort(table[:, 0], kind="stable")]
        return cls(np.searchsorted(table[:, 0], np.arange(n_keys + 1)), table[:, 1])

    def look_up(self, keys: Integers) -> tuple[Integers, Integers]:
        """Return all values of all keys, and for each value the position of its key in ``keys``."""
        first = self.bounds[keys]
        counts = self.bounds[keys + 1] - first
        if counts.max(initial=0) <= 1:
            at = np.flatnonzero(counts)
            return at, self.values[first[at]]
        at = np.repeat(np.arange(len(keys)), counts)
        behind = np.cumsum(counts)
        return at, self.values[np.arange(len(at)) + np.repeat(first - behind + counts, counts)]


class Places:
    """Where each of several numbered things stands in a chunk of at most 2 to the power of ``bits`` characters."""

    def __init__(self, numbers: Integers, starts: Integers, bits: int) -> None:
        self._bits = bits
        self._places = np.append(np.sort(numbers << bits | starts), np.iinfo(np.int64).max)

    def hold(self, numbers: Integers, lowest: Integers, highest: Integers) -> Flags:
        """Tell for each number whether such a thing begins from ``lowest`` to ``highest``."""
        lowest, highest = np.maximum(lowest, 0), np.minimum(highest, (1 << self._bits) - 1)
        number = numbers << self._bits
        held: Flags = self._places[np.searchsorted(self._places, number | lowest)] <= number | highest
        return held


@cache
def folded_points() -> Points:
    """Return the folded code point of each code point."""
    table = np.arange(_POINTS, dtype=np.uint32)
    low = "".join(map(chr, range(_FOLDED_POINTS)))
    table[:_FOLDED_POINTS] = np.frombuffer(fold(low).encode("utf-32-le"), dtype=np.uint32)
    return table


@cache
def letter_points() -> Flags:
    """Return which code points are letters that spaces set apart in words, once folded."""
    letters = np.zeros(_POINTS, dtype=np.bool_)
    for first, last in LETTER_RANGES:
        letters[ord(first) : ord(last) + 1] = True
    folded: Flags = letters[folded_points()]
    return folded


@cache
def number_points() -> Flags:
    """Return which code points a number can hold, once folded."""
    held = np.zeros(_POINTS, dtype=np.bool_)
    held[[ord(char) for char in BESIDE_NUMBERS]] = True
    folded: Flags = held[folded_points()]
    return folded


@cache
def _plain_points() -> Flags:
    """Return which code points are surely no part of the number of a clause, nor a blank: most ideographs."""
    plain = np.zeros(_POINTS, dtype=np.bool_)
    plain[0x4E00:0xA000] = True
    plain[[ord(char) for char in _IN_NUMBERS]] = False
    return plain


@cache
def _mark_kinds() -> Integers:
    """Return what each mark is for; marks have the numbers from 0 in their order."""
    return np.array(list(_MARKS.values()), dtype=np.int64)


def number_chars(words: Sequence[str]) -> tuple[Integers, dict[str, int]]:
    """Return the number of each code point, once folded, and those of the characters that have one of their own.

    Marks come first, then the characters of the words; all others share the last number.
    """
    numbers = {char: number for number, char in enumerate(dict.fromkeys((*_MARKS, *chain.from_iterable(words))))}
    table = np.full(_POINTS, len(numbers), dtype=np.int64)
    table[[ord(char) for char in numbers]] = np.arange(len(numbers))
    table[:_FOLDED_POINTS] = table[folded_points()[:_FOLDED_POINTS]]
    return table, numbers
