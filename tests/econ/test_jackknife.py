"""The jackknife equals fitting again from the rows without each unit, on every path."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from econ import jackknife
from econ.covariance import Covariance
from econ.errors import FitError, SpecError
from econ.jackknife import compute_jackknife
from econ.spec import VcovSpec
from econ.within import Absorber, Effect

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

PAIRS = VcovSpec("jackknife", ("unit_i", "unit_j"), "none")
UNITS = VcovSpec("jackknife", ("unit",), "none")


def make_effect(name: str, codes: IntArray) -> Effect:
    levels, recoded = np.unique(codes, return_inverse=True)
    return Effect(name, recoded.reshape(codes.shape), len(levels))


def run(
    spec: VcovSpec,
    data: FloatArray,
    effects: Sequence[Effect],
    weights: FloatArray | None,
    members: IntArray,
) -> Covariance:
    """The jackknife of the last column on the others."""
    names = [f"city {unit}" for unit in range(members.max() + 1)]
    terms = [f"x{place}" for place in range(data.shape[1] - 1)]
    return compute_jackknife(spec, data[:, -1], data[:, :-1], effects, weights, members, names, terms)


def refit(data: FloatArray, effects: Sequence[Effect], weights: FloatArray | None, members: IntArray) -> FloatArray:
    """The same by least squares on dense dummies, unit by unit."""
    roots = np.ones(len(data)) if weights is None else np.sqrt(weights)
    dummies = [sum(np.eye(effect.n_levels)[code] for code in np.atleast_2d(effect.codes.T)) for effect in effects]
    everything = np.column_stack([data[:, :-1], *dummies]) * roots[:, None]
    outcome = data[:, -1] * roots
    estimates = []
    for unit in range(members.max() + 1):
        rows = (members != unit).all(axis=1)
        solution = np.linalg.lstsq(everything[rows], outcome[rows], rcond=1e-11)[0]
        estimates.append(solution[: data.shape[1] - 1])
    n_units = len(estimates)
    return (n_units - 1) ** 2 / n_units * np.cov(np.array(estimates).T, ddof=1).reshape((data.shape[1] - 1,) * 2)


def draw_pairs(seed: int, share: float = 0.8) -> tuple[dict[str, Effect], FloatArray, FloatArray, IntArray]:
    """Effects, columns (three regressors and the outcome), weights and members of an unbalanced panel of pairs."""
    rng = np.random.default_rng(seed)
    n_units, n_periods = int(rng.integers(6, 9)), int(rng.integers(3, 6))
    first, second = np.triu_indices(n_units, 1)
    pair, period = np.repeat(np.arange(len(first)), n_periods), np.tile(np.arange(n_periods), len(first))
    kept = (rng.random(len(pair)) < share) | (period < 2)
    pair, period = pair[kept], period[kept]
    members = np.column_stack([first[pair], second[pair]])
    flipped = rng.random(len(pair)) < 0.5
    members[flipped] = members[flipped][:, ::-1]
    effects = {
        "pair": make_effect("pair", pair),
        "period": make_effect("period", period),
        "unit_i": make_effect("unit_i", members[:, 0]),
        "node^period": make_effect("node^period", members * n_periods + period[:, None]),
    }
    data = rng.normal(size=(len(pair), 4)) * [1.0, 100.0, 0.01, 1.0] + [0.0, 1e3, 0.0, 20.0]
    data[:, 3] += data[:, 0] + members.sum(axis=1) * period
    return effects, data, rng.uniform(0.2, 4.0, len(pair)), members


def assert_same(matrix: FloatArray, expected: FloatArray, tolerance: float = 1e-10) -> None:
    """Equal, in units of the standard errors."""
    errors = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(matrix / np.outer(errors, errors), expected / np.outer(errors, errors), atol=tolerance)


DESIGNS = ((), ("pair",), ("period",), ("pair", "period"), ("unit_i", "period"), ("pair", "node^period"))


@pytest.mark.parametrize("absorbed", DESIGNS, ids=lambda names: " + ".join(names) or "intercept")
@pytest.mark.parametrize("weighted", [False, True])
def test_both_paths_equal_fitting_again(
    absorbed: tuple[str, ...], weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(2):
        effects, data, weights, members = draw_pairs(seed)
        chosen = [effects[name] for name in absorbed]
        if not chosen:
            data = np.column_stack([np.ones(len(data)), data])
        masses = weights if weighted else None
        expected = refit(data, chosen, masses, members)
        for explicit in (400, -1):
            monkeypatch.setattr(jackknife, "EXPLICIT_LEVELS", explicit)
            result = run(PAIRS, data, chosen, masses, members)
            assert_same(result.matrix, expected)
            assert (result.df, result.n_clusters) == (members.max(), {"unit": members.max() + 1})


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.3, 1.0), st.booleans())
def test_equals_fitting_again_on_any_panel(seed: int, share: float, weighted: bool) -> None:
    effects, data, weights, members = draw_pairs(seed, share)
    chosen, masses = [effects["pair"], effects["period"]], weights if weighted else None
    assert_same(run(PAIRS, data, chosen, masses, members).matrix, refit(data, chosen, masses, members))


@pytest.mark.parametrize("absorbed", [(), ("unit", "period")])
def test_units_of_a_city_panel(absorbed: tuple[str, ...]) -> None:
    rng = np.random.default_rng(5)
    unit, period = np.repeat(np.arange(12), 6), np.tile(np.arange(6), 12)
    effects = {"unit": make_effect("unit", unit), "period": make_effect("period", period)}
    chosen = [effects[name] for name in absorbed]
    data = np.column_stack([np.ones(72), rng.normal(size=(72, 3))])[:, 1 if absorbed else 0 :]
    result = run(UNITS, data, chosen, None, unit[:, None])
    assert_same(result.matrix, refit(data, chosen, None, unit[:, None]))
    assert result.n_clusters == {"unit": 12}


def test_dyads_of_fastdyadrobust(shared: Path) -> None:
    table = pd.read_csv(shared / "data" / "dyadic" / "toyData_fastDyadRobust.csv.gz")
    data = np.column_stack([np.ones(len(table)), table[["dx1", "dx2", "dy"]]])
    members = np.unique(table[["src", "dst"]], return_inverse=True)[1].reshape(-1, 2)
    errors = np.sqrt(np.diag(run(PAIRS, data, [], None, members).matrix))
    np.testing.assert_allclose(errors, [0.219088, 0.102912, 0.087641], atol=5e-7)


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
def test_equals_crv3_of_pyfixest_but_for_the_centre() -> None:
    """CRV3 takes deviations from the estimate; those from their mean are smaller by (G − 1)(β̄ − β)(β̄ − β)'."""
    pyfixest = pytest.importorskip("pyfixest")
    rng = np.random.default_rng(6)
    frame = pd.DataFrame(rng.normal(size=(90, 3)), columns=["x1", "x2", "y"])
    frame["unit"] = np.repeat(np.arange(15), 6)
    frame["y"] += rng.normal(size=15)[frame["unit"]] * frame["x1"]
    fit = pyfixest.feols("y ~ x1 + x2", frame, vcov={"CRV3": "unit"})
    rest = [pyfixest.feols("y ~ x1 + x2", frame[frame["unit"] != unit]).coef() for unit in range(15)]
    shift = np.mean(rest, axis=0) - fit.coef().to_numpy()
    data = np.column_stack([np.ones(90), frame[["x1", "x2", "y"]]])
    result = run(UNITS, data, [], None, frame[["unit"]].to_numpy())
    crv3 = fit._vcov / fit._ssc * 14 / 15
    np.testing.assert_allclose(result.matrix, crv3 - 14 * np.outer(shift, shift), rtol=1e-8)


