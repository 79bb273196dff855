"""Coefficients as points with intervals: several estimates side by side, their terms in the order given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from econ.errors import FigureError
from econ.estimate import LEVEL, Estimate
from econ.figure_page import GREY, INK, SERIES, Page, open_page
from econ.figure_words import say, say_errors
from econ.spec import INTERCEPT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from econ.figure_library import Artist, Axes, Figure
    from econ.figure_page import Size
    from econ.table import Lang

_DRAWN = ("estimate", "conf_low", "conf_high", "thin_low", "thin_high")
_NAMES = 0.3
"""Share of the sheet that names of rows may take."""


def plot_coefficients(
    estimates: Estimate | Mapping[str, Estimate] | Sequence[Estimate],
    *,
    terms: Sequence[str] | None = None,
    labels: Mapping[str, str] | None = None,
    thin: float | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw coefficients with their 95 % intervals, a row a term, the estimates below one another within it.

    The note says how the standard errors were computed on which the intervals rest.

    Parameters
    ----------
    estimates
        One, or several by name; those of a list are called (1), (2), … At most six.
    terms
        Which, in this order from the top; all but the intercept, in the order of the equations, if None.
    labels
        What to print for a term, an estimate or a cluster; others are printed as they are.
    thin
        Level of a second interval, drawn as a thin line: 0.9 or 0.99. b ± t(df)·se; not for a wild bootstrap.
    title, notes
        Above and below the figure.
    size
        "a4" (160 mm wide, 9 points) or "slide" (13.33 × 7.5 inches, 18 points).
    lang
        "en" or "zh".

    Raises
    ------
    FigureError
        If there is nothing to draw, a number of a term is not finite, or the figure could not be read; FontError if a
        font is absent.
    """
    named = _name_estimates(estimates)
    names = dict(labels or {})
    bars = list_coefficients(named, terms=terms, thin=thin)
    if len(named) > len(SERIES):
        raise FigureError(
            f"{len(named)} estimates in one row cannot be told apart; at most {len(SERIES)} can. Draw several figures."
        )
    shown = list(dict.fromkeys(bars["term"]))
    texts = [names.get(name, name) for name in [*shown, *named]]
    reach = [] if thin is None else [say("thin_interval", lang, level=f"{100 * thin:g}")]
    drawn = {name: estimate for name, estimate in named.items() if name in set(bars["estimate_name"])}
    below = [*notes, *reach, *_describe_errors(drawn, names, lang)]
    with open_page(size=size, lang=lang, height=1.0, texts=texts, title=title, notes=below) as page:
        _draw(page, bars, shown, named, names)
    return page.figure


def _name_estimates(estimates: Estimate | Mapping[str, Estimate] | Sequence[Estimate]) -> dict[str, Estimate]:
    if isinstance(estimates, Estimate):
        return {"": estimates}
    if isinstance(estimates, Mapping):
        return dict(estimates)
    return {f"({place})": estimate for place, estimate in enumerate(estimates, 1)}


def _describe_errors(named: Mapping[str, Estimate], labels: Mapping[str, str], lang: Lang) -> Iterator[str]:
    """Yield how standard errors were computed, a sentence each, with the names of those that share it.

    An estimate that is called what its errors are needs none.
    """
    shared: dict[str, list[str]] = {}
    for name, estimate in named.items():
        shared.setdefault(say_errors(estimate, labels, lang), []).append(labels.get(name, name))
    if len(shared) == 1:
        yield say("errors", lang, *shared)
        return
    for errors, names in shared.items():
        if names != [errors]:
            yield say("errors_of", lang, names=say("errors_comma", lang).join(names), errors=errors)


