"""Tables of codings that were made elsewhere → quotes with their document, code and coder."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from textq.errors import ReviewError
from textq.review.workbook_read import Grid

COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "document": (
        "document", "document name", "document title", "documents", "doc", "doc_id", "file", "file name",
        "filename", "files", "source", "source name", "sources", "internals", "title", "primary document",
        "case name", "文件", "文件名", "文件名称", "文档", "文档名", "文档名称", "政策", "政策名称", "政策文件",
        "政策文本", "来源", "材料来源", "资料来源", "标题", "文号", "发文字号", "主文档", "文本名称",
    ),
    "quote": (
        "quote", "quotation", "quotation content", "quotation text", "content", "text", "text content",
        "coded text", "coded", "coded segment", "coded segments", "segment", "segments", "reference", "references",
        "reference text", "excerpt", "passage", "clause", "seltext", "selected text", "引文", "引语", "引文内容",
        "引用", "引用内容", "原文", "文本", "内容", "文本内容", "编码文本", "编码片段", "编码段", "已编码片段",
        "片段", "参考点", "条款", "条款内容", "政策条款", "原文语句", "原始语句", "节点内容", "语句",
    ),
    "code": (
        "code", "codes", "code name", "codename", "code names", "node", "nodes", "node name", "hierarchical name",
        "label", "tag", "category", "theme", "instrument", "class", "parent code", "编码", "代码", "编码名称",
        "代码名称", "节点", "节点名称", "类别", "工具", "政策工具", "工具类型", "政策工具类型", "工具类别", "标签",
        "范畴", "一级编码", "主范畴",
    ),
    "subtype": (
        "subtype", "sub-tool", "subtool", "subcode", "sub-code", "子类", "子工具", "子节点", "二级编码", "工具名称",
        "具体工具", "工具子类", "副范畴",
    ),
    "coder": (
        "coder", "coder_id", "coder name", "owner", "user", "author", "created by", "coded by", "coded by initials",
        "initials", "编码员", "编码者", "编码人", "作者", "创建者", "创建人", "用户",
    ),
    "memo": (
        "memo", "comment", "comments", "note", "notes", "coded_memo", "coded memo", "备注", "评论", "注释",
        "备忘录", "说明",
    ),
}  # fmt: skip
"""What columns are called by NVivo, MAXQDA, ATLAS.ti, QualCoder, Taguette and in tables of one's own; the first name of
a list that a table has counts."""

NEEDED = ("document", "quote", "code")
COLUMNS = tuple(COLUMN_NAMES)

_BLANKS = re.compile(r"[\s_]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """A row of such a table: its line, and its cells; what the table has no column for is empty."""

    line: int
    document: str
    quote: str
    code: str
    subtype: str = ""
    coder: str = ""
    memo: str = ""


@dataclass(frozen=True, slots=True)
class QuoteTable:
    """The quotes of a table, and which of its columns they were read from."""

    quotes: tuple[Quote, ...]
    columns: Mapping[str, str]


def read_quotes(grid: Grid, name: str, columns: Mapping[str, str] | None = None) -> QuoteTable:
    """Return the quotes of a table whose first row names its columns.

    Rows without a quote are passed over. An empty cell for the document stands for the one above it where the table
    leaves out repetitions, as reports do.

    Parameters
    ----------
    grid
        The cells.
    name
        Of the file, for messages.
    columns
        What → name of the column, where it is not recognised: ``{"quote": "原文"}``.

    Raises
    ------
    ReviewError
        If a column that is needed is absent, or one is named that is not there.
    """
    if not grid:
        raise ReviewError(f"{name} is empty. Give a table with the columns {', '.join(NEEDED)}.")
    head = grid[0][1]
    places = _find_columns(head, name, columns or {})
    quotes: list[Quote] = []
    document = ""
    for line, row in grid[1:]:
        cells = {what: row[place].strip() if place < len(row) else "" for what, place in places.items()}
        document = cells.get("document") or document
        if cells["quote"]:
            quotes.append(Quote(line, **(cells | {"document": document})))
    return QuoteTable(tuple(quotes), {what: head[place].strip() for what, place in places.items()})


def _find_columns(head: Sequence[str], name: str, stated: Mapping[str, str]) -> dict[str, int]:
    names = [_squeeze(cell) for cell in head]
    places: dict[str, int] = {}
    for what, column in stated.items():
        if what not in COLUMNS:
            raise ReviewError(f"there is no column {what!r} to name. Name one of {', '.join(COLUMNS)}.")
        if _squeeze(column) not in names:
            raise ReviewError(f"{name} has no column {column!r} for {what}. It has {_list(head)}.")
        places[what] = names.index(_squeeze(column))
    for what, known in COLUMN_NAMES.items():
        found = [names.index(_squeeze(one)) for one in known if _squeeze(one) in names]
        free = [place for place in found if place not in places.values()]
        if what not in places and free:
            places[what] = free[0]
    missing = [what for what in NEEDED if what not in places and what != "document"]
    if missing:
        raise ReviewError(
            f"{name}: no column is recognised as {' or '.join(missing)}. It has {_list(head)}. Name them: --columns "
            "document=…,quote=…,code=…"
        )
    return places


def _squeeze(text: str) -> str:
    return _BLANKS.sub(" ", unicodedata.normalize("NFKC", text)).strip(" *:：").casefold()


def _list(head: Sequence[str]) -> str:
    return ", ".join(repr(cell) for cell in head if cell.strip())[:300] or "none"
