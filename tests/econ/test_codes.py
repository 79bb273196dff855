import numpy as np
import pandas as pd
import pytest

from econ.codes import are_different, factorize, factorize_runs, number_keys, number_names, repeat_runs

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
@pytest.mark.parametrize("keys", [[3, 9, 3, 0], [0, 3, 3, 9], [5], [1, 3, 3, 1, 3, 3], [1, 3, 1, 4], [1, 3, 1]])
def test_keys_that_occur_are_numbered(keys: list[int], n_slots: int) -> None:
    codes, found = number_keys(np.array(keys), n_slots)
    np.testing.assert_array_equal(found, sorted(set(keys)))
    np.testing.assert_array_equal(found[codes], keys)


@pytest.mark.parametrize("n_slots", [10, 10**6])
def test_a_key_that_stands_twice_is_seen(n_slots: int) -> None:
    assert are_different(np.array([3, 9, 0]), n_slots)
    assert not are_different(np.array([3, 9, 3]), n_slots)


@pytest.mark.parametrize("kind", ["str", "string", "int64", "float64"])
def test_two_columns_are_numbered_in_their_common_runs(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr("econ.codes._LONG", 4)
    lengths = [4, 5, 6, 4]
    columns = [pd.Series(np.repeat(values, lengths)).astype(kind) for values in ([1, 1, 2, 1], [4, 3, 3, 4])]
    runs = factorize_runs(columns)
    assert runs is not None
    coded, starts = runs
    np.testing.assert_array_equal(starts, np.cumsum([0, *lengths[:-1]]))
    for values, (codes, found) in zip(columns, coded, strict=True):
        rows = repeat_runs(codes, starts, len(values))
        assert found.take(rows).tolist() == values.tolist()
    assert factorize_runs([columns[0], columns[1].sample(frac=1, random_state=1, ignore_index=True)]) is None


def test_missing_values_in_runs_have_no_code() -> None:
    runs = factorize_runs([pd.Series([1.0] * 20), pd.Series([2.0] * 19 + [np.nan])])
    assert runs is not None
    coded, starts = runs
    np.testing.assert_array_equal(starts, [0, 19])
    np.testing.assert_array_equal(coded[1][0], [0, -1])


def test_names_of_several_lists_share_one_numbering() -> None:
    numbers, names = number_names([pd.Index(["b", "c"], dtype="str"), pd.Index(["a", "b"], dtype=object)])
    assert names == ["a", "b", "c"]
    assert [one.tolist() for one in numbers] == [[1, 2], [0, 1]]


@pytest.mark.parametrize(
    "names", [["a", "b", "b", "a"], ["城市", "城镇", "村庄", "城市"], ["a", "bb", "", "a"], [""] * 4]
)
@pytest.mark.parametrize("kind", ["str", "string[pyarrow]", "string[python]"])
def test_runs_of_texts_are_found_whatever_their_width(
    monkeypatch: pytest.MonkeyPatch, names: list[str], kind: str
) -> None:
    monkeypatch.setattr("econ.codes._LONG", 4)
    long = pd.Series(["zz", "zz", *np.repeat(names, 5)], dtype=kind)
    for values in (long, long.iloc[2:], pd.concat([long, long])):
        codes, found = factorize(values)
        assert found.take(codes).tolist() == values.tolist()
        assert found.tolist() == sorted(set(values))