def list_coefficients(
    estimates: Mapping[str, Estimate], *, terms: Sequence[str] | None = None, thin: float | None = None
) -> pd.DataFrame:
    """Return what the figure shows, a row a term and estimate: estimate_name, then the columns of ``Estimate.tidy``.

    With ``thin`` also thin_low and thin_high.

    Raises
    ------
    FigureError
        If a term is in no estimate, or there is none; if an estimate or the end of an interval is not finite; if a
        level is not between 0 and 1, or is asked of a bootstrap.
    """
    if thin is not None and not 0 < thin < 1:
        raise FigureError(f"a level lies between 0 and 1, e.g. 0.99. Got thin={thin!r}.")
    if isinstance(terms, str):
        raise FigureError(f"the terms of a coefficient plot are a list, as [{terms!r}]. Got the text {terms!r}.")
    frames = [_list_one(name, estimate, thin) for name, estimate in estimates.items()]
    table = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame({"term": []})
    known = [str(term) for term in dict.fromkeys(table["term"])]
    wanted = [term for term in known if term != INTERCEPT] if terms is None else list(terms)
    unknown = [term for term in wanted if term not in known]
    if unknown or not wanted:
        raise FigureError(
            f"a coefficient plot needs terms of the equations: {', '.join(known)}. Got {', '.join(unknown) or 'none'}."
        )
    order = {term: place for place, term in enumerate(wanted)}
    chosen = table[table["term"].isin(wanted)]
    _check_finite(chosen)
    return chosen.sort_values("term", key=lambda column: column.map(order), kind="stable", ignore_index=True)


def _check_finite(table: pd.DataFrame) -> None:
    """Refuse terms of which nothing, or not the whole interval, could be drawn."""
    numbers = [name for name in _DRAWN if name in table.columns]
    bad = ~np.isfinite(table[numbers].to_numpy(dtype=float, na_value=np.nan)).all(axis=1)
    if bad.any():
        first = table[bad].iloc[0]
        where = f" of {first['estimate_name']!r}" if first["estimate_name"] else ""
        names = ", ".join(map(str, dict.fromkeys(table["term"][bad])))
        raise FigureError(
            f"{int(bad.sum())} of {len(table)} coefficients lack a finite estimate or interval, first "
            f"{first['term']!r}{where}. Leave out with terms=: {names}."
        )


def _list_one(name: str, estimate: Estimate, thin: float | None) -> pd.DataFrame:
    table = estimate.tidy()
    table.insert(0, "estimate_name", name)
    if thin is None:
        return table
    if estimate.spec.vcov.kind == "wild":
        raise FigureError(
            f"the wild bootstrap gives {100 * LEVEL:g} % intervals alone. Leave thin out, or choose another covariance."
        )
    reach = special.stdtrit(estimate.df, (1 + thin) / 2) * table["std_error"]
    return table.assign(thin_low=table["estimate"] - reach, thin_high=table["estimate"] + reach)


def _draw(
    page: Page, bars: pd.DataFrame, terms: Sequence[str], named: Mapping[str, Estimate], labels: Mapping[str, str]
) -> None:
    wrapped = [page.wrap(labels.get(term, term), _NAMES * page.sheet.width) for term in terms]
    lines = [max(name.count("\n") + 1.4, 0.75 * len(named) + 0.75) for name in wrapped]
    page.height = (sum(lines) + 3.2) * page.row
    axes = page.figure.subplots()
    centres, top = [], 0.0
    for height in lines:
        centres.append(top + height / 2)
        top += height
    axes.axvline(0, color=GREY, linewidth=0.8 * page.line, zorder=0)
    handles = [_draw_series(axes, page, bars, terms, centres, place, name) for place, name in enumerate(named)]
    axes.set_ylim(top, 0)
    axes.set_yticks(centres, wrapped)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.04)
    page.mark_numbers(axes, "x")
    axes.set_xlabel(say("estimate_axis", page.lang, level=f"{100 * LEVEL:g}"))
    if len(named) > 1:
        page.add_legend(handles, [labels.get(name, name) for name in named])


def _draw_series(
    axes: Axes, page: Page, bars: pd.DataFrame, terms: Sequence[str], centres: Sequence[float], place: int, name: str
) -> Artist:
    """Draw one estimate at its place within each row; return what stands for it in the legend."""
    marker, colour = SERIES[place] if bars["estimate_name"].nunique() > 1 else (SERIES[0][0], INK)
    n_series = bars["estimate_name"].nunique()
    own = bars[bars["estimate_name"] == name].set_index("term")
    heights = [centres[terms.index(str(term))] + 0.75 * (place - (n_series - 1) / 2) for term in own.index]
    if "thin_low" in own.columns:
        axes.hlines(heights, own["thin_low"], own["thin_high"], color=colour, linewidth=0.8 * page.line)
    axes.hlines(heights, own["conf_low"], own["conf_high"], color=colour, linewidth=2.2 * page.line)
    drawn = axes.plot(
        own["estimate"], heights, marker, color=colour, markeredgecolor="white", markeredgewidth=0.5 * page.line,
        markersize=6 * page.line,
    )  # fmt: skip
    return drawn[0]
