"""What a fit leaves out is counted, and what it cannot use is refused by name."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ.errors import EconError, FitError, SpecError
from econ.estimate import Dropped
from econ.panel import fit_panel
from tests.econ.panels import DYADIC, MEMBERS, draw_pairs, draw_units


def test_missing_rows_singletons_and_columns_are_counted() -> None:
    frame = draw_pairs().assign(
        pair_id=lambda table: table["unit_i"] + table["unit_j"], twice=lambda table: 2 * table["x"]
    )
    frame.loc[frame.index[:4], "y"] = np.nan
    frame.loc[frame.index[2:6], "x"] = np.nan
    alone = frame.iloc[[-1]].assign(unit_j="999999", pair_id="alone")
    table = pd.concat([frame, alone], ignore_index=True)
    estimate = fit_panel(table, "y", ["did", "distance", "x", "twice"], ["pair_id", "period"], {"cluster": "pair_id"})
    assert estimate.dropped[:2] == (
        Dropped("rows", "missing values in x, y", 6),
        Dropped("rows", "singletons: alone in a level of pair_id or period", 1),
    )
    assert estimate.dropped[2:] == (
        Dropped("distance", "absorbed by pair_id + period", 1),
        Dropped("twice", "a linear combination of x", 1),
    )
    assert estimate.nobs == len(table) - 7
    assert list(estimate.params["term"]) == ["did", "x"]
    assert "twice is not in the equation: a linear combination of x." in estimate.notes


def _refused(change: Callable[[pd.DataFrame], pd.DataFrame], **options: Any) -> str:
    arguments = {"outcome": "y", "regressors": ["did", "x"], "absorb": ["pair", "period"], "vcov": "hc1"} | options
    with pytest.raises(EconError) as caught:
        fit_panel(change(draw_pairs()), **arguments)
    return f"{type(caught.value).__name__}: {caught.value}"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"regressors": ["dis"]}, "SpecError: the table has no column 'dis'. Did you mean did"),
        ({"regressors": "did"}, "SpecError: The 'regressors' parameter of fit_panel must be a list of column names."),
        ({"regressors": []}, "SpecError: The 'regressors' parameter of fit_panel must name one or more columns"),
        ({"regressors": ["y"]}, "SpecError: The 'regressors' parameter of fit_panel must name one or more columns"),
        ({"regressors": ["x", "x"]}, "SpecError: The 'regressors' parameter of fit_panel names x twice."),
        ({"regressors": ["unit_i"]}, "SpecError: the column 'unit_i' holds"),
        ({"absorb": "pair"}, "SpecError: The 'absorb' parameter of fit_panel must be a list of column names."),
        ({"absorb": ["pair", "node^node"]}, "SpecError: the effect 'node^node' names node twice."),
        ({"absorb": ["pairs"]}, "SpecError: the table has no column 'pairs'."),
        ({"outcome": None}, "SpecError: The 'outcome' parameter of fit_panel must name a column."),
        ({"model": "ppml"}, "SpecError: The 'model' parameter of fit_panel must be one of 'ols'. Got 'ppml' instead."),
        ({"engine": "stata"}, "SpecError: The 'engine' parameter of fit_panel must be one of None, 'linearmodels'."),
        ({"vcov": "robust"}, "SpecError: The 'vcov' parameter of fit_panel must be"),
        ({"vcov": {"cluster": "city"}}, "SpecError: the table has no column 'city'."),
        ({"ssc": "sas", "vcov": "auto"}, "SpecError: The 'ssc' parameter of fit_panel must be one of"),
        ({"absorb": ["pair", "node^period"], "engine": "linearmodels", "regressors": ["x"]}, "SpecError: engine="),
        ({"absorb": ["pair", "unit_i^unit_j^period"]}, "FitError: no row is left to fit 'y' (210 with singletons"),
        ({"regressors": ["period"], "absorb": ["period"]}, "FitError: no regressor is left (period: absorbed"),
        ({"regressors": ["distance"]}, "FitError: no regressor is left (distance: absorbed by pair + period)."),
    ],
)  # fmt: skip
def test_arguments_that_do_not_fit_are_refused(options: dict[str, Any], message: str) -> None:
    assert message in _refused(lambda frame: frame, **options)


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        (
            "x",
            np.inf,
            "FitError: 1 rows hold infinite values in x; the first: unit_i 330100, unit_j 330101, period 2003.",
        ),
        (
            "w",
            0.0,
            "FitError: 1 weights in 'w' are not positive; the first: unit_i 330100, unit_j 330101, period 2003.",
        ),
        (
            "province",
            None,
            "FitError: 1 rows have no province, by which the errors are grouped; the first: unit_i 330100",
        ),
    ],
)
def test_values_that_do_not_fit_are_refused_by_name(column: str, value: object, message: str) -> None:
    def spoil(frame: pd.DataFrame) -> pd.DataFrame:
        spoilt = frame.assign(province=frame["unit_i"].astype(object))
        spoilt.loc[3, column] = value
        return spoilt

    assert message in _refused(spoil, weights="w", vcov={"cluster": "province"})


def _turn_some(frame: pd.DataFrame) -> pd.DataFrame:
    turned = frame["period"] == 2004
    return frame.assign(
        unit_i=frame["unit_i"].where(~turned, frame["unit_j"]), unit_j=frame["unit_j"].where(~turned, frame["unit_i"])
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_turn_some, "PairError: 175 rows name the lower member of their pair first and 35 the upper one; the first"),
        (lambda frame: pd.concat([frame, frame.iloc[[7]]]),
         "PairError: 1 rows repeat a pair in the same period; the first: unit_i 330100, unit_j 330102, period 2001."),
        (lambda frame: frame.assign(unit_j=frame["unit_j"].where(frame["unit_j"] != "330102", frame["unit_i"])),
         "PairError: 12 rows pair a unit with itself; the first: unit_i 330100, unit_j 330100, period 2000."),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "options",
    [
        {"vcov": DYADIC},
        {"vcov": {"jackknife": MEMBERS}},
        {"vcov": "iid"},
        {"absorb": ["pair", "node^period"], "regressors": ["x"]},
    ],
)
def test_tables_that_are_not_of_unordered_pairs_are_refused(
    change: Callable[[pd.DataFrame], pd.DataFrame], message: str, options: dict[str, Any]
) -> None:
    assert message in _refused(change, **options)


def test_saturated_and_empty_equations_are_refused() -> None:
    two = draw_units(2, 2)
    with pytest.raises(FitError, match="saturated: 4 rows for 1 regressors and 3 absorbed coefficients"):
        fit_panel(two, "y", ["x"], ["unit", "period"], "hc1")
    with pytest.raises(FitError, match=r"no row is left to fit 'y' \(4 with missing values in y\)"):
        fit_panel(two.assign(y=np.nan), "y", ["x"], ["unit"], "hc1")
    with pytest.raises(FitError, match="the outcome 'y' does not vary within unit"):
        fit_panel(two.assign(y=two["unit"] * 3.1), "y", ["x"], ["unit"], "hc1")
    with pytest.raises(SpecError, match="goes by the columns unit_i and unit_j, or unit"):
        fit_panel(two.rename(columns={"unit": "city"}), "y", ["x"], ["period"])
