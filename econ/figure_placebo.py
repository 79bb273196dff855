"""The draws of a placebo: their density, the p-value of each, and where the true designations stand."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import stats

from econ.errors import FigureError
from econ.figure_page import GREY, INK, Page, open_page
from econ.figure_words import say, say_p, show_signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from econ.figure_library import Artist, Axes, Figure
    from econ.figure_page import Size
    from econ.placebo_result import Placebo
    from econ.table import Lang

P_LINE = 0.1
"""Where the line at the right axis stands."""

_DOTS = "#0072b2"


def plot_placebo(
    placebo: Placebo,
    statistic: str | None = None,
    *,
    df: float = math.inf,
    labels: Mapping[str, str] | None = None,
    title: str = "",
    notes: Sequence[str] = (),
    size: Size = "a4",
    lang: Lang = "en",
) -> Figure:
    """Draw the density of a statistic over the draws, the p-value of each draw, and the statistic of the truth.

    The p-value of a draw is the two-sided one of its t value, the column "t(<statistic>)" of the draws; without it
    there are no dots. The p-value of the placebo itself, from the rank of the truth among the draws, is in the note.

    Parameters
    ----------
    placebo
        Of ``econ.run_placebo`` or ``econ.permute_designations``.
    statistic
        Its name; the first one if None.
    df
        Degrees of freedom of the t values of the draws; the normal distribution if not finite.
    labels
        What to print for the statistic.
    title, notes, size, lang
        As in :func:`econ.plot_coefficients`.

    Raises
    ------
    FigureError
        If the statistic is not known, or its draws have no density: fewer than three, or all the same.
    """
    name = str(placebo.tests["statistic"].iloc[0]) if statistic is None else statistic
    shown = (labels or {}).get(name, name)
    draws = list_placebo_draws(placebo, name, df=df)
    below = [*notes, *_describe(placebo, name, draws, df, lang)]
    with open_page(size=size, lang=lang, height=3.4, texts=[shown], title=title, notes=below) as page:
        _draw(page, _find_test(placebo, name), draws, shown)
    return page.figure


def list_placebo_draws(placebo: Placebo, statistic: str, *, df: float = math.inf) -> pd.DataFrame:
    """Return what the figure shows, a row a draw that identifies the statistic: draw, the statistic, its p_value.

    Then a last row, with draw −1, for the truth.

    Raises
    ------
    FigureError
        As :func:`plot_placebo` does.
    """
    test = _find_test(placebo, statistic)
    valid = placebo.draws[placebo.draws[statistic].notna()]
    values = valid[statistic].to_numpy(dtype=float)
    if len(values) < 3 or np.ptp(values) <= 1e-12 * np.abs(values).max():
        raise FigureError(
            f"the {len(values)} draws that identify {statistic!r} have no density: there must be three, not all the "
            "same. Draw more."
        )
    student = f"t({statistic})"
    p_values = _find_p(valid[student].to_numpy(dtype=float), df) if student in valid.columns else np.nan
    table = pd.DataFrame({"draw": valid["draw"].to_numpy(), statistic: values, "p_value": p_values})
    observed = placebo.tests.set_index("statistic")["observed"]
    own = float(_find_p(np.array([observed[student]]), df)[0]) if student in observed.index else np.nan
    return pd.concat([table, pd.DataFrame({"draw": [-1], statistic: [test["observed"]], "p_value": [own]})])


def _find_p(values: np.ndarray, df: float) -> np.ndarray:
    law = stats.t(df) if math.isfinite(df) else stats.norm
    return np.asarray(2 * law.sf(np.abs(values)))


def _find_test(placebo: Placebo, statistic: str) -> Mapping[str, float]:
    tests = placebo.tests.set_index("statistic")
    if statistic not in tests.index:
        raise FigureError(f"the placebo has the statistics {', '.join(map(str, tests.index))}. Got {statistic!r}.")
    return {str(name): float(tests.at[statistic, name]) for name in tests.columns}  # type: ignore[arg-type]


def _describe(placebo: Placebo, statistic: str, draws: pd.DataFrame, df: float, lang: Lang) -> list[str]:
    test = _find_test(placebo, statistic)
    sentences = [say("placebo_note", lang, p=say_p(float(test["two_sided"]), lang), draws=f"{int(test['n_draws']):,}")]
    if draws["p_value"].isna().all():
        sentences += [] if statistic.startswith("t(") else [say("placebo_no_dots", lang)]
    else:
        law = say("placebo_t", lang, df=f"{df:g}") if math.isfinite(df) else say("placebo_normal", lang)
        sentences.append(law)
    n_lacking = len(placebo.draws) - int(test["n_draws"])
    return [*sentences, *([say("placebo_lacking", lang, n=f"{n_lacking:,}")] if n_lacking else [])]


def _draw(page: Page, test: Mapping[str, float], draws: pd.DataFrame, shown: str) -> None:
    values = draws.iloc[:-1, 1].to_numpy(dtype=float)
    p_values = draws["p_value"].to_numpy(dtype=float)[:-1]
    observed = float(test["observed"])
    has_dots = bool(np.isfinite(p_values).any())
    low, high = min(values.min(), observed), max(values.max(), observed)
    reach = 0.08 * (high - low)
    grid = np.linspace(low - reach, high + reach, 400)
    axes = page.figure.subplots()
    density = stats.gaussian_kde(values)(grid)
    handles: list[Any] = axes.plot(grid, density, color=INK, linewidth=1.6 * page.line, zorder=3)
    names = [say("placebo_line", page.lang)]
    axes.set_xlim(grid[0], grid[-1])
    axes.set_ylim(0, density.max() * 1.08)
    truth = axes.axvline(observed, color=INK, linewidth=1.2 * page.line, linestyle=(0, (4, 3)), zorder=4)
    if has_dots:
        dots, level = _draw_dots(page, axes, values, p_values)
        handles += [dots, level]
        names += [say("placebo_dots", page.lang), say("placebo_level", page.lang)]
    page.mark_numbers(axes, "x")
    page.mark_numbers(axes, "y", 5)
    axes.set_ylabel(say("density", page.lang))
    axis = "placebo_axis" if has_dots else "placebo_statistic"
    axes.set_xlabel(page.wrap(say(axis, page.lang, shown), 0.8 * page.sheet.width, page.points))
    page.add_legend([*handles, truth], [*names, say("placebo_observed", page.lang, show_signed(observed))])


def _draw_dots(page: Page, axes: Axes, values: np.ndarray, p_values: np.ndarray) -> tuple[Artist, Artist]:
    """Draw p-values at a right axis, below the density."""
    right = axes.twinx()
    axes.set_zorder(right.get_zorder() + 1)
    axes.patch.set_visible(False)
    right.set_ylim(0, 1.04)
    page.mark_numbers(right, "y")
    right.spines["right"].set_visible(True)
    right.spines["left"].set_visible(False)
    right.set_ylabel(say("p_axis", page.lang))
    level = right.axhline(P_LINE, color=GREY, linewidth=0.9 * page.line, linestyle=(0, (1, 2)))
    dots = right.plot(
        values, p_values, "o", color=_DOTS, markersize=3.2 * page.line, markerfacecolor="none",
        markeredgewidth=0.6 * page.line, alpha=0.7,
    )  # fmt: skip
    return dots[0], level
