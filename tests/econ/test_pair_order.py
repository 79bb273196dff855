from dataclasses import replace

import numpy as np
import pytest

from econ.pair_columns import Column, PairStream, iterate_tiles, name_members
from econ.pair_order import put_quiet_first
from econ.pair_passes import collect_moments, collect_scores
from tests.econ.pair_streams import draw_stream

COLUMNS = [
    Column("sum"),
    Column("difference"),
    Column("cerqueira_martins"),
    Column("product", treated=True),
    Column("maximum", pair_value=1),
    Column("designated"),
]


def draw_treated(missing: float, weighted: bool) -> PairStream:
    """A stream whose score, sum and designated value are zero but in three of nine units."""
    stream = draw_stream(COLUMNS, 5, missing, weighted)
    treated = np.isin(np.arange(stream.n_units), [0, 4, 7])
    stack = stream.stack.copy()
    for place, column in enumerate(stream.columns):
        if column.rule in ("sum", "maximum", "designated"):
            stack[place] = np.abs(stack[place]) * treated
    return replace(stream, stack=stack, treatment=stream.treatment * treated)


def spread(stream: PairStream) -> dict[tuple[int, int], np.ndarray]:
    """All columns of every pair, by the places of its members in the order of their names."""
    rows = {}
    for tile in iterate_tiles(stream):
        members = zip(*name_members(tile.first, tile.second, tile.turned), strict=True)
        for pair, key in enumerate(members):
            rows[key] = np.zeros((len(stream.columns), stream.n_periods))
            rows[key][: len(tile.columns)] = tile.columns[:, :, pair]
    return rows


@pytest.mark.parametrize("tile", [1, 10**6])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_all_rows_are_those_of_before(monkeypatch: pytest.MonkeyPatch, tile: int, missing: float) -> None:
    monkeypatch.setattr("econ.pair_columns._TILE_BYTES", tile)
    stream = draw_treated(missing, weighted=False)
    arranged, units, columns = put_quiet_first(stream)
    assert arranged.n_quiet_units == 6
    assert arranged.n_quiet_columns == 4
    assert 0 < arranged.n_quiet_pairs < arranged.n_pairs
    keys = np.split(arranged.first * arranged.n_units + arranged.second, [arranged.n_quiet_pairs])
    assert all((part[1:] > part[:-1]).all() for part in keys)
    before = spread(stream)
    after = {(units[i], units[j]): rows for (i, j), rows in spread(arranged).items()}
    assert before.keys() == after.keys()
    for key, rows in after.items():
        np.testing.assert_array_equal(rows, before[key][columns])


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("careful", [False, True])
def test_sums_are_those_of_before(monkeypatch: pytest.MonkeyPatch, weighted: bool, careful: bool) -> None:
    if careful:
        monkeypatch.setattr("econ.pair_passes._LOST", 2.0)
    stream = draw_treated(0.0, weighted)
    arranged, units, columns = put_quiet_first(stream)
    found = []
    for one, order in ((stream, columns), (arranged, np.arange(len(columns)))):
        moments, kept = collect_moments(one)
        gram = moments.gram[np.ix_(order, order)]
        outcome = next(place for place in order if one.columns[place].rule == "cerqueira_martins")
        places = np.array([*(place for place in order if place != outcome), outcome])
        inside = [list(order).index(place) for place in places]
        bread = np.linalg.inv(gram[np.ix_(inside[:-1], inside[:-1])])
        estimates = bread @ gram[inside[:-1], inside[-1]]
        for tiles, more in ((kept, False), (None, True)):
            sums = collect_scores(one, moments, places, estimates, bread, tiles, rows=more, grams=more)
            found.append((gram, moments.own[order], estimates, sums))
    for (gram, own, estimates, sums), (other, others_own, others, other_sums) in zip(found[:2], found[2:], strict=True):
        np.testing.assert_allclose(other, gram, rtol=1e-11, atol=1e-11)
        np.testing.assert_allclose(others_own, own, rtol=1e-11)
        np.testing.assert_allclose(others, estimates, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(other_sums.by_pair, sums.by_pair, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(other_sums.by_first, sums.by_first[units], rtol=1e-9, atol=1e-13)
        np.testing.assert_allclose(other_sums.by_second, sums.by_second[units], rtol=1e-9, atol=1e-13)
        assert other_sums.squares == pytest.approx(sums.squares)
        assert (sums.grams is None) == (other_sums.grams is None)
        if sums.grams is not None:
            np.testing.assert_allclose(other_sums.grams, sums.grams[units], rtol=1e-9, atol=1e-10)
            np.testing.assert_allclose(other_sums.by_row, sums.by_row, rtol=1e-9, atol=1e-14)


def test_a_stream_without_zeros_stays_as_it_is() -> None:
    stream = draw_stream([Column("difference"), Column("cerqueira_martins")])
    assert put_quiet_first(stream)[0] is stream
