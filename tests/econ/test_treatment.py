"""Who is treated when: by hand, and against a loop over pairs and years."""

import datetime
import itertools
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econ.errors import PairError, SpecError, TreatmentError
from econ.pairs import form_pairs
from econ.treatment import assign_treatment, check_absorbing, describe_timing, find_designated

TIMINGS = ("approval_year", "next_full_year", "drop_entry_year", "share_of_year")
WINDOW = range(2014, 2020)
ROSTER = pd.DataFrame({"unit": ["b", "a", "d"], "date": ["2018-07-24", "2016-03-01", "2021-05-05"]})


def make_pairs(units: str, designated: tuple[str, ...], roles: tuple[str, ...] = ("one", "neither")) -> pd.DataFrame:
    return form_pairs(pd.DataFrame({"unit": list(units)}), designated, roles)


def assign(timing: str = "approval_year", roles: tuple[str, ...] = ("one", "neither"), **options: str) -> pd.DataFrame:
    """Treat the pairs of a, b, c, d by the roster."""
    designated = find_designated(ROSTER, WINDOW, timing, **options)
    return assign_treatment(make_pairs("abcd", designated, roles), ROSTER, WINDOW, timing, **options)


def list_years(panel: pd.DataFrame, pair: str, column: str) -> list[object]:
    return panel.loc[panel["pair_id"] == pair, column].tolist()


def test_staggered_adoption_by_hand() -> None:
    panel = assign()

    assert panel["pair_id"].unique().tolist() == ["a-c", "a-d", "b-c", "b-d", "c-d"]
    assert list_years(panel, "a-c", "period") == list(WINDOW)
    assert list_years(panel, "a-c", "treated") == [False, False, True, True, True, True]
    assert list_years(panel, "a-c", "event_time") == [-2, -1, 0, 1, 2, 3]
    assert list_years(panel, "b-d", "treated") == [False, False, False, False, True, True]
    assert list_years(panel, "b-d", "cohort") == [2018] * 6
    assert list_years(panel, "b-d", "treated_unit") == ["b"] * 6
    assert list_years(panel, "b-d", "treated_i") == list_years(panel, "b-d", "treated")
    assert not any(list_years(panel, "b-d", "treated_j"))
    for column in ("cohort", "event_time", "treated_unit"):
        assert panel.loc[panel["pair_id"] == "c-d", column].isna().all()
    assert list_years(panel, "c-d", "treated") == [False] * 6


def test_the_contract_of_the_panel() -> None:
    panel = assign()

    assert panel.dtypes.astype(str).to_dict() == {
        "unit_i": "str",
        "unit_j": "str",
        "period": "int64",
        "pair_id": "str",
        "role": "str",
        "gravity": "float64",
        "treated": "bool",
        "cohort": "Int64",
        "event_time": "Int64",
        "treated_unit": "string",
        "treated_i": "bool",
        "treated_j": "bool",
    }
    assert not panel.duplicated(["unit_i", "unit_j", "period"]).any()


@pytest.mark.parametrize(
    ("timing", "periods", "treated", "event_times"),
    [
        ("approval_year", [2014, 2015, 2016, 2017, 2018, 2019], [0, 0, 1, 1, 1, 1], [-2, -1, 0, 1, 2, 3]),
        ("next_full_year", [2014, 2015, 2016, 2017, 2018, 2019], [0, 0, 0, 1, 1, 1], [-3, -2, -1, 0, 1, 2]),
        ("drop_entry_year", [2014, 2015, 2017, 2018, 2019], [0, 0, 1, 1, 1], [-2, -1, 1, 2, 3]),
        ("share_of_year", [2014, 2015, 2016, 2017, 2018, 2019], [0, 0, 306 / 366, 1, 1, 1], [-2, -1, 0, 1, 2, 3]),
    ],
)
def test_timing_rules_by_hand(timing: str, periods: list[int], treated: list[float], event_times: list[int]) -> None:
    panel = assign(timing)

    assert list_years(panel, "a-c", "period") == periods
    assert list_years(panel, "a-c", "treated") == treated
    assert list_years(panel, "a-c", "event_time") == event_times


@pytest.mark.parametrize(
    ("date", "share"),
    [
        ("2015-01-01", 1.0),
        ("2015-03-07", 300 / 365),
        ("2015-12-31", 1 / 365),
        ("2016-01-12", 355 / 366),
        ("2016-02-29", 307 / 366),
        ("2016-12-31", 1 / 366),
    ],
)
def test_shares_of_common_and_leap_years(date: str, share: float) -> None:
    roster = pd.DataFrame({"unit": ["a"], "date": [date]})
    panel = assign_treatment(make_pairs("ab", ("a",)), roster, [int(date[:4])], "share_of_year")

    assert panel["treated"].tolist() == [share]


