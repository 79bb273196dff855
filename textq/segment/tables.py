"""Rows of tables: which are column heads, totals or titles of a group, and whom a row makes responsible."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from textq.records import CELL_BREAK
from textq.segment.responsible import RESPONSIBLE_HEAD, split_bodies

RowKind = Literal["head", "group", "row", "total"]

_LONGEST_HEAD = 30
_HEAD_WORD = re.compile(
    "序 ?号|编号|项目|任务|措施|内容|事项|指标|名称|单位|部门|时限|时间|备注|说明"
    "|类别|类型|目标|分工|进度|领域|地区|主体|年"
)
_TOTAL = re.compile(r"(?:合|总|小|共) ?计.{0,8}|总 ?数")
_NUMBER = re.compile(r"[0-9０-９.,，%％]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: what it is, the column heads and the group's title above it ("" if none), whom it makes responsible."""

    kind: RowKind
    head: str
    responsible: tuple[str, ...] = ()
    group: str = ""


def read_rows(texts: Sequence[str], head: str = "") -> list[Row]:
    """Read the rows of one table, each a line with its cells set apart by :data:`~textq.records.CELL_BREAK`.

    The first row is the column heads if its cells are short and hold no figures, or figures only beside a word that
    heads columns (2019年目标); a second one, if it repeats a head that spans both. A responsible body's cell that is
    empty below a filled one belongs to the cell above, which spans its row. ``head`` is that of the table that this
    one goes on with.
    """
    rows: list[Row] = []
    group = ""
    carried: dict[int, str] = {}
    for at, text in enumerate(texts):
        cells = [cell.strip() for cell in text.split(CELL_BREAK)]
        kind = _find_kind(cells, rows, texts, at)
        if kind == "head":
            head = text if at == 0 else head
            rows.append(Row("head", ""))
            continue
        responsible = _read_responsible(cells, head, carried) if kind == "row" else ()
        rows.append(Row(kind, head, responsible, "" if kind == "group" else group))
        group = next(filter(None, cells)) if kind == "group" else group
    return rows


def _find_kind(cells: Sequence[str], rows: Sequence[Row], texts: Sequence[str], at: int) -> RowKind:
    filled = [cell for cell in cells if cell]
    if at < len(texts) - 1 and (_is_head(cells) if at == 0 else _is_second_head(cells, rows, texts, at)):
        return "head"
    if any(_TOTAL.fullmatch(cell) for cell in filled[:2]):
        return "total"
    return "group" if len(cells) > 2 and len(set(filled)) == 1 and _is_name(filled[0]) else "row"


def _is_head(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    if any("。" in cell or "；" in cell or len(cell) > _LONGEST_HEAD or _NUMBER.fullmatch(cell) for cell in filled):
        return False
    has_figures = re.search("[0-9]", "".join(filled)) is not None
    return len(filled) > 1 and (not has_figures or sum(_HEAD_WORD.search(cell) is not None for cell in filled) > 1)


def _is_second_head(cells: Sequence[str], rows: Sequence[Row], texts: Sequence[str], at: int) -> bool:
    above = texts[0].split(CELL_BREAK)
    repeated = any(cell and cell == head for cell, head in zip(cells, above, strict=False))
    return at == 1 and rows[0].kind == "head" and repeated and _is_head(cells) and len(cells) == len(above)


def _is_name(cell: str) -> bool:
    return len(cell) <= _LONGEST_HEAD and not _NUMBER.fullmatch(cell) and not re.search("[。；，]", cell)


def _read_responsible(cells: Sequence[str], head: str, carried: dict[int, str]) -> tuple[str, ...]:
    """Return the bodies in the columns whose head says so, in the order of the columns."""
    bodies: dict[str, None] = {}
    heads = head.split(CELL_BREAK)
    for column, name in enumerate(heads):
        if not RESPONSIBLE_HEAD.fullmatch(name.replace(" ", "")) or len(cells) != len(heads):
            continue
        carried[column] = cells[column] or carried.get(column, "")
        bodies |= dict.fromkeys(split_bodies(carried[column]))
    return tuple(bodies)
