"""A table as a Word file: a real table with three rules, in 宋体 and Times New Roman; written and read back.

The door of python-docx.
"""

from __future__ import annotations

import io
from itertools import chain
from typing import TYPE_CHECKING, Any

import docx
from docx.enum.section import WD_ORIENTATION
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as VERTICAL
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from econ.errors import SpecError
from econ.fixed_zip import EPOCH, repack_zip
from econ.table import Number, set_minus
from econ.table_layout import MARGIN_END, is_aligned, lay_out
from econ.typeface import HEI, NOTE_SIZE, SONG, TIMES, clean_text, split_scripts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from docx.document import Document
    from docx.table import Table as WordTable
    from docx.table import _Cell, _Row
    from docx.text.paragraph import Paragraph

    from econ.table import Block, Cell, Row, Span, Table
    from econ.table_layout import Layout

_RULE_THICK, _RULE_THIN = 12, 6
"""Eighths of a point: 1.5 and 0.75."""

_SIDES = ("top", "left", "bottom", "right", "insideH", "insideV")
_LINE = 1.25
"""From line to line, in units of the type size: fixed, so that rows are alike whatever font stands in for 宋体."""

_CELL_SPACE = 1.2
"""Points above and below each row."""

_BLOCK_SPACE = 5.0
"""Points more above a further block."""

_TITLE_SPACE, _NOTE_SPACE = 4.0, 3.0
"""Points below the title and above the first note."""


_WORD_2013 = "15"
"""The mode of compatibility that Word does not announce in its title bar."""


def write_word(table: Table, path: Path, *, superscript: bool = False) -> None:
    """Write a table as a Word file; the same table gives the same bytes.

    A title, a table with three rules and no other lines, the notes in smaller type. Numbers stand point below point;
    their minus signs are true ones (U+2212). The head is repeated on each page, no row breaks over two, and a row
    without a name stays with the row above. The paper is A4, lying where the table needs it.

    Parameters
    ----------
    table
    path
    superscript
        Whether stars are raised.

    Raises
    ------
    SpecError
        If A4 does not hold the columns.
    """
    layout = lay_out(table)
    document = docx.Document()
    _drop_template(document)
    _set_properties(document, table)
    _set_page(document, layout)
    if table.title:
        _add_title(document.add_paragraph(), table.title, layout)
    _add_table(document, table, layout, superscript=superscript)
    for place, note in enumerate(table.notes):
        _add_note(document.add_paragraph(), note, layout, first=place == 0)
    if not table.notes:
        _add_note(document.add_paragraph(), "", layout, first=True)
    written = io.BytesIO()
    document.save(written)
    path.write_bytes(repack_zip(written.getvalue()))


def _drop_template(document: Document) -> None:
    """Take away the picture of an empty page and the compatibility with Word 2010 of python-docx's template."""
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]
    settings = document.settings.element
    for mode in settings.iter(qn("w:compatSetting")):
        if mode.get(qn("w:name")) == "compatibilityMode":
            mode.set(qn("w:val"), _WORD_2013)
    for languages in chain(settings.iter(qn("w:themeFontLang")), document.styles.element.iter(qn("w:lang"))):
        languages.set(qn("w:eastAsia"), "zh-CN")


def _set_properties(document: Document, table: Table) -> None:
    properties = document.core_properties
    properties.title = clean_text(table.title)[:255]
    properties.author = "textq"
    properties.last_modified_by = "textq"
    properties.comments = ""
    properties.language = "zh-CN" if table.lang == "zh" else "en"
    properties.created = properties.modified = EPOCH


def _set_page(document: Document, layout: Layout) -> None:
    (section,) = document.sections
    width, height = layout.page
    section.orientation = WD_ORIENTATION.LANDSCAPE if width > height else WD_ORIENTATION.PORTRAIT
    section.page_width, section.page_height = Pt(width), Pt(height)
    section.left_margin = section.right_margin = Pt(layout.margin)
    section.top_margin = section.bottom_margin = Pt(MARGIN_END)


