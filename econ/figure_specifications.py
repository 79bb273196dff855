"""A specification curve: estimates in order of size with their intervals, and below each what was chosen for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from econ.errors import FigureError
from econ.estimate import LEVEL
from econ.figure_library import load_matplotlib
from econ.figure_page import GREY, INK, PALE, Page, open_page
from econ.figure_words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from econ.figure_library import Artist, Axes, Figure
    from econ.figure_page import Size
    from econ.table import Lang

NUMBERS = ("estimate", "conf_low", "conf_high")
_NAMES = 0.3
_ORANGE = "#d55e00"


def plot_specifications(
    estimates: pd.DataFrame,
    choices: Sequence[str],
    *,
    chosen: str | None = None,
    labels: Mapping[str, str] | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw a specification curve (Simonsohn, Simmons and Nelson 2020, Nature Human Behaviour 4).

    Parameters
    ----------
    estimates
        One row a specification: estimate, conf_low, conf_high (95 %), and a column for each of ``choices``.
    choices
        The columns that tell specifications apart, from the top of the matrix.
    chosen
        A column of booleans: the headline, drawn as a diamond; at most one.
    labels
        What to print for a column of ``choices``, or a value in it.
    title, notes, size, lang
        As in :func:`econ.plot_coefficients`.

    Raises
    ------
    FigureError
        If a column is missing, a value is missing or not finite, or the figure could not be read.
    """
    names = dict(labels or {})
    table = sort_specifications(estimates, choices, chosen)
    values = {column: list(dict.fromkeys(estimates[column].map(str))) for column in choices}
    texts = [names.get(name, name) for column in choices for name in [column, *values[column]]]
    apart = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    positive = int((table["estimate"] > 0).sum())
    counts = {"n": len(table), "positive": positive, "significant": int(apart.sum())}
    below = [*notes, say("specification_note", lang, **counts)]
    with open_page(size=size, lang=lang, height=4.0, texts=texts, title=title, notes=below) as page:
        _draw(page, table, values, apart.to_numpy(), chosen, names)
    return page.figure


def sort_specifications(estimates: pd.DataFrame, choices: Sequence[str], chosen: str | None = None) -> pd.DataFrame:
    """Return what the figure shows: the specifications by the size of their estimate, with their rank from 1.

    Raises
    ------
    FigureError
        As :func:`plot_specifications` does.
    """
    wanted = [*NUMBERS, *choices, *([chosen] if chosen else [])]
    lacking = [name for name in wanted if name not in estimates.columns]
    if lacking or not choices:
        raise FigureError(
            f"a specification curve needs the columns {', '.join(wanted)} and at least one choice. Missing: "
            f"{', '.join(lacking) or 'choices'}."
        )
    numbers = estimates[list(NUMBERS)].to_numpy(dtype=float, na_value=np.nan)
    if not len(estimates) or not np.isfinite(numbers).all():
        n_bad = int((~np.isfinite(numbers)).any(axis=1).sum())
        raise FigureError(
            f"{n_bad} of {len(estimates)} specifications lack a finite estimate or interval. Leave them out."
        )
    if chosen and int(estimates[chosen].astype(bool).sum()) > 1:
        raise FigureError(f"the column {chosen!r} marks more than one specification. Mark one, or none.")
    table = estimates.sort_values(list(NUMBERS), kind="stable", ignore_index=True)
    table.insert(0, "rank", np.arange(1, len(table) + 1))
    return table


def _draw(
    page: Page, table: pd.DataFrame, values: Mapping[str, list[str]], apart: np.ndarray, chosen: str | None,
    labels: Mapping[str, str],
) -> None:  # fmt: skip
    rows, lines = _list_rows(page, values, labels)
    page.height = (sum(lines) + 4.5) * page.row + 2.5
    below = sum(lines) * page.row
    above = max(1.2, page.sheet.tallest - below - 6.5 * page.row) if page.sheet.is_fixed else 2.2
    upper, lower = page.figure.subplots(
        2, 1, sharex=True, gridspec_kw={"height_ratios": [above, below], "hspace": 0.03}
    )
    is_chosen = table[chosen].to_numpy(dtype=bool) if chosen else np.zeros(len(table), dtype=bool)
    _draw_curve(page, upper, table, apart, is_chosen, 0.9 * above)
    _draw_choices(page, lower, table, rows, lines, is_chosen)


