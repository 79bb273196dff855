"""A table → a file, in the format of the path's ending; what was written is read again and compared."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from econ.errors import SpecError, TableFileError
from econ.table import Table, print_rows, unset_minus
from econ.table_html import read_html, render_html
from econ.table_latex import read_latex, render_latex
from econ.table_markdown import read_markdown, render_markdown
from econ.table_text import list_rows, read_csv, read_text, render_text
from econ.tables import tabulate_estimates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from econ.estimate import Estimate
    from econ.table import Cell
    from econ.table_style import TableStyle

_LAZY: Mapping[str, tuple[str, str, str]] = {
    ".docx": ("econ.table_word", "write_word", "read_word"),
    ".xlsx": ("econ.table_excel", "write_excel", "read_excel"),
}
"""Formats whose libraries load when they are written: module, what writes, what reads."""

_BREAK = re.compile(r"[ \t-\r\x1c-\x1f\x85\u2028\u2029]*[\t-\r\x1c-\x1f\x85\u2028\u2029] *")
"""Ends of lines and tabs, with the blanks beside them."""

_NO_LETTERS = "\ufffe\uffff"


def write_table(
    table: Table | Estimate | Mapping[str, Estimate] | Sequence[Estimate],
    path: str | Path,
    style: str | TableStyle = "cn",
    labels: Mapping[str, str] | None = None,
    *,
    label: str = "",
    run_id: str = "",
    **options: Any,
) -> Table:
    r"""Write estimates side by side, or a table, in the format of the path's ending, and read it again.

    A file that is there is replaced only once the new one was read again; if that fails, it stays as it was. Breaks of
    lines and tabs in the title, the heads and the cells become a blank. In a CSV file, texts that a spreadsheet would
    take for a formula begin with an apostrophe.

    Parameters
    ----------
    table
        Estimates, by the name of their column or without names; or a table as it is.
    path
        Ends in .txt, .md, .tex, .html, .csv, .docx or .xlsx, in small or capital letters. A file that is there is
        replaced.
    style, labels, options
        As in :func:`tabulate_estimates`, for estimates.
    label
        For LaTeX: what ``\ref`` names, such as "tab:main".
    run_id
        For LaTeX: the run that the numbers come from, in a comment.

    Returns
    -------
    Table
        What was written.

    Raises
    ------
    SpecError
        If the ending is not known, options come with a table that is one already, a text holds a control character,
        or as :func:`tabulate_estimates`.
    TableFileError
        If what is read again differs from what was printed.
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    ending = find_format(path)
    built = _clean_table(_build(table, style, labels, options))
    with _replace_when_read(path, ending) as draft:
        _WRITERS[ending](built, draft, label, run_id)
        _compare(_print_as(built, ending), read_table(draft), path)
    return built


