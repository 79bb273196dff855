"""Shares of classes: one bar of 100 % a city or a document, in order, long lists cut into pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from econ.errors import FigureError, name_first
from econ.figure_intensities import check_fills
from econ.figure_page import FILLS, INK, Page, open_page
from econ.figure_words import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from econ.figure_library import Axes, Figure
    from econ.figure_page import Size
    from econ.table import Lang

KEY = ("name", "class", "count")
_NAMES = {"a4": 0.36, "slide": 0.34}
"""Share of the sheet that names may take."""


def plot_shares(
    counts: pd.DataFrame,
    page: int = 1,
    *,
    classes: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw the shares of classes as bars of 100 %, a row a name, the largest share of the first class on top.

    Parameters
    ----------
    counts
        name, class, count: of the clauses of a city or a document, say. A class that a name lacks counts 0.
    page
        Which page of a long list, from 1; :func:`econ.count_share_pages` says how many there are.
    classes
        Which, from the left; all in the order of their first row if None. At most eight.
    labels
        What to print for a class.
    title, notes, size, lang
        As in :func:`econ.plot_coefficients`.

    Raises
    ------
    FigureError
        If a column is missing, a row is doubled, a count is negative or missing, or there is no such page.
    """
    names = dict(labels or {})
    table = list_shares(counts, classes=classes)
    found = [str(name) for name in dict.fromkeys(table["class"])]
    check_fills(found)
    shown = [*(names.get(name, name) for name in found), *table["name"]]
    with open_page(size=size, lang=lang, height=3.0, texts=shown, title=title, notes=notes) as sheet:
        pages = _cut_pages(sheet, list(dict.fromkeys(table["name"])), size, len(found))
        if not 1 <= page <= len(pages):
            raise FigureError(f"the list has the pages 1 to {len(pages)}. Got page={page}.")
        sheet.notes += [say("shares_note", lang), *_say_page(page, len(pages), lang)]
        _draw(sheet, table, pages[page - 1], found, names)
    return sheet.figure


def count_share_pages(
    counts: pd.DataFrame, *, classes: Sequence[str] | None = None, size: Size = "a4", lang: Lang = "en"
) -> int:
    """Return on how many pages :func:`econ.plot_shares` draws these counts.

    Raises
    ------
    FigureError
        As ``plot_shares`` does.
    """
    table = list_shares(counts, classes=classes)
    names = list(dict.fromkeys(table["name"]))
    with open_page(size=size, lang=lang, height=1.0, texts=names) as sheet:
        return len(_cut_pages(sheet, names, size, table["class"].nunique()))


def list_shares(counts: pd.DataFrame, *, classes: Sequence[str] | None = None) -> pd.DataFrame:
    """Return what the figure shows, in its order, a row a name and class: name, class, count, share (0–1), n.

    Names without a single count are left out.

    Raises
    ------
    FigureError
        As :func:`plot_shares` does.
    """
    lacking = [name for name in KEY if name not in counts.columns]
    if lacking:
        raise FigureError(f"shares need the columns {', '.join(KEY)}. Missing: {', '.join(lacking)}.")
    doubled = counts[counts.duplicated(["name", "class"])]
    if len(doubled):
        raise FigureError(
            f"{len(doubled)} rows are doubled: {name_first(sorted(set(doubled['name'].map(str))))}. Add them up, or "
            "give different things different names."
        )
    values = counts["count"].to_numpy(dtype=float, na_value=np.nan)
    if not (values >= 0).all() or not np.isfinite(values).all():
        raise FigureError("counts must be numbers from 0. Some are missing, negative or infinite.")
    known = [str(name) for name in dict.fromkeys(counts["class"])]
    wanted = known if classes is None else list(classes)
    if not wanted or set(wanted) - set(known):
        raise FigureError(f"the counts have the classes {', '.join(known)}. Got {', '.join(wanted) or 'none'}.")
    plain = pd.DataFrame({"name": counts["name"].map(str), "class": counts["class"].map(str), "count": values})
    wide = plain.pivot(index="name", columns="class", values="count").fillna(0.0)[wanted]
    wide = wide[wide.sum(axis=1) > 0]
    if not len(wide):
        raise FigureError("no name has a single count, so there are no shares.")
    shares = wide.div(wide.sum(axis=1), axis=0)
    order = shares.sort_index().sort_values(wanted, ascending=False, kind="stable").index
    rows = [
        (name, one, wide.at[name, one], shares.at[name, one], wide.loc[name].sum()) for name in order for one in wanted
    ]
    return pd.DataFrame(rows, columns=[*KEY, "share", "n"])