@pytest.mark.parametrize("absorbed", [names for names in DESIGNS if names], ids=" + ".join)
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("explicit", [400, -1], ids=["downdated", "refitted"])
def test_effects_taken_out_before_change_nothing(
    absorbed: tuple[str, ...], weighted: bool, explicit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jackknife, "EXPLICIT_LEVELS", explicit)
    effects, data, weights, members = draw_pairs(14)
    chosen, masses = [effects[name] for name in absorbed], weights if weighted else None
    left = Absorber(chosen, masses).residualize(data)
    assert_same(run(PAIRS, left, chosen, masses, members).matrix, run(PAIRS, data, chosen, masses, members).matrix)


def test_rows_in_any_order() -> None:
    effects, data, weights, members = draw_pairs(7)
    order = np.random.default_rng(0).permutation(len(data))
    chosen = [effects["pair"], effects["period"]]
    shuffled = [make_effect(effect.name, effect.codes[order]) for effect in chosen]
    again = run(PAIRS, data[order], shuffled, weights[order], members[order])
    assert_same(again.matrix, run(PAIRS, data, chosen, weights, members).matrix)


def test_inputs_are_not_changed() -> None:
    effects, data, weights, members = draw_pairs(8)
    before = data.copy(), weights.copy(), members.copy()
    outcome, regressors = data[:, -1], data[:, :-1]
    names = [str(unit) for unit in range(members.max() + 1)]
    compute_jackknife(PAIRS, outcome, regressors, [effects["pair"]], weights, members, names, ["a", "b", "c"])
    for after, copy in zip((data, weights, members), before, strict=True):
        np.testing.assert_array_equal(after, copy)


