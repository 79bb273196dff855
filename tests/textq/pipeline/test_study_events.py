"""The event study of a study, on a few made cities: settings, both standardisations, what is refused."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import econ
from econ.table_text import render_text
from textq.cli.estimate_summary import summarise_result
from textq.config import Study, read_study
from textq.errors import StudyError
from textq.pipeline.estimates import fit_study
from textq.pipeline.study_check_tables import (
    list_check_dropped,
    list_check_notes,
    list_honest,
    list_lead_tests,
    list_points,
    tabulate_events,
)
from textq.pipeline.study_events import fit_events
from textq.pipeline.study_inputs import Inputs
from textq.pipeline.study_panel import StudyPanel, build_panel, measure_outcome

from .made_studies import make_inputs

STUDY = """
[series]
file = "unused.csv"
[designations]
file = "unused.csv"
[pairs]
gravity = "none"
keep = "none"
[estimate]
regressors = ["did", "did:supply"]
[event_study]
window = [-3, 2]
draws = 1000
"""


@pytest.fixture(scope="module")
def inputs() -> Inputs:
    return make_inputs()


def read(folder: Path, *settings: str) -> Study:
    path = folder / "study.toml"
    path.write_text(STUDY, encoding="utf-8")
    return read_study(path, ["scores.run=unused", *settings])


def build(folder: Path, inputs: Inputs, *settings: str) -> tuple[Study, StudyPanel]:
    study = read(folder, *settings)
    return study, build_panel(study, inputs)


def test_a_section_that_is_not_there_is_not_run(tmp_path: Path, inputs: Inputs) -> None:
    study, panel = build(tmp_path, inputs)
    assert fit_events(replace(study, event_study=None), panel) is None


def test_an_empty_section_is_run_with_its_defaults(tmp_path: Path) -> None:
    path = tmp_path / "study.toml"
    path.write_text('[series]\nfile = "a.csv"\n[event_study]\n[placebo]\n', encoding="utf-8")
    study = read_study(path)
    assert study.event_study is not None
    assert study.event_study.window == (-4, 4)
    assert study.placebo is not None
    assert study.placebo.draws == 500


def test_both_standardisations_stand_below_each_other(tmp_path: Path, inputs: Inputs) -> None:
    study, panel = build(tmp_path, inputs)
    events = fit_events(study, panel)
    assert events is not None
    assert list(events.by_outcome) == ["window", "pre"]
    pre = measure_outcome(replace(study, outcome=replace(study.outcome, standardise=tuple(range(2008, 2013)))), panel)
    rows = panel.panel.drop(columns=["synchronization", "clipped"]).merge(pre)
    by_hand = econ.fit_event_study(rows, "synchronization", window=(-3, 2), draws=1000)
    pd.testing.assert_frame_equal(events.by_outcome["pre"].points, by_hand.points)
    assert list_points(events).groupby("standardise").size().to_dict() == {"pre": 6, "window": 6}
    assert list(list_lead_tests(events)["standardise"]) == ["window", "pre"]
    tables, notes = list_honest(events)
    assert set(tables) == {"honest_window", "honest_pre"}
    assert notes == ()
    for lang, marks in (("en", ["window", "pre"]), ("zh", ["窗口期", "事前"])):
        table = tabulate_events(events, lang)
        assert [block[0][0] for block in table.blocks] == marks
        assert {len(block) for block in table.blocks} == {1 + 6 + 2}
        assert {len(row) for block in table.blocks for row in block} == {len(table.head)}
        rules = [line for line in render_text(table).splitlines() if line.startswith("──")]
        assert max(map(len, rules)) <= 100


def test_the_table_names_what_it_rests_on(tmp_path: Path, inputs: Inputs) -> None:
    events = fit_events(*build(tmp_path, inputs))
    assert events is not None
    estimate = events.by_outcome["pre"].estimate
    table = tabulate_events(events, "en")
    told = "\n".join(table.notes)
    assert "Outcome: synchronization (cerqueira_martins, transform cerqueira). Absorbed effects: pair, year." in told
    assert f"Observations: {estimate.nobs:,}." in told
    assert "Standard errors: jackknife that leaves out one unit with all its rows; t(11)." in told
    assert ("observations", f"{estimate.nobs:,}") in [tuple(map(str, row[:2])) for row in table.blocks[1]]
    assert ("covariance", "jackknife") in [tuple(map(str, row[:2])) for row in table.blocks[1]]
    chinese = "\n".join(tabulate_events(events, "zh").notes)
    assert "固定效应：城市对、年份" in chinese
    assert "标准误：刀切法" in chinese
    tests = list_lead_tests(events).set_index("standardise").loc["pre"]
    assert tests["nobs"] == estimate.nobs
    assert (tests["vcov"], tests["df"], tests["r2"]) == ("jackknife", 11, estimate.r2)


def test_a_jackknife_that_gave_way_is_told_with_the_reason(tmp_path: Path, inputs: Inputs) -> None:
    dates = inputs.designations.assign(date=pd.to_datetime(["2012-05-01", "2014-02-01", "2014-02-01", "2014-02-01"]))
    alone = replace(inputs, designations=dates)
    events = fit_events(*build(tmp_path, alone, "event_study.window=[-3, 7]", "event_study.beyond=drop"))
    assert events is not None
    told = "\n".join(tabulate_events(events, "en").notes)
    assert "Standard errors: dyadic-robust" in told
    assert "The jackknife cannot be computed here" in told
    assert set(list_lead_tests(events)["vcov"]) == {"dyadic"}


def test_rows_beyond_the_window_are_counted_where_a_reader_looks(tmp_path: Path, inputs: Inputs) -> None:
    study, panel = build(tmp_path, inputs, "event_study.beyond=drop")
    events = fit_events(study, panel)
    assert events is not None
    (one,) = events.by_outcome["window"].estimate.dropped
    assert one.count > 0
    for lang, words in (("en", f"Left out: {one.count:,} rows (event times"), ("zh", f"剔除：{one.count:,}行（event")):
        assert any(note.startswith(words) for note in tabulate_events(events, lang).notes)
    result = replace(fit_study(study, panel), events=events)
    (dropped,) = list_check_dropped(result)
    assert dropped == replace(one, reason=f"event study: {one.reason}")
    assert sum(f"{one.count:,} rows" in note for note in list_check_notes(result)) == 1
    assert summarise_result(result)["dropped"][-1] == {
        "what": "rows", "reason": dropped.reason, "count": one.count
    }  # fmt: skip


def test_an_outcome_on_a_known_scale_has_one_event_study(tmp_path: Path, inputs: Inputs) -> None:
    study, panel = build(tmp_path, inputs, "outcome.standardise=none", "outcome.transform=none")
    events = fit_events(study, panel)
    assert events is not None
    assert list(events.by_outcome) == ["none"]
    assert set(list_honest(events)[0]) == {"honest"}


@pytest.mark.parametrize(
    ("standardise", "names"),
    [("[2008, 2009, 2010, 2011, 2012]", ["pre", "window"]), ("[2008, 2009, 2010, 2011]", ["list", "window", "pre"])],
)
def test_listed_years_are_known_for_what_they_are(
    tmp_path: Path, inputs: Inputs, standardise: str, names: list[str]
) -> None:
    events = fit_events(*build(tmp_path, inputs, f"outcome.standardise={standardise}"))
    assert events is not None
    assert list(events.by_outcome) == names


def test_a_standardisation_that_is_not_possible_is_a_note(tmp_path: Path, inputs: Inputs) -> None:
    events = fit_events(*build(tmp_path, inputs, "outcome.window=[2011, 2019]"))
    assert events is not None
    assert list(events.by_outcome) == ["window"]
    assert any('cannot be standardised over "pre"' in note and "4" in note for note in events.notes)


def test_an_event_study_that_cannot_be_fitted_names_its_section(tmp_path: Path, inputs: Inputs) -> None:
    study, panel = build(tmp_path, inputs, "event_study.reference=1")
    with pytest.raises(StudyError, match=r"\[event_study\]: The 'reference' parameter"):
        fit_events(study, panel)


def test_gaps_leave_no_file_for_honestdid_and_a_note(tmp_path: Path, inputs: Inputs) -> None:
    events = fit_events(*build(tmp_path, inputs, "treatment.timing=drop_entry_year"))
    assert events is not None
    tables, notes = list_honest(events)
    assert tables == {}
    assert "no file for HonestDiD" in notes[0]
