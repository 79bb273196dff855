"""From inputs to the pair panel, on five cities: what each setting does, and what is refused."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from textq.config import Study, read_study
from textq.errors import ConfigError, StudyError
from textq.pipeline.study_inputs import Inputs
from textq.pipeline.study_panel import StudyPanel, build_panel
from textq.run import Run

CITIES = ["110000", "120000", "330100", "330700", "440100"]
YEARS = range(2010, 2020)
STUDY = """
[scores]
run = "unused"
[series]
file = "unused.csv"
[designations]
file = "unused.csv"
[pairs]
gravity = "none"
keep = "none"
[outcome]
transform = "none"
standardise = "none"
"""


def make_inputs() -> Inputs:
    rng = np.random.default_rng(5)
    cells = pd.MultiIndex.from_product([CITIES, YEARS], names=["unit", "period"]).to_frame(index=False)
    series = cells.assign(value=rng.normal(8, 2, len(cells)))
    designations = pd.DataFrame(
        {
            "unit": ["330100", "440100", "330782", "510100"],
            "date": pd.to_datetime(["2015-03-07", "2016-01-12", "2013-07-24", "2012-01-01"]),
            "parent": [None, None, "330700", None],
            "widens_to": [None, "110000", None, None],
        }
    )
    units = pd.DataFrame(
        {"unit": CITIES, "gdp": [1.0, 2.0, 4.0, 8.0, 16.0], "province": [1.1e5, 1.2e5, 3.3e5, 3.3e5, 4.4e5]}
    )
    scores = cells.assign(
        coverage="declared", supply=np.arange(len(cells), dtype=float), demand=1.0 + cells["period"] % 3
    )
    return Inputs(series, designations, units, scores, None, ())


@pytest.fixture
def inputs() -> Inputs:
    return make_inputs()


def read(folder: Path, *settings: str) -> Study:
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return read_study(path, ["estimate.regressors=['did', 'did:supply', 'did:demand']", *settings])


def treated_units(built: StudyPanel) -> set[str]:
    panel = built.panel
    return {*panel.loc[panel["treated_i"] > 0, "unit_i"], *panel.loc[panel["treated_j"] > 0, "unit_j"]}


def test_panel_holds_every_pair_but_both_designated_and_year(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path), inputs)
    assert len(built.panel) == (10 - 1) * len(YEARS)
    assert treated_units(built) == {"330100", "440100"}
    left_out = {(one.what, one.count) for one in built.dropped}
    assert {("designations", 2), ("pairs", 1)} <= left_out


def test_did_times_score_is_the_score_of_the_designated_member(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path, "treatment.scale=none"), inputs)
    row = built.panel.query("unit_i == '120000' and unit_j == '440100' and period == 2019").iloc[0]
    score = inputs.scores.query("unit == '440100' and period == 2019")["supply"].iloc[0]
    assert (row["did"], row["did:supply"]) == (1.0, score)
    assert (built.panel.loc[built.panel["did"] == 0, "did:supply"] == 0).all()


def test_scores_are_divided_by_their_sd_among_treated_city_years(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path), inputs)
    cells = inputs.scores.query("(unit == '330100' and period >= 2015) or (unit == '440100' and period >= 2016)")
    scales = built.scales.set_index("instrument")["scale"]
    assert scales["supply"] == pytest.approx(cells["supply"].std())


def test_a_county_level_zone_outside_the_sample_treats_its_prefecture_if_asked(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path, "treatment.county_zones=parent"), inputs)
    assert treated_units(built) == {"330100", "330700", "440100"}
    assert built.panel.query("treated_unit == '330700'")["cohort"].unique().tolist() == [2013]


def test_a_zone_that_widens_treats_the_new_city_if_asked(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path, "treatment.boundary=widened"), inputs)
    assert treated_units(built) == {"110000", "330100", "440100"}


def test_pre_means_the_years_before_any_unit_of_the_sample_is_designated(tmp_path: Path, inputs: Inputs) -> None:
    pre = build_panel(read(tmp_path, "outcome.standardise=pre"), inputs)
    listed = build_panel(read(tmp_path, "outcome.standardise=[2010, 2011, 2012, 2013, 2014]"), inputs)
    longer = build_panel(read(tmp_path, "outcome.standardise=[2010, 2011, 2012, 2013, 2014, 2015]"), inputs)
    pd.testing.assert_frame_equal(pre.panel, listed.panel)
    assert not pre.panel["synchronization"].equals(longer.panel["synchronization"])


def test_pre_without_such_years_is_refused(tmp_path: Path, inputs: Inputs) -> None:
    with pytest.raises(StudyError, match=r"first designation, in 2015\. There is none: the years are 2015–2019"):
        build_panel(read(tmp_path, "outcome.standardise=pre", "outcome.window=[2015, 2019]"), inputs)


def test_the_series_is_filtered_before_the_window_is_cut(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path, "outcome.filter=growth", "outcome.window=[2012, 2019]"), inputs)
    values = inputs.series.set_index(["unit", "period"])["value"]
    growth = [values[city, 2012] / values[city, 2011] - 1 for city in ("110000", "120000")]
    found = built.panel.query("unit_i == '110000' and unit_j == '120000' and period == 2012")["synchronization"].iloc[0]
    assert found == pytest.approx(1 - (growth[0] - growth[1]) ** 2 / 2)


def test_controls_are_gaps_of_logs_unless_a_rule_is_named(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path, "estimate.controls=['gdp', 'gdp:sum']"), inputs)
    row = built.panel.query("unit_i == '110000' and unit_j == '440100'").iloc[0]
    assert row["gdp"] == pytest.approx(np.log(16))
    assert row["gdp:sum"] == 17
    assert built.controls == ("gdp", "gdp:sum")


def test_pairs_of_provinces_are_unordered(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path), inputs)
    found = built.panel.groupby(["unit_i", "unit_j"])["province_pair"].first()
    assert found["110000", "330100"] == found["110000", "330700"] == "110000-330000"


def test_treated_years_of_unread_documents_are_refused_or_noted(tmp_path: Path, inputs: Inputs) -> None:
    scores = inputs.scores.copy()
    unread = (scores["unit"] == "330100") & (scores["period"] == 2016)
    scores.loc[unread, "coverage"] = "incomplete"
    spoiled = replace(inputs, scores=scores)
    with pytest.raises(StudyError, match=r"in 1 treated unit-periods a document could not be read.*330100 2016"):
        build_panel(read(tmp_path), spoiled)
    kept = build_panel(read(tmp_path, "scores.incomplete=keep"), spoiled)
    assert any("1 treated unit-periods have a document that could not be read" in note for note in kept.notes)


def test_assumed_coverage_is_said(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path), replace(inputs, scores=inputs.scores.assign(coverage="assumed")))
    assert any("coverage that is assumed" in note for note in built.notes)


def test_treated_years_outside_coverage_are_refused_by_name(tmp_path: Path, inputs: Inputs) -> None:
    scores = inputs.scores.query("not (unit == '440100' and period == 2019)")
    with pytest.raises(StudyError, match="440100 in 2019"):
        build_panel(read(tmp_path), replace(inputs, scores=scores))


def test_shares_that_sum_to_one_are_refused_beside_did(tmp_path: Path, inputs: Inputs) -> None:
    supply = np.linspace(0.1, 0.9, len(inputs.scores))
    shares = replace(inputs, scores=inputs.scores.assign(supply=supply, demand=1 - supply))
    with pytest.raises(StudyError, match="sum to one"):
        build_panel(read(tmp_path, "scores.measure=share"), shares)
    build_panel(read(tmp_path, "scores.measure=share", "estimate.regressors=['did', 'did:supply']"), shares)


def test_did_alone_needs_no_scores(tmp_path: Path, inputs: Inputs) -> None:
    built = build_panel(read(tmp_path, "estimate.regressors=['did']"), replace(inputs, scores=None))
    assert set(built.panel["did"]) == {0.0, 1.0}
    assert len(built.scales) == 0


def test_instruments_without_scores_are_refused(tmp_path: Path, inputs: Inputs) -> None:
    with pytest.raises(ConfigError, match=r"did:supply, did:demand need scores.*\[scores\] run"):
        build_panel(read(tmp_path), replace(inputs, scores=None))


def test_units_with_a_series_need_a_row_of_their_own(tmp_path: Path, inputs: Inputs) -> None:
    assert inputs.units is not None
    with pytest.raises(StudyError, match=r"1 units have a series but no row in the file of units: 440100"):
        build_panel(read(tmp_path), replace(inputs, units=inputs.units.head(4)))


def test_instruments_are_called_what_the_codebook_of_the_run_calls_them(tmp_path: Path, inputs: Inputs) -> None:
    names = {"supply": {"zh": "规制型", "en": "Rule"}}
    (tmp_path / "run.json").write_text(json.dumps({"names": names}), encoding="utf-8")
    built = build_panel(read(tmp_path), replace(inputs, run=Run(tmp_path)))
    assert built.names == {"zh": {"supply": "规制型", "demand": "demand"}, "en": {"supply": "Rule", "demand": "demand"}}


def test_without_a_run_terms_keep_their_names(tmp_path: Path, inputs: Inputs) -> None:
    assert build_panel(read(tmp_path), inputs).names == {}
