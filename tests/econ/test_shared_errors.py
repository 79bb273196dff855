"""Errors that clauses of a document share: equal to a double loop over clauses, and nil where there are none."""

from typing import Any

import numpy as np
import pytest

from econ.coded_panel import fit_coded
from econ.errors import FitError, SpecError
from econ.shared_errors import estimate_shared_errors
from tests.econ.coded_studies import CLASSES, MATRIX, draw_units, make_confusion

NAMES = np.array(CLASSES)


def draw_documents(seed: int, n_documents: int, together: float) -> tuple[Any, Any, Any]:
    """Return predicted and true classes and documents; with the chance ``together`` a document's errors are its own."""
    rng = np.random.default_rng(seed)
    document = np.repeat(np.arange(n_documents), rng.integers(1, 12, n_documents))
    true = rng.choice(3, len(document))
    shared = rng.random((n_documents, 3))[document, true]
    luck = np.where(rng.random(len(document)) < together, shared, rng.random(len(document)))
    predicted = (luck[:, None] > np.cumsum(MATRIX, axis=0).T[true]).sum(axis=1)
    return NAMES[predicted], NAMES[true], document


def test_it_is_the_double_loop_over_clauses() -> None:
    predicted, true, document = draw_documents(1, 12, 0.5)
    weights = np.random.default_rng(2).uniform(1, 4, 12)
    found = estimate_shared_errors(predicted, true, document, make_confusion(), weights[document])
    inverse = np.linalg.inv(MATRIX)
    errors = [
        inverse[:, CLASSES.index(one)] - np.eye(3)[CLASSES.index(other)]
        for one, other in zip(predicted, true, strict=True)
    ]
    total, mass = np.zeros((3, 3)), 0.0
    for one in range(len(document)):
        for other in range(len(document)):
            if one != other and document[one] == document[other]:
                total += weights[document[one]] * np.outer(errors[one], errors[other])
                mass += weights[document[one]]
    np.testing.assert_allclose(found.matrix, total / mass)
    assert list(found.matrix.index) == CLASSES
    assert found.n_documents == int((np.bincount(document) > 1).sum())
    assert "few for this" in found.notes[-1]


def test_independent_errors_share_nothing() -> None:
    found = estimate_shared_errors(*draw_documents(3, 3_000, 0.0), make_confusion())
    spread = np.sqrt(np.diag(found.cov)).reshape(3, 3)
    assert (np.abs(found.matrix) < 4 * spread).all(axis=None)
    assert len(found.notes) == 1


def test_its_covariance_is_that_of_new_documents() -> None:
    draws = [estimate_shared_errors(*draw_documents(seed, 250, 0.5), make_confusion()) for seed in range(120)]
    spread = np.std([one.matrix.to_numpy().ravel() for one in draws], axis=0, ddof=1)
    np.testing.assert_allclose(np.sqrt(np.mean([np.diag(one.cov) for one in draws], axis=0)), spread, rtol=0.25)


def test_a_regression_takes_it_with_its_variance() -> None:
    frame, counts = draw_units(share=0.8)
    shared = estimate_shared_errors(*draw_documents(4, 60, 0.2), make_confusion())
    arguments: dict[str, Any] = {"absorb": ["unit", "period"], "vcov": {"cluster": "unit"}}
    own = fit_coded(frame, "y", counts, make_confusion(), CLASSES[:2], shared_errors=shared, **arguments)
    plain = fit_coded(
        frame, "y", counts, make_confusion(), CLASSES[:2], shared_errors=shared.matrix.to_numpy(), **arguments
    )
    np.testing.assert_allclose(own.corrected.params["estimate"], plain.corrected.params["estimate"])
    assert (own.variance_split["gold"] > 0).all()
    assert not plain.variance_split["gold"].any()
    assert shared.notes[0] in own.corrected.notes


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"true": ["supply"]}, SpecError, "predicted 4, true 1"),
        ({"predicted": ["culture", "none", "none", "none"]}, SpecError, "lacks: 'culture'"),
        ({"weights": [1.0, 2.0, 1.0, 1.0]}, SpecError, "differ in weight"),
        ({"weights": [1.0, 1.0, 0.0, 0.0]}, SpecError, "are positive"),
        ({"documents": [1, 2, 3, 3]}, FitError, "there are 1 of them"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], error: type[Exception], message: str) -> None:
    arguments = {"predicted": ["none"] * 4, "true": ["none", "none", "supply", "none"], "documents": [1, 1, 2, 2]}
    with pytest.raises(error, match=message):
        estimate_shared_errors(**{**arguments, "confusion": make_confusion(), **changes})
