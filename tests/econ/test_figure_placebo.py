"""Placebo plots draw the density and p-values of the draws, and the p-value of the placebo."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from econ.errors import FigureError
from econ.figure_placebo import list_placebo_draws, plot_placebo
from econ.placebo_result import Placebo, PlaceboSpec, tabulate_tests

from .figure_cases import make_placebo
from .test_figure_events import list_notes


def test_dots_line_and_truth() -> None:
    placebo = make_placebo()
    left, right = plot_placebo(placebo, "did", df=22).axes
    density, truth = left.lines
    grid, heights = density.get_data()
    np.testing.assert_allclose(heights, stats.gaussian_kde(placebo.draws["did"])(grid))
    assert set(truth.get_xdata()) == {0.85}
    assert truth.get_linestyle() == "--"
    level, dots = right.lines
    assert set(level.get_ydata()) == {0.1}
    expected = 2 * stats.t.sf(np.abs(placebo.draws["t(did)"]), 22)
    np.testing.assert_allclose(dots.get_xydata(), np.column_stack([placebo.draws["did"], expected]))
    np.testing.assert_allclose(right.get_ylim(), (0, 1.04))


def test_the_note_gives_the_two_sided_p_value_and_the_law_of_the_dots() -> None:
    placebo = make_placebo()
    two_sided = placebo.tests["two_sided"].iloc[0]
    assert f"Two-sided p = {two_sided:.3f} from 400 draws" in list_notes(plot_placebo(placebo))
    assert "from the normal distribution" in list_notes(plot_placebo(placebo))
    assert "from t(22)" in list_notes(plot_placebo(placebo, df=22))
    assert f"双侧p = {two_sided:.3f}" in list_notes(plot_placebo(placebo, lang="zh"))


def test_statistics_without_errors_have_no_right_axis() -> None:
    for placebo, name in ((make_placebo(student=False), "did"), (make_placebo(), "t(did)")):
        figure = plot_placebo(placebo, name)
        assert len(figure.axes) == 1
    assert "no p-values of their own" in list_notes(plot_placebo(make_placebo(student=False)))


def test_draws_that_are_missing_are_counted() -> None:
    placebo = make_placebo()
    draws = placebo.draws.assign(did=placebo.draws["did"].where(placebo.draws["draw"] >= 7))
    lacking = Placebo(tabulate_tests({"did": 0.85, "t(did)": 2.9}, draws), draws, placebo.spec)
    assert "7 draws do not identify the statistic and are left out." in list_notes(plot_placebo(lacking))
    table = list_placebo_draws(lacking, "did")
    assert len(table) == 394
    assert table.iloc[-1][["draw", "did"]].tolist() == [-1, 0.85]


@pytest.mark.parametrize("values", [[0.1, 0.2], [0.5] * 9])
def test_draws_without_density_are_refused(values: list[float]) -> None:
    draws = pd.DataFrame({"draw": range(len(values)), "did": values})
    placebo = Placebo(tabulate_tests({"did": 1.0}, draws), draws, PlaceboSpec("unit", "approval_year", None, 1, {}))
    with pytest.raises(FigureError, match=f"the {len(values)} draws .* have no density"):
        plot_placebo(placebo)


def test_unknown_statistics_are_refused() -> None:
    with pytest.raises(FigureError, match=r"statistics did, t\(did\). Got 'nonsense'"):
        plot_placebo(make_placebo(), "nonsense")
