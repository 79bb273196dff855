"""Which block of the document each line belongs to: title, body, annex, table, signature, cc, contents."""

import re
from collections.abc import Sequence
from typing import Literal

from textq.notation.blocks import (
    ANNEX_MARK,
    ATTACHMENT_LIST,
    CC_LINE,
    CONTENTS_MARK,
    HEAD_LINES,
    count_head_lines,
    is_addressee,
    is_note,
    match_date_line,
)
from textq.notation.marks import Level, match_mark
from textq.notation.organs import split_organs
from textq.records import CELL_BREAK

Block = Literal["title", "contents", "body", "annex", "annex_mark", "column_head", "row", "signature", "cc"]

_LONGEST_NAME = 60
_LEADER = re.compile(r"[.…·\s]*[0-9]*$")
_CLOSING_NOTE = re.compile(r"[（(][^（）()]*[）)]")


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
        if CELL_BREAK in text:
            return self._mark_table(at)
        if ATTACHMENT_LIST.fullmatch(text):
            return self._mark_attachments(at)
        if self._mark_annex(at, text):
            return at + 1
        if CC_LINE.fullmatch(text):
            self._blocks[at] = "cc"
            return at + 1
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

    def _mark_annex(self, at: int, text: str) -> bool:
        mark = ANNEX_MARK.fullmatch(text)
        if mark is None or len(text) > _LONGEST_NAME or "。" in text:
            return False
        self._blocks[at] = "annex_mark"
        self._body = "annex"
        self._in_title = True
        return True

    def _mark_contents(self, at: int) -> int:
        """Mark a table of contents: chapter lines up to the one that comes a second time, or to a sentence."""
        entries: set[str] = set()
        end = at + 1
        while end < len(self._texts):
            entry = _LEADER.sub("", self._texts[end]).replace(" ", "")
            mark = match_mark(self._texts[end])
            if entry in entries or "。" in entry or (mark is not None and mark.level == Level.ARTICLE):
                break
            entries.add(entry)
            end += 1
        if end == len(self._texts):
            end = at + 1
        self._blocks[at:end] = ["contents"] * (end - at)
        return end

    def _mark_table(self, at: int) -> int:
        """Mark the rows of a table; the first one is its column heads if it holds neither number nor sentence."""
        end = at
        while end < len(self._texts) and CELL_BREAK in self._texts[end]:
            end += 1
        self._blocks[at:end] = ["row"] * (end - at)
        if end - at > 1 and not re.search(r"[0-9。；]", self._texts[at]):
            self._blocks[at] = "column_head"
        return end

    def _mark_attachments(self, at: int) -> int:
        """Mark the list of annexes above the signature (附件：1.… and its numbered continuation)."""
        end = at + 1
        while end < len(self._texts) and _is_listed_attachment(self._texts[end]):
            end += 1
        self._blocks[at:end] = ["signature"] * (end - at)
        return end

    def _count_signature(self, at: int) -> int:
        """Return how many lines from ``at`` are a signature: names, a date, a note in brackets."""
        end = at
        while end < len(self._texts) and _is_name(self._texts[end]):
            end += 1
        if end < len(self._texts) and match_date_line(self._texts[end]):
            end += 1
        elif not (end > at and end == len(self._texts)):
            end = at
        signed = end > at
        while end < len(self._texts) and _CLOSING_NOTE.fullmatch(self._texts[end]):
            end += 1
        return end - at if signed or self._closes(end) else 0

    def _closes(self, end: int) -> bool:
        """Tell whether nothing but annexes and the cc block follow from line ``end`` on."""
        following = self._texts[end] if end < len(self._texts) else ""
        return not following or any(mark.fullmatch(following) for mark in (ANNEX_MARK, CC_LINE))


def _is_titular(text: str) -> bool:
    """Tell whether a line can belong to a title: no mark, no sentence."""
    return match_mark(text) is None and not text.endswith(("。", "；", "：")) and "。" not in text


def _is_name(text: str) -> bool:
    return len(text) <= _LONGEST_NAME and bool(split_organs(text))


def _is_listed_attachment(text: str) -> bool:
    mark = match_mark(text)
    return (
        mark is not None
        and mark.level >= Level.THIRD
        and not text.endswith(("。", "；"))
        and len(text) <= _LONGEST_NAME
    )
