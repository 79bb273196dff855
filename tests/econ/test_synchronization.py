"""Each measure against its formula, a known truth or another computation; what cannot be compared is refused."""

import itertools
import math
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from pandas.testing import assert_frame_equal

from econ.comovement import compute_synchronization
from econ.errors import SeriesError, SpecError
from econ.synchronization import measure_synchronization

FloatArray = NDArray[np.float64]
FIRST = 2010
MEASURES = (
    "cerqueira_martins",
    "quasi_correlation",
    "negative_difference",
    "residual_difference",
    "rolling_correlation",
    "concordance",
)
DEMEANED = ("cerqueira_martins", "quasi_correlation", "concordance")


def make_frame(values: FloatArray) -> pd.DataFrame:
    """One row a unit and period, from a matrix of units by periods."""
    n_units, n_periods = values.shape
    units = np.repeat([f"{330000 + 100 * unit}" for unit in range(n_units)], n_periods)
    periods = np.tile(FIRST + np.arange(n_periods), n_units)
    return pd.DataFrame({"unit": units, "period": periods, "value": values.ravel()})


def draw_values(n_units: int = 6, n_periods: int = 10, seed: int = 0, gaps: float = 0.0) -> FloatArray:
    """Draw growth with a common part; each value is missing with probability ``gaps``."""
    generator = np.random.default_rng(seed)
    values = generator.normal(0.08, 0.03, (n_units, n_periods)) + generator.normal(0, 0.02, n_periods)
    return np.where(generator.random(values.shape) < gaps, np.nan, values)


def average(pairs: pd.DataFrame) -> FloatArray:
    means: FloatArray = pairs.groupby(["unit_i", "unit_j"])["synchronization"].mean().to_numpy()
    return means


def correlate(values: FloatArray) -> FloatArray:
    correlations: FloatArray = np.corrcoef(values)[np.triu_indices(len(values), 1)]
    return correlations


def value_of(pairs: pd.DataFrame, place: int = 0) -> float:
    return float(pairs["synchronization"].iloc[place])


MATRICES = st.integers(4, 9).flatmap(
    lambda n_periods: arrays(np.float64, (4, n_periods), elements=st.integers(-9_999, 9_999).map(float))
)
VARIED = MATRICES.filter(lambda values: bool((np.ptp(values, axis=1) > 0).all()))


@settings(max_examples=20, deadline=None)
@given(VARIED)
def test_time_mean_of_cerqueira_martins_is_pearsons_r(values: FloatArray) -> None:
    pairs = measure_synchronization(make_frame(values))
    np.testing.assert_allclose(average(pairs), correlate(values), atol=1e-12)
    lowest = 3 - 2 * values.shape[1]
    assert pairs["synchronization"].between(lowest - 1e-9, 1).all()


def test_time_mean_holds_with_gaps_common_to_both() -> None:
    values = draw_values()
    values[:, [0, 4, 9]] = np.nan
    pairs = measure_synchronization(make_frame(values))
    assert sorted(set(pairs["period"])) == [2011, 2012, 2013, 2015, 2016, 2017, 2018]
    np.testing.assert_allclose(average(pairs), correlate(values[:, [1, 2, 3, 5, 6, 7, 8]]), atol=1e-12)


@pytest.mark.parametrize("n_periods", [4, 10, 25])
def test_range_of_cerqueira_martins_is_attained(n_periods: int) -> None:
    """Two units flat but for opposite peaks in one period reach 3 − 2T there; a unit and its double reach 1."""
    values = np.zeros((3, n_periods))
    values[:, 1] = 5, -2, 10
    pairs = measure_synchronization(make_frame(values)).set_index(["unit_i", "unit_j", "period"])["synchronization"]
    assert pairs["330000", "330100", FIRST + 1] == pytest.approx(3 - 2 * n_periods, rel=1e-12)
    assert pairs.min() == pytest.approx(3 - 2 * n_periods, rel=1e-12)
    assert (pairs["330000", "330200"] == 1).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(4, 8), st.integers(4, 8), st.data())
