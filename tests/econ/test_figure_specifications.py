"""Specification curves are sorted by size; the matrix marks what each one chose."""

import numpy as np
import pytest

from econ.errors import FigureError
from econ.figure_specifications import plot_specifications, sort_specifications

from .figure_cases import make_specifications

CHOICES = ["equation", "errors", "did"]


def test_estimates_are_in_order_and_marked_by_their_intervals() -> None:
    table = make_specifications()
    upper, _ = plot_specifications(table, CHOICES, chosen="is_headline").axes
    ordered = sort_specifications(table, CHOICES)
    assert ordered["estimate"].is_monotonic_increasing
    assert ordered["rank"].tolist() == list(range(1, 19))
    points = np.concatenate([line.get_xydata() for line in upper.lines[1:]])
    points = points[np.argsort(points[:, 0])]
    np.testing.assert_allclose(points, ordered[["rank", "estimate"]])
    apart, other, chosen = upper.lines[1:]
    assert len(chosen.get_xdata()) == 1
    rows = ordered.set_index("rank")
    for line, is_apart in ((apart, True), (other, False)):
        marked = rows.loc[line.get_xdata()]
        assert (((marked["conf_low"] > 0) | (marked["conf_high"] < 0)) == is_apart).all()


def test_each_choice_has_a_dot_for_each_specification_that_made_it() -> None:
    table = make_specifications()
    _, lower = plot_specifications(table, CHOICES).axes
    ordered = sort_specifications(table, CHOICES)
    texts = [label.get_text() for label in lower.get_yticklabels()]
    heights = dict(zip(texts, lower.get_yticks(), strict=True))
    drawn = {
        (float(x), float(y)) for line in lower.lines if line.get_color() != "#d9d9d9" for x, y in line.get_xydata()
    }
    expected = {
        (float(rank), float(heights[value]))
        for name in CHOICES
        for rank, value in zip(ordered["rank"], ordered[name], strict=True)
    }
    assert drawn == expected
    assert texts == ["equation", "a", "b", "c", "errors", "jackknife", "dyadic", "cluster", "did", "yes", "no"]


def test_the_note_counts() -> None:
    table = make_specifications()
    apart = int(((table["conf_low"] > 0) | (table["conf_high"] < 0)).sum())
    note = plot_specifications(table, CHOICES).texts[-1].get_text()
    assert note.startswith(
        f"18 specifications; {int((table['estimate'] > 0).sum())} estimates above 0, {apart} intervals"
    )


def test_what_is_no_curve_is_refused() -> None:
    table = make_specifications()
    with pytest.raises(FigureError, match="Missing: nonsense"):
        plot_specifications(table, ["nonsense"])
    with pytest.raises(FigureError, match="Missing: choices"):
        plot_specifications(table, [])
    with pytest.raises(FigureError, match="1 of 18 specifications lack"):
        plot_specifications(table.assign(conf_low=table["conf_low"].mask(table.index == 3)), CHOICES)
    with pytest.raises(FigureError, match="0 of 0 specifications"):
        plot_specifications(table.head(0), CHOICES)
    with pytest.raises(FigureError, match="marks more than one"):
        plot_specifications(table.assign(is_headline=True), CHOICES, chosen="is_headline")
