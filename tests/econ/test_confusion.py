"""A confusion matrix refuses what cannot be one."""

import numpy as np
import pandas as pd
import pytest

from econ.confusion import Confusion
from econ.errors import FitError, SpecError
from tests.econ.coded_studies import CLASSES, MATRIX, label


def test_a_known_matrix_has_classes_values_and_a_condition() -> None:
    known = Confusion(label(MATRIX))
    assert known.classes == tuple(CLASSES)
    assert known.cov is None
    assert known.condition == pytest.approx(np.linalg.cond(MATRIX))
    np.testing.assert_array_equal(known.values, MATRIX)


def test_an_array_has_numbered_classes() -> None:
    assert Confusion(MATRIX).classes == (0, 1, 2)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (pd.DataFrame(MATRIX[:2]), r"square, predicted × true.*\(2, 3\)"),
        (pd.DataFrame([[1.0]]), "two classes or more"),
        (label(MATRIX.T), "Its rows do: transpose it"),
        (label(MATRIX * 0.9), r"sum to one; that of 'supply' to 0\.9\.$"),
        (label(MATRIX - np.outer([0.2, 0.0, -0.2], [0, 0, 1])), "no entry may be negative"),
        (pd.DataFrame(MATRIX, CLASSES, CLASSES[::-1]), "same classes in the same order"),
    ],
)
def test_what_is_no_confusion_matrix_is_refused(matrix: pd.DataFrame, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Confusion(matrix)


def test_a_coder_who_cannot_tell_classes_apart_is_refused() -> None:
    with pytest.raises(FitError, match="cannot be inverted"):
        Confusion(label(np.array([[0.4, 0.4, 0.1], [0.4, 0.4, 0.1], [0.2, 0.2, 0.8]])))


def test_a_covariance_of_another_size_is_refused() -> None:
    with pytest.raises(SpecError, match=r"9 rows and columns\. Got \(3, 3\)"):
        Confusion(label(MATRIX), np.eye(3))
