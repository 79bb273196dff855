"""Draws of designations: what they keep, what they change, and that dates and starts say the same."""

import itertools

import numpy as np
import pandas as pd
import pytest

from econ.designations import NEVER, find_onsets
from econ.errors import TreatmentError
from econ.placebo_draws import (
    Lottery,
    build_lottery,
    count_always,
    count_arrangements,
    count_pinned,
    draw_assignment,
    keep_truth,
    list_starts,
    read_strata,
    write_designations,
)
from tests.econ.placebos import PERIODS, make_designations, make_units

UNITS = make_units()
DESIGNATIONS = make_designations(UNITS)
WINDOW = np.array(PERIODS)


def build(kind: str = "unit", timing: str = "approval_year", strata: str | None = None) -> Lottery:
    column = None if strata is None else UNITS[strata]
    return build_lottery(DESIGNATIONS, UNITS["unit"], WINDOW, timing, kind, column)


def test_the_truth() -> None:
    lottery = build()
    assert {unit: start for unit, start in zip(lottery.units, lottery.start, strict=True) if start < NEVER} == {
        "330101": 2013, "330104": 2013, "330105": 2015, "330109": 2016,
    }  # fmt: skip
    truth = write_designations(lottery, keep_truth(lottery))
    assert set(truth["unit"]) == set(DESIGNATIONS["unit"])


def test_units_are_permuted_and_cohorts_keep_their_sizes() -> None:
    lottery = build()
    draws = [draw_assignment(lottery, 7, number) for number in range(200)]
    for draw in draws:
        assert sorted(draw.source) == list(range(len(UNITS)))
        assert sorted(draw.start) == sorted(lottery.start)
    shares = np.mean([draw.start < NEVER for draw in draws], axis=0)
    assert np.abs(shares - 4 / 14).max() < 4 * np.sqrt(4 / 14 * 10 / 14 / 200)


def test_a_draw_depends_on_seed_and_number_alone() -> None:
    lottery = build("mixed")
    later = draw_assignment(lottery, 7, 31)
    for number in (3, 31, 3):
        again = draw_assignment(lottery, 7, number)
    np.testing.assert_array_equal(draw_assignment(lottery, 7, 31).start, later.start)
    assert (again.start != later.start).any()
    assert (draw_assignment(lottery, 8, 31).start != later.start).any()


def test_strata_keep_their_designations() -> None:
    lottery = build(strata="province")
    moved = False
    for number in range(30):
        draw = draw_assignment(lottery, 1, number)
        assert (lottery.strata[draw.source] == lottery.strata).all()
        moved |= bool((draw.start != lottery.start).any())
    assert moved


def test_dates_are_drawn_among_all_periods_but_the_first() -> None:
    lottery = build("time")
    starts = np.array([draw_assignment(lottery, 1, number).start for number in range(300)])
    treated = lottery.start < NEVER
    assert (starts[:, ~treated] == NEVER).all()
    assert set(starts[:, treated].ravel()) == set(PERIODS[1:])
    assert set(list_starts(lottery)) == {*PERIODS[1:], NEVER}
    _, counts = np.unique(starts[:, treated], return_counts=True)
    assert counts.min() > 0.7 * counts.mean()


@pytest.mark.parametrize(
    ("kind", "timing"),
    [
        *itertools.product(["unit", "time", "mixed"], ["approval_year", "next_full_year", "drop_entry_year"]),
        ("unit", "share_of_year"),
    ],
)
def test_written_designations_give_the_drawn_starts(kind: str, timing: str) -> None:
    lottery = build(kind, timing)
    for number in range(10):
        draw = draw_assignment(lottery, 5, number)
        onsets = find_onsets(write_designations(lottery, draw), WINDOW, timing, "original", "own")
        found = onsets["start"].reindex(lottery.units, fill_value=NEVER)
        np.testing.assert_array_equal(found, draw.start)
        if timing == "share_of_year":
            shares = lottery.onsets["share"].to_numpy()[draw.source]
            np.testing.assert_array_equal(onsets["share"].reindex(lottery.units), shares)


