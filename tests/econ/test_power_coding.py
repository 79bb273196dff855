"""Coding errors in a power study: what they do to counts and products, and what correction and audit make of it."""

import dataclasses

import numpy as np
import pandas as pd
import pytest

from econ.errors import SpecError, TreatmentError
from econ.placebo_draws import keep_truth
from econ.placebo_recipe import trace_units, treat_pairs
from econ.placebo_sample import add_scores, prepare_recipe
from econ.power import simulate_power
from econ.power_coding import (
    Coding,
    add_audit,
    draw_audit,
    draw_counts,
    read_coding,
    spread_errors,
    subtract_errors,
    write_transform,
)
from econ.power_moments import build_moments, fit_moments
from econ.spec import MEMBERS
from tests.econ.placebos import PERIODS, make_outcome, make_units

CLASSES = ["supply", "demand", "none"]
UNEVEN = np.array([[0.85, 0.10, 0.03], [0.05, 0.80, 0.07], [0.10, 0.10, 0.90]])


@pytest.fixture(scope="module")
def units() -> pd.DataFrame:
    return make_units(16)


@pytest.fixture(scope="module")
def outcome(units: pd.DataFrame) -> pd.DataFrame:
    return make_outcome(units)


@pytest.fixture(scope="module")
def dates(units: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({"unit": units["unit"][:6], "date": [f"{2012 + place % 3}-03-01" for place in range(6)]})


def make_counts(units: pd.DataFrame, size: float = 40.0, *, even: float = 1.0, falls: bool = True) -> pd.DataFrame:
    """Return stocks of clauses of each unit that mostly grow, the more alike the more ``even``; some fall once."""
    rng = np.random.default_rng(7)
    keys = pd.MultiIndex.from_product([units["unit"], PERIODS], names=["unit", "period"])
    shape = (len(units), len(PERIODS), len(CLASSES))
    flows = rng.poisson(size * rng.gamma(even, 1 / even, shape))
    stocks = flows.cumsum(axis=1)
    if falls:
        stocks[::2, 5:] -= stocks[::2, 5:6] // 3
    return pd.DataFrame(stocks.reshape(-1, len(CLASSES)), index=keys, columns=CLASSES).reset_index()


def make_coding(counts: pd.DataFrame, confusions: dict[str, np.ndarray], audits: tuple[int, ...] = ()) -> Coding:
    return Coding(counts, {"supply": 10.0, "demand": 20.0}, True, confusions, audits)


def scale_counts(counts: pd.DataFrame) -> pd.DataFrame:
    return counts.assign(supply=counts["supply"] / 10.0, demand=counts["demand"] / 20.0).drop(columns="none")


@pytest.fixture(scope="module")
def prepared(units: pd.DataFrame, outcome: pd.DataFrame, dates: pd.DataFrame):
    """Recipe, lottery and coding of the true designations; few clauses, so that errors weigh."""
    counts = make_counts(units, 6.0, even=20.0)
    found = prepare_recipe(
        outcome, dates, units, "synchronization", kind="unit", roles=("one", "neither"), gravity=None, keep=None,
        gravity_years=None, timing="approval_year", boundary="original", county_zones="own", strata=None,
    )  # fmt: skip
    recipe = add_scores(found.recipe, scale_counts(counts), ["supply", "demand"], found.lottery)
    coding = read_coding(make_coding(counts, {"uneven": UNEVEN}), ["supply", "demand"], found.lottery)
    return recipe, found.lottery, coding


def build_coded(prepared, counts: np.ndarray, vcov: str = "dyadic"):
    """Return the moments of raw columns did and did × counts, the outcome, and the effects of true scores."""
    recipe, lottery, _ = prepared
    truth = keep_truth(lottery)
    designated = lottery.start < 10_000
    kept = designated[recipe.first].astype(int) + designated[recipe.second] < 2
    first, second = recipe.first[kept], recipe.second[kept]
    raw = treat_pairs(trace_units(dataclasses.replace(recipe, scores=counts.astype(float)), truth), first, second)
    effects = treat_pairs(trace_units(recipe, truth), first, second)
    columns = np.concatenate([raw, recipe.within[kept][:, None], effects], axis=1)
    columns -= columns.mean(axis=2, keepdims=True)
    return build_moments(columns, raw.shape[1], first, second, vcov)


def test_coded_counts_keep_their_clauses_and_are_confused_as_said(prepared) -> None:
    _, _, coding = prepared
    rng = np.random.default_rng(1)
    draws = np.stack([draw_counts(coding.counts, UNEVEN, True, rng) for _ in range(300)])
    np.testing.assert_array_equal(
        draws.sum(axis=2), np.broadcast_to(coding.counts.sum(axis=1), draws.sum(axis=2).shape)
    )
    expected = np.einsum("kl,nlt->nkt", UNEVEN, coding.counts)
    spread = np.sqrt(np.maximum(draws.var(axis=0), 1.0) / 300)
    assert np.abs((draws.mean(axis=0) - expected) / spread).max() < 5


def test_a_stock_that_does_not_change_keeps_its_codes() -> None:
    counts = np.repeat(np.array([[[7], [5], [9]]]), 4, axis=2)
    coded = draw_counts(counts, UNEVEN, True, np.random.default_rng(2))
    assert (coded == coded[:, :, :1]).all()
    flows = draw_counts(counts, UNEVEN, False, np.random.default_rng(2))
    assert not (flows == flows[:, :, :1]).all()


def test_a_perfect_coder_finds_the_truth(prepared) -> None:
    _, _, coding = prepared
    coded = draw_counts(coding.counts, np.eye(3), True, np.random.default_rng(3))
    np.testing.assert_array_equal(coded, coding.counts)


@pytest.mark.parametrize("vcov", ["dyadic", "jackknife"])
def test_what_errors_add_to_products_is_taken_off_on_average(prepared, vcov: str) -> None:
    """In all pairs, and in those that are left without each unit; before, they are too large."""
    _, _, coding = prepared
    rough = spread_errors(0.6, 3)
    rng = np.random.default_rng(4)
    transform = write_transform(coding, rough)
    products = []
    for _ in range(300):
        moments = build_coded(prepared, draw_counts(coding.counts, rough, True, rng), vcov)
        both = [moments, subtract_errors(moments, coding.masses, rough)]
        products.append([[transform @ part @ transform.T for part in list_parts(one)] for one in both])
    pick = np.diag([1.0, 0.1, 0.05, 0.0])[:3]
    exact = np.stack([pick @ part @ pick.T for part in list_parts(build_coded(prepared, coding.counts, vcov))])
    found = np.array(products)
    before, after = ((found.mean(axis=0) - exact) / np.maximum(found.std(axis=0) / np.sqrt(300), 1e-9))[..., 1:, 1:]
    assert np.abs(after).max() < 4.5
    assert before.diagonal(axis1=1, axis2=2).min() > 8  # without the correction


def list_parts(moments) -> list[np.ndarray]:
    """The products of did and did × counts: of all pairs, and of those that are left without each unit."""
    parts = [moments.total] if moments.left is None else [moments.total, *moments.left]
    return [part[:4, :4] for part in parts]


def test_scores_of_pairs_still_sum_to_zero_once_corrected(prepared) -> None:
    _, _, coding = prepared
    moments = build_coded(prepared, draw_counts(coding.counts, UNEVEN, True, np.random.default_rng(5)))
    corrected = subtract_errors(moments, coding.masses, UNEVEN)
    np.testing.assert_allclose(corrected.pairs.sum(axis=0), corrected.total, rtol=1e-9, atol=1e-6)


def test_the_cost_of_an_audit_is_the_delta_method_by_differences(prepared) -> None:
    """Against numerical derivatives of the corrected coefficients by each cell of the confusion matrix."""
    _, _, coding = prepared
    moments = build_coded(prepared, draw_counts(coding.counts, UNEVEN, True, np.random.default_rng(6)))
    sizes = np.array([120.0, 90.0, 200.0])

    def fit(found: np.ndarray) -> np.ndarray:
        corrected, transform = subtract_errors(moments, coding.masses, found), write_transform(coding, found)
        gram = transform @ corrected.total[:4, :4] @ transform.T
        return np.linalg.solve(gram, transform @ corrected.total[:4, 4:])

    step = 1e-5
    jacobian = np.zeros((3, 3, 3, 4))
    for k in range(3):
        for true in range(3):
            change = np.zeros((3, 3))
            change[k, true] = step
            jacobian[k, true] = (fit(UNEVEN + change) - fit(UNEVEN - change)) / (2 * step)
    expected = np.zeros((3, 3))
    for true in range(3):
        column = UNEVEN[:, true]
        spread = (np.diag(column) - np.outer(column, column)) / sizes[true]
        for term in range(3):
            base, shift = jacobian[:, true, term, 0], jacobian[:, true, term, 1 + term]
            expected[:, term] += [base @ spread @ base, base @ spread @ shift, shift @ spread @ shift]
    corrected = subtract_errors(moments, coding.masses, UNEVEN)
    fitted = fit_moments(corrected, write_transform(coding, UNEVEN))
    assert fitted is not None
    added = add_audit(fitted, corrected, coding, coding.masses, UNEVEN, sizes) - fitted.variances
    np.testing.assert_allclose(added, expected, rtol=1e-4, atol=1e-12)
    halved = add_audit(fitted, corrected, coding, coding.masses, UNEVEN, 2 * sizes) - fitted.variances
    np.testing.assert_allclose(halved, added / 2, rtol=1e-6, atol=1e-15)


def test_an_audit_of_many_clauses_finds_the_confusion_matrix() -> None:
    found, sizes = draw_audit(UNEVEN, np.array([0.5, 0.3, 0.2]), 1_000_000, np.random.default_rng(8))
    np.testing.assert_allclose(found, UNEVEN, atol=0.005)
    np.testing.assert_allclose(sizes / 1e6, [0.5, 0.3, 0.2], atol=0.005)
    none, _ = draw_audit(np.eye(3), np.array([0.98, 0.01, 0.01]), 10, np.random.default_rng(8))
    assert (none > 0).all()
    np.testing.assert_allclose(none.sum(axis=0), 1.0)


def test_corrected_estimates_are_of_the_right_size_and_coded_ones_are_not(
    units: pd.DataFrame, outcome: pd.DataFrame, dates: pd.DataFrame
) -> None:
    counts = make_counts(units, 15.0)
    coding = make_coding(counts, {"uneven": UNEVEN}, (60, 6000))
    power = simulate_power(
        outcome, dates, units, scores=scale_counts(counts), instruments=["supply", "demand"], coding=coding, draws=60,
        vcov={"dyadic": MEMBERS},
    )  # fmt: skip
    rows = power.smallest.query("test == 't' and direction == '+'").set_index(["coding", "term"])
    assert set(rows.index.get_level_values("coding")) == {"exact", "uncorrected", "known", "audited"}
    for term in ("did:supply", "did:demand"):
        assert rows.loc[("exact", term), "slope"] == 1
        assert abs(rows.loc[("uncorrected", term), "slope"] - 1) > 0.08
        assert rows.loc[("known", term), "slope"] == pytest.approx(1, abs=0.04)
        few, many = rows.xs(("audited", term)).sort_values("n_audited")["effect"]
        assert few > many
        assert many == pytest.approx(rows.loc[("known", term), "effect"], rel=0.1)


def test_a_perfect_coder_costs_nothing(units: pd.DataFrame, outcome: pd.DataFrame, dates: pd.DataFrame) -> None:
    counts = make_counts(units)
    coding = make_coding(counts, {"1": np.eye(3)})
    power = simulate_power(
        outcome, dates, units, scores=scale_counts(counts), instruments=["supply", "demand"], coding=coding, draws=20
    )
    columns = ["effect", "low", "high", "size", "slope"]
    exact, uncorrected, known = (
        power.smallest.query("coding == @one")[columns].to_numpy() for one in ("exact", "uncorrected", "known")
    )
    np.testing.assert_allclose(uncorrected, exact, rtol=1e-6)
    np.testing.assert_allclose(known, exact, rtol=1e-6)


def test_where_errors_drown_the_signal_nothing_is_detected(
    units: pd.DataFrame, outcome: pd.DataFrame, dates: pd.DataFrame
) -> None:
    counts = make_counts(units, 0.4, falls=False)
    coding = make_coding(counts, {"0.4": spread_errors(0.4, 3)})
    power = simulate_power(
        outcome, dates, units, scores=scale_counts(counts), instruments=["supply", "demand"], coding=coding, draws=20,
        vcov={"dyadic": MEMBERS},
    )  # fmt: skip
    row = power.smallest.query("coding == 'known' and term == 'did:supply'").iloc[0]
    assert row["refused"] > 0.5
    assert row["effect"] == np.inf


def test_spread_errors() -> None:
    np.testing.assert_allclose(spread_errors(0.7, 4), 0.6 * np.eye(4) + 0.1)
    for accuracy in (0.25, 1.2):
        with pytest.raises(SpecError, match="above 1/4, which is chance"):
            spread_errors(accuracy, 4)


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"audits": (2,)}, SpecError, "whole number of clauses, 3 .* Got 2"),
        ({"audits": (100.5,)}, SpecError, "Got 100.5"),
        ({"confusions": {"flat": np.full((3, 3), 1 / 3)}}, SpecError, "'flat' must have 3 rows"),
        ({"confusions": {"small": np.eye(2)}}, SpecError, "'small' must have 3 rows"),
        ({"confusions": {"rows": UNEVEN.T}}, SpecError, "each column summing to 1"),
        ({"counts": "half"}, TreatmentError, "whole numbers from 0: 330100 in 2010"),
        ({"counts": "twice"}, TreatmentError, "repeat a unit and period"),
        ({"counts": "less"}, TreatmentError, "demand"),
    ],
)
def test_a_coding_that_is_none_is_refused(
    units: pd.DataFrame, outcome: pd.DataFrame, dates: pd.DataFrame, change: dict[str, object],
    error: type[Exception], message: str,
) -> None:  # fmt: skip
    counts = make_counts(units)
    coding = make_coding(counts, {"uneven": UNEVEN})
    spoiled = {
        "half": counts.assign(supply=counts["supply"] + 0.5),
        "twice": pd.concat([counts, counts.head(1)]),
        "less": counts.drop(columns="demand"),
    }
    change = {name: spoiled.get(value, value) if isinstance(value, str) else value for name, value in change.items()}
    with pytest.raises(error, match=message):
        simulate_power(
            outcome, dates, units, scores=scale_counts(counts), instruments=["supply", "demand"], draws=20,
            coding=dataclasses.replace(coding, **change),
        )  # fmt: skip


def test_a_coding_without_instruments_is_refused(
    units: pd.DataFrame, outcome: pd.DataFrame, dates: pd.DataFrame
) -> None:
    with pytest.raises(SpecError, match="did itself has no coded score"):
        simulate_power(outcome, dates, units, coding=make_coding(make_counts(units), {"uneven": UNEVEN}))
