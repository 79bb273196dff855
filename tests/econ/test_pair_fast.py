from dataclasses import replace

import numpy as np
import pytest

from econ.pair_columns import Column, PairStream
from econ.pair_fast import prefer_loops, sum_moments, sum_scores
from econ.pair_order import put_quiet_first
from econ.pair_passes import collect_moments, collect_scores
from tests.compiled_ways import WAYS, Way, join_by, needs_loops
from tests.econ.pair_streams import draw_stream

COLUMNS = [Column("sum"), Column("difference"), Column("product", treated=True), Column("cerqueira_martins")]


def draw_plain(*, weighted: bool, quiet: bool) -> PairStream:
    """Pairs that are always there; with ``quiet`` most units are never treated, and their pairs come first."""
    stream = draw_stream(COLUMNS, 3, weighted=weighted)
    stream = replace(stream, designated_first=None, turned=np.arange(stream.n_pairs) % 3 == 0)
    if quiet:
        treatment = stream.treatment.copy()
        treatment[:, 2:] = 0.0
        stream = put_quiet_first(replace(stream, treatment=treatment))[0]
        assert 0 < stream.n_quiet_pairs < stream.n_pairs
    return stream


@needs_loops
@pytest.mark.parametrize("tile", [1, 700, 10**6])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("quiet", [False, True])
def test_loops_find_what_numpy_finds(monkeypatch: pytest.MonkeyPatch, tile: int, weighted: bool, quiet: bool) -> None:
    monkeypatch.setattr("econ.pair_columns._LOOPED_BYTES", tile)
    stream = draw_plain(weighted=weighted, quiet=quiet)
    with join_by("numpy"):
        wanted, _ = collect_moments(stream)
    found = sum_moments(stream)
    for name in ("gram", "effects", "own", "within"):
        np.testing.assert_allclose(getattr(found, name), getattr(wanted, name), rtol=1e-11, atol=1e-12, err_msg=name)
    assert found.rank == wanted.rank

    outcome = next(place for place, column in enumerate(stream.columns) if column.rule == "cerqueira_martins")
    places = np.array([*(place for place in range(len(COLUMNS)) if place != outcome), outcome])
    gram = wanted.gram[np.ix_(places, places)]
    bread = np.linalg.inv(gram[:-1, :-1])
    estimates = bread @ gram[:-1, -1]
    with join_by("numpy"):
        by_numpy = collect_scores(stream, wanted, places, estimates, bread)
    by_loops = sum_scores(stream, wanted, places, estimates, bread)
    for name in ("by_pair", "by_first", "by_second", "absolute"):
        np.testing.assert_allclose(getattr(by_loops, name), getattr(by_numpy, name), rtol=1e-10, atol=1e-15)
    assert by_loops.squares == pytest.approx(by_numpy.squares, rel=1e-12)
    assert by_loops.by_row is None
    assert by_loops.grams is None


@needs_loops
def test_loops_do_the_plain_case_alone() -> None:
    plain = draw_plain(weighted=False, quiet=False)
    with join_by("loops"):
        assert prefer_loops(plain)
        assert not prefer_loops(replace(plain, by_node=True))
        assert not prefer_loops(replace(plain, groups=np.zeros(plain.n_pairs, dtype=int)))
        assert not prefer_loops(replace(plain, present=np.ones((plain.n_periods, plain.n_units), dtype=bool)))


@pytest.mark.parametrize("way", WAYS)
def test_columns_that_follow_the_periods_keep_their_digits_either_way(way: Way) -> None:
    rng = np.random.default_rng(5)
    stream = draw_plain(weighted=False, quiet=False)
    place = next(place for place, column in enumerate(stream.columns) if column.rule == "sum")
    noise = rng.normal(size=stream.stack[place].shape)
    stack = stream.stack.copy()
    stack[place] = noise + 1e6 * np.arange(stream.n_periods)[:, None]
    plain = stream.stack.copy()
    plain[place] = noise
    with join_by(way):
        followed, _ = collect_moments(replace(stream, stack=stack))
        wanted, _ = collect_moments(replace(stream, stack=plain))
    np.testing.assert_allclose(followed.gram, wanted.gram, rtol=1e-7)
