"""A table as a page of its own: semantic, with three rules, for the screen and for paper."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from econ.table import Number, set_minus, unset_minus
from econ.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from econ.table import Block, Cell, Row, Span, Table

_CSS = """
  @page { size: A4; margin: 20mm; }
  body { margin: 1.5rem auto; max-width: 60rem; padding: 0 1rem; background: #fff; color: #000; line-height: 1.35;
    font-family: "Times New Roman", "Liberation Serif", "Noto Serif", SimSun, "Songti SC", "Noto Serif CJK SC", serif; }
  .wide { overflow-x: auto; }
  .wide:focus-visible { outline: 2px solid #000; outline-offset: 2px; }
  table { border-collapse: collapse; margin: 0 auto; border-bottom: 2px solid; min-width: 60%; }
  caption { padding-bottom: .4rem; }
  th, td { padding: .1rem .6rem; font-weight: normal; text-align: center; vertical-align: top; white-space: nowrap; }
  th[scope=row], thead td:first-child, thead th:first-child { text-align: left; padding-left: .2rem; }
  tbody th[scope=row] { white-space: normal; min-width: 7rem; }
  thead { border-top: 2px solid; border-bottom: 1px solid; }
  tbody + tbody tr:first-child > * { padding-top: .5rem; }
  .rules tbody + tbody { border-top: 1px solid; }
  thead .over { border-bottom: 1px solid #777; }
  .plain thead .over { border-bottom: 0; }
  tr > :last-child { padding-right: 1.3rem; }
  td { font-variant-numeric: lining-nums tabular-nums; }
  sup { line-height: 0; font-size: .75em; position: absolute; margin-top: .45em; }
  .notes, .remarks { margin: .5rem auto; font-size: .875rem; }
  .notes p, .remarks p { margin: .15rem 0; }
  @media (max-width: 40rem) { th, td { padding: .1rem .35rem; } body { padding: 0 .25rem; font-size: .875rem; } }
  @media print { body { margin: 0; max-width: none; font-size: 10.5pt; } .notes { font-size: 9pt; }
    .remarks { display: none; } .wide { overflow: visible; } tr { break-inside: avoid; } }
"""


def render_html(table: Table) -> str:
    """Return a page that needs no other file; stars stand raised and minus signs are true ones."""
    head = "".join(_render_head(table))
    bodies = "".join(_render_block(block) for block in table.blocks)
    caption = f"<caption>{_escape(table.title)}</caption>\n" if table.title else ""
    notes = "".join(f"<p>{_escape(note)}</p>\n" for note in table.notes)
    lang = {"zh": "zh-CN", "en": "en"}[table.lang]
    name = _escape(table.title or say("table", table.lang))
    lines = [
        "<!DOCTYPE html>",
        f'<html lang="{lang}">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{name}</title>",
        f"<style>{_CSS}</style>",
        "</head>",
        "<body>",
        f'<div class="wide" role="region" tabindex="0" aria-label="{name}">',
        f'<table class="{"rules" if table.block_rules else "plain"}">',
        f"{caption}<thead>\n{head}</thead>",
        f"{bodies}</table>",
        "</div>",
        *([f'<div class="notes">\n{notes}</div>'] if notes else []),
        *_render_remarks(table),
        "</body>",
        "</html>",
    ]
    return "\n".join(lines) + "\n"


def _render_head(table: Table) -> Iterator[str]:
    for spans in table.spans:
        yield f"<tr><td></td>{''.join(map(_render_span, spans))}</tr>\n"
    first, *others = table.head
    stub = f'<th scope="col">{_escape(first)}</th>' if first else "<td></td>"
    yield f"<tr>{stub}{''.join(_render_name(name) for name in others)}</tr>\n"


def _render_span(span: Span) -> str:
    if not span.text:
        return f'<td colspan="{span.columns}"></td>'
    if span.columns == 1:
        return f'<th scope="col">{_escape(span.text)}</th>'
    return f'<th scope="colgroup" colspan="{span.columns}" class="over">{_escape(span.text)}</th>'


def _render_name(name: str) -> str:
    return f'<th scope="col">{_escape(name)}</th>' if name else "<td></td>"


def _render_block(block: Block) -> str:
    rows = "".join(f"<tr>{_render_first(row)}{''.join(map(_render_cell, row[1:]))}</tr>\n" for row in block)
    return f"<tbody>\n{rows}</tbody>\n"


def _render_first(row: Row) -> str:
    """Return the name of a row; a row without one belongs to the row above."""
    return f'<th scope="row">{_escape(str(row[0]))}</th>' if row[0] else "<td></td>"


def _render_cell(cell: Cell) -> str:
    if isinstance(cell, Number) and cell.stars:
        number = set_minus(f"{cell.brackets[0]}{cell.bare}{cell.brackets[1]}")
        return f"<td>{escape(number)}<sup>{escape(cell.stars)}</sup></td>"
    return f"<td>{_escape(str(cell))}</td>"


def _render_remarks(table: Table) -> Iterator[str]:
    """Yield what the author should know, folded up and left off paper."""
    if table.remarks:
        remarks = "".join(f"<p>{_escape(remark)}</p>\n" for remark in table.remarks)
        summary = _escape(say("remarks", table.lang))
        yield f'<details class="remarks"><summary>{summary}</summary>\n{remarks}</details>'


def _escape(text: str) -> str:
    return escape(set_minus(text))


def read_html(path: Path) -> list[list[str]]:
    """Return the rows of the table in a page, as they were printed but for the minus sign, which is a hyphen."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return [[unset_minus(cell) for cell in row] for row in reader.rows]


class _Reader(HTMLParser):
    """Collects the cells of each row; one that spans columns stands in its first."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False
        self.gaps = 0

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.inside = True
            self.gaps = int(dict(attrs).get("colspan") or 1) - 1
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False
            self.rows[-1] += [""] * self.gaps
