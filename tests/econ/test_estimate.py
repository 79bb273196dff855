"""The result: its table against scipy, its F tests against t² and against a matrix formula written out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from econ.errors import SpecError
from econ.estimate import TIDY, Dropped, Estimate, build_params
from econ.spec import PanelSpec, VcovSpec

TERMS = ("did", "supply", "demand")
VCOV = np.array([[4.0, 1.0, 0.5], [1.0, 2.0, 0.2], [0.5, 0.2, 1.0]])
BETA = np.array([2.0, -1.0, 0.5])
DF = 17.0


@pytest.fixture
def estimate() -> Estimate:
    return Estimate(
        params=build_params(TERMS, BETA, VCOV, DF),
        vcov=pd.DataFrame(VCOV, TERMS, TERMS),
        nobs=100,
        df=DF,
        n_clusters={},
        absorbed=(),
        dropped=(),
        notes=(),
        r2=0.5,
        r2_within=0.4,
        spec=PanelSpec("y", TERMS, (), VcovSpec("iid")),
        versions={},
    )


def test_tidy_has_the_promised_columns(estimate: Estimate) -> None:
    assert tuple(estimate.tidy().columns) == TIDY


def test_tidy_is_a_copy(estimate: Estimate) -> None:
    table = estimate.tidy()
    table.loc[0, "estimate"] = 9.0
    assert estimate.tidy().loc[0, "estimate"] == 2.0


def test_statistics_are_those_of_student(estimate: Estimate) -> None:
    row = estimate.tidy().set_index("term").loc["supply"]
    t_value = -1 / np.sqrt(2)
    low, high = stats.t(DF, loc=-1, scale=np.sqrt(2)).interval(0.95)
    assert row["statistic"] == pytest.approx(t_value)
    assert row["p_value"] == pytest.approx(2 * stats.t(DF).cdf(t_value))
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((low, high))


def test_a_single_zero_restriction_is_the_square_of_t(estimate: Estimate) -> None:
    test = estimate.test_zero(["did"])
    row = estimate.tidy().iloc[0]
    assert test.statistic == pytest.approx(row["statistic"] ** 2)
    assert test.p_value == pytest.approx(row["p_value"])
    assert (test.df_num, test.df_denom, test.hypothesis) == (1, DF, "did = 0")


def test_equality_of_two_is_the_t_test_of_their_difference(estimate: Estimate) -> None:
    test = estimate.test_equal(["supply", "demand"])
    statistic = (-1 - 0.5) / np.sqrt(2 + 1 - 2 * 0.2)
    assert test.statistic == pytest.approx(statistic**2)
    assert test.p_value == pytest.approx(2 * stats.t(DF).sf(abs(statistic)))


def test_equality_of_three_does_not_depend_on_their_order(estimate: Estimate) -> None:
    one, other = estimate.test_equal(TERMS), estimate.test_equal(TERMS[::-1])
    restrictions = np.array([[1.0, -1, 0], [0, 1, -1]])
    gap = restrictions @ BETA
    by_hand = gap @ np.linalg.inv(restrictions @ VCOV @ restrictions.T) @ gap / 2
    assert (one.statistic, one.df_num) == (pytest.approx(by_hand), 2)
    assert one.statistic == pytest.approx(other.statistic)


@pytest.mark.parametrize("terms", [["did"], ["did", "did"], ["did", "environment"], []])
def test_equality_needs_two_terms_of_the_equation(estimate: Estimate, terms: list[str]) -> None:
    with pytest.raises(SpecError, match="two or more of the terms did, supply, demand"):
        estimate.test_equal(terms)


@pytest.mark.parametrize("terms", [[], ["environment"]])
def test_zero_needs_terms_of_the_equation(estimate: Estimate, terms: list[str]) -> None:
    with pytest.raises(SpecError, match="one or more of the terms"):
        estimate.test_zero(terms)


def test_summary_tells_what_the_numbers_rest_on(estimate: Estimate) -> None:
    lost = replace(estimate, dropped=(Dropped("rows", "no value", 1234),), notes=("Few clusters.",), absorbed=("pair",))
    summary = lost.summary()
    for fact in ("y ~ did + supply + demand + [pair]", "100 rows", "iid", "t(17)", "no value): 1,234", "Few clusters."):
        assert fact in summary
    assert all(term in summary for term in TERMS)


def test_another_covariance_needs_the_scores(estimate: Estimate) -> None:
    with pytest.raises(SpecError, match="does not carry its scores"):
        estimate.with_vcov("hc1")