def _list_rows(
    page: Page, values: Mapping[str, list[str]], labels: Mapping[str, str]
) -> tuple[list[tuple[str, str | None, str]], list[float]]:
    """Return the rows of the matrix as (column, value or None for its heading, text), and how many lines each takes."""
    rows: list[tuple[str, str | None, str]] = []
    for column, found in values.items():
        rows.append((column, None, page.wrap(labels.get(column, column), _NAMES * page.sheet.width)))
        rows += [(column, value, page.wrap(labels.get(value, value), _NAMES * page.sheet.width)) for value in found]
    return rows, [text.count("\n") + 1.15 for _, _, text in rows]


def _draw_curve(
    page: Page, axes: Axes, table: pd.DataFrame, apart: np.ndarray, is_chosen: np.ndarray, height: float
) -> None:
    """Draw estimates and intervals, on an axis of so many inches."""
    ranks, values = table["rank"].to_numpy(dtype=float), table["estimate"].to_numpy(dtype=float)
    width = page.line * min(2.0, max(0.6, 80 / len(table)))
    axes.axhline(0, color=GREY, linewidth=0.8 * page.line, zorder=0)
    line = load_matplotlib("lines").Line2D
    handles: list[Artist] = []
    names = []
    for flags, colour, face, word in (
        (apart & ~is_chosen, INK, INK, "specification_significant"),
        (~apart & ~is_chosen, GREY, "white", "specification_other"),
    ):
        axes.vlines(ranks[flags], table["conf_low"][flags], table["conf_high"][flags], color=colour, linewidth=width)
        style: dict[str, Any] = {
            "color": colour,
            "markerfacecolor": face,
            "markersize": min(5.0, 2 + 40 / len(table)) * page.line,
        }
        axes.plot(ranks[flags], values[flags], "o", **style)
        if flags.any():
            handles.append(line([], [], marker="o", linewidth=width, **{**style, "markersize": 5 * page.line}))
            names.append(say(word, page.lang))
    if is_chosen.any():
        style = {"color": _ORANGE, "markersize": 7 * page.line}
        low, high = table["conf_low"][is_chosen], table["conf_high"][is_chosen]
        axes.vlines(ranks[is_chosen], low, high, color=_ORANGE, linewidth=max(width, 1.6 * page.line))
        axes.plot(ranks[is_chosen], values[is_chosen], "D", **style)
        handles.append(line([], [], marker="D", linewidth=1.6 * page.line, **style))
        names.append(say("specification_chosen", page.lang))
    axes.set_xlim(0.3, len(table) + 0.7)
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.margins(y=0.06)
    page.mark_numbers(axes, "y")
    level = f"{100 * LEVEL:g}"
    axes.set_ylabel(page.wrap(say("specification_axis", page.lang, level=level), height, page.points))
    page.add_legend(handles, names)


def _draw_choices(
    page: Page, axes: Axes, table: pd.DataFrame, rows: Sequence[tuple[str, str | None, str]], lines: Sequence[float],
    is_chosen: np.ndarray,
) -> None:  # fmt: skip
    ranks = table["rank"].to_numpy(dtype=float)
    size = min(4.2, 1.5 + 40 / len(table)) * page.line
    top, centres = 0.0, []
    for (column, value, _), height in zip(rows, lines, strict=True):
        centre = top + height / 2
        top += height
        centres.append(centre)
        if value is None:
            continue
        flags = (table[column].map(str) == value).to_numpy()
        axes.plot(ranks[~flags], np.full((~flags).sum(), centre), "o", color=PALE, markersize=0.6 * size)
        for marked, colour in ((flags & ~is_chosen, INK), (flags & is_chosen, _ORANGE)):
            axes.plot(ranks[marked], np.full(marked.sum(), centre), "o", color=colour, markersize=size)
    axes.set_ylim(top, 0)
    axes.set_yticks(centres, [text for _, _, text in rows])
    for (_, value, _), label in zip(rows, axes.get_yticklabels(), strict=True):
        label.set_color(INK if value is not None else "#595959")
        label.set_fontstyle("normal")
        if value is None:
            label.set_fontsize(page.small * 0.94)
    axes.tick_params(axis="y", length=0)
    axes.set_xticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_visible(False)
    axes.set_xlabel(say("specification_rank", page.lang))
