"""From scores to probabilities that hold: temperature and bias, found on scores of clauses not used in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from textq.coding.trained.features import add_up_classes

if TYPE_CHECKING:
    from numpy.typing import NDArray

PULL = 30.0
"""Strength of the pull of the bias towards 0, in clauses: with few clauses of a class its bias stays near 0."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """From scores to probabilities: softmax(scores / temperature + bias of the code's class).

    ``bias`` has one number a class, in the codebook's order, ``none`` last.
    """

    temperature: float
    bias: tuple[float, ...]


def calibrate(
    scores: NDArray[np.floating], calibration: Calibration, class_of_code: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return softmax(scores / temperature + bias of the class), units × codes."""
    moved = scores / calibration.temperature + np.array(calibration.bias)[class_of_code]
    powers: NDArray[np.float64] = np.exp(moved - moved.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers


def add_up_probabilities(of_codes: NDArray[np.float64], class_of_code: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return units × classes from the probabilities of the codes; rounding lifts none above 1."""
    of_classes = add_up_classes(of_codes, class_of_code)
    of_classes /= of_classes.sum(axis=1, keepdims=True)
    return of_classes


def fit_calibration(
    scores: NDArray[np.floating], classes: NDArray[np.int64], class_of_code: NDArray[np.int64]
) -> Calibration:
    """Return the temperature (between 0.2 and 5) and the biases of the classes with the least log loss.

    The loss is −Σ ln p(class of the clause), with the penalty `PULL` × Σ bias² / 2, minimised by L-BFGS.
    """
    from scipy.optimize import minimize

    n_classes = int(class_of_code.max()) + 1
    exact = scores.astype(np.float64)

    def read(parameters: NDArray[np.float64]) -> Calibration:
        return Calibration(float(np.exp(parameters[0])), tuple(map(float, parameters[1:])))

    def lose(parameters: NDArray[np.float64]) -> float:
        of_classes = add_up_classes(calibrate(exact, read(parameters), class_of_code), class_of_code)
        right = of_classes[np.arange(len(classes)), classes]
        return float(-np.log(np.maximum(right, 1e-12)).sum() + PULL * (parameters[1:] ** 2).sum() / 2)

    bounds = [(np.log(0.2), np.log(5.0)), *[(-3.0, 3.0)] * n_classes]
    best = minimize(lose, np.zeros(1 + n_classes), method="L-BFGS-B", bounds=bounds)
    found = read(best.x)
    return Calibration(round(found.temperature, 4), tuple(round(one, 4) for one in found.bias))


def choose_threshold(confidence: NDArray[np.float64], share: float) -> float:
    """Return the probability below which the least certain ``share`` of clauses lies, to 4 decimals."""
    return round(float(np.quantile(confidence, share)), 4) if share else 0.0
