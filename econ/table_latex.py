r"""A table for LaTeX: booktabs and threeparttable, to be read with ``\input``."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from econ.errors import SpecError
from econ.table import Number, print_rows, set_minus, unset_minus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from econ.table import Block, Cell, Row, Span, Table

_LETTERS = {
    "\\": "\\textbackslash{}",
    "&": "\\&",
    "%": "\\%",
    "$": "\\$",
    "#": "\\#",
    "_": "\\_",
    "{": "\\{",
    "}": "\\}",
    "~": "\\textasciitilde{}",
    "^": "\\textasciicircum{}",
    "|": "\\textbar{}",
    "`": "\\textasciigrave{}",
    "<": "$<$",
    ">": "$>$",
    "×": "$\\times$",
    "²": "$^2$",
    "−": "$-$",
    "±": "$\\pm$",
    "·": "$\\cdot$",
    "≤": "$\\leq$",
    "≥": "$\\geq$",
    "≠": "$\\neq$",
    "≈": "$\\approx$",
    "∞": "$\\infty$",
    "→": "$\\rightarrow$",
    "Δ": "$\\Delta$",
    "Σ": "$\\Sigma$",
    "α": "$\\alpha$",
    "β": "$\\beta$",
    "γ": "$\\gamma$",
    "δ": "$\\delta$",
    "ε": "$\\varepsilon$",
    "θ": "$\\theta$",
    "λ": "$\\lambda$",
    "μ": "$\\mu$",
    "ρ": "$\\rho$",
    "σ": "$\\sigma$",
    "τ": "$\\tau$",
    "φ": "$\\varphi$",
    "–": "--",
    "—": "---",
    "…": "\\dots{}",
    "\n": " ",
}
_LABEL = re.compile(r"[A-Za-z0-9:._/+-]+$")

_SIZES = (("", 1.0, 6.0), ("\\small", 0.93, 5.5), ("\\footnotesize", 0.85, 5.0), ("\\scriptsize", 0.78, 4.5))
"""Commands, their type relative to normal, and the space at either side of a column in pt, which stars hang into."""
_TEXT_WIDTH, _LETTER = 335.0, 5.0
"""pt: the width of text on A4 in the class article, less room for stars; and of a letter in normal type."""


def render_latex(table: Table, label: str = "", run_id: str = "") -> str:
    r"""Return a ``threeparttable`` with ``booktabs`` rules, for ``\input`` within a ``table``.

    Comments say what it needs and, if given, the run; remarks are comments too. A table of few rules has space between
    blocks. Wide tables are set smaller.

    Parameters
    ----------
    label
        What ``\ref`` names, such as "tab:main".
    run_id
        The run that the numbers come from.

    Raises
    ------
    SpecError
        If ``label`` holds other than letters, digits and : . _ / + -.
    """
    if label and not _LABEL.match(label):
        raise SpecError(f"a label of LaTeX has letters of ASCII, digits and : . _ / + - only. Got {label!r}.")
    caption = [f"\\caption{{{_escape(table.title)}}}"] if table.title else []
    named = [f"\\label{{{label}}}"] if label else []
    notes = [
        "\\begin{tablenotes}[flushleft]\\footnotesize",
        *(f"\\item {'{}' if note.startswith('[') else ''}{_escape(note)}" for note in table.notes),
        "\\end{tablenotes}",
    ]
    lines = [
        *_list_comments(table, run_id),
        "\\begin{threeparttable}",
        *caption,
        *named,
        *_choose_size(table),
        f"\\begin{{tabular}}{{{_choose_columns(table)}}}",
        "\\toprule",
        *_list_lines(table),
        "\\bottomrule",
        "\\end{tabular}",
        *(notes if table.notes else []),
        "\\end{threeparttable}",
    ]
    return "\n".join(lines) + "\n"


def _list_comments(table: Table, run_id: str) -> Iterator[str]:
    yield "% \\usepackage{booktabs,threeparttable}; \\begin{table}[htbp]\\centering \\input{this file} \\end{table}"
    texts = [table.title, *table.notes, *(cell for row in print_rows(table) for cell in row)]
    if any(unicodedata.east_asian_width(letter) in "WF" for text in texts for letter in text):
        yield "% 中文需 ctex 或 xeCJK，用 xelatex 编译 (Chinese needs ctex or xeCJK, and xelatex)"
    if _find_size(table) is None:
        yield "% wider than a line of the class article on A4: widen the text, or turn the page with pdflscape"
    if run_id:
        yield f"% run: {' '.join(run_id.split())}"
    for remark in table.remarks:
        yield f"% {' '.join(remark.split())}"


def _choose_size(table: Table) -> list[str]:
    """Return the command for the largest type in which the table fits, or the smallest if it fits in none."""
    command, _, space = _find_size(table) or _SIZES[-1]
    return [f"{command}\\setlength{{\\tabcolsep}}{{{space:g}pt}}"] if command else []


def _find_size(table: Table) -> tuple[str, float, float] | None:
    """Return the largest size at which the widest cells of all columns fit on a line; None if none does."""
    rows = print_rows(table)[len(table.spans) :]
    letters = sum(max(_measure_width(row[place]) for row in rows) for place in range(len(table.head)))
    fitting = (
        (command, share, space) for command, share, space in _SIZES
        if letters * share * _LETTER + 2 * space * len(table.head) <= _TEXT_WIDTH
    )  # fmt: skip
    return next(fitting, None)


def _choose_columns(table: Table) -> str:
    """Return the columns of the tabular; stars of the last one have room before the rules end."""
    cells = (cell for block in table.blocks for row in block for cell in row)
    room = "@{\\hspace{1em}}" if any(isinstance(cell, Number) and cell.stars for cell in cells) else ""
    return f"l{'c' * (len(table.head) - 1)}{room}"


def _measure_width(text: str) -> float:
    return sum(2.0 if unicodedata.east_asian_width(letter) in "WF" else 1.0 for letter in text)


def _list_lines(table: Table) -> Iterator[str]:
    for spans in table.spans:
        yield f" & {' & '.join(map(_render_span, spans))} \\\\"
        if table.block_rules:
            yield from _list_short_rules(spans)
    yield _join(table.head)
    yield "\\midrule"
    for place, block in enumerate(table.blocks):
        if place:
            yield "\\midrule" if table.block_rules else "\\addlinespace"
        yield from _list_block(block)


def _list_block(block: Block) -> Iterator[str]:
    for row in block:
        yield _join(row)


def _render_span(span: Span) -> str:
    return _escape(span.text) if span.columns == 1 else f"\\multicolumn{{{span.columns}}}{{c}}{{{_escape(span.text)}}}"


def _list_short_rules(spans: Sequence[Span]) -> Iterator[str]:
    """Yield a line of rules below the heads that span columns."""
    place, rules = 2, []
    for span in spans:
        if span.text and span.columns > 1:
            rules.append(f"\\cmidrule(lr){{{place}-{place + span.columns - 1}}}")
        place += span.columns
    if rules:
        yield "".join(rules)


def _join(row: Row) -> str:
    cells = " & ".join(map(_render_cell, row))
    return f"{'{}' if cells.startswith(('[', '*')) else ''}{cells} \\\\"


def _render_cell(cell: Cell) -> str:
    """Return a cell; stars hang over, so that they do not shift the number."""
    if isinstance(cell, Number) and cell.stars:
        number = _escape(f"{cell.brackets[0]}{cell.bare}{cell.brackets[1]}")
        plain = set(cell.stars) <= set("*+.")
        stars = f"$^{{{cell.stars}}}$" if plain else f"\\textsuperscript{{{_escape(cell.stars)}}}"
        return f"{number}\\rlap{{{stars}}}"
    return _escape(str(cell))


def _escape(text: str) -> str:
    """Return a text of which LaTeX takes no letter for a command, and no two hyphens for a dash."""
    apart = re.sub("-(?=-)", "-\0", set_minus(text))
    return "".join(_LETTERS.get(letter, letter) for letter in apart).replace("\0", "{}")


_BACK = {code: letter for letter, code in _LETTERS.items() if code.strip()}
_COMMAND = re.compile("|".join(re.escape(code) for code in sorted(_BACK, key=len, reverse=True)))
_STARS = re.compile(r"\\rlap\{(?:\$\^\{([*+.]*)\}\$|\\textsuperscript\{(.*?)\})\}$")
_SPAN = re.compile(r"\\multicolumn\{(\d+)\}\{c\}\{(.*)\}")
_CELL_END = re.compile(r"(?<!\\)&")
_RULES = ("\\midrule", "\\cmidrule", "\\addlinespace")


def read_latex(path: Path) -> list[list[str]]:
    """Return the rows of the table in a file, as they were printed but for the minus sign, which is a hyphen."""
    body = path.read_text(encoding="utf-8").partition("\\toprule\n")[2].partition("\\bottomrule")[0]
    lines = [line for line in body.splitlines() if not line.startswith(_RULES)]
    return [_read_row(line.removesuffix(" \\\\")) for line in lines]


def _read_row(line: str) -> list[str]:
    cells: list[str] = []
    for cell in _CELL_END.split(line):
        span = _SPAN.fullmatch(cell.strip())
        cells.append(_read_cell(span[2] if span else cell.strip()))
        cells += [""] * (int(span[1]) - 1 if span else 0)
    return cells


def _read_cell(cell: str) -> str:
    plain = _STARS.sub(lambda stars: stars[1] or stars[2], cell).replace("-{}", "-\0").removeprefix("{}")
    return unset_minus(_COMMAND.sub(lambda code: _BACK[code[0]], plain)).replace("\0", "")
