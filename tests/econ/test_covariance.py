"""Covariances equal those of other packages, published ones, and sums over every pair of rows."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from econ.covariance import Design, compute_bread, compute_ssc, compute_vcov, sum_by_group, sum_runs
from econ.errors import FitError, SpecError
from econ.spec import VcovSpec

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

MEMBERS = ("unit_i", "unit_j")
DYADIC = VcovSpec("dyadic", MEMBERS, "none")


def fit_design(outcome: FloatArray, columns: FloatArray, weights: FloatArray | None = None) -> Design:
    roots = np.ones(len(outcome)) if weights is None else np.sqrt(weights)
    estimates = np.linalg.lstsq(columns * roots[:, None], outcome * roots, rcond=None)[0]
    return Design(columns, outcome - columns @ estimates, weights)


def absorb(columns: FloatArray, codes: list[IntArray], weights: FloatArray | None = None) -> FloatArray:
    """What a regression on dense dummies leaves."""
    roots = np.ones((len(columns), 1)) if weights is None else np.sqrt(weights)[:, None]
    dummies = np.hstack([np.eye(code.max() + 1)[code] for code in codes])
    return columns - dummies @ np.linalg.lstsq(dummies * roots, columns * roots, rcond=None)[0]


def draw_pairs(seed: int, n_units: int = 9, n_periods: int = 4) -> pd.DataFrame:
    """An unbalanced panel of pairs: every pair stands in two periods or more."""
    rng = np.random.default_rng(seed)
    first, second = np.triu_indices(n_units, 1)
    frame = pd.DataFrame({"unit_i": np.repeat(first, n_periods), "unit_j": np.repeat(second, n_periods)})
    frame["pair"] = np.repeat(np.arange(len(first)), n_periods)
    frame["period"] = np.tile(np.arange(n_periods), len(first))
    frame = frame[(rng.random(len(frame)) < 0.5) | (frame["period"] < 2)].reset_index(drop=True)
    shock = rng.normal(size=n_units)
    for name in ("y", "x1", "x2"):
        own = shock[frame["unit_i"]] + shock[frame["unit_j"]]
        frame[name] = rng.normal(size=len(frame)) + own * frame["period"]
    frame["w"] = rng.uniform(0.2, 3.0, len(frame))
    return frame


def build_design(frame: pd.DataFrame, weights: str | None = None) -> Design:
    """The design of y ~ x1 + x2 with effects of pair and period."""
    codes = [frame["pair"].to_numpy(), frame["period"].to_numpy()]
    masses = None if weights is None else frame[weights].to_numpy()
    left = absorb(frame[["y", "x1", "x2"]].to_numpy(), codes, masses)
    n_pairs, n_periods = frame["pair"].nunique(), frame["period"].nunique()
    return replace(
        fit_design(left[:, 0], left[:, 1:], masses),
        groups={name: frame[name].to_numpy() for name in ("pair", "period", *MEMBERS)},
        levels={"pair": n_pairs, "period": n_periods},
        nested={"pair": ["pair"], "period": ["period"], "unit_i": ["pair"], "unit_j": ["pair"]},
        n_absorbed=n_pairs + n_periods - 1,
    )


def loop_over_pairs(design: Design) -> FloatArray:
    """Sum s_r s_q' over all rows r and q whose pairs share a member (Aronow, Samii and Assenova 2015, equation 3)."""
    first, second = (design.groups[member] for member in MEMBERS)
    weights = np.ones(len(first)) if design.weights is None else design.weights
    scores = design.columns * (weights * design.residuals)[:, None]
    meat = np.zeros((scores.shape[1],) * 2)
    for row in range(len(first)):
        for other in range(len(first)):
            if {first[row], second[row]} & {first[other], second[other]}:
                meat += np.outer(scores[row], scores[other])
    bread = np.linalg.inv(design.columns.T @ (design.columns * weights[:, None]))
    return bread @ meat @ bread


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_dyadic_equals_the_double_loop(data: st.DataObject) -> None:
    n_rows = data.draw(st.integers(8, 30))
    n_units = data.draw(st.integers(4, 8))
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    members = np.array([rng.permutation(n_units)[:2] for _ in range(n_rows)])
    weights = rng.uniform(0.1, 5.0, n_rows) if data.draw(st.booleans()) else None
    columns = np.column_stack([np.ones(n_rows), rng.normal(size=n_rows) * 100])
    outcome = rng.normal(size=n_units)[members].sum(axis=1) + rng.normal(size=n_rows)
    design = replace(fit_design(outcome, columns, weights), groups=dict(zip(MEMBERS, members.T, strict=True)))
    white = np.sqrt(np.diag(compute_vcov(VcovSpec("hc1", ssc="none"), design).matrix))
    expected = loop_over_pairs(design) / np.outer(white, white)
    result = compute_vcov(DYADIC, design)
    if result.notes:
        assert min(np.linalg.eigvalsh(expected)[0], np.diag(expected).min()) < 1e-8
    else:
        np.testing.assert_allclose(result.matrix / np.outer(white, white), expected, rtol=1e-12, atol=1e-12)
    pairs = {frozenset(row) for row in members.tolist()}
    assert result.n_clusters == {"pair": len(pairs), "unit": len(set().union(*pairs))}
    assert result.df == result.n_clusters["unit"] - 1


