"""Stacked intensities add up to the means or sums of the scores, and what does not add up is refused."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from econ.errors import FigureError, SpecError
from econ.figure_intensities import list_intensities, plot_intensities, show_totals
from econ.figure_page import FILLS

from .figure_cases import CLASSES, make_scores


def test_means_are_over_the_units_covered_in_the_period() -> None:
    scores = make_scores(4).drop(index=make_scores(4).query("unit == '330103' and period < 2012").index)
    table = list_intensities(scores, "stock")
    assert table.query("period == 2009")["n_units"].unique().tolist() == [3]
    expected = scores.query("period == 2009 and instrument == 'a'")["stock"].mean()
    assert table.query("period == 2009 and instrument == 'a'")["stock"].item() == pytest.approx(expected)
    sums = list_intensities(scores, "stock", how="sum")
    np.testing.assert_allclose(sums["stock"], table["stock"] * table["n_units"])


def test_bars_stand_on_one_another_and_the_total_above() -> None:
    scores = make_scores(3, range(2015, 2018))
    (axes,) = plot_intensities(scores, classes=["b", "a"]).axes
    wide = list_intensities(scores, "stock").pivot(index="period", columns="instrument", values="stock")
    lower, upper = axes.containers
    np.testing.assert_allclose([bar.get_height() for bar in lower], wide["b"])
    np.testing.assert_allclose([bar.get_y() for bar in upper], wide["b"])
    np.testing.assert_allclose([bar.get_height() for bar in upper], wide["a"])
    assert [text.get_text() for text in axes.texts] == show_totals((wide["a"] + wide["b"]).to_numpy())


def test_neighbouring_fills_differ_in_grey() -> None:
    levels = []
    for colour, _ in FILLS:
        red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
        levels.append(0.299 * red + 0.587 * green + 0.114 * blue)
    assert min(abs(one - other) for one, other in pairwise(levels)) > 0.15


def test_the_note_counts_the_covered_units() -> None:
    scores = make_scores(4)
    part = scores[(scores["unit"] != "330103") | (scores["period"] > 2012)]
    notes = [plot_intensities(frame).texts[-1].get_text() for frame in (scores, part)]
    assert "Covered units: 4." in notes[0]
    assert "Covered units: 3–4." in notes[1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop(columns="stock"), "Missing: stock"),
        (lambda table: pd.concat([table, table.head(2)]), "2 rows of the scores are doubled, e.g. 330100 2009 a"),
        (
            lambda table: table.assign(stock=table["stock"].where(table["period"] > 2009)),
            "in 9 unit-periods: 330100 2009",
        ),
        (lambda table: table.assign(stock=-table["stock"]), "cannot be stacked"),
        (lambda table: table.assign(instrument=table["unit"] + table["instrument"]), "36 classes cannot be told apart"),
    ],
)
def test_what_cannot_be_stacked_is_refused(change: object, message: str) -> None:
    with pytest.raises(FigureError, match=message):
        plot_intensities(change(make_scores()))  # type: ignore[operator]


def test_classes_and_measures_must_be_known() -> None:
    with pytest.raises(FigureError, match=r"have the classes a, b, c, d\. Got z"):
        plot_intensities(make_scores(), classes=["z"])
    with pytest.raises(SpecError, match=r"'measure' parameter .* Got 'log_count'"):
        plot_intensities(make_scores(), "log_count")
    assert set(CLASSES) == set(list_intensities(make_scores(), "stock")["instrument"])