def test_lowest_value_with_unequal_lengths(n_first: int, n_second: int, data: st.DataObject) -> None:
    """Opposite peaks of units with T_i and T_j values reach 1 − ½(√(T_i−1) + √(T_j−1))², and nothing lies below."""
    values = np.full((2, 8), np.nan)
    values[0, :n_first], values[1, :n_second] = 0, 0
    values[:, 0] = 3, -1
    lowest = 1 - (math.sqrt(n_first - 1) + math.sqrt(n_second - 1)) ** 2 / 2
    assert value_of(measure_synchronization(make_frame(values))) == pytest.approx(lowest, rel=1e-12)
    with pytest.raises(SeriesError, match=r"1 of \d values lie at or beyond the ends"):
        measure_synchronization(make_frame(values), transform="cerqueira", clip=None)
    noise = data.draw(arrays(np.float64, values.shape, elements=st.integers(-9, 9).map(float)))
    noise[:, 0] += 1_000, -1_000
    others = measure_synchronization(make_frame(values + noise))["synchronization"]
    assert others.min() >= lowest * (1 + 1e-12)


def test_cerqueira_martins_by_hand() -> None:
    """Means 2.5 and 1, sd √1.25 and √2 (1/T variance)."""
    frame = make_frame(np.array([[1.0, 2, 3, 4], [0, 0, 1, 3]]))
    first = [-1.5 / math.sqrt(1.25), -0.5 / math.sqrt(1.25), 0.5 / math.sqrt(1.25), 1.5 / math.sqrt(1.25)]
    second = [-1 / math.sqrt(1.5), -1 / math.sqrt(1.5), 0, 2 / math.sqrt(1.5)]
    pairs = measure_synchronization(frame)
    expected = [1 - (one - other) ** 2 / 2 for one, other in zip(first, second, strict=True)]
    np.testing.assert_allclose(pairs["synchronization"], expected, atol=1e-14)
    products = [one * other for one, other in zip(first, second, strict=True)]
    quasi = measure_synchronization(frame, "quasi_correlation")
    np.testing.assert_allclose(quasi["synchronization"], products, atol=1e-14)
    transformed = measure_synchronization(frame, transform="cerqueira")
    by_hand = [0.5 * math.log((1 + rho / (2 * 4 - 3)) / (1 - rho)) for rho in expected]
    np.testing.assert_allclose(transformed["synchronization"], by_hand, rtol=1e-10)
    assert not transformed["clipped"].any()


@pytest.mark.parametrize(("ddof", "factor"), [(0, 1.0), (1, 0.9)])
def test_time_mean_of_quasi_correlation(ddof: Any, factor: float) -> None:
    values = draw_values()
    pairs = measure_synchronization(make_frame(values), "quasi_correlation", ddof=ddof)
    np.testing.assert_allclose(average(pairs), factor * correlate(values), atol=1e-12)


def test_negative_difference_by_hand() -> None:
    frame = make_frame(np.array([[0.1, 0.2], [0.1, -0.2], [0.4, np.nan]]))
    pairs = measure_synchronization(frame, "negative_difference")
    expected = {
        "unit_i": ["330000", "330000", "330000", "330100"],
        "unit_j": ["330100", "330100", "330200", "330200"],
        "period": [2010, 2011, 2010, 2010],
        "synchronization": [0.0, -0.4, -0.3, -0.3],
        "clipped": False,
    }
    assert_frame_equal(pairs, pd.DataFrame(expected))


@pytest.mark.parametrize("gaps", [0.0, 0.3])
def test_residuals_are_those_of_a_dummy_regression(gaps: float) -> None:
    frame = make_frame(draw_values(gaps=gaps, seed=3))
    rows = frame.dropna()
    residuals = rows.assign(value=smf.ols("value ~ C(unit) + C(period)", rows).fit().resid)
    expected = measure_synchronization(residuals, "negative_difference")
    found = measure_synchronization(frame, "residual_difference")
    assert_frame_equal(found, expected, atol=1e-12)


