import numpy as np
import pytest

from econ.pair_columns import Column, PairStream, iterate_presence, iterate_tiles
from tests.compiled_ways import needs_loops
from tests.econ.pair_streams import draw_stream

RULES = {
    "maximum": max,
    "minimum": min,
    "sum": lambda one, other: one + other,
    "product": lambda one, other: one * other,
    "quasi_correlation": lambda one, other: one * other,
    "difference": lambda one, other: abs(one - other),
    "negative_difference": lambda one, other: -abs(one - other),
    "residual_difference": lambda one, other: -abs(one - other),
    "cerqueira_martins": lambda one, other: 1 - (one - other) ** 2 / 2,
}


COLUMNS = [
    *(Column(rule) for rule in RULES),
    Column("designated"),
    Column("sum", treated=True),
    Column("maximum", pair_value=1),
]


@pytest.mark.parametrize("tile", [1, 700, 10**6])
@pytest.mark.parametrize("run", [0, 10**6])
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_tiles_hold_what_a_loop_over_rows_makes(
    monkeypatch: pytest.MonkeyPatch, tile: int, run: int, missing: float
) -> None:
    monkeypatch.setattr("econ.pair_columns._TILE_BYTES", tile)
    monkeypatch.setattr("econ.pair_columns._SHORT_RUN", run)
    stream = draw_stream(COLUMNS, missing=missing)
    found = np.concatenate([one.columns.copy() for one in iterate_tiles(stream)], axis=2)
    wanted = np.zeros_like(found)
    for pair, (i, j) in enumerate(zip(stream.first, stream.second, strict=True)):
        for period in range(stream.n_periods):
            if stream.present is not None and not (stream.present[period, i] and stream.present[period, j]):
                continue
            for place, column in enumerate(stream.columns):
                one, other = stream.stack[place, period, [i, j]]
                chosen = one if stream.designated_first[pair] else other
                value = chosen if column.rule == "designated" else RULES[column.rule](one, other)
                value *= max(stream.treatment[period, [i, j]]) if column.treated else 1.0
                value *= stream.pair_values[column.pair_value, pair] if column.pair_value is not None else 1.0
                wanted[place, period, pair] = value
    np.testing.assert_allclose(found, wanted, rtol=1e-14)


@needs_loops
@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_compiled_loops_make_the_same_tiles(missing: float) -> None:
    stream = draw_stream([*COLUMNS, Column("concordance")], missing=missing)
    by_numpy, by_loops = (
        np.concatenate([one.columns.copy() for one in iterate_tiles(stream, in_loops=in_loops)], axis=2)
        for in_loops in (False, True)
    )
    np.testing.assert_array_equal(by_loops, by_numpy)


def test_concordance_counts_equal_signs() -> None:
    stream = draw_stream([Column("concordance")])
    above = (stream.stack > 0).astype(float)
    stream = PairStream(stream.columns, above, stream.treatment, None, stream.first, stream.second, stream.pair_values)
    (tile,) = iterate_tiles(stream)
    one, other = above[:, :, stream.first], above[:, :, stream.second]
    np.testing.assert_array_equal(tile.columns, one * other + (1 - one) * (1 - other))


def test_presence_is_that_of_both_members() -> None:
    stream = draw_stream([Column("sum")], missing=0.3)
    ((pairs, present),) = iterate_presence(stream)
    assert stream.present is not None
    members = list(zip(stream.first[pairs], stream.second[pairs], strict=True))
    np.testing.assert_array_equal(present, [[row[i] and row[j] for i, j in members] for row in stream.present])
    assert list(iterate_presence(draw_stream([Column("sum")]))) == []
