"""Document → Clauses: what kind of line each one is, and under which headings and stems it stands."""

import hashlib
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from textq.notation.marks import Level, Mark, match_mark
from textq.records import Clause, Document, Kind, Span
from textq.segment.blocks import Block, find_blocks
from textq.segment.lines import cut_lines
from textq.segment.outline import Outline

_SENTENCE_END = ("。", "；", "！", "？", ";", "．")
_LONGEST_HEADING = 50


@dataclass(frozen=True, slots=True)
class _Line:
    span: Span
    text: str
    block: Block
    mark: Mark | None


def split_clauses(document: Document) -> list[Clause]:
    """Split a document into clauses: every line of its text is in exactly one, in order.

    A clause is the smallest numbered provision or unnumbered paragraph, a table row, or a line that is no
    provision (heading, stem, signature, cc). ``document.text[start:end] == clause.text`` always holds, and the
    heading path and the stem travel with the clause.
    """
    spans = cut_lines(document.text)
    texts = [document.text[span.start : span.end] for span in spans]
    blocks = find_blocks(texts, title=document.title)
    lines = [
        _Line(span, text, block, match_mark(text) if block in {"body", "annex"} else None)
        for span, text, block in zip(spans, texts, blocks, strict=True)
    ]
    outline = Outline()
    page_of = _PageFinder(document.pages)
    return [
        _make_clause(document, ordinal, line, _place(outline, lines, ordinal - 1), page_of)
        for ordinal, line in enumerate(lines, 1)
    ]


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
    return (
        _place_marked(outline, line, line.mark, following) if line.mark else _place_unmarked(outline, line, following)
    )


def _place_marked(outline: Outline, line: _Line, mark: Mark, following: _Line | None) -> _Place:
    body = line.text[mark.end :]
    stem = outline.enter(mark)
    division, heading = outline.division, outline.heading
    leads = following is not None and following.mark is not None and following.mark.level > mark.level
    if _is_heading(mark, body, following, leads, in_list=bool(stem)):
        outline.add_heading(mark.level, line.text)
        return _Place("heading", division, heading, stem)
    if body.endswith(("：", ":")) and leads and following is not None and following.mark is not None:
        outline.add_stem(following.mark.level, line.text)
        return _Place("stem", division, heading, stem)
    is_item = bool(stem) or (outline.in_article and mark.level > Level.ARTICLE)
    return _Place("item" if is_item else "provision", division, heading, stem)


def _is_heading(mark: Mark, body: str, following: _Line | None, leads: bool, *, in_list: bool) -> bool:
    """Tell whether a numbered line is a heading: chapters always, others if they only introduce what follows."""
    if mark.level < Level.ARTICLE:
        return True
    if mark.level == Level.ARTICLE or body.endswith(("：", ":")) or len(body) > _LONGEST_HEADING:
        return False
    if not any(sign in body for sign in "。；，"):
        continues = following is not None and following.block in {"body", "annex"} and following.mark is None
        return leads or (continues and not in_list and not body.endswith(_SENTENCE_END))
    return leads and body.endswith("。") and body.count("。") == 1 and "，" not in body


def _place_unmarked(outline: Outline, line: _Line, following: _Line | None) -> _Place:
    outline.enter_paragraph()
    division, heading = outline.division, outline.heading
    if line.text.endswith(("：", ":")) and following is not None and following.mark is not None:
        outline.add_stem(following.mark.level, line.text)
        return _Place("stem", division, heading, "")
    if _is_bare_title(line, following):
        return _Place("heading", division, heading, "")
    return _Place("annex" if line.block == "annex" else "paragraph", division, heading, "")


def _is_bare_title(line: _Line, following: _Line | None) -> bool:
    """Tell whether an unnumbered line is a title: short, without a sentence, and with text below it."""
    no_sentence = not any(sign in line.text for sign in "。；：，、")
    return (
        no_sentence and len(line.text) <= _LONGEST_HEADING and following is not None and following.block == line.block
    )


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