def test_unit_and_period_effects_leave_no_residual_difference() -> None:
    """Also where two blocks of units share no period, so that the levels of the effects are not identified."""
    values = np.arange(4)[:, None] * 0.5 + np.arange(6) ** 2
    values[:2, :3] = np.nan
    values[2:, 3:] = np.nan
    pairs = measure_synchronization(make_frame(values), "residual_difference")
    assert len(pairs) == 6
    np.testing.assert_allclose(pairs["synchronization"], 0, atol=1e-12)


@pytest.mark.parametrize("window", [3, 5, 10])
def test_rolling_correlation_is_that_of_each_window(window: int) -> None:
    values = draw_values()
    found = measure_synchronization(make_frame(values), "rolling_correlation", window=window)
    stop = range(window, 11)
    expected = np.stack([correlate(values[:, place - window : place]) for place in stop], axis=1)
    np.testing.assert_allclose(found["synchronization"], expected.ravel(), atol=1e-12)
    assert found["period"].tolist() == [FIRST + place - 1 for place in stop] * 15
    fisher = measure_synchronization(make_frame(values), "rolling_correlation", window=window, fisher=True)
    np.testing.assert_allclose(fisher["synchronization"], np.arctanh(found["synchronization"]), rtol=1e-12)


@pytest.mark.parametrize("absent", [True, False])
def test_rolling_windows_are_consecutive(absent: bool) -> None:
    """A gap of one unit, or a period that no unit has, breaks the windows over it."""
    frame = make_frame(draw_values(n_units=3))
    broken = frame["period"] == 2014 if absent else (frame["period"] == 2014) & (frame["unit"] == "330000")
    frame = frame[~broken]
    found = measure_synchronization(frame, "rolling_correlation", window=3)
    pair = found[(found["unit_i"] == "330000") & (found["unit_j"] == "330100")]
    assert pair["period"].tolist() == [2012, 2013, 2017, 2018, 2019]
    other = found[(found["unit_i"] == "330100") & (found["unit_j"] == "330200")]
    assert len(other) == (5 if absent else 8)


def test_concordance_by_hand() -> None:
    """Means 2, 1 and 5; a value at its mean is not above it."""
    values = np.array([[1.0, 2, 2, 3], [0, 0, 2, 2], [9, 9, 1, 1]])
    found = measure_synchronization(make_frame(values), "concordance")
    assert found["synchronization"].tolist() == [1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0]
    above_zero = measure_synchronization(make_frame(values), "concordance", standardise="none")
    assert above_zero["synchronization"].tolist() == [0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1]
    early = measure_synchronization(
        make_frame(np.hstack([values, values + 100])), "concordance", standardise=range(2010, 2014)
    )
    assert early["synchronization"].tolist() == [1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1]


def test_concordance_does_not_hang_on_rounding() -> None:
    """The middle values are the mean of their series in each scale, which floats do not always show."""
    for scale in (0.1, 0.7, 1e6, 3e-7):
        values = np.array([[1.0, 2, 2, 3], [3, 2, 2, 1]]) * scale / 3
        found = measure_synchronization(make_frame(values), "concordance")
        assert found["synchronization"].tolist() == [0, 1, 1, 0]


@pytest.mark.parametrize("measure", ["cerqueira_martins", "quasi_correlation"])
def test_standardise_over_a_list_of_periods(measure: Any) -> None:
    values = draw_values()
    early = values[:, :5]
    z = (values - early.mean(axis=1, keepdims=True)) / early.std(axis=1, keepdims=True)
    found = measure_synchronization(make_frame(values), measure, standardise=[2014, 2010, 2011, 2012, 2013])
    assert_frame_equal(found, measure_synchronization(make_frame(z), measure, standardise="none"), atol=1e-10)
    first, second = np.triu_indices(6, 1)
    expected = z[first] * z[second] if measure == "quasi_correlation" else 1 - (z[first] - z[second]) ** 2 / 2
    np.testing.assert_allclose(found["synchronization"], expected.ravel(), atol=1e-10)


def test_later_values_do_not_move_earlier_ones_with_a_list() -> None:
    values = draw_values()
    shocked = values + np.where(np.arange(10) > 6, 1.0, 0.0)
    early = list(range(2010, 2017))
    one, other = (
        measure_synchronization(make_frame(matrix), standardise=early).query("period < 2017")
        for matrix in (values, shocked)
    )
    assert_frame_equal(one, other)
    moved = measure_synchronization(make_frame(shocked))["synchronization"]
    assert (moved - measure_synchronization(make_frame(values))["synchronization"]).abs().max() > 0.1


