import numpy as np
import pandas as pd
import pytest

from econ.codes import are_different, factorize, number_keys

KINDS = {
    "texts": pd.Series(["b", "a", None, "c"], dtype="str"),
    "nullable texts": pd.Series(["b", "a", None, "c"], dtype="string"),
    "objects": pd.Series(["b", "a", None, "c"], dtype=object),
    "categories": pd.Series(["b", "a", None, "c"], dtype="category"),
    "integers": pd.Series([7, -3, 5, 6]),
    "integers far apart": pd.Series([7, -(10**15), 5, 6]),
    "nullable integers": pd.Series([7, None, 5, 6], dtype="Int64"),
    "floats": pd.Series([0.5, np.nan, -1.0, 2.0]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("length", [1, 9])
def test_values_are_numbered_as_pandas_does_in_runs_or_not(
    monkeypatch: pytest.MonkeyPatch, kind: str, length: int
) -> None:
    monkeypatch.setattr("econ.codes._LONG", 4)
    values = KINDS[kind].repeat(length).reset_index(drop=True)
    codes, found = factorize(values)
    wanted, names = pd.factorize(values, sort=True)
    np.testing.assert_array_equal(codes, wanted)
    assert list(found) == list(names)
    codes, found = factorize(values, sort=False)
    back = pd.Index(found).take(np.maximum(codes, 0)).to_numpy(dtype=object)
    given = values.to_numpy(dtype=object)
    np.testing.assert_array_equal(back[codes >= 0], given[codes >= 0])
    np.testing.assert_array_equal(codes < 0, values.isna())


@pytest.mark.parametrize("n_slots", [10, 10**6])
@pytest.mark.parametrize("keys", [[3, 9, 3, 0], [0, 3, 3, 9], [5]])
def test_keys_that_occur_are_numbered(keys: list[int], n_slots: int) -> None:
    codes, found = number_keys(np.array(keys), n_slots)
    np.testing.assert_array_equal(found, sorted(set(keys)))
    np.testing.assert_array_equal(found[codes], keys)


@pytest.mark.parametrize("n_slots", [10, 10**6])
def test_a_key_that_stands_twice_is_seen(n_slots: int) -> None:
    assert are_different(np.array([3, 9, 0]), n_slots)
    assert not are_different(np.array([3, 9, 3]), n_slots)