def _say_page(page: int, pages: int, lang: Lang) -> list[str]:
    return [say("page", lang, page=page, pages=pages)] if pages > 1 else []


def _count_lines(sheet: Page, name: str, size: Size) -> float:
    return sheet.wrap(name, _NAMES[size] * sheet.sheet.width).count("\n") + 1.35


def _cut_pages(sheet: Page, names: Sequence[str], size: Size, n_classes: int) -> list[list[str]]:
    """Return the names of each page: as many as have room, spread evenly over the pages."""
    title = 2.2 * sheet.points / 72 if sheet.title else 0.0
    room = sheet.sheet.tallest / sheet.row - title / sheet.row - 6.0 - n_classes * 1.05 - 1.2 * len(sheet.notes)
    lines = [_count_lines(sheet, name, size) for name in names]
    n_pages = max(1, int(np.ceil(sum(lines) / room)))
    while True:
        pages = _fill_pages(names, lines, sum(lines) / n_pages, room)
        if len(pages) <= n_pages:
            return pages
        n_pages += 1


def _fill_pages(names: Sequence[str], lines: Sequence[float], wanted: float, room: float) -> list[list[str]]:
    pages: list[list[str]] = [[]]
    used = 0.0
    for name, height in zip(names, lines, strict=True):
        if pages[-1] and (used + height > room or used >= wanted - 1e-9):
            pages.append([])
            used = 0.0
        pages[-1].append(name)
        used += height
    return pages


def _draw(
    sheet: Page, table: pd.DataFrame, names: Sequence[str], classes: Sequence[str], labels: Mapping[str, str]
) -> None:
    size: Size = "slide" if sheet.sheet.is_fixed else "a4"
    wrapped = [sheet.wrap(name, _NAMES[size] * sheet.sheet.width) for name in names]
    heights = [name.count("\n") + 1.35 for name in wrapped]
    sheet.height = (sum(heights) + 3.2) * sheet.row
    tops = np.cumsum([0.0, *heights[:-1]])
    centres = tops + np.array(heights) / 2
    axes = sheet.figure.subplots()
    handles = _draw_bars(sheet, axes, table, names, classes, centres)
    axes.set_ylim(sum(heights), 0)
    axes.set_yticks(centres, wrapped)
    axes.set_xlim(0, 100)
    axes.set_xticks([0, 25, 50, 75, 100], ["0", "25", "50", "75", "100"])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(say("shares_axis", sheet.lang))
    counts = axes.twinx()
    n_clauses = table.drop_duplicates("name").set_index("name")["n"]
    counts.set_ylim(sum(heights), 0)
    counts.set_yticks(centres, [f"{n_clauses[name]:,.1f}".removesuffix(".0") for name in names])
    counts.tick_params(axis="y", length=0)
    counts.spines["bottom"].set_visible(False)
    counts.spines["left"].set_visible(False)
    sheet.add_legend(handles, [labels.get(name, name) for name in classes])


def _draw_bars(
    sheet: Page, axes: Axes, table: pd.DataFrame, names: Sequence[str], classes: Sequence[str], centres: np.ndarray
) -> list[Any]:
    wide = table.pivot(index="name", columns="class", values="share").loc[list(names), list(classes)]
    left = np.zeros(len(names))
    handles: list[Any] = []
    for name, (colour, hatch) in zip(classes, FILLS, strict=False):
        widths = 100 * wide[name].to_numpy(dtype=float)
        bars = axes.barh(
            centres, widths, left=left, height=0.82, color=colour, hatch=hatch, edgecolor=INK,
            linewidth=0.4 * sheet.line,
        )  # fmt: skip
        handles.append(bars)
        left = left + widths
    return handles