@given(st.integers(0, 10_000), st.sampled_from(TIMINGS))
@settings(max_examples=12, deadline=None)
def test_all_rules_equal_a_loop_over_pairs_and_years(seed: int, timing: str) -> None:
    rng = np.random.default_rng(seed)
    days = [datetime.date(2012, 1, 1) + datetime.timedelta(int(day)) for day in rng.integers(0, 10 * 365, 5)]
    dates = dict(zip("abcde", days, strict=True))
    roster = pd.DataFrame({"unit": list(dates), "date": list(dates.values())})
    designated = find_designated(roster, WINDOW, timing)
    pairs = make_pairs("abcdefg", designated, ("one", "neither", "both"))

    panel = assign_treatment(
        pairs.sample(frac=1, random_state=seed), roster.sample(frac=1, random_state=seed), WINDOW, timing
    )

    expected = []
    for i, j in itertools.combinations("abcdefg", 2):
        for year in WINDOW:
            if timing == "drop_entry_year" and any(u in dates and dates[u].year == year for u in (i, j)):
                continue
            shares = [treat_by_hand(dates.get(unit), year, timing) for unit in (i, j)]
            on = {unit: dates[unit].year + (timing == "next_full_year") for unit in (i, j) if unit in designated}
            cohort = min(on.values(), default=None)
            expected.append((i, j, year, max(shares), cohort, next(iter(on)) if len(on) == 1 else None, *shares))
    columns = ["unit_i", "unit_j", "period", "treated", "cohort", "treated_unit", "treated_i", "treated_j"]
    found = panel[columns].astype(object).where(panel[columns].notna(), None)
    assert [tuple(row) for row in found.to_numpy()] == expected
    assert (panel["event_time"] + panel["cohort"]).dropna().eq(panel.loc[panel["cohort"].notna(), "period"]).all()


def treat_by_hand(date: datetime.date | None, year: int, timing: str) -> float:
    """Return the treatment of a unit in a year, counting days one by one."""
    if date is None or date.year > year or (date.year == year and timing == "next_full_year"):
        return 0
    if date.year < year or timing != "share_of_year":
        return 1
    length = (datetime.date(year + 1, 1, 1) - datetime.date(year, 1, 1)).days
    return len([day for day in range(length) if datetime.date(year, 1, 1) + datetime.timedelta(day) >= date]) / length


def test_of_two_designated_members_the_first_decides() -> None:
    panel = assign(roles=("both",))

    assert list_years(panel, "a-b", "treated") == [False, False, True, True, True, True]
    assert list_years(panel, "a-b", "treated_j") == [False, False, False, False, True, True]
    assert list_years(panel, "a-b", "cohort") == [2016] * 6
    assert panel["treated_unit"].isna().all()


def test_units_treated_within_the_window() -> None:
    roster = pd.DataFrame(
        {
            "unit": ["e", "c", "b", "a", "d"],
            "date": ["2009-01-01", "2019-12-15", "2018-07-24", "2020-01-01", "2014-01-01"],
        }
    )

    assert find_designated(roster, WINDOW) == ("b", "c", "d", "e")
    assert find_designated(roster, WINDOW, "share_of_year") == ("b", "c", "d", "e")
    assert find_designated(roster, WINDOW, "next_full_year") == ("b", "d", "e")
    assert find_designated(roster, WINDOW, "drop_entry_year") == ("b", "d", "e")


def test_the_earliest_designation_of_a_unit_counts() -> None:
    again = pd.concat([ROSTER.iloc[:2].assign(date="2019-01-01"), ROSTER], ignore_index=True)

    found = assign_treatment(make_pairs("abcd", ("a", "b")), again, WINDOW)

    pd.testing.assert_frame_equal(found, assign())


def test_entry_in_the_last_year_leaves_no_treated_row_behind() -> None:
    roster = pd.DataFrame({"unit": ["a"], "date": ["2019-12-15"]})
    panel = assign_treatment(make_pairs("abc", ()), roster, WINDOW, "drop_entry_year")

    assert not panel["treated"].any()
    assert list_years(panel, "a-b", "period") == [2014, 2015, 2016, 2017, 2018]
    assert list_years(panel, "b-c", "period") == list(WINDOW)


