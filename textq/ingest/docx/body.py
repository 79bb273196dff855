"""The stories of a DOCX file (body, text boxes, notes) → lines, in the order of the document."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from textq.errors import ReadError
from textq.ingest.cell_lines import lists_bodies
from textq.ingest.docx.elements import choose_alternative, get_attribute, get_number, get_value, is_on
from textq.ingest.docx.fields import FieldCodes
from textq.ingest.docx.numbering import Numbering
from textq.ingest.docx.styles import Styles
from textq.ingest.docx.symbols import read_symbol
from textq.ingest.normalize import join_broken
from textq.records import CELL_BREAK

LEFT_OUT = frozenset({
    "del", "moveFrom", "pPr", "rPr", "tblPr", "tblGrid", "tblPrEx", "trPr", "tcPr", "sdtPr", "sdtEndPr", "sectPr",
    "instrText", "delText", "delInstrText", "rt", "annotationRef",
})  # fmt: skip
"""Properties, deleted text, field codes, and the readings that stand above characters (``rt``)."""

MOST_CHARACTERS = 50_000_000
"""A document of more is refused: a cell that spans rows stands in each of them, which a made file could abuse."""

_SIGNS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_NOTE_MARKS = {"footnoteReference": "footnote", "endnoteReference": "endnote"}
_PRIVATE = re.compile("[\uf000-\uf0ff]")
"""Characters of symbol fonts."""

_UNREAD = {
    "altChunk": "inserted files",
    "subDoc": "sub-documents",
    "OLEObject": "embedded objects",
    "chart": "charts",
    "relIds": "diagrams (SmartArt)",
}
"""What can hold text that is stored outside of the document's own part."""


class StoryReader:
    """Reads stories of one document; what it meets on the way is kept: notes referred to, things not read."""

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self._styles = styles
        self._numbering = numbering
        self._n_characters = 0
        self.references: list[tuple[str, str]] = []
        self.unread: Counter[str] = Counter()
        self.has_pictures = False

    def read_story(self, root: Element) -> list[str]:
        """Return the lines of a body, or of a note."""
        return _Story(self, FieldCodes(root, LEFT_OUT), self._styles, self._numbering).read_blocks(root)

    def add_length(self, n_characters: int) -> None:
        """Count characters read.

        Raises
        ------
        ReadError
            If they are more than :data:`MOST_CHARACTERS`.
        """
        self._n_characters += n_characters
        if self._n_characters > MOST_CHARACTERS:
            raise ReadError(f"the DOCX file gives more than {MOST_CHARACTERS:,} characters. Split it.")


@dataclass(slots=True)
class _Lines:
    """Lines that have ended, and the pieces of one that has not: a paragraph without a mark goes on in the next."""

    ended: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def end(self, label: str = "", *, keep_empty: bool = False) -> None:
        """End the open line, with a label before it."""
        if self.open or keep_empty:
            self.ended.append(label + "".join(self.open))
        self.open.clear()


