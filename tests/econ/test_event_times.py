"""Event times are read as they are, binned at the ends, and counted by rows, pairs and units."""

import numpy as np
import pandas as pd
import pytest

from econ.errors import SpecError, TreatmentError
from econ.event_times import count_designated, count_rows, read_event_times
from econ.sample import build_sample
from tests.econ.panels import draw_pairs, draw_units


def test_missing_event_times_are_those_of_never_treated_rows() -> None:
    frame = pd.DataFrame({"unit": list("aabb"), "event_time": pd.array([-7, 9, None, None], dtype="Int64")})
    times = read_event_times(frame, "event_time")
    assert times.treated.tolist() == [True, True, False, False]
    assert times.values.tolist() == [-7, 9, 0, 0]
    binned = times.bin((-2, 3))
    assert binned.values.tolist() == [-2, 3, 0, 0]
    assert binned.find(0).sum() == 0
    floats = read_event_times(frame.assign(event_time=[-7.0, 9.0, np.nan, np.nan]), "event_time")
    assert floats.values.tolist() == times.values.tolist()


@pytest.mark.parametrize("bad", [0.5, np.inf])
def test_event_times_that_are_not_whole_numbers_are_refused(bad: float) -> None:
    frame = pd.DataFrame({"unit": list("aab"), "period": [1, 2, 1], "event_time": [-1.0, bad, np.nan]})
    with pytest.raises(TreatmentError, match=r"1 event times .* not whole numbers.*unit a, period 2"):
        read_event_times(frame, "event_time")


@pytest.mark.parametrize("values", [["-1", "0"], [True, False]])
def test_event_times_that_are_not_numbers_are_refused(values: list[object]) -> None:
    with pytest.raises(TreatmentError, match="whole numbers, missing for never-treated rows"):
        read_event_times(pd.DataFrame({"event_time": values}), "event_time")


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(SpecError, match="Did you mean event_time"):
        read_event_times(pd.DataFrame({"event_time": [1]}), "event_tim")


@pytest.mark.parametrize("columns", [{"unit": list("aab")}, {"unit_i": list("aab"), "unit_j": list("cdc")}])
def test_pairs_and_units_with_some_event_times_missing_are_refused(columns: dict[str, list[str]]) -> None:
    frame = pd.DataFrame({**columns, "event_time": [-1, np.nan, np.nan]})
    if "unit" in columns:
        with pytest.raises(TreatmentError, match=r"missing in some rows of a unit .*: a\. A row"):
            read_event_times(frame, "event_time")
    else:
        assert read_event_times(frame, "event_time").treated.sum() == 1
        with pytest.raises(TreatmentError, match=r"missing in some rows of a pair .*: a-c\. A row"):
            read_event_times(frame.assign(unit_j=list("ccc")), "event_time")


def test_counts_are_those_of_sets() -> None:
    frame = draw_pairs(2, n_units=13, share=0.8)
    start = draw_pairs(2, n_units=13).query("did").groupby("treated_unit")["period"].min()
    frame["event_time"] = frame["period"] - frame["treated_unit"].map(start)
    times = read_event_times(frame, "event_time")
    sample = build_sample(frame, "y", [], [], None)
    counts = count_rows(sample, times, [-2, 0, 99])
    for event_time in (-2, 0):
        rows = frame[frame["event_time"] == event_time]
        assert counts.loc[event_time].tolist() == [
            len(rows),
            len(set(zip(rows["unit_i"], rows["unit_j"], strict=True))),
            len({*rows["unit_i"], *rows["unit_j"]}),
            rows["treated_unit"].nunique(),
        ]
    assert counts.loc[99].tolist() == [0, 0, 0, 0]
    without = count_rows(build_sample(frame.drop(columns="treated_unit"), "y", [], [], None), times, [0])
    assert without["n_treated_units"].isna().all()


def test_both_members_of_a_pair_with_role_both_are_counted_as_treated() -> None:
    frame = pd.DataFrame(
        {
            "unit_i": ["a", "a"], "unit_j": ["b", "c"], "period": [1, 1], "y": [1.0, 2.0],
            "role": ["both", "one"], "treated_unit": [None, "a"], "event_time": [0, 0],
        }
    )  # fmt: skip
    counts = count_rows(build_sample(frame, "y", [], [], None), read_event_times(frame, "event_time"), [0])
    assert counts["n_treated_units"].tolist() == [2]


def test_designated_members_are_told_by_their_treatment_where_there_are_no_roles() -> None:
    frame = pd.DataFrame(
        {
            "unit_i": ["a", "a", "a", "a"], "unit_j": ["b", "b", "c", "c"], "period": [1, 2, 1, 2], "y": [1.0, 2, 3, 5],
            "treated_unit": [None, None, "a", "a"], "event_time": [-1, 0, -1, 0],
            "treated_i": [False, True, False, True], "treated_j": [False, True, False, False],
        }
    )  # fmt: skip
    times = read_event_times(frame, "event_time")
    sample = build_sample(frame, "y", [], [], None)
    assert count_rows(sample, times, [-1, 0])["n_treated_units"].tolist() == [2, 2]
    assert count_designated(sample, times) == (2, 1)
    blind = build_sample(frame.drop(columns="treated_j"), "y", [], [], None)
    assert count_rows(blind, times, [0])["n_treated_units"].isna().all()
    assert count_designated(blind, times) == (None, 0)


def test_tables_of_units_have_no_pairs() -> None:
    frame = draw_units(6)
    frame["event_time"] = np.where(frame["unit"] % 2 == 0, frame["period"] - 3.0, np.nan)
    counts = count_rows(build_sample(frame, "y", [], [], None), read_event_times(frame, "event_time"), [0])
    assert counts["n_pairs"].isna().all()
    assert counts[["n_rows", "n_units", "n_treated_units"]].loc[0].tolist() == [3, 3, 3]
