"""The confusion matrix of a gold sample, its covariance under the design, and the test that groups are alike."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from econ.errors import FitError, SpecError
from econ.gold import estimate_confusion
from tests.econ.coded_studies import CLASSES, MATRIX

NAMES = np.array(CLASSES)


def draw_clauses(rng: np.random.Generator, size: int, matrix: Any = MATRIX) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the predicted and the true classes of clauses, by number."""
    true = rng.choice(3, size, p=[0.3, 0.2, 0.5])
    predicted = (rng.random(size)[:, None] > np.cumsum(matrix, axis=0).T[true]).sum(axis=1)
    return predicted, true


def test_columns_are_weighted_shares() -> None:
    found = estimate_confusion(["a", "b", "a", "b", "b"], ["a", "a", "b", "b", "b"], [1, 3, 2, 1, 1])
    np.testing.assert_allclose(found.values, [[1 / 4, 1 / 2], [3 / 4, 1 / 2]])
    assert dict(found.n_gold) == {"a": 2, "b": 3}
    assert found.notes == ()


def test_a_simple_sample_has_the_multinomial_covariance() -> None:
    predicted, true = draw_clauses(np.random.default_rng(1), 4_000)
    found = estimate_confusion(NAMES[predicted], NAMES[true], classes=CLASSES)
    share, n_true = found.values[:, 1], int((true == 1).sum())
    assert found.cov is not None
    own = found.cov.reshape(3, 3, 3, 3)[:, 1, :, 1]
    np.testing.assert_allclose(own, (np.diag(share) - np.outer(share, share)) / n_true, rtol=1e-3)
    assert np.abs(found.cov.reshape(3, 3, 3, 3)[:, 0, :, 1]).max() < 1e-17


def test_strata_of_predicted_classes_have_the_formula_of_stratified_samples() -> None:
    rng = np.random.default_rng(2)
    predicted, true = draw_clauses(rng, 900)
    totals, drawn = np.array([5_000, 3_000, 9_000]), np.bincount(predicted)
    weights = (totals / drawn)[predicted]
    found = estimate_confusion(NAMES[predicted], NAMES[true], weights, NAMES[predicted], classes=CLASSES)
    assert not found.by_stratum
    cov = np.zeros((9, 9))
    mass = np.bincount(true, weights)
    for stratum in range(3):
        influences = np.zeros((int(drawn[stratum]), 9))
        for at, truth in enumerate(true[predicted == stratum]):
            cell = np.zeros((3, 3))
            cell[:, truth] = (np.eye(3)[stratum] - found.values[:, truth]) / mass[truth]
            influences[at] = cell.ravel() * weights[predicted == stratum][0]
        cov += drawn[stratum] * np.cov(influences.T)
    np.testing.assert_allclose(found.cov, cov, atol=1e-16)


def test_documents_agree_with_a_bootstrap_of_documents() -> None:
    rng = np.random.default_rng(3)
    n_documents = 150
    document = np.repeat(np.arange(n_documents), rng.integers(3, 12, n_documents))
    predicted, true = draw_clauses(rng, len(document))
    spoiled = rng.random(n_documents)[document] < 0.2  # documents that are coded none throughout
    predicted[spoiled] = 2
    weights = rng.uniform(1, 4, n_documents)[document]
    found = estimate_confusion(NAMES[predicted], NAMES[true], weights, cluster=document, classes=CLASSES)
    sums = np.zeros((n_documents, 3, 3))
    np.add.at(sums, (document, predicted, true), weights)
    draws = np.array([sums[rng.integers(0, n_documents, n_documents)].sum(axis=0) for _ in range(4_000)])
    ratios = draws / draws.sum(axis=1, keepdims=True)
    assert found.cov is not None
    spread = np.sqrt(np.diag(found.cov)).reshape(3, 3)
    np.testing.assert_allclose(spread, ratios.std(axis=0), rtol=0.06)
    alone = estimate_confusion(NAMES[predicted], NAMES[true], weights, classes=CLASSES)
    assert alone.cov is not None
    assert (spread > 1.3 * np.sqrt(np.diag(alone.cov)).reshape(3, 3)).any()


def test_a_class_without_errors_gets_half_a_clause() -> None:
    predicted, true = ["a"] * 20 + ["b"] * 9 + ["a"], ["a"] * 20 + ["b"] * 10
    found = estimate_confusion(predicted, true)
    np.testing.assert_allclose(found.values[:, 0], [20.25 / 20.5, 0.25 / 20.5])
    np.testing.assert_allclose(found.values[:, 1], [0.1, 0.9])
    assert "No coding error was seen in the 20 gold clauses of a" in found.notes[0]
    assert found.cov is not None
    assert found.cov[0, 0] == pytest.approx(found.values[0, 0] * found.values[1, 0] / 21.5, rel=0.01)