def test_widened_zones_are_resolved_before_drawing() -> None:
    zones = pd.DataFrame({"unit": ["330100"], "date": ["2014-01-01"], "widens_to": ["330102;330103"]})
    lottery = build_lottery(zones, UNITS["unit"], WINDOW, "approval_year", "unit", boundary="widened")
    assert int((draw_assignment(lottery, 1, 0).start == 2014).sum()) == 3


def test_arrangements_are_counted() -> None:
    units = UNITS["unit"][:4]
    designations = pd.DataFrame({"unit": [units[0], units[1]], "date": ["2012-01-01", "2014-01-01"]})

    def count(kind: str, strata: list[str] | None = None) -> float:
        column = None if strata is None else pd.Series(strata, index=units.index, name="region")
        return count_arrangements(build_lottery(designations, units, WINDOW, "approval_year", kind, column))

    assert count("unit") == pytest.approx(12)
    assert count("unit", ["a", "b", "a", "b"]) == pytest.approx(4)
    assert count("time") == pytest.approx(7**2)
    assert count("mixed") == pytest.approx(6 * 7**2)


def test_arrangements_differ_by_shares_and_scores() -> None:
    units = UNITS["unit"][:5]
    designations = pd.DataFrame({"unit": units[:2], "date": ["2013-03-07", "2013-11-30"]})

    def count(kind: str, timing: str, scores: np.ndarray | None = None) -> float:
        return count_arrangements(build_lottery(designations, units, WINDOW, timing, kind), scores)

    scores = np.zeros((5, 1, len(WINDOW)))
    scores[1, 0, 1] = 1.0
    assert count("unit", "approval_year") == pytest.approx(10)
    assert count("unit", "share_of_year") == pytest.approx(20)
    assert count("unit", "approval_year", scores) == pytest.approx(10)
    assert count("mixed", "approval_year", scores) == pytest.approx(20 * 7**2)
    scores[1, 0, 5] = 1.0
    assert count("unit", "approval_year", scores) == pytest.approx(20)


def test_units_that_never_move_or_are_always_treated_are_counted() -> None:
    region = pd.Series(["a" if code in ("330101", "330104") else "b" for code in UNITS["unit"]], name="region")

    def count(kind: str) -> int:
        return count_pinned(build_lottery(DESIGNATIONS, UNITS["unit"], WINDOW, "approval_year", kind, region))

    assert [count(kind) for kind in ("unit", "mixed", "time")] == [2, 2, 0]
    early = DESIGNATIONS.assign(date=["2010-01-01", "2010-05-05", "2009-03-03", *DESIGNATIONS["date"][3:]])
    always = [count_always(build_lottery(early, UNITS["unit"], WINDOW, timing, "unit")) for timing in
              ("approval_year", "share_of_year", "next_full_year")]  # fmt: skip
    assert always == [3, 2, 1]


def test_one_arrangement_alone_is_refused() -> None:
    with pytest.raises(TreatmentError, match="one way only"):
        build_lottery(DESIGNATIONS, UNITS["unit"], WINDOW, "approval_year", "unit", UNITS["unit"].rename("own"))


def test_strata_that_vary_or_lack_are_refused() -> None:
    units = pd.DataFrame({"unit": ["a", "a", "b"], "region": ["x", "y", "x"]})
    with pytest.raises(TreatmentError, match="varies within units: a"):
        read_strata(units, "region")
    assert read_strata(units, None)["unit"].tolist() == ["a", "b"]
    lacking = UNITS["province"].where(UNITS["unit"] != "330103")
    with pytest.raises(TreatmentError, match=r"1 units have no province.*330103"):
        build_lottery(DESIGNATIONS, UNITS["unit"], WINDOW, "approval_year", "unit", lacking)
