"""Shares add up to one, stand in order, and a long list is cut into pages that lose nobody."""

import numpy as np
import pandas as pd
import pytest

from econ.errors import FigureError
from econ.figure_shares import count_share_pages, list_shares, plot_shares

from .figure_cases import CITIES, CLASSES, LONG, make_counts
from .figure_checks import SIZES


def test_shares_are_counts_over_their_sum_sorted_by_the_first_class() -> None:
    counts = pd.DataFrame(
        [("one", "a", 1), ("one", "b", 3), ("two", "b", 1), ("two", "a", 1), ("none", "a", 0), ("three", "a", 5)],
        columns=["name", "class", "count"],
    )
    table = list_shares(counts)
    assert table["name"].drop_duplicates().tolist() == ["three", "two", "one"]
    assert table["share"].tolist() == [1, 0, 0.5, 0.5, 0.25, 0.75]
    assert table["n"].tolist() == [5, 5, 2, 2, 4, 4]
    assert list_shares(counts, classes=["b"])["name"].tolist() == ["one", "two"]


def test_bars_fill_the_hundred() -> None:
    figure = plot_shares(make_counts(CITIES[:5]))
    axes, right = figure.axes
    assert len(axes.containers) == len(CLASSES)
    widths = np.array([[bar.get_width() for bar in bars] for bars in axes.containers])
    np.testing.assert_allclose(widths.sum(axis=0), 100)
    shown = [label.get_text() for label in axes.get_yticklabels()]
    sums = make_counts(CITIES[:5]).groupby("name")["count"].sum()
    assert [label.get_text() for label in right.get_yticklabels()] == [f"{sums[name]:,}" for name in shown]


@pytest.mark.parametrize("size", SIZES)
def test_pages_hold_every_name_once_in_order(size: str) -> None:
    counts = make_counts([f"{LONG['zh']}{place:02d}" for place in range(60)])
    n_pages = count_share_pages(counts, size=size)  # type: ignore[arg-type]
    assert n_pages > 2
    shown: list[str] = []
    for page in range(1, n_pages + 1):
        figure = plot_shares(counts, page, size=size)  # type: ignore[arg-type]
        shown += [label.get_text().replace("\n", "") for label in figure.axes[0].get_yticklabels()]
        assert f"Page {page} of {n_pages}." in figure.texts[-1].get_text()
    assert shown == list_shares(counts)["name"].drop_duplicates().tolist()
    with pytest.raises(FigureError, match=f"pages 1 to {n_pages}. Got page=0"):
        plot_shares(counts, 0, size=size)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("x", "a", 1), ("x", "a", 2)], "1 rows are doubled: x"),
        ([("x", "a", -1)], "numbers from 0"),
        ([("x", "a", None)], "numbers from 0"),
        ([("x", "a", 0)], "no name has a single count"),
        ([("x", str(place), 1) for place in range(9)], "9 classes cannot be told apart"),
    ],
)
def test_counts_that_give_no_shares_are_refused(rows: list[object], message: str) -> None:
    with pytest.raises(FigureError, match=message):
        plot_shares(pd.DataFrame(rows, columns=["name", "class", "count"]))


def test_columns_and_classes_must_be_there() -> None:
    with pytest.raises(FigureError, match="Missing: class, count"):
        plot_shares(pd.DataFrame({"name": ["x"]}))
    with pytest.raises(FigureError, match="Got z"):
        plot_shares(make_counts(["x"]), classes=["z"])