@pytest.mark.parametrize("explicit", [400, -1], ids=["downdated", "refitted"])
def test_a_period_of_one_unit_alone_vanishes_with_it(explicit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jackknife, "EXPLICIT_LEVELS", explicit)
    effects, data, _, members = draw_pairs(9)
    own = (members == 0).any(axis=1) & (effects["period"].codes == 0)
    periods = make_effect("period", np.where(own, 99, effects["period"].codes))
    chosen = [effects["pair"], periods]
    assert_same(run(PAIRS, data, chosen, None, members).matrix, refit(data, chosen, None, members))


@pytest.mark.parametrize("explicit", [400, -1], ids=["downdated", "refitted"])
@pytest.mark.parametrize(
    ("spec", "advice"), [(PAIRS, r"vcov=\{'dyadic': \('unit_i', 'unit_j'\)\}"), (UNITS, r"vcov=\{'cluster': 'unit'\}")]
)
def test_a_term_that_hangs_on_one_unit_is_refused(
    spec: VcovSpec, advice: str, explicit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jackknife, "EXPLICIT_LEVELS", explicit)
    for seed in range(10, 16):
        effects, data, weights, members = draw_pairs(seed)
        own = (members == 3).any(axis=1)
        data[:, 1] = np.where(own, data[:, 1], 7.0)
        wanted = members if spec is PAIRS else np.where(own, 3, effects["pair"].codes % 3)[:, None]
        with pytest.raises(FitError, match=rf"without city 3 the term 'x1' is not identified.*{advice}"):
            run(spec, data, [effects["pair"], effects["period"]], weights, wanted)


@pytest.mark.parametrize("explicit", [400, -1], ids=["downdated", "refitted"])
def test_a_star_of_pairs_is_refused(explicit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the hub no row is left."""
    monkeypatch.setattr(jackknife, "EXPLICIT_LEVELS", explicit)
    rng = np.random.default_rng(11)
    members = np.column_stack([np.zeros(12, dtype=np.intp), np.repeat(np.arange(1, 5), 3)])
    effect = make_effect("period", np.tile(np.arange(3), 4))
    with pytest.raises(FitError, match="without city 0 the term 'x0'"):
        run(PAIRS, rng.normal(size=(12, 2)), [effect], None, members)


@pytest.mark.parametrize("ssc", ["fixest", "reghdfe", "stata"])
def test_a_small_sample_correction_is_refused(ssc: str) -> None:
    effects, data, _, members = draw_pairs(12)
    with pytest.raises(SpecError, match=f"takes no small-sample correction. Got ssc='{ssc}'"):
        run(VcovSpec("jackknife", ("unit_i", "unit_j"), ssc), data, [effects["pair"]], None, members)  # type: ignore[arg-type]


def test_two_units_are_refused() -> None:
    with pytest.raises(FitError, match="needs three units or more, and the sample has 2"):
        run(UNITS, np.random.default_rng(0).normal(size=(10, 2)), [], None, np.tile([0, 1], 5)[:, None])
