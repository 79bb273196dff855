"""Small studies with coded counts that the tests of the corrected regressions share."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from econ.confusion import Confusion

FloatArray = NDArray[np.float64]

CLASSES = ["supply", "demand", "none"]
MATRIX = np.array([[0.85, 0.10, 0.05], [0.05, 0.80, 0.05], [0.10, 0.10, 0.90]])


def label(matrix: FloatArray, classes: list[str] = CLASSES) -> pd.DataFrame:
    """Return a matrix with its classes."""
    return pd.DataFrame(matrix, classes, classes)


def make_confusion(n_gold: int | None = None) -> Confusion:
    """Return the confusion matrix, with the covariance of so many gold clauses of each class; None: known."""
    if n_gold is None:
        return Confusion(label(MATRIX))
    size = len(MATRIX)
    cov = np.zeros((size**2, size**2))
    for place in range(size):
        rows, share = np.arange(size) * size + place, MATRIX[:, place]
        cov[np.ix_(rows, rows)] = (np.diag(share) - np.outer(share, share)) / n_gold
    return Confusion(label(MATRIX), cov, dict.fromkeys(CLASSES, n_gold))


def code_clauses(rng: np.random.Generator, true: NDArray[np.int64]) -> pd.DataFrame:
    """Return counts of documents as coded."""
    coded = sum(rng.multinomial(true[:, place], MATRIX[:, place]) for place in range(len(MATRIX)))
    return pd.DataFrame(np.asarray(coded, dtype=float), columns=CLASSES)


def draw_true(rng: np.random.Generator, n_documents: int) -> NDArray[np.int64]:
    """Return true counts of documents of 30 to 150 clauses."""
    return np.asarray(rng.multinomial(rng.integers(30, 150, n_documents), rng.dirichlet([2, 2, 3], n_documents)))


def draw_units(
    seed: int = 0, n_units: int = 30, n_periods: int = 6, share: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return rows of units and periods, some left out, and the counts of each as coded."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"unit": np.repeat(np.arange(n_units), n_periods), "period": np.tile(range(n_periods), n_units)}
    )
    frame = frame[rng.random(len(frame)) < share].reset_index(drop=True)
    true = draw_true(rng, len(frame))
    frame["x"] = rng.normal(size=len(frame)) + true[:, 0] / 50
    shares = true / true.sum(axis=1, keepdims=True)
    frame["y"] = shares[:, :2] @ [1.0, -0.5] + 0.2 * frame["x"] + rng.normal(0, 0.2, len(frame)) + frame["unit"] / 9
    return frame, code_clauses(rng, true)


def draw_pairs(
    seed: int = 0, n_units: int = 12, n_periods: int = 5, share: float = 1.0, rows: float = 1.0
) -> tuple[pd.DataFrame, pd.DataFrame, sparse.csr_array]:
    """Return rows of pairs and periods, some pairs and some rows left out, counts of unit-periods, and their sums."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n_units, 1)
    kept = rng.random(len(first)) < share
    first, second = first[kept], second[kept]
    pair, period = np.divmod(np.arange(len(first) * n_periods), n_periods)
    frame = pd.DataFrame({"unit_i": first[pair], "unit_j": second[pair], "pair_id": pair, "period": period})
    frame = frame[rng.random(len(frame)) < rows].reset_index(drop=True)
    true = draw_true(rng, n_units * n_periods)
    documents = np.concatenate([frame[member] * n_periods + frame["period"] for member in ("unit_i", "unit_j")])
    places = np.tile(np.arange(len(frame)), 2)
    weights = 1 / true.sum(axis=1)[documents]
    sums = sparse.csr_array((weights, (places, documents)), shape=(len(frame), len(true)))
    frame["x"] = rng.normal(size=len(frame))
    shocks = rng.normal(0, 0.1, (n_units, n_periods))
    shared = sum(shocks[frame[member], frame["period"]] for member in ("unit_i", "unit_j"))
    frame["y"] = (sums @ true)[:, :2] @ [1.0, -0.5] + shared + rng.normal(0, 0.1, len(frame)) + 0.1 * frame["x"]
    return frame, code_clauses(rng, true), sums
