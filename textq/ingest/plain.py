"""Plain text and Markdown → Extract."""

import re

from textq.errors import ReadError
from textq.ingest.decode import decode_text
from textq.ingest.extract import Extract
from textq.ingest.normalize import normalize_text
from textq.ingest.wrapped import heal_wrapped
from textq.records import CELL_BREAK

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
_HEADING = re.compile(r"^#{1,6}[ \t]+")
_RULE = re.compile(r"^[ \t]*(?:[-*_][ \t]*){3,}$", re.MULTILINE)
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)((?:(?!\1).)+)(?<=\S)\1")
_LINK = re.compile(r"""(!?)\[([^\[\]\n]*)\]\((?:[^()\s]|\([^()\s]*\))*(?:[ \t]+"[^"\n]{0,200}")?\)""")
_QUOTE = re.compile(r"^>[ \t]?", re.MULTILINE)
_TABLE_RULE = re.compile(r"^[ \t]*(?:\|[ \t]*)?:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*(?:\|[ \t]*)?$", re.MULTILINE)
_TABLE_ROW = re.compile(r"^[ \t\u3000]*\|(.+)\|[ \t]*$", re.MULTILINE)

_TAB_TABLE = re.compile(r"(?:^[^\t\n]+(?:\t+[^\t\n]+)+(?:\n|\Z)){2,}", re.MULTILINE)
"""Two or more lines in a row whose cells are set apart by tabs."""


def read_plain(data: bytes) -> Extract:
    """Read a text file in UTF-8, UTF-16, GB18030 or Big5.

    Lines broken at a fixed width are joined to paragraphs; rows ``| a | b |``, and two and more rows with tabs between
    their cells, become one line each.
    """
    return Extract(_require_text(heal_wrapped(_join_cells(_unify_newlines(decode_text(data))))))


def read_markdown(data: bytes) -> Extract:
    """Read Markdown: headings, comments, emphasis, links and quote marks lose their signs, table rows become lines."""
    text = _drop_comments(_unify_newlines(decode_text(data)))
    for pattern in (_FRONT_MATTER, _TABLE_RULE, _RULE, _QUOTE):
        text = pattern.sub("", text)
    text = "\n".join(map(_strip_heading, text.split("\n")))
    text = _LINK.sub(lambda link: "" if link[1] else link[2], text)
    return Extract(_require_text(_join_cells(_EMPHASIS.sub(r"\2", text))))


def _drop_comments(text: str) -> str:
    """Return the text without ``<!-- … -->``; one that is never closed is text."""
    kept, at = [], 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + 3
    return "".join(kept) + text[at:]


def _strip_heading(line: str) -> str:
    """Return a line without the signs of a heading, those behind it included; any other line as it is."""
    mark = _HEADING.match(line)
    if mark is None:
        return line
    title = line[mark.end() :].rstrip(" \t")
    shorter = title.rstrip("#")
    return shorter if shorter.endswith((" ", "\t")) else title


def _unify_newlines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _join_cells(text: str) -> str:
    text = _TABLE_ROW.sub(lambda row: CELL_BREAK.join(cell.strip() for cell in row[1].split("|")), text)
    return _TAB_TABLE.sub(lambda rows: "\n".join(map(_join_tabbed, rows[0].split("\n"))), text)


def _join_tabbed(row: str) -> str:
    return CELL_BREAK.join(cell.strip(" \u3000") for cell in re.split(r"\t+", row))


def _require_text(text: str) -> str:
    normal = normalize_text(text)
    if not normal:
        raise ReadError("the file holds no text.")
    return normal
