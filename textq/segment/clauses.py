"""Document → Clauses: what kind of line each one is, and under which headings and stems it stands."""

import hashlib
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from textq.notation.marks import Level, Mark
from textq.records import CODED_KINDS, Clause, Document, Kind, Span
from textq.segment.blocks import Block, find_blocks
from textq.segment.headings import SENTENCE_END, Numbered, find_names, is_heading, is_too_long
from textq.segment.lines import cut_lines
from textq.segment.numbering import settle_marks
from textq.segment.outline import HEADING_BREAK, Outline
from textq.segment.responsible import find_responsible, is_deadline, read_duty_line
from textq.segment.tables import Row, read_rows

_MOST_TITLES = 2
"""So many titles can follow one another."""

_INTRODUCES = re.compile(r"(?:下列|以下|如下)[^。；]{0,30}[。]?\Z")
"""How a line ends that introduces a list without a colon (…应当符合下列条件。)."""

_BULLET = re.compile(r"——|[●★☆◆◇■□▪•·○►▶➢✓√]|[-–*] ")
"""How an item begins that has a sign for a number."""

_NUMBERED: frozenset[Block] = frozenset({"body", "annex"})
"""The blocks whose lines can be numbered."""

_BETWEEN_PARTS: frozenset[Block] = frozenset({"title", "contents", "signature", "annex_mark"})
"""Between lines of these blocks the numbering begins afresh."""


@dataclass(slots=True)
class _Line:
    """A logical line and the next mark behind it; filled in step by step."""

    start: int
    end: int
    text: str
    block: Block
    mark: Mark | None = None
    next_mark: Mark | None = None
    row: Row | None = None
    is_title: bool = False
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class _Place:
    kind: Kind
    division: tuple[str, ...] = ()
    heading: str = ""
    stem: str = ""
    responsible: tuple[str, ...] = ()


def split_clauses(document: Document) -> list[Clause]:
    """Split a document into clauses: every line of its text is in exactly one, in order.

    A clause is the smallest numbered provision or unnumbered paragraph, a table row, or a line that is no
    provision (heading, stem, signature, cc, note). ``document.text[start:end] == clause.text`` always holds, and the
    heading path, the stem and the bodies responsible travel with the clause. A provision that quotes another text (将
    第五条修改为：“第五条 ……”) is one clause with all the lines it quotes.
    """
    lines = _read_lines(document)
    outline = Outline()
    places = [_place(outline, lines, at) for at in range(len(lines))]
    _hand_up_duties(lines, places)
    page_of = _PageFinder(document.pages)
    return [
        _make_clause(document, ordinal, line, place, page_of)
        for ordinal, (line, place) in enumerate(zip(lines, places, strict=True), 1)
    ]


def _read_lines(document: Document) -> list[_Line]:
    """Return the logical lines with their blocks, their marks as this document nests them, and their rows."""
    cut = cut_lines(document.text)
    notes = _SpanFinder(document.footnotes)
    n_text = next((at for at, line in enumerate(cut) if notes.find(line.start)), len(cut))
    texts = [document.text[line.start : line.end] for line in cut]
    blocks = find_blocks(texts[:n_text], title=document.title)
    blocks += ["note" if notes.find(line.start) else "body" for line in cut[n_text:]]
    lines = [
        _Line(line.start, line.end, text, block, line.mark if block in _NUMBERED else None)
        for line, text, block in zip(cut, texts, blocks, strict=True)
    ]
    for _, part in groupby(lines, key=lambda line: line.block in _BETWEEN_PARTS):
        _settle_part(list(part))
    _mark_titles(lines)
    return lines


def _settle_part(lines: Sequence[_Line]) -> None:
    """Add what only the lines of a part together tell: the order of its marks, the heads of its tables."""
    texts = [line.text if line.block in _NUMBERED else "" for line in lines]
    following: Mark | None = None
    for line, mark in zip(reversed(lines), reversed(settle_marks(texts, [line.mark for line in lines])), strict=True):
        line.mark, line.next_mark = mark, following
        following = mark or following
    for line, is_name in zip(lines, find_names(_list_numbered(lines)), strict=True):
        line.is_name = is_name
    for is_row, group in groupby(lines, key=lambda line: line.block == "row"):
        run = list(group)
        for line, row in zip(run, read_rows([line.text for line in run]) if is_row else (), strict=False):
            line.row = row


def _list_numbered(lines: Sequence[_Line]) -> list[Numbered]:
    return [
        Numbered(line.mark, _body(line, line.mark), below.text if below and _goes_on(line.mark, below) else "")
        if line.mark
        else Numbered(None)
        for line, below in zip(lines, [*lines[1:], None], strict=True)
    ]


def _goes_on(mark: Mark, below: _Line) -> bool:
    """Tell whether the line below belongs to the division of ``mark``: it has a deeper mark, or none."""
    return below.mark.level > mark.level if below.mark else _has_text(below)


def _body(line: _Line, mark: Mark) -> str:
    return line.text[len(mark.label) :].lstrip()


def _mark_titles(lines: Sequence[_Line]) -> None:
    """Mark the unnumbered lines that are titles: short, without a sentence, and with text of their block below.

    Three and more in a row are a list, of which only the first is a title.
    """
    end = 0
    for (may_be_title, block), group in groupby(lines, key=lambda line: (_may_be_title(line), line.block)):
        run = list(group)
        end += len(run)
        has_text = end < len(lines) and lines[end].block == block
        n_titles = 1 if len(run) > _MOST_TITLES else len(run) if has_text else len(run) - 1
        for line in run[:n_titles]:
            line.is_title = may_be_title


