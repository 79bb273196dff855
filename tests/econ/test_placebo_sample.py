"""From frames to the arrays of the placebo: refusals that name what is wrong."""

import numpy as np
import pandas as pd
import pytest

from econ.errors import EconError
from econ.placebo import run_placebo
from econ.placebo_sample import list_units, read_outcome
from tests.econ.placebos import make_designations, make_outcome, make_scores, make_units

UNITS = make_units()
OUTCOME = make_outcome(UNITS)
DESIGNATIONS = make_designations(UNITS)
SCORES = make_scores(UNITS)


def test_units_of_the_outcome() -> None:
    assert list_units(OUTCOME)["unit"].tolist() == UNITS["unit"].tolist()


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ([1], "DataFrame"),
        (OUTCOME.drop(columns="period"), "no column 'period'"),
        (OUTCOME.astype({"period": str}), "must hold numbers"),
        (OUTCOME.assign(synchronization=np.inf), "infinite"),
        (OUTCOME.assign(unit_i=1), "unit codes|integer"),
        (pd.concat([OUTCOME, OUTCOME[:1]]), "several rows"),
    ],
)
def test_outcomes_that_cannot_be_read_are_refused(frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(EconError, match=message):
        run_placebo(frame, DESIGNATIONS, UNITS, draws=2)


def test_series_have_one_outcome() -> None:
    series = pd.DataFrame({"unit": ["a"], "period": [2000], "value": [1.0]})
    with pytest.raises(EconError, match="series give the outcome"):
        read_outcome(series, "growth")


@pytest.mark.parametrize(
    ("scores", "instruments", "message"),
    [
        (SCORES, (), "both or none"),
        (SCORES, "supply", "both or none"),
        (SCORES, ["price"], "price"),
        (SCORES.astype({"supply": str}), ["supply"], "column of numbers"),
        (pd.concat([SCORES, SCORES[:1]]), ["supply"], "repeat a unit"),
        (SCORES[SCORES["unit"] != "330104"], ["supply"], "330104 in 2013"),
    ],
)
def test_scores_that_cannot_be_used_are_refused(scores: pd.DataFrame, instruments: list[str], message: str) -> None:
    with pytest.raises(EconError, match=message):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS, scores=scores, instruments=instruments, draws=2)


def test_scores_before_the_start_are_needed_only_where_dates_are_drawn() -> None:
    later = SCORES[SCORES["period"] >= 2013]
    options = {"scores": later, "instruments": ["supply"], "draws": 2}
    whole = run_placebo(OUTCOME, DESIGNATIONS, UNITS, **{**options, "scores": SCORES})
    pd.testing.assert_frame_equal(run_placebo(OUTCOME, DESIGNATIONS, UNITS, **options).draws, whole.draws)
    with pytest.raises(EconError, match="330101 in 2011"):
        run_placebo(OUTCOME, DESIGNATIONS, UNITS, kind="time", **options)