ZONES = pd.DataFrame({"unit": ["330782", "330100"], "date": ["2018-07-24", "2015-03-07"], "parent": ["330700", None]})
"""Yiwu is a county-level zone of Jinhua (330700)."""


def test_a_county_level_zone_does_not_treat_its_prefecture_unless_asked() -> None:
    units = pd.DataFrame({"unit": ["330100", "330700", "330782", "330800"]})

    assert find_designated(ZONES, WINDOW) == ("330100", "330782")
    assert find_designated(ZONES, WINDOW, county_zones="parent") == ("330100", "330700", "330782")

    own = assign_treatment(form_pairs(units, find_designated(ZONES, WINDOW)), ZONES, WINDOW)
    parent = find_designated(ZONES, WINDOW, county_zones="parent")
    asked = assign_treatment(form_pairs(units, parent), ZONES, WINDOW, county_zones="parent")
    assert not any(list_years(own, "330700-330800", "treated"))
    assert list_years(asked, "330700-330800", "treated") == [False] * 4 + [True] * 2


def test_a_zone_that_widens_treats_new_units_only_if_asked_and_keeps_its_own_date() -> None:
    roster = pd.DataFrame(
        {
            "unit": ["460100", "460000"],
            "date": ["2016-07-24", "2018-05-01"],
            "widens_to": ["", "460100; 460200"],
        }
    )
    units = pd.DataFrame({"unit": ["460100", "460200", "460300"]})

    original = assign_treatment(form_pairs(units, find_designated(roster, WINDOW)), roster, WINDOW)
    designated = find_designated(roster, WINDOW, boundary="widened")
    widened = assign_treatment(form_pairs(units, designated), roster, WINDOW, boundary="widened")

    assert designated == ("460000", "460100", "460200")
    assert list_years(original, "460200-460300", "treated") == [False] * 6
    assert list_years(widened, "460200-460300", "cohort") == [2018] * 6
    assert (
        list_years(original, "460100-460300", "cohort") == list_years(widened, "460100-460300", "cohort") == [2016] * 6
    )


@pytest.mark.parametrize("options", [{"boundary": "widened"}, {"county_zones": "parent"}])
def test_a_switch_needs_its_column(options: dict[str, str]) -> None:
    with pytest.raises(TreatmentError, match="the designations must have the columns"):
        assign(**options)


@pytest.mark.parametrize(
    "dates",
    [
        [datetime.date(2018, 7, 24), datetime.date(2016, 3, 1), datetime.date(2021, 5, 5)],
        pd.to_datetime(["2018-07-24", "2016-03-01 12:30", "2021-05-05"], format="ISO8601"),
        pd.to_datetime(["2018-07-24", "2016-03-01", "2021-05-05"]).tz_localize("Asia/Shanghai"),
        ["2018-07-24T08:00:00", " 2016-03-01 ", "2021-05-05 00:00"],
        ["2018/7/24", "2016年3月1日", "20210505"],
    ],
)
def test_dates_may_be_of_any_kind(dates: object) -> None:
    pd.testing.assert_frame_equal(
        assign_treatment(make_pairs("abcd", ("a", "b")), ROSTER.assign(date=dates), WINDOW), assign()
    )


@pytest.mark.parametrize(
    "date", ["", None, "2015", "2015-3", "2015-02-30", "2015/13/1", "soon", "2015-03-07?", "07.03.2015"]
)
def test_what_is_no_date_is_refused_by_name(date: str | None) -> None:
    roster = ROSTER.assign(date=["2018-07-24", date, "2021-05-05"])

    with pytest.raises(TreatmentError, match=r"missing or none for a \("):
        find_designated(roster, WINDOW)


def test_years_as_numbers_are_no_dates() -> None:
    with pytest.raises(TreatmentError, match=r"missing or none for b \(2018\), a \(2016\), d \(2021\)"):
        find_designated(ROSTER.assign(date=[2018, 2016, 2021]), WINDOW)


def test_a_treatment_that_ends_within_the_window_is_refused_by_name() -> None:
    pairs = make_pairs("abcd", ("a", "b"))

    with pytest.raises(TreatmentError, match=r"treatments that end by 2019: a \(2018-01-31\)"):
        assign_treatment(pairs, ROSTER.assign(ended_on=["2020-01-01", "2018-01-31", None]), WINDOW)
    later = assign_treatment(pairs, ROSTER.assign(ended_on=[None, "2020-01-01", "2022-01-01"]), WINDOW)
    pd.testing.assert_frame_equal(later, assign())