def test_infinite_transforms_are_counted_or_clipped() -> None:
    """A unit and its double are at 1 in all 5 periods; opposite peaks at 3 − 2T = −7 in one, below 1 in the others."""
    values = np.array([[0.0, 8, 0, 0, 0], [0, 16, 0, 0, 0], [0, -8, 0, 0, 0]])
    frame = make_frame(values)
    with pytest.raises(SeriesError, match=r"7 of 15 values lie at or beyond the ends .* clip=1e-6"):
        measure_synchronization(frame, transform="cerqueira")
    found = measure_synchronization(frame, transform="cerqueira", clip=1e-6)
    assert found["clipped"].tolist() == [True] * 5 + [False, True, False, False, False] * 2
    upper = 0.5 * math.log((1 + (1 - 1e-6) / 7) / 1e-6)
    lower = 0.5 * math.log((1 + (-7 + 1e-6) / 7) / (8 - 1e-6))
    np.testing.assert_allclose(found["synchronization"].iloc[[0, 6]], [upper, lower], rtol=1e-8)
    assert not measure_synchronization(frame)["clipped"].any()


def test_values_beyond_the_range_are_clipped_or_refused() -> None:
    values = draw_values(n_units=2)
    values[:, 9] = 5, -5
    early = list(range(2010, 2019))
    with pytest.raises(SeriesError, match="1 of 10 values lie at or beyond the ends"):
        measure_synchronization(make_frame(values), transform="cerqueira", standardise=early)
    found = measure_synchronization(make_frame(values), transform="cerqueira", clip=1e-3, standardise=early)
    assert found["clipped"].tolist() == [False] * 9 + [True]
    lowest = 3 - 2 * 9
    assert value_of(found, 9) == pytest.approx(0.5 * math.log((1 - (lowest + 1e-3) / lowest) / (1 - lowest - 1e-3)))


@settings(max_examples=20, deadline=None)
@given(VARIED)
def test_transform_is_increasing_and_finite_with_clip(values: FloatArray) -> None:
    plain = measure_synchronization(make_frame(values))["synchronization"].to_numpy()
    found = measure_synchronization(make_frame(values), transform="cerqueira", clip=1e-6)
    assert np.isfinite(found["synchronization"]).all()
    assert (np.diff(found["synchronization"].to_numpy()[np.argsort(plain, kind="stable")]) >= -1e-9).all()


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("gaps", [0.0, 0.15])
def test_measures_are_symmetric_and_ignore_the_order_of_rows(measure: Any, gaps: float) -> None:
    frame = make_frame(draw_values(n_units=5, n_periods=12, gaps=gaps))
    before = frame.copy()
    found = measure_synchronization(frame, measure, **({"window": 3} if measure == "rolling_correlation" else {}))
    assert_frame_equal(frame, before)
    renamed = {unit: str(999_999 - int(unit)) for unit in frame["unit"]}
    other = frame.assign(unit=frame["unit"].map(renamed)).sample(frac=1, random_state=4)
    turned = measure_synchronization(other, measure, **({"window": 3} if measure == "rolling_correlation" else {}))
    assert (turned["unit_i"] < turned["unit_j"]).all()
    back = {name: unit for unit, name in renamed.items()}
    turned = turned.assign(unit_i=turned["unit_j"].map(back), unit_j=turned["unit_i"].map(back))
    turned = turned.sort_values(["unit_i", "unit_j", "period"], ignore_index=True)
    assert_frame_equal(turned, found, atol=1e-11)


@pytest.mark.parametrize("measure", [name for name in MEASURES if name != "rolling_correlation"])
def test_measures_ignore_the_order_of_periods(measure: Any) -> None:
    frame = make_frame(draw_values())
    found = measure_synchronization(frame, measure)
    order = dict(zip(range(FIRST, FIRST + 10), np.random.default_rng(1).permutation(10) + 1_900, strict=True))
    moved = measure_synchronization(frame.assign(period=frame["period"].map(order)), measure)
    expected = found.assign(period=found["period"].map(order))
    expected = expected.sort_values(["unit_i", "unit_j", "period"], ignore_index=True)
    assert_frame_equal(moved, expected, atol=1e-11)


