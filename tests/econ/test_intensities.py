"""Regressors did × S: by hand, and against a loop over rows."""

import statistics
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econ.errors import SpecError, TreatmentError
from econ.intensities import check_shares, interact_scores
from econ.pairs import form_pairs
from econ.treatment import assign_treatment, find_designated

WINDOW = range(2014, 2018)
ROSTER = pd.DataFrame({"unit": ["a", "b"], "date": ["2015-03-07", "2016-07-01"]})
SCORES = pd.DataFrame(
    [("a", 2015, 1, 0), ("a", 2016, 2, 4), ("a", 2017, 3, 4), ("b", 2016, 0, 0), ("b", 2017, 6, 2)],
    columns=["unit", "period", "supply", "demand"],
)


def make_panel(
    units: str = "abcd", roles: tuple[str, ...] = ("one", "neither"), timing: str = "approval_year"
) -> pd.DataFrame:
    designated = find_designated(ROSTER, WINDOW, timing)
    return assign_treatment(form_pairs(pd.DataFrame({"unit": list(units)}), designated, roles), ROSTER, WINDOW, timing)


def list_years(panel: pd.DataFrame, pair: str, column: str) -> list[float]:
    return panel.loc[panel["pair_id"] == pair, column].tolist()


def test_the_designated_members_score_by_hand() -> None:
    found = interact_scores(make_panel(), SCORES, ["supply", "demand"], scale="none")

    assert list_years(found.panel, "a-c", "did") == [0, 1, 1, 1]
    assert list_years(found.panel, "a-c", "did:supply") == [0, 1, 2, 3]
    assert list_years(found.panel, "a-c", "did:demand") == [0, 0, 4, 4]
    assert list_years(found.panel, "b-d", "did:supply") == [0, 0, 0, 6]
    assert list_years(found.panel, "c-d", "did:supply") == [0, 0, 0, 0]
    assert found.scales == {"supply": 1.0, "demand": 1.0}
    assert (found.panel[["did", "did:supply", "did:demand"]].dtypes == "float64").all()
    pd.testing.assert_frame_equal(
        found.intensities, SCORES.astype({"supply": "float64", "demand": "float64"}), check_dtype=True
    )


def test_of_two_designated_members_each_counts_from_its_own_start() -> None:
    panel = make_panel(roles=("both",))

    found = interact_scores(panel, SCORES, ["supply"], scale="none").panel

    assert list_years(found, "a-b", "did") == [0, 1, 1, 1]
    assert list_years(found, "a-b", "did:supply") == [0, 1, 2 + 0, 3 + 6]


def test_shares_of_the_entry_year_weigh_the_score() -> None:
    found = interact_scores(make_panel(timing="share_of_year"), SCORES, ["supply"], scale="none").panel

    assert list_years(found, "a-c", "did") == [0, 300 / 365, 1, 1]
    assert list_years(found, "a-c", "did:supply") == [0, 300 / 365, 2, 3]


@given(st.integers(0, 10_000), st.sampled_from(["approval_year", "next_full_year", "share_of_year"]))
@settings(max_examples=8, deadline=None)
def test_regressors_equal_a_loop_over_rows(seed: int, timing: str) -> None:
    rng = np.random.default_rng(seed)
    cells = [(unit, year) for unit in "abcd" for year in WINDOW]
    values = {cell: rng.poisson(3, 2) for cell in cells}
    scores = pd.DataFrame([(*cell, *value) for cell, value in values.items()], columns=["unit", "period", "x", "y"])
    panel = make_panel("abcd", ("one", "neither", "both"), timing)

    found = interact_scores(panel.sample(frac=1, random_state=seed), scores, ["x", "y"], scale="none").panel

    expected = [
        row.treated_i * values[row.unit_i, row.period] + row.treated_j * values[row.unit_j, row.period]
        for row in panel.itertuples()
    ]
    np.testing.assert_allclose(found.sort_index()[["did:x", "did:y"]], expected, rtol=1e-14)


def test_scores_of_untreated_cells_play_no_part_and_may_be_absent() -> None:
    others = pd.DataFrame(
        {"unit": ["c", "a", "b"], "period": [2016, 2014, 2015], "supply": [1e9, np.nan, 7.0], "demand": 1.0}
    )
    more = pd.concat([SCORES, others, others.assign(period=1990)], ignore_index=True)

    found = interact_scores(make_panel(), more.sample(frac=1, random_state=2), ["supply", "demand"])

    expected = interact_scores(make_panel(), SCORES, ["supply", "demand"])
    pd.testing.assert_frame_equal(found.panel, expected.panel)
    assert found.scales == expected.scales


