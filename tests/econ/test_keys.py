"""Codes of units: those that would never meet are refused, and the kind of column does not matter."""

import numpy as np
import pandas as pd
import pytest

from econ.errors import PairError
from econ.keys import build_effect, code_members
from econ.panel import fit_panel
from tests.econ.panels import DYADIC, MEMBERS, draw_pairs


def draw_integers() -> pd.DataFrame:
    return draw_pairs().astype(dict.fromkeys(MEMBERS, "int64"))


KINDS = {
    "strings beside integers": draw_pairs().assign(unit_j=draw_integers()["unit_j"]),
    "integers beside strings": draw_integers().assign(unit_j=draw_pairs()["unit_j"]),
    "both in one column": draw_pairs().assign(
        unit_j=lambda table: table["unit_j"].astype(object).where(np.arange(len(table)) > 3, 330105)
    ),
    "floats": draw_integers().astype(dict.fromkeys(MEMBERS, "float64")),
    "one of floats": draw_integers().astype({"unit_j": "float64"}),
}


@pytest.mark.parametrize("frame", KINDS.values(), ids=KINDS)
def test_codes_that_would_never_meet_are_refused(frame: pd.DataFrame) -> None:
    for look in (
        code_members,
        lambda table: build_effect(table, "pair"),
        lambda table: build_effect(table, "pair^period"),
    ):
        with pytest.raises(PairError, match=r"unit codes .*in the column unit_[ij]") as caught:
            look(frame)
        assert "Read" in str(caught.value)
    for absorb, vcov in ((["pair"], "hc1"), (["period"], DYADIC), (["node^period"], "hc1")):
        with pytest.raises(PairError, match="unit codes"):
            fit_panel(frame, "y", ["x"], absorb, vcov)


@pytest.mark.parametrize("kind", ["object", "string[python]", "string[pyarrow]", "category", "own categories"])
def test_strings_of_every_kind_have_the_same_codes(kind: str) -> None:
    frame = draw_pairs()
    everyone = sorted({*frame["unit_i"], *frame["unit_j"]})
    if kind == "own categories":
        frame = frame.astype(dict.fromkeys(MEMBERS, pd.CategoricalDtype(everyone[::-1], ordered=True)))
    else:
        frame = frame.astype(dict.fromkeys(MEMBERS, kind))
    found, expected = code_members(frame), code_members(draw_pairs())
    np.testing.assert_array_equal(found.codes, expected.codes)
    assert found.names == expected.names == tuple(everyone)
    np.testing.assert_array_equal(build_effect(frame, "pair").codes, build_effect(draw_pairs(), "pair").codes)
    one, other = (fit_panel(table, "y", ["did", "x"], ["pair", "period"]) for table in (frame, draw_pairs()))
    pd.testing.assert_frame_equal(one.params, other.params)


@pytest.mark.parametrize("kind", ["int64", "Int64", "int32", "category"])
def test_integers_of_every_kind_have_the_same_codes(kind: str) -> None:
    frame = draw_integers().astype(dict.fromkeys(MEMBERS, kind))
    found, expected = code_members(frame), code_members(draw_pairs())
    np.testing.assert_array_equal(found.codes, expected.codes)
    assert found.names == expected.names


def test_runs_of_pairs_have_the_same_codes_as_single_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = draw_pairs().sort_values([*MEMBERS, "period"], ignore_index=True)
    expected = code_members(frame)
    monkeypatch.setattr("econ.codes._LONG", 4)
    found = code_members(frame)
    np.testing.assert_array_equal(found.codes, expected.codes)
    assert found.names == expected.names


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 0, 1]])
def test_a_pair_that_stands_twice_in_a_period_is_found_in_runs(
    monkeypatch: pytest.MonkeyPatch, order: list[int]
) -> None:
    monkeypatch.setattr("econ.codes._LONG", 4)
    frame = draw_pairs().sort_values([*MEMBERS, "period"], ignore_index=True)
    frame = frame.iloc[[*order, *range(3, len(frame))]].reset_index(drop=True)
    if len(set(order)) == len(order):
        assert len(code_members(frame).codes) == len(frame)
        return
    with pytest.raises(PairError, match="1 rows repeat a pair in the same period"):
        code_members(frame)


@pytest.mark.parametrize("wrong", ["itself", "turned"])
def test_pairs_are_refused_in_the_same_words_in_runs(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    frame = draw_pairs().sort_values([*MEMBERS, "period"], ignore_index=True)
    some = frame["unit_j"] == frame["unit_j"].iloc[-1]
    members = frame.loc[some, ["unit_j", "unit_j"] if wrong == "itself" else ["unit_j", "unit_i"]]
    frame.loc[some, list(MEMBERS)] = members.to_numpy()
    sentences = []
    for long in (10**9, 4):
        monkeypatch.setattr("econ.codes._LONG", long)
        with pytest.raises(PairError) as caught:
            code_members(frame)
        sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]