@pytest.mark.parametrize(
    ("designated", "roles", "message"),
    [
        (("a", "b", "c"), ("one",), r"c-d \('one'\); the first is 'neither' in 2014–2019"),
        (("a",), ("neither",), r"b-c \('neither'\), b-d \('neither'\); the first is 'one'"),
        (("a", "b", "c"), ("both",), r"a-c \('both'\), b-c \('both'\); the first is 'one'"),
        (("a",), ("one",), r"a-b \('one'\); the first is 'both'"),
    ],
)
def test_roles_that_contradict_the_designations_are_refused(
    designated: tuple[str, ...], roles: tuple[str, ...], message: str
) -> None:
    with pytest.raises(TreatmentError, match=message):
        assign_treatment(make_pairs("abcd", designated, roles), ROSTER, WINDOW)


@pytest.mark.parametrize(
    ("timing", "n_rows", "n_treated"), [("approval_year", 6, 1), ("next_full_year", 6, 0), ("drop_entry_year", 5, 0)]
)
def test_a_unit_designated_in_the_last_year_keeps_its_role_under_every_rule(
    timing: str, n_rows: int, n_treated: int
) -> None:
    roster = pd.DataFrame({"unit": ["a"], "date": ["2019-12-15"]})
    found = assign_treatment(make_pairs("ab", ("a",)), roster, WINDOW, timing)
    assert (len(found), found["treated"].sum()) == (n_rows, n_treated)


def test_roles_of_other_designations_are_refused() -> None:
    roster = pd.DataFrame({"unit": ["a"], "date": ["2020-01-15"]})
    with pytest.raises(TreatmentError, match=r"a-b \('one'\); the first is 'neither' in 2014–2019"):
        assign_treatment(make_pairs("ab", ("a",)), roster, WINDOW)


def test_pairs_without_roles_are_taken_as_they_are() -> None:
    pairs = make_pairs("abcd", ("a", "b"))

    found = assign_treatment(pairs[["unit_i", "unit_j"]], ROSTER, WINDOW)

    pd.testing.assert_frame_equal(found, assign().drop(columns=["role", "gravity"]))


def test_inputs_stay_as_they_are_and_no_designation_treats_nobody() -> None:
    pairs, roster = make_pairs("abcd", ()), ROSTER.head(0)
    before = pairs.copy()

    panel = assign_treatment(pairs, roster, WINDOW)

    pd.testing.assert_frame_equal(pairs, before)
    assert find_designated(roster, WINDOW) == ()
    assert not panel["treated"].any()
    assert panel["cohort"].isna().all()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda p: p.drop(columns="unit_j"), "Missing: unit_j"),
        (lambda p: p.rename(columns={"unit_i": "unit_j", "unit_j": "unit_i"}), "unit_i must come before unit_j: c-a"),
        (lambda p: p.assign(unit_j=p["unit_i"]), "unit_i must come before unit_j: a-a"),
        (lambda p: pd.concat([p, p.head(1)]), "more than one row for a-c"),
        (lambda p: p.assign(period=2015), "the columns period"),
        (lambda p: p.assign(unit_i=1), "unit codes"),
    ],
)
def test_bad_pairs_are_refused(spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str) -> None:
    with pytest.raises(PairError, match=message):
        assign_treatment(spoil(make_pairs("abcd", ("a", "b"))), ROSTER, WINDOW)


@pytest.mark.parametrize("periods", [[], [2014, 2014], [2014.5], ["2014"]])
def test_bad_periods_are_refused(periods: list[object]) -> None:
    with pytest.raises(TreatmentError, match="periods must be different years, as integers"):
        find_designated(ROSTER, periods)


@pytest.mark.parametrize("option", ["timing", "boundary", "county_zones"])
def test_unknown_options_are_refused(option: str) -> None:
    with pytest.raises(SpecError, match=f"'{option}' parameter of assign_treatment must be one of"):
        find_designated(ROSTER, WINDOW, **{option: "guess"})


def test_integer_codes_are_treated_alike() -> None:
    numbers = {"a": 1, "b": 2, "c": 3, "d": 4}
    pairs, roster = make_pairs("abcd", ("a", "b")), ROSTER[ROSTER["unit"].isin(list(numbers))]
    texts = assign_treatment(pairs, roster, WINDOW)
    codes = assign_treatment(
        pairs.assign(unit_i=pairs["unit_i"].map(numbers), unit_j=pairs["unit_j"].map(numbers)),
        roster.assign(unit=roster["unit"].map(numbers)),
        WINDOW,
    )
    assert codes["pair_id"].iloc[0] == "1-3"
    assert codes["treated_unit"].isna().equals(texts["treated_unit"].isna())
    assert codes["treated_unit"].dropna().tolist() == texts["treated_unit"].dropna().map(numbers).tolist()
    assert codes["treated"].tolist() == texts["treated"].tolist()