class _Story:
    """One walk over one story."""

    def __init__(self, reader: StoryReader, fields: FieldCodes, styles: Styles, numbering: Numbering) -> None:
        self._reader = reader
        self._fields = fields
        self._styles = styles
        self._numbering = numbering

    def read_blocks(self, container: Element) -> list[str]:
        """Return the lines of the paragraphs and tables in a body, a cell, a text box or a note."""
        lines = _Lines()
        self._add_blocks(container, lines)
        lines.end()
        return lines.ended

    def _add_blocks(self, container: Element, lines: "_Lines") -> None:
        for element in container:
            if element.tag == "p":
                self._add_paragraph(element, lines)
            elif element.tag == "tbl":
                lines.end()
                lines.ended += self._read_table(element)
            elif element.tag == "AlternateContent":
                self._add_blocks(_wrap(element), lines)
            elif element.tag in _UNREAD:
                self._reader.unread[element.tag] += 1
            elif element.tag not in LEFT_OUT:
                self._add_blocks(element, lines)

    def _add_paragraph(self, paragraph: Element, lines: "_Lines") -> None:
        """Add a paragraph with its number, then the text boxes that hang there; without any text it shows none."""
        boxes: list[Element] = []
        pieces = lines.open
        n_before = len(pieces)
        self._add_inline(paragraph, get_value(paragraph, "pPr/pStyle"), pieces, boxes)
        self._reader.add_length(sum(map(len, pieces[n_before:])))
        if not _continues(paragraph):
            label = self._numbering.take_label(paragraph)
            has_text = any(piece.strip() for piece in pieces)
            lines.end(label if has_text else "", keep_empty=True)
        for box in boxes:
            lines.ended += self.read_blocks(box)

    def _add_inline(self, element: Element, style: str | None, pieces: list[str], boxes: list[Element]) -> None:
        """Add the text below an element of a paragraph in a style, and the text boxes that hang there."""
        for child in element:
            tag = child.tag
            if tag == "r":
                if self._styles.is_hidden(child, style):
                    self._pass_marks(child)
                else:
                    self._add_run(child, style, pieces, boxes)
            elif tag == "AlternateContent":
                self._add_inline(_wrap(child), style, pieces, boxes)
            elif tag not in LEFT_OUT:
                self._add_leaf(child, element, style, pieces, boxes)

    def _pass_marks(self, run: Element) -> None:
        """Go over a hidden run: a field may end there that began in plain sight."""
        for mark in run.findall("fldChar"):
            self._fields.pass_mark(mark)

    def _add_run(self, run: Element, style: str | None, pieces: list[str], boxes: list[Element]) -> None:
        """Add the text of a run, up to a note's mark that is typed in by hand and fills the rest of it."""
        for child in run:
            if child.tag == "AlternateContent":
                self._add_inline(_wrap(child), style, pieces, boxes)
            elif child.tag in _NOTE_MARKS:
                self._reader.references.append((_NOTE_MARKS[child.tag], get_attribute(child, "id") or ""))
                if (get_attribute(child, "customMarkFollows") or "0") in {"1", "true", "on"}:
                    return
            elif child.tag not in LEFT_OUT:
                self._add_leaf(child, run, style, pieces, boxes)

    def _add_leaf(
        self, child: Element, run: Element, style: str | None, pieces: list[str], boxes: list[Element]
    ) -> None:
        tag = child.tag
        if tag == "fldChar":
            self._fields.pass_mark(child)
        elif tag == "txbxContent":
            boxes.append(child)
        elif tag == "t" or tag in _SIGNS or tag == "sym":
            if not self._fields.in_code:
                pieces.append(self._read_characters(child, run))
        else:
            self._note_object(tag)
            self._add_inline(child, style, pieces, boxes)

    def _note_object(self, tag: str) -> None:
        if tag in _UNREAD:
            self._reader.unread[tag] += 1
        elif tag in {"blip", "imagedata"}:
            self._reader.has_pictures = True

    def _read_characters(self, element: Element, run: Element) -> str:
        if element.tag in _SIGNS:
            return _SIGNS[element.tag]
        if element.tag == "sym":
            code = get_attribute(element, "char") or ""
            return self._read_symbol(get_attribute(element, "font") or "", int(code, 16) if _is_hex(code) else 0)
        text = element.text or ""
        if not _PRIVATE.search(text):
            return text
        font = get_attribute(run.find("rPr/rFonts"), "ascii") or ""
        return _PRIVATE.sub(lambda found: self._read_symbol(font, ord(found[0])), text)

    def _read_symbol(self, font: str, code: int) -> str:
        """Return the character of a symbol font; an unknown one is left out and counted."""
        character = read_symbol(font, code)
        if character is None:
            self._reader.unread[f"symbols of the font {font or 'unknown'}"] += 1
        return character or ""

    def _read_table(self, table: Element) -> list[str]:
        """Return a line for each row, a merged cell in each row it spans; rows of one cell only lay out the page."""
        lines: list[str] = []
        spanning: dict[int, str] = {}
        for row in _iterate_parts(table, "tr"):
            if is_on(row, "trPr/del"):
                continue
            cells = list(_iterate_parts(row, "tc"))
            if len(cells) == 1 and not spanning and not _is_merged(cells[0]):
                lines += self.read_blocks(cells[0])
                continue
            texts, spanning = self._read_row(row, cells, spanning)
            lines.append(CELL_BREAK.join(texts))
        return lines

    def _read_row(self, row: Element, cells: list[Element], above: dict[int, str]) -> tuple[list[str], dict[int, str]]:
        """Return the texts of a row's cells, and by grid column those that may span into the next row."""
        texts: list[str] = []
        spanning: dict[int, str] = {}
        column = get_number(row, "trPr/gridBefore") or 0
        for cell in cells:
            merge = cell.find("tcPr/vMerge")
            continues = merge is not None and (get_attribute(merge, "val") or "continue") == "continue"
            if _is_gone(cell):
                continue
            text = above.get(column, "") if continues else self._join_lines(cell)
            self._reader.add_length(len(text) if continues else 0)
            texts.append(text)
            if merge is not None:
                spanning[column] = text
            column += max(1, get_number(cell, "tcPr/gridSpan") or 1)
        return texts, spanning

    def _join_lines(self, cell: Element) -> str:
        return join_lines(line for text in self.read_blocks(cell) for line in text.split("\n"))