@pytest.mark.parametrize("measure", ["cerqueira_martins", "negative_difference", "residual_difference", "concordance"])
def test_a_unit_is_closest_to_its_copy(measure: Any) -> None:
    values = draw_values(n_units=4)
    pairs = measure_synchronization(make_frame(np.vstack([values, values[0]])), measure)
    copies = pairs[(pairs["unit_i"] == "330000") & (pairs["unit_j"] == "330400")]
    assert len(copies) == 10
    assert (copies["synchronization"] == pairs["synchronization"].max()).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_arrays_and_frame_agree(measure: Any) -> None:
    values = draw_values(gaps=0.1, n_periods=14)
    reference = np.ones(14, dtype=np.bool_) if measure in DEMEANED else None
    found = compute_synchronization(values, measure, reference=reference)
    assert found.values.shape == found.clipped.shape == (15, 14)
    assert list(zip(found.first, found.second, strict=True)) == list(itertools.combinations(range(6), 2))
    frame = measure_synchronization(make_frame(values), measure)
    np.testing.assert_array_equal(found.values[~np.isnan(found.values)], frame["synchronization"])


@pytest.mark.parametrize(("n_units", "n_periods"), [(2, 4), (23, 10), (254, 10)])
def test_all_pairs_have_a_row_a_period(n_units: int, n_periods: int) -> None:
    """254 units make 32,131 pairs (the anchor study's count before any is dropped)."""
    pairs = measure_synchronization(make_frame(draw_values(n_units, n_periods)))
    assert len(pairs) == n_units * (n_units - 1) // 2 * n_periods
    assert (pairs["unit_i"] < pairs["unit_j"]).all()
    key = ["unit_i", "unit_j", "period"]
    assert_frame_equal(pairs[key], pairs[key].drop_duplicates().sort_values(key, ignore_index=True))
    if n_units == 254:
        assert len(pairs) == 32_131 * 10


def test_pairs_without_common_period_are_absent() -> None:
    values = draw_values(n_units=3, n_periods=10)
    values[0, :5], values[1, 5:] = np.nan, np.nan
    pairs = measure_synchronization(make_frame(values))
    counts = pairs.groupby(["unit_i", "unit_j"]).size().to_dict()
    assert counts == {("330000", "330200"): 5, ("330100", "330200"): 5}
    with pytest.raises(SeriesError, match="no two units have values in the same periods"):
        measure_synchronization(make_frame(values[:2]))


@pytest.mark.parametrize(("unit", "period"), [("string", "Int64"), ("object", "int32"), ("int64", "int64")])
def test_dtypes_of_the_key_are_kept(unit: str, period: str) -> None:
    frame = make_frame(draw_values(n_units=3)).astype({"unit": unit, "period": period})
    for measure in MEASURES:
        pairs = measure_synchronization(frame, measure)
        assert pairs.dtypes.astype(str).to_list() == [unit, unit, period, "float64", "bool"]


def test_integer_units_are_ordered_as_numbers() -> None:
    frame = make_frame(draw_values(n_units=2))
    pairs = measure_synchronization(frame.assign(unit=frame["unit"].map({"330000": 100, "330100": 99})))
    assert pairs.loc[0, ["unit_i", "unit_j"]].tolist() == [99, 100]


