"""A table in fixed-width letters for terminals and text files, and as rows for a CSV file."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from econ.table import Interval, Number, print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from econ.table import Cell, Row, Table

_GAP = "  "
_RULE = "─"

_BRACKETED = re.compile(r"\(([\d.,]+)\)")
"""A text that a spreadsheet reads as a negative number."""

_FORMULA = re.compile(r"\s*[=+\-@].")
_SIGNED = re.compile(r"[+-](\d[\d.,]*|[.,]\d+)(e[+-]?\d+)?%?[*†‡+]*", re.IGNORECASE)
"""A text that begins like a formula, and one that is a number all the same."""


def render_text(table: Table) -> str:
    """Return a table in fixed-width letters; Chinese characters count as two."""
    rows = print_rows(table)
    widths = _find_widths(table, rows)
    rule = _RULE * (sum(widths) + len(_GAP) * (len(widths) - 1))
    n_heads = len(table.spans) + 1
    lines = [table.title] if table.title else []
    lines += [
        rule,
        *(_join_spans(spans, widths) for spans in _list_spans(table)),
        _join_cells(rows[n_heads - 1], widths),
    ]
    start = n_heads
    for block in table.blocks:
        lines += [rule, *(_join_cells(row, widths) for row in rows[start : start + len(block)])]
        start += len(block)
    return "\n".join([*lines, rule, *table.notes, *table.remarks]) + "\n"


def _list_spans(table: Table) -> list[list[tuple[str, int]]]:
    return [[(span.text, span.columns) for span in spans] for spans in table.spans]


def _find_widths(table: Table, rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the widths of the columns: of their cells, and the last of each span wide enough for its text."""
    cells = [table.head, *rows[len(table.spans) + 1 :]]
    widths = [max(_measure_width(row[place]) for row in cells) for place in range(len(table.head))]
    for spans in table.spans:
        place = 1
        for span in spans:
            held = sum(widths[place : place + span.columns]) + len(_GAP) * (span.columns - 1)
            widths[place + span.columns - 1] += max(0, _measure_width(span.text) - held)
            place += span.columns
    return widths


def _join_spans(spans: Sequence[tuple[str, int]], widths: Sequence[int]) -> str:
    shown, place = [" " * widths[0]], 1
    for text, columns in spans:
        width = sum(widths[place : place + columns]) + len(_GAP) * (columns - 1)
        free = width - _measure_width(text)
        left = free if columns == 1 else (free + 1) // 2
        shown.append(" " * left + text + " " * (free - left))
        place += columns
    return _GAP.join(shown).rstrip()


def _join_cells(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (" " * (width - _measure_width(cell)) for cell, width in zip(row, widths, strict=True))
    return _GAP.join([row[0] + first, *(gap + cell for cell, gap in zip(row[1:], others, strict=True))]).rstrip()


def _measure_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def list_rows(table: Table) -> pd.DataFrame:
    """Return the cells of a table as a frame, e.g. for a CSV file; notes are left out.

    Brackets are left out too, as a spreadsheet would read (0.1) as −0.1, and a head (1) as −1; rows that have them and
    no name are called ``Table.below``. Stars stay. A column is named by its heads from the top down. A text that begins
    like a formula (=, +, -, @) and is no number has an apostrophe before it, so that spreadsheets take it for text.
    """
    rows = [_list_row(row, table.below) for block in table.blocks for row in block]
    return pd.DataFrame(rows, columns=_name_columns(table))


def _list_row(row: Row, below: str) -> list[str]:
    belongs = not row[0] and any(map(_is_bracketed, row))
    return [below if belongs else _guard_text(str(row[0])), *map(_strip_brackets, row[1:])]


def _is_bracketed(cell: Cell) -> bool:
    return isinstance(cell, Interval) or (isinstance(cell, Number) and any(cell.brackets))


def _strip_brackets(cell: Cell) -> str:
    if isinstance(cell, Number):
        return cell.bare + cell.stars
    return _guard_text(cell) if isinstance(cell, str) else str(cell)


def _guard_text(text: str) -> str:
    """Return a text that a spreadsheet takes neither for a negative number nor for a formula."""
    bare = _BRACKETED.sub(r"\1", text) if _BRACKETED.fullmatch(text) else text
    return f"'{bare}" if _FORMULA.match(bare) and not _SIGNED.fullmatch(bare) else bare


def _name_columns(table: Table) -> list[str]:
    above = [[span.text for span in spans for _ in range(span.columns)] for spans in table.spans]
    names = (" ".join(filter(None, texts)) for texts in zip(*above, table.head[1:], strict=True))
    return [_guard_text(name) for name in (table.head[0], *names)]


def read_text(path: Path) -> list[list[str]]:
    """Return the words of each row of a table written by :func:`render_text`.

    Blanks alone do not tell where an empty cell was.
    """
    lines = path.read_text(encoding="utf-8").splitlines()
    rules = [place for place, line in enumerate(lines) if line.startswith(_RULE * 2)]
    return [line.split() for line in lines[rules[0] : rules[-1]] if not line.startswith(_RULE * 2)]


def read_csv(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file with its head, every cell as text."""
    frame = pd.read_csv(path, header=None, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    return [[str(cell) for cell in row] for row in frame.to_numpy()]
