"""Intensities over time: one column a period, its classes on top of one another, the total above."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

import numpy as np

from econ.errors import FigureError, name_first
from econ.figure_page import FILLS, INK, Page, open_page
from econ.figure_words import say
from econ.spec import check_choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from econ.figure_library import Axes, Figure
    from econ.figure_page import Size
    from econ.table import Lang

How = Literal["mean", "sum"]

MEASURES = ("count", "share", "per_10k", "stock", "power_sum", "power_stock", "count_new")
"""The measures that add up over classes."""

_KEY = ("unit", "period", "instrument")


def plot_intensities(
    scores: pd.DataFrame,
    measure: str = "stock",
    *,
    classes: Sequence[str] | None = None,
    how: How = "mean",
    labels: Mapping[str, str] | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw a measure by period, its classes stacked.

    Parameters
    ----------
    scores
        As in scores.csv: unit, period, instrument and the measure, a row for each covered unit-period and class.
    measure
        count, share, per_10k, stock, power_sum, power_stock or count_new; log_count does not add up.
    classes
        Which, from the bottom; all in the order of their first row if None. At most eight.
    how
        "mean" over the units that are covered in the period, or "sum": it grows with their number.
    labels
        What to print for a class or the measure.
    title, notes, size, lang
        As in :func:`econ.plot_coefficients`.

    Raises
    ------
    FigureError
        If a column or value is missing, a row is doubled, or the measure does not add up.
    """
    names = dict(labels or {})
    table = list_intensities(scores, measure, classes=classes, how=how)
    found = list(dict.fromkeys(table["instrument"]))
    check_fills(found)
    shown = names.get(measure, say(f"measure_{measure}", lang))
    axis = say(f"intensity_{how}", lang, measure=shown)
    n_units = table.groupby("period")["n_units"].first()
    first, last = int(n_units.min()), int(n_units.max())
    units = f"{first:,}" if first == last else f"{first:,}–{last:,}"
    below = [*notes, say("covered", lang, total=say("total", lang), units=units)]
    texts = [*(names.get(name, name) for name in found), shown]
    with open_page(size=size, lang=lang, height=3.5, texts=texts, title=title, notes=below) as page:
        _draw(page, table, found, names, axis)
    return page.figure


def check_fills(classes: Sequence[str]) -> None:
    """Refuse more classes than can be told apart in grey.

    Raises
    ------
    FigureError
        Naming the classes.
    """
    if len(classes) > len(FILLS):
        raise FigureError(
            f"{len(classes)} classes cannot be told apart in one figure; at most {len(FILLS)} can. Add the smaller "
            f"ones up, or choose some of {name_first(classes)}."
        )


def list_intensities(
    scores: pd.DataFrame, measure: str, *, classes: Sequence[str] | None = None, how: How = "mean"
) -> pd.DataFrame:
    """Return what the figure shows, a row a period and class: period, instrument, the measure, n_units (covered).

    Raises
    ------
    FigureError
        As :func:`plot_intensities` does.
    """
    check_choice("plot_intensities", "measure", measure, MEASURES)
    check_choice("plot_intensities", "how", how, get_args(How))
    lacking = [name for name in (*_KEY, measure) if name not in scores.columns]
    if lacking:
        raise FigureError(f"scores need the columns {', '.join((*_KEY, measure))}. Missing: {', '.join(lacking)}.")
    known = [str(name) for name in dict.fromkeys(scores["instrument"])]
    wanted = known if classes is None else list(classes)
    if not wanted or set(wanted) - set(known):
        raise FigureError(f"the scores have the classes {', '.join(known)}. Got {', '.join(wanted) or 'none'}.")
    table = scores[scores["instrument"].isin(wanted)]
    doubled = table[table.duplicated(list(_KEY))]
    if len(doubled):
        row = doubled.iloc[0]
        raise FigureError(
            f"{len(doubled)} rows of the scores are doubled, e.g. {row['unit']} {row['period']} {row['instrument']}."
        )
    missing = table[table[measure].isna()]
    if len(missing):
        cells = sorted({f"{unit} {period}" for unit, period in zip(missing["unit"], missing["period"], strict=True)})
        raise FigureError(
            f"{measure} is missing in {len(cells)} unit-periods: {name_first(cells)}. Leave them out, or choose a "
            "measure that all have."
        )
    if not (table[measure].to_numpy(dtype=float) >= 0).all():
        raise FigureError(f"{measure} is below 0 in some rows, and what is below 0 cannot be stacked.")
    units = scores.groupby("period")["unit"].nunique()
    sums = table.groupby(["period", "instrument"])[measure].sum().astype(float).reset_index()
    sums["n_units"] = sums["period"].map(units).astype("int64")
    if how == "mean":
        sums[measure] = sums[measure] / sums["n_units"]
    order = {name: place for place, name in enumerate(wanted)}
    return sums.sort_values(
        ["period", "instrument"],
        key=lambda column: column.map(order) if column.name == "instrument" else column,
        ignore_index=True,
    )


def _draw(page: Page, table: pd.DataFrame, classes: Sequence[str], labels: Mapping[str, str], axis: str) -> None:
    measure = table.columns[2]
    wide = table.pivot(index="period", columns="instrument", values=measure).fillna(0.0)[list(classes)]
    axes = page.figure.subplots()
    periods = wide.index.to_numpy(dtype=float)
    tops = np.zeros(len(wide))
    handles: list[Any] = []
    for name, (colour, hatch) in zip(classes, FILLS, strict=False):
        values = wide[name].to_numpy(dtype=float)
        handles.append(
            axes.bar(
                periods,
                values,
                bottom=tops,
                width=0.72,
                color=colour,
                hatch=hatch,
                edgecolor=INK,
                linewidth=0.5 * page.line,
            )
        )
        tops = tops + values
    axes.set_xlim(periods.min() - 0.6, periods.max() + 0.6)
    axes.set_ylim(0, (tops.max() or 1.0) * 1.12)
    page.mark_numbers(axes, "y")
    axes.set_ylabel(page.wrap(axis, 2.9 if not page.sheet.is_fixed else 5.2, page.points))
    axes.set_xlabel(say("year", page.lang))
    axes.tick_params(axis="x", length=0)
    _mark_periods(page, axes, periods, tops)
    page.add_legend(handles[::-1], [labels.get(name, name) for name in classes][::-1])


def _mark_periods(page: Page, axes: Axes, periods: np.ndarray, tops: np.ndarray) -> None:
    """Name so many periods, and print so many totals, as there is room for: every one, every second."""
    room = (page.sheet.width - 1.1 * page.points / 9) / (np.ptp(periods) + 1.2)
    gap = 0.5 * page.small / 72
    names = [f"{period:g}" for period in periods]
    step = int(np.ceil((max(map(page.measure, names)) + gap) / room))
    axes.set_xticks(periods, [name if (len(names) - 1 - k) % step == 0 else "" for k, name in enumerate(names)])
    totals = show_totals(tops)
    step = int(np.ceil((max(map(page.measure, totals)) + gap) / room))
    lift = 0.015 * axes.get_ylim()[1]
    for place in range(len(periods)):
        if (len(periods) - 1 - place) % step == 0:
            axes.text(periods[place], tops[place] + lift, totals[place], ha="center", va="bottom", fontsize=page.small)


def show_totals(values: np.ndarray) -> list[str]:
    """Return totals with three significant digits of the largest, as whole numbers from 100 on."""
    largest = float(np.abs(values).max())
    decimals = 0 if largest >= 100 or not largest else min(6, max(0, 2 - int(np.floor(np.log10(largest)))))
    return [f"{value:,.{decimals}f}" for value in values]
