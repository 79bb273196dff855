"""Several estimates → one table: as text for a terminal, as LaTeX, as rows for a CSV file."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from econ.errors import SpecError
from econ.spec import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from econ.estimate import Estimate
    from econ.spec import VcovSpec

Lang = Literal["en", "zh"]

_BRACKETED = re.compile(r"\([\d.e+-]+\)$")

STARS = (("***", 0.01), ("**", 0.05), ("*", 0.1))
"""Marks and the p-values below which they stand, the strictest first."""

_WORDS: Mapping[Lang, Mapping[str, str]] = {
    "en": {
        "yes": "Yes",
        "effects": "{} effects",
        "nobs": "Observations",
        "clusters": "Clusters: {}",
        "r2": "R²",
        "r2_within": "Within R²",
        "paren": "Standard errors in parentheses: {}.",
        "stars": "{} p < {}",
        "iid": "classical",
        "hc0": "robust to heteroskedasticity (HC0)",
        "hc1": "robust to heteroskedasticity (HC1)",
        "cluster": "clustered by {}",
        "twoway": "clustered by {} and by {}",
        "dyadic": "dyadic-robust (all pairs that share a member may be correlated)",
        "jackknife": "jackknife that leaves out one unit with all its rows",
        "wild": "clustered by {}; p-values of a wild cluster bootstrap",
        "or": " or ",
    },
    "zh": {
        "yes": "是",
        "effects": "{}固定效应",
        "nobs": "观测值",
        "clusters": "聚类数：{}",
        "r2": "R²",
        "r2_within": "组内R²",
        "paren": "括号内为{}标准误。",
        "stars": "{} p < {}",
        "iid": "普通",
        "hc0": "异方差稳健（HC0）",
        "hc1": "异方差稳健（HC1）",
        "cluster": "聚类到{}的稳健",
        "twoway": "按{}与{}双向聚类的稳健",
        "dyadic": "二元组聚类稳健（共有成员的城市对可相关）",
        "jackknife": "刀切法（逐一剔除一个个体及其全部观测）",
        "wild": "聚类到{}的稳健（p值来自野聚类自助法）",
        "or": "或",
    },
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of text cells: the head, blocks of rows between rules, notes.

    Attributes
    ----------
    title : str
    head : tuple of str
        The first cell stands above the names of the rows.
    blocks : tuple of tuples of rows
        Each row as long as ``head``.
    notes : tuple of str
        Below the table, in whole sentences.
    """

    title: str
    head: tuple[str, ...]
    blocks: tuple[tuple[tuple[str, ...], ...], ...]
    notes: tuple[str, ...] = ()


def tabulate_estimates(
    estimates: Mapping[str, Estimate],
    *,
    title: str = "",
    labels: Mapping[str, str] | None = None,
    lang: Lang = "en",
    stars: Sequence[tuple[str, float]] = STARS,
    digits: int = 4,
) -> Table:
    """Return estimates side by side: a coefficient with its stars above its standard error, then the facts of each fit.

    Parameters
    ----------
    estimates
        By the name of their column.
    labels
        What to print for a term, an effect or a column; others are printed as they are.
    stars
        (mark, p-value) pairs, the strictest first; none prints no marks. The legend is made from them.
    digits
        Decimals of coefficients and standard errors.

    Raises
    ------
    SpecError
        If there is no estimate.
    """
    if not estimates:
        raise SpecError("a table needs at least one estimate. Got none.")
    names = dict(labels or {})
    columns = tuple(estimates.values())
    facts = [*_list_effects(columns, names, lang), *_list_counts(columns, names, lang), *_list_fits(columns, lang)]
    return Table(
        title=title,
        head=("", *estimates),
        blocks=(tuple(_list_terms(columns, names, stars, digits)), tuple(facts)),
        notes=(_describe_errors(columns, names, stars, lang), *_collect_notes(columns)),
    )


def _list_terms(
    estimates: Sequence[Estimate], labels: Mapping[str, str], stars: Sequence[tuple[str, float]], digits: int
) -> list[tuple[str, ...]]:
    params = [estimate.params.set_index("term") for estimate in estimates]
    longest_first = sorted(params, key=len, reverse=True)
    terms = dict.fromkeys(term for table in longest_first for term in table.index if term != INTERCEPT)
    rows = []
    for term in terms:
        cells = [table.loc[term] if term in table.index else None for table in params]
        shown = [
            "" if cell is None else show_number(cell["estimate"], digits) + _mark(cell["p_value"], stars)
            for cell in cells
        ]
        errors = ["" if cell is None else f"({show_number(cell['std_error'], digits)})" for cell in cells]
        rows += [(labels.get(term, term), *shown), ("", *errors)]
    return rows


def show_number(value: float, digits: int = 4) -> str:
    """Return a number with ``digits`` decimals; one that would lose all but its first digit, in powers of ten."""
    return f"{value:.2e}" if 0 < abs(value) < 5 * 10**-digits else f"{value:.{digits}f}"


def _mark(p_value: float, stars: Sequence[tuple[str, float]]) -> str:
    return next((mark for mark, threshold in stars if p_value < threshold), "")


def _list_effects(estimates: Sequence[Estimate], labels: Mapping[str, str], lang: Lang) -> list[tuple[str, ...]]:
    words = _WORDS[lang]
    effects = dict.fromkeys(effect for estimate in estimates for effect in estimate.absorbed)
    return [
        (
            words["effects"].format(labels.get(effect, effect)),
            *(words["yes"] if effect in estimate.absorbed else "" for estimate in estimates),
        )
        for effect in effects
    ]


