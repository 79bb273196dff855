"""The result: its table against scipy, its F tests against t² and against a matrix formula written out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from econ.errors import FitError, SpecError
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


@pytest.mark.parametrize(
    "terms", [["did"], ["did", "did"], ["did", "environment"], [], ["did", "supply", "did"], "did"]
)
def test_equality_needs_two_terms_of_the_equation(estimate: Estimate, terms: list[str]) -> None:
    with pytest.raises(SpecError, match="two or more of the terms did, supply, demand"):
        estimate.test_equal(terms)


@pytest.mark.parametrize("terms", [[], ["environment"], ["did", "did"], "did", "d"])
def test_zero_needs_terms_of_the_equation(estimate: Estimate, terms: list[str]) -> None:
    with pytest.raises(SpecError, match="one or more of the terms"):
        estimate.test_zero(terms)


def test_terms_of_one_letter_are_not_read_out_of_a_string(estimate: Estimate) -> None:
    short = replace(estimate, params=build_params("abc", BETA, VCOV, DF), vcov=pd.DataFrame(VCOV, [*"abc"], [*"abc"]))
    for test in (short.test_zero, short.test_equal):
        with pytest.raises(SpecError, match="Got 'abc'"):
            test("abc")
        assert test(["a", "b", "c"]).p_value < 1


def set_vcov(estimate: Estimate, vcov: np.ndarray) -> Estimate:
    return replace(estimate, vcov=pd.DataFrame(vcov, TERMS, TERMS))


def test_units_of_measurement_do_not_matter(estimate: Estimate) -> None:
    scale = np.array([1e-9, 1.0, 1e9])
    other = replace(
        set_vcov(estimate, VCOV * np.outer(scale, scale)), params=build_params(TERMS, BETA * scale, VCOV, DF)
    )
    assert other.test_zero(TERMS).statistic == pytest.approx(estimate.test_zero(TERMS).statistic, rel=1e-10)


FACTORS = np.array([[1.0, 2.0], [0.5, -1.0], [1.5, 1.0]])


@pytest.mark.parametrize(
    ("vcov", "allowed"),
    [
        (FACTORS @ FACTORS.T, 2),
        (np.diag([1e-3, 1e3]) @ np.ones((2, 2)) @ np.diag([1e-3, 1e3]), 1),
        (np.diag([1.0, 0.0]), 1),
    ],
    ids=["two factors", "one factor", "a zero"],
)
def test_a_covariance_without_full_rank_is_refused(estimate: Estimate, vcov: np.ndarray, allowed: int) -> None:
    terms = list(TERMS[: len(vcov)])
    whole = np.eye(3)
    whole[: len(vcov), : len(vcov)] = vcov
    poor = set_vcov(estimate, whole)
    with pytest.raises(FitError, match=r"= 0 cannot be tested jointly: .* lacks full rank"):
        poor.test_zero(terms)
    assert np.isfinite(poor.test_zero(terms[:allowed]).p_value)


def test_a_difference_without_variance_is_refused(estimate: Estimate) -> None:
    """Both coefficients always move together: their difference has a variance of zero, or of rounding."""
    for vcov in (np.ones((3, 3)), 0.1 * np.ones((3, 3)) + 1e-17 * np.eye(3)):
        with pytest.raises(FitError, match=r"did = supply cannot be tested jointly: .* lacks full rank"):
            set_vcov(estimate, vcov).test_equal(["did", "supply"])


def test_few_clusters_allow_few_restrictions(estimate: Estimate) -> None:
    two = replace(estimate, df=2.0)
    assert two.test_zero(["did", "supply"]).df_num == 2
    assert two.test_equal(TERMS).df_num == 2
    with pytest.raises(FitError, match="it has 3 restrictions, and the covariance only 2 degrees of freedom"):
        two.test_zero(TERMS)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_covariance_that_is_not_finite_is_refused(estimate: Estimate, value: float) -> None:
    with pytest.raises(FitError, match="the covariance of the estimates is not finite"):
        set_vcov(estimate, np.where(np.eye(3) == 1, value, VCOV)).test_zero(["did"])


def test_summary_tells_what_the_numbers_rest_on(estimate: Estimate) -> None:
    lost = replace(estimate, dropped=(Dropped("rows", "no value", 1234),), notes=("Few clusters.",), absorbed=("pair",))
    summary = lost.summary()
    for fact in ("y ~ did + supply + demand + [pair]", "100 rows", "iid", "t(17)", "no value): 1,234", "Few clusters."):
        assert fact in summary
    assert all(term in summary for term in TERMS)


def test_another_covariance_needs_the_scores(estimate: Estimate) -> None:
    with pytest.raises(SpecError, match="does not carry its scores"):
        estimate.with_vcov("hc1")