def _add_title(paragraph: Paragraph, title: str, layout: Layout) -> None:
    """Add a title: Chinese letters in 黑体, which is heavy itself, others in bold."""
    _set_paragraph(paragraph, ALIGN.CENTER, layout.size, after=_TITLE_SPACE, with_next=True)
    _add_runs(paragraph, title, layout.size, title=True)


def _add_note(paragraph: Paragraph, note: str, layout: Layout, *, first: bool) -> None:
    size = min(NOTE_SIZE, layout.size)
    _set_paragraph(paragraph, ALIGN.JUSTIFY, size, before=_NOTE_SPACE if first else 0.0)
    _add_runs(paragraph, note, size)


def _set_paragraph(
    paragraph: Paragraph, align: ALIGN, size: float, *, before: float = 0.0, after: float = 0.0, with_next: bool = False
) -> None:
    """Set what a paragraph must not inherit from the text it is pasted into."""
    looks = paragraph.paragraph_format
    looks.alignment = align
    looks.left_indent = looks.right_indent = looks.first_line_indent = Pt(0)
    looks.space_before, looks.space_after = Pt(before), Pt(after)
    looks.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    looks.line_spacing = Pt(_LINE * size)
    looks.keep_with_next = with_next or None
    _set_mark(paragraph, size)


def _add_runs(paragraph: Paragraph, text: str, size: float, *, title: bool = False, raised: bool = False) -> None:
    """Add a text in runs of one script each, every one with its fonts."""
    for part, chinese in split_scripts(set_minus(clean_text(text))):
        run = paragraph.add_run(part)
        run.font.size = Pt(size)
        run.font.bold = title and not chinese
        run.font.superscript = raised or None
        run.font.name = TIMES
        fonts = run._r.get_or_add_rPr().get_or_add_rFonts()
        fonts.set(qn("w:eastAsia"), HEI if title else SONG)
        fonts.set(qn("w:cs"), TIMES)
        if chinese:
            fonts.set(qn("w:hint"), "eastAsia")


def _set_mark(paragraph: Paragraph, size: float) -> None:
    """Set the size of the end of a paragraph, which makes the height of an empty one."""
    properties = paragraph._p.get_or_add_pPr()
    if properties.find(qn("w:rPr")) is None:
        mark, height = OxmlElement("w:rPr"), OxmlElement("w:sz")
        height.set(qn("w:val"), str(round(2 * size)))
        mark.append(height)
        properties.append(mark)


def _add_table(document: Document, table: Table, layout: Layout, *, superscript: bool) -> None:
    n_heads = len(table.spans) + 1
    n_rows = n_heads + sum(map(len, table.blocks))
    word = document.add_table(n_rows, len(table.head))
    word.alignment = WD_TABLE_ALIGNMENT.CENTER
    word.autofit = False
    _clear_borders(word)
    _set_widths(word, layout)
    rows = list(word.rows)
    for row, spans in zip(rows, table.spans, strict=False):
        _fill_spans(row, spans, layout)
    _fill_head(rows[n_heads - 1], table.head, layout)
    for row, (cells, opens, followed) in zip(rows[n_heads:], _list_rows(table.blocks), strict=True):
        _fill_row(row, cells, layout, opens=opens, followed=followed, superscript=superscript)
    for place, row in enumerate(rows):
        _set_row(row, repeats=place < n_heads)
    _draw_rule(rows[0], "top", _RULE_THICK)
    _draw_rule(rows[n_heads - 1], "bottom", _RULE_THIN)
    _draw_rule(rows[-1], "bottom", _RULE_THICK)


def _list_rows(blocks: Sequence[Block]) -> Iterator[tuple[Row, bool, bool]]:
    """Yield each row, whether it opens a block behind the first, and whether a row that belongs to it follows."""
    opens = [place > 0 and not at for place, block in enumerate(blocks) for at, _ in enumerate(block)]
    rows = list(chain.from_iterable(blocks))
    for row, starts, after in zip(rows, opens, [*rows[1:], ("end",)], strict=False):
        yield row, starts, after[0] == ""


def _clear_borders(word: WordTable) -> None:
    """Say that no border is drawn but those of cells, whatever the style of tables is where this is pasted."""
    borders = OxmlElement("w:tblBorders")
    for side in _SIDES:
        _add_border(borders, side, "nil")
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), "0")
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    for layout in word._tbl.tblPr.iter(qn("w:tblLayout")):
        layout.addprevious(borders)
        layout.addnext(margins)


