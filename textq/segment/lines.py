"""Cut a document's text into logical lines: its own lines, and provisions that run on inside a line."""

import re
from collections.abc import Iterator
from itertools import pairwise

from textq.notation.marks import Level, Mark, find_marks, match_mark
from textq.records import Span

_SENTENCE_END = frozenset("。；：！？”）;:)．")
_CITING = frozenset("法例本照和及与至、》")
_LONGEST_TITLE = 40
_TITLE = re.compile(r"[^。；：，！？]*")


def cut_lines(text: str) -> list[Span]:
    """Return the spans of the logical lines of ``text``, without outer blanks, in order.

    A mark inside a line opens a new one if it stands behind the end of a sentence (or a chapter's title) and
    continues the numbering: the next number of its level, or the first one where the second follows. So texts
    whose line breaks were lost fall into their provisions, and a 第五条 cited in a sentence does not.
    """
    cutter = _Cutter(text)
    return [line for start, end in _physical_lines(text) for line in cutter.cut(start, end)]


def _physical_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each line that is not blank begins, behind its indentation, and ends."""
    ends = [-1, *(found.start() for found in re.finditer("\n", text)), len(text)]
    for before, end in pairwise(ends):
        line = text[before + 1 : end].lstrip()
        if line:
            yield end - len(line), end


class _Cutter:
    """Walks over a text and remembers the last number seen at each level of numbering."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last: dict[Level, int] = {}
        self._title_from: int | None = None
        self._titled = Level.PART

    def cut(self, start: int, end: int) -> Iterator[Span]:
        """Yield the logical lines of the physical line ``[start, end)``."""
        opening = match_mark(self._text, start)
        self._title_from = None
        if opening:
            self._enter(opening)
        position = start
        inside = [mark for mark in find_marks(self._text, opening.end if opening else start, end) if mark.end < end]
        seconds = {mark.level: at for at, mark in enumerate(inside) if mark.number == 2}
        for at, mark in enumerate(inside):
            if self._opens_line(mark, has_second=seconds.get(mark.level, -1) > at):
                yield self._strip(position, mark.start)
                self._enter(mark)
                position = mark.start
        yield self._strip(position, end)

    def _enter(self, mark: Mark) -> None:
        """Note that the division ``mark`` has begun: deeper numbering starts afresh; articles count through."""
        for level in [level for level in self._last if level > mark.level and level != Level.ARTICLE]:
            del self._last[level]
        self._last[mark.level] = mark.number
        self._title_from, self._titled = mark.end, mark.level

    def _opens_line(self, mark: Mark, *, has_second: bool) -> bool:
        if self._is_spaced_article(mark):
            return True
        if not (self._is_behind_sentence(mark) or self._is_behind_title(mark) or self._is_behind_head(mark)):
            return False
        if mark.level < Level.ARTICLE or mark.number == self._last.get(mark.level, 0) + 1 > 1:
            return True
        return mark.number == 1 and has_second

    def _is_spaced_article(self, mark: Mark) -> bool:
        """Tell whether a mark is the next article, set off by a blank (…规划与建设第八条 市人民政府…), and no citation.

        Behind a full stop up to two numbers may be missing: repealed or lost articles.
        """
        if mark.level != Level.ARTICLE or self._text[mark.end - 1] != " ":
            return False
        step = mark.number - self._last.get(Level.ARTICLE, 0)
        most = 3 if self._is_behind_sentence(mark) else 1
        return 1 <= step <= most and self._text[mark.start - 1] not in _CITING

    def _is_behind_sentence(self, mark: Mark) -> bool:
        """Tell whether a sentence ends before a mark; before 二、 a Latin name can end it, since no word goes on so."""
        at = mark.start - 1
        while at > 0 and self._text[at] == " ":
            at -= 1
        is_latin = self._text[at].isascii() and self._text[at].isalpha()
        return self._text[at] in _SENTENCE_END or (is_latin and mark.level == Level.FIRST and mark.number > 1)

    def _is_behind_title(self, mark: Mark) -> bool:
        """Tell whether nothing but a title stands between the last mark and this one, which is deeper or a chapter."""
        is_chapter = max(mark.level, self._titled) < Level.ARTICLE
        if self._title_from is None or not (is_chapter or mark.level > self._titled):
            return False
        title = self._text[self._title_from : mark.start]
        return 0 < len(title) <= _LONGEST_TITLE and _TITLE.fullmatch(title) is not None

    def _is_behind_head(self, mark: Mark) -> bool:
        """Tell whether this is the first chapter or article of all, behind nothing but the document's head."""
        return mark.level <= Level.ARTICLE and not self._last and "。" not in self._text[: mark.start]

    def _strip(self, start: int, end: int) -> Span:
        line = self._text[start:end]
        return Span(start + len(line) - len(line.lstrip()), end - (len(line) - len(line.rstrip())))