def test_the_pseudo_count_goes_by_clauses_whatever_the_weights() -> None:
    predicted, true = ["a"] * 20 + ["b"] * 9 + ["a"], ["a"] * 20 + ["b"] * 10
    plain, heavy = estimate_confusion(predicted, true), estimate_confusion(predicted, true, [50.0] * 30)
    np.testing.assert_allclose(heavy.values, plain.values)
    np.testing.assert_allclose(heavy.cov, plain.cov, atol=1e-15)


def test_the_order_of_clauses_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    predicted, true = draw_clauses(rng, 400)
    strata, weights, order = rng.integers(0, 3, 400), rng.uniform(1, 3, 400), rng.permutation(400)
    one = estimate_confusion(NAMES[predicted], NAMES[true], weights, strata)
    other = estimate_confusion(NAMES[predicted[order]], NAMES[true[order]], weights[order], strata[order])
    np.testing.assert_allclose(one.values, other.values)
    np.testing.assert_allclose(one.cov, other.cov, atol=1e-17)


def test_groups_have_matrices_of_their_own() -> None:
    rng = np.random.default_rng(5)
    predicted, true = draw_clauses(rng, 600)
    kind = np.where(rng.random(600) < 0.5, "plan", "award")
    design = [f"{one}/{other}" for one, other in zip(kind, NAMES[predicted], strict=True)]
    found = estimate_confusion(NAMES[predicted], NAMES[true], strata=design, by=kind, classes=CLASSES)
    assert list(found.by_stratum) == ["award", "plan"]
    own = estimate_confusion(NAMES[predicted[kind == "plan"]], NAMES[true[kind == "plan"]], classes=CLASSES)
    np.testing.assert_allclose(found.by_stratum["plan"].values, own.values)
    assert found.homogeneity is not None
    assert found.homogeneity.groups == ("award", "plan")
    assert found.homogeneity.df == 6


def test_a_group_that_lacks_a_class_has_no_matrix_and_a_note() -> None:
    predicted, true = ["a", "a", "b", "b", "b", "a", "a", "b"], ["a", "a", "a", "b", "b", "b", "a", "a"]
    found = estimate_confusion(predicted, true, strata=["x"] * 6 + ["y"] * 2)
    assert list(found.by_stratum) == ["x"]
    assert found.homogeneity is None
    assert "There is no matrix of y: no gold clause is truly b" in found.notes[-1]


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.0, 0.12), (0.2, 0.9, 1.0)])
def test_homogeneity_has_size_and_power(shift: float, low: float, high: float) -> None:
    rejected = []
    moved = MATRIX + shift * np.array([[-1, 0, 0], [0, 0, 0], [1, 0, 0]])
    for seed in range(100):
        rng = np.random.default_rng(seed)
        predicted, true = (
            np.concatenate(parts) for parts in zip(draw_clauses(rng, 600), draw_clauses(rng, 600, moved), strict=True)
        )
        test = estimate_confusion(predicted, true, strata=np.repeat(["before", "after"], 600)).homogeneity
        assert test is not None
        rejected.append(test.p_value < 0.05)
    assert low <= np.mean(rejected) <= high


def test_homogeneity_keeps_its_size_where_documents_were_drawn() -> None:
    rejected = []
    for seed in range(100):
        rng = np.random.default_rng(seed)
        document = np.repeat(np.arange(160), 8)
        predicted, true = draw_clauses(rng, len(document))
        predicted[rng.random(160)[document] < 0.1] = 2
        test = estimate_confusion(predicted, true, strata=document % 2, cluster=document).homogeneity
        assert test is not None
        rejected.append(test.p_value < 0.05)
    assert np.mean(rejected) <= 0.15


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"weights": [1.0, 2.0]}, "'weights' has 2 values for 4 gold clauses"),
        ({"weights": [1.0, 2.0, 0.0, 1.0]}, "positive numbers"),
        ({"strata": ["x", None, "x", "y"]}, "'strata' lacks 1 values"),
        ({"true": ["a", None, "b", "b"]}, "'true' lacks 1 values"),
        ({"classes": ["a"]}, "values in no class: 'b'"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    arguments = {"predicted": ["a", "b", "a", "b"], "true": ["a", "a", "b", "b"], **changes}
    with pytest.raises(SpecError, match=message):
        estimate_confusion(**arguments)


def test_a_sample_that_says_too_little_is_refused() -> None:
    with pytest.raises(FitError, match="no gold clause is truly c"):
        estimate_confusion(["a", "b", "a"], ["a", "b", "b"], classes=["a", "b", "c"])
    with pytest.raises(FitError, match="there is no gold clause"):
        estimate_confusion([], [])
    with pytest.raises(FitError, match="drawn at once"):
        estimate_confusion(["a", "b", "a"], ["a", "b", "b"], cluster=["one"] * 3)