def test_the_sd_counts_each_treated_unit_period_once() -> None:
    found = interact_scores(make_panel("abcdefgh"), SCORES, ["supply", "demand"])

    assert found.scales["supply"] == pytest.approx(statistics.stdev(SCORES["supply"]), rel=1e-14)
    assert found.scales["demand"] == pytest.approx(statistics.stdev(SCORES["demand"]), rel=1e-14)
    raw = interact_scores(make_panel("abcdefgh"), SCORES, ["supply", "demand"], scale="none")
    np.testing.assert_allclose(found.panel["did:supply"] * found.scales["supply"], raw.panel["did:supply"], rtol=1e-14)
    assert found.intensities["supply"].std() == pytest.approx(1, rel=1e-14)
    assert found.notes[0] == "Scores are divided by their SD among 5 treated unit-periods; they are not centred."


def test_treated_but_nothing_in_force_is_kept_counted_and_listed() -> None:
    found = interact_scores(make_panel(), SCORES, ["supply", "demand"], scale="none")

    assert found.treated_zero.to_numpy().tolist() == [["b", 2016]]
    assert found.n_treated_zero == 1
    assert found.notes == ("1 of 5 treated unit-periods have a score of 0 in all instruments used: b in 2016.",)
    assert interact_scores(make_panel(), SCORES, ["demand"], scale="none").n_treated_zero == 2


@pytest.mark.parametrize(
    ("scores", "message"),
    [
        (
            SCORES.iloc[[1, 2, 4]],
            r"outside the coverage of the scores \(they have no row\): a in 2015, b in 2016\. State",
        ),
        (SCORES.assign(demand=[0, np.nan, 4, 0, 2]), r"without a finite score: a in 2016\. Complete"),
        (SCORES.assign(supply=[0, 1, np.inf, 0, 2]), r"without a finite score: a in 2017\. Complete"),
        (pd.concat([SCORES, SCORES.tail(1)]), "more than one row for b in 2017"),
        (SCORES.assign(supply="3"), "supply must be a column of numbers"),
        (SCORES.assign(supply=3), "supply is the same in all 5 treated unit-periods"),
        (SCORES.assign(demand=0.1), "demand is the same in all 5 treated unit-periods"),
        (SCORES.drop(columns="unit"), "the scores must have the columns unit, period"),
    ],
)
def test_bad_scores_are_refused_by_name(scores: pd.DataFrame, message: str) -> None:
    with pytest.raises(TreatmentError, match=message):
        interact_scores(make_panel(), scores, ["supply", "demand"])


def test_of_many_uncovered_cells_ten_are_named() -> None:
    roster = pd.DataFrame({"unit": list("abc"), "date": "2014-01-01"})
    pairs = form_pairs(pd.DataFrame({"unit": list("abcd")}), list("abc"))
    panel = assign_treatment(pairs, roster, WINDOW)

    with pytest.raises(TreatmentError, match=r"a in 2014, .*, c in 2015 and 2 more\. State in coverage"):
        interact_scores(panel, SCORES.head(0), ["supply"])


def test_nullable_scores_are_read() -> None:
    nullable = SCORES.astype({"unit": "string", "period": "Int64", "supply": "Float64", "demand": "Int64"})

    found = interact_scores(make_panel(), nullable, ["supply", "demand"])

    pd.testing.assert_frame_equal(found.panel, interact_scores(make_panel(), SCORES, ["supply", "demand"]).panel)
    with pytest.raises(TreatmentError, match="without a finite score: a in 2015"):
        interact_scores(
            make_panel(), nullable.assign(demand=nullable["demand"].mask(nullable["period"] == 2015)), ["demand"]
        )


def test_a_panel_without_treatment_is_refused() -> None:
    panel = make_panel()

    with pytest.raises(TreatmentError, match="no unit is treated"):
        interact_scores(panel[panel["period"] == 2014], SCORES, ["supply"])
    with pytest.raises(TreatmentError, match="Missing: treated_i"):
        interact_scores(panel.drop(columns="treated_i"), SCORES, ["supply"])


