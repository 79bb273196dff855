"""Each filter against a second computation of its formula; what a filter cannot take is refused by name."""

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from pandas.testing import assert_frame_equal

from econ.errors import SeriesError, SpecError
from econ.filters import DEFAULTS, cut_window, filter_series

FIRST = 1999
FILTERS = sorted(DEFAULTS)
CYCLES = ("hp", "bk", "cf", "hamilton")


def make_series(n_units: int = 3, n_periods: int = 19, seed: int = 0) -> pd.DataFrame:
    """Levels that grow by 8 % with noise, one row a unit and period."""
    generator = np.random.default_rng(seed)
    growth = generator.normal(0.08, 0.03, (n_units, n_periods))
    levels = 1_000 * np.exp(growth.cumsum(axis=1))
    units = np.repeat([f"{330000 + 100 * unit}" for unit in range(n_units)], n_periods)
    return pd.DataFrame(
        {"unit": units, "period": np.tile(FIRST + np.arange(n_periods), n_units), "value": levels.ravel()}
    )


def split_units(frame: pd.DataFrame) -> list[NDArray[np.float64]]:
    return [rows.to_numpy() for _, rows in frame.groupby("unit")["value"]]


def find_weights(low: float, high: float, n_leads: int) -> NDArray[np.float64]:
    """Baxter and King (1999, eq. 4 to 8): the ideal weights, less their mean."""
    places = np.arange(1, n_leads + 1)
    side = (np.sin(2 * np.pi / low * places) - np.sin(2 * np.pi / high * places)) / (np.pi * places)
    weights = np.concatenate([side[::-1], [2 / low - 2 / high], side])
    return weights - weights.mean()


