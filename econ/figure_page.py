"""The sheet on which a figure is drawn: its size and style, its title, legend and notes, all of it readable."""

from __future__ import annotations

import math
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from econ.errors import FigureError, FontError
from econ.figure_fonts import choose_fonts
from econ.figure_layout import break_text, find_faults, list_texts
from econ.figure_library import load_matplotlib
from econ.figure_words import list_words
from econ.spec import check_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from econ.figure_library import Artist, Axes, Figure, Legend
    from econ.table import Lang

Size = Literal["a4", "slide"]

INK, GREY, PALE = "#1a1a1a", "#7f7f7f", "#d9d9d9"
"""Data, lines that data are compared with, and what lies behind."""

SERIES = (("o", "#1a1a1a"), ("s", "#0072b2"), ("D", "#d55e00"), ("^", "#999999"), ("v", "#56b4e9"), ("P", "#e69f00"))
"""Marker and colour of the first, second … estimate: told apart by form, by hue, and by lightness."""

FILLS = (
    ("#1f4e79", ""), ("#e6a532", "////"), ("#bcd9ea", ""), ("#8c8c8c", "\\\\\\\\"), ("#f3ead2", "...."),
    ("#3c8d6e", "xxxx"), ("#f7f7f7", "----"), ("#5b3a6b", "++++"),
)  # fmt: skip
"""Fill and hatch of the first, second … class: neighbours differ in lightness."""

