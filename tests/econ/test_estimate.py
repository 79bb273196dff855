"""The result: its table against scipy; its F tests against t², a matrix formula, and regressions with dummies."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from linearmodels.panel import PanelOLS
from scipy import stats

from econ.errors import FitError, SpecError
from econ.estimate import TIDY, Dropped, Estimate, FKind, build_params
from econ.panel import fit_panel
from econ.spec import PanelSpec, VcovSpec
from tests.econ.panels import draw_units

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


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    """An unbalanced panel with weights."""
    frame = draw_units(23, 10, seed=4)
    frame["w"] = np.random.default_rng(4).uniform(0.5, 2, len(frame))
    return frame.sample(frac=0.9, random_state=4)


def fit_dummies(frame: pd.DataFrame, regressors: list[str], weights: str | None = None) -> object:
    """Return the regression with a dummy for every unit and period but the first, by statsmodels."""
    dummies = [pd.get_dummies(frame[effect], prefix=effect, drop_first=True) for effect in ("unit", "period")]
    design = sm.add_constant(pd.concat([frame[regressors], *dummies], axis=1).astype(float))
    return sm.WLS(frame["y"], design, weights=1.0 if weights is None else frame[weights]).fit()


@pytest.mark.parametrize("weights", [None, "w"])
def test_adjusted_r2_is_that_of_a_regression_with_dummies(units: pd.DataFrame, weights: str | None) -> None:
    estimate = fit_panel(units, "y", ["did", "x"], ["unit", "period"], {"cluster": "unit"}, weights)
    dummies, empty = fit_dummies(units, ["did", "x"], weights), fit_dummies(units, [], weights)
    assert estimate.df_residual == dummies.df_resid
    assert estimate.r2_adjusted == pytest.approx(dummies.rsquared_adj, rel=1e-10)
    adjusted = 1 - dummies.mse_resid / empty.mse_resid
    assert estimate.r2_within_adjusted == pytest.approx(adjusted, rel=1e-10)


@pytest.mark.parametrize("weights", [None, "w"])
def test_f_without_clusters_is_that_of_a_regression_with_dummies(units: pd.DataFrame, weights: str | None) -> None:
    estimate = fit_panel(units, "y", ["did", "x"], ["unit", "period"], {"cluster": "unit"}, weights)
    dummies = fit_dummies(units, ["did", "x"], weights)
    conventional, overall = (estimate.test_regressors(kind) for kind in ("conventional", "overall"))
    other = dummies.f_test(np.eye(len(dummies.params))[1:3])
    assert (conventional.statistic, conventional.p_value) == pytest.approx((other.fvalue, other.pvalue), rel=1e-8)
    assert (conventional.df_num, conventional.df_denom) == (2, dummies.df_resid)
    assert conventional.statistic == pytest.approx(estimate.with_vcov("iid").test_zero(["did", "x"]).statistic)
    assert (overall.statistic, overall.p_value) == pytest.approx((dummies.fvalue, dummies.f_pvalue), rel=1e-8)
    assert (overall.df_num, overall.df_denom) == (dummies.df_model, dummies.df_resid)
    assert overall.hypothesis == "did = x = [unit] = [period] = 0"


def test_f_with_clusters_is_that_of_linearmodels(units: pd.DataFrame) -> None:
    """Its small-sample factor counts the clusters' own effects, as ssc "stata" does."""
    indexed = units.astype({"did": float}).set_index(["unit", "period"])
    other = PanelOLS(indexed["y"], indexed[["did", "x"]], entity_effects=True, time_effects=True).fit(
        cov_type="clustered", cluster_entity=True, debiased=True, group_debias=True, auto_df=False, count_effects=True
    )
    estimate = fit_panel(units, "y", ["did", "x"], ["unit", "period"], {"cluster": "unit"}, ssc="stata")
    wald, conventional = estimate.test_regressors(), estimate.test_regressors("conventional")
    assert wald.statistic == pytest.approx(other.f_statistic_robust.stat, rel=1e-8)
    assert conventional.statistic == pytest.approx(other.f_statistic.stat, rel=1e-8)
    assert (wald.df_num, wald.df_denom) == (2, estimate.n_clusters["unit"] - 1)


def test_without_effects_the_three_f_and_the_two_r2_agree(units: pd.DataFrame) -> None:
    estimate = fit_panel(units, "y", ["did", "x"], None, "iid")
    other = sm.OLS(units["y"], sm.add_constant(units[["did", "x"]].astype(float))).fit()
    kinds: tuple[FKind, ...] = ("wald", "conventional", "overall")
    assert [estimate.test_regressors(kind).statistic for kind in kinds] == pytest.approx([other.fvalue] * 3)
    assert [estimate.r2_adjusted, estimate.r2_within_adjusted] == pytest.approx([other.rsquared_adj] * 2)
    assert "Intercept" not in estimate.test_regressors().hypothesis


def test_f_after_the_bootstrap_is_the_clustered_one(units: pd.DataFrame) -> None:
    clustered = fit_panel(units, "y", ["did", "x"], ["unit", "period"], {"cluster": "unit"})
    wild = clustered.with_vcov({"wild": "unit", "draws": 99})
    assert wild.test_regressors() == clustered.test_regressors()


def test_a_perfect_fit_has_no_f() -> None:
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0, 4.0], "x": [1.0, 2.0, 3.0, 4.0]})
    estimate = replace(fit_panel(frame, "y", ["x"], None, "iid"), r2=1.0, r2_within=1.0)
    for kind in ("conventional", "overall"):
        with pytest.raises(FitError, match="the equation fits perfectly"):
            estimate.test_regressors(kind)


def test_which_f_must_be_known(estimate: Estimate) -> None:
    with pytest.raises(SpecError, match=r"must be one of 'wald', 'conventional', 'overall'\. Got 'robust'"):
        estimate.test_regressors("robust")


def test_what_needs_the_scores_says_so(estimate: Estimate) -> None:
    assert estimate.test_regressors() == estimate.test_zero(TERMS)
    with pytest.raises(SpecError, match="does not carry its scores"):
        estimate.test_regressors("conventional")
    with pytest.raises(SpecError, match="does not carry its scores"):
        _ = estimate.r2_adjusted
