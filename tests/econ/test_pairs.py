"""Which pairs are formed: known counts, and a double loop as second witness."""

import itertools
import math
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from econ.errors import PairError, SpecError
from econ.estimate import Dropped
from econ.pairs import form_pairs, mark_upper_half, select_pairs

SIZES = ["population", "gdp", "area", "rank"]


def make_units(n: int, seed: int = 0) -> pd.DataFrame:
    """Return n units with all variables, in an arbitrary order."""
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "unit": rng.permutation([f"{330000 + 100 * number}" for number in range(n)]),
            "population": rng.lognormal(5, 1, n),
            "gdp": rng.lognormal(7, 1, n),
            "area": rng.lognormal(9, 1, n),
            "rank": rng.integers(1, 5, n),
            "longitude": rng.uniform(75, 135, n),
            "latitude": rng.uniform(18, 53, n),
            "province": rng.choice(["330000", "320000", "310000"], n),
        }
    )


def measure_by_hand(one: pd.Series, other: pd.Series, names: list[str], power: float) -> tuple[float, float]:
    """Return gravity and distance (spherical law of cosines) of two units."""
    x, y = math.radians(one["latitude"]), math.radians(other["latitude"])
    cosine = math.sin(x) * math.sin(y) + math.cos(x) * math.cos(y) * math.cos(
        math.radians(one["longitude"] - other["longitude"])
    )
    distance = 6371.0088 * math.acos(cosine)
    masses = math.prod(float(one[name]) for name in names) ** power * math.prod(float(other[n]) for n in names) ** power
    return masses / distance**2, distance


def list_pairs(pairs: pd.DataFrame) -> list[tuple[str, str]]:
    return list(zip(pairs["unit_i"], pairs["unit_j"], strict=True))


@pytest.mark.parametrize(
    ("n", "n_designated", "n_all", "n_both", "n_half"),
    [(254, 55, 32_131, 1_485, 15_323), (23, 10, 253, 45, 104)],
)
def test_counts_of_the_two_studies(n: int, n_designated: int, n_all: int, n_both: int, n_half: int) -> None:
    units = make_units(n)
    designated = units["unit"].head(n_designated)

    everything = form_pairs(units, designated, roles=("one", "neither", "both"))
    selection = select_pairs(units, designated, gravity="anchor", keep="upper_half")

    assert len(everything) == n_all
    assert (everything["role"] == "both").sum() == n_both
    assert len(form_pairs(units, designated)) == n_all - n_both
    assert len(selection.pairs) == n_half
    assert selection.dropped == (
        Dropped("pairs", "both of the members designated", n_both),
        Dropped("pairs", "below the median of gravity", n_half),
    )


def test_an_odd_number_of_pairs_loses_the_middle_one() -> None:
    selection = select_pairs(make_units(7), [], gravity="simple", keep="upper_half")

    assert len(selection.pairs) == 10
    assert selection.dropped[-1].count == 11


