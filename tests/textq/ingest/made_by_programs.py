"""PDFs of the invented document, printed by LibreOffice and by Chromium."""

import shutil
import subprocess
from html import escape
from pathlib import Path

from tests.textq.ingest.made_pdfs import ANNEX, MadePdf, call_notes
from tests.textq.ingest.made_text import HEAD, LINES, NOTES, PARAGRAPHS, ROWS, TABLE, Paragraph

_TIMEOUT = 180
"""Seconds; the first start of an office with an empty profile takes long."""

_FODT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document office:version="1.3" office:mimetype="application/vnd.oasis.opendocument.text"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0">
<office:font-face-decls><style:font-face style:name="F" svg:font-family="'Noto Serif CJK SC'"/></office:font-face-decls>
<office:styles>
{styles}
<style:style style:name="cell" style:family="paragraph"><style:text-properties {font} fo:font-size="12pt"
 style:font-size-asian="12pt"/></style:style>
<style:style style:name="Footnote" style:family="paragraph"><style:text-properties {font} fo:font-size="9pt"
 style:font-size-asian="9pt"/></style:style>
<text:notes-configuration text:note-class="footnote" style:num-format="①, ②, ③, ..."/>
</office:styles>
<office:automatic-styles>
<style:page-layout style:name="L"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm"
 fo:margin="25mm"/><style:header-style><style:header-footer-properties fo:min-height="8mm"/></style:header-style>
<style:footer-style><style:header-footer-properties fo:min-height="8mm"/></style:footer-style></style:page-layout>
<style:style style:name="columns" style:family="section"><style:section-properties><style:columns
 fo:column-count="{columns}" fo:column-gap="8mm"/></style:section-properties></style:style>
