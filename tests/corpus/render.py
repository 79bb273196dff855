"""Make the documents of ``corpus/`` from ``tests/corpus/sources``: run ``just corpus`` after changing a source.

A source holds a head (key: value), a line ``---``, and the text of the document, one paragraph a line, rows of a table
as ``| a | b |``. The head becomes the row of ``corpus/manifest.csv``. Same sources, same bytes.
"""

import csv
import hashlib
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).resolve().parent / "sources"
MANIFEST_COLUMNS = (
    "id", "file", "title", "doc_number", "issuers", "units", "level", "doc_type",
    "issued_on", "published_on", "effective_on", "repealed_on", "licence", "sha256", "note",
)  # fmt: skip
NOTE = "written for demonstration; no real document"
_FIXED_TIME = (2020, 1, 1, 0, 0, 0)
_TITLE_END = re.compile(r".*(?:通知|意见|批复|办法|方案|措施|细则|决定|表|规定|文件|号)$")


@dataclass(frozen=True)
class SourceText:
    """The head and the lines of one source."""

    head: Mapping[str, str]
    lines: tuple[str, ...]

    @property
    def file(self) -> str:
        return f"documents/{self.head['id']}.{self.head['format']}"


def read_sources() -> list[SourceText]:
    """Return all sources by date and id."""
    sources = [parse_source(path.read_text(encoding="utf-8")) for path in sorted(SOURCES.glob("*.txt"))]
    return sorted(sources, key=lambda source: (source.head["issued_on"], source.head["id"]))


def parse_source(text: str) -> SourceText:
    head, _, body = text.partition("\n---\n")
    pairs = (line.partition(":") for line in head.splitlines())
    return SourceText({key.strip(): value.strip() for key, _, value in pairs}, tuple(body.strip().splitlines()))


def cells_of(line: str) -> list[str]:
    """Return the cells of a table row, or [] for another line."""
    return [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []


def _blocks(lines: tuple[str, ...]) -> Iterator[tuple[bool, list[str]]]:
    for is_table, group in groupby(lines, key=lambda line: line.startswith("|")):
        yield is_table, list(group)


def _count_title_lines(lines: tuple[str, ...]) -> int:
    return next((at for at, line in enumerate(lines) if line.endswith(("：", "。"))), 1)


def render_txt(source: SourceText, index: int) -> bytes:
    """Plain text in the encodings that are met: UTF-8 with and without mark, GB18030, UTF-16."""
    indented = "\r\n".join(f"　　{line}" if "。" in line else line for line in source.lines)
    return indented.encode(("utf-8", "gb18030", "utf-8-sig", "utf-16")[index % 4])


def render_html(source: SourceText, index: int) -> bytes:
    """A page as government sites publish it; every other one with a metadata table, one in three in GB 2312."""
    encoding = "gb18030" if index % 3 == 2 else "utf-8"
    declared = "gb2312" if encoding == "gb18030" else encoding
    box = ('<td class="b12c" id="UCAP-CONTENT">', '<td><div class="TRS_Editor">', '<td><div id="zoom">')[index % 3]
    parts: list[str] = []
    for is_table, lines in _blocks(source.lines):
        if is_table:
            rows = ("".join(f"<td>{html.escape(cell)}</td>" for cell in cells_of(line)) for line in lines)
            parts.append('<table border="1">' + "".join(f"<tr>{row}</tr>" for row in rows) + "</table>")
        else:
            parts += [f'<p style="text-indent:2em">{html.escape(line)}</p>' for line in lines]
    table = _metadata_table(source) if index % 2 == 0 else ""
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="{declared}"><title>{html.escape(source.head["title"])}</title>'
        '<style>p {line-height: 2}</style></head>\n<body><div class="nav"><ul><li><a href="#">首页</a></li><li>'
        f'<a href="#">政务公开</a></li></ul></div>\n{table}\n<table width="724"><tr>{box}\n'
        + "\n".join(parts)
        + ("\n</td>" if index % 3 == 0 else "\n</div></td>")
        + '</tr></table>\n<div class="footer"><a href="#">打印本页</a> <a href="#">关闭窗口</a></div>'
        "<script>var page = 1;</script></body></html>\n"
    )
    return page.encode(encoding)


