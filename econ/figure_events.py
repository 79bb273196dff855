"""Effects by event time: points with pointwise intervals and the band, the base, how many units stand behind them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from econ.errors import FigureError
from econ.event_points import EventStudy
from econ.event_times import EVENT_TIME
from econ.figure_library import load_matplotlib
from econ.figure_page import GREY, INK, PALE, Page, open_page
from econ.figure_words import say, say_errors, say_p

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from econ.figure_library import Axes, Figure
    from econ.figure_page import Size
    from econ.table import Lang

_COUNTED = ("n_treated_units", "n_units", "n_pairs", "n_rows")
"""What the strip counts: the first of these that is known at all event times."""

_GAP = 0.35
"""Room between neighbouring tick labels, in small letters."""


def plot_event_study(
    studies: EventStudy | Mapping[str, EventStudy],
    *,
    labels: Mapping[str, str] | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw event studies beside one another, each on a scale of its own.

    Thick lines are pointwise intervals, thin ones the band that holds all points at once. The base is drawn at 0 as a
    hollow point. A dashed line stands before event time 0. The strip below counts the treated units behind each point;
    the joint test of the leads is among the notes.

    Parameters
    ----------
    studies
        One, or several by name, e.g. under two standardisations of the outcome.
    labels
        What to print for the name of a study, or a column by which errors are clustered.
    title, notes, size, lang
        As in :func:`econ.plot_coefficients`.

    Raises
    ------
    FigureError
        If there is none, or the figure could not be read; FontError if a font is absent.
    """
    named = {"": studies} if isinstance(studies, EventStudy) else dict(studies)
    if not named:
        raise FigureError("an event-study plot needs at least one event study. Got none.")
    names = dict(labels or {})
    below = [*notes, *_describe(named, names, lang)]
    texts = [names.get(name, name) for name in named]
    with open_page(size=size, lang=lang, height=3.3, texts=texts, title=title, notes=below) as page:
        _draw(page, named, names)
    return page.figure


def list_event_points(studies: Mapping[str, EventStudy]) -> pd.DataFrame:
    """Return what the figure shows, a row an event time: study, then the columns of ``EventStudy.points``, is_base."""
    frames = []
    for name, study in studies.items():
        table = study.table()
        table.insert(0, "study", name)
        is_base = (table[EVENT_TIME] == study.reference) & (study.normalise == "reference")
        frames.append(table.assign(is_base=is_base))
    return pd.concat(frames, ignore_index=True)


def _describe(named: Mapping[str, EventStudy], labels: Mapping[str, str], lang: Lang) -> list[str]:
    """Return the notes: the joint test of the leads of each study, then how errors were computed."""
    sentences = []
    for name, study in named.items():
        where = say("where", lang, labels.get(name, name)) if len(named) > 1 else ""
        test = study.leads
        if test is None:
            sentences.append(say("leads_missing", lang, where=where))
            continue
        sentences.append(
            say(
                "leads",
                lang,
                where=where,
                df_num=test.df_num,
                df_denom=f"{test.df_denom:g}",
                statistic=f"{test.statistic:.2f}",
                p=say_p(test.p_value, lang),
            )
        )
    errors = dict.fromkeys(say("errors", lang, say_errors(one.estimate, labels, lang)) for one in named.values())
    return [*sentences, *errors]


def _draw(page: Page, named: Mapping[str, EventStudy], labels: Mapping[str, str]) -> None:
    stacked = len(named) > 1 and not page.sheet.is_fixed and not _fits_beside(page, named)
    n_rows, n_columns = (len(named), 1) if stacked else (1, len(named))
    page.height = 3.3 * n_rows + 0.5
    panels = page.figure.subplots(
        2 * n_rows, n_columns, squeeze=False, gridspec_kw={"height_ratios": [5, 1] * n_rows, "hspace": 0.04}
    )
    for place, (name, study) in enumerate(named.items()):
        row, column = (2 * place, 0) if stacked else (0, place)
        upper, lower = panels[row, column], panels[row + 1, column]
        is_first = column == 0
        _draw_points(page, upper, study, is_first=is_first)
        _draw_counts(page, lower, study, is_first=is_first)
        if len(named) > 1:
            room = page.sheet.width * 0.9 / n_columns - 0.06 * page.points
            upper.set_title(page.wrap(labels.get(name, name), room), pad=6)
    _add_legend(page, named)


def _fits_beside(page: Page, named: Mapping[str, EventStudy]) -> bool:
    """Return whether all tick labels have room with the studies beside one another."""
    needed = [_measure_step(page, study) * len(study.points) for study in named.values()]
    return sum(needed) + 0.75 * len(named) < page.sheet.width