@given(
    st.integers(0, 10_000), st.integers(3, 12), st.sampled_from([("anchor", SIZES, 0.25), ("simple", SIZES[:2], 0.5)])
)
@settings(max_examples=15, deadline=None)
def test_roles_and_gravity_equal_a_double_loop(seed: int, n: int, kind: tuple[str, list[str], float]) -> None:
    gravity, names, power = kind
    units = make_units(n, seed)
    designated = set(units["unit"].sample(frac=0.4, random_state=seed))
    rows = {row["unit"]: row for _, row in units.iterrows()}
    expected = []
    for i, j in itertools.combinations(sorted(rows), 2):
        role = ("neither", "one", "both")[(i in designated) + (j in designated)]
        expected.append((i, j, role, measure_by_hand(rows[i], rows[j], names, power)[0]))

    pairs = form_pairs(units, designated, ("one", "neither", "both"), gravity)
    half = form_pairs(units, designated, gravity=gravity, keep="upper_half")

    assert list(zip(pairs["unit_i"], pairs["unit_j"], pairs["role"], strict=True)) == [row[:3] for row in expected]
    np.testing.assert_allclose(pairs["gravity"], [row[3] for row in expected], rtol=1e-7)
    left = sorted((row for row in expected if row[2] != "both"), key=lambda row: -row[3])
    assert list_pairs(half) == sorted(row[:2] for row in left[: len(left) // 2])


def test_without_gravity_its_column_is_empty() -> None:
    pairs = form_pairs(make_units(4)[["unit"]], [])

    assert list(pairs.columns) == ["unit_i", "unit_j", "role", "gravity"]
    assert pairs["gravity"].isna().all()


@given(st.integers(0, 1000), st.integers(4, 10), st.integers(1, 4))
@settings(max_examples=10, deadline=None)
def test_strongest_ties_equal_a_loop_over_units(seed: int, n: int, k: int) -> None:
    units = make_units(n, seed)
    everything = form_pairs(units, [], gravity="anchor")
    expected = set()
    for unit in units["unit"]:
        own = everything[(everything["unit_i"] == unit) | (everything["unit_j"] == unit)]
        expected |= set(list_pairs(own.nlargest(k, "gravity")))

    selection = select_pairs(units, [], gravity="anchor", keep={"strongest": k})

    assert list_pairs(selection.pairs) == sorted(expected)
    assert sum(step.count for step in selection.dropped) == len(everything) - len(expected)


def test_distance_rules_split_the_pairs() -> None:
    units = make_units(12)
    rows = {row["unit"]: row for _, row in units.iterrows()}
    near = [
        (i, j)
        for i, j in itertools.combinations(sorted(rows), 2)
        if measure_by_hand(rows[i], rows[j], SIZES, 1)[1] <= 1500
    ]

    within = form_pairs(units, [], keep={"within_km": 1500})
    beyond = form_pairs(units, [], keep={"beyond_km": 1500})

    assert list_pairs(within) == near
    assert 0 < len(near) < 66
    assert sorted(list_pairs(within) + list_pairs(beyond)) == list_pairs(form_pairs(units, []))


def test_province_rules_split_the_pairs() -> None:
    units = make_units(12)
    province = dict(zip(units["unit"], units["province"], strict=True))
    everything = list_pairs(form_pairs(units, []))
    same = [(i, j) for i, j in everything if province[i] == province[j]]

    assert list_pairs(form_pairs(units, [], keep="same_province")) == same
    assert list_pairs(form_pairs(units, [], keep="different_province")) == [p for p in everything if p not in same]


@given(st.lists(st.sampled_from([1.0, 2.0, 3.0]), max_size=30))
def test_of_equal_gravity_the_first_pairs_stay(scores: list[float]) -> None:
    kept = mark_upper_half(np.array(scores))
    expected = sorted(range(len(scores)), key=lambda place: (-scores[place], place))[: len(scores) // 2]

    assert np.flatnonzero(kept).tolist() == sorted(expected)


def test_ties_at_the_cut_are_counted() -> None:
    """Four units at the corners of a rectangle: every distance is there twice, so the third of six pairs has a twin."""
    units = make_units(4).sort_values("unit", ignore_index=True)
    units[SIZES] = 1.0
    units["longitude"], units["latitude"] = [-10.0, 10.0, -10.0, 10.0], [20.0, 20.0, -20.0, -20.0]

    selection = select_pairs(units.sample(frac=1, random_state=1), [], gravity="anchor", keep="upper_half")

    assert list_pairs(selection.pairs) == [("330000", "330100"), ("330000", "330200"), ("330200", "330300")]
    assert selection.dropped == (
        Dropped("pairs", "below the median of gravity", 2),
        Dropped("pairs", "tied at the median of gravity (2 pairs are equal; the first stay)", 1),
    )


def test_sizes_are_averaged_over_the_years_asked_for() -> None:
    units = make_units(3)
    years = pd.concat([units.assign(year=2010 + k, gdp=units["gdp"] * factor) for k, factor in enumerate((1, 3, 100))])
    years = years.sample(frac=1, random_state=0)

    averaged = form_pairs(years, [], gravity="simple", gravity_years=[2010, 2011])
    doubled = form_pairs(units.assign(gdp=2 * units["gdp"]), [], gravity="simple")

    pd.testing.assert_frame_equal(averaged, doubled, rtol=1e-13)
    pd.testing.assert_frame_equal(
        form_pairs(years.rename(columns={"year": "period"}), [], gravity="simple", gravity_years=[2010, 2011]), averaged
    )


def test_units_with_years_need_no_years_where_sizes_do_not_matter() -> None:
    units = make_units(5)
    years = pd.concat([units.assign(year=year, gdp=units["gdp"] + year) for year in (2010, 2011)])

    for keep in (None, "same_province", {"within_km": 2000}):
        pd.testing.assert_frame_equal(form_pairs(years, [], keep=keep), form_pairs(units, [], keep=keep))


def test_designated_units_outside_the_sample_are_counted() -> None:
    selection = select_pairs(make_units(4), ["330000", "110000", "120000", "110000"])

    assert selection.dropped == (Dropped("designated units", "not among the units of the sample", 2),)
    assert (selection.pairs["role"] == "one").sum() == 3


def test_rows_in_any_order_give_the_same_pairs_and_stay_as_they_are() -> None:
    units = make_units(15)
    before = units.copy()
    options = {"gravity": "anchor", "keep": "upper_half"}

    expected = form_pairs(units, units["unit"].head(4), **options)

    pd.testing.assert_frame_equal(units, before)
    for seed in range(3):
        mixed = units.sample(frac=1, random_state=seed)
        pd.testing.assert_frame_equal(form_pairs(mixed, list(before["unit"].head(4))[::-1], **options), expected)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda t: t.assign(gdp=t["gdp"].mask(t["unit"] == "330200")), "without gdp that is positive: 330200. Fill"),
        (lambda t: t.assign(area=t["area"].where(t["unit"] != "330100", 0)), "without area that is positive: 330100"),
        (lambda t: t.assign(rank=t["rank"].where(t["unit"] != "330100", -1)), "without rank that is positive: 330100"),
        (lambda t: t.assign(population=np.inf), "without population that is positive: 330000, 330100, 330200"),
        (lambda t: t.assign(latitude=[91.0, 30.0, 30.0]), "without latitude that is from -90 to 90"),
        (lambda t: t.assign(longitude=np.nan), "without longitude that is from -180 to 180"),
        (lambda t: t.assign(gdp=t["gdp"].astype(str)), "gdp must be a column of numbers"),
        (lambda t: t.drop(columns="area"), "Missing: area"),
        (lambda t: pd.concat([t, t.head(1)]), "with several rows for one unit"),
        (lambda t: pd.concat([t, t.head(1)]).assign(year=2010), "with several rows for one year"),
        (lambda t: pd.concat([t.assign(year=y, gdp=t["gdp"] * y) for y in (1, 2)]), "Say with gravity_years"),
        (lambda t: pd.concat([t.assign(year=y, rank=y) for y in (1, 2)]), "with more than one rank"),
        (lambda t: t.assign(unit=t["unit"].astype(float)), "unit codes must be all strings or all integers"),
        (lambda t: t.assign(unit=[330000, *t["unit"][1:]]), "unit codes must be all strings or all integers"),
        (lambda t: t.assign(unit=t["unit"].mask(t["unit"] == "330100")), "unit codes"),
        (lambda t: t.assign(longitude=110.0, latitude=30.0), "pairs with the distance 0: 330000-330100"),
    ],
)
def test_bad_units_are_refused_by_name(spoil: Callable[[pd.DataFrame], pd.DataFrame], message: str) -> None:
    with pytest.raises(PairError, match=message):
        form_pairs(spoil(make_units(3)), [], gravity="anchor")


