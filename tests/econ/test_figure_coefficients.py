"""Coefficient plots draw the numbers of the estimates, in the order given."""

import numpy as np
import pytest

from econ.errors import FigureError
from econ.figure_coefficients import list_coefficients, plot_coefficients

from .figure_cases import fit_made
from .panels import draw_units


def test_points_and_intervals_are_those_of_the_estimate() -> None:
    estimate = fit_made()
    figure = plot_coefficients(estimate, terms=["x", "did"])
    (axes,) = figure.axes
    params = estimate.params.set_index("term").loc[["x", "did"]]
    points = axes.lines[1].get_xydata()
    np.testing.assert_allclose(points[:, 0], params["estimate"])
    assert points[0, 1] < points[1, 1]
    assert axes.get_ylim()[0] > axes.get_ylim()[1]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["x", "did"]
    (bars,) = axes.collections
    ends = np.array([segment[:, 0] for segment in bars.get_segments()])
    np.testing.assert_allclose(ends, params[["conf_low", "conf_high"]])


def test_thin_intervals_are_wider_by_the_quantiles_of_t() -> None:
    estimate = fit_made()
    from scipy import stats

    table = list_coefficients({"": estimate}, thin=0.99)
    reach = stats.t.ppf(0.995, estimate.df) * table["std_error"]
    np.testing.assert_allclose(table["thin_high"] - table["estimate"], reach)
    narrow = list_coefficients({"": estimate}, thin=0.9)
    assert (narrow["thin_low"] > narrow["conf_low"]).all()


def test_several_estimates_differ_in_marker_and_in_lightness() -> None:
    estimate = fit_made()
    names = ["one", "two", "three", "four", "five", "six"]
    figure = plot_coefficients(dict.fromkeys(names, estimate), terms=["did"])
    lines = figure.axes[0].lines[1:]
    assert len({line.get_marker() for line in lines}) == 6
    assert [text.get_text() for text in figure.legends[0].get_texts()] == names
    heights = [float(line.get_ydata()[0]) for line in lines]
    assert heights == sorted(heights)
    with pytest.raises(FigureError, match="7 estimates in one row cannot be told apart"):
        plot_coefficients(dict.fromkeys([*names, "seven"], estimate))


def test_terms_of_one_estimate_alone_have_no_row_of_the_other() -> None:
    table = list_coefficients({"a": fit_made(), "b": fit_made()}, terms=["did:score", "did"])
    assert table[["estimate_name", "term"]].to_numpy().tolist() == [
        ["a", "did:score"], ["b", "did:score"], ["a", "did"], ["b", "did"],
    ]  # fmt: skip


def test_what_cannot_be_drawn_is_refused() -> None:
    import econ

    wild = econ.fit_panel(draw_units(12), "y", ["did"], ["unit", "period"], {"wild": "unit", "draws": 99})
    for given, message in (
        ({"terms": ["nonsense"]}, r"terms of the equations: did, x, did:score\. Got nonsense"),
        ({"terms": []}, "Got none"),
        ({"thin": 95}, "lies between 0 and 1"),
    ):
        with pytest.raises(FigureError, match=message):
            plot_coefficients(fit_made(), **given)  # type: ignore[arg-type]
    with pytest.raises(FigureError, match="wild bootstrap gives 95 % intervals alone"):
        plot_coefficients(wild, thin=0.99)
    with pytest.raises(FigureError, match="Got none"):
        plot_coefficients({})