def _wrap(alternatives: Element) -> Element:
    """Return the chosen form of an ``AlternateContent`` as a container."""
    wrapper = Element("chosen")
    wrapper.extend(choose_alternative(alternatives))
    return wrapper


def _continues(paragraph: Element) -> bool:
    """Tell whether the next paragraph goes on in the same line: the paragraph mark is deleted or hidden."""
    mark = paragraph.find("pPr/rPr")
    if mark is None:
        return False
    return mark.find("del") is not None or mark.find("moveFrom") is not None or bool(is_on(mark, "vanish"))


def _iterate_parts(container: Element, tag: str) -> list[Element]:
    """Return the rows of a table or the cells of a row, also those inside content controls and the like."""
    found: list[Element] = []
    for child in container:
        if child.tag == tag:
            found.append(child)
        elif child.tag not in LEFT_OUT:
            inner = _wrap(child) if child.tag == "AlternateContent" else child
            found += _iterate_parts(inner, tag)
    return found


def _is_merged(cell: Element) -> bool:
    return cell.find("tcPr/vMerge") is not None


def _is_gone(cell: Element) -> bool:
    """Tell whether a cell is deleted, or only continues the cell on its left."""
    merged = cell.find("tcPr/hMerge")
    continues = merged is not None and get_value(cell, "tcPr/hMerge") in {None, "continue"}
    return cell.find("tcPr/cellDel") is not None or continues


def _is_hex(code: str) -> bool:
    return 0 < len(code) <= 6 and all(character in "0123456789abcdefABCDEF" for character in code)


def join_lines(lines: Iterable[str]) -> str:
    """Join the lines of a cell or a note to one, with a blank only between two Latin words or two bodies."""
    pieces: list[str] = []
    above = ""
    for line in filter(None, lines):
        is_parted = len(join_broken(above[-1:], line[0])) > len(above[-1:]) + 1
        pieces.append(f" {line}" if is_parted or lists_bodies(above, line) else line)
        above = line
    return "".join(pieces)


def describe_unread(unread: Counter[str]) -> tuple[str, ...]:
    """Return one note on everything whose text is not read; none if there is no such thing."""
    if not unread:
        return ()
    listed = sorted(f"{_UNREAD.get(name, name)}: {count}" for name, count in unread.items())
    return (f"the text of these is not read: {', '.join(listed)}.",)