def write_workbook(tables: Mapping[str, Table], path: str | Path) -> None:
    """Write tables into one workbook of Excel, a sheet each by its name, and read them again.

    A file that is there is replaced only once the new one was read again, and texts are as in :func:`write_table`.

    Raises
    ------
    SpecError
        If the path does not end in .xlsx, or a text holds a control character.
    TableFileError
        If what is read again differs from what was printed.
    OSError
        If the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise SpecError(f"a workbook is written to a file that ends in .xlsx. Got {path.name!r}.")
    module, write, read = _LAZY[".xlsx"]
    excel = import_module(module)
    cleaned = {name: _clean_table(table) for name, table in tables.items()}
    with _replace_when_read(path, ".xlsx") as draft:
        getattr(excel, write)(cleaned, draft)
        for name, table in cleaned.items():
            _compare(print_rows(table), getattr(excel, read)(draft, name), path)


@contextmanager
def _replace_when_read(path: Path, ending: str) -> Iterator[Path]:
    """Yield a path beside another one; what is written there takes its place, or goes if anything fails."""
    target = Path(os.path.realpath(path))
    if not target.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    draft = target.with_name(f".{secrets.token_hex(8)}{ending}")
    try:
        yield draft
        if target.is_file():
            shutil.copymode(target, draft)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _clean_table(table: Table) -> Table:
    """Return a table with a blank for each break of a line in its title, heads and cells; itself, if it has none.

    Raises
    ------
    SpecError
        If a text holds another control character, or one that is no letter; it names the text.
    """
    cleaned = replace(
        table,
        title=_join_lines(table.title),
        head=tuple(map(_join_lines, table.head)),
        blocks=tuple(tuple(tuple(map(_clean_cell, row)) for row in block) for block in table.blocks),
        spans=tuple(tuple(replace(span, text=_join_lines(span.text)) for span in spans) for spans in table.spans),
    )
    heads = [*cleaned.head, *(span.text for spans in cleaned.spans for span in spans)]
    cells = [cell for block in cleaned.blocks for row in block for cell in row if isinstance(cell, str)]
    _refuse_controls([cleaned.title, *heads, *cells, *(_join_lines(note) for note in (*table.notes, *table.remarks))])
    return table if cleaned == table else cleaned


def _clean_cell(cell: Cell) -> Cell:
    return _join_lines(cell) if isinstance(cell, str) else cell


def _join_lines(text: str) -> str:
    joined = _BREAK.sub(" ", text)
    return joined if joined == text else joined.strip(" ")


def _refuse_controls(texts: Iterable[str]) -> None:
    for text in texts:
        for letter in text:
            if unicodedata.category(letter) in ("Cc", "Cs") or letter in _NO_LETTERS:
                raise SpecError(
                    f"the text {text!r} of a table holds the character U+{ord(letter):04X}, which files of tables "
                    "cannot hold. Take it out of the name, label or note."
                )


def _build(table: Any, style: str | TableStyle, labels: Mapping[str, str] | None, options: Mapping[str, Any]) -> Table:
    if isinstance(table, Table):
        if options or labels or style != "cn":
            raise SpecError("a table has its style and labels already. Pass them to tabulate_estimates instead.")
        return table
    estimates = table if isinstance(table, Mapping | Sequence) else [table]
    return tabulate_estimates(estimates, style=style, labels=labels, **options)


def find_format(path: Path) -> str:
    """Return the ending of a path that a table can be written to, in small letters.

    Raises
    ------
    SpecError
        If no format has this ending.
    """
    ending = path.suffix.lower()
    if ending not in _WRITERS:
        raise SpecError(f"a table is written to a file that ends in {', '.join(_WRITERS)}. Got {path.name!r}.")
    return ending


def read_table(path: str | Path) -> list[list[str]]:
    """Return the rows of a written table as text, cell by cell: heads, then all blocks.

    A head over several columns stands in the first of them. A text file gives the words of each row instead.

    Raises
    ------
    SpecError
        If the ending is not known.
    OSError
        If the file cannot be read.
    """
    path = Path(path)
    return _READERS[find_format(path)](path)


def check_table(table: Table, path: Path) -> None:
    """Read a written table again and compare every cell with what the table prints.

    Raises
    ------
    TableFileError
        If a cell differs; it names the first.
    """
    _compare(_print_as(_clean_table(table), find_format(path)), read_table(path), path)


def _print_as(table: Table, ending: str) -> list[list[str]]:
    return _PRINTED.get(ending, print_rows)(table)


def _compare(wanted: Sequence[Sequence[str]], found: Sequence[Sequence[str]], path: Path) -> None:
    if len(found) != len(wanted):
        raise TableFileError(f"{path}: {len(found)} rows were read where {len(wanted)} were written. Write it again.")
    for place, (row, other) in enumerate(zip(wanted, found, strict=True), 1):
        shown, read = ([unset_minus(" ".join(cell.split())) for cell in cells] for cells in (row, other))
        if shown != read:
            raise TableFileError(f"{path}: row {place} reads {read!r} where {shown!r} was written. Write it again.")


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_csv(table: Table, path: Path) -> None:
    list_rows(table).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")


def _write_lazily(table: Table, path: Path) -> None:
    module, write, _ = _LAZY[find_format(path)]
    getattr(import_module(module), write)(table, path)


def _read_lazily(path: Path) -> list[list[str]]:
    module, _, read = _LAZY[find_format(path)]
    rows: list[list[str]] = getattr(import_module(module), read)(path)
    return rows


def _print_csv(table: Table) -> list[list[str]]:
    frame = list_rows(table)
    return [list(map(str, row)) for row in (frame.columns, *frame.to_numpy())]


def _print_text(table: Table) -> list[list[str]]:
    return [" ".join(row).split() for row in print_rows(table)]


_WRITERS: Mapping[str, Callable[[Table, Path, str, str], None]] = {
    ".txt": lambda table, path, label, run_id: _write_text(render_text(table), path),
    ".md": lambda table, path, label, run_id: _write_text(render_markdown(table), path),
    ".tex": lambda table, path, label, run_id: _write_text(render_latex(table, label, run_id), path),
    ".html": lambda table, path, label, run_id: _write_text(render_html(table), path),
    ".csv": lambda table, path, label, run_id: _write_csv(table, path),
    ".docx": lambda table, path, label, run_id: _write_lazily(table, path),
    ".xlsx": lambda table, path, label, run_id: _write_lazily(table, path),
}
_READERS: Mapping[str, Callable[[Path], list[list[str]]]] = {
    ".txt": read_text,
    ".md": read_markdown,
    ".tex": read_latex,
    ".html": read_html,
    ".csv": read_csv,
    ".docx": _read_lazily,
    ".xlsx": _read_lazily,
}
_PRINTED: Mapping[str, Callable[[Table], list[list[str]]]] = {".csv": _print_csv, ".txt": _print_text}
"""What reading gives where it is less than every printed cell."""