@pytest.mark.parametrize("weights", [None, "w"])
def test_dyadic_sums_the_periods_of_a_pair(weights: str | None) -> None:
    design = build_design(draw_pairs(1, 14), weights)
    result = compute_vcov(DYADIC, design)
    assert result.notes == ()
    np.testing.assert_allclose(result.matrix, loop_over_pairs(design), rtol=1e-10)


def test_dyadic_does_not_care_which_member_comes_first() -> None:
    design = build_design(draw_pairs(2, 14))
    swapped = np.random.default_rng(0).random(len(design.residuals)) < 0.5
    first, second = (design.groups[member] for member in MEMBERS)
    turned = {"unit_i": np.where(swapped, second, first), "unit_j": np.where(swapped, first, second)}
    np.testing.assert_allclose(
        compute_vcov(DYADIC, replace(design, groups=turned)).matrix, compute_vcov(DYADIC, design).matrix, rtol=1e-12
    )


def test_without_shared_members_dyadic_is_clustered_by_pair() -> None:
    frame = draw_pairs(3)
    design = build_design(frame)
    apart = {**design.groups, "unit_i": 2 * frame["pair"].to_numpy(), "unit_j": 2 * frame["pair"].to_numpy() + 1}
    design = replace(design, groups=apart)
    dyadic = compute_vcov(DYADIC, design)
    clustered = compute_vcov(VcovSpec("cluster", ("pair",), "none"), design)
    np.testing.assert_allclose(dyadic.matrix, clustered.matrix, rtol=1e-12)
    assert dyadic.n_clusters == {"pair": clustered.n_clusters["pair"], "unit": 2 * clustered.n_clusters["pair"]}


def test_dyads_of_fastdyadrobust(shared: Path) -> None:
    table = pd.read_csv(shared / "data" / "dyadic" / "toyData_fastDyadRobust.csv.gz")
    columns = np.column_stack([np.ones(len(table)), table["dx1"], table["dx2"]])
    groups = {"unit_i": table["src"].to_numpy(), "unit_j": table["dst"].to_numpy()}
    design = replace(fit_design(table["dy"].to_numpy(), columns), groups=groups)
    dyadic = np.sqrt(np.diag(compute_vcov(DYADIC, design).matrix))
    np.testing.assert_allclose(dyadic, [0.20751883, 0.09215473, 0.07933073], atol=5e-9)
    white = np.sqrt(np.diag(compute_vcov(VcovSpec("hc1", ssc="none"), design).matrix))
    np.testing.assert_allclose(white, [0.0491508, 0.0247860, 0.0251498], atol=5e-8)