def test_one_treated_cell_has_no_sd() -> None:
    panel = make_panel("ac")
    panel = panel[panel["period"] <= 2015]

    with pytest.raises(TreatmentError, match="one treated unit-period has no SD"):
        interact_scores(panel, SCORES, ["supply"])
    assert interact_scores(panel, SCORES, ["supply"], scale="none").panel["did:supply"].tolist() == [0, 1]


@pytest.mark.parametrize("instruments", [[], ["supply", "supply"], ["environment"], "supply", ["period"]])
def test_unknown_instruments_are_refused(instruments: list[str]) -> None:
    with pytest.raises(SpecError, match="instruments must be different columns of the scores: supply, demand"):
        interact_scores(make_panel(), SCORES, instruments)


def test_unknown_scales_are_refused() -> None:
    with pytest.raises(SpecError, match="'scale' parameter of interact_scores must be one of 'sd', 'none'"):
        interact_scores(make_panel(), SCORES, ["supply"], scale="mean")


def test_inputs_stay_as_they_are() -> None:
    panel, scores = make_panel(), SCORES.copy()
    before = panel.copy()

    found = interact_scores(panel, scores, ["supply"])

    pd.testing.assert_frame_equal(panel, before)
    pd.testing.assert_frame_equal(scores, SCORES)
    pd.testing.assert_frame_equal(found.panel[before.columns], before)


SHARES = SCORES.assign(supply=[0.1, 0.4, 0.25, 1.0, 0.0], demand=[0.9, 0.6, 0.75, 0.0, 1.0])
COLUMNS = ["did:supply", "did:demand"]


@pytest.mark.parametrize("timing", ["approval_year", "share_of_year"])
def test_shares_that_sum_to_one_are_refused(timing: str) -> None:
    found = interact_scores(make_panel(timing=timing), SHARES, ["supply", "demand"], scale="none")

    with pytest.raises(
        TreatmentError, match="sum to one, so that did:supply, did:demand together with did are collinear"
    ):
        check_shares(found.panel, COLUMNS)
    assert np.linalg.matrix_rank(found.panel[["did", *COLUMNS]].to_numpy()) == 2
    check_shares(found.panel, COLUMNS[:1])


def test_scaled_shares_are_refused_too() -> None:
    found = interact_scores(make_panel(), SHARES, ["supply", "demand"])

    with pytest.raises(TreatmentError, match=r"Leave one class out, or use counts, stocks or per_10k\."):
        check_shares(found.panel, COLUMNS, found.scales)
    assert np.linalg.matrix_rank(found.panel[["did", *COLUMNS]].to_numpy()) == 2


@pytest.mark.parametrize(
    "spoil",
    [
        lambda table: SCORES,
        lambda table: table.assign(demand=[0.9, 0.6, 0.75, 0.0, 0.95]),
        lambda table: table.assign(supply=[0.0, 0.4, 0.25, 1.0, 0.0]),
    ],
)
def test_scores_that_do_not_sum_to_one_pass(spoil: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    found = interact_scores(make_panel(), spoil(SHARES), ["supply", "demand"], scale="none")

    check_shares(found.panel, COLUMNS)
    assert np.linalg.matrix_rank(found.panel[["did", *COLUMNS]].to_numpy()) == 3


@pytest.mark.parametrize("scale", ["none", "sd"])
def test_cells_without_any_share_are_no_evidence(scale: str) -> None:
    """did differs from the sum of the shares in such cells alone: the rank is full, and still they are shares."""
    shares = SHARES.assign(supply=[0.0, 0.4, 0.25, 1.0, 0.0], demand=[0.0, 0.6, 0.75, 0.0, 1.0])
    found = interact_scores(make_panel(), shares, ["supply", "demand"], scale=scale)

    assert np.linalg.matrix_rank(found.panel[["did", *COLUMNS]].to_numpy()) == 3
    with pytest.raises(
        TreatmentError, match=r"sum to one \(but for 2 treated rows where all are 0\), so that did:supply"
    ):
        check_shares(found.panel, COLUMNS, found.scales)


def test_one_score_of_zeros_and_ones_is_no_share() -> None:
    flags = SCORES.assign(supply=[0, 1, 1, 0, 1])
    found = interact_scores(make_panel(), flags, ["supply"], scale="none")

    check_shares(found.panel, COLUMNS[:1])
    always = interact_scores(make_panel(), SCORES.assign(supply=1), ["supply"], scale="none")
    with pytest.raises(TreatmentError, match="sum to one, so that did:supply together with did"):
        check_shares(always.panel, COLUMNS[:1])
