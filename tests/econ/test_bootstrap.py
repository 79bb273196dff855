"""The wild cluster bootstrap equals refits draw by draw, and wildboottest."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from econ import bootstrap
from econ.bootstrap import WildResult, compute_wild
from econ.covariance import Design, compute_bread, compute_vcov
from econ.errors import FitError
from econ.spec import VcovSpec
from econ.within import Absorber, Effect

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

SPEC = VcovSpec("wild", ("unit",))


class Case:
    """A small regression with effects: y and two regressors, 60 rows, ``n_clusters`` clusters of unlike size."""

    def __init__(self, seed: int, n_clusters: int, absorbed: Sequence[str] = (), weighted: bool = False) -> None:
        rng = np.random.default_rng(seed)
        self.clusters = np.concatenate([np.arange(n_clusters), rng.integers(0, n_clusters, 60 - n_clusters)])
        period = np.arange(60) % 4
        codes = {"unit": self.clusters, "period": period, "half": self.clusters * 2 + rng.integers(0, 2, 60)}
        self.effects = [Effect(name, *self._recode(codes[name])) for name in absorbed]
        shocks = rng.normal(size=(2, n_clusters))
        self.regressors = rng.normal(size=(60, 2)) + 0.5 * shocks[0, self.clusters, None]
        if not absorbed:
            self.regressors = np.column_stack([np.ones(60), self.regressors])
        self.outcome = 0.3 * self.regressors[:, -1] + rng.normal(size=60) + shocks[1, self.clusters]
        self.weights = rng.uniform(0.3, 3.0, 60) if weighted else None
        self.terms = [f"x{place}" for place in range(self.regressors.shape[1])]

    @staticmethod
    def _recode(codes: IntArray) -> tuple[IntArray, int]:
        levels, recoded = np.unique(codes, return_inverse=True)
        return recoded, len(levels)

    def fit(self) -> tuple[Design, Absorber, FloatArray]:
        absorber = Absorber(self.effects, self.weights)
        left = absorber.residualize(np.column_stack([self.regressors, self.outcome]))
        columns, outcome = left[:, :-1], left[:, -1]
        weighted = outcome if self.weights is None else self.weights * outcome
        estimates = compute_bread(columns, self.weights) @ (columns.T @ weighted)
        design = Design(columns, outcome - columns @ estimates, self.weights, {"unit": self.clusters})
        return design, absorber, estimates

    def run(self, spec: VcovSpec = SPEC) -> WildResult:
        return compute_wild(spec, *self.fit(), self.terms)

    def regress(self, regressors: FloatArray, outcome: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Coefficients, residuals and clustered standard errors of a regression on dense dummies."""
        roots = np.ones(60) if self.weights is None else np.sqrt(self.weights)
        dummies = [np.eye(effect.n_levels)[effect.codes] for effect in self.effects]
        everything = np.column_stack([regressors, *dummies])
        inverse = np.linalg.pinv(everything * roots[:, None], rcond=1e-11)
        estimates = inverse @ (outcome * roots)
        residuals = outcome - everything @ estimates
        sums = [inverse[:, rows] @ (roots * residuals)[rows] for rows in self._rows()]
        n_terms = regressors.shape[1]
        return estimates[:n_terms], residuals, np.sqrt(np.sum(np.square(sums), axis=0))[:n_terms]

    def _rows(self) -> list[NDArray[np.bool_]]:
        return [self.clusters == cluster for cluster in range(self.clusters.max() + 1)]

    def refit(self, place: int, null: float, weights: FloatArray) -> FloatArray:
        """t* of each draw (a column of weights): a full regression on an outcome made under the null."""
        _, residuals, _ = self.regress(
            np.delete(self.regressors, place, axis=1), self.outcome - null * self.regressors[:, place]
        )
        statistics = []
        for draw in weights.T:
            outcome = self.outcome - residuals + draw[self.clusters] * residuals
            estimates, _, errors = self.regress(self.regressors, outcome)
            statistics.append((estimates[place] - null) / errors[place])
        return np.array(statistics)


def compute_statistics(draws: bootstrap._Draws, gap: float) -> FloatArray:
    """t* as the docstring of the draws has it."""
    numerators = draws.numerators[0] + gap * draws.numerators[1]
    return numerators / np.sqrt(draws.squares[0] + 2 * gap * draws.squares[1] + gap**2 * draws.squares[2])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("absorbed", [(), ("period",), ("unit",), ("unit", "period"), ("half", "period")])
def test_every_draw_equals_a_full_refit(absorbed: tuple[str, ...], weighted: bool) -> None:
    case = Case(1, 7, absorbed, weighted)
    design, absorber, estimates = case.fit()
    weights = np.random.default_rng(2).choice(bootstrap._WEBB, size=(7, 25))
    for place, term in enumerate(case.terms):
        draws = bootstrap._draw_term(design, absorber, case.clusters, weights, place, term)
        for null in (0.0, 0.8):
            fast = compute_statistics(draws, estimates[place] - null)
            np.testing.assert_allclose(fast, case.refit(place, null, weights), rtol=1e-8, atol=1e-10)