def build_square(scales: tuple[float, ...] = (1.0,)) -> Design:
    """Four units in a ring; the scores of neighbouring pairs almost cancel, so that the unit scores almost vanish."""
    groups = {"unit_i": np.array([0, 1, 2, 3]), "unit_j": np.array([1, 2, 3, 0])}
    alternating = np.array([1.0, -1.0, 1.0, -0.5])
    others = np.array([[1.0, 2.0, 3.0, 5.0], [2.0, -1.0, 7.0, 1.0]])[: len(scales) - 1]
    columns = np.column_stack([alternating, *others]) * scales
    return Design(columns, np.ones(4), groups=groups)


def test_an_indefinite_meat_falls_back_and_says_so() -> None:
    design = build_square()
    result = compute_vcov(DYADIC, design)
    (note,) = result.notes
    assert "not positive semi-definite" in note
    assert loop_over_pairs(design)[0, 0] < 0
    unit_scores, column = np.array([0.5, 0.0, 0.0, 0.5]), design.columns[:, 0]
    np.testing.assert_allclose(result.matrix[0, 0], unit_scores @ unit_scores / (column @ column) ** 2)


@pytest.mark.parametrize("scales", [(1.0, 1.0), (1e-6, 1e6), (1e6, 1e-6)])
def test_indefinite_is_told_at_any_scale_of_the_columns(scales: tuple[float, float]) -> None:
    result = compute_vcov(DYADIC, build_square(scales))
    assert len(result.notes) == 1
    assert (np.diag(result.matrix) >= 0).all()


def test_indefinite_is_told_where_every_variance_is_positive() -> None:
    """A sum of the two coefficients would have a negative variance, neither of them has."""
    design = next(
        design
        for design in map(build_design, map(draw_pairs, range(100)))
        if np.diag(loop_over_pairs(design)).min() > 0 > np.linalg.eigvalsh(loop_over_pairs(design))[0]
    )
    result = compute_vcov(DYADIC, design)
    assert "not positive semi-definite" in result.notes[0]
    assert np.linalg.eigvalsh(result.matrix)[0] > 0


@pytest.mark.parametrize("seed", range(6))
def test_three_units_have_no_dyadic_variance_and_fall_back(seed: int) -> None:
    """All pairs share a member, so that the meat is the square of the sum of all scores, which is zero."""
    rng = np.random.default_rng(seed)
    groups = {"unit_i": np.tile([0, 0, 1], 5), "unit_j": np.tile([1, 2, 2], 5)}
    columns = np.column_stack([np.ones(15), rng.normal(size=15)])
    result = compute_vcov(DYADIC, replace(fit_design(rng.normal(size=15), columns), groups=groups))
    assert "had a variance of zero" in result.notes[0]
    assert np.diag(result.matrix).min() > 1e-6


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("kind", ["iid", "hc0", "hc1", "cluster"])
def test_equals_statsmodels(kind: str, weighted: bool) -> None:
    api = pytest.importorskip("statsmodels.api")
    frame = draw_pairs(4)
    weights = frame["w"].to_numpy() if weighted else None
    columns = np.column_stack([np.ones(len(frame)), frame[["x1", "x2"]]])
    codes = frame["period"].to_numpy()
    design = replace(fit_design(frame["y"].to_numpy(), columns, weights), groups={"period": codes})
    model = api.WLS(frame["y"], columns, weights=1.0 if weights is None else weights)
    asked: dict[str, dict[str, object]] = {
        "iid": {"cov_type": "nonrobust"},
        "hc0": {"cov_type": "HC0"},
        "hc1": {"cov_type": "HC1"},
        "cluster": {"cov_type": "cluster", "cov_kwds": {"groups": codes}},
    }
    spec = {
        "iid": VcovSpec("iid"),
        "hc0": VcovSpec("hc1", ssc="none"),
        "hc1": VcovSpec("hc1"),
        "cluster": VcovSpec("cluster", ("period",)),
    }[kind]
    result = compute_vcov(spec, design)
    np.testing.assert_allclose(result.matrix, model.fit(**asked[kind]).cov_params(), rtol=1e-9)
    assert result.df == (frame["period"].nunique() - 1 if kind == "cluster" else len(frame) - 3)


