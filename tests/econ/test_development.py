"""The entropy-weighted index by hand, and by its properties."""

import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from econ.development import build_entropy_index, measure_entropy
from econ.errors import SeriesError, SpecError

DIRECTIONS = {"income": "positive", "waste": "negative"}


def make_indicators() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unit": ["330100", "330100", "110000", "110000"],
            "period": [2011, 2010, 2010, 2011],
            "income": [5.0, 2.0, 1.0, 3.0],
            "waste": [30.0, 10.0, 30.0, 20.0],
        }
    )


def test_index_by_hand() -> None:
    """Income scales to 1, ¼, 0, ½ (shares 4/7, 1/7, 0, 2/7), waste to 0, 1, 0, ½ (shares 0, 2/3, 0, 1/3)."""
    income = -(4 / 7 * math.log(4 / 7) + 1 / 7 * math.log(1 / 7) + 2 / 7 * math.log(2 / 7)) / math.log(4)
    waste = -(2 / 3 * math.log(2 / 3) + 1 / 3 * math.log(1 / 3)) / math.log(4)
    weight = (1 - income) / (2 - income - waste)
    found = build_entropy_index(make_indicators(), DIRECTIONS)
    weights = {
        "indicator": ["income", "waste"],
        "direction": ["positive", "negative"],
        "entropy": [income, waste],
        "weight": [weight, 1 - weight],
    }
    assert_frame_equal(found.weights, pd.DataFrame(weights))
    values = [0, 0.5 * weight + 0.5 * (1 - weight), 0.25 * weight + (1 - weight), weight]
    series = {"unit": ["110000"] * 2 + ["330100"] * 2, "period": [2010, 2011] * 2, "value": values}
    assert_frame_equal(found.series, pd.DataFrame(series))
    assert weight == pytest.approx(0.3648, abs=5e-5)


def test_entropy_of_known_shares() -> None:
    values = np.array([[1.0, 0, 1], [1, 0, 1], [1, 3, 0], [1, 0, 0]])
    np.testing.assert_allclose(measure_entropy(values), [1, 0, 0.5], atol=1e-15)


@st.composite
def indicator_frames(draw: st.DrawFn) -> pd.DataFrame:
    n_rows = draw(st.integers(2, 12))
    columns = {
        name: draw(
            st.lists(st.integers(-1000, 1000), min_size=n_rows, max_size=n_rows).filter(lambda v: len(set(v)) > 1)
        )
        for name in DIRECTIONS
    }
    return pd.DataFrame({"unit": [f"{unit:06}" for unit in range(n_rows)], "period": 2010, **columns})


@settings(max_examples=50, deadline=None)
@given(indicator_frames())
def test_range_weights_and_the_unit_of_measurement(frame: pd.DataFrame) -> None:
    found = build_entropy_index(frame, DIRECTIONS)
    assert found.weights["weight"].sum() == pytest.approx(1)
    assert (found.weights["weight"] > 0).all()
    assert found.series["value"].between(-1e-12, 1 + 1e-12).all()
    other = frame.assign(income=frame["income"] / 7 - 3, waste=-frame["waste"]).sample(frac=1, random_state=0)
    turned = build_entropy_index(other, {"waste": "positive", "income": "positive"})
    np.testing.assert_allclose(turned.series["value"], found.series["value"], atol=1e-9)


def test_what_cannot_be_weighed_is_refused() -> None:
    frame = make_indicators()
    with pytest.raises(SeriesError, match="waste has the same value in all 4 rows"):
        build_entropy_index(frame.assign(waste=1), DIRECTIONS)
    with pytest.raises(SeriesError, match="income is missing in 1 rows, such as unit 110000 in 2010"):
        build_entropy_index(frame.assign(income=[5, 2, np.nan, 3]), DIRECTIONS)
    with pytest.raises(SeriesError, match="Missing: roads"):
        build_entropy_index(frame, {"roads": "positive"})
    with pytest.raises(SpecError, match="at least one indicator"):
        build_entropy_index(frame, {})
    message = "The \"directions['income']\" parameter of build_entropy_index must be one of 'positive', 'negative'"
    with pytest.raises(SpecError, match=re.escape(message)):
        build_entropy_index(frame, {"income": "up"})  # type: ignore[dict-item]
