"""Tables of contents: their entries, and the one that stands in a text without line breaks."""

import re
from dataclasses import dataclass

from textq.notation.marks import Level, Mark, find_marks, match_mark

_MARK = re.compile(r"目 ?[录次]\s*")
_LEADER = re.compile(r"[.…·\s_—-]*(?:[（(][^（）()]*[）)]|[0-9]*)[\s_—-]*$")
"""What stands behind the name of an entry: dots, a page number, the articles of a chapter (第一条至第五条)."""

_FIRST_LEVELS = frozenset({Level.PART, Level.CHAPTER, Level.FIRST})

_LONGEST_ENTRY = 300
"""Characters: no entry is longer, its dots and page number included."""

_BEGINS_WITHIN = 5000
_LONGEST_CONTENTS = 20_000
"""Characters: a table of contents begins near the head of a document, and is not longer."""


@dataclass(frozen=True, slots=True)
class Contents:
    """A table of contents at ``[start, end)`` inside a line; ``level`` is that of its first entry."""

    start: int
    end: int
    level: Level


def is_entry(mark: Mark, level: Level) -> bool:
    """Tell whether a mark inside a table of contents whose first entry has this level opens an entry."""
    return mark.level <= max(Level.SECTION, level) and mark.level != Level.ARTICLE


def read_entry(line: str) -> str:
    """Return an entry without its blanks, dots, page number and brackets: 第一章总则."""
    return "".join((line if len(line) > _LONGEST_ENTRY else _LEADER.sub("", line)).split())


def find_contents(text: str) -> Contents | None:
    """Return the table of contents that runs on without line breaks (目录第一章 总则第二章 …第一章 总则第一条 …).

    It ends where its first entry comes a second time, as the first chapter of the text.
    """
    for found in _MARK.finditer(text, 0, _BEGINS_WITHIN):
        first = match_mark(text, found.end())
        if first is None or first.number != 1 or first.level not in _FIRST_LEVELS:
            continue
        marks = find_marks(text, first.end, first.end + _LONGEST_ENTRY)
        second = next((mark for mark in marks if is_entry(mark, first.level)), None)
        title = read_entry(text[first.end : second.start]) if second else ""
        if title:
            entry = r"\s*".join(map(re.escape, first.label.strip(" \u3000") + title))
            again = re.compile(entry).search(text, first.end, first.end + _LONGEST_CONTENTS)
            if again and text.find("\n", first.start, again.start()) < 0:
                return Contents(found.start(), again.start(), first.level)
    return None