def _measure_step(page: Page, study: EventStudy) -> float:
    """Return how far from one another neighbouring tick labels must stand, inches."""
    widths = [page.measure(str(name)) for name in study.points["name"]]
    return max((one + other) / 2 for one, other in pairwise(widths)) + _GAP * page.small / 72


def _draw_points(page: Page, axes: Axes, study: EventStudy, *, is_first: bool) -> None:
    points = study.points
    times, values = points[EVENT_TIME].to_numpy(dtype=float), points["estimate"].to_numpy(dtype=float)
    is_base = (points[EVENT_TIME] == study.reference).to_numpy() & (study.normalise == "reference")
    axes.axhline(0, color=GREY, linewidth=0.8 * page.line, zorder=0)
    axes.axvline(-0.5, color=GREY, linewidth=0.8 * page.line, linestyle=(0, (4, 3)), zorder=0)
    for low, high, width in (("band_low", "band_high", 0.8), ("conf_low", "conf_high", 2.4)):
        axes.vlines(
            times[~is_base], points[low][~is_base], points[high][~is_base], color=INK, linewidth=width * page.line
        )
    axes.plot(times[~is_base], values[~is_base], "o", color=INK, markersize=5.5 * page.line)
    axes.plot(
        times[is_base],
        values[is_base],
        "o",
        color=INK,
        markerfacecolor="white",
        markersize=5.5 * page.line,
        markeredgewidth=1.2 * page.line,
    )
    axes.margins(y=0.06)
    axes.set_xlim(times.min() - 0.6, times.max() + 0.6)
    axes.set_xticks(times, [""] * len(times))
    axes.tick_params(axis="x", length=0)
    axes.spines["bottom"].set_visible(False)
    page.mark_numbers(axes, "y")
    if is_first:
        reference = str(study.reference).replace("-", "−")
        base = say("event_base", page.lang, reference=reference)
        base = base if study.normalise == "reference" else say("event_base_mean", page.lang)
        axes.set_ylabel(say("event_effect", page.lang, base=base))


def _draw_counts(page: Page, axes: Axes, study: EventStudy, *, is_first: bool) -> None:
    """Draw how many units stand behind each point, and name the event times."""
    points = study.points
    column = next((name for name in _COUNTED if points[name].notna().all()), "n_rows")
    times, counts = points[EVENT_TIME].to_numpy(dtype=float), points[column].to_numpy(dtype=float)
    axes.bar(times, counts, width=0.55, color=PALE, edgecolor=GREY)
    axes.set_xlim(times.min() - 0.6, times.max() + 0.6)
    axes.set_ylim(0, counts.max() * 1.15)
    top = float(counts.max())
    axes.set_yticks([0, top], ["0", f"{top:,.0f}"])
    axes.set_xticks(times, _thin_names(page, study))
    axes.set_xlabel(say("event_axis", page.lang))
    if is_first:
        axes.set_ylabel(say(column, page.lang), fontsize=page.small)


def _thin_names(page: Page, study: EventStudy) -> list[str]:
    """Return the names of event times, so many left out between the ends that the others have room."""
    names = [str(name) for name in study.points["name"]]
    if not page.sheet.is_fixed:
        return names
    room = (page.sheet.width - 0.5) / 2 - 1.0
    widest = max(map(page.measure, names)) + _GAP * page.small / 72
    step = int(np.ceil(widest * len(names) / room))
    base = int((study.points[EVENT_TIME] == study.reference).to_numpy().argmax())
    kept = {base + step * k for k in range(-len(names), len(names))} | {0, len(names) - 1}
    near = {place for end in (0, len(names) - 1) for place in range(end - step + 1, end + step) if place != end}
    return [name if place in kept - near else "" for place, name in enumerate(names)]


def _add_legend(page: Page, named: Mapping[str, EventStudy]) -> None:
    line = load_matplotlib("lines").Line2D
    handles = [
        line([], [], color=INK, linewidth=2.4 * page.line, marker="o", markersize=5.5 * page.line),
        line([], [], color=INK, linewidth=0.8 * page.line),
    ]
    names = [say("pointwise", page.lang), say("band", page.lang)]
    if any(study.normalise == "reference" for study in named.values()):
        hollow = {"markerfacecolor": "white", "markeredgewidth": 1.2 * page.line, "markersize": 5.5 * page.line}
        handles.append(line([], [], color=INK, linestyle="", marker="o", **hollow))
        names.append(say("reference_point", page.lang))
    page.add_legend(handles, names)