def test_codes_of_two_kinds_never_meet_in_silence() -> None:
    with pytest.raises(TreatmentError, match="unit codes in the designations are integers"):
        assign_treatment(make_pairs("abcd", ("a", "b")), ROSTER.assign(unit=[1, 2, 3]), WINDOW)


def test_the_fourth_batch_has_no_full_year_in_the_window_of_the_anchor(repository: Path) -> None:
    """1, 12, 22 and 24 zones were designated in 2015, 2016, 2018 and on 15 December 2019."""
    zones = pd.read_csv(repository / "lexicons" / "places" / "zones.csv", dtype=str)
    roster = zones[zones["batch"].isin(list("1234"))].rename(columns={"approved_on": "date"})

    (sentence,) = describe_timing(roster, range(2010, 2020))
    (later,) = describe_timing(roster, range(2010, 2020), "next_full_year")

    start = "Units designated in 2019 (2019-12-15) and, by the rule"
    assert sentence.startswith(f"{start} approval_year, without a full year of treatment in 2010–2019: 24 (")
    assert later.startswith(f"{start} next_full_year, not treated in 2010–2019: 24 (")
    assert sentence.endswith(" and 14 more).")
    assert len(find_designated(roster, range(2010, 2020))) == 1 + 12 + 22 + 24


def test_sentences_on_early_and_late_designations() -> None:
    roster = pd.DataFrame({"unit": ["a", "b", "c"], "date": ["2013-05-05", "2019-01-01", "2021-01-01"]})

    assert describe_timing(roster, WINDOW) == (
        "Units treated in all periods of 2014–2019, without an untreated one: 1 (a).",
        "Units designated after 2019, which count as never treated in 2014–2019: 1 (c).",
    )
    assert describe_timing(roster, WINDOW, "drop_entry_year")[0] == (
        "Units designated in 2019 (2019-01-01) and, by the rule drop_entry_year, not treated in 2014–2019, "
        "their last row left out: 1 (b)."
    )


@pytest.mark.parametrize("timing", TIMINGS)
def test_what_is_assigned_is_absorbing(timing: str) -> None:
    check_absorbing(assign(timing, roles=("one", "neither", "both")).sample(frac=1, random_state=0))


def test_a_treatment_that_falls_is_refused_by_name() -> None:
    panel = assign()
    panel.loc[(panel["pair_id"] == "a-d") & (panel["period"] == 2018), "treated"] = False

    with pytest.raises(TreatmentError, match=r"the treatment ends: a-d in 2018\. Estimators"):
        check_absorbing(panel.sample(frac=1, random_state=0))


def test_units_are_checked_like_pairs() -> None:
    panel = pd.DataFrame({"unit": [1, 1, 2, 2], "period": [1, 2, 1, 2], "treated": [0.0, 1.0, 0.5, 0.25]})

    check_absorbing(panel.head(2))
    with pytest.raises(TreatmentError, match="the treatment ends: 2 in 2"):
        check_absorbing(panel)
    with pytest.raises(TreatmentError, match="treated is missing in 1 rows"):
        check_absorbing(panel.assign(treated=[0, np.nan, 1, 1]))
    with pytest.raises(TreatmentError, match=r"treated holds (str|object), not truth values"):
        check_absorbing(panel.assign(treated=["no", "yes", "no", "yes"]))


@given(st.lists(st.booleans(), min_size=1, max_size=6), st.lists(st.booleans(), min_size=1, max_size=6))
@settings(max_examples=30, deadline=None)
def test_any_fall_within_a_unit_and_none_between_units_is_found(first: list[bool], second: list[bool]) -> None:
    panel = pd.DataFrame(
        [(unit, period, on) for unit, path in (("a", first), ("b", second)) for period, on in enumerate(path)],
        columns=["unit", "period", "treated"],
    )
    falls = [
        f"{unit} in {k}"
        for unit, path in (("a", first), ("b", second))
        for k in range(1, len(path))
        if path[k - 1] > path[k]
    ]

    if falls:
        with pytest.raises(TreatmentError) as refusal:
            check_absorbing(panel)
        assert f"the treatment ends: {', '.join(falls)}. " in str(refusal.value)
    else:
        check_absorbing(panel)
