"""Coefficient plots draw the numbers of the estimates, in the order given."""

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from econ.errors import FigureError
from econ.estimate import Estimate
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
        ({"terms": "did"}, r"are a list, as \['did'\]\. Got the text 'did'"),
    ):
        with pytest.raises(FigureError, match=message):
            plot_coefficients(fit_made(), **given)  # type: ignore[arg-type]
    with pytest.raises(FigureError, match="wild bootstrap gives 95 % intervals alone"):
        plot_coefficients(wild, thin=0.99)
    with pytest.raises(FigureError, match="Got none"):
        plot_coefficients({})
    with pytest.raises(FigureError, match="Got none"):
        plot_coefficients([])


def spoil(estimate: Estimate, term: str, column: str, value: float) -> Estimate:
    params = estimate.params.copy()
    params.loc[params["term"] == term, column] = value
    return replace(estimate, params=params)


@pytest.mark.parametrize("column", ["estimate", "conf_low", "conf_high"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_not_finite_are_refused_by_the_name_of_their_term(column: str, value: float) -> None:
    bad = spoil(fit_made(), "x", column, value)
    message = r"1 of 3 coefficients lack a finite estimate or interval, first 'x'\. Leave out with terms=: x\."
    with pytest.raises(FigureError, match=message):
        plot_coefficients(bad)
    with pytest.raises(FigureError, match=r"1 of 6 .* first 'x' of 'second'\."):
        plot_coefficients({"first": fit_made(), "second": bad})
    assert plot_coefficients(bad, terms=["did"]).axes


def test_a_list_is_drawn_under_numbers() -> None:
    figure = plot_coefficients([fit_made(), fit_made()], terms=["did"])
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["(1)", "(2)"]
    assert not plot_coefficients([fit_made()]).legends


def list_notes(figure: Figure) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text in figure.texts).replace("\u00a0", " ")


def test_the_note_says_on_which_errors_the_intervals_rest() -> None:
    dyadic, iid = fit_made(), fit_made().with_vcov("iid")
    assert "Standard errors: dyadic-robust." in list_notes(plot_coefficients(dyadic))
    assert "标准误：二元组聚类稳健。" in list_notes(plot_coefficients(dyadic, lang="zh"))
    assert list_notes(plot_coefficients({"a": iid, "b": iid})).count("Standard errors: classical.") == 1
    several = {"a": dyadic, "b": iid, "c": dyadic}
    notes = list_notes(plot_coefficients(several, labels={"c": "third"}))
    assert "Standard errors of a, third: dyadic-robust. Standard errors of b: classical." in notes
    assert "a、c的标准误：二元组聚类稳健。" in list_notes(plot_coefficients(several, lang="zh"))
    assert "tandard errors" not in list_notes(plot_coefficients({"dyadic-robust": dyadic, "classical": iid}))
