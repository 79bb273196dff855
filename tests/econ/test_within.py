"""What is left once effects are absorbed equals the residual of a regression on all their dummies."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from econ import within
from econ.errors import FitError
from econ.within import Absorber, Effect, keep_rows

FloatArray = NDArray[np.float64]


def make_effect(name: str, codes: NDArray[np.intp]) -> Effect:
    levels, recoded = np.unique(codes, return_inverse=True)
    return Effect(name, recoded.reshape(codes.shape), len(levels))


def draw_panel(seed: int, share: float) -> tuple[dict[str, Effect], FloatArray, FloatArray]:
    """Return five effects of a panel of pairs with a share of its rows, three columns of unlike size, weights."""
    rng = np.random.default_rng(seed)
    n_units, n_periods = int(rng.integers(5, 12)), int(rng.integers(2, 7))
    first, second = np.triu_indices(n_units, 1)
    pair = np.repeat(np.arange(len(first)), n_periods)
    period = np.tile(np.arange(n_periods), len(first))
    kept = rng.random(len(pair)) < share
    kept[:5] = True
    pair, period = pair[kept], period[kept]
    members = np.column_stack([first[pair], second[pair]])
    effects = {
        "pair": make_effect("pair", pair),
        "period": make_effect("period", period),
        "unit_i^period": make_effect("unit_i^period", members[:, 0] * n_periods + period),
        "node": make_effect("node", members),
        "node^period": make_effect("node^period", members * n_periods + period[:, None]),
    }
    columns = rng.normal(size=(len(pair), 3)) * [1.0, 50.0, 1.0] + [0.0, 1e4, effects["node"].codes.mean()]
    return effects, columns, rng.uniform(0.1, 10.0, len(pair))


def build_dummies(effects: Sequence[Effect]) -> FloatArray:
    return np.hstack(
        [sum(np.eye(effect.n_levels)[code] for code in np.atleast_2d(effect.codes.T)) for effect in effects]
    )


def regress_on_dummies(effects: Sequence[Effect], columns: FloatArray, weights: FloatArray | None) -> FloatArray:
    roots = np.ones((len(columns), 1)) if weights is None else np.sqrt(weights)[:, None]
    dummies = build_dummies(effects)
    return columns - dummies @ np.linalg.lstsq(dummies * roots, columns * roots, rcond=None)[0]


DESIGNS = (
    ("pair",),
    ("node^period",),
    ("pair", "period"),
    ("period", "node"),
    ("pair", "node^period"),
    ("pair", "unit_i^period"),
    ("pair", "period", "unit_i^period"),
    ("pair", "node^period", "period"),
)


@pytest.mark.parametrize("names", DESIGNS, ids="+".join)
@pytest.mark.parametrize("levels", [within.DENSE_LEVELS, 0], ids=["dense", "iterative"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("share", [1.0, 0.6, 0.3])
def test_residuals_equal_those_of_dense_dummies(
    monkeypatch: pytest.MonkeyPatch, names: tuple[str, ...], levels: int, weighted: bool, share: float
) -> None:
    monkeypatch.setattr(within, "DENSE_LEVELS", levels)
    for seed in range(3):
        effects, columns, weights = draw_panel(seed, share)
        chosen, mass = [effects[name] for name in names], weights if weighted else None
        residuals = Absorber(chosen, mass).residualize(columns)
        expected = regress_on_dummies(chosen, columns, mass)
        np.testing.assert_allclose(residuals / columns.std(axis=0), expected / columns.std(axis=0), atol=1e-10)


@pytest.mark.parametrize("names", DESIGNS, ids="+".join)
@pytest.mark.parametrize("share", [1.0, 0.3])
def test_coefficients_are_the_rank_of_the_dummies(names: tuple[str, ...], share: float) -> None:
    effects, _, weights = draw_panel(4, share)
    chosen = [effects[name] for name in names]
    assert Absorber(chosen, weights).n_coefficients == np.linalg.matrix_rank(build_dummies(chosen))


def test_coefficients_of_many_levels_are_counted_as_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within, "DENSE_LEVELS", 0)
    effects, _, _ = draw_panel(4, 1.0)
    pair, period = effects["pair"], effects["period"]
    assert Absorber([pair, period]).n_coefficients == pair.n_levels + period.n_levels - 1


def test_one_effect_is_a_weighted_mean() -> None:
    effects, columns, weights = draw_panel(1, 0.6)
    frame = pd.DataFrame({"x": columns[:, 0], "w": weights, "pair": effects["pair"].codes})
    means = frame.assign(wx=frame["w"] * frame["x"]).groupby("pair")[["wx", "w"]].transform("sum")
    expected = frame["x"] - means["wx"] / means["w"]
    np.testing.assert_allclose(Absorber([effects["pair"]], weights).residualize(columns)[:, 0], expected, atol=1e-13)


def test_without_effects_nothing_changes() -> None:
    columns = np.arange(6.0).reshape(3, 2)
    residuals = Absorber([]).residualize(columns)
    np.testing.assert_array_equal(residuals, columns)
    assert residuals is not columns
    assert Absorber([]).n_coefficients == 0


def test_components_that_do_not_touch_are_each_taken_out() -> None:
    codes = np.array([0, 0, 1, 1, 2, 2, 3, 3])
    others = np.array([0, 1, 0, 1, 2, 3, 2, 3])
    effects = [Effect("unit", codes, 4), Effect("period", others, 4)]
    columns = np.array([[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0]]).T
    assert Absorber(effects).n_coefficients == 6
    np.testing.assert_allclose(
        Absorber(effects).residualize(columns), regress_on_dummies(effects, columns, None), atol=1e-12
    )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10_000), share=st.sampled_from([0.3, 0.7, 1.0]), names=st.sampled_from(DESIGNS))
def test_projection_is_idempotent_and_ignores_the_order_of_rows(
    seed: int, share: float, names: tuple[str, ...]
) -> None:
    effects, columns, weights = draw_panel(seed, share)
    given_columns = columns.copy()
    absorber = Absorber([effects[name] for name in names], weights)
    residuals = absorber.residualize(columns)
    np.testing.assert_array_equal(columns, given_columns)
    scale = columns.std(axis=0)
    np.testing.assert_allclose(absorber.residualize(residuals) / scale, residuals / scale, atol=1e-11)
    order = np.random.default_rng(seed).permutation(len(columns))
    shuffled = [Effect(name, effects[name].codes[order], effects[name].n_levels) for name in names]
    turned = Absorber(shuffled, weights[order]).residualize(columns[order])
    np.testing.assert_allclose(turned / scale, residuals[order] / scale, atol=1e-11)


def test_effects_that_cannot_be_taken_out_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(within, "DENSE_LEVELS", 0)
    monkeypatch.setattr(within, "_ITERATIONS", 1)
    monkeypatch.setattr(within, "_PASSES", 1)
    effects, columns, _ = draw_panel(2, 0.6)
    with pytest.raises(FitError, match=r"pair \+ node\^period could not be absorbed"):
        Absorber([effects["pair"], effects["node^period"]]).residualize(columns)


@pytest.mark.parametrize("shape", [(50,), (50, 2)])
def test_levels_that_are_gone_leave_no_gap(shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(0)
    codes = np.unique(rng.integers(0, 30, shape), return_inverse=True)[1].reshape(shape)
    effect, mask = Effect("a", codes, int(codes.max()) + 1), rng.random(50) < 0.3
    levels, expected = np.unique(codes[mask], return_inverse=True)
    for rows in (mask, np.flatnonzero(mask)):
        left = keep_rows(effect, rows)
        np.testing.assert_array_equal(left.codes, expected.reshape(codes[mask].shape))
        assert (left.name, left.n_levels) == ("a", len(levels))
    assert len(levels) < effect.n_levels


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("order", ["C", "F"])
def test_a_full_grid_of_two_effects_needs_no_iteration(shuffled: bool, order: str) -> None:
    effects, columns, _ = draw_panel(7, 1.0)
    rows = np.random.default_rng(1).permutation(len(columns)) if shuffled else np.arange(len(columns))
    chosen = [Effect(name, effects[name].codes[rows], effects[name].n_levels) for name in ("period", "pair")]
    absorber, given = Absorber(chosen), np.asarray(columns[rows], order=order)
    before = given.copy()
    np.testing.assert_allclose(absorber.residualize(given), regress_on_dummies(chosen, given, None), atol=1e-9)
    np.testing.assert_array_equal(given, before)
    assert absorber.n_coefficients == np.linalg.matrix_rank(build_dummies(chosen))
    doubled = np.append(np.arange(len(columns) - 1), 0)
    odd = [Effect(effect.name, effect.codes[doubled], effect.n_levels) for effect in chosen]
    np.testing.assert_allclose(
        Absorber(odd).residualize(given[doubled]), regress_on_dummies(odd, given[doubled], None), atol=1e-9
    )