@pytest.mark.parametrize("measure", DEMEANED)
def test_short_and_constant_units_are_refused_by_name(measure: Any) -> None:
    values = draw_values()
    short, constant = values.copy(), values.copy()
    short[[2, 4], 3:] = np.nan
    with pytest.raises(SeriesError, match=r"2 units have fewer than 4 .* among .*: 330200 \(3\), 330400 \(3\)\."):
        measure_synchronization(make_frame(short), measure)
    constant[[1, 5]] = 0.1
    with pytest.raises(SeriesError, match=r"2 units have one and the same value .*: 330100, 330500"):
        measure_synchronization(make_frame(constant), measure)
    constant[[1, 5], 7:] = np.nextafter(0.1, 1)
    with pytest.raises(SeriesError, match=r"2 units have one and the same value .*: 330100, 330500"):
        measure_synchronization(make_frame(constant), measure)
    constant[[1, 5], 7:] = 0.3
    assert len(measure_synchronization(make_frame(constant), measure)) == 150
    with pytest.raises(SeriesError, match="in all periods to standardise over: 330100, 330500"):
        measure_synchronization(make_frame(constant), measure, standardise=range(2010, 2016))
    with pytest.raises(SeriesError, match=r"6 units have fewer than 4 .* among .*: 330000 \(3\), 330100"):
        measure_synchronization(make_frame(values), measure, standardise=[2010, 2011, 2012])


def test_units_without_values_or_company_are_refused() -> None:
    values = draw_values(n_units=3)
    values[1] = np.nan
    with pytest.raises(SeriesError, match=r"1 units have fewer than 1 periods with a value in all: 330100 \(0\)"):
        measure_synchronization(make_frame(values), "negative_difference")
    with pytest.raises(SeriesError, match="Got 330000 alone"):
        measure_synchronization(make_frame(values[:1]))


def test_rolling_refusals() -> None:
    values = draw_values(n_units=3)
    with pytest.raises(SpecError, match="a window of 11 is longer than the series, 10 periods"):
        measure_synchronization(make_frame(values), "rolling_correlation", window=11)
    copies = np.vstack([values, 2 * values[0] + 1])
    with pytest.raises(SeriesError, match="6 of 36 correlations are 1 or −1"):
        measure_synchronization(make_frame(copies), "rolling_correlation", fisher=True)
    values[1, 4:] = 0.1
    with pytest.raises(SeriesError, match=r"1 units have one and the same value .* from 2014 to 2018: 330100"):
        measure_synchronization(make_frame(values), "rolling_correlation")


@pytest.mark.parametrize("column", ["unit", "period", "value"])
def test_the_contract_of_series_is_checked(column: str) -> None:
    with pytest.raises(SeriesError, match=f"measure_synchronization needs .* Missing: {column}"):
        measure_synchronization(make_frame(draw_values()).drop(columns=column))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"measure": "pearson"},
            "The 'measure' parameter of measure_synchronization must be one of 'cerqueira_martins'",
        ),
        (
            {"transform": "fisher"},
            "The 'transform' parameter of measure_synchronization must be one of None, 'cerqueira'",
        ),
        ({"transform": "cerqueira", "measure": "concordance"}, "goes with cerqueira_martins alone"),
        ({"transform": "cerqueira", "standardise": "none"}, "unknown with standardise='none'"),
        ({"clip": 1e-6}, "clip keeps a transform finite"),
        ({"transform": "cerqueira", "clip": 0.0}, "must lie between 0 and 1. Got 0.0"),
        ({"transform": "cerqueira", "clip": 1}, "must lie between 0 and 1. Got 1 "),
        ({"standardise": "pre"}, "must be 'window', 'none' or a list of periods. Got 'pre'"),
        ({"standardise": 2014}, "must be 'window', 'none' or a list of periods. Got 2014"),
        ({"standardise": [2010, 2031]}, "cannot standardise over 2031: the series go from 2010 to 2019"),
        ({"standardise": [2010], "measure": "negative_difference"}, "not with negative_difference"),
        ({"measure": "rolling_correlation", "window": 2}, "must be a whole number from 3. Got 2"),
        ({"window": 7}, "window and fisher go with rolling_correlation"),
        ({"fisher": True}, "window and fisher go with rolling_correlation"),
        ({"fisher": 1}, "must be one of True, False"),
        ({"ddof": 1}, "ddof goes with a standardised quasi_correlation"),
        ({"ddof": 1, "measure": "quasi_correlation", "standardise": "none"}, "ddof goes with a standardised"),
        ({"ddof": 2, "measure": "quasi_correlation"}, "must be one of 0, 1. Got 2"),
    ],
)
def test_options_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        measure_synchronization(make_frame(draw_values()), **options)