@pytest.mark.parametrize("lamb", [6.25, 100])
@pytest.mark.parametrize("log", [True, False])
def test_hp_solves_its_normal_equations(lamb: float, log: bool) -> None:
    series = make_series()
    found = filter_series(series, "hp", lamb=lamb, log=log)
    differences = np.diff(np.eye(19), n=2, axis=0)
    for levels, cycle in zip(split_units(series), split_units(found), strict=True):
        values = np.log(levels) if log else levels
        trend = np.linalg.solve(np.eye(19) + lamb * differences.T @ differences, values)
        np.testing.assert_allclose(cycle, values - trend, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("low", [1.5, 2])
def test_bk_is_the_moving_average_of_its_weights(low: float) -> None:
    series = make_series()
    found = filter_series(series, "bk", low=low, K=3)
    weights = find_weights(low, 8, 3)
    assert weights.sum() == pytest.approx(0, abs=1e-15)
    for levels, cycle in zip(split_units(series), split_units(found), strict=True):
        expected = [weights @ levels[place - 3 : place + 4] for place in range(3, 16)]
        np.testing.assert_allclose(cycle, expected, rtol=1e-9, atol=1e-9)
    assert found.groupby("unit")["period"].agg(["min", "max"]).drop_duplicates().to_numpy().tolist() == [[2002, 2014]]


def test_bk_from_one_and_a_half_years_doubles_the_shortest_cycles() -> None:
    """What the docstring says, in the limit of many leads: the gain at a cycle of 2.5 periods is 2, not 1."""
    places = np.arange(-400, 401)
    gain = {low: find_weights(low, 8, 400) @ np.cos(2 * np.pi / 2.5 * places) for low in (1.5, 2)}
    assert gain[1.5] == pytest.approx(2, abs=0.01)
    assert gain[2] == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("drift", [True, False])
def test_cf_is_the_best_filter_of_a_random_walk(drift: bool) -> None:
    """Christiano and Fitzgerald (2003, eq. 1.2), written out for each period."""
    series = make_series(n_units=1)
    values = series["value"].to_numpy()
    n_periods = len(values)
    if drift:
        values = values - np.arange(n_periods) * (values[-1] - values[0]) / (n_periods - 1)
    places = np.arange(1, n_periods)
    weights = np.concatenate(
        [[2 / 2 - 2 / 8], (np.sin(np.pi * places) - np.sin(np.pi / 4 * places)) / (np.pi * places)]
    )
    expected = []
    for period in range(n_periods):
        row = weights[np.abs(np.arange(n_periods) - period)]
        row[0] = -weights[0] / 2 - weights[1:period].sum() if period else row[0]
        ahead = n_periods - 1 - period
        row[-1] = -weights[0] / 2 - weights[1:ahead].sum() if ahead else row[-1]
        if not period or not ahead:
            row[period] = weights[0] / 2
        expected.append(row @ values)
    found = filter_series(series, "cf", low=2, high=8, drift=drift)
    np.testing.assert_allclose(found["value"], expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("h", "p"), [(2, 2), (1, 1), (2, 4)])
def test_hamilton_is_the_residual_of_its_regression(h: int, p: int) -> None:
    series = make_series()
    found = filter_series(series, "hamilton", h=h, p=p, log=True)
    for levels, cycle in zip(split_units(series), split_units(found), strict=True):
        logs = np.log(levels)
        dates = range(h + p - 1, 19)
        lags = [[logs[date - h - lag] for lag in range(p)] for date in dates]
        fitted = sm.OLS(logs[h + p - 1 :], sm.add_constant(np.array(lags))).fit()
        np.testing.assert_allclose(cycle, fitted.resid, atol=1e-11)
    assert found["period"].min() == FIRST + h + p - 1


def test_growth_is_a_fraction() -> None:
    series = pd.DataFrame({"unit": "a", "period": range(2010, 2015), "value": [100.0, 107.0, 107.0, 96.3, 192.6]})
    found = filter_series(series, "growth")
    assert found["period"].tolist() == [2011, 2012, 2013, 2014]
    np.testing.assert_allclose(found["value"], [0.07, 0, -0.1, 1], atol=1e-15)
    logs = filter_series(series, "log_growth")
    np.testing.assert_allclose(np.expm1(logs["value"]), found["value"], atol=1e-15)


def test_none_leaves_the_series_and_its_gaps() -> None:
    series = make_series().drop(index=5)
    series.loc[7, "value"] = np.nan
    expected = series.dropna().reset_index(drop=True)
    assert_frame_equal(filter_series(series, "none"), expected)


@pytest.mark.parametrize("filter", CYCLES)
@settings(max_examples=15, deadline=None)
@given(shift=st.floats(-1e3, 1e3), scale=st.sampled_from([1e-8, 0.3, 1e15]))
def test_cycles_ignore_a_shift_and_follow_a_scale(filter: str, shift: float, scale: float) -> None:
    series = make_series(n_units=1)
    moved = series.assign(value=scale * (shift + series["value"]))
    expected = scale * filter_series(series, filter)["value"]
    np.testing.assert_allclose(filter_series(moved, filter)["value"], expected, atol=1e-6 * scale)


@pytest.mark.parametrize("filter", FILTERS)
def test_order_of_rows_and_other_units_do_not_matter(filter: str) -> None:
    series = make_series()
    found = filter_series(series, filter)
    assert_frame_equal(filter_series(series.sample(frac=1, random_state=1), filter), found)
    alone = filter_series(series[series["unit"] == "330100"], filter)
    assert_frame_equal(alone, found[found["unit"] == "330100"].reset_index(drop=True))


@pytest.mark.parametrize(("filter", "left"), [("growth", 9), ("hp", 10), ("bk", 4), ("cf", 10), ("hamilton", 7)])
def test_periods_left_of_ten_years(filter: str, left: int) -> None:
    """Also where missing values stand at the ends, which shorten a series and are no gaps."""
    series = make_series(n_periods=12)
    series.loc[series["period"].isin([FIRST, FIRST + 11]), "value"] = np.nan
    assert len(filter_series(series, filter)) == 3 * left


@pytest.mark.parametrize(
    ("filter", "n_periods", "loses", "left"),
    [("bk", 9, 6, 3), ("hamilton", 6, 3, 3), ("hp", 3, 0, 3)],
)
def test_fewer_than_four_periods_are_refused(filter: str, n_periods: int, loses: int, left: int) -> None:
    message = (
        f"fewer than 4 periods with a value after the filter '{filter}', which loses {loses}: 330000 ({left}), 330100"
    )
    with pytest.raises(SeriesError, match=re.escape(message)):
        filter_series(make_series(n_periods=n_periods), filter)


def test_fewer_than_four_growth_rates_are_refused() -> None:
    with pytest.raises(SeriesError, match=r"fewer than 4 periods with a value after the filter 'growth': 330000 \(3\)"):
        filter_series(make_series(n_periods=4), "growth")


def test_hamilton_needs_more_periods_than_coefficients() -> None:
    assert len(filter_series(make_series(n_periods=11), "hamilton", p=4)) == 18
    with pytest.raises(SeriesError, match=r"fewer than 6 periods .*: 330000 \(5\)"):
        filter_series(make_series(n_periods=10), "hamilton", p=4)


@pytest.mark.parametrize("filter", ["growth", "log_growth"])
def test_growth_is_not_measured_across_a_gap(filter: str) -> None:
    series = make_series()
    whole = filter_series(series, filter)
    gappy = filter_series(series.drop(index=24), filter)
    missing = whole.merge(gappy, on=["unit", "period"], how="left", suffixes=("", "_found"))
    lost = missing[missing["value_found"].isna()]
    assert list(zip(lost["unit"], lost["period"], strict=True)) == [("330100", 2004), ("330100", 2005)]
    kept = missing.dropna()
    np.testing.assert_array_equal(kept["value"], kept["value_found"])


@pytest.mark.parametrize("filter", ["hp", "bk", "cf", "hamilton"])
@pytest.mark.parametrize("absent", [True, False])
def test_gaps_are_refused(filter: str, absent: bool) -> None:
    series = make_series()
    series = series.drop(index=24) if absent else series.assign(value=series["value"].mask(series.index == 24))
    with pytest.raises(SeriesError, match=r"unit 330100 has no value between 2003 and 2005 \(1 gaps in all\)"):
        filter_series(series, filter)


@pytest.mark.parametrize("level", [0.0, -3.0])
def test_growth_and_logs_need_positive_levels(level: float) -> None:
    series = make_series()
    series.loc[24, "value"] = level
    for filter, options in (("growth", {}), ("log_growth", {}), ("hp", {"log": True}), ("cf", {"log": True})):
        with pytest.raises(SeriesError, match=f"such as {level} of unit 330100 in 2004"):
            filter_series(series, filter, **options)
    assert len(filter_series(series, "hp")) == len(series)


@pytest.mark.parametrize("filter", CYCLES)
def test_a_series_on_its_trend_has_no_cycle(filter: str) -> None:
    series = make_series()
    straight = series.assign(value=1e6 + 7_001.3 * (series["period"] - FIRST))
    with pytest.raises(SeriesError, match=f"unit 330000 follows the trend of '{filter}' exactly"):
        filter_series(straight, filter)


@pytest.mark.parametrize(
    ("filter", "options", "message"),
    [
        ("x13", {}, "The 'filter' parameter of filter_series must be one of 'none', 'growth'"),
        ("hp", {"lambda": 100}, "filter 'hp' has no option lambda. Its options: lamb, log."),
        ("none", {"log": True}, "filter 'none' has no option log. Its options: none."),
        ("hp", {"lamb": -1}, "The 'lamb' parameter of filter 'hp' must be a finite number from 0"),
        ("hp", {"lamb": "100"}, "Got '100' instead"),
        ("hp", {"log": 1}, "The 'log' parameter of filter 'hp' must be one of True, False"),
        ("bk", {"K": 2.5}, "The 'K' parameter of filter 'bk' must be a whole number from 1. Got 2.5"),
        ("bk", {"K": True}, "Got True instead"),
        ("bk", {"low": 8}, "low < high. Got low=8, high=8 instead"),
        ("bk", {"low": 1}, "from low (1.5 or more)"),
        ("cf", {"low": 1.5}, "from low (2 or more)"),
        ("hamilton", {"h": 0}, "The 'h' parameter of filter 'hamilton' must be a whole number from 1. Got 0"),
    ],
)
def test_unknown_options_are_refused(filter: str, options: dict[str, float], message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        filter_series(make_series(), filter, **options)


def test_a_window_is_cut_with_both_ends() -> None:
    series = make_series()
    found = cut_window(series.sample(frac=1, random_state=2), 2010, 2014)
    assert_frame_equal(found, series[series["period"].between(2010, 2014)].reset_index(drop=True))


def test_windows_too_short_or_turned_round_are_refused() -> None:
    series = make_series()
    with pytest.raises(SeriesError, match=r"3 units have fewer than 4 .* from 2010 to 2012: 330000 \(3\)"):
        cut_window(series, 2010, 2012)
    with pytest.raises(SeriesError, match=r"1 units have fewer than 4 .* from 2010 to 2014: 330100 \(0\)"):
        cut_window(
            series.drop(index=series.index[(series["unit"] == "330100") & (series["period"] > 2008)]), 2010, 2014
        )
    with pytest.raises(SpecError, match="ends in 2010, before it begins in 2014"):
        cut_window(series, 2014, 2010)
