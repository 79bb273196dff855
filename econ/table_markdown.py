"""A table as a pipe table in Markdown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from econ.table import print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from econ.table import Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#~^$])")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>|#~^$])")
_CELL_END = re.compile(r"(?<!\\)\|")


def render_markdown(table: Table) -> str:
    """Return a pipe table; more rows of heads follow as rows, remarks as a comment."""
    rows = [_join([_escape(cell) for cell in row]) for row in print_rows(table)]
    rule = _join([":--", *[":-:"] * (len(table.head) - 1)])
    title = [f"**{_escape(table.title)}**", ""] if table.title else []
    notes = [line for note in table.notes for line in ("", _escape(note))]
    hidden = [_hide(remark) for remark in table.remarks]
    remarks = ["", "<!--", *hidden, "-->"] if hidden else []
    return "\n".join([*title, rows[0], rule, *rows[1:], *notes, *remarks]) + "\n"


def _join(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split("\n")))


def _hide(remark: str) -> str:
    """Return a remark that cannot end the comment it stands in."""
    return remark.replace("--", "- -")


def read_markdown(path: Path) -> list[list[str]]:
    """Return the rows of the pipe table in a file, as they were printed."""
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    rows = [_CELL_END.split(line)[1:-1] for line in (lines[0], *lines[2:])]
    return [[_ESCAPED.sub(r"\1", cell.strip()) for cell in row] for row in rows]
