"""Which numbered lines are headings: chapters, titles of articles, names of tasks that are told below."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textq.notation.ideographs import has_ideographs
from textq.notation.latin import is_sentence, is_title
from textq.notation.marks import Level, Mark

SENTENCE_END = ("。", "；", "！", "？", ";", "．")
LONGEST_HEADING = 50
LONGEST_LATIN_HEADING = 100
"""Characters of a heading; words in Latin letters take more of them."""

_LONGEST_NAME = 25
_SHORTEST_TASK = 12
"""Characters: a shorter sentence without figures names a task; a longer one can be the task itself."""

_ARTICLE_TITLE = re.compile(r"|[（(〔［\[【][^（）()〔〕［］\[\]【】。；]{1,40}[）)〕］\]】]")
"""What stands behind 第一条 if the text of the article begins on the next line: nothing, or a title in brackets."""

_NO_NAME = re.compile(r"[，；：,;:（）()]|第[^。]{1,5}[条款项]")
"""What no name of a task holds: parts of a sentence, a remark in brackets, a cited article."""

_CLOSING = re.compile(r"特此|以上|本[\u4e00-\u9fff]{1,8}(?:自|由|从|有效期)")
"""How a line begins that closes a document and tells nothing about the task above it."""

_Naming = Literal["", "inline", "bare"]


@dataclass(frozen=True, slots=True)
class Numbered:
    """A line of a part of a document: its mark and what stands behind it; ``below`` is the next line if it goes on."""

    mark: Mark | None
    body: str = ""
    below: str = ""


def is_heading(mark: Mark, body: str, *, leads: bool, has_text: bool) -> bool:
    """Tell whether a numbered line is a heading: chapters always, others if they only introduce what follows.

    Parameters
    ----------
    body
        The line without its mark.
    leads
        Whether a deeper mark opens the next line.
    has_text
        Whether unnumbered text of the same division follows.
    """
    if is_sentence(body):
        return False
    if mark.level < Level.ARTICLE:
        return True
    if mark.level == Level.ARTICLE and mark.is_worded:
        return (leads or has_text) and is_title(body)
    if mark.level == Level.ARTICLE:
        return (leads or has_text) and _ARTICLE_TITLE.fullmatch(body) is not None
    if body.endswith(("：", ":")) or is_too_long(body):
        return False
    if not any(sign in body for sign in "。；，"):
        return leads or (has_text and not body.endswith((*SENTENCE_END, "、")))
    return leads and body.endswith("。") and body.count("。") == 1 and "，" not in body


def is_too_long(text: str) -> bool:
    """Tell whether a line is too long for a heading."""
    if len(text) <= LONGEST_HEADING:
        return False
    return len(text) > LONGEST_LATIN_HEADING or has_ideographs(text)


def find_names(lines: Sequence[Numbered]) -> list[bool]:
    """Tell of each line whether it is a sentence that only names its task, which is told below (（一）建设平台。).

    Such a sentence looks like a short provision with another paragraph behind it. It is a heading if the number before
    or behind it begins with a name as well: with the text below too, or, where this name is short, in the same line.
    """
    namings = [_find_naming(line) for line in lines]
    before = _find_siblings(lines, namings, step=1)
    behind = _find_siblings(lines[::-1], namings[::-1], step=-1)[::-1]
    return [
        naming == "bare" and ("bare" in siblings or (_is_short(line.body) and "inline" in siblings))
        for line, naming, siblings in zip(lines, namings, zip(before, behind, strict=True), strict=True)
    ]


def _find_naming(line: Numbered) -> _Naming:
    """Tell how a line begins: with a name alone and its text below ("bare"), with a name and its text ("inline")."""
    name, _, text = line.body.partition("。")
    if len(name) > _LONGEST_NAME or _NO_NAME.search(name):
        return ""
    if text:
        return "inline"
    return "bare" if line.below and not _CLOSING.match(line.below) else ""


def _find_siblings(lines: Sequence[Numbered], namings: Sequence[_Naming], step: int) -> list[_Naming]:
    """Return for each line how the last one of its list before it begins, whose number is less by ``step``."""
    found: list[_Naming] = []
    open_: dict[Level, tuple[int, _Naming]] = {}
    for line, naming in zip(lines, namings, strict=True):
        if line.mark is None:
            found.append("")
            continue
        number, sibling = open_.get(line.mark.level, (0, ""))
        found.append(sibling if line.mark.number == number + step else "")
        open_ = {level: one for level, one in open_.items() if level < line.mark.level}
        open_[line.mark.level] = line.mark.number, naming
    return found


def _is_short(body: str) -> bool:
    return len(body) <= _SHORTEST_TASK and not re.search("[0-9]", body)