def _metadata_table(source: SourceText) -> str:
    head = source.head
    published = head["published_on"]
    shown = f"{int(published[:4])}年{published[5:7]}月{published[8:]}日" if published else ""
    rows = (("标　　题：", head["title"]), ("发文字号：", head["doc_number"]),
            ("发文机关：", head["issuers"].replace(";", "、")), ("发布日期：", shown))  # fmt: skip
    cells = "".join(f"<tr><td><b>{label}</b></td><td>{html.escape(value)}</td></tr>" for label, value in rows if value)
    return f'<table class="bd1">{cells}</table>'


def render_docx(source: SourceText, _: int) -> bytes:
    """A Word file with centred titles and real tables."""
    import docx
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    document = docx.Document()
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "FangSong", Pt(16)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "仿宋")
    n_title = _count_title_lines(source.lines)
    done = 0
    for is_table, lines in _blocks(source.lines):
        if is_table:
            rows = [cells_of(line) for line in lines]
            table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
            for row, cells in zip(table.rows, rows, strict=True):
                for cell, text in zip(row.cells, cells, strict=True):
                    cell.text = text
        for line in () if is_table else lines:
            paragraph = document.add_paragraph(line)
            if done < n_title:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            else:
                paragraph.paragraph_format.first_line_indent = Pt(32)
            done += 1
    buffer = io.BytesIO()
    document.save(buffer)
    return _fix_times(buffer.getvalue())


def _fix_times(data: bytes) -> bytes:
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, _FIXED_TIME), old.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()


def render_pdf(source: SourceText, index: int) -> bytes:
    """A4 pages as official documents are typeset: 16 on 28 points, page numbers — 3 —, ruled tables."""
    from reportlab.lib import colors
    from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    shared = {"fontName": "STSong-Light", "wordWrap": "CJK"}
    title = ParagraphStyle("title", fontSize=20, leading=30, alignment=TA_CENTER, **shared)
    body = ParagraphStyle("body", fontSize=16, leading=28, alignment=TA_JUSTIFY, firstLineIndent=32, **shared)
    cell = ParagraphStyle("cell", fontSize=11, leading=16, **shared)
    story: list[object] = []
    n_title = _count_title_lines(source.lines)
    for is_table, lines in _blocks(source.lines):
        if is_table:
            rows = [[Paragraph(html.escape(text), cell) for text in cells_of(line)] for line in lines]
            widths = [40] + [405 / (len(rows[0]) - 1)] * (len(rows[0]) - 1)
            grid = TableStyle([("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")])
            story.append(Table(rows, colWidths=widths, style=grid, repeatRows=0))
            continue
        for line in lines:
            is_title = len(story) < n_title
            story.append(Paragraph(html.escape(line), title if is_title else body))

    def number_page(canvas: object, document: object) -> None:
        canvas.setFont("STSong-Light", 14)  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, 40, f"— {document.page} —")  # type: ignore[attr-defined]

    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=74, rightMargin=74, topMargin=90, bottomMargin=80, invariant=1,
        title=source.head["title"], author=NOTE,
    )  # fmt: skip
    template.build(story, onFirstPage=number_page, onLaterPages=number_page)
    return buffer.getvalue()


RENDERERS: Mapping[str, Callable[[SourceText, int], bytes]] = {
    "txt": render_txt,
    "html": render_html,
    "docx": render_docx,
    "pdf": render_pdf,
}


def main() -> None:
    """Write all documents and the manifest."""
    corpus = ROOT / "corpus"
    (corpus / "documents").mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(RENDERERS, 0)
    rows = []
    for source in read_sources():
        kind = source.head["format"]
        data = RENDERERS[kind](source, counts[kind])
        counts[kind] += 1
        (corpus / source.file).write_bytes(data)
        stated = {name: source.head.get(name, "") for name in MANIFEST_COLUMNS}
        made = {"file": source.file, "licence": "MIT", "sha256": hashlib.sha256(data).hexdigest(), "note": NOTE}
        rows.append({**stated, **made, "units": stated["units"] or "-"})
    with (corpus / "manifest.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, MANIFEST_COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} documents: {counts}")


if __name__ == "__main__":
    main()
