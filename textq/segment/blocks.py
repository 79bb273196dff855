"""Which block of the document each line belongs to: title, body, annex, table, signature, cc, contents, notes."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from textq.notation.blocks import (
    ANNEX_MARK,
    ATTACHMENT_LIST,
    CC_LINE,
    CLOSING_NOTE,
    CONTENTS_MARK,
    COPIED_TO,
    HEAD_LINES,
    TABLE_NOTE,
    count_head_lines,
    is_addressee,
    is_note,
    is_signer,
    lists_bodies,
    match_date_line,
    remove_seal,
)
from textq.notation.marks import Level, match_mark
from textq.notation.organs import split_organs
from textq.records import CELL_BREAK
from textq.segment.contents import read_entry

Block = Literal["title", "contents", "body", "annex", "annex_mark", "row", "signature", "cc", "note"]

_LONGEST_NAME = 60
_LONGEST_DATE = 120
"""Characters: a date with the names that sign before it, and a line on the printing, are never longer."""

_LONGEST_CONTENTS = 500
"""A table of contents has at most so many lines."""

_LONGEST_LIST = 40
"""So many annexes or signing bodies are listed at most."""

_COMMAS = ("，", ",", "、", "；", ";")
_LONGEST_COPIED = 8
"""The list of a cc block has at most so many lines."""


def find_blocks(texts: Sequence[str], *, title: str = "") -> list[Block]:
    """Return the block of each line of a document."""
    return _BlockFinder(texts, title).find()


class _BlockFinder:
    """Goes through the lines once; a title can open the document, a plan behind a signature, or an annex."""

    def __init__(self, texts: Sequence[str], title: str) -> None:
        self._texts = texts
        self._squeezed_title = title.replace(" ", "")
        self._blocks: list[Block] = ["body"] * len(texts)
        self._body: Block = "body"
        self._in_title = False
        self._unsigned_until = 0
        self._listed_until = 0

    def find(self) -> list[Block]:
        at = self._mark_head()
        while at < len(self._texts):
            at = self._mark_from(at)
        return self._blocks

    def _mark_head(self) -> int:
        end = count_head_lines(self._texts)
        if end == min(len(self._texts), HEAD_LINES):
            end = self._count_title_lines()
        self._blocks[:end] = ["title"] * end
        leads = end + 1 < len(self._texts) and match_mark(self._texts[end + 1]) is not None
        if end < len(self._texts) and is_addressee(self._texts[end], leads=leads):
            self._blocks[end] = "cc"
            return end + 1
        return end

    def _count_title_lines(self) -> int:
        """Return how many lines stand at most above a text that opens with neither addressee nor sentence."""
        return next((at for at, text in enumerate(self._texts) if not self._is_above(text)), len(self._texts))

    def _is_above(self, text: str) -> bool:
        return text.replace(" ", "") in self._squeezed_title or is_note(text)

    def _mark_from(self, at: int) -> int:
        """Mark line ``at`` and what belongs with it; return the next line."""
        text = self._texts[at]
        if CONTENTS_MARK.fullmatch(text):
            return self._mark_contents(at)
        if CELL_BREAK in text and not self._count_signature(at):
            return self._mark_table(at)
        if self._is_annex_list(at):
            return self._mark_annex_list(at)
        if self._opens_annex(text):
            self._blocks[at] = "annex_mark"
            self._body = "annex"
            self._in_title = True
            return at + 1
        if _is_cc(text):
            return self._mark_cc(at)
        signature = self._count_signature(at)
        if signature:
            self._blocks[at : at + signature] = ["signature"] * signature
            self._in_title = True
            return at + signature
        self._blocks[at] = self._mark_plain(text)
        return at + 1

    def _mark_plain(self, text: str) -> Block:
        """Mark a line of running text; behind a signature or an annex mark the lines of a title come first."""
        if self._in_title and _is_titular(text):
            return "title"
        self._in_title = False
        return self._body

    def _opens_annex(self, text: str) -> bool:
        if "附" not in text[:2] or len(text) > _LONGEST_NAME or "。" in text:
            return False
        return bool(ANNEX_MARK.fullmatch(text) or ATTACHMENT_LIST.fullmatch(text))

    def _mark_contents(self, at: int) -> int:
        """Mark a table of contents: chapter lines up to the one that comes a second time, or to a sentence."""
        entries: set[str] = set()
        last = min(len(self._texts), at + _LONGEST_CONTENTS)
        end = at + 1
        while end < last:
            entry = read_entry(self._texts[end])
            mark = match_mark(self._texts[end])
            if entry in entries or "。" in entry or (mark is not None and mark.level == Level.ARTICLE):
                break
            entries.add(entry)
            end += 1
        if end == last:
            end = at + 1
        self._blocks[at:end] = ["contents"] * (end - at)
        return end

    def _mark_table(self, at: int) -> int:
        """Mark the rows of a table and the remarks below it."""
        end = at
        while end < len(self._texts) and CELL_BREAK in self._texts[end]:
            end += 1
        self._blocks[at:end] = ["row"] * (end - at)
        while end < len(self._texts) and TABLE_NOTE.fullmatch(self._texts[end]):
            self._blocks[end] = "note"
            end += 1
        return end

    def _mark_cc(self, at: int) -> int:
        """Mark a line of the cc block; the list of a 抄送 line goes on below it up to its full stop."""
        end = at + 1
        if COPIED_TO.fullmatch(self._texts[at]):
            last = min(len(self._texts), at + _LONGEST_COPIED)
            while end < last and self._goes_on_copying(end):
                end += 1
        self._blocks[at:end] = ["cc"] * (end - at)
        return end

    def _goes_on_copying(self, at: int) -> bool:
        above, text = self._texts[at - 1], self._texts[at]
        if above.endswith("。") or CELL_BREAK in text or not lists_bodies(text):
            return False
        is_list = above.endswith(_COMMAS) or text.endswith((*_COMMAS, "。"))
        return is_list and not (self._opens_annex(text) or _is_cc(text))

    def _is_annex_list(self, at: int) -> bool:
        """Tell whether a line begins the list of annexes: it has several, or only signature, annexes or cc follow."""
        if "附" not in self._texts[at][:2]:
            return False
        if not ATTACHMENT_LIST.fullmatch(self._texts[at]) and not self._names_annex(at):
            return False
        end = self._end_of_annex_list(at)
        if end < len(self._texts) and self._count_signature(end):
            return True
        return ATTACHMENT_LIST.fullmatch(self._texts[at]) is not None and (end > at + 1 or self._closes(end))

    def _names_annex(self, at: int) -> bool:
        mark = ANNEX_MARK.fullmatch(self._texts[at])
        return mark is not None and mark["title"] != "" and self._opens_annex(self._texts[at])

    def _end_of_annex_list(self, at: int) -> int:
        """Return where the annexes that are listed from line ``at`` on end; lines once read are not read again."""
        last = min(len(self._texts), at + _LONGEST_LIST)
        end = max(at + 1, self._listed_until)
        while end < last and (_is_listed_attachment(self._texts[end]) or self._names_annex(end)):
            end += 1
        self._listed_until = end
        return min(end, last)

    def _mark_annex_list(self, at: int) -> int:
        """Mark the list of annexes above the signature (附件：1.… and its numbered continuation)."""
        end = self._end_of_annex_list(at)
        self._blocks[at:end] = ["signature"] * (end - at)
        return end

    def _count_signature(self, at: int) -> int:
        """Return how many lines from ``at`` are a signature: names and a date in either order, a note in brackets."""
        if at < self._unsigned_until:
            return 0
        end = self._skip_names(at)
        if end < len(self._texts) and _is_date(self._texts[end]):
            end = self._skip_names(end + 1) if end == at else end + 1
        elif not (end > at and end == len(self._texts) and CELL_BREAK not in self._texts[at]):
            self._unsigned_until, end = end, at
        signed = end > at
        while end < len(self._texts) and CLOSING_NOTE.fullmatch(self._texts[end]):
            end += 1
        return end - at if end > at and (signed or self._closes(end)) else 0

    def _skip_names(self, at: int) -> int:
        last = min(len(self._texts), at + _LONGEST_LIST)
        while at < last and _is_name(self._texts[at]):
            at += 1
        return at

    def _closes(self, end: int) -> bool:
        """Tell whether nothing but annexes and the cc block follow from line ``end`` on."""
        following = self._texts[end] if end < len(self._texts) else ""
        return not following or ANNEX_MARK.fullmatch(following) is not None or _is_cc(following)


def _as_line(text: str) -> str:
    """Return a line of a signature without seals, its columns set apart by blanks."""
    return remove_seal(text.replace(CELL_BREAK, " "))


def _is_titular(text: str) -> bool:
    """Tell whether a line can belong to a title: no mark, no sentence."""
    return match_mark(text) is None and not text.endswith(("。", "；", "：")) and "。" not in text


@lru_cache(maxsize=1024)
def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and (is_signer(text) or bool(split_organs(_as_line(text))))


def _is_date(text: str) -> bool:
    return len(text) <= _LONGEST_DATE and match_date_line(_as_line(text)) is not None


def _is_cc(text: str) -> bool:
    return (len(text) <= _LONGEST_DATE or "：" in text[:10] or ":" in text[:10]) and CC_LINE.fullmatch(text) is not None


def _is_listed_attachment(text: str) -> bool:
    mark = match_mark(text)
    return (
        mark is not None
        and mark.level >= Level.THIRD
        and not text.endswith(("。", "；"))
        and len(text) <= _LONGEST_NAME
    )
