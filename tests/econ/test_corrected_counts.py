"""Corrected counts: the case of two classes by hand, unbiasedness, and what the confusion matrix adds."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from econ.confusion import Confusion
from econ.corrected_counts import correct_counts
from econ.errors import SpecError
from tests.econ.coded_studies import CLASSES, MATRIX, code_clauses, label, make_confusion

TWO = pd.DataFrame([[0.9, 0.2], [0.1, 0.8]], ["yes", "no"], ["yes", "no"])
ONE_UNIT = pd.DataFrame({"yes": [60], "no": [40]}, index=["Hangzhou"])


def test_two_classes_by_hand() -> None:
    realised = correct_counts(ONE_UNIT, Confusion(TWO))
    np.testing.assert_allclose(realised.corrected, [[0.4 / 0.7, 0.3 / 0.7]])
    assert realised.covariance[0, 0, 0] == pytest.approx(0.00244898, abs=1e-8)
    assert realised.se.loc["Hangzhou", "yes"] == pytest.approx(0.00244898**0.5, abs=1e-7)
    latent = correct_counts(ONE_UNIT, Confusion(TWO), estimand="latent")
    assert latent.covariance[0, 0, 0] == pytest.approx(0.00494743, abs=1e-8)
    assert latent.covariance[0, 0, 0] * 99 / 100 == pytest.approx(0.00489796, abs=1e-8)
    x = realised.corrected.to_numpy()[0]
    difference = latent.covariance[0] * 99 / 100 - realised.covariance[0]
    np.testing.assert_allclose(difference, (np.diag(x) - np.outer(x, x)) / 100)


def test_the_estimated_matrix_adds_what_the_formula_of_rogan_and_gladen_says() -> None:
    n_yes, n_no = 200, 300
    cov = np.zeros((4, 4))
    for place, (share, size) in enumerate([(0.9, n_yes), (0.8, n_no)]):
        rows = [place, 2 + place]
        cov[np.ix_(rows, rows)] = share * (1 - share) / size * np.array([[1, -1], [-1, 1]])
    found = correct_counts(ONE_UNIT, Confusion(TWO, cov))
    x = 0.4 / 0.7
    by_hand = (x**2 * 0.9 * 0.1 / n_yes + (1 - x) ** 2 * 0.8 * 0.2 / n_no) / 0.7**2
    assert found.shared[0, 0, 0] == pytest.approx(by_hand)
    assert found.se.iloc[0, 0] ** 2 == pytest.approx(by_hand + found.covariance[0, 0, 0])


@pytest.mark.parametrize("estimand", ["realised", "latent"])
def test_counts_and_their_covariance_are_unbiased(estimand: Any) -> None:
    rng = np.random.default_rng(1)
    n_draws, theta = 20_000, np.array([0.3, 0.2, 0.5])
    true = np.tile([12, 8, 20], (n_draws, 1)) if estimand == "realised" else rng.multinomial(40, theta, n_draws)
    found = correct_counts(code_clauses(rng, true), make_confusion(), "count", estimand)
    np.testing.assert_allclose(found.corrected.mean(), 40 * theta, atol=0.12)
    np.testing.assert_allclose(found.covariance.mean(axis=0), np.cov(found.corrected.T), atol=0.25)


def test_scales_are_factors_of_counts() -> None:
    counts = pd.DataFrame([[30, 10, 60], [5, 20, 15]], index=["a", "b"], columns=CLASSES)
    plain = correct_counts(counts, make_confusion(100), "count")
    np.testing.assert_allclose(plain.corrected, counts.to_numpy() @ np.linalg.inv(MATRIX).T)
    rates = correct_counts(counts, make_confusion(100), pd.Series({"b": 0.5, "a": 0.1}))
    for name in ("covariance", "shared"):
        factors = np.array([0.01, 0.25])[:, None, None]
        np.testing.assert_allclose(getattr(rates, name), getattr(plain, name) * factors)
    shares = correct_counts(counts, make_confusion(100))
    np.testing.assert_allclose(shares.scale, [1 / 100, 1 / 40])
    np.testing.assert_allclose(shares.corrected.sum(axis=1), 1)


def test_nothing_is_clipped() -> None:
    found = correct_counts(pd.DataFrame([[0, 0, 30]], columns=CLASSES), make_confusion())
    assert found.corrected.iloc[0, 0] < 0
    assert found.corrected.iloc[0, 2] > 1


def test_without_error_counts_are_their_own() -> None:
    counts = pd.DataFrame([[3, 4, 5]], columns=CLASSES)
    found = correct_counts(counts, Confusion(label(np.eye(3))), "count")
    np.testing.assert_allclose(found.corrected, counts)
    assert not found.covariance.any()


@pytest.mark.parametrize(
    ("counts", "arguments", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=CLASSES[:2]), {}, r"Missing: \['none'\]"),
        (pd.DataFrame([[1, 2, 3, 4]], columns=[*CLASSES, "other"]), {}, r"surplus: \['other'\]"),
        (pd.DataFrame([[1, 2, np.nan]], columns=CLASSES), {}, "not missing, not negative"),
        (pd.DataFrame([[1, 2, -3]], columns=CLASSES), {}, "not missing, not negative"),
        (pd.DataFrame([[1, 2, 3], [0, 0, 0]], columns=CLASSES), {}, "1 units have no clause"),
        (pd.DataFrame([[1, 0, 0]], columns=CLASSES), {"estimand": "latent"}, "1 units have one clause"),
        (pd.DataFrame([[1, 2, 3]], columns=CLASSES), {"scale": "rate"}, "share, count or one number a unit"),
        (pd.DataFrame([[1, 2, 3]], columns=CLASSES), {"scale": pd.Series({"x": 1.0})}, "lacks 1 of the units"),
        (pd.DataFrame([[1, 2, 3]], columns=CLASSES), {"estimand": "true"}, "'estimand' parameter of correct_counts"),
    ],
)
def test_what_does_not_fit_is_refused(counts: pd.DataFrame, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        correct_counts(counts, make_confusion(), **arguments)