def _list_counts(estimates: Sequence[Estimate], labels: Mapping[str, str], lang: Lang) -> list[tuple[str, ...]]:
    words = _WORDS[lang]
    kinds = dict.fromkeys(kind for estimate in estimates for kind in estimate.n_clusters)
    clusters = [
        (
            words["clusters"].format(labels.get(f"{kind}s", labels.get(kind, kind))),
            *(f"{estimate.n_clusters[kind]:,}" if kind in estimate.n_clusters else "" for estimate in estimates),
        )
        for kind in kinds
    ]
    return [(words["nobs"], *(f"{estimate.nobs:,}" for estimate in estimates)), *clusters]


def _list_fits(estimates: Sequence[Estimate], lang: Lang) -> list[tuple[str, ...]]:
    words = _WORDS[lang]
    rows = [(words["r2"], *(f"{estimate.r2:.3f}" for estimate in estimates))]
    if any(estimate.absorbed for estimate in estimates):
        rows.append((words["r2_within"], *(f"{estimate.r2_within:.4f}" for estimate in estimates)))
    return rows


def _describe_errors(
    estimates: Sequence[Estimate], labels: Mapping[str, str], stars: Sequence[tuple[str, float]], lang: Lang
) -> str:
    words = _WORDS[lang]
    kinds = dict.fromkeys(describe_vcov(estimate.spec.vcov, labels, lang) for estimate in estimates)
    legend = ", ".join(words["stars"].format(mark, level) for mark, level in reversed(stars))
    return f"{words['paren'].format(words['or'].join(kinds))} {legend}".strip()


def describe_vcov(spec: VcovSpec, labels: Mapping[str, str] | None = None, lang: Lang = "en") -> str:
    """Return in words how standard errors were computed, for the note of a table."""
    names = [(labels or {}).get(column, column) for column in spec.by]
    kind = "hc0" if (spec.kind, spec.ssc) == ("hc1", "none") else spec.kind
    return _WORDS[lang][kind].format(*names)


def _collect_notes(estimates: Sequence[Estimate]) -> list[str]:
    return list(dict.fromkeys(note for estimate in estimates for note in estimate.notes))


def list_rows(table: Table) -> pd.DataFrame:
    """Return the cells of a table as a frame, e.g. for a CSV file; the notes are left out.

    Errors lose their parentheses and stand in a row called se: a spreadsheet would read (0.1) as −0.1.
    """
    rows = [
        ("se" if not row[0] and any(map(_BRACKETED.match, row[1:])) else row[0], *map(_strip_brackets, row[1:]))
        for block in table.blocks
        for row in block
    ]
    return pd.DataFrame(rows, columns=list(table.head))


def _strip_brackets(cell: str) -> str:
    return cell[1:-1] if _BRACKETED.match(cell) else cell


def render_text(table: Table) -> str:
    """Return a table in fixed-width letters; Chinese characters count as two."""
    rows = [table.head, *(row for block in table.blocks for row in block)]
    widths = [max(_measure_width(row[place]) for row in rows) for place in range(len(table.head))]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    lines = [table.title] if table.title else []
    lines += [rule, _join_cells(table.head, widths)]
    for block in table.blocks:
        lines += [rule, *(_join_cells(row, widths) for row in block)]
    return "\n".join([*lines, rule, *table.notes]) + "\n"


def _join_cells(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (" " * (width - _measure_width(cell)) for cell, width in zip(row, widths, strict=True))
    return "  ".join([row[0] + first, *(gap + cell for cell, gap in zip(row[1:], others, strict=True))]).rstrip()


def _measure_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def render_latex(table: Table) -> str:
    r"""Return a ``threeparttable`` with ``booktabs`` rules, to be read with ``\input``; both packages are needed."""
    n_columns = len(table.head) - 1
    body = [_join_latex(table.head), "\\midrule"]
    for place, block in enumerate(table.blocks):
        body += ["\\midrule"] * bool(place) + [_join_latex(row) for row in block]
    caption = [f"\\caption{{{_escape(table.title)}}}"] if table.title else []
    notes = ["\\begin{tablenotes}[flushleft]\\footnotesize", *(f"\\item {_escape(note)}" for note in table.notes)]
    lines = [
        "% needs \\usepackage{booktabs,threeparttable}",
        "\\begin{threeparttable}",
        *caption,
        f"\\begin{{tabular}}{{l*{{{n_columns}}}{{c}}}}",
        "\\toprule",
        *body,
        "\\bottomrule",
        "\\end{tabular}",
        *([*notes, "\\end{tablenotes}"] if table.notes else []),
        "\\end{threeparttable}",
    ]
    return "\n".join(lines) + "\n"


def _join_latex(row: Sequence[str]) -> str:
    return " & ".join(_escape(cell) for cell in row) + " \\\\"


_MINUS = re.compile(r"(?<![\w.)])-(?=\d)")
_LATEX = {
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
    "<": "$<$",
    ">": "$>$",
    "×": "$\\times$",
    "²": "$^2$",
    "−": "$-$",
    "≤": "$\\leq$",
    "≥": "$\\geq$",
}


def _escape(text: str) -> str:
    escaped = "".join(_LATEX.get(letter, letter) for letter in text)
    return _MINUS.sub("$-$", escaped)