@pytest.mark.parametrize(("kind", "by"), [("hc1", ()), ("cluster", ("unit_i",)), ("cluster", ("pair",))])
def test_stata_counts_like_a_regression_with_dummies(kind: str, by: tuple[str, ...]) -> None:
    api = pytest.importorskip("statsmodels.api")
    frame = draw_pairs(5)
    dummies = pd.get_dummies(frame[["pair", "period"]].astype(str), dtype=float).drop(columns="period_0")
    model = api.OLS(frame["y"], pd.concat([frame[["x1", "x2"]], dummies], axis=1))
    options = {"cov_type": "cluster", "cov_kwds": {"groups": frame[by[0]]}} if by else {"cov_type": "HC1"}
    expected = model.fit(**options).cov_params().iloc[:2, :2]
    result = compute_vcov(VcovSpec(kind, by, "stata"), build_design(frame))  # type: ignore[arg-type]
    np.testing.assert_allclose(result.matrix, expected, rtol=1e-8)


def test_reghdfe_counts_the_constant_that_linearmodels_leaves_out() -> None:
    """Where the effects are nested linearmodels counts the regressors alone; reghdfe, like xtreg, one more."""
    panel = pytest.importorskip("linearmodels.panel")
    frame = draw_pairs(6)
    table = frame.set_index(["pair", "period"])
    fitted = panel.PanelOLS(table["y"], table[["x1", "x2"]], entity_effects=True).fit(
        cov_type="clustered", cluster_entity=True, debiased=True, group_debias=True
    )
    left = absorb(frame[["y", "x1", "x2"]].to_numpy(), [frame["pair"].to_numpy()])
    design = replace(
        fit_design(left[:, 0], left[:, 1:]),
        groups={"pair": frame["pair"].to_numpy()},
        levels={"pair": 36},
        nested={"pair": ["pair"]},
        n_absorbed=36,
    )
    n_rows = len(frame)
    result = compute_vcov(VcovSpec("cluster", ("pair",), "reghdfe"), design)
    np.testing.assert_allclose(result.matrix, fitted.cov * (n_rows - 2) / (n_rows - 3), rtol=1e-8)


def test_reghdfe_leaves_out_what_mobility_groups_make_redundant() -> None:
    """Two effects in two unconnected blocks: one more level is redundant, which fixest's quick count does not see."""
    design = Design(np.ones((100, 2)), np.ones(100), levels={"a": 10, "b": 8}, n_absorbed=10 + 8 - 2)
    assert compute_ssc("reghdfe", design) == pytest.approx(100 / (100 - 2 - 16))
    assert compute_ssc("fixest", design) == pytest.approx(100 / (100 - 2 - 17))
    assert compute_ssc("none", design) == 1.0


PYFIXEST_FACTORS = {
    ((), ()): 1.1019843101061375,
    (("a",), ()): 1.2999455634186172,
    (("a",), ("a",)): 1.1076066790352506,
    (("a", "b"), ()): 1.3483907396950874,
    (("a", "b"), ("a",)): 1.1425837320574161,
    (("a", "b"), ("b",)): 1.2999455634186172,
    (("a", "b"), ("a", "b")): 1.1076066790352506,
}
"""Of pyfixest 0.60's get_ssc by absorbed and by nested effects: 200 rows, 3 regressors, 12 clusters."""

LEVELS = {"a": 30, "b": 7}


