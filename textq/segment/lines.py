"""Cut a document's text into logical lines: its own lines, provisions that run on inside a line, quotations whole."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from textq.notation.blocks import match_date_line
from textq.notation.marks import Level, Mark, find_marks, match_mark
from textq.records import CELL_BREAK
from textq.segment.contents import find_contents, is_entry
from textq.segment.quotations import Quotations

_SENTENCE_END = frozenset('。；：！？”）;:)．」』］]〕】"')
_CITING = frozenset("法例本照和及与至、》")
_LISTING = frozenset("，,、")
_LONGEST_TITLE = 40
_LONGEST_SIGNATURE = 100
_LONGEST_GAP = 3
"""The number of an article is at most so much higher than the last one: up to two were repealed or lost."""

_TITLE = re.compile(r"[^。；：，！？]*")
_PLAIN_TITLE = re.compile(r"[。；](?P<title>[\u4e00-\u9fff、]{2,20})\Z")
_CITING_WORD = re.compile(r"(?:依照|按照|根据|依据|参照|违反|适用|符合|执行)\Z")
_CITES = re.compile(r"依照|按照|根据|依据|参照|违反|适用|符合|执行|规定|所|本[法条办规细省市]|和$|及$|与$|、$")
_QUOTED_WHOLE = re.compile(r"[。；，;,、]*")


@dataclass(frozen=True, slots=True)
class Line:
    """A logical line ``[start, end)`` of a text, and the mark it opens with; one inside a quotation is none."""

    start: int
    end: int
    mark: Mark | None


def cut_lines(text: str) -> list[Line]:
    """Return the logical lines of ``text``, without outer blanks, in order.

    A mark inside a line opens a new one if it stands behind the end of a sentence (or a chapter's title) and
    continues the numbering: the next number of its level, or the first one where the second follows. So texts
    whose line breaks were lost fall into their provisions, and a 第五条 cited in a sentence does not.

    What is quoted opens nothing, and the lines of a quotation belong to the line that announces it: a logical line
    reaches over line breaks there, and nowhere else.
    """
    cutter = _Cutter(text)
    lines = [line for start, end in cutter.list_lines() for line in cutter.cut(start, end)]
    return _join_quoted(text, lines, cutter.quotations)


def _join_quoted(text: str, lines: Sequence[Line], quotations: Quotations) -> list[Line]:
    joined: list[Line] = []
    for line in lines:
        if joined and _continues_quotation(text, joined[-1], line, quotations):
            joined[-1] = replace(joined[-1], end=line.end)
        else:
            joined.append(line)
    return joined


def _continues_quotation(text: str, above: Line, line: Line, quotations: Quotations) -> bool:
    """Tell whether a line is quoted by the line above: it stands inside its quotation, or is the one it announces."""
    inside = quotations.find(line.start)
    quoted = inside or quotations.begins(line.start)
    if quoted is None or text.find(CELL_BREAK, above.start, line.end) >= 0:
        return False
    if inside:
        return inside.start >= above.start
    is_whole = quoted.end > line.end or _QUOTED_WHOLE.fullmatch(text, quoted.end, line.end) is not None
    announced = text[above.end - 1] in "：:" or "\n" in text[above.start : above.end]
    return is_whole and announced


class _Cutter:
    """Walks over a text and remembers the last number seen at each level of numbering."""

    def __init__(self, text: str) -> None:
        self.quotations = Quotations(text)
        self._text = text
        self._contents = find_contents(text)
        self._first_stop = text.find("。") if "。" in text else len(text)
        self._last: dict[tuple[Level, tuple[int, ...]], Mark] = {}
        self._listed: Level | None = None
        self._title_from: int | None = None
        self._titled = Level.PART

    def list_lines(self) -> Iterator[tuple[int, int]]:
        """Yield where each line that is not blank begins, behind its indentation, and ends.

        A table of contents inside a line is a line of its own.
        """
        breaks = [*(found.start() for found in re.finditer("\n", self._text)), len(self._text)]
        if self._contents:
            breaks = sorted({*breaks, self._contents.start, self._contents.end})
        for before, end in pairwise([0, *breaks]):
            line = self._text[before:end].lstrip()
            if line:
                yield end - len(line), end

    def cut(self, start: int, end: int) -> Iterator[Line]:
        """Yield the logical lines of the physical line ``[start, end)``; a row of a table is one."""
        if self._text.find(CELL_BREAK, start, end) >= 0:
            yield self._strip(start, end, None)
            return
        opening = self._match_opening(start)
        self._title_from = self._listed = None
        if opening:
            self._enter(opening)
        inside = [mark for mark in find_marks(self._text, opening.end if opening else start, end) if mark.end < end]
        inside = [mark for mark in inside if not self.quotations.find(mark.start)]
        seconds = {(mark.level, mark.within): at for at, mark in enumerate(inside) if mark.number == 2}
        position = start
        for at, mark in enumerate(inside):
            if self._opens_line(mark, has_second=seconds.get((mark.level, mark.within), -1) > at):
                yield self._strip(position, mark.start, opening)
                self._enter(mark)
                position, opening = mark.start, mark
        signed = self._find_signature(position, end)
        yield self._strip(position, signed, opening)
        if signed < end:
            yield self._strip(signed, end, None)

    def _find_signature(self, start: int, end: int) -> int:
        """Return where the names and the date begin that stand behind the last full stop of a line; ``end`` if none."""
        stop = self._text.rfind("。", max(start, end - _LONGEST_SIGNATURE), end) + 1
        is_signed = 0 < stop < end and match_date_line(self._text[stop:end].strip()) is not None
        return stop if is_signed and self.quotations.find(stop) is None else end

    def _match_opening(self, start: int) -> Mark | None:
        """Return the mark a physical line opens with, unless it is quoted or cited by a sentence that was broken."""
        mark = match_mark(self._text, start)
        if mark is None or self.quotations.find(start):
            return None
        can_be_cited = mark.level == Level.ARTICLE and not mark.is_worded
        return None if can_be_cited and self._is_torn_citation(mark) else mark

    def _is_torn_citation(self, mark: Mark) -> bool:
        """Tell whether a line break stands inside a sentence before 第五条: out of turn, and no blank behind it."""
        if mark.number == 1 or self._text[mark.end - 1] in " \u3000" or self._continues(mark, _LONGEST_GAP):
            return False
        above = self._text[max(0, mark.start - 200) : mark.start].rstrip()
        return len(above) - above.rfind("\n") > _LONGEST_TITLE / 2 and above[-1] not in _SENTENCE_END

    def _enter(self, mark: Mark) -> None:
        """Note that the division ``mark`` has begun."""
        self._last[mark.level, mark.within] = mark
        self._title_from, self._titled = mark.end, mark.level
        if mark.number == 1 and mark.start and self._text[mark.start - 1] in "：:":
            self._listed = mark.level

    def _opens_line(self, mark: Mark, *, has_second: bool) -> bool:
        if self._contents and self._contents.start <= mark.start < self._contents.end:
            return is_entry(mark, self._contents.level)
        if self._is_spaced_article(mark):
            return True
        if mark.level == self._listed and self._text[mark.start - 1] in _LISTING:
            return self._continues(mark)
        behind_sentence = self._is_behind_sentence(mark)
        if not (behind_sentence or self._is_behind_title(mark) or self._is_behind_head(mark)):
            return self._is_titled_article(mark)
        is_article = mark.level == Level.ARTICLE
        if mark.level < Level.ARTICLE or self._continues(mark, _LONGEST_GAP if is_article else 1):
            return True
        return mark.number == 1 and (has_second or (is_article and not behind_sentence))

    def _continues(self, mark: Mark, most: int = 1) -> bool:
        """Tell whether a mark has the next number of its level, or one of the ``most`` next."""
        last = self._last.get((mark.level, mark.within))
        if last is None:
            return False
        if mark.inserted:
            return mark.inserted == (last.inserted if last.number == mark.number else 0) + 1
        return 1 <= mark.number - last.number <= most

    def _is_spaced_article(self, mark: Mark) -> bool:
        """Tell whether a mark is the next article, set off by a blank (…规划与建设第八条 市人民政府…), and no citation.

        Behind a full stop, up to two numbers may be missing: repealed or lost articles.
        """
        if mark.level != Level.ARTICLE or self._text[mark.end - 1] not in " \u3000":
            return False
        if self._is_behind_sentence(mark):
            return self._continues(mark, _LONGEST_GAP) or (mark.number <= _LONGEST_GAP and not self._has_article())
        is_next = self._continues(mark) or (mark.number == 1 and not self._has_article())
        if is_next and not self._is_cited(mark):
            return True
        return self._continues(mark, _LONGEST_GAP) and self._is_behind_plain_title(mark)

    def _is_titled_article(self, mark: Mark) -> bool:
        """Tell whether a mark is the next article behind a title without a number (…。法律责任第三条违反…)."""
        is_next = mark.level == Level.ARTICLE and self._continues(mark)
        return is_next and not self._is_cited(mark) and self._is_behind_plain_title(mark)

    def _is_cited(self, mark: Mark) -> bool:
        """Tell whether the word before a mark cites it: 本法第五条, 依照第五条, 第四条和第五条."""
        before = self._text[max(0, mark.start - 2) : mark.start]
        return before[-1] in _CITING or _CITING_WORD.search(before) is not None

    def _has_article(self) -> bool:
        return (Level.ARTICLE, ()) in self._last

    def _is_behind_plain_title(self, mark: Mark) -> bool:
        """Tell whether nothing but a title without a number stands between the last sentence and a mark."""
        found = _PLAIN_TITLE.search(self._text[max(0, mark.start - 21) : mark.start])
        return found is not None and _CITES.search(found["title"]) is None

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
        title = self._text[self._title_from : min(mark.start, self._title_from + _LONGEST_TITLE + 1)]
        return 0 < len(title) <= _LONGEST_TITLE and _TITLE.fullmatch(title) is not None

    def _is_behind_head(self, mark: Mark) -> bool:
        """Tell whether this is the first chapter, article or 一、 of all, behind nothing but the document's head."""
        is_first = mark.level <= Level.ARTICLE or mark.level == Level.FIRST
        return is_first and not self._last and mark.start < self._first_stop

    def _strip(self, start: int, end: int, mark: Mark | None) -> Line:
        line = self._text[start:end]
        return Line(start + len(line) - len(line.lstrip()), end - (len(line) - len(line.rstrip())), mark)