def test_years_that_are_missing_are_refused() -> None:
    units = make_units(3)
    years = pd.concat([units.assign(year=2010), units.assign(year=2011).iloc[1:]])

    with pytest.raises(PairError, match=f"each of the gravity_years 2010, 2011: {units['unit'][0]}. Add"):
        form_pairs(years, [], gravity="anchor", gravity_years=[2010, 2011])
    with pytest.raises(PairError, match="no column year"):
        form_pairs(units, [], gravity="anchor", gravity_years=[2010])


def test_a_missing_province_is_refused_by_name() -> None:
    units = make_units(3)
    units.loc[units["unit"] == "330100", "province"] = None

    with pytest.raises(PairError, match="without province: 330100"):
        form_pairs(units, [], keep="same_province")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"roles": ()}, "'roles'"),
        ({"roles": "one"}, "'roles'"),
        ({"roles": ("one", "one")}, "'roles'"),
        ({"roles": ("two",)}, "'roles' parameter of form_pairs must be one of 'neither', 'one', 'both'. Got 'two'"),
        ({"gravity": "strong"}, "'gravity' parameter of form_pairs must be one of None, 'anchor', 'simple'"),
        ({"keep": "upper_half"}, "needs gravity"),
        ({"keep": {"strongest": 2}}, "needs gravity"),
        ({"keep": "lower_half"}, "'keep' parameter of form_pairs must be one of None, 'upper_half'"),
        ({"keep": {"strongest": 1.5}, "gravity": "simple"}, "'keep'"),
        ({"keep": {"within_km": 0}}, "'keep'"),
        ({"keep": {"within_km": True}}, "'keep'"),
        ({"keep": {"within_km": 1, "beyond_km": 2}}, "'keep'"),
        ({"keep": {"around_km": 1}}, "'keep'"),
        ({"gravity_years": [2010]}, "gravity_years"),
        ({"gravity": "simple", "gravity_years": []}, "gravity_years"),
    ],
)
def test_bad_options_are_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        form_pairs(make_units(4), [], **options)


def test_an_empty_sample_and_misread_designations_are_refused() -> None:
    units = make_units(3)

    with pytest.raises(PairError, match="no pair is left of 3 units, 0 of them designated"):
        form_pairs(units, [], roles=("both",))
    with pytest.raises(PairError, match="no pair is left of 1 units"):
        form_pairs(units.head(1), [])
    with pytest.raises(PairError, match="must be a list of unit codes"):
        form_pairs(units, "330100")
    with pytest.raises(PairError, match="unit codes in designated are integers, such as 330100"):
        form_pairs(units, [330100])


def test_integer_codes_form_the_same_pairs() -> None:
    units = make_units(4)
    texts = form_pairs(units, ["330000"], gravity="anchor", keep="upper_half")
    numbers = form_pairs(units.astype({"unit": int}), [330000], gravity="anchor", keep="upper_half")
    pd.testing.assert_frame_equal(numbers.astype({"unit_i": str, "unit_j": str}), texts, check_dtype=False)


def test_codes_of_two_kinds_never_meet_in_silence() -> None:
    with pytest.raises(PairError, match="unit codes in designated are integers"):
        form_pairs(make_units(4), [330000])
