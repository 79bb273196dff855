import numpy as np
import pytest

from econ.gram import multiply_columns, multiply_rows


@pytest.mark.parametrize("n_rows", [1, 5, 20])
@pytest.mark.parametrize("length", [3, 40_000])
def test_products_of_rows(n_rows: int, length: int) -> None:
    rows = np.random.default_rng(n_rows).normal(size=(n_rows, length))
    found = multiply_rows(rows)
    np.testing.assert_allclose(found, rows @ rows.T, rtol=1e-11, atol=1e-11 * length)
    np.testing.assert_array_equal(found, found.T)


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("weighted", [False, True])
def test_products_of_columns(order: str, weighted: bool) -> None:
    rng = np.random.default_rng(3)
    columns, weights = np.asarray(rng.normal(size=(50, 4)), order=order), rng.uniform(1, 2, 50) if weighted else None
    wanted = columns.T @ np.diag(np.ones(50) if weights is None else weights) @ columns
    np.testing.assert_allclose(multiply_columns(columns, weights), wanted, rtol=1e-12)