def test_p_value_is_the_share_of_refits_that_are_as_large() -> None:
    """All 6³ vectors of weights, one by one."""
    case = Case(3, 3, ("period",))
    weights = np.array(list(product(bootstrap._WEBB, repeat=3))).T
    estimates, _, errors = case.regress(case.regressors, case.outcome)
    result = case.run()
    for place in range(2):
        statistics = np.abs(case.refit(place, 0.0, weights))
        expected = np.mean(statistics >= abs(estimates[place] / errors[place]) * (1 - 1e-8))
        assert result.p_values[place] == pytest.approx(expected, abs=1e-12)
        assert 0 < expected < 1
    assert "all 216 vectors of Webb's six-point weights for 3 clusters" in result.covariance.notes[0]


@pytest.mark.parametrize(("n_clusters", "absorbed"), [(14, ("unit", "period")), (8, ("period",)), (12, ())])
def test_the_interval_holds_what_the_test_does_not_reject(n_clusters: int, absorbed: tuple[str, ...]) -> None:
    case = Case(4, n_clusters, absorbed)
    spec = replace(SPEC, draws=999)
    result = case.run(spec)
    estimates = case.fit()[2]
    assert (result.conf_low < estimates).all()
    assert (estimates < result.conf_high).all()
    for place in range(len(case.terms)):
        width = result.conf_high[place] - result.conf_low[place]
        for end, inwards in ((result.conf_low[place], 1), (result.conf_high[place], -1)):
            inside, outside = (run_null(case, spec, place, end + step * inwards * width) for step in (1e-6, -1e-6))
            assert inside > 0.05 >= outside


def run_null(case: Case, spec: VcovSpec, place: int, null: float) -> float:
    """The p-value of β = null: that of β = 0 once null · x is taken from the outcome."""
    shifted = Case.__new__(Case)
    shifted.__dict__.update(case.__dict__, outcome=case.outcome - null * case.regressors[:, place])
    return float(shifted.run(spec).p_values[place])


@pytest.mark.parametrize("weighted", [False, True])
def test_effects_absorbed_or_as_regressors(weighted: bool) -> None:
    """The same draws, whether the effects of periods are absorbed or written out."""
    case = Case(5, 13, ("period",), weighted)
    absorbed = case.run()
    written = Case(5, 13, ("period",), weighted)
    written.regressors = np.column_stack([case.regressors, np.eye(4)[case.effects[0].codes]])
    written.effects, written.terms = [], [f"x{place}" for place in range(6)]
    explicit = written.run()
    np.testing.assert_array_equal(absorbed.p_values, explicit.p_values[:2])
    np.testing.assert_allclose(absorbed.conf_low, explicit.conf_low[:2], rtol=1e-8)
    np.testing.assert_allclose(absorbed.conf_high, explicit.conf_high[:2], rtol=1e-8)


def test_covariance_is_the_clustered_one() -> None:
    case = Case(6, 15, ("unit", "period"))
    result = case.run()
    clustered = compute_vcov(VcovSpec("cluster", ("unit",)), case.fit()[0])
    np.testing.assert_array_equal(result.covariance.matrix, clustered.matrix)
    assert (result.covariance.df, result.covariance.n_clusters) == (14, {"unit": 15})


def test_the_small_sample_correction_does_not_move_the_test() -> None:
    case = Case(7, 15, ("period",))
    plain, corrected = (case.run(replace(SPEC, ssc=ssc)) for ssc in ("none", "stata"))
    np.testing.assert_array_equal(plain.p_values, corrected.p_values)
    np.testing.assert_array_equal(plain.conf_low, corrected.conf_low)


@pytest.mark.parametrize(
    ("n_clusters", "n_draws", "shape", "words"),
    [
        (2, 9_999, 36, "all 36 vectors of Webb's six-point weights for 2 clusters"),
        (5, 9_999, 7_776, "all 7,776 vectors of Webb's six-point weights"),
        (6, 9_999, 10_000, "9,999 draws of Webb's six-point weights for 6 clusters, seed 1"),
        (11, 9_999, 10_000, "9,999 draws of Webb's six-point weights"),
        (12, 4_096, 4_096, "all 4,096 vectors of Rademacher weights"),
        (12, 4_095, 4_096, "4,095 draws of Rademacher weights for 12 clusters, seed 1"),
        (13, 9_999, 8_192, "all 8,192 vectors of Rademacher weights"),
        (14, 9_999, 10_000, "9,999 draws of Rademacher weights"),
    ],
)
def test_weights(n_clusters: int, n_draws: int, shape: int, words: str) -> None:
    weights, how = bootstrap._draw_weights(n_clusters, n_draws, 1)
    assert weights.shape == (n_clusters, shape)
    assert words in how
    assert weights.mean() == pytest.approx(0, abs=0.03)
    assert (weights**2).mean() == pytest.approx(1, abs=0.03)
    if "all" in words:
        assert len(np.unique(weights, axis=1).T) == shape
        np.testing.assert_allclose(weights @ weights.T / shape, np.eye(n_clusters), atol=1e-12)
    else:
        assert (weights[:, 0] == 1).all()