_DPI = 150
_LARGE = 100.0
_INCH = 25.4
_SMALL = 0.88
_MARGIN = 0.04
_LEADING = 1.3
"""From line to line; less lets Chinese lines touch."""
_ASCII = "".join(map(chr, range(32, 127)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A size: inches across, inches that a figure may be tall, whether it is always so tall, points of its letters."""

    width: float
    tallest: float
    is_fixed: bool
    points: float


SHEETS: dict[Size, Sheet] = {
    "a4": Sheet(width=160 / _INCH, tallest=237 / _INCH, is_fixed=False, points=9.0),
    "slide": Sheet(width=13.333, tallest=7.5, is_fixed=True, points=18.0),
}
"""The text width of an A4 page; a whole slide of 16 : 9."""


@dataclass(slots=True)
class Page:
    """A figure while it is being drawn.

    Attributes
    ----------
    figure : Figure
    sheet : Sheet
    lang : str
    height : float
        Inches that the drawing itself takes on a sheet that is not fixed.
    title : str
    notes : list of str
        Sentences below the figure.
    after : list of functions
        What is drawn once all else has its place.
    legend : Legend or None
    widths : dict
        Of letters, inches a point.
    """

    figure: Figure
    sheet: Sheet
    lang: Lang
    height: float
    title: str = ""
    notes: list[str] = field(default_factory=list)
    after: list[Callable[[], None]] = field(default_factory=list)
    legend: Legend | None = None
    widths: dict[str, float] = field(default_factory=dict)

    @property
    def points(self) -> float:
        """The size of letters."""
        return self.sheet.points

    @property
    def small(self) -> float:
        """The size of letters of ticks, legends and notes."""
        return self.sheet.points * _SMALL

    @property
    def line(self) -> float:
        """The width of a plain line, points."""
        return self.sheet.points / 11

    @property
    def row(self) -> float:
        """The height of a line of small letters, inches."""
        return 1.35 * self.small / 72

    def measure(self, text: str, points: float | None = None) -> float:
        """Return how wide a text is, in inches, as the sum of its letters; of several lines the widest."""
        size = self.small if points is None else points
        return max(sum(map(self._measure_letter, line)) for line in text.split("\n")) * size

    def _measure_letter(self, letter: str) -> float:
        """Return the width of a letter in inches a point."""
        if letter not in self.widths:
            properties = load_matplotlib("font_manager").FontProperties(size=_LARGE)
            renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
            # Between two bars, as a blank alone may have no width.
            width, bars = (renderer.get_text_width_height_descent(text, properties, False)[0]
                           for text in (f"|{letter}|", "||"))  # fmt: skip
            self.widths[letter] = float(width - bars) / self.figure.dpi / _LARGE
        return self.widths[letter]

    def wrap(self, text: str, inches: float, points: float | None = None) -> str:
        """Return a text broken into lines that are not wider than so many inches."""
        return break_text(text, lambda line: self.measure(line, points) <= inches)

    def add_legend(self, handles: Sequence[Artist], names: Sequence[str]) -> None:
        """Put a legend above the drawing, in as many columns as there is room for."""
        room = self.sheet.width - 0.3 * self.points / 9
        beside = 3.4 * self.small / 72
        wrapped = [self.wrap(name, room - beside) for name in names]
        widths = [self.measure(name) + beside for name in wrapped]
        n_columns = next(
            (n for n in range(len(names), 1, -1) if _measure_columns(widths, n) + 1.2 * n * self.small / 72 <= room), 1
        )
        n_columns = math.ceil(len(names) / math.ceil(len(names) / n_columns))
        self.legend = self.figure.legend(
            list(handles), wrapped, loc="upper left", ncols=n_columns, frameon=False, borderaxespad=0.0,
            borderpad=0.1, handlelength=1.8, handletextpad=0.6, columnspacing=1.6, fontsize=self.small,
        )  # fmt: skip

    def mark_numbers(self, axes: Axes, which: Literal["x", "y"], n_most: int = 6) -> None:
        """Put round numbers at one axis, with a true minus sign."""
        low, high = sorted(axes.get_xlim() if which == "x" else axes.get_ylim())
        values = list_round(low, high, n_most)
        shown = show_round(values)
        axes.set_xticks(values, shown) if which == "x" else axes.set_yticks(values, shown)


def _measure_columns(widths: Sequence[float], n_columns: int) -> float:
    """Return how wide a legend is, that fills its columns one after the other."""
    n_rows = math.ceil(len(widths) / n_columns)
    return sum(max(widths[start : start + n_rows]) for start in range(0, len(widths), n_rows))


def list_round(low: float, high: float, n_most: int) -> list[float]:
    """Return at most ``n_most`` round numbers, evenly spaced, within [low, high]."""
    slack = (high - low) * 1e-9
    values: list[float] = []
    for n_bins in range(n_most + 1, 0, -1):
        ticker = load_matplotlib("ticker").MaxNLocator(nbins=n_bins, steps=[1, 2, 2.5, 5, 10])
        values = [float(value) for value in ticker.tick_values(low, high) if low - slack <= value <= high + slack]
        if len(values) <= n_most:
            break
    return [0.0 if abs(value) < slack else value for value in values]


def show_round(values: Sequence[float]) -> list[str]:
    """Return evenly spaced numbers as text, with as many decimals as tell them apart."""
    step = min(np.diff(values), default=1.0) if len(values) > 1 else max(abs(values[0]), 1.0) if values else 1.0
    largest = max(map(abs, values), default=0.0)
    if largest >= 1e7 or (largest and step < 1e-5):
        return [f"{value:.3g}".replace("-", "−") for value in values]
    decimals = next(n for n in range(8) if abs(step * 10**n - round(step * 10**n)) < 1e-6 or n == 7)
    return [f"{value:,.{decimals}f}".replace("-", "−") for value in values]


@contextmanager
def open_page(
    *,
    size: Size,
    lang: Lang,
    height: float,
    texts: Iterable[str] = (),
    title: str = "",
    notes: Sequence[str] = (),
) -> Iterator[Page]:
    """Open a sheet to draw on, in the style of all figures; on leaving, lay it out and check that it can be read.

    The settings of matplotlib (``rcParams``) are those of textq within, and what they were before afterwards.

    Parameters
    ----------
    size, lang
        See :data:`SHEETS`.
    height
        Of the drawing without title and notes, inches; a slide is always as tall as a slide.
    texts
        All texts that come from data: their characters must be in the fonts.
    title
        Above the figure.
    notes
        Below it, before those that the drawing adds.

    Raises
    ------
    FigureError, FontError
        If matplotlib or a font is absent; if a text would be cut off or hidden by another one.
    """
    check_choice("open_page", "size", size, get_args(Size))
    library = load_matplotlib()
    families = choose_fonts([*texts, *list_words(lang), _ASCII, "−≤≥", title, *notes])
    sheet = SHEETS[size]
    with library.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("error", message=".*Glyph .* missing")
        warnings.filterwarnings("error", message=".*constrained_layout not applied")
        library.rcdefaults()
        library.rcParams.update(_state_style(sheet, families))
        figure = load_matplotlib("figure").Figure(figsize=(sheet.width, sheet.tallest), dpi=_DPI)
        load_matplotlib("backends.backend_agg").FigureCanvasAgg(figure)
        page = Page(figure, sheet, lang, height, title, list(notes))
        yield page
        _lay_out(page)


def _state_style(sheet: Sheet, families: Sequence[str]) -> dict[str, object]:
    small, line = sheet.points * _SMALL, sheet.points / 11
    return {
        "font.family": list(families), "font.size": sheet.points, "axes.titlesize": sheet.points,
        "axes.labelsize": sheet.points, "xtick.labelsize": small, "ytick.labelsize": small, "legend.fontsize": small,
        "text.hinting": "none", "text.parse_math": False, "axes.unicode_minus": True,
        "text.color": INK, "axes.labelcolor": INK, "xtick.labelcolor": INK, "ytick.labelcolor": INK,
        "axes.edgecolor": GREY, "xtick.color": GREY, "ytick.color": GREY,
        "axes.linewidth": 0.6 * line, "xtick.major.width": 0.6 * line, "ytick.major.width": 0.6 * line,
        "xtick.major.size": 3 * line, "ytick.major.size": 3 * line, "hatch.linewidth": 0.5 * line,
        "axes.spines.top": False, "axes.spines.right": False, "axes.titlelocation": "left",
        "lines.linewidth": line, "lines.markersize": 4.5 * line, "patch.linewidth": 0.5 * line,
        "figure.facecolor": "white", "axes.facecolor": "white", "savefig.facecolor": "white",
    }  # fmt: skip


def _lay_out(page: Page) -> None:
    """Place title and notes, fit the drawing between them, and check that nothing is cut off or hidden."""
    figure, sheet = page.figure, page.sheet
    inner = sheet.width * (1 - 2 * _MARGIN / sheet.width) - 0.06
    title = page.wrap(page.title, inner, page.points) if page.title else ""
    notes = page.wrap(("" if page.lang == "zh" else " ").join(page.notes).replace(" \n", "\n"), inner)
    above = (title.count("\n") + 1) * 1.4 * page.points / 72 + 0.5 * page.row if title else 0.0
    below = (notes.count("\n") + 1) * page.row + 0.4 * page.row if notes else 0.0
    legend = _measure_legend(page)
    height = sheet.tallest if sheet.is_fixed else page.height + above + legend + below
    if height > sheet.tallest + 1e-6:
        raise FigureError(
            f"the figure would be {height * _INCH:.0f} mm tall, and the sheet is {sheet.tallest * _INCH:.0f} mm: show "
            "fewer rows, shorten their names, or cut them into several figures."
        )
    figure.set_size_inches(sheet.width, height)
    margin = _MARGIN / sheet.width, _MARGIN / height
    if title:
        figure.text(margin[0], 1 - margin[1], title, va="top", ha="left")
    if notes:
        figure.text(margin[0], margin[1], notes, va="bottom", ha="left", fontsize=page.small)
    if page.legend is not None:
        page.legend.set_bbox_to_anchor((margin[0], 0.0, 1.0, 1 - margin[1] - above / height))
    room = 1 - 2 * margin[1] - (above + legend + below) / height
    rect = (margin[0], margin[1] + below / height, 1 - 2 * margin[0], room)
    figure.set_layout_engine("constrained", rect=rect, w_pad=0.03, h_pad=0.03)
    try:
        figure.draw_without_rendering()
        for text in list_texts(figure):
            text.set_linespacing(_LEADING)
        figure.draw_without_rendering()
        figure.set_layout_engine(None)
        for draw in page.after:
            draw()
    except UserWarning as warning:
        _refuse_warning(warning)
    faults = find_faults(figure)
    if faults:
        raise FigureError(
            f"the figure cannot be read: {'; '.join(faults[:5])}. Shorten the names with labels=, show fewer of "
            "them, or choose the other size."
        )


def _measure_legend(page: Page) -> float:
    """Return how tall the legend is, with the room below it, inches; 0 without one."""
    if page.legend is None:
        return 0.0
    page.figure.draw_without_rendering()
    box = page.legend.get_window_extent(page.figure.canvas.get_renderer())  # type: ignore[attr-defined]
    return float(box.height) / page.figure.dpi + 0.5 * page.row


def _refuse_warning(warning: UserWarning) -> None:
    text = str(warning)
    if "Glyph" in text:
        raise FontError(f"a character of the figure is in no font that was chosen: {text}") from warning
    raise FigureError(
        "there is no room on the sheet for what the figure is to show: show fewer rows or shorten their names."
    ) from warning