def _may_be_title(line: _Line) -> bool:
    if line.mark or line.block not in _NUMBERED or is_too_long(line.text):
        return False
    has_sentence = any(sign in line.text for sign in "。；：，、;:") or line.text.endswith((*SENTENCE_END, "."))
    return not has_sentence and not read_duty_line(line.text)


def _place(outline: Outline, lines: Sequence[_Line], at: int) -> _Place:
    """Return the kind of line ``at`` and its place in the outline, and move the outline past it."""
    line = lines[at]
    if line.block in {"title", "contents"}:
        return _Place("heading", outline.division, outline.heading)
    if line.block in {"signature", "cc", "note"}:
        return _Place(line.block)
    if line.block == "annex_mark":
        outline.open_annex(line.text)
        return _Place("heading", outline.division)
    if line.row:
        return _place_row(outline, line.row)
    if read_duty_line(line.text) or is_deadline(line.text):
        return _Place("note", outline.division, outline.heading)
    following = lines[at + 1] if at + 1 < len(lines) else None
    return (
        _place_marked(outline, line, line.mark, following) if line.mark else _place_unmarked(outline, line, following)
    )


def _place_row(outline: Outline, row: Row) -> _Place:
    kinds: dict[str, Kind] = {"head": "heading", "group": "heading", "row": "annex", "total": "note"}
    heading = HEADING_BREAK.join(filter(None, (outline.heading, row.group)))
    return _Place(kinds[row.kind], outline.division, heading, row.head, row.responsible)


def _place_marked(outline: Outline, line: _Line, mark: Mark, following: _Line | None) -> _Place:
    body = _body(line, mark)
    below = following.mark if following else None
    leads = below is not None and below.level > mark.level
    is_like_siblings = outline.has_heading(mark.level)
    stem = outline.enter(mark)
    division, heading = outline.division, outline.heading
    is_section = not stem or is_like_siblings or _is_sibling(mark, line.next_mark)
    has_text = _has_text(following) and (is_section and not (stem and outline.in_article))
    if is_heading(mark, body, leads=leads, has_text=has_text) or (line.is_name and has_text and not outline.in_article):
        outline.add_heading(mark.level, line.text)
        return _Place("heading", division, heading, stem)
    if leads and below is not None and _introduces(body, below):
        outline.add_stem(below.level, line.text)
        return _Place("stem", division, heading, stem)
    if _introduces_bullets(body, following):
        outline.bullet_stem = line.text
        return _Place("stem", division, heading, stem)
    is_item = bool(stem) or (outline.in_article and mark.level > Level.ARTICLE)
    return _Place("item" if is_item else "provision", division, heading, stem, find_responsible(line.text))


def _has_text(line: _Line | None) -> bool:
    return line is not None and line.mark is None and line.block in _NUMBERED


def _introduces_bullets(text: str, following: _Line | None) -> bool:
    return text.endswith(("：", ":")) and following is not None and _BULLET.match(following.text) is not None


def _is_sibling(mark: Mark, following: Mark | None) -> bool:
    """Tell whether the next numbered line continues the list of ``mark``: so what stands between belongs to it."""
    return following is not None and (following.level, following.number) == (mark.level, mark.number + 1)


def _introduces(body: str, below: Mark, *, needs_colon: bool = False) -> bool:
    """Tell whether a line introduces the list that begins with ``below``: by a colon, or by saying 下列 or 如下."""
    if body.endswith(("：", ":")):
        return True
    return below.number == 1 and not needs_colon and _INTRODUCES.search(body[-50:]) is not None


def _place_unmarked(outline: Outline, line: _Line, following: _Line | None) -> _Place:
    if outline.bullet_stem and _BULLET.match(line.text) and not line.text.endswith(("：", ":")):
        responsible = find_responsible(line.text)
        return _Place("item", outline.division, outline.heading, outline.bullet_stem, responsible)
    if line.is_title:
        return _Place("heading", outline.division, outline.heading)
    outline.enter_paragraph(line.next_mark)
    division, heading = outline.division, outline.heading
    if _introduces_bullets(line.text, following):
        outline.bullet_stem = line.text
        return _Place("stem", division, heading)
    below = following.mark if following else None
    if below is not None and _introduces(line.text, below, needs_colon=not outline.is_numbered):
        outline.add_stem(below.level, line.text)
        return _Place("stem", division, heading)
    kind: Kind = "annex" if line.block == "annex" else "paragraph"
    return _Place(kind, division, heading, responsible=find_responsible(line.text))


def _hand_up_duties(lines: Sequence[_Line], places: list[_Place]) -> None:
    """Give the bodies of lines like （责任单位：市财政局） to the clause above them."""
    above: int | None = None
    for at, (line, place) in enumerate(zip(lines, places, strict=True)):
        if place.kind != "note":
            above = at if place.kind in CODED_KINDS else None
        elif above is not None:
            bodies = dict.fromkeys((*places[above].responsible, *read_duty_line(line.text)))
            places[above] = replace(places[above], responsible=tuple(bodies))


class _SpanFinder:
    """Finds the span of a position among spans in order."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: span.start)
        self._starts = [span.start for span in self._spans]

    def find(self, position: int) -> Span | None:
        at = bisect_right(self._starts, position) - 1
        return self._spans[at] if at >= 0 and position < self._spans[at].end else None


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
        start=line.start,
        end=line.end,
        heading=place.heading,
        stem=place.stem,
        page=page_of.find(line.start),
        kind=place.kind,
        text=line.text,
        sha256=hashlib.sha256(line.text.encode()).hexdigest(),
        responsible=place.responsible,
    )