@pytest.mark.parametrize("n_draws", [19, 99, 399])
def test_drawn_p_values_count_the_sample_itself(n_draws: int) -> None:
    """An effect so clear that no draw reaches it leaves the sample as the only one: p = 1 / (draws + 1), never 0."""
    case = Case(15, 20, ("period",))
    case.outcome += 50 * case.regressors[:, -1]
    result = case.run(replace(SPEC, draws=n_draws))
    assert result.p_values[-1] == pytest.approx(1 / (n_draws + 1), rel=1e-12)


def test_drawn_p_values_are_the_share_of_refits() -> None:
    case, spec = Case(16, 14, ("period",)), replace(SPEC, draws=199)
    weights, _ = bootstrap._draw_weights(14, 199, spec.seed)
    estimates, _, errors = case.regress(case.regressors, case.outcome)
    for place in range(2):
        statistics = np.abs(case.refit(place, 0.0, weights[:, 1:]))
        n_larger = np.sum(statistics >= abs(estimates[place] / errors[place]) * (1 - 1e-8))
        assert case.run(spec).p_values[place] == pytest.approx((n_larger + 1) / 200, abs=1e-12)


def test_the_seed_decides_the_draws() -> None:
    case = Case(8, 20, ("period",))
    first, again, other = (case.run(replace(SPEC, draws=499, seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.p_values, again.p_values)
    np.testing.assert_array_equal(first.conf_high, again.conf_high)
    assert not np.array_equal(first.conf_high, other.conf_high)


def test_two_clusters_give_an_unbounded_interval_that_is_told() -> None:
    """Six of the 36 draws weigh both clusters alike, so that no null has a p-value below 1/6."""
    result = Case(9, 2, ("period",)).run()
    assert (result.p_values >= 1 / 6).all()
    np.testing.assert_array_equal(result.conf_low, -np.inf)
    np.testing.assert_array_equal(result.conf_high, np.inf)
    assert "interval of x0, x1 is unbounded" in result.covariance.notes[-1]


def test_codes_with_gaps() -> None:
    case = Case(10, 14, ("period",))
    design, absorber, estimates = case.fit()
    gaps = replace(design, groups={"unit": case.clusters * 3 + 4})
    result = compute_wild(SPEC, gaps, absorber, estimates, case.terms)
    np.testing.assert_array_equal(result.p_values, case.run().p_values)


def test_many_clusters_are_taken_in_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    case = Case(11, 15, ("unit", "period"))
    expected = case.run()
    monkeypatch.setattr(bootstrap, "_BATCH", 4)
    np.testing.assert_array_equal(case.run().p_values, expected.p_values)


def test_a_term_of_one_cluster_is_refused() -> None:
    case = Case(12, 14, ("unit",))
    case.regressors, case.terms = case.regressors[:, :1] * (case.clusters == 3)[:, None], ["x0"]
    with pytest.raises(FitError, match="the scores of 'x0' sum to zero in every cluster"):
        case.run()


def test_one_cluster_is_refused() -> None:
    case = Case(13, 1, ("period",))
    with pytest.raises(FitError, match="'unit' has one cluster"):
        case.run()


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("place", [0, 1, 2])
def test_equals_wildboottest(place: int) -> None:
    """Every one of the 4,096 t* of 12 clusters; its p-value leaves out the two draws that equal the sample."""
    package = pytest.importorskip("wildboottest.wildboottest")
    case = Case(14, 12)
    case.outcome -= 0.3 * case.regressors[:, -1]
    design, absorber, estimates = case.fit()
    other = package.WildboottestCL(
        X=case.regressors, Y=case.outcome, cluster=case.clusters, R=np.eye(3)[place], B=9_999, parallel=False
    )
    other.get_scores(bootstrap_type="11", impose_null=True, adj=False, cluster_adj=False)
    other.get_weights(weights_type="rademacher")
    for step in (other.get_numer, other.get_denom, other.get_tboot, other.get_vcov, other.get_tstat, other.get_pvalue):
        step()
    weights, _ = bootstrap._draw_weights(12, 9_999, 1)
    draws = bootstrap._draw_term(design, absorber, case.clusters, weights, place, "x")
    statistics = compute_statistics(draws, estimates[place])
    np.testing.assert_allclose(np.sort(statistics), np.sort(other.t_boot), rtol=1e-8, atol=1e-10)
    result = case.run()
    assert 0 <= result.p_values[place] - other.pvalue <= 2 / 4_096
    assert np.mean(np.abs(other.t_boot) >= abs(other.t_stat) * (1 - 1e-9)) == pytest.approx(result.p_values[place])


@pytest.mark.full
def test_size_with_fourteen_clusters() -> None:
    """A true null is rejected about once in twenty; the t test with plain clustered errors rejects more often."""
    p_values = []
    for seed in range(400):
        case = Case(1_000 + seed, 14, ("period",))
        case.outcome -= 0.3 * case.regressors[:, -1]
        p_values.append(case.run(replace(SPEC, draws=399)).p_values)
    assert 0.03 < np.mean(np.array(p_values) <= 0.05) < 0.075
