"""Document → Clauses: what kind of line each one is, and under which headings and stems it stands."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from textq.notation.marks import Level, Mark, match_mark
from textq.records import Clause, Document, Kind, Span
from textq.segment.blocks import Block, find_blocks
from textq.segment.lines import cut_lines
from textq.segment.outline import Outline

_SENTENCE_END = ("。", "；", "！", "？", ";", "．")
_LONGEST_HEADING = 50
_MOST_TITLES = 2
"""So many titles can follow one another."""


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str
    block: Block
    mark: Mark | None
    is_title: bool = False


def split_clauses(document: Document) -> list[Clause]:
    """Split a document into clauses: every line of its text is in exactly one, in order.

    A clause is the smallest numbered provision or unnumbered paragraph, a table row, or a line that is no
    provision (heading, stem, signature, cc). ``document.text[start:end] == clause.text`` always holds, and the
    heading path and the stem travel with the clause.
    """
    spans = cut_lines(document.text)
    texts = [document.text[span.start : span.end] for span in spans]
    blocks = find_blocks(texts, title=document.title)
    lines = _mark_titles(
        [
            _Line(span, text, block, match_mark(text) if block in {"body", "annex"} else None)
            for span, text, block in zip(spans, texts, blocks, strict=True)
        ]
    )
    outline = Outline()
    page_of = _PageFinder(document.pages)
    return [
        _make_clause(document, ordinal, line, _place(outline, lines, ordinal - 1), page_of)
        for ordinal, line in enumerate(lines, 1)
    ]


def _mark_titles(lines: Sequence[_Line]) -> list[_Line]:
    """Mark the unnumbered lines that are titles: short, without a sentence, and with text of their block below.

    Three and more in a row are a list, of which only the first is a title.
    """
    marked: list[_Line] = []
    for (may_be_title, block), group in groupby(lines, key=lambda line: (_may_be_title(line), line.block)):
        run = list(group)
        end = len(marked) + len(run)
        has_text = end < len(lines) and lines[end].block == block
        n_titles = 1 if len(run) > _MOST_TITLES else len(run) if has_text else len(run) - 1
        marked += [replace(line, is_title=may_be_title and at < n_titles) for at, line in enumerate(run)]
    return marked


def _may_be_title(line: _Line) -> bool:
    no_sentence = not any(sign in line.text for sign in "。；：，、;:") and not line.text.endswith(
        (*_SENTENCE_END, ".")
    )
    return no_sentence and line.mark is None and line.block in {"body", "annex"} and len(line.text) <= _LONGEST_HEADING


@dataclass(frozen=True, slots=True)
class _Place:
    kind: Kind
    division: tuple[str, ...]
    heading: str
    stem: str


def _place(outline: Outline, lines: Sequence[_Line], at: int) -> _Place:
    """Return the kind of line ``at`` and its place in the outline, and move the outline past it."""
    line = lines[at]
    following = lines[at + 1] if at + 1 < len(lines) else None
    if line.block in {"title", "contents", "column_head"}:
        return _Place("heading", outline.division, outline.heading, "")
    if line.block in {"signature", "cc"}:
        return _Place(line.block, (), "", "")
    if line.block == "annex_mark":
        outline.open_annex(line.text)
        return _Place("heading", outline.division, "", "")
    if line.block == "row":
        head = lines[at - 1]
        stem = head.text if head.block == "column_head" else outline.row_head
        outline.row_head = stem
        return _Place("annex", outline.division, outline.heading, stem)
    outline.row_head = ""
    return _place_marked(outline, lines, at, line.mark) if line.mark else _place_unmarked(outline, line, following)


def _place_marked(outline: Outline, lines: Sequence[_Line], at: int, mark: Mark) -> _Place:
    body = lines[at].text[mark.end :]
    following = lines[at + 1] if at + 1 < len(lines) else None
    below = following.mark if following else None
    leads = below is not None and below.level > mark.level
    is_like_siblings = outline.has_heading(mark.level)
    stem = outline.enter(mark)
    division, heading = outline.division, outline.heading
    is_section = not stem or is_like_siblings or _is_followed_by_sibling(lines, at, mark)
    has_text = _has_text_below(lines, at) and (is_section and not (stem and outline.in_article))
    if _is_heading(mark, body, leads=leads, has_text=has_text):
        outline.add_heading(mark.level, lines[at].text)
        return _Place("heading", division, heading, stem)
    if body.endswith(("：", ":")) and leads and below is not None:
        outline.add_stem(below.level, lines[at].text)
        return _Place("stem", division, heading, stem)
    is_item = bool(stem) or (outline.in_article and mark.level > Level.ARTICLE)
    return _Place("item" if is_item else "provision", division, heading, stem)


def _has_text_below(lines: Sequence[_Line], at: int) -> bool:
    return at + 1 < len(lines) and lines[at + 1].mark is None and lines[at + 1].block in {"body", "annex"}


def _is_followed_by_sibling(lines: Sequence[_Line], at: int, mark: Mark) -> bool:
    """Tell whether the next numbered line continues the list of ``mark``: so what stands between belongs to it."""
    sibling = next((lines[below].mark for below in range(at + 1, len(lines)) if lines[below].mark), None)
    return sibling is not None and (sibling.level, sibling.number) == (mark.level, mark.number + 1)


def _is_heading(mark: Mark, body: str, *, leads: bool, has_text: bool) -> bool:
    """Tell whether a numbered line is a heading: chapters always, others if they only introduce what follows."""
    if mark.level < Level.ARTICLE:
        return True
    if mark.level == Level.ARTICLE or body.endswith(("：", ":")) or len(body) > _LONGEST_HEADING:
        return False
    if not any(sign in body for sign in "。；，"):
        return leads or (has_text and not body.endswith((*_SENTENCE_END, "、")))
    return leads and body.endswith("。") and body.count("。") == 1 and "，" not in body


def _place_unmarked(outline: Outline, line: _Line, following: _Line | None) -> _Place:
    if line.is_title:
        return _Place("heading", outline.division, outline.heading, "")
    outline.enter_paragraph()
    division, heading = outline.division, outline.heading
    if line.text.endswith(("：", ":")) and following is not None and following.mark is not None:
        outline.add_stem(following.mark.level, line.text)
        return _Place("stem", division, heading, "")
    return _Place("annex" if line.block == "annex" else "paragraph", division, heading, "")


class _PageFinder:
    def __init__(self, pages: Sequence[Span]) -> None:
        self._pages = pages
        self._starts = [page.start for page in pages]

    def find(self, position: int) -> int | None:
        at = bisect_right(self._starts, position) - 1
        return int(self._pages[at].label) if at >= 0 else None


def _make_clause(document: Document, ordinal: int, line: _Line, place: _Place, page_of: _PageFinder) -> Clause:
    return Clause(
        clause_id=f"{document.doc_id}#{ordinal}",
        doc_id=document.doc_id,
        ordinal=ordinal,
        division=place.division,
        start=line.span.start,
        end=line.span.end,
        heading=place.heading,
        stem=place.stem,
        page=page_of.find(line.span.start),
        kind=place.kind,
        text=line.text,
        sha256=hashlib.sha256(line.text.encode()).hexdigest(),
    )
