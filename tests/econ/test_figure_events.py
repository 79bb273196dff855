"""Event-study plots draw points, intervals, band, base and counts, and say what the test of the leads says."""

from dataclasses import replace

import numpy as np
import pytest

from econ.errors import FigureError
from econ.figure_events import list_event_points, plot_event_study

from .figure_cases import fit_made_events


def list_notes(figure: object) -> str:
    return " ".join(text.get_text().replace("\n", " ") for text in figure.texts).replace("\u00a0", " ")  # type: ignore[attr-defined]


def test_what_is_drawn_is_what_the_study_says() -> None:
    study = fit_made_events()
    upper, lower = plot_event_study(study).axes
    points = study.points.set_index("event_time")
    others = points.drop(index=-1)
    band, pointwise = (np.array([segment[:, 1] for segment in one.get_segments()]) for one in upper.collections)
    np.testing.assert_allclose(band, others[["band_low", "band_high"]])
    np.testing.assert_allclose(pointwise, others[["conf_low", "conf_high"]])
    zero, start, dots, base = upper.lines
    np.testing.assert_allclose(dots.get_xydata(), np.column_stack([others.index, others["estimate"]]))
    assert base.get_xydata().tolist() == [[-1.0, 0.0]]
    assert base.get_markerfacecolor() == "white"
    assert set(zero.get_ydata()) == {0}
    assert set(start.get_xdata()) == {-0.5}
    assert [bar.get_height() for bar in lower.patches] == points["n_treated_units"].tolist()
    assert [label.get_text() for label in lower.get_xticklabels()] == points["name"].tolist()
    assert points["name"].iloc[0] == "≤−3"


def test_the_note_gives_the_test_of_the_leads_and_the_errors() -> None:
    study = fit_made_events()
    assert study.leads is not None
    leads = study.leads
    fraction = f"F({leads.df_num}, {leads.df_denom:g})"
    result = f"{fraction} = {leads.statistic:.2f}, p = {leads.p_value:.3f}"
    assert f"Leads jointly equal: {result}." in list_notes(plot_event_study(study))
    assert "Standard errors: dyadic-robust." in list_notes(plot_event_study(study))
    assert "标准误：二元组聚类稳健。" in list_notes(plot_event_study(study, lang="zh"))
    classical = study.with_vcov("iid")
    assert "Standard errors: classical." in list_notes(plot_event_study(classical))
    assert "The leads are not tested jointly." in list_notes(plot_event_study(replace(study, leads=None)))


def test_relative_to_the_mean_no_point_is_the_base() -> None:
    study = fit_made_events().with_normalise("pre_mean")
    figure = plot_event_study(study)
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(names) == 2
    assert "the mean before 0" in figure.axes[0].get_ylabel()
    assert len(figure.axes[0].lines[2].get_xdata()) == len(study.points)
    assert not list_event_points({"": study})["is_base"].any()


def test_two_studies_have_scales_of_their_own() -> None:
    study = fit_made_events()
    large = replace(study, points=study.points.assign(**{
        name: 100 * study.points[name] for name in ("estimate", "conf_low", "conf_high", "band_low", "band_high")
    }))  # fmt: skip
    figure = plot_event_study({"window": study, "pre": large}, labels={"pre": "before"})
    first, second = figure.axes[:2]
    assert [axes.get_title(loc="left") for axes in (first, second)] == ["window", "before"]
    assert second.get_ylim()[1] > 50 * first.get_ylim()[1]
    assert list_event_points({"a": study, "b": large})["study"].unique().tolist() == ["a", "b"]


def test_where_labels_lack_room_panels_stand_below_one_another_on_paper() -> None:
    study = fit_made_events((-7, 7))
    paper, slide = (plot_event_study({"a": study, "b": study}, size=size) for size in ("a4", "slide"))
    assert paper.axes[0].get_position().y0 > paper.axes[2].get_position().y1
    assert slide.axes[0].get_position().y0 == pytest.approx(slide.axes[1].get_position().y0)
    shown = [label.get_text() for label in slide.axes[2].get_xticklabels()]
    assert {shown[0], shown[-1], "−1"} == {"≤−7", "≥7", "−1"} & set(shown)


def test_units_that_are_not_known_give_way_to_rows() -> None:
    study = fit_made_events()
    bare = study.points.assign(n_treated_units=np.nan, n_units=np.nan, n_pairs=np.nan)
    lower = plot_event_study(replace(study, points=bare)).axes[1]
    assert lower.get_ylabel() == "rows"
    assert [bar.get_height() for bar in lower.patches] == study.points["n_rows"].tolist()


def test_no_study_is_refused() -> None:
    with pytest.raises(FigureError, match="at least one event study"):
        plot_event_study({})