@pytest.mark.parametrize("effects", PYFIXEST_FACTORS, ids=str)
def test_fixest_factor(effects: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    absorbed, nested = effects
    levels = {effect: LEVELS[effect] for effect in absorbed}
    design = Design(np.ones((200, 3)), np.ones(200), levels=levels, nested={"c": nested, "d": nested[:1]})
    assert compute_ssc("fixest", design, ("c",), 12) == pytest.approx(PYFIXEST_FACTORS[effects], rel=1e-14)
    assert compute_ssc("fixest", design, ("c", "d"), 12) == pytest.approx(PYFIXEST_FACTORS[effects], rel=1e-14)
    unnested = PYFIXEST_FACTORS[absorbed, ()] * 11 / 12 * 200 / 199
    assert compute_ssc("fixest", design) == pytest.approx(unnested, rel=1e-14)


@pytest.mark.full
@pytest.mark.parametrize("effects", PYFIXEST_FACTORS, ids=str)
def test_fixest_factor_is_still_that_of_pyfixest(effects: tuple[tuple[str, ...], tuple[str, ...]]) -> None:
    utils = pytest.importorskip("pyfixest.utils")
    absorbed, nested = (sum(LEVELS[effect] for effect in names) for names in effects)
    factor, _, _ = utils.get_ssc(
        ssc_dict=utils.ssc(), N=200, k=3, k_fe=absorbed, k_fe_nested=nested, n_fe=len(effects[0]),
        n_fe_fully_nested=len(effects[1]), G=12, vcov_sign=1, vcov_type="CRV",
    )  # fmt: skip
    assert factor[0] == pytest.approx(PYFIXEST_FACTORS[effects], rel=1e-14)


@pytest.mark.full
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("weights", [None, "w"])
@pytest.mark.parametrize(
    ("vcov", "spec"),
    [
        ("iid", VcovSpec("iid")),
        ("HC1", VcovSpec("hc1")),
        ({"CRV1": "unit_i"}, VcovSpec("cluster", ("unit_i",))),
        ({"CRV1": "pair"}, VcovSpec("cluster", ("pair",))),
        ({"CRV1": "unit_i+period"}, VcovSpec("twoway", ("unit_i", "period"))),
        ({"CRV1": "pair+period"}, VcovSpec("twoway", ("pair", "period"))),
    ],
)
def test_equals_pyfixest(vcov: object, spec: VcovSpec, weights: str | None) -> None:
    """Matrices without their factors: pyfixest 0.60 may take the wrong effect for nested, as the order of its effects
    follows the hash seed. The factors are compared above, from the right counts."""
    pyfixest = pytest.importorskip("pyfixest")
    frame = draw_pairs(7)
    demeaner = pyfixest.MapDemeaner(fixef_tol=1e-13, fixef_maxiter=100_000)
    fit = pyfixest.feols("y ~ x1 + x2 | pair + period", frame, vcov=vcov, weights=weights, demeaner=demeaner)
    expected = fit._vcov / np.ravel(fit._ssc)[0]
    if spec.kind == "iid":  # whose σ² it divides by n − 1
        expected *= (len(frame) - 1) / len(frame)
    result = compute_vcov(replace(spec, ssc="none"), build_design(frame, weights))
    assert result.notes == ()
    assert result.df == fit._df_t
    np.testing.assert_allclose(result.matrix, expected, rtol=1e-8)


def test_two_ways_take_the_smaller_number_of_groups() -> None:
    design = build_design(draw_pairs(8))
    one, two, both = (
        compute_vcov(
            VcovSpec("cluster", (name,), "none"), replace(design, groups={**design.groups, "both": crossed})
        ).matrix
        for crossed in [design.groups["unit_i"] * 100 + design.groups["period"]]
        for name in ("unit_i", "period", "both")
    )
    spec = VcovSpec("twoway", ("unit_i", "period"), "none")
    result = compute_vcov(spec, design)
    np.testing.assert_allclose(result.matrix, one + two - both, rtol=1e-12)
    assert result.n_clusters == {"unit_i": 8, "period": 4}
    assert result.df == 3
    assert result.notes == ()
    factor = compute_ssc("fixest", design, spec.by, 4)
    np.testing.assert_allclose(compute_vcov(replace(spec, ssc="fixest"), design).matrix, factor * result.matrix)


def test_two_ways_by_the_members_say_that_their_order_matters() -> None:
    frame = draw_pairs(9)
    design = build_design(frame)
    result = compute_vcov(VcovSpec("twoway", MEMBERS, "none"), design)
    assert "which of them is called i" in result.notes[-1]
    turned = {"unit_i": np.where(frame["pair"] % 2, frame["unit_i"], frame["unit_j"]),
              "unit_j": np.where(frame["pair"] % 2, frame["unit_j"], frame["unit_i"])}  # fmt: skip
    other = compute_vcov(VcovSpec("twoway", MEMBERS, "none"), replace(design, groups=turned))
    assert not np.allclose(other.matrix, result.matrix, rtol=0.01)


def test_codes_that_no_row_has_are_no_clusters() -> None:
    """In the numbering that both members share, the last unit is never the first member."""
    design = build_design(draw_pairs(9))
    result = compute_vcov(VcovSpec("twoway", MEMBERS, "none"), design)
    assert result.n_clusters == {"unit_i": 8, "unit_j": 8}
    shifted = replace(design, groups={"pair": design.groups["pair"] * 3 + 5})
    spec = VcovSpec("cluster", ("pair",))
    assert compute_vcov(spec, shifted).n_clusters == compute_vcov(spec, design).n_clusters


def test_a_two_way_matrix_with_negative_eigenvalues_is_floored() -> None:
    """Scores that cancel in both columns but not in their crossing: V would be −V_ab."""
    first, second = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    columns = np.column_stack([[1.0, -1.0, -1.0, 1.2], [1.0, 1.0, 1.0, 1.0]])
    design = Design(columns, np.ones(4), groups={"a": first, "b": second})
    result = compute_vcov(VcovSpec("twoway", ("a", "b"), "none"), design)
    assert "not positive semi-definite" in result.notes[0]
    values = np.linalg.eigvalsh(result.matrix)
    assert values[0] == pytest.approx(0, abs=1e-12)
    influences = columns @ np.linalg.inv(columns.T @ columns)
    sums = [sum_by_group(influences, codes) for codes in (first, second)]
    raw = sum(part.T @ part for part in sums) - influences.T @ influences
    assert np.linalg.eigvalsh(raw)[0] < -0.1
    assert values[1] == pytest.approx(np.linalg.eigvalsh(raw)[1])


SPECS = [
    VcovSpec("iid"),
    VcovSpec("hc1"),
    VcovSpec("cluster", ("pair",)),
    VcovSpec("twoway", ("pair", "period")),
    DYADIC,
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_rows_in_any_order_and_weights_of_any_scale(spec: VcovSpec) -> None:
    design = build_design(draw_pairs(10), "w")
    order = np.random.default_rng(1).permutation(len(design.residuals))
    assert design.weights is not None
    shuffled = replace(
        design,
        columns=design.columns[order],
        residuals=design.residuals[order],
        weights=7 * design.weights[order],
        groups={name: codes[order] for name, codes in design.groups.items()},
    )
    expected = compute_vcov(spec, design).matrix
    np.testing.assert_allclose(compute_vcov(spec, shuffled).matrix, expected, rtol=1e-10)
    assert np.array_equal(expected, expected.T)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.kind)
def test_units_of_measurement_carry_over(spec: VcovSpec) -> None:
    design = build_design(draw_pairs(11))
    scale = np.array([1e8, 1e-6])
    scaled = replace(design, columns=design.columns * scale)
    expected = compute_vcov(spec, design).matrix / np.outer(scale, scale)
    np.testing.assert_allclose(compute_vcov(spec, scaled).matrix, expected, rtol=1e-9)


def test_bread_is_the_inverse_of_the_gram_matrix() -> None:
    rng = np.random.default_rng(12)
    columns, weights = rng.normal(size=(20, 3)) * [1, 1e6, 1e-6], rng.uniform(1, 2, 20)
    scale = np.sqrt(np.sum(weights[:, None] * columns**2, axis=0))
    unit = columns / scale
    expected = np.linalg.pinv(unit.T @ np.diag(weights) @ unit) / np.outer(scale, scale)
    np.testing.assert_allclose(compute_bread(columns, weights), expected, rtol=1e-12)
    np.testing.assert_allclose(compute_bread(columns), compute_bread(columns, np.ones(20)), rtol=1e-12)


@pytest.mark.parametrize(
    "spec", [VcovSpec("iid"), VcovSpec("iid", ssc="none"), VcovSpec("cluster", ("pair",), "stata")]
)
def test_a_saturated_equation_is_refused(spec: VcovSpec) -> None:
    design = build_design(draw_pairs(13))
    n_rows = len(design.residuals)
    with pytest.raises(FitError, match=f"saturated: {n_rows} rows for {n_rows} coefficients"):
        compute_vcov(spec, replace(design, n_absorbed=n_rows - 2, levels={"pair": n_rows - 2}))


@pytest.mark.parametrize(
    ("spec", "name"),
    [(VcovSpec("cluster", ("only",)), "only"), (VcovSpec("twoway", ("period", "only")), "only"), (DYADIC, "pair")],
)
def test_a_single_cluster_is_refused(spec: VcovSpec, name: str) -> None:
    design = build_design(draw_pairs(14))
    only = np.zeros(len(design.residuals), dtype=np.intp)
    groups = {"only": only, "period": design.groups["period"], "unit_i": only, "unit_j": only + 1}
    with pytest.raises(FitError, match=f"{name!r} has one cluster"):
        compute_vcov(spec, replace(design, groups=groups))


def test_a_star_of_pairs_has_dyadic_errors() -> None:
    """All pairs of one unit: the first member is always the same."""
    design = build_design(draw_pairs(15))
    star = {"unit_i": np.zeros_like(design.groups["pair"]), "unit_j": design.groups["pair"] + 1}
    assert compute_vcov(DYADIC, replace(design, groups=star)).n_clusters == {"pair": 36, "unit": 37}


@pytest.mark.parametrize("kind", ["jackknife", "wild"])
def test_kinds_of_other_modules_are_refused(kind: str) -> None:
    with pytest.raises(SpecError, match="The 'kind' parameter of compute_vcov must be one of"):
        compute_vcov(VcovSpec(kind, ("pair",)), build_design(draw_pairs(16)))  # type: ignore[arg-type]


@pytest.mark.parametrize("lengths", [[3, 3, 3, 3], [1, 2, 4, 5], [12]])
@pytest.mark.parametrize("order", ["C", "F"])
def test_runs_are_summed_whatever_their_lengths(lengths: list[int], order: str) -> None:
    rng = np.random.default_rng(0)
    values, factors = np.array(rng.normal(size=(12, 2)), order=order), rng.normal(size=12)
    starts = np.cumsum([0, *lengths[:-1]])
    for weighing in (None, factors):
        scaled = values if weighing is None else values * weighing[:, None]
        expected = [part.sum(axis=0) for part in np.split(scaled, starts[1:])]
        np.testing.assert_allclose(sum_runs(values, starts, weighing), expected, atol=1e-14)


def test_codes_of_runs_stand_for_those_of_their_rows() -> None:
    design = build_design(draw_pairs(1, 14))
    starts = np.flatnonzero(np.diff(design.groups["pair"], prepend=-1))
    runs = {name: design.groups[name][starts] for name in (*MEMBERS, "pair")}
    for spec in (DYADIC, VcovSpec("cluster", ("pair",)), VcovSpec("twoway", MEMBERS)):
        result, expected = compute_vcov(spec, replace(design, groups=runs, starts=starts)), compute_vcov(spec, design)
        np.testing.assert_allclose(result.matrix, expected.matrix, rtol=1e-12)
        assert result.n_clusters == expected.n_clusters