<style:style style:name="box" style:family="table-cell"><style:table-cell-properties fo:border="0.5pt solid #000000"
 fo:padding="1mm"/></style:style>
{widths}
</office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="L">{furniture}
</style:master-page></office:master-styles>
<office:body><office:text>{body}</office:text></office:body></office:document>"""

_FONT = 'style:font-name="F" style:font-name-asian="F"'

_WIDTHS = (12, 60, 50, 38)
"""Of the columns of the table, in millimetres."""

_CSS = """
@page {{ size: A4; margin: 25mm 28mm; {furniture} }}
body {{ font: {size}pt/1.75 "Noto Serif CJK SC", serif; margin: 0; }}
main {{ column-count: {columns}; column-gap: 8mm; }}
p {{ margin: 0; text-indent: 2em; text-align: justify; }}
p.title, p.number {{ text-align: center; text-indent: 0; }}
p.title {{ font-size: 1.375em; }}
p.flush {{ text-indent: 0; }}
p.right {{ text-align: right; }}
table {{ border-collapse: collapse; font-size: 12pt; }}
td {{ border: .5pt solid; padding: 1mm; }}
"""


def find_program(*names: str) -> str | None:
    """Return the path of the first program that is installed."""
    return next((path for name in names if (path := shutil.which(name))), None)


def print_by_office(
    folder: Path, *, columns: int = 1, furniture: bool = False, table: bool = False, notes: bool = False
) -> MadePdf:
    """Set the document as an OpenDocument text and let LibreOffice print it."""
    source = folder / "document.fodt"
    front, rest = ("".join(_mark_odt(one, notes=notes) for one in part) for part in (PARAGRAPHS[:3], PARAGRAPHS[3:]))
    body = f'{front}<text:section text:name="S" text:style-name="columns">{rest}</text:section>'
    source.write_text(
        _FODT.format(
            styles="".join(_style_odt(role, 10.5 if columns > 1 else 16) for role in _ROLES),
            font=_FONT,
            columns=columns,
            widths="".join(_WIDTH.format(at, width) for at, width in enumerate(_WIDTHS)),
            furniture=_FURNITURE.format(font=_FONT, head=HEAD) if furniture else "",
            body=body + (_mark_table_odt() if table else ""),
        ),
        encoding="utf-8",
    )
    return _expect(_convert(source), table=table, notes=notes)


_ROLES = {
    "title": 'fo:text-align="center"',
    "number": 'fo:text-align="center"',
    "flush": 'fo:text-align="justify"',
    "right": 'fo:text-align="end"',
    "heading": 'fo:text-indent="{indent}pt"',
    "body": 'fo:text-align="justify" fo:text-indent="{indent}pt"',
}
_WIDTH = (
    '<style:style style:name="w{}" style:family="table-column">'
    '<style:table-column-properties style:column-width="{}mm"/></style:style>'
)
_FURNITURE = (
    '<style:header><text:p text:style-name="cell">{head}</text:p></style:header>'
    '<style:footer><text:p text:style-name="number">— <text:page-number/> —</text:p></style:footer>'
)


def _style_odt(role: str, size: float) -> str:
    """Return a style; its punctuation does not hang over the margin, where LibreOffice loses it between columns."""
    points = size * 1.375 if role == "title" else size
    return (
        f'<style:style style:name="{role}" style:family="paragraph"><style:paragraph-properties fo:line-height="150%" '
        f'style:punctuation-wrap="simple" fo:orphans="0" fo:widows="0" {_ROLES[role].format(indent=2 * size)}/>'
        f'<style:text-properties {_FONT} fo:font-size="{points}pt" style:font-size-asian="{points}pt"/></style:style>'
    )


def _mark_odt(paragraph: Paragraph, *, notes: bool) -> str:
    text = escape(paragraph.text, quote=False)
    for words, note in NOTES.items() if notes else ():
        text = text.replace(words, words + _note_odt(note))
    return f'<text:p text:style-name="{paragraph.role}">{text}</text:p>'


def _note_odt(note: str) -> str:
    return (
        f'<text:note text:note-class="footnote"><text:note-citation text:label="{note[0]}">{note[0]}'
        f'</text:note-citation><text:note-body><text:p text:style-name="Footnote">{note[1:]}</text:p>'
        "</text:note-body></text:note>"
    )


def _mark_table_odt() -> str:
    label, title = ANNEX
    columns = "".join(f'<table:table-column table:style-name="w{at}"/>' for at in range(len(_WIDTHS)))
    rows = "".join(f"<table:table-row>{''.join(map(_cell_odt, row))}</table:table-row>" for row in TABLE)
    head = f'<text:p text:style-name="flush">{label}</text:p><text:p text:style-name="number">{title}</text:p>'
    return f"{head}<table:table>{columns}{rows}</table:table>"


def _cell_odt(text: str) -> str:
    return f'<table:table-cell table:style-name="box"><text:p text:style-name="cell">{text}</text:p></table:table-cell>'


def print_word_file(folder: Path, word: Path) -> bytes:
    """Return a Word file as LibreOffice prints it."""
    return _convert(Path(shutil.copy(word, folder)))


def _convert(source: Path) -> bytes:
    """Let LibreOffice print a file, with a profile of its own: two instances never share one."""
    program = find_program("soffice", "libreoffice")
    assert program
    profile = (source.parent / "profile").as_uri()
    command = [program, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "--outdir"]
    subprocess.run([*command, source.parent, source], check=True, capture_output=True, timeout=_TIMEOUT)
    return source.with_suffix(".pdf").read_bytes()


def print_by_chromium(
    folder: Path, *, columns: int = 1, furniture: bool = False, table: bool = False, font: str = ""
) -> MadePdf:
    """Set the document as a web page and let Chromium print it."""
    page, target = folder / "document.html", folder / "document.pdf"
    margins = f'@top-left {{ content: "{HEAD}" }} @bottom-center {{ content: "— " counter(page) " —" }}'
    css = _CSS.format(furniture=margins if furniture else "", size=10.5 if columns > 1 else 16, columns=columns)
    css = css.replace("Noto Serif CJK SC", font or "Noto Serif CJK SC")
    front, rest = ("".join(map(_mark_html, part)) for part in (PARAGRAPHS[:3], PARAGRAPHS[3:]))
    body = f"{front}<main>{rest}</main>{_mark_table_html() if table else ''}"
    page.write_text(f'<!doctype html><meta charset="utf-8"><style>{css}</style>{body}', encoding="utf-8")
    _print_page(page, target)
    return _expect(target.read_bytes(), table=table)


def _print_page(page: Path, target: Path) -> None:
    program = find_program("chromium", "chromium-browser", "google-chrome")
    assert program
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]
    profile = f"--user-data-dir={page.parent / 'browser'}"
    command = [program, *options, profile, f"--print-to-pdf={target}", page.as_uri()]
    subprocess.run(command, check=True, capture_output=True, timeout=_TIMEOUT)


def _mark_html(paragraph: Paragraph) -> str:
    return f'<p class="{paragraph.role}">{escape(paragraph.text)}</p>'


def _mark_table_html() -> str:
    label, title = ANNEX
    rows = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in TABLE)
    return f'<p class="flush">{label}</p><p class="number">{title}</p><table>{rows}</table>'


def _expect(data: bytes, *, table: bool, notes: bool = False) -> MadePdf:
    lines = tuple(map(call_notes, LINES)) if notes else LINES
    return MadePdf(data, (*lines, *ANNEX, *ROWS) if table else lines, tuple(NOTES.values()) if notes else ())