def _add_border(borders: Any, side: str, kind: str, eighths: int = 0) -> None:
    border = OxmlElement(f"w:{side}")
    border.set(qn("w:val"), kind)
    if eighths:
        border.set(qn("w:sz"), str(eighths))
        border.set(qn("w:space"), "0")
        border.set(qn("w:color"), "000000")
    borders.append(border)


def _set_widths(word: WordTable, layout: Layout) -> None:
    for column, width in zip(word.columns, layout.widths, strict=True):
        column.width = Pt(width)
        for cell in column.cells:
            cell.width = Pt(width)


def _fill_spans(row: _Row, spans: Iterable[Span], layout: Layout) -> None:
    cells = row.cells
    _fill_cell(cells[0], "", layout, ALIGN.LEFT)
    place = 1
    for span in spans:
        cell = cells[place].merge(cells[place + span.columns - 1])
        _fill_cell(cell, span.text, layout, ALIGN.CENTER)
        place += span.columns


def _fill_head(row: _Row, head: Sequence[str], layout: Layout) -> None:
    for place, (cell, text) in enumerate(zip(row.cells, head, strict=True)):
        _fill_cell(cell, text, layout, ALIGN.CENTER if place else ALIGN.LEFT)


def _fill_row(row: _Row, cells: Row, layout: Layout, *, opens: bool, followed: bool, superscript: bool) -> None:
    for place, (word, cell) in enumerate(zip(row.cells, cells, strict=True)):
        paragraph = word.paragraphs[0]
        aligned = is_aligned(cell)
        align = ALIGN.LEFT if aligned or not place else ALIGN.CENTER
        _fill_cell(word, "", layout, align, before=_BLOCK_SPACE * opens, with_next=followed)
        if aligned:
            paragraph.paragraph_format.tab_stops.add_tab_stop(Pt(layout.points[place]), WD_TAB_ALIGNMENT.DECIMAL)
        plain, stars = _split_stars(cell) if superscript else (str(cell), "")
        _add_runs(paragraph, plain, layout.size)
        _add_runs(paragraph, stars, layout.size, raised=True)


def _split_stars(cell: Cell) -> tuple[str, str]:
    stars = cell.stars if isinstance(cell, Number) else ""
    return str(cell).removesuffix(stars), stars


def _fill_cell(
    cell: _Cell, text: str, layout: Layout, align: ALIGN, *, before: float = 0.0, with_next: bool = False
) -> None:
    cell.vertical_alignment = VERTICAL.BOTTOM
    (paragraph,) = cell.paragraphs
    _set_paragraph(paragraph, align, layout.size, before=before + _CELL_SPACE, after=_CELL_SPACE, with_next=with_next)
    _add_runs(paragraph, text, layout.size)


def _set_row(row: _Row, *, repeats: bool) -> None:
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if repeats:
        properties.append(OxmlElement("w:tblHeader"))


def _draw_rule(row: _Row, side: str, eighths: int) -> None:
    """Draw a rule through all cells of a row."""
    for cell in row._tr.tc_lst:
        properties: Any = cell.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.find(qn("w:vAlign")).addprevious(borders)
        for drawn in borders.findall(qn(f"w:{side}")):
            borders.remove(drawn)
        _add_border(borders, side, "single", eighths)


def read_word(path: Path) -> list[list[str]]:
    """Return the rows of the first table of a Word file as they are printed, minus signs as they stand.

    A cell that spans several columns gives its text and then empty texts, so that all rows are equally long.

    Raises
    ------
    SpecError
        If the file holds no table.
    """
    tables = docx.Document(str(path)).tables
    if not tables:
        raise SpecError(f"{path}: the file holds no table. Write it anew.")
    return [_read_row(row) for row in tables[0].rows]


def _read_row(row: _Row) -> list[str]:
    texts: list[str] = []
    for cell in {cell._tc: cell for cell in row.cells}.values():
        texts += [cell.text, *[""] * (cell.grid_span - 1)]
    return texts
